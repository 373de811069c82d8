"""The shortest walk as a person goes it: stops and corners, from the edges of the exact program."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.routing.kernels import Grid, pick_costs, sort_into_sub_aisles
from hecang_optim.routing.multigraph import add_corner, euler_circuit, no_edges, stops_along
from hecang_optim.routing.sides import lane_edges, sided_pick_costs
from hecang_optim.routing.states import ACTIONS
from hecang_optim.routing.trace import NONE, sub_aisle_edges, trace, vertex


@kernel
def shortest_walk(
    grid: Grid, ladder: Grid, aisle: Ints, y: Floats, side: Ints, depot_y: float
) -> tuple[Ints, Floats, float]:
    """Stops, corners and length of the shortest tour over these picks, at least one.

    :param side: read only with a crossing cost.
    :param depot_y: where a depot off the grid is drawn; ``grid.depot_x`` is read then, too.
    """
    costs = np.empty((grid.aisles, grid.blocks, ACTIONS))
    begin = np.empty(grid.aisles * grid.blocks + 1, dtype=np.int64)
    order = np.empty(len(aisle), dtype=np.int64)
    sort_into_sub_aisles(grid, aisle, y, begin, order)
    if grid.crossing > 0.0:
        sided_pick_costs(grid, ladder, y, side, begin, order, costs)
    else:
        pick_costs(grid, y, begin, order, costs)
    actions = np.empty((grid.aisles, grid.blocks), dtype=np.int8)
    edges = no_edges(
        (grid.aisles + 1) * (2 * grid.blocks + 3) + 4 * len(aisle) + 2 * grid.aisles * grid.blocks
    )
    length, depot = trace(grid, costs, actions, edges)
    first_pick = vertex(grid.blocks, grid.aisles + 1, 0)
    for a in range(grid.aisles):
        for b in range(grid.blocks):
            if actions[a, b] == NONE:
                continue
            here = order[begin[a * grid.blocks + b] : begin[a * grid.blocks + b + 1]]
            action = int(actions[a, b])
            if grid.crossing > 0.0:
                lane_edges(
                    ladder, grid.cross_y, grid.crossing, a, b, action, y, side, here, first_pick, edges
                )
            else:
                sub_aisle_edges(grid.cross_y, a, b, action, y, here, first_pick, edges)
    circuit = euler_circuit(edges, first_pick + 2 * len(aisle), depot)
    places = node_places(grid, aisle, y, depot_y)
    via = grid.door if grid.off_grid else np.empty(0, dtype=np.int64)
    corners = corners_along(circuit, places, via, depot, grid.blocks)
    return stops_along(circuit, first_pick, len(aisle)), corners, length


@kernel
def node_places(grid: Grid, aisle: Ints, y: Floats, depot_y: float) -> Floats:
    """``(nodes, 2)`` coordinates: the grid, the depot's own column, the picks, the places across them."""
    rows = grid.blocks + 1
    picks = len(aisle)
    places = np.empty((rows * (grid.aisles + 1) + 2 * picks, 2))
    for a in range(grid.aisles + 1):
        for row in range(rows):
            node = vertex(grid.blocks, a, row)
            places[node, 0] = grid.aisle_x[a] if a < grid.aisles else grid.depot_x
            places[node, 1] = grid.cross_y[row]
    if grid.off_grid:
        places[vertex(grid.blocks, grid.aisles, 0), 1] = depot_y
    first = rows * (grid.aisles + 1)
    for i in range(picks):
        for node in (first + i, first + picks + i):
            places[node, 0], places[node, 1] = grid.aisle_x[aisle[i]], y[i]
    return places


@kernel
def corners_along(circuit: Ints, places: Floats, door: Ints, depot: int, blocks: int) -> Floats:
    """Corners of a circuit.

    :param door: aisle by which each aisle reaches a depot off the grid; empty for one on it.
    """
    corners = np.empty((2 * len(circuit), 2))
    count = 0
    for at in range(len(circuit)):
        node = circuit[at]
        if len(door) > 0 and at > 0:
            before = circuit[at - 1]
            if depot in (node, before):
                end = before if node == depot else node
                x = places[vertex(blocks, door[end // (blocks + 1)], 0), 0]
                count = add_corner(corners, count, x, places[end, 1])
        count = add_corner(corners, count, places[node, 0], places[node, 1])
    return corners[:count].copy()
