"""Lots of known demand: against every plan there is, and against stockpyl."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stockpyl.eoq import economic_order_quantity as eoq_of
from stockpyl.eoq import economic_order_quantity_with_all_units_discounts as discounts_of
from stockpyl.wagner_whitin import wagner_whitin

from hecang_optim.errors import InvalidProblem
from hecang_optim.lotsizing import (
    economic_order_quantity,
    economic_order_quantity_with_discounts,
    order_due,
    plan_lots,
    round_up_order,
)


def cheapest_of_all(
    demand: np.ndarray, setup: np.ndarray, holding: np.ndarray, price: np.ndarray, stock: float
) -> float:
    """Every set of order periods; each order lasts until the next one."""
    net, left = demand.copy(), stock
    for period in range(len(demand)):
        used = min(left, net[period])
        net[period] -= used
        left -= used
    best = np.inf
    for ordering in product([False, True], repeat=len(demand)):
        lots, last = np.zeros(len(demand)), None
        for period, orders in enumerate(ordering):
            last = period if orders else last
            if last is None:
                if net[period] > 0:
                    break
                continue
            lots[last] += net[period]
        else:
            levels = stock + np.cumsum(lots - demand)
            best = min(best, ((lots > 0) * setup + lots * price + levels * holding).sum())
    return float(best)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), periods=st.integers(1, 8), with_stock=st.booleans())
def test_the_plan_is_the_cheapest_of_all(seed: int, periods: int, with_stock: bool) -> None:
    rng = np.random.default_rng(seed)
    demand = rng.integers(0, 9, periods) * (rng.random(periods) < 0.7).astype(float)
    setup, holding = rng.integers(0, 40, periods).astype(float), rng.integers(0, 4, periods).astype(float)
    price = rng.integers(0, 6, periods).astype(float)
    stock = float(rng.integers(0, 20)) if with_stock else 0.0
    plan = plan_lots([demand], setup, holding, price, stock)
    assert plan.cost[0] == pytest.approx(cheapest_of_all(demand, setup, holding, price, stock))
    assert np.all(stock + np.cumsum(plan.quantity[0] - demand) >= -1e-9)


def test_many_skus_at_once_cost_what_stockpyl_says() -> None:
    rng = np.random.default_rng(3)
    demand = rng.integers(1, 60, (25, 20)).astype(float)
    setup, holding = rng.uniform(20, 300, (25, 1)), rng.uniform(0.2, 2, (25, 1))
    plan = plan_lots(demand, setup, holding, 1.5)
    for row in range(25):
        _, cost, *_ = wagner_whitin(
            20, float(holding[row, 0]), float(setup[row, 0]), demand[row].tolist(), 1.5
        )
        assert plan.cost[row] == pytest.approx(cost)


def test_no_demand_needs_no_order() -> None:
    plan = plan_lots(np.zeros((2, 5)), 10.0, 1.0)
    assert plan.quantity.sum() == 0.0
    assert plan.cost.tolist() == [0.0, 0.0]
    assert plan_lots(np.zeros((3, 0)), 1.0, 1.0).cost.tolist() == [0.0, 0.0, 0.0]


def test_a_price_about_to_rise_is_used() -> None:
    plan = plan_lots([[5.0, 5.0, 5.0]], setup=1.0, holding=0.1, price=[2.0, 9.0, 9.0])
    assert plan.quantity.tolist() == [[15.0, 0.0, 0.0]]
    assert plan.cost[0] == pytest.approx(1 + 30 + 1 + 0.5)


def test_tables_of_a_wrong_shape_are_refused() -> None:
    with pytest.raises(InvalidProblem) as caught:
        plan_lots(np.ones((2, 3)), setup=np.ones((2, 2)), holding=1.0)
    assert caught.value.field == "setup"
    with pytest.raises(InvalidProblem) as caught:
        plan_lots([[1.0, 2.0], [1.0, -2.0]], 1.0, 1.0)
    assert (caught.value.field, caught.value.index) == ("demand", 1)


def test_the_economic_lot_is_that_of_stockpyl() -> None:
    found = economic_order_quantity([1300.0, 40.0], [8.0, 5.0], 0.225)
    for row, (demand, setup) in enumerate([(1300.0, 8.0), (40.0, 5.0)]):
        quantity, cost = eoq_of(setup, 0.225, demand)
        assert (found.quantity[row], found.cost[row]) == pytest.approx((quantity, cost))


@pytest.mark.parametrize("demand", [30.0, 150.0, 1300.0, 9000.0])
@pytest.mark.parametrize("setup", [1.0, 8.0, 90.0])
def test_the_lot_with_discounts_is_that_of_stockpyl(demand: float, setup: float) -> None:
    breaks, prices = [0.0, 400.0, 800.0], [0.75, 0.72, 0.68]
    quantity, _region, cost = discounts_of(setup, 0.3, demand, breaks, prices)
    found = economic_order_quantity_with_discounts(demand, setup, 0.3, breaks, prices)
    assert (found.quantity[0], found.cost[0]) == pytest.approx((quantity, cost))


def test_breaks_that_do_not_rise_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="must rise"):
        economic_order_quantity_with_discounts(9.0, 1.0, 0.1, [0.0, 5.0, 5.0], [3.0, 2.0, 1.0])
    with pytest.raises(InvalidProblem, match="begin with 0"):
        economic_order_quantity_with_discounts(9.0, 1.0, 0.1, [1.0, 5.0], [3.0, 2.0])
    with pytest.raises(InvalidProblem, match="free of cost"):
        economic_order_quantity_with_discounts(9.0, 1.0, 0.0, [0.0], [3.0])


def test_orders_come_in_whole_packs_from_the_minimum_on() -> None:
    wanted = [0.0, -3.0, 1.0, 24.0, 24.5, 50.0]
    assert round_up_order(wanted, minimum=20, multiple=12).tolist() == [0.0, 0.0, 24.0, 24.0, 36.0, 60.0]
    assert round_up_order(0.1 * 3 * 10, multiple=1.0).tolist() == [3.0]


def test_an_order_is_due_at_the_reorder_point() -> None:
    assert order_due([5.0, 4.0, -2.0], 4.0, 10.0).tolist() == [0.0, 6.0, 12.0]
    assert order_due([10.0, 7.0], 10.0, 10.0, multiple=2).tolist() == [0.0, 4.0]
    with pytest.raises(InvalidProblem, match="below the reorder point"):
        order_due(1.0, 5.0, 4.0)
