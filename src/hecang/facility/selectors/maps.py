"""The floor plan as the API sends it: columns instead of ten thousand objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hecang.facility.layouts import LayoutPlan
from hecang.facility.models import Location
from hecang.facility.selectors.layout import layout_geometry
from hecang.kernel.db import fetch

#: What ``kind`` in the columns counts in.
KINDS = tuple(kind.value for kind in Location.Kind if kind not in Location.VIRTUAL_KINDS)
_KIND_AT = {kind: position for position, kind in enumerate(KINDS)}
_ZONE = ("id", "code", "name", "kind", "temperature", "x_mm", "y_mm", "width_mm", "depth_mm")
_AISLE = ("id", "zone", "number", "x_mm", "y_from_mm", "y_to_mm", "width_mm")
_COLUMNS = ("id", "code", "kind", "level", "x_mm", "y_mm", "width_mm", "depth_mm", "is_active")


def map_of(warehouse_id: int, version: int) -> dict[str, Any]:
    """The plan of a warehouse that exists. Five statements."""
    ((width, depth),) = fetch("SELECT width_mm, depth_mm FROM warehouse WHERE id = %s", [warehouse_id])
    zones = fetch(
        f"SELECT {', '.join(_ZONE)} FROM zone WHERE warehouse_id = %s AND kind <> 'virtual' ORDER BY code",  # noqa: S608
        [warehouse_id],
    )
    aisles = fetch(
        "SELECT aisle.id, zone.code, number, aisle.x_mm, y_from_mm, y_to_mm, aisle.width_mm FROM aisle"
        " JOIN zone ON zone.id = aisle.zone_id WHERE zone.warehouse_id = %s ORDER BY zone.code, number",
        [warehouse_id],
    )
    crosses = fetch(
        "SELECT zone.code, number, cross_aisle.y_mm FROM cross_aisle JOIN zone ON zone.id = cross_aisle.zone_id"
        " WHERE zone.warehouse_id = %s ORDER BY zone.code, number",
        [warehouse_id],
    )
    locations = fetch(
        f"SELECT {', '.join(_COLUMNS)} FROM location WHERE warehouse_id = %s AND NOT is_virtual ORDER BY id",  # noqa: S608
        [warehouse_id],
    )
    return {
        **_frame(version, width, depth, layout_geometry(warehouse_id).depot_xy),
        "zones": [dict(zip(_ZONE, row, strict=True)) for row in zones],
        "aisles": [dict(zip(_AISLE, row, strict=True)) for row in aisles],
        "cross_aisles": _crosses(crosses, ((row[1], row[3]) for row in aisles)),
        "locations": _columns(locations),
    }


def map_of_plan(plan: LayoutPlan, version: int) -> dict[str, Any]:
    """The plan of what is new, in the same shape, without ids."""
    return {
        **_frame(version, plan.width_mm, plan.depth_mm, None),
        "zones": [{"id": None, **zone._asdict()} for zone in plan.zones],
        "aisles": [{"id": None, **aisle._asdict()} for aisle in plan.aisles],
        "cross_aisles": _crosses(plan.crosses, ((aisle.zone, aisle.x_mm) for aisle in plan.aisles)),
        "locations": {
            **_columns(
                [
                    (0, one.code, one.kind, one.level, one.x_mm, one.y_mm, one.width_mm, one.depth_mm, True)
                    for one in plan.locations
                ]
            ),
            "id": [],
        },
    }


def _frame(version: int, width: int, depth: int, depot: tuple[int, int] | None) -> dict[str, Any]:
    return {"version": version, "width_mm": width, "depth_mm": depth, "depot": depot, "kinds": list(KINDS)}


def _crosses(
    crosses: Iterable[tuple[str, int, int]], aisles: Iterable[tuple[str, int]]
) -> list[dict[str, Any]]:
    """Cross-aisles from the first to the last aisle of their zone."""
    xs: dict[str, list[int]] = {}
    for zone, x in aisles:
        xs.setdefault(zone, []).append(x)
    return [
        {
            "zone": zone,
            "number": number,
            "x_from_mm": min(xs.get(zone, [0])),
            "x_to_mm": max(xs.get(zone, [0])),
            "y_mm": y,
        }
        for zone, number, y in crosses
    ]


def _columns(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _name in _COLUMNS]
    named = dict(zip(_COLUMNS, columns, strict=True))
    named["kind"] = [_KIND_AT[kind] for kind in named["kind"]]
    return named
