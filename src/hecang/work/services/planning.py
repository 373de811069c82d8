"""Who does what next, for all workers on shift at once: a proposal by ``hecang_optim.assignment``, then its application.

The proposal reads and locks nothing: the search runs before any transaction. Applying it locks the tasks, looks again,
and gives each task to its worker or says why not.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.facility.selectors import layout_geometry
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch, transactional
from hecang.work.errors import TaskStateConflict, TaskTaken, TaskUnfit
from hecang.work.models import TaskKind
from hecang.work.services.claiming import WALK_MM_S
from hecang.work.services.fitting import Abilities, abilities, require_fit, require_ready
from hecang.work.services.locking import Locked, Outcome, tasks_act
from hecang.work.services.working import assign
from hecang.work.shifts import USUAL_SECONDS, Breaks, breaks_of, end_at, rests_ahead

if TYPE_CHECKING:
    from hecang_optim.assignment import WorkPlan

#: Tasks of the queue that a plan looks at.
MOST_TASKS: Final = 2000
#: Tasks that become ready within this time are planned, too (but not given out yet).
HORIZON: Final = timedelta(hours=1)
#: How long the search may take.
SEARCH_SECONDS, SEARCH_ROUNDS = 1.0, 400
#: Weight of lateness: this over the priority, so that priority 50 weighs twice as much as 100.
USUAL_PRIORITY: Final = 100

_WORKERS = """
SELECT w.user_id, w.skills, w.equipment, w.kinds,
    coalesce(w.last_location_id, (SELECT min(l.id) FROM location l WHERE l.zone_id = w.home_zone_id AND NOT l.is_virtual)),
    w.shift_ends_at, w.shift_breaks, w.on_break_since, w.break_ended_at
FROM worker w JOIN "user" u ON u.id = w.user_id
WHERE w.warehouse_id = %s AND w.is_on_shift AND u.is_active ORDER BY w.user_id
"""

_TASKS = """
SELECT t.id, t.kind, t.state, t.assignee_id, t.priority, t.due_at, t.ready_at, t.skill, t.equipment, t.est_seconds,
    t.worked_seconds, t.working_since, coalesce(t.from_location_id, t.to_location_id),
    coalesce(t.to_location_id, t.from_location_id)
FROM task t
WHERE t.warehouse_id = %s AND (
    t.state IN ('assigned', 'started') AND t.assignee_id = ANY(%s::bigint[])
    OR t.id IN (
        SELECT id FROM task WHERE warehouse_id = %s AND state = 'open' AND (ready_at IS NULL OR ready_at <= %s)
        ORDER BY priority, due_at, id LIMIT %s
    )
)
ORDER BY t.state = 'open', t.assigned_at, t.id
"""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A task in a worker's queue; moments are what the plan expects.

    :param state: of the task now: ``started``, ``assigned`` or ``open``.
    :param was_for: who has the task now, where that is somebody else.
    :param is_now: it is given to the worker when the plan is applied; the rest is how they would go on.
    """

    task_id: int
    state: str
    is_now: bool
    begin_at: datetime
    end_at: datetime
    travel_seconds: int
    late_seconds: int
    was_for: int | None


@dataclass(frozen=True, slots=True)
class PlannedQueue:
    """What a worker does until ``ends_at`` (``None``: nobody knows when they go home), around ``breaks``."""

    user_id: int
    steps: tuple[PlannedStep, ...]
    ends_at: datetime | None = None
    breaks: Breaks = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who would do what.

    :param unassigned: (task, why): ``no_skill``, ``no_equipment``, ``skill_and_equipment_not_together``,
        ``no_time_before_shift_end`` or ``nobody_on_shift``.
    :param travel_seconds: walked without a task in hand, by all.
    :param late_seconds: after due times, of all tasks.
    :param changes: tasks that would go from one worker to another.
    """

    planned_at: datetime
    queues: tuple[PlannedQueue, ...]
    unassigned: tuple[tuple[int, str], ...]
    travel_seconds: int = 0
    late_seconds: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """One step of a proposal to apply: the tasks of a worker in their order."""

    task_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody on shift: what they can do, and until when and around which breaks they do it."""

    can: Abilities
    ends_at: datetime | None
    breaks: Breaks

    @property
    def user_id(self) -> int:
        return self.can.user_id


@dataclass(frozen=True, slots=True)
class _Work:
    id: int
    kind: str
    state: str
    assignee_id: int | None
    priority: int
    due_at: datetime | None
    ready_at: datetime | None
    skill: str
    equipment: str
    est_seconds: int
    worked_seconds: int
    working_since: datetime | None
    start_id: int | None
    end_id: int | None


