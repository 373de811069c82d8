"""Backorders 缺货: filled when stock comes, the more urgent first, then the older."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from hecang.accounts.services.audit import audit_record_many
from hecang.facility.selectors import warehouses_active
from hecang.inventory.selectors import availability_for
from hecang.inventory.services import reservations_try, reservations_write
from hecang.kernel import clock
from hecang.kernel.db import fetch, transactional
from hecang.kernel.outbox import Event, emit
from hecang.orders.audit import stock_codes
from hecang.orders.events import BackordersFilled, OrdersApproved
from hecang.orders.models import OrderSourcing
from hecang.orders.services import promises
from hecang.orders.services.holds import holds_release, settle_released
from hecang.orders.services.intake.inputs import MAX_LINES
from hecang.orders.services.lines import LineShift, chunks, lines_apply, orders_derive, shifts_summed
from hecang.orders.services.locking import LineLocked, OrderLocked, lines_lock, orders_lock
from hecang.orders.services.weighings import weighings_save
from hecang.orders.sourcing import OrderDemand, SourcingPlan, strategy
from hecang.orders.states import PENDING

#: Rows (order and SKU) that one transaction looks at; more than one order can have.
CHUNK = MAX_LINES + 500

# Lines that wait, of SKUs that have something free somewhere; the more urgent orders first, then the older.
_WAITING = """
SELECT o.id, l.sku_id, sum(l.backordered)::bigint, o.priority, o.placed_at
FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
WHERE l.backordered > 0 AND l.sku_id = ANY(%s::bigint[]) AND NOT o.is_cancelling AND NOT o.awaits_release
    AND (o.priority, o.placed_at, o.id) > (%s, %s::timestamptz, %s)
