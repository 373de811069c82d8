"""Appointments 预约: booked, moved, cancelled; the truck at the gate, at the dock, gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.inbound.errors_receiving import (
    AppointmentNotFound,
    AppointmentStateConflict,
    DayFull,
    DockNotFound,
    DockOccupied,
    SlotInvalid,
    SlotTaken,
)
from hecang.inbound.models import Appointment, AppointmentState, Asn, Dock, DockPolicy
from hecang.inbound.selectors.slots import (
    day_load,
    dock_days,
    full,
    is_working_day,
    policy_of,
    rates_of,
    zone_of,
)
from hecang.inbound.services.docks import dock_lock
from hecang.inbound.slots import is_open
from hecang.inbound.states_receiving import APPOINTMENT_TRANSITIONS, may_become
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.crypto import encrypt_json
from hecang.kernel.db import fetch, fetch_one, transactional
from hecang.kernel.errors import Problem
from hecang.kernel.sequences import numbers

State = AppointmentState


@dataclass(frozen=True, slots=True)
class AppointmentIn:
    """A truck that is to come, or a closure.

    :param start: when the dock is to be theirs; ``minutes`` by what they bring where not given.
    :param asn_ids: announcements that come with it; give supplier and content where these are not said.
    :param driver: name and phone, kept encrypted.
    :param by_partner: booked from outside: not at short notice, not far ahead, only within opening hours.
    """

    warehouse_id: int
    dock_id: int
    start: datetime
    minutes: int | None = None
    kind: str = "delivery"
    asn_ids: tuple[int, ...] = ()
    supplier_id: int | None = None
    carrier_name: str = ""
    plate: str = ""
    driver_name: str = ""
    driver_phone: str = ""
    pallet_count: int = 0
    carton_count: int = 0
    line_count: int = 0
    unit_count: int = 0
    note: str = ""
    link_id: int | None = None
    by_partner: bool = False


@transactional
def appointment_book(*, appointment: AppointmentIn) -> Appointment:
    """Book a dock for a span of time. Locks the dock, and the policy where days have a limit.

    Two bookings never overlap: the database refuses the second, whoever makes it.

    :raises DockNotFound: no such dock in use in the warehouse. SlotInvalid: past, closed, too long.
    :raises SlotTaken: a part of the time is somebody else's. DayFull: the day takes no more.
    """
    current_actor().scope.require(warehouse=appointment.warehouse_id)
    dock = dock_lock(appointment.dock_id)
    if dock.warehouse_id != appointment.warehouse_id or not dock.is_active:
        raise DockNotFound(_("There is no such dock in use in this warehouse."), data={"dock_id": dock.pk})
    content = _content(appointment)
    policy = policy_of(appointment.warehouse_id)
    minutes = appointment.minutes or rates_of(policy).minutes(
        pallets=content["pallet_count"], cartons=content["carton_count"], lines=content["line_count"]
    )
    end = appointment.start + timedelta(minutes=minutes)
    if appointment.kind == Appointment.Kind.DELIVERY:
        _require_slot(appointment, dock, end, policy)
        _require_room(policy, appointment.start, content)
    now = clock.now()
    row = Appointment(
        number=numbers("appointment")[0], kind=appointment.kind, warehouse_id=appointment.warehouse_id, dock=dock,
        during=Range(appointment.start, end), planned_at=appointment.start, carrier_name=appointment.carrier_name[:100],
        plate=plate_clean(appointment.plate), driver_cipher=_driver(appointment.driver_name, appointment.driver_phone),
        note=appointment.note[:500], link_id=appointment.link_id, created_by=current_actor().name[:100],
        created_at=now, updated_at=now, **content,
    )  # fmt: skip
    _save(row, insert=True)
    _link(row, appointment.asn_ids)
    audit_record(
        action="inbound.appointment.booked", entity_kind="appointment", entity_id=row.pk, after=_facts(row)
    )
    return row


@transactional
def appointment_move(
    *,
    appointment_id: int,
    dock_id: int,
    start: datetime,
    minutes: int | None = None,
    by_partner: bool = False,
) -> Appointment:
    """Give an appointment another dock or time. Locks the dock, then it. Raises as :func:`appointment_book` does.

    :raises AppointmentStateConflict: the truck is at the dock, gone, or does not come.
    """
    dock = dock_lock(dock_id)
    row = appointment_lock(appointment_id)
    if row.state not in {State.BOOKED, State.ARRIVED}:
        raise _conflict(row)
    if dock.warehouse_id != row.warehouse_id or not dock.is_active:
        raise DockNotFound(_("There is no such dock in use in this warehouse."), data={"dock_id": dock.pk})
    before = _facts(row)
    length = timedelta(minutes=minutes) if minutes else _length(row)
    asked = AppointmentIn(row.warehouse_id, dock_id, start, kind=row.kind, by_partner=by_partner)
    policy = policy_of(row.warehouse_id)
    if row.kind == Appointment.Kind.DELIVERY:
        _require_slot(asked, dock, start + length, policy)
        content = {name: getattr(row, name) for name in _CONTENT}
        _require_room(policy, start, {**content, "supplier_id": row.supplier_id}, but=row.pk)
    row.dock, row.during, row.planned_at = dock, Range(start, start + length), start
    row.updated_at = clock.now()
    _save(row)
    audit_record(
        action="inbound.appointment.moved",
        entity_kind="appointment",
        entity_id=row.pk,
        before=before,
        after=_facts(row),
    )
    return row


@transactional
def appointment_truck_set(
    *,
    appointment_id: int,
    plate: str = "",
    carrier_name: str = "",
    driver_name: str = "",
    driver_phone: str = "",
) -> None:
    """Say which truck comes and who drives it; what is left blank stays. Locks the appointment."""
    row = appointment_lock(appointment_id)
    if row.state not in {State.BOOKED, State.ARRIVED}:
        raise _conflict(row)
    before = {"plate": row.plate, "carrier": row.carrier_name}
    row.plate = plate_clean(plate) or row.plate
    row.carrier_name = carrier_name[:100] or row.carrier_name
    if driver_name or driver_phone:
        row.driver_cipher = _driver(driver_name, driver_phone)
    row.updated_at = clock.now()
    row.save(update_fields=["plate", "carrier_name", "driver_cipher", "updated_at"])
    after = {"plate": row.plate, "carrier": row.carrier_name}
    if before != after or driver_name or driver_phone:
        audit_record(
            action="inbound.appointment.truck",
            entity_kind="appointment",
            entity_id=row.pk,
            before=before,
            after=after,
        )


@transactional
def appointment_cancel(*, appointment_id: int, reason: str = "") -> bool:
    """They do not come, or are sent away; whether it stood. Locks it."""
    row = appointment_lock(appointment_id)
    if row.state == State.CANCELLED:
        return False
    _step(row, State.CANCELLED)
    Asn.objects.filter(appointment_id=row.pk).update(appointment=None)
    _stepped(row, "cancelled", reason=reason)
    return True


@transactional
def appointment_no_show(*, appointment_id: int) -> None:
    """They have not come; the dock is free again. Locks it."""
    row = appointment_lock(appointment_id)
    _step(row, State.NO_SHOW)
    _stepped(row, "no_show")


def appointments_expire(*, limit: int = 500) -> int:
    """Note who has not come long after the beginning; how many. Set-based, those that somebody works on are left."""
    return _expire(limit=limit)


@transactional
def _expire(*, limit: int) -> int:
    now = clock.now()
    rows = fetch(
        "UPDATE appointment a SET state = 'no_show', updated_at = %s FROM ("
        "  SELECT x.id FROM appointment x LEFT JOIN dock_policy p ON p.warehouse_id = x.warehouse_id"
        "  WHERE x.state = 'booked' AND x.kind = 'delivery'"
        "    AND lower(x.during) < %s - make_interval(mins => coalesce(p.no_show_minutes, 120))"
        "  ORDER BY x.id LIMIT %s FOR NO KEY UPDATE OF x SKIP LOCKED) late WHERE a.id = late.id RETURNING a.id",
        [now, now, limit],
    )
    audit_record_many(
        action="inbound.appointment.no_show",
        entity_kind="appointment",
        entries=[(row[0], {"state": "booked"}, {"state": "no_show"}) for row in sorted(rows)],
    )
    # A closure is over when its time is.
    fetch(
        "UPDATE appointment SET state = 'left', arrived_at = lower(during), left_at = upper(during), updated_at = %s"
        " WHERE state = 'booked' AND kind = 'closure' AND upper(during) < %s RETURNING id",
        [now, now],
    )
    return len(rows)


# ---------------------------------------------------------------- at the gate


@transactional
def appointment_arrive(
    *, appointment_id: int, plate: str = "", driver_name: str = "", driver_phone: str = ""
) -> Appointment:
    """The truck is at the gate; from now on it waits. A repetition changes nothing. Locks it."""
    row = appointment_lock(appointment_id)
    if row.state == State.ARRIVED:
        return row
    if row.kind == Appointment.Kind.CLOSURE:
        raise _conflict(row)
    late = row.state == State.NO_SHOW
    _step(row, State.ARRIVED)
    row.arrived_at = clock.now()
    if late:  # its time at the dock has been given away
        row.during = None
    if plate:
        row.plate = plate_clean(plate)
    if driver_name or driver_phone:
        row.driver_cipher = _driver(driver_name, driver_phone)
    _stepped(row, "arrived")
    return row


@transactional
def truck_arrive(
    *,
    warehouse_id: int,
    plate: str = "",
    carrier_name: str = "",
    supplier_id: int | None = None,
    asn_ids: Sequence[int] = (),
    driver_name: str = "",
    driver_phone: str = "",
    note: str = "",
) -> Appointment:
    """A truck without an appointment is at the gate: it waits until it is sent to a dock."""
    current_actor().scope.require(warehouse=warehouse_id)
    if not fetch("SELECT 1 FROM warehouse WHERE id = %s", [warehouse_id]):
        message = _("It does not exist.")
        raise SlotInvalid(
            message,
            problems=[Problem(message, code="unknown_warehouse", loc="warehouse_id", field="warehouse_id")],
        )
    now = clock.now()
    content = _content(AppointmentIn(warehouse_id, 0, now, asn_ids=tuple(asn_ids), supplier_id=supplier_id))
    row = Appointment(
        number=numbers("appointment")[0], state=State.ARRIVED, warehouse_id=warehouse_id,
        carrier_name=carrier_name[:100], plate=plate_clean(plate), driver_cipher=_driver(driver_name, driver_phone),
        note=note[:500], arrived_at=now, created_by=current_actor().name[:100], created_at=now, updated_at=now, **content,
    )  # fmt: skip
    _save(row, insert=True)
    _link(row, asn_ids)
    audit_record(
        action="inbound.appointment.walked_in", entity_kind="appointment", entity_id=row.pk, after=_facts(row)
    )
    return row


@transactional
def appointment_dock(*, appointment_id: int, dock_id: int | None = None) -> Appointment:
    """The truck stands at a dock, its own or another; unloading begins. A repetition changes nothing.

    Locks the dock, then the appointment. Its span now begins now, and ends where the next one's begins.

    :raises DockOccupied: another truck stands there. AppointmentStateConflict: it is not at the gate.
    """
    planned = fetch_one("SELECT dock_id FROM appointment WHERE id = %s", [appointment_id])
    wanted = dock_id or (planned[0] if planned else None)
    if wanted is None:
        row = appointment_lock(appointment_id)
        message = _("Choose the dock: truck %(number)s has none.") % {"number": row.number}
        raise SlotInvalid(
            message, problems=[Problem(message, code="required", loc="dock_id", field="dock_id")]
        )
    dock = dock_lock(wanted)
    row = appointment_lock(appointment_id)
    if row.state == State.DOCKED and row.dock_id == dock.pk:
        return row
    if dock.warehouse_id != row.warehouse_id or not dock.is_active:
        raise DockNotFound(_("There is no such dock in use in this warehouse."), data={"dock_id": dock.pk})
    _step(row, State.DOCKED)
    row.docked_at = clock.now()
    row.during = _span_now(row, dock)
    row.dock = dock
    _stepped(row, "docked")
    return row


@transactional
def appointment_leave(*, appointment_id: int) -> Appointment:
    """The truck has left; the dock is free. A repetition changes nothing. Locks it."""
    row = appointment_lock(appointment_id)
    if row.state == State.LEFT:
        return row
    _step(row, State.LEFT)
    row.left_at = clock.now()
    _stepped(row, "left")
    return row


def appointment_lock(appointment_id: int) -> Appointment:
    """Lock an appointment within the actor's scope. Raises AppointmentNotFound."""
    row = Appointment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=appointment_id).first()
    if row is None:
        raise AppointmentNotFound(_("There is no such appointment."), data={"appointment_id": appointment_id})
    current_actor().scope.require(warehouse=row.warehouse_id)
    return row


