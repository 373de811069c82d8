"""Changing what is in an order before its wave: less is released, more is reserved or backordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.inventory.services import reservations_release, reservations_try, reservations_write
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch_one
from hecang.kernel.errors import Problem
from hecang.kernel.outbox import emit
from hecang.orders.errors import OrderRejected
from hecang.orders.events import BackordersPlaced, ReservationsFreed
from hecang.orders.models import OrderSourcing
from hecang.orders.services import promises
from hecang.orders.services.claiming import claims_grow, presale_claim
from hecang.orders.services.intake.drafts import CENT, lines_open
from hecang.orders.services.intake.inputs import MAX_LINES, MAX_QUANTITY, LineIn, Problems
from hecang.orders.services.intake.writing import LineRow, lines_insert
from hecang.orders.services.lines import LineShift, lines_apply, orders_derive, shifts_summed
from hecang.orders.services.locking import LineLocked, OrderLocked, lines_lock
from hecang.orders.services.weighings import weighings_save
from hecang.orders.services.wholeness import stock_hold_settle
from hecang.orders.sourcing import SourcingPlan


@dataclass(frozen=True, slots=True)
class LineChange:
    """What one line of an order shall be.

    :param line_id: the line; ``None`` for a new one.
    :param sku: code of the SKU or kit of a new line.
    :param quantity: base units that are wanted in all; 0 takes the line away.
    """

    line_id: int | None
    sku: str
    quantity: int


class LinesChanged(NamedTuple):
    """What was wanted of each line before and after, by line number."""

    before: dict[str, int]
    after: dict[str, int]


class _Step(NamedTuple):
    """One line as it will be: more units ordered, or some of them cancelled."""

    line: LineLocked
    more: int
    from_backordered: int
    from_reserved: int
    amount: Decimal


_GROW = """
UPDATE sales_order_line l SET quantity = l.quantity + d.more, backordered = l.backordered + d.more, amount = d.amount
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS d (id, more, amount)
WHERE l.id = d.id
"""
_LINE_IDS = "SELECT array_agg(nextval('sales_order_line_id_seq')) FROM generate_series(1, %s)"
_TOTALS = """
UPDATE sales_order o SET line_count = t.lines, unit_count = t.units, goods_amount = t.goods,
    total_amount = greatest(0, o.total_amount + t.goods - o.goods_amount), updated_at = %s
