"""What can be done with tasks.

Apps put work into the pool (:func:`tasks_create`), say when it is done (:func:`tasks_done`) or not to be done any more
(:func:`tasks_cancel`), and register a ``work.holders.TaskHolder`` where their documents have to know who works on
them. Workers claim, start, pause and give back; every scan is a sign of life (:func:`worker_seen`).
"""

from hecang.work.services.claiming import task_claim_next
from hecang.work.services.creating import TaskIn, tasks_create
from hecang.work.services.locking import Outcome
from hecang.work.services.managing import tasks_reprioritise
from hecang.work.services.presence import leases_expire, worker_seen
from hecang.work.services.shifts import (
    ShiftTemplateIn,
    break_begin,
    break_end,
    shift_begin,
    shift_end,
    shift_template_delete,
    shift_template_save,
    shift_until,
)
from hecang.work.services.workers import WorkerIn, worker_save
from hecang.work.services.working import (
    TASK_MANAGE,
    task_claim,
    task_hand_over,
    task_pause,
    task_release,
    task_resume,
    task_start,
    tasks_cancel,
    tasks_claim,
    tasks_done,
    tasks_hand_over,
    tasks_pause,
    tasks_release,
    tasks_resume,
    tasks_start,
)

__all__ = [
    "TASK_MANAGE",
    "Outcome",
    "ShiftTemplateIn",
    "TaskIn",
    "WorkerIn",
    "break_begin",
    "break_end",
    "leases_expire",
    "shift_begin",
    "shift_end",
    "shift_template_delete",
    "shift_template_save",
    "shift_until",
    "task_claim",
    "task_claim_next",
    "task_hand_over",
    "task_pause",
    "task_release",
    "task_resume",
    "task_start",
    "tasks_cancel",
    "tasks_claim",
    "tasks_create",
    "tasks_done",
    "tasks_hand_over",
    "tasks_pause",
    "tasks_release",
    "tasks_reprioritise",
    "tasks_resume",
    "tasks_start",
    "worker_save",
    "worker_seen",
]
