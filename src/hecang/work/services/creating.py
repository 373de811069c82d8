"""Putting work into the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, fetch, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.work.models import TaskKind

#: Tries to get at a task that is finished by others while it is asked for.
TRIES = 3

_INSERT = """
WITH made AS (
    INSERT INTO task (kind, state, warehouse_id, zone_id, priority, due_at, ready_at, from_location_id, to_location_id,
        sku_id, container_id, quantity, skill, equipment, est_seconds, subject_kind, subject_id, note, worked_seconds,
        done_by, created_by, created_at)
    SELECT n.kind, 'open', n.warehouse_id, coalesce(n.zone_id, l.zone_id), n.priority, n.due_at, n.ready_at,
        n.from_id, n.to_id, n.sku_id, n.container_id, n.quantity, n.skill, n.equipment,
        CASE WHEN n.est_seconds > 0 THEN n.est_seconds ELSE coalesce(d.seconds, 0) END, n.subject_kind,
        n.subject_id, n.note, 0, '', %s, %s
    FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::integer[], %s::timestamptz[], %s::timestamptz[],
            %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
            %s::integer[], %s::text[], %s::bigint[], %s::text[]) WITH ORDINALITY
        AS n (kind, warehouse_id, zone_id, priority, due_at, ready_at, from_id, to_id, sku_id, container_id, quantity,
              skill, equipment, est_seconds, subject_kind, subject_id, note, position)
    LEFT JOIN location l ON l.id = coalesce(n.from_id, n.to_id)
    LEFT JOIN task_duration d ON d.warehouse_id = n.warehouse_id AND d.kind = n.kind
    ORDER BY n.position
    ON CONFLICT (kind, subject_kind, subject_id) WHERE state IN ('open', 'assigned', 'started', 'paused') DO NOTHING
    RETURNING id, kind, subject_kind, subject_id
), told AS (
    INSERT INTO task_event (task_id, at, event, actor, user_id, data)
    SELECT id, %s, 'created', %s, %s, '{}' FROM made ORDER BY id
)
SELECT kind, subject_kind, subject_id, id FROM made
"""

_STANDING = """
SELECT t.kind, t.subject_kind, t.subject_id, t.id
FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS s (kind, subject_kind, subject_id)
JOIN task t ON t.subject_kind = s.subject_kind AND t.subject_id = s.subject_id AND t.kind = s.kind
WHERE t.state IN ('open', 'assigned', 'started', 'paused')
"""


@dataclass(frozen=True, slots=True)
class TaskIn:
    """Work to be done.

    :param kind: see ``TaskKind``.
    :param subject_kind: the document behind it, such as ``batch``; see ``holders``.
    :param zone_id: where most of it is done; that of ``from_location_id`` (else ``to_location_id``) if not said.
    :param priority: smaller is earlier.
    :param ready_at: not to be begun before.
    :param quantity: base units to handle.
    :param skill: what its worker has to be able to do, empty for anybody.
    :param equipment: what its worker has to have.
    :param est_seconds: how long it is expected to take, walk and hands together; where it is not said, as long as tasks
        of the kind have taken lately (see ``durations``).
    """

    kind: str
    warehouse_id: int
    subject_kind: str
    subject_id: int
    zone_id: int | None = None
    priority: int = 100
    due_at: datetime | None = None
    ready_at: datetime | None = None
    from_location_id: int | None = None
    to_location_id: int | None = None
    sku_id: int | None = None
    container_id: int | None = None
    quantity: int = 0
    skill: str = ""
    equipment: str = ""
    est_seconds: int = 0
    note: str = ""


@transactional
def tasks_create(*, tasks: Sequence[TaskIn]) -> list[int]:
    """Put tasks into the pool; their ids in the order given.

    A subject that has a standing task of the same kind keeps it: its id is answered and nothing changes, so that
    repeating this is harmless. One statement for any number (two where some stood already). Raises InvalidInput for
    a kind that does not exist.
    """
    if not tasks:
        return []
    _require_kinds(tasks)
    wanted = {(one.kind, one.subject_kind, one.subject_id): one for one in tasks}
    found: dict[tuple[str, str, int], int] = {}
    for _try in range(TRIES):
        # In one order for all, so that two who tell of the same subjects wait for each other in turn.
        found.update(_insert([wanted[key] for key in sorted(wanted) if key not in found]))
        missing = [key for key in wanted if key not in found]
        if not missing:
            break
        found.update({(row[0], row[1], row[2]): row[3] for row in fetch(_STANDING, columns(missing, 3))})
        if len(found) == len(wanted):
            break
    return [found[one.kind, one.subject_kind, one.subject_id] for one in tasks]


def _insert(tasks: Sequence[TaskIn]) -> dict[tuple[str, str, int], int]:
    actor, moment = current_actor(), now()
    rows = (
        (
            one.kind, one.warehouse_id, one.zone_id, one.priority, one.due_at, one.ready_at, one.from_location_id,
            one.to_location_id, one.sku_id, one.container_id, one.quantity, one.skill, one.equipment, one.est_seconds,
            one.subject_kind, one.subject_id, one.note[:200],
        )
        for one in tasks
    )  # fmt: skip
    made = fetch(
        _INSERT,
        [actor.name[:100], moment, *columns(rows, 17), moment, actor.name[:100], actor.user_id],
    )
    return {(row[0], row[1], row[2]): row[3] for row in made}


def _require_kinds(tasks: Sequence[TaskIn]) -> None:
    problems = [
        Problem(_("There is no such kind of task."), code="unknown_value", row=row, field="kind")
        for row, one in enumerate(tasks)
        if one.kind not in TaskKind.values
    ]
    if problems:
        raise InvalidInput(_("Some tasks are of a kind that does not exist."), problems=problems)
