"""Taking hold of tasks and writing them back; the only place that changes their rows after they are made.

Documents are locked before their tasks (by their holders), tasks in primary-key order, balances after.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.errors import HecangError
from hecang.work.errors import TaskStateConflict, task_missing
from hecang.work.holders import TaskHolder, TaskRow, holder_for
from hecang.work.models import TaskState
from hecang.work.states import target

#: How long a task is its worker's without a sign of life.
LEASE = timedelta(minutes=30)
#: Signs of life that come closer than this to the last one are not written.
LEASE_STEP = timedelta(minutes=1)

#: Those of ``Locked``, of a table called ``t``.
COLUMNS = """t.id, t.kind, t.state, t.warehouse_id, t.zone_id, t.priority, t.due_at, t.ready_at, t.from_location_id,
    t.to_location_id, t.sku_id, t.container_id, t.quantity, t.skill, t.equipment, t.est_seconds, t.subject_kind,
    t.subject_id, t.note, t.assignee_id, t.assigned_at, t.lease_until, t.started_at, t.working_since, t.worked_seconds,
    t.done_at, t.done_by"""
_LOCK = f"SELECT {COLUMNS} FROM task t WHERE t.id = ANY(%s::bigint[]) ORDER BY t.id FOR NO KEY UPDATE"  # noqa: S608
#: The tasks and their history at once.
_SAVE = """
WITH saved AS (
    UPDATE task t SET state = s.state, priority = s.priority, due_at = s.due_at, assignee_id = s.assignee_id,
        assigned_at = s.assigned_at, lease_until = s.lease_until, started_at = s.started_at,
        working_since = s.working_since, worked_seconds = s.worked_seconds, done_at = s.done_at, done_by = s.done_by
    FROM unnest(%s::bigint[], %s::text[], %s::integer[], %s::timestamptz[], %s::bigint[], %s::timestamptz[],
        %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::integer[], %s::timestamptz[], %s::text[])
        AS s (id, state, priority, due_at, assignee_id, assigned_at, lease_until, started_at, working_since,
              worked_seconds, done_at, done_by)
    WHERE t.id = s.id
)
INSERT INTO task_event (task_id, at, event, actor, user_id, data)
SELECT e.task_id, %s, e.event, %s, e.user_id, e.data
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::jsonb[]) WITH ORDINALITY
    AS e (task_id, event, user_id, data, position) ORDER BY e.position
"""
_OF_SUBJECTS = """
SELECT t.id, t.subject_kind, t.subject_id FROM unnest(%s::text[], %s::bigint[]) AS s (kind, id)
JOIN task t ON t.subject_kind = s.kind AND t.subject_id = s.id
WHERE t.state IN ('open', 'assigned', 'started', 'paused') AND (%s::text IS NULL OR t.kind = %s) ORDER BY t.id
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to write into a task's history.

    :param user_id: whom it is about: the worker; for a release, who had it.
    """

    event: str
    user_id: int | None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Locked(TaskRow):
    """A task under lock; :func:`tasks_write` writes what was changed."""

    working_since: datetime | None
    worked_seconds: int
    done_at: datetime | None
    done_by: str
    happened: list[Happening] = field(default_factory=list)
    #: What the holder has to be told, in this order: names of its methods.
    tell: list[str] = field(default_factory=list)

    def step(self, action: str) -> None:
        """Go where ``action`` leads. Raises :class:`TaskStateConflict`."""
        reached = target(self.state, action)
        if reached is None:
            raise TaskStateConflict(
                _("Task %(task)s is %(state)s; this cannot be done with it now. Load it again.")
                % {"task": self.id, "state": TaskState(self.state).label},
                data={"task_id": self.id, "state": self.state, "action": action},
            )
        self.state = reached

    def stop_clock(self) -> None:
        """Count the time since it is being worked on."""
        if self.working_since is not None:
            self.worked_seconds += max(0, int((now() - self.working_since).total_seconds()))
            self.working_since = None

    def row(self) -> TaskRow:
        return TaskRow(**{one.name: getattr(self, one.name) for one in fields(TaskRow)})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action did to one task. ``code``: empty (done), ``unchanged``, or that of an error."""

    task_id: int
    ok: bool
    code: str = ""
    message: str = ""


#: A task and the document behind it: (id, subject kind, subject id).
Head = tuple[int, str, int]
#: What a change does to one task: changes it and returns whether anything is different now. Raises HecangError.
Change = Callable[[Locked], bool]


