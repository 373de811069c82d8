"""A Shopify shop that is none: reads the questions, answers the fields asked for, counts their cost.

Stock follows the rules of 2026: each quantity says what it is changed from, and from 2026-04 on each change
carries an idempotency key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from werkzeug import Request, Response

from hecang.integrations.simulators.base import Push, SimOrder, SimShipment, Simulator
from hecang.integrations.simulators.graphql import Field, GraphQLError, answered, cost, parse, spent
from hecang.integrations.simulators.keyset import page_after
from hecang.integrations.simulators.shopify_world import (
    LOCATION,
    gid,
    item_of,
    key_of,
    order_node,
    rest_order,
    tail,
    variant_of,
)
from hecang.integrations.simulators.wire import answer_json, whole_second
from hecang.kernel.connectors import Token

SHOP = "hecang-demo.myshopify.com"
CLIENT_ID = "0123456789abcdef0123456789abcdef"
CLIENT_SECRET = "shpss_client-secret-of-the-simulator"  # noqa: S105 - of nobody
#: What one question may cost at most.
MOST = 1000
KEEPS_KEYS = timedelta(hours=24)


class ShopifySimulator(Simulator):
    code = "shopify"
    # Questions are limited by what they cost, see ``maximum`` and ``restore``; not by how many there are.
    calls_per_second = 0.0

    def __init__(self, *, maximum: float = 2000.0, restore: float = 100.0, **world: Any) -> None:
        super().__init__(**world)
        self.maximum, self.restore = maximum, restore
        self._points, self._counted_at = maximum, self._clock()
        self.access = "shpat_1"
        self._given = 1
        self._sold: set[tuple[str, str]] = set()
        self._keys: dict[str, tuple[datetime, str, bool]] = {}
        #: Runs once between the reading and the writing of stock, to be in their way.
        self.meanwhile: list[tuple[tuple[str, str], int]] = []

    def credentials(self) -> dict[str, Any]:
        return {
            "shop": SHOP,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "location_id": LOCATION,
        }

    def token(self) -> Token:
        return Token()

    def place(self, *orders: SimOrder) -> None:
        super().place(*orders)
        with self.lock:
            self._sold |= {(line.product_id, line.variant_id) for order in orders for line in order.lines}

    def throttle(self) -> Response:
        return self._throttled(1)

    # ---------------------------------------------------------------- the gate

    def answer(self, request: Request) -> Response:
        with self.lock:
            self.calls[request.path] += 1
            if request.path == "/admin/oauth/access_token":
                return self._token(request)
            version = re.fullmatch(r"/admin/api/(\d{4}-(?:01|04|07|10))/graphql\.json", request.path)
            if version is None or version[1] < "2026-01":
                return self._no(404, "Not Found", "path")
            if request.headers.get("X-Shopify-Access-Token") != self.access or self.is_expired:
                return self._no(401, "[API] Invalid API key or access token", "token")
            if request.method != "POST" or request.mimetype != "application/json":
                return self._no(415, "Unsupported Media Type", "content_type")
            try:
                given = json.loads(request.get_data())
                question, variables = given["query"], given.get("variables") or {}
            except (ValueError, KeyError, TypeError):
                return self._no(400, "Bad Request", "content")
            return self._ask(question, variables, version[1])

    def _no(self, status: int, message: str, word: str) -> Response:
        self.refusals[word] += 1
        return answer_json({"errors": message}, status)

    def _ask(self, question: str, variables: Mapping[str, Any], version: str) -> Response:
        try:
            operation = parse(question, variables)
            price = cost(operation.selection) + (10 if operation.kind == "mutation" else 0)
            if price > MOST:
                raise GraphQLError(
                    f"Query cost is {price}, which exceeds the single query max cost", "MAX_COST_EXCEEDED"
                )
            self._fill()
            if price > self._points:
                self.refusals["throttled"] += 1
                return self._throttled(price)
            world = self._mutations(version) if operation.kind == "mutation" else self._queries()
            data = answered(operation.selection, world, "QueryRoot")
        except GraphQLError as error:
            self.refusals[error.code] += 1
            said = {"message": error.message, "extensions": {"code": error.code}}
            return answer_json({"errors": [said], "extensions": self._cost(1, None)})
        used = spent(data) - 1 + (10 if operation.kind == "mutation" else 0)
        self._points -= used
        return answer_json({"data": data, "extensions": self._cost(price, used)})

    def _fill(self) -> None:
        now = self._clock()
        gained = max(0.0, (now - self._counted_at).total_seconds()) * self.restore
        self._points, self._counted_at = min(self.maximum, self._points + gained), now

    def _cost(self, price: int, used: int | None) -> dict[str, Any]:
        return {
            "cost": {
                "requestedQueryCost": price,
                "actualQueryCost": used,
                "throttleStatus": {
                    "maximumAvailable": self.maximum,
                    "currentlyAvailable": int(self._points),
                    "restoreRate": self.restore,
                },
            }
        }

    def _throttled(self, price: int) -> Response:
        said = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return answer_json({"errors": [said], "extensions": self._cost(price, None)})

    def _token(self, request: Request) -> Response:
        given = request.get_json(silent=True) or {}
        if request.method != "POST" or given.get("grant_type") != "client_credentials":
            return self._no(400, "unsupported_grant_type", "grant_type")
        if given.get("client_id") != CLIENT_ID or given.get("client_secret") != CLIENT_SECRET:
            return self._no(401, "invalid_client", "client")
        self._given += 1
        self.access, self.is_expired = f"shpat_{self._given}", False
        return answer_json(
            {"access_token": self.access, "scope": "read_orders,write_orders", "expires_in": 86399}
        )

    # ---------------------------------------------------------------- questions

    def _queries(self) -> dict[str, Any]:
        return {
            "shop": {"id": gid("Shop", "1"), "name": "和仓演示店", "currencyCode": "USD"},
            "orders": self._orders,
            "order": self._order,
            "nodes": self._nodes,
            "productVariants": self._variants,
        }

    def _orders(self, one: Field) -> dict[str, Any]:
        first, after = _first(one, "sortKey", "query")
        if one.arguments.get("sortKey") != "UPDATED_AT":
            raise GraphQLError("the simulator sorts by UPDATED_AT", "argumentLiteralsIncompatible")
        span = re.fullmatch(
            r"updated_at:>='([^']+)' AND updated_at:<='([^']+)'", str(one.arguments.get("query"))
        )
        if span is None:
            raise GraphQLError("the search is not understood", "argumentLiteralsIncompatible")
        since, until = (datetime.fromisoformat(text) for text in span.groups())
        found = self.modified_between(since, whole_second(until))
        rows, cursor = page_after(
            found, after, first, lambda row: f"{row.modified_at.timestamp():020.6f}:{row.number}"
        )
        refunds = list(self.refunds.values())
        return {
            "nodes": [order_node(order, self.shipments, refunds) for order in self.misordered(rows)],
            "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor},
        }

    def _order(self, one: Field) -> dict[str, Any] | None:
        order = self.orders.get(tail(str(one.arguments.get("id"))))
        return order_node(order, self.shipments, list(self.refunds.values())) if order else None

    def _known(self) -> dict[str, tuple[str, str]]:
        """Variants that the shop offers, by number: whatever was sold or stocked."""
        return {variant: (product, variant) for product, variant in self._sold | set(self.stock)}

    def _nodes(self, one: Field) -> list[dict[str, Any] | None]:
        ids = one.arguments.get("ids")
        if not isinstance(ids, list) or len(ids) > 250:
            raise GraphQLError("ids: at most 250", "MAX_INPUT_SIZE_EXCEEDED")
        known = self._known()
        return [self._variant(known[tail(text)]) if tail(text) in known else None for text in ids]

    def _variant(self, key: tuple[str, str]) -> dict[str, Any]:
        def level(one: Field) -> dict[str, Any] | None:
            if tail(str(one.arguments.get("locationId"))) != LOCATION:
                return None
            units = self.stock.get(key, 0)

            def quantities(asked: Field) -> list[dict[str, Any]]:
                return [{"name": name, "quantity": units} for name in asked.arguments.get("names") or []]

            return {"quantities": quantities}

        return {
            "__typename": "ProductVariant", "id": gid("ProductVariant", key[1]), "sku": f"SKU-{key[1]}",
            "barcode": "", "title": f"规格 {key[1]}",
            "product": {"id": gid("Product", key[0]), "title": f"商品 {key[0]}"},
            "inventoryItem": {"id": item_of(key[1]), "tracked": True, "inventoryLevel": level},
        }  # fmt: skip

    def _variants(self, one: Field) -> dict[str, Any]:
        first, after = _first(one)
        rows, cursor = page_after(sorted(self._known().values()), after, first, key_of)
        return {
            "nodes": [self._variant(key) for key in rows],
            "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor},
        }

    # ---------------------------------------------------------------- changes

    def _mutations(self, version: str) -> dict[str, Any]:
        return {
            "fulfillmentCreate": self._fulfill,
            "inventorySetQuantities": lambda one: self._set(one, version),
        }

    def _fulfill(self, one: Field) -> dict[str, Any]:
        given = one.arguments.get("fulfillment") or {}
        parts = given.get("lineItemsByFulfillmentOrder") or []
        tracking = given.get("trackingInfo") or {}
        units: dict[str, int] = {}
        number = ""
        for part in parts:
            number = tail(str(part.get("fulfillmentOrderId")))[:-1]
            order = self.orders.get(number)
            if order is None or order.status not in ("to_ship", "partly_shipped"):
                return _refused(
                    "fulfillment", [["fulfillment"], "Fulfillment order has an unfulfillable status"]
                )
            left = {
                line.external_line: line.quantity - line.shipped for line in order.lines if not line.refunding
            }
            items = part.get("fulfillmentOrderLineItems")
            for item in items or [
                {"id": f"{line}7", "quantity": rest} for line, rest in left.items() if rest
            ]:
                line = tail(str(item["id"]))[:-1]
                if not 0 < item["quantity"] <= left.get(line, 0):
                    return _refused(
                        "fulfillment", [["fulfillment"], "Invalid fulfillment order line item quantity"]
                    )
                units[line] = item["quantity"]
        if not units:
            return _refused("fulfillment", [["fulfillment"], "Must have at least one line item"])
        self.ship(
            SimShipment(number, tracking.get("company", ""), tracking.get("number", ""), tuple(units.items()))
        )
        made = {"id": gid("Fulfillment", f"{number}{len(self.shipments)}"), "status": "SUCCESS"}
        return {"fulfillment": made, "userErrors": []}

    def _set(self, one: Field, version: str) -> dict[str, Any]:
        given = one.arguments.get("input") or {}
        key = (one.directives.get("idempotent") or {}).get("key")
        if version >= "2026-04" and not key:
            raise GraphQLError("The @idempotent directive is required for this mutation", "BAD_REQUEST")
        quantities = given.get("quantities") or []
        old = "ignoreCompareQuantity" in given or any("compareQuantity" in one for one in quantities)
        if version >= "2026-04" and old:
            raise GraphQLError("compareQuantity is not defined on InventoryQuantityInput", "INVALID_VARIABLE")
        if given.get("name") not in ("available", "on_hand") or not given.get("reason"):
            raise GraphQLError("name and reason are required", "INVALID_VARIABLE")
        if len(quantities) > 250:
            raise GraphQLError("quantities: at most 250", "MAX_INPUT_SIZE_EXCEEDED")
        for one_quantity in quantities:
            if "changeFromQuantity" not in one_quantity:
                raise GraphQLError("changeFromQuantity must be given, if only as null", "INVALID_VARIABLE")
        replay = self._replayed(key, json.dumps(given, sort_keys=True))
        if replay is not None:
            return replay
        for key_, units in self.meanwhile:
            self.stock[key_] = units
        self.meanwhile = []
        errors = self._wrong(quantities)
        if key:
            self._keys[key] = (self.now(), json.dumps(given, sort_keys=True), not errors)
        if errors:
            return _refused("inventoryAdjustmentGroup", *errors)
        known = self._known()
        for quantity in quantities:
            self.stock[known[variant_of(quantity["inventoryItemId"])]] = quantity["quantity"]
        return {"inventoryAdjustmentGroup": {"id": gid("InventoryAdjustmentGroup", "1")}, "userErrors": []}

    def _replayed(self, key: Any, given: str) -> dict[str, Any] | None:
        """The answer to a key that has been used before, within a day."""
        before = self._keys.get(str(key)) if key else None
        if before is None or self.now() - before[0] > KEEPS_KEYS:
            return None
        if before[1] != given:
            message = "The same idempotency key cannot be used with different operation parameters."
            return _refused("inventoryAdjustmentGroup", [None, message, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"])
        if not before[2]:
            message = "A previous request with this idempotency key failed."
            return _refused(
                "inventoryAdjustmentGroup", [None, message, "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"]
            )
        return {"inventoryAdjustmentGroup": {"id": gid("InventoryAdjustmentGroup", "1")}, "userErrors": []}

    def _wrong(self, quantities: list[dict[str, Any]]) -> list[list[Any]]:
        known = self._known()
        errors: list[list[Any]] = []
        for number, one in enumerate(quantities):
            path = ["input", "quantities", str(number)]
            key = known.get(variant_of(str(one.get("inventoryItemId"))))
            if key is None:
                errors.append([[*path, "inventoryItemId"], "item not found", "INVALID_INVENTORY_ITEM"])
            elif tail(str(one.get("locationId"))) != LOCATION:
                errors.append([[*path, "locationId"], "location not found", "INVALID_LOCATION"])
            elif not isinstance(one.get("quantity"), int) or one["quantity"] < 0:
                errors.append([[*path, "quantity"], "must not be negative", "INVALID_QUANTITY_NEGATIVE"])
            elif one["changeFromQuantity"] not in (None, self.stock.get(key, 0)):
                errors.append([[*path, "changeFromQuantity"], "stale", "CHANGE_FROM_QUANTITY_STALE"])
        return errors

    # ---------------------------------------------------------------- messages

    def pushes(self, number: str) -> Iterable[Push]:
        with self.lock:
            order = self.orders[number]
        return [self.message("orders/paid", rest_order(order))]

    def message(self, topic: str, body: Mapping[str, Any], *, secret: str = CLIENT_SECRET) -> Push:
        sent = json.dumps(body, ensure_ascii=False).encode()
        signature = base64.b64encode(hmac.digest(secret.encode(), sent, hashlib.sha256)).decode()
        headers = {
            "Content-Type": "application/json", "X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signature,
            "X-Shopify-Shop-Domain": SHOP, "X-Shopify-API-Version": "2026-07",
            "X-Shopify-Webhook-Id": f"{topic}-{body.get('id')}", "X-Shopify-Triggered-At": self.now().isoformat(),
        }  # fmt: skip
        return Push("POST", {}, headers, sent)


def _first(one: Field, *more: str) -> tuple[int, str]:
    first = one.arguments.get("first")
    if not isinstance(first, int) or not 1 <= first <= 250:
        raise GraphQLError("first: 1 to 250", "argumentLiteralsIncompatible")
    unknown = set(one.arguments) - {"first", "after", *more}
    if unknown:
        raise GraphQLError(f"unknown arguments {sorted(unknown)}", "argumentNotAccepted")
    return first, str(one.arguments.get("after") or "")


def _refused(made: str, *errors: list[Any]) -> dict[str, Any]:
    told = [
        {"field": path, "message": message, "code": code[0] if code else None}
        for path, message, *code in errors
    ]
    return {made: None, "userErrors": told}
