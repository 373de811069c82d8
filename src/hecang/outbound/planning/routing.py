"""The walk of one cart: S-shape over parallel aisles in several blocks, turning round where that is shorter.

The rule is the combined heuristic of Roodbergen and De Koster (2001): walk to the farthest block that has
picks through the outermost aisle that has picks, then come back block by block. Within a block every
sub-aisle with picks is either walked through from end to end (the S) or left where it was entered; a small
dynamic program over the sub-aisles finds the cheapest sequence of the two. Pickers find it natural, and it
needs one pass over the stops. It is tried from the left and from the right; the shorter walk wins.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence

from hecang.outbound.planning.geometry import Geometry, Ints, Point, Section, Walk

#: {block: {aisle: [(y, position)]}}
_Stops = dict[int, dict[int, list[tuple[int, int]]]]


def walk(geometry: Geometry, positions: Ints | Sequence[int]) -> Walk:
    """The S-shape walk over the locations at ``positions`` (duplicates once, negative ones not at all).

    Sections are visited from the one nearest to the depot on. Locations on no aisle come last.
    """
    by_section: dict[int, list[int]] = defaultdict(list)
    for position in dict.fromkeys(int(value) for value in positions):
        if position >= 0:
            by_section[int(geometry.section[position])].append(position)
    if not by_section:
        return Walk((), (), 0)
    order: list[int] = []
    path: list[Point] = [geometry.depot]
    loose = by_section.pop(-1, [])
    for number in sorted(by_section, key=lambda index: _approach(geometry, index)):
        part = _best(geometry, geometry.sections[number], by_section[number], path[-1])
        order.extend(part.order)
        _go(path, part.path)
    for position in sorted(loose, key=lambda index: (int(geometry.x[index]), int(geometry.y[index]))):
        order.append(position)
        _go(path, [(int(geometry.x[position]), int(geometry.y[position]))])
    _go(path, [geometry.depot], vertical_first=False)
    corners = straightened(path)
    return Walk(tuple(order), tuple(corners), length(corners))


def length(path: Sequence[Point]) -> int:
    """Length of a rectilinear path, mm."""
    return sum(abs(x2 - x1) + abs(y2 - y1) for (x1, y1), (x2, y2) in itertools.pairwise(path))


def _approach(geometry: Geometry, number: int) -> tuple[int, int]:
    section = geometry.sections[number]
    x, y = geometry.depot
    return abs(section.cross_y[0] - y) + min(abs(aisle - x) for aisle in section.aisle_x), number


def _best(geometry: Geometry, section: Section, positions: list[int], start: Point) -> Walk:
    """The shorter of the two serpentines through one section, entered from ``start``."""
    candidates = []
    for from_right in (False, True):
        stops = _grouped(geometry, section, positions)
        order, path = _serpentine(section, stops, from_right=from_right)
        candidates.append(
            Walk(
                tuple(order),
                tuple(path),
                abs(path[0][0] - start[0]) + length(path) + abs(path[-1][0] - start[0]),
            )
        )
        if len(positions) == 1:
            break
    return min(candidates, key=lambda candidate: candidate.length_mm)


def _grouped(geometry: Geometry, section: Section, positions: Iterable[int]) -> _Stops:
    inner = section.cross_y[1:-1]
    stops: _Stops = defaultdict(lambda: defaultdict(list))
    for position in positions:
        y = int(geometry.y[position])
        block = sum(1 for cross in inner if y >= cross)
        stops[block][int(geometry.aisle[position])].append((y, position))
    for aisles in stops.values():
        for places in aisles.values():
            places.sort()
    return stops


def _serpentine(section: Section, stops: _Stops, *, from_right: bool) -> tuple[list[int], list[Point]]:
    """Order and path through one section, from its front cross aisle back to it."""
    far = max(stops)
    every = {aisle for aisles in stops.values() for aisle in aisles}
    outer = max(every) if from_right else min(every)
    order: list[int] = []
    path: list[Point] = [(section.aisle_x[outer], section.cross_y[0])]
    for block in range(far):  # out through the outermost aisle, picking on the way
        order.extend(position for _, position in stops.get(block, {}).pop(outer, []))
        path.append((section.aisle_x[outer], section.cross_y[block + 1]))
    aisles = sorted(stops[far], reverse=from_right)
    _through(section, far, aisles, stops[far], order, path, at_front=True)
    for block in range(far - 1, -1, -1):
        remaining = stops.get(block, {})
        x = path[-1][0]
        if not remaining:
            path.append((x, section.cross_y[block]))
            continue
        left, right = min(remaining), max(remaining)
        from_left = abs(section.aisle_x[left] - x) <= abs(section.aisle_x[right] - x)
        _through(
            section, block, sorted(remaining, reverse=not from_left), remaining, order, path, at_front=False
        )
    return order, path


def _through(
    section: Section,
    block: int,
    aisles: list[int],
    stops: dict[int, list[tuple[int, int]]],
    order: list[int],
    path: list[Point],
    *,
    at_front: bool,
) -> None:
    """Walk the sub-aisles of one block in the given order and end at its front cross aisle.

    Appends to ``order`` and ``path``.
    """
    front, back = section.cross_y[block], section.cross_y[block + 1]
    reach = [(stops[aisle][0][0], stops[aisle][-1][0]) for aisle in aisles]
    for aisle, passes in zip(aisles, _passes(front, back, reach, at_front=at_front), strict=True):
        x, places = section.aisle_x[aisle], stops[aisle]
        near, far = (front, back) if at_front else (back, front)
        path.append((x, near))
        order.extend(position for _, position in (places if at_front else reversed(places)))
        if passes:
            path.append((x, far))
            at_front = not at_front
        else:
            path.append((x, places[-1][0] if at_front else places[0][0]))
            path.append((x, near))


def _passes(front: int, back: int, reach: Sequence[tuple[int, int]], *, at_front: bool) -> list[bool]:
    """For each sub-aisle whether to pass through it (else turn round in it), ending at the front.

    :param reach: first and last y with a pick in each sub-aisle.
    :param at_front: where the first one is entered.
    """
    far = (back - front) * (2 * len(reach) + 2)  # more than any walk
    cost = (0, far) if at_front else (far, 0)  # of being at (front, back) after the sub-aisles so far
    choices: list[tuple[bool, bool]] = []
    for low, high in reach:
        through = back - front
        turn_front, turn_back = cost[0] + 2 * (high - front), cost[1] + 2 * (back - low)
        pass_to_front, pass_to_back = cost[1] + through, cost[0] + through
        choices.append((pass_to_front <= turn_front, pass_to_back <= turn_back))
        cost = (min(pass_to_front, turn_front), min(pass_to_back, turn_back))
    result = []
    ends_at_front = True
    for choice in reversed(choices):
        passes = choice[0] if ends_at_front else choice[1]
        result.append(passes)
        ends_at_front = ends_at_front != passes
    return result[::-1]


def _go(path: list[Point], onward: Sequence[Point], *, vertical_first: bool = True) -> None:
    """Continue ``path`` with ``onward``, joining the two by one corner."""
    (x1, y1), (x2, y2) = path[-1], onward[0]
    if x1 != x2 and y1 != y2:
        path.append((x1, y2) if vertical_first else (x2, y1))
    path.extend(onward)


def straightened(path: Sequence[Point]) -> list[Point]:
    """``path`` without repeated points and without corners that go straight on."""
    result: list[Point] = []
    for point in path:
        if result and result[-1] == point:
            continue
        if len(result) >= 2 and _straight(result[-2], result[-1], point):
            result.pop()
        result.append(point)
    return result


def _straight(a: Point, b: Point, c: Point) -> bool:
    """Whether ``b`` lies on the straight way from ``a`` to ``c`` (a way back is no straight way)."""
    if a[0] == b[0] == c[0]:
        return (b[1] - a[1]) * (c[1] - b[1]) > 0
    if a[1] == b[1] == c[1]:
        return (b[0] - a[0]) * (c[0] - b[0]) > 0
    return False
