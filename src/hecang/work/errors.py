"""What can go wrong with tasks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hecang.kernel.errors import Conflict, NotFound, StateConflict


class TaskStateConflict(StateConflict):
    """The task is in a state that forbids it."""

    code = "task_state_conflict"


class TaskTaken(Conflict):
    """Somebody else has it."""

    code = "task_taken"


class TaskUnfit(Conflict):
    """The worker lacks what the task asks for. ``data["lacks"]``: ``skill``, ``equipment`` or ``kind``."""

    code = "task_unfit"


class TaskNotReady(Conflict):
    """It is not to be begun before ``ready_at``."""

    code = "task_not_ready"


class NotAtWork(StateConflict):
    """They have begun no shift."""

    code = "not_at_work"


def task_missing() -> NotFound:
    """No such task, or outside of the reader's scope."""
    return NotFound(_("There is no such task, or it lies outside your data scope."))
