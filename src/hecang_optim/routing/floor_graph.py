"""A layout with picks as a plain graph, one-way aisles and all."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from hecang_optim.arrays import Floats, Ints
from hecang_optim.routing.layout import AisleLayout, Picks


class FloorGraph(NamedTuple):
    """Nodes are the vertices of the grid, then the depot, then the picks; crossing costs are left out.

    :ivar graph: ``(nodes, nodes)`` lengths.
    :ivar places: ``(nodes, 2)`` coordinates.
    """

    graph: csr_array
    places: Floats
    depot: int
    picks: Ints


def floor_graph(layout: AisleLayout, picks: Picks) -> FloorGraph:
    """The graph of the floor, for :func:`~hecang_optim.routing.graph.graph_tour`."""
    rows = layout.blocks + 1
    depot = layout.aisles * rows
    ways: list[tuple[int, int, float, int]] = []  # from, to, length, direction
    for row in range(rows):
        at_row = [(float(x), aisle * rows + row) for aisle, x in enumerate(layout.aisle_x)]
        if row == layout.depot_cross and layout.depot_access is None:
            at_row.append((layout.depot_x, depot))
        ways += [(one, other, to - x, 0) for (x, one), (to, other) in pairwise(sorted(at_row))]
    for aisle in range(layout.aisles):
        if layout.depot_access is not None:
            ways.append((depot, aisle * rows + layout.depot_cross, float(layout.depot_access[aisle]), 0))
        at_aisle = [(float(y), aisle * rows + row) for row, y in enumerate(layout.cross_y)]
        at_aisle += [
            (float(picks.y[pick]), depot + 1 + int(pick)) for pick in np.flatnonzero(picks.aisle == aisle)
        ]
        for (y, one), (to, other) in pairwise(sorted(at_aisle)):
            block = int(np.searchsorted(layout.cross_y, y, side="right")) - 1
            direction = 0 if layout.one_way is None or to == y else int(layout.one_way[aisle, block])
            ways.append((one, other, to - y, direction))
    there = [(one, other, length) for one, other, length, direction in ways if direction >= 0]
    back = [(other, one, length) for one, other, length, direction in ways if direction <= 0]
    table = np.array(there + back, dtype=np.float64)
    table = table[np.isfinite(table[:, 2])]
    nodes = depot + 1 + len(picks)
    place_x = np.concatenate(
        [np.repeat(layout.aisle_x, rows), [layout.depot_point[0]], layout.aisle_x[picks.aisle]]
    )
    place_y = np.concatenate([np.tile(layout.cross_y, layout.aisles), [layout.depot_point[1]], picks.y])
    return FloorGraph(
        graph=csr_array((table[:, 2], table[:, :2].astype(np.int64).T), shape=(nodes, nodes)),
        places=np.column_stack([place_x, place_y]),
        depot=depot,
        picks=np.arange(depot + 1, nodes),
    )
