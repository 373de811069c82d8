"""Which block goes next into a space: the one of most worth that fits snugly and leaves usable room.

The merit of a block is worth × contact⁴ × usable × boxes⁻⁰·² (Araya, Guerrero & Nuñez 2017, VCS):
``contact`` is the share of its surface that touches walls or blocks, ``usable`` the share of the space that
rows of boxes beside it could still fill.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.packing.loading.blocks import Blocks, Stock
from hecang_optim.packing.loading.spaces import States

#: A face that is this share of the block's side away from a wall or a block still counts as touching.
TOUCH = 0.04


class Judge(NamedTuple):
    """Tables and scratch of the judging.

    ``open``: (2, B) blocks that may still be placed, most attractive first, ``opens`` (2,) of them;
    ``extent`` (2, B, 3) and ``attraction`` (2, B) of these. Row 0 belongs to the state that is opened, row
    1 to the one that is completed, once it has been narrowed down. ``row``: (1,) which is in use;
    ``scanned``: (1,) blocks looked at since. ``reach``: (3, longest side + 1) longest row of boxes up to a
    length. ``near``: (P,) placements around a space. ``fitting``, ``bound``, ``plain``: (B,) blocks that
    fit into a space, the highest merit they could have, and their merit without contact. ``found``,
    ``merit``: (width,) the best.
    """

    open: Ints
    opens: Ints
    extent: Ints
    attraction: Floats
    row: Ints
    scanned: Ints
    reach: Ints
    near: Ints
    fitting: Ints
    bound: Floats
    plain: Floats
    found: Ints
    merit: Floats


def make_judge(blocks: Blocks, room: Ints, placements: int, width: int) -> Judge:
    number = len(blocks.boxes)
    return Judge(
        open=np.zeros((2, number), np.int64),
        opens=np.zeros(2, np.int64),
        extent=np.zeros((2, number, 3), np.int64),
        attraction=np.zeros((2, number)),
        row=np.zeros(1, np.int64),
        scanned=np.zeros(1, np.int64),
        reach=np.zeros((3, int(room.max()) + 1), np.int64),
        near=np.zeros(placements, np.int64),
        fitting=np.zeros(number, np.int64),
        bound=np.zeros(number),
        plain=np.zeros(number),
        found=np.zeros(width, np.int64),
        merit=np.zeros(width),
    )


@kernel
def prepare(stock: Stock, blocks: Blocks, states: States, state: int, judge: Judge) -> None:
    """Fill the tables for what is left in this state (they hold, loosely, for what follows from it)."""
    number = len(blocks.boxes)
    for block in range(number):
        judge.open[0, block] = block
    judge.opens[0] = number
    judge.row[0] = 0
    narrow(blocks, states, state, judge, 0)
    for axis in range(3):
        _fill_reach(stock, states.left[state], axis, judge.reach[axis])


@kernel
def narrow(blocks: Blocks, states: States, state: int, judge: Judge, target: int) -> None:
    """Write to the row ``target`` those open blocks that may still find boxes and room in the state; use it."""
    x, y, z = np.int64(0), np.int64(0), np.int64(0)
    for index in range(states.spaces[state]):
        space = states.space[state, index]
        x, y, z = max(x, space[3] - space[0]), max(y, space[4] - space[1]), max(z, space[5] - space[2])
    source = judge.row[0]
    opens = 0
    for at in range(judge.opens[source]):
        block = judge.open[source, at]
        along, across, up = blocks.extent[block, 0], blocks.extent[block, 1], blocks.extent[block, 2]
        if along > x or across > y or up > z:
            continue
        if _is_available(blocks, block, states.left[state], states.capacity[state]):
            judge.open[target, opens] = block
            judge.extent[target, opens, 0] = along
            judge.extent[target, opens, 1] = across
            judge.extent[target, opens, 2] = up
            judge.attraction[target, opens] = blocks.attraction[block]
            opens += 1
    judge.opens[target] = opens
    judge.row[0] = target
    judge.scanned[0] = 0


@kernel
def _is_available(blocks: Blocks, block: int, left: Ints, capacity: int) -> bool:
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
    nears = _find_near(states, state, space, judge.near)
    fitting, likeliest = _find_fitting(stock, blocks, states, state, space, corner, judge, nears, width == 1)
    if fitting == 0:
        return 0
    # The likeliest first: the better the worst of those kept, the fewer need a closer look.
    _swap(judge, 0, likeliest)
    found, least = 0, -1.0
    for at in range(fitting):
        if judge.bound[at] <= least:
            continue
        block = judge.fitting[at]
        low, high = _span(space, corner, blocks.extent[block])
        contact = _contact(stock.room, states.placed[state], low, high, judge.near, nears)
        merit = judge.plain[at] * contact**4
        if merit <= least:
            continue
        found = min(found + 1, width)
        place = found - 1
        while place > 0 and judge.merit[place - 1] < merit:
            judge.merit[place] = judge.merit[place - 1]
            judge.found[place] = judge.found[place - 1]
            place -= 1
        judge.merit[place] = merit
        judge.found[place] = block
        if found == width:
            least = judge.merit[found - 1]
    return found


@kernel
def _find_fitting(
    stock: Stock,
    blocks: Blocks,
    states: States,
    state: int,
    space: Ints,
    corner: int,
    judge: Judge,
    nears: int,
    alone: bool,
) -> tuple[int, int]:
    """List the open blocks that fit into the space; returns how many, and the one that may have most merit.

    :param alone: only the best is wanted: leave out those that cannot be it.
    """
    x, y, z = space[3] - space[0], space[4] - space[1], space[5] - space[2]
    room = float(x) * y * z
    row = judge.row[0]
    open_, extent, attraction = judge.open[row], judge.extent[row], judge.attraction[row]
    opens = judge.opens[row]
    left, capacity = states.left[state], states.capacity[state]
    fitting, likeliest, least = 0, 0, -1.0
    begin = _first_up_to(attraction, opens, room * stock.densest[0])
    judge.scanned[0] += opens - begin
    for at in range(begin, opens):
        if attraction[at] < least:
            break
        along, across, up = extent[at, 0], extent[at, 1], extent[at, 2]
        if along > x or across > y or up > z:
            continue
        usable = (
            float(along + judge.reach[0, x - along])
            * (across + judge.reach[1, y - across])
            * (up + judge.reach[2, z - up])
            / room
        )
        plain = attraction[at] * usable
        bound = plain * _highest_contact(along, across, up, x, y, z) ** 4
        block = open_[at]
        if bound < least or not _is_available(blocks, block, left, capacity):
            continue
        judge.fitting[fitting] = block
        judge.plain[fitting] = plain
        judge.bound[fitting] = bound
        if fitting == 0 or bound > judge.bound[likeliest]:
            likeliest = fitting
            if alone:
                low, high = _span(space, corner, extent[at])
                contact = _contact(stock.room, states.placed[state], low, high, judge.near, nears)
                least = max(least, plain * contact**4)
        fitting += 1
    return fitting, likeliest


@kernel
def _swap(judge: Judge, one: int, other: int) -> None:
    judge.fitting[one], judge.fitting[other] = judge.fitting[other], judge.fitting[one]
    judge.plain[one], judge.plain[other] = judge.plain[other], judge.plain[one]
    judge.bound[one], judge.bound[other] = judge.bound[other], judge.bound[one]


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
def _span(space: Ints, corner: int, extent: Ints) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Low and high corner of a block of that extent in that corner of the space."""
    x = space[3] - extent[0] if corner & 1 else space[0]
    y = space[4] - extent[1] if corner & 2 else space[1]
    z = space[5] - extent[2] if corner & 4 else space[2]
    return (x, y, z), (x + extent[0], y + extent[1], z + extent[2])


