"""Which block goes next into a space: the one of most worth that fits snugly and leaves usable room.

The merit of a block is worth × contact⁴ × usable × boxes⁻⁰·² (Araya, Guerrero & Nuñez 2017, VCS): ``contact`` is the
share of its surface that touches walls or blocks, ``usable`` the share of the space that rows of boxes beside it
could still fill.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hecang_optim.compiled import kernel
from hecang_optim.packing.loading.blocks import Blocks, Stock
from hecang_optim.packing.loading.spaces import States

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: A face that is this share of the block's side away from a wall or a block still counts as touching.
TOUCH = 0.04


class Judge(NamedTuple):
    """Tables and scratch of the judging.

    ``alive``: (B,) blocks for which boxes are left, most attractive first, ``alives`` (1,) of them;
    ``alive_extent`` (B, 3) and ``alive_attraction`` (B,) of these. ``reach``: (3, longest side + 1) longest row of
    boxes up to a length. ``near``: (P,) placements around a space. ``found``, ``merit``: (width,) the best.
    """

    alive: Ints
    alives: Ints
    alive_extent: Ints
    alive_attraction: Floats
    reach: Ints
    near: Ints
    found: Ints
    merit: Floats


def make_judge(blocks: Blocks, room: Ints, placements: int, width: int) -> Judge:
    number = len(blocks.boxes)
    return Judge(
        alive=np.zeros(number, np.int64),
        alives=np.zeros(1, np.int64),
        alive_extent=np.zeros((number, 3), np.int64),
        alive_attraction=np.zeros(number),
        reach=np.zeros((3, int(room.max()) + 1), np.int64),
        near=np.zeros(placements, np.int64),
        found=np.zeros(width, np.int64),
        merit=np.zeros(width),
    )


@kernel
def prepare(stock: Stock, blocks: Blocks, states: States, state: int, judge: Judge) -> None:
    """Fill the judge's tables for what is left in this state (they hold, loosely, for what follows from it)."""
    alives = 0
    for block in range(len(blocks.boxes)):
        if is_available(blocks, block, states.left[state], states.capacity[state]):
            judge.alive[alives] = block
            judge.alive_extent[alives] = blocks.extent[block]
            judge.alive_attraction[alives] = blocks.attraction[block]
            alives += 1
    judge.alives[0] = alives
    for axis in range(3):
        _fill_reach(stock, states.left[state], axis, judge.reach[axis])


@kernel
def is_available(blocks: Blocks, block: int, left: Ints, capacity: int) -> bool:
    """Whether there are boxes enough for the block, and it is not too heavy."""
    if blocks.weight[block] > capacity:
        return False
    for place in range(blocks.kinds[block]):
        if left[blocks.kind[block, place]] < blocks.needed[block, place]:
            return False
    return True


@kernel
def _fill_reach(stock: Stock, left: Ints, axis: int, reach: Ints) -> None:
    """For each length along the axis: the longest row of boxes that are left which fits into it."""
    longest = stock.room[axis]
    number = np.zeros(longest + 1, np.int64)
    for orientation in range(len(stock.kind)):
        side = stock.extent[orientation, axis]
        if side <= longest:
            number[side] += left[stock.kind[orientation]]
    reached = np.zeros(longest + 1, np.bool_)
    reached[0] = True
    used = np.zeros(longest + 1, np.int64)
    for side in range(1, longest + 1):
        if number[side] == 0:
            continue
        used[:] = 0
        for length in range(side, longest + 1):
            if not reached[length] and reached[length - side] and used[length - side] < number[side]:
                reached[length] = True
                used[length] = used[length - side] + 1
    last = 0
    for length in range(longest + 1):
        if reached[length]:
            last = length
        reach[length] = last


