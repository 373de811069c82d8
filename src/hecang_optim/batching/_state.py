"""What the kernels work on: orders, solutions, and the pool of batches seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints, Words
from hecang_optim.batching._tour import ZERO
from hecang_optim.compiled import kernel

#: Room in the pool that searches leave for solutions.
SPARE = 2048
#: A length counts as shorter from here on: below it is rounding.
TOLERANCE = 1e-7


class Load(NamedTuple):
    """Orders as the kernels need them.

    :ivar bits: ``(orders, words)`` places of each order.
    :ivar demand: ``(orders, kinds)`` share of the cart that each order takes, of every kind of capacity.
    :ivar alone: ``(orders,)`` length of the tour for each order alone.
    :ivar near: ``(orders, neighbours)`` for each order the others, most metres saved together first.
    """

    bits: Words
    demand: Floats
    alone: Floats
    near: Ints


class Batches(NamedTuple):
    """A solution.

    :ivar label: ``(orders,)`` row of each order.
    :ivar bits: ``(rows, words)`` places of each batch.
    :ivar load: ``(rows, kinds)`` share of the cart taken.
    :ivar length: ``(rows,)`` of the shortest tour.
    :ivar size: ``(rows,)`` orders in it.
    """

    label: Ints
    bits: Words
    load: Floats
    length: Floats
    size: Ints


class Pool(NamedTuple):
    """Batches seen so far, each once.

    :ivar counts: batches, members; and whether it is full.
    :ivar start: ``(room + 1,)`` into ``member``.
    :ivar table: hash table of keys, open addressing; its size is a power of two.
    :ivar position: of the batch of each key of the table.
    :ivar zobrist: ``(orders,)`` random words whose exclusive or is the key of a set.
    """

    counts: Ints
    start: Ints
    member: Ints
    length: Floats
    table: Words
    position: Ints
    zobrist: Words


@kernel
def fits(one: Floats, other: Floats) -> bool:
    """Whether two loads go on one cart (shares; 1 is full)."""
    for kind in range(one.size):  # noqa: SIM110  # numba has no generators here
        if one[kind] + other[kind] > 1.0 + 1e-9:
            return False
    return True


@kernel
def remember(pool: Pool, members: Ints, size: int, length: float, spare: int) -> int:
    """Position of the batch in the pool, where it is put unless it is there; -1 if less than ``spare`` room is left."""
    key = ZERO
    for place in range(size):
        key ^= pool.zobrist[members[place]]
    count, used = pool.counts[0], pool.counts[1]
    mask = pool.table.size - 1
    slot = np.int64(key & np.uint64(mask))
    while pool.table[slot] != ZERO:
        if pool.table[slot] == key:
            return int(pool.position[slot])
        slot = (slot + 1) & mask
    if count + spare >= pool.length.size or used + size + 8 * spare > pool.member.size:
        pool.counts[2] = 1
        return -1
    pool.table[slot] = key
    pool.position[slot] = count
    pool.member[used : used + size] = members[:size]
    pool.length[count] = length
    pool.start[count + 1] = used + size
    pool.counts[0] = count + 1
    pool.counts[1] = used + size
    return int(count)


@kernel
def join(bits: Words, demand: Floats, label: Ints, joined: Words, load: Floats, size: Ints) -> None:
    """Add each order to the row of its label."""
    for order in range(label.size):
        row = label[order]
        joined[row] |= bits[order]
        load[row] += demand[order]
        size[row] += 1
