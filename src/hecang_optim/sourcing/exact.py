"""Column generation, then integers: proven close to the optimum for hundreds to some thousand orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints, spans
from hecang_optim.budget import Budget
from hecang_optim.sourcing.master import (
    Columns,
    Master,
    Relaxed,
    Rows,
    choose_in_integers,
    columns_of,
    joined,
    rows_that_bind,
)
from hecang_optim.sourcing.near import near
from hecang_optim.sourcing.singles import plans_of, singles
from hecang_optim.sourcing.tables import Plans, Tables, cost_of, part, plan_at, put_back, some, usage

#: Money by which a plan must be better than the master's price of its order to be worth a column.
_WORTH = 1e-7
#: Margin around the relaxation at first, in mean costs of an order, and how it grows.
_FIRST_MARGIN = 0.15
_GROWTH = 2.0
#: Plans an order, on average, beyond which integers take too long to be proven.
_MOST_NEAR = 10
#: Plans that integers are tried on, however few the orders.
_FEW = 2_000

Tell = Callable[[float], None]


class State(NamedTuple):
    """What a solver works on.

    :param stock: (W, S) and ``room`` (W, D): what is left.
    :param scarcity: (W, S) money for taking a unit.
    """

    made: Tables
    stock: Ints
    room: Ints
    scarcity: Floats


class Found(NamedTuple):
    """A decision with its proof.

    :param plans: with their cost at no prices but scarcity.
    :param bound: no decision costs less.
    :param unit_price: (W, S) duals of stocks; ``day_price``: (W, D) duals of places.
    """

    plans: Plans
    bound: float
    unit_price: Floats
    day_price: Floats

    @property
    def cost(self) -> float:
        return float(self.plans.cost.sum())


def solve_exactly(state: State, budget: Budget, good_enough: float, tell: Tell | None = None) -> Found:
    """Price, solve, price again until no plan is missing; then the best choice in integers among those found.

    Orders whose best plan at no prices takes nothing that could be too little are decided at once.

    :param good_enough: relative gap to stop at.
    """
    made = state.made
    best = plan_at(made, state.scarcity, np.zeros(state.room.shape), state.stock, state.room)
    open_orders = _contested(state, best)
    settled = float(best.bound.sum() - best.bound[open_orders].sum())
    if not open_orders.size:
        return Found(best, settled, np.zeros(state.stock.shape), np.zeros(state.room.shape))
    closed = np.setdiff1d(np.arange(made.zone.size), open_orders)
    units, places = usage(part(made, closed), some(best, made, closed), state.stock, state.room)
    inner = State(part(made, open_orders), state.stock - units, state.room - places, state.scarcity)
    found = _solve_contested(inner, budget, good_enough, tell, float(best.cost[closed].sum()))
    put_back(best, made, open_orders, found.plans)
    return found._replace(plans=best, bound=settled + found.bound)


def _contested(state: State, best: Plans) -> Ints:
    """Orders whose best plan takes something that could be too little for those who could want it."""
    made = state.made
    which = np.arange(made.zone.size, dtype=np.int64)
    while which.size:
        rows = rows_that_bind(part(made, which), state.stock, state.room)
        mine = some(best, made, which)
        columns = columns_of(part(made, which), rows, np.arange(which.size), mine)
        touches = np.diff(columns.start) > 0
        # an order without any plan worth its cost is no rival for what the others want
        if touches.all():
            break
        which = which[touches]
    return which


def _solve_contested(
    state: State, budget: Budget, good_enough: float, tell: Tell | None, besides: float
) -> Found:
    rows = rows_that_bind(state.made, state.stock, state.room)
    master = Master(state.made.zone.size, rows)
    _begin(state, rows, master)
    relaxed, bound = _generate(state, rows, master, budget, good_enough)
    plans = repair(state, master.columns(), relaxed)
    if tell is not None:
        tell(besides + float(plans.cost.sum()))
    gap = plans.cost.sum() - bound
    if gap > good_enough * (besides + plans.cost.sum()) and not budget.spent():
        plans, bound = _choose(state, rows, relaxed, plans, bound, budget, good_enough)
        if tell is not None:
            tell(besides + float(plans.cost.sum()))
    return Found(plans, bound, relaxed.unit_price, relaxed.day_price)


def _begin(state: State, rows: Rows, master: Master) -> None:
    """First columns: nothing, every single warehouse, the best plan at no prices."""
    made, none = state.made, np.zeros(state.room.shape)
    orders = made.zone.size
    everyone = np.arange(orders, dtype=np.int64)
    short = np.add.reduceat(np.append(made.short, 0.0), made.start[:-1]) * (np.diff(made.start) > 0)
    nothing = Plans(
        np.full(made.sku.size, -1, dtype=np.int64),
        np.full((orders, state.stock.shape[0]), -1, dtype=np.int64),
        short,
        short,
    )
    master.add(columns_of(made, rows, everyone, nothing))
    alone = singles(made, state.scarcity, none, state.stock, state.room)
    for w in range(state.stock.shape[0]):
        which = np.flatnonzero(alone.possible[:, w])
        chosen = plans_of(made, alone, which, np.full(which.size, w, dtype=np.int64), state.stock)
        master.add(columns_of(made, rows, which, chosen))
    best = plan_at(made, state.scarcity, none, state.stock, state.room)
    master.add(columns_of(made, rows, everyone, best))


def _generate(
    state: State, rows: Rows, master: Master, budget: Budget, good_enough: float
) -> tuple[Relaxed, float]:
    """Columns until the relaxation is (nearly) solved; its last solution and the best bound seen."""
    made = state.made
    everyone = np.arange(made.zone.size, dtype=np.int64)
    bound = -np.inf
    while True:
        relaxed = master.solve()
        plans = plan_at(made, state.scarcity + relaxed.unit_price, relaxed.day_price, state.stock, state.room)
        here = dual_bound(state, plans, relaxed.unit_price, relaxed.day_price)
        bound = max(bound, here)
        budget.count()
        if relaxed.value - bound <= 0.1 * good_enough * relaxed.value or budget.spent():
            return relaxed, bound
        better = everyone[plans.cost < relaxed.order_price - _WORTH]
        plain = at_no_prices(made, plans, state.scarcity)
        if not master.add(columns_of(made, rows, better, plain)):
            return relaxed, bound


def dual_bound(state: State, plans: Plans, unit_price: Floats, day_price: Floats) -> float:
    """What everything costs at least, by the best plans at these prices of stocks and places (Lagrange)."""
    there = (unit_price * state.stock).sum() + (day_price * state.room).sum()
    return float(plans.bound.sum() - there)


def at_no_prices(made: Tables, plans: Plans, scarcity: Floats) -> Plans:
    """Plans found at prices, with their cost without these."""
    return plans._replace(cost=cost_of(made, plans, scarcity))


def repair(state: State, columns: Columns, relaxed: Relaxed) -> Plans:
    """Orders that the relaxation has decided as it has them; the others one by one at its prices, on what is left."""
    made = state.made
    orders = made.zone.size
    chosen = np.zeros(orders)
    np.maximum.at(chosen, columns.order, relaxed.x)
    whole = relaxed.x > 1 - 1e-6
    plans = plans_from(made, columns, np.flatnonzero(whole), state.stock.shape[0])
    units, places = usage(made, plans, state.stock, state.room)
    stock, room = state.stock - units, state.room - places
    rest = np.setdiff1d(np.arange(orders), columns.order[whole])
    rest = rest[np.argsort(-chosen[rest], kind="stable")]
    here = plan_at(
        made, state.scarcity + relaxed.unit_price, relaxed.day_price, stock, room, rest, sequential=True
    )
    plain = at_no_prices(made, here, state.scarcity)
    put_back(plans, made, rest, some(plain, made, rest))
    return plans


def plans_from(made: Tables, columns: Columns, which: Ints, warehouses: int) -> Plans:
    """The plans of some columns; orders that have none stay empty."""
    orders = made.zone.size
    plans = Plans(
        np.full(made.sku.size, -1, dtype=np.int64),
        np.full((orders, warehouses), -1, dtype=np.int64),
        np.zeros(orders),
        np.zeros(orders),
    )
    order = columns.order[which]
    plans.plan[spans(made.start, order)] = columns.plan[spans(columns.piece_start, which)]
    plans.day[order] = columns.day[which]
    plans.cost[order] = columns.cost[which]
    return plans


def _choose(
    state: State,
    rows: Rows,
    relaxed: Relaxed,
    start: Plans,
    bound: float,
    budget: Budget,
    good_enough: float,
) -> tuple[Plans, float]:
    """Integers over all plans near the relaxation, with a margin that grows until the gap is closed.

    A decision that uses a plan beyond the margin costs at least the relaxation plus the margin: so the lesser of
    that and of the bound in integers is proven.
    """
    made = state.made
    everyone = np.arange(made.zone.size, dtype=np.int64)
    relaxed_bound, plans = bound, start
    gap = float(start.cost.sum()) - bound
    wanted = _FIRST_MARGIN * float(start.cost.mean())
    while True:
        margin = min(gap, wanted)
        close = near(
            made, state.scarcity, relaxed.unit_price, relaxed.day_price, state.stock, state.room,
            relaxed.order_price, margin,
        )  # fmt: skip
        if close.order.size > max(4 * _MOST_NEAR * everyone.size, _FEW):
            return plans, bound
        of_close = columns_of(close.made, rows, np.arange(close.order.size, dtype=np.int64), close.plans)
        columns = joined([of_close._replace(order=close.order), columns_of(made, rows, everyone, plans)])
        begun = np.zeros(columns.order.size)
        begun[-everyone.size :] = 1.0
        chosen = choose_in_integers(
            columns,
            everyone.size,
            rows,
            begun,
            seconds=budget.remaining(),
            nodes=budget.rounds_left,
            gap=0.5 * good_enough,
        )
        plans = plans_from(made, columns, np.flatnonzero(chosen.x > 0.5), state.stock.shape[0])
        bound = max(bound, min(chosen.bound, relaxed_bound + close.margin))
        budget.count()
        cost = float(plans.cost.sum())
        gap = cost - relaxed_bound
        crowded = close.order.size > _MOST_NEAR * everyone.size
        if cost - bound <= good_enough * cost or margin >= gap or crowded or budget.spent():
            return plans, bound
        wanted *= _GROWTH
