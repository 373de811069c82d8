"""Calendars and costs of warehouses, as sourcing and promises need them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from hecang.facility.calendars import DayException, WorkCalendar
from hecang.kernel import clock
from hecang.kernel.db import fetch

#: A scalar subquery whose text differs after every change of warehouses and their days: every version of a row has
#: its own transaction and command.
STAMP: Final = """(
    SELECT string_agg(stamp, ',') FROM (
        SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) AS stamp FROM warehouse
        UNION ALL SELECT sum(xmin::text::bigint * 65536 + cmin::text::bigint)::text || ':' || count(*) FROM warehouse_day
    ) stamps
)"""
_TERMS = """
SELECT id, code, name, kind, is_active, timezone, weekdays, keeps_holidays, cutoff_time, handling_minutes,
    daily_orders, daily_units, parcel_cost, line_cost, unit_cost
FROM warehouse WHERE %s::bigint[] IS NULL OR id = ANY(%s::bigint[]) ORDER BY id
"""
_DAYS = """
SELECT warehouse_id, day, is_open, cutoff_time, note FROM warehouse_day
WHERE (%s::bigint[] IS NULL OR warehouse_id = ANY(%s::bigint[])) AND day >= %s::date
"""


@dataclass(frozen=True, slots=True)
class WarehouseTerms:
    """When and for how much a warehouse ships; costs are ``None`` where the installation's hold."""

    id: int
    code: str
    name: str
    kind: str
    is_active: bool
    calendar: WorkCalendar
    daily_orders: int | None
    daily_units: int | None
    parcel_cost: Decimal | None
    line_cost: Decimal | None
    unit_cost: Decimal | None


def warehouse_terms(
    warehouse_ids: Iterable[int] | None = None, *, since: date | None = None
) -> dict[int, WarehouseTerms]:
    """Terms by warehouse id, with the exceptional days from ``since`` (yesterday) on. Two statements."""
    wanted = None if warehouse_ids is None else sorted(set(warehouse_ids))
    since = since or clock.today() - timedelta(days=1)
    days: dict[int, dict[date, DayException]] = defaultdict(dict)
    for warehouse_id, day, is_open, cutoff, note in fetch(_DAYS, [wanted, wanted, since]):
        days[warehouse_id][day] = DayException(is_open, cutoff, note)
    return {row[0]: _terms(row, days.get(row[0], {})) for row in fetch(_TERMS, [wanted, wanted])}


def _terms(row: tuple[Any, ...], days: dict[date, DayException]) -> WarehouseTerms:
    key, code, name, kind, is_active, timezone, weekdays, keeps_holidays, cutoff, minutes, *rest = row
    calendar = WorkCalendar(timezone, frozenset(weekdays), keeps_holidays, cutoff, minutes, days)
    return WarehouseTerms(key, code, name, kind, is_active, calendar, *rest)
