"""Where people walk in a warehouse, and how far. Pure: numbers in, numbers out; all lengths in mm.

Aisles run along y, cross-aisles along x; where they meet is a node. In front of the first cross-aisle lies
open floor (docks, stations, staging), where one walks freely along x and y. A location is reached from the
centre line of its aisle, at its own y::

        │   ║   │   ║   │          ║ racks
    ────┼───────┼───────┼────      cross-aisle 1
        │   ║   │   ║   │
        │   ║   ●   ║   │          ● a location's access point
        │   ║   │   ║   │
    ────┼───────┼───────┼────      cross-aisle 0: the front corridor
          open floor    ◆          ◆ a pack station

Zones meet where their cross-aisles lie on one line with no other zone in between; a zone that meets no other
is tied to the nearest node of the rest. Shortest paths are exact in this network: the distance is a metric,
and the route drawn is as long as the distance says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
XY = tuple[int, int]

#: A cross-aisle's centre line may lie this far beyond the end of an aisle and still be its exit.
REACH = 5000
_FAR = 1 << 40
#: Segment of all points on the open floor.
_FLOOR = -1


class AisleLine(NamedTuple):
    """Centre line of an aisle: from (x, y_from) to (x, y_to) in zone ``zone``."""

    zone: int
    x: int
    y_from: int
    y_to: int


class CrossLine(NamedTuple):
    """Centre line of a cross-aisle of zone ``zone``."""

    zone: int
    y: int


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points in the network, as arrays of the same length.

    :param segment: piece of aisle between two nodes, or the open floor; within one, distance is |dx| + |dy|.
    :param node: two nodes by which the point is left, (n × 2).
    :param offset: mm to each of them, (n × 2).
    """

    x: IntArray
    y: IntArray
    segment: IntArray
    node: IntArray
    offset: IntArray

    def take(self, positions: IntArray) -> Points:
        """The points at these positions."""
        return Points(
            self.x[positions],
            self.y[positions],
            self.segment[positions],
            self.node[positions],
            self.offset[positions],
        )


