"""What a manager does with the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.db import columns, execute, transactional
from hecang.work.models import STANDING
from hecang.work.services.locking import Happening, Locked, Outcome, tasks_act


@transactional
def tasks_reprioritise(
    *, task_ids: Sequence[int], priority: int | None = None, due_at: datetime | None = None, note: str = ""
) -> list[Outcome]:
    """Say how urgent standing tasks are, and until when they are due; whoever has them keeps them.

    :param priority: smaller is earlier; ``None`` leaves it.
    :param due_at: ``None`` leaves it.

    Locks documents → tasks. A report for each; finished tasks are refused.
    """
    before: dict[int, dict[str, object]] = {}

    def change(task: Locked) -> bool:
        if task.state not in STANDING:
            task.step("reprioritise")
        old = (task.priority, task.due_at)
        task.priority = task.priority if priority is None else priority
        task.due_at = task.due_at if due_at is None else due_at
        if old == (task.priority, task.due_at):
            return False
        before[task.id] = {"priority": old[0], "due_at": _iso(old[1])}
        data: dict[str, object] = {"priority": task.priority, "due_at": _iso(task.due_at)}
        task.happened.append(
            Happening("reprioritised", task.assignee_id, {**data, **({"note": note} if note else {})})
        )
        return True

    acted = tasks_act(task_ids, change)
    audit_record_many(
        action="work.task.reprioritised",
        entity_kind="task",
        entries=[
            (one.id, before[one.id], {"priority": one.priority, "due_at": _iso(one.due_at), "note": note})
            for one in acted.changed
        ],
    )
    return acted.outcomes(task_ids)


#: Whoever has a task keeps it; it is locked in primary-key order before any is written.
_RESIZE = """
WITH sizes AS (SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS n (subject_kind, subject_id, units)),
locked AS (
    SELECT t.id, n.units FROM task t JOIN sizes n USING (subject_kind, subject_id)
    WHERE t.state = ANY(%s::text[]) AND t.kind = %s ORDER BY t.id FOR NO KEY UPDATE OF t
)
UPDATE task t SET quantity = l.units,
    est_seconds = CASE WHEN t.quantity > 0 THEN t.est_seconds * l.units / t.quantity ELSE t.est_seconds END
FROM locked l WHERE l.id = t.id AND t.quantity <> l.units
"""


@transactional
def tasks_resize(*, sizes: Mapping[tuple[str, int], int], kind: str) -> int:
    """Documents have become larger or smaller: their standing tasks are about so many units; how many changed.

    One statement for any number. The documents are locked. Locks the tasks.

    :param sizes: (kind of document, id) → base units.
    """
    if not sizes:
        return 0
    rows = ((*subject, units) for subject, units in sorted(sizes.items()))
    return execute(_RESIZE, [*columns(rows, 3), list(STANDING), kind])


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
