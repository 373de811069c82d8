"""From a problem to a solution, whatever its size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hecang_optim.arrays import Ints, spans
from hecang_optim.budget import Budget
from hecang_optim.errors import require
from hecang_optim.sourcing.exact import Found, State, solve_exactly
from hecang_optim.sourcing.pieces import Pieces, allowed, cut
from hecang_optim.sourcing.problem import Problem
from hecang_optim.sourcing.rolling import solve_rolling
from hecang_optim.sourcing.solution import Prices, Solution, no_prices
from hecang_optim.sourcing.tables import Plans, plan_at, tables


def solve(
    problem: Problem,
    budget: Budget,
    *,
    good_enough: float = 5e-4,
    whole_up_to: int = 12_000,
    portion: int = 2_000,
    on_improvement: Callable[[float], None] | None = None,
) -> Solution:
    """Decide all orders together; the cheapest that is found within the budget, with a proven bound.

    Up to ``whole_up_to`` orders by column generation over all of them, beyond in portions at common prices.

    The bound holds for every decision in which a line is divided only where it may have to be
    (:mod:`hecang_optim.sourcing.pieces`). What is left at the end is given once more, divided at will, from what is
    still there.

    :param good_enough: proven relative gap to stop at.
    :param portion: orders solved at once beyond.
    :param on_improvement: told the cost of each better decision.
    :raises InvalidProblem: ``good_enough``, ``whole_up_to`` or ``portion`` make no sense.
    """
    require(good_enough >= 0, "good_enough", "must not be negative")
    require(whole_up_to >= 0, "whole_up_to", "must not be negative")
    require(portion >= 1, "portion", "must be at least 1")
    pieces = cut(problem)
    made = tables(problem, pieces)
    scarcity = no_prices(problem).scarcity
    state = State(made, problem.stock, problem.network.capacity, np.ascontiguousarray(scarcity))
    if problem.orders.count <= whole_up_to:
        found = solve_exactly(state, budget, good_enough, on_improvement)
    else:
        found = solve_rolling(state, made.due, budget, portion, good_enough, on_improvement)
    prices = Prices(found.unit_price, found.day_price, scarcity)
    return _top_up(_solution(problem, pieces, found, prices), no_prices(problem))


def solve_one_by_one(problem: Problem, prices: Prices | None = None) -> Solution:
    """The orders choose in their order, each its best plan at the prices, on what is left; in no time.

    :param prices: of the last batch (``Solution.prices``); ``None``: only scarcity has a price.
    """
    given = no_prices(problem) if prices is None else prices
    pieces = cut(problem)
    made = tables(problem, pieces)
    everyone = np.arange(problem.orders.count, dtype=np.int64)
    plans = plan_at(
        made,
        given.unit,
        np.ascontiguousarray(given.capacity),
        problem.stock.copy(),
        problem.network.capacity.copy(),
        everyone,
        sequential=True,
    )
    found = Found(plans, -np.inf, given.stock, given.capacity)
    return _top_up(_solution(problem, pieces, found, given), given)


def _solution(problem: Problem, pieces: Pieces, found: Found, prices: Prices) -> Solution:
    plans = found.plans
    line, warehouse, units = _takes(problem, pieces, plans)
    made = Solution(problem, line, warehouse, units, plans.day, prices, found.bound, 0.0)
    return Solution(problem, line, warehouse, units, plans.day, prices, found.bound, made.value)


def _takes(problem: Problem, pieces: Pieces, plans: Plans) -> tuple[Ints, Ints, Ints]:
    """(line, warehouse, units) of what travels, each pair of line and warehouse once, by line."""
    goes = plans.plan >= 0
    key = pieces.line[goes] * problem.network.warehouses + plans.plan[goes]
    pairs, place = np.unique(key, return_inverse=True)
    units = np.zeros(pairs.size, dtype=np.int64)
    np.add.at(units, place, pieces.quantity[goes])
    line, warehouse = np.divmod(pairs, problem.network.warehouses)
    return line, warehouse, units


def _top_up(solution: Solution, prices: Prices) -> Solution:
    """Serve what was left from what is left, lines divided at will: orders with something open choose once more.

    :param prices: of units and places, for those who come after all these orders.
    """
    problem = solution.problem
    orders = problem.orders
    owner = np.repeat(np.arange(orders.count), np.diff(orders.line_start))
    left = problem.stock - solution.taken
    reachable = ((left[:, orders.sku] > 0) & allowed(problem)[owner].T).any(axis=0)
    which = np.unique(owner[(solution.short > 0) & reachable])
    if not which.size:
        return solution
    mine = np.isin(owner[solution.line], which)
    given_back = np.zeros_like(problem.stock)
    np.add.at(given_back, (solution.warehouse[mine], orders.sku[solution.line[mine]]), solution.units[mine])
    days = np.arange(problem.network.days)
    places_back = (solution.day[which][:, :, None] == days).sum(axis=0)
    room = problem.network.capacity - solution.used + places_back
    part = Problem(
        replace(problem.network, capacity=room),
        orders.take(which),
        left + given_back,
        problem.unit_g,
        problem.scarcity,
    )
    pieces = cut(part)
    capacity_price = np.ascontiguousarray(prices.capacity)
    plans = plan_at(
        tables(part, pieces), prices.unit, capacity_price, part.stock.copy(), room.copy(), sequential=True
    )
    paid = (prices.stock * given_back).sum() + (prices.capacity * places_back).sum()
    if plans.cost.sum() >= solution.costs[which].sum() + paid - 1e-9:
        return solution
    line, warehouse, units = _takes(part, pieces, plans)
    line = spans(orders.line_start, which)[line]
    day = solution.day.copy()
    day[which] = plans.day
    all_lines = np.concatenate((solution.line[~mine], line))
    ranked = np.argsort(all_lines, kind="stable")
    return replace(
        solution,
        line=all_lines[ranked],
        warehouse=np.concatenate((solution.warehouse[~mine], warehouse))[ranked],
        units=np.concatenate((solution.units[~mine], units))[ranked],
        day=day,
    )
