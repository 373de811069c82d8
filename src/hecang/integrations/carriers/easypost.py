"""EasyPost (https://docs.easypost.com): carriers of the world behind one interface.

Calls carry the API key as Basic user. A shipment bears our reference, and is found by it; buying the postage of
one of its rates yields the number. Webhooks are signed by HMAC-SHA256 over the very body.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Literal, NoReturn
from urllib.parse import quote, urlsplit

import httpx
from django.utils.translation import gettext_noop as _
from pydantic import Field, SecretStr

from hecang.integrations.carriers.wire import STATUSES_FIELD, refuse_cash, require_same, scan
from hecang.integrations.channels.documents import Doc, malformed
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    Refused,
    Throttled,
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

STATUSES: Final[Mapping[str, TrackStatus]] = {
    "pre_transit": S.CREATED, "in_transit": S.IN_TRANSIT, "out_for_delivery": S.OUT_FOR_DELIVERY,
    "delivered": S.DELIVERED, "available_for_pickup": S.AT_PICKUP_POINT, "return_to_sender": S.RETURNING,
    "failure": S.ATTEMPT_FAILED, "cancelled": S.CANCELLED, "error": S.EXCEPTION, "unknown": S.UNKNOWN,
}  # fmt: skip
GRAMS_OF_AN_OUNCE: Final = Decimal("28.349523125")
#: What is refunded, or about to be.
REFUNDED: Final = frozenset({"submitted", "refunded"})
#: Where labels lie beside EasyPost's own hosts.
FILES_AT: Final = (".easypost.com", ".amazonaws.com")
#: Form → where its address stands, and what a file of it begins with.
LABELS: Final[Mapping[str, tuple[str, bytes]]] = {
    "PDF": ("label_pdf_url", b"%PDF"), "PNG": ("label_url", b"\x89PNG"), "ZPL": ("label_zpl_url", b"^XA"),
}  # fmt: skip


class EasypostSettings(ConnectorSettings):
    api_key: SecretStr = Field(title=_("API key"))
    webhook_secret: SecretStr = Field(
        SecretStr(""), title=_("Webhook secret"), description=_("As entered with the webhook.")
    )
    label_format: Literal["PDF", "PNG", "ZPL"] = Field("PDF", title=_("Form of labels"))
    carrier_accounts: str = Field(
        "",
        title=_("Carrier accounts"),
        description=_("ca_… with commas between; empty asks all of yours."),
        max_length=500,
    )
    statuses: dict[str, TrackStatus] = STATUSES_FIELD
    base_url: str = Field("https://api.easypost.com", title=_("Address"), max_length=200)


def sign(secret: str, body: bytes) -> str:
    """``X-Hmac-Signature`` of a webhook."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()


