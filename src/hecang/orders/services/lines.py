"""Units of order lines on their way: the one place where they go from one part of their life to the next.

A line's units are reserved, backordered, allocated, shipped or cancelled (law 7). Whoever moves them calls
:func:`order_lines_shift`, which also brings state and flags of the orders into line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.orders.errors import LineQuantityConflict
from hecang.orders.events import OrdersCancelled
from hecang.orders.states import CANCELLED, DERIVED_STATE

#: Where the units of a line can be.
PLACES: Final = ("reserved", "backordered", "allocated", "shipped", "cancelled")
_EVENT_LIMIT: Final = 1000


class OrderLocked(NamedTuple):
    """An order whose row is locked."""

    id: int
    number: str
    state: str
    is_held: bool
    is_cancelling: bool


class LineShift(NamedTuple):
    """``quantity`` base units of a line go from one of :data:`PLACES` to another."""

    line_id: int
    source: str
    target: str
    quantity: int


class CancelAnswer(NamedTuple):
    """What the warehouse says to the wish to cancel an order.

    :param refused: empty where it was done; else why not, such as ``shipped``.
    """

    order_id: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ShiftResult:
    """:param changed: order id → its new state, for the orders whose state changed."""

    order_ids: tuple[int, ...]
    changed: dict[int, str]


def orders_lock(*, order_ids: Collection[int]) -> dict[int, OrderLocked]:
    """Lock orders in id order. Every change of an order or its lines happens under this lock."""
    rows = fetch(
        "SELECT id, number, state, is_held, is_cancelling FROM sales_order WHERE id = ANY(%s::bigint[])"
        " ORDER BY id FOR NO KEY UPDATE",
        [list(order_ids)],
    )
    return {row[0]: OrderLocked(*row) for row in rows}


# The sums of the new numbers are checked by the table (each at least 0, all together the ordered quantity).
_SHIFT = """
UPDATE sales_order_line l SET
    reserved = l.reserved + d.reserved, backordered = l.backordered + d.backordered,
    allocated = l.allocated + d.allocated, shipped = l.shipped + d.shipped, cancelled = l.cancelled + d.cancelled
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS d (id, reserved, backordered, allocated, shipped, cancelled)
WHERE l.id = d.id
"""

_LOCK_LINES = """
SELECT id, order_id, reserved, backordered, allocated, shipped, cancelled FROM sales_order_line
WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""

_REFRESH = f"""
WITH t AS (
    SELECT order_id, sum(reserved) AS reserved, sum(backordered) AS backordered, sum(allocated) AS allocated,
        sum(shipped) AS shipped
    FROM sales_order_line WHERE order_id = ANY(%s::bigint[]) GROUP BY order_id
), n AS (
    SELECT o.id, o.state AS old, {DERIVED_STATE} AS new, t.backordered > 0 AS is_short
    FROM sales_order o JOIN t ON t.order_id = o.id
)
UPDATE sales_order o SET
    state = n.new, is_short = n.is_short,
    is_cancelling = o.is_cancelling AND n.new NOT IN ('shipped', 'cancelled'), updated_at = %s
FROM n WHERE o.id = n.id AND (n.old, o.is_short) IS DISTINCT FROM (n.new, n.is_short)
RETURNING o.id, n.old, n.new
"""  # noqa: S608 - put together from constants


@transactional
def order_lines_shift(*, shifts: Sequence[LineShift]) -> ShiftResult:
    """Move units of lines from one part of their life to another, and the orders' states with them.

    Touches no reservation and no stock: that is the caller's, in the same transaction. All or nothing.

    Locks the orders, then the lines, each in id order. Five statements for any number of shifts.

    :raises LineQuantityConflict: a line has fewer units in ``source`` than are to be taken from there.
    """
    if not shifts:
        return ShiftResult((), {})
    change = _changes(shifts)
    owners = dict(
        fetch("SELECT id, order_id FROM sales_order_line WHERE id = ANY(%s::bigint[])", [list(change)])
    )
    orders_lock(order_ids=set(owners.values()))
    _require(change, fetch(_LOCK_LINES, [list(change)]))
    ids = sorted(change)
    execute(_SHIFT, [ids, *([change[line][place] for line in ids] for place in range(len(PLACES)))])
    order_ids = tuple(sorted(set(owners.values())))
    return ShiftResult(order_ids, orders_refresh(order_ids=order_ids))


