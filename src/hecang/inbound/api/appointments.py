"""Docks and their hours, free slots, appointments, the queue at the gate, and how long trucks waited."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.inbound.api.announcements import InboundNumber
from hecang.inbound.api.base import router
from hecang.inbound.models import Appointment, AppointmentState, Dock, DockHours
from hecang.inbound.selectors.dock_times import dock_times
from hecang.inbound.selectors.receiving_detail import appointment_detail, appointments_shown
from hecang.inbound.selectors.receiving_lists import APPOINTMENT_VALUES, appointment_rows
from hecang.inbound.selectors.slots import day_span, policy_of, slots_find, zone_of
from hecang.inbound.services import appointments, docks
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Day,
    DayOrMoment,
    Id,
    InputSchema,
    Int32,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    span_end,
    span_start,
    state_counts,
)
from hecang.kernel.api.lists import nest

VIEW = "inbound.appointment.view"
WORK = "inbound.appointment.work"
MANAGE = "inbound.appointment.manage"
Minutes = Annotated[int, Field(ge=5, le=1440)]


class DockRef(Schema):
    id: int
    code: str


class AppointmentRow(Schema):
    id: int
    number: str
    kind: str
    state: str
    warehouse: Ref
    dock: DockRef | None
    start: Moment | None
    end: Moment | None
    planned_at: Moment | None
    supplier: Ref | None
    carrier_name: str
    plate: str
    pallet_count: int
    carton_count: int
    line_count: int
    unit_count: int
    note: str
    is_self_booked: bool
    arrived_at: Moment | None
    docked_at: Moment | None
    left_at: Moment | None
    waiting_seconds: int | None = Field(description="from the gate to the dock, so far where it still waits")
    unloading_seconds: int | None
    created_by: str
    created_at: Moment


class AppointmentDriver(Schema):
    name: str
    phone: str


class AppointmentAsn(Schema):
    id: int
    number: str
    state: str
    unit_count: int
    line_count: int


class AppointmentReceipt(Schema):
    id: int
    number: str
    state: str
    unit_count: int


class AppointmentOut(AppointmentRow):
    driver: AppointmentDriver
    asns: list[AppointmentAsn]
    receipts: list[AppointmentReceipt]
    actions: list[str]


class AppointmentTabFilters(Schema):
    warehouse_id: Id | None = None


class AppointmentFilters(AppointmentTabFilters):
    state: list[AppointmentState] | None = Field(None, max_length=6)
    kind: Appointment.Kind | None = None
    dock_id: Id | None = None
    supplier_id: Id | None = None
    starts_from: DayOrMoment | None = None
    starts_to: DayOrMoment | None = None
    q: str = Field("", max_length=64)


def _rows(actor: Actor, filters: AppointmentFilters) -> Any:
    wanted = filters.model_dump()
    wanted["state__in"] = wanted.pop("state")
    if wanted["starts_from"] is not None:
        wanted["starts_from"] = span_start(wanted["starts_from"])
    if wanted["starts_to"] is not None:
        wanted["starts_to"] = span_end(wanted["starts_to"])
    return appointment_rows(actor, **wanted).values(*APPOINTMENT_VALUES)


APPOINTMENTS = ListDefinition(
    name="appointments",
    title="Appointments",
    filters=AppointmentFilters,
    row=AppointmentRow,
    columns=(
        Column("number", _("Appointment")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("dock.code", _("Dock")),
        Column("planned_at", _("Planned")),
        Column("supplier.name", _("Supplier")),
        Column("carrier_name", _("Carrier")),
        Column("plate", _("Plate")),
        Column("pallet_count", _("Pallets")),
        Column("unit_count", _("Units")),
        Column("arrived_at", _("At the gate")),
        Column("docked_at", _("At the dock")),
        Column("left_at", _("Left")),
        Column("waiting_seconds", _("Waited (s)")),
        Column("unloading_seconds", _("Unloaded (s)")),
    ),
    sorts={"id": "id", "planned_at": "planned_at", "arrived_at": "arrived_at"},
    default_sort="-id",
    query=_rows,
    enrich=lambda _actor, rows: appointments_shown(rows),
)
router.list("/appointments", APPOINTMENTS, permission=VIEW)


@router.get("/appointments/counts", permission=VIEW, response=CountsOut, summary="Appointments by state")
def appointments_counts(request: ApiRequest, filters: Query[AppointmentTabFilters]) -> dict[str, Any]:
    return state_counts(
        appointment_rows(request.actor, warehouse_id=filters.warehouse_id), AppointmentState.values
    )


# ---------------------------------------------------------------- the day at the docks


class DockHoursOut(Schema):
    weekday: int
    opens: time
    closes: time


class DockOut(Schema):
    id: int
    code: str
    name: str
    location: DockRef | None
    note: str
    is_active: bool
    hours: list[DockHoursOut]


class DockDayOut(Schema):
    """Everything on one day: docks, what stands at them, who waits."""

    day: Day
    timezone: str
    start: Moment
    end: Moment
    docks: list[DockOut]
    appointments: list[AppointmentRow]
    queue: list[AppointmentRow]


@router.get(
    "/warehouses/{warehouse_id}/dock-day", permission=VIEW, response=DockDayOut, summary="A day at the docks"
)
def dock_day(request: ApiRequest, warehouse_id: int, day: Day) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    zone = zone_of(warehouse_id)
    start, end = day_span(day, zone)
    rows = appointment_rows(request.actor, warehouse_id=warehouse_id)
    planned = rows.filter(during__startswith__lt=end, during__endswith__gt=start).exclude(state="cancelled")
    waiting = rows.filter(state="arrived").order_by("arrived_at", "id")
    return {
        "day": day,
        "timezone": zone.key,
        "start": start,
        "end": end,
        "docks": _docks(warehouse_id),
        "appointments": _shown(planned.order_by("planned_at", "id")),
        "queue": _shown(waiting),
    }


def _shown(rows: Any) -> list[dict[str, Any]]:
    return appointments_shown(nest(list(rows.values(*APPOINTMENT_VALUES))))


class SlotFilters(Schema):
    day: Day
    days: int = Field(1, ge=1, le=31)
    pallets: int = Field(0, ge=0, le=10_000)
    cartons: int = Field(0, ge=0, le=100_000)
    lines: int = Field(0, ge=0, le=100_000)
    minutes: Minutes | None = None
    dock_id: Id | None = None
    appointment_id: Id | None = Field(None, description="that is to be moved: its own time counts as free")


class SlotOut(Schema):
    dock_id: int
    dock_code: str
    start: Moment
    end: Moment


class SlotsOut(Schema):
    minutes: int
    items: list[SlotOut]


@router.get(
    "/warehouses/{warehouse_id}/dock-slots",
    permission=VIEW,
    response=SlotsOut,
    summary="Free times at the docks",
)
def dock_slots(request: ApiRequest, warehouse_id: int, filters: Query[SlotFilters]) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    minutes, found = slots_find(
        warehouse_id=warehouse_id,
        days=[filters.day + timedelta(days=number) for number in range(filters.days)],
        pallets=filters.pallets,
        cartons=filters.cartons,
        lines=filters.lines,
        minutes=filters.minutes,
        dock_id=filters.dock_id,
        but=filters.appointment_id or 0,
    )
    return {"minutes": minutes, "items": found}


class DockTimesRow(Schema):
    key: str
    arrived: int
    no_shows: int
    late: int
    waiting_seconds: int | None
    waiting_p90_seconds: int | None
    unloading_seconds: int | None
    pallets: int
    units: int


class DockTimesOut(Schema):
    by_day: list[DockTimesRow]
    by_partner: list[DockTimesRow]


class DockTimesFilters(Schema):
    start: DayOrMoment
    end: DayOrMoment
    warehouse_id: Id | None = None


@router.get(
    "/dock-times", permission=VIEW, response=DockTimesOut, summary="How long trucks waited and were unloaded"
)
def dock_times_get(request: ApiRequest, filters: Query[DockTimesFilters]) -> dict[str, Any]:
    request.actor.scope.require(warehouse=filters.warehouse_id)
    return dock_times(
        request.actor,
        start=span_start(filters.start),
        end=span_end(filters.end),
        warehouse_id=filters.warehouse_id,
    )


@router.get(
    "/appointments/{appointment_id}", permission=VIEW, response=AppointmentOut, summary="One appointment"
)
def appointment_get(request: ApiRequest, appointment_id: int) -> dict[str, Any]:
    return appointment_detail(request.actor, appointment_id)


# ---------------------------------------------------------------- booking


class AppointmentBody(InputSchema):
    warehouse_id: Id
    dock_id: Id
    start: Moment
    minutes: Minutes | None = Field(None, description="by what they bring where it is empty")
    kind: Appointment.Kind = Appointment.Kind.DELIVERY
    asn_ids: list[Id] = Field(default_factory=list, max_length=100)
    supplier_id: Id | None = None
    carrier_name: str = Field("", max_length=100)
    plate: str = Field("", max_length=20)
    driver_name: str = Field("", max_length=50)
    driver_phone: str = Field("", max_length=32)
    pallet_count: Int32 = 0
    carton_count: Int32 = 0
    line_count: Int32 = 0
    unit_count: Int32 = 0
    note: str = Field("", max_length=500)


class AppointmentMoveBody(InputSchema):
    dock_id: Id
    start: Moment
    minutes: Minutes | None = None


class AppointmentReasonBody(InputSchema):
    reason: str = Field("", max_length=200)


@router.post(
    "/appointments", permission=MANAGE, response=InboundNumber, status=201, summary="Book a dock, or close it"
)
def appointment_post(request: ApiRequest, payload: AppointmentBody) -> Any:
    given = payload.model_dump()
    given["asn_ids"] = tuple(given["asn_ids"])
    return appointments.appointment_book(appointment=appointments.AppointmentIn(**given))


@router.post("/appointments/{appointment_id}/move", permission=MANAGE, summary="Another dock or time")
def appointment_move(request: ApiRequest, appointment_id: int, payload: AppointmentMoveBody) -> None:
    appointments.appointment_move(appointment_id=appointment_id, **payload.model_dump())


@router.post("/appointments/{appointment_id}/cancel", permission=MANAGE, summary="They do not come")
def appointment_cancel(request: ApiRequest, appointment_id: int, payload: AppointmentReasonBody) -> None:
    appointments.appointment_cancel(appointment_id=appointment_id, reason=payload.reason)


@router.post("/appointments/{appointment_id}/no-show", permission=WORK, summary="They have not come")
def appointment_no_show(request: ApiRequest, appointment_id: int) -> None:
    appointments.appointment_no_show(appointment_id=appointment_id)


# ---------------------------------------------------------------- at the gate


class TruckBody(InputSchema):
    warehouse_id: Id
    plate: str = Field("", max_length=20)
    carrier_name: str = Field("", max_length=100)
    supplier_id: Id | None = None
    asn_ids: list[Id] = Field(default_factory=list, max_length=100)
    driver_name: str = Field("", max_length=50)
    driver_phone: str = Field("", max_length=32)
    note: str = Field("", max_length=500)


class ArriveBody(InputSchema):
    plate: str = Field("", max_length=20)
    driver_name: str = Field("", max_length=50)
    driver_phone: str = Field("", max_length=32)


class ToDockBody(InputSchema):
    dock_id: Id | None = Field(None, description="its own where it is empty")


@router.post(
    "/trucks", permission=WORK, response=InboundNumber, status=201, summary="A truck without an appointment"
)
def truck_post(request: ApiRequest, payload: TruckBody) -> Any:
    return appointments.truck_arrive(**payload.model_dump())


@router.post("/appointments/{appointment_id}/arrive", permission=WORK, summary="The truck is at the gate")
def appointment_arrive(request: ApiRequest, appointment_id: int, payload: ArriveBody) -> None:
    appointments.appointment_arrive(appointment_id=appointment_id, **payload.model_dump())


@router.post("/appointments/{appointment_id}/dock", permission=WORK, summary="The truck stands at a dock")
def appointment_dock(request: ApiRequest, appointment_id: int, payload: ToDockBody) -> None:
    appointments.appointment_dock(appointment_id=appointment_id, dock_id=payload.dock_id)


@router.post("/appointments/{appointment_id}/leave", permission=WORK, summary="The truck has left")
def appointment_leave(request: ApiRequest, appointment_id: int) -> None:
    appointments.appointment_leave(appointment_id=appointment_id)


# ---------------------------------------------------------------- docks


class DocksOut(Schema):
    items: list[DockOut]


class DockHoursBody(InputSchema):
    weekday: int = Field(ge=1, le=7)
    opens: time
    closes: time


class DockBody(InputSchema):
    code: str = Field(min_length=1, max_length=32)
    name: str = Field("", max_length=100)
    location_id: Id | None = None
    note: str = Field("", max_length=200)
    is_active: bool = True
    hours: list[DockHoursBody] = Field(default_factory=list, max_length=50)


class DockPolicyOut(Schema):
    base_minutes: int
    seconds_per_pallet: int
    seconds_per_carton: int
    seconds_per_line: int
    step_minutes: int
    max_minutes: int
    daily_appointments: int | None
    daily_pallets: int | None
    daily_units: int | None
    lead_hours: int
    horizon_days: int
    no_show_minutes: int


class DockPolicyBody(InputSchema):
    base_minutes: int = Field(15, ge=0, le=480)
    seconds_per_pallet: int = Field(180, ge=0, le=36_000)
    seconds_per_carton: int = Field(20, ge=0, le=36_000)
    seconds_per_line: int = Field(60, ge=0, le=36_000)
    step_minutes: int = Field(15, ge=5, le=240)
    max_minutes: int = Field(240, ge=5, le=1440)
    daily_appointments: Int32 | None = None
    daily_pallets: Int32 | None = None
    daily_units: Int32 | None = None
    lead_hours: int = Field(4, ge=0, le=720)
    horizon_days: int = Field(21, ge=1, le=365)
    no_show_minutes: int = Field(120, ge=5, le=2880)


def _docks(warehouse_id: int) -> list[dict[str, Any]]:
    hours: dict[int, list[DockHours]] = {}
    for one in DockHours.objects.filter(dock__warehouse_id=warehouse_id).order_by("weekday", "opens"):
        hours.setdefault(one.dock_id, []).append(one)
    rows = Dock.objects.filter(warehouse_id=warehouse_id).select_related("location").order_by("code")
    return [
        {
            "id": row.pk, "code": row.code, "name": row.name, "location": row.location, "note": row.note,
            "is_active": row.is_active, "hours": hours.get(row.pk, []),
        }
        for row in rows
    ]  # fmt: skip


@router.get(
    "/warehouses/{warehouse_id}/docks",
    permission="inbound.dock.view",
    response=DocksOut,
    summary="Docks and hours",
)
def docks_get(request: ApiRequest, warehouse_id: int) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    return {"items": _docks(warehouse_id)}


def _dock(payload: DockBody) -> docks.DockIn:
    given = payload.model_dump()
    given["hours"] = tuple(docks.HoursIn(**one) for one in given["hours"])
    return docks.DockIn(**given)


@router.post(
    "/warehouses/{warehouse_id}/docks",
    permission="inbound.dock.manage",
    response=DockRef,
    status=201,
    summary="Add a dock",
)
def dock_post(request: ApiRequest, warehouse_id: int, payload: DockBody) -> dict[str, Any]:
    return {"id": docks.dock_save(warehouse_id=warehouse_id, dock=_dock(payload)), "code": payload.code}


@router.put(
    "/warehouses/{warehouse_id}/docks/{dock_id}",
    permission="inbound.dock.manage",
    response=DockRef,
    summary="Change a dock and its hours",
)
def dock_put(request: ApiRequest, warehouse_id: int, dock_id: int, payload: DockBody) -> dict[str, Any]:
    docks.dock_save(warehouse_id=warehouse_id, dock=_dock(payload), dock_id=dock_id)
    return {"id": dock_id, "code": payload.code}


@router.get(
    "/warehouses/{warehouse_id}/dock-policy",
    permission="inbound.dock.view",
    response=DockPolicyOut,
    summary="How long unloading takes and how much a day takes",
)
def dock_policy_get(request: ApiRequest, warehouse_id: int) -> Any:
    request.actor.scope.require(warehouse=warehouse_id)
    return policy_of(warehouse_id)


@router.put(
    "/warehouses/{warehouse_id}/dock-policy",
    permission="inbound.dock.manage",
    response=DockPolicyOut,
    summary="Say how long unloading takes and how much a day takes",
)
def dock_policy_put(request: ApiRequest, warehouse_id: int, payload: DockPolicyBody) -> Any:
    docks.dock_policy_save(warehouse_id=warehouse_id, values=payload.model_dump())
    return policy_of(warehouse_id)