FROM (
    SELECT count(*) AS lines, sum(quantity)::bigint AS units, sum(amount) AS goods FROM sales_order_line
    WHERE order_id = %s
) t
WHERE o.id = %s
"""


def lines_change(order: OrderLocked, changes: Sequence[LineChange]) -> LinesChanged:
    """Bring lines of a locked order that no wave has taken to what is wanted.

    Less: the units are cancelled, backordered ones first, reserved ones are free again. More: the units are
    sourced and reserved as far as there is stock. Locks the lines, then availability. About fifteen statements.

    :raises OrderRejected: naming what is wrong with which change.
    """
    lines = {line.id: line for line in lines_lock([order.id])[order.id]}
    problems = Problems()
    steps = _steps(lines, changes, problems)
    added = _added(order, lines, changes, problems)
    if problems.found:
        found = [
            Problem(p.message, p.code, p.loc and p.loc.partition(".")[2], field=p.field)
            for p in problems.found
        ]
        raise OrderRejected(_("The lines are not right; nothing was changed."), problems=found)
    _shrink([step for step in steps if not step.more])
    claims_grow({step.line.id: step.more for step in steps if step.more})
    if steps:
        execute(_GROW, columns([(step.line.id, step.more, step.amount) for step in steps], 3))
    if added:
        lines_insert(added)
        presale_claim([order.id])
    lines_reserve(order, {step.line.id for step in steps if step.more} | {row[0] for row in added})
    totals_write(order.id)
    orders_derive([order.id])
    stock_hold_settle(order)
    return LinesChanged(
        {str(step.line.line_no): step.line.quantity - step.line.cancelled for step in steps},
        {str(step.line.line_no): _wanted(step) for step in steps} | {str(row[2]): row[5] for row in added},
    )


def _wanted(step: _Step) -> int:
    return step.line.quantity - step.line.cancelled + step.more - step.from_backordered - step.from_reserved


def _steps(lines: dict[int, LineLocked], changes: Sequence[LineChange], problems: Problems) -> list[_Step]:
    steps = []
    seen: set[int] = set()
    for place, change in enumerate(changes):
        if change.line_id is None:
            continue
        line = lines.get(change.line_id)
        if line is None or change.line_id in seen:
            problems.add(
                0,
                "line_id",
                "unknown_line",
                _("The order has no such line, or it is named twice."),
                line=place,
            )
            continue
        seen.add(change.line_id)
        if not 0 <= change.quantity <= MAX_QUANTITY:
            problems.add(
                0,
                "quantity",
                "bad_quantity",
                _("Must be a whole number from 0 to 1,000,000,000."),
                line=place,
            )
            continue
        present = line.quantity - line.cancelled
        if change.quantity != present:
            steps.append(_step(line, present, change.quantity))
    return steps


def _step(line: LineLocked, present: int, wanted: int) -> _Step:
    amount = Decimal(str(line.amount))
    if present:
        amount = (amount * wanted / present).quantize(CENT, ROUND_HALF_UP)
    else:
        amount = (Decimal(str(line.unit_price)) * wanted).quantize(CENT, ROUND_HALF_UP)
    less = max(0, present - wanted)
    waiting = min(less, line.backordered)
    return _Step(line, max(0, wanted - present), waiting, less - waiting, amount)


def _added(
    order: OrderLocked, lines: dict[int, LineLocked], changes: Sequence[LineChange], problems: Problems
) -> list[LineRow]:
    """Rows of new lines, all of their units backordered for now; at the price that the order has for the SKU."""
    wanted = [(place, change) for place, change in enumerate(changes) if change.line_id is None]
    if not wanted:
        return []
    for place, change in wanted:
        if not 0 < change.quantity <= MAX_QUANTITY:
            problems.add(
                0,
                "quantity",
                "bad_quantity",
                _("Must be a whole number from 1 to 1,000,000,000."),
                line=place,
            )
    if len(lines) + len(wanted) > MAX_LINES:
        message = _("The order would have more than %(most)s lines.") % {"most": MAX_LINES}
        problems.add(0, "lines", "too_many", message)
    if problems.found:
        return []
    drafts = lines_open(
        [LineIn(change.sku, change.quantity) for _place, change in wanted], problems, owner_id=order.owner_id
    )
    if problems.found:
        return []
    prices = {
        line.sku_id: Decimal(str(line.unit_price)) for line in lines.values() if line.kit_sku_id is None
    }
    row = fetch_one(_LINE_IDS, [len(drafts)])
    assert row is not None
    last = max((line.line_no for line in lines.values()), default=0)
    rows: list[LineRow] = []
    for key, draft in zip(row[0], drafts, strict=True):
        price = prices.get(draft.sku_id, draft.unit_price) if draft.kit_sku_id is None else draft.unit_price
        amount = (price * draft.quantity).quantize(CENT, ROUND_HALF_UP)
        rows.append(
            (key, order.id, last + draft.line_no, draft.sku_id, draft.kit_sku_id, draft.quantity, price, amount,
             draft.kind, draft.external_line, 0, draft.quantity)
        )  # fmt: skip
    return rows


def _shrink(steps: Sequence[_Step]) -> None:
    released = {step.line.id: step.from_reserved for step in steps if step.from_reserved}
    if released:
        reservations_release(
            source_kind="sales_order_line", source_ids=list(released), quantities=list(released.values())
        )
        emit(
            ReservationsFreed(
                sku_ids=tuple(sorted({step.line.sku_id for step in steps if step.from_reserved}))
            )
        )
    shifts = [LineShift(key, "reserved", "cancelled", units) for key, units in released.items()]
    shifts += [
        LineShift(step.line.id, "backordered", "cancelled", step.from_backordered)
        for step in steps
        if step.from_backordered
    ]
    lines_apply(shifts_summed(shifts))


def totals_write(order_id: int) -> None:
    """Write counts and amounts of a locked order as its lines have them; what was paid changes with the goods."""
    execute(_TOTALS, [clock.now(), order_id, order_id])


def lines_reserve(order: OrderLocked, line_ids: set[int]) -> None:
    """Source and reserve what these lines of a locked order wait for, unless it is a pre-sale that waits itself."""
    lines = [line for line in lines_lock([order.id])[order.id] if line.id in line_ids and line.backordered]
    if not lines:
        return
    items: dict[int, int] = {}
    for line in lines:
        items[line.sku_id] = items.get(line.sku_id, 0) + line.backordered
    row = fetch_one("SELECT awaits_release FROM sales_order WHERE id = %s", [order.id])
    assert row is not None
    if row[0]:
        return
    (demand,) = promises.demands_of({order.id: items})
    plans, keys, records = promises.plan_recorded([demand])
    rows, shifts = _spread(order, plans[0], lines)
    changed: set[int] = set()
    if not reservations_try(rows=rows):
        plans, changed = promises.keep([demand], plans, keys)
        rows, shifts = _spread(order, plans[0], lines)
        reservations_write(rows=rows)
    lines_apply(shifts_summed(shifts))
    if not changed:
        weighings_save(list(records.items()), OrderSourcing.Reason.CHANGED, clock.now())
    if plans[0].short:
        emit(BackordersPlaced(sku_ids=tuple(sorted(plans[0].short))))


def _spread(
    order: OrderLocked, plan: SourcingPlan, lines: Sequence[LineLocked]
) -> tuple[list[promises.Reservation], list[LineShift]]:
    spread = promises.Spread(order.owner_id, plan.takes)
    rows: list[promises.Reservation] = []
    shifts = [
        LineShift(line.id, "backordered", "reserved", units)
        for line in lines
        if (units := spread.give(line.id, line.sku_id, line.backordered, rows))
    ]
    return rows, shifts
