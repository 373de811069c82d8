"""Who works on the floor, and what assignment has to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.work.models import TaskKind
from hecang.work.services.fitting import own_id
from hecang.work.services.working import tasks_release


@dataclass(frozen=True, slots=True)
class WorkerIn:
    """What is known of a worker.

    :param skills: codes such as ``forklift``; small letters, digits, ``_`` and ``-``.
    :param kinds: kinds of tasks that they do; empty for all.
    """

    user_id: int
    warehouse_id: int
    skills: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    home_zone_id: int | None = None


@transactional
def worker_save(*, worker: WorkerIn) -> None:
    """Write what is known of a worker, making them one if they are none. Locks the worker.

    Raises InvalidInput for a user, zone or kind that does not exist, NotFound outside of the scope.
    """
    current_actor().scope.require(warehouse=worker.warehouse_id)
    _require_known(worker)
    before = fetch_one(
        "SELECT warehouse_id, skills, equipment, kinds, home_zone_id FROM worker WHERE user_id = %s FOR NO KEY UPDATE",
        [worker.user_id],
    )
    if before is not None:
        current_actor().scope.require(warehouse=before[0])
    skills, equipment, kinds = (sorted(set(one)) for one in (worker.skills, worker.equipment, worker.kinds))
    execute(
        "INSERT INTO worker (user_id, warehouse_id, skills, equipment, kinds, home_zone_id, is_on_shift)"
        " VALUES (%s, %s, %s, %s, %s, %s, false) ON CONFLICT (user_id) DO UPDATE SET"
        " warehouse_id = excluded.warehouse_id, skills = excluded.skills, equipment = excluded.equipment,"
        " kinds = excluded.kinds, home_zone_id = excluded.home_zone_id",
        [worker.user_id, worker.warehouse_id, skills, equipment, kinds, worker.home_zone_id],
    )
    audit_record(
        action="work.worker.saved",
        entity_kind="user",
        entity_id=worker.user_id,
        before=None if before is None else _facts(*before),
        after=_facts(worker.warehouse_id, skills, equipment, kinds, worker.home_zone_id),
    )


@transactional
def shift_begin(*, warehouse_id: int, user_id: int | None = None) -> None:
    """Somebody (by default the acting person) is at work now, in this warehouse. Repeating it changes nothing."""
    current_actor().scope.require(warehouse=warehouse_id)
    who = own_id() if user_id is None else user_id
    if user_id is not None:
        _require_user(who)
    changed = execute(
        "INSERT INTO worker (user_id, warehouse_id, skills, equipment, kinds, is_on_shift, on_shift_since)"
        " VALUES (%s, %s, '{}', '{}', '{}', true, %s) ON CONFLICT (user_id) DO UPDATE SET"
        " warehouse_id = excluded.warehouse_id, is_on_shift = true, on_shift_since = excluded.on_shift_since"
        " WHERE NOT worker.is_on_shift OR worker.warehouse_id <> excluded.warehouse_id",
        [who, warehouse_id, now()],
    )
    if changed:
        audit_record(
            action="work.shift.begun", entity_kind="user", entity_id=who, after={"warehouse_id": warehouse_id}
        )


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
    execute("UPDATE worker SET is_on_shift = false, on_shift_since = NULL WHERE user_id = %s", [who])
    audit_record(
        action="work.shift.ended", entity_kind="user", entity_id=who,
        before={"warehouse_id": row[0], "since": row[2].isoformat() if row[2] else None},
        after={"released": len(held)},
    )  # fmt: skip
    return len(held)


def _require_known(worker: WorkerIn) -> None:
    problems = []
    unknown = sorted(set(worker.kinds) - set(TaskKind.values))
    if unknown:
        problems.append(Problem(_("There is no such kind of task."), code="unknown_value", loc="kinds"))
    if worker.home_zone_id is not None and not fetch_one(
        "SELECT 1 FROM zone WHERE id = %s AND warehouse_id = %s", [worker.home_zone_id, worker.warehouse_id]
    ):
        problems.append(
            Problem(_("This zone is not in the warehouse."), code="unknown_zone", loc="home_zone_id")
        )
    problems += _bad_codes("skills", worker.skills) + _bad_codes("equipment", worker.equipment)
    if problems:
        raise InvalidInput(_("The worker cannot be saved like this."), problems=problems)
    _require_user(worker.user_id)


def _bad_codes(field: str, codes: Sequence[str]) -> list[Problem]:
    return [
        Problem(
            _("Write codes with small letters, digits, “_” and “-”, 32 characters at most."),
            code="invalid_code", loc=f"{field}.{at}",
        )
        for at, code in enumerate(codes)
        if not (0 < len(code) <= 32 and code == code.lower() and code.replace("_", "").replace("-", "").isalnum())
    ]  # fmt: skip


def _require_user(user_id: int) -> None:
    if fetch_one('SELECT 1 FROM "user" WHERE id = %s AND is_active', [user_id]) is None:
        message = _("There is no such active user.")
        raise InvalidInput(message, problems=[Problem(message, code="unknown_user", loc="user_id")])


def _facts(
    warehouse_id: int,
    skills: Sequence[str],
    equipment: Sequence[str],
    kinds: Sequence[str],
    zone_id: int | None,
) -> dict[str, object]:
    return {
        "warehouse_id": warehouse_id, "skills": list(skills), "equipment": list(equipment), "kinds": list(kinds),
        "home_zone_id": zone_id,
    }  # fmt: skip
