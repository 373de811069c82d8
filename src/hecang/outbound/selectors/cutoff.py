"""When the next carrier leaves: cut-off times on the warehouse's own clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hecang.facility.models import Warehouse


def ship_times(warehouse_ids: Iterable[int], moment: datetime) -> dict[int, datetime]:
    """The next cut-off of each warehouse after ``moment``; warehouses without one are missing.

    Computed on the wall clock of the warehouse's time zone, so it survives changes to and from summer
    time. One query.
    """
    rows = Warehouse.objects.filter(id__in=set(warehouse_ids), cutoff_time__isnull=False).values_list(
        "id", "timezone", "cutoff_time"
    )
    result = {}
    for warehouse_id, timezone, cutoff in rows:
        assert cutoff is not None
        local = moment.astimezone(ZoneInfo(timezone))
        day = (
            local.date() if local.timetz().replace(tzinfo=None) < cutoff else local.date() + timedelta(days=1)
        )
        result[warehouse_id] = datetime.combine(day, cutoff, tzinfo=ZoneInfo(timezone))
    return result
