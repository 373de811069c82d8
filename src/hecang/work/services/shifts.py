"""Who is at work until when: the hours that a manager plans, shifts as they are begun and ended, breaks.

Locks documents → tasks → worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.work.errors import NotAtWork
from hecang.work.services.fitting import own_id
from hecang.work.services.working import tasks_lay_down, tasks_release, tasks_take_up
from hecang.work.shifts import STALE, Shift, ShiftHours, hours_fault, shift_at, shift_nearest

_HOURS = """
SELECT h.id, h.begins_at, h.ends_at, h.breaks, w.timezone FROM shift_template h JOIN warehouse w ON w.id = h.warehouse_id
WHERE h.warehouse_id = %s ORDER BY h.begins_at, h.id
"""
_BEGIN = """
INSERT INTO worker (user_id, warehouse_id, skills, equipment, kinds, is_on_shift, on_shift_since, shift_ends_at,
    shift_breaks)
VALUES (%s, %s, '{}', '{}', '{}', true, %s, %s, %s)
ON CONFLICT (user_id) DO UPDATE SET warehouse_id = excluded.warehouse_id, is_on_shift = true,
    on_shift_since = excluded.on_shift_since, shift_ends_at = excluded.shift_ends_at,
    shift_breaks = excluded.shift_breaks, on_break_since = NULL, break_ended_at = NULL
WHERE NOT worker.is_on_shift OR worker.warehouse_id <> excluded.warehouse_id OR worker.shift_ends_at <= %s
"""


@dataclass(frozen=True, slots=True)
class ShiftTemplateIn:
    """Hours of a warehouse, by its own clock.

    :param breaks: begin and end of each, in order, within the shift.
    """

    warehouse_id: int
    name: str
    begins_at: time
    ends_at: time
    breaks: tuple[tuple[time, time], ...] = ()

    @property
    def hours(self) -> ShiftHours:
        return ShiftHours(self.begins_at, self.ends_at, self.breaks)


@transactional
def shift_template_save(*, template: ShiftTemplateIn, template_id: int | None = None) -> int:
    """Write hours of a warehouse, new ones without an id; the id. Whoever works by them now does so by the new ones.

    Locks the template, then the workers on shift who follow it. :raises InvalidInput: hours that cannot be, or a name
    that another template of the warehouse has. :raises NotFound: outside of the scope.
    """
    current_actor().scope.require(warehouse=template.warehouse_id)
    _require_hours(template)
    before = None if template_id is None else _template_lock(template_id)
    if before is not None and before["warehouse_id"] != template.warehouse_id:
        raise _missing()
    name = template.name.strip()
    breaks = [moment for rest in template.breaks for moment in rest]
    row = [name, template.begins_at, template.ends_at, breaks]
    if fetch_one(
        "SELECT 1 FROM shift_template WHERE warehouse_id = %s AND name = %s AND id IS DISTINCT FROM %s",
        [template.warehouse_id, name, template_id],
    ):
        message = _("Another shift of this warehouse has this name.")
        raise InvalidInput(message, problems=[Problem(message, code="duplicate", loc="name", field="name")])
    if template_id is None:
        made = fetch_one(
            "INSERT INTO shift_template (warehouse_id, name, begins_at, ends_at, breaks) VALUES (%s, %s, %s, %s, %s)"
            " RETURNING id",
            [template.warehouse_id, *row],
        )
        assert made is not None
        template_id = made[0]
    else:
        execute(
            "UPDATE shift_template SET name = %s, begins_at = %s, ends_at = %s, breaks = %s WHERE id = %s",
            [*row, template_id],
        )
        _followers_move(template_id)
    audit_record(
        action="work.shift.planned", entity_kind="shift_template", entity_id=template_id, before=before,
        after=_facts(template.warehouse_id, name, template.begins_at, template.ends_at, breaks),
    )  # fmt: skip
    return int(template_id)


@transactional
def shift_template_delete(*, template_id: int) -> None:
    """Forget hours; shifts that have been begun by them stay as they are. Locks the template and its workers."""
    before = _template_lock(template_id)
    execute("UPDATE worker SET shift_id = NULL WHERE shift_id = %s", [template_id])
    execute("DELETE FROM shift_template WHERE id = %s", [template_id])
    audit_record(
        action="work.shift.unplanned", entity_kind="shift_template", entity_id=template_id, before=before
    )


@transactional
def shift_begin(*, warehouse_id: int, user_id: int | None = None) -> None:
    """Somebody (by default the acting person) is at work now, in this warehouse. Repeating it changes nothing.

    Their shift ends, and has its breaks, as their own hours say, else as those of the warehouse that begin nearest to
    now; where none fit, its end is not known. Whoever has not ended yesterday's begins anew.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    who = own_id() if user_id is None else user_id
    if user_id is not None:
        _require_user(who)
    moment = now()
    shift = _shift_of(who, warehouse_id, moment)
    changed = execute(
        _BEGIN,
        [
            who, warehouse_id, moment, None if shift is None else shift.ends_at, _flat(shift), moment - STALE,
        ],
    )  # fmt: skip
    if changed:
        after: dict[str, Any] = {"warehouse_id": warehouse_id}
        if shift is not None:
            after["ends_at"] = shift.ends_at.isoformat()
        audit_record(action="work.shift.begun", entity_kind="user", entity_id=who, after=after)


