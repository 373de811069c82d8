"""The shortest walk as a person goes it: stops and corners, from the edges of the exact program."""

from __future__ import annotations

import numpy as np

from hecang_optim.compiled import kernel
from hecang_optim.routing.kernels import Floats, Grid, Ints, pick_costs, sort_into_sub_aisles
from hecang_optim.routing.multigraph import add_corner, euler_circuit, no_edges, stops_along
from hecang_optim.routing.sides import lane_edges, sided_pick_costs
from hecang_optim.routing.states import ACTIONS
from hecang_optim.routing.trace import NONE, first_pick_node, sub_aisle_edges, trace, vertex


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
    edges = no_edges((grid.aisles + 1) * (2 * grid.blocks + 3) + 4 * len(aisle) + 2 * grid.aisles * grid.blocks)
    length, depot = trace(grid, costs, actions, edges)
    for a in range(grid.aisles):
        for b in range(grid.blocks):
            if actions[a, b] != NONE:
                here = order[begin[a * grid.blocks + b] : begin[a * grid.blocks + b + 1]]
                if grid.crossing > 0.0:
                    lane_edges(grid, ladder, a, b, actions[a, b], y, side, here, edges)
                else:
                    sub_aisle_edges(grid, a, b, actions[a, b], y, here, first_pick_node(grid), edges)
    circuit = euler_circuit(edges, first_pick_node(grid) + 2 * len(aisle), depot)
    stops = stops_along(circuit, first_pick_node(grid), len(aisle))
    return stops, _corners_along(grid, circuit, aisle, y, depot_y), length


@kernel
def _corners_along(grid: Grid, circuit: Ints, aisle: Ints, y: Floats, depot_y: float) -> Floats:
    corners = np.empty((2 * len(circuit), 2))
    count, before = 0, -1
    depot = vertex(grid, -1, 0) if grid.off_grid else -2
    for node in circuit:
        if before == depot:
            count = add_corner(corners, count, grid.aisle_x[_door(grid, node)], _cross_of(grid))
        if node == depot and before >= 0:
            count = add_corner(corners, count, grid.aisle_x[_door(grid, before)], _cross_of(grid))
        pick = node - first_pick_node(grid)
        if node == depot:
            count = add_corner(corners, count, grid.depot_x, depot_y)
        elif pick >= 0:
            pick %= len(aisle)
            count = add_corner(corners, count, grid.aisle_x[aisle[pick]], y[pick])
        else:
            a, row = node // (grid.blocks + 1), node % (grid.blocks + 1)
            x = grid.aisle_x[a] if a < grid.aisles else grid.depot_x
            count = add_corner(corners, count, x, grid.cross_y[row])
        before = node
    return corners[:count].copy()


@kernel
def _cross_of(grid: Grid) -> float:
    """The cross-aisle to which a depot off the grid is joined."""
    return grid.cross_y[0 if grid.depot_row == 0 else grid.blocks]


@kernel
def _door(grid: Grid, node: int) -> int:
    """The aisle by which the way goes between the depot off the grid and a vertex."""
    return grid.door[node // (grid.blocks + 1)]
