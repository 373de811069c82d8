"""Simple rules that a picker can remember, compiled, for a depot at the first cross-aisle.

All but aisle by aisle work block by block, as Roodbergen & de Koster (2001) do it for several blocks: up the
leftmost aisle with picks to the farthest block with picks, then block after block back towards the depot. A
block is entered at its front (the farthest one) or at its back (the others) and left at its front.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.routing.kernels import FAR, Grid, sort_into_sub_aisles
from hecang_optim.routing.multigraph import add_corner

S_SHAPE, RETURN, MIDPOINT, LARGEST_GAP, COMBINED, AISLE_BY_AISLE = 0, 1, 2, 3, 4, 5


class Walk(NamedTuple):
    """A walk that grows, with the floor it goes on: one small tuple, as each kernel compiles what it is given.

    :ivar aisle_x: with ``cross_y``, ``access`` and ``door`` from the grid.
    :ivar begin: with ``order`` the picks by sub-aisle, see ``sort_into_sub_aisles``.
    :ivar taken: ``(picks,)`` whether stopped at.
    :ivar stops: ``(picks,)``.
    :ivar corners: ``(room, 2)``.
    :ivar counts: stops, corners, aisle, and the side in a sub-aisle, -1 where it does not matter.
    :ivar place: x, y, and the length so far.
    """

    aisle_x: Floats
    cross_y: Floats
    access: Floats
    door: Ints
    crossing: float
    y: Floats
    side: Ints
    begin: Ints
    order: Ints
    taken: NDArray[np.bool_]
    stops: Ints
    corners: Floats
    counts: Ints
    place: Floats


@kernel
def rule_walk(grid: Grid, rule: int, aisle: Ints, y: Floats, side: Ints, depot_y: float) -> Walk:
    """Walk over these picks, at least one, by a rule; the depot is at the first cross-aisle, or before it."""
    picks = len(aisle)
    begin = np.empty(grid.aisles * grid.blocks + 1, dtype=np.int64)
    order = np.empty(picks, dtype=np.int64)
    sort_into_sub_aisles(grid, aisle, y, begin, order)
    walk = Walk(
        grid.aisle_x,
        grid.cross_y,
        grid.access,
        grid.door,
        grid.crossing,
        y,
        side,
        begin,
        order,
        np.zeros(picks, dtype=np.bool_),
        np.empty(picks, dtype=np.int64),
        np.empty((4 * picks + 8 * (grid.aisles + grid.blocks) + 8, 2)),
        np.array([0, 0, -1, -1]),
        np.array([grid.depot_x, depot_y, 0.0]),
    )
    low, high = grid.aisles, -1
    for i in range(picks):
        low, high = min(low, aisle[i]), max(high, aisle[i])
    _corner(walk)
    _leave_depot(walk, low, grid.off_grid)
    if rule == AISLE_BY_AISLE:
        _aisle_by_aisle(walk, low, high)
    else:
        _block_by_block(walk, rule)
    _return_to_depot(walk, grid.off_grid, grid.depot_x, depot_y)
    return walk


@kernel
def _corner(walk: Walk) -> None:
    walk.counts[1] = add_corner(walk.corners, walk.counts[1], walk.place[0], walk.place[1])


@kernel
def _picks_of(walk: Walk, a: int, b: int) -> tuple[int, int]:
    """Where in ``order`` the picks of a sub-aisle begin and end."""
    c = a * (len(walk.cross_y) - 1) + b
    return walk.begin[c], walk.begin[c + 1]


@kernel
def _picks_in_aisle(walk: Walk, a: int) -> tuple[int, int]:
    """Where in ``order`` the picks of an aisle begin and end."""
    blocks = len(walk.cross_y) - 1
    return walk.begin[a * blocks], walk.begin[(a + 1) * blocks]


@kernel
def _go(walk: Walk, x: float, y: float) -> None:
    walk.place[2] += abs(x - walk.place[0]) + abs(y - walk.place[1])
    walk.place[0], walk.place[1] = x, y
    _corner(walk)


@kernel
def _leave_depot(walk: Walk, a: int, off_grid: bool) -> None:
    if off_grid:
        door = walk.door[a]
        walk.place[0], walk.place[1] = walk.aisle_x[door], walk.cross_y[0]
        walk.place[2] += walk.access[a] - abs(walk.aisle_x[door] - walk.aisle_x[a])
        _corner(walk)
    _along(walk, a)


@kernel
def _return_to_depot(walk: Walk, off_grid: bool, depot_x: float, depot_y: float) -> None:
    if off_grid:
        a = walk.counts[2]
        door = walk.door[a]
        _along(walk, door)
        walk.place[0], walk.place[1] = depot_x, depot_y
        walk.place[2] += walk.access[a] - abs(walk.aisle_x[door] - walk.aisle_x[a])
        _corner(walk)
    else:
        _go(walk, depot_x, walk.cross_y[0])


@kernel
def _along(walk: Walk, a: int) -> None:
    """Along the cross-aisle to an aisle."""
    _go(walk, walk.aisle_x[a], walk.place[1])
    walk.counts[2], walk.counts[3] = a, -1


@kernel
def _take(walk: Walk, begin: int, end: int, upwards: bool) -> None:
    """Walk along this aisle over the picks ``order[begin:end]``, stopping at those not taken."""
    order, taken, stops, side = walk.order, walk.taken, walk.stops, walk.side
    count, last_side, last = walk.counts[0], walk.counts[3], -1
    for i in range(end - begin):
        pick = order[begin + i if upwards else end - 1 - i]
        if taken[pick]:
            continue
        if walk.crossing > 0.0:
            if last_side == 1 - side[pick]:
                walk.place[2] += walk.crossing
            last_side = side[pick]
        taken[pick] = True
        stops[count] = pick
        count, last = count + 1, pick
    if last >= 0:
        walk.counts[0], walk.counts[3] = count, last_side
        _go(walk, walk.place[0], walk.y[last])


@kernel
def _through(walk: Walk, b: int, upwards: bool) -> None:
    """Through a sub-aisle of this aisle, taking all."""
    begin, end = _picks_of(walk, walk.counts[2], b)
    _take(walk, begin, end, upwards)
    _go(walk, walk.place[0], walk.cross_y[b + 1 if upwards else b])
    walk.counts[3] = -1


@kernel
def _into(walk: Walk, b: int, split: int, upwards: bool) -> None:
    """Into a sub-aisle of this aisle and back, for its picks before ``split``, or for those from it on."""
    begin, end = _picks_of(walk, walk.counts[2], b)
    if upwards:
        _take(walk, begin, split, True)
    else:
        _take(walk, split, end, False)
    _go(walk, walk.place[0], walk.cross_y[b if upwards else b + 1])
    walk.counts[3] = -1


@kernel
def _wanted(walk: Walk, b: int) -> Ints:
    """Aisles with picks in a block that are not taken, the nearer end of the row first."""
    found = np.empty(len(walk.aisle_x), dtype=np.int64)
    count = 0
    for a in range(len(walk.aisle_x)):
        begin, end = _picks_of(walk, a, b)
        for at in range(begin, end):
            if not walk.taken[walk.order[at]]:
                found[count] = a
                count += 1
                break
    found = found[:count].copy()
    if count > 0:
        x = walk.place[0]
        if abs(walk.aisle_x[found[-1]] - x) < abs(walk.aisle_x[found[0]] - x):
            found = found[::-1].copy()
    return found


@kernel
def _block_by_block(walk: Walk, rule: int) -> None:
    blocks, farthest = len(walk.cross_y) - 1, 0
    for c in range(len(walk.begin) - 1):
        if walk.begin[c] < walk.begin[c + 1]:
            farthest = max(farthest, c % blocks)
    for b in range(farthest):
        _through(walk, b, True)
    for b in range(farthest, -1, -1):
        aisles = _wanted(walk, b)
        at_front = b == farthest
        if len(aisles) == 0:
            if not at_front:
                _through(walk, b, False)
        elif rule in (MIDPOINT, LARGEST_GAP) and len(aisles) > 1:
            _around_the_block(walk, rule, b, aisles, at_front)
        else:
            _aisle_after_aisle(walk, b, aisles, at_front, _turns(walk, rule, b, aisles, at_front))


@kernel
def _aisle_after_aisle(walk: Walk, b: int, aisles: Ints, at_front: bool, turns: NDArray[np.bool_]) -> None:
    """Each sub-aisle once: into it and back where ``turns`` says so, else through it."""
    for i in range(len(aisles)):
        _along(walk, aisles[i])
        if turns[i]:
            begin, end = _picks_of(walk, aisles[i], b)
            _into(walk, b, end if at_front else begin, at_front)
        else:
            _through(walk, b, at_front)
            at_front = not at_front


@kernel
def _turns(walk: Walk, rule: int, b: int, aisles: Ints, at_front: bool) -> NDArray[np.bool_]:
    """In which of these sub-aisles the picker turns round, so that the walk ends at the block's front."""
    count = len(aisles)
    if rule == COMBINED:
        return _best_turns(walk, b, aisles, at_front)
    turns = np.full(count, rule == RETURN)
    if rule == RETURN:
        turns[-1] = at_front
    else:
        turns[-1] = at_front == (count % 2 == 1)
    return turns


