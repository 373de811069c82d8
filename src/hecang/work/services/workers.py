"""What assignment has to know of those who work on the floor; their shifts are in ``shifts``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.work.models import TaskKind


@dataclass(frozen=True, slots=True)
class WorkerIn:
    """What is known of a worker.

    :param skills: codes such as ``forklift``; small letters, digits, ``_`` and ``-``.
    :param kinds: kinds of tasks that they do; empty for all.
    :param shift_id: the hours that they usually work; it counts from the next shift that they begin.
    """

    user_id: int
    warehouse_id: int
    skills: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    home_zone_id: int | None = None
    shift_id: int | None = None


@transactional
def worker_save(*, worker: WorkerIn) -> None:
    """Write what is known of a worker, making them one if they are none. Locks the worker.

    Raises InvalidInput for a user, zone or kind that does not exist, NotFound outside of the scope.
    """
    current_actor().scope.require(warehouse=worker.warehouse_id)
    _require_known(worker)
    before = fetch_one(
        "SELECT warehouse_id, skills, equipment, kinds, home_zone_id, shift_id FROM worker WHERE user_id = %s FOR NO KEY UPDATE",
        [worker.user_id],
    )
    if before is not None:
        current_actor().scope.require(warehouse=before[0])
    skills, equipment, kinds = (sorted(set(one)) for one in (worker.skills, worker.equipment, worker.kinds))
    execute(
        "INSERT INTO worker (user_id, warehouse_id, skills, equipment, kinds, home_zone_id, shift_id,"
        " is_on_shift) VALUES (%s, %s, %s, %s, %s, %s, %s, false) ON CONFLICT (user_id) DO UPDATE SET"
        " warehouse_id = excluded.warehouse_id, skills = excluded.skills, equipment = excluded.equipment,"
        " kinds = excluded.kinds, home_zone_id = excluded.home_zone_id,"
        " shift_id = excluded.shift_id",
        [
            worker.user_id, worker.warehouse_id, skills, equipment, kinds, worker.home_zone_id, worker.shift_id,
        ],
    )  # fmt: skip
    audit_record(
        action="work.worker.saved",
        entity_kind="user",
        entity_id=worker.user_id,
        before=None if before is None else _facts(*before),
        after=_facts(worker.warehouse_id, skills, equipment, kinds, worker.home_zone_id, worker.shift_id),
    )


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
    if worker.shift_id is not None and not fetch_one(
        "SELECT 1 FROM shift_template WHERE id = %s AND warehouse_id = %s",
        [worker.shift_id, worker.warehouse_id],
    ):
        problems.append(
            Problem(_("This shift is not one of the warehouse."), code="unknown_shift", loc="shift_id")
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
    shift_id: int | None,
) -> dict[str, object]:
    return {
        "warehouse_id": warehouse_id, "skills": list(skills), "equipment": list(equipment), "kinds": list(kinds),
        "home_zone_id": zone_id, "shift_id": shift_id,
    }  # fmt: skip
