"""How orders of the neutral world look at Shopify: as nodes of its graph, and in the older JSON of messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hecang.integrations.simulators.base import SimLine, SimOrder, SimRefund, SimShipment
from hecang.integrations.simulators.graphql import Field
from hecang.integrations.simulators.keyset import page_after
from hecang.integrations.simulators.wire import paid_by_line

LOCATION = "655441491"
#: Neutral status → financial and fulfilment status.
STATES = {
    "unpaid": ("PENDING", "UNFULFILLED"),
    "blocked": ("PAID", "ON_HOLD"),
    "to_ship": ("PAID", "UNFULFILLED"),
    "partly_shipped": ("PAID", "PARTIALLY_FULFILLED"),
    "shipped": ("PAID", "FULFILLED"),
    "done": ("PAID", "FULFILLED"),
    "cancelled": ("REFUNDED", "UNFULFILLED"),
}
PROVINCES = {"上海市": ("SH", "Shanghai"), "浙江省": ("ZJ", "Zhejiang"), "广东省": ("GD", "Guangdong")}


def gid(kind: str, number: str) -> str:
    return f"gid://shopify/{kind}/{number}"


def tail(text: str) -> str:
    return text.rsplit("/", 1)[-1]


def item_of(variant: str) -> str:
    """The inventory item of a variant: other numbers, as at Shopify."""
    return gid("InventoryItem", f"{variant}9")


def variant_of(item: str) -> str:
    return tail(item)[:-1]


def iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def key_of(key: tuple[str, str]) -> str:
    return "/".join(key)


def _money(amount: Decimal) -> dict[str, Any]:
    return {"shopMoney": {"amount": str(amount), "currencyCode": "USD"}}


def order_node(
    order: SimOrder, shipments: Sequence[SimShipment], refunds: Sequence[SimRefund]
) -> dict[str, Any]:
    """An order with everything that may be asked of it."""
    financial, fulfilment = STATES[order.status]
    code, province = PROVINCES.get(order.province, ("", order.province))
    return {
        "id": gid("Order", order.number), "name": f"#{order.number[-4:]}", "note": order.buyer_remark, "tags": [],
        "test": False,
        "createdAt": iso(order.created_at), "updatedAt": iso(order.modified_at),
        "processedAt": iso(order.paid_at or order.created_at),
        "cancelledAt": iso(order.modified_at) if order.status == "cancelled" else None,
        "closedAt": iso(order.modified_at) if order.status == "done" else None,
        "displayFinancialStatus": financial, "displayFulfillmentStatus": fulfilment, "currencyCode": "USD",
        "customer": {"id": gid("Customer", order.buyer)},
        "currentTotalPriceSet": _money(order.total), "currentTotalDiscountsSet": _money(order.discount),
        "totalShippingPriceSet": _money(order.freight),
        "shippingAddress": {
            "name": order.name, "company": None, "phone": order.phone, "address1": f"{order.district}{order.address}",
            "address2": None, "city": order.city, "province": province,
            "provinceCode": code, "zip": "200120", "countryCodeV2": "CN",
        },
        "lineItems": lambda one: _lines(order, one),
        "fulfillments": lambda _one: _fulfilments(order, shipments),
        "fulfillmentOrders": lambda one: _fulfilment_orders(order, one),
        "refunds": lambda _one: [_refund(order, one) for one in refunds if one.order_number == order.number],
    }  # fmt: skip


def _connection(nodes: Sequence[dict[str, Any]], one: Field) -> dict[str, Any]:
    rows, cursor = page_after(
        list(enumerate(nodes)),
        str(one.arguments.get("after") or ""),
        int(one.arguments.get("first") or 0),
        lambda row: f"{row[0]:09}",
    )
    return {
        "nodes": [node for _number, node in rows],
        "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor},
    }


def _lines(order: SimOrder, one: Field) -> dict[str, Any]:
    paid = paid_by_line(order)
    return _connection([_line(line, paid[line.external_line]) for line in order.lines], one)


def _line(line: SimLine, paid: Decimal) -> dict[str, Any]:
    current = 0 if line.refunding else line.quantity
    return {
        "id": gid("LineItem", line.external_line), "sku": line.outer_sku, "title": line.title, "variantTitle": None,
        "quantity": line.quantity, "currentQuantity": current, "requiresShipping": True,
        "unfulfilledQuantity": max(0, current - line.shipped),
        "variant": {"id": gid("ProductVariant", line.variant_id)},
        "product": {"id": gid("Product", line.product_id)},
        "originalUnitPriceSet": _money(line.unit_price), "discountedTotalSet": _money(paid),
    }  # fmt: skip


def _fulfilments(order: SimOrder, shipments: Sequence[SimShipment]) -> list[dict[str, Any]]:
    return [
        {
            "id": gid("Fulfillment", f"{order.number}{number}"),
            "status": "SUCCESS",
            "trackingInfo": [{"number": one.waybill, "company": one.carrier}],
        }
        for number, one in enumerate(shipments)
        if one.order_number == order.number
    ]


def _fulfilment_orders(order: SimOrder, one: Field) -> dict[str, Any]:
    states = {
        "to_ship": "OPEN",
        "partly_shipped": "IN_PROGRESS",
        "blocked": "ON_HOLD",
        "cancelled": "CANCELLED",
    }
    items = [
        {
            "id": gid("FulfillmentOrderLineItem", f"{line.external_line}7"),
            "remainingQuantity": 0 if line.refunding else line.quantity - line.shipped,
            "lineItem": {"id": gid("LineItem", line.external_line)},
        }
        for line in order.lines
    ]
    node = {
        "id": gid("FulfillmentOrder", f"{order.number}1"),
        "status": states.get(order.status, "CLOSED"),
        "lineItems": lambda asked: _connection(items, asked),
    }
    return _connection([node], one)


def _refund(order: SimOrder, refund: SimRefund) -> dict[str, Any]:
    lines = [line for line in order.lines if line.external_line == refund.external_line]
    nodes = [
        {
            "quantity": refund.quantity,
            "restockType": "CANCEL" if refund.before_shipping else "RETURN",
            "lineItem": {"id": gid("LineItem", line.external_line)},
            "subtotalSet": _money(refund.amount),
        }
        for line in lines
    ]
    return {
        "id": gid("Refund", refund.number), "createdAt": iso(refund.modified_at),
        "updatedAt": iso(refund.modified_at), "note": refund.reason,
        "totalRefundedSet": _money(refund.amount),
        "refundLineItems": lambda one: _connection(nodes, one),
    }  # fmt: skip


def rest_order(order: SimOrder) -> dict[str, Any]:
    """What messages carry: the order in the words of the older API, its numbers as numbers."""
    return {
        "id": int(order.number), "name": f"#{order.number[-4:]}", "email": "buyer@example.com",
        "created_at": iso(order.created_at), "updated_at": iso(order.modified_at), "cancelled_at": None,
        "currency": "USD", "financial_status": STATES[order.status][0].lower(), "fulfillment_status": None,
        "total_price": str(order.total), "note": order.buyer_remark or None,
        "line_items": [
            {"id": int(line.external_line), "variant_id": int(line.variant_id), "product_id": int(line.product_id),
             "sku": line.outer_sku, "title": line.title, "quantity": line.quantity, "price": str(line.unit_price)}
            for line in order.lines
        ],
    }  # fmt: skip
