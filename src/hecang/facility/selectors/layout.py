"""The layout of a warehouse as arrays, kept until it changes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from hecang.facility.geometry import LayoutGeometry
from hecang.facility.walking import XY, AisleLine, CrossLine, WalkNetwork
from hecang.kernel.db import fetch, fetch_one
from hecang.kernel.errors import NotFound

#: Layouts that a process keeps.
_KEPT = 16
#: Walks begin and end at the first of these that there is.
_DEPOTS = ("staging", "pack_station", "dock")


def layout_geometry(warehouse_id: int) -> LayoutGeometry:
    """The geometry of a warehouse; one short statement where it is known already. Raises :class:`NotFound`."""
    row = fetch_one("SELECT layout_version FROM warehouse WHERE id = %s", [warehouse_id])
    if row is None:
        raise NotFound(_("There is no such warehouse, or it lies outside your data scope."))
    return _geometry(warehouse_id, int(row[0]))


@functools.lru_cache(maxsize=_KEPT)
def _geometry(warehouse_id: int, version: int) -> LayoutGeometry:
    aisles = fetch(
        "SELECT aisle.id, aisle.zone_id, aisle.number, aisle.x_mm, aisle.y_from_mm, aisle.y_to_mm FROM aisle"
        " JOIN zone ON zone.id = aisle.zone_id WHERE zone.warehouse_id = %s ORDER BY zone.code, aisle.number",
        [warehouse_id],
    )
    crosses = fetch(
        "SELECT cross_aisle.zone_id, cross_aisle.y_mm FROM cross_aisle JOIN zone ON zone.id = cross_aisle.zone_id"
        " WHERE zone.warehouse_id = %s ORDER BY cross_aisle.y_mm",
        [warehouse_id],
    )
    locations = fetch(
        "SELECT id, aisle_id, x_mm, y_mm, level, pick_sequence, kind, is_active FROM location"
        " WHERE warehouse_id = %s AND NOT is_virtual ORDER BY id",
        [warehouse_id],
    )
    return _made(warehouse_id, version, aisles, crosses, locations)


def _made(
    warehouse_id: int,
    version: int,
    aisles: list[tuple[Any, ...]],
    crosses: list[tuple[Any, ...]],
    locations: list[tuple[Any, ...]],
) -> LayoutGeometry:
    zone_ids = list(dict.fromkeys(row[1] for row in aisles))
    zone_at = {zone: position for position, zone in enumerate(zone_ids)}
    network = WalkNetwork(
        [AisleLine(zone_at[zone], x, y_from, y_to) for _id, zone, _number, x, y_from, y_to in aisles],
        [CrossLine(zone_at[zone], y) for zone, y in crosses if zone in zone_at],
    )
    aisle_at = {row[0]: position for position, row in enumerate(aisles)}
    places = [(aisle_at.get(row[1]), row[2], row[3]) for row in locations]
    points = network.points(places)
    depot_xy = _depot(locations)
    table = np.array(aisles, dtype=np.int64).reshape(-1, 6)
    columns = np.array([(row[0], row[4], row[5]) for row in locations], dtype=np.int64).reshape(-1, 3)
    return LayoutGeometry(
        warehouse_id=warehouse_id,
        version=version,
        location_ids=columns[:, 0].copy(),
        x_mm=points.x,
        y_mm=points.y,
        aisle=np.array([-1 if aisle is None else aisle for aisle, _x, _y in places], dtype=np.int64),
        level=columns[:, 1].copy(),
        pick_sequence=columns[:, 2].copy(),
        aisle_ids=table[:, 0].copy(),
        aisle_number=table[:, 2].copy(),
        aisle_x_mm=table[:, 3].copy(),
        aisle_y_from_mm=table[:, 4].copy(),
        aisle_y_to_mm=table[:, 5].copy(),
        aisle_zone=np.array([zone_at[row[1]] for row in aisles], dtype=np.int64),
        zone_ids=np.array(zone_ids, dtype=np.int64),
        cross_y_mm=tuple(
            np.array([y for at, y in crosses if at == zone], dtype=np.int64) for zone in zone_ids
        ),
        depot_xy=depot_xy,
        network=network,
        points=points,
        depot=network.points([(None, *depot_xy)]),
    )


def _depot(locations: list[tuple[Any, ...]]) -> XY:
    for kind in _DEPOTS:
        found = [(row[5], row[0], row[2], row[3]) for row in locations if row[6] == kind and row[7]]
        if found:
            _sequence, _id, x, y = min(found)
            return x, y
    return 0, 0