@dataclass(frozen=True, slots=True)
class Acted:
    """What an action did: the tasks that are different now, and what went wrong with others."""

    tasks: Mapping[int, Locked]
    changed: Sequence[Locked]
    errors: Mapping[int, HecangError]

    def outcomes(self, task_ids: Sequence[int]) -> list[Outcome]:
        """One for each task, as they were asked for."""
        changed = {one.id for one in self.changed}
        return [
            Outcome(key, False, self.errors[key].instance_code, str(self.errors[key]))
            if key in self.errors
            else Outcome(key, True, "" if key in changed else "unchanged")
            for key in dict.fromkeys(task_ids)
        ]

    def only(self) -> TaskRow:
        """The one task that was asked for. Raises what went wrong with it."""
        for error in self.errors.values():
            raise error
        (task,) = self.tasks.values()
        return task.row()


def tasks_act(
    task_ids: Sequence[int], change: Change, *, scoped: bool = True, heads: Sequence[Head] | None = None
) -> Acted:
    """Lock documents and tasks, change each task, save, write history, tell the holders.

    :param heads: the documents behind these tasks, where the caller knows them.
    :param scoped: whether tasks outside of the actor's scope are unknown; the app behind them has looked itself.

    A number of statements that does not depend on how many tasks there are.
    """
    locked = tasks_lock(task_ids, scoped=scoped, heads=heads)
    errors: dict[int, HecangError] = {}
    changed: list[Locked] = []
    for key in dict.fromkeys(task_ids):
        task = locked.get(key)
        if task is None:
            errors[key] = task_missing()
            continue
        try:
            if change(task):
                changed.append(task)
        except HecangError as error:
            errors[key] = error
    changed.sort(key=lambda one: one.id)
    tasks_write(changed)
    return Acted(locked, changed, errors)


def tasks_lock(
    task_ids: Collection[int], *, wait: bool = True, scoped: bool = True, heads: Sequence[Head] | None = None
) -> dict[int, Locked]:
    """Lock the documents behind tasks, then the tasks; those outside of the actor's scope are left out.

    With ``wait=False`` those whose document or row others hold are left out, too.
    """
    if heads is None:
        heads = tasks_heads(task_ids)
    held = subjects_lock({(row[1], row[2]) for row in heads}, wait=wait)
    ids = sorted(row[0] for row in heads if (row[1], row[2]) in held)
    found = (Locked(*row) for row in fetch(_LOCK if wait else f"{_LOCK} SKIP LOCKED", [ids]))
    warehouses = current_actor().scope.warehouses if scoped else None
    return {one.id: one for one in found if warehouses is None or one.warehouse_id in warehouses}


def subjects_lock(subjects: Iterable[tuple[str, int]], *, wait: bool) -> set[tuple[str, int]]:
    """Lock documents by kind, each kind by its holder; those that are held now."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, key in sorted(subjects):
        by_kind[kind].append(key)
    held: set[tuple[str, int]] = set()
    for kind, keys in by_kind.items():
        holder = holder_for(kind)
        got = keys if holder is None else holder.lock(keys, wait=wait)
        held.update((kind, key) for key in got)
    return held


def tasks_heads(task_ids: Collection[int]) -> list[Head]:
    """What stands behind tasks. One statement; none for no tasks."""
    if not task_ids:
        return []
    rows = fetch(
        "SELECT id, subject_kind, subject_id FROM task WHERE id = ANY(%s::bigint[])", [sorted(set(task_ids))]
    )
    return [(row[0], row[1], row[2]) for row in rows]


def tasks_of(subjects: Sequence[tuple[str, int]], kind: str | None = None) -> list[Head]:
    """The standing tasks of documents. One statement; none for no documents."""
    if not subjects:
        return []
    rows = fetch(_OF_SUBJECTS, [*columns(subjects, 2), kind, kind])
    return [(row[0], row[1], row[2]) for row in rows]


def tasks_write(changed: Sequence[Locked]) -> None:
    """Write changed tasks back with what happened to them, and tell those behind them."""
    if not changed:
        return
    _save(changed)
    holders_tell(changed)


def _save(tasks: Sequence[Locked]) -> None:
    """Rows and history; one statement."""
    rows = (
        (
            one.id, one.state, one.priority, one.due_at, one.assignee_id, one.assigned_at, one.lease_until,
            one.started_at, one.working_since, one.worked_seconds, one.done_at, one.done_by,
        )
        for one in tasks
    )  # fmt: skip
    events = (
        (one.id, what.event, what.user_id, json.dumps(dict(what.data)))
        for one in tasks
        for what in one.happened
    )
    execute(_SAVE, [*columns(rows, 12), now(), current_actor().name[:100], *columns(events, 4)])


def holders_tell(tasks: Sequence[Locked]) -> None:
    """Tell the apps behind tasks what became of them, all of one kind at once."""
    told: dict[tuple[str, str], list[TaskRow]] = defaultdict(list)
    for one in tasks:
        for method in one.tell:
            told[one.subject_kind, method].append(one.row())
    for (subject_kind, method), rows in told.items():
        holder: TaskHolder | None = holder_for(subject_kind)
        if holder is not None:
            getattr(holder, method)(rows)
