"""kdniao (快递鸟, https://www.kdniao.com): an aggregator that follows parcels and orders waybills of many carriers.

One form for all; ``DataSign`` is the Base64 of the hex MD5 of the JSON and the app key, in both directions.
Instant queries (1002) tell one state for the whole parcel, monitored ones (8001) one for each scan.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Literal, NoReturn
from urllib.parse import unquote

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import (
    STATUSES_FIELD,
    form_of,
    json_in,
    kilograms,
    md5_hex,
    refuse_cash,
    require_same,
    says_gone,
    scan,
    status_of,
)
from hecang.integrations.channels.documents import Doc, compact, malformed
from hecang.integrations.channels.values import to_china_time
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    Throttled,
)
from hecang.shipping.carriers.base import (
    CarrierConnector,
    CarrierFeature,
    PartyAddress,
    TrackAsk,
    Tracked,
    TrackEvent,
    TrackStatus,
    WaybillMade,
    WaybillOrder,
)

S = TrackStatus

STATES: Final[Mapping[str, TrackStatus]] = {
    "0": S.UNKNOWN, "1": S.PICKED_UP, "2": S.IN_TRANSIT, "201": S.IN_TRANSIT, "204": S.IN_TRANSIT,
    "205": S.IN_TRANSIT, "206": S.IN_TRANSIT, "202": S.OUT_FOR_DELIVERY, "211": S.AT_PICKUP_POINT, "3": S.DELIVERED,
    "301": S.DELIVERED, "302": S.DELIVERED, "304": S.DELIVERED, "311": S.DELIVERED, "4": S.EXCEPTION,
    "401": S.EXCEPTION, "402": S.EXCEPTION, "403": S.EXCEPTION, "404": S.ATTEMPT_FAILED, "405": S.ATTEMPT_FAILED,
    "406": S.RETURNED, "407": S.RETURNING, "412": S.AT_PICKUP_POINT, "413": S.RETURNING, "414": S.EXCEPTION,
    "5": S.IN_TRANSIT, "6": S.CUSTOMS, "10": S.CREATED,
}  # fmt: skip
DONE: Final = "100"
REPEATED: Final = "106"
NO_TRACES: Final = ("暂无轨迹", "没有物流轨迹", "无轨迹", "暂无", "查无")
TOO_FAST: Final = ("频率", "频繁", "并发", "超限")


class KdniaoSettings(ConnectorSettings):
    business_id: str = Field(title=_("User id (EBusinessID)"), max_length=32)
    app_key: SecretStr = Field(title=_("API key"))
    query: Literal["1002", "8001"] = Field(
        "8001",
        title=_("Kind of query"),
        description=_("1002 instant, 8001 monitored: what your contract holds."),
    )
    subscription: Literal["1008", "8008"] = Field(
        "8008", title=_("Kind of subscription"), description=_("1008 or 8008: what your contract holds.")
    )
    shipper_code: str = Field(
        "", title=_("Carrier of waybills"), description=_("SF, ZTO, YTO, STO, YD …"), max_length=16
    )
    customer_name: str = Field("", title=_("Waybill account"), max_length=64)
    customer_password: SecretStr = Field(SecretStr(""), title=_("Password of the waybill account"))
    month_code: str = Field("", title=_("Monthly account"), max_length=64)
    send_site: str = Field("", title=_("Branch of the carrier"), max_length=64)
    pay_type: Literal["1", "2", "3"] = Field(
        "3", title=_("Who pays"), description=_("1 the sender, 2 the recipient, 3 the monthly account.")
    )
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://api.kdniao.com", title=_("Address"), max_length=200)


def sign(data: str, app_key: str) -> str:
    return base64.b64encode(md5_hex(data + app_key).encode()).decode()


class KdniaoConnector(CarrierConnector):
    code = "kdniao"
    title = _("kdniao")
    Settings = KdniaoSettings
    features = frozenset({
        CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.TRACK, CarrierFeature.SUBSCRIBE,
        CarrierFeature.RECEIVE,
    })  # fmt: skip
    track_batch = 1
    calls_per_second = 10.0
    settings: KdniaoSettings

    # ---------------------------------------------------------------- the wire

    def _ask(self, path: str, kind: str, message: Mapping[str, Any]) -> Doc:
        """The answer, whether it is yes or no."""
        data = compact(message)
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/{path}",
            data={
                "RequestData": data,
                "EBusinessID": self.settings.business_id,
                "RequestType": kind,
                "DataSign": sign(data, self.settings.app_key.get_secret_value()),
                "DataType": "2",
            },
        )
        told = Doc.of(answer, kind)
        if not told.has("Success"):
            malformed("the answer says neither yes nor no")
        return told

    def _call(self, path: str, kind: str, message: Mapping[str, Any]) -> Doc:
        told = self._ask(path, kind, message)
        if not told.flag("Success"):
            _refuse(told)
        return told

    # ---------------------------------------------------------------- tracking

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        return [event for ask in asks for event in self._query(ask)]

    def _query(self, ask: TrackAsk) -> list[TrackEvent]:
        told = self._ask("Ebusiness/EbusinessOrderHandle.aspx", self.settings.query, _which(ask))
        if not told.flag("Success"):
            if any(word in told.text("Reason") for word in NO_TRACES):
                return []
            _refuse(told)
        return self._scans(told, ask.number)

    def _scans(self, told: Doc, number: str) -> list[TrackEvent]:
        """Scans without a state of their own move the parcel; the last has the state of the whole."""
        rows = told.docs("Traces")
        events: list[TrackEvent] = []
        for index, row in enumerate(rows):
            code = row.text("Action")
            if not code and index == len(rows) - 1:
                code = told.text("StateEx", "State")
            events += scan(
                number,
                row.local("AcceptTime"),
                status_of(code, self.settings.statuses, STATES),
                code=code,
                text=row.text("AcceptStation"),
                place=row.text("Location"),
            )
        return events

    def subscribe(self, ask: TrackAsk) -> None:
        """Asking again changes nothing."""
        self._call("api/dist", self.settings.subscription, _which(ask))

    def receive(self, message: Incoming) -> Tracked:
        form = form_of(message.body)
        data = form.get("RequestData", "")
        # Pluses and percent signs of the signature are encoded once, twice or not at all.
        given = unquote(form.get("DataSign", "")).replace(" ", "+")
        require_same(sign(data, self.settings.app_key.get_secret_value()), given)
        pushed = Doc.of(json_in(data, "RequestData"), "RequestData")
        events: list[TrackEvent] = []
        for parcel in pushed.docs("Data"):
            number = parcel.text("LogisticCode")
            if number and parcel.flag("Success"):
                events += self._scans(parcel, number)
        return Tracked(events, self._reply(is_taken=True))

    def refusal(self, error: Exception) -> Reply:
        reply = self._reply(is_taken=False)
        return Reply(reply.body, status=401) if isinstance(error, BadSignature) else reply

    def _reply(self, *, is_taken: bool) -> Reply:
        said = {
            "EBusinessID": self.settings.business_id,
            "UpdateTime": to_china_time(self.link.now()),
            "Success": is_taken,
            "Reason": "" if is_taken else "refused",
        }
        return Reply(compact(said).encode())

    # ---------------------------------------------------------------- waybills

    def _account(self) -> dict[str, str]:
        settings = self.settings
        if not settings.shipper_code:
            raise Refused("enter the carrier of waybills in the connection's settings", code="no_carrier")
        return {
            "ShipperCode": settings.shipper_code,
            "CustomerName": settings.customer_name,
            "CustomerPwd": settings.customer_password.get_secret_value(),
        }

    def order(self, order: WaybillOrder) -> WaybillMade:
        """A repeated order is answered with what the first yielded."""
        refuse_cash(order)
        told = self._ask(
            "api/EOrderService",
            "1007",
            {
                **self._account(),
                "OrderCode": order.reference,
                "MonthCode": self.settings.month_code,
                "SendSite": self.settings.send_site,
                "PayType": int(self.settings.pay_type),
                "ExpType": order.product or "1",
                "Sender": _party(order.sender),
                "Receiver": _party(order.recipient),
                "Commodity": [{"GoodsName": one.name, "Goodsquantity": one.quantity} for one in order.goods]
                or [{"GoodsName": "商品", "Goodsquantity": 1}],
                "Weight": kilograms(order.weight_g),
                "Quantity": order.parcels,
                "Remark": order.remark[:60],
                "IsReturnPrintTemplate": 0,
            },
        )
        code = told.text("ResultCode")
        if not (told.flag("Success") and code == DONE) and code != REPEATED:
            _refuse(told)
        made = told.doc("Order")
        number = made.text("LogisticCode")
        if code == REPEATED and not number:
            raise OutsideError("the order was placed before, and its number is not told", code=code)
        return WaybillMade(number or made.need("LogisticCode"), routing_code=made.text("MarkDestination"))

    def cancel(self, *, number: str, reference: str) -> None:
        try:
            self._call(
                "api/EOrderService", "1147", {**self._account(), "OrderCode": reference, "ExpNo": number}
            )
        except Refused as refused:
            if says_gone(refused.message):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise

    def check(self) -> None:
        """A parcel that nobody has: no scans, but an answer."""
        self._query(TrackAsk("YT0000000000000", carrier="YTO"))


def _which(ask: TrackAsk) -> dict[str, str]:
    if not ask.carrier:
        raise Refused("enter the aggregator's code of the carrier in the connection", code="no_carrier")
    which = {"OrderCode": "", "ShipperCode": ask.carrier, "LogisticCode": ask.number}
    return {**which, "CustomerName": ask.phone_tail} if ask.phone_tail else which


def _refuse(told: Doc) -> NoReturn:
    message = told.text("Reason") or "refused without a word"
    code = told.text("ResultCode") or "refused"
    if any(word in message for word in TOO_FAST):
        raise Throttled(message, code=code, retry_after=timedelta(seconds=5))
    raise Refused(message, code=code)


def _party(party: PartyAddress) -> dict[str, str]:
    return {
        "Company": party.company,
        "Name": party.name,
        "Mobile": party.phone,
        "ProvinceName": party.province,
        "CityName": party.city,
        "ExpAreaName": party.district,
        "Address": party.address,
    }
