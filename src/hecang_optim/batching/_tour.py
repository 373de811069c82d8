"""The length of the shortest tour through a set of places, from bits.

A batch is a set of places: one bit for each place where something is picked, in words of 64, some words for each
sub-aisle. Putting orders together is then an OR. The exact program of the routing package needs the first place
of each sub-aisle, the last and the largest gap, and these are read off the bits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Words
from hecang_optim.batching._bits import lowest_bit
from hecang_optim.compiled import kernel
from hecang_optim.routing.kernels import Grid, walk_length
from hecang_optim.routing.states import BACK, FRONT, GAP

ZERO, ONE = np.uint64(0), np.uint64(1)
#: Farther than any tour; finite, as sums with infinity cost more.
FAR = 1e30


class Ground(NamedTuple):
    """A layout and the places used in it, with scratch: one for each thread.

    :ivar plain: one block, the depot on a cross-aisle: then the program is fused with the reading of the bits, which
        is four times as fast as by way of costs. Metres count from the depot's cross-aisle, and where the depot
        is not at an aisle, there is an aisle without places.
    :ivar words: words of bits for each sub-aisle; sub-aisles by aisle, then block.
    :ivar place: ``(sub-aisles * words, 64)`` metres of each bit from the front end of its sub-aisle.
    :ivar extent: ``(sub-aisles,)`` metres from cross-aisle to cross-aisle.
    :ivar pitch: ``(aisles - 1,)`` metres from each aisle to the next; plain only.
    :ivar depot: aisle of the depot; plain only.
    :ivar fixed: metres added to each tour; plain only.
    :ivar grid: the layout as the routing kernels read it.
    :ivar union: ``(sub-aisles * words,)`` scratch for bits.
    :ivar costs: ``(aisles, blocks, ACTIONS)`` scratch, with the cost of going through already there.
    :ivar flat: ``costs`` again as ``(sub-aisles, ACTIONS)``.
    :ivar work: scratch of the routing kernels.
    """

    plain: bool
    words: int
    place: Floats
    extent: Floats
    pitch: Floats
    depot: int
    fixed: float
    grid: Grid
    union: Words
    costs: Floats
    flat: Floats
    work: Floats


@kernel
def tour_length(bits: Words, ground: Ground) -> float:
    """Length of the shortest tour through the places; 0 without places."""
    if ground.plain:
        return plain_length(bits, ground)
    return length_by_costs(bits, ground)


@kernel
def plain_length(bits: Words, ground: Ground) -> float:
    """The program of Ratliff & Rosenthal (1983) for one block, lengths only.

    Aisles from left to right; for each way in which the ends of the current aisle can be touched (evenly or oddly or
    not at all, hanging together or apart) the length of the shortest beginning. Going through an aisle twice is
    never needed (Revenant, Cambazard & Catusse 2024).
    """
    words = ground.words
    low, high = 0, bits.size - 1
    while low < bits.size and bits[low] == ZERO:
        low += 1
    if low == bits.size:
        return 0.0
    while bits[high] == ZERO:
        high -= 1
    low, high = min(low // words, ground.depot), max(high // words, ground.depot)
    extent = ground.extent[0]
    nothing, odd, front, back, both, apart = 0.0, FAR, FAR, FAR, FAR, FAR
    for aisle in range(low, high + 1):
        if aisle == ground.depot:  # its front end is part of the tour, whatever is picked
            front, apart = min(front, nothing), min(apart, back)
            nothing, back = FAR, FAR
        first, last, gap = 0.0, -1.0, 0.0
        for word in range(aisle * words, (aisle + 1) * words):
            left = bits[word]
            while left != ZERO:
                here = ground.place[word, lowest_bit(left)]
                left &= left - ONE
                if last < 0.0:
                    first = here
                else:
                    gap = max(gap, here - last)
                last = here
        if last >= 0.0:
            from_front, from_back, around = 2.0 * last, 2.0 * (extent - first), 2.0 * (extent - gap)
            less_front, less_back = min(from_back, around), min(from_front, around)
            least = min(from_front, less_front)
            through = extent + min(min(front, back), min(min(both, apart), nothing))  # noqa: PLW3301  # of two each: one instruction
            joined = min(odd + extent, both + least)
            apart = min(min(apart + least, front + less_front), min(back + less_back, nothing + around))  # noqa: PLW3301  # of two each: one instruction
            front = from_front + min(front, nothing)
            back = from_back + min(back, nothing)
            odd = min(odd + least, through)
            both = joined
            nothing = FAR
        if aisle < high:
            step = 2.0 * ground.pitch[aisle]
            apart = 2.0 * step + min(apart, min(front, back))  # noqa: PLW3301  # of two each: one instruction
            front = step + min(front, both)
            back = step + min(back, both)
            odd += step
            both += 2.0 * step
    return ground.fixed + min(front, min(back, both))  # noqa: PLW3301  # of two each: one instruction


@kernel
def length_by_costs(bits: Words, ground: Ground) -> float:
    """By the routing package, for any layout."""
    words = ground.words
    for sub_aisle in range(ground.extent.size):
        last, gap = -1.0, 0.0
        extent = ground.extent[sub_aisle]
        for word in range(sub_aisle * words, (sub_aisle + 1) * words):
            left = bits[word]
            while left != ZERO:
                here = ground.place[word, lowest_bit(left)]
                left &= left - ONE
                if last < 0.0:
                    ground.flat[sub_aisle, BACK] = 2.0 * (extent - here)
                    gap = here
                elif here - last > gap:
                    gap = here - last
                last = here
        if last < 0.0:
            ground.flat[sub_aisle, FRONT] = 0.0
            ground.flat[sub_aisle, BACK] = 0.0
            ground.flat[sub_aisle, GAP] = 0.0
        else:
            ground.flat[sub_aisle, FRONT] = 2.0 * last
            ground.flat[sub_aisle, GAP] = 2.0 * (extent - max(gap, extent - last))
    return walk_length(ground.grid, ground.costs, ground.work)


@kernel
def length_with(one: Words, other: Words, ground: Ground) -> float:
    """Length of the tour through the places of both."""
    for word in range(one.size):
        ground.union[word] = one[word] | other[word]
    return tour_length(ground.union, ground)


@kernel
def lengths_of(rows: Words, ground: Ground, lengths: Floats) -> None:
    """Length of the tour through each row of places."""
    for row in range(lengths.size):
        lengths[row] = tour_length(rows[row], ground)


@kernel
def pair_lengths(rows: Words, ground: Ground, lengths: Floats) -> None:
    """Length of the tour through each two rows together; ``lengths`` is square."""
    for one in range(lengths.shape[0]):
        for other in range(one, lengths.shape[0]):
            lengths[one, other] = length_with(rows[one], rows[other], ground)
            lengths[other, one] = lengths[one, other]
