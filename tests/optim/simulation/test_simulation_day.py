"""A simulated day: nothing is lost, nobody flies, nobody walks through another, chance is common to all policies."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.errors import InvalidProblem
from hecang_optim.simulation import (
    Batch,
    BySize,
    Congestion,
    Event,
    Floor,
    FloorTask,
    Gamma,
    Handling,
    Order,
    Packing,
    Periodic,
    PickFaces,
    PoissonOrders,
    Policy,
    RandomBaskets,
    Report,
    Scenario,
    Stop,
    Waveless,
    Worker,
    first_come,
    looking_ahead,
    most_urgent,
    nearest_task,
    one_by_one,
    planner,
    replay,
    simulate,
)
from hecang_optim.simulation.draws import draw

X, Y = np.arange(4) * 4.0, np.array([0.0, 10.0, 20.0])
PLACES = np.array([(x, y) for x in X for y in (1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0)])
FLOOR = Floor(X, Y, PLACES, (6.0, 0.0))
LOCATIONS = len(PLACES)


def aisle_by_aisle(locations: np.ndarray) -> tuple[Sequence[int], None]:
    """Stops by aisle, up and down in turn; between them the shortest way."""
    x, y = PLACES[locations].T
    up = (x / 4) % 2 == 0
    return np.lexsort((np.where(up, y, -y), x)).tolist(), None


ALONE = planner(np.arange(LOCATIONS), one_by_one, aisle_by_aisle)
CARTS = planner(np.arange(LOCATIONS), first_come(orders=4), aisle_by_aisle)
RELEASES = [Periodic(600.0), BySize(7, 500.0), Waveless(), Waveless(5)]


def drawn_orders(per_hour: float = 120.0, hours: int = 1) -> PoissonOrders:
    weights = 1 / np.arange(1, LOCATIONS + 1)
    return PoissonOrders((per_hour,) * hours, RandomBaskets(weights), cut_offs=(2400.0, 5400.0), lead=900.0)


def drawn_tasks(rng: np.random.Generator) -> list[FloorTask]:
    ends = rng.integers(LOCATIONS, size=15)
    return [
        FloorTask("putaway", float(at), (0.0, 20.0), FLOOR.place(int(end)), due=float(at) + 900)
        for at, end in zip(rng.uniform(0, 3600, 15), ends, strict=True)
    ]


def small_faces(capacity: int = 6) -> PickFaces:
    reserve = np.column_stack((PLACES[:, 0], np.full(LOCATIONS, 20.0)))
    return PickFaces(np.full(LOCATIONS, capacity), np.full(LOCATIONS, capacity // 3), reserve)


def busy_day(**changes: Any) -> Scenario:
    everything = Worker(frozenset({"pick", "replenish", "putaway"}))
    usual = Scenario(
        floor=FLOOR,
        orders=drawn_orders(),
        workers=(everything,) * 4 + (Worker(frozenset({"pick"})),) * 2,
        packing=Packing(2, order=Gamma(20.0, 0.5)),
        congestion=Congestion.NARROW,
        faces=small_faces(),
        tasks=drawn_tasks,
    )
    return replace(usual, **changes)


def rows_of(report: Report, event: Event) -> np.ndarray:
    return report.log[report.log["event"] == event]


def walks(report: Report, worker: int) -> list[tuple[Any, Any]]:
    """Rows of a worker, each with the next."""
    return list(itertools.pairwise(report.log[report.log["actor"] == worker]))


# -------------------------------------------------------------------- by hand


def test_one_order_by_hand() -> None:
    # given one picker at 2 m/s, one order of two lines in two aisles, and one station
    order = Order(0, 100.0, (0, 14), (1, 3), due=1000.0)
    scenario = Scenario(
        FLOOR,
        [order],
        (Worker(speed=Gamma(2.0)),),
        handling=Handling(Gamma(60.0), Gamma(10.0), Gamma(2.0)),
        packing=Packing(1, Gamma(30.0), Gamma(5.0)),
    )
    # when it is released at the next full ten minutes
    report = simulate(scenario, Policy("alone", ALONE, Periodic(600.0)))
    # then: setup 60, 6 + 1 m to location 0, 1 + 4 + 9 m to location 14 (x 4, y 9), 9 + 2 m back, lines of 12 and 16 s
    metres = 7 + 14 + 11
    picked = 600 + 60 + metres / 2 + 12 + 16
    assert report.times.released[0] == 600
    assert report.times.picked[0] == pytest.approx(picked)
    assert report.times.left[0] == pytest.approx(picked + 30 + 4 * 5)
    assert report.ends == report.times.left[0]
    assert report.metres == metres
    assert report.metres_per_line == metres / 2
    assert report.empty_metres == 0
    assert report.on_time == 1
    assert report.utilisation == pytest.approx((picked - 600) / report.ends)
    assert report.cycle_mean == pytest.approx(report.ends - 100)
    assert report.orders_per_hour == pytest.approx(3600 / report.ends)


def test_what_comes_in_the_warm_up_does_not_count() -> None:
    orders = [Order(0, 0.0, (0,), (1,)), Order(1, 1000.0, (0,), (1,))]
    scenario = Scenario(FLOOR, orders, (Worker(),), warm_up=500.0, handling=Handling(Gamma(60.0)))
    whole = simulate(replace(scenario, warm_up=0.0), Policy("alone", ALONE, BySize(1)))
    later = simulate(scenario, Policy("alone", ALONE, BySize(1)))
    assert (whole.orders_left, later.orders_left) == (2, 1)
    assert later.metres == pytest.approx(whole.metres / 2)
    assert later.cycle_mean == pytest.approx(whole.times.left[1] - 1000)
    assert later.orders_per_hour == pytest.approx(3600 / (later.ends - 500))


def test_the_horizon_ends_the_day() -> None:
    report = simulate(busy_day(horizon=1800.0), Policy("alone", ALONE, Periodic(600.0)))
    assert report.orders_unfinished > 0
    assert np.nanmax(report.times.left) <= 1800
    assert report.ends == 1800
    assert 0 < report.utilisation <= 1


# -------------------------------------------------------------------- nothing is lost


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(list(Congestion)),
    st.sampled_from(RELEASES),
    st.sampled_from([most_urgent, nearest_task, looking_ahead(rounds=5)]),
    st.sampled_from([None, small_faces(), small_faces(2)]),
    st.integers(0, 100),
)
def test_every_order_leaves_exactly_once(
    congestion: Congestion, release: Any, dispatcher: Any, faces: PickFaces | None, seed: int
) -> None:
    scenario = busy_day(congestion=congestion, faces=faces)
    report = simulate(scenario, Policy("any", CARTS, release, dispatcher), seed=seed, log=True)
    times, orders = report.times, draw(scenario, seed).orders
    assert Counter(rows_of(report, Event.LEAVE)["order"].tolist()) == dict.fromkeys(range(len(orders)), 1)
    arrival = np.array([order.arrival for order in orders])
    assert (arrival <= times.released).all()
    assert (times.released < times.picked).all()
    assert (times.picked < times.left).all()
    assert report.orders_unfinished == 0
    assert report.tasks_done == 15
    picked = rows_of(report, Event.PICK)["order"].tolist()
    assert Counter(picked) == {order.id: len(order.skus) for order in orders}
    nobody_flies(report, draw(scenario, seed).speeds)


def nobody_flies(report: Report, speeds: list[float]) -> None:
    """Between two rows nobody moves faster than his speed, and the moves add up to the metres walked."""
    metres = 0.0
    for worker, speed in enumerate(speeds):
        for before, after in walks(report, worker):
            way = abs(after["x"] - before["x"]) + abs(after["y"] - before["y"])
            assert way <= speed * (after["time"] - before["time"]) + 1e-6
            metres += way
    assert metres == pytest.approx(report.metres)


def test_without_anybody_who_replenishes_pickers_fetch_the_goods_themselves() -> None:
    picker = Worker(frozenset({"pick"}))
    report = simulate(busy_day(workers=(picker,) * 3, tasks=(), faces=small_faces(2)), Policy("any", CARTS))
    assert report.orders_unfinished == 0
    assert report.empty_faces > 0
    assert report.refills > 0
    assert report.starved > 0


def test_a_location_gives_no_more_than_it_got() -> None:
    scenario = busy_day(faces=small_faces(3))
    report = simulate(scenario, Policy("any", CARTS), log=True)
    taken = sum(order.units for order in draw(scenario, 0).orders)
    assert taken <= 3 * LOCATIONS + 3 * report.refills
    assert report.refills == len(rows_of(report, Event.REFILLED))


# -------------------------------------------------------------------- in each other's way


def test_in_narrow_aisles_there_is_one_at_a_time() -> None:
    report = simulate(busy_day(faces=None), Policy("alone", ALONE), log=True)
    inside: dict[tuple[float, bool], list[tuple[float, float, int]]] = {}
    for worker in range(6):
        job_rows = [pair for pair in walks(report, worker) if pair[0]["event"] != Event.DONE]
        for before, after in job_rows:
            x, y = before["x"], (before["y"] + after["y"]) / 2
            there = after["x"] == x and x in X and y not in Y and before["event"] != Event.WAIT
            if there and after["time"] > before["time"]:
                inside.setdefault((x, bool(y > 10)), []).append((before["time"], after["time"], worker))
    assert sum(map(len, inside.values())) > 100
    for visits in inside.values():
        for one, other in itertools.pairwise(sorted(visits)):
            assert one[2] == other[2] or other[0] >= one[1] - 1e-9
    assert report.blocked > 0


def test_at_a_location_there_is_one_at_a_time() -> None:
    hot = RandomBaskets(np.array([1.0, 1.0, 1.0]), lines=1.0)
    scenario = busy_day(orders=PoissonOrders((400.0,), hot), congestion=Congestion.FACE, faces=None, tasks=())
    report = simulate(scenario, Policy("alone", ALONE, BySize(1)), log=True)
    begun: dict[int, float] = {}
    busy: dict[tuple[float, float], list[tuple[float, float]]] = {}
    for row in report.log:
        if row["event"] == Event.WORK:
            begun[row["actor"]] = row["time"]
        elif row["event"] == Event.PICK:
            busy.setdefault((row["x"], row["y"]), []).append((begun[row["actor"]], row["time"]))
    assert len(busy) == 3
    for spans in busy.values():
        assert all(after[0] >= before[1] - 1e-9 for before, after in itertools.pairwise(sorted(spans)))
    assert report.blocked > 0


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([Congestion.WIDE, Congestion.FACE, Congestion.NARROW]), st.integers(0, 50))
def test_congestion_never_shortens_a_tour(congestion: Congestion, seed: int) -> None:
    # given a job for each worker, all at once, so that the same worker does the same job in any case
    scenario = busy_day(orders=drawn_orders(1200.0, 1), faces=None, tasks=(), packing=None)
    few = replace(scenario, orders=draw(scenario, seed).orders[:6])
    few = replace(few, orders=[replace(order, arrival=0.0) for order in few.orders])
    free = simulate(replace(few, congestion=Congestion.FREE), Policy("alone", ALONE), seed=seed)
    crowded = simulate(replace(few, congestion=congestion), Policy("alone", ALONE), seed=seed)
    assert (crowded.times.picked >= free.times.picked - 1e-6).all()
    assert crowded.metres == pytest.approx(free.metres)


def test_alone_on_the_floor_nobody_is_in_the_way() -> None:
    days = [
        simulate(busy_day(congestion=kind, workers=(Worker(),), tasks=(), faces=None), Policy("a", CARTS))
        for kind in Congestion
    ]
    for day in days:
        np.testing.assert_allclose(day.times.left, days[0].times.left)
        assert day.blocked == day.lost == 0


# -------------------------------------------------------------------- chance


def test_the_same_seed_is_the_same_day_with_or_without_a_log() -> None:
    policy = Policy("any", CARTS, Waveless(), looking_ahead(rounds=5))
    one, two = (simulate(busy_day(), policy, seed=5, log=True) for _ in range(2))
    np.testing.assert_array_equal(one.log, two.log)
    np.testing.assert_equal(one.measures(), two.measures())
    np.testing.assert_equal(simulate(busy_day(), policy, seed=5).measures(), one.measures())
    assert simulate(busy_day(), policy, seed=6).measures() != one.measures()


def test_policies_meet_the_same_chance() -> None:
    # given two policies that do all differently
    scenario = busy_day(faces=None)
    days = [
        simulate(scenario, policy, seed=3, log=True)
        for policy in (Policy("a", ALONE, BySize(1)), Policy("b", CARTS, Periodic(900.0), nearest_task))
    ]
    # then orders come at the same moments, and each takes as long to pack
    arrivals = [rows_of(day, Event.ARRIVE)[["time", "order"]] for day in days]
    np.testing.assert_array_equal(*arrivals)
    packing = []
    for day in days:
        pack = np.sort(rows_of(day, Event.PACK), order="order")
        packing.append(day.times.left - pack["time"])
    np.testing.assert_allclose(*packing, atol=1e-6)


def test_a_further_worker_changes_nothing_for_the_others() -> None:
    few, more = draw(busy_day(), 1), draw(busy_day(workers=(*busy_day().workers, Worker())), 1)
    assert more.speeds[:-1] == few.speeds
    assert more.lines == few.lines
    assert more.orders == few.orders


# -------------------------------------------------------------------- release, shifts, dispatchers


def test_waves_go_by_the_clock() -> None:
    report = simulate(busy_day(), Policy("waves", CARTS, Periodic(700.0, first=200.0)))
    assert set(((report.times.released - 200) % 700).tolist()) == {0.0}


def test_waves_by_size_wait_for_so_many_orders_or_so_long() -> None:
    report = simulate(busy_day(), Policy("size", CARTS, BySize(7)))
    moments, counts = np.unique(report.times.released, return_counts=True)
    assert (counts[:-1] == 7).all()
    assert counts[-1] <= 7
    hasty = simulate(busy_day(), Policy("size", CARTS, BySize(10**6, 300.0)))
    arrival = np.array([order.arrival for order in draw(busy_day(), 0).orders])
    assert (hasty.times.released - arrival).max() <= 300 + 1e-9
    assert len(moments) > 5


def test_waveless_work_is_planned_when_somebody_begins_it() -> None:
    scenario = busy_day(tasks=(), faces=None)
    report = simulate(scenario, Policy("waveless", CARTS, Waveless()), log=True)
    begun = {row["job"]: row["time"] for row in rows_of(report, Event.BEGIN)}
    for row in rows_of(report, Event.RELEASE):
        assert begun[row["job"]] == row["time"]


def test_nobody_stands_idle_while_orders_wait_however_few_are_planned_at_a_time() -> None:
    waiting = replay(np.zeros(6), np.arange(6), np.zeros(6, dtype=np.int64), np.ones(6, dtype=np.int64))
    scenario = busy_day(orders=waiting, tasks=(), faces=None, workers=(Worker(),) * 3)
    report = simulate(scenario, Policy("waveless", ALONE, Waveless(look_ahead=1)), log=True)
    begun = rows_of(report, Event.BEGIN)
    assert sorted(begun["actor"][begun["time"] == 0].tolist()) == [0, 1, 2]


def test_nobody_begins_work_outside_his_shift() -> None:
    late, early = Worker(shift=(600.0, np.inf)), Worker(shift=(0.0, 1200.0))
    report = simulate(
        busy_day(workers=(late, early, Worker()), tasks=()), Policy("any", ALONE, BySize(1)), log=True
    )
    begun = rows_of(report, Event.BEGIN)
    assert begun["time"][begun["actor"] == 0].min() >= 600
    assert begun["time"][begun["actor"] == 1].max() < 1200
    assert report.orders_unfinished == 0


def test_the_nearest_goes_to_the_nearest() -> None:
    # given two idle workers at opposite ends, and a task near each
    workers = tuple(Worker(frozenset({"move"}), home=home) for home in ((0.0, 1.0), (12.0, 19.0)))
    tasks = [FloorTask("move", 0.0, at, at) for at in ((12.0, 17.0), (0.0, 3.0))]
    scenario = Scenario(FLOOR, (), workers, tasks=tasks)
    # when work is given to the nearest, or just in turn
    near = simulate(scenario, Policy("near", ALONE, dispatcher=nearest_task))
    in_turn = simulate(scenario, Policy("in turn", ALONE))
    # then each takes the task next to him; in turn, they cross the hall
    assert near.empty_metres == 4.0
    assert in_turn.empty_metres > 40


def test_looking_ahead_walks_less_empty_than_the_nearest() -> None:
    def tasks(rng: np.random.Generator) -> list[FloorTask]:
        """Putaways from the back, moves to the front: one leads to the other."""
        drawn = []
        for at in np.sort(rng.uniform(0, 3600, 120)):
            place = FLOOR.place(int(rng.integers(LOCATIONS)))
            inbound = rng.random() < 0.5
            start, end = ((0.0, 20.0), place) if inbound else (place, (6.0, 0.0))
            drawn.append(FloorTask("move", float(at), start, end, due=float(at) + 900))
        return drawn

    scenario = Scenario(FLOOR, (), (Worker(frozenset({"move"})),) * 4, tasks=tasks)
    for seed in range(3):
        near = simulate(scenario, Policy("near", ALONE, dispatcher=nearest_task), seed=seed)
        ahead = simulate(scenario, Policy("ahead", ALONE, dispatcher=looking_ahead()), seed=seed)
        assert ahead.tasks_done == near.tasks_done == 120
        assert ahead.empty_metres < near.empty_metres
        assert ahead.task_lateness <= near.task_lateness + 1


# -------------------------------------------------------------------- refused


def test_plans_that_forget_a_line_or_an_order_are_refused() -> None:
    scenario = busy_day()
    with pytest.raises(InvalidProblem, match="each released order"):
        simulate(scenario, Policy("forgets", lambda orders: ALONE(orders)[1:]))
    with pytest.raises(InvalidProblem, match="each of its lines once"):
        simulate(scenario, Policy("empty", lambda orders: [Batch((order.id,), ()) for order in orders]))

    def elsewhere(orders: Sequence[Order]) -> list[Batch]:
        return [replace(batch, path=((6.0, 0.0), (6.0, -5.0))) for batch in ALONE(orders)]

    with pytest.raises(InvalidProblem, match="not on the path"):
        simulate(scenario, Policy("elsewhere", elsewhere))

    def nowhere(orders: Sequence[Order]) -> list[Batch]:
        return [
            Batch((o.id,), (Stop(999, tuple((o.id, line) for line in range(len(o.skus)))),)) for o in orders
        ]

    with pytest.raises(InvalidProblem, match="unknown location"):
        simulate(scenario, Policy("nowhere", nowhere))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (lambda: [Order(1, 0.0, (0,), (1,))], "id is not the position"),
        (lambda: [Order(0, 0.0, (), ())], "has no line"),
        (lambda: [Order(0, 0.0, (0,), (0,))], "quantity below 1"),
        (lambda: [Order(0, -1.0, (0,), (1,))], "arrival is negative"),
        (lambda: [Order(0, 0.0, (0, 1), (1,))], "differ in length"),
    ],
)
def test_orders_that_cannot_be_are_refused(given: Any, why: str) -> None:
    with pytest.raises(InvalidProblem, match=why):
        simulate(busy_day(orders=given()), Policy("any", ALONE))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"workers": ()}, "scenario.workers"),
        ({"slowdown": -0.1}, "scenario.slowdown"),
        ({"packing": Packing(0)}, "scenario.packing.stations"),
        ({"warm_up": 10.0, "horizon": 5.0}, "scenario.horizon"),
        ({"workers": (Worker(speed=Gamma(0.0)),)}, "scenario.workers"),
    ],
)
def test_scenarios_that_cannot_be_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        busy_day(**changes)
    assert caught.value.field == field
