"""Taking hold of purchase orders; the order before its lines, each in key order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.errors import NotFound
from hecang.purchasing.states import require

_ORDERS = """
SELECT id, number, state, supplier_id, owner_id, warehouse_id, currency, revision, sent_revision, amount,
    approved_amount, approval_round, submitted_by_user_id, sent_at, confirmed_at, ordered_on, expected_on
FROM purchase_order WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
_LINES = """
SELECT id, order_id, number, sku_id, quantity, unit_price, list_price, supplier_sku, expected_on, confirmed_quantity,
    confirmed_on, received, rejected, cancelled, invoiced, first_received_at, last_received_at
FROM purchase_order_line WHERE order_id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
_STATES = """
UPDATE purchase_order o SET state = s.state, updated_at = %s
FROM unnest(%s::bigint[], %s::text[]) AS s (id, state) WHERE o.id = s.id
"""


@dataclass(slots=True)
class LockedOrder:
    """A purchase order under lock."""

    id: int
    number: str
    state: str
    supplier_id: int
    owner_id: int
    warehouse_id: int
    currency: str
    revision: int
    sent_revision: int | None
    amount: Decimal
    approved_amount: Decimal | None
    approval_round: int
    submitted_by_user_id: int | None
    sent_at: datetime | None
    confirmed_at: datetime | None
    ordered_on: date | None
    expected_on: date | None

    def go(self, state: str) -> None:
        """Become ``state``. Raises StateConflict; written by :func:`states_save` or with other columns."""
        require("purchase_order", self.state, state, what=self.number)
        self.state = str(state)


@dataclass(slots=True)
class LockedLine:
    """A line of a locked order."""

    id: int
    order_id: int
    number: int
    sku_id: int
    quantity: int
    unit_price: Decimal
    list_price: Decimal | None
    supplier_sku: str
    expected_on: date | None
    confirmed_quantity: int | None
    confirmed_on: date | None
    received: int
    rejected: int
    cancelled: int
    invoiced: int
    first_received_at: datetime | None
    last_received_at: datetime | None

    @property
    def open(self) -> int:
        """Units still to come."""
        return max(self.quantity - self.received - self.cancelled, 0)


def orders_lock(order_ids: Collection[int]) -> dict[int, LockedOrder]:
    """Lock orders within the actor's scope. Raises NotFound where one is missing or lies outside."""
    wanted = sorted(set(order_ids))
    found = {row[0]: LockedOrder(*row) for row in fetch(_ORDERS, [wanted])}
    if len(found) < len(wanted):
        raise NotFound(_("There is no such record, or it lies outside your data scope."))
    scope = current_actor().scope
    for one in found.values():
        scope.require(warehouse=one.warehouse_id, owner=one.owner_id)
    return found


def order_lock(order_id: int) -> LockedOrder:
    """Lock one order. Raises NotFound."""
    return orders_lock([order_id])[order_id]


def lines_lock(order_ids: Collection[int]) -> dict[int, LockedLine]:
    """Lock all lines of locked orders, by id."""
    return {row[0]: LockedLine(*row) for row in fetch(_LINES, [sorted(set(order_ids))])}


def states_save(orders: Sequence[LockedOrder]) -> None:
    """Write the states of locked orders. One statement."""
    if orders:
        execute(_STATES, [clock.now(), *columns(((one.id, one.state) for one in orders), 2)])


def totals_save(order_ids: Collection[int]) -> None:
    """Bring the sums of orders in line with their lines. One statement."""
    execute(
        """
        UPDATE purchase_order o SET line_count = s.lines, unit_count = s.units, amount = s.amount, updated_at = %s,
            expected_on = coalesce(s.expected_on, o.expected_on)
        FROM (
            SELECT p.id, count(l.id) AS lines, coalesce(sum(l.quantity - l.cancelled), 0) AS units,
                round(coalesce(sum((l.quantity - l.cancelled) * l.unit_price), 0), 2) AS amount,
                max(coalesce(l.confirmed_on, l.expected_on)) FILTER (WHERE l.quantity > l.cancelled) AS expected_on
            FROM purchase_order p LEFT JOIN purchase_order_line l ON l.order_id = p.id
            WHERE p.id = ANY(%s::bigint[]) GROUP BY p.id
        ) s WHERE o.id = s.id
        """,
        [clock.now(), sorted(set(order_ids))],
    )


def lines_facts(lines: Sequence[LockedLine]) -> list[dict[str, Any]]:
    """What the history keeps of lines."""
    return [
        {
            "line": one.number,
            "sku_id": one.sku_id,
            "quantity": one.quantity - one.cancelled,
            "unit_price": str(one.unit_price),
            "expected_on": one.expected_on.isoformat() if one.expected_on else None,
        }
        for one in sorted(lines, key=lambda line: line.number)
    ]
