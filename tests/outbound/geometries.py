"""Small made-up warehouses for the pure parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hecang.facility.walking import AisleLine, CrossLine, Points, WalkNetwork
from hecang.outbound.planning.base import Cart, WaveProblem
from hecang.outbound.planning.geometry import Geometry, Ints, Point, Section

#: Three aisles 4 m apart, two blocks of 10 m, depot in front of the first aisle.
SECTION = Section(aisle_x=(0, 4_000, 8_000), cross_y=(0, 10_000, 20_000))


@dataclass(frozen=True)
class NetworkWays:
    """Ways of facility's network through some sections."""

    network: WalkNetwork
    depot: Points
    points: Points

    def lengths(self, positions: Ints) -> Ints:
        points = self._with_depot(positions)
        return self.network.distances(points, points)

    def path(self, positions: Sequence[int]) -> tuple[Point, ...]:
        if not positions:
            return ()
        points = self._with_depot(np.array(positions, dtype=np.int64))
        order = np.array([*range(len(positions) + 1), 0], dtype=np.int64)
        return tuple(self.network.route(points.take(order))[1])

    def _with_depot(self, positions: Ints) -> Points:
        mine = self.points.take(positions)
        return Points(
            *(
                np.concatenate([getattr(self.depot, name), getattr(mine, name)])
                for name in ("x", "y", "segment", "node", "offset")
            )
        )


def geometry(
    places: list[tuple[int, int, int]],
    *sections: Section,
    depot: tuple[int, int] = (0, -2_000),
    dead_ends: Mapping[tuple[int, int], int] | None = None,
) -> Geometry:
    """Locations given as (section, aisle, y); ids count from 1. Section -1: at x = aisle, y, on no aisle.

    :param dead_ends: (section, aisle) → y at which it ends, short of the last cross aisle.
    """
    parts = sections or (SECTION,)
    rows = np.array(places, dtype=np.int64).reshape(-1, 3)
    x = [parts[s].aisle_x[a] if s >= 0 else a for s, a, _ in places]
    return Geometry(
        sections=tuple(parts),
        depot=depot,
        location_id=np.arange(1, len(places) + 1, dtype=np.int64),
        section=rows[:, 0],
        aisle=np.where(rows[:, 0] >= 0, rows[:, 1], 0),
        x=np.array(x, dtype=np.int64),
        y=rows[:, 2],
        ways=_ways(places, parts, depot, dead_ends or {}),
    )


def _ways(
    places: list[tuple[int, int, int]],
    parts: tuple[Section, ...],
    depot: tuple[int, int],
    dead_ends: Mapping[tuple[int, int], int],
) -> NetworkWays:
    first = np.cumsum([0, *(len(part.aisle_x) for part in parts)]).tolist()
    network = WalkNetwork(
        [
            AisleLine(zone, x, part.cross_y[0], dead_ends.get((zone, aisle), part.cross_y[-1]))
            for zone, part in enumerate(parts)
            for aisle, x in enumerate(part.aisle_x)
        ],
        [CrossLine(zone, y) for zone, part in enumerate(parts) for y in part.cross_y],
    )
    points = network.points(
        [(first[s] + a, parts[s].aisle_x[a], y) if s >= 0 else (None, a, y) for s, a, y in places]
    )
    return NetworkWays(network, network.points([(None, *depot)]), points)


def problem(
    where: Geometry,
    orders: list[list[tuple[int, int, int]]],
    *,
    cart: Cart | None = None,
    weight_g: int = 100,
    volume_mm3: int = 1_000,
) -> WaveProblem:
    """Orders given as lists of (SKU, position of the location or -1, units); ids count from 1."""

    def ints(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, dtype=np.int64)

    picks = [(at, *pick) for at, lines in enumerate(orders) for pick in lines]
    units = [sum(line[2] for line in lines) for lines in orders]
    return WaveProblem(
        geometry=where,
        cart=cart or Cart(),
        order_id=ints(list(range(1, len(orders) + 1))),
        order_weight_g=ints([weight_g * count for count in units]),
        order_volume_mm3=ints([volume_mm3 * count for count in units]),
        order_units=ints(units),
        order_lines=ints([len(lines) for lines in orders]),
        pick_order=ints([pick[0] for pick in picks]),
        pick_sku=ints([pick[1] for pick in picks]),
        pick_location=ints([pick[2] for pick in picks]),
    )
