"""Where things are, and how one walks between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hecang_optim.errors import require
from hecang_optim.routing import AisleLayout, Picks

Point = tuple[float, float]

#: two coordinates nearer than this are the same place, metres
SAME = 1e-6
#: the zone of everything that is not inside an aisle: cross-aisles, depot, stations
OPEN_FLOOR = -1


@dataclass(frozen=True, slots=True)
class Leg:
    """A walk inside one zone.

    :param zone: sub-aisle, or :data:`OPEN_FLOOR`.
    :param points: from where to where, with the corners; at least one point.
    :param metres: its length.
    :param stop: position of the stop at its end in the tour's list, or -1.
    """

    zone: int
    points: tuple[Point, ...]
    metres: float
    stop: int = -1


@dataclass(frozen=True, slots=True)
class Floor:
    """Parallel aisles (along y) that cross-aisles (along x) join.

    The part of an aisle between two neighbouring cross-aisles is a sub-aisle, the zone in which people get in
    each other's way. A point is either in an aisle (its x is the aisle's), or on the open floor; from there,
    one goes straight to the nearest cross-aisle.

    :param aisle_x: (A,) x of the middle of each aisle, metres, ascending.
    :param cross_y: (C,) y of each cross-aisle, metres, ascending, at least two.
    :param locations: (L, 2) x and y of where one stands to serve each location, metres.
    :param depot: where tours begin and end unless they say otherwise.
    :raises InvalidProblem: fewer than one aisle or two cross-aisles, unsorted, or of the wrong shape.
    """

    aisle_x: NDArray[np.float64]
    cross_y: NDArray[np.float64]
    locations: NDArray[np.float64]
    depot: Point
    _aisles: tuple[float, ...] = field(init=False, repr=False)
    _crosses: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("aisle_x", "cross_y", "locations"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float64))
            require(
                np.isfinite(getattr(self, name)).all(), f"floor.{name}", "holds values that are not finite"
            )
        require(
            self.aisle_x.ndim == 1 and len(self.aisle_x) >= 1, "floor.aisle_x", "needs one aisle at least"
        )
        require(self.cross_y.ndim == 1 and len(self.cross_y) >= 2, "floor.cross_y", "needs two cross-aisles")
        require((np.diff(self.aisle_x) > SAME).all(), "floor.aisle_x", "does not ascend")
        require((np.diff(self.cross_y) > SAME).all(), "floor.cross_y", "does not ascend")
        require(self.locations.ndim == 2 and self.locations.shape[1] == 2, "floor.locations", "is not (L, 2)")
        object.__setattr__(self, "_aisles", tuple(self.aisle_x.tolist()))
        object.__setattr__(self, "_crosses", tuple(self.cross_y.tolist()))

    @classmethod
    def of(cls, layout: AisleLayout, picks: Picks) -> Floor:
        """The floor of a routing layout, with a location at each of these places."""
        x = layout.aisle_x[picks.aisle]
        return cls(layout.aisle_x, layout.cross_y, np.column_stack((x, picks.y)), layout.depot_point)

    @property
    def zones(self) -> int:
        """How many sub-aisles there are; sub-aisle b of aisle a is zone ``a * (C - 1) + b``."""
        return len(self.aisle_x) * (len(self.cross_y) - 1)

    def place(self, location: int) -> Point:
        """Where one stands to serve a location."""
        x, y = self.locations[location]
        return float(x), float(y)

    def aisle_at(self, point: Point) -> int:
        """The aisle in which a point lies, or -1 on the open floor."""
        x, y = point
        if not self._crosses[0] - SAME <= y <= self._crosses[-1] + SAME:
            return -1
        return next((aisle for aisle, at in enumerate(self._aisles) if abs(at - x) <= SAME), -1)

    def path(self, start: Point, end: Point) -> tuple[Point, ...]:
        """The corners of a shortest walk, ends included."""
        aisle, other = self.aisle_at(start), self.aisle_at(end)
        if aisle >= 0 and aisle == other:
            return _corners((start, end))
        (x, y), (to_x, to_y) = start, end
        crosses = self._crosses if aisle >= 0 else (self._nearest_cross(y),)
        others = self._crosses if other >= 0 else (self._nearest_cross(to_y),)
        shared = [cross for cross in crosses if cross in others]
        if shared:
            cross = min(shared, key=lambda at: abs(y - at) + abs(at - to_y))
            return _corners((start, (x, cross), (to_x, cross), end))
        # Both on the open floor, at different cross-aisles: some aisle leads from one to the other.
        through = min(self._aisles, key=lambda at: abs(x - at) + abs(at - to_x))
        return _corners(
            (start, (x, crosses[0]), (through, crosses[0]), (through, others[0]), (to_x, others[0]), end)
        )

    def path_through(self, points: Iterable[Point]) -> tuple[Point, ...]:
        """The corners of a walk through all these points in this order."""
        walked: list[Point] = []
        for point in points:
            walked.extend(self.path(walked[-1], point)[1:] if walked else (point,))
        return tuple(walked)

    def distances(self, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres of the shortest walk from each start (n, 2) to each end (m, 2), as (n, m)."""
        from_aisle, from_offsets = self._offsets(starts)
        to_aisle, to_offsets = self._offsets(ends)
        vertical = np.full((len(starts), len(ends)), np.inf)
        for cross in range(len(self.cross_y)):
            np.minimum(vertical, from_offsets[:, cross, None] + to_offsets[None, :, cross], out=vertical)
        metres = vertical + np.abs(starts[:, 0, None] - ends[None, :, 0])
        same = (from_aisle[:, None] == to_aisle[None, :]) & (from_aisle[:, None] >= 0)
        metres = np.where(same, np.abs(starts[:, 1, None] - ends[None, :, 1]), metres)
        apart_rows, apart_columns = np.isinf(metres).nonzero()
        if len(apart_rows):
            metres[apart_rows, apart_columns] = self._through_an_aisle(
                starts[apart_rows], ends[apart_columns], from_offsets[apart_rows], to_offsets[apart_columns]
            )
        return metres

    def legs(
        self, points: Sequence[Point], stops: Sequence[Point] = (), *, by_zone: bool = True
    ) -> tuple[Leg, ...]:
        """Cut a walk into its legs: at each stop, and wherever it enters or leaves a sub-aisle.

        :param points: corners of the walk.
        :param stops: places on the walk, in the order in which they are passed.
        :param by_zone: false to cut at stops only, everything in :data:`OPEN_FLOOR`.
        :raises InvalidProblem: a stop that is not on the walk, or only before the stop ahead of it.
        """
        return _LegCutter(self, stops, by_zone=by_zone).cut(points)

    def pieces(self, start: Point, end: Point) -> list[tuple[int, Point]]:
        """A straight walk as (zone, end point) of each part of it."""
        aisle = self.aisle_at(start)
        (x, y), (_, to_y) = start, end
        if aisle < 0 or aisle != self.aisle_at(end):
            return [(OPEN_FLOOR, end)]
        up = to_y >= y
        between = [cross for cross in self._crosses if min(y, to_y) + SAME < cross < max(y, to_y) - SAME]
        parts = []
        for at in [*(between if up else reversed(between)), to_y]:
            parts.append((self._zone(aisle, (y + at) / 2), (x, at)))
            y = at
        return parts

    def _through_an_aisle(
        self,
        starts: NDArray[np.float64],
        ends: NDArray[np.float64],
        from_offsets: NDArray[np.float64],
        to_offsets: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Metres between points of the open floor at different cross-aisles, pair by pair."""
        crosses = self.cross_y[from_offsets.argmin(axis=1)], self.cross_y[to_offsets.argmin(axis=1)]
        along = from_offsets.min(axis=1) + to_offsets.min(axis=1) + np.abs(crosses[0] - crosses[1])
        across = np.full(len(starts), np.inf)
        for aisle in self._aisles:
            np.minimum(across, np.abs(starts[:, 0] - aisle) + np.abs(aisle - ends[:, 0]), out=across)
        return np.asarray(along + across)

    def _zone(self, aisle: int, y: float) -> int:
        block = sum(cross <= y for cross in self._crosses[1:-1])
        return aisle * (len(self._crosses) - 1) + block

    def _nearest_cross(self, y: float) -> float:
        return min(self._crosses, key=lambda at: abs(at - y))

    def _offsets(self, points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Aisle of each point (-1: none), and its metres to each cross-aisle that it reaches directly."""
        at = np.clip(np.searchsorted(self.aisle_x, points[:, 0] - SAME), 0, len(self.aisle_x) - 1)
        inside = (points[:, 1] >= self.cross_y[0] - SAME) & (points[:, 1] <= self.cross_y[-1] + SAME)
        aisle = np.where((np.abs(self.aisle_x[at] - points[:, 0]) <= SAME) & inside, at, -1)
        offsets = np.abs(points[:, 1, None] - self.cross_y[None, :])
        nearest = offsets.argmin(axis=1)
        beyond = (aisle[:, None] < 0) & (np.arange(len(self.cross_y))[None, :] != nearest[:, None])
        return aisle, np.where(beyond, np.inf, offsets)


class _LegCutter:
    """Cuts one walk; holds what has been walked of the current leg."""

    def __init__(self, floor: Floor, stops: Sequence[Point], *, by_zone: bool) -> None:
        self._floor = floor
        self._stops = stops
        self._by_zone = by_zone
        self._done: list[Leg] = []
        self._points: list[Point] = []
        self._zone = OPEN_FLOOR
        self._next = 0

    def cut(self, points: Sequence[Point]) -> tuple[Leg, ...]:
        require(len(points) > 0, "path", "has no point")
        self._points = [points[0]]
        self._stop_here(points[0])
        for start, end in itertools.pairwise(points):
            at = start
            pieces = self._floor.pieces(start, end) if self._by_zone else [(OPEN_FLOOR, end)]
            for zone, until in pieces:
                if zone != self._zone:
                    self._close(-1)
                    self._zone = zone
                self._walk(at, until)
                at = until
        self._close(-1)
        require(
            self._next == len(self._stops), "stops", "is not on the path after the stop before it", self._next
        )
        return tuple(self._done)

    def _walk(self, start: Point, end: Point) -> None:
        """Go straight from one point to the other, halting at the stops in between."""
        at = start
        while self._next < len(self._stops) and _between(at, self._stops[self._next], end):
            at = self._stops[self._next]
            self._points.append(at)
            self._stop_here(at)
        if at != end:
            self._points.append(end)

    def _stop_here(self, at: Point) -> None:
        while self._next < len(self._stops) and apart(at, self._stops[self._next]) <= SAME:
            self._close(self._next)
            self._next += 1

    def _close(self, stop: int) -> None:
        if len(self._points) > 1 or stop >= 0:
            points = tuple(self._points)
            self._done.append(Leg(self._zone, points, length(points), stop))
            self._points = [points[-1]]


def length(points: Sequence[Point]) -> float:
    """Metres of a walk along these corners."""
    return sum(apart(start, end) for start, end in itertools.pairwise(points))


def apart(start: Point, end: Point) -> float:
    """Metres between two points; walks run along the axes nearly always, so this is worth a short cut."""
    across, along = abs(start[0] - end[0]), abs(start[1] - end[1])
    if across == 0.0 or along == 0.0:
        return across + along
    return float(np.hypot(across, along))


def _between(start: Point, middle: Point, end: Point) -> bool:
    return apart(start, middle) + apart(middle, end) <= apart(start, end) + SAME


def _corners(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points without those that repeat the one before."""
    kept = [points[0]]
    kept.extend(point for before, point in itertools.pairwise(points) if before != point)
    return tuple(kept)
