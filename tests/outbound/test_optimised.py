"""The planner in force: kinds and carts as the plain rule keeps them, walks never longer, always the same plan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outbound.geometries import geometry, problem

from hecang.outbound.planning.base import BatchKind, Cart, WavePlan, WaveProblem
from hecang.outbound.planning.geometry import Geometry, Section
from hecang.outbound.planning.optimised import OptimisedWavePlanner
from hecang.outbound.planning.seed import SeedWavePlanner

#: Two zones side by side that share their cross aisles, one that does not, and places on the open floor.
SECTIONS = (
    Section(tuple(4_000 * a for a in range(6)), (0, 12_000, 24_000)),
    Section((26_000, 29_000), (0, 12_000, 24_000)),
    Section((34_000, 37_000), (2_000, 15_000)),
)
PLACES = [
    *((0, a, 1_000 * m) for a in range(6) for m in range(1, 24)),
    *((1, a, 1_000 * m) for a in range(2) for m in range(1, 24)),
    *((2, a, 1_000 * m) for a in range(2) for m in range(3, 15)),
    (-1, 12_000, -1_500),
    (-1, 30_000, -2_500),
]
WHERE = geometry(PLACES, *SECTIONS, depot=(9_000, -4_000))

Lines = list[tuple[int, int, int]]


def assert_sound(asked: WaveProblem, plan: WavePlan) -> None:
    """Every order once, no cart overloaded, every place visited once, no walk longer than its S-shape."""
    cart = asked.cart
    assert sorted(key for batch in plan.batches for key in batch.order_ids) == asked.order_id.tolist()
    for batch in plan.batches:
        members = np.array(batch.order_ids) - 1
        picked = np.isin(asked.pick_order, members) & (asked.pick_location >= 0)
        places = np.unique(asked.pick_location[picked])
        assert sorted(batch.location_ids) == asked.geometry.location_id[places].tolist()
        assert batch.walk_mm <= batch.s_shape_mm
        if batch.kind is BatchKind.MULTI:
            assert len(members) == 1 or asked.order_lines[members].sum() <= cart.max_lines
            assert len(members) <= cart.slots
        else:
            assert (asked.order_units[members] == 1).all()
            assert len(members) <= cart.singles
        if len(members) > 1:
            assert asked.order_weight_g[members].sum() <= cart.max_weight_g
            assert asked.order_volume_mm3[members].sum() <= cart.max_volume_mm3


def test_single_units_of_one_sku_become_batches_of_their_own() -> None:
    cart = Cart(singles=4, min_single_sku=3)
    orders: list[Lines] = [[(7, 5, 1)] for _ in range(6)] + [
        [(8, 30, 1)],
        [(9, 31, 1)],
        [(1, 3, 1), (2, 9, 2)],
    ]

    plan = OptimisedWavePlanner().plan(problem(WHERE, orders, cart=cart))

    assert [(batch.kind, batch.order_ids) for batch in plan.batches] == [
        (BatchKind.SINGLE_SKU, (1, 2, 3, 4)),
        (BatchKind.SINGLE_SKU, (5, 6)),
        (BatchKind.SINGLE, (7, 8)),
        (BatchKind.MULTI, (9,)),
    ]


def test_orders_of_the_same_aisles_are_walked_for_together() -> None:
    left = [[(1, 3, 1), (2, 26, 1)], [(3, 9, 1), (4, 32, 1)]]
    right = [[(5, 95, 1), (6, 118, 1)], [(7, 100, 1), (8, 124, 1)]]
    asked = problem(WHERE, [left[0], right[0], left[1], right[1]], cart=Cart(slots=2))

    plan = OptimisedWavePlanner().plan(asked)

    assert [batch.order_ids for batch in plan.batches] == [(1, 3), (2, 4)]


@pytest.mark.parametrize("where", [WHERE, geometry([]), geometry([(-1, 5_000, -1_000)])])
def test_orders_that_lie_nowhere_are_planned_all_the_same(where: Geometry) -> None:
    asked = problem(where, [[(1, -1, 1)], [(2, -1, 2)], [(3, -1, 1), (4, -1, 1)]])

    plan = OptimisedWavePlanner().plan(asked)

    assert_sound(asked, plan)
    assert plan.walk_mm == 0


def test_an_order_too_large_for_any_cart_goes_alone() -> None:
    orders: list[Lines] = [[(1, 1, 50), (2, 2, 1)], [(1, 1, 1), (2, 2, 1)], [(3, 4, 1), (4, 5, 2)]]

    plan = OptimisedWavePlanner().plan(problem(WHERE, orders, cart=Cart(max_weight_g=1_000)))

    assert sorted(batch.order_ids for batch in plan.batches) == [(1,), (2, 3)]


def test_what_means_nothing_to_the_search_is_planned_by_the_plain_rule() -> None:
    # Given a cart that may carry nothing, and goods of which no weight is known
    orders: list[Lines] = [[(1, 1, 1), (2, 30, 1)], [(1, 1, 2)], [(3, 4, 1), (4, 140, 2)]]
    asked = problem(WHERE, orders, cart=Cart(max_weight_g=0), weight_g=0)

    plan = OptimisedWavePlanner().plan(asked)

    assert_sound(asked, plan)
    assert [batch.order_ids for batch in plan.batches] == [
        batch.order_ids for batch in SeedWavePlanner().plan(asked).batches
    ]


lines = st.lists(
    st.tuples(st.integers(1, 30), st.integers(-1, len(PLACES) - 1), st.integers(1, 3)), min_size=1, max_size=6
)
carts = st.builds(
    Cart, slots=st.integers(1, 6), singles=st.integers(1, 10), max_weight_g=st.integers(300, 3_000),
    max_lines=st.integers(3, 40), min_single_sku=st.integers(2, 5),
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(lines, min_size=1, max_size=25), carts)
def test_every_order_once_and_no_cart_overloaded(orders: list[Lines], cart: Cart) -> None:
    asked = problem(WHERE, orders, cart=cart)

    assert_sound(asked, OptimisedWavePlanner().plan(asked))


def day(where: Geometry, count: int, seed: int = 1) -> WaveProblem:
    """Orders of some lines each at random places."""
    rng = np.random.default_rng(seed)
    sizes = np.minimum(rng.geometric(1 / 5, count), 40)
    places = [rng.integers(0, where.location_id.size, size) for size in sizes]
    return problem(where, [[(int(place), int(place), 1) for place in mine] for mine in places])


def test_the_same_orders_give_the_same_plan() -> None:
    assert OptimisedWavePlanner().plan(day(WHERE, 80)) == OptimisedWavePlanner().plan(day(WHERE, 80))


def test_a_large_wave_walks_less_than_by_the_plain_rule() -> None:
    # Given 600 orders for 20 aisles in two blocks
    section = Section(tuple(5_000 + 4_000 * a for a in range(20)), (3_000, 23_000, 43_000))
    where = geometry([(0, a, y) for a in range(20) for y in range(4_000, 42_500, 1_000)], section)
    asked = day(where, 600)

    plan = OptimisedWavePlanner().plan(asked)
    plain = SeedWavePlanner().plan(asked)

    assert_sound(asked, plan)
    assert plan.walk_mm < 0.9 * plain.walk_mm
    assert plan.walk_mm < plan.s_shape_mm < plan.single_walk_mm
