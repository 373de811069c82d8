"""Who may do which task."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch
from hecang.kernel.errors import InvalidInput
from hecang.work.errors import TaskNotReady, TaskUnfit
from hecang.work.models import TaskKind
from hecang.work.services.locking import Locked


@dataclass(frozen=True, slots=True)
class Abilities:
    """What somebody can do and has with them; nobody knows more of who is no :class:`Worker` yet.

    :param kinds: kinds of tasks that they do; empty for all.
    """

    user_id: int
    skills: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    location_id: int | None = None


def own_id() -> int:
    """The acting person. Raises InvalidInput for a program without a user."""
    user_id = current_actor().user_id
    if user_id is None:
        raise InvalidInput(_("Only a person can take a task. Sign in, or use the key of a user."))
    return user_id


def abilities(user_ids: Collection[int]) -> dict[int, Abilities]:
    """What these can do. One statement."""
    rows = fetch(
        "SELECT user_id, skills, equipment, kinds, last_location_id FROM worker WHERE user_id = ANY(%s::bigint[])",
        [sorted(user_ids)],
    )
    known = {
        row[0]: Abilities(row[0], frozenset(row[1]), frozenset(row[2]), frozenset(row[3]), row[4])
        for row in rows
    }
    return {key: known.get(key) or Abilities(key) for key in user_ids}


def lacks(task: Locked, worker: Abilities) -> str:
    """What keeps ``worker`` from doing ``task``: ``skill``, ``equipment``, ``kind`` or nothing."""
    if task.skill and task.skill not in worker.skills:
        return "skill"
    if task.equipment and task.equipment not in worker.equipment:
        return "equipment"
    if worker.kinds and task.kind not in worker.kinds:
        return "kind"
    return ""


def require_fit(task: Locked, worker: Abilities) -> None:
    """Raise :class:`TaskUnfit` unless ``worker`` can do ``task``."""
    lack = lacks(task, worker)
    if not lack:
        return
    texts = {
        "skill": _("Task %(task)s needs the skill “%(what)s”. Take another one, or ask a manager."),
        "equipment": _("Task %(task)s needs “%(what)s”. Take another one, or report what you have with you."),
        "kind": _("This worker does no tasks of the kind “%(what)s”. Take another one, or ask a manager."),
    }
    what = {"skill": task.skill, "equipment": task.equipment, "kind": str(TaskKind(task.kind).label)}[lack]
    raise TaskUnfit(
        texts[lack] % {"task": task.id, "what": what}, data={"task_id": task.id, "lacks": lack, "what": what}
    )


def require_ready(task: Locked) -> None:
    """Raise :class:`TaskNotReady` before ``ready_at``."""
    if task.ready_at is not None and task.ready_at > now():
        raise TaskNotReady(
            _("Task %(task)s is not to be begun before %(at)s. Take another one.")
            % {"task": task.id, "at": task.ready_at.isoformat()},
            data={"task_id": task.id, "ready_at": task.ready_at.isoformat()},
        )
