"""What every entry does besides: the task stays its worker's, and the worker is seen."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch_one
from hecang.work import services
from hecang.work.floor.protocol import Job, Refusal

#: How long a task stays with a worker of whom nothing is heard.
LEASE = timedelta(minutes=15)


def task_keep(job: Job) -> None:
    """Renew the lease of the job's task; take it again where the lease ran out and nobody else has it.

    Raises :class:`Refusal` ``task_lost`` where it is another's by now, or cancelled.
    """
    if job.task_id is None:
        return
    row = fetch_one("SELECT state, assignee_id FROM task WHERE id = %s FOR NO KEY UPDATE", [job.task_id])
    state, assignee = row or ("cancelled", None)
    if state == "done":
        return
    if state == "open":
        services.task_claim(task_id=job.task_id)
    elif assignee != job.user_id:
        raise Refusal(
            _(
                "This task is no longer yours: it was handed over or cancelled. Leave the job and take another."
            ),
            code="task_lost",
        )
    elif state == "paused":
        services.task_resume(task_id=job.task_id)
    else:
        execute("UPDATE task SET lease_until = %s WHERE id = %s", [now() + LEASE, job.task_id])


def task_let_go(job: Job) -> None:
    """Release the task that a scenario has left with the job, if it still is its worker's."""
    if job.task_id is None:
        return
    row = fetch_one("SELECT state, assignee_id FROM task WHERE id = %s FOR NO KEY UPDATE", [job.task_id])
    if row is not None and row[0] in {"assigned", "started"} and row[1] == job.user_id:
        services.task_release(task_id=job.task_id)
    job.task_id = None


def worker_seen(user_id: int, warehouse_id: int, code: str = "") -> None:
    """Note that a worker gives a sign of life, and where, if ``code`` is a place. One statement."""
    execute(
        "UPDATE worker SET last_seen_at = %s, last_location_id = coalesce("
        "(SELECT id FROM location WHERE warehouse_id = %s AND code = %s AND NOT is_virtual), last_location_id)"
        " WHERE user_id = %s",
        [now(), warehouse_id, code[:32], user_id],
    )
