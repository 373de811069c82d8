"""Who does what: right by an independent reckoning, best on small cases, stable, and it says why not."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.assignment import (
    Goals,
    Reason,
    Step,
    Task,
    Worker,
    WorkPlan,
    assign,
    rectangular,
    walking,
)
from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem

#: Points on a line, 10 s apart.
LINE = 10.0 * np.abs(np.arange(11)[:, None] - np.arange(11)[None, :])


def case(
    seed: int, tasks: int, workers: int, *, breaks: bool = False
) -> tuple[list[Task], list[Worker], np.ndarray]:
    """Anything may happen: skills, equipment, releases, due times, shift ends, breaks, promises, started tasks."""
    rng = np.random.default_rng(seed)
    pauses = np.random.default_rng((seed, 1))
    points = rng.uniform(0, 100, (12, 2))
    skills, equipment = ["pick", "count"], ["fork", "cart"]

    def some(of: list[str], share: float) -> frozenset[str]:
        return frozenset(name for name in of if rng.random() < share)

    people = [
        Worker(
            place=int(rng.integers(12)),
            free_at=float(rng.uniform(0, 100)),
            shift_end=float(rng.choice([600.0, 1500.0, np.inf])),
            pace=float(rng.uniform(0.8, 1.3)),
            skills=some(skills, 0.8),
            equipment=some(equipment, 0.8),
        )
        for _ in range(workers)
    ]
    if breaks:
        people = [replace(one, breaks=_breaks(pauses)) for one in people]
    work = []
    for _ in range(tasks):
        promised = int(rng.integers(workers)) if rng.random() < 0.3 else None
        work.append(
            Task(
                start=int(rng.integers(12)),
                end=int(rng.integers(12)),
                seconds=float(rng.uniform(5, 60)),
                release=float(rng.choice([0.0, 0.0, rng.uniform(0, 400)])),
                due=float(rng.choice([np.inf, rng.uniform(0, 800)])),
                priority=float(rng.choice([1.0, 3.0])),
                skills=some(skills, 0.3),
                equipment=some(equipment, 0.2),
                promised_to=promised,
                started=promised is not None and rng.random() < 0.2,
            )
        )
    return work, people, rectangular(points, points)


def _breaks(rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """Up to three, one of which may be going on; some leave less time between them than a task takes."""
    edges = np.cumsum(rng.uniform(5, 70, 6)) - rng.uniform(0, 40)
    return tuple((float(edges[at]), float(edges[at + 1])) for at in range(0, 2 * int(rng.integers(4)), 2))


def around(worker: Worker, begin: float, seconds: float, *, started: bool) -> tuple[float, float]:
    """When a task begins and ends that could begin at ``begin``: looked for minute by minute, as it were."""
    edges = [0.0, *(moment for rest in worker.breaks for moment in rest), worker.shift_end]
    fits = any(high - low >= seconds for low, high in zip(edges[::2], edges[1::2], strict=True))
    if not started:
        if fits:
            while any(rest < begin + seconds and back > begin for rest, back in worker.breaks):
                begin = min(back for rest, back in worker.breaks if back > begin)
        for rest, back in worker.breaks:
            begin = back if rest <= begin < back else begin
    left, now = seconds, begin
    for rest, back in worker.breaks:
        if back <= now:
            continue
        part = max(0.0, rest - now)
        if part >= left:
            break
        left -= part
        now = back
    return begin, now + left


def reckon(
    tasks: Sequence[Task],
    workers: Sequence[Worker],
    table: np.ndarray,
    queues: Sequence[Sequence[int]],
    goals: Goals,
) -> tuple[list[list[Step]], float]:
    """Times and cost of given queues, step by step."""
    walked, cost = [], 0.0
    for index, queue in enumerate(queues):
        worker, steps = workers[index], []
        now, place = worker.free_at, worker.place
        for number in queue:
            task = tasks[number]
            travel = worker.pace * table[place, task.start]
            begin, end = around(worker, max(task.release, now + travel), task.seconds, started=task.started)
            late = max(0.0, end - task.due)
            steps.append(Step(number, now, begin, end, travel, late))
            if not task.started:
                cost += goals.empty_travel * travel
                cost += task.priority * (goals.lateness * late + goals.flow * end)
                cost += goals.change * (task.promised_to not in (None, index))
            now, place = end, task.end
        walked.append(steps)
    return walked, cost


def can(task: Task, worker: Worker) -> bool:
    return task.skills <= worker.skills and task.equipment <= worker.equipment


def queues_of(plan: WorkPlan) -> list[list[int]]:
    return [[step.task for step in queue.steps] for queue in plan.queues]


# -------------------------------------------------------------------- right


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(0, 25), st.integers(1, 6), st.sampled_from([None, 1, 3]), st.booleans()
)
def test_every_plan_holds_what_it_says(
    seed: int, count: int, people: int, max_queue: int | None, breaks: bool
) -> None:
    tasks, workers, table = case(seed, count, people, breaks=breaks)
    goals = Goals(flow=0.05, change=7.0)
    plan = assign(
        tasks, workers, table, max_queue=max_queue, goals=goals, budget=Budget(rounds=60), seed=seed
    )
    # each task is in one queue, or unassigned
    numbers = [step.task for queue in plan.queues for step in queue.steps]
    assert sorted([*numbers, *(one.task for one in plan.unassigned)]) == list(range(count))
    # times and cost are those of an independent reckoning
    steps, cost = reckon(tasks, workers, table, queues_of(plan), goals)
    for queue, expected in zip(plan.queues, steps, strict=True):
        for step, other in zip(queue.steps, expected, strict=True):
            assert step.task == other.task
            fields = ("leave", "begin", "end", "travel", "lateness")
            got = [getattr(step, name) for name in fields]
            assert got == pytest.approx([getattr(other, name) for name in fields], abs=1e-6)
    assert plan.cost == pytest.approx(cost, abs=1e-6)
    flat = [step for mine in steps for step in mine]
    assert plan.empty_travel == pytest.approx(sum(step.travel for step in flat))
    assert plan.lateness == pytest.approx(sum(tasks[s.task].priority * s.lateness for s in flat))
    # nobody does what he cannot, or after his shift; started tasks stay; queues are no longer than allowed
    for index, queue in enumerate(plan.queues):
        started = [n for n, task in enumerate(tasks) if task.started and task.promised_to == index]
        assert [step.task for step in queue.now[: len(started)]] == started
        for step in queue.steps[len(started) :]:
            assert can(tasks[step.task], workers[index])
            assert step.end <= workers[index].shift_end + 1e-6
        assert max_queue is None or len(queue.now) <= len(started) + max_queue
        assert max_queue is not None or not queue.later
    for one in plan.unassigned:
        able = any(can(tasks[one.task], worker) for worker in workers)
        assert able == (one.why is Reason.NO_TIME)


def all_queues(tasks: int, workers: int) -> list[list[list[int]]]:
    """Every way to share tasks out in order."""
    found = []
    for order in itertools.permutations(range(tasks)):
        for cuts in itertools.combinations_with_replacement(range(tasks + 1), workers - 1):
            ends = [0, *cuts, tasks]
            found.append([list(order[a:b]) for a, b in itertools.pairwise(ends)])
    return found


@pytest.mark.parametrize("breaks", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_small_cases_are_solved_to_the_best(seed: int, breaks: bool) -> None:
    # given five tasks that all can do and two workers
    tasks, workers, table = case(seed, 5, 2, breaks=breaks)
    tasks = [replace(task, skills=frozenset(), equipment=frozenset(), started=False) for task in tasks]
    workers = [replace(worker, shift_end=np.inf) for worker in workers]
    goals = Goals(flow=0.05)
    # when all ways are tried
    best = min(reckon(tasks, workers, table, queues, goals)[1] for queues in all_queues(5, 2))
    # then the search has found one that costs no more
    assert assign(tasks, workers, table, goals=goals, seed=seed).cost == pytest.approx(best, abs=1e-6)


# -------------------------------------------------------------------- breaks


def test_a_task_that_would_run_into_a_break_waits_until_it_is_over_and_a_short_one_goes_before() -> None:
    long, short = Task(0, 0, 60.0), Task(0, 0, 20.0)
    plan = assign([long, short], [Worker(0, breaks=((30.0, 50.0),))], LINE)
    assert [(step.task, step.begin, step.end) for step in plan.queues[0].steps] == [
        (1, 0.0, 20.0),
        (0, 50.0, 110.0),
    ]


def test_a_task_longer_than_any_time_between_breaks_is_laid_down_for_them() -> None:
    worker = Worker(0, shift_end=120.0, breaks=((30.0, 50.0), (80.0, 90.0)))
    [step] = assign([Task(0, 0, 70.0)], [worker], LINE).queues[0].steps
    assert (step.begin, step.end) == (0.0, 100.0)
    assert assign([Task(0, 0, 91.0)], [worker], LINE).unassigned[0].why is Reason.NO_TIME


def test_nothing_begins_in_a_break_and_what_was_begun_goes_on_after_it() -> None:
    resting = Worker(0, breaks=((-10.0, 40.0),))
    begun = Task(0, 0, 15.0, promised_to=0, started=True)
    plan = assign([begun, Task(0, 0, 5.0)], [resting], LINE)
    assert [(step.task, step.end) for step in plan.queues[0].steps] == [(0, 55.0), (1, 60.0)]


def test_what_ends_as_the_shift_or_the_break_begins_still_fits() -> None:
    worker = Worker(0, shift_end=100.0, breaks=((50.0, 60.0),))
    plan = assign([Task(0, 0, 50.0), Task(0, 0, 40.0)], [worker], LINE)
    assert sorted(step.end for step in plan.queues[0].steps) == [50.0, 100.0]


@pytest.mark.parametrize(
    "breaks", [((5.0, 5.0),), ((9.0, 5.0),), ((0.0, 5.0), (4.0, 8.0)), ((0.0, float("inf")),)]
)
def test_breaks_that_cannot_be_are_refused(breaks: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(InvalidProblem):
        assign([], [Worker(0, breaks=breaks)], LINE)


# -------------------------------------------------------------------- interleaved


def test_a_putaway_on_the_way_out_and_a_pick_on_the_way_back() -> None:
    # given two putaways from the dock (0) into the rack, and two picks from the rack to the dock
    tasks = [Task(0, 9, 90.0), Task(0, 4, 40.0), Task(9, 0, 90.0), Task(4, 0, 40.0)]
    # when one worker at the dock does them
    plan = assign(tasks, [Worker(0)], LINE)
    # then he never walks empty: out with one, back with the other
    assert plan.empty_travel == 0
    out = [step.task for step in plan.queues[0].steps]
    assert [tasks[number].start for number in out] == [0, tasks[out[0]].end, 0, tasks[out[2]].end]


def test_what_is_due_goes_before_what_is_near() -> None:
    near, urgent = Task(1, 1, 30.0), Task(10, 10, 10.0, due=115.0, priority=10.0)
    plan = assign([near, urgent], [Worker(0)], LINE)
    assert [step.task for step in plan.queues[0].steps] == [1, 0]
    assert plan.lateness == 0


def test_a_worker_with_a_load_gets_the_next_task_only_if_he_is_free_sooner_there() -> None:
    busy_there, idle_here = Worker(5, free_at=20.0), Worker(0)
    plan = assign([Task(5, 5, 10.0, due=40.0)], [busy_there, idle_here], LINE)
    assert queues_of(plan) == [[0], []]
    later = replace(busy_there, free_at=200.0)
    assert queues_of(assign([Task(5, 5, 10.0, due=70.0)], [later, idle_here], LINE)) == [[], [0]]


def test_work_spreads_over_the_workers() -> None:
    tasks = [Task(5, 5, 600.0) for _ in range(6)]
    plan = assign(tasks, [Worker(5)] * 3, LINE)
    assert [len(queue.steps) for queue in plan.queues] == [2, 2, 2]


# -------------------------------------------------------------------- rolling horizon


def test_a_short_queue_now_and_the_rest_later() -> None:
    plan = assign([Task(i, i, 10.0) for i in range(10)], [Worker(0), Worker(10)], LINE, max_queue=2)
    assert [len(queue.now) for queue in plan.queues] == [2, 2]
    assert sum(len(queue.later) for queue in plan.queues) == 6
    assert plan.worker_of() == {s.task: q.worker for q in plan.queues for s in q.now}


def test_promises_are_kept_unless_it_is_worth_a_change() -> None:
    changes = {10_000.0: 0, 10.0: 0, 0.0: 0}
    for seed in range(5):
        # given a plan, and the same situation again with what was promised
        tasks, workers, table = case(seed, 30, 4)
        tasks = [replace(task, promised_to=None, started=False) for task in tasks]
        first = assign(tasks, workers, table, max_queue=3, seed=1)
        promised = [replace(task, promised_to=first.worker_of().get(n)) for n, task in enumerate(tasks)]
        # when it is planned with another seed, and changes are dear, cheap or free
        for price in changes:
            plan = assign(promised, workers, table, max_queue=3, seed=2, goals=Goals(change=price))
            changes[price] += plan.changes
    # then dear promises are all kept, and cheap ones rather than free ones
    assert changes[10_000.0] == 0
    assert changes[10.0] < changes[0.0]


def test_a_promise_is_broken_for_a_good_reason() -> None:
    # given a task promised to somebody far away, while another stands before it
    task = Task(10, 10, 10.0, promised_to=0)
    plan = assign([task], [Worker(0), Worker(10)], LINE, goals=Goals(change=10.0))
    assert (plan.changes, queues_of(plan)) == (1, [[], [0]])
    kept = assign([task], [Worker(0), Worker(10)], LINE, goals=Goals(change=1000.0))
    assert (kept.changes, queues_of(kept)) == (0, [[0], []])


def test_started_tasks_stay_first_whatever_comes() -> None:
    started = Task(10, 10, 10.0, promised_to=0, started=True)
    urgent = Task(0, 0, 10.0, due=10.0, priority=100.0)
    plan = assign([urgent, started], [Worker(0)], LINE, max_queue=1)
    assert [step.task for step in plan.queues[0].now] == [1, 0]


# -------------------------------------------------------------------- why not


def test_it_says_why_nobody_gets_a_task() -> None:
    tasks = [
        Task(0, 0, 10.0, skills=frozenset({"fly"})),
        Task(0, 0, 10.0, equipment=frozenset({"crane"})),
        Task(0, 0, 10.0, skills=frozenset({"drive"}), equipment=frozenset({"fork"})),
        Task(0, 0, 1000.0),
        Task(0, 0, 10.0),
    ]
    workers = [
        Worker(0, shift_end=500.0, skills=frozenset({"drive"})),
        Worker(0, shift_end=500.0, equipment=frozenset({"fork"})),
    ]
    plan = assign(tasks, workers, LINE)
    assert {one.task: one.why for one in plan.unassigned} == {
        0: Reason.NO_SKILL,
        1: Reason.NO_EQUIPMENT,
        2: Reason.NOT_TOGETHER,
        3: Reason.NO_TIME,
    }


def test_when_time_is_short_the_dearer_tasks_are_done() -> None:
    tasks = [Task(0, 0, 100.0, priority=float(weight)) for weight in (1, 5, 2, 4, 3)]
    plan = assign(tasks, [Worker(0, shift_end=300.0)], LINE)
    assert {one.task for one in plan.unassigned} == {0, 2}
    assert all(one.why is Reason.NO_TIME for one in plan.unassigned)


# -------------------------------------------------------------------- the search


def test_the_same_arguments_give_the_same_plan() -> None:
    tasks, workers, table = case(7, 40, 5)
    assert assign(tasks, workers, table, seed=3) == assign(tasks, workers, table, seed=3)


def test_more_rounds_are_never_worse_and_improvements_are_told() -> None:
    tasks, workers, table = case(8, 60, 5)
    workers = [replace(worker, shift_end=np.inf) for worker in workers]
    told: list[float] = []
    greedy = assign(tasks, workers, table, budget=Budget(rounds=0))
    better = assign(tasks, workers, table, budget=Budget(rounds=300), on_improvement=told.append)
    assert better.cost < greedy.cost
    assert told == sorted(told, reverse=True)
    assert told[0] == pytest.approx(greedy.cost)
    assert told[-1] == pytest.approx(better.cost)


def test_a_cancelled_search_still_gives_a_whole_plan() -> None:
    tasks, workers, table = case(9, 20, 3)
    plan = assign(tasks, workers, table, budget=Budget(rounds=10**9, cancelled=lambda: True))
    assert sum(len(queue.steps) for queue in plan.queues) + len(plan.unassigned) == 20


def test_travel_may_be_a_function_of_coordinates() -> None:
    points = np.random.default_rng(0).uniform(0, 50, (12, 2))
    tasks, workers, _table = case(10, 15, 3)
    table = rectangular(points, points) / 1.5
    assert assign(tasks, workers, walking(points, 1.5)) == assign(tasks, workers, table)


def test_no_tasks_no_work() -> None:
    plan = assign([], [Worker(0)], LINE)
    assert (plan.queues[0].steps, plan.unassigned, plan.cost) == ((), (), 0.0)


# -------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("task", "field"),
    [
        ({"seconds": -1.0}, "tasks.seconds"),
        ({"seconds": np.nan}, "tasks.seconds"),
        ({"release": np.inf}, "tasks.release"),
        ({"priority": 0.0}, "tasks.priority"),
        ({"due": np.nan}, "tasks.due"),
        ({"start": -1}, "tasks"),
        ({"end": 11}, "travel"),
        ({"promised_to": 1}, "tasks.promised_to"),
        ({"started": True}, "tasks.started"),
    ],
)
def test_tasks_that_cannot_be_are_refused(task: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        assign([Task(**{"start": 0, "end": 0, "seconds": 1.0, **task})], [Worker(0)], LINE)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("worker", "field"),
    [
        ({"place": -1}, "workers.place"),
        ({"pace": 0.0}, "workers.pace"),
        ({"free_at": np.nan}, "workers.free_at"),
    ],
)
def test_workers_that_cannot_be_are_refused(worker: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        assign([], [Worker(**{"place": 0, **worker})], LINE)
    assert (caught.value.field, caught.value.index) == (field, 0)


def test_travel_that_cannot_be_is_refused() -> None:
    task = Task(0, 1, 1.0)
    for travel in (-LINE, np.full((11, 11), np.inf), np.zeros((2, 3)), lambda starts, ends: np.zeros(3)):
        with pytest.raises(InvalidProblem) as caught:
            assign([task], [Worker(1)], travel)
        assert caught.value.field == "travel"
    with pytest.raises(InvalidProblem, match="is empty"):
        assign([task], [], LINE)
    with pytest.raises(InvalidProblem, match="below 1"):
        assign([task], [Worker(0)], LINE, max_queue=0)
    with pytest.raises(InvalidProblem, match="negative"):
        Goals(flow=-1.0)