def orders_refresh(*, order_ids: Collection[int]) -> dict[int, str]:
    """Derive state and flags of locked orders from their lines; order id → new state where it changed.

    Writes the audit log and emits ``OrdersCancelled``. Two statements.
    """
    rows = fetch(_REFRESH, [list(order_ids), clock.now()])
    changed = [(order_id, old, new) for order_id, old, new in rows if old != new]
    if changed:
        audit_record_many(
            action="orders.order.state_changed",
            entity_kind="sales_order",
            entries=[(order_id, {"state": old}, {"state": new}) for order_id, old, new in sorted(changed)],
        )
    tell_each(OrdersCancelled, [order_id for order_id, _old, new in changed if new == CANCELLED])
    return {order_id: new for order_id, _old, new in changed}


@transactional
def orders_cancel_answer(*, answers: Sequence[CancelAnswer]) -> None:
    """The warehouse has answered the wish to cancel: clear it, and hold what could not be cancelled.

    Locks the orders. A constant number of statements.
    """
    if not answers:
        return
    orders = orders_lock(order_ids=[answer.order_id for answer in answers])
    asked = [
        answer for answer in answers if answer.order_id in orders and orders[answer.order_id].is_cancelling
    ]
    execute(
        "UPDATE sales_order SET is_cancelling = false, updated_at = %s WHERE id = ANY(%s::bigint[])",
        [clock.now(), [answer.order_id for answer in asked]],
    )
    orders_refresh(order_ids=list(orders))
    refused = [answer for answer in asked if answer.refused]
    audit_record_many(
        action="orders.order.cancel_answered",
        entity_kind="sales_order",
        entries=[(a.order_id, None, {"refused": a.refused} if a.refused else {"done": True}) for a in asked],
    )
    _hold_refused(refused)


def _hold_refused(refused: Sequence[CancelAnswer]) -> None:
    """Somebody has to speak to the buyer: the parcel left before the wish to cancel reached the warehouse."""
    if not refused:
        return
    ids = [answer.order_id for answer in refused]
    execute(
        "INSERT INTO order_hold (order_id, code, detail, placed_by, placed_at, released_by, note)"
        " SELECT d.id, 'manual', jsonb_build_object('cancel_refused', d.why), %s, %s::timestamptz, '', ''"
        " FROM unnest(%s::bigint[], %s::text[]) AS d (id, why)"
        " JOIN sales_order o ON o.id = d.id AND o.state NOT IN ('shipped', 'cancelled')"
        " ON CONFLICT (order_id, code) WHERE released_at IS NULL DO NOTHING",
        [current_actor().name[:100], clock.now(), ids, [answer.refused for answer in refused]],
    )
    execute(
        "UPDATE sales_order SET is_held = true WHERE id = ANY(%s::bigint[]) AND state NOT IN ('shipped', 'cancelled')",
        [ids],
    )


def tell_each(event: type[OrdersCancelled], order_ids: Iterable[int]) -> None:
    """Emit an event about orders, in pieces that an event may carry."""
    ids = sorted(order_ids)
    for start in range(0, len(ids), _EVENT_LIMIT):
        emit(event(order_ids=tuple(ids[start : start + _EVENT_LIMIT])))


def _changes(shifts: Sequence[LineShift]) -> dict[int, list[int]]:
    """Line id → units more in each of :data:`PLACES`; shifts of one line are added up."""
    change: dict[int, list[int]] = defaultdict(lambda: [0] * len(PLACES))
    for shift in shifts:
        if shift.quantity <= 0:
            raise ValueError(f"a shift moves at least one unit: {shift}")
        change[shift.line_id][PLACES.index(shift.source)] -= shift.quantity
        change[shift.line_id][PLACES.index(shift.target)] += shift.quantity
    return change


def _require(change: dict[int, list[int]], rows: Sequence[tuple[int, ...]]) -> None:
    """Raise unless every line exists and has what is taken from it."""
    found = {row[0]: row[2:] for row in rows}
    short = [
        {"line_id": line, "place": place, "there": found.get(line, (0,) * 5)[n], "taken": -units[n]}
        for line, units in change.items()
        for n, place in enumerate(PLACES)
        if found.get(line, (0,) * 5)[n] + units[n] < 0
    ]
    if short:
        raise LineQuantityConflict(
            _("%(taken)s units were to be taken from “%(place)s” of an order line that has %(there)s there."
              " Somebody was quicker: load the order again.") % short[0],
            data={"short": short[:100]},
        )  # fmt: skip
