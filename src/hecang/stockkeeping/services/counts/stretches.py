"""Places of a count as tasks of the pool: one task for each stretch of an aisle that one person walks in one go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.errors import StateConflict
from hecang.stockkeeping.errors_counts import CountBySame
from hecang.work.holders import TaskHolder, TaskRow
from hecang.work.models import TaskKind
from hecang.work.services import TaskIn, tasks_create

SUBJECT = "count_stretch"
#: Walking to a place and looking at it; counting one kind of goods there.
_SECONDS = 40

#: Smaller is earlier.
_PRIORITIES = {"event": 60, "risk": 90, "cycle": 100, "sample": 100, "zone": 90, "full": 90}
_RECOUNT = 50

_STRETCHES = """
INSERT INTO count_stretch (count_id, zone_id, round, barred, created_at)
SELECT %s, s.zone_id, s.round, string_to_array(s.barred, ',')::bigint[], %s
FROM unnest(%s::bigint[], %s::smallint[], %s::text[]) WITH ORDINALITY AS s (zone_id, round, barred, number)
ORDER BY s.number RETURNING id
"""


_LOCK = "SELECT id FROM count_stretch WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_LOCK_FREE = """
SELECT id FROM count_stretch WHERE id = ANY(%s::bigint[]) AND NOT %s::bigint = ANY(barred)
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place that needs somebody to go there.

    :param barred: users who may not.
    """

    place_id: int
    location_id: int
    zone_id: int
    aisle_id: int | None
    round: int = 1
    barred: tuple[int, ...] = ()


def stretches_make(
    *, count_id: int, warehouse_id: int, kind: str, number: str, stops: Sequence[Stop], size: int
) -> list[int]:
    """Cut stops (in walking order) into stretches and put each into the pool; ids of the tasks.

    A stretch stays within one zone and aisle and one set of barred people. Three statements for any number.
    """
    groups: list[list[Stop]] = []
    for stop in stops:
        last = groups[-1] if groups else None
        if (
            last is None
            or len(last) >= size
            or (last[0].zone_id, last[0].aisle_id, last[0].round, last[0].barred)
            != (stop.zone_id, stop.aisle_id, stop.round, stop.barred)
        ):
            groups.append([])
        groups[-1].append(stop)
    if not groups:
        return []
    rows = [(g[0].zone_id, g[0].round, ",".join(map(str, g[0].barred))) for g in groups]
    ids = sorted(row[0] for row in fetch(_STRETCHES, [count_id, clock.now(), *columns(rows, 3)]))
    execute(
        "UPDATE count_place p SET stretch_id = s.stretch_id FROM unnest(%s::bigint[], %s::bigint[]) AS s (id, stretch_id)"
        " WHERE p.id = s.id",
        columns(((stop.place_id, ids[at]) for at, group in enumerate(groups) for stop in group), 2),
    )
    return tasks_create(
        tasks=[
            TaskIn(
                kind=TaskKind.COUNT.value,
                warehouse_id=warehouse_id,
                subject_kind=SUBJECT,
                subject_id=ids[at],
                zone_id=group[0].zone_id,
                priority=_RECOUNT if group[0].round > 1 else _PRIORITIES.get(kind, 100),
                from_location_id=group[0].location_id,
                quantity=len(group),
                est_seconds=_SECONDS * len(group),
                note=number,
            )
            for at, group in enumerate(groups)
        ]
    )


class StretchHolder(TaskHolder):
    """Stretches as the documents behind tasks of the pool."""

    subject_kind: ClassVar[str] = SUBJECT

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        """Lock the stretches; without ``wait`` leave out what others hold, and what the worker may not count."""
        if wait:
            return [row[0] for row in fetch(_LOCK, [list(subject_ids)])]
        return [row[0] for row in fetch(_LOCK_FREE, [list(subject_ids), current_actor().user_id or 0])]

    def claimed(self, tasks: Sequence[TaskRow]) -> None:
        """Raises :class:`CountBySame` where the worker has counted there before."""
        barred = dict(
            fetch("SELECT id, barred FROM count_stretch WHERE id = ANY(%s)", [[t.subject_id for t in tasks]])
        )
        for task in tasks:
            if task.assignee_id is not None and task.assignee_id in barred.get(task.subject_id, ()):
                raise CountBySame(
                    _("You have counted there before; somebody else has to count again. Take another task."),
                    data={"task_id": task.id},
                )

    def released(self, tasks: Sequence[TaskRow]) -> None:
        """Whoever was at a place is there no longer."""
        execute(
            "UPDATE count_place SET state = 'open' WHERE stretch_id = ANY(%s) AND state = 'counting'",
            [[task.subject_id for task in tasks]],
        )

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        """Raises StateConflict while places of the stretch are still to be counted: then the count is called off."""
        standing = fetch(
            "SELECT c.number FROM count_place p JOIN stock_count c ON c.id = p.count_id"
            " WHERE p.stretch_id = ANY(%s) AND p.state IN ('open', 'counting') LIMIT 1",
            [[task.subject_id for task in tasks]],
        )
        if standing:
            raise StateConflict(
                _(
                    "Places of this task are still to be counted. Call count %(number)s off, or skip its places."
                )
                % {"number": standing[0][0]}
            )
