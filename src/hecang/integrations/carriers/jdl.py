"""JD Logistics (JDL) through its open platform (https://open.jdl.com), the interfaces called ECAP.

The address carries who asks and the sign; the body is a JSON list. Signed is a text between two secrets that
holds path, body and time: ``md5-salt`` gives upper-case hex, the HMAC algorithms Base64.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Literal, NoReturn

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import (
    STATUSES_FIELD,
    goods_count,
    goods_name,
    kilograms,
    md5_hex,
    one_line,
    refuse_cash,
    says_gone,
    scan,
    status_of,
)
from hecang.integrations.channels.documents import Doc, compact, malformed
from hecang.integrations.channels.values import to_china_time
from hecang.kernel.connectors import AlreadyDone, ConnectorSettings, Refused, Throttled, TokenExpired
from hecang.shipping.carriers.base import (
    CarrierConnector,
    CarrierFeature,
    PartyAddress,
    TrackAsk,
    TrackEvent,
    TrackStatus,
    WaybillMade,
    WaybillOrder,
)

S = TrackStatus

#: Names of the stages (``categoryName``): the numbers beside them are not published in full.
STAGES: Final[Mapping[str, TrackStatus]] = {
    "下单": S.CREATED, "已下单": S.CREATED, "揽收": S.PICKED_UP, "已揽收": S.PICKED_UP, "运输": S.IN_TRANSIT,
    "运输中": S.IN_TRANSIT, "派送": S.OUT_FOR_DELIVERY, "派送中": S.OUT_FOR_DELIVERY, "待自提": S.AT_PICKUP_POINT,
    "签收": S.DELIVERED, "已签收": S.DELIVERED, "妥投": S.DELIVERED, "拒收": S.ATTEMPT_FAILED, "异常": S.EXCEPTION,
    "退回": S.RETURNING, "退回中": S.RETURNING, "取消": S.CANCELLED, "已取消": S.CANCELLED,
}  # fmt: skip
HMACS: Final[Mapping[str, str]] = {
    "HMacMD5": "md5", "HMacSHA1": "sha1", "HMacSHA256": "sha256", "HMacSHA512": "sha512",
}  # fmt: skip
VERSION: Final = "2.0"
#: The merchant's own contract (B2C).
ORIGIN: Final = 1
NO_TRACES: Final = ("不存在", "无轨迹", "暂无", "查询不到", "为空")
TOO_FAST: Final = ("限流", "流量", "频繁", "频次")


class JdlSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    access_token: SecretStr = Field(
        title=_("Access token"),
        description=_("What the authorisation at oauth.jdl.com yielded; renew it by hand."),
    )
    customer_code: str = Field(title=_("Customer code"), max_length=64)
    domain: str = Field(
        "ECAP", title=_("Solution (LOP-DN)"), description=_("As your console shows it."), max_length=64
    )
    algorithm: Literal["md5-salt", "HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512"] = Field(
        "md5-salt", title=_("Signature method")
    )
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://api.jdl.com", title=_("Address"), max_length=200)


def sign(
    secret: str, algorithm: str, *, path: str, body: str, token: str, app_key: str, timestamp: str
) -> str:
    content = (
        f"{secret}access_token{token}app_key{app_key}method{path}param_json{body}timestamp{timestamp}"
        f"v{VERSION}{secret}"
    )
    if algorithm == "md5-salt":
        return md5_hex(content).upper()
    digest = hmac.new(secret.encode(), content.encode(), HMACS[algorithm]).digest()
    return base64.b64encode(digest).decode()


class JdlConnector(CarrierConnector):
    code = "jdl"
    title = _("JD Logistics")
    Settings = JdlSettings
    features = frozenset({
        CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.TRACK, CarrierFeature.INTERCEPT,
    })  # fmt: skip
    track_batch = 1
    calls_per_second = 10.0
    settings: JdlSettings

    def _call(self, path: str, message: Mapping[str, Any]) -> Doc:
        """``data`` of the answer."""
        body = compact([{"orderOrigin": ORIGIN, "customerCode": self.settings.customer_code, **message}])
        token = self.settings.access_token.get_secret_value()
        timestamp = to_china_time(self.link.now())
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}{path}",
            params={
                "LOP-DN": self.settings.domain,
                "app_key": self.settings.app_key,
                "access_token": token,
                "timestamp": timestamp,
                "v": VERSION,
                "sign": sign(
                    self.settings.app_secret.get_secret_value(),
                    self.settings.algorithm,
                    path=path,
                    body=body,
                    token=token,
                    app_key=self.settings.app_key,
                    timestamp=timestamp,
                ),
                "algorithm": self.settings.algorithm,
            },
            content=body.encode(),
            headers={"Content-Type": "application/json;charset=utf-8"},
        )
        told = Doc.of(answer, path)
        if told.has("error_response"):
            _refuse(told.doc("error_response"))
        if told.text("code") not in {"0", "1000"}:
            _refuse(told)
        return told.doc("data")

    def order(self, order: WaybillOrder) -> WaybillMade:
        """The carrier answers the same reference with the same number."""
        refuse_cash(order)
        data = self._call(
            "/ecap/v1/orders/create",
            {
                "orderId": order.reference,
                "senderContact": _party(order.sender),
                "receiverContact": _party(order.recipient),
                "productsReq": {"productCode": order.product or "ed-m-0001"},
                "settleType": 3,
                "cargoes": [
                    {
                        "name": goods_name(order),
                        "quantity": order.parcels,
                        "weight": kilograms(order.weight_g),
                        "volume": max(order.volume_mm3 // 1000, 1),
                    }
                ],
                "goods": [{"name": goods_name(order), "quantity": goods_count(order)}],
                "remark": order.remark[:100],
            },
        )
        return WaybillMade(data.need("waybillCode"))

    def cancel(self, *, number: str, reference: str) -> None:
        try:
            self._stop(number, reference, "订单取消")
        except Refused as refused:
            if says_gone(refused.message):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise

    def intercept(self, *, number: str, reference: str, reason: str) -> None:
        """The same call: what is picked up already is stopped and brought back."""
        self._stop(number, reference, reason[:50] or "拦截")

    def _stop(self, number: str, reference: str, reason: str) -> None:
        which = {"waybillCode": number} if number else {"customerOrderId": reference}
        self._call(
            "/ecap/v1/orders/cancel",
            {**which, "cancelReason": reason, "cancelReasonCode": "1", "cancelType": 1},
        )

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        return [event for ask in asks for event in self._traces(ask.number)]

    def _traces(self, number: str) -> list[TrackEvent]:
        try:
            data = self._call("/ecap/v1/orders/trace/query", {"waybillCode": number})
        except Refused as refused:
            if any(word in refused.message for word in NO_TRACES):
                return []
            raise
        events: list[TrackEvent] = []
        for row in data.docs("traceDetails"):
            code = row.text("categoryName", "category", "operateState")
            events += scan(
                number,
                row.local("operationTime", "operateTime"),
                status_of(code, self.settings.statuses, STAGES),
                code=code,
                text=row.text("operationRemark", "operateRemark"),
                place=row.text("operatorSite", "operateSite"),
            )
        return events

    def check(self) -> None:
        """A parcel that nobody has: no scans, but an answer."""
        self._traces("JDV000000000000")


def _refuse(told: Doc) -> NoReturn:
    code, message = told.text("code", "subCode"), told.text("zh_desc", "msg", "message", "subMsg")
    if not code and not message:
        malformed("the answer says neither yes nor no")
    message = message or "refused without a word"
    if "token" in message.lower():
        raise TokenExpired(message, code=code)
    if any(word in message for word in TOO_FAST):
        raise Throttled(message, code=code, retry_after=timedelta(seconds=2))
    raise Refused(message, code=code)


def _party(party: PartyAddress) -> dict[str, str]:
    return {"name": party.name, "mobile": party.phone, "fullAddress": one_line(party)}