def work_plan(*, warehouse_id: int, max_queue: int = 2) -> Proposal:
    """Propose who does what next: all workers on shift, what they have begun, what waits.

    Weighs empty ways (by the aisles), due times by priority, and what was promised; skills, equipment and kinds are
    binding, and so are the ends of shifts and the breaks: what does not fit before or between them goes to somebody else,
    or to nobody (``no_time_before_shift_end``). A putaway on the way back from a pick comes out of short empty ways.

    :param max_queue: tasks that a worker is given, apart from those that they have begun.

    Reads only. Raises NotFound outside of the scope.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    moment = now()
    workers = [_person(row, moment) for row in fetch(_WORKERS, [warehouse_id])]
    on_shift = [one.user_id for one in workers]
    rows = fetch(_TASKS, [warehouse_id, on_shift, warehouse_id, moment + HORIZON, MOST_TASKS])
    work = [_Work(*row) for row in rows]
    if not workers or not work:
        return Proposal(
            moment,
            tuple(PlannedQueue(one.user_id, (), one.ends_at, one.breaks) for one in workers),
            tuple((one.id, "nobody_on_shift") for one in work),
        )
    plan = _solve(warehouse_id, workers, work, moment, max_queue)
    return _read(plan, workers, work, moment)


@transactional
def work_plan_apply(*, warehouse_id: int, assignments: Sequence[Assignment]) -> list[Outcome]:
    """Give tasks to workers as a proposal said, each worker's in their order. A report for each.

    What has happened since is respected: a task that was begun, finished or claimed by its worker stays, one that is
    not ready is left open, and so are tasks of workers who went home or cannot do them (any more). A task that waited
    for somebody else changes hands. Locks documents → tasks; a constant number of statements.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    wanted = {one.task_id: one.user_id for one in assignments}
    place = {one.task_id: at for at, one in enumerate(assignments)}
    here = {row[0] for row in fetch(_WORKERS, [warehouse_id])}
    known = abilities(sorted(set(wanted.values())))
    before: dict[int, int | None] = {}

    def change(task: Locked) -> bool:
        user_id = wanted[task.id]
        if task.assignee_id == user_id and task.state in ("assigned", "started", "paused"):
            return False
        _require_free(task)
        if user_id not in here or task.warehouse_id != warehouse_id:
            raise TaskUnfit(
                _("This worker is not on shift in this warehouse. Plan again."), data={"lacks": "shift"}
            )
        before[task.id] = task.assignee_id
        task.step("assign" if task.state == "open" else "hand_over")
        require_fit(task, known[user_id])
        require_ready(task)
        assign(task, known[user_id], event="handed_over" if before[task.id] else "assigned", by_plan=True)
        # Their order is that in which claims are answered.
        task.assigned_at = now() + timedelta(microseconds=place[task.id])
        return True

    acted = tasks_act(list(wanted), change)
    audit_record_many(
        action="work.task.planned",
        entity_kind="task",
        entries=[
            (one.id, {"assignee_id": before[one.id]}, {"assignee_id": one.assignee_id})
            for one in acted.changed
        ],
    )
    return acted.outcomes(list(wanted))


def _person(row: tuple[Any, ...], moment: datetime) -> _Person:
    can = Abilities(row[0], frozenset(row[1]), frozenset(row[2]), frozenset(row[3]), row[4])
    breaks = rests_ahead(breaks_of(row[6]), moment, on_break_since=row[7], back_since=row[8])
    return _Person(can, end_at(row[5], moment), breaks)


def _require_free(task: Locked) -> None:
    """A plan may move what waits, not what somebody has begun."""
    if task.state in ("started", "paused"):
        raise TaskTaken(
            _("Somebody has begun task %(task)s meanwhile; it stays with them.") % {"task": task.id},
            data={"task_id": task.id, "assignee_id": task.assignee_id},
        )
    if task.state not in ("open", "assigned"):
        raise TaskStateConflict(
            _("Task %(task)s is finished already.") % {"task": task.id}, data={"task_id": task.id}
        )


