"""Tasks, people and robots; and who does what, when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hecang_optim.errors import require

#: Seconds from each of some points (first argument, their indices) to each of others, as (n, m).
TravelFunction = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]
#: Seconds between all points (P, P), from row to column, or a function that gives parts of such a table.
Travel = NDArray[np.float64] | TravelFunction

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Task:
    """A unit of work: a pick tour, a putaway, a replenishment, a count, a move.

    :param start: index of the point where it begins.
    :param end: index of the point where it ends: where the worker then is. A count ends where it begins.
    :param seconds: of work from start to end, the way between them included.
    :param release: second before which it cannot begin.
    :param due: second by which it should be done.
    :param priority: weight of its lateness, above 0.
    :param skills: what the worker must be able to do.
    :param equipment: what the worker must have with him: a forklift, a cart, a scanner for cold rooms.
    :param promised_to: worker (index) who was shown the task in the last plan. He keeps it unless it is worth a change.
    :param started: ``promised_to`` has begun it; it stays with him, first in his queue.
    """

    start: int
    end: int
    seconds: float
    release: float = 0.0
    due: float = NEVER
    priority: float = 1.0
    skills: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()
    promised_to: int | None = None
    started: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """A person or a robot.

    :param place: index of the point where he is when free.
    :param free_at: second at which he has done what he was given before (his load).
    :param shift_end: second by which everything must be done.
    :param breaks: (begin, end) seconds in which he does not work, in order and apart. A task that would run into one
        waits until it is over; one that is longer than any time between them is laid down meanwhile. Only travel may
        reach into a break.
    :param pace: his travel time over that of the table.
    """

    place: int
    free_at: float = 0.0
    shift_end: float = NEVER
    breaks: tuple[tuple[float, float], ...] = ()
    pace: float = 1.0
    skills: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Goals:
    """What a second costs.

    :param empty_travel: of travel to the start of a task.
    :param lateness: after the due time, for a task of priority 1.
    :param flow: of any task's end, from 0 on, times its priority: makes work begin soon and spread over the workers.
    :param change: cost of giving a promised task to somebody else, in the same unit.
    """

    empty_travel: float = 1.0
    lateness: float = 4.0
    flow: float = 0.02
    change: float = 10.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            require(np.isfinite(value) and value >= 0, f"goals.{name}", "is negative or not finite")


DEFAULT_GOALS = Goals()


class Reason(StrEnum):
    """Why nobody gets a task."""

    #: nobody has the skills
    NO_SKILL = "no_skill"
    #: nobody has the equipment
    NO_EQUIPMENT = "no_equipment"
    #: some have the skills, others the equipment, nobody both
    NOT_TOGETHER = "skill_and_equipment_not_together"
    #: nobody who can do it ends before his shift does
    NO_TIME = "no_time_before_shift_end"


@dataclass(frozen=True, slots=True)
class Step:
    """A task in a worker's queue.

    :param task: its index.
    :param leave: second at which the worker sets off for it.
    :param begin: second at which the work begins; later than ``leave + travel`` when the task is not released before.
    :param end: second at which it ends.
    :param travel: seconds of empty travel to it.
    :param lateness: seconds after its due time, 0 when it is in time.
    """

    task: int
    leave: float
    begin: float
    end: float
    travel: float
    lateness: float


@dataclass(frozen=True, slots=True)
class Queue:
    """What a worker does, in this order.

    :param now: what he is told: started tasks, and as many more as a queue may hold.
    :param later: how he would go on; open to all in the next plan.
    """

    worker: int
    now: tuple[Step, ...]
    later: tuple[Step, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.now + self.later


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A task that nobody gets, and why."""

    task: int
    why: Reason


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """Who does what.

    :param queues: one for each worker, in their order.
    :param empty_travel: seconds of travel to tasks, of all workers.
    :param lateness: seconds after due times, each times its priority.
    :param changes: promised tasks that went to somebody else.
    :param cost: what :class:`Goals` make of the plan, apart from unassigned tasks.
    """

    queues: tuple[Queue, ...]
    unassigned: tuple[Unassigned, ...]
    empty_travel: float
    lateness: float
    changes: int
    cost: float

    def worker_of(self) -> dict[int, int]:
        """The worker of each task that is in somebody's ``now``: the promises for the next plan."""
        return {step.task: queue.worker for queue in self.queues for step in queue.now}
