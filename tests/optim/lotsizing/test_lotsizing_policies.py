"""(s,S), (r,Q) and the newsvendor against stockpyl, against every policy there is, and in simulation."""

from __future__ import annotations

import numpy as np
import pytest
from stockpyl.newsvendor import newsvendor_normal, newsvendor_poisson
from stockpyl.rq import r_q_poisson_exact
from stockpyl.ss import s_s_cost_discrete, s_s_discrete_exact, s_s_power_approximation

from hecang_optim.errors import InvalidProblem
from hecang_optim.lotsizing import (
    Family,
    fit_demand,
    lot_and_point,
    min_max,
    min_max_by_formula,
    min_max_of,
    newsvendor,
    newsvendor_from_history,
)

#: mean a period, setup, holding, backorder
CASES = [
    (6.0, 5.0, 1.0, 9.0),
    (3.0, 50.0, 1.0, 20.0),
    (0.4, 10.0, 1.0, 9.0),
    (20.0, 64.0, 1.0, 4.0),
    (2.0, 200.0, 1.0, 0.5),
]


@pytest.mark.parametrize(("mean", "setup", "holding", "backorder"), CASES)
def test_min_max_is_that_of_stockpyl(mean: float, setup: float, holding: float, backorder: float) -> None:
    found = min_max(fit_demand(mean, mean, Family.POISSON), 0, setup, holding, backorder)
    point, target, cost = s_s_discrete_exact(holding, backorder, setup, True, demand_mean=mean)
    assert (found.reorder_point[0], found.order_up_to[0]) == (point, target)
    assert found.cost[0] == pytest.approx(cost, rel=1e-6)


def test_min_max_of_any_distribution_is_the_best_of_all() -> None:
    chance = [0.5, 0.0, 0.2, 0.0, 0.0, 0.3]
    point, target, cost = min_max_of(chance, 0, setup=12.0, holding=1.0, backorder=6.0)
    every = {
        (s, up_to): s_s_cost_discrete(
            s, up_to, 1.0, 6.0, 12.0, False, demand_hi=39, demand_pmf=chance + [0.0] * 34
        )
        for s in range(-4, 9)
        for up_to in range(max(s + 1, 0), 20)
    }
    assert cost == pytest.approx(min(every.values()))
    assert every[point, target] == pytest.approx(cost)


def test_the_cost_of_min_max_with_a_lead_time_comes_out_in_simulation() -> None:
    mean, variance, lead_time = 2.0, 5.0, 3
    setup, holding, backorder = 20.0, 1.0, 9.0
    found = min_max(
        fit_demand(mean, variance, Family.NEGATIVE_BINOMIAL), lead_time, setup, holding, backorder
    )
    point, target = found.reorder_point[0], found.order_up_to[0]
    asked = np.random.default_rng(5).negative_binomial(mean**2 / (variance - mean), mean / variance, 200_000)
    position, orders = target, 0
    positions = np.empty(len(asked))
    for period, units in enumerate(asked.tolist()):
        if position <= point:
            position, orders = target, orders + 1
        positions[period] = position
        position -= units
    total = np.concatenate([[0.0], np.cumsum(asked)])
    ends = positions[: -lead_time - 1] - (total[lead_time + 1 : -1] - total[: -lead_time - 2])
    cost = setup * orders / len(asked) + np.mean(
        holding * np.maximum(ends, 0) + backorder * np.maximum(-ends, 0)
    )
    assert cost == pytest.approx(found.cost[0], rel=0.01)


def test_min_max_takes_counted_demand_only() -> None:
    with pytest.raises(InvalidProblem) as caught:
        min_max(fit_demand([1.0, 100.0], [1.0, 100.0]), 0, 1.0, 1.0, 1.0)
    assert (caught.value.field, caught.value.index) == ("demand.family", 1)
    with pytest.raises(InvalidProblem, match="whole periods"):
        min_max(fit_demand(1.0, 1.0), 0.5, 1.0, 1.0, 1.0)
    with pytest.raises(InvalidProblem, match="add up to 1"):
        min_max_of([0.5, 0.2], 0, 1.0, 1.0, 1.0)


