"""What a worker does with tasks: claim, start, pause, resume, give back, hand over; and what ends them.

Each is a step of ``states.TRANSITIONS``, written into the history and told to the app behind the task. Locks
documents → tasks. Repeating one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.kernel.permissions import declare
from hecang.work.errors import TaskTaken
from hecang.work.holders import TaskRow
from hecang.work.services.fitting import Abilities, abilities, own_id, require_fit, require_ready
from hecang.work.services.locking import (
    LEASE,
    Acted,
    Happening,
    Locked,
    Outcome,
    tasks_act,
    tasks_heads,
    tasks_of,
)
from hecang.work.states import ASSIGNED, CANCELLED, DONE, OPEN, PAUSED, STARTED

#: To take tasks from their workers, to hand them to others, to put them in order.
TASK_MANAGE = declare("work.task.manage")

Subject = tuple[str, int]

_LAID_DOWN = """
SELECT t.id FROM task t WHERE t.assignee_id = %s AND t.state = 'paused' AND (
    SELECT e.data ? 'for_break' FROM task_event e WHERE e.task_id = t.id AND e.event = 'paused' ORDER BY e.id DESC LIMIT 1
) ORDER BY t.id
"""


@transactional
def task_claim(*, task_id: int) -> TaskRow:
    """Take an open task for oneself; one's own again changes nothing.

    Raises :class:`TaskTaken`, :class:`TaskUnfit`, :class:`TaskNotReady`, :class:`TaskStateConflict`, NotFound.
    """
    return tasks_act([task_id], _claim(_self())).only()


@transactional
def tasks_claim(*, task_ids: Sequence[int]) -> list[Outcome]:
    """:func:`task_claim` for many; a report for each."""
    return tasks_act(task_ids, _claim(_self())).outcomes(task_ids)


@transactional
def task_start(*, task_id: int) -> TaskRow:
    """Begin a task; an open one is claimed, a paused one resumed. Raises as :func:`task_claim`."""
    return tasks_act([task_id], _start(_self())).only()


@transactional
def tasks_start(*, task_ids: Sequence[int]) -> list[Outcome]:
    """:func:`task_start` for many; a report for each."""
    return tasks_act(task_ids, _start(_self())).outcomes(task_ids)


@transactional
def task_pause(*, task_id: int, note: str = "") -> TaskRow:
    """Stop working on a task but keep it: it does not expire, and its time does not count."""
    return tasks_act([task_id], _pause(note)).only()


@transactional
def tasks_pause(*, task_ids: Sequence[int], note: str = "") -> list[Outcome]:
    """:func:`task_pause` for many; a report for each."""
    return tasks_act(task_ids, _pause(note)).outcomes(task_ids)


@transactional
def task_resume(*, task_id: int) -> TaskRow:
    """Go on with a paused task."""
    return tasks_act([task_id], _resume).only()


@transactional
def tasks_resume(*, task_ids: Sequence[int]) -> list[Outcome]:
    """:func:`task_resume` for many; a report for each."""
    return tasks_act(task_ids, _resume).outcomes(task_ids)


@transactional
def tasks_lay_down(*, task_ids: Sequence[int]) -> int:
    """Pause one's tasks for a break, so that its end takes them up again; returns how many were begun."""
    return len(tasks_act(task_ids, _pause("", for_break=True)).changed)


@transactional
def tasks_take_up(*, user_id: int) -> int:
    """Go on with what a break has laid down and nobody has touched since; returns how many tasks that are."""
    laid = fetch(_LAID_DOWN, [user_id])
    return len(tasks_act([key for (key,) in laid], _resume).changed) if laid else 0


@transactional
def task_release(*, task_id: int, note: str = "", by_right: bool = False) -> TaskRow:
    """Give a task back to the pool; an open one stays as it is. Its worker or a manager may.

    :param by_right: the caller has made sure that it may be taken away.
    """
    return tasks_act([task_id], _release(note, by_right)).only()


