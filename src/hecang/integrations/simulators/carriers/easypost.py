"""EasyPost that is none: shipments by reference, postage that is bought and given back, trackers, webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push
from hecang.integrations.simulators.carriers.base import CarrierSimulator, SimParcel
from hecang.integrations.simulators.wire import Refusal, answer_json

API_KEY = "EZTK-key-of-the-simulator"
# The sign for “ohm” becomes a Greek omega under NFKD: who signs without it signs something else.
WEBHOOK_SECRET = "sécret-\u2126"  # noqa: S105 - of nobody
LABEL = b"%PDF-1.4 postage of the simulator"
RATES = {"USPS": {"GroundAdvantage": "7.58", "Priority": "9.90"}, "UPS": {"Ground": "12.40"}}
NO_CANCEL = {"unknown": "404", "cancelled": "422", "picked_up": "422"}


class EasypostSimulator(CarrierSimulator):
    """``drafts`` are shipments without postage, by reference or id."""

    code = "easypost"
    prefix = "EZ1000"
    words = {  # noqa: RUF012 - a table
        "created": "pre_transit", "in_transit": "in_transit", "out_for_delivery": "out_for_delivery",
        "delivered": "delivered", "at_pickup_point": "available_for_pickup", "returning": "return_to_sender",
        "attempt_failed": "failure", "picked_up": "in_transit",
    }  # fmt: skip

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.drafts: dict[str, Mapping[str, Any]] = {}

    def credentials(self) -> dict[str, Any]:
        return {"api_key": API_KEY, "webhook_secret": WEBHOOK_SECRET}

    def throttle(self) -> Response:
        return _error(429, "RATE_LIMITED", "Too many requests.")

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[f"{request.method} {request.path}"] += 1
            if request.path == "/label.pdf":
                return Response(LABEL, content_type="application/pdf")
            if request.authorization is None or request.authorization.username != API_KEY:
                self.refusals["signature"] += 1
                return _error(401, "APIKEY.INVALID", "The API key is not valid.")
            try:
                return self._do(request)
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                return _error(int(refusal.code), refusal.sub, refusal.message)

    def _do(self, request: Request) -> Response:
        path, method = unquote(request.path), request.method
        if path == "/v2/trackers":
            if method == "GET":
                return answer_json({"trackers": [], "has_more": False})
            return answer_json(self._track(request.get_json(force=True)), 201)
        if path == "/v2/shipments" and method == "POST":
            return answer_json(self._draft(request.get_json(force=True)), 201)
        found = re.fullmatch(r"/v2/shipments/([^/]+)(?:/(buy|refund|label))?", path)
        if found is None:
            raise Refusal("404", "The requested resource could not be found.", sub="NOT_FOUND")
        reference, verb = found[1].removeprefix("shp_"), found[2]
        if reference not in self.drafts:
            raise Refusal(
                "404", "The requested resource could not be found.", sub="NOT_FOUND", word="unknown"
            )
        if verb == "buy" and method == "POST":
            self._buy(reference, request.get_json(force=True))
        if verb == "refund" and method == "POST":
            parcel = self.find(reference=reference)
            if self.give_back(parcel.number if parcel else "?"):
                raise Refusal(
                    "422", "Refund is not available.", sub="SHIPMENT.REFUND.UNAVAILABLE", word="refund"
                )
        return answer_json(self._shipment(reference, request.host_url, with_pdf=verb == "label"))

    # ---------------------------------------------------------------- shipments

    def _draft(self, body: Mapping[str, Any]) -> dict[str, Any]:
        told = body.get("shipment", {})
        for side in ("to_address", "from_address"):
            if not told.get(side, {}).get("street1") and told.get("reference"):
                raise Refusal(
                    "422", f"{side} is incomplete.", sub="ADDRESS.PARAMETERS.INVALID", word="required"
                )
        if not told.get("parcel", {}).get("weight"):
            raise Refusal("422", "Parcel weight is required.", sub="PARCEL.WEIGHT.REQUIRED", word="required")
        if self.refuse:
            raise Refusal("422", self.refuse, sub="SHIPMENT.INVALID", word="refused")
        reference = told.get("reference") or f"x{len(self.drafts) + 1}"
        self.drafts[reference] = told
        return self._shipment(reference, "")

    def _buy(self, reference: str, body: Mapping[str, Any]) -> None:
        known = {one["id"] for one in _rates(reference)}
        if body.get("rate", {}).get("id") not in known:
            raise Refusal("422", "The rate is not valid.", sub="SHIPMENT.POSTAGE.FAILURE", word="rate")
        _parcel, is_new = self.book(reference, self.drafts[reference])
        if not is_new:
            raise Refusal("422", "Postage was bought.", sub="SHIPMENT.POSTAGE.EXISTS", word="repeated")

    def _shipment(self, reference: str, host: str, *, with_pdf: bool = False) -> dict[str, Any]:
        parcel = self.find(reference=reference)
        label = {"label_url": f"{host}label.png"} if parcel else None
        if label and with_pdf:
            label["label_pdf_url"] = f"{host}label.pdf"
        return {
            "id": f"shp_{reference}", "object": "Shipment", "reference": reference,
            "tracking_code": parcel.number if parcel else None,
            "refund_status": "submitted" if parcel and parcel.is_cancelled else None,
            "rates": _rates(reference), "postage_label": label,
        }  # fmt: skip

    # ---------------------------------------------------------------- trackers

    def _track(self, body: Mapping[str, Any]) -> dict[str, Any]:
        number = str(body.get("tracker", {}).get("tracking_code") or "")
        if not number:
            raise Refusal("422", "tracking_code is required.", sub="TRACKER.INVALID", word="required")
        self.subscribed.add(number)
        return self._tracker(self.find(number) or SimParcel(number))

    def _tracker(self, parcel: SimParcel) -> dict[str, Any]:
        rows = self.scans_of(parcel)
        return {
            "id": f"trk_{parcel.number}", "object": "Tracker", "mode": "test", "tracking_code": parcel.number,
            "status": self.word(rows[-1]) if rows else "unknown", "carrier": "USPS",
            "tracking_details": [
                {
                    "object": "TrackingDetail", "message": one.text, "status": self.word(one),
                    "status_detail": "status_update", "datetime": f"{one.at:%Y-%m-%dT%H:%M:%SZ}", "source": "USPS",
                    "tracking_location": {"city": one.place, "state": None, "country": None, "zip": None},
                }
                for one in rows
            ],
        }  # fmt: skip

    def pushes(self, number: str) -> Iterable[Push]:
        with self.lock:
            tracker = self._tracker(self.parcels.get(number) or SimParcel(number))
        event = {
            "object": "Event", "id": "evt_sim", "mode": "test", "description": "tracker.updated",
            "previous_attributes": {"status": "unknown"}, "status": "in_queue", "result": tracker,
        }  # fmt: skip
        return [self.signed_push(event)]

    def signed_push(self, event: Any) -> Push:
        """Any push, signed."""
        body = json.dumps(event, ensure_ascii=False).encode()
        key = unicodedata.normalize("NFKD", WEBHOOK_SECRET).encode()
        digest = hmac.new(key, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hmac-Signature": f"hmac-sha256-hex={digest}"}
        return Push("POST", {}, headers, body)


def _error(status: int, code: str, message: str) -> Response:
    return answer_json({"error": {"code": code, "message": message, "errors": []}}, status)


def _rates(reference: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"rate_{reference}_{carrier}_{service}", "carrier": carrier, "service": service, "rate": price,
            "currency": "USD", "delivery_date": None,
        }
        for carrier, services in RATES.items()
        for service, price in services.items()
    ]  # fmt: skip
