"""ZTO Express through its open platform (https://open.zto.com).

Each service has an address of its own and takes JSON; ``x-dataDigest`` is the Base64 of the MD5 of the very
body and the secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NoReturn

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import (
    STATUSES_FIELD,
    md5_base64,
    refuse_cash,
    says_gone,
    scan,
    status_of,
)
from hecang.integrations.channels.documents import Doc, compact
from hecang.kernel.connectors import AlreadyDone, ConnectorSettings, Refused, Throttled, Unreachable
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

SCANS: Final[Mapping[str, TrackStatus]] = {
    "收件": S.PICKED_UP, "发件": S.IN_TRANSIT, "到件": S.IN_TRANSIT, "派件": S.OUT_FOR_DELIVERY, "签收": S.DELIVERED,
    "第三方签收": S.DELIVERED, "入库": S.AT_PICKUP_POINT, "入柜": S.AT_PICKUP_POINT, "问题件": S.EXCEPTION,
    "拒收": S.ATTEMPT_FAILED, "退件": S.RETURNING, "退件签收": S.RETURNED,
}  # fmt: skip
THROTTLED: Final = "S206"
AGAIN: Final = frozenset({"S200", "S202", "S203"})
NO_TRACES: Final = ("无轨迹", "没有轨迹", "暂无", "查询不到", "不存在")


class ZtoSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    account_id: str = Field("", title=_("Waybill account"), max_length=64)
    account_password: SecretStr = Field(SecretStr(""), title=_("Password of the waybill account"))
    customer_id: str = Field("", title=_("Customer number"), max_length=64)
    key_header: Literal["x-appKey", "x-companyid"] = Field(
        "x-appKey", title=_("Header of the key"), description=_("Older apps use x-companyid.")
    )
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://api.zto.com", title=_("Address"), max_length=200)


class ZtoConnector(CarrierConnector):
    code = "zto"
    title = _("ZTO Express")
    Settings = ZtoSettings
    features = frozenset({CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.TRACK})
    track_batch = 1
    calls_per_second = 10.0
    settings: ZtoSettings

    def _call(self, service: str, message: Mapping[str, Any]) -> Doc:
        """What the carrier answers, whatever it holds as result."""
        body = compact(message)
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/{service}",
            content=body.encode(),
            headers={
                "Content-Type": "application/json; charset=utf-8",
                self.settings.key_header: self.settings.app_key,
                "x-dataDigest": md5_base64(body + self.settings.app_secret.get_secret_value()),
            },
        )
        told = Doc.of(answer, service)
        if not told.flag("status"):
            _refuse(told.text("statusCode") or "refused", told.text("message"))
        return told

    def order(self, order: WaybillOrder) -> WaybillMade:
        """The carrier answers the same reference with the same number."""
        refuse_cash(order)
        account = {
            "accountId": self.settings.account_id,
            "accountPassword": self.settings.account_password.get_secret_value(),
            "customerId": self.settings.customer_id,
            "type": 1,
        }
        told = self._call(
            "zto.open.createOrder",
            {
                "partnerType": "2",
                "orderType": order.product or "1",
                "partnerOrderCode": order.reference,
                "accountInfo": {name: value for name, value in account.items() if value},
                "senderInfo": _party("sender", order.sender),
                "receiveInfo": _party("receiver", order.recipient),
                "orderItems": [{"name": one.name, "quantity": one.quantity} for one in order.goods],
                "summaryInfo": {"quantity": order.parcels},
                "remark": order.remark[:100],
            },
        )
        result = _result(told)
        return WaybillMade(result.need("billCode"), routing_code=result.doc("bigMarkInfo").text("mark"))

    def cancel(self, *, number: str, reference: str) -> None:
        message = {"cancelType": "1", **({"billCode": number} if number else {"orderCode": reference})}
        try:
            self._call("zto.open.cancelPreOrder", message)
        except Refused as refused:
            if says_gone(refused.message):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        return [event for ask in asks for event in self._traces(ask)]

    def _traces(self, ask: TrackAsk) -> list[TrackEvent]:
        try:
            told = self._call(
                "zto.merchant.waybill.track.query", {"billCode": ask.number, "mobilePhone": ask.phone_tail}
            )
        except Refused as refused:
            if any(word in refused.message for word in NO_TRACES):
                return []
            raise
        events: list[TrackEvent] = []
        for row in told.docs("result"):
            code = row.text("scanType")
            site = row.doc("scanSite")
            events += scan(
                ask.number,
                _time(row),
                status_of(code, self.settings.statuses, SCANS),
                code=code,
                text=row.text("desc"),
                place=site.text("city", "name"),
            )
        return events

    def check(self) -> None:
        """A parcel that nobody has: no scans, but an answer."""
        self.track([TrackAsk("73000000000000", phone_tail="0000")])


def _result(told: Doc) -> Doc:
    """Older answers call it ``data``."""
    return told.need_doc("result") if told.has("result") else told.need_doc("data")


def _refuse(code: str, message: str) -> NoReturn:
    message = message or "refused without a word"
    if code == THROTTLED:
        raise Throttled(message, code=code, retry_after=timedelta(seconds=60))
    if code in AGAIN:
        raise Unreachable(message, code=code)
    raise Refused(message, code=code)


def _party(kind: str, party: PartyAddress) -> dict[str, str]:
    return {
        f"{kind}Name": party.name,
        f"{kind}Mobile": party.phone,
        f"{kind}Province": party.province,
        f"{kind}City": party.city,
        f"{kind}District": party.district,
        f"{kind}Address": party.address,
    }


def _time(row: Doc) -> datetime | None:
    """In milliseconds, or as local text."""
    return row.millis_or_none("scanDate") or row.local("scanDate")
