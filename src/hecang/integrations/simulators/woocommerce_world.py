"""How orders and refunds of the neutral world look at WooCommerce."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hecang.integrations.simulators.base import SimLine, SimOrder, SimRefund
from hecang.integrations.simulators.wire import paid_by_line

STATES = {
    "unpaid": "pending", "blocked": "on-hold", "to_ship": "processing", "partly_shipped": "processing",
    "shipped": "completed", "done": "completed", "cancelled": "cancelled",
}  # fmt: skip
PROVINCES = {"上海市": "CN10", "浙江省": "CN12", "广东省": "CN20"}


def order_document(order: SimOrder, refunds: Sequence[SimRefund]) -> dict[str, Any]:
    """An order as the shop tells it; of refunds no more than that there are any."""
    paid = paid_by_line(order)
    is_complete = order.status in ("shipped", "done")
    address = {
        "first_name": order.name, "last_name": "", "company": "", "address_1": f"{order.district}{order.address}",
        "address_2": "", "city": order.city, "postcode": "200120", "country": "CN",
        "state": PROVINCES.get(order.province, order.province),
    }  # fmt: skip
    return {
        "id": int(order.number), "number": order.number, "status": STATES[order.status], "currency": "EUR",
        **_times("created", order.created_at), **_times("modified", order.modified_at),
        **_times("paid", order.paid_at), **_times("completed", order.modified_at if is_complete else None),
        "total": _money(order.total), "discount_total": _money(order.discount), "discount_tax": "0.00",
        "shipping_total": _money(order.freight), "shipping_tax": "0.00", "total_tax": "0.00",
        "customer_id": 0, "customer_note": order.buyer_remark,
        "billing": {**address, "email": f"{order.buyer}@example.com", "phone": order.phone},
        "shipping": {**address, "phone": ""},
        "line_items": [_line(line, paid[line.external_line]) for line in order.lines],
        "refunds": [
            {"id": int(one.number), "reason": one.reason, "total": f"-{_money(one.amount)}"}
            for one in refunds
        ],
        "meta_data": [],
    }  # fmt: skip


def _times(name: str, moment: datetime | None) -> dict[str, str | None]:
    """The shop's own time, which is eight hours ahead here, and GMT; neither says which it is."""
    if moment is None:
        return {f"date_{name}": None, f"date_{name}_gmt": None}
    gmt = moment.astimezone(UTC)
    here = gmt + timedelta(hours=8)
    return {f"date_{name}": f"{here:%Y-%m-%dT%H:%M:%S}", f"date_{name}_gmt": f"{gmt:%Y-%m-%dT%H:%M:%S}"}


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _line(line: SimLine, paid: Decimal) -> dict[str, Any]:
    return {
        "id": int(line.external_line), "name": line.title, "product_id": int(line.product_id),
        "variation_id": int(line.variant_id or 0), "quantity": line.quantity, "sku": line.outer_sku,
        "subtotal": _money(line.unit_price * line.quantity), "subtotal_tax": "0.00", "total": _money(paid),
        "total_tax": "0.00", "price": float(paid / line.quantity), "meta_data": [],
    }  # fmt: skip


def refund_document(order: SimOrder, refund: SimRefund) -> dict[str, Any]:
    lines = [line for line in order.lines if line.external_line == refund.external_line]
    return {
        "id": int(refund.number), **_times("created", refund.modified_at), "amount": _money(refund.amount),
        "reason": refund.reason, "refunded_by": 1,
        "line_items": [
            {"id": 1, "quantity": -refund.quantity, "total": f"-{_money(refund.amount)}", "total_tax": "0.00",
             "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": line.external_line}]}
            for line in lines
        ],
    }  # fmt: skip
