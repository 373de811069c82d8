"""The shortest walk over some locations.

Where all of them lie in parallel aisles between common cross aisles, which is how nearly all warehouses are built,
the walk is the shortest there is (``hecang_optim.routing``). Elsewhere (zones whose cross aisles do not meet, cages
and places on the open floor, more blocks than the exact program takes) it is a good one over facility's distances,
by local search, and never longer than the S-shape.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hecang.outbound.planning import routing
from hecang.outbound.planning.geometry import Geometry, Ints, Walk
from hecang.outbound.planning.onward import way_length, way_on
from hecang.outbound.planning.parallel import Parallel, parts_of
from hecang_optim.budget import Budget
from hecang_optim.routing import Picks, shortest_tour
from hecang_optim.routing.graph import matrix_tour

#: Of the local search, where nothing exact is known: some milliseconds for a hundred stops.
_PERTURBATIONS = 200


def shortest_walk(geometry: Geometry, positions: Ints | Sequence[int]) -> Walk:
    """The walk over the locations at ``positions`` (duplicates once, negative ones not at all)."""
    stops = sorted({int(position) for position in positions if position >= 0})
    if not stops:
        return Walk((), (), 0)
    part = parts_of(geometry).holding(geometry, stops)
    return _by_ways(geometry, stops) if part is None else _exact(geometry, part, stops)


def _exact(geometry: Geometry, part: Parallel, stops: list[int]) -> Walk:
    at = np.array(stops, dtype=np.int64)
    tour = shortest_tour(part.layout, Picks(aisle=part.aisle[at], y=part.y[at]))
    corners = [(round(x), round(y)) for x, y in tour.polyline.tolist()]
    path = routing.straightened([geometry.depot, *corners, geometry.depot])
    return Walk(tuple(int(stop) for stop in at[tour.stops]), tuple(path), routing.length(path))


def _by_ways(geometry: Geometry, stops: list[int]) -> Walk:
    """The better of two: the S-shape improved, and a tour by local search that knows nothing of aisles."""
    start = routing.walk(geometry, stops).order
    lengths = geometry.ways.lengths(np.array(start, dtype=np.int64))
    nodes = range(1, len(start) + 1)
    free, _ = matrix_tour(lengths, budget=Budget(rounds=_PERTURBATIONS))
    orders = [way_on(lengths, nodes, start=0, end=0), way_on(lengths, free[1:].tolist(), start=0, end=0)]
    best = min(orders, key=lambda order: way_length(lengths, [0, *order, 0]))
    walked = [start[node - 1] for node in best]
    path = geometry.ways.path(walked)
    return Walk(tuple(walked), path, routing.length(path))
