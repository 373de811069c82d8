"""A WooCommerce shop that is none: keys or signatures by the scheme, pages with counts, batches, webhooks.

Its parcels are what customers are told: notes that name a carrier and a number, or the tracking extension's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimOrder, SimRefund, SimShipment, Simulator
from hecang.integrations.simulators.wire import Refusal, answer_json, page_of
from hecang.integrations.simulators.woocommerce_world import order_document, refund_document

KEY = "ck_6b6a4f1e0d5c4b3a29180706f5e4d3c2b1a09f8e"
SECRET = "cs_c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"  # noqa: S105 - of nobody
WEBHOOK_SECRET = "webhook-secret-of-the-simulator"  # noqa: S105 - of nobody
NOTE = re.compile(r"^Shipped by (?P<carrier>.+), tracking number (?P<waybill>[0-9A-Za-z-]+)\.$")
#: Addresses of extensions that the shop has.
TRACKING = "wc-shipment-tracking/v3"
Answer = tuple[Any, dict[str, str]]


class WoocommerceSimulator(Simulator):
    code = "woocommerce"
    calls_per_second = 0.0

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.notes: dict[str, list[dict[str, Any]]] = {}
        self.trackings: dict[str, list[dict[str, Any]]] = {}
        self._nonces: set[str] = set()
        self._sold: set[tuple[str, str]] = set()
        self._routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", r"/wc/v3/orders", self._orders),
            ("GET", r"/wc/v3/orders/(\d+)", self._order),
            ("PUT", r"/wc/v3/orders/(\d+)", self._update),
            ("GET", r"/wc/v3/orders/(\d+)/refunds", self._refunds),
            ("GET", r"/wc/v3/orders/(\d+)/notes", self._list_notes),
            ("POST", r"/wc/v3/orders/(\d+)/notes", self._add_note),
            ("GET", rf"/{TRACKING}/orders/(\d+)/shipment-trackings", self._list_trackings),
            ("POST", rf"/{TRACKING}/orders/(\d+)/shipment-trackings", self._add_tracking),
            ("POST", r"/wc/v3/products/batch", self._batch),
            ("POST", r"/wc/v3/products/(\d+)/variations/batch", self._batch),
            ("GET", r"/wc/v3/products", self._products),
            ("GET", r"/wc/v3/products/(\d+)/variations", self._variations),
        ]

    def credentials(self) -> dict[str, Any]:
        return {"consumer_key": KEY, "consumer_secret": SECRET, "webhook_secret": WEBHOOK_SECRET}

    def place(self, *orders: SimOrder) -> None:
        super().place(*orders)
        with self.lock:
            self._sold |= {(line.product_id, line.variant_id) for order in orders for line in order.lines}

    def throttle(self) -> Response:
        return Response("<html>Too Many Requests</html>", 429, {"Retry-After": "5"}, content_type="text/html")

    # ---------------------------------------------------------------- the gate

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[f"{request.method} {request.path}"] += 1
            try:
                self._allow(request)
                said, headers = self._route(request)
            except Refusal as refusal:
                self.refusals[refusal.word] += 1
                status = int(refusal.sub)
                body = {"code": refusal.code, "message": refusal.message, "data": {"status": status}}
                return answer_json(body, status)
            answer = answer_json(said, 201 if request.method == "POST" else 200)
            answer.headers.extend(headers)
            return answer

    def _route(self, request: Request) -> Answer:
        path = request.path.removeprefix("/wp-json")
        for method, pattern, do in self._routes:
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return do(request, *match.groups())
        raise Refusal("rest_no_route", "No route was found", sub="404", word="unknown_method")

    def _allow(self, request: Request) -> None:
        """Over HTTPS the key and its secret, else a signature; never the secret in clear."""
        if request.scheme == "https":
            given = request.authorization
            pair = (
                (given.username, given.password)
                if given is not None and given.type == "basic"
                else (request.args.get("consumer_key"), request.args.get("consumer_secret"))
            )
            if pair != (KEY, SECRET):
                raise Refusal("woocommerce_rest_cannot_view", "Sorry", sub="401", word="client")
            return
        self._check_signature(request)

    def _check_signature(self, request: Request) -> None:
        given = {name: request.args[name] for name in request.args}
        for name in ("consumer_key", "timestamp", "nonce", "signature", "signature_method"):
            if not given.get(f"oauth_{name}"):
                raise _unauthorised(f"{name} is missing", "missing_parameter")
        if given["oauth_consumer_key"] != KEY:
            raise _unauthorised("Consumer key is invalid.", "client")
        digest = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}.get(given["oauth_signature_method"])
        if digest is None:
            raise _unauthorised("signature method is invalid", "bad_parameter")
        signed = given.pop("oauth_signature")
        pairs = "&".join(f"{_enc(name)}={_enc(given[name])}" for name in sorted(given, key=_enc))
        text = "&".join([request.method, _enc(request.base_url), _enc(pairs)])
        expected = base64.b64encode(hmac.digest(f"{SECRET}&".encode(), text.encode(), digest)).decode()
        if not hmac.compare_digest(expected, signed):
            raise _unauthorised("Invalid signature - provided signature does not match.", "signature")
        if abs(self.now().timestamp() - int(given["oauth_timestamp"])) > 900:
            raise _unauthorised("Invalid timestamp.", "timestamp")
        if given["oauth_nonce"] in self._nonces:
            raise _unauthorised("Invalid nonce - nonce has already been used.", "nonce")
        self._nonces.add(given["oauth_nonce"])

    # ---------------------------------------------------------------- orders

    def _orders(self, request: Request) -> Answer:
        since = _moment(request, "modified_after") or datetime(2000, 1, 1, tzinfo=UTC)
        until = _moment(request, "modified_before") or self.now() + timedelta(days=1)
        if request.args.get("orderby", "date") not in ("date", "modified", "id") or (
            request.args.get("status", "any") != "any"
        ):
            raise Refusal("rest_invalid_param", "orderby, status", sub="400", word="bad_parameter")
        found = [
            order
            for order in self.modified_between(since, until)
            if since < order.modified_at.replace(microsecond=0) < until
        ]
        rows, headers = _paged(request, found, self.misordered)
        return [self._document(order) for order in rows], headers

    def _order(self, _request: Request, number: str) -> Answer:
        return self._document(self._found(number)), {}

    def _found(self, number: str) -> SimOrder:
        order = self.orders.get(number)
        if order is None:
            raise Refusal(
                "woocommerce_rest_shop_order_invalid_id", "Invalid ID.", sub="404", word="unknown_order"
            )
        return order

    def _update(self, request: Request, number: str) -> Answer:
        order, given = self._found(number), _json(request)
        if given.get("status") != "completed":
            raise Refusal("rest_invalid_param", "status", sub="400", word="bad_parameter")
        if order.status in ("to_ship", "partly_shipped"):
            for line in order.lines:
                line.shipped = line.quantity
            order.status, order.modified_at = "shipped", self.now()
        return self._document(order), {}

    def _refunds(self, request: Request, number: str) -> Answer:
        order = self._found(number)
        return _paged(request, [refund_document(order, one) for one in self._refunds_of(order)])

    def _refunds_of(self, order: SimOrder) -> list[SimRefund]:
        """Made refunds; WooCommerce knows of no others."""
        made = [
            one for one in self.refunds.values() if one.order_number == order.number and one.status == "done"
        ]
        made += [
            SimRefund(
                line.external_line, order.number, status="done", external_line=line.external_line,
                quantity=line.quantity, amount=line.unit_price * line.quantity, modified_at=order.modified_at,
            )
            for line in order.lines
            if line.refunding
        ]  # fmt: skip
        return made

    def _document(self, order: SimOrder) -> dict[str, Any]:
        return order_document(order, self._refunds_of(order))

    # ---------------------------------------------------------------- parcels

    def _list_notes(self, request: Request, number: str) -> Answer:
        self._found(number)
        kind = request.args.get("type", "any")
        notes = self.notes.get(number, [])
        return [one for one in notes if kind != "customer" or one["customer_note"]], {}

    def _add_note(self, request: Request, number: str) -> Answer:
        self._found(number)
        given = _json(request)
        if not given.get("note"):
            raise Refusal("rest_missing_callback_param", "note", sub="400", word="missing_parameter")
        note = {
            "id": len(self.notes) + 1,
            "note": given["note"],
            "customer_note": bool(given.get("customer_note")),
        }
        self.notes.setdefault(number, []).append(note)
        told = NOTE.match(str(given["note"]))
        if told:
            self._note(SimShipment(number, told["carrier"], told["waybill"]))
        return note, {}

    def _list_trackings(self, _request: Request, number: str) -> Answer:
        self._found(number)
        return self.trackings.get(number, []), {}

    def _add_tracking(self, request: Request, number: str) -> Answer:
        self._found(number)
        given = _json(request)
        if not given.get("tracking_number"):
            raise Refusal(
                "rest_missing_callback_param", "tracking_number", sub="400", word="missing_parameter"
            )
        self.trackings.setdefault(number, []).append(dict(given))
        carrier = str(given.get("tracking_provider") or given.get("custom_tracking_provider") or "")
        self._note(SimShipment(number, carrier, str(given["tracking_number"])))
        return given, {}

    def _note(self, shipment: SimShipment) -> None:
        """A parcel that customers read of. What is in it nobody knows, and the shop stays at “processing”."""
        self.shipments.append(shipment)
        order = self.orders[shipment.order_number]
        if order.status == "to_ship":
            order.status = "partly_shipped"

    # ---------------------------------------------------------------- stock and products

    def _known(self) -> set[tuple[str, str]]:
        return self._sold | set(self.stock)

    def _batch(self, request: Request, product: str = "") -> Answer:
        updates = _json(request).get("update") or []
        if len(updates) > 100:
            raise Refusal("woocommerce_rest_request_entity_too_large", "100", sub="413", word="batch")
        known = self._known()
        answers: list[dict[str, Any]] = []
        for one in updates:
            number = str(one.get("id"))
            key = (product, number) if product else (number, "")
            if key not in known:
                error = {
                    "code": "woocommerce_rest_product_invalid_id",
                    "message": "Invalid ID.",
                    "data": {"status": 400},
                }
                answers.append({"id": one.get("id"), "error": error})
            elif one.get("manage_stock") is not True or not isinstance(one.get("stock_quantity"), int):
                error = {"code": "rest_invalid_param", "message": "stock_quantity", "data": {"status": 400}}
                answers.append({"id": one.get("id"), "error": error})
            else:
                self.stock[key] = one["stock_quantity"]
                answers.append(
                    {"id": one["id"], "stock_quantity": one["stock_quantity"], "manage_stock": True}
                )
        return {"update": answers}, {}

    def _products(self, request: Request) -> Answer:
        numbers = sorted({product for product, _variant in self._known()})
        simple = {product for product, variant in self._known() if not variant}
        return _paged(
            request,
            [
                {
                    "id": int(one),
                    "name": f"商品 {one}",
                    "sku": f"P-{one}",
                    "type": "simple" if one in simple else "variable",
                }
                for one in numbers
            ],
        )

    def _variations(self, request: Request, product: str) -> Answer:
        numbers = sorted(variant for of, variant in self._known() if of == product and variant)
        rows = [
            {"id": int(one), "sku": f"V-{one}", "attributes": [{"option": f"规格 {one}"}]} for one in numbers
        ]
        return _paged(request, rows)

    # ---------------------------------------------------------------- webhooks

    def pushes(self, number: str) -> Iterable[Push]:
        with self.lock:
            order = self._document(self.orders[number])
        return [self.message("order.updated", order)]

    def message(self, topic: str, body: Mapping[str, Any]) -> Push:
        sent = json.dumps(body).encode()
        signature = base64.b64encode(hmac.digest(WEBHOOK_SECRET.encode(), sent, hashlib.sha256)).decode()
        resource, event = topic.split(".", 1)
        headers = {
            "Content-Type": "application/json", "X-WC-Webhook-Topic": topic, "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event, "X-WC-Webhook-ID": "1", "X-WC-Webhook-Signature": signature,
            "X-WC-Webhook-Delivery-ID": hashlib.sha256(sent).hexdigest()[:32],
        }  # fmt: skip
        return Push("POST", {}, headers, sent)

    def ping(self) -> Push:
        """What is sent when a webhook is made: a form, and no signature."""
        return Push("POST", {}, {"Content-Type": "application/x-www-form-urlencoded"}, b"webhook_id=1")


def _unauthorised(message: str, word: str) -> Refusal:
    return Refusal("woocommerce_rest_authentication_error", message, sub="401", word=word)


def _enc(text: str) -> str:
    return quote(text, safe="-._~")


def _moment(request: Request, name: str) -> datetime | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if request.args.get("dates_are_gmt") != "true":
        raise Refusal("rest_invalid_param", "the simulator keeps GMT", sub="400", word="bad_parameter")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("rest_invalid_param", name, sub="400", word="bad_parameter") from None


def _json(request: Request) -> Mapping[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise Refusal("rest_invalid_json", "Invalid JSON body passed.", sub="400", word="content")
    return given


def _paged(
    request: Request, rows: Sequence[Any], misordered: Callable[[Sequence[Any]], list[Any]] = list
) -> Answer:
    page, size = (request.args.get(name, default) for name, default in (("page", "1"), ("per_page", "10")))
    if not page.isdigit() or not size.isdigit() or not 1 <= int(size) <= 100 or int(page) < 1:
        raise Refusal("rest_invalid_param", "page, per_page", sub="400", word="page_size")
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(-(-len(rows) // int(size)))}
    return misordered(page_of(rows, int(page), int(size))), headers