GROUP BY o.id, l.sku_id
ORDER BY o.priority, o.placed_at, o.id
LIMIT %s
"""
_WAITING_SKUS = """
SELECT DISTINCT o.owner_id, l.sku_id FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
WHERE l.backordered > 0 AND NOT o.awaits_release AND (%s::bigint[] IS NULL OR l.sku_id = ANY(%s::bigint[]))
"""


#: (priority, placed at, id) of an order: where a portion begins.
Place = tuple[int, Any, int]


class _Waiting(NamedTuple):
    order_id: int
    items: dict[int, int]


def backorders_fill(*, sku_ids: Sequence[int] | None = None) -> list[int]:
    """Reserve what has come in for what waits, by priority, then by age; the orders that got something.

    Works through the waiting orders in portions of :data:`CHUNK`, each in a transaction of its own (inside a
    caller's transaction: all in that one), until the stock or the orders are used up.

    Locks, per portion: orders, lines, availability. Emits ``BackordersFilled``, and ``OrdersApproved`` for
    orders that may be shipped. A hold for want of stock falls when nothing of its order waits any more.

    :param sku_ids: look at these only; ``None`` means all.
    """
    free = _free_pairs(None if sku_ids is None else sorted(set(sku_ids)))
    filled: list[int] = []
    after: Place | None = (-1, "-infinity", 0)
    while free and after is not None:
        portion = _fill_portion(free=free, after=after)
        filled += portion.filled
        free -= portion.exhausted
        after = portion.last
    return list(dict.fromkeys(filled))


class _Portion(NamedTuple):
    filled: list[int]
    #: (owner, SKU) of which nothing is free any more.
    exhausted: set[tuple[int, int]]
    #: Where the next portion begins; ``None`` where this was the last.
    last: Place | None


def _free_pairs(skus: list[int] | None) -> set[tuple[int, int]]:
    """(owner, SKU) that orders wait for and of which something is free."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for owner, sku in fetch(_WAITING_SKUS, [skus, skus]):
        waiting[owner].append(sku)
    if not waiting:
        return set()
    warehouses = sorted(ref.id for ref in warehouses_active())
    return {
        (owner, sku)
        for owner, of_owner in waiting.items()
        for (_warehouse, sku), units in availability_for(
            sku_ids=of_owner, owner_id=owner, warehouse_ids=warehouses
        ).items()
        if units > 0
    }


@transactional
def _fill_portion(*, free: set[tuple[int, int]], after: Place) -> _Portion:
    rows = fetch(_WAITING, [sorted({sku for _owner, sku in free}), *after, CHUNK])
    if not rows:
        return _Portion([], set(), None)
    last: Place | None = None
    if len(rows) == CHUNK:
        # The last order may have more SKUs than fitted; it opens the next portion.
        cut = rows[-1][0]
        rows = [row for row in rows if row[0] != cut]
        last = (rows[-1][3], rows[-1][4], rows[-1][0])
    waiting: dict[int, _Waiting] = {}
    for order_id, sku_id, units, *_rest in rows:
        waiting.setdefault(order_id, _Waiting(order_id, {})).items[sku_id] = units
    demands = _demands(list(waiting.values()))
    there = promises.free_rows(demands)
    view = promises.stock_view(there)
    plans, keys = strategy().plan(demands, view), {row[:3] for row in there}
    # Others may have been short only because they may not come from where the rest lies.
    seen = {(owner, sku) for _warehouse, sku, owner, _units in there}
    exhausted = {pair for pair in seen if not any(view.of(*pair).values())}
    served = [one.key for one in plans if one.takes]
    if not served:
        return _Portion([], exhausted, last)
    return _Portion(_reserve(served, waiting, keys), exhausted, last)


def _demands(waiting: Sequence[_Waiting]) -> list[OrderDemand]:
    return promises.demands_of({one.order_id: one.items for one in waiting})


def _reserve(order_ids: Sequence[int], waiting: dict[int, _Waiting], keys: set[promises.Key]) -> list[int]:
    """Lock the orders, see what still waits, and reserve for it."""
    orders = orders_lock(order_ids=order_ids)
    lines = lines_lock(orders)
    still = []
    for order_id in order_ids:
        if order_id in orders and not orders[order_id].is_cancelling:
            items: dict[int, int] = defaultdict(int)
            for line in lines[order_id]:
                if line.backordered and line.sku_id in waiting[order_id].items:
                    items[line.sku_id] += line.backordered
            if items:
                still.append(waiting[order_id]._replace(items=dict(items)))
    demands = _demands(still)
    plans, fresh_keys, records = promises.plan_recorded(demands)
    rows, shifts = _spread(demands, plans, lines)
    if not reservations_try(rows=rows):
        plans, changed = promises.keep(demands, plans, keys | fresh_keys)
        records = {one.key: records[one.key] for place, one in enumerate(plans) if place not in changed}
        rows, shifts = _spread(demands, plans, lines)
        reservations_write(rows=rows)
    lines_apply(shifts_summed(shifts))
    filled = [one.key for one in plans if one.takes]
    kept = [(key, records[key]) for key in filled if key in records]
    weighings_save(kept, OrderSourcing.Reason.FILLED, clock.now())
    _settle([orders[order_id] for order_id in filled], lines, shifts)
    return filled


def _spread(
    demands: Sequence[OrderDemand], plans: Sequence[SourcingPlan], lines: dict[int, list[LineLocked]]
) -> tuple[list[promises.Reservation], list[LineShift]]:
    rows: list[promises.Reservation] = []
    shifts: list[LineShift] = []
    for demand, plan in zip(demands, plans, strict=True):
        spread = promises.Spread(demand.owner_id, plan.takes)
        for line in lines[demand.key]:
            if line.backordered:
                units = spread.give(line.id, line.sku_id, line.backordered, rows)
                if units:
                    shifts.append(LineShift(line.id, "backordered", "reserved", units))
    return rows, shifts


def _settle(
    orders: Sequence[OrderLocked], lines: dict[int, list[LineLocked]], shifts: Sequence[LineShift]
) -> None:
    """Flags, holds, audit log and events of the orders that got something."""
    if not orders:
        return
    now = clock.now()
    got: dict[int, int] = defaultdict(int)
    order_of = {line.id: line.order_id for order in orders for line in lines[order.id]}
    for shift in shifts:
        got[order_of[shift.line_id]] += shift.quantity
    orders_derive([order.id for order in orders])
    complete = [
        order for order in orders if sum(line.backordered for line in lines[order.id]) == got[order.id]
    ]
    released = holds_release([o for o in complete if o.is_held], sorted(stock_codes()), "", now)
    freed = set(settle_released([order for order in complete if order.id in released], now))
    audit_record_many(
        action="orders.order.filled",
        entity_kind="sales_order",
        entries=[(order.id, None, {"units": got[order.id]}) for order in orders],
    )
    ready = [o.id for o in orders if o.id not in freed and o.state != PENDING and not o.is_held]
    events: list[Event] = [
        BackordersFilled(order_ids=tuple(part)) for part in chunks([order.id for order in orders])
    ]
    events += [OrdersApproved(order_ids=tuple(part)) for part in chunks(ready)]
    emit(*events)
