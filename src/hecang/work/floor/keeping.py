"""What every entry does besides: the task stays its worker's, and the worker is seen."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.facility.selectors import locations_resolve
from hecang.kernel.db import fetch_one
from hecang.work import services
from hecang.work.floor.protocol import Job, Refusal


def task_keep(job: Job) -> None:
    """See to it that the job's task still is its worker's; take it again where it went back to the pool meanwhile.

    Locks nothing that stays as it is: services lock documents before tasks. Raises :class:`Refusal` ``task_lost``
    where it is another's by now, or cancelled.
    """
    if job.task_id is None:
        return
    row = fetch_one("SELECT state, assignee_id FROM task WHERE id = %s", [job.task_id])
    state, assignee = row or ("cancelled", None)
    if state == "open":
        services.task_start(task_id=job.task_id)
    elif state == "paused" and assignee == job.user_id:
        services.task_resume(task_id=job.task_id)
    elif state == "cancelled" or (state != "done" and assignee != job.user_id):
        raise Refusal(
            _(
                "This task is no longer yours: it was handed over or cancelled. Leave the job and take another."
            ),
            code="task_lost",
        )


def task_let_go(job: Job) -> None:
    """Release the task that a scenario has left with the job, if it still is its worker's."""
    if job.task_id is None:
        return
    row = fetch_one("SELECT state, assignee_id FROM task WHERE id = %s", [job.task_id])
    if row is not None and row[0] in {"assigned", "started"} and row[1] == job.user_id:
        services.task_release(task_id=job.task_id, by_right=True)
    job.task_id = None


def seen(job: Job, code: str = "") -> None:
    """Note the worker's sign of life, and where, if ``code`` is a place; renews the leases of their tasks.

    Comes last: it locks the worker.
    """
    place = locations_resolve(job.warehouse_id, [code]).get(code) if 0 < len(code) <= 32 else None
    services.worker_seen(
        warehouse_id=job.warehouse_id,
        location_id=place.id if place is not None and not place.is_virtual else None,
    )
