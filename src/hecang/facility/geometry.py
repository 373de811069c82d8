"""A warehouse's layout as arrays, for planning and for the map. Pure; all lengths in mm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hecang.facility.walking import XY, IntArray, Points, WalkNetwork


class Route(NamedTuple):
    """A walk: its length and its corners."""

    length_mm: int
    points: list[XY]


@dataclass(frozen=True, slots=True, eq=False)
class LayoutGeometry:
    """All physical locations of a warehouse, in ascending order of id, and how one walks between them.

    Shared between callers: read the arrays, never write them.

    :param version: ``Warehouse.layout_version`` that this was made from.
    :param location_ids: int64.
    :param x_mm, y_mm: access points: on the aisle's centre line at the location's y, or the location itself
        where it lies on the open floor.
    :param aisle: position in the ``aisle_…`` arrays; -1 on the open floor.
    :param level, pick_sequence: as stored.
    :param aisle_ids, aisle_number, aisle_x_mm, aisle_y_from_mm, aisle_y_to_mm: the aisles, by zone and number.
    :param aisle_zone: position of the aisle's zone in ``zone_ids``.
    :param zone_ids: zones that have aisles.
    :param cross_y_mm: for each of them the centre lines of its cross-aisles, from front to back.
    :param depot_xy: where walks begin and end: the staging location, else the first pack station or dock,
        else the front corner.
    :param network: the walking network behind the distances.
    """

    warehouse_id: int
    version: int
    location_ids: IntArray
    x_mm: IntArray
    y_mm: IntArray
    aisle: IntArray
    level: IntArray
    pick_sequence: IntArray
    aisle_ids: IntArray
    aisle_number: IntArray
    aisle_x_mm: IntArray
    aisle_y_from_mm: IntArray
    aisle_y_to_mm: IntArray
    aisle_zone: IntArray
    zone_ids: IntArray
    cross_y_mm: tuple[IntArray, ...]
    depot_xy: XY
    network: WalkNetwork
    points: Points
    depot: Points

    def positions(self, location_ids: Sequence[int] | IntArray) -> npt.NDArray[np.intp]:
        """Positions of these locations in the arrays. Raises KeyError for one that is not among them."""
        asked = np.asarray(location_ids, dtype=np.int64)
        found = np.searchsorted(self.location_ids, asked)
        inside = np.minimum(found, max(len(self.location_ids) - 1, 0))
        known = (
            self.location_ids[inside] == asked if len(self.location_ids) else np.zeros(len(asked), dtype=bool)
        )
        if not known.all():
            raise KeyError(
                f"no physical locations of warehouse {self.warehouse_id}: {asked[~known][:10].tolist()}"
            )
        return found

    def distances_mm(self, from_ids: Sequence[int] | IntArray, to_ids: Sequence[int] | IntArray) -> IntArray:
        """Shortest walks from each location to each other one, int64 (from × to)."""
        return self.network.distances(
            self.points.take(self.positions(from_ids)), self.points.take(self.positions(to_ids))
        )

    def depot_distances_mm(self, location_ids: Sequence[int] | IntArray) -> IntArray:
        """Shortest walks between the depot and each location, int64."""
        walks = self.network.distances(self.depot, self.points.take(self.positions(location_ids)))
        return walks.reshape(-1)

    def route(
        self, location_ids: Sequence[int] | IntArray, *, from_depot: bool = True, to_depot: bool = True
    ) -> Route:
        """The walk through the locations in this order, with the depot at either end where asked."""
        stops = [self.points.take(self.positions(location_ids))]
        stops = [*([self.depot] if from_depot else []), *stops, *([self.depot] if to_depot else [])]
        joined = Points(
            *(
                np.concatenate([getattr(stop, name) for stop in stops])
                for name in ("x", "y", "segment", "node", "offset")
            )
        )
        return Route(*self.network.route(joined))
