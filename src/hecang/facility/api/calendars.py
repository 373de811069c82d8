"""Working days of a warehouse, and what the calendar of China says of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, time, timedelta
from typing import Annotated, Any

from django.utils.translation import gettext as _t
from ninja import Query
from pydantic import Field

from hecang.facility.api.base import router
from hecang.facility.selectors import warehouse_terms
from hecang.facility.services import DayIn, warehouse_days_save
from hecang.kernel.api import ApiRequest, Day, InputSchema, Schema
from hecang.kernel.errors import InvalidInput, NotFound, Problem

MAX_DAYS = 400


class CalendarFilters(Schema):
    first: Day
    last: Day


class CalendarDayOut(Schema):
    day: date
    is_open: bool
    reason: str = Field(description="weekday, holiday, working_weekend, exception")
    holiday: str = Field(description="code of the public holiday, whether the warehouse keeps it or not")
    is_certain: bool = Field(description="false where the year's holidays are not published yet")
    cutoff: time
    note: str


class CalendarOut(Schema):
    days: list[CalendarDayOut]


class WarehouseDayIn(InputSchema):
    day: Day
    is_open: bool
    cutoff_time: time | None = None
    note: Annotated[str, Field(max_length=100)] = ""


class WarehouseDaysIn(InputSchema):
    """Exceptional days to write, and days that follow the rule again."""

    days: list[WarehouseDayIn] = Field(default_factory=list, max_length=MAX_DAYS)
    clear: list[Day] = Field(default_factory=list, max_length=MAX_DAYS)


@router.get(
    "/warehouses/{warehouse_id}/calendar",
    permission="facility.warehouse.view",
    response=CalendarOut,
    summary="On which days a warehouse ships, and why",
)
def warehouse_calendar(
    request: ApiRequest, warehouse_id: int, filters: Query[CalendarFilters]
) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    count = (filters.last - filters.first).days + 1
    if not 1 <= count <= MAX_DAYS:
        message = _t("Ask for 1 to %(most)s days.") % {"most": MAX_DAYS}
        problems = [Problem(message, "out_of_range", "last", field="last")]
        raise InvalidInput(_t("The period is not right."), problems=problems)
    terms = warehouse_terms([warehouse_id], since=filters.first).get(warehouse_id)
    if terms is None:
        raise NotFound(_t("There is no such warehouse, or it lies outside your data scope."))
    days = (filters.first + timedelta(days=ahead) for ahead in range(count))
    return {"days": [asdict(terms.calendar.day(day)) for day in days]}


@router.put(
    "/warehouses/{warehouse_id}/days",
    permission="facility.warehouse.change",
    summary="Close or open a warehouse on certain days",
)
def warehouse_days_put(request: ApiRequest, warehouse_id: int, payload: WarehouseDaysIn) -> None:
    request.actor.scope.require(warehouse=warehouse_id)
    warehouse_days_save(
        warehouse_id=warehouse_id,
        days=[DayIn(one.day, one.is_open, one.cutoff_time, one.note.strip()) for one in payload.days],
        clear=payload.clear,
    )