def plate_clean(plate: str) -> str:
    """A number plate as it is stored: capitals, without blanks, dots and dashes."""
    return re.sub(r"[\s.·•\-]", "", plate).upper()[:16]


# ---------------------------------------------------------------- what they share

_CONTENT = ("pallet_count", "carton_count", "line_count", "unit_count")


def _content(appointment: AppointmentIn) -> dict[str, Any]:
    """What comes: as said, else as the announcements say."""
    content: dict[str, Any] = {name: getattr(appointment, name) for name in _CONTENT}
    content["supplier_id"] = appointment.supplier_id
    if appointment.supplier_id is not None and not fetch(
        "SELECT 1 FROM supplier WHERE id = %s", [appointment.supplier_id]
    ):
        message = _("It does not exist.")
        raise SlotInvalid(
            message,
            problems=[Problem(message, code="unknown_supplier", loc="supplier_id", field="supplier_id")],
        )
    if not appointment.asn_ids:
        return content
    rows = fetch(
        "SELECT id, supplier_id, pallet_count, carton_count, line_count, unit_count FROM asn"
        " WHERE id = ANY(%s::bigint[]) AND warehouse_id = %s AND state IN ('announced', 'receiving')",
        [list(appointment.asn_ids), appointment.warehouse_id],
    )
    if len(rows) != len(set(appointment.asn_ids)):
        message = _("An announcement does not stand open for this warehouse. Load the list again.")
        raise SlotInvalid(
            message, problems=[Problem(message, code="unknown_asn", loc="asn_ids", field="asn_ids")]
        )
    if not any(content[name] for name in _CONTENT):
        for index, name in enumerate(_CONTENT, 2):
            content[name] = sum(row[index] for row in rows)
    suppliers = {row[1] for row in rows}
    if content["supplier_id"] is None and len(suppliers) == 1:
        content["supplier_id"] = suppliers.pop()
    return content


