"""The same program once more, remembering where each state came from: not only how long, but which way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.routing.kernels import FAR, Grid, Index, visited_aisles
from hecang_optim.routing.multigraph import Edges, add_edge
from hecang_optim.routing.states import ACTIONS, BACK, FRONT, GAP, ONCE, TWICE

#: No action: a sub-aisle or a way that is not gone.
NONE = -1

Actions = NDArray[np.int8]


@kernel
def traced_leave(grid: Grid, value: Floats, parent: Index) -> None:
    """:func:`~hecang_optim.routing.kernels.leave`, with the state before of each state."""
    for s in range(len(value)):
        parent[s] = s
    for i in range(len(grid.drop_from)):
        before, after = grid.drop_from[i], grid.drop_to[i]
        if value[before] < value[after]:
            value[after] = value[before]
            parent[after] = parent[before]


@kernel
def traced_touch(value: Floats, touch_to: Index, parent: Index) -> None:
    """:func:`~hecang_optim.routing.kernels.touch`, with the state before of each state."""
    for s in range(len(value)):
        parent[s] = s
    for s in range(len(value)):
        to = touch_to[s]
        if to != s:
            if value[s] < value[to]:
                value[to] = value[s]
                parent[to] = s
            value[s] = FAR


@kernel
def traced_step(
    grid: Grid, old: Floats, new: Floats, k: int, costs: Floats, parent: Index, action_of: Actions
) -> None:
    """:func:`~hecang_optim.routing.kernels.step`, with the state before and the action of each state."""
    picks = costs[FRONT] > 0.0 or costs[BACK] > 0.0
    stay = (FAR if picks else 0.0, costs[FRONT], costs[BACK], costs[GAP])
    staying = (NONE, FRONT, BACK, GAP)
    for s in range(len(old)):
        new[s] = old[s] + stay[grid.ends[k, s]]
        parent[s] = s
        action_of[s] = staying[grid.ends[k, s]] if picks else NONE
    for action in range(ACTIONS if picks else FRONT):
        cost = costs[action]
        for i in range(grid.step_begin[k, action], grid.step_begin[k, action + 1]):
            before, after = grid.step_from[i], grid.step_to[i]
            if old[before] + cost < new[after]:
                new[after] = old[before] + cost
                parent[after] = before
                action_of[after] = action


@kernel
def columns_of(grid: Grid, low: int, high: int) -> tuple[Ints, Floats, int]:
    """Where the program stands one after the other: aisles, and the depot where it lies at none of them.

    :return: aisle of each column, the number of aisles for the depot's own; x of each; the column of the depot, -1 off the grid.
    """
    aisle = np.empty(high - low + 2, dtype=np.int64)
    x = np.empty(high - low + 2)
    count, depot = 0, -1
    for a in range(low, high + 2):
        if not grid.off_grid and depot < 0 and (a > high or grid.depot_x <= grid.aisle_x[a]):
            depot = count
            if a > high or grid.depot_x < grid.aisle_x[a]:
                aisle[count], x[count] = grid.aisles, grid.depot_x
                count += 1
        if a <= high:
            aisle[count], x[count] = a, grid.aisle_x[a]
            count += 1
    return aisle[:count], x[:count], depot


@kernel
def vertex(blocks: int, aisle: int, row: int) -> int:
    """Node where an aisle meets a cross-aisle; the depot's own column comes behind the last aisle."""
    return aisle * (blocks + 1) + row


