"""The quick gear: every order once, carts that hold it, the same answer always, and close to the best there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.batching import quick
from hecang_optim.batching.constructive import savings_labels
from hecang_optim.batching.encoding import Encoded
from hecang_optim.batching.model import BatchingProblem, Cart, Orders
from hecang_optim.batching.plan import BatchPlan
from hecang_optim.batching.quick import PIECE, Effort, plan_quickly
from hecang_optim.errors import InvalidProblem
from hecang_optim.routing.layout import AisleLayout, Picks
from hecang_optim.routing.tours import tour_length

SMALL = Effort(moves=(400, 40_000), polishing=40, steps=20_000_000)


def layout(blocks: int) -> AisleLayout:
    return AisleLayout.regular(aisles=5, blocks=blocks, aisle_pitch=4.0, sub_aisle_length=12.0, entry=3.0)


def problem(seed: int, count: int, blocks: int, cart: Cart) -> BatchingProblem:
    rng = np.random.default_rng(seed)
    lines = rng.integers(1, 4, count)
    total = int(lines.sum())
    return BatchingProblem(
        layout=layout(blocks),
        orders=Orders(
            start=np.concatenate([[0], np.cumsum(lines)]).astype(np.int64),
            aisle=rng.integers(0, 5, total).astype(np.int64),
            y=rng.integers(1, 12 * blocks, total).astype(np.float64),
            weight=rng.integers(1, 5, count).astype(np.float64),
        ),
        cart=cart,
    )


def walked(asked: BatchingProblem, members: list[int]) -> float:
    """The shortest tour over some orders."""
    start = asked.orders.start
    rows = np.concatenate([np.arange(start[order], start[order + 1]) for order in members])
    return tour_length(asked.layout, Picks(aisle=asked.orders.aisle[rows], y=asked.orders.y[rows]))


def fits(asked: BatchingProblem, members: list[int]) -> bool:
    assert asked.orders.weight is not None
    return bool(
        len(members) == 1
        or (
            len(members) <= (asked.cart.orders or 99)
            and asked.orders.weight[members].sum() <= (asked.cart.weight or 1e9)
        )
    )


def best(asked: BatchingProblem, left: tuple[int, ...]) -> float:
    """The shortest of all partitions: the first order with every set of the others."""
    if not left:
        return 0.0
    first, others = left[0], left[1:]
    found = float("inf")
    for mask in range(1 << len(others)):
        members = [first, *(order for at, order in enumerate(others) if mask >> at & 1)]
        if fits(asked, members):
            rest = tuple(order for order in others if order not in members)
            found = min(found, walked(asked, members) + best(asked, rest))
    return found


def assert_sound(asked: BatchingProblem, plan: BatchPlan) -> None:
    batches = [members.tolist() for members in plan.batches]
    assert sorted(order for members in batches for order in members) == list(range(len(asked.orders)))
    assert all(fits(asked, members) for members in batches)
    assert plan.length.tolist() == pytest.approx([walked(asked, members) for members in batches])


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 3), st.integers(1, 6))
def test_every_order_is_in_one_batch_that_the_cart_holds(
    seed: int, count: int, blocks: int, slots: int
) -> None:
    asked = problem(seed, count, blocks, Cart(orders=slots, weight=9.0))

    plan = plan_quickly(asked, SMALL)

    assert_sound(asked, plan)
    assert [members.tolist() for members in plan_quickly(asked, SMALL).batches] == [
        members.tolist() for members in plan.batches
    ]


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_a_few_orders_are_put_together_in_the_best_way(seed: int, blocks: int) -> None:
    asked = problem(seed, 7, blocks, Cart(orders=3, weight=9.0))

    plan = plan_quickly(asked)

    assert plan.total_length == pytest.approx(best(asked, tuple(range(7))))


@pytest.mark.parametrize("blocks", [1, 3])
@pytest.mark.parametrize("count", [30, PIECE + 150])
def test_the_plan_that_it_begins_with_is_never_made_worse(blocks: int, count: int) -> None:
    asked = problem(1, count, blocks, Cart(orders=5))
    good = plan_quickly(asked, Effort(moves=(300, 200_000)))

    plan = plan_quickly(asked, Effort(moves=(10, 2_000), polishing=1), begin=good.label)

    assert_sound(asked, plan)
    assert plan.total_length <= good.total_length + 1e-9


def test_an_order_that_no_cart_holds_goes_alone() -> None:
    asked = problem(1, 6, 1, Cart(weight=3.0))

    plan = plan_quickly(asked, SMALL)

    assert asked.orders.weight is not None
    alone = [members.tolist() for members in plan.batches if asked.orders.weight[members].max() > 3]
    assert sorted(map(tuple, alone)) == [(order,) for order in np.flatnonzero(asked.orders.weight > 3)]


def test_labels_to_begin_with_must_be_one_for_each_order() -> None:
    with pytest.raises(InvalidProblem) as caught:
        plan_quickly(problem(1, 6, 1, Cart(orders=2)), begin=np.zeros(5, dtype=np.int64))

    assert caught.value.field == "begin"


@pytest.mark.parametrize(("blocks", "floors"), [(2, [2, 1]), (5, [1])])
def test_savings_are_measured_on_the_true_floor_only_where_its_tours_are_cheap(
    monkeypatch: pytest.MonkeyPatch, blocks: int, floors: list[int]
) -> None:
    # Given 60 orders, that is some 3,600 tours: of 5 x 2 x 24 steps each, or of 5 x 5 x 3,032
    measured = []

    def savings(encoded: Encoded) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        measured.append(len(encoded.ground.extent) // 5)
        return savings_labels(encoded)

    monkeypatch.setattr(quick, "savings_labels", savings)

    plan_quickly(problem(1, 60, blocks, Cart(orders=5)), Effort(moves=(10, 2_000), polishing=1))

    assert sorted(measured, reverse=True) == floors
