"""The stops of planned walks, as the map draws them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hecang.facility.selectors import locations_by_id
from hecang.outbound.planning.registry import wave_planner
from hecang.outbound.selectors.walking import walking_geometry


def stops_of(warehouse_id: int, units: Mapping[int, Mapping[int, int]]) -> dict[int, list[dict[str, Any]]]:
    """Group (a batch) → its stops in walking order.

    :param units: group → location id → units to pick there.
    """
    geometry = walking_geometry(warehouse_id)
    places = locations_by_id({location_id for mine in units.values() for location_id in mine})
    result = {}
    for key, mine in units.items():
        order = wave_planner().walk(geometry, geometry.index_of(sorted(mine))).order
        result[key] = [
            {
                "location_id": location_id,
                "code": places[location_id].code,
                "x_mm": places[location_id].x_mm,
                "y_mm": places[location_id].y_mm,
                "units": mine[location_id],
                "picked": 0,
            }
            for location_id in (int(geometry.location_id[at]) for at in order)
        ]
    return result