def _require_slot(appointment: AppointmentIn, dock: Dock, end: datetime, policy: DockPolicy) -> None:
    start, now = appointment.start, clock.now()
    zone = zone_of(appointment.warehouse_id)
    day = start.astimezone(zone).date()
    minutes = (end - start).total_seconds() / 60
    message = ""
    if end <= now:
        message = _("This time is over. Choose a later one.")
    elif minutes > policy.max_minutes:
        message = _("An appointment takes at most %(minutes)s minutes. Split the delivery.") % {
            "minutes": policy.max_minutes
        }
    elif appointment.by_partner and start < now + timedelta(hours=policy.lead_hours):
        message = _("Book at least %(hours)s hours before. Call the warehouse if it is urgent.") % {
            "hours": policy.lead_hours
        }
    elif appointment.by_partner and start > now + timedelta(days=policy.horizon_days):
        message = _("Book at most %(days)s days ahead.") % {"days": policy.horizon_days}
    elif not is_working_day(appointment.warehouse_id, day) or not _opened(dock, start, end, day):
        message = _("Dock %(dock)s is not open then. Choose a time within its hours.") % {"dock": dock.code}
    if message:
        raise SlotInvalid(
            message, problems=[Problem(message, code="slot_invalid", loc="start", field="start")]
        )


