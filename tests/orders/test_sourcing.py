"""Which warehouse ships what: the simple rule, and how a strategy is chosen, on paper."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from hecang.orders.sourcing import Candidate, OrderDemand, SourcingPlan, StockView, Take
from hecang.orders.sourcing.nearest import EXACT_UP_TO, NearestThenFewest

OWNER = 7
NEAR, MIDDLE, FAR = Candidate(1, 10.0), Candidate(2, 500.0), Candidate(3, 1500.0)
THREE = (NEAR, MIDDLE, FAR)
Free = Mapping[int, Mapping[int, int]]


def view(free: Free) -> StockView:
    """:param free: SKU → warehouse → units."""
    return StockView(
        (warehouse, sku, OWNER, units)
        for sku, by_warehouse in free.items()
        for warehouse, units in by_warehouse.items()
    )


def plan(items: dict[int, int], free: Free, candidates: Sequence[Candidate] = THREE) -> SourcingPlan:
    return NearestThenFewest().plan([OrderDemand(0, OWNER, items, candidates)], view(free))[0]


def test_nearest_that_has_all() -> None:
    made = plan({1: 2, 2: 1}, {1: {1: 5, 2: 5}, 2: {2: 5, 3: 5}})
    assert (made.takes, made.short) == ([Take(2, 1, 2), Take(2, 2, 1)], {})


def test_two_parcels_where_no_warehouse_has_all() -> None:
    made = plan({1: 1, 2: 1}, {1: {1: 1}, 2: {3: 1}})
    assert (made.takes, made.short) == ([Take(1, 1, 1), Take(3, 2, 1)], {})


def test_fewest_parcels_before_least_distance() -> None:
    # the two far ones have everything together; with the near one it would be three
    four = (*THREE, Candidate(4, 2000.0))
    made = plan({1: 1, 2: 1, 3: 1}, {1: {1: 1, 3: 1}, 2: {2: 1, 3: 1}, 3: {4: 1}}, four)
    assert {take.warehouse_id for take in made.takes} == {3, 4}


def test_least_distance_among_equally_many() -> None:
    made = plan({1: 1, 2: 1}, {1: {1: 1}, 2: {2: 1, 3: 1}})
    assert {take.warehouse_id for take in made.takes} == {1, 2}


def test_one_sku_from_two_warehouses() -> None:
    made = plan({1: 5}, {1: {1: 2, 2: 3, 3: 2}})
    assert (made.takes, made.short) == ([Take(1, 1, 2), Take(2, 1, 3)], {})


def test_what_is_missing_is_short_and_the_rest_travels_together() -> None:
    # three of five pieces of 1 exist, all in the middle, where 2 is, too
    made = plan({1: 5, 2: 1}, {1: {2: 3}, 2: {1: 9, 2: 9}})
    assert (made.takes, made.short) == ([Take(2, 1, 3), Take(2, 2, 1)], {1: 2})


def test_nothing_anywhere() -> None:
    made = plan({1: 5, 2: 1}, {1: {1: 0}})
    assert (made.takes, made.short) == ([], {1: 5, 2: 1})


def test_no_warehouse_at_all() -> None:
    assert plan({1: 1}, {1: {1: 5}}, ()).short == {1: 1}


def test_unknown_distances_come_last() -> None:
    unknown = Candidate(9, None)
    made = plan({1: 1, 2: 1}, {1: {1: 1}, 2: {9: 1, 3: 1}}, (NEAR, FAR, unknown))
    assert {take.warehouse_id for take in made.takes} == {1, 3}


def test_an_order_takes_what_the_next_then_lacks() -> None:
    stock = view({1: {1: 3}})
    first, second = NearestThenFewest().plan(
        [OrderDemand(number, OWNER, {1: 2}, THREE) for number in (1, 2)], stock
    )
    assert (first.short, second.short) == ({}, {1: 1})
    assert stock.of(OWNER, 1) == {1: 0}


def test_goods_of_another_owner_are_not_there() -> None:
    stock = StockView([(1, 1, OWNER + 1, 5)])
    assert NearestThenFewest().plan([OrderDemand(0, OWNER, {1: 1}, THREE)], stock)[0].short == {1: 1}


def test_view_refuses_what_it_has_not() -> None:
    with pytest.raises(ValueError, match="does not have 3"):
        view({1: {1: 2}}).take(OWNER, Take(1, 1, 3))


def test_many_warehouses_are_joined_step_by_step() -> None:
    candidates = [Candidate(number, float(number)) for number in range(1, EXACT_UP_TO + 4)]
    free = {sku: {sku: 1, 7: 1} for sku in range(1, 6)} | {6: {1: 1}}
    made = plan(dict.fromkeys(range(1, 7), 1), free, candidates)
    assert made.short == {}
    assert {take.warehouse_id for take in made.takes} == {1, 7}


amounts = st.dictionaries(
    st.integers(1, 4), st.dictionaries(st.integers(1, 6), st.integers(0, 5)), max_size=4
)


@given(st.dictionaries(st.integers(1, 4), st.integers(1, 12), min_size=1), amounts, st.integers(0, 6))
def test_plans_add_up_and_take_only_what_is_there(items: dict[int, int], free: Free, count: int) -> None:
    candidates = [Candidate(number, float(number * 100)) for number in range(1, count + 1)]
    made = plan(items, free, candidates)
    got: Counter[int] = Counter()
    for take in made.takes:
        got[take.sku_id] += take.quantity
        assert 0 < take.quantity <= free[take.sku_id][take.warehouse_id]
    reachable = {sku: sum(free.get(sku, {}).get(one.warehouse_id, 0) for one in candidates) for sku in items}
    for sku, quantity in items.items():
        assert got[sku] + made.short.get(sku, 0) == quantity
        assert got[sku] == min(quantity, reachable[sku])
    assert len(made.takes) == len({(take.warehouse_id, take.sku_id) for take in made.takes})


def test_many_orders_never_take_more_than_there_is() -> None:
    random.seed(4)
    free = {sku: {warehouse: random.randrange(60) for warehouse in (1, 2, 3)} for sku in range(20)}
    demands = [
        OrderDemand(number, OWNER, {random.randrange(20): random.randrange(1, 6) for _ in range(4)}, THREE)
        for number in range(400)
    ]
    taken: Counter[tuple[int, int]] = Counter()
    for made in NearestThenFewest().plan(demands, view(free)):
        for take in made.takes:
            taken[take.sku_id, take.warehouse_id] += take.quantity
    assert all(units <= free[sku][warehouse] for (sku, warehouse), units in taken.items())


class Nothing:
    """A strategy that promises nothing."""

    def plan(self, demands: Sequence[OrderDemand], stock: StockView) -> list[SourcingPlan]:
        return [SourcingPlan(demand.key, [], dict(demand.items)) for demand in demands]


@pytest.mark.django_db
def test_strategy_of_the_installation_decides() -> None:
    from tests.factories import orders

    world = orders.world()
    world.put("A", 5)
    with override_settings(STRATEGIES={"orders.sourcing": f"{__name__}.Nothing"}):
        order = world.order({"A": 1})
    assert orders.life(order) == [(0, 1, 0, 0, 0)]
