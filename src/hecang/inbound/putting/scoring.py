"""How good each place is: by the walk to it, or by what one more stop there adds to the walks of the last weeks.

``hecang_optim.slotting`` does the counting. It is loaded (and with it the compiler) only where somebody has time for
it: the worker that plans in the background learns from past walks, a person who waits gets plain distances.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from hecang.facility.selectors import LayoutGeometry, layout_geometry
from hecang.kernel import clock
from hecang.kernel.db import fetch

if TYPE_CHECKING:
    import numpy as np

#: Levels above this need a step or a lift: as so much walking each.
COMFORTABLE: Final = 2
STEP_MM: Final = 3000
#: Picks that walks are learned from, the newest, and the fewest walks that say anything.
PICKS: Final = 20_000
FEWEST: Final = 20

_WALKS = """
SELECT m.actor, date_trunc('hour', m.at), m.from_location_id FROM (
    SELECT m.* FROM movement m JOIN location l ON l.id = m.from_location_id
    WHERE l.warehouse_id = %s AND m.reason = 'pick' ORDER BY m.id DESC LIMIT %s
) m
"""

#: (warehouse, layout version) → day it was learned on, walk of each location in mm.
_learned: dict[tuple[int, int], tuple[date, dict[int, int]]] = {}


def walks_of(warehouse_id: int, location_ids: Sequence[int]) -> tuple[dict[int, int], str]:
    """Location → what a stop there costs in mm, and how that was found: ``extra_walking`` or ``distance``."""
    if not location_ids:
        return {}, "distance"
    geometry = layout_geometry(warehouse_id)
    known = _learned.get((warehouse_id, geometry.version))
    if known is not None:
        learned = known[1]
        return {key: learned[key] for key in location_ids if key in learned}, "extra_walking"
    distances = _distances(warehouse_id, geometry.version)
    return {key: distances[key] for key in location_ids if key in distances}, "distance"


def walks_learn(warehouse_id: int) -> bool:
    """Learn from the newest picks of a warehouse, once a day; whether there were enough. For background work."""
    geometry = layout_geometry(warehouse_id)
    key = (warehouse_id, geometry.version)
    if key in _learned and _learned[key][0] == clock.today():
        return True
    rows = fetch(_WALKS, [warehouse_id, PICKS])
    walks: dict[tuple[str, object], set[int]] = {}
    for actor, hour, location_id in rows:
        walks.setdefault((actor, hour), set()).add(location_id)
    if len(walks) < FEWEST or not len(geometry.aisle_ids):
        return False
    found = dict(_distances(warehouse_id, geometry.version))
    found.update(_extra(geometry, [sorted(one) for one in walks.values()]))
    _learned[key] = (clock.today(), found)
    return True


@functools.lru_cache(maxsize=16)
def _distances(warehouse_id: int, version: int) -> dict[int, int]:  # noqa: ARG001 - the version makes it new
    """There and back from the depot, with what it takes to reach up."""
    geometry = layout_geometry(warehouse_id)
    ids = geometry.location_ids
    walks = 2 * geometry.depot_distances_mm(ids)
    return {
        int(key): int(walk) + _reach(int(level))
        for key, walk, level in zip(ids, walks, geometry.level, strict=True)
    }


def _reach(level: int) -> int:
    return STEP_MM * max(0, level - COMFORTABLE)


def _extra(geometry: LayoutGeometry, walks: Sequence[Sequence[int]]) -> dict[int, int]:
    """Zone by zone: by how much a stop at each place lengthens the walks that pass through the zone."""
    import numpy as np

    found: dict[int, int] = {}
    zone_of = np.where(geometry.aisle >= 0, geometry.aisle_zone[np.maximum(geometry.aisle, 0)], -1)
    at = {int(key): position for position, key in enumerate(geometry.location_ids)}
    for zone in range(len(geometry.zone_ids)):
        positions = np.flatnonzero(zone_of == zone)
        inside = set(positions.tolist())
        mine = [[at[key] for key in walk if key in at and at[key] in inside] for walk in walks]
        mine = [walk for walk in mine if walk]
        if len(mine) < FEWEST:
            continue
        extra = _extra_in_zone(geometry, zone, positions, mine)
        for position, value in zip(positions.tolist(), extra.tolist(), strict=True):
            found[int(geometry.location_ids[position])] = int(value) + _reach(int(geometry.level[position]))
    return found


def _extra_in_zone(
    geometry: LayoutGeometry, zone: int, positions: np.ndarray, walks: Sequence[Sequence[int]]
) -> np.ndarray:
    import numpy as np

    from hecang_optim.routing import AisleLayout
    from hecang_optim.routing.layout import MOST_BLOCKS
    from hecang_optim.slotting import Places, Walks, extra_walking

    aisles = np.flatnonzero(geometry.aisle_zone == zone)
    x = np.unique(geometry.aisle_x_mm[aisles])
    cross = geometry.cross_y_mm[zone]
    low, high = int(geometry.aisle_y_from_mm[aisles].min()), int(geometry.aisle_y_to_mm[aisles].max())
    lines = np.unique(np.concatenate([cross, [low, high]]))
    if len(lines) > MOST_BLOCKS + 1:
        lines = np.array([lines[0], lines[-1]])
    way = max(0, int(lines[0]) - geometry.depot_xy[1])
    layout = AisleLayout(
        aisle_x=x.astype(np.float64),
        cross_y=lines.astype(np.float64),
        depot_x=float(geometry.depot_xy[0]),
        entry=float(way),
        exit=float(way),
    )
    places = Places(
        layout,
        aisle=np.searchsorted(x, geometry.aisle_x_mm[geometry.aisle[positions]]).astype(np.int64),
        y=np.clip(geometry.y_mm[positions], lines[0], lines[-1]).astype(np.float64),
    )
    index = {int(position): row for row, position in enumerate(positions.tolist())}
    rows = [(number, index[position]) for number, walk in enumerate(walks) for position in walk]
    history = Walks.of_lines(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
    # What is walked to is the place itself: "SKU" i lies at place i.
    extra = extra_walking(places, np.arange(len(places), dtype=np.int64), history)
    return np.asarray(extra)
