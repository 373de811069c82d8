"""Blocks: boxes tied together, so that a search places dozens of boxes at once.

A *simple* block is a grid of equal boxes, equally oriented. A *general* block is two blocks side by side,
one behind the other or one on top of the other, with next to no gap (Fanslau & Bortfeldt 2010; Zhu, Oon,
Lim & Weng 2012). Where boxes need support, what lies on top of another lies fully on its flat top.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel

#: A general block must be filled up to this share.
MIN_FILL = 0.98
#: Blocks are joined where a side of the one is at least this share of the other's.
SIMILAR = 0.95
#: Places looked at for a mark in the table of those seen.
MAX_PROBES = 64
#: Pairs of blocks that are looked at, for each block that there is room for.
TRIES = 300
#: Share of the container that a general block takes at most.
MAX_SHARE = 0.5
#: Types that one block may mix.
MAX_TYPES = 8
#: Exponent that makes blocks of few boxes more attractive, as few boxes are easier to replace later.
COUNT_EXPONENT = 0.2


class Stock(NamedTuple):
    """The boxes, as arrays over types (T) and orientations (O).

    ``quantity``, ``worth``, ``weight``, ``volume``: (T,). ``kind``: (O,) type of an orientation;
    ``extent``: (O, 3). ``room``: (3,) the container's sides. ``densest``: (1,) most worth in a mm³.
    """

    quantity: Ints
    worth: Floats
    weight: Ints
    volume: Ints
    kind: Ints
    extent: Ints
    room: Ints
    densest: Floats


class Blocks(NamedTuple):
    """Blocks, as arrays over blocks (B).

    ``extent``: (B, 3) bounding sides. ``top``: (B, 2) sides of the flat part of the top, from the block's
    origin. ``attraction``: (B,) worth, less for many boxes. ``worth``, ``weight``, ``volume``, ``boxes``:
    (B,). ``kinds``: (B,) how many types; ``kind``, ``needed``: (B, MAX_TYPES) which, and how many of each.
    ``parts``: (B, 4): orientation and grid (nx, ny, nz) of a simple block; first part, second part, axis,
    -1 of a general one. ``content``: (B,) a mark of the boxes in it: the sum of their types' marks.
    """

    extent: Ints
    top: Ints
    attraction: Floats
    worth: Floats
    weight: Ints
    volume: Ints
    boxes: Ints
    kinds: Ints
    kind: Ints
    needed: Ints
    parts: Ints
    content: NDArray[np.uint64]


def empty_blocks(capacity: int) -> Blocks:
    """Room for so many blocks."""
    return Blocks(
        extent=np.zeros((capacity, 3), np.int64),
        top=np.zeros((capacity, 2), np.int64),
        attraction=np.zeros(capacity),
        worth=np.zeros(capacity),
        weight=np.zeros(capacity, np.int64),
        volume=np.zeros(capacity, np.int64),
        boxes=np.zeros(capacity, np.int64),
        kinds=np.zeros(capacity, np.int64),
        kind=np.zeros((capacity, MAX_TYPES), np.int64),
        needed=np.zeros((capacity, MAX_TYPES), np.int64),
        parts=np.zeros((capacity, 4), np.int64),
        content=np.zeros(capacity, np.uint64),
    )


def build_blocks(stock: Stock, capacity: int, supported: bool, seed: int) -> Blocks:
    """Simple blocks, then general ones up to ``capacity``, the most attractive first.

    :param seed: of the order in which blocks are joined, which matters where there is no room for all.
    """
    blocks = empty_blocks(capacity)
    each = max(1, capacity // (2 * max(1, len(stock.kind))))
    simple = add_simple_blocks(stock, blocks, each)
    total = join_blocks(stock, blocks, simple, supported, seed)
    order = np.lexsort((np.arange(total), -blocks.attraction[:total]))
    place = np.empty(total, np.int64)
    place[order] = np.arange(total)
    parts = blocks.parts[:total].copy()
    general = parts[:, 3] < 0
    parts[general, :2] = place[parts[general, :2]]
    blocks.parts[:total] = parts
    columns: list[Any] = [np.ascontiguousarray(column[order]) for column in blocks]
    return Blocks(*columns)


def join_blocks(stock: Stock, blocks: Blocks, simple: int, supported: bool, seed: int) -> int:
    """Join blocks, level by level, until there are no new ones or no room; returns how many there are then."""
    seen = np.zeros(32 * len(blocks.boxes) + 1024, np.uint64)
    remember(blocks, simple, seen)
    begin, total, tries = 0, simple, TRIES * len(blocks.boxes)
    shuffle = np.random.default_rng(seed)
    while begin < total and tries > 0:
        latest = shuffle.permutation(np.arange(begin, total))
        order = np.ascontiguousarray(np.argsort(blocks.extent[:total], axis=0, kind="stable").T)
        begin = total
        total, tries = add_general_blocks(stock, blocks, latest, total, order, supported, seen, tries)
    return total


@kernel
def remember(blocks: Blocks, number: int, seen: NDArray[np.uint64]) -> None:
    for block in range(number):
        sides = (blocks.extent[block, 0], blocks.extent[block, 1], blocks.extent[block, 2])
        is_new(sides, (blocks.top[block, 0], blocks.top[block, 1]), blocks.content[block], seen)


@kernel
def add_simple_blocks(stock: Stock, blocks: Blocks, each: int) -> int:
    """Grids of one orientation; at most about ``each`` of an orientation. Returns how many."""
    total = 0
    for orientation in range(len(stock.kind)):
        quantity = stock.quantity[stock.kind[orientation]]
        most = stock.room // stock.extent[orientation]
        thin = 0
        while thin < 8 and _grids(most, quantity, thin) > each:
            thin += 1
        for nx in range(1, min(most[0], quantity) + 1):
            if not _kept(nx, most[0], thin):
                continue
            for ny in range(1, min(most[1], quantity // nx) + 1):
                if not _kept(ny, most[1], thin):
                    continue
                for nz in range(1, min(most[2], quantity // (nx * ny)) + 1):
                    if _kept(nz, most[2], thin) and total < len(blocks.boxes):
                        _write_simple(stock, blocks, total, orientation, nx, ny, nz)
                        total += 1
    return total


@kernel
def _kept(number: int, most: int, thin: int) -> bool:
    """Whether a side of so many boxes is used: all; or small numbers, full sides and coarser steps between."""
    if thin == 0 or number <= 2 or number >= most:
        return True
    step = 1
    while number > 4 * step:
        step *= 2
    step = step << (thin - 1)
    return number % step == 0


@kernel
def _grids(most: Ints, quantity: int, thin: int) -> int:
    found = 0
    for nx in range(1, min(most[0], quantity) + 1):
        if not _kept(nx, most[0], thin):
            continue
        for ny in range(1, min(most[1], quantity // nx) + 1):
            if not _kept(ny, most[1], thin):
                continue
            for nz in range(1, min(most[2], quantity // (nx * ny)) + 1):
                if _kept(nz, most[2], thin):
                    found += 1
    return found


@kernel
def _write_simple(stock: Stock, blocks: Blocks, at: int, orientation: int, nx: int, ny: int, nz: int) -> None:
    kind = stock.kind[orientation]
    boxes = nx * ny * nz
    blocks.extent[at, 0] = nx * stock.extent[orientation, 0]
    blocks.extent[at, 1] = ny * stock.extent[orientation, 1]
    blocks.extent[at, 2] = nz * stock.extent[orientation, 2]
    blocks.top[at] = blocks.extent[at, :2]
    blocks.kinds[at] = 1
    blocks.kind[at, 0] = kind
    blocks.needed[at, 0] = boxes
    blocks.boxes[at] = boxes
    blocks.weight[at] = boxes * stock.weight[kind]
    blocks.volume[at] = boxes * stock.volume[kind]
    blocks.worth[at] = boxes * stock.worth[kind]
    blocks.attraction[at] = blocks.worth[at] * boxes**-COUNT_EXPONENT
    blocks.parts[at, 0] = orientation
    blocks.parts[at, 1] = nx
    blocks.parts[at, 2] = ny
    blocks.parts[at, 3] = nz
    blocks.content[at] = np.uint64(boxes) * _mixed(np.uint64(kind + 1))


@kernel
def add_general_blocks(
    stock: Stock,
    blocks: Blocks,
    latest: Ints,
    total: int,
    order: Ints,
    supported: bool,
    seen: NDArray[np.uint64],
    tries: int,
) -> tuple[int, int]:
    """Join each of the ``latest`` blocks with each that is about as deep and as high, while there is room.

    :param order: (3, total) the blocks by their side along each axis, shortest first.
    :param tries: pairs that may still be looked at.
    :return: how many blocks there are then, and how many tries are left.
    """
    known = total
    for second in latest:
        for axis in range(3):
            across = (axis + 1) % 3
            side = blocks.extent[second, across]
            at = _first_from(blocks.extent, across, order[across], side * SIMILAR)
            while at < known and blocks.extent[order[across, at], across] * SIMILAR <= side:
                first = order[across, at]
                at += 1
                tries -= 1
                if total == len(blocks.boxes) or tries == 0:
                    return total, 0
                for swap in range(2 if supported else 1):
                    lower, upper = (first, second) if swap == 0 else (second, first)
                    if (
                        total < len(blocks.boxes)
                        and _joins(stock, blocks, lower, upper, axis, supported)
                        and is_new(
                            _joined_sides(blocks, lower, upper, axis),
                            _joined_top(blocks, lower, upper, axis),
                            blocks.content[lower] + blocks.content[upper],
                            seen,
                        )
                        and _write_general(stock, blocks, total, lower, upper, axis)
                    ):
                        total += 1
    return total, tries


@kernel
def _first_from(extent: Ints, axis: int, order: Ints, least: float) -> int:
    """Index in ``order`` of the first block whose side along the axis is not below ``least``."""
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        if extent[order[middle], axis] < least:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _joins(stock: Stock, blocks: Blocks, first: int, second: int, axis: int, supported: bool) -> bool:
    """Whether the second block fits beside the first (beyond it along ``axis``) with next to no gap."""
    bounding = 1.0
    for side in range(3):
        one, other = blocks.extent[first, side], blocks.extent[second, side]
        length = one + other if side == axis else max(one, other)
        if length > stock.room[side]:
            return False
        bounding *= length
    if bounding > MAX_SHARE * stock.room[0] * stock.room[1] * stock.room[2]:
        return False
    if blocks.volume[first] + blocks.volume[second] < MIN_FILL * bounding:
        return False
    if not supported:
        return True
    if axis == 2:
        return bool(
            blocks.extent[second, 0] <= blocks.top[first, 0]
            and blocks.extent[second, 1] <= blocks.top[first, 1]
        )
    return bool(blocks.extent[first, 2] == blocks.extent[second, 2])


@kernel
def _write_general(stock: Stock, blocks: Blocks, at: int, first: int, second: int, axis: int) -> bool:
    """Write the joined block; false where there are not enough boxes for it, or too many types in it."""
    blocks.kind[at] = blocks.kind[first]
    blocks.needed[at] = blocks.needed[first]
    kinds = blocks.kinds[first]
    for other in range(blocks.kinds[second]):
        kind, count = blocks.kind[second, other], blocks.needed[second, other]
        place = 0
        while place < kinds and blocks.kind[at, place] != kind:
            place += 1
        if place == kinds:
            if kinds == MAX_TYPES:
                return False
            blocks.kind[at, place] = kind
            blocks.needed[at, place] = 0
            kinds += 1
        blocks.needed[at, place] += count
        if blocks.needed[at, place] > stock.quantity[kind]:
            return False
    blocks.extent[at, 0], blocks.extent[at, 1], blocks.extent[at, 2] = _joined_sides(
        blocks, first, second, axis
    )
    blocks.top[at, 0], blocks.top[at, 1] = _joined_top(blocks, first, second, axis)
    blocks.kinds[at] = kinds
    blocks.boxes[at] = blocks.boxes[first] + blocks.boxes[second]
    blocks.weight[at] = blocks.weight[first] + blocks.weight[second]
    blocks.volume[at] = blocks.volume[first] + blocks.volume[second]
    blocks.worth[at] = blocks.worth[first] + blocks.worth[second]
    blocks.attraction[at] = blocks.worth[at] * blocks.boxes[at] ** -COUNT_EXPONENT
    blocks.content[at] = blocks.content[first] + blocks.content[second]
    blocks.parts[at, 0] = first
    blocks.parts[at, 1] = second
    blocks.parts[at, 2] = axis
    blocks.parts[at, 3] = -1
    return True


@kernel
def _joined_sides(blocks: Blocks, first: int, second: int, axis: int) -> tuple[int, int, int]:
    x = max(blocks.extent[first, 0], blocks.extent[second, 0])
    y = max(blocks.extent[first, 1], blocks.extent[second, 1])
    z = max(blocks.extent[first, 2], blocks.extent[second, 2])
    along = blocks.extent[first, axis] + blocks.extent[second, axis]
    if axis == 0:
        return along, y, z
    if axis == 1:
        return x, along, z
    return x, y, along


@kernel
def _joined_top(blocks: Blocks, first: int, second: int, axis: int) -> tuple[int, int]:
    """The largest flat rectangle at the origin of the joined top."""
    if axis == 2:
        return blocks.top[second, 0], blocks.top[second, 1]
    across = 1 - axis
    if blocks.top[first, axis] == blocks.extent[first, axis]:
        length = blocks.extent[first, axis] + blocks.top[second, axis]
        depth = min(blocks.top[first, across], blocks.top[second, across])
        if length * depth > blocks.top[first, 0] * blocks.top[first, 1]:
            return (length, depth) if axis == 0 else (depth, length)
    return blocks.top[first, 0], blocks.top[first, 1]


@kernel
def is_new(
    sides: tuple[int, int, int], top: tuple[int, int], content: np.uint64, seen: NDArray[np.uint64]
) -> bool:
    """Whether no block with the same sides, top and boxes was seen; remembers it (open addressing)."""
    mark = _mixed(content ^ np.uint64(sides[0]))
    mark = _mixed(mark ^ np.uint64(sides[1]))
    mark = _mixed(mark ^ np.uint64(sides[2]))
    mark = _mixed(mark ^ np.uint64(top[0]))
    mark = _mixed(mark ^ np.uint64(top[1])) | np.uint64(1)
    slot = np.int64(mark % np.uint64(len(seen)))
    for _step in range(MAX_PROBES):
        if seen[slot] == np.uint64(0):
            seen[slot] = mark
            return True
        if seen[slot] == mark:
            return False
        slot += 1
        if slot == len(seen):
            slot = np.int64(0)
    return False


@kernel
def _mixed(mark: np.uint64) -> np.uint64:
    """Spread the bits (the finaliser of splitmix64)."""
    mark = (mark ^ (mark >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mark = (mark ^ (mark >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mark ^ (mark >> np.uint64(31))
