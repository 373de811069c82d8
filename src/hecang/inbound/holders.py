"""What becomes of inspections and putaways when their tasks are claimed, given back or taken out of the pool."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from django.utils.translation import gettext as _

from hecang.inbound.errors_quality import InspectionStateConflict
from hecang.inbound.services import following, inspections
from hecang.inbound.services.putaways import putaways_drop_places
from hecang.kernel.db import fetch
from hecang.work.holders import TaskHolder, TaskRow


def _lock(table: str, ids: Sequence[int], *, wait: bool) -> Collection[int]:
    skip = "" if wait else " SKIP LOCKED"
    rows = fetch(
        f"SELECT id FROM {table} WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE{skip}",  # noqa: S608
        [sorted(ids)],
    )
    return [row[0] for row in rows]


class PutawayHolder(TaskHolder):
    """Putaways whose task is taken out of the pool wait for a place again."""

    subject_kind: ClassVar[str] = following.SUBJECT

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        return _lock("putaway", subject_ids, wait=wait)

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        putaways_drop_places([task.subject_id for task in tasks])


class InspectionHolder(TaskHolder):
    """An inspection that stands has to be decided or cancelled by itself; its task cannot simply go."""

    subject_kind: ClassVar[str] = inspections.SUBJECT

    def lock(self, subject_ids: Sequence[int], *, wait: bool) -> Collection[int]:
        return _lock("inspection", subject_ids, wait=wait)

    def cancelled(self, tasks: Sequence[TaskRow]) -> None:
        rows = fetch(
            "SELECT number FROM inspection WHERE id = ANY(%s::bigint[]) AND state IN ('waiting', 'in_progress') LIMIT 1",
            [[task.subject_id for task in tasks]],
        )
        if rows:
            raise InspectionStateConflict(
                _(
                    "Goods wait in quarantine for inspection %(number)s. Decide or cancel the inspection instead."
                )
                % {"number": rows[0][0]}
            )