def test_an_sku_without_demand_is_ordered_when_one_is_owed() -> None:
    found = min_max(fit_demand([0.0, 1.0], [0.0, 1.0]), 2, 5.0, 1.0, 9.0)
    assert (found.reorder_point[0], found.order_up_to[0], found.cost[0]) == (-1.0, 0.0, 0.0)
    formula = min_max_by_formula([0.0, 1.0], [0.0, 1.0], 2, 5.0, 1.0, 9.0)
    assert (formula.reorder_point[0], formula.order_up_to[0], formula.cost[0]) == (-1.0, 0.0, 0.0)


@pytest.mark.parametrize(("mean", "setup", "holding", "backorder"), [CASES[1], CASES[2], CASES[3]])
def test_the_formula_is_that_of_stockpyl_in_whole_units(
    mean: float, setup: float, holding: float, backorder: float
) -> None:
    found = min_max_by_formula(mean, mean, 0, setup, holding, backorder)
    point, target = s_s_power_approximation(holding, backorder, setup, mean, mean**0.5)
    assert (found.reorder_point[0], found.order_up_to[0]) == (round(point), round(target))


def test_the_formula_costs_little_more_than_the_optimum() -> None:
    demand = fit_demand([4.0, 8.0, 16.0, 24.0], [8.0, 8.0, 40.0, 60.0])
    exact = min_max(demand, 2, 64.0, 1.0, 9.0)
    formula = min_max_by_formula(demand.mean, demand.variance, 2, 64.0, 1.0, 9.0)
    assert np.all(np.abs(formula.reorder_point - exact.reorder_point) <= 2)
    assert formula.cost == pytest.approx(exact.cost, rel=0.05)


@pytest.mark.parametrize(("mean", "setup", "holding", "backorder"), CASES)
@pytest.mark.parametrize("lead_time", [0.5, 2.0])
def test_lot_and_point_are_those_of_stockpyl(
    mean: float, setup: float, holding: float, backorder: float, lead_time: float
) -> None:
    lead = fit_demand(mean * lead_time, mean * lead_time, Family.POISSON)
    found = lot_and_point(lead, mean, setup, holding, backorder)
    point, quantity, cost = r_q_poisson_exact(holding, backorder, setup, mean, lead_time)
    assert (found.reorder_point[0], found.quantity[0]) == (point, quantity)
    assert found.cost[0] == pytest.approx(cost, rel=1e-6)


def test_goods_that_come_at_once_are_ordered_when_they_are_gone() -> None:
    found = lot_and_point(fit_demand([0.0, 0.0], 0.0), [8.0, 0.0], 4.0, 1.0, 1000.0)
    assert (found.reorder_point[0], found.quantity[0]) == (-1.0, 8.0)
    assert found.quantity[1] == 0.0


def test_the_newsvendor_is_that_of_stockpyl() -> None:
    normal = newsvendor(fit_demand(50.0, 64.0, Family.NORMAL), 0.18, 0.70)
    assert (normal.quantity[0], normal.cost[0]) == pytest.approx(newsvendor_normal(0.18, 0.70, 50, 8))
    counted = newsvendor(fit_demand(50.0, 50.0, Family.POISSON), 1.0, 4.0)
    assert (counted.quantity[0], counted.cost[0]) == pytest.approx(newsvendor_poisson(1.0, 4.0, 50))


def test_the_newsvendor_by_history_is_the_best_quantity_of_all() -> None:
    rng = np.random.default_rng(2)
    history = rng.poisson(6, (30, 13)).astype(float)
    over, under = rng.uniform(0.5, 2, 30), rng.uniform(0.5, 9, 30)
    found = newsvendor_from_history(history, over, under)
    levels = np.arange(30.0)[:, None, None]
    costs = over * np.maximum(levels - history, 0).mean(axis=2) + under * np.maximum(
        history - levels, 0
    ).mean(axis=2)
    assert found.cost == pytest.approx(costs.min(axis=0))
    with pytest.raises(InvalidProblem, match="SKUs, seasons"):
        newsvendor_from_history([1.0, 2.0], 1.0, 1.0)
