"""Transfers in the task pool: one task where goods are brought to the dock, one where they come off the truck.

A transfer that is being picked has a task at its source until the truck leaves; from then on one at its destination,
until nothing of it is on the road any more. The second is not to be begun before the truck is expected.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from django.utils.translation import gettext as _

from hecang.facility.selectors import locations_of_kind
from hecang.kernel.db import fetch
from hecang.kernel.errors import StateConflict
from hecang.work.holders import TaskHolder, TaskRow
from hecang.work.models import TaskKind
from hecang.work.services import TaskIn, tasks_cancel, tasks_create, tasks_done

SUBJECT = "transfer"
KIND = TaskKind.TRANSFER.value
#: From the approval (or the truck's departure) to the dock, where nobody has said when it arrives.
USUAL = timedelta(days=3)
#: Taking up and putting down what lies at one place, without the walk.
_HANDLING_SECONDS = 90


def pick_task_make(
    *, transfer_id: int, number: str, warehouse_id: int, staging_id: int, units: int, places: int
) -> None:
    """Somebody is to bring the goods to the dock. The caller has locked the transfer."""
    tasks_create(
        tasks=[
            TaskIn(
                KIND, warehouse_id, SUBJECT, transfer_id, to_location_id=staging_id, quantity=units, note=number,
                est_seconds=_HANDLING_SECONDS * places,
            )
        ]
    )  # fmt: skip


def arrival_task_make(
    *, transfer_id: int, number: str, warehouse_id: int, expected_at: datetime, units: int, kinds: int
) -> None:
    """Somebody is to take the goods off the truck when it comes. The caller has locked the transfer."""
    docks = locations_of_kind(warehouse_id, ["dock"])
    tasks_create(
        tasks=[
            TaskIn(
                KIND, warehouse_id, SUBJECT, transfer_id, to_location_id=docks[0].id if docks else None,
                quantity=units, note=number, due_at=expected_at, ready_at=expected_at,
                est_seconds=_HANDLING_SECONDS * kinds,
            )
        ]
    )  # fmt: skip


def task_finish(transfer_id: int) -> None:
    """What its standing task asks for is done, by whomever."""
    tasks_done(subjects=[(SUBJECT, transfer_id)], kind=KIND)


def task_drop(transfer_id: int) -> None:
    """Nobody has to do anything for it any more. The caller has written that it is over."""
    tasks_cancel(subjects=[(SUBJECT, transfer_id)], kind=KIND)


def standing_task(transfer_id: int) -> int | None:
    """The task of the pool that stands for it now."""
    rows = fetch(
        "SELECT id FROM task WHERE subject_kind = %s AND subject_id = %s AND kind = %s"
        " AND state IN ('open', 'assigned', 'started', 'paused')",
        [SUBJECT, transfer_id, KIND],
    )
    return rows[0][0] if rows else None


class TransferHolder(TaskHolder):
    """Transfers as the documents behind tasks of the pool."""

    subject_kind: ClassVar[str] = SUBJECT

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        """Lock the transfers."""
        sql = "SELECT id FROM transfer WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
        return [row[0] for row in fetch(sql if wait else f"{sql} SKIP LOCKED", [list(subject_ids)])]

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        """Raises StateConflict while the transfer goes on: a task less would not make its goods go away."""
        standing = fetch(
            "SELECT number FROM transfer WHERE id = ANY(%s::bigint[])"
            " AND state IN ('picking', 'in_transit', 'receiving') LIMIT 1",
            [[task.subject_id for task in tasks]],
        )
        if standing:
            raise StateConflict(
                _("Transfer %(number)s still waits for this. Cancel it before it leaves, or close it.")
                % {"number": standing[0][0]}
            )
