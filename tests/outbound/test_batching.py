"""Batches: everything once, never more than the cart takes, near things together."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outbound.geometries import geometry, problem

from hecang.outbound.planning.base import BatchKind, Cart
from hecang.outbound.planning.geometry import Geometry, Section
from hecang.outbound.planning.seed import SeedWavePlanner

#: Ten aisles, a location every metre.
WIDE = Section(tuple(4_000 * a for a in range(10)), (0, 20_000))
PLACES = [(0, a, 500 + 1_000 * m) for a in range(10) for m in range(20)]
WHERE = geometry(PLACES, WIDE)


def at(aisle: int, metre: int) -> int:
    """Position of the location in this aisle at this metre."""
    return aisle * 20 + metre


def test_orders_of_the_same_aisles_are_walked_for_together() -> None:
    # Given pairs of orders in the same aisles, mixed
    left = [[(1, at(0, 3), 1), (2, at(1, 3), 1)], [(3, at(0, 9), 1), (4, at(1, 9), 1)]]
    right = [[(5, at(8, 3), 1), (6, at(9, 3), 1)], [(7, at(8, 9), 1), (8, at(9, 9), 1)]]
    asked = problem(WHERE, [left[0], right[0], left[1], right[1]], cart=Cart(slots=2))

    plan = SeedWavePlanner().plan(asked)

    assert [batch.order_ids for batch in plan.batches] == [(1, 3), (2, 4)]
    assert plan.walk_mm < plan.single_walk_mm


def test_single_units_of_one_sku_become_batches_of_their_own() -> None:
    cart = Cart(singles=4, min_single_sku=3)
    orders = [[(7, at(2, 5), 1)] for _ in range(6)] + [[(8, at(3, 5), 1)]]

    plan = SeedWavePlanner().plan(problem(WHERE, orders, cart=cart))

    assert [(batch.kind, batch.order_ids) for batch in plan.batches] == [
        (BatchKind.SINGLE_SKU, (1, 2, 3, 4)),
        (BatchKind.SINGLE_SKU, (5, 6)),
        (BatchKind.SINGLE, (7,)),
    ]
    assert plan.batches[0].location_ids == (at(2, 5) + 1,)


def test_single_units_are_cut_along_the_serpentine() -> None:
    orders = [[(sku, at(aisle, 5), 1)] for sku, aisle in enumerate((9, 0, 8, 1, 7, 2))]

    plan = SeedWavePlanner().plan(problem(WHERE, orders, cart=Cart(singles=3)))

    assert [batch.order_ids for batch in plan.batches] == [(5, 3, 1), (2, 4, 6)] or [
        set(batch.order_ids) for batch in plan.batches
    ] == [{1, 3, 5}, {2, 4, 6}]


def test_an_order_too_large_for_any_cart_goes_alone() -> None:
    orders = [[(1, at(0, 1), 50), (2, at(0, 2), 1)], [(1, at(0, 1), 1), (2, at(0, 2), 1)]]

    plan = SeedWavePlanner().plan(problem(WHERE, orders, cart=Cart(max_weight_g=1_000)))

    assert sorted(batch.order_ids for batch in plan.batches) == [(1,), (2,)]


def test_orders_without_stock_in_sight_are_planned_all_the_same() -> None:
    plan = SeedWavePlanner().plan(problem(WHERE, [[(1, -1, 1)], [(2, -1, 2)]]))

    assert sorted(key for batch in plan.batches for key in batch.order_ids) == [1, 2]
    assert plan.walk_mm == 0


def test_a_warehouse_without_locations_is_no_error() -> None:
    empty = geometry([])

    plan = SeedWavePlanner().plan(problem(empty, [[(1, -1, 1)], [(2, -1, 2)]]))

    assert sorted(key for batch in plan.batches for key in batch.order_ids) == [1, 2]


lines = st.lists(
    st.tuples(st.integers(1, 30), st.integers(-1, 199), st.integers(1, 3)), min_size=1, max_size=8
)
carts = st.builds(
    Cart, slots=st.integers(1, 6), singles=st.integers(1, 10), max_weight_g=st.integers(300, 3_000),
    max_lines=st.integers(5, 40), min_single_sku=st.integers(2, 5),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(lines, min_size=1, max_size=40), carts)
def test_every_order_once_and_no_cart_overloaded(
    orders: list[list[tuple[int, int, int]]], cart: Cart
) -> None:
    asked = problem(WHERE, orders, cart=cart)

    plan = SeedWavePlanner().plan(asked)

    assert sorted(key for batch in plan.batches for key in batch.order_ids) == list(asked.order_id)
    for batch in plan.batches:
        members = np.array(batch.order_ids) - 1
        if len(members) == 1:
            continue
        assert asked.order_weight_g[members].sum() <= cart.max_weight_g
        if batch.kind is BatchKind.MULTI:
            assert len(members) <= cart.slots
            assert asked.order_lines[members].sum() <= cart.max_lines
        else:
            assert len(members) <= cart.singles
            assert (asked.order_units[members] == 1).all()
        assert batch.walk_mm <= batch.single_walk_mm


def test_the_same_problem_gives_the_same_plan() -> None:
    rng = np.random.default_rng(3)
    orders = [
        [(int(s), int(p), 1) for s, p in zip(rng.integers(1, 50, n), rng.integers(0, 200, n), strict=True)]
        for n in rng.integers(1, 9, 200)
    ]

    assert SeedWavePlanner().plan(problem(WHERE, orders)) == SeedWavePlanner().plan(problem(WHERE, orders))


def test_ten_thousand_lines_are_planned_within_seconds_and_save_most_of_the_walk() -> None:
    rng = np.random.default_rng(1)
    section = Section(tuple(5_000 + 4_000 * a for a in range(30)), (3_000, 23_000, 43_000, 63_000))
    where: Geometry = geometry([(0, a, y) for a in range(30) for y in range(4_500, 62_000, 500)], section)
    sizes = np.minimum(rng.geometric(1 / 6, 1_700), 60)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), 10_000)) + 1]
    places = rng.zipf(1.2, int(sizes.sum())) % where.location_id.size
    orders, start = [], 0
    for size in sizes.tolist():
        orders.append([(int(p), int(p), 1) for p in places[start : start + size]])
        start += size

    begun = time.perf_counter()
    plan = SeedWavePlanner().plan(problem(where, orders))
    seconds = time.perf_counter() - begun

    assert sum(len(lines) for lines in orders) >= 10_000
    assert plan.walk_mm < 0.4 * plan.single_walk_mm
    assert seconds < 5  # 0.2 s on an idle core
