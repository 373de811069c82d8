"""Orders as their suppliers see them: what they were sent and something is still to come of. No prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hecang.kernel.db import fetch

# Whoever was told of a change, or answered before it, is to answer again.
_ORDERS = """
SELECT o.id, o.number, o.state, o.revision, o.ordered_on, o.supplier_number, o.note,
    o.confirmed_at IS NULL OR EXISTS (
        SELECT FROM purchase_order_change c WHERE c.order_id = o.id AND c.at > o.confirmed_at)
FROM purchase_order o
WHERE o.supplier_id = %s AND o.warehouse_id = %s AND o.owner_id = %s AND o.state IN ('sent', 'confirmed', 'receiving')
    AND (%s::bigint IS NULL OR o.id = %s)
    AND EXISTS (SELECT FROM purchase_order_line l WHERE l.order_id = o.id AND l.quantity > l.received + l.cancelled)
ORDER BY o.confirmed_at IS NOT NULL, o.expected_on NULLS LAST, o.id LIMIT %s
"""
_LINES = """
SELECT l.order_id, l.id, l.number, k.code, l.supplier_sku, coalesce(nullif(i.supplier_name, ''), k.name), k.base_unit,
    l.quantity - l.cancelled, l.received, l.expected_on, l.confirmed_quantity, l.confirmed_on
FROM purchase_order_line l JOIN sku k ON k.id = l.sku_id
LEFT JOIN supplier_item i ON i.sku_id = l.sku_id AND i.supplier_id = %s
WHERE l.order_id = ANY(%s::bigint[]) AND l.quantity > l.cancelled ORDER BY l.order_id, l.number
"""
#: Orders on one page.
MOST = 200


@dataclass(frozen=True, slots=True)
class SuppliersLine:
    """:param quantity: what is asked for, less what was cancelled."""

    id: int
    number: int
    sku: str
    supplier_sku: str
    name: str
    unit: str
    quantity: int
    received: int
    expected_on: date | None
    confirmed_quantity: int | None
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class SuppliersOrder:
    """:param needs_answer: it was not confirmed, or was changed since."""

    id: int
    number: str
    state: str
    revision: int
    ordered_on: date | None
    supplier_number: str
    note: str
    needs_answer: bool
    lines: list[SuppliersLine]


def suppliers_orders(
    *, supplier_id: int, warehouse_id: int, owner_id: int, order_id: int | None = None
) -> list[SuppliersOrder]:
    """Running orders of one supplier for one warehouse and owner, the unanswered first. Two statements."""
    heads = fetch(_ORDERS, [supplier_id, warehouse_id, owner_id, order_id, order_id, MOST])
    lines: dict[int, list[SuppliersLine]] = {row[0]: [] for row in heads}
    for row in fetch(_LINES, [supplier_id, list(lines)]):
        lines[row[0]].append(SuppliersLine(*row[1:]))
    return [SuppliersOrder(*(*row, lines[row[0]])) for row in heads]
