"""Set-based writing of zones, aisles, cross-aisles and locations: one statement a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hecang.facility.layouts import AislePlan, CrossPlan, LocationPlan, ZonePlan
from hecang.kernel.db import columns, execute, fetch


def zones_insert(warehouse_id: int, zones: Sequence[ZonePlan]) -> dict[str, int]:
    """Write zones; code → id."""
    return dict(
        fetch(
            "INSERT INTO zone (warehouse_id, code, name, kind, temperature, x_mm, y_mm, width_mm, depth_mm)"
            " SELECT %s::bigint, row.* FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::integer[],"
            " %s::integer[], %s::integer[], %s::integer[]) AS row RETURNING code, id",
            [warehouse_id, *columns(zones, 8)],
        )
    )


def aisles_insert(zones: dict[str, int], aisles: Iterable[AislePlan]) -> dict[tuple[str, int], int]:
    """Write aisles; (zone code, number) → id."""
    code_of = {pk: code for code, pk in zones.items()}
    rows = fetch(
        "INSERT INTO aisle (zone_id, number, x_mm, y_from_mm, y_to_mm, width_mm, is_inferred)"
        " SELECT row.*, false FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::integer[]) AS row"
        " RETURNING zone_id, number, id",
        columns(((zones[row.zone], *row[1:]) for row in aisles), 6),
    )
    return {(code_of[zone], number): pk for zone, number, pk in rows}


def crosses_insert(zones: dict[str, int], crosses: Iterable[CrossPlan]) -> None:
    """Write cross-aisles."""
    execute(
        "INSERT INTO cross_aisle (zone_id, number, y_mm, is_inferred)"
        " SELECT row.*, false FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS row",
        columns(((zones[row.zone], row.number, row.y_mm) for row in crosses), 3),
    )


def locations_insert(
    warehouse_id: int,
    zones: dict[str, int],
    aisles: dict[tuple[str, int], int],
    locations: Iterable[LocationPlan],
) -> int:
    """Write locations; their number."""
    rows = (
        (
            zones[row.zone], None if row.aisle is None else aisles[row.zone, row.aisle], row.code, row.kind, row.side,
            row.level, row.x_mm, row.y_mm, row.width_mm, row.depth_mm, row.height_mm, row.max_weight_g,
            row.pick_sequence, row.is_virtual,
        )
        for row in locations
    )  # fmt: skip
    return execute(
        "INSERT INTO location (warehouse_id, zone_id, aisle_id, code, kind, side, level, x_mm, y_mm, width_mm,"
        " depth_mm, height_mm, max_weight_g, pick_sequence, is_virtual, is_active)"
        " SELECT %s::bigint, row.*, true FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],"
        " %s::smallint[], %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::integer[], %s::bigint[],"
        " %s::integer[], %s::boolean[]) AS row",
        [warehouse_id, *columns(rows, 14)],
    )


def layout_touched(warehouse_id: int) -> int:
    """Count a change of the layout; the new version. What was computed from the old one is out of date."""
    return int(
        fetch(
            "UPDATE warehouse SET layout_version = layout_version + 1 WHERE id = %s RETURNING layout_version",
            [warehouse_id],
        )[0][0]
    )
