"""Free room as a list of the largest empty cuboids, which may overlap one another.

Without support these are all maximal ones (Lai & Chan 1997; Parreño et al. 2008). With support each also
stands on the floor or on the flat top of one block, or on tops of one height that adjoin, with its whole
base.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.packing.loading.blocks import Blocks, Stock

#: Spaces that one state keeps at most.
MAX_SPACES = 1000


class States(NamedTuple):
    """Partly filled containers, as arrays over states (S).

    ``space``: (S, MAX_SPACES, 6) low and high corner; ``spaces``: (S,) how many. ``placed``: (S, P, 8) block,
    corner, low and high corner; ``placements``: (S,) how many. ``left``: (S, T) boxes not yet loaded.
    ``capacity``: (S,) weight that may still be loaded. ``worth``: (S,) loaded.
    """

    space: Ints
    spaces: Ints
    placed: Ints
    placements: Ints
    left: Ints
    capacity: Ints
    worth: Floats


def empty_states(states: int, kinds: int, placements: int) -> States:
    """Room for so many states."""
    return States(
        space=np.zeros((states, MAX_SPACES, 6), np.int64),
        spaces=np.zeros(states, np.int64),
        placed=np.zeros((states, placements, 8), np.int64),
        placements=np.zeros(states, np.int64),
        left=np.zeros((states, kinds), np.int64),
        capacity=np.zeros(states, np.int64),
        worth=np.zeros(states),
    )


@kernel
def copy_state(states: States, source: int, target: int) -> None:
    spaces, placements = states.spaces[source], states.placements[source]
    states.space[target, :spaces] = states.space[source, :spaces]
    states.spaces[target] = spaces
    states.placed[target, :placements] = states.placed[source, :placements]
    states.placements[target] = placements
    states.left[target] = states.left[source]
    states.capacity[target] = states.capacity[source]
    states.worth[target] = states.worth[source]


@kernel
def nearest_space(states: States, state: int, room: Ints, supported: bool) -> tuple[int, int]:
    """The space closest to a corner of the container, and that corner (bits: 1 far x, 2 far y, 4 top).

    Distance is Manhattan, from a corner of the space to the same corner of the container; the larger of two
    spaces as close goes first. (-1, 0) where there is no space.
    """
    best, best_corner = -1, 0
    best_distance, best_volume = np.int64(0), np.int64(0)
    for index in range(states.spaces[state]):
        space = states.space[state, index]
        distance, corner, volume = np.int64(0), 0, np.int64(1)
        for axis in range(3):
            low, high = space[axis], room[axis] - space[axis + 3]
            volume *= space[axis + 3] - space[axis]
            if high < low and not (supported and axis == 2):
                distance += high
                corner |= 1 << axis
            else:
                distance += low
        if best < 0 or distance < best_distance or (distance == best_distance and volume > best_volume):
            best, best_corner, best_distance, best_volume = index, corner, distance, volume
    return best, best_corner


@kernel
def remove_space(states: States, state: int, index: int) -> None:
    last = states.spaces[state] - 1
    states.space[state, index] = states.space[state, last]
    states.spaces[state] = last


@kernel
def some_box_fits(stock: Stock, left: Ints, space: Ints) -> bool:
    """Whether any box that is left fits into the space."""
    x, y, z = space[3] - space[0], space[4] - space[1], space[5] - space[2]
    for orientation in range(len(stock.kind)):
        if (
            stock.extent[orientation, 0] <= x
            and stock.extent[orientation, 1] <= y
            and stock.extent[orientation, 2] <= z
            and left[stock.kind[orientation]] > 0
        ):
            return True
    return False


@kernel
def place_block(
    stock: Stock,
    blocks: Blocks,
    states: States,
    state: int,
    index: int,
    corner: int,
    block: int,
    supported: bool,
    scratch: Ints,
) -> None:
    """Put a block into that corner of the space ``index``, and cut what is free."""
    placement = states.placements[state]
    entry = states.placed[state, placement]
    entry[0] = block
    entry[1] = corner
    for axis in range(3):
        extent = blocks.extent[block, axis]
        if corner >> axis & 1:
            entry[5 + axis] = states.space[state, index, 3 + axis]
            entry[2 + axis] = entry[5 + axis] - extent
        else:
            entry[2 + axis] = states.space[state, index, axis]
            entry[5 + axis] = entry[2 + axis] + extent
    states.placements[state] = placement + 1
    for place in range(blocks.kinds[block]):
        states.left[state, blocks.kind[block, place]] -= blocks.needed[block, place]
    states.capacity[state] -= blocks.weight[block]
    states.worth[state] += blocks.worth[block]
    _cut_spaces(stock, states, state, entry[2:8], _flat_top(blocks, entry), supported, scratch)


@kernel
def _flat_top(blocks: Blocks, entry: Ints) -> tuple[int, int, int, int]:
    """Where the flat part of a placed block's top lies: low x, low y, high x, high y."""
    x0, y0, x1, y1 = entry[2], entry[3], entry[5], entry[6]
    along, across = blocks.top[entry[0], 0], blocks.top[entry[0], 1]
    if entry[1] & 1:
        x0 = x1 - along
    else:
        x1 = x0 + along
    if entry[1] & 2:
        y0 = y1 - across
    else:
        y1 = y0 + across
    return x0, y0, x1, y1


