"""Against queueing theory and statistics: what is known without simulating."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from hecang_optim.errors import InvalidProblem
from hecang_optim.simulation import (
    BySize,
    Floor,
    Gamma,
    Handling,
    Packing,
    PoissonOrders,
    Policy,
    RandomBaskets,
    Scenario,
    Worker,
    compare,
    interval,
    next_cut_off,
    one_by_one,
    planner,
    replay,
)

#: One location, where the depot is: nobody walks.
POINT = Floor(np.array([0.0]), np.array([0.0, 10.0]), np.array([[0.0, 0.0]]), (0.0, 0.0))
SINGLE = RandomBaskets(np.array([1.0]), lines=1.0, units=1.0)
AT_ONCE = Policy("at once", planner(np.array([0]), one_by_one, lambda locations: ([0], None)), BySize(1))
NOTHING = Gamma(0.0)


def waiting_in_mmc(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Erlang C: mean number waiting."""
    load = arrival_rate / service_rate
    share = load / servers
    busy = load**servers / math.factorial(servers) / (1 - share)
    probability = busy / (sum(load**k / math.factorial(k) for k in range(servers)) + busy)
    return probability * share / (1 - share)


def test_packing_stations_queue_as_erlang_says() -> None:
    # given orders that come to three stations by chance, 80 % busy, each packed in an exponential time
    scenario = Scenario(
        POINT,
        PoissonOrders((144.0,) * 24, SINGLE),
        (Worker(),) * 3,
        handling=Handling(NOTHING, NOTHING, NOTHING),
        packing=Packing(3, Gamma(60.0, 1.0), NOTHING),
        warm_up=2 * 3600.0,
        horizon=24 * 3600.0,
    )
    # when ten such days are simulated
    found = compare([AT_ONCE], scenario, replications=10, confidence=0.99)
    # then the interval holds the known mean, and is no wider than a third of it
    queue = found.mean("packing_queue_mean", "at once")
    expected = waiting_in_mmc(144 / 3600, 1 / 60, 3)
    assert queue.low <= expected <= queue.high
    assert queue.half_width < expected / 3
    busy = found.mean("packing_utilisation", "at once")
    assert busy.low <= 0.8 <= busy.high


@pytest.mark.parametrize(("cv", "shape"), [(0.0, 0.5), (1.0, 1.0)])
def test_one_picker_queues_as_pollaczek_and_khinchine_say(cv: float, shape: float) -> None:
    # given one picker, 70 % busy, whose every job takes a fixed or an exponential time
    scenario = Scenario(
        POINT,
        PoissonOrders((42.0,) * 60, SINGLE),
        (Worker(),),
        handling=Handling(NOTHING, Gamma(60.0, cv), NOTHING),
        packing=None,
        warm_up=4 * 3600.0,
        horizon=60 * 3600.0,
    )
    found = compare([AT_ONCE], scenario, replications=10, confidence=0.99)
    waiting = found.mean("open_jobs_mean", "at once")
    expected = shape * 0.7**2 / (1 - 0.7)
    assert waiting.low <= expected <= waiting.high
    assert waiting.half_width < expected / 3


def test_orders_come_at_the_rate_of_their_hour() -> None:
    orders = PoissonOrders((50.0, 200.0), SINGLE, stretch=1800.0)
    hours = [[order.arrival // 1800 for order in orders(np.random.default_rng(seed))] for seed in range(40)]
    counts = np.array([[hour.count(0), hour.count(1)] for hour in hours])
    for column, mean in enumerate((25.0, 100.0)):
        found = interval(counts[:, column].astype(float), 0.999)
        assert found.low <= mean <= found.high


def test_baskets_have_the_mean_sizes_asked_for_and_no_sku_twice() -> None:
    baskets = RandomBaskets(np.ones(500), lines=3.0, units=1.5).draw(np.random.default_rng(0), 2000)
    assert np.mean([len(skus) for skus, _ in baskets]) == pytest.approx(3.0, rel=0.05)
    assert np.mean([unit for _, units in baskets for unit in units]) == pytest.approx(1.5, rel=0.05)
    assert all(len(set(skus)) == len(skus) for skus, _ in baskets)


def test_real_orders_are_replayed_line_by_line() -> None:
    orders = replay(
        np.array([5.0, 9.0]),
        np.array([1, 0, 1]),
        np.array([7, 8, 9]),
        np.array([1, 2, 3]),
        np.array([60.0, 90.0]),
    )
    assert [(o.id, o.arrival, o.skus, o.quantities, o.due) for o in orders] == [
        (0, 5.0, (8,), (2,), 60.0),
        (1, 9.0, (7, 9), (1, 3), 90.0),
    ]
    with pytest.raises(InvalidProblem, match="has no line"):
        replay(np.array([5.0, 9.0]), np.array([1]), np.array([7]), np.array([1]))
    with pytest.raises(InvalidProblem, match="names no order"):
        replay(np.array([5.0]), np.array([0, 1]), np.array([7, 8]), np.array([1, 1]))


def test_an_order_is_due_at_the_next_cut_off_it_can_make() -> None:
    cut_offs = (1000.0, 2000.0)
    assert next_cut_off(0.0, cut_offs, 600.0) == 1000
    assert next_cut_off(500.0, cut_offs, 600.0) == 2000
    assert next_cut_off(1500.0, cut_offs, 600.0) == float("inf")


def test_gamma_has_the_mean_and_spread_asked_for() -> None:
    sample = Gamma(10.0, 0.5).draw(np.random.default_rng(0), 20_000)
    assert sample.mean() == pytest.approx(10, rel=0.02)
    assert sample.std() == pytest.approx(5, rel=0.03)
    assert Gamma(10.0).draw(np.random.default_rng(0), 3).tolist() == [10.0] * 3
    with pytest.raises(InvalidProblem, match="negative"):
        Gamma(-1.0)


def test_differences_are_paired_by_day() -> None:
    # given two policies on the same days
    scenario = Scenario(
        POINT, PoissonOrders((60.0,) * 2, SINGLE), (Worker(),), packing=None, handling=Handling(NOTHING)
    )
    late = Policy("late", AT_ONCE.plan, BySize(5))
    days = compare([AT_ONCE, late], scenario, replications=5, seed=10, confidence=0.9)
    # then their difference is the paired t interval of a textbook
    first, second = days.values["cycle_mean"]
    paired = stats.ttest_rel(second, first).confidence_interval(0.9)
    difference = days.difference("cycle_mean", "late", "at once")
    assert (difference.low, difference.high) == pytest.approx((paired.low, paired.high))
    assert days.ratio("cycle_mean", "late", "at once").mean == pytest.approx((second / first).mean())
    assert days.mean("cycle_mean", "at once").mean == pytest.approx(first.mean())
    # and each day is the day of its own seed
    assert len(set(first.tolist())) == 5


def test_a_single_day_says_nothing_about_the_spread() -> None:
    found = interval(np.array([3.0]))
    assert (found.mean, found.low, found.high) == (3.0, -math.inf, math.inf)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"policies": []}, "policies"),
        ({"policies": [AT_ONCE, AT_ONCE]}, "policies"),
        ({"replications": 0}, "replications"),
        ({"confidence": 1.0}, "confidence"),
    ],
)
def test_comparisons_of_nothing_are_refused(arguments: dict[str, object], field: str) -> None:
    scenario = Scenario(POINT, PoissonOrders((1.0,), SINGLE), (Worker(),))
    with pytest.raises(InvalidProblem) as caught:
        compare(**{"policies": [AT_ONCE], "scenario": scenario, **arguments})  # type: ignore[arg-type]
    assert caught.value.field == field
