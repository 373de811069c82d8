"""Tens of thousands of orders: prices for all, then portions that are solved exactly at these prices, again and again.

1. Prices of scarce stock and places by the subgradient method on the Lagrangean dual (Held, Wolfe & Crowder 1974):
   every order picks its best plan, what is wanted too much gets dearer, what is left over cheaper. Each round
   proves a bound.
2. All orders choose one after the other at these prices, the most urgent first: a first decision.
3. Portion after portion is taken back and solved exactly with all that is free then: this only improves. Portions
   are made of orders that want the same scarce goods. Until the budget is spent or nothing improves.
"""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.budget import Budget
from hecang_optim.sourcing.exact import Found, State, Tell, dual_bound, solve_exactly
from hecang_optim.sourcing.master import rows_that_bind
from hecang_optim.sourcing.tables import Plans, cost_of, part, plan_at, put_back, some, usage

#: Rounds of the subgradient method; its step is halved after so many without a better bound.
_ROUNDS = 80
_PATIENCE = 4
#: Weight of the last direction in the next: prices swing less.
_MEMORY = 0.5
#: Portions are solved to this gap, with so much of the remaining time each.
_PORTION_GAP = 2e-4
_PORTION_SECONDS = 4.0


def solve_rolling(
    state: State, urgency: Floats, budget: Budget, portion: int, good_enough: float, tell: Tell | None = None
) -> Found:
    """See the module.

    :param urgency: (O,) the least choose first.
    :param portion: orders solved at once.
    """
    first = np.argsort(urgency, kind="stable")
    unit_price, day_price, bound = _prices(state, first, budget)
    plans = _one_by_one(state, first, unit_price, day_price)
    told = float(plans.cost.sum())
    if tell is not None:
        tell(told)
    groups = _groups(state, plans, unit_price, portion)
    idle, turn = 0, 0
    while groups and idle < len(groups) and not budget.spent():
        if told - bound <= good_enough * told:
            break
        _again(state, plans, groups[turn % len(groups)], budget)
        cost = float(plans.cost.sum())
        idle = 0 if cost < told - 1e-6 else idle + 1
        turn += 1
        if cost < told and tell is not None:
            tell(cost)
        told = cost
    return Found(plans, bound, unit_price, day_price)


def _prices(state: State, first: Ints, budget: Budget) -> tuple[Floats, Floats, float]:
    """((W, S) prices of units, (W, D) prices of places, proven bound): the best that the rounds have found."""
    made = state.made
    rows = rows_that_bind(made, state.stock, state.room)
    unit_price, day_price = np.zeros(state.stock.shape), np.zeros(state.room.shape)
    best = (unit_price, day_price, -np.inf)
    target = float(_one_by_one(state, first, unit_price, day_price).cost.sum())
    pace, missed = 1.0, 0
    over_units, over_places = np.zeros(state.stock.shape), np.zeros(state.room.shape)
    for _round in range(_ROUNDS):
        plans = plan_at(made, state.scarcity + unit_price, day_price, state.stock, state.room)
        bound = dual_bound(state, plans, unit_price, day_price)
        missed = 0 if bound > best[2] else missed + 1
        if bound > best[2]:
            best = (unit_price, day_price, bound)
        if missed >= _PATIENCE:
            pace, missed = 0.5 * pace, 0
            unit_price, day_price = best[0], best[1]
        budget.count()
        if budget.spent():
            break
        units, places = usage(made, plans, state.stock, state.room)
        over_units = _MEMORY * over_units + np.where(rows.stock >= 0, units - state.stock, 0)
        over_places = _MEMORY * over_places + np.where(rows.room >= 0, places - state.room, 0)
        # what is free already cannot become cheaper
        over_units = np.where((unit_price > 0) | (over_units > 0), over_units, 0.0)
        over_places = np.where((day_price > 0) | (over_places > 0), over_places, 0.0)
        length = float((over_units**2).sum() + (over_places**2).sum())
        if length == 0.0 or target - bound <= 1e-6 * abs(target):
            break
        step = pace * (target - bound) / length
        unit_price = np.maximum(0.0, unit_price + step * over_units)
        day_price = np.maximum(0.0, day_price + step * over_places)
    return best


def _one_by_one(state: State, first: Ints, unit_price: Floats, day_price: Floats) -> Plans:
    """The orders choose in this order at these prices, on what is left."""
    made = state.made
    plans = plan_at(
        made,
        state.scarcity + unit_price,
        day_price,
        state.stock.copy(),
        state.room.copy(),
        first,
        sequential=True,
    )
    return plans._replace(cost=cost_of(made, plans, state.scarcity))


def _groups(state: State, plans: Plans, unit_price: Floats, portion: int) -> list[Ints]:
    """Portions of the orders that scarce goods concern; those who want the same dearest SKU stay together."""
    made = state.made
    dearest = unit_price.max(axis=0)
    orders = made.zone.size
    owner = np.repeat(np.arange(orders), np.diff(made.start))
    worth = dearest[made.sku]
    ranked = np.lexsort((worth, owner))
    last = np.searchsorted(owner[ranked], np.arange(orders), side="right") - 1
    has = np.diff(made.start) > 0
    key = np.where(has, ranked[np.maximum(last, 0)], 0)
    concerned = np.flatnonzero(has & ((worth[key] > 0) | (plans.bound < plans.cost)))
    by_sku = concerned[np.lexsort((concerned, made.sku[key[concerned]]))]
    halves = [by_sku, np.roll(by_sku, portion // 2)]  # the second time the borders lie elsewhere
    return [
        some_
        for order in halves
        for some_ in np.array_split(order, max(1, -(-order.size // portion)))
        if some_.size
    ]


def _again(state: State, plans: Plans, which: Ints, budget: Budget) -> None:
    """Take these orders' plans back, and solve them with all that is free then; keep what is better."""
    made = state.made
    others = np.setdiff1d(np.arange(made.zone.size), which)
    units, places = usage(part(made, others), some(plans, made, others), state.stock, state.room)
    inner = State(part(made, which), state.stock - units, state.room - places, state.scarcity)
    share = Budget(
        seconds=None if budget.clock is None else min(_PORTION_SECONDS, budget.remaining()),
        clock=budget.clock,
        rounds=budget.rounds_left,
        cancelled=budget.cancelled,
    )
    found = solve_exactly(inner, share, _PORTION_GAP)
    budget.count()
    if found.cost < plans.cost[which].sum() - 1e-9:
        put_back(plans, made, which, found.plans)
