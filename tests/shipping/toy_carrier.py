"""A carrier that exists nowhere: its connector, and the simulator that stands opposite to it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import Field, SecretStr
from werkzeug import Request, Response

from hecang.integrations.simulators.base import Simulator
from hecang.kernel.connectors import (
    AlreadyDone,
    BadSignature,
    ConnectorSettings,
    Incoming,
    Refused,
    Reply,
)
from hecang.shipping.carriers.base import (
    CarrierConnector,
    CarrierFeature,
    RateAsk,
    RateOffer,
    TrackAsk,
    Tracked,
    TrackEvent,
    TrackStatus,
    WaybillMade,
    WaybillOrder,
)


class ToySettings(ConnectorSettings):
    secret: SecretStr = Field(title="Secret")
    base_url: str = Field("https://toy-carrier.example", title="Address")


def sign(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class ToyCarrier(CarrierConnector):
    code: ClassVar[str] = "toy"
    title: ClassVar[str] = "Toy carrier"
    Settings: ClassVar[type[ConnectorSettings]] = ToySettings
    features: ClassVar[frozenset[CarrierFeature]] = frozenset(CarrierFeature) - {
        CarrierFeature.LABEL,
        CarrierFeature.REFRESH_TOKEN,
    }
    track_batch: ClassVar[int] = 2
    calls_per_second: ClassVar[float] = 0.0
    sealed_channels: ClassVar[frozenset[str]] = frozenset({"WEB"})

    def _call(self, path: str, payload: dict[str, Any]) -> Any:
        body = json.dumps(payload).encode()
        answer = self.link.send(
            "POST",
            f"{self.settings.base_url}/{path}",
            content=body,
            headers={"X-Sign": sign(self.settings.secret.get_secret_value(), body)},
        )
        told = answer.json()
        if told["code"] == "done":
            raise AlreadyDone("done before", code="done")
        if told["code"] != "ok":
            raise Refused(told["message"], code=told["code"])
        return told["data"]

    def rate(self, ask: RateAsk) -> list[RateOffer]:
        data = self._call("rate", {"weight_g": ask.weight_g})
        return [RateOffer(one["product"], Decimal(one["price"])) for one in data]

    def order(self, order: WaybillOrder) -> WaybillMade:
        data = self._call(
            "order",
            {
                "reference": order.reference,
                "product": order.product,
                "name": order.recipient.name,
                "oaid": order.recipient.sealed.get("oaid", ""),
                "city": order.recipient.city,
                "from": order.sender.phone,
                "goods": [[one.name, one.quantity] for one in order.goods],
            },
        )
        return WaybillMade(
            data["number"],
            routing_code="021-T3",
            print_data={"component": "cainiao", "contents": [{"encryptedData": data["number"]}]},
        )

    def cancel(self, *, number: str, reference: str) -> None:
        self._call("cancel", {"number": number, "reference": reference})

    def track(self, asks: Sequence[TrackAsk]) -> list[TrackEvent]:
        data = self._call("track", {"numbers": [[ask.number, ask.phone_tail] for ask in asks]})
        return [_event(one) for one in data]

    def subscribe(self, ask: TrackAsk) -> None:
        self._call("subscribe", {"number": ask.number})

    def receive(self, message: Incoming) -> Tracked:
        expected = sign(self.settings.secret.get_secret_value(), message.body)
        if not hmac.compare_digest(expected, message.headers.get("x-sign", "")):
            raise BadSignature("not signed", code="sign")
        return Tracked([_event(one) for one in json.loads(message.body)], Reply(b'{"taken":true}'))

    def intercept(self, *, number: str, reference: str, reason: str) -> None:
        self._call("intercept", {"number": number, "reason": reason})

    def check(self) -> None:
        self._call("rate", {"weight_g": 1})


def _event(one: dict[str, Any]) -> TrackEvent:
    return TrackEvent(
        number=one["number"],
        at=datetime.fromisoformat(one["at"]),
        status=TrackStatus(one["status"]),
        raw_code=one["code"],
        text=one["text"],
        place=one["place"],
    )


class ToySimulator(Simulator):
    """Gives one number a reference, tells scans, and refuses whatever ``refuse`` says."""

    code: ClassVar[str] = "toy"
    secret = "s3cret"

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.numbers: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.cancelled: list[tuple[str, str]] = []
        self.stopped: list[str] = []
        self.subscribed: list[str] = []
        self.scans: dict[str, list[dict[str, Any]]] = {}
        self.refuse = ""

    def credentials(self) -> dict[str, Any]:
        return {"secret": self.secret}

    def throttle(self) -> Response:
        return Response(status=429, headers={"Retry-After": "5"})

    def scan(
        self, number: str, status: TrackStatus, at: datetime, text: str = "", place: str = ""
    ) -> dict[str, Any]:
        """A parcel is scanned; the scan as it is told."""
        one = {
            "number": number, "status": status.value, "at": at.isoformat(), "code": status.value[:4], "text": text,
            "place": place,
        }  # fmt: skip
        self.scans.setdefault(number, []).append(one)
        return one

    def answer(self, request: Request) -> Response:
        body = request.get_data()
        if request.headers.get("X-Sign") != sign(self.secret, body):
            return self._say("sign", None, "bad signature")
        payload = json.loads(body)
        with self.lock:
            self.calls[request.path.strip("/")] += 1
            if self.refuse:
                return self._say("refused", None, self.refuse)
            return getattr(self, f"_{request.path.strip('/')}")(payload)

    @staticmethod
    def _say(code: str, data: Any, message: str = "") -> Response:
        return Response(json.dumps({"code": code, "data": data, "message": message}))

    def _order(self, payload: dict[str, Any]) -> Response:
        self.asked.append(payload)
        number = self.numbers.setdefault(payload["reference"], f"TOY{len(self.numbers) + 1:06}")
        return self._say("ok", {"number": number})

    def _cancel(self, payload: dict[str, Any]) -> Response:
        self.cancelled.append((payload["number"], payload["reference"]))
        return self._say("ok" if payload["reference"] in self.numbers else "done", None)

    def _rate(self, payload: dict[str, Any]) -> Response:
        price = 5 + payload["weight_g"] // 1000
        return self._say(
            "ok", [{"product": "fast", "price": str(price * 2)}, {"product": "slow", "price": str(price)}]
        )

    def _track(self, payload: dict[str, Any]) -> Response:
        return self._say(
            "ok", [one for number, _tail in payload["numbers"] for one in self.scans.get(number, [])]
        )

    def _subscribe(self, payload: dict[str, Any]) -> Response:
        self.subscribed.append(payload["number"])
        return self._say("ok", None)

    def _intercept(self, payload: dict[str, Any]) -> Response:
        self.stopped.append(payload["number"])
        return self._say("ok", None)
