"""One order at once, prices of scarcity, explanations, and the rules of others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.optim.sourcing.sourcing_cases import network, orders, problem, random_problem

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.sourcing import (
    FastPath,
    Need,
    Prices,
    Source,
    cheapest_first,
    decide,
    departures,
    explain,
    nearest_with_all,
    scarcity_prices,
    solve,
    solve_one_by_one,
)

NEAR = Source(1, fixed=1.0, line_price=0.0, unit_price=0.0, first_price=5.0, step_price=1.0)
FAR = Source(2, fixed=1.0, line_price=0.0, unit_price=0.0, first_price=9.0, step_price=5.0)


def need(sku: int, quantity: int, free: dict[int, int], price: dict[int, float] | None = None) -> Need:
    return Need(sku, quantity, 400, 40.0, free, price or {})


# ---------------------------------------------------------------- one order


def test_all_from_the_cheapest_that_has_it() -> None:
    found = decide([need(7, 2, {1: 2, 2: 9}), need(8, 1, {1: 1, 2: 9})], [NEAR, FAR])
    assert found.takes == [(1, 7, 2), (1, 8, 1)]
    assert found.cost == pytest.approx(1 + 5 + 1)  # 1200 g


def test_the_price_of_a_unit_turns_the_choice() -> None:
    found = decide([need(7, 1, {1: 1, 2: 9}, {1: 4.5})], [NEAR, FAR])
    assert found.takes == [(2, 7, 1)]


def test_split_where_nobody_has_all() -> None:
    found = decide([need(7, 1, {1: 1}), need(8, 3, {1: 1, 2: 2})], [NEAR, FAR], split_price=2.0)
    assert sorted(found.takes) == [(1, 7, 1), (1, 8, 1), (2, 8, 2)]
    assert found.cost == pytest.approx(6 + 10 + 2)


def test_open_where_it_is_not_worth_a_parcel() -> None:
    cheap = Need(8, 1, 400, 3.0, {2: 1})
    found = decide([need(7, 1, {1: 1}), cheap], [NEAR, FAR], split_price=2.0)
    assert (found.takes, found.short) == ([(1, 7, 1)], {8: 1})


def test_nothing_anywhere() -> None:
    assert decide([need(7, 2, {})], [NEAR, FAR]).short == {7: 2}
    assert decide([need(7, 2, {1: 5})], []).short == {7: 2}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5000))
def test_fast_path_never_beats_the_exact_answer_and_mostly_meets_it(seed: int) -> None:
    # given one order and the prices of a batch
    given_problem = random_problem(seed, 1)
    random = np.random.default_rng(seed)
    prices = Prices(random.uniform(0, 6, (3, 4)), random.uniform(0, 3, (3, 2)), given_problem.scarcity)
    exact = solve_one_by_one(given_problem, prices)
    wanted = given_problem.orders
    free = [{w: int(given_problem.stock[w, sku]) for w in range(3)} for sku in wanted.sku.tolist()]
    # when
    found = FastPath(given_problem.network, given_problem.unit_g, prices).decide(
        int(wanted.zone[0]),
        list(zip(wanted.sku.tolist(), wanted.quantity.tolist(), strict=True)),
        free,
        short_price=50.0,
        due_hours=float(wanted.due_hours[0]),
        allowed=np.flatnonzero(wanted.allowed[0]).tolist(),
    )
    # then it adds up, takes what is there, and costs at least the optimum at the same prices
    for (sku, there), units in zip(
        zip(wanted.sku.tolist(), free, strict=True), wanted.quantity.tolist(), strict=True
    ):
        taken = {w: number for w, of, number in found.takes if of == sku}
        assert sum(taken.values()) + found.short.get(sku, 0) == units
        assert all(0 < number <= there[w] for w, number in taken.items())
    paid = exact.value + float((prices.stock * exact.taken).sum() + (prices.capacity * exact.used).sum())
    assert found.cost >= paid - 1e-6
    if (
        len({w for w, _sku, _units in found.takes}) <= 1
        and len(exact.shipments(0)) <= 1
        and not (found.short or exact.short.any())
    ):
        assert found.cost == pytest.approx(paid)


def test_fast_path_refuses_a_zone_that_does_not_exist() -> None:
    net = network([[5.0]])
    prices = Prices(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1)))
    with pytest.raises(InvalidProblem, match="zone"):
        FastPath(net, np.array([1]), prices).decide(1, [(0, 1)], [{0: 1}], short_price=1.0)


# ---------------------------------------------------------------- scarcity


def test_a_unit_is_worth_what_the_next_best_costs_more_times_the_chance_that_it_is_missed() -> None:
    net = network([[5.0], [9.0]])
    later = np.array([[1.0]])
    prices = scarcity_prices(net, np.array([300]), np.array([[1], [50]]), later, 40.0)
    # P(at least 1 | mean 1) = 1 - 1/e; missed, it costs 9 instead of 5; warehouse 1 has no customers of its own
    assert prices[:, 0].tolist() == pytest.approx([4.0 * (1 - np.exp(-1)), 0.0])


def test_the_last_units_of_all_are_worth_what_waiting_costs_more() -> None:
    net = network([[5.0], [9.0]])
    alone = scarcity_prices(net, np.array([300]), np.array([[1], [0]]), np.array([[100.0]]), 40.0)
    assert alone[:, 0].tolist() == pytest.approx([40.0 - 5.0, 0.0])
    # where two hold it, who is missed at the first pays 4 more at the second, and the last waits instead of paying 9
    both = scarcity_prices(net, np.array([300]), np.array([[1], [1]]), np.array([[100.0]]), 40.0)
    assert both[:, 0].tolist() == pytest.approx([4.0 + 31.0, 31.0])


def test_plenty_has_no_price_and_todays_orders_count() -> None:
    net = network([[5.0], [9.0]])
    stock, later = np.array([[40], [50]]), np.array([[5.0]])
    assert scarcity_prices(net, np.array([300]), stock, later, 40.0)[0, 0] == pytest.approx(0.0, abs=1e-9)
    busy = scarcity_prices(net, np.array([300]), stock, later, 40.0, now=np.array([[38.0]]))
    assert busy[0, 0] == pytest.approx(4.0 * (1 - 6 * np.exp(-5)))


def test_departures_know_the_cut_off() -> None:
    hours = departures(15.0, np.array([16.0, 14.0]), np.array([18.0, 18.0]), 2)
    assert hours.tolist() == [[3.0, 27.0], [27.0, 51.0]]


# ---------------------------------------------------------------- explanations


def test_explanation_names_the_price_and_what_stands_in_the_way() -> None:
    # given: the unit that both want is worth more to the second order
    net = network([[5.0, 5.0], [6.0, 12.0], [5.5, 5.5]])
    solution = solve(
        problem(
            net,
            orders([{0: 1}, {0: 1}], [0, 1], allowed=np.array([[True, True, False]] * 2)),
            [[1], [5], [9]],
        ),
        Budget(rounds=50),
    )
    # when
    told = explain(solution, 0)
    # then
    assert told.chosen.warehouses == (1,)
    assert told.chosen.cost == pytest.approx(6.0)
    why = {option.warehouses: told.why_not(option) for option in told.alternatives}
    assert why[(0,)] == "left by the other orders: 0 of 1 units of SKU 0"
    assert why[(2,)] == "may not ship this order"
    other = explain(solution, 1)
    assert other.why_not(other.alternatives[0]).endswith("dearer: freight")


def test_explanation_tells_what_stays_open() -> None:
    solution = solve(problem(network([[5.0]]), orders([{0: 3}]), [[2]]), Budget(rounds=50))
    told = explain(solution, 0)
    assert told.short == {0: 1}
    assert str(told.alternatives[0].obstacles[0]) == "no stock: 2 of 3 units of SKU 0"
    with pytest.raises(InvalidProblem, match="order"):
        explain(solution, 1)


# ---------------------------------------------------------------- the rules of others


def test_nearest_that_has_all_then_fewest() -> None:
    net = network([[5.0], [6.0], [7.0]])
    km = np.array([[10.0], [20.0], [30.0]])
    wanted = orders([{0: 1, 1: 1}, {0: 1, 1: 1}, {0: 1, 1: 2}])
    solution = nearest_with_all(problem(net, wanted, [[1, 0], [1, 1], [1, 2]]), km)
    solution.check()
    assert [sorted(one.warehouse for one in solution.shipments(o)) for o in range(3)] == [[1], [2], [0, 2]]
    assert solution.short.tolist() == [0, 0, 0, 0, 0, 1]


def test_cheapest_first_goes_by_cost() -> None:
    net = network([[9.0], [5.0]])
    solution = cheapest_first(problem(net, orders([{0: 1}, {0: 1}]), [[5], [1]]))
    solution.check()
    assert [solution.shipments(o)[0].warehouse for o in (0, 1)] == [1, 0]


@pytest.mark.parametrize("seed", range(3))
def test_rules_keep_the_rules(seed: int) -> None:
    given_problem = random_problem(seed, 30)
    km = np.random.default_rng(seed).uniform(1, 2000, (3, 3))
    bound = solve(given_problem, Budget(rounds=12)).bound
    for solution in (nearest_with_all(given_problem, km), cheapest_first(given_problem)):
        solution.check()
        assert solution.value >= bound * 0.98  # lines may be divided beyond what the bound knows