@transactional
def shift_until(*, user_id: int, ends_at: datetime) -> None:
    """Somebody's shift ends earlier or later than planned. Locks the worker.

    :raises NotAtWork: they are not on shift. :raises InvalidInput: a moment that is over.
    """
    row = fetch_one(
        "SELECT warehouse_id, is_on_shift, shift_ends_at FROM worker WHERE user_id = %s FOR NO KEY UPDATE",
        [user_id],
    )
    if row is None or not row[1]:
        raise _not_at_work()
    current_actor().scope.require(warehouse=row[0])
    if ends_at <= now():
        message = _("The shift cannot end in the past. Choose a later time, or end it now.")
        raise InvalidInput(message, problems=[Problem(message, code="out_of_range", loc="ends_at")])
    execute("UPDATE worker SET shift_ends_at = %s WHERE user_id = %s", [ends_at, user_id])
    audit_record(
        action="work.shift.moved", entity_kind="user", entity_id=user_id,
        before={"ends_at": row[2].isoformat() if row[2] else None}, after={"ends_at": ends_at.isoformat()},
    )  # fmt: skip


@transactional
def shift_end(*, user_id: int | None = None) -> int:
    """Somebody goes home: what they have not finished goes back to the pool; returns how many tasks that are."""
    who = own_id() if user_id is None else user_id
    row = fetch_one("SELECT warehouse_id, is_on_shift, on_shift_since FROM worker WHERE user_id = %s", [who])
    if row is None or not row[1]:
        return 0
    current_actor().scope.require(warehouse=row[0])
    held = fetch(
        "SELECT id FROM task WHERE assignee_id = %s AND state IN ('assigned', 'started', 'paused') ORDER BY id",
        [who],
    )
    tasks_release(task_ids=[key for (key,) in held], by_right=True)
    execute(
        "UPDATE worker SET is_on_shift = false, on_shift_since = NULL, shift_ends_at = NULL, shift_breaks = '{}',"
        " on_break_since = NULL, break_ended_at = NULL WHERE user_id = %s",
        [who],
    )
    audit_record(
        action="work.shift.ended", entity_kind="user", entity_id=who,
        before={"warehouse_id": row[0], "since": row[2].isoformat() if row[2] else None},
        after={"released": len(held)},
    )  # fmt: skip
    return len(held)


@transactional
def break_begin() -> int:
    """The acting person rests: what they work on is laid down and stays theirs; returns how many tasks that are.

    Repeating it changes nothing. :raises NotAtWork: they are not on shift.
    """
    who = own_id()
    row = fetch_one("SELECT is_on_shift, on_break_since FROM worker WHERE user_id = %s", [who])
    if row is None or not row[0]:
        raise _not_at_work()
    if row[1] is not None:
        return 0
    begun = fetch("SELECT id FROM task WHERE assignee_id = %s AND state = 'started' ORDER BY id", [who])
    laid = tasks_lay_down(task_ids=[key for (key,) in begun])
    execute(
        "UPDATE worker SET on_break_since = %s WHERE user_id = %s AND on_break_since IS NULL AND is_on_shift",
        [now(), who],
    )
    return laid