@kernel
def _cut_spaces(
    stock: Stock,
    states: States,
    state: int,
    box: Ints,
    top: tuple[int, int, int, int],
    supported: bool,
    scratch: Ints,
) -> None:
    """Replace each space that the box overlaps by what remains of it."""
    spaces = states.space[state]
    least = _least_sides(stock, states.left[state])
    kept = 0
    new = 0
    for index in range(states.spaces[state]):
        space = spaces[index]
        if (
            space[0] >= box[3]
            or space[3] <= box[0]
            or space[1] >= box[4]
            or space[4] <= box[1]
            or space[2] >= box[5]
            or space[5] <= box[2]
        ):
            if kept != index:
                spaces[kept] = space
            kept += 1
            continue
        for side in range(6):
            axis = side % 3
            if new == len(scratch):
                break
            remainder = scratch[new]
            remainder[:] = space
            if side < 3:
                if box[axis] <= space[axis]:
                    continue
                remainder[3 + axis] = box[axis]
            else:
                if box[3 + axis] >= space[3 + axis]:
                    continue
                remainder[axis] = box[3 + axis]
                if supported and axis == 2:
                    remainder[0] = max(remainder[0], top[0])
                    remainder[1] = max(remainder[1], top[1])
                    remainder[3] = min(remainder[3], top[2])
                    remainder[4] = min(remainder[4], top[3])
            if (
                remainder[3] - remainder[0] >= least[0]
                and remainder[4] - remainder[1] >= least[1]
                and remainder[5] - remainder[2] >= least[2]
                and some_box_fits(stock, states.left[state], remainder)
            ):
                new += 1
    states.spaces[state] = kept
    if supported:
        new = _join_bases(spaces, kept, scratch, new, box[5])
    _add_maximal(states, state, kept, scratch, new)


@kernel
def _least_sides(stock: Stock, left: Ints) -> tuple[int, int, int]:
    """The shortest side along each axis of the boxes that are left."""
    x, y, z = stock.room[0] + 1, stock.room[1] + 1, stock.room[2] + 1
    for orientation in range(len(stock.kind)):
        if left[stock.kind[orientation]] > 0:
            x = min(x, stock.extent[orientation, 0])
            y = min(y, stock.extent[orientation, 1])
            z = min(z, stock.extent[orientation, 2])
    return x, y, z


@kernel
def _join_bases(spaces: Ints, kept: int, scratch: Ints, new: int, level: int) -> int:
    """Add the spaces over two adjoining bases of the height ``level``. Returns how many are new."""
    first = 0
    while first < new:
        one = scratch[first]
        if one[2] == level:
            for second in range(kept + first):
                other = spaces[second] if second < kept else scratch[second - kept]
                if other[2] != level:
                    continue
                for axis in range(2):
                    if new == len(scratch) or one[axis] > other[3 + axis] or other[axis] > one[3 + axis]:
                        continue
                    joined = scratch[new]
                    across = 1 - axis
                    joined[axis] = min(one[axis], other[axis])
                    joined[3 + axis] = max(one[3 + axis], other[3 + axis])
                    joined[across] = max(one[across], other[across])
                    joined[3 + across] = min(one[3 + across], other[3 + across])
                    joined[2] = level
                    joined[5] = min(one[5], other[5])
                    if joined[across] < joined[3 + across] and not (
                        _inside(joined, one)
                        or _inside(joined, other)
                        or _inside_any(joined, scratch, new)
                        or _inside_any(joined, spaces, kept)
                    ):
                        new += 1
        first += 1
    return new


@kernel
def _inside(inner: Ints, outer: Ints) -> bool:
    return bool(
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] >= outer[2]
        and inner[3] <= outer[3]
        and inner[4] <= outer[4]
        and inner[5] <= outer[5]
    )


@kernel
def _inside_any(inner: Ints, spaces: Ints, number: int) -> bool:
    index = 0
    while index < number and not _inside(inner, spaces[index]):
        index += 1
    return index < number


@kernel
def _add_maximal(states: States, state: int, kept: int, scratch: Ints, new: int) -> None:
    """Add those new spaces that lie in no other one."""
    spaces = states.space[state]
    number = kept
    for index in range(new):
        if number == MAX_SPACES:
            break
        candidate = scratch[index]
        maximal = not _inside_any(candidate, spaces, kept)
        other = 0
        while maximal and other < new:
            if other != index and _inside(candidate, scratch[other]):
                # of two equal ones the first stays
                maximal = other > index and _inside(scratch[other], candidate)
            other += 1
        if maximal:
            spaces[number] = candidate
            number += 1
    states.spaces[state] = number