@kernel
def best_blocks(
    stock: Stock,
    blocks: Blocks,
    states: States,
    state: int,
    index: int,
    corner: int,
    judge: Judge,
    width: int,
) -> int:
    """Write the ``width`` best blocks for a corner of the space ``index`` to ``judge.found``; returns how many."""
    space = states.space[state, index]
    x, y, z = space[3] - space[0], space[4] - space[1], space[5] - space[2]
    room = float(x) * y * z
    nears = _find_near(states, state, space, judge.near)
    most = room * stock.densest[0]
    found = 0
    for at in range(_first_up_to(judge.alive_attraction, judge.alives[0], most), judge.alives[0]):
        attraction = judge.alive_attraction[at]
        full = found == width
        if full and attraction <= judge.merit[found - 1]:
            break
        along, across, up = judge.alive_extent[at, 0], judge.alive_extent[at, 1], judge.alive_extent[at, 2]
        if along > x or across > y or up > z:
            continue
        usable = (
            float(along + judge.reach[0, x - along])
            * (across + judge.reach[1, y - across])
            * (up + judge.reach[2, z - up])
            / room
        )
        merit = attraction * usable
        if full:
            highest = _highest_contact(along, across, up, x, y, z)
            if merit * highest**4 <= judge.merit[found - 1]:
                continue
        block = judge.alive[at]
        if not is_available(blocks, block, states.left[state], states.capacity[state]):
            continue
        contact = _contact(stock.room, states, state, space, corner, (along, across, up), judge.near, nears)
        merit *= contact**4
        if full and merit <= judge.merit[found - 1]:
            continue
        if not full:
            found += 1
        place = found - 1
        while place > 0 and judge.merit[place - 1] < merit:
            judge.merit[place] = judge.merit[place - 1]
            judge.found[place] = judge.found[place - 1]
            place -= 1
        judge.merit[place] = merit
        judge.found[place] = block
    return found


@kernel
def _first_up_to(falling: Floats, number: int, most: float) -> int:
    """Index of the first of ``number`` falling figures that is not above ``most``."""
    low, high = 0, number
    while low < high:
        middle = (low + high) // 2
        if falling[middle] > most:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _find_near(states: States, state: int, space: Ints, near: Ints) -> int:
    """The placements that a block in this space could touch; returns how many."""
    x = TOUCH * (space[3] - space[0])
    y = TOUCH * (space[4] - space[1])
    z = TOUCH * (space[5] - space[2])
    nears = 0
    for placement in range(states.placements[state]):
        box = states.placed[state, placement, 2:]
        if (
            box[0] <= space[3] + x
            and box[3] >= space[0] - x
            and box[1] <= space[4] + y
            and box[4] >= space[1] - y
            and box[2] <= space[5] + z
            and box[5] >= space[2] - z
        ):
            near[nears] = placement
            nears += 1
    return nears


@kernel
def _highest_contact(along: int, across: int, up: int, x: int, y: int, z: int) -> float:
    """Share of the surface that can touch at all: three faces, and those opposite that reach the space's end."""
    front, side, base = float(across) * up, float(along) * up, float(along) * across
    touching = front + side + base
    total = 2 * touching
    if x - along <= TOUCH * along:
        touching += front
    if y - across <= TOUCH * across:
        touching += side
    if z - up <= TOUCH * up:
        touching += base
    return touching / total


@kernel
def _contact(
    room: Ints,
    states: States,
    state: int,
    space: Ints,
    corner: int,
    extent: tuple[int, int, int],
    near: Ints,
    nears: int,
) -> float:
    """Share of a block's surface that touches walls or other blocks."""
    touching, total = 0.0, 0.0
    low0, high0 = _span(space, corner, 0, extent[0])
    low1, high1 = _span(space, corner, 1, extent[1])
    low2, high2 = _span(space, corner, 2, extent[2])
    low, high = (low0, low1, low2), (high0, high1, high2)
    for axis in range(3):
        one, other = (axis + 1) % 3, (axis + 2) % 3
        slack = TOUCH * extent[axis]
        face = float(extent[one]) * extent[other]
        before, after = low[axis] <= slack, room[axis] - high[axis] <= slack
        below, above = 0.0, 0.0
        for index in range(nears):
            if before and after:
                break
            box = states.placed[state, near[index], 2:]
            width = min(high[one], box[3 + one]) - max(low[one], box[one])
            depth = min(high[other], box[3 + other]) - max(low[other], box[other])
            if width <= 0 or depth <= 0:
                continue
            if 0 <= low[axis] - box[3 + axis] <= slack:
                below += float(width) * depth
            elif 0 <= box[axis] - high[axis] <= slack:
                above += float(width) * depth
        touching += face if before else min(below, face)
        touching += face if after else min(above, face)
        total += 2 * face
    return touching / total


@kernel
def _span(space: Ints, corner: int, axis: int, extent: int) -> tuple[int, int]:
    """Where a block of that extent lies along the axis."""
    if corner >> axis & 1:
        return space[3 + axis] - extent, space[3 + axis]
    return space[axis], space[axis] + extent
