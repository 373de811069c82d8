"""Docks 月台, their hours, and what a warehouse takes in a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.selectors import locations_by_id
from hecang.inbound.errors_receiving import DockInvalid, DockNotFound
from hecang.inbound.models import Dock, DockHours, DockPolicy
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.kernel.errors import Problem


@dataclass(frozen=True, slots=True)
class HoursIn:
    """:param weekday: 1 for Monday to 7 for Sunday; ``opens`` and ``closes`` on the clock of the warehouse."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DockIn:
    code: str
    name: str = ""
    location_id: int | None = None
    note: str = ""
    is_active: bool = True
    hours: tuple[HoursIn, ...] = ()


@transactional
def dock_save(*, warehouse_id: int, dock: DockIn, dock_id: int | None = None) -> int:
    """Make a dock, or change it with its hours; its id. Locks it. Appointments that stand keep their time.

    :raises DockNotFound: no such dock in the actor's scope. DockInvalid: code, place or hours make no sense.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    _check(warehouse_id, dock)
    row = Dock(warehouse_id=warehouse_id) if dock_id is None else dock_lock(dock_id)
    if row.warehouse_id != warehouse_id:
        raise DockNotFound(_("There is no such dock in this warehouse."), data={"dock_id": dock_id})
    before = None if dock_id is None else _facts(row)
    row.code, row.name, row.note = dock.code, dock.name, dock.note
    row.location_id, row.is_active = dock.location_id, dock.is_active
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        message = _("Dock %(code)s is there already in this warehouse.") % {"code": dock.code}
        raise DockInvalid(
            message, problems=[Problem(message, code="taken", loc="code", field="code")]
        ) from error
    DockHours.objects.filter(dock_id=row.pk).delete()
    DockHours.objects.bulk_create(
        DockHours(dock_id=row.pk, weekday=one.weekday, opens=one.opens, closes=one.closes)
        for one in dock.hours
    )
    audit_record(
        action="inbound.dock.saved", entity_kind="dock", entity_id=row.pk, before=before, after=_facts(row)
    )
    return row.pk


@transactional
def dock_policy_save(*, warehouse_id: int, values: Mapping[str, Any]) -> None:
    """Keep how long unloading takes and how much a day takes. Raises DockInvalid."""
    current_actor().scope.require(warehouse=warehouse_id)
    row = DockPolicy.objects.select_for_update(no_key=True).filter(pk=warehouse_id).first()
    before = {name: getattr(row, name) for name in values} if row else None
    row = row or DockPolicy(warehouse_id=warehouse_id)
    for name, value in values.items():
        setattr(row, name, value)
    if not 5 <= row.step_minutes <= 240 or row.max_minutes < row.step_minutes:
        message = _("A step is 5 to 240 minutes, and the longest appointment at least one step.")
        raise DockInvalid(message, problems=[Problem(message, code="wrong_steps", field="step_minutes")])
    row.save()
    audit_record(
        action="inbound.dock_policy.saved",
        entity_kind="warehouse",
        entity_id=warehouse_id,
        before=before,
        after=dict(values),
    )


def dock_lock(dock_id: int) -> Dock:
    """Lock a dock within the actor's scope. Raises DockNotFound."""
    row = Dock.objects.select_for_update(no_key=True).filter(pk=dock_id).first()
    if row is None:
        raise DockNotFound(_("There is no such dock."), data={"dock_id": dock_id})
    current_actor().scope.require(warehouse=row.warehouse_id)
    return row


def _facts(row: Dock) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "location_id": row.location_id, "is_active": row.is_active}


def _check(warehouse_id: int, dock: DockIn) -> None:
    problems = []
    if dock.location_id is not None:
        place = locations_by_id([dock.location_id]).get(dock.location_id)
        if place is None or place.warehouse_id != warehouse_id or place.kind not in {"dock", "staging"}:
            problems.append(
                Problem(
                    _("Choose a dock or staging place of this warehouse."),
                    code="wrong_place",
                    loc="location_id",
                    field="location_id",
                )
            )
    problems += _hours_problems(dock.hours)
    if problems:
        raise DockInvalid(problems[0].message, problems=problems)


def _hours_problems(hours: Sequence[HoursIn]) -> list[Problem]:
    problems = []
    for index, one in enumerate(hours):
        others = [other for other in hours[:index] if other.weekday == one.weekday]
        if not 1 <= one.weekday <= 7 or one.closes <= one.opens:
            message = _("A dock opens before it closes, on a day from 1 (Monday) to 7 (Sunday).")
        elif any(one.opens < other.closes and other.opens < one.closes for other in others):
            message = _("Two spans of the same day overlap. Join them.")
        else:
            continue
        problems.append(Problem(message, code="wrong_hours", loc=f"hours.{index}", field="hours"))
    return problems
