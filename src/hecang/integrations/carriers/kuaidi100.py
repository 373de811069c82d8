"""kuaidi100 (快递100, https://api.kuaidi100.com): an aggregator that follows parcels of all carriers.

Each product signs in its own way: queries over parameter, key and customer; waybills and prices over parameter,
time, key and secret; pushes over parameter and the salt that we gave with the subscription. All are MD5 in
upper-case hex.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NoReturn

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import (
    STATUSES_FIELD,
    form_of,
    goods_count,
    goods_name,
    json_in,
    kilograms,
    md5_hex,
    one_line,
    refuse_cash,
    require_same,
    says_gone,
    scan,
    status_of,
)
from hecang.integrations.channels.documents import Doc, compact, malformed
from hecang.integrations.channels.values import to_unix_ms
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    Refused,
    Reply,
    Throttled,
    Unreachable,
)
from hecang.shipping.carriers.base import (
    CarrierConnector,
    CarrierFeature,
    PartyAddress,
    RateAsk,
    RateOffer,
    TrackAsk,
    Tracked,
    TrackEvent,
    TrackStatus,
    WaybillMade,
    WaybillOrder,
)

S = TrackStatus

#: ``statusCode`` of a scan with resultv2=4, and the words beside it where the code is missing.
STATES: Final[Mapping[str, TrackStatus]] = {
    "1": S.PICKED_UP, "101": S.CREATED, "102": S.CREATED, "103": S.PICKED_UP, "0": S.IN_TRANSIT,
    "1001": S.IN_TRANSIT, "1002": S.IN_TRANSIT, "1003": S.IN_TRANSIT, "5": S.OUT_FOR_DELIVERY,
    "501": S.AT_PICKUP_POINT, "3": S.DELIVERED, "301": S.DELIVERED, "302": S.DELIVERED, "303": S.DELIVERED,
    "304": S.DELIVERED, "6": S.RETURNING, "4": S.RETURNED, "401": S.CANCELLED, "7": S.IN_TRANSIT, "2": S.EXCEPTION,
    "201": S.EXCEPTION, "202": S.EXCEPTION, "203": S.ATTEMPT_FAILED, "204": S.ATTEMPT_FAILED,
    "205": S.AT_PICKUP_POINT, "206": S.ATTEMPT_FAILED, "207": S.EXCEPTION, "208": S.EXCEPTION, "209": S.EXCEPTION,
    "210": S.CANCELLED, "8": S.CUSTOMS, "10": S.CUSTOMS, "11": S.CUSTOMS, "12": S.CUSTOMS, "13": S.EXCEPTION,
    "14": S.ATTEMPT_FAILED,
    "揽收": S.PICKED_UP, "在途": S.IN_TRANSIT, "派件": S.OUT_FOR_DELIVERY, "签收": S.DELIVERED, "疑难": S.EXCEPTION,
    "退签": S.RETURNED, "退回": S.RETURNING, "转投": S.IN_TRANSIT, "清关": S.CUSTOMS, "拒签": S.ATTEMPT_FAILED,
}  # fmt: skip
NO_RESULT: Final = "500"
SUBSCRIBED_BEFORE: Final = "501"
AGAIN: Final = frozenset({"502", "504"})
TOO_FAST: Final = ("频繁", "过快", "并发", "限流")


class Kuaidi100Settings(ConnectorSettings):
    customer: str = Field(title=_("Customer"), max_length=64)
    key: SecretStr = Field(title=_("Key"))
    secret: SecretStr = Field(SecretStr(""), title=_("Secret"), description=_("For waybills and prices."))
    salt: SecretStr = Field(
        SecretStr(""), title=_("Salt of pushes"), description=_("Any secret text: pushes are signed with it.")
    )
    callback_url: str = Field(
        "",
        title=_("Address for pushes"),
        description=_("Empty: that of this connection, under the house's public address."),
        max_length=300,
    )
    order_carrier: str = Field(
        "", title=_("Carrier of waybills"), description=_("shunfeng, yuantong, zhongtong …"), max_length=32
    )
    partner_id: str = Field("", title=_("Waybill account"), max_length=64)
    partner_key: SecretStr = Field(SecretStr(""), title=_("Password of the waybill account"))
    partner_secret: SecretStr = Field(SecretStr(""), title=_("Secret of the waybill account"))
    partner_name: str = Field("", title=_("Name of the waybill account"), max_length=64)
    net: str = Field("", title=_("Branch of the carrier"), max_length=64)
    pay_type: str = Field(
        "MONTHLY", title=_("Who pays"), description=_("SHIPPER, CONSIGNEE, MONTHLY …"), max_length=32
    )
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://poll.kuaidi100.com", title=_("Address of tracking"), max_length=200)
    label_url: str = Field(
        "https://api.kuaidi100.com/label/order", title=_("Address of waybills"), max_length=200
    )
    price_url: str = Field(
        "https://poll.kuaidi100.com/order/borderapi.do",
        title=_("Address of prices"),
        description=_("Contracts differ; yours is in the console."),
        max_length=200,
    )


def upper_md5(text: str) -> str:
    return md5_hex(text).upper()


class Kuaidi100Connector(CarrierConnector):
    code = "kuaidi100"
    title = _("kuaidi100")
    Settings = Kuaidi100Settings
    features = frozenset({
        CarrierFeature.RATE, CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.TRACK,
        CarrierFeature.SUBSCRIBE, CarrierFeature.RECEIVE,
    })  # fmt: skip
    track_batch = 1
    calls_per_second = 10.0
    settings: Kuaidi100Settings

    # ---------------------------------------------------------------- tracking

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        return [event for ask in asks for event in self._query(ask)]

    def _query(self, ask: TrackAsk) -> list[TrackEvent]:
        param = compact(
            {
                "com": _carrier(ask),
                "num": ask.number,
                "phone": ask.phone_tail,
                "resultv2": "4",
                "show": "0",
                "order": "asc",
            }
        )
        key = self.settings.key.get_secret_value()
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/poll/query.do",
            data={
                "customer": self.settings.customer,
                "param": param,
                "sign": upper_md5(param + key + self.settings.customer),
            },
        )
        told = Doc.of(answer, "query")
        if told.text("status") != "200":
            if told.text("returnCode") == NO_RESULT:
                return []
            _refuse(told.text("returnCode", "status"), told.text("message"))
        return self._scans(told, ask.number)

    def _scans(self, told: Doc, number: str) -> list[TrackEvent]:
        events: list[TrackEvent] = []
        for row in told.docs("data"):
            code = row.text("statusCode", "status")
            events += scan(
                number,
                row.local("ftime", "time"),
                status_of(code, self.settings.statuses, STATES),
                code=code,
                text=row.text("context"),
                place=row.text("areaName", "location"),
            )
        return events

    def subscribe(self, ask: TrackAsk) -> None:
        callback = self.settings.callback_url or self.link.push_url
        if not callback or not self.settings.salt.get_secret_value():
            raise Refused(
                "enter the address for pushes and a salt in the connection's settings", code="no_callback"
            )
        param = {
            "company": _carrier(ask),
            "number": ask.number,
            "key": self.settings.key.get_secret_value(),
            "parameters": {
                "callbackurl": callback,
                "salt": self.settings.salt.get_secret_value(),
                "resultv2": "4",
                "phone": ask.phone_tail,
            },
        }
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/poll",
            data={"schema": "json", "param": compact(param)},
        )
        told = Doc.of(answer, "poll")
        code = told.text("returnCode")
        if not told.flag("result") and code != SUBSCRIBED_BEFORE:
            _refuse(code, told.text("message"))

    def receive(self, message: Incoming) -> Tracked:
        form = form_of(message.body)
        param, salt = form.get("param", ""), self.settings.salt.get_secret_value()
        if not salt:
            raise BadSignature("pushes are taken with a salt alone", code="no_salt")
        require_same(upper_md5(param + salt), form.get("sign", "").upper())
        last = Doc.of(json_in(param, "param"), "param").doc("lastResult")
        reply = Reply('{"result":true,"returnCode":"200","message":"成功"}'.encode())
        number = last.text("nu")
        return Tracked(self._scans(last, number) if number else [], reply)

    def refusal(self, error: Exception) -> Reply:
        status = 401 if isinstance(error, BadSignature) else 200
        return Reply('{"result":false,"returnCode":"500","message":"失败"}'.encode(), status=status)

    # ---------------------------------------------------------------- waybills and prices

    def _signed(self, address: str, method: str, message: Mapping[str, Any]) -> Doc:
        """Calls of waybills and prices: parameter, time, key and secret are signed."""
        param, time = compact(message), str(to_unix_ms(self.link.now()))
        key = self.settings.key.get_secret_value()
        answer = self.link.json(
            "POST",
            address,
            data={
                "method": method,
                "key": key,
                "t": time,
                "param": param,
                "sign": upper_md5(param + time + key + self.settings.secret.get_secret_value()),
            },
        )
        told = Doc.of(answer, method)
        if not (told.flag("success") or told.flag("result")):
            _refuse(told.text("code", "returnCode"), told.text("message"))
        return told.doc("data")

    def _account(self) -> dict[str, str]:
        settings = self.settings
        if not settings.order_carrier:
            raise Refused("enter the carrier of waybills in the connection's settings", code="no_carrier")
        return {
            "partnerId": settings.partner_id,
            "partnerKey": settings.partner_key.get_secret_value(),
            "partnerSecret": settings.partner_secret.get_secret_value(),
            "partnerName": settings.partner_name,
            "net": settings.net,
            "kuaidicom": settings.order_carrier,
        }

    def order(self, order: WaybillOrder) -> WaybillMade:
        """A number alone: our own label is printed. The same order number is taken to give the same one."""
        refuse_cash(order)
        data = self._signed(
            self.settings.label_url,
            "order",
            {
                **self._account(),
                "printType": "NON",
                "orderId": order.reference,
                "recMan": _party(order.recipient),
                "sendMan": _party(order.sender),
                "cargo": goods_name(order),
                "count": goods_count(order) if order.parcels == 1 else order.parcels,
                "weight": kilograms(order.weight_g),
                "payType": self.settings.pay_type,
                "expType": order.product,
                "remark": order.remark[:100],
            },
        )
        return WaybillMade(data.need("kuaidinum"), routing_code=data.text("bulkpen"))

    def cancel(self, *, number: str, reference: str) -> None:
        try:
            self._signed(
                self.settings.label_url,
                "cancel",
                {**self._account(), "kuaidinum": number, "orderId": reference, "reason": "订单取消"},
            )
        except Refused as refused:
            if says_gone(refused.message):
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise

    def rate(self, ask: RateAsk) -> list[RateOffer]:
        carrier = self._account()["kuaidicom"]
        data = self._signed(
            self.settings.price_url,
            "price",
            {
                "kuaidicom": carrier,
                "sendManPrintAddr": one_line(ask.sender),
                "recManPrintAddr": one_line(ask.recipient),
                "weight": kilograms(ask.weight_g),
                "serviceType": ask.product,
            },
        )
        price = data.yuan("price")
        return [RateOffer(data.text("serviceType") or ask.product or carrier, price)] if price > 0 else []

    def check(self) -> None:
        """A parcel that nobody has: no scans, but an answer."""
        self._query(TrackAsk("YT0000000000000", carrier="yuantong"))


def _carrier(ask: TrackAsk) -> str:
    if not ask.carrier:
        raise Refused("enter the aggregator's code of the carrier in the connection", code="no_carrier")
    return ask.carrier.lower()


def _party(party: PartyAddress) -> dict[str, str]:
    return {"name": party.name, "mobile": party.phone, "printAddr": one_line(party), "company": party.company}


def _refuse(code: str, message: str) -> NoReturn:
    if not code and not message:
        malformed("the answer says neither yes nor no")
    message = message or "refused without a word"
    if any(word in message for word in TOO_FAST):
        raise Throttled(message, code=code, retry_after=timedelta(seconds=5))
    if code in AGAIN:
        raise Unreachable(message, code=code)
    raise Refused(message, code=code)
