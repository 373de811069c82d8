"""STO Express through its LINK gateway (https://open.sto.cn).

One address for all; ``api_name`` with ``to_appkey`` and ``to_code`` say what is asked. ``data_digest`` is the
Base64 of the MD5 of ``content`` and the secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import (
    STATUSES_FIELD,
    goods_count,
    goods_name,
    json_in,
    kilograms,
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
    "收件": S.PICKED_UP, "发件": S.IN_TRANSIT, "到件": S.IN_TRANSIT, "装车": S.IN_TRANSIT, "派件": S.OUT_FOR_DELIVERY,
    "签收": S.DELIVERED, "客户签收": S.DELIVERED, "代收": S.AT_PICKUP_POINT, "第三方代派": S.AT_PICKUP_POINT,
    "快件取出": S.DELIVERED, "问题件": S.EXCEPTION, "留仓件": S.ATTEMPT_FAILED, "退回件": S.RETURNING,
    "退回件网点签收": S.RETURNED,
}  # fmt: skip
RECEIVERS: Final[Mapping[str, str]] = {
    "OMS_EXPRESS_ORDER_CREATE": "sto_oms",
    "EDI_MODIFY_ORDER_CANCEL": "edi_modify_order",
    "STO_TRACE_QUERY_COMMON": "sto_trace_query",
}
TOO_FAST: Final = ("限流", "流量", "频繁")


class StoSettings(ConnectorSettings):
    app_key: str = Field(title=_("App key"), max_length=64)
    secret: SecretStr = Field(title=_("Secret"))
    from_code: str = Field("", title=_("Resource code"), description=_("Empty: the app key."), max_length=64)
    order_source: str = Field(
        "", title=_("Order source"), description=_("Empty: the app key."), max_length=64
    )
    site_code: str = Field("", title=_("Site code"), max_length=32)
    customer_name: str = Field("", title=_("Customer name"), max_length=64)
    site_password: SecretStr = Field(SecretStr(""), title=_("Password at the site"))
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://cloudinter-linkgateway.sto.cn", title=_("Address"), max_length=200)


class StoConnector(CarrierConnector):
    code = "sto"
    title = _("STO Express")
    Settings = StoSettings
    features = frozenset({CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.TRACK})
    track_batch = 10
    calls_per_second = 10.0
    settings: StoSettings

    def _call(self, api: str, message: Mapping[str, Any]) -> Doc:
        """``data`` of the answer."""
        content = compact(message)
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/gateway/link.do",
            data={
                "content": content,
                "data_digest": md5_base64(content + self.settings.secret.get_secret_value()),
                "api_name": api,
                "from_appkey": self.settings.app_key,
                "from_code": self.settings.from_code or self.settings.app_key,
                "to_appkey": RECEIVERS[api],
                "to_code": RECEIVERS[api],
            },
        )
        told = Doc.of(answer, api)
        if not told.flag("success"):
            _refuse(told)
        return Doc.of(json_in(told.data.get("data") or {}, "data"), "data")

    @property
    def _source(self) -> str:
        return self.settings.order_source or self.settings.app_key

    def order(self, order: WaybillOrder) -> WaybillMade:
        """The carrier answers the same reference with the same number."""
        refuse_cash(order)
        data = self._call(
            "OMS_EXPRESS_ORDER_CREATE",
            {
                "orderNo": order.reference,
                "orderSource": self._source,
                "billType": "00",
                "orderType": "01",
                "sender": _party(order.sender),
                "receiver": _party(order.recipient),
                "cargo": {
                    "battery": "30",
                    "goodsType": "小件",
                    "goodsName": goods_name(order),
                    "goodsCount": goods_count(order),
                    "weight": kilograms(order.weight_g),
                },
                "customer": {
                    "siteCode": self.settings.site_code,
                    "customerName": self.settings.customer_name,
                    "sitePwd": self.settings.site_password.get_secret_value(),
                },
                "remark": order.remark[:100],
            },
        )
        return WaybillMade(data.need("waybillNo"), routing_code=data.text("bigWord"))

    def cancel(self, *, number: str, reference: str) -> None:
        message = {"orderSource": self._source, "orderType": "01", "creater": "hecang", "remark": "订单取消"}
        message |= {"billCode": number} if number else {"sourceOrderId": reference}
        try:
            self._call("EDI_MODIFY_ORDER_CANCEL", message)
        except Refused as refused:
            if says_gone(refused.message):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        numbers = [ask.number for ask in asks]
        data = self._call("STO_TRACE_QUERY_COMMON", {"order": "asc", "waybillNoList": numbers})
        events: list[TrackEvent] = []
        for number in numbers:
            for row in data.docs(number):
                code = row.text("scanType")
                events += scan(
                    number,
                    row.local("opTime"),
                    status_of(code, self.settings.statuses, SCANS),
                    code=code,
                    text=row.text("memo"),
                    place=row.text("opOrgCityName", "opOrgName"),
                )
        return events

    def check(self) -> None:
        """A parcel that nobody has: no scans, but an answer."""
        self.track([TrackAsk("770000000000000")])


def _refuse(told: Doc) -> None:
    message = told.text("errorMsg") or "refused without a word"
    code = told.text("errorCode") or "refused"
    if any(word in message for word in TOO_FAST):
        raise Throttled(message, code=code)
    if told.flag("needRetry"):
        raise Unreachable(message, code=code)
    raise Refused(message, code=code)


def _party(party: PartyAddress) -> dict[str, str]:
    return {
        "name": party.name,
        "mobile": party.phone,
        "province": party.province,
        "city": party.city,
        "area": party.district,
        "address": party.address,
    }
