"""The standing tasks of documents, for the apps behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hecang.kernel.db import fetch

_OF = """
SELECT id, kind, state, subject_id, assignee_id FROM task
WHERE subject_kind = %s AND subject_id = ANY(%s::bigint[]) AND state IN ('open', 'assigned', 'started', 'paused')
ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class StandingTask:
    """A task that is still to be done."""

    id: int
    kind: str
    state: str
    subject_id: int
    assignee_id: int | None


def standing_tasks(subject_kind: str, subject_ids: Sequence[int]) -> list[StandingTask]:
    """Those of several documents; one statement."""
    return [StandingTask(*row) for row in fetch(_OF, [subject_kind, list(subject_ids)])]


def standing_task(subject_kind: str, subject_id: int) -> StandingTask | None:
    """The one of a document that has at most one."""
    return next(iter(standing_tasks(subject_kind, [subject_id])), None)
