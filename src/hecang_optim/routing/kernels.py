"""The length of the shortest tour, compiled: what a search over batches calls a million times.

For use from other kernels::

    grid = layout.grid                       # the layout as kernels read it, a NamedTuple; pass it as it is
    work = np.empty((2, grid.states))        # scratch, one for each thread
    costs = np.zeros((grid.aisles, grid.blocks, ACTIONS))
    set_empty(grid, costs)                   # no picks anywhere
    set_costs(costs[a, b], first, last, gap, length)    # for each sub-aisle with picks
    metres = walk_length(grid, costs, work)  # allocates nothing

``costs[a, b]`` holds what each way of visiting a sub-aisle costs: ``ONCE``, ``TWICE`` (through it), ``FRONT``,
``BACK`` (into it and back from that end as far as needed) and ``GAP`` (from both ends, with the widest gap left
out; a gap reaching an end is one, so that ``GAP <= min(FRONT, BACK)``). A sub-aisle without picks has
``FRONT = BACK = GAP = 0``, and that is how it is known to be empty. Its summary is: ``first``, the offset of the
first pick from the front end of the sub-aisle; ``last``, that of the last; ``gap``, the widest of the gaps before,
between and behind the picks. The length of block ``b`` is ``grid.cross_y[b + 1] - grid.cross_y[b]``.

From picks, for many tours in one call: :func:`many_lengths`; for one, :func:`sort_into_sub_aisles`, then
:func:`pick_costs`.

Time: one block with 10 aisles well under a microsecond, two blocks with 8 aisles about two, see the benchmark.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.routing.states import ACTIONS, BACK, FRONT, GAP, ONCE, TWICE, state_tables

Index = NDArray[np.int32]

FAR = np.inf


class Grid(NamedTuple):
    """A layout with its state tables, as the kernels read it; see ``AisleLayout`` and ``StateTables``.

    A depot off the grid is one more row, before the first or behind the last cross-aisle, whose vertices are
    all the same place: a row in which walking costs nothing.

    :ivar off_grid: whether the depot lies off the grid.
    :ivar first_row: row of cross-aisle 0: 1 if the depot's row comes before it.
    :ivar access: ``(aisles,)`` length of the way to the depot from each aisle, along the cross-aisle too.
    :ivar door: ``(aisles,)`` the aisle at whose end that way begins.
    :ivar fixed: added to each tour that is not empty.
    :ivar carried: ``(states, rows)`` edges by which each vertex is carried on to the next aisle.
    :ivar weight: ``(states,)`` edges by which a state is carried on to the next aisle.
    """

    aisles: int
    blocks: int
    states: int
    aisle_x: Floats
    cross_y: Floats
    depot_x: float
    depot_row: int
    off_grid: bool
    first_row: int
    access: Floats
    door: Ints
    fixed: float
    crossing: float
    start: int
    carried: Floats
    weight: Floats
    ends: NDArray[np.int8]
    step_begin: Index
    step_from: Index
    step_to: Index
    drop_from: Index
    drop_to: Index
    touch_to: Index
    final: Index


def make_grid(
    aisle_x: Floats,
    cross_y: Floats,
    *,
    depot_cross: int,
    depot_x: float,
    depot_access: Floats | None,
    fixed: float,
    crossing: float,
) -> Grid:
    """See ``AisleLayout.grid``."""
    blocks = len(cross_y) - 1
    off_grid = depot_access is not None
    rows = blocks + 1 + off_grid
    tables = state_tables(rows)
    first_row = int(off_grid and depot_cross == 0)
    depot_row = depot_cross
    access, door = np.zeros(len(aisle_x)), np.arange(len(aisle_x))
    carried = tables.carried.astype(np.float64)
    drop_from, drop_to = tables.drop_from, tables.drop_to
    if depot_access is not None:
        depot_row = 0 if depot_cross == 0 else rows - 1
        by = depot_access[None, :] + np.abs(aisle_x[:, None] - aisle_x[None, :])
        access, door = by.min(axis=1), by.argmin(axis=1)
        carried[:, depot_row] = 0.0
        begin, end = tables.drop_begin[
            depot_row : depot_row + 2
        ]  # what is carried for nothing is not dropped
        drop_from = np.delete(drop_from, np.s_[begin:end])
        drop_to = np.delete(drop_to, np.s_[begin:end])
    return Grid(
        aisles=len(aisle_x),
        blocks=blocks,
        states=len(tables.labels),
        aisle_x=aisle_x,
        cross_y=cross_y,
        depot_x=float(depot_x),
        depot_row=depot_row,
        off_grid=off_grid,
        first_row=first_row,
        access=access,
        door=door,
        fixed=float(fixed),
        crossing=float(crossing),
        start=int(tables.touch_to[depot_row, 0]) if off_grid else 0,
        carried=carried,
        weight=carried.sum(axis=1),
        ends=tables.ends,
        step_begin=tables.step_begin,
        step_from=tables.step_from,
        step_to=tables.step_to,
        drop_from=drop_from,
        drop_to=drop_to,
        touch_to=tables.touch_to,
        final=tables.final,
    )


@kernel
def set_empty(grid: Grid, costs: Floats) -> None:
    """Fill ``costs`` ``(aisles, blocks, ACTIONS)`` for a tour without picks."""
    for b in range(grid.blocks):
        length = grid.cross_y[b + 1] - grid.cross_y[b]
        for a in range(grid.aisles):
            costs[a, b, ONCE] = length
            costs[a, b, TWICE] = 2.0 * length
            costs[a, b, FRONT] = 0.0
            costs[a, b, BACK] = 0.0
            costs[a, b, GAP] = 0.0


@kernel
def set_costs(costs: Floats, first: float, last: float, gap: float, length: float) -> None:
    """Fill ``costs`` ``(ACTIONS,)`` of a sub-aisle with picks from its summary."""
    costs[ONCE] = length
    costs[TWICE] = 2.0 * length
    costs[FRONT] = 2.0 * last
    costs[BACK] = 2.0 * (length - first)
    costs[GAP] = 2.0 * (length - gap)


@kernel
def walk_length(grid: Grid, costs: Floats, work: Floats) -> float:
    """Length of the shortest tour; 0 without picks.

    :param costs: ``(aisles, blocks, ACTIONS)`` float64.
    :param work: ``(2, grid.states)`` float64, overwritten.
    """
    low, high = visited_aisles(costs)
    if low > high:
        return 0.0
    if grid.blocks == 1 and not grid.off_grid:
        return grid.fixed + _one_block(grid, costs, low, high)
    return grid.fixed + _any_blocks(grid, costs, work, low, high)


@kernel
def visited_aisles(costs: Floats) -> tuple[int, int]:
    """First and last aisle with picks; ``(aisles, -1)`` without any."""
    aisles, blocks = costs.shape[0], costs.shape[1]
    low, high = aisles, -1
    for a in range(aisles):
        for b in range(blocks):
            if costs[a, b, FRONT] > 0.0 or costs[a, b, BACK] > 0.0:
                high = a
                if low == aisles:
                    low = a
                break
    return low, high


@kernel
def _one_block(grid: Grid, costs: Floats, low: int, high: int) -> float:
    """The program by hand for two rows: its six states are six numbers."""
    none, front, back, even, odd, apart = 0.0, FAR, FAR, FAR, FAR, FAR
    depot_in_front = grid.depot_row == 0
    waiting = True
    x = min(grid.aisle_x[low], grid.depot_x)
    for a in range(low, high + 2):
        if waiting and (a > high or grid.depot_x <= grid.aisle_x[a]):
            waiting = False
            d = grid.depot_x - x
            if d > 0.0:
                front, back = min(front, even) + 2.0 * d, min(back, even) + 2.0 * d
                even, odd, apart = even + 4.0 * d, odd + 2.0 * d, apart + 4.0 * d
            if depot_in_front:
                front, apart, back = min(front, none), min(apart, back), FAR
            else:
                back, apart, front = min(back, none), min(apart, front), FAR
            none = FAR
            x = grid.depot_x
        if a > high:
            break
        d = grid.aisle_x[a] - x
        if d > 0.0:
            front, back = min(front, even) + 2.0 * d, min(back, even) + 2.0 * d
            even, odd, apart = even + 4.0 * d, odd + 2.0 * d, apart + 4.0 * d
            x = grid.aisle_x[a]
        once, twice, gap = costs[a, 0, ONCE], costs[a, 0, TWICE], costs[a, 0, GAP]
        one_end = min(none, front, back)
        through = min(one_end, even, apart) + once
        joined = min(one_end, apart) + twice
        even, odd = min(even + gap, joined, odd + once), min(through, odd + gap)
        apart = min(apart, one_end) + gap
        if costs[a, 0, FRONT] > 0.0 or costs[a, 0, BACK] > 0.0:
            front, back = min(front, none) + costs[a, 0, FRONT], min(back, none) + costs[a, 0, BACK]
            none = FAR
    return min(even, front, back)


@kernel
def _any_blocks(grid: Grid, costs: Floats, work: Floats, low: int, high: int) -> float:
    """The program by its tables."""
    now = 0
    work[0, :] = FAR
    work[0, grid.start] = 0.0
    waiting = not grid.off_grid
    x = grid.aisle_x[low]
    if waiting and grid.depot_x < x:
        x = grid.depot_x
    for a in range(low, high + 1):
        if waiting and grid.depot_x <= grid.aisle_x[a]:
            move(grid, work[now], grid.depot_x - x)
            touch(work[now], grid.touch_to[grid.depot_row])
            x, waiting = grid.depot_x, False
        move(grid, work[now], grid.aisle_x[a] - x)
        x = grid.aisle_x[a]
        for k in range(grid.ends.shape[0]):
            b = k - grid.first_row
            if 0 <= b < grid.blocks:
                step(grid, work[now], work[1 - now], k, costs[a, b])
            else:
                edge_step(grid, work[now], work[1 - now], k, grid.access[a])
            now = 1 - now
    if waiting:
        move(grid, work[now], grid.depot_x - x)
        touch(work[now], grid.touch_to[grid.depot_row])
    best = FAR
    for i in range(len(grid.final)):
        best = min(best, work[now, grid.final[i]])
    return best


@kernel
def move(grid: Grid, value: Floats, distance: float) -> None:
    """Carry all states on to the right, leaving behind what may be dropped."""
    if distance <= 0.0:
        return
    leave(grid, value)
    for s in range(len(value)):
        value[s] += distance * grid.weight[s]


@kernel
def leave(grid: Grid, value: Floats) -> None:
    """Drop vertices where that costs less than to carry them on."""
    for i in range(len(grid.drop_from)):
        to = grid.drop_to[i]
        value[to] = min(value[to], value[grid.drop_from[i]])


@kernel
def touch(value: Floats, touch_to: Index) -> None:
    """A vertex must be visited: the depot, or a pick."""
    for s in range(len(value)):
        to = touch_to[s]
        if to != s:
            value[to] = min(value[to], value[s])
            value[s] = FAR


@kernel
def step(grid: Grid, old: Floats, new: Floats, k: int, costs: Floats) -> None:
    """Visit the sub-aisle between rows k and k + 1."""
    picks = costs[FRONT] > 0.0 or costs[BACK] > 0.0
    stay = (FAR if picks else 0.0, costs[FRONT], costs[BACK], costs[GAP])
    for s in range(len(old)):
        new[s] = old[s] + stay[grid.ends[k, s]]
    for action in range(ACTIONS if picks else FRONT):
        cost = costs[action]
        for i in range(grid.step_begin[k, action], grid.step_begin[k, action + 1]):
            to = grid.step_to[i]
            new[to] = min(new[to], old[grid.step_from[i]] + cost)


@kernel
def edge_step(grid: Grid, old: Floats, new: Floats, k: int, length: float) -> None:
    """Go along an edge without picks between rows k and k + 1, or not: the way to a depot off the grid."""
    for s in range(len(old)):
        new[s] = old[s]
    for action in (ONCE, TWICE):
        cost = length if action == ONCE else 2.0 * length
        for i in range(grid.step_begin[k, action], grid.step_begin[k, action + 1]):
            to = grid.step_to[i]
            new[to] = min(new[to], old[grid.step_from[i]] + cost)


@kernel
def block_of(grid: Grid, y: float) -> int:
    """The block that holds ``y``; on a cross-aisle the one behind it."""
    b = 0
    while b < grid.blocks - 1 and y >= grid.cross_y[b + 1]:
        b += 1
    return b


@kernel
def sort_into_sub_aisles(grid: Grid, aisle: Ints, y: Floats, begin: Ints, order: Ints) -> None:
    """Sort picks by sub-aisle, and within each from front to back.

    :param begin: ``(aisles * blocks + 1,)``, written: the picks of sub-aisle ``(a, b)`` are
        ``order[begin[c]:begin[c + 1]]`` with ``c = a * blocks + b``.
    :param order: ``(picks,)``, written.
    """
    begin[:] = 0
    for i in range(len(aisle)):
        begin[aisle[i] * grid.blocks + block_of(grid, y[i])] += 1
    for c in range(1, len(begin)):
        begin[c] += begin[c - 1]
    for i in range(len(aisle) - 1, -1, -1):
        c = aisle[i] * grid.blocks + block_of(grid, y[i])
        begin[c] -= 1
        order[begin[c]] = i
    for c in range(len(begin) - 1):
        for at in range(begin[c] + 1, begin[c + 1]):
            i, to = order[at], at
            while to > begin[c] and y[order[to - 1]] > y[i]:
                order[to] = order[to - 1]
                to -= 1
            order[to] = i


@kernel
def pick_costs(grid: Grid, y: Floats, begin: Ints, order: Ints, costs: Floats) -> None:
    """Fill ``costs`` for picks sorted by :func:`sort_into_sub_aisles`."""
    set_empty(grid, costs)
    for a in range(grid.aisles):
        for b in range(grid.blocks):
            c = a * grid.blocks + b
            if begin[c] == begin[c + 1]:
                continue
            front = grid.cross_y[b]
            first = y[order[begin[c]]] - front
            last, gap = first, first
            for at in range(begin[c] + 1, begin[c + 1]):
                offset = y[order[at]] - front
                gap = max(gap, offset - last)
                last = offset
            length = grid.cross_y[b + 1] - front
            set_costs(costs[a, b], first, last, max(gap, length - last), length)


@kernel
def many_lengths(grid: Grid, starts: Ints, aisle: Ints, y: Floats, out: Floats) -> None:
    """Lengths of the shortest tours: tour ``t`` has the picks ``starts[t]:starts[t + 1]``.

    :param starts: ``(tours + 1,)``.
    :param out: ``(tours,)``, written.
    """
    work = np.empty((2, grid.states))
    costs = np.empty((grid.aisles, grid.blocks, ACTIONS))
    begin = np.empty(grid.aisles * grid.blocks + 1, dtype=np.int64)
    order = np.empty(len(aisle), dtype=np.int64)
    for t in range(len(out)):
        here = slice(starts[t], starts[t + 1])
        sort_into_sub_aisles(grid, aisle[here], y[here], begin, order)
        pick_costs(grid, y[here], begin, order, costs)
        out[t] = walk_length(grid, costs, work)
