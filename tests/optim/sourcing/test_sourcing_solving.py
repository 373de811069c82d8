"""All orders together: against an exhaustive oracle, the rules of the problem, and what the words say."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.optim.sourcing.sourcing_cases import network, orders, problem, random_problem

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.sourcing import Problem, Solution, solve, solve_one_by_one

TWO = network([[5.0, 10.0], [8.0, 5.0]])


def solved(given_problem: Problem, **other: float) -> Solution:
    solution = solve(given_problem, Budget(rounds=500), good_enough=0.0, **other)
    solution.check()
    return solution


def sources(solution: Solution, order: int) -> dict[int, dict[int, int]]:
    return {one.warehouse: one.units for one in solution.shipments(order)}


# ---------------------------------------------------------------- an oracle that shares no code


def parcel_price(net: object, w: int, z: int, grams: int) -> tuple[float, int]:
    """Money and parcels, written as a carrier would tell it."""
    money, parcels = 0.0, 0
    while True:
        here = min(grams, int(net.parcel_g[w]))  # type: ignore[attr-defined]
        over = max(0, here - int(net.first_g[w, z]))  # type: ignore[attr-defined]
        money += net.first_price[w, z] + net.step_price[w, z] * math.ceil(over / net.step_g[w, z])  # type: ignore[attr-defined]
        parcels += 1
        grams -= here
        if grams <= 0:
            return money, parcels


def all_plans(of: Problem, o: int) -> list[tuple[float, dict[tuple[int, int], int], list[tuple[int, int]]]]:
    """Every way to ship an order, units divided at will: (cost, (warehouse, SKU) → units, (warehouse, day))."""
    net, wanted = of.network, of.orders
    lines = range(wanted.line_start[o], wanted.line_start[o + 1])
    may = [w for w in range(net.warehouses) if wanted.allowed is None or wanted.allowed[o, w]]
    ways = []
    for line in lines:
        sku, quantity = int(wanted.sku[line]), int(wanted.quantity[line])
        spread = itertools.product(*(range(min(quantity, int(of.stock[w, sku])) + 1) for w in may))
        ways.append([(sku, line, units) for units in spread if sum(units) <= quantity])
    plans = []
    for way in itertools.product(*ways):
        cost, grams, used = 0.0, {}, {}
        for sku, line, units in way:
            cost += float(wanted.short_price[line]) * (int(wanted.quantity[line]) - sum(units))
            for w, taken in zip(may, units, strict=True):
                if taken:
                    scarcity = 0.0 if of.scarcity is None else of.scarcity[w, sku]
                    cost += net.handling_line[w] + taken * (net.handling_unit[w] + scarcity)
                    grams[w] = grams.get(w, 0) + taken * int(of.unit_g[sku])
                    used[w, sku] = taken
        if len(grams) > net.most_warehouses:
            continue
        parcels = 0
        z = int(wanted.zone[o])
        for w, weight in grams.items():
            money, number = parcel_price(net, w, z, weight)
            cost += net.handling_shipment[w] + money
            parcels += number
        cost += net.split_price * max(0, parcels - 1)
        for days in itertools.product(range(net.days), repeat=len(grams)):
            late = 0.0
            for w, d in zip(grams, days, strict=True):
                due = np.inf if wanted.due_hours is None else wanted.due_hours[o]
                late += net.late_price * max(0.0, net.departure_hours[w, d] + net.lead_hours[w, z] - due)
            plans.append((cost + late, used, list(zip(grams, days, strict=True))))
    return plans


def least_cost(of: Problem) -> float:
    """The optimum over all plans of all orders, by scipy."""
    net = of.network
    columns = [(o, *plan) for o in range(of.orders.count) for plan in all_plans(of, o)]
    stock_row = of.orders.count
    room_row = stock_row + of.stock.size
    matrix = np.zeros((room_row + net.capacity.size, len(columns)))
    for c, (o, _cost, used, shipments) in enumerate(columns):
        matrix[o, c] = 1
        for (w, sku), units in used.items():
            matrix[stock_row + w * of.stock.shape[1] + sku, c] += units
        for w, d in shipments:
            matrix[room_row + w * net.days + d, c] += 1
    lower = np.concatenate((np.ones(of.orders.count), np.full(of.stock.size + net.capacity.size, -np.inf)))
    upper = np.concatenate((np.ones(of.orders.count), of.stock.ravel(), net.capacity.ravel()))
    found = milp(
        np.array([column[1] for column in columns]),
        constraints=LinearConstraint(matrix, lower, upper),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    return float(found.fun)


@pytest.mark.parametrize("seed", range(6))
def test_optimum_of_small_problems(seed: int) -> None:
    # given: units are so few that every SKU is scarce, so lines may be divided at will
    given_problem = random_problem(seed, 4, warehouses=2, skus=3, most_units=2)
    # when
    solution = solved(given_problem)
    # then: never below the least cost of all; the proven bound neither above nor, here, far below
    least = least_cost(given_problem)
    assert solution.value >= least - 1e-6
    assert solution.value <= least * 1.002 + 1e-6
    assert solution.bound <= solution.value_bounded + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_optimum_where_each_line_is_one_unit(seed: int) -> None:
    given_problem = random_problem(100 + seed, 6, warehouses=3, skus=3, most_units=1)
    assert solved(given_problem).value == pytest.approx(least_cost(given_problem), rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_rules_hold_and_bounds_are_bounds(seed: int, count: int) -> None:
    given_problem = random_problem(seed, count)
    together = solve(given_problem, Budget(rounds=10), good_enough=5e-3)
    portions = solve(given_problem, Budget(rounds=84), good_enough=5e-3, whole_up_to=0, portion=7)
    alone = solve_one_by_one(given_problem, together.prices)
    for solution in (together, portions, alone):
        solution.check()
    assert together.bound <= together.value_bounded + 1e-6
    # what is bound in one way is no less in the other
    assert portions.bound <= together.value_bounded + 1e-6
    assert together.bound <= portions.value_bounded + 1e-6
    assert together.by_component()["short"] <= float(
        (given_problem.orders.short_price * given_problem.orders.quantity).sum()
    )


def test_the_same_twice() -> None:
    first, second = (solve(random_problem(7, 30), Budget(rounds=15)) for _time in range(2))
    assert (first.value, first.bound) == (second.value, second.bound)
    assert np.array_equal(first.warehouse, second.warehouse)


# ---------------------------------------------------------------- what the words say


def test_the_cheaper_warehouse_ships() -> None:
    solution = solved(problem(TWO, orders([{0: 1}, {0: 1}], [0, 1]), [[5], [5]]))
    assert [sources(solution, o) for o in (0, 1)] == [{0: {0: 1}}, {1: {0: 1}}]
    assert solution.by_component()["freight"] == pytest.approx(10.0)


def test_the_last_unit_goes_where_it_saves_most() -> None:
    # given: both orders are cheapest from warehouse 0, which has one unit
    net = network([[5.0, 5.0], [6.0, 12.0]])
    solution = solved(problem(net, orders([{0: 1}, {0: 1}], [0, 1]), [[1], [5]]))
    # then: the second gets it, for whom the other warehouse is 7 dearer, not the first that asks
    assert [sources(solution, o) for o in (0, 1)] == [{1: {0: 1}}, {0: {0: 1}}]
    assert solution.prices.stock[0, 0] > 0


def test_a_scarce_unit_stays_for_those_who_come_later() -> None:
    scarcity = np.array([[4.0], [0.0]])
    solution = solved(problem(TWO, orders([{0: 1}]), [[1], [5]], scarcity=scarcity))
    assert sources(solution, 0) == {1: {0: 1}}
    assert solution.by_component()["scarcity"] == 0.0


def test_one_parcel_unless_two_are_cheaper() -> None:
    # given: warehouse 0 is cheap but has one of the two SKUs, warehouse 1 has both
    split = {"split_price": 3.0}
    dear = network([[5.0], [13.0]], **split)
    cheap = network([[5.0], [30.0]], **split)
    stock = [[9, 0], [9, 9]]
    assert sources(solved(problem(dear, orders([{0: 1, 1: 1}]), stock)), 0) == {1: {0: 1, 1: 1}}
    # with 30 for the far parcel there is still one parcel: the near one would be a second
    assert sources(solved(problem(cheap, orders([{0: 1, 1: 1}]), stock)), 0) == {1: {0: 1, 1: 1}}


def test_a_sku_is_divided_where_no_warehouse_has_all_of_it() -> None:
    solution = solved(problem(TWO, orders([{0: 7}]), [[4], [3]]))
    assert sources(solution, 0) == {0: {0: 4}, 1: {0: 3}}


def test_weight_steps_and_full_parcels() -> None:
    net = network([[10.0]], parcel_g=np.array([3000], dtype=np.int64), split_price=1.0)
    solution = solved(problem(net, orders([{0: 1}]), [[1]], grams=7500))
    # two parcels of 3 kg (10 + 2 × 2) and one of 1.5 kg (10 + 2), two of them after the first
    assert solution.by_component()["freight"] == pytest.approx(14 + 14 + 12)
    assert solution.by_component()["split"] == pytest.approx(2.0)


def test_what_is_not_there_stays_open() -> None:
    solution = solved(problem(TWO, orders([{0: 3, 1: 1}]), [[2, 0], [0, 0]]))
    assert sources(solution, 0) == {0: {0: 2}}
    assert solution.short.tolist() == [1, 1]
    assert solution.by_component()["short"] == pytest.approx(100.0)


def test_what_costs_more_than_leaving_it_stays_open() -> None:
    solution = solved(problem(TWO, orders([{0: 1}], short=4.0), [[5], [5]]))
    assert solution.shipments(0) == []
    assert solution.value == pytest.approx(4.0)


def test_a_full_warehouse_sends_the_rest_later_or_from_elsewhere() -> None:
    net = network(
        [[5.0], [9.0]],
        departure_hours=np.array([[5.0, 29.0], [5.0, 29.0]]),
        capacity=np.array([[1, 1], [9, 9]], dtype=np.int64),
        late_price=0.1,
    )
    wanted = orders([{0: 1}] * 3, due_hours=np.array([29.0, 29.0, 29.0]))
    solution = solved(problem(net, wanted, [[9], [9]]))
    # today 5, tomorrow 5 + 2.40 for a day too late, the third from the other warehouse
    assert sorted(solution.costs.sum(axis=1).round(2).tolist()) == [5.0, 7.4, 9.0]
    assert solution.used.tolist() == [[1, 1], [1, 0]]
    assert solution.prices.capacity[0, 0] > 0


def test_forced_and_forbidden_warehouses() -> None:
    forced = orders([{0: 1}, {0: 1}], forced=np.array([1, -1], dtype=np.int64))
    assert [sources(solved(problem(TWO, forced, [[5], [5]])), o) for o in (0, 1)] == [
        {1: {0: 1}},
        {0: {0: 1}},
    ]
    nowhere = orders([{0: 1}], allowed=np.array([[False, False]]))
    assert solved(problem(TWO, nowhere, [[5], [5]])).short.tolist() == [1]


def test_not_more_shipments_than_allowed() -> None:
    net = network([[5.0]] * 3, most_warehouses=2)
    solution = solved(problem(net, orders([{0: 1, 1: 1, 2: 1}]), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
    assert len(solution.shipments(0)) == 2
    assert solution.short.sum() == 1


def test_leftovers_are_given_once_more() -> None:
    # given: six units wanted twice, in parts of two and one; seven are there, in odd heaps
    solution = solved(problem(TWO, orders([{0: 6}, {0: 6}]), [[5], [2]]))
    assert solution.short.sum() == 5


def test_no_orders_at_all_and_orders_without_lines() -> None:
    assert solved(problem(TWO, orders([]), [[1], [1]])).value == 0.0
    assert solved(problem(TWO, orders([{}, {0: 1}]), [[1], [1]])).shipments(0) == []


def test_improvements_are_told_and_fall() -> None:
    told: list[float] = []
    solution = solve(random_problem(3, 40), Budget(rounds=15), good_enough=1e-3, on_improvement=told.append)
    assert told == sorted(told, reverse=True)
    assert solution.value <= told[-1] + 1e-6


def test_a_cancelled_search_still_answers() -> None:
    solution = solve(random_problem(3, 60), Budget(rounds=60, cancelled=lambda: True))
    solution.check()
    assert solution.value < float(
        (solution.problem.orders.short_price * solution.problem.orders.quantity).sum()
    )


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InvalidProblem, match=r"orders\.quantity\[1\]"):
        orders([{0: 1, 1: 0}])
    with pytest.raises(InvalidProblem, match=r"orders\.sku\[0\]: must be below 1"):
        problem(TWO, orders([{3: 1}]), [[1], [1]])
    with pytest.raises(InvalidProblem, match=r"network\.first_g\[0\]"):
        network([[5.0]], first_g=np.array([[0]], dtype=np.int64))
    with pytest.raises(InvalidProblem, match="stock: must have the shape"):
        problem(TWO, orders([{0: 1}]), [[1]])
    with pytest.raises(InvalidProblem, match="good_enough"):
        solve(random_problem(0, 2), Budget(rounds=1), good_enough=-1.0)
