"""Batches and putbacks as tasks of the pool.

A batch that is to be walked is one task of kind ``pick``, an open putback one of kind ``putback``. Who has a batch is
said by its task; ``picker`` and the states ``released`` and ``picking`` follow it here, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.clock import now
from hecang.kernel.db import columns, fetch
from hecang.kernel.errors import StateConflict
from hecang.work.holders import TaskHolder, TaskRow
from hecang.work.services import TaskIn, tasks_cancel, tasks_create, tasks_done

BATCH: Final = "batch"
PUTBACK: Final = "pick_task"
#: What a picker's walk is reckoned with, and hands at each line.
WALK_MM_S, LINE_SECONDS = 1200, 12
#: Putting one thing back, walk and hands.
PUTBACK_SECONDS = 60

_NEW = """
SELECT b.id, b.number, w.warehouse_id, t.zone_id, f.priority, f.ship_by, t.first_id, b.staging_id, t.sku_id,
    b.unit_count, b.walk_mm, b.line_count
FROM batch b JOIN wave w ON w.id = b.wave_id
JOIN LATERAL (
    SELECT mode() WITHIN GROUP (ORDER BY l.zone_id) AS zone_id,
        (array_agg(p.from_location_id ORDER BY p.sequence, p.id))[1] AS first_id,
        CASE WHEN min(p.sku_id) = max(p.sku_id) THEN min(p.sku_id) END AS sku_id
    FROM pick_task p JOIN location l ON l.id = p.from_location_id WHERE p.batch_id = b.id AND p.kind = 'pick'
) t ON true
JOIN LATERAL (
    SELECT min(priority) AS priority, min(ship_by) AS ship_by FROM fulfilment WHERE batch_id = b.id
) f ON true
WHERE b.id = ANY(%s::bigint[]) AND b.state = 'released' ORDER BY b.id
"""

_STARTED = """
WITH target AS (
    SELECT b.id, b.state, b.number, s.user_id FROM batch b
    JOIN unnest(%s::bigint[], %s::bigint[]) AS s (id, user_id) ON s.id = b.id
    WHERE b.state IN ('released', 'picking') AND NOT (b.state = 'picking' AND b.picker_id IS NOT DISTINCT FROM s.user_id)
)
UPDATE batch b SET state = 'picking', picker_id = t.user_id, started_at = %s FROM target t WHERE b.id = t.id
RETURNING b.id, t.state, t.number
"""

_GIVEN = """
WITH target AS (
    SELECT b.id, b.state, b.picker_id, b.number, s.user_id FROM batch b
    JOIN unnest(%s::bigint[], %s::bigint[]) AS s (id, user_id) ON s.id = b.id WHERE b.state IN ('released', 'picking')
)
UPDATE batch b SET state = 'released', picker_id = t.user_id FROM target t WHERE b.id = t.id
RETURNING b.id, t.state, t.picker_id, t.number, t.user_id
"""


def batch_tasks_create(batch_ids: Sequence[int]) -> None:
    """Put the released ones among these batches into the pool. Two statements."""
    rows = fetch(_NEW, [list(batch_ids)])
    tasks_create(
        tasks=[
            TaskIn(
                kind="pick", warehouse_id=warehouse_id, subject_kind=BATCH, subject_id=batch_id, zone_id=zone_id,
                priority=priority, due_at=ship_by, from_location_id=first_id, to_location_id=staging_id,
                sku_id=sku_id, quantity=units, est_seconds=walk_mm // WALK_MM_S + lines * LINE_SECONDS, note=number,
            )
            for (
                batch_id, number, warehouse_id, zone_id, priority, ship_by, first_id, staging_id, sku_id, units,
                walk_mm, lines,
            ) in rows
        ]
    )  # fmt: skip


def batch_tasks_end(states: dict[int, str]) -> None:
    """Batches have become ``picked`` or ``cancelled``: so do their tasks. A constant number of statements."""
    tasks_done(subjects=[(BATCH, key) for key, state in states.items() if state == "picked"])
    tasks_cancel(subjects=[(BATCH, key) for key, state in states.items() if state == "cancelled"])


def putback_tasks_create(rows: Sequence[tuple[int, int, int, int, int, int]]) -> None:
    """Put putbacks into the pool: (pick task, warehouse, SKU, from, to, units) each. One statement."""
    tasks_create(
        tasks=[
            TaskIn(
                kind="putback", warehouse_id=warehouse_id, subject_kind=PUTBACK, subject_id=key, sku_id=sku_id,
                from_location_id=from_id, to_location_id=to_id, quantity=units, est_seconds=PUTBACK_SECONDS,
            )
            for key, warehouse_id, sku_id, from_id, to_id, units in rows
        ]
    )  # fmt: skip


class BatchHolder(TaskHolder):
    """Batches follow their tasks: assigned is released with a picker, started is picking."""

    subject_kind = BATCH

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        sql = "SELECT id FROM batch WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
        return [row[0] for row in fetch(sql if wait else f"{sql} SKIP LOCKED", [list(subject_ids)])]

    def claimed(self, tasks: Sequence[TaskRow]) -> None:
        """Those that are begun at once are left to :meth:`started`."""
        given = [task for task in tasks if task.state == "assigned"]
        if given:
            _give(given, "batch.assigned")

    def started(self, tasks: Sequence[TaskRow]) -> None:
        rows = fetch(_STARTED, [*columns(((task.subject_id, task.assignee_id) for task in tasks), 2), now()])
        audit_record_many(
            action="batch.started",
            entity_kind="batch",
            entries=[
                (key, {"state": state}, {"state": "picking", "number": number}) for key, state, number in rows
            ],
        )

    def released(self, tasks: Sequence[TaskRow]) -> None:
        _give(tasks, "batch.given_back")

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        """Raise StateConflict while a batch is to be walked: its wave or orders have to be cancelled."""
        rows = fetch(
            "SELECT number FROM batch WHERE id = ANY(%s::bigint[]) AND state IN ('released', 'picking') ORDER BY id",
            [[task.subject_id for task in tasks]],
        )
        if rows:
            raise StateConflict(
                _(
                    "Batch %(number)s is still to be picked. Cancel its wave or its orders instead of the task."
                )
                % {"number": rows[0][0]},
                data={"number": rows[0][0]},
            )


class PutbackHolder(TaskHolder):
    """Putbacks do not know who does them."""

    subject_kind = PUTBACK

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        sql = "SELECT id FROM pick_task WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
        return [row[0] for row in fetch(sql if wait else f"{sql} SKIP LOCKED", [list(subject_ids)])]

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        """Goods lie in staging until they are put back: raise StateConflict."""
        rows = fetch(
            "SELECT id FROM pick_task WHERE id = ANY(%s::bigint[]) AND state = 'open'",
            [[task.subject_id for task in tasks]],
        )
        if rows:
            raise StateConflict(
                _("These goods still lie in staging. Put them back; the task ends with that.")
            )


def _give(tasks: Sequence[TaskRow], action: str) -> None:
    """Released batches with this picker, or with none."""
    rows = fetch(_GIVEN, columns(((task.subject_id, task.assignee_id) for task in tasks), 2))
    audit_record_many(
        action=action,
        entity_kind="batch",
        entries=[
            (
                key,
                {"state": state, "picker_id": picker_id},
                {"state": "released", "picker_id": user_id, "number": number},
            )
            for key, state, picker_id, number, user_id in rows
        ],
    )
