"""An independent way to the shortest tour: distances in a plain graph, then Held and Karp's program (1962)."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from hecang_optim.routing import AisleLayout, Picks


class _Ways:
    """Lengths between named places, in one direction or both."""

    def __init__(self) -> None:
        self.lengths: dict[tuple[Hashable, Hashable], float] = {}

    def add(self, one: Hashable, other: Hashable, length: float, direction: int = 0) -> None:
        if direction >= 0 or length == 0:  # a way of no length is the same place
            self.lengths[one, other] = min(length, self.lengths.get((one, other), np.inf))
        if direction <= 0 or length == 0:
            self.lengths[other, one] = min(length, self.lengths.get((other, one), np.inf))

    def between(self, wanted: list[Hashable]) -> np.ndarray:
        names = {name: at for at, name in enumerate({end: None for pair in self.lengths for end in pair})}
        ends = np.array([(names[one], names[other]) for one, other in self.lengths]).T
        lengths = np.array(list(self.lengths.values())) + 1e-12  # kept apart from no way at all
        shortest = shortest_path(csr_array((lengths, ends), shape=(len(names), len(names))))
        at = [names[name] for name in wanted]
        return shortest[np.ix_(at, at)]


def distances(layout: AisleLayout, picks: Picks) -> np.ndarray:
    """Shortest ways between the depot (0) and the picks, in a graph of all places and all lanes."""
    ways = _Ways()
    for row in range(layout.blocks + 1):
        at_row = [(x, str(a), ("cross", a, row)) for a, x in enumerate(layout.aisle_x)]
        if row == layout.depot_cross and layout.depot_access is None:
            at_row.append((layout.depot_x, "depot", "depot"))
        for (x, _, one), (other_x, _, other) in pairwise(sorted(at_row)):
            ways.add(one, other, other_x - x)
    for a in range(layout.aisles):
        if layout.depot_access is not None and np.isfinite(layout.depot_access[a]):
            ways.add("depot", ("cross", a, layout.depot_cross), float(layout.depot_access[a]))
        for b in range(layout.blocks):
            _add_sub_aisle(ways, layout, picks, a, b)
    return ways.between(["depot", *(("pick", i) for i in range(len(picks)))])


def _add_sub_aisle(ways: _Ways, layout: AisleLayout, picks: Picks, a: int, b: int) -> None:
    direction = 0 if layout.one_way is None else int(layout.one_way[a, b])
    side = np.zeros(len(picks), dtype=int) if picks.side is None else picks.side
    front, back = layout.cross_y[b], layout.cross_y[b + 1]
    here = [i for i in np.argsort(picks.y) if picks.aisle[i] == a and front <= picks.y[i] <= back]
    for lane in (0, 1):
        before, at = ("cross", a, b), front
        for i in here:
            ways.add(before, (i, b, lane), picks.y[i] - at, direction)
            before, at = (i, b, lane), picks.y[i]
        ways.add(before, ("cross", a, b + 1), back - at, direction)
    for i in here:
        ways.add((i, b, 0), (i, b, 1), layout.crossing)
        ways.add(("pick", i), (i, b, side[i]), 0.0)


def held_karp(distance: np.ndarray) -> float:
    """Length of the shortest closed tour over all places."""
    places = len(distance) - 1
    if places == 0:
        return 0.0
    best = np.full((1 << places, places), np.inf)
    for last in range(places):
        best[1 << last, last] = distance[0, last + 1]
    for seen in range(1, 1 << places):
        for last in np.flatnonzero(np.isfinite(best[seen])):
            reached = best[seen, last] + distance[last + 1, 1:]
            for to in range(places):
                if not seen >> to & 1:
                    best[seen | 1 << to, to] = min(best[seen | 1 << to, to], reached[to])
    return float((best[-1] + distance[1:, 0]).min())


def length_of_order(distance: np.ndarray, stops: np.ndarray) -> float:
    """Length of the tour that takes the picks in this order."""
    order = [0, *(int(stop) + 1 for stop in stops), 0]
    return float(sum(distance[one, other] for one, other in pairwise(order)))
