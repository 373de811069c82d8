"""Which warehouse ships what: the default, the cheapest way with an eye on the other orders, on paper."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from hecang.orders.sourcing import Candidate, OrderDemand, SourcingPlan, StockView, Take, strategy
from hecang.orders.sourcing.nearest import NearestThenFewest
from hecang.orders.sourcing.optimised import Optimised, scarce_prices

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
    return Optimised().plan([OrderDemand(0, OWNER, items, candidates)], view(free))[0]


def test_it_is_the_default_and_the_simple_rule_can_be_chosen() -> None:
    assert isinstance(strategy(), Optimised)
    with override_settings(STRATEGIES={"orders.sourcing": "nearest_then_fewest"}):
        assert isinstance(strategy(), NearestThenFewest)


def test_the_nearest_that_has_all_is_the_cheapest() -> None:
    made = plan({1: 2, 2: 1}, {1: {1: 5, 2: 5}, 2: {2: 5, 3: 5}})
    assert (made.takes, made.short) == ([Take(2, 1, 2), Take(2, 2, 1)], {})


def test_two_near_parcels_where_one_far_parcel_is_dearer() -> None:
    # 30 units, 15 kg, over 3000 km in one parcel, or half of them over 10 km and the other half over 20 km
    near, beside, away = Candidate(1, 10.0), Candidate(2, 20.0), Candidate(3, 3000.0)
    made = plan({1: 15, 2: 15}, {1: {1: 15, 3: 15}, 2: {2: 15, 3: 15}}, (near, beside, away))
    assert made.takes == [Take(1, 1, 15), Take(2, 2, 15)]


def test_one_parcel_where_the_second_costs_more_than_the_way() -> None:
    made = plan({1: 1, 2: 1}, {1: {1: 1, 2: 1}, 2: {2: 1}})
    assert made.takes == [Take(2, 1, 1), Take(2, 2, 1)]


def test_the_last_unit_goes_to_whom_another_warehouse_is_far() -> None:
    # given: both live near warehouse 1, which has one unit; the first has another warehouse close by
    lucky = OrderDemand(1, OWNER, {5: 1}, (Candidate(1, 10.0), Candidate(2, 60.0)))
    remote = OrderDemand(2, OWNER, {5: 1}, (Candidate(1, 20.0), Candidate(2, 2500.0)))
    # when
    first, second = Optimised().plan([lucky, remote], view({5: {1: 1, 2: 9}}))
    # then
    assert (first.takes, second.takes) == ([Take(2, 5, 1)], [Take(1, 5, 1)])
    # and alone, the first takes it
    assert Optimised().plan([lucky], view({5: {1: 1, 2: 9}}))[0].takes == [Take(1, 5, 1)]


def test_what_nobody_else_wants_has_no_price() -> None:
    demands = [OrderDemand(number, OWNER, {5: 1}, THREE) for number in (1, 2)]
    assert scarce_prices(demands, view({5: {1: 2, 2: 9}})) == {}
    # the first that goes away empty would have 490 km more
    assert scarce_prices(demands, view({5: {1: 1, 2: 9}})) == {(OWNER, 5): {1: pytest.approx(0.004 * 490)}}


def test_more_than_three_parcels_where_nothing_less_brings_all() -> None:
    candidates = [Candidate(number, float(number)) for number in range(1, 6)]
    made = plan(dict.fromkeys(range(1, 6), 1), {sku: {sku: 1} for sku in range(1, 6)}, candidates)
    assert sorted(made.takes) == [Take(number, number, 1) for number in range(1, 6)]


def test_unknown_distances_come_last() -> None:
    made = plan({1: 1}, {1: {9: 1, 3: 1}}, (FAR, Candidate(9, None)))
    assert made.takes == [Take(3, 1, 1)]


amounts = st.dictionaries(
    st.integers(1, 4), st.dictionaries(st.integers(1, 6), st.integers(0, 5)), max_size=4
)


@given(st.dictionaries(st.integers(1, 4), st.integers(1, 12), min_size=1), amounts, st.integers(0, 6))
def test_plans_add_up_and_take_all_that_is_there(items: dict[int, int], free: Free, count: int) -> None:
    candidates = [Candidate(number, float(number * 100)) for number in range(1, count + 1)]
    made = plan(items, free, candidates)
    got: Counter[int] = Counter()
    for take in made.takes:
        got[take.sku_id] += take.quantity
        assert 0 < take.quantity <= free[take.sku_id][take.warehouse_id]
    reachable = {sku: sum(free.get(sku, {}).get(one.warehouse_id, 0) for one in candidates) for sku in items}
    for sku, quantity in items.items():
        assert got[sku] == min(quantity, reachable[sku])
        assert got[sku] + made.short.get(sku, 0) == quantity
    assert len(made.takes) == len({(take.warehouse_id, take.sku_id) for take in made.takes})


def test_many_orders_never_take_more_than_there_is_and_the_same_twice() -> None:
    random.seed(4)
    free = {sku: {warehouse: random.randrange(60) for warehouse in (1, 2, 3)} for sku in range(20)}
    demands = [
        OrderDemand(number, OWNER, {random.randrange(20): random.randrange(1, 6) for _ in range(4)}, THREE)
        for number in range(400)
    ]
    made = Optimised().plan(demands, view(free))
    taken: Counter[tuple[int, int]] = Counter()
    for one in made:
        for take in one.takes:
            taken[take.sku_id, take.warehouse_id] += take.quantity
    assert all(units <= free[sku][warehouse] for (sku, warehouse), units in taken.items())
    assert made == Optimised().plan(demands, view(free))


def test_nothing_heavy_is_loaded_for_it() -> None:
    code = (
        "import sys; from hecang.orders.sourcing.optimised import Optimised; Optimised().plan([], None);"
        "print([name for name in ('numba', 'highspy', 'scipy', 'ortools') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