@kernel
def _best_turns(walk: Walk, b: int, aisles: Ints, at_front: bool) -> NDArray[np.bool_]:
    """The best mix of going through and turning, by a program over the sub-aisles (combined rule)."""
    count, length = len(aisles), walk.cross_y[b + 1] - walk.cross_y[b]
    to_front, to_back = (0.0, FAR) if at_front else (FAR, 0.0)
    turned = np.empty((count, 2), dtype=np.bool_)
    for i in range(count):
        begin, end = _picks_of(walk, aisles[i], b)
        first = walk.y[walk.order[begin]] - walk.cross_y[b]
        last = walk.y[walk.order[end - 1]] - walk.cross_y[b]
        turned[i, 0] = to_front + 2.0 * last < to_back + length
        turned[i, 1] = to_back + 2.0 * (length - first) < to_front + length
        to_front, to_back = (
            min(to_front + 2.0 * last, to_back + length),
            min(to_back + 2.0 * (length - first), to_front + length),
        )
    turns = np.empty(count, dtype=np.bool_)
    end = 0
    for i in range(count - 1, -1, -1):
        turns[i] = turned[i, end]
        if not turns[i]:
            end = 1 - end
    return turns


@kernel
def _around_the_block(walk: Walk, rule: int, b: int, aisles: Ints, at_front: bool) -> None:
    """Along the back for what lies behind the split of each sub-aisle, then along the front for the rest."""
    _along(walk, aisles[0])
    if at_front:
        _through(walk, b, True)
    for i in range(len(aisles) - 1):
        _along(walk, aisles[i])
        _into(walk, b, _split(walk, rule, aisles[i], b), False)
    _along(walk, aisles[-1])
    _through(walk, b, False)
    for i in range(len(aisles) - 2, -1, -1):
        begin, _ = _picks_of(walk, aisles[i], b)
        split = _split(walk, rule, aisles[i], b)
        if split > begin and not walk.taken[walk.order[begin]]:
            _along(walk, aisles[i])
            _into(walk, b, split, True)


