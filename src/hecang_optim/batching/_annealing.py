"""Simulated annealing over batches with small moves and exact tours: the kernel."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Ints, Words
from hecang_optim.batching._state import SPARE, TOLERANCE, Batches, Load, Pool, remember
from hecang_optim.batching._tour import ZERO, Ground, tour_length
from hecang_optim.compiled import kernel
from hecang_optim.randomness import next_random, random_below

#: Batches of solutions up to so many times the best one are remembered.
NEARLY = 1.02


@kernel
def exchange_fits(
    batches: Batches, load: Load, row: int, leaving: Ints, coming: Ints, out: int, into: int
) -> bool:
    """Whether the row holds when the first ``out`` of ``leaving`` go and the first ``into`` of ``coming`` come."""
    for kind in range(load.demand.shape[1]):
        total = batches.load[row, kind]
        for place in range(out):
            total -= load.demand[leaving[place], kind]
        for place in range(into):
            total += load.demand[coming[place], kind]
        if total > 1.0 + 1e-9:
            return False
    return True


@kernel
def places_after(
    load: Load, member: Ints, size: int, leaving: Ints, coming: Ints, out: int, into: int, bits: Words
) -> None:
    """Places of a row after the exchange."""
    bits[:] = ZERO
    for place in range(size):
        order = member[place]
        stays = True
        for gone in range(out):
            stays = stays and order != leaving[gone]
        if stays:
            bits |= load.bits[order]
    for place in range(into):
        bits |= load.bits[coming[place]]


@kernel
def replace(member: Ints, size: int, leaving: Ints, coming: Ints, out: int, into: int) -> int:
    """Change the members of a row; the new size."""
    kept = 0
    for place in range(size):
        stays = True
        for gone in range(out):
            stays = stays and member[place] != leaving[gone]
        if stays:
            member[kept] = member[place]
            kept += 1
    for place in range(into):
        member[kept] = coming[place]
        kept += 1
    return kept


@kernel
def anneal(  # noqa: C901  # one search, one loop
    load: Load, ground: Ground, batches: Batches, best: Ints, pool: Pool, depth: int, moves: int,
    warm: float, cold: float, random: Words, best_total: float,
) -> float:  # fmt: skip
    """Shift an order, or exchange one or two for one or two, ``moves`` times.

    The temperature falls from ``warm`` to ``cold`` metres. ``best`` gets the labels of anything shorter than
    ``best_total``; the new best total is returned. New batches of solutions that are not much longer go to the pool.

    :param depth: most orders in one batch.
    """
    orders, rows = batches.label.size, batches.length.size
    words, kinds = load.bits.shape[1], load.demand.shape[1]
    neighbours = load.near.shape[1]
    member = np.zeros((rows, depth), np.int64)
    fill = np.zeros(rows, np.int64)
    for order in range(orders):
        row = batches.label[order]
        member[row, fill[row]] = order
        fill[row] += 1
    empty = 0
    while fill[empty] > 0:
        empty += 1
    here, there = np.zeros(2, np.int64), np.zeros(2, np.int64)
    bits_here, bits_there = np.zeros(words, np.uint64), np.zeros(words, np.uint64)
    total = batches.length.sum()
    temperature = warm
    factor = (cold / warm) ** (1.0 / max(1, moves))
    if neighbours == 0:
        return best_total
    for _ in range(moves):
        temperature *= factor
        here[0] = random_below(random, orders)
        row = batches.label[here[0]]
        draw = next_random(random)
        fellow = load.near[here[0], int(neighbours * draw * draw)]
        other = batches.label[fellow]
        kind_of_move = next_random(random)
        out, into = 1, 0
        if other == row:
            if kind_of_move > 0.1 or fill[row] == 1:
                continue
            other = empty
        elif kind_of_move > 0.25:
            into = 1
            there[0] = member[other, random_below(random, fill[other])]
            if kind_of_move > 0.6 and fill[row] > 1:
                here[1] = member[row, random_below(random, fill[row])]
                out = 2 if here[1] != here[0] else 1
            if kind_of_move > 0.8 and fill[other] > 1:
                there[1] = member[other, random_below(random, fill[other])]
                into = 2 if there[1] != there[0] else 1
        if not exchange_fits(batches, load, row, here, there, out, into):
            continue
        if not exchange_fits(batches, load, other, there, here, into, out):
            continue
        limit = (
            batches.length[row]
            + batches.length[other]
            - temperature * np.log(max(1e-300, next_random(random)))
        )
        places_after(load, member[row], fill[row], here, there, out, into, bits_here)
        length_here = tour_length(bits_here, ground)
        if length_here >= limit:
            continue
        places_after(load, member[other], fill[other], there, here, into, out, bits_there)
        length_there = tour_length(bits_there, ground)
        if length_here + length_there >= limit:
            continue
        total += length_here + length_there - batches.length[row] - batches.length[other]
        for kind in range(kinds):
            change = 0.0
            for place in range(into):
                change += load.demand[there[place], kind]
            for place in range(out):
                change -= load.demand[here[place], kind]
            batches.load[row, kind] += change
            batches.load[other, kind] -= change
        fill[row] = replace(member[row], fill[row], here, there, out, into)
        fill[other] = replace(member[other], fill[other], there, here, into, out)
        for place in range(out):
            batches.label[here[place]] = other
        for place in range(into):
            batches.label[there[place]] = row
        batches.bits[row], batches.bits[other] = bits_here, bits_there
        batches.length[row], batches.length[other] = length_here, length_there
        if fill[row] == 0:
            empty = row
        elif other == empty:
            empty = 0
            while fill[empty] > 0:
                empty += 1
        if pool.length.size > 0 and total < NEARLY * best_total:
            remember(pool, member[row], fill[row], length_here, SPARE)
            remember(pool, member[other], fill[other], length_there, SPARE)
        if total < best_total - TOLERANCE:
            best_total = total
            best[:] = batches.label
    batches.size[:] = fill
    return best_total
