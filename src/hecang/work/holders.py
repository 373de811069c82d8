"""Who stands behind tasks, and is told what becomes of them.

The pool lies below the apps whose work it hands out and cannot call them. So the app behind a ``subject_kind`` (such
as ``batch``) registers a :class:`TaskHolder` in its ``AppConfig.ready``; the pool calls it in the transaction that
changes the tasks. A subject kind without a holder is one whose documents need not know who works on them.

The law of locks: documents before their tasks, tasks before balances. The pool asks the holder to ``lock`` before it
locks a task itself; a service of the app locks its document, then calls the pool.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(slots=True)
class TaskRow:
    """A task as services answer it and as holders are told of it: a copy, in which changes change nothing.

    :param assignee_id: who has it now; after a release, nobody.
    """

    id: int
    kind: str
    state: str
    warehouse_id: int
    zone_id: int | None
    priority: int
    due_at: datetime | None
    ready_at: datetime | None
    from_location_id: int | None
    to_location_id: int | None
    sku_id: int | None
    container_id: int | None
    quantity: int
    skill: str
    equipment: str
    est_seconds: int
    subject_kind: str
    subject_id: int
    note: str
    assignee_id: int | None
    assigned_at: datetime | None
    lease_until: datetime | None
    started_at: datetime | None


class TaskHolder:
    """The documents behind tasks of one ``subject_kind``. Override what the app has to know; all for many at once.

    The methods run with the documents and the tasks locked and the tasks written. One that raises refuses the change.
    """

    subject_kind: ClassVar[str]

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:  # noqa: ARG002
        """Lock these documents in primary-key order, before their tasks; the ids that are locked now.

        With ``wait=False``, leave out those that others hold (``SKIP LOCKED``). Must not touch tasks or balances.
        """
        return subject_ids

    def claimed(self, tasks: Sequence[TaskRow]) -> None:
        """They have a worker now (``assignee_id``), claimed, planned or handed over; the work has not begun."""

    def started(self, tasks: Sequence[TaskRow]) -> None:
        """The worker has begun, or goes on after a pause."""

    def paused(self, tasks: Sequence[TaskRow]) -> None:
        """The worker keeps them but does something else."""

    def released(self, tasks: Sequence[TaskRow]) -> None:
        """Nobody has them any more: given back, taken away or expired. What is done stays done."""

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        """They are not to be done. Raise where the document has to be cancelled instead.

        Also called when the app itself cancels them, after it has changed its documents.
        """


_holders: dict[str, TaskHolder] = {}


def holder_register(holder: TaskHolder) -> None:
    """Make ``holder`` the one for its ``subject_kind``; the last registration counts."""
    _holders[holder.subject_kind] = holder


def holder_for(subject_kind: str) -> TaskHolder | None:
    """The holder of this kind, or ``None`` where nobody needs to be told."""
    return _holders.get(subject_kind)