@kernel
def trace(grid: Grid, costs: Floats, actions: Actions, edges: Edges) -> tuple[float, int]:
    """Length of the shortest tour and the node of its depot, what it does in sub-aisles, and its other edges.

    :param costs: as for :func:`~hecang_optim.routing.kernels.walk_length`, with picks somewhere.
    :param actions: ``(aisles, blocks)``, written; -1 where a sub-aisle is not visited.
    :param edges: gets the edges along cross-aisles and to the depot.
    """
    low, high = visited_aisles(costs)
    aisle, x, depot = columns_of(grid, low, high)
    room = len(aisle) * (grid.ends.shape[0] + 1) + 1
    parent = np.empty((room, grid.states), dtype=np.int32)
    action_of = np.empty((room, grid.states), dtype=np.int8)
    work = np.full((2, grid.states), FAR)
    work[0, grid.start] = 0.0
    way_out = np.zeros(ACTIONS)
    now, stage = 0, 0
    for c in range(len(aisle)):
        if c > 0:
            traced_leave(grid, work[now], parent[stage])
            work[now] += (x[c] - x[c - 1]) * grid.weight
            stage += 1
        if c == depot:
            traced_touch(work[now], grid.touch_to[grid.depot_row], parent[stage])
            stage += 1
        if aisle[c] < grid.aisles:
            way_out[ONCE], way_out[TWICE] = grid.access[aisle[c]], 2.0 * grid.access[aisle[c]]
            for k in range(grid.ends.shape[0]):
                b = k - grid.first_row
                between = costs[aisle[c], b] if 0 <= b < grid.blocks else way_out
                traced_step(grid, work[now], work[1 - now], k, between, parent[stage], action_of[stage])
                now, stage = 1 - now, stage + 1
    state = grid.final[0]
    for candidate in grid.final:
        if work[now, candidate] < work[now, state]:
            state = candidate
    _back_to_start(grid, aisle, depot, stage, state, parent, action_of, actions, edges)
    home = vertex(grid.blocks, grid.aisles, 0)
    if not grid.off_grid:
        home = vertex(grid.blocks, aisle[depot], grid.depot_row)
    return work[now, state] + grid.fixed, home


@kernel
def _back_to_start(
    grid: Grid,
    aisle: Ints,
    depot: int,
    stage: int,
    state: int,
    parent: Index,
    action_of: Actions,
    actions: Actions,
    edges: Edges,
) -> None:
    """From the last state back to the first, through the stages of :func:`trace` in reverse."""
    actions[:, :] = NONE
    for c in range(len(aisle) - 1, -1, -1):
        if aisle[c] < grid.aisles:
            for k in range(grid.ends.shape[0] - 1, -1, -1):
                stage -= 1
                b, action = k - grid.first_row, action_of[stage, state]
                if 0 <= b < grid.blocks:
                    actions[aisle[c], b] = action
                elif action != NONE:
                    at_depot = vertex(grid.blocks, grid.aisles, 0)
                    row = 0 if b < 0 else grid.blocks
                    add_edge(edges, at_depot, vertex(grid.blocks, aisle[c], row), 1 + action)
                state = parent[stage, state]
        if c == depot:
            stage -= 1
            state = parent[stage, state]
        if c > 0:
            stage -= 1
            for row in range(grid.blocks + 1):
                left, right = vertex(grid.blocks, aisle[c - 1], row), vertex(grid.blocks, aisle[c], row)
                add_edge(edges, left, right, int(grid.carried[state, row + grid.first_row]))
            state = parent[stage, state]


@kernel
def sub_aisle_edges(
    cross_y: Floats, a: int, b: int, action: int, y: Floats, order: Ints, first_pick: int, edges: Edges
) -> None:
    """The edges of what a tour does in one sub-aisle.

    :param y: of all picks of the tour.
    :param order: the picks in this sub-aisle, from front to back.
    :param first_pick: node of pick 0.
    """
    gap = -1
    if action == FRONT:
        gap = len(order)
    elif action == BACK:
        gap = 0
    elif action == GAP:
        gap = _widest_gap(cross_y[b], cross_y[b + 1], y, order)
    blocks = len(cross_y) - 1
    before = vertex(blocks, a, b)
    for at in range(len(order) + 1):
        after = first_pick + order[at] if at < len(order) else vertex(blocks, a, b + 1)
        times = 1 if action == ONCE else 2
        add_edge(edges, before, after, 0 if at == gap else times)
        before = after


@kernel
def _widest_gap(front: float, back: float, y: Floats, order: Ints) -> int:
    """The pick behind the widest gap; their number for the gap behind the last one."""
    widest, gap = -1.0, 0
    before = front
    for at in range(len(order) + 1):
        here = y[order[at]] if at < len(order) else back
        if here - before > widest:
            widest, gap = here - before, at
        before = here
    return gap
