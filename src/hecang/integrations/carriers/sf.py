"""SF Express through 丰桥 (https://open.sf-express.com).

Every service has one address and one form; ``msgDigest`` is the Base64 of the MD5 of the URL-encoded message,
time and check word. Answers carry their result as JSON in a text. Routes are pushed without a signature: the
unguessable address, and if you like a further ``?key=…``, tell who sends them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal
from urllib.parse import quote_plus, urlsplit

from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import (
    STATUSES_FIELD,
    form_of,
    goods_name,
    json_in,
    kilograms,
    md5_base64,
    require_same,
    scan,
    status_of,
    xml_attributes,
)
from hecang.integrations.channels.documents import Doc, compact, malformed
from hecang.integrations.channels.values import to_china_time, to_unix_ms
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    OutsideError,
    Refused,
    Reply,
    Throttled,
    Unreachable,
)
from hecang.kernel.connectors.link import parse_json
from hecang.shipping.carriers.base import (
    CarrierConnector,
    CarrierFeature,
    LabelFile,
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

#: opCode → status. The carrier publishes the codes to its customers only; these were seen in live traces.
OP_CODES: Final[Mapping[str, TrackStatus]] = {
    "54": S.PICKED_UP, "50": S.PICKED_UP, "30": S.IN_TRANSIT, "36": S.IN_TRANSIT, "31": S.IN_TRANSIT,
    "105": S.IN_TRANSIT, "106": S.IN_TRANSIT, "310": S.CUSTOMS, "605": S.CUSTOMS, "44": S.OUT_FOR_DELIVERY,
    "204": S.OUT_FOR_DELIVERY, "70": S.ATTEMPT_FAILED, "33": S.ATTEMPT_FAILED, "80": S.DELIVERED,
    "8000": S.DELIVERED, "130": S.AT_PICKUP_POINT, "123": S.AT_PICKUP_POINT, "607": S.AT_PICKUP_POINT,
    "99": S.RETURNING, "631": S.RETURNING, "648": S.RETURNING,
}  # fmt: skip
#: secondaryStatusCode → status, where newer answers tell it; it goes before the opCode.
STATUS_CODES: Final[Mapping[str, TrackStatus]] = {
    "101": S.PICKED_UP, "201": S.IN_TRANSIT, "204": S.CUSTOMS, "205": S.CUSTOMS, "301": S.OUT_FOR_DELIVERY,
    "401": S.DELIVERED, "1301": S.ATTEMPT_FAILED,
}  # fmt: skip

DUPLICATE: Final = "8016"
CANCELLED: Final = "8037"
UNKNOWN_ORDER: Final = frozenset({"8024", "6150"})
THROTTLED: Final = "A1005"
AGAIN: Final = frozenset({"A1007", "A1009", "A1099"})
DELIVERABLE_NOT: Final = "3"
_PARTNER: Final = re.compile(r"[^0-9A-Za-z_-]")


class SfSettings(ConnectorSettings):
    partner_id: str = Field(title=_("Customer code (partnerID)"), max_length=64)
    check_word: SecretStr = Field(title=_("Check word"))
    monthly_card: str = Field("", title=_("Monthly card"), max_length=32)
    pay_method: Literal["1", "2", "3"] = Field(
        "1",
        title=_("Who pays"),
        description=_("1 the sender, 2 the recipient, 3 a third party."),
    )
    label_template: str = Field(
        "",
        title=_("Label template"),
        description=_("Empty: fm_150_standard_ and the customer code."),
        max_length=100,
    )
    push_key: SecretStr = Field(
        SecretStr(""),
        title=_("Key of pushes"),
        description=_("If set, the address that you enter at the carrier must end with ?key= and this key."),
    )
    return_address: dict[str, str] = Field(
        default_factory=dict,
        title=_("Where stopped parcels go"),
        description=_("contact, phone, province, city, county, address."),
    )
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://bspgw.sf-express.com", title=_("Address"), max_length=200)


def digest(message: str, timestamp: str, check_word: str) -> str:
    """``msgDigest``: over the text as Java's URLEncoder encodes it."""
    return md5_base64(quote_plus(message + timestamp + check_word, safe="*").replace("~", "%7E"))


