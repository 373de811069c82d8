"""What a manager does with the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.db import transactional
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


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