def _solve(
    warehouse_id: int, workers: Sequence[_Person], work: Sequence[_Work], moment: datetime, max_queue: int
) -> WorkPlan:
    from hecang_optim.assignment import Task, Worker
    from hecang_optim.assignment import assign as search
    from hecang_optim.budget import Budget

    ways = _Ways(
        warehouse_id,
        [one.start_id for one in work]
        + [one.end_id for one in work]
        + [one.can.location_id for one in workers],
    )
    worker_at = {one.user_id: at for at, one in enumerate(workers)}
    kinds = frozenset(TaskKind.values)
    tasks = [
        Task(
            start=ways.point(one.start_id),
            end=ways.point(one.end_id),
            seconds=_seconds_left(one, moment),
            release=0.0 if one.ready_at is None else max(0.0, (one.ready_at - moment).total_seconds()),
            due=float("inf") if one.due_at is None else (one.due_at - moment).total_seconds(),
            priority=USUAL_PRIORITY / max(1, one.priority),
            skills=frozenset({f"kind:{one.kind}"} | ({one.skill} if one.skill else set())),
            equipment=frozenset({one.equipment} if one.equipment else ()),
            promised_to=None if one.assignee_id is None else worker_at[one.assignee_id],
            started=one.state == "started",
        )
        for one in work
    ]
    people = [
        Worker(
            place=ways.point(one.can.location_id),
            shift_end=float("inf")
            if one.ends_at is None
            else max(0.0, (one.ends_at - moment).total_seconds()),
            breaks=tuple(
                ((begin - moment).total_seconds(), (end - moment).total_seconds())
                for begin, end in one.breaks
            ),
            skills=one.can.skills | {f"kind:{kind}" for kind in one.can.kinds or kinds},
            equipment=one.can.equipment,
        )
        for one in workers
    ]
    budget = Budget(seconds=SEARCH_SECONDS, clock=time.monotonic, rounds=SEARCH_ROUNDS)
    return search(tasks, people, ways.travel, max_queue=max_queue, budget=budget)


class _Ways:
    """Seconds between places, by the aisles of the warehouse. Point 0 is the depot, for places that nobody knows."""

    def __init__(self, warehouse_id: int, location_ids: Sequence[int | None]) -> None:
        layout = layout_geometry(warehouse_id)
        wanted = np.unique(np.array([one for one in location_ids if one is not None], dtype=np.int64))
        known = wanted[np.isin(wanted, layout.location_ids)]
        self._point = {one: at for at, one in enumerate(known.tolist(), start=1)}
        self._network = layout.network
        there = layout.points.take(np.searchsorted(layout.location_ids, known))
        self._points = type(there)(
            *(
                np.concatenate((getattr(layout.depot, one.name), getattr(there, one.name)))
                for one in fields(there)
            )
        )

    def point(self, location_id: int | None) -> int:
        return self._point.get(location_id or 0, 0)

    def travel(self, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Seconds from each of some points to each of others."""
        return self._network.distances(self._points.take(starts), self._points.take(ends)) / WALK_MM_S


def _seconds_left(one: _Work, moment: datetime) -> float:
    """How long a task still takes; one that takes longer than expected is taken to be nearly done."""
    expected = one.est_seconds or USUAL_SECONDS
    worked = one.worked_seconds
    if one.working_since is not None:
        worked += max(0, int((moment - one.working_since).total_seconds()))
    return float(max(expected - worked, min(expected, 30)))


def _read(plan: WorkPlan, workers: Sequence[_Person], work: Sequence[_Work], moment: datetime) -> Proposal:
    def at(seconds: float) -> datetime:
        return moment + timedelta(seconds=round(seconds))

    def step(user_id: int, found: Any, is_now: bool) -> PlannedStep:
        one = work[found.task]
        return PlannedStep(
            task_id=one.id,
            state=one.state,
            is_now=is_now,
            begin_at=at(found.begin),
            end_at=at(found.end),
            travel_seconds=round(found.travel),
            late_seconds=round(found.lateness),
            was_for=None if one.assignee_id == user_id else one.assignee_id,
        )

    queues = []
    for queue in plan.queues:
        worker = workers[queue.worker]
        user_id = worker.user_id
        steps = [step(user_id, found, True) for found in queue.now]
        steps += [step(user_id, found, False) for found in queue.later]
        queues.append(PlannedQueue(user_id, tuple(steps), worker.ends_at, worker.breaks))
    return Proposal(
        planned_at=moment,
        queues=tuple(queues),
        unassigned=tuple((work[one.task].id, one.why.value) for one in plan.unassigned),
        travel_seconds=round(plan.empty_travel),
        late_seconds=sum(step.late_seconds for queue in queues for step in queue.steps),
        changes=plan.changes,
    )