@kernel
def _contact(
    room: Ints,
    placed: Ints,
    low: tuple[int, int, int],
    high: tuple[int, int, int],
    near: Ints,
    nears: int,
) -> float:
    """Share of a block's surface that touches walls or other blocks."""
    x, y, z = high[0] - low[0], high[1] - low[1], high[2] - low[2]
    slack_x, slack_y, slack_z = TOUCH * x, TOUCH * y, TOUCH * z
    front, side, base = float(y) * z, float(x) * z, float(x) * y
    # area that touches on each of the six faces
    x0 = front if low[0] <= slack_x else 0.0
    x1 = front if room[0] - high[0] <= slack_x else 0.0
    y0 = side if low[1] <= slack_y else 0.0
    y1 = side if room[1] - high[1] <= slack_y else 0.0
    z0 = base if low[2] <= slack_z else 0.0
    z1 = base if room[2] - high[2] <= slack_z else 0.0
    for index in range(nears):
        box = placed[near[index]]
        # how far the two overlap along each axis; negative: the gap between them
        over_x = min(high[0], box[5]) - max(low[0], box[2])
        over_y = min(high[1], box[6]) - max(low[1], box[3])
        over_z = min(high[2], box[7]) - max(low[2], box[4])
        if over_x <= 0:
            if over_x >= -slack_x and over_y > 0 and over_z > 0:
                if box[2] >= high[0]:
                    x1 += float(over_y) * over_z
                else:
                    x0 += float(over_y) * over_z
        elif over_y <= 0:
            if over_y >= -slack_y and over_z > 0:
                if box[3] >= high[1]:
                    y1 += float(over_x) * over_z
                else:
                    y0 += float(over_x) * over_z
        elif over_z >= -slack_z:
            if box[4] >= high[2]:
                z1 += float(over_x) * over_y
            else:
                z0 += float(over_x) * over_y
    touching = min(x0, front) + min(x1, front) + min(y0, side) + min(y1, side) + min(z0, base) + min(z1, base)
    return touching / (2 * (front + side + base))
