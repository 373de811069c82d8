"""How long trucks waited and were unloaded: by day, and by who came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch

# Late is who comes a quarter of an hour after the beginning of their span.
_FIGURES = """
SELECT {key}, count(*) FILTER (WHERE a.arrived_at IS NOT NULL), count(*) FILTER (WHERE a.state = 'no_show'),
    count(*) FILTER (WHERE a.arrived_at > a.planned_at + interval '15 minutes'),
    avg(extract(epoch FROM a.docked_at - a.arrived_at)) FILTER (WHERE a.docked_at IS NOT NULL),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM a.docked_at - a.arrived_at))
        FILTER (WHERE a.docked_at IS NOT NULL),
    avg(extract(epoch FROM a.left_at - a.docked_at)) FILTER (WHERE a.left_at IS NOT NULL AND a.docked_at IS NOT NULL),
    coalesce(sum(a.pallet_count) FILTER (WHERE a.left_at IS NOT NULL), 0),
    coalesce(sum(a.unit_count) FILTER (WHERE a.left_at IS NOT NULL), 0)
FROM appointment a JOIN warehouse w ON w.id = a.warehouse_id LEFT JOIN supplier s ON s.id = a.supplier_id
WHERE a.kind = 'delivery' AND coalesce(a.arrived_at, a.planned_at) >= %s
    AND coalesce(a.arrived_at, a.planned_at) < %s
    AND (%s::bigint IS NULL OR a.warehouse_id = %s) AND (%s::bigint[] IS NULL OR a.warehouse_id = ANY(%s))
GROUP BY 1 ORDER BY 1
"""
_DAY = "(coalesce(a.arrived_at, a.planned_at) AT TIME ZONE w.timezone)::date::text"
_WHO = "coalesce(s.name, nullif(a.carrier_name, ''), '')"
_NAMES = (
    "key", "arrived", "no_shows", "late", "waiting_seconds", "waiting_p90_seconds", "unloading_seconds", "pallets",
    "units",
)  # fmt: skip


def dock_times(
    actor: Actor, *, start: datetime, end: datetime, warehouse_id: int | None = None
) -> dict[str, list[dict[str, Any]]]:
    """``by_day`` and ``by_partner``: trucks, no-shows, late ones, mean and 90th percentile of waiting, mean unloading.

    What came at the gate or should have, from ``start`` to ``end``. Times of trucks that are still waiting do not count.
    """
    allowed = actor.scope.warehouses
    scope = None if allowed is None else sorted(allowed)
    params = [start, end, warehouse_id, warehouse_id, scope, scope]
    return {
        name: [_row(row) for row in fetch(_FIGURES.format(key=key), params)]
        for name, key in (("by_day", _DAY), ("by_partner", _WHO))
    }


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    named = dict(zip(_NAMES, row, strict=True))
    for name in ("waiting_seconds", "waiting_p90_seconds", "unloading_seconds"):
        named[name] = None if named[name] is None else round(float(named[name]))
    return named
