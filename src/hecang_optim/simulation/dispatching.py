"""Who does what next: simple rules, and plans that look ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
