"""Working days of warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.facility.models import Warehouse, WarehouseDay
from hecang.kernel.db import columns, execute, transactional
from hecang.kernel.errors import NotFound

_SAVE = """
INSERT INTO warehouse_day (warehouse_id, day, is_open, cutoff_time, note)
SELECT %s, d.day, d.is_open, d.cutoff_time, d.note
FROM unnest(%s::date[], %s::bool[], %s::time[], %s::text[]) AS d (day, is_open, cutoff_time, note)
ON CONFLICT (warehouse_id, day) DO UPDATE
SET is_open = excluded.is_open, cutoff_time = excluded.cutoff_time, note = excluded.note
"""


@dataclass(frozen=True, slots=True)
class DayIn:
    """An exceptional day.

    :param cutoff_time: instead of the usual one; ``None`` leaves that.
    """

    day: date
    is_open: bool
    cutoff_time: time | None = None
    note: str = ""


@transactional
def warehouse_days_save(*, warehouse_id: int, days: Sequence[DayIn], clear: Sequence[date] = ()) -> None:
    """Write exceptional days of a warehouse, and take others back to the rule.

    Locks the warehouse. Raises :class:`NotFound`.
    """
    if not Warehouse.objects.select_for_update(no_key=True).filter(pk=warehouse_id).exists():
        raise NotFound(_("There is no such warehouse, or it lies outside your data scope."))
    by_day = {one.day: one for one in days}
    touched = [*by_day, *clear]
    before = list(
        WarehouseDay.objects.filter(warehouse_id=warehouse_id, day__in=touched)
        .order_by("day")
        .values("day", "is_open", "cutoff_time", "note")
    )
    WarehouseDay.objects.filter(
        warehouse_id=warehouse_id, day__in=[d for d in clear if d not in by_day]
    ).delete()
    if by_day:
        rows = [(one.day, one.is_open, one.cutoff_time, one.note[:100]) for one in by_day.values()]
        execute(_SAVE, [warehouse_id, *columns(rows, 4)])
    audit_record(
        action="warehouse.days",
        entity_kind="warehouse",
        entity_id=warehouse_id,
        before={"days": [_told(row["day"], row["is_open"], row["cutoff_time"]) for row in before]},
        after={
            "days": [_told(one.day, one.is_open, one.cutoff_time) for one in by_day.values()],
            "cleared": [day.isoformat() for day in clear if day not in by_day],
        },
    )


def _told(day: date, is_open: bool, cutoff: time | None) -> dict[str, object]:
    told: dict[str, object] = {"day": day.isoformat(), "is_open": is_open}
    return {**told, "cutoff": cutoff.isoformat("minutes")} if cutoff else told