@kernel
def _split(walk: Walk, rule: int, a: int, b: int) -> int:
    """Where the picks of a sub-aisle that are fetched from the back begin."""
    begin, end = _picks_of(walk, a, b)
    front, back = walk.cross_y[b], walk.cross_y[b + 1]
    split, widest, before = begin, -1.0, front
    for at in range(begin, end):
        here = walk.y[walk.order[at]]
        if rule == MIDPOINT:
            split = at + 1 if here < 0.5 * (front + back) else split
        elif here - before > widest:
            split, widest = at, here - before
        before = here
    if rule == LARGEST_GAP and back - before > widest:
        split = end
    return int(split)


@kernel
def _aisle_by_aisle(walk: Walk, low: int, high: int) -> None:
    """Each aisle once, from left to right, changing by the best cross-aisle (Vaughan & Petersen 1999)."""
    rows = len(walk.cross_y)
    value, after = np.full(rows, FAR), np.empty(rows)
    value[0] = 0.0
    came = np.zeros((len(walk.aisle_x), rows), dtype=np.int64)
    for a in range(low, high + 1):
        begin, end = _picks_in_aisle(walk, a)
        after[:] = FAR
        for r in range(rows):
            for s in range(rows):
                near, far = min(walk.cross_y[r], walk.cross_y[s]), max(walk.cross_y[r], walk.cross_y[s])
                direct = far - near
                if begin < end:
                    near = min(near, walk.y[walk.order[begin]])
                    far = max(far, walk.y[walk.order[end - 1]])
                if value[r] + 2.0 * (far - near) - direct < after[s]:
                    after[s] = value[r] + 2.0 * (far - near) - direct
                    came[a, s] = r
        value[:] = after
    leaves = np.zeros(len(walk.aisle_x), dtype=np.int64)
    for a in range(high, low, -1):
        leaves[a - 1] = came[a, leaves[a]]
    row = 0
    for a in range(low, high + 1):
        _along(walk, a)
        _whole_aisle(walk, a, row, leaves[a])
        row = leaves[a]


@kernel
def _whole_aisle(walk: Walk, a: int, row: int, to: int) -> None:
    """All picks of an aisle from one cross-aisle to another: first away from where it ends, then towards it."""
    begin, end = _picks_in_aisle(walk, a)
    start = walk.cross_y[row]
    upwards = to >= row
    split = begin
    while split < end and (
        walk.y[walk.order[split]] < start or (not upwards and walk.y[walk.order[split]] == start)
    ):
        split += 1
    if upwards:
        _take(walk, begin, split, False)
        _take(walk, split, end, True)
    else:
        _take(walk, split, end, True)
        _take(walk, begin, split, False)
    _go(walk, walk.place[0], walk.cross_y[to])


@kernel
def many_rule_lengths(
    grid: Grid, rule: int, starts: Ints, aisle: Ints, y: Floats, side: Ints, out: Floats
) -> None:
    """Add the lengths of walks by a rule to ``out``: tour ``t`` has the picks ``starts[t]:starts[t + 1]``."""
    for t in range(len(out)):
        here = slice(starts[t], starts[t + 1])
        if starts[t] < starts[t + 1]:
            out[t] += rule_walk(grid, rule, aisle[here], y[here], side[here], grid.cross_y[0]).place[2]
