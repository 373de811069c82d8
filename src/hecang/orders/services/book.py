"""The whole open book, sourced again: orders that no wave has taken move where that pays.

Read, decide (both without a lock), move in small portions, each in a transaction of its own: what has gone on
meanwhile is left alone. What the units are worth to the book is kept for the orders that come one by one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import Conflict
from hecang.orders.models import SourcingRun
from hecang.orders.services.expectations import orders_expect
from hecang.orders.services.offers import Offers, book
from hecang.orders.sourcing.costs import costs, setting

if TYPE_CHECKING:
    from hecang.orders.services.book_moving import Group, Move
    from hecang.orders.services.book_reading import OpenBook
    from hecang_optim.sourcing import Solution

#: Orders that one look takes in, the more urgent and older first.
MOST_ORDERS = 20_000
#: Orders that one transaction moves.
PORTION = 100
#: A look that has not ended after so long has died.
LONGEST = timedelta(minutes=30)
#: Money for a unit beyond which its price says no more than that it is scarce.
HIGHEST_PRICE = 50.0

_PRICES = """
INSERT INTO scarcity_price (warehouse_id, owner_id, sku_id, price)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::float8[])
"""
_LOADS = """
INSERT INTO warehouse_load (warehouse_id, orders, units, at)
SELECT w.id, count(DISTINCT l.order_id), coalesce(sum(r.quantity), 0), %s::timestamptz
FROM unnest(%s::bigint[]) AS w (id)
LEFT JOIN reservation r ON r.warehouse_id = w.id AND r.state = 'active' AND r.source_kind = 'sales_order_line'
LEFT JOIN sales_order_line l ON l.id = r.source_id
GROUP BY w.id
ON CONFLICT (warehouse_id) DO UPDATE SET orders = excluded.orders, units = excluded.units, at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one look at the book came to; money in the currency of the rates.

    :param orders: looked at; ``proposed`` of them were worth moving, ``moved`` were, ``lost`` had gone on meanwhile.
    :param gap: proven distance of the decision from the best one, as a share of its cost.
    """

    run_id: int
    orders: int = 0
    proposed: int = 0
    moved: int = 0
    lost: int = 0
    units: int = 0
    saved: float = 0.0
    gap: float | None = None
    seconds: float = 0.0


def book_resource(*, order_ids: Sequence[int] | None = None) -> RunReport:
    """Source the open book again and move what pays by ``settings.SOURCING["gain"]`` for each order.

    Touches no order that is held, in a wave or beyond. No order loses units by it, or arrives later than promised
    because of it. Locks, per portion of :data:`PORTION` orders: orders, lines, availability. Emits what
    :func:`~hecang.orders.services.book_moving.groups_move` emits.

    :param order_ids: look at these only.
    :raises Conflict: ``sourcing_running`` where another look has not ended.
    """
    run_id = _begin()
    begun = time.monotonic()
    try:
        report = _work(run_id, begun, order_ids)
    except BaseException:
        _end(run_id, SourcingRun.State.FAILED, seconds=time.monotonic() - begun)
        raise
    return report


@transactional
def _begin() -> int:
    now = clock.now()
    SourcingRun.objects.filter(state=SourcingRun.State.RUNNING, started_at__lt=now - LONGEST).update(
        state=SourcingRun.State.FAILED, finished_at=now
    )
    try:
        with transaction.atomic():
            return SourcingRun.objects.create(started_by=current_actor().name[:100], started_at=now).pk
    except IntegrityError:
        raise Conflict(
            _("The open book is being sourced at this moment. Wait until that has ended."),
            code="sourcing_running",
        ) from None


def _work(run_id: int, begun: float, order_ids: Sequence[int] | None) -> RunReport:
    # What computes is loaded when there is something to compute: a process that only serves pages does without.
    from hecang.orders.services.book_moving import moves_find, moves_group, records_write
    from hecang.orders.services.book_reading import book_read
    from hecang_optim.budget import Budget
    from hecang_optim.sourcing import solve

    money = costs()
    tables = book()
    # The book fills the days of its warehouses itself: what waits there is part of it.
    offers = Offers(tables, clock.now(), money, {})
    found = book_read(offers=offers, money=money, most=MOST_ORDERS, order_ids=order_ids)
    if found is None:
        if order_ids is None:
            _prices_write([])
            _loads_write(tables.limited())
        report = RunReport(run_id, seconds=time.monotonic() - begun)
        _end(run_id, SourcingRun.State.DONE, seconds=report.seconds)
        return report
    budget = Budget(seconds=setting("seconds"), clock=time.monotonic)
    solution = solve(found.problem, budget)
    moves = moves_find(found, solution)
    groups = moves_group(found, moves, setting("gain"))
    records_write(found, groups)
    made = _move_all(groups)
    if order_ids is None:
        _prices_write(_scarce(found, solution))
        _loads_write(tables.limited())
    _expect([order.id for order in found.orders])
    proposed = sum(len(group.moves) for group in groups)
    report = RunReport(
        run_id=run_id,
        orders=len(found.orders),
        proposed=proposed,
        moved=len(made),
        lost=proposed - len(made),
        units=sum(_moved_units(move) for move in made),
        saved=sum(move.gain for move in made),
        gap=solution.gap,
        seconds=time.monotonic() - begun,
    )
    _finish(report, made)
    return report


def _move_all(groups: Sequence[Group]) -> list[Move]:
    """Move in portions; where one fails as a whole, its groups one by one."""
    from hecang.orders.services.book_moving import groups_move

    made: list[Move] = []
    portion: list[Group] = []
    size = 0
    for group in [*groups, None]:
        if group is None or size + len(group.moves) > PORTION:
            if portion:
                moved = groups_move(groups=portion)
                if not moved and len(portion) > 1:
                    for one in portion:
                        moved += groups_move(groups=[one])
                made += moved
            portion, size = [], 0
        if group is not None:
            portion.append(group)
            size += len(group.moves)
    return made


def _moved_units(move: Move) -> int:
    here = move.order.present()
    return sum(max(0, units - here.get(key, 0)) for key, units in move.takes.items())


def _scarce(found: OpenBook, solution: Solution) -> list[tuple[int, int, int, float]]:
    """(warehouse, owner, SKU, price) of the units that somebody would pay for."""
    prices = solution.prices.stock
    return [
        (found.warehouses[row], *found.keys[column], min(HIGHEST_PRICE, round(float(prices[row, column]), 4)))
        for row, column in zip(*(prices > 0.005).nonzero(), strict=True)
    ]


@transactional
def _prices_write(rows: Sequence[tuple[int, int, int, float]]) -> None:
    execute("LOCK TABLE scarcity_price IN SHARE ROW EXCLUSIVE MODE")
    execute("DELETE FROM scarcity_price")
    if rows:
        execute(_PRICES, columns(rows, 4))


@transactional
def _loads_write(warehouse_ids: Sequence[int]) -> None:
    execute("DELETE FROM warehouse_load WHERE warehouse_id <> ALL(%s::bigint[])", [list(warehouse_ids)])
    if warehouse_ids:
        execute(_LOADS, [clock.now(), list(warehouse_ids)])


def _expect(order_ids: Sequence[int]) -> None:
    for start in range(0, len(order_ids), 1000):
        orders_expect(order_ids=order_ids[start : start + 1000])


def _finish(report: RunReport, made: Sequence[Move]) -> None:
    _end(
        report.run_id,
        SourcingRun.State.DONE,
        orders=report.orders,
        proposed=report.proposed,
        moved=report.moved,
        lost=report.lost,
        units=report.units,
        cost_before=_money(sum(move.before for move in made)),
        cost_after=_money(sum(move.after for move in made)),
        saved=_money(report.saved),
        gap=report.gap,
        seconds=report.seconds,
    )


def _end(run_id: int, state: str, **facts: object) -> None:
    SourcingRun.objects.filter(pk=run_id).update(state=state, finished_at=clock.now(), **facts)


def _money(amount: float) -> Decimal:
    return Decimal(str(round(amount, 2)))


def resource_due() -> bool:
    """Whether the last look at the book is long enough ago, as ``settings.SOURCING["every_minutes"]`` wants it."""
    minutes = int(setting("every_minutes"))
    if minutes <= 0:
        return False
    last = fetch("SELECT max(started_at) FROM sourcing_run")[0][0]
    # Ticks come a little early or late.
    return last is None or clock.now() - last >= timedelta(minutes=minutes) - timedelta(seconds=30)