class EasypostConnector(CarrierConnector):
    code = "easypost"
    title = _("EasyPost")
    Settings = EasypostSettings
    features = frozenset({
        CarrierFeature.RATE, CarrierFeature.ORDER, CarrierFeature.CANCEL, CarrierFeature.LABEL, CarrierFeature.TRACK,
        CarrierFeature.SUBSCRIBE, CarrierFeature.RECEIVE,
    })  # fmt: skip
    track_batch = 1
    calls_per_second = 5.0
    settings: EasypostSettings

    # ---------------------------------------------------------------- the wire

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Doc:
        answer = self.link.send(
            method,
            f"{self.settings.base_url.rstrip('/')}/v2/{path}",
            auth=(self.settings.api_key.get_secret_value(), ""),
            **({} if body is None else {"json": dict(body)}),
        )
        told = Doc.of(parse_json(answer.content), path.partition("/")[0])
        if answer.status_code >= 400:
            _refuse(answer, told.doc("error"))
        return told

    # ---------------------------------------------------------------- shipments

    def rate(self, ask: RateAsk) -> list[RateOffer]:
        told = self._call("POST", "shipments", self._shipment(ask.sender, ask.recipient, ask.weight_g))
        return [offer for _id, offer in _offers(told) if ask.product in ("", offer.product)]

    def order(self, order: WaybillOrder) -> WaybillMade:
        """Buy the chosen rate; the cheapest where no service is named."""
        refuse_cash(order)
        shipment = self._find(order.reference)
        if shipment is None:
            body = self._shipment(order.sender, order.recipient, order.weight_g, order.reference)
            shipment = self._call("POST", "shipments", body)
        if not shipment.text("tracking_code"):
            offers = [one for one in _offers(shipment) if order.product in ("", one[1].product)]
            if not offers:
                raise Refused("no carrier offers this service for the parcel", code="no_rate")
            rate_id = min(offers, key=lambda one: (one[1].price, one[1].product))[0]
            shipment = self._call(
                "POST", f"shipments/{_name(shipment.need('id'))}/buy", {"rate": {"id": rate_id}}
            )
        return WaybillMade(shipment.need("tracking_code"))

    def _find(self, reference: str) -> Doc | None:
        try:
            return self._call("GET", f"shipments/{_name(reference)}")
        except Refused as refused:
            if refused.code == "NOT_FOUND":
                return None
            raise

    def _shipment(
        self, sender: PartyAddress, recipient: PartyAddress, weight_g: int, reference: str = ""
    ) -> dict[str, Any]:
        ounces = (Decimal(max(weight_g, 1)) / GRAMS_OF_AN_OUNCE).quantize(Decimal("0.1"))
        shipment: dict[str, Any] = {
            "from_address": _address(sender),
            "to_address": _address(recipient),
            "parcel": {"weight": max(float(ounces), 0.1)},
            "options": {"label_format": self.settings.label_format},
        }
        if reference:
            shipment["reference"] = reference
        if accounts := [one.strip() for one in self.settings.carrier_accounts.split(",") if one.strip()]:
            shipment["carrier_accounts"] = accounts
        return {"shipment": shipment}

    def cancel(self, *, number: str, reference: str) -> None:  # noqa: ARG002 - shipments go by our reference
        """Ask for the postage back."""
        shipment = self._find(reference)
        if shipment is None or not shipment.text("tracking_code"):
            raise AlreadyDone("no postage was bought", code="NOT_FOUND")
        if shipment.text("refund_status") in REFUNDED:
            raise AlreadyDone("the postage is refunded", code="REFUNDED")
        told = self._call("POST", f"shipments/{_name(shipment.need('id'))}/refund", {})
        if told.text("refund_status") not in REFUNDED:
            raise Refused(
                "the carrier does not refund the postage", code=told.text("refund_status") or "refused"
            )

    def label(self, *, number: str, reference: str) -> LabelFile:  # noqa: ARG002 - shipments go by our reference
        shipment = self._find(reference)
        if shipment is None:
            raise Refused("there is no shipment of this parcel", code="NOT_FOUND")
        kind = self.settings.label_format
        field, begins = LABELS[kind]
        address = shipment.doc("postage_label").text(field)
        if not address:
            path = f"shipments/{_name(shipment.need('id'))}/label?file_format={kind}"
            address = self._call("GET", path).need_doc("postage_label").need(field)
        self._require_own(address)
        answer = self.link.send("GET", address)
        if not answer.content.lstrip().startswith(begins):
            malformed(f"the label is no {kind}")
        return LabelFile(kind.lower(), answer.content)

    def _require_own(self, address: str) -> None:
        """Nobody sends us elsewhere in EasyPost's name."""
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            host = ""
        if host != urlsplit(self.settings.base_url).hostname and not host.endswith(FILES_AT):
            malformed("the label lies with somebody else")

    # ---------------------------------------------------------------- tracking

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        """A tracker that exists is answered as it is; asking makes one where there is none."""
        return [event for ask in asks for event in self._scans(self._tracker(ask))]

    def subscribe(self, ask: TrackAsk) -> None:
        """A tracker is all that it takes: its updates go to the account's webhooks."""
        self._tracker(ask)

    def _tracker(self, ask: TrackAsk) -> Doc:
        tracker = {"tracking_code": ask.number, **({"carrier": ask.carrier} if ask.carrier else {})}
        return self._call("POST", "trackers", {"tracker": tracker})

    def _scans(self, tracker: Doc) -> list[TrackEvent]:
        number = tracker.need("tracking_code")
        events: list[TrackEvent] = []
        for row in tracker.docs("tracking_details"):
            code = row.text("status")
            place = row.doc("tracking_location")
            events += scan(
                number,
                row.local("datetime"),
                self.settings.statuses.get(code) or STATUSES.get(code, S.UNKNOWN),
                code=code,
                text=row.text("message", "description"),
                place=", ".join(
                    one for one in (place.text("city"), place.text("state"), place.text("country")) if one
                ),
            )
        return events

    def receive(self, message: Incoming) -> Tracked:
        secret = self.settings.webhook_secret.get_secret_value()
        if not secret:
            raise BadSignature("webhooks are taken with a secret alone", code="no_secret")
        require_same(sign(secret, message.body), message.headers.get("x-hmac-signature", ""))
        event = Doc.of(parse_json(message.body), "event")
        if not event.need("description").startswith("tracker."):
            return Tracked([])
        return Tracked(self._scans(event.need_doc("result")))

    def check(self) -> None:
        """The list of trackers, one long."""
        self._call("GET", "trackers?page_size=1")


def _name(text: str) -> str:
    return quote(text, safe="")


def _refuse(answer: httpx.Response, error: Doc) -> NoReturn:
    code = error.text("code") or str(answer.status_code)
    message = error.text("message") or f"HTTP {answer.status_code}"
    if answer.status_code == 404:
        code = "NOT_FOUND"
    if "RATE_LIMIT" in code.upper():
        raise Throttled(message, code=code)
    raise Refused(message, code=code)


def _offers(shipment: Doc) -> list[tuple[str, RateOffer]]:
    """Rate id → offer; a product is ``CARRIER:Service``."""
    return [
        (
            one.need("id"),
            RateOffer(
                f"{one.need('carrier')}:{one.need('service')}",
                one.yuan("rate"),
                currency=one.text("currency") or "USD",
                delivery_at=one.local("delivery_date"),
            ),
        )
        for one in shipment.docs("rates")
    ]


def _address(party: PartyAddress) -> dict[str, str]:
    return {
        "name": party.name,
        "company": party.company,
        "phone": party.phone,
        "street1": party.address,
        "street2": party.district,
        "city": party.city,
        "state": party.province,
        "zip": party.postcode,
        "country": party.country,
    }
