"""From tasks and workers to arrays, through the search, and back to a plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hecang_optim.assignment.kernels import (
    MEAN_RUIN,
    NOBODY,
    Queues,
    Work,
    copy,
    improve,
    insert_all,
    settle,
    total_cost,
)
from hecang_optim.assignment.model import (
    DEFAULT_GOALS,
    Goals,
    Queue,
    Reason,
    Step,
    Task,
    Travel,
    Unassigned,
    Worker,
    WorkPlan,
)
from hecang_optim.budget import Budget
from hecang_optim.errors import require
from hecang_optim.randomness import random_state

#: rounds without a budget: enough to settle a floor, few enough for a fraction of a second
DEFAULT_ROUNDS = 400
#: rounds between two looks at the budget
CHUNK = 50
#: how much more than the best a plan may cost to be kept, in mean costs of a task, in the beginning and at the end
HOT, COLD = 0.5, 0.005
#: but no hotter than this for each time that a task is moved: who has no time to cool must not get hot
HOT_PER_MOVE = 1 / 60


def assign(
    tasks: Sequence[Task],
    workers: Sequence[Worker],
    travel: Travel,
    *,
    max_queue: int | None = None,
    goals: Goals = DEFAULT_GOALS,
    budget: Budget | None = None,
    seed: int = 0,
    on_improvement: Callable[[float], None] | None = None,
) -> WorkPlan:
    """Give tasks to workers and put them in order.

    Everything known is planned, so that what is done first fits what comes after; but only the first
    ``max_queue`` tasks of a worker are promised to him. Call it again when something happened, with the rest of
    the tasks, ``promised_to`` from :meth:`WorkPlan.worker_of`, and the workers as they then are.

    :param travel: seconds between points, a (P, P) table or a function; see :func:`walking`.
    :param max_queue: most tasks in ``now`` of a worker, apart from started ones; ``None`` for all.
    :param budget: of the search; rounds are rounds of ruin and recreate. ``None``: 400 rounds.
    :param seed: of the search.
    :param on_improvement: told the cost whenever a better plan is found.
    :return: the plan; with a budget of rounds, the same for the same arguments.
    :raises InvalidProblem: a task or worker that cannot be.
    """
    require(max_queue is None or max_queue >= 1, "max_queue", "is below 1")
    _check(tasks, workers)
    begun = _begin(tasks, workers, travel)
    able = _abilities(tasks, workers)
    inside = [i for i, task in enumerate(tasks) if not task.started and able[:, i].any()]
    work = _work(tasks, inside, workers, begun, able, travel, goals)
    queues = _empty_queues(work, np.array([mine[0] for mine in begun], dtype=np.float64))
    if inside:
        queues = _search(work, queues, budget or Budget(rounds=DEFAULT_ROUNDS), seed, on_improvement)
    return _Plan(tasks, workers, inside, begun, able, work, queues, max_queue).read()


def _search(
    work: Work, queues: Queues, budget: Budget, seed: int, on_improvement: Callable[[float], None] | None
) -> Queues:
    state = random_state(seed)
    urgency = np.lexsort((work.release, -work.priority, work.due))
    insert_all(work, queues, np.ascontiguousarray(urgency, dtype=np.int64), len(urgency), 0.0, state)
    best, spare = _copied(queues), _copied(queues)
    least = total_cost(work, best)
    if on_improvement is not None:
        on_improvement(least)
    served = max(1, int((queues.worker[: len(urgency)] != NOBODY).sum()))
    unit = float(queues.cost.sum()) / served
    whole = budget.rounds_left
    hot = HOT if whole is None else min(HOT, HOT_PER_MOVE * whole * MEAN_RUIN / max(1, len(urgency)))
    cold = min(COLD, hot)
    while not budget.spent() and len(urgency) > 1:
        left = budget.rounds_left
        done = 0.0 if left is None or not whole else 1 - left / whole
        if budget.seconds is not None:
            done = max(done, min(1.0, budget.used() / budget.seconds)) if budget.seconds else 1.0
        rounds = CHUNK if left is None else min(CHUNK, left)
        heat = unit * hot * (cold / hot) ** done
        found = improve(work, queues, best, spare, rounds, heat, state)
        budget.count(rounds)
        if found < least and on_improvement is not None:
            on_improvement(found)
        least = found
    copy(best, queues)
    for worker in range(len(work.pace)):
        settle(work, queues, worker)
    return queues


def _check(tasks: Sequence[Task], workers: Sequence[Worker]) -> None:
    require(len(workers) > 0, "workers", "is empty")
    for index, worker in enumerate(workers):
        require(0 <= worker.free_at < np.inf, "workers.free_at", "is negative or not finite", index)
        require(0 < worker.pace < np.inf, "workers.pace", "is not positive and finite", index)
        require(worker.shift_end >= 0, "workers.shift_end", "is negative or no number", index)
        require(worker.place >= 0, "workers.place", "is no point", index)
        moments = [moment for rest in worker.breaks for moment in rest]
        require(
            all(len(rest) == 2 for rest in worker.breaks)
            and all(math.isfinite(moment) for moment in moments)
            and all(one < other for one, other in pairwise(moments)),
            "workers.breaks",
            "are not in order and apart",
            index,
        )
    for index, task in enumerate(tasks):
        require(0 <= task.seconds < np.inf, "tasks.seconds", "is negative or not finite", index)
        require(0 <= task.release < np.inf, "tasks.release", "is negative or not finite", index)
        require(0 < task.priority < np.inf, "tasks.priority", "is not positive and finite", index)
        require(task.due == task.due, "tasks.due", "is no number", index)  # only nan differs
        require(task.start >= 0 and task.end >= 0, "tasks", "begins or ends at no point", index)
        known = task.promised_to is None or 0 <= task.promised_to < len(workers)
        require(known, "tasks.promised_to", "is no worker", index)
        require(not task.started or task.promised_to is not None, "tasks.started", "by nobody", index)


def _travel(travel: Travel, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """Seconds from each of some points to each of others."""
    if callable(travel):
        table = np.ascontiguousarray(travel(starts, ends), dtype=np.float64)
        require(table.shape == (len(starts), len(ends)), "travel", "gave a table of the wrong shape")
    else:
        require(travel.ndim == 2 and travel.shape[0] == travel.shape[1], "travel", "is not a square table")
        highest = max(starts.max(initial=-1), ends.max(initial=-1))
        require(highest < len(travel), "travel", f"knows no point {highest}")
        table = np.ascontiguousarray(travel[np.ix_(starts, ends)], dtype=np.float64)
    require((np.isfinite(table) & (table >= 0)).all(), "travel", "is negative or not finite")
    return table


def _begin(
    tasks: Sequence[Task], workers: Sequence[Worker], travel: Travel
) -> list[tuple[float, int, tuple[Step, ...]]]:
    """Second and point at which each worker is free of what he has started, and those steps."""
    steps: list[list[Step]] = [[] for _worker in workers]
    at = [(worker.free_at, worker.place) for worker in workers]
    for index, task in enumerate(tasks):
        if not task.started or task.promised_to is None:
            continue
        leave, place = at[task.promised_to]
        way = float(_travel(travel, np.array([place]), np.array([task.start]))[0, 0])
        way *= workers[task.promised_to].pace
        begin = max(task.release, leave + way)
        end = _laid_down(begin, task.seconds, workers[task.promised_to])
        steps[task.promised_to].append(Step(index, leave, begin, end, way, max(0.0, end - task.due)))
        at[task.promised_to] = end, task.end
    return [(free, place, tuple(mine)) for (free, place), mine in zip(at, steps, strict=True)]


def _laid_down(begin: float, seconds: float, worker: Worker) -> float:
    """When a task ends that was begun before: it is laid down for each break that falls into it."""
    end = begin + seconds
    for rest, back in worker.breaks:
        if rest < end and back > begin:
            end += back - max(begin, rest)
    return end


def _stretch(worker: Worker) -> float:
    """The longest time without a break."""
    ends = [0.0, *(back for _rest, back in worker.breaks)]
    begins = [*(rest for rest, _back in worker.breaks), worker.shift_end]
    return max(begin - end for end, begin in zip(ends, begins, strict=True))


def _rests(workers: Sequence[Worker]) -> NDArray[np.float64]:
    """(W, B, 2) breaks, those of workers with fewer filled up with infinity."""
    table = np.full((len(workers), max(len(one.breaks) for one in workers), 2), np.inf)
    for index, worker in enumerate(workers):
        for place, rest in enumerate(worker.breaks):
            table[index, place] = rest
    return table


def _abilities(tasks: Sequence[Task], workers: Sequence[Worker]) -> NDArray[np.uint8]:
    """(W, T): 1 where a worker may do a task."""
    columns: dict[tuple[frozenset[str], frozenset[str]], NDArray[np.uint8]] = {}
    able = np.zeros((len(workers), len(tasks)), np.uint8)
    for index, task in enumerate(tasks):
        needs = task.skills, task.equipment
        if needs not in columns:
            fits = [task.skills <= one.skills and task.equipment <= one.equipment for one in workers]
            columns[needs] = np.array(fits, dtype=np.uint8)
        able[:, index] = columns[needs]
    return able


def _work(
    tasks: Sequence[Task],
    inside: Sequence[int],
    workers: Sequence[Worker],
    begun: Sequence[tuple[float, int, tuple[Step, ...]]],
    able: NDArray[np.uint8],
    travel: Travel,
    goals: Goals,
) -> Work:
    mine = [tasks[index] for index in inside]
    places = np.array([*(task.end for task in mine), *(place for _, place, _ in begun)], dtype=np.int64)
    from_points, row = np.unique(places, return_inverse=True)
    to_points, column = np.unique(np.array([t.start for t in mine], dtype=np.int64), return_inverse=True)

    def floats(values: Sequence[float]) -> NDArray[np.float64]:
        return np.array(values, dtype=np.float64)

    table = _travel(travel, from_points, to_points)
    return Work(
        travel=table,
        back=np.ascontiguousarray(table.T),
        row=np.ascontiguousarray(row, dtype=np.int64),
        column=np.ascontiguousarray(column, dtype=np.int64),
        seconds=floats([task.seconds for task in mine]),
        release=floats([task.release for task in mine]),
        due=floats([task.due for task in mine]),
        priority=floats([task.priority for task in mine]),
        promised=np.array([NOBODY if t.promised_to is None else t.promised_to for t in mine], dtype=np.int64),
        able=np.ascontiguousarray(able[:, list(inside)].T),
        pace=floats([worker.pace for worker in workers]),
        shift_end=floats([worker.shift_end for worker in workers]),
        rest=_rests(workers),
        stretch=floats([_stretch(worker) for worker in workers]),
        goals=floats([goals.empty_travel, goals.lateness, goals.flow, goals.change]),
    )


def _empty_queues(work: Work, free_at: NDArray[np.float64]) -> Queues:
    tasks, workers = len(work.seconds), len(free_at)
    nodes = tasks + workers
    worker = np.full(nodes, NOBODY, np.int64)
    worker[tasks:] = np.arange(workers)
    return Queues(
        after=np.full(nodes, NOBODY, np.int64),
        before=np.full(nodes, NOBODY, np.int64),
        worker=worker,
        finish=np.concatenate((np.zeros(tasks), free_at)),
        way=np.zeros(nodes),
        slope=np.zeros(nodes),
        cost=np.zeros(workers),
    )


def _copied(queues: Queues) -> Queues:
    twin = Queues(*(np.empty_like(part) for part in queues))  # type: ignore[arg-type]  # each of its own type
    copy(queues, twin)
    return twin


class _Plan:
    """Reads the plan from the arrays."""

    def __init__(
        self,
        tasks: Sequence[Task],
        workers: Sequence[Worker],
        inside: Sequence[int],
        begun: Sequence[tuple[float, int, tuple[Step, ...]]],
        able: NDArray[np.uint8],
        work: Work,
        queues: Queues,
        max_queue: int | None,
    ) -> None:
        self._tasks, self._workers, self._inside = tasks, workers, inside
        self._begun, self._able, self._work, self._queues = begun, able, work, queues
        self._max_queue = max_queue

    def read(self) -> WorkPlan:
        lists = [self._queue(worker) for worker in range(len(self._workers))]
        steps = [(queue.worker, step) for queue in lists for step in queue.steps]
        assigned = {step.task for _worker, step in steps}
        return WorkPlan(
            queues=tuple(lists),
            unassigned=tuple(
                Unassigned(index, self._reason(index))
                for index in range(len(self._tasks))
                if index not in assigned
            ),
            empty_travel=sum(step.travel for _worker, step in steps),
            lateness=sum(self._tasks[step.task].priority * step.lateness for _worker, step in steps),
            changes=sum(self._tasks[step.task].promised_to not in (None, worker) for worker, step in steps),
            cost=float(self._queues.cost.sum()),
        )

    def _queue(self, worker: int) -> Queue:
        work, queues, started = self._work, self._queues, self._begun[worker][2]
        steps = []
        node = len(self._inside) + worker
        while queues.after[node] != NOBODY:
            task = int(queues.after[node])
            leave, end = float(queues.finish[node]), float(queues.finish[task])
            steps.append(
                Step(
                    task=self._inside[task],
                    leave=leave,
                    begin=self._begin_of(worker, task, node),
                    end=end,
                    travel=float(work.pace[worker] * work.travel[work.row[node], work.column[task]]),
                    lateness=max(0.0, end - float(work.due[task])),
                )
            )
            node = task
        cut = len(steps) if self._max_queue is None else self._max_queue
        return Queue(worker, started + tuple(steps[:cut]), tuple(steps[cut:]))

    def _begin_of(self, worker: int, task: int, node: int) -> float:
        """When a worker who comes from ``node`` begins a task; see :func:`kernels.finish_at`."""
        work, seconds = self._work, float(self._work.seconds[task])
        ready = float(self._queues.finish[node] + self._queues.way[task])
        begin = max(ready, float(work.release[task]))
        for rest, back in self._workers[worker].breaks:
            fits = seconds <= work.stretch[worker]
            if rest <= begin < back or (fits and begin < rest < begin + seconds):
                begin = back
        return begin

    def _reason(self, index: int) -> Reason:
        task = self._tasks[index]
        if self._able[:, index].any():
            return Reason.NO_TIME
        if not any(task.skills <= worker.skills for worker in self._workers):
            return Reason.NO_SKILL
        if not any(task.equipment <= worker.equipment for worker in self._workers):
            return Reason.NO_EQUIPMENT
        return Reason.NOT_TOGETHER
