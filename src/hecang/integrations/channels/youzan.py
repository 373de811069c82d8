"""Youzan (有赞云, open.youzanyun.com).

Calls are not signed: an access token in the address is all (a token in a header or the body counts as none).
Answers are HTTP 200 whatever happened; what the gateway refuses comes as ``gw_err_resp``, what the business
refuses as ``code`` and ``message``. Lists lag behind by up to half a minute.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, NoReturn
from urllib.parse import unquote

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    ChannelConnector,
    ChannelEvent,
    ChannelOrder,
    ChannelRefund,
    Feature,
    Limits,
    OrderStatus,
    OrderTouched,
    Page,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, Sheet, as_number, from_last_page
from hecang.integrations.channels.values import to_china_time, to_unix
from hecang.integrations.channels.youzan_orders import needs_detail, order_read, refund_read
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

#: Company numbers of ``youzan.logistics.express.get``, as most sources have them; settings go before.
CARRIERS: Mapping[str, str] = {
    "STO": "1", "YTO": "2", "ZTO": "3", "YUNDA": "4", "SF": "7", "EMS": "11", "DBL": "13", "DEPPON": "13",
    "JD": "138", "JDL": "138",
}  # fmt: skip
#: Pages end at a hundred, whatever the window holds.
MOST_ROWS = 10_000
REFUND_PAGE = 50
MOST_REFUNDS = 3_000

TOKEN_CODES = frozenset({"4201", "4202", "4203"})
THROTTLED_CODES = frozenset({"4101", "500100004", "123000042", "102510001"})
AGAIN_CODES = frozenset({"-100", "5003", "106000001", "106100118"})
UNKNOWN_CODES = frozenset({"105000016", "106000004", "106100110"})
SHIPPED_BEFORE = "102570007"
NOTHING_TO_SHIP = "102570020"


class YouzanSettings(ConnectorSettings):
    client_id: str = Field(title=_("Client id"), max_length=64)
    client_secret: SecretStr = Field(title=_("Client secret"))
    kdt_id: str = Field(title=_("Shop number (kdt_id)"), max_length=32)
    authorisation: Literal["silent", "refresh_token"] = Field(
        "silent",
        title=_("Kind of app"),
        description=_("silent for a merchant's own app, refresh_token for one from the app market."),
    )
    sender_mobile: str = Field(
        "",
        title=_("Sender's mobile number"),
        description=_("SF parcels are followed only with it."),
        max_length=20,
    )
    base_url: str = Field("https://open.youzanyun.com", title=_("Address"))
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


class YouzanConnector(ChannelConnector):
    code = "youzan"
    title = _("Youzan")
    Settings = YouzanSettings
    features = frozenset({
        Feature.PULL_ORDERS, Feature.GET_ORDER, Feature.PULL_REFUNDS, Feature.RECEIVE, Feature.CONFIRM_SHIPMENT,
        Feature.CONFIRM_PARTS, Feature.PUSH_STOCK, Feature.REFRESH_TOKEN,
    })  # fmt: skip
    # Three months would be allowed; an hour keeps a busy shop below the hundred pages that a list has.
    limits = Limits(
        page_size=100,
        window=timedelta(hours=1),
        delay=timedelta(seconds=30),
        calls_per_second=20.0,
        stock_batch=20,
    )
    carriers = CARRIERS
    settings: YouzanSettings

    # ---------------------------------------------------------------- the wire

    def _call(self, api: str, version: str, params: Mapping[str, Any]) -> Doc:
        if not self.link.token.access:
            raise TokenExpired("no access token", code="no_token")
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url}/api/{api}/{version}",
            params={"access_token": self.link.token.access},
            json=dict(params),
        )
        return _checked(Doc.of(answer, api)).doc("data")

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        def ask(page: int) -> Sheet:
            data = self._call(
                "youzan.trades.sold.get",
                "4.0.4",
                {
                    "start_update": to_china_time(window.since),
                    "end_update": to_china_time(window.until),
                    "page_no": page,
                    "page_size": self.limits.page_size,
                },
            )
            total = data.integer("total_results")
            if total > MOST_ROWS:
                raise Refused("more orders in one window than Youzan lists", code="too_many")
            return Sheet(data.docs("full_order_info_list"), total)

        rows, following = from_last_page(ask, size=self.limits.page_size, cursor=cursor)
        return Page([self._listed(row) for row in rows], following)

    def _listed(self, row: Doc) -> ChannelOrder:
        """An order of a list; asked for by itself where the list does not tell what keeps it from leaving."""
        if needs_detail(row):
            detail = self._detail(row.need_doc("full_order_info").need_doc("order_info").need("tid"))
            if detail is not None:
                return order_read(detail)
        return order_read(row)

    def get_order(self, number: str) -> ChannelOrder | None:
        detail = self._detail(number)
        return None if detail is None else order_read(detail)

    def _detail(self, number: str) -> Doc | None:
        try:
            return self._call("youzan.trade.get", "4.0.2", {"tid": number})
        except Refused as refused:
            if refused.code in UNKNOWN_CODES or "not found" in refused.message:
                return None
            raise

    # ---------------------------------------------------------------- refunds

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        def ask(page: int) -> Sheet:
            data = self._call(
                "youzan.trade.refund.search",
                "3.0.1",
                {
                    "update_time_start": to_unix(window.since),
                    "update_time_end": to_unix(window.until),
                    "page_no": page,
                    "page_size": REFUND_PAGE,
                },
            )
            total = data.integer("total")
            if total > MOST_REFUNDS:
                raise Refused("more refunds in one window than Youzan lists", code="too_many")
            return Sheet(data.docs("refunds"), total)

        rows, following = from_last_page(ask, size=REFUND_PAGE, cursor=cursor)
        return Page([refund_read(row, self._detail(row.need("tid"))) for row in rows], following)

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        """Whole lines only: a line of which a part is in the parcel counts as shipped by it."""
        params: dict[str, Any] = {
            "tid": shipment.order_number,
            "is_no_express": 0,
            "out_stype": self.carrier_code(shipment.carrier),
            "out_sid": shipment.waybill,
        }
        if shipment.lines:
            params["oids"] = ",".join(line.external_line for line in shipment.lines)
        if self.settings.sender_mobile:
            params["outer_sender"] = {"sender_mobile": self.settings.sender_mobile}
        try:
            answer = self._call("youzan.logistics.online.confirm", "3.0.0", params)
        except Refused as refused:
            if refused.code == NOTHING_TO_SHIP and self._has_left(shipment.order_number):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise
        if answer.has("is_success") and not answer.flag("is_success"):
            raise Refused("the platform did not confirm the delivery", code="not_success")

    def _has_left(self, number: str) -> bool:
        order = self.get_order(number)
        return order is not None and order.status in (OrderStatus.SHIPPED, OrderStatus.DONE)

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        outcomes = []
        for level in levels:
            params: dict[str, Any] = {
                "item_id": as_number(level.product_id),
                "quantity": level.quantity,
                "type": 0,  # all of it, not a difference
            }
            if level.variant_id not in ("", "0"):
                params["sku_id"] = as_number(level.variant_id)
            try:
                self._call("youzan.item.quantity.update", "3.0.0", params)
            except (Throttled, TokenExpired, Unreachable):
                raise
            except OutsideError as error:
                outcomes.append(StockOutcome(level, error))
            else:
                outcomes.append(StockOutcome(level))
        return outcomes

    # ---------------------------------------------------------------- tokens

    def refresh_token(self) -> Token:
        """A new token: by the shop's number for the merchant's own app, by the refresh token for others."""
        params: dict[str, Any] = {
            "client_id": self.settings.client_id,
            "client_secret": self.settings.client_secret.get_secret_value(),
            "authorize_type": self.settings.authorisation,
        }
        if self.settings.authorisation == "silent":
            params |= {"grant_id": self.settings.kdt_id, "refresh": bool(self.link.token.access)}
        elif self.link.token.refresh:
            params["refresh_token"] = self.link.token.refresh
        else:
            raise TokenExpired("nothing to refresh with; authorise the shop again", code="no_refresh_token")
        answer = self.link.json("POST", f"{self.settings.base_url}/auth/token", json=params)
        data = _checked(Doc.of(answer, "token")).need_doc("data")
        refresh = data.text("refresh_token")
        return Token(
            access=data.need("access_token"),
            refresh=refresh,
            expires_at=data.millis("expires"),
            refresh_expires_at=self.link.now() + timedelta(days=28) if refresh else None,
        )

    def check(self) -> None:
        self._call("youzan.shop.basic.get", "3.0.0", {})

    # ---------------------------------------------------------------- messages

    def receive(self, message: Incoming) -> Received:
        secret = self.settings.client_secret.get_secret_value().encode()
        signed = self.settings.client_id.encode() + message.body + secret
        expected = hashlib.md5(signed, usedforsecurity=False).hexdigest()
        given = message.headers.get("event-sign", "").lower()
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise BadSignature("the message is not signed with our secret", code="bad_signature")
        body = Doc.of(parse_json(message.body), "message")
        reply = Reply(b'{"code":0,"msg":"success"}')
        if body.flag("test") or body.text("kdt_id") not in ("", self.settings.kdt_id):
            return Received((), reply)
        return Received(_events(message.headers.get("event-type", ""), body), reply)

    def refusal(self, error: Exception) -> Reply:  # noqa: ARG002 - anything without “success” is sent again
        return Reply(b'{"code":0,"msg":"failed"}', status=401)


def _checked(answer: Doc) -> Doc:
    refused = answer.doc("gw_err_resp")
    if refused.data:
        _refuse(refused.text("err_code"), refused.text("err_msg"))
    if answer.text("code") != "200" or not answer.flag("success"):
        _refuse(answer.text("code"), answer.text("message", "msg"))
    return answer


def _refuse(code: str, message: str) -> NoReturn:
    message = message or "refused without a word"
    if not code:
        raise OutsideError("the answer says neither yes nor no", code="malformed")
    if code in TOKEN_CODES:
        raise TokenExpired(message, code=code)
    if code in THROTTLED_CODES:
        raise Throttled(message, code=code, retry_after=timedelta(seconds=3))
    if code in AGAIN_CODES:
        raise Unreachable(message, code=code)
    if code == SHIPPED_BEFORE:
        raise AlreadyDone(message, code=code)
    raise Refused(message, code=code)


def _events(kind: str, body: Doc) -> list[ChannelEvent]:
    """Whatever happened to an order or its refund: the order is to be asked for."""
    kind = kind or body.text("type")
    if not kind.startswith(("trade_", "youzan_trade_")):
        return []
    number = body.text("id") if kind.startswith("trade_") else ""
    told = body.data.get("msg")
    if isinstance(told, str) and told:
        told = parse_json(unquote(told).encode("utf-8", "replace"))
    if isinstance(told, dict):
        number = Doc(told, "msg").text("tid") or number
    return [OrderTouched(number)] if number else []
