"""YTO Express through its open platform (https://open.yto.net.cn).

Each interface has an address with a key of its own (``/open/<interface>/v1/<key>/<customer>``), which the console
shows. The sign is the Base64 of the MD5 of parameter, interface, version and secret.
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
    md5_base64,
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
    "GOT": S.PICKED_UP, "ARRIVAL": S.IN_TRANSIT, "DEPARTURE": S.IN_TRANSIT, "AIRSEND": S.IN_TRANSIT,
    "AIRPICK": S.IN_TRANSIT, "FORWARDING": S.IN_TRANSIT, "SENT_SCAN": S.OUT_FOR_DELIVERY,
    "INBOUND": S.AT_PICKUP_POINT, "SIGNED": S.DELIVERED, "FAILED": S.ATTEMPT_FAILED, "TMS_RETURN": S.RETURNING,
}  # fmt: skip
VERSION: Final = "v1"
NO_TRACES: Final = ("查询不到", "不存在", "为空", "无轨迹", "暂无")
TOO_FAST: Final = ("频率", "限流", "流量")


class YtoSettings(ConnectorSettings):
    customer_code: str = Field(title=_("Customer code"), max_length=64)
    secret: SecretStr = Field(title=_("Secret"))
    create_key: str = Field("", title=_("Key in the address for ordering"), max_length=64)
    cancel_key: str = Field("", title=_("Key in the address for cancelling"), max_length=64)
    track_key: str = Field(
        "",
        title=_("Key in the address for tracking"),
        description=_(
            "The console shows one address for each interface; the key stands before the customer code."
        ),
        max_length=64,
    )
    track_secret: SecretStr = Field(
        SecretStr(""), title=_("Secret for tracking"), description=_("Where it is another one.")
    )
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://openapi.yto.net.cn", title=_("Address"), max_length=200)


def sign(param: str, method: str, secret: str) -> str:
    return md5_base64(param + method + VERSION + secret)


class YtoConnector(CarrierConnector):
    code = "yto"
    title = _("YTO Express")
    Settings = YtoSettings
    features = frozenset({CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.TRACK})
    track_batch = 1
    calls_per_second = 10.0
    settings: YtoSettings

    def _call(self, method: str, key: str, message: Mapping[str, Any]) -> Any:
        param = compact(message)
        secret = self.settings.secret
        if method == "track_query_adapter" and self.settings.track_secret.get_secret_value():
            secret = self.settings.track_secret
        if not key:
            raise Refused(f"enter the key of {method} in the connection's settings", code="no_key")
        return self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/open/{method}/{VERSION}/{key}/{self.settings.customer_code}",
            json={
                "timestamp": to_unix_ms(self.link.now()),
                "param": param,
                "sign": sign(param, method, secret.get_secret_value()),
                "format": "JSON",
            },
        )

    def order(self, order: WaybillOrder) -> WaybillMade:
        """The carrier answers the same reference with the same number."""
        refuse_cash(order)
        answer = Doc.of(
            self._call(
                "privacy_create_adapter",
                self.settings.create_key,
                {
                    "logisticsNo": order.reference,
                    **_party("sender", order.sender),
                    **_party("recipient", order.recipient),
                    "remark": order.remark[:100],
                    "weight": kilograms(order.weight_g),
                    "productCode": order.product or "PK",
                    "goods": [{"name": one.name, "quantity": one.quantity} for one in order.goods],
                },
            )
        )
        if not answer.text("mailNo"):
            _refuse(answer)
        return WaybillMade(answer.need("mailNo"), routing_code=answer.text("shortAddress"))

    def cancel(self, *, number: str, reference: str) -> None:  # noqa: ARG002 - orders go by our reference
        answer = Doc.of(
            self._call(
                "korder_cancel_adapter",
                self.settings.cancel_key,
                {"logisticsNo": reference, "cancelDesc": "订单取消"},
            )
        )
        if answer.flag("success") or answer.text("code") == "200":
            return
        try:
            _refuse(answer)
        except Refused as refused:
            if says_gone(refused.message):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        return [event for ask in asks for event in self._traces(ask.number)]

    def _traces(self, number: str) -> list[TrackEvent]:
        answer = self._call("track_query_adapter", self.settings.track_key, {"NUMBER": number})
        if not isinstance(answer, list):
            told = Doc.of(answer)
            if any(word in told.text("message", "reason") for word in NO_TRACES):
                return []
            _refuse(told)
        events: list[TrackEvent] = []
        for one in answer:
            row = Doc.of(one, "trace")
            code = row.text("infoContent")
            events += scan(
                number,
                row.local("upload_Time"),
                status_of(code, self.settings.statuses, SCANS),
                code=code,
                text=row.text("processInfo"),
                place=row.text("city"),
            )
        return events

    def check(self) -> None:
        """A parcel that nobody has: no scans, but an answer."""
        self._traces("YT0000000000000")


def _refuse(answer: Doc) -> NoReturn:
    message, code = answer.text("message", "reason"), answer.text("code")
    if not message and not code:
        malformed("the answer says neither yes nor no")
    if any(word in message for word in TOO_FAST):
        raise Throttled(message, code=code, retry_after=timedelta(seconds=5))
    raise Refused(message or "refused without a word", code=code)


def _party(kind: str, party: PartyAddress) -> dict[str, str]:
    return {
        f"{kind}Name": party.name,
        f"{kind}ProvinceName": party.province,
        f"{kind}CityName": party.city,
        f"{kind}CountyName": party.district,
        f"{kind}Address": party.address,
        f"{kind}Mobile": party.phone,
    }