class SfConnector(CarrierConnector):
    code = "sf"
    title = _("SF Express")
    Settings = SfSettings
    features = frozenset({
        CarrierFeature.RATE, CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.LABEL, CarrierFeature.TRACK,
        CarrierFeature.RECEIVE, CarrierFeature.INTERCEPT,
    })  # fmt: skip
    track_batch = 10
    calls_per_second = 20.0
    settings: SfSettings

    # ---------------------------------------------------------------- the wire

    def _call(self, service: str, message: Mapping[str, Any]) -> Doc:
        """The result of a service: what ``apiResultData`` says."""
        text = compact(message)
        timestamp = str(to_unix_ms(self.link.now()))
        answer = self.link.json(
            "POST",
            f"{self.settings.base_url.rstrip('/')}/std/service",
            data={
                "partnerID": self.settings.partner_id,
                "requestID": str(uuid.uuid4()),
                "serviceCode": service,
                "timestamp": timestamp,
                "msgDigest": digest(text, timestamp, self.settings.check_word.get_secret_value()),
                "msgData": text,
            },
        )
        outer = Doc.of(answer, service)
        if outer.text("apiResultCode") != "A1000":
            _refuse(outer.need("apiResultCode"), outer.text("apiErrorMsg"))
        result = Doc.of(json_in(outer.data.get("apiResultData"), service), service)
        if not result.flag("success"):
            _refuse(result.text("errorCode") or "refused", result.text("errorMsg", "errorMessage"))
        return result

    # ---------------------------------------------------------------- orders

    def order(self, order: WaybillOrder) -> WaybillMade:
        message: dict[str, Any] = {
            "language": "zh-CN",
            "orderId": order.reference,
            "contactInfoList": [_contact(1, order.sender), _contact(2, order.recipient)],
            "cargoDetails": [{"name": goods_name(order)}],
            "payMethod": int(self.settings.pay_method),
            "parcelQty": order.parcels,
            "totalWeight": kilograms(order.weight_g),
            "isReturnRoutelabel": 1,
            "isGenWaybillNo": 1,
        }
        if order.product.isdigit():
            message["expressTypeId"] = int(order.product)
        if self.settings.monthly_card:
            message["monthlyCard"] = self.settings.monthly_card
        services = []
        if order.declared_value is not None:
            services.append({"name": "INSURE", "value": str(order.declared_value)})
        if order.cash_on_delivery is not None:
            services.append(
                {"name": "COD", "value": str(order.cash_on_delivery), "value1": self.settings.monthly_card}
            )
        if services:
            message["serviceList"] = services
        if order.remark:
            message["remark"] = order.remark[:100]
        try:
            result = self._call("EXP_RECE_CREATE_ORDER", message)
        except Refused as refused:
            if refused.code != DUPLICATE:
                raise
            result = self._search(order.reference)
        return _made(result.doc("msgData"))

    def _search(self, reference: str) -> Doc:
        return self._call(
            "EXP_RECE_SEARCH_ORDER_RESP", {"searchType": "1", "orderId": reference, "language": "zh-CN"}
        )

    def cancel(self, *, number: str, reference: str) -> None:  # noqa: ARG002 - orders go by our reference
        try:
            self._call("EXP_RECE_UPDATE_ORDER", {"dealType": 2, "orderId": reference, "language": "zh-CN"})
        except Refused as refused:
            if refused.code in UNKNOWN_ORDER or refused.code == CANCELLED:
                raise AlreadyDone(refused.message, code=refused.code) from refused
            raise

    def intercept(self, *, number: str, reference: str, reason: str) -> None:  # noqa: ARG002 - no field for it
        """Have a parcel brought back, at the cost of the monthly card."""
        back = self.settings.return_address
        if not back.get("address"):
            raise Refused(
                "enter where stopped parcels go in the connection's settings", code="no_return_address"
            )
        self._call(
            "EXP_RECE_WANTED_INTERCEPT",
            {
                "waybillNo": number,
                "serviceCode": "2",
                "role": "1",
                "payMode": "4" if self.settings.monthly_card else "1",
                "monthlyCardNo": self.settings.monthly_card,
                "newDestAddress": dict(back),
            },
        )

    # ---------------------------------------------------------------- labels and prices

    def label(self, *, number: str, reference: str) -> LabelFile:  # noqa: ARG002 - labels go by number
        template = self.settings.label_template or (
            "fm_150_standard_" + _PARTNER.sub("", self.settings.partner_id)
        )
        result = self._call(
            "COM_RECE_CLOUD_PRINT_WAYBILLS",
            {
                "templateCode": template,
                "version": "2.0",
                "fileType": "pdf",
                "sync": True,
                "documents": [{"masterWaybillNo": number}],
            },
        )
        files = result.doc("obj").docs("files")
        if not files:
            malformed("no file of the label")
        address = files[0].need("url")
        self._require_own(address)
        answer = self.link.send("GET", address, headers={"X-Auth-token": files[0].need("token")})
        if not answer.content.startswith(b"%PDF"):
            malformed("the label is no PDF")
        return LabelFile("pdf", answer.content)

    def _require_own(self, address: str) -> None:
        """Files lie with the carrier: nobody sends us elsewhere in its name."""
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            host = ""
        own = urlsplit(self.settings.base_url).hostname
        if host != own and not host.endswith(".sf-express.com"):
            malformed("the label lies with somebody else")

    def rate(self, ask: RateAsk) -> list[RateOffer]:
        message = {
            "businessType": ask.product,
            "weight": kilograms(ask.weight_g),
            "consignedTime": to_china_time(self.link.now()),
            "searchPrice": "1",
            "srcAddress": _place(ask.sender),
            "destAddress": _place(ask.recipient),
        }
        data = self._call("EXP_RECE_QUERY_DELIVERTM", message).doc("msgData")
        return [
            RateOffer(one.need("businessType"), one.yuan("fee"), delivery_at=_last_time(one))
            for one in data.docs("deliverTmDto")
            if one.number("fee") not in (None, Decimal(0))
        ]

    # ---------------------------------------------------------------- routes

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        """One call for each phone number: the carrier takes one for all waybills of a call."""
        events: list[TrackEvent] = []
        for tail in dict.fromkeys(ask.phone_tail for ask in asks):
            message: dict[str, Any] = {
                "language": "0",
                "trackingType": "1",
                "trackingNumber": [ask.number for ask in asks if ask.phone_tail == tail],
                "methodType": "1",
            }
            if tail:
                message["checkPhoneNo"] = tail
            data = self._call("EXP_RECE_SEARCH_ROUTES", message).doc("msgData")
            for parcel in data.docs("routeResps"):
                number = parcel.need("mailNo")
                for row in parcel.docs("routes"):
                    events += self._route(number, row)
        return events

    def receive(self, message: Incoming) -> Tracked:
        """``RoutePushService``, as JSON or as a form with XML."""
        if key := self.settings.push_key.get_secret_value():
            require_same(key, message.query.get("key", ""))
        if message.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            content = form_of(message.body).get("content", "")
            rows = [Doc(row, "WaybillRoute") for row in xml_attributes(content, "WaybillRoute")]
            reply = Reply(
                b'<Response service="RoutePushService"><Head>OK</Head></Response>', content_type="text/xml"
            )
        else:
            body = Doc.of(parse_json(message.body), "push")
            rows = body.need_doc("Body").docs("WaybillRoute")
            reply = Reply('{"return_code":"0000","return_msg":"成功"}'.encode())
        return Tracked([event for row in rows for event in self._route(row.need("mailno"), row)], reply)

    def _route(self, number: str, row: Doc) -> list[TrackEvent]:
        code = row.text("opCode", "opcode")
        newer = STATUS_CODES.get(row.text("secondaryStatusCode"))
        told = self.settings.statuses
        status = newer if newer and code not in told else status_of(code, told, OP_CODES)
        return scan(
            number,
            row.local("acceptTime"),
            status,
            code=code or row.text("secondaryStatusCode"),
            text=row.text("remark"),
            place=row.text("acceptAddress"),
        )

    def refusal(self, error: Exception) -> Reply:
        status = 401 if isinstance(error, BadSignature) else 200
        return Reply('{"return_code":"1000","return_msg":"系统异常"}'.encode(), status=status)

    def check(self) -> None:
        """An order that nobody has: the carrier has to say so."""
        try:
            self._search("hecang-check")
        except Refused as refused:
            if refused.code not in UNKNOWN_ORDER:
                raise