def _opened(dock: Dock, start: datetime, end: datetime, _day: date) -> bool:
    zone = zone_of(dock.warehouse_id)
    return any(
        is_open(one, start, end, zone) for one in dock_days(dock.warehouse_id, start, end, dock_id=dock.pk)
    )


def _require_room(policy: DockPolicy, start: datetime, content: dict[str, Any], but: int = 0) -> None:
    """Whether the day takes it; bookings of a day with a limit are made one after the other."""
    if policy.daily_appointments is None and policy.daily_pallets is None and policy.daily_units is None:
        return
    DockPolicy.objects.select_for_update(no_key=True).get(pk=policy.warehouse_id)
    zone = zone_of(policy.warehouse_id)
    day = start.astimezone(zone).date()
    load = day_load(policy.warehouse_id, day, zone, but=but)
    short = full(policy, load, content["pallet_count"], content["unit_count"])
    if short:
        raise DayFull(
            _("%(day)s takes no more deliveries. Choose another day.") % {"day": day},
            data={"day": day.isoformat(), "short": short, "load": load},
        )


def _length(row: Appointment) -> timedelta:
    """How long it was planned to take; by its content where it had no span."""
    if row.during is not None:
        length: timedelta = row.during.upper - row.during.lower
        return length
    rates = rates_of(policy_of(row.warehouse_id))
    return timedelta(
        minutes=rates.minutes(pallets=row.pallet_count, cartons=row.carton_count, lines=row.line_count)
    )


