"""Aisles with two sides, and a price for changing between them.

A sub-aisle is then a ladder: a lane along each side, and a rung at each pick, which costs the crossing. At its
ends changing is free. What each action costs follows from the same program as the tour, gone along the ladder:
its rows are the front end (carried along for nothing, so that in the end it is known how it is touched), the left
lane and the right lane. So the costs are exact, whether it pays to cross, to turn round, or to come twice.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.routing.kernels import (
    FAR,
    Grid,
    edge_step,
    leave,
    make_grid,
    move,
    set_empty,
    sort_into_sub_aisles,
    touch,
    walk_length,
)
from hecang_optim.routing.multigraph import Edges, add_edge
from hecang_optim.routing.states import ACTIONS, BACK, FRONT, GAP, ONCE, TWICE, state_tables
from hecang_optim.routing.trace import (
    NONE,
    traced_leave,
    traced_step,
    traced_touch,
    vertex,
)

#: Rows of the ladder.
END, LEFT, RIGHT = 0, 1, 2


@lru_cache(maxsize=1)
def lanes() -> Grid:
    """The tables of the ladder; ``final`` are the states that stand for the five actions, in their order.

    The back end is the left lane in the end, the right lane having been left behind.
    """
    nothing = np.zeros(1)
    grid = make_grid(
        nothing,
        np.array([0.0, 1.0]),
        depot_cross=0,
        depot_x=0.0,
        depot_access=nothing,
        fixed=0.0,
        crossing=0.0,
    )
    wanted = np.array([[3, 3, 0], [2, 2, 0], [2, 0, 0], [0, 2, 0], [2, 4, 0]])
    labels = state_tables(3).labels
    final = (labels[None, :, :] == wanted[:, None, :]).all(axis=2).argmax(axis=1)
    return grid._replace(final=final.astype(np.int32))


@kernel
def lane_costs(
    ladder: Grid,
    crossing: float,
    ends: tuple[float, float],
    y: Floats,
    side: Ints,
    order: Ints,
    costs: Floats,
) -> None:
    """Fill ``costs`` ``(ACTIONS,)`` of a sub-aisle with picks.

    :param ends: y of its front and back end.
    :param order: its picks among ``y`` and ``side``, from front to back.
    """
    work = np.full((2, ladder.states), FAR)
    work[0, 0] = 0.0
    edge_step(ladder, work[0], work[1], END, 0.0)
    edge_step(ladder, work[1], work[0], LEFT, 0.0)
    now, before = 0, ends[0]
    for i in order:
        move(ladder, work[now], y[i] - before)
        edge_step(ladder, work[now], work[1 - now], LEFT, crossing)
        touch(work[1 - now], ladder.touch_to[LEFT + side[i]])
        now, before = 1 - now, y[i]
    move(ladder, work[now], ends[1] - before)
    edge_step(ladder, work[now], work[1 - now], LEFT, 0.0)
    leave(ladder, work[1 - now])
    for action in range(ACTIONS):
        costs[action] = work[1 - now, ladder.final[action]]
    costs[GAP] = min(costs[GAP], costs[FRONT], costs[BACK])


@kernel
def sided_pick_costs(
    grid: Grid, ladder: Grid, y: Floats, side: Ints, begin: Ints, order: Ints, costs: Floats
) -> None:
    """:func:`~hecang_optim.routing.kernels.pick_costs` where picks have a side."""
    set_empty(grid, costs)
    for a in range(grid.aisles):
        for b in range(grid.blocks):
            c = a * grid.blocks + b
            if begin[c] < begin[c + 1]:
                ends = (grid.cross_y[b], grid.cross_y[b + 1])
                lane_costs(ladder, grid.crossing, ends, y, side, order[begin[c] : begin[c + 1]], costs[a, b])


@kernel
def many_sided_lengths(
    grid: Grid, ladder: Grid, starts: Ints, aisle: Ints, y: Floats, side: Ints, out: Floats
) -> None:
    """:func:`~hecang_optim.routing.kernels.many_lengths` where picks have a side."""
    work = np.empty((2, grid.states))
    costs = np.empty((grid.aisles, grid.blocks, ACTIONS))
    begin = np.empty(grid.aisles * grid.blocks + 1, dtype=np.int64)
    order = np.empty(len(aisle), dtype=np.int64)
    for t in range(len(out)):
        here = slice(starts[t], starts[t + 1])
        sort_into_sub_aisles(grid, aisle[here], y[here], begin, order)
        sided_pick_costs(grid, ladder, y[here], side[here], begin, order, costs)
        out[t] = walk_length(grid, costs, work)


@kernel
def lane_edges(
    ladder: Grid,
    cross_y: Floats,
    crossing: float,
    a: int,
    b: int,
    action: int,
    y: Floats,
    side: Ints,
    order: Ints,
    first_pick: int,
    edges: Edges,
) -> None:
    """The edges of what a tour does in one sub-aisle: :func:`lane_costs`, traced back.

    A pick's node lies on its own side; the place across it has the node behind those of all picks.
    """
    room = 3 * len(order) + 5
    parent = np.empty((room, ladder.states), dtype=np.int32)
    action_of = np.empty((room, ladder.states), dtype=np.int8)
    work = np.full((2, ladder.states), FAR)
    work[0, 0] = 0.0
    free, rung = np.zeros(ACTIONS), np.zeros(ACTIONS)
    rung[ONCE], rung[TWICE] = crossing, 2.0 * crossing
    traced_step(ladder, work[0], work[1], END, free, parent[0], action_of[0])
    traced_step(ladder, work[1], work[0], LEFT, free, parent[1], action_of[1])
    now, stage, before = 0, 2, cross_y[b]
    for at in range(len(order) + 1):
        last = at == len(order)
        here = cross_y[b + 1] if last else y[order[at]]
        traced_leave(ladder, work[now], parent[stage])
        work[now] += (here - before) * ladder.weight
        price = free if last else rung
        traced_step(ladder, work[now], work[1 - now], LEFT, price, parent[stage + 1], action_of[stage + 1])
        now = 1 - now
        if last:
            traced_leave(ladder, work[now], parent[stage + 2])
        else:
            traced_touch(work[now], ladder.touch_to[LEFT + side[order[at]]], parent[stage + 2])
        stage, before = stage + 3, here
    state = ladder.final[action]
    if action == GAP:
        for other in (FRONT, BACK):
            if work[now, ladder.final[other]] < work[now, state]:
                state = ladder.final[other]
    ends = (vertex(len(cross_y) - 1, a, b), vertex(len(cross_y) - 1, a, b + 1))
    for column in range(len(order), -1, -1):
        state = parent[2 + 3 * column + 2, state]
        taken = action_of[2 + 3 * column + 1, state]
        if taken != NONE and column < len(order):
            one = _lane_node(column, LEFT, ends, side, order, first_pick)
            other = _lane_node(column, RIGHT, ends, side, order, first_pick)
            add_edge(edges, one, other, 1 + taken)
        state = parent[2 + 3 * column + 1, state]
        for lane in (LEFT, RIGHT):
            one = _lane_node(column - 1, lane, ends, side, order, first_pick)
            other = _lane_node(column, lane, ends, side, order, first_pick)
            add_edge(edges, one, other, int(ladder.carried[state, lane]))
        state = parent[2 + 3 * column, state]


@kernel
def _lane_node(
    column: int, lane: int, ends: tuple[int, int], side: Ints, order: Ints, first_pick: int
) -> int:
    """Node of a lane at a column of the ladder: an end of the sub-aisle, or beside its pick ``column``."""
    if column < 0:
        return ends[0]
    if column == len(order):
        return ends[1]
    pick = order[column]
    across = int(lane != LEFT + side[pick])
    return first_pick + int(pick) + across * len(side)
