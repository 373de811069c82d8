"""All batches that a search has seen, each once, with their lengths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.batching._state import Pool, remember


@dataclass(frozen=True, slots=True)
class Columns:
    """Batches as ragged arrays: the members of batch ``c`` are ``start[c]:start[c + 1]``."""

    start: Ints
    member: Ints
    length: Floats

    def __len__(self) -> int:
        return len(self.length)

    def paid(self, price: Floats) -> Floats:
        """Sum of the prices of the members of each."""
        if not len(self):
            return np.zeros(0)
        return np.add.reduceat(price[self.member], self.start[:-1])

    def members(self, column: int) -> Ints:
        """The orders of one."""
        return self.member[self.start[column] : self.start[column + 1]]


def new_pool(orders: int, room: int, seed: int) -> Pool:
    """An empty pool for so many batches."""
    table = 1 << max(4, int(2 * room - 1).bit_length())
    words = np.random.default_rng(seed).integers(0, 2**63, size=orders, dtype=np.uint64)
    return Pool(
        counts=np.zeros(3, dtype=np.int64),
        start=np.zeros(room + 1, dtype=np.int64),
        member=np.zeros(12 * room, dtype=np.int64),
        length=np.zeros(room),
        table=np.zeros(table, dtype=np.uint64),
        position=np.zeros(table, dtype=np.int64),
        zobrist=words * np.uint64(2) + np.uint64(1),
    )


def columns_of(pool: Pool) -> Columns:
    """What is in the pool now; views, not copies."""
    count, used = int(pool.counts[0]), int(pool.counts[1])
    return Columns(start=pool.start[: count + 1], member=pool.member[:used], length=pool.length[:count])


def remember_all(pool: Pool, label: Ints, length: Floats) -> Ints:
    """Put every batch of a solution into the pool; their positions in it. ``length`` by label.

    A solution that finds no room any more is left out: then the answer is empty.
    """
    order = np.argsort(label, kind="stable").astype(np.int64)
    positions = [
        remember(pool, members, len(members), float(length[label[members[0]]]), 0)
        for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    ]
    return np.array(positions if min(positions) >= 0 else [], dtype=np.int64)
