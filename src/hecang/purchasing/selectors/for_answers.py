"""Orders that a supplier's program answers, by the number that it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hecang.kernel.db import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class AnswerableLine:
    """:param quantity: what is asked for, less what was cancelled."""

    id: int
    number: int
    sku: str
    supplier_sku: str
    unit: str
    quantity: int
    unit_price: Decimal
    expected_on: date | None
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class AnswerableOrder:
    id: int
    number: str
    state: str
    revision: int
    warehouse_id: int
    lines: list[AnswerableLine]


def answerable_order(*, supplier_id: int, number: str) -> AnswerableOrder | None:
    """An order that this supplier was sent, whatever became of it; ``None`` where there is none. Two statements."""
    head = fetch_one(
        "SELECT id, number, state, revision, warehouse_id FROM purchase_order"
        " WHERE number = %s AND supplier_id = %s AND sent_revision IS NOT NULL",
        [number, supplier_id],
    )
    if head is None:
        return None
    rows = fetch(
        "SELECT l.id, l.number, k.code, l.supplier_sku, k.base_unit, l.quantity - l.cancelled, l.unit_price, l.expected_on,"
        " l.confirmed_on FROM purchase_order_line l JOIN sku k ON k.id = l.sku_id"
        " WHERE l.order_id = %s AND l.quantity > l.cancelled ORDER BY l.number",
        [head[0]],
    )
    key, number, state, revision, warehouse_id = head
    return AnswerableOrder(key, number, state, revision, warehouse_id, [AnswerableLine(*row) for row in rows])
