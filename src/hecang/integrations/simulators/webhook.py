"""An own site, as the documentation of the generic webhook describes it: it pushes signed orders and is told back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from standardwebhooks.webhooks import Webhook
from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimOrder, SimShipment, Simulator

#: Of this simulated site only.
SECRET = "whsec_c2ltdWxhdGVkLXNpdGUtc2VjcmV0LW9mLXRyYWluaW5n"  # noqa: S105 - guards nothing
TOLERANCE = timedelta(minutes=5)


class WebhookSimulator(Simulator):
    """A shop's own site."""

    code = "webhook"
    calls_per_second: ClassVar[float] = 50.0

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        #: Every message by its webhook-id: the site does each once.
        self.told: dict[str, Any] = {}
        #: (kind, number of the wish) → what the shop answered.
        self.answers: dict[tuple[str, str], bool] = {}
        self._count = 0

    def credentials(self) -> dict[str, Any]:
        return {"secret": SECRET}

    def throttle(self) -> Response:
        return Response("slow down", status=429, headers={"Retry-After": "2"})

    def pushes(self, number: str) -> Iterable[Push]:
        pushed = self.push("order", _order(self.orders[number]))
        again = self.chance.random() < self.misbehaviour.duplicates
        return [pushed, pushed] if again else [pushed]

    def push(self, kind: str, data: Any) -> Push:
        """A signed message."""
        self._count += 1
        now = self.now().astimezone(UTC)
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
        name = f"msg_{self._count}"
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(name, now, body),
        }
        return Push("POST", {}, headers, body.encode())

    def answer(self, request: Request) -> Response:
        body = request.get_data()
        if request.method != "POST" or not self._is_signed(request, body):
            return self._refuse(401, "bad signature")
        said = json.loads(body)
        with self.lock:
            self.calls[said["type"]] += 1
            name = request.headers["webhook-id"]
            if name in self.told and said["type"] not in {"stock", "ping"}:  # those may come again
                return self._refuse(409, "known")
            answer = self._take(said["type"], said["data"])
            if answer.status_code < 300:
                self.told[name] = said
            return answer

    # ---------------------------------------------------------------- what the site does

    def _take(self, kind: str, data: Any) -> Response:
        match kind:
            case "ping":
                return _json({})
            case "shipment":
                return self._take_parcel(data)
            case "stock":
                for level in data["levels"]:
                    self.stock[level["product_id"], level["variant_id"]] = level["quantity"]
                return _json({"unknown": []})
            case "cancel.answer" | "address.answer":
                self.answers[kind.partition(".")[0], data["number"]] = data["accepted"]
                return _json({})
        return self._refuse(422, "unknown type")

    def _take_parcel(self, data: Any) -> Response:
        order = self.orders.get(data["order"])
        if order is None or order.status not in {"to_ship", "partly_shipped"}:
            return self._refuse(422, "the order cannot be shipped")
        lines = tuple((line["line"], line["quantity"]) for line in data["lines"])
        self.ship(SimShipment(data["order"], data["carrier"], data["waybill"], lines))
        return _json({})

    def _is_signed(self, request: Request, body: bytes) -> bool:
        name, moment = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not name or not moment.isdigit():
            return False
        at = datetime.fromtimestamp(int(moment), tz=UTC)
        right = Webhook(SECRET).sign(name, at, body.decode())
        given = request.headers.get("webhook-signature", "").split(" ")
        return right in given and abs(self.now() - at) <= TOLERANCE

    def _refuse(self, status: int, message: str) -> Response:
        self.refusals[message] += 1
        return Response(json.dumps({"error": message}), status=status, content_type="application/json")


def _json(content: Any) -> Response:
    return Response(json.dumps(content), content_type="application/json")


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
                "sku": line.outer_sku,
                "product_id": line.product_id,
                "variant_id": line.variant_id,
                "title": line.title,
                "quantity": line.quantity,
                "unit_price": str(line.unit_price),
                "is_gift": line.is_gift,
                "is_refunding": line.refunding,
            }
            for line in order.lines
        ],
    }