def _span_now(row: Appointment, dock: Dock) -> Range[datetime] | None:
    """From now on, as long as planned or until the next one's time; none where the dock is somebody else's now."""
    now = clock.now()
    end = now + _length(row)
    following = fetch(
        "SELECT lower(during) FROM appointment WHERE dock_id = %s AND id <> %s"
        " AND state IN ('booked', 'arrived', 'docked') AND during && tstzrange(%s, %s) ORDER BY lower(during) LIMIT 1",
        [dock.pk, row.pk, now, end],
    )
    if following:
        end = min(end, following[0][0])
    return Range(now, end) if end > now else None


def _driver(name: str, phone: str) -> bytes | None:
    return encrypt_json({"name": name[:50], "phone": phone[:32]}) if name or phone else None


def _link(row: Appointment, asn_ids: Sequence[int]) -> None:
    if asn_ids:
        Asn.objects.filter(pk__in=asn_ids, warehouse_id=row.warehouse_id).update(
            appointment=row, updated_at=clock.now()
        )


def _save(row: Appointment, *, insert: bool = False) -> None:
    """Write it; say in words what the database refuses."""
    try:
        with transaction.atomic():
            row.save(force_insert=insert)
    except IntegrityError as error:
        if "appointment_no_overlap" in str(error):
            raise SlotTaken(
                _("The dock is taken for a part of this time. Choose another time or dock."),
                data={"dock_id": row.dock_id},
            ) from error
        if "appointment_one_docked" in str(error):
            raise DockOccupied(
                _("Another truck stands at dock %(dock)s. Send it away first, or choose another dock.")
                % {"dock": row.dock.code if row.dock else ""},
                data={"dock_id": row.dock_id},
            ) from error
        raise


def _step(row: Appointment, target: str) -> None:
    if not may_become(APPOINTMENT_TRANSITIONS, row.state, target):
        raise _conflict(row)
    row.state = target


def _stepped(row: Appointment, word: str, **more: Any) -> None:
    row.updated_at = clock.now()
    _save(row)
    audit_record(
        action=f"inbound.appointment.{word}",
        entity_kind="appointment",
        entity_id=row.pk,
        after={**_facts(row), **more},
    )


def _conflict(row: Appointment) -> AppointmentStateConflict:
    return AppointmentStateConflict(
        _("Appointment %(number)s is in state “%(state)s”; this is not possible now.")
        % {"number": row.number, "state": AppointmentState(row.state).label},
        data={"number": row.number, "state": row.state},
    )


def _facts(row: Appointment) -> dict[str, Any]:
    """For the audit log: no driver, no phone."""
    return {
        "state": str(row.state),
        "dock_id": row.dock_id,
        "start": row.during.lower.isoformat() if row.during else None,
        "end": row.during.upper.isoformat() if row.during else None,
    }