@transactional
def tasks_release(*, task_ids: Sequence[int], note: str = "", by_right: bool = False) -> list[Outcome]:
    """:func:`task_release` for many; a report for each."""
    return tasks_act(task_ids, _release(note, by_right)).outcomes(task_ids)


@transactional
def task_hand_over(*, task_id: int, user_id: int, note: str = "") -> TaskRow:
    """Give a task to somebody else, who begins it anew; its worker may, and a manager (an open one, too).

    Raises InvalidInput for somebody who is not there, :class:`TaskUnfit`, :class:`TaskTaken`, :class:`TaskStateConflict`.
    """
    return _hand_over([task_id], user_id, note).only()


@transactional
def tasks_hand_over(*, task_ids: Sequence[int], user_id: int, note: str = "") -> list[Outcome]:
    """:func:`task_hand_over` for many; a report for each."""
    return _hand_over(task_ids, user_id, note).outcomes(task_ids)


@transactional
def tasks_done(*, task_ids: Sequence[int] = (), subjects: Sequence[Subject] = (), kind: str = "") -> None:
    """The work is done; called by the app behind the tasks, in the transaction that writes what was done.

    :param subjects: (subject kind, id): their standing tasks (of ``kind``, if given).

    Tasks that are done already stay as they are. Raises :class:`TaskStateConflict` for a cancelled one, NotFound.
    """
    standing = tasks_of(subjects, kind or None)
    ids = [*task_ids, *(head[0] for head in standing)]
    if ids:
        heads = [*tasks_heads(task_ids), *standing]
        _require_all(tasks_act(ids, _finish, scoped=False, heads=heads))


@transactional
def tasks_cancel(
    *, task_ids: Sequence[int] = (), subjects: Sequence[Subject] = (), kind: str = "", note: str = ""
) -> list[Outcome]:
    """Take tasks out of the pool, whoever has them. Called by the app behind them, or by a manager.

    :param subjects: (subject kind, id): their standing tasks (of ``kind``, if given).

    The holder may refuse by raising; then nothing is changed at all. A report for each.
    """
    standing = tasks_of(subjects, kind or None)
    ids = [*task_ids, *(head[0] for head in standing)]
    if not ids:
        return []
    heads = [*tasks_heads(task_ids), *standing]
    return tasks_act(ids, _cancel(note), scoped=bool(task_ids), heads=heads).outcomes(ids)


def _self() -> Abilities:
    user_id = own_id()
    return abilities([user_id])[user_id]


def assign(
    task: Locked, worker: Abilities, *, event: str = "assigned", note: str = "", by_plan: bool = False
) -> None:
    """Give a task that was stepped to ``assigned`` to its worker."""
    before = task.assignee_id
    task.assignee_id, task.assigned_at, task.lease_until = worker.user_id, now(), now() + LEASE
    data = {key: value for key, value in (("from", before), ("note", note), ("by_plan", by_plan)) if value}
    task.happened.append(Happening(event, worker.user_id, data))
    task.tell.append("claimed")


def _claim(worker: Abilities) -> Callable[[Locked], bool]:
    def change(task: Locked) -> bool:
        if task.assignee_id == worker.user_id and task.state in (ASSIGNED, STARTED, PAUSED):
            return False
        _require_free(task, worker.user_id)
        task.step("assign")
        require_fit(task, worker)
        require_ready(task)
        assign(task, worker)
        return True

    return change


def _start(worker: Abilities) -> Callable[[Locked], bool]:
    claim = _claim(worker)

    def change(task: Locked) -> bool:
        if task.assignee_id == worker.user_id:
            if task.state == STARTED:
                return False
            if task.state == PAUSED:
                return _resume(task)
        if task.state == OPEN:
            claim(task)
        _require_free(task, worker.user_id)
        task.step("start")
        begin(task, "started")
        return True

    return change


def begin(task: Locked, event: str) -> None:
    """The clock of a task runs from now."""
    moment = now()
    task.started_at = task.started_at or moment
    task.working_since, task.lease_until = moment, moment + LEASE
    task.happened.append(Happening(event, task.assignee_id))
    task.tell.append("started")


