"""Rules that build a plan at once: the kernels."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints, Words
from hecang_optim.batching._bits import lowest_bit
from hecang_optim.batching._state import fits
from hecang_optim.batching._tour import ONE, ZERO, Ground, length_with
from hecang_optim.compiled import kernel


@kernel
def next_fit(sequence: Ints, demand: Floats, label: Ints) -> None:
    """Fill one cart after the other in this sequence."""
    load = np.zeros(demand.shape[1])
    batch = 0
    for place in range(sequence.size):
        order = sequence[place]
        if not fits(load, demand[order]):
            batch += 1
            load[:] = 0.0
        load += demand[order]
        label[order] = batch


@kernel
def by_seeds(bits: Words, demand: Floats, alone: Floats, ground: Ground, label: Ints) -> None:
    """Begin each batch with the longest order left; add what makes its tour grow least, as long as it fits."""
    orders = label.size
    label[:] = -1
    ranked = np.argsort(-alone)
    batch = 0
    for seed in ranked:
        if label[seed] >= 0:
            continue
        label[seed] = batch
        places, load = bits[seed].copy(), demand[seed].copy()
        while True:
            best, least = -1, np.inf
            for order in range(orders):
                if label[order] < 0 and fits(load, demand[order]):
                    length = length_with(places, bits[order], ground)
                    if length < least:
                        best, least = order, length
            if best < 0:
                break
            label[best] = batch
            places |= bits[best]
            load += demand[best]
        batch += 1


@kernel
def by_savings(bits: Words, demand: Floats, alone: Floats, ground: Ground, label: Ints) -> None:  # noqa: C901  # one search, one loop
    """Join the two batches that save most, again and again; savings are measured anew after each (Clarke & Wright)."""
    orders = label.size
    places, load, length = bits.copy(), demand.copy(), alone.copy()
    saved = np.full((orders, orders), -np.inf)
    partner = np.full(orders, -1)
    for one in range(orders):
        label[one] = one
        for other in range(one):
            if fits(load[one], load[other]):
                saved[one, other] = (
                    length[one] + length[other] - length_with(places[one], places[other], ground)
                )
                saved[other, one] = saved[one, other]
    for one in range(orders):
        partner[one] = np.argmax(saved[one])
    alive = np.ones(orders, np.bool_)
    while True:
        one, most = -1, -1e-9
        for row in range(orders):
            if alive[row] and saved[row, partner[row]] > most:
                one, most = row, saved[row, partner[row]]
        if one < 0:
            return
        other = partner[one]
        alive[other] = False
        length[one] += length[other] - saved[one, other]
        places[one] |= places[other]
        load[one] += load[other]
        for order in range(orders):
            if label[order] == other:
                label[order] = one
        saved[one, other] = -np.inf
        for row in range(orders):
            saved[row, other] = -np.inf
            if not alive[row] or row == one:
                continue
            after = -np.inf
            if fits(load[one], load[row]):
                after = length[one] + length[row] - length_with(places[one], places[row], ground)
            saved[one, row], saved[row, one] = after, after
            if partner[row] == one or partner[row] == other:
                partner[row] = np.argmax(saved[row])
            elif after > saved[row, partner[row]]:
                partner[row] = one
        partner[one] = np.argmax(saved[one])


@kernel
def bits_set(word: np.uint64) -> int:
    """How many bits are set."""
    count = 0
    while word != ZERO:
        word &= word - ONE
        count += 1
    return count


@kernel
def by_signature(  # noqa: C901  # one search, one loop
    signature: Words, group_start: Ints, members: Ints, ranked: Ints, demand: Floats, label: Ints
) -> int:
    """Fill carts with orders that go to the same aisles, or to some of them; the number of batches.

    Orders with one signature (set of aisles) are a group. The hardest group left (most aisles) begins a cart. The
    cart takes from it, then from groups whose aisles it visits anyway, the hardest first. What is empty still is
    filled by going to one aisle more: to that where most is to be taken.

    :param signature: ``(groups,)`` a bit for each aisle.
    :param group_start: ``(groups + 1,)`` into ``members``, the orders in the sequence in which to take them.
    :param ranked: groups, the hardest first.
    """
    groups, kinds = signature.size, demand.shape[1]
    head = group_start[:-1].copy()
    aisles = np.empty(groups, np.int64)
    for group in range(groups):
        aisles[group] = bits_set(signature[group])
    queue = ranked.copy()
    waiting = groups
    gain = np.zeros(64)
    load = np.zeros(kinds)
    batch = 0
    while True:
        kept = 0
        for place in range(waiting):
            group = queue[place]
            if head[group] < group_start[group + 1]:
                queue[kept] = group
                kept += 1
        waiting = kept
        if waiting == 0:
            return batch
        load[:] = 0.0
        visited = signature[queue[0]]
        while True:
            full = False
            gain[:] = 0.0
            nearest, fewest = -1, 65
            for place in range(waiting):
                group = queue[place]
                if head[group] == group_start[group + 1]:
                    continue
                extra = signature[group] & ~visited
                if extra == ZERO:
                    while head[group] < group_start[group + 1]:
                        order = members[head[group]]
                        if not fits(load, demand[order]):
                            full = True
                            break
                        load += demand[order]
                        label[order] = batch
                        head[group] += 1
                elif extra & (extra - ONE) == ZERO:
                    gain[lowest_bit(extra)] += (group_start[group + 1] - head[group]) * aisles[group]
                else:
                    more = bits_set(extra)
                    if more < fewest:
                        nearest, fewest = group, more
            if full:
                break
            aisle = np.argmax(gain)
            if gain[aisle] > 0.0:
                visited |= ONE << np.uint64(aisle)
            elif nearest >= 0:
                visited |= signature[nearest]
            else:
                break
        batch += 1
