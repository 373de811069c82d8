"""The empty spaces of a carton: every largest box in which nothing lies.

They overlap; together they are all the air there is. A unit laid into one cuts every space that it reaches into
up to six smaller ones (Lai & Chan 1997: the difference process; Parreño et al. 2008).

Rows are read by index, never as views: a view costs a reference count in a loop that runs a million times.
"""

from __future__ import annotations

from hecang_optim.arrays import Ints
from hecang_optim.compiled import kernel
from hecang_optim.packing.arrays import Block


@kernel
def carve(spaces: Ints, count: int, cut: Ints, box: Block, least: int) -> int:
    """Take ``box`` out of the first ``count`` of ``spaces``, in place; returns how many there are then.

    :param cut: scratch of the same shape.
    :param least: spaces with an edge below this are of no use to anything that is still to come.
    """
    kept = 0
    touched = 0
    for row in range(count):
        if (
            spaces[row, 0] < box[3]
            and box[0] < spaces[row, 3]
            and spaces[row, 1] < box[4]
            and box[1] < spaces[row, 4]
            and spaces[row, 2] < box[5]
            and box[2] < spaces[row, 5]
        ):
            for side in range(6):
                cut[touched, side] = spaces[row, side]
            touched += 1
        else:
            for side in range(6):
                spaces[kept, side] = spaces[row, side]
            kept += 1
    old = kept
    for row in range(touched):
        for axis in range(3):
            if box[axis] - cut[row, axis] >= least:
                kept = _add(spaces, kept, old, cut, row, axis, cut[row, axis], box[axis])
            if cut[row, axis + 3] - box[axis + 3] >= least:
                kept = _add(spaces, kept, old, cut, row, axis, box[axis + 3], cut[row, axis + 3])
    return kept


@kernel
def _add(spaces: Ints, count: int, old: int, cut: Ints, row: int, axis: int, begin: int, end: int) -> int:
    """Add the part of a cut space from ``begin`` to ``end`` along ``axis``, unless it lies in another space.

    Of the new ones, those from ``old`` on, any that lies in it goes. (An old one cannot: it would have lain in
    the cut one.) A full table drops the new part: less air is known then, nothing false.
    """
    x = begin if axis == 0 else cut[row, 0]
    y = begin if axis == 1 else cut[row, 1]
    z = begin if axis == 2 else cut[row, 2]
    right = end if axis == 0 else cut[row, 3]
    front = end if axis == 1 else cut[row, 4]
    top = end if axis == 2 else cut[row, 5]
    for other in range(count):
        if (
            spaces[other, 0] <= x
            and spaces[other, 1] <= y
            and spaces[other, 2] <= z
            and spaces[other, 3] >= right
            and spaces[other, 4] >= front
            and spaces[other, 5] >= top
        ):
            return count
    other = old
    while other < count:
        if (
            spaces[other, 0] >= x
            and spaces[other, 1] >= y
            and spaces[other, 2] >= z
            and spaces[other, 3] <= right
            and spaces[other, 4] <= front
            and spaces[other, 5] <= top
        ):
            count -= 1
            for side in range(6):
                spaces[other, side] = spaces[count, side]
        else:
            other += 1
    if count < spaces.shape[0]:
        spaces[count, 0], spaces[count, 1], spaces[count, 2] = x, y, z
        spaces[count, 3], spaces[count, 4], spaces[count, 5] = right, front, top
        count += 1
    return count
