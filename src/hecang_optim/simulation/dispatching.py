"""Who does what next: simple rules, and plans that look ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hecang_optim.assignment import DEFAULT_GOALS, Goals, Task, Worker, assign, walking
from hecang_optim.budget import Budget
from hecang_optim.simulation.model import Dispatcher, Situation


def most_urgent() -> Dispatcher:
    """The job that is due first goes to the idle worker who waits longest and can do it."""

    def dispatch(situation: Situation) -> Sequence[tuple[int, int]]:
        idle = list(situation.idle)
        given: list[tuple[int, int]] = []
        for job in situation.jobs:
            able = (index for index in idle if job.kind in situation.workers[index].skills)
            worker = next(able, None)
            if worker is not None:
                given.append((worker, job.id))
                idle.remove(worker)
                if not idle:
                    break
        return given

    return dispatch


def nearest_task() -> Dispatcher:
    """The idle worker and the open job that are nearest to each other, then the next such pair."""

    def dispatch(situation: Situation) -> Sequence[tuple[int, int]]:
        idle, jobs = list(situation.idle), list(situation.jobs)
        places = np.array([situation.workers[index].place for index in idle])
        metres = situation.floor.distances(places, np.array([job.start for job in jobs]))
        for row, index in enumerate(idle):
            skills = situation.workers[index].skills
            metres[row, [job.kind not in skills for job in jobs]] = np.inf
        given: list[tuple[int, int]] = []
        while True:
            row, column = divmod(int(metres.argmin()), len(jobs))
            if not np.isfinite(metres[row, column]):
                return given
            given.append((idle[row], jobs[column].id))
            metres[row, :] = np.inf
            metres[:, column] = np.inf

    return dispatch


def looking_ahead(
    *,
    max_queue: int = 3,
    every: float = 60.0,
    most_jobs: int = 300,
    rounds: int = 60,
    goals: Goals = DEFAULT_GOALS,
    seed: int = 0,
) -> Callable[[], Dispatcher]:
    """Plans of :func:`hecang_optim.assignment.assign` over a rolling horizon.

    Plans anew when somebody has done all that was promised to him, and when jobs have come and somebody is idle or
    ``every`` seconds have passed; in between, workers follow their queues. Somebody may be left idle for a moment
    when another, busy one, will be much nearer soon.

    :param max_queue: how many jobs a worker is promised.
    :param most_jobs: so many of the most urgent open jobs are planned.
    :param rounds: of the search, each time.
    :param goals: what is paid for empty travel, lateness and changes.
    :return: what a :class:`Policy` takes as its ``dispatcher``.
    """
    return lambda: _LookingAhead(max_queue, every, most_jobs, rounds, goals, seed).dispatch


class _LookingAhead:
    """Remembers what was promised."""

    def __init__(
        self, max_queue: int, every: float, most_jobs: int, rounds: int, goals: Goals, seed: int
    ) -> None:
        self._max_queue, self._every, self._most_jobs = max_queue, every, most_jobs
        self._rounds, self._goals, self._seed = rounds, goals, seed
        self._queues: dict[int, list[int]] = {}
        self._planned: set[int] = set()
        self._planned_at = -float("inf")
        self._left_idle: set[int] = set()

    def dispatch(self, situation: Situation) -> Sequence[tuple[int, int]]:
        open_ids = {job.id for job in situation.jobs}
        for queue in self._queues.values():
            queue[:] = [job for job in queue if job in open_ids]
        seen = {job.id for job in situation.jobs[: self._most_jobs]}
        without = {index for index in situation.idle if not self._queues.get(index)}
        news = not seen <= self._planned
        overdue = situation.now - self._planned_at >= self._every
        if not without <= self._left_idle or (news and (without or overdue)):
            self._plan(situation)
            self._planned, self._planned_at = seen, situation.now
            self._left_idle = {index for index in situation.idle if not self._queues.get(index)}
        return [(index, self._queues[index].pop(0)) for index in situation.idle if self._queues.get(index)]

    def _plan(self, situation: Situation) -> None:
        jobs, people = situation.jobs[: self._most_jobs], list(situation.workers.values())
        position = {state.index: place for place, state in enumerate(people)}
        promised = {
            job: position[index]
            for index, queue in self._queues.items()
            for job in queue
            if index in position
        }
        points = np.array(
            [*(job.start for job in jobs), *(job.end for job in jobs), *(state.place for state in people)]
        )
        tasks = [
            Task(
                start=place,
                end=len(jobs) + place,
                seconds=job.seconds,
                due=max(job.due, 0.0),
                priority=job.priority,
                skills=frozenset({job.kind}),
                promised_to=promised.get(job.id),
            )
            for place, job in enumerate(jobs)
        ]
        workers = [
            Worker(
                place=2 * len(jobs) + place,
                free_at=max(state.free_at, situation.now),
                shift_end=state.shift_end,
                pace=1 / state.speed,
                skills=state.skills,
            )
            for place, state in enumerate(people)
        ]
        plan = assign(
            tasks,
            workers,
            walking(points, 1.0, situation.floor.distances),
            max_queue=self._max_queue,
            goals=self._goals,
            budget=Budget(rounds=self._rounds),
            seed=self._seed,
        )
        self._queues = {
            people[queue.worker].index: [jobs[step.task].id for step in queue.now] for queue in plan.queues
        }
