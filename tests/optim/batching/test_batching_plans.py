"""Plans of every gear: partitions within capacity, optimal where that can be checked, and what they say of themselves."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.batching import (
    BatchingProblem,
    BatchPlan,
    Cart,
    Orders,
    Weights,
    Work,
    plan_batches,
    plan_by_savings,
    plan_by_seeds,
    plan_by_signature,
    plan_first_come,
)
from hecang_optim.batching.encoding import shares
from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout, Picks, shortest_tour

ONE_BLOCK = AisleLayout.regular(aisles=5, aisle_pitch=4.0, sub_aisle_length=20.0, depot_aisle=2)
TWO_BLOCKS = AisleLayout.regular(aisles=4, blocks=2, aisle_pitch=4.0, sub_aisle_length=10.0)
OFF_GRID = AisleLayout(
    aisle_x=np.array([0.0, 4.0, 8.0, 12.0]),
    cross_y=np.array([0.0, 9.0, 20.0]),
    depot_access=np.array([2.5, 4.7, 8.4, 12.3]),
)
BEHIND = AisleLayout.regular(
    aisles=5, aisle_pitch=4.0, sub_aisle_length=20.0, depot_cross=1, entry=3.0, exit=2.0
)
LAYOUTS = {"one block": ONE_BLOCK, "two blocks": TWO_BLOCKS, "off the grid": OFF_GRID, "behind": BEHIND}
RULES = (plan_first_come, plan_by_seeds, plan_by_savings, plan_by_signature)


def problem_of(
    seed: int, count: int, layout: AisleLayout = ONE_BLOCK, cart: Cart | None = None, **more: object
) -> BatchingProblem:
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 6, count)
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    lines = int(start[-1])
    orders = Orders(
        start=start,
        aisle=generator.integers(0, layout.aisles, lines),
        y=generator.integers(1, 20, lines).astype(np.float64),
    )
    return BatchingProblem(layout, orders, cart or Cart(items=9), **more)  # type: ignore[arg-type]


def exact_length(problem: BatchingProblem, members: np.ndarray) -> float:
    """By the routing package, from picks and not from bits."""
    start, orders = problem.orders.start, problem.orders
    lines = np.concatenate([np.arange(start[order], start[order + 1]) for order in members])
    return shortest_tour(problem.layout, Picks(aisle=orders.aisle[lines], y=orders.y[lines])).length


def check(problem: BatchingProblem, plan: BatchPlan) -> None:
    members = np.concatenate(plan.batches)
    assert sorted(members.tolist()) == list(range(len(problem.orders)))
    demand = shares(problem.cart, problem.orders)
    for batch, length in zip(plan.batches, plan.length, strict=True):
        alone = len(batch) == 1 and batch[0] in plan.oversized
        assert alone or (demand[batch].sum(axis=0) <= 1 + 1e-9).all()
        assert length == pytest.approx(exact_length(problem, batch))


def shortest_total(problem: BatchingProblem) -> float:
    """Every partition within capacity, by a program over subsets of orders."""
    count = len(problem.orders)
    demand = shares(problem.cart, problem.orders)
    batch = {}
    for size in range(1, count + 1):
        for members in itertools.combinations(range(count), size):
            if (demand[list(members)].sum(axis=0) <= 1 + 1e-9).all():
                batch[sum(1 << order for order in members)] = exact_length(problem, np.array(members))
    best = [0.0] + [np.inf] * (2**count - 1)
    for left in range(1, 2**count):
        lowest = left & -left
        best[left] = min(
            best[left ^ chosen] + length
            for chosen, length in batch.items()
            if chosen & lowest and chosen & left == chosen
        )
    return best[-1]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_gives_a_partition_within_capacity(name, rule) -> None:
    problem = problem_of(1, 25, LAYOUTS[name])
    check(problem, rule(problem))


@pytest.mark.parametrize(("name", "seed"), list(itertools.product(LAYOUTS, (1, 2))))
def test_columns_prove_what_trying_all_partitions_finds(name, seed) -> None:
    problem = problem_of(seed, 8, LAYOUTS[name])
    plan = plan_batches(problem, Budget(rounds=60))
    check(problem, plan)
    assert plan.optimal
    assert plan.total_length == pytest.approx(shortest_total(problem))
    assert plan.gap == pytest.approx(0.0, abs=1e-9)


@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(5, 15))
@settings(max_examples=6, deadline=None)
def test_a_search_keeps_capacity_and_its_bound(seed, count, items) -> None:
    problem = problem_of(seed, count, cart=Cart(items=items))
    plan = plan_batches(problem, Budget(rounds=12), seed)
    check(problem, plan)
    assert plan.total_length <= plan_first_come(problem).total_length + 1e-9
    if plan.lower_bound is not None:
        assert plan.lower_bound <= plan.total_length + 1e-6


def test_several_capacities_hold_at_once() -> None:
    problem = problem_of(3, 30)
    generator = np.random.default_rng(3)
    orders = replace(
        problem.orders,
        quantity=generator.integers(1, 9, problem.orders.start[-1]),
        weight=generator.uniform(0.5, 4.0, 30),
        volume=generator.uniform(1.0, 9.0, 30),
    )
    cart = Cart(items=60, weight=12.0, volume=25.0, orders=5, totes=8, items_per_tote=10)
    problem = BatchingProblem(ONE_BLOCK, orders, cart)
    demand = shares(cart, orders)
    assert demand.shape == (30, 5)
    assert np.allclose(demand[:, 4] * 8, np.ceil(orders.items / 10))
    for rule in RULES:
        check(problem, rule(problem))
    check(problem, plan_batches(problem, Budget(rounds=10)))


def test_an_order_too_large_for_any_cart_goes_alone_and_is_named() -> None:
    problem = problem_of(4, 12)
    quantity = np.ones(problem.orders.start[-1], dtype=np.int64)
    quantity[problem.orders.start[5]] = 50
    problem = BatchingProblem(ONE_BLOCK, replace(problem.orders, quantity=quantity), Cart(items=12))
    for plan in (plan_first_come(problem), plan_batches(problem, Budget(rounds=10))):
        check(problem, plan)
        assert plan.oversized.tolist() == [5]
        assert [5] in [batch.tolist() for batch in plan.batches]


def test_only_oversized_orders() -> None:
    problem = problem_of(4, 3, cart=Cart(items=0.5))
    plan = plan_batches(problem, Budget(rounds=5))
    assert [len(batch) for batch in plan.batches] == [1, 1, 1]


def test_no_orders() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    problem = BatchingProblem(
        ONE_BLOCK, Orders(start=np.zeros(1, dtype=np.int64), aisle=nothing, y=np.zeros(0)), Cart(items=5)
    )
    assert plan_batches(problem, Budget(rounds=5)).batches == ()
    assert plan_by_signature(problem).total_length == 0.0


def test_rounds_alone_give_the_same_plan_again() -> None:
    problem = problem_of(5, 24)
    first, second = (plan_batches(problem, Budget(rounds=20), seed=7) for _ in range(2))
    assert [batch.tolist() for batch in first.batches] == [batch.tolist() for batch in second.batches]
    assert first.statistics == second.statistics


def test_a_search_tells_ever_shorter_totals_and_ends_with_the_last() -> None:
    problem = problem_of(6, 24)
    told: list[float] = []
    plan = plan_batches(problem, Budget(rounds=25), on_improvement=told.append)
    assert told == sorted(told, reverse=True)
    assert plan.total_length == pytest.approx(told[-1])


def test_a_cancelled_search_still_has_a_plan() -> None:
    problem = problem_of(7, 40)
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    plan = plan_batches(problem, Budget(rounds=10**6, cancelled=cancelled))
    check(problem, plan)
    assert plan.statistics.moves < 10 * 20_000


def test_time_that_is_over_leaves_the_rule() -> None:
    problem = problem_of(8, 20)
    ticks = itertools.count()
    plan = plan_batches(problem, Budget(seconds=0.5, clock=lambda: float(next(ticks))))
    check(problem, plan)


def test_a_wave_is_annealed_in_parts(monkeypatch) -> None:
    monkeypatch.setattr("hecang_optim.batching.planner.ORDERS_AT_ONCE", 100)
    problem = problem_of(9, 600, cart=Cart(orders=8))
    plan = plan_batches(problem, Budget(rounds=12))
    check(problem, plan)
    assert plan.total_length < plan_by_signature(problem).total_length


def test_medium_waves_are_annealed_at_once() -> None:
    problem = problem_of(10, 250, TWO_BLOCKS, cart=Cart(orders=6))
    plan = plan_batches(problem, Budget(rounds=5))
    check(problem, plan)
    assert plan.statistics.gear == "annealing"


def test_batches_are_sequenced_by_due_times_and_release_times() -> None:
    # given three orders far apart, one cart each; the last in the list is due first
    orders = Orders(
        start=np.arange(4, dtype=np.int64),
        aisle=np.array([0, 2, 4]),
        y=np.array([5.0, 5.0, 5.0]),
        due=np.array([np.inf, 400.0, 60.0]),
        release=np.array([0.0, 200.0, 0.0]),
    )
    work = Work(pickers=1, metres_per_second=1.0, seconds_per_line=10.0, seconds_per_batch=0.0)
    problem = BatchingProblem(ONE_BLOCK, orders, Cart(orders=1), work)
    # when planned
    plan = plan_batches(problem, Budget(rounds=3))
    # then the urgent one goes first (26 m and 10 s), and nobody begins before the release
    assert [batch.tolist() for batch in plan.batches] == [[2], [0], [1]]
    assert plan.begin.tolist() == [0.0, 36.0, 200.0]
    assert plan.end.tolist() == [36.0, 72.0, 220.0]
    assert plan.lateness == 0.0
    assert plan.makespan == 220.0


def test_no_picker_does_two_batches_at_a_time() -> None:
    problem = problem_of(11, 40, work=Work(pickers=3))
    plan = plan_by_savings(problem)
    for picker in range(3):
        mine = np.flatnonzero(plan.picker == picker)
        assert (plan.begin[mine][1:] >= plan.end[mine][:-1] - 1e-9).all()


def test_weighed_lateness_is_less_than_by_walking_alone() -> None:
    generator = np.random.default_rng(12)
    problem = problem_of(12, 30, work=Work(pickers=1, seconds_per_batch=30.0))
    orders = replace(problem.orders, due=generator.uniform(100.0, 900.0, 30))
    walking = BatchingProblem(ONE_BLOCK, orders, problem.cart, problem.work)
    timely = replace(walking, weights=Weights(metre=1.0, second_late=1.0, second_until_end=0.1))
    by_walking = plan_batches(walking, Budget(rounds=15))
    by_time = plan_batches(timely, Budget(rounds=15))
    check(timely, by_time)
    assert by_walking.total_length <= by_time.total_length
    assert by_time.lateness < by_walking.lateness


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("orders.y", {"y": np.array([1.0, np.nan])}),
        ("orders.aisle", {"aisle": np.array([1])}),
        ("orders.quantity", {"quantity": np.array([1, -1])}),
        ("orders.start", {"start": np.array([0, 2, 1])}),
        ("orders.due", {"due": np.array([1.0, 2.0])}),
        ("orders.release", {"release": np.array([np.inf])}),
        ("picks.aisle", {"aisle": np.array([1, 9])}),
    ],
)
def test_wrong_orders_are_named(field, change) -> None:
    orders = Orders(start=np.array([0, 2]), aisle=np.array([1, 2]), y=np.array([1.0, 2.0]))
    with pytest.raises(InvalidProblem) as raised:
        BatchingProblem(ONE_BLOCK, replace(orders, **change), Cart(items=5))
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("field", "cart", "work"),
    [
        ("cart.items", Cart(items=0), Work()),
        ("orders.weight", Cart(weight=3.0), Work()),
        ("work.pickers", Cart(items=5), Work(pickers=0)),
        ("work.metres_per_second", Cart(items=5), Work(metres_per_second=0.0)),
    ],
)
def test_wrong_limits_are_named(field, cart, work) -> None:
    orders = Orders(start=np.array([0, 2]), aisle=np.array([1, 2]), y=np.array([1.0, 2.0]))
    with pytest.raises(InvalidProblem) as raised:
        BatchingProblem(ONE_BLOCK, orders, cart, work)
    assert raised.value.field == field
