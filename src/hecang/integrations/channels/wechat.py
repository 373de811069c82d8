"""WeChat shop (微信小店, /channels/ec of api.weixin.qq.com).

Calls carry an access token in the address. The token comes from ``stable_token``, which answers the same one
until shortly before its end, so that nobody takes it away from anybody. Orders and after-sales are listed by
number and then asked for one by one. Messages come in WeChat's “safe mode”: sealed by AES, signed by SHA-1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    AddressChange,
    ChannelConnector,
    ChannelEvent,
    ChannelOrder,
    ChannelProduct,
    ChannelRefund,
    Feature,
    Limits,
    OrderTouched,
    Page,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, each_of_page
from hecang.integrations.channels.values import to_unix
from hecang.integrations.channels.wechat_crypto import is_signed, opened
from hecang.integrations.channels.wechat_orders import address_change, order_read, products_read, refund_read
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    Token,
    TokenExpired,
    Unreachable,
)
from hecang.kernel.connectors.link import parse_json

#: Companies of ``deliverycompanylist/new/get``; settings go before.
CARRIERS: Mapping[str, str] = {
    "SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "YUNDA": "YD", "YD": "YD", "JT": "JTSD", "JTSD": "JTSD",
    "EMS": "EMS", "YZPY": "YZPY", "JD": "JD", "JDL": "JD", "DBL": "DBL", "DEPPON": "DBL", "CAINIAO": "CNSD",
}  # fmt: skip
TOKEN_CODES = frozenset({"40001", "40014", "41001", "42001"})
BUSY_CODES = frozenset({"-1", "10021044", "9700223"})
UNKNOWN_ORDER = "100002"
#: Products in a page of their list.
PRODUCTS = 30
#: What a message may be old, and what it may be ahead.
FRESH = timedelta(minutes=10)
#: Kind 4 of ``channels_ec_order_ext_info_update``: the buyer asks for another address, and waits for an answer.
ADDRESS_ASKED = 4


class WechatSettings(ConnectorSettings):
    app_id: str = Field(title=_("App id"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    message_token: SecretStr = Field(
        SecretStr(""),
        title=_("Message token"),
        description=_("As entered at the platform; empty without messages."),
    )
    message_key: SecretStr = Field(
        SecretStr(""),
        title=_("Message key"),
        description=_("EncodingAESKey of 43 characters; messages have to be JSON in safe mode."),
    )
    base_url: str = Field("https://api.weixin.qq.com", title=_("Address"))
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class WechatConnector(ChannelConnector):
    code = "wechat"
    title = _("WeChat shop")
    Settings = WechatSettings
    features = frozenset({
        Feature.PULL_ORDERS, Feature.GET_ORDER, Feature.PULL_REFUNDS, Feature.RECEIVE, Feature.CONFIRM_SHIPMENT,
        Feature.CONFIRM_PARTS, Feature.PUSH_STOCK, Feature.ANSWER_ADDRESS, Feature.REFRESH_TOKEN,
        Feature.LIST_PRODUCTS,
    })  # fmt: skip
    # Orders may be asked for by seven days, after-sales by one: the narrower holds.
    limits = Limits(page_size=50, window=timedelta(days=1), calls_per_second=50.0, stock_batch=20)
    carriers = CARRIERS
    settings: WechatSettings

    # ---------------------------------------------------------------- the wire

    def _call(self, path: str, given: Mapping[str, Any] | None) -> Doc:
        """POST with ``given``; GET without."""
        if not self.link.token.access:
            raise TokenExpired("no access token", code="no_token")
        answer = self.link.json(
            "GET" if given is None else "POST",
            f"{self.settings.base_url}{path}",
            params={"access_token": self.link.token.access},
            **({} if given is None else {"json": dict(given)}),
        )
        return _checked(Doc.of(answer, path))

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        def ask(key: str) -> tuple[list[str], str | None]:
            listed = self._call(
                "/channels/ec/order/list/get",
                {
                    "update_time_range": {
                        "start_time": to_unix(window.since),
                        "end_time": to_unix(window.until),
                    },
                    "page_size": self.limits.page_size,
                    **({"next_key": key} if key else {}),
                },
            )
            return listed.texts("order_id_list"), _next(listed, key)

        return Page(*each_of_page(ask, self.get_order, cursor=cursor))

    def get_order(self, number: str) -> ChannelOrder | None:
        doc = self._order(number)
        return None if doc is None else order_read(doc)

    def _order(self, number: str) -> Doc | None:
        try:
            return self._call("/channels/ec/order/get", {"order_id": number}).need_doc("order")
        except Refused as refused:
            if refused.code == UNKNOWN_ORDER:
                return None
            raise

    # ---------------------------------------------------------------- after-sales

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        def ask(key: str) -> tuple[list[str], str | None]:
            listed = self._call(
                "/channels/ec/aftersale/getaftersalelist",
                {
                    "begin_update_time": to_unix(window.since),
                    "end_update_time": to_unix(window.until),
                    **({"next_key": key} if key else {}),
                },
            )
            return listed.texts("after_sale_order_id_list"), _next(listed, key)

        def read(number: str) -> ChannelRefund:
            answer = self._call("/channels/ec/aftersale/getaftersaleorder", {"after_sale_order_id": number})
            doc = answer.need_doc("after_sale_order")
            return refund_read(doc, self._order(doc.need("order_id")))

        return Page(*each_of_page(ask, read, cursor=cursor))

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        company = self.carrier_code(shipment.carrier)
        order = self._order(shipment.order_number)
        if order is None:
            raise Refused("there is no such order", code=UNKNOWN_ORDER)
        delivery = order.doc("order_detail").doc("delivery_info")
        if any(one.text("waybill_id") == shipment.waybill for one in delivery.docs("delivery_product_info")):
            raise AlreadyDone("the waybill stands in the order", code="same_waybill")
        products = [
            {"product_id": line.product_id, "sku_id": line.variant_id, "product_cnt": line.quantity}
            for line in shipment.lines
        ]
        self._call(
            "/channels/ec/order/delivery/send",
            {
                "order_id": shipment.order_number,
                "delivery_list": [
                    {
                        "delivery_id": company,
                        "waybill_id": shipment.waybill,
                        "deliver_type": 1,
                        "product_infos": products or _all_products(order),
                    }
                ],
            },
        )

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        outcomes = []
        for level in levels:
            try:
                self._call(
                    "/channels/ec/product/stock/update",
                    {
                        "product_id": level.product_id,
                        "sku_id": level.variant_id,
                        "diff_type": 3,  # set, not add or take
                        "num": level.quantity,
                    },
                )
            except (Throttled, TokenExpired, Unreachable):
                raise
            except OutsideError as error:
                outcomes.append(StockOutcome(level, error))
            else:
                outcomes.append(StockOutcome(level))
        return outcomes

    # ---------------------------------------------------------------- products

    def list_products(self, cursor: str | None) -> Page[ChannelProduct]:
        listed = self._call(
            "/channels/ec/product/list/get",
            {"page_size": PRODUCTS, **({"next_key": cursor} if cursor else {})},
        )
        found: list[ChannelProduct] = []
        numbers = listed.texts("product_ids")
        for number in numbers:
            answer = self._call("/channels/ec/product/get", {"product_id": number, "data_type": 1})
            found += products_read(answer.need_doc("product"))
        following = listed.text("next_key")
        return Page(found, following if numbers and following not in ("", cursor) else None)

    # ---------------------------------------------------------------- addresses, tokens

    def answer_address(self, change: AddressChange, *, accepted: bool) -> None:
        """Unanswered, a wish counts as accepted after twelve hours."""
        verdict = "accept" if accepted else "reject"
        self._call(f"/channels/ec/order/addressmodify/{verdict}", {"order_id": change.order_number})

    def refresh_token(self) -> Token:
        """The token that is valid now. Forcing a new one is rationed, and would cut off whoever has this one."""
        answer = _checked(
            Doc.of(
                self.link.json(
                    "POST",
                    f"{self.settings.base_url}/cgi-bin/stable_token",
                    json={
                        "grant_type": "client_credential",
                        "appid": self.settings.app_id,
                        "secret": self.settings.app_secret.get_secret_value(),
                        "force_refresh": False,
                    },
                ),
                "token",
            )
        )
        lasts = timedelta(seconds=min(max(answer.integer("expires_in", 7200), 0), 10**7))
        return Token(access=answer.need("access_token"), expires_at=self.link.now() + lasts)

    def check(self) -> None:
        self._call("/channels/ec/basics/info/get", None)

    # ---------------------------------------------------------------- messages

    def receive(self, message: Incoming) -> Received:
        """A message, or the question by which WeChat finds out whether the address is ours.

        That a buyer asks for another address is told without the address; it is asked for at once.
        """
        query = message.query
        token = self.settings.message_token.get_secret_value()
        stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not token:
            raise BadSignature("messages are not set up", code="no_message_token")
        if message.method == "GET":
            if not is_signed(query.get("signature", ""), token, stamp, nonce):
                raise BadSignature("the question is not signed with our token", code="bad_signature")
            return Received((), Reply(query.get("echostr", "").encode(), content_type="text/plain"))
        try:
            cipher = Doc.of(parse_json(message.body), "message").text("Encrypt")
        except OutsideError as error:
            raise BadSignature("the message is no sealed JSON", code="bad_cipher") from error
        if not is_signed(query.get("msg_signature", ""), token, stamp, nonce, cipher):
            raise BadSignature("the message is not signed with our token", code="bad_signature")
        if (
            not (stamp.isascii() and stamp.isdigit())
            or abs(to_unix(self.link.now()) - int(stamp[:12])) > FRESH.total_seconds()
        ):
            raise BadSignature("the message is too old", code="too_old")
        plain = opened(cipher, self.settings.message_key.get_secret_value(), self.settings.app_id)
        return Received(
            self._events(Doc.of(parse_json(plain), "message")), Reply(b"success", content_type="text/plain")
        )

    def _events(self, event: Doc) -> list[ChannelEvent]:
        name = event.text("Event")
        if name == "channels_ec_aftersale_update":
            number = event.doc("finder_shop_aftersale_status_update").text("order_id")
        elif name.startswith("channels_ec_order_"):
            number = event.doc("order_info").text("order_id")
        else:
            return []
        if not number:
            return []
        if (
            name == "channels_ec_order_ext_info_update"
            and event.doc("order_info").integer("type") == ADDRESS_ASKED
        ):
            wish = self._address_wish(number)
            return [wish] if wish else [OrderTouched(number)]
        return [OrderTouched(number)]

    def _address_wish(self, number: str) -> AddressChange | None:
        try:
            order = self._order(number)
        except OutsideError:  # the message is good all the same; the order is asked for again later
            return None
        return None if order is None else address_change(order)


def _next(listed: Doc, cursor: str | None) -> str | None:
    following = listed.text("next_key")
    return following if listed.flag("has_more") and following and following != cursor else None


def _all_products(order: Doc) -> list[dict[str, Any]]:
    return [
        {
            "product_id": one.text("product_id"),
            "sku_id": one.text("sku_id"),
            "product_cnt": one.integer("sku_cnt"),
        }
        for one in order.doc("order_detail").docs("product_infos")
    ]


def _checked(answer: Doc) -> Doc:
    code = answer.text("errcode") or "0"
    if code == "0":
        return answer
    message = answer.text("errmsg") or "refused without a word"
    if code in TOKEN_CODES:
        raise TokenExpired(message, code=code)
    if code == "45011":
        raise Throttled(message, code=code, retry_after=timedelta(minutes=1))
    if code in ("45009", "10020059", "10021059"):
        raise Throttled(message, code=code, retry_after=timedelta(minutes=30))
    if code in BUSY_CODES:
        raise Unreachable(message, code=code)
    raise Refused(message, code=code)