def _refuse(code: str, message: str) -> None:
    message = message or "refused without a word"
    if code == THROTTLED:
        raise Throttled(message, code=code, retry_after=timedelta(seconds=2))
    if code in AGAIN:
        raise Unreachable(message, code=code)
    raise Refused(message, code=code)


def _contact(kind: int, party: PartyAddress) -> dict[str, Any]:
    return {
        "contactType": kind,
        "company": party.company,
        "contact": party.name,
        "mobile": party.phone,
        "country": party.country,
        "province": party.province,
        "city": party.city,
        "county": party.district,
        "address": party.address,
        "postCode": party.postcode,
    }


def _place(party: PartyAddress) -> dict[str, str]:
    return {
        "province": party.province,
        "city": party.city,
        "district": party.district,
        "address": party.address,
    }


def _made(data: Doc) -> WaybillMade:
    if data.text("filterResult") == DELIVERABLE_NOT:
        raise Refused(data.text("remark") or "the carrier does not deliver there", code="filter_3")
    numbers: dict[str, list[str]] = {"1": [], "2": []}
    for one in data.docs("waybillNoInfoList"):
        numbers.setdefault(one.text("waybillType"), []).append(one.need("waybillNo"))
    if not numbers["1"]:
        raise OutsideError("the order stands, but has no number yet", code="no_number")
    routing = [one.doc("routeLabelData").text("destRouteLabel") for one in data.docs("routeLabelInfo")]
    return WaybillMade(
        numbers["1"][0], sub_numbers=numbers["2"], routing_code=next((one for one in routing if one), "")
    )


def _last_time(one: Doc) -> datetime | None:
    """“From,to”: the later of the two."""
    return Doc({"time": one.text("deliverTime").rpartition(",")[2]}).local("time")
