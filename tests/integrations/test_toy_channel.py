"""The toy channel against its platform: a simulator, and the suite that every connector passes."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.integrations.conformance import ChannelConformance
from tests.integrations.toy_channel import ToyChannel
from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimOrder, SimRefund, SimShipment, Simulator
from hecang.kernel.connectors import Token

PAGE = 50
LONGEST_WINDOW = timedelta(minutes=30)
MOST_LEVELS = 20
CARRIERS = {"shunfeng", "zhongtong"}


class ToySimulator(Simulator):
    """The platform that :class:`ToyChannel` speaks to."""

    code = "toy"
    calls_per_second: ClassVar[float] = 50.0
    key, secret = "toy-key", "toy-secret"

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.tokens = 1
        #: Request number → what the shop answered.
        self.answers: dict[str, bool] = {}

    def credentials(self) -> dict[str, Any]:
        return {"app_key": self.key, "app_secret": self.secret}

    def token(self) -> Token:
        return Token(f"access-{self.tokens}", f"refresh-{self.tokens}", self.now() + timedelta(hours=12))

    def throttle(self) -> Response:
        return _answer(3, "slow down", retry_after=2)

    def pushes(self, number: str) -> Iterable[Push]:
        return [self.push({"type": "order", "order": _order(self.orders[number])})]

    def push(self, *events: Mapping[str, Any]) -> Push:
        """A signed message with these events."""
        body = json.dumps({"events": events}).encode()
        moment = str(int(self.now().timestamp()))
        headers = {"X-Toy-Time": moment, "X-Toy-Sign": self._sign(moment, "", body)}
        return Push("POST", {}, headers, body)

    def answer(self, request: Request) -> Response:
        body = request.get_data()
        moment = request.headers.get("X-Toy-Time", "")
        target = request.full_path.rstrip("?")
        if request.headers.get("X-Toy-Key") != self.key or not hmac.compare_digest(
            self._sign(moment, target, body), request.headers.get("X-Toy-Sign", "")
        ):
            return self._refuse(1, "bad signature")
        if abs(self.now().timestamp() - int(moment)) > 300:
            return self._refuse(1, "bad time")
        with self.lock:
            self.calls[request.path.split("/")[1]] += 1
            content = json.loads(body) if body else {}
            if request.path == "/token":
                return self._renew(content)
            if self.is_expired or request.headers.get("X-Toy-Token") != f"access-{self.tokens}":
                return self._refuse(2, "token expired")
            return self._routes(request, content)

    # ---------------------------------------------------------------- what the platform does

    def _routes(self, request: Request, content: Any) -> Response:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["ping"]:
                return _answer(0)
            case "GET", ["orders"]:
                return self._page(request, "orders", self.modified_between, _order)
            case "GET", ["refunds"]:
                return self._page(request, "refunds", self.refunds_between, _refund)
            case "GET", ["orders", number]:
                found = self.orders.get(number)
                return _answer(0, data={"order": _order(found) if found else None})
            case "GET", ["products"]:
                return _answer(0, data={"products": self._products(), "cursor": None})
            case "POST", ["orders", number, "shipments"]:
                return self._ship(number, content)
            case "POST", ["stock"]:
                return self._take_stock(content)
            case "POST", ["cancels", number]:
                self.answers[number] = content["stopped"]
                return _answer(0)
            case "POST", ["addresses", number]:
                self.answers[number] = content["accepted"]
                return _answer(0)
        return self._refuse(6, "no such call")

    def _page(self, request: Request, name: str, between: Any, shape: Any) -> Response:
        since, until = (datetime.fromisoformat(request.args[end]) for end in ("since", "until"))
        if until - since > LONGEST_WINDOW:
            return self._refuse(4, "window too long")
        after = tuple(request.args["cursor"].split("|")) if request.args["cursor"] else ("", "")
        rows = [one for one in between(since, until) if (one.modified_at.isoformat(), one.number) > after]
        page = rows[:PAGE]
        end = page[-1] if len(rows) > PAGE else None
        cursor = f"{end.modified_at.isoformat()}|{end.number}" if end else None
        return _answer(0, data={name: [shape(one) for one in self.misordered(page)], "cursor": cursor})

    def _ship(self, number: str, content: Any) -> Response:
        order = self.orders.get(number)
        lines = tuple((line["line"], line["quantity"]) for line in content["lines"])
        parcel = SimShipment(number, content["carrier"], content["waybill"], lines)
        if parcel in self.shipments:
            return _answer(5, "shipped already")
        if order is None or order.status not in {"to_ship", "partly_shipped"}:
            return self._refuse(4, "the order cannot be shipped")
        if content["carrier"] not in CARRIERS:
            return self._refuse(4, "no such carrier")
        self.ship(parcel)
        return _answer(0)

    def _take_stock(self, content: Any) -> Response:
        if len(content["levels"]) > MOST_LEVELS:
            return self._refuse(4, "too many levels")
        for level in content["levels"]:
            self.stock[level["product"], level["variant"]] = level["quantity"]
        return _answer(0, data={"unknown": []})

    def _products(self) -> list[dict[str, str]]:
        lines = {
            (line.product_id, line.variant_id): line for one in self.orders.values() for line in one.lines
        }
        return [
            {"product": product, "variant": variant, "outer_sku": line.outer_sku, "title": line.title}
            for (product, variant), line in sorted(lines.items())
        ]

    def _renew(self, content: Any) -> Response:
        if content["refresh"] != f"refresh-{self.tokens}":  # each is good for one use
            return self._refuse(4, "no such refresh token")
        self.tokens += 1
        self.is_expired = False
        token = self.token()
        assert token.expires_at is not None
        return _answer(
            0,
            data={
                "access": token.access,
                "refresh": token.refresh,
                "expires_at": token.expires_at.isoformat(),
            },
        )

    def _refuse(self, code: int, message: str) -> Response:
        self.refusals[message] += 1
        return _answer(code, message)

    def _sign(self, moment: str, target: str, body: bytes) -> str:
        text = f"{moment}\n{target}\n".encode() + body
        return hmac.new(self.secret.encode(), text, hashlib.sha256).hexdigest()


def _answer(code: int, message: str = "", **more: Any) -> Response:
    body = json.dumps({"code": code, "message": message, "data": None, **more})
    return Response(body, content_type="application/json")


def _order(order: SimOrder) -> dict[str, Any]:
    def moment(value: datetime | None) -> str | None:
        return value.isoformat() if value else None

    return {
        "number": order.number,
        "status": order.status,
        "created_at": moment(order.created_at),
        "modified_at": moment(order.modified_at),
        "paid_at": moment(order.paid_at),
        "buyer": order.buyer,
        "recipient": {
            "name": order.name,
            "phone": order.phone,
            "province": order.province,
            "city": order.city,
            "district": order.district,
            "address": order.address,
        },
        "total": str(order.total),
        "discount": str(order.discount),
        "freight": str(order.freight),
        "buyer_remark": order.buyer_remark,
        "seller_remark": order.seller_remark,
        "ship_by": moment(order.ship_by),
        "ship_after": moment(order.ship_after),
        "is_presale": order.is_presale,
        "lines": [
            {
                "line": line.external_line,
                "product": line.product_id,
                "variant": line.variant_id,
                "outer_sku": line.outer_sku,
                "title": line.title,
                "quantity": line.quantity,
                "price": str(line.unit_price),
                "is_gift": line.is_gift,
                "is_refunding": line.refunding,
            }
            for line in order.lines
        ],
    }


def _refund(refund: SimRefund) -> dict[str, Any]:
    return {
        "number": refund.number,
        "order": refund.order_number,
        "kind": refund.kind,
        "status": refund.status,
        "modified_at": refund.modified_at.isoformat(),
        "line": refund.external_line,
        "quantity": refund.quantity,
        "amount": str(refund.amount),
        "reason": refund.reason,
        "before_shipping": refund.before_shipping,
        "return_waybill": refund.return_waybill,
    }


class TestToy(ChannelConformance):
    """The toy channel keeps what every channel promises."""

    connector = ToyChannel
    simulator = ToySimulator
