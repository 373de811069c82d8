"""Units moving from one place of their life to another, and what that makes of their orders (law 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.orders.errors import LineQuantityConflict, OrderStateConflict
from hecang.orders.events import OrdersCancelled
from hecang.orders.services.locking import orders_lock_of_lines
from hecang.orders.states import CANCELLED, DERIVED_STATE, FINAL, allowed

Place = Literal["reserved", "backordered", "allocated", "shipped", "cancelled"]
PLACES: Final[tuple[Place, ...]] = get_args(Place)

_CHANGES = """
unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS d (id, reserved, backordered, allocated, shipped, cancelled)
"""
_POSSIBLE = """
l.reserved + d.reserved >= 0 AND l.backordered + d.backordered >= 0 AND l.allocated + d.allocated >= 0
    AND l.shipped + d.shipped >= 0 AND l.cancelled + d.cancelled >= 0
"""
# All or nothing: the verdict over all lines is a scalar subquery, worked out once.
_SHIFT = f"""
WITH change AS MATERIALIZED (
    SELECT d.*, {_POSSIBLE} AS possible FROM {_CHANGES}
    JOIN sales_order_line l ON l.id = d.id
    ORDER BY l.id FOR NO KEY UPDATE OF l
)
UPDATE sales_order_line l SET
    reserved = l.reserved + d.reserved, backordered = l.backordered + d.backordered,
    allocated = l.allocated + d.allocated, shipped = l.shipped + d.shipped, cancelled = l.cancelled + d.cancelled
FROM change d
WHERE l.id = d.id AND (SELECT count(*) = %s::bigint AND bool_and(possible) FROM change)
"""  # noqa: S608 - put together from constants
_IMPOSSIBLE = f"""
SELECT d.id FROM {_CHANGES} LEFT JOIN sales_order_line l ON l.id = d.id
WHERE ({_POSSIBLE}) IS NOT TRUE ORDER BY d.id
"""  # noqa: S608

_DERIVE = f"""
UPDATE sales_order o SET state = d.state, is_short = d.is_short, updated_at = %s::timestamptz
FROM (
    SELECT o.id, o.state AS before, o.is_short AS was_short, {DERIVED_STATE} AS state, t.backordered > 0 AS is_short
    FROM sales_order o JOIN (
        SELECT order_id, sum(reserved)::bigint AS reserved, sum(backordered)::bigint AS backordered,
            sum(allocated)::bigint AS allocated, sum(shipped)::bigint AS shipped
        FROM sales_order_line WHERE order_id = ANY(%s::bigint[]) GROUP BY order_id
    ) t ON t.order_id = o.id
) d
WHERE o.id = d.id AND (d.before <> d.state OR d.was_short <> d.is_short)
RETURNING o.id, o.number, d.before, o.state, o.is_short
"""  # noqa: S608 - put together from constants

_END_HOLDS = """
UPDATE order_hold SET released_by = %s, released_at = %s::timestamptz
WHERE order_id = ANY(%s::bigint[]) AND released_at IS NULL
"""
_END_FLAGS = """
UPDATE sales_order SET is_held = false, is_cancelling = false
WHERE id = ANY(%s::bigint[]) AND (is_held OR is_cancelling)
"""


@dataclass(frozen=True, slots=True)
class LineShift:
    """Units of one line that go from one place of their life to another.

    :param quantity: base units, positive.
    """

    line_id: int
    source: Place
    target: Place
    quantity: int


@dataclass(frozen=True, slots=True)
class ShiftResult:
    """:param changed: order id → its new state, where it changed."""

    order_ids: tuple[int, ...]
    changed: dict[int, str]


@transactional
def order_lines_shift(*, shifts: Sequence[LineShift]) -> ShiftResult:
    """Move units between places of their life, and derive the state of their orders anew.

    Touches no reservation: the caller has dealt with the stock. Several shifts of one line count together.
    Locks: the orders, then the lines, each in key order. Four statements, whatever the number of shifts.

    :raises LineQuantityConflict: a line has fewer units in ``source``; nothing has been written then.
    :raises OrderStateConflict: the step is not in the table of states; the transaction must be undone.
    """
    wanted = shifts_summed(shifts)
    if not wanted:
        return ShiftResult((), {})
    orders = sorted(orders_lock_of_lines(list(wanted)))
    lines_apply(wanted)
    changed = orders_derive(orders)
    return ShiftResult(tuple(orders), changed)


def shifts_summed(shifts: Sequence[LineShift]) -> dict[int, list[int]]:
    """Line id → change of each of :data:`PLACES`; lines that come out even are left out."""
    result: dict[int, list[int]] = defaultdict(lambda: [0] * len(PLACES))
    for shift in shifts:
        if shift.quantity <= 0:
            raise ValueError("a shift moves at least one unit")
        change = result[shift.line_id]
        change[PLACES.index(shift.source)] -= shift.quantity
        change[PLACES.index(shift.target)] += shift.quantity
    return {line_id: change for line_id, change in result.items() if any(change)}


def lines_apply(changes: dict[int, list[int]]) -> None:
    """Write changes of lines whose orders are locked. Locks the lines; raises LineQuantityConflict."""
    if not changes:
        return
    arrays = columns(([key, *change] for key, change in changes.items()), 6)
    if execute(_SHIFT, [*arrays, len(changes)]) == len(changes):
        return
    failed = [row[0] for row in fetch(_IMPOSSIBLE, arrays)]
    raise LineQuantityConflict(
        _(
            "%(count)s order lines no longer have the units that were to be moved; nothing was changed."
            " Read them again and repeat."
        )
        % {"count": len(failed)},
        data={"line_ids": failed[:100]},
    )


def orders_derive(order_ids: Collection[int]) -> dict[int, str]:
    """Write state and shortness of locked orders as their lines have them; order id → new state if it changed.

    What has ended loses its holds. Writes audit entries; emits ``OrdersCancelled``.
    """
    if not order_ids:
        return {}
    now = clock.now()
    rows = fetch(_DERIVE, [now, sorted(order_ids)])
    wrong = [row for row in rows if not allowed(row[2], row[3])]
    if wrong:
        raise OrderStateConflict(
            _("Order %(number)s is “%(source)s” and cannot become “%(target)s”; nothing was changed.")
            % {"number": wrong[0][1], "source": wrong[0][2], "target": wrong[0][3]},
            data={"order_ids": [row[0] for row in wrong[:100]]},
        )
    stepped = [row for row in rows if row[2] != row[3]]
    audit_record_many(
        action="orders.order.stepped",
        entity_kind="sales_order",
        entries=[(row[0], {"state": row[2]}, {"state": row[3]}) for row in stepped],
    )
    ended = [row[0] for row in stepped if row[3] in FINAL]
    if ended:
        execute(_END_HOLDS, [current_actor().name[:100], now, ended])
        execute(_END_FLAGS, [ended])
    cancelled = [row[0] for row in stepped if row[3] == CANCELLED]
    emit(*(OrdersCancelled(order_ids=tuple(part)) for part in chunks(cancelled)))
    return {row[0]: row[3] for row in stepped}


def chunks(ids: Sequence[int], size: int = 1000) -> list[Sequence[int]]:
    """Ids in portions that one event may carry."""
    return [ids[start : start + size] for start in range(0, len(ids), size)]