def _pause(note: str, *, for_break: bool = False) -> Callable[[Locked], bool]:
    def change(task: Locked) -> bool:
        _require_own(task)
        if task.state == PAUSED:
            return False
        task.step("pause")
        task.stop_clock()
        task.lease_until = None
        data = {key: value for key, value in (("note", note), ("for_break", for_break)) if value}
        task.happened.append(Happening("paused", task.assignee_id, data))
        task.tell.append("paused")
        return True

    return change


def _resume(task: Locked) -> bool:
    _require_own(task)
    if task.state == STARTED:
        return False
    task.step("resume")
    begin(task, "resumed")
    return True


def _release(note: str, by_right: bool) -> Callable[[Locked], bool]:
    def change(task: Locked) -> bool:
        if task.state == OPEN:
            return False
        if not by_right:
            _require_own(task)
        release(task, "released", {"note": note} if note else {})
        return True

    return change


def release(task: Locked, event: str, data: dict[str, object]) -> None:
    """Nobody has the task any more."""
    before = task.assignee_id
    task.step("release")
    task.stop_clock()
    task.assignee_id = task.assigned_at = task.lease_until = None
    task.happened.append(Happening(event, before, data))
    task.tell.append("released")


def _hand_over(task_ids: Sequence[int], user_id: int, note: str) -> Acted:
    if fetch_one('SELECT 1 FROM "user" WHERE id = %s AND is_active', [user_id]) is None:
        message = _("There is no such active user.")
        raise InvalidInput(message, problems=[Problem(message, code="unknown_user", loc="user_id")])
    worker = abilities([user_id])[user_id]
    before: dict[int, int | None] = {}

    def change(task: Locked) -> bool:
        if task.assignee_id == user_id and task.state in (ASSIGNED, STARTED, PAUSED):
            return False
        _require_own(task)
        if task.state == OPEN:
            current_actor().require(TASK_MANAGE)
        before[task.id] = task.assignee_id
        task.step("assign" if task.state == OPEN else "hand_over")
        require_fit(task, worker)
        task.stop_clock()
        assign(task, worker, event="handed_over", note=note)
        return True

    acted = tasks_act(task_ids, change)
    audit_record_many(
        action="work.task.handed_over",
        entity_kind="task",
        entries=[
            (one.id, {"assignee_id": before[one.id]}, {"assignee_id": user_id, "note": note})
            for one in acted.changed
        ],
    )
    return acted


def _finish(task: Locked) -> bool:
    if task.state == DONE:
        return False
    task.step("finish")
    task.stop_clock()
    task.lease_until = None
    task.done_at, task.done_by = now(), current_actor().name[:100]
    task.happened.append(Happening("done", current_actor().user_id or task.assignee_id))
    return True


def _cancel(note: str) -> Callable[[Locked], bool]:
    def change(task: Locked) -> bool:
        if task.state == CANCELLED:
            return False
        task.step("cancel")
        task.stop_clock()
        task.lease_until = None
        task.happened.append(Happening("cancelled", task.assignee_id, {"note": note} if note else {}))
        task.tell.append("cancelled")
        return True

    return change


def _require_all(acted: Acted) -> None:
    for error in acted.errors.values():
        raise error


def _require_free(task: Locked, user_id: int) -> None:
    """Raise :class:`TaskTaken` when somebody else has it."""
    if task.assignee_id not in (None, user_id) and task.state in (ASSIGNED, STARTED, PAUSED):
        raise TaskTaken(
            _("Somebody else has task %(task)s. Take another one, or ask them to hand it over.")
            % {"task": task.id},
            data={"task_id": task.id, "assignee_id": task.assignee_id},
        )


def _require_own(task: Locked) -> None:
    """Raise :class:`TaskTaken` unless the task is one's own, nobody's, or one manages tasks."""
    actor = current_actor()
    if not actor.may(TASK_MANAGE) and actor.user_id is not None:
        _require_free(task, actor.user_id)
