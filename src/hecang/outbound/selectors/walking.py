"""The warehouse's geometry in the form that planning works on."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hecang.facility.selectors import LayoutGeometry, layout_geometry
from hecang.outbound.planning.geometry import Geometry, Ints, Point, Section


@dataclass(frozen=True, slots=True, eq=False)
class LayoutWays:
    """The ways of facility's walking network."""

    layout: LayoutGeometry

    def lengths(self, positions: Ints) -> Ints:
        """See :class:`hecang.outbound.planning.geometry.Ways`."""
        network, points = self.layout.network, self.layout.points.take(positions)
        result = np.zeros((positions.size + 1, positions.size + 1), dtype=np.int64)
        result[1:, 1:] = network.distances(points, points)
        result[0, 1:] = result[1:, 0] = network.distances(self.layout.depot, points)[0]
        return result

    def path(self, positions: Sequence[int]) -> tuple[Point, ...]:
        """See :class:`hecang.outbound.planning.geometry.Ways`."""
        if not positions:
            return ()
        _, corners = self.layout.route(self.layout.location_ids[np.asarray(positions, dtype=np.int64)])
        return tuple(corners)


def walking_geometry(warehouse_id: int) -> Geometry:
    """The walkable warehouse; kept as long as facility keeps the layout it is made from."""
    return _converted(layout_geometry(warehouse_id))


@functools.lru_cache(maxsize=32)
def _converted(layout: LayoutGeometry) -> Geometry:
    """Zones with aisles become sections; aisles are numbered within their section from left to right."""
    aisle_zone = np.asarray(layout.aisle_zone, dtype=np.int64)
    aisle_x = np.asarray(layout.aisle_x_mm, dtype=np.int64)
    sections: list[Section] = []
    section_of = np.full(aisle_zone.size, -1, dtype=np.int64)
    place_of = np.full(aisle_zone.size, -1, dtype=np.int64)
    for zone in np.unique(aisle_zone).tolist():
        mine = np.flatnonzero(aisle_zone == zone)
        mine = mine[np.argsort(aisle_x[mine], kind="stable")]
        section_of[mine] = len(sections)
        place_of[mine] = np.arange(mine.size)
        sections.append(Section(tuple(aisle_x[mine].tolist()), _crossings(layout, int(zone), mine)))
    aisle = np.asarray(layout.aisle, dtype=np.int64)
    on_aisle = aisle >= 0
    known = np.where(on_aisle, aisle, 0)
    if aisle_zone.size == 0:
        on_aisle = np.zeros(aisle.shape, dtype=bool)
        section_of = place_of = np.array([-1], dtype=np.int64)
        known = np.zeros(aisle.shape, dtype=np.int64)
    return Geometry(
        sections=tuple(sections),
        depot=(int(layout.depot_xy[0]), int(layout.depot_xy[1])),
        location_id=np.asarray(layout.location_ids, dtype=np.int64),
        section=np.where(on_aisle, section_of[known], -1),
        aisle=np.where(on_aisle, place_of[known], 0),
        x=np.asarray(layout.x_mm, dtype=np.int64),
        y=np.asarray(layout.y_mm, dtype=np.int64),
        ways=LayoutWays(layout),
    )


def _crossings(
    layout: LayoutGeometry, zone: int, aisles: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> tuple[int, ...]:
    """Cross aisles of a zone from front to back; the ends of its aisles where none are given."""
    front = int(np.min(np.asarray(layout.aisle_y_from_mm)[aisles]))
    back = int(np.max(np.asarray(layout.aisle_y_to_mm)[aisles]))
    crossings = sorted(int(value) for value in layout.cross_y_mm[zone])
    if not crossings or crossings[0] > front:
        crossings.insert(0, front)
    if len(crossings) < 2 or crossings[-1] < back:
        crossings.append(max(back, crossings[-1] + 1))
    return tuple(crossings)
