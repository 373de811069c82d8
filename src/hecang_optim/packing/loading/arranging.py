"""From placed blocks to boxes: unfold, let them sink, and put them in the order in which to load them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hecang_optim.arrays import Ints
from hecang_optim.packing.loading.blocks import Blocks, Stock

#: Rounds in which boxes sink and move back and left, at most.
ROUNDS = 4


def unfold(stock: Stock, blocks: Blocks, placed: Ints) -> tuple[Ints, Ints, Ints]:
    """The boxes in placed blocks.

    :param placed: (n, 8) block, corner, low and high corner of each.
    :return: type (m,), low corner (m, 3) and high corner (m, 3) of each box.
    """
    kinds: list[int] = []
    lows: list[tuple[int, ...]] = []
    highs: list[tuple[int, ...]] = []
    for block, corner, *ends in placed.tolist():
        for orientation, origin in _boxes(stock, blocks, block, (0, 0, 0)):
            extent = stock.extent[orientation].tolist()
            # A block in a far corner is a mirror image, so that its gaps lie away from that corner.
            low = tuple(
                ends[3 + axis] - origin[axis] - extent[axis]
                if corner >> axis & 1
                else ends[axis] + origin[axis]
                for axis in range(3)
            )
            kinds.append(int(stock.kind[orientation]))
            lows.append(low)
            highs.append(tuple(low[axis] + extent[axis] for axis in range(3)))
    return (
        np.array(kinds, np.int64),
        np.array(lows, np.int64).reshape(-1, 3),
        np.array(highs, np.int64).reshape(-1, 3),
    )


def _boxes(
    stock: Stock, blocks: Blocks, block: int, origin: tuple[int, int, int]
) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """(orientation, origin) of each box of a block."""
    a, b, c, d = blocks.parts[block].tolist()
    if d < 0:
        yield from _boxes(stock, blocks, a, origin)
        shift = [0, 0, 0]
        shift[c] = int(blocks.extent[a, c])
        x, y, z = (origin[axis] + shift[axis] for axis in range(3))
        yield from _boxes(stock, blocks, b, (x, y, z))
        return
    along, across, up = stock.extent[a].tolist()
    for i in range(b):
        for j in range(c):
            for k in range(d):
                yield a, (origin[0] + i * along, origin[1] + j * across, origin[2] + k * up)


def settle(low: Ints, high: Ints) -> None:
    """Let boxes sink onto what lies below, then move to the back and to the left wall, until nothing moves."""
    for _round in range(ROUNDS):
        moved = False
        for axis in (2, 0, 1):
            one, other = (axis + 1) % 3, (axis + 2) % 3
            for box in np.argsort(low[:, axis], kind="stable"):
                before = (
                    (high[:, axis] <= low[box, axis])
                    & (low[:, one] < high[box, one])
                    & (high[:, one] > low[box, one])
                    & (low[:, other] < high[box, other])
                    & (high[:, other] > low[box, other])
                )
                rest = high[before, axis].max(initial=0)
                if rest < low[box, axis]:
                    high[box, axis] -= low[box, axis] - rest
                    low[box, axis] = rest
                    moved = True
        if not moved:
            return


def loading_order(low: Ints, high: Ints) -> list[int]:
    """An order in which a person can load the boxes through the door at the far end of x.

    Whatever lies below a box comes before it, always; whatever lies behind it too, unless that cannot be.
    Among the free ones the box furthest back, then lowest, then leftmost goes first.
    """
    number = len(low)
    above, before = followers(low, high, 2), followers(low, high, 0)
    under = np.zeros(number, np.int64)
    behind = np.zeros(number, np.int64)
    for boxes in above:
        under[boxes] += 1
    for boxes in before:
        behind[boxes] += 1

    def entry(box: int) -> tuple[int, int, int, int, int]:
        return int(behind[box]), int(low[box, 0]), int(low[box, 2]), int(low[box, 1]), box

    free = [entry(box) for box in range(number) if under[box] == 0]
    heapq.heapify(free)
    order: list[int] = []
    loaded = np.zeros(number, np.bool_)
    while free:
        box = heapq.heappop(free)[-1]
        if loaded[box]:
            continue
        loaded[box] = True
        order.append(box)
        behind[before[box]] -= 1
        under[above[box]] -= 1
        for follower in np.concatenate((before[box], above[box])).tolist():
            if under[follower] == 0 and not loaded[follower]:
                heapq.heappush(free, entry(follower))
    return order


def followers(low: Ints, high: Ints, axis: int) -> list[NDArray[np.int64]]:
    """For each box those beyond it along the axis, in its shadow."""
    one, other = (axis + 1) % 3, (axis + 2) % 3
    return [
        np.flatnonzero(
            (low[:, axis] >= high[box, axis])
            & (low[:, one] < high[box, one])
            & (high[:, one] > low[box, one])
            & (low[:, other] < high[box, other])
            & (high[:, other] > low[box, other])
        )
        for box in range(len(low))
    ]
