"""Docks with their hours and what is taken, as the arithmetic of slots needs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from hecang.inbound.models import DockPolicy
from hecang.inbound.slots import DockDay, Rates, Slot, free_slots
from hecang.kernel import clock
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.errors import NotFound

_DOCKS = "SELECT id, code FROM dock WHERE warehouse_id = %s AND is_active AND (%s::bigint IS NULL OR id = %s) ORDER BY code"
_HOURS = "SELECT dock_id, weekday, opens, closes FROM dock_hours WHERE dock_id = ANY(%s::bigint[])"
_TAKEN = """
SELECT dock_id, lower(during), upper(during) FROM appointment
WHERE dock_id = ANY(%s::bigint[]) AND state IN ('booked', 'arrived', 'docked') AND during && tstzrange(%s, %s)
    AND id <> %s
"""
_LOAD = """
SELECT count(*), coalesce(sum(pallet_count), 0), coalesce(sum(unit_count), 0) FROM appointment
WHERE warehouse_id = %s AND kind = 'delivery' AND state IN ('booked', 'arrived', 'docked', 'left')
    AND lower(during) >= %s AND lower(during) < %s AND id <> %s
"""


def zone_of(warehouse_id: int) -> ZoneInfo:
    """The time zone of a warehouse."""
    row = fetch_one("SELECT timezone FROM warehouse WHERE id = %s", [warehouse_id])
    if row is None:
        raise NotFound(_("There is no such warehouse."), data={"warehouse_id": warehouse_id})
    return ZoneInfo(row[0])


def rates_of(policy: DockPolicy) -> Rates:
    return Rates(
        policy.base_minutes, policy.seconds_per_pallet, policy.seconds_per_carton, policy.seconds_per_line,
        policy.step_minutes, policy.max_minutes,
    )  # fmt: skip


def policy_of(warehouse_id: int) -> DockPolicy:
    """How long unloading takes and how much a day takes; the defaults where nobody has said anything."""
    return DockPolicy.objects.filter(pk=warehouse_id).first() or DockPolicy(warehouse_id=warehouse_id)


def dock_days(
    warehouse_id: int, start: datetime, end: datetime, *, dock_id: int | None = None, but: int = 0
) -> list[DockDay]:
    """Docks in use with their hours, and what is taken between ``start`` and ``end``. Three statements.

    :param but: an appointment that does not count, such as one that is to be moved.
    """
    docks = fetch(_DOCKS, [warehouse_id, dock_id, dock_id])
    ids = [row[0] for row in docks]
    hours: dict[int, dict[int, list[tuple[time, time]]]] = defaultdict(lambda: defaultdict(list))
    for one, weekday, opens, closes in fetch(_HOURS, [ids]):
        hours[one][weekday].append((opens, closes))
    taken: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for one, low, high in fetch(_TAKEN, [ids, start, end, but]):
        taken[one].append((low, high))
    return [DockDay(one, code, hours[one], taken[one]) for one, code in docks]


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A day where the warehouse stands, as two moments."""
    start = datetime.combine(day, time.min, zone)
    return start, datetime.combine(day + timedelta(days=1), time.min, zone)


def day_load(warehouse_id: int, day: date, zone: ZoneInfo, *, but: int = 0) -> tuple[int, int, int]:
    """(appointments, pallets, units) of a day so far."""
    row = fetch_one(_LOAD, [warehouse_id, *day_span(day, zone), but])
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])


def is_working_day(warehouse_id: int, day: date) -> bool:
    """Whether the warehouse is open at all on a day that it has made an exception of."""
    row = fetch_one(
        "SELECT is_open FROM warehouse_day WHERE warehouse_id = %s AND day = %s", [warehouse_id, day]
    )
    return row is None or bool(row[0])


def slots_find(
    *,
    warehouse_id: int,
    days: Sequence[date],
    pallets: int = 0,
    cartons: int = 0,
    lines: int = 0,
    minutes: int | None = None,
    dock_id: int | None = None,
    lead: timedelta = timedelta(0),
    but: int = 0,
) -> tuple[int, list[Slot]]:
    """(minutes at the dock, free beginnings on ``days``). Days that take no more, or on which nobody works, have none."""
    policy = policy_of(warehouse_id)
    zone = zone_of(warehouse_id)
    needed = minutes or rates_of(policy).minutes(pallets=pallets, cartons=cartons, lines=lines)
    if not days:
        return needed, []
    docks = dock_days(
        warehouse_id, day_span(min(days), zone)[0], day_span(max(days), zone)[1], dock_id=dock_id, but=but
    )
    found: list[Slot] = []
    for day in sorted(set(days)):
        if not is_working_day(warehouse_id, day) or full(
            policy, day_load(warehouse_id, day, zone, but=but), pallets
        ):
            continue
        found += free_slots(
            docks, day=day, zone=zone, minutes=needed, step=policy.step_minutes, not_before=clock.now() + lead
        )
    return needed, found


def full(policy: DockPolicy, load: tuple[int, int, int], pallets: int = 0, units: int = 0) -> str:
    """What a day has no room for any more: ``appointments``, ``pallets``, ``units``; empty where it has."""
    caps: tuple[tuple[str, Any, int], ...] = (
        ("appointments", policy.daily_appointments, load[0] + 1),
        ("pallets", policy.daily_pallets, load[1] + pallets),
        ("units", policy.daily_units, load[2] + units),
    )
    return next((name for name, cap, wanted in caps if cap is not None and wanted > cap), "")
