"""What others would walk: the figures that a plan is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from hecang.outbound.planning.base import WaveProblem
from hecang.outbound.planning.geometry import Geometry
from hecang.outbound.planning.routing import walk


def places_of(problem: WaveProblem) -> Mapping[int, frozenset[int]]:
    """Order (position) → positions of the known locations that it is picked from; empty for the others."""
    found: dict[int, set[int]] = defaultdict(set)
    known = problem.pick_location >= 0
    for order, location in zip(
        problem.pick_order[known].tolist(), problem.pick_location[known].tolist(), strict=True
    ):
        found[order].add(location)
    return defaultdict(frozenset, {order: frozenset(mine) for order, mine in found.items()})


class Comparison:
    """S-shape walks through one warehouse, each worked out once."""

    def __init__(self, geometry: Geometry) -> None:
        self._geometry = geometry
        self._known: dict[frozenset[int], int] = {}

    def s_shape(self, places: Iterable[int]) -> int:
        """Length of the S-shape walk over these positions, mm."""
        key = frozenset(places)
        if key not in self._known:
            self._known[key] = walk(self._geometry, sorted(key)).length_mm
        return self._known[key]

    def one_by_one(self, orders: Iterable[Iterable[int]]) -> int:
        """What these orders would walk one after another, mm."""
        return sum(self.s_shape(places) for places in orders)
