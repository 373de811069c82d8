"""Whether a unit stands: what holds it, what it presses on, and what it touches."""

from __future__ import annotations

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.packing.arrays import Bench, Block, Kinds

#: Grams by which a computed load may miss the true one.
ROUNDING_G = 1e-6


@kernel
def shared_base(box: Block, laid: Ints, row: int) -> int:
    """mm² that a box and a unit laid share when seen from above."""
    x = min(box[3], laid[row, 3]) - max(box[0], laid[row, 0])
    y = min(box[4], laid[row, 4]) - max(box[1], laid[row, 1])
    return x * y if x > 0 and y > 0 else 0


@kernel
def is_held(
    box: Block, bench: Bench, placed: int, units: Ints, kinds: Kinds, room: Ints, margin: int, share: float
) -> bool:
    """Whether enough of the base of ``box`` lies on the floor or on units that bear something.

    :param units: kind of each unit of the order.
    :param room: mm, three edges of the carton; ``margin`` of them on each side of the floor holds nothing.
    """
    base = (box[3] - box[0]) * (box[4] - box[1])
    area = 0
    if box[2] == 0:
        x = min(box[3], room[0] - margin) - max(box[0], margin)
        y = min(box[4], room[1] - margin) - max(box[1], margin)
        area = x * y if x > 0 and y > 0 else 0
    else:
        for row in range(placed):
            if bench.laid[row, 5] == box[2]:
                shared = shared_base(box, bench.laid, row)
                if shared > 0 and kinds.fragile[units[bench.owner[row]]] == 1:
                    return False
                area += shared
    return area >= share * base


@kernel
def loads_are_borne(box: Block, kind: int, bench: Bench, placed: int, units: Ints, kinds: Kinds) -> bool:
    """Whether every unit bears what rests on it, with a unit of ``kind`` at ``box`` added.

    A unit passes its weight and its load on to those directly below it, in proportion to the areas on which it
    rests; nothing rests on what is fragile. Uses the row ``placed`` of the tables of units laid.
    """
    laid, load, rank = bench.laid, bench.load, bench.rank
    if box[2] == 0 and not _bears_any(box, laid, placed):
        return True  # no load changes
    for side in range(6):
        laid[placed, side] = box[side]
    _rank_from_top(laid, rank, load, placed + 1)
    for position in range(placed + 1):
        upper = rank[position]
        upper_kind = kind if upper == placed else units[bench.owner[upper]]
        if load[upper] > kinds.max_load[upper_kind] + ROUNDING_G:
            return False
        floor = laid[upper, 2]
        if floor == 0:
            continue
        over = (laid[upper, 0], laid[upper, 1], floor, laid[upper, 3], laid[upper, 4], laid[upper, 5])
        total = 0
        for lower in range(placed + 1):
            if laid[lower, 5] == floor:
                shared = shared_base(over, laid, lower)
                if shared > 0 and kinds.fragile[kind if lower == placed else units[bench.owner[lower]]] == 1:
                    return False
                total += shared
        passed = (load[upper] + kinds.weight[upper_kind]) / max(1, total)
        for lower in range(placed + 1):
            if laid[lower, 5] == floor:
                load[lower] += passed * shared_base(over, laid, lower)
    return True


@kernel
def _bears_any(box: Block, laid: Ints, placed: int) -> bool:
    """Whether a unit laid rests on ``box``."""
    for row in range(placed):  # noqa: SIM110  # numba has no generators here
        if laid[row, 2] == box[5] and shared_base(box, laid, row) > 0:
            return True
    return False


@kernel
def _rank_from_top(laid: Ints, rank: Ints, load: Floats, count: int) -> None:
    """Sort the units laid by their bottoms, the highest first; take all loads away."""
    for row in range(count):
        load[row] = 0.0
        at = row
        while at > 0 and laid[rank[at - 1], 2] < laid[row, 2]:
            rank[at] = rank[at - 1]
            at -= 1
        rank[at] = row


@kernel
def contact(box: Block, bench: Bench, placed: int, room: Ints) -> float:
    """Share of the surface of ``box`` that touches walls, the floor or other units; the lid does not count."""
    laid = bench.laid
    length, width, height = box[3] - box[0], box[4] - box[1], box[5] - box[2]
    sides = (1 if box[0] == 0 else 0) + (1 if box[3] == room[0] else 0)
    ends = (1 if box[1] == 0 else 0) + (1 if box[4] == room[1] else 0)
    area = sides * width * height + ends * length * height
    if box[2] == 0:
        area += length * width
    for row in range(placed):
        x = min(box[3], laid[row, 3]) - max(box[0], laid[row, 0])
        if x < 0:
            continue
        y = min(box[4], laid[row, 4]) - max(box[1], laid[row, 1])
        if y < 0:
            continue
        z = min(box[5], laid[row, 5]) - max(box[2], laid[row, 2])
        if z >= 0:  # two units that do not overlap share a face where one of the three is 0
            area += y * z if x == 0 else x * z if y == 0 else x * y
    return area / (2.0 * (length * width + length * height + width * height))