@transactional
def break_end() -> int:
    """The acting person goes on: what the break has laid down is taken up again; returns how many tasks that are.

    A scan on a handheld ends the break, too, but takes up only the task that it is for. Repeating it changes nothing.
    """
    who = own_id()
    row = fetch_one("SELECT on_break_since FROM worker WHERE user_id = %s", [who])
    if row is None or row[0] is None:
        return 0
    taken = tasks_take_up(user_id=who)
    execute(
        "UPDATE worker SET on_break_since = NULL, break_ended_at = %s WHERE user_id = %s AND on_break_since IS NOT NULL",
        [now(), who],
    )
    return taken


def _shift_of(user_id: int, warehouse_id: int, moment: datetime) -> Shift | None:
    rows = fetch(_HOURS, [warehouse_id])
    if not rows:
        return None
    hours = {row[0]: ShiftHours(row[1], row[2], _pairs(row[3])) for row in rows}
    own = fetch_one("SELECT shift_id FROM worker WHERE user_id = %s", [user_id])
    choices = [hours[own[0]]] if own and own[0] in hours else list(hours.values())
    return shift_nearest(choices, rows[0][4], moment)


def _followers_move(template_id: int) -> None:
    """Those who work by these hours now do so by the new ones; what was decided by hand is decided anew."""
    row = fetch_one(
        "SELECT h.begins_at, h.ends_at, h.breaks, w.timezone FROM shift_template h"
        " JOIN warehouse w ON w.id = h.warehouse_id WHERE h.id = %s",
        [template_id],
    )
    assert row is not None
    hours = ShiftHours(row[0], row[1], _pairs(row[2]))
    at_work = fetch(
        "SELECT user_id, on_shift_since FROM worker WHERE shift_id = %s AND is_on_shift AND on_shift_since IS NOT NULL"
        " ORDER BY user_id FOR NO KEY UPDATE",
        [template_id],
    )
    moved: dict[Shift | None, list[int]] = {}
    for user_id, since in at_work:
        moved.setdefault(shift_at(hours, row[3], since), []).append(user_id)
    for shift, who in moved.items():
        execute(
            "UPDATE worker SET shift_ends_at = %s, shift_breaks = %s WHERE user_id = ANY(%s::bigint[])",
            [None if shift is None else shift.ends_at, _flat(shift), who],
        )


def _template_lock(template_id: int) -> dict[str, Any]:
    row = fetch_one(
        "SELECT warehouse_id, name, begins_at, ends_at, breaks FROM shift_template WHERE id = %s FOR NO KEY UPDATE",
        [template_id],
    )
    scope = current_actor().scope
    if row is None or (scope.warehouses is not None and row[0] not in scope.warehouses):
        raise _missing()
    return _facts(*row)


def _require_hours(template: ShiftTemplateIn) -> None:
    problems = []
    if not template.name.strip():
        problems.append(Problem(_("Give the shift a name."), code="required", loc="name", field="name"))
    fault = hours_fault(template.hours)
    if fault == "length":
        message = _("A shift lasts from half an hour to sixteen hours.")
        problems.append(Problem(message, code="out_of_range", loc="ends_at", field="ends_at"))
    elif fault:
        message = _("Breaks lie within the shift, one after the other.")
        problems.append(Problem(message, code="out_of_range", loc="breaks", field="breaks"))
    if problems:
        raise InvalidInput(_("The shift cannot be saved like this."), problems=problems)


def _require_user(user_id: int) -> None:
    if fetch_one('SELECT 1 FROM "user" WHERE id = %s AND is_active', [user_id]) is None:
        message = _("There is no such active user.")
        raise InvalidInput(message, problems=[Problem(message, code="unknown_user", loc="user_id")])


def _missing() -> NotFound:
    return NotFound(_("There is no such shift, or it lies outside your data scope."))


def _not_at_work() -> NotAtWork:
    return NotAtWork(_("No shift has been begun. Begin it first."))


def _pairs(flat: Sequence[time]) -> tuple[tuple[time, time], ...]:
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _flat(shift: Shift | None) -> list[datetime]:
    return [] if shift is None else [moment for rest in shift.breaks for moment in rest]


def _facts(
    warehouse_id: int, name: str, begins_at: time, ends_at: time, breaks: Sequence[time]
) -> dict[str, object]:
    return {
        "warehouse_id": warehouse_id, "name": name, "begins_at": begins_at.isoformat("minutes"),
        "ends_at": ends_at.isoformat("minutes"), "breaks": [one.isoformat("minutes") for one in breaks],
    }  # fmt: skip
