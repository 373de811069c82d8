"""Yunda Express through its open platform (https://open.yundaex.com).

JSON to an address for each service; the header ``sign`` is the MD5 of the very body, an underscore and the
secret. Orders go to the waybill account (白马账号) that the local branch gives. Scans of a number are told once
it is subscribed to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NoReturn

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import (
    STATUSES_FIELD,
    kilograms,
    md5_hex,
    refuse_cash,
    says_gone,
    scan,
    status_of,
)
from hecang.integrations.channels.documents import Doc, compact, malformed
from hecang.integrations.channels.values import to_unix_ms
from hecang.kernel.connectors import AlreadyDone, ConnectorSettings, Refused, Throttled
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
    "GOT": S.PICKED_UP, "TRANSIT": S.IN_TRANSIT, "DELIVERING": S.OUT_FOR_DELIVERY, "SIGNED": S.DELIVERED,
    "SIGNFAIL": S.ATTEMPT_FAILED, "RETURN": S.RETURNING,
}  # fmt: skip
ORDERS: Final = "openapi-api/v1/accountOrder"
TRACES: Final = "openapi/outer/logictis"  # the carrier's own spelling
#: A repeated order is told to use the update, which answers the number.
REPEATED: Final = "更新接口"
NOT_SUBSCRIBED: Final = "订阅"
NO_TRACES: Final = ("无轨迹", "暂无", "为空", "查询不到", "不存在")
TOO_FAST: Final = ("频率", "限流", "流量")


class YundaSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    app_secret: SecretStr = Field(title=_("App secret"))
    partner_id: str = Field("", title=_("Waybill account"), max_length=64)
    partner_secret: SecretStr = Field(SecretStr(""), title=_("Password of the waybill account"))
    node_id: str = Field("350", title=_("Layout of the waybill (node_id)"), max_length=16)
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://openapi.yundaex.com", title=_("Address"), max_length=200)


class YundaConnector(CarrierConnector):
    code = "yunda"
    title = _("Yunda Express")
    Settings = YundaSettings
    features = frozenset({CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.TRACK})
    track_batch = 1
    calls_per_second = 10.0
    settings: YundaSettings

    # ---------------------------------------------------------------- the wire

    def _call(self, path: str, message: Mapping[str, Any]) -> Doc:
        body = compact(message)
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/{path}",
            content=body.encode(),
            headers={
                "Content-Type": "application/json; charset=UTF-8",
                "app-key": self.settings.app_key,
                "sign": md5_hex(f"{body}_{self.settings.app_secret.get_secret_value()}"),
                "req-time": str(to_unix_ms(self.link.now())),
            },
        )
        told = Doc.of(answer, path)
        if told.text("code") != "0000":
            _refuse(told)
        return told

    def _account(self, service: str, order: Mapping[str, Any]) -> Doc:
        """What a service of the waybill account says of one order."""
        told = self._call(
            f"{ORDERS}/{service}",
            {
                "appid": self.settings.app_key,
                "partner_id": self.settings.partner_id,
                "secret": self.settings.partner_secret.get_secret_value(),
                "orders": [order],
            },
        )
        rows = told.docs("data")
        if not rows:
            malformed("nothing is said of the order")
        return rows[0]

    # ---------------------------------------------------------------- orders

    def order(self, order: WaybillOrder) -> WaybillMade:
        refuse_cash(order)
        message = {
            "order_serial_no": order.reference,
            "khddh": order.reference,
            "sender": _party(order.sender),
            "receiver": _party(order.recipient),
            "weight": kilograms(order.weight_g),
            "items": [{"name": one.name, "number": one.quantity} for one in order.goods],
            "order_type": order.product or "common",
            "node_id": self.settings.node_id,
            "remark": order.remark[:100],
        }
        row = self._account("createBmOrder", message)
        if not _number(row) and REPEATED in row.text("msg", "remark"):
            row = self._account("updateBmOrder", message)
        number = _number(row)
        if not number:
            raise Refused(row.text("msg", "remark") or "refused without a word", code=row.text("status"))
        return WaybillMade(number, routing_code=row.text("position", "bigpen"))

    def cancel(self, *, number: str, reference: str) -> None:
        row = self._account("cancelBmOrder", {"order_serial_no": reference, "mailno": number})
        message = row.text("msg", "remark")
        if row.text("status") != "0" and "ERROR" not in message:
            return
        if says_gone(message):
            raise AlreadyDone(message, code="gone")
        raise Refused(message or "refused without a word", code=row.text("status"))

    # ---------------------------------------------------------------- tracking

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        return [event for ask in asks for event in self._traces(ask.number)]

    def _traces(self, number: str) -> list[TrackEvent]:
        """Scans of one number; one that nobody subscribed to is subscribed to, and tells next time."""
        try:
            told = self._call(f"{TRACES}/query", {"mailno": number})
        except Refused as refused:
            if NOT_SUBSCRIBED in refused.message:
                self._call(f"{TRACES}/subscribe", {"orders": [{"orderid": number, "mailno": number}]})
                return []
            if any(word in refused.message for word in NO_TRACES):
                return []
            raise
        events: list[TrackEvent] = []
        for row in told.doc("data").docs("steps"):
            code = row.text("status", "action")
            events += scan(
                number,
                row.local("time"),
                status_of(code, self.settings.statuses, SCANS),
                code=code,
                text=row.text("description"),
                place=row.text("city", "station_name"),
            )
        return events

    def check(self) -> None:
        """A parcel that nobody has: no scans, but an answer."""
        try:
            self._call(f"{TRACES}/query", {"mailno": "310000000000000"})
        except Refused as refused:
            if not any(word in refused.message for word in (NOT_SUBSCRIBED, *NO_TRACES)):
                raise


def _number(row: Doc) -> str:
    return row.text("mail_no", "mailno")


def _refuse(told: Doc) -> NoReturn:
    code, message = told.text("code"), told.text("sub_msg", "message")
    if not code:
        malformed("the answer has no code")
    if any(word in message for word in TOO_FAST):
        raise Throttled(message, code=code, retry_after=timedelta(seconds=5))
    raise Refused(message or "refused without a word", code=code)


def _party(party: PartyAddress) -> dict[str, str]:
    """The carrier wants the regions once more before the street, between commas."""
    return {
        "name": party.name,
        "company": party.company,
        "province": party.province,
        "city": party.city,
        "county": party.district,
        "address": f"{party.province},{party.city},{party.district},{party.address}",
        "mobile": party.phone,
    }
