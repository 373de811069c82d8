"""Kuaishou shop (快手小店, open.kwaixiaodian.com).

Calls carry their business parameters as one JSON text, ``param``, and a signature over all public parameters
(API 调用说明, document 401853); messages are encrypted by AES (消息服务说明, 401854). Orders are sealed: names,
phones and addresses come as ciphertext and mask.

Two things there are not settled, and therefore settings: the numbers of order states (several lists are in
circulation), and what a "whole" or "partial" parcel is called in split deliveries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.channels.base import (
    AddressChange,
    ChannelConnector,
    ChannelOrder,
    ChannelRefund,
    Feature,
    Limits,
    OrderStatus,
    Page,
    Received,
    Shipment,
    StockLevel,
    StockOutcome,
    Window,
)
from hecang.integrations.channels.documents import Doc, as_number, compact, malformed
from hecang.integrations.channels.kuaishou_orders import (
    STATES,
    events_read,
    is_money_only,
    lines_read,
    order_read,
    refund_read,
)
from hecang.integrations.channels.values import to_unix_ms
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

#: expressCode of document 401927.
CARRIERS: Mapping[str, str] = {
    "EMS": "2", "STO": "3", "SF": "4", "YTO": "6", "YUNDA": "11", "ZTO": "9", "JD": "14", "JDL": "14",
    "DBL": "53", "DEPPON": "53", "JT": "109", "JTSD": "109", "CAINIAO": "113", "YZPY": "8", "KYE": "25",
}  # fmt: skip
NO_MORE = "nomore"
#: Results that say that the token is none any more: 24 is AUTHORIZATION_REVOKED, the other access_denied.
TOKEN_RESULTS = frozenset({"24", "100200102"})
#: What other numbers say of tokens; the platform publishes their words only.
TOKEN_WORDS = ("token过期", "鉴权失败", "authorization_revoked", "access_token expired")


class KuaishouSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    sign_secret: SecretStr = Field(
        title=_("Sign secret"), description=_("Kuaishou gives it beside the app secret; it is not the same.")
    )
    sign_method: Literal["HMAC_SHA256", "MD5"] = Field("HMAC_SHA256", title=_("Signature"))
    message_key: SecretStr = Field(
        SecretStr(""),
        title=_("Message key"),
        description=_("Private key of messages; empty without messages."),
    )
    base_url: str = Field("https://openapi.kwaixiaodian.com", title=_("Address"))
    states: dict[str, OrderStatus] = Field(
        default_factory=lambda: dict(STATES),
        title=_("Order states"),
        description=_("The platform's state number → our state. Check them with the platform's document."),
    )
    partial_mark: int = Field(1, title=_("Mark of a partial delivery"))
    complete_mark: int = Field(2, title=_("Mark of a complete delivery"))
    carrier_codes: dict[str, str] = Field(default_factory=dict, title=_("Carrier codes"))


def sign(params: Mapping[str, str], secret: str) -> str:
    """Signature over the public parameters, by the method that they name."""
    joined = "&".join(f"{name}={value}" for name, value in sorted(params.items()) if value)
    text = f"{joined}&signSecret={secret}".encode()
    if params.get("signMethod") == "MD5":
        return hashlib.md5(text, usedforsecurity=False).hexdigest()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


class KuaishouConnector(ChannelConnector):
    code = "kuaishou"
    title = _("Kuaishou shop")
    Settings = KuaishouSettings
    features = frozenset({
        Feature.PULL_ORDERS, Feature.GET_ORDER, Feature.PULL_REFUNDS, Feature.RECEIVE, Feature.CONFIRM_SHIPMENT,
        Feature.CONFIRM_PARTS, Feature.PUSH_STOCK, Feature.ANSWER_ADDRESS, Feature.REFRESH_TOKEN,
    })  # fmt: skip
    # Orders may be asked for by seven days, refunds by one: the narrower holds.
    limits = Limits(page_size=50, window=timedelta(days=1), calls_per_second=100.0, stock_batch=20)
    carriers = CARRIERS
    settings: KuaishouSettings

    # ---------------------------------------------------------------- the wire

    def _call(self, method: str, param: Mapping[str, Any], *, write: bool = False) -> Doc:
        params = {
            "appkey": self.settings.app_key,
            "method": method,
            "version": "1",
            "param": compact(param),
            "access_token": self.link.token.access,
            "timestamp": str(to_unix_ms(self.link.now())),
            "signMethod": self.settings.sign_method,
        }
        if not params["access_token"]:
            raise TokenExpired("no access token", code="no_token")
        params["sign"] = sign(params, self.settings.sign_secret.get_secret_value())
        url = f"{self.settings.base_url}/{method.replace('.', '/')}"
        if write:
            answer = self.link.json("POST", url, data=params)
        else:
            answer = self.link.json("GET", url, params=params)
        return self._checked(Doc.of(answer, method))

    @staticmethod
    def _checked(answer: Doc) -> Doc:
        result = answer.text("result")
        if result == "1":
            return answer
        message = answer.text("error_msg", "sub_msg", "msg", "error") or "refused without a word"
        if not result:
            malformed("it has no result")
        if "exceed qps limit" in message.lower():
            raise Throttled(message, code=result, retry_after=timedelta(seconds=1))
        if "exceed quota limit" in message.lower():
            raise Throttled(message, code=result, retry_after=timedelta(minutes=30))
        if result in TOKEN_RESULTS or any(words in message.lower() for words in TOKEN_WORDS):
            raise TokenExpired(message, code=result)
        if result == "100200500":
            raise Unreachable(message, code=result)
        raise Refused(message, code=result)

    # ---------------------------------------------------------------- orders

    def pull_orders(self, window: Window, cursor: str | None) -> Page[ChannelOrder]:
        data = self._call(
            "open.order.cursor.list",
            {
                "orderViewStatus": 1,  # all
                "pageSize": self.limits.page_size,
                "sort": 2,  # oldest first
                "queryType": 2,  # by time of change
                "beginTime": to_unix_ms(window.since),
                "endTime": to_unix_ms(window.until),
                "cursor": cursor or "",
            },
        ).doc("data")
        orders = [order_read(one, self.settings.states) for one in data.docs("orderList")]
        return Page(orders, _next(data.text("cursor"), cursor))

    def get_order(self, number: str) -> ChannelOrder | None:
        try:
            data = self._call("open.order.detail", {"oid": as_number(number)}).doc("data")
        except Refused as refused:
            if "not exist" in refused.message.lower() or "不存在" in refused.message:
                return None
            raise
        return order_read(data, self.settings.states) if data.has("orderBaseInfo") else None

    # ---------------------------------------------------------------- refunds

    def pull_refunds(self, window: Window, cursor: str | None) -> Page[ChannelRefund]:
        data = self._call(
            "open.seller.order.refund.pcursor.list",
            {
                "beginTime": to_unix_ms(window.since),
                "endTime": to_unix_ms(window.until),
                "type": 9,  # all
                "pageSize": self.limits.page_size,
                "currentPage": 1,
                "sort": 2,
                "queryType": 2,
                "pcursor": cursor or "",
            },
        ).doc("data")
        refunds = [self._refund(one) for one in data.docs("refundOrderInfoList")]
        return Page(refunds, _next(data.text("pcursor"), cursor))

    def _refund(self, doc: Doc) -> ChannelRefund:
        """A refund. Whether its goods had left only its order knows; of money alone that is worth a call."""
        order = self.get_order(doc.need("oid")) if is_money_only(doc) else None
        return refund_read(doc, order)

    # ---------------------------------------------------------------- shipping

    def confirm_shipment(self, shipment: Shipment) -> None:
        """An order of one article in one parcel by the plain method, anything else as a split delivery.

        Gifts can be shipped by the latter only.
        """
        express = as_number(self.carrier_code(shipment.carrier))
        order_id = as_number(shipment.order_number)
        doc = self._call("open.order.detail", {"oid": order_id}).need_doc("data")
        if any(one.text("expressNo") == shipment.waybill for one in doc.docs("orderLogisticsInfo")):
            raise AlreadyDone("the waybill stands in the order", code="same_waybill")
        lines = lines_read(doc)
        main = doc.doc("orderItemInfo").text("orderItemId")
        in_parcel = {line.external_line: line.quantity for line in shipment.lines}
        is_whole = not in_parcel or in_parcel == {line.external_line: line.quantity for line in lines}
        if is_whole and len(lines) == 1 and not doc.docs("orderLogisticsInfo"):
            self._call(
                "open.seller.order.goods.deliver",
                {"orderId": order_id, "expressNo": shipment.waybill, "expressCode": express},
                write=True,
            )
            return
        goods = [
            {"oid": order_id if line == main else as_number(line), "deliveryNum": units}
            for line, units in in_parcel.items()
        ]
        mark = self.settings.complete_mark if shipment.completes_order else self.settings.partial_mark
        self._call(
            "open.order.goods.split.deliver",
            {
                "mainOrderId": order_id,
                "deliveryItemInfoList": [
                    {"deliveryGoodsInfoList": goods, "expressCode": express, "expressNo": shipment.waybill}
                ],
                "deliveryStatus": [{"oid": one["oid"], "confirmDeliveryStatus": mark} for one in goods],
            },
            write=True,
        )

    # ---------------------------------------------------------------- stock

    def push_stock(self, levels: Sequence[StockLevel]) -> list[StockOutcome]:
        """Kuaishou takes differences only: what it has is read first, and the difference is told."""
        outcomes = []
        held: dict[str, dict[str, int]] = {}
        for level in levels:
            try:
                if level.product_id not in held:
                    held[level.product_id] = self._stock(level.product_id)
                self._adjust(level, held[level.product_id])
            except (Throttled, TokenExpired, Unreachable):
                raise
            except OutsideError as error:
                outcomes.append(StockOutcome(level, error))
            else:
                outcomes.append(StockOutcome(level))
        return outcomes

    def _stock(self, product_id: str) -> dict[str, int]:
        answer = self._call("open.item.sku.list.get", {"kwaiItemId": as_number(product_id)})
        return {one.need("kwaiSkuId"): one.integer("skuStock") for one in answer.docs("data")}

    def _adjust(self, level: StockLevel, held: Mapping[str, int]) -> None:
        if level.variant_id not in held:
            raise Refused("the product has no such SKU there", code="unknown_sku")
        difference = level.quantity - held[level.variant_id]
        if difference == 0:
            return
        self._call(
            "open.item.sku.stock.update",
            {
                "kwaiItemId": as_number(level.product_id),
                "skuId": as_number(level.variant_id),
                "skuChangeStock": abs(difference),
                "changeType": 1 if difference > 0 else 2,
            },
            write=True,
        )

    # ---------------------------------------------------------------- addresses, tokens

    def answer_address(self, change: AddressChange, *, accepted: bool) -> None:
        verdict = "approve" if accepted else "reject"
        self._call(f"open.order.address.audit.{verdict}", {"oid": as_number(change.order_number)})

    def refresh_token(self) -> Token:
        if not self.link.token.refresh:
            raise TokenExpired("nothing to refresh with; authorise the shop again", code="no_refresh_token")
        answer = self._checked(
            Doc.of(
                self.link.json(
                    "POST",
                    f"{self.settings.base_url}/oauth2/refresh_token",
                    data={
                        "grant_type": "refresh_token",
                        "app_id": self.settings.app_key,
                        "app_secret": self.settings.app_secret.get_secret_value(),
                        "refresh_token": self.link.token.refresh,
                    },
                ),
                "token",
            )
        )
        now = self.link.now()
        lasts = answer.integer("refresh_token_expires_in")
        return Token(
            access=answer.need("access_token"),
            refresh=answer.need("refresh_token"),
            expires_at=now + timedelta(seconds=min(answer.integer("expires_in", 172800), 10**8)),
            refresh_expires_at=now + timedelta(seconds=min(lasts, 10**9)) if lasts else None,
        )

    def check(self) -> None:
        self._call("open.shop.info.get", {})

    # ---------------------------------------------------------------- messages

    def receive(self, message: Incoming) -> Received:
        """Whoever has not the key cannot write a text that decrypts to JSON: that is the whole proof."""
        event = self._decrypted(message.body)
        reply = Reply(b'{"result": 1}')
        if event.flag("test"):
            return Received((), reply)
        if event.text("appKey") not in ("", self.settings.app_key):
            raise BadSignature("the message is for another app", code="other_app")
        return Received(events_read(event), reply)

    def _decrypted(self, body: bytes) -> Doc:
        try:
            key = base64.b64decode(self.settings.message_key.get_secret_value(), validate=True)
            sealed = base64.b64decode(body, validate=True)
            decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
            unpadder = padding.PKCS7(128).unpadder()
            padded = decryptor.update(sealed) + decryptor.finalize()
            return Doc.of(parse_json(unpadder.update(padded) + unpadder.finalize()), "message")
        except (ValueError, OutsideError) as error:
            # One answer to whatever is wrong: a second one would tell strangers about the padding.
            raise BadSignature("the message does not decrypt with our key", code="bad_cipher") from error

    def refusal(self, error: Exception) -> Reply:  # noqa: ARG002 - one answer to everything, see above
        return Reply(b'{"result": 0}', status=401)


def _next(cursor: str, last: str | None) -> str | None:
    return None if not cursor or cursor in (NO_MORE, last) else cursor