class WalkNetwork:
    """The network of a warehouse; immutable.

    :param aisles: centre lines of aisles; a point names its aisle by position in this sequence.
    :param crosses: centre lines of cross-aisles.
    """

    def __init__(self, aisles: Sequence[AisleLine], crosses: Iterable[CrossLine]) -> None:
        self.aisles = tuple(aisles)
        self._nodes: list[XY] = []
        self._edges: dict[tuple[int, int], int] = {}
        #: aisle → its nodes as (y, node), from front to back
        self._on_aisle: list[list[tuple[int, int]]] = [[] for _ in self.aisles]
        self._segments: dict[tuple[int, int], int] = {}
        lines = self._cross_lines(crosses)
        self._meet(lines)
        self._join_zones()
        self.front_y = min((y for _x, y in self._nodes), default=0)
        self._front = sorted((x, node) for node, (x, y) in enumerate(self._nodes) if y == self.front_y)
        self._tie_loose_ends()
        self._distance = self._all_pairs()
        self._neighbours: list[list[int]] = [[] for _ in self._nodes]
        for first, second in self._edges:
            self._neighbours[first].append(second)
            self._neighbours[second].append(first)

    # ------------------------------------------------------------ building

    def _cross_lines(self, crosses: Iterable[CrossLine]) -> dict[int, list[int]]:
        """Zone → y of its cross-aisles; a zone without any is given one at the front end of its aisles."""
        lines: dict[int, list[int]] = {}
        for zone, y in crosses:
            lines.setdefault(zone, []).append(y)
        for zone in {aisle.zone for aisle in self.aisles}:
            if zone not in lines:
                lines[zone] = [min(aisle.y_from for aisle in self.aisles if aisle.zone == zone)]
        return {zone: sorted(set(ys)) for zone, ys in lines.items()}

    def _meet(self, lines: dict[int, list[int]]) -> None:
        """Make a node wherever an aisle meets a cross-aisle of its zone, and join neighbours along both."""
        on_cross: dict[tuple[int, int], list[tuple[int, int]]] = {}
        at: dict[XY, int] = {}
        for index, aisle in enumerate(self.aisles):
            ys = lines[aisle.zone]
            met = [y for y in ys if aisle.y_from - REACH <= y <= aisle.y_to + REACH]
            for y in met or [min(ys, key=lambda y: min(abs(y - aisle.y_from), abs(y - aisle.y_to)))]:
                node = at.get((aisle.x, y))
                if node is None:
                    node = at[aisle.x, y] = self._node(aisle.x, y)
                self._on_aisle[index].append((y, node))
                on_cross.setdefault((aisle.zone, y), []).append((aisle.x, node))
            for (_y1, first), (_y2, second) in itertools.pairwise(self._on_aisle[index]):
                self._edge(first, second)
        self._on_cross = {key: sorted(nodes) for key, nodes in on_cross.items()}
        for nodes in self._on_cross.values():
            for (_x1, first), (_x2, second) in itertools.pairwise(nodes):
                self._edge(first, second)

    def _node(self, x: int, y: int) -> int:
        self._nodes.append((x, y))
        return len(self._nodes) - 1

    def _edge(self, first: int, second: int) -> None:
        (x1, y1), (x2, y2) = self._nodes[first], self._nodes[second]
        assert x1 == x2 or y1 == y2, "edges run along an axis"
        if first != second:
            self._edges[min(first, second), max(first, second)] = abs(x1 - x2) + abs(y1 - y2)

    def _join_zones(self) -> None:
        """Join cross-aisles of different zones that lie on one line, unless a zone stands in between."""
        extents: dict[int, tuple[int, int, int, int]] = {}
        for (zone, y), nodes in self._on_cross.items():
            left, right, low, high = extents.get(zone, (nodes[0][0], nodes[-1][0], y, y))
            extents[zone] = (min(left, nodes[0][0]), max(right, nodes[-1][0]), min(low, y), max(high, y))
        by_line: dict[int, list[tuple[int, int, int]]] = {}
        for (zone, y), nodes in self._on_cross.items():
            by_line.setdefault(y, []).extend((x, node, zone) for x, node in nodes)
        for y, nodes_on_line in by_line.items():
            for (x1, first, zone1), (x2, second, zone2) in itertools.pairwise(sorted(nodes_on_line)):
                in_between = any(
                    zone not in (zone1, zone2) and x1 < right and left < x2 and low < y < high
                    for zone, (left, right, low, high) in extents.items()
                )
                if zone1 != zone2 and not in_between:
                    self._edge(first, second)

    def _tie_loose_ends(self) -> None:
        """Tie every part that the front corridor does not reach to the nearest node, at both its front corners."""
        while loose := self._unreached():
            reached = [node for node in range(len(self._nodes)) if node not in loose]
            front_y = min(self._nodes[node][1] for node in loose)
            front = sorted(node for node in loose if self._nodes[node][1] == front_y)
            front.sort(key=lambda node: self._nodes[node][0])
            for node in {front[0], front[-1]}:
                x, y = self._nodes[node]
                other = min(reached, key=lambda o: abs(self._nodes[o][0] - x) + abs(self._nodes[o][1] - y))
                if x == self._nodes[other][0] or y == self._nodes[other][1]:
                    self._edge(node, other)
                    continue
                corner = self._node(x, self._nodes[other][1])
                self._edge(node, corner)
                self._edge(corner, other)

    def _unreached(self) -> set[int]:
        neighbours: dict[int, list[int]] = {}
        for first, second in self._edges:
            neighbours.setdefault(first, []).append(second)
            neighbours.setdefault(second, []).append(first)
        start = [node for _x, node in self._front]
        # On the open floor one walks between any two nodes of the front corridor.
        for first, second in itertools.pairwise(start):
            self._edge(first, second)
        seen, queue = set(start), list(start)
        while queue:
            for node in neighbours.get(queue.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    queue.append(node)
        return set(range(len(self._nodes))) - seen

    def _all_pairs(self) -> IntArray:
        """Shortest paths between all nodes (Floyd and Warshall): (n × n), 0.3 s for 600 nodes."""
        count = len(self._nodes)
        table = np.full((count, count), _FAR, dtype=np.int64)
        np.fill_diagonal(table, 0)
        for (first, second), length in self._edges.items():
            table[first, second] = table[second, first] = min(length, int(table[first, second]))
        for middle in range(count):
            np.minimum(table, table[:, middle, None] + table[None, middle, :], out=table)
        return table

    # ------------------------------------------------------------ points

    def points(self, places: Iterable[tuple[int | None, int, int]]) -> Points:
        """Points of (position of the aisle or ``None``, x, y); in an aisle x is that of its centre line."""
        rows = [self._floor(x, y) if aisle is None else self._in_aisle(aisle, y) for aisle, x, y in places]
        table = np.array(rows, dtype=np.int64).reshape(-1, 7)
        return Points(table[:, 0], table[:, 1], table[:, 2], table[:, 3:5], table[:, 5:7])

    def _in_aisle(self, aisle: int, y: int) -> tuple[int, ...]:
        x, nodes = self.aisles[aisle].x, self._on_aisle[aisle]
        before = [entry for entry in nodes if entry[0] <= y]
        after = [entry for entry in nodes if entry[0] > y]
        near = before[-1] if before else after[0]
        far = after[0] if after else before[-1]
        key = (near[1] if before else _FLOOR - 1 - aisle, far[1] if after else _FLOOR - 1 - aisle)
        segment = self._segments.setdefault(key, len(self._segments))
        return (x, y, segment, near[1], far[1], abs(y - near[0]), abs(y - far[0]))

    def _floor(self, x: int, y: int) -> tuple[int, ...]:
        if not self._nodes:
            return (x, y, _FLOOR, 0, 0, 0, 0)
        if y > self.front_y:
            # Behind the front, off the aisles (a cage, say): by the nearest node and back.
            node = min(
                range(len(self._nodes)), key=lambda n: abs(self._nodes[n][0] - x) + abs(self._nodes[n][1] - y)
            )
            offset = abs(self._nodes[node][0] - x) + abs(self._nodes[node][1] - y)
            segment = self._segments.setdefault((x + _FAR, y), len(self._segments))
            return (x, y, segment, node, node, offset, offset)
        before = [entry for entry in self._front if entry[0] <= x]
        after = [entry for entry in self._front if entry[0] > x]
        near = before[-1] if before else after[0]
        far = after[0] if after else before[-1]
        down = self.front_y - y
        return (x, y, _FLOOR, near[1], far[1], down + abs(x - near[0]), down + abs(x - far[0]))

    # ------------------------------------------------------------ questions

    def distances(self, starts: Points, ends: Points) -> IntArray:
        """Shortest walks in mm from every start to every end, (starts × ends)."""
        direct: IntArray = np.abs(starts.x[:, None] - ends.x[None, :]) + np.abs(
            starts.y[:, None] - ends.y[None, :]
        )
        if not self._nodes:
            return direct
        best = np.full(direct.shape, _FAR, dtype=np.int64)
        for one, other in itertools.product((0, 1), (0, 1)):
            walk = self._distance[starts.node[:, one][:, None], ends.node[:, other][None, :]]
            walk = walk + starts.offset[:, one][:, None] + ends.offset[:, other][None, :]
            np.minimum(best, walk, out=best)
        same = starts.segment[:, None] == ends.segment[None, :]
        return np.asarray(np.where(same, direct, best), dtype=np.int64)

    def route(self, stops: Points) -> tuple[int, list[XY]]:
        """Length in mm and corners of the shortest walk through all stops in their order."""
        length, corners = 0, [(int(stops.x[0]), int(stops.y[0]))] if len(stops.x) else []
        for index in range(len(stops.x) - 1):
            start, end = stops.take(np.array([index])), stops.take(np.array([index + 1]))
            length += int(self.distances(start, end)[0, 0])
            corners += self._leg(start, end)
        return length, straightened(corners)

    def _leg(self, start: Points, end: Points) -> list[XY]:
        """Corners behind ``start`` up to ``end``."""
        here, there = (int(start.x[0]), int(start.y[0])), (int(end.x[0]), int(end.y[0]))
        if not self._nodes or start.segment[0] == end.segment[0]:
            return [(here[0], there[1]), there]
        _walk, one, other = min(
            (
                int(
                    start.offset[0, one]
                    + self._distance[start.node[0, one], end.node[0, other]]
                    + end.offset[0, other]
                ),
                int(start.node[0, one]),
                int(end.node[0, other]),
            )
            for one, other in itertools.product((0, 1), (0, 1))
        )
        nodes = self._node_path(one, other)
        return [
            *self._entry(here, nodes[0]),
            *(self._nodes[node] for node in nodes),
            *self._entry(there, nodes[-1]),
            there,
        ]

    def _entry(self, point: XY, node: int) -> list[XY]:
        """The corner between a point and its node: straight towards the corridor first."""
        return [(point[0], self._nodes[node][1])]

    def _node_path(self, start: int, end: int) -> list[int]:
        path = [start]
        while path[-1] != end:
            here = path[-1]
            path.append(
                min(
                    self._neighbours[here],
                    key=lambda node: (
                        self._edges[min(here, node), max(here, node)] + int(self._distance[node, end])
                    ),
                )
            )
        return path


def straightened(corners: Sequence[XY]) -> list[XY]:
    """Corners without repetitions and without points in the middle of a straight walk; turning back stays."""
    result: list[XY] = []
    for corner in corners:
        if result and result[-1] == corner:
            continue
        if len(result) > 1 and _is_straight(result[-2], result[-1], corner):
            result.pop()
        result.append(corner)
    return result


def _is_straight(a: XY, b: XY, c: XY) -> bool:
    if a[0] == b[0] == c[0]:
        return (b[1] - a[1] > 0) == (c[1] - b[1] > 0)
    if a[1] == b[1] == c[1]:
        return (b[0] - a[0] > 0) == (c[0] - b[0] > 0)
    return False
