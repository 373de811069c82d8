"""From a problem to bits, shares and a ground: what the kernels work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hecang_optim.arrays import Floats, Ints, Words
from hecang_optim.batching._state import Batches, Load, join
from hecang_optim.batching._tour import ONE, ZERO, Ground, lengths_of, pair_lengths
from hecang_optim.batching.model import BatchingProblem, Cart, Orders
from hecang_optim.routing.kernels import set_empty
from hecang_optim.routing.states import ACTIONS

#: Neighbours that are kept of each order.
NEIGHBOURS = 40


@dataclass(frozen=True, slots=True)
class Encoded:
    """Some orders of a problem, ready for the kernels.

    :ivar orders: ``(n,)`` their indices in the problem.
    :ivar bits: ``(n, words)`` places.
    :ivar demand: ``(n, kinds)`` share of the cart.
    :ivar alone: ``(n,)`` length of a tour for each alone.
    """

    orders: Ints
    ground: Ground
    bits: Words
    demand: Floats
    alone: Floats

    def __len__(self) -> int:
        return len(self.orders)

    def part(self, chosen: Ints) -> Encoded:
        """Some of these orders."""
        return Encoded(
            orders=self.orders[chosen],
            ground=self.ground,
            bits=self.bits[chosen],
            demand=self.demand[chosen],
            alone=self.alone[chosen],
        )

    def load(self) -> Load:
        """With the neighbours of each order, for which all pairs are measured."""
        count = len(self)
        pairs = np.empty((count, count))
        pair_lengths(self.bits, self.ground, pairs)
        saved = self.alone[:, None] + self.alone[None, :] - pairs
        np.fill_diagonal(saved, -np.inf)
        near = np.argsort(-saved, axis=1, kind="stable")[:, : min(NEIGHBOURS, count - 1)]
        return Load(
            bits=self.bits,
            demand=self.demand,
            alone=self.alone,
            near=np.ascontiguousarray(near, dtype=np.int64),
        )

    def batches(self, label: Ints) -> Batches:
        """The solution that puts orders of one label together; as many rows as orders, and one more."""
        count = len(self)
        rows = np.unique(label, return_inverse=True)[1].astype(np.int64)
        bits = np.zeros((count + 1, self.bits.shape[1]), dtype=np.uint64)
        load = np.zeros((count + 1, self.demand.shape[1]))
        length = np.zeros(count + 1)
        size = np.zeros(count + 1, dtype=np.int64)
        join(self.bits, self.demand, rows, bits, load, size)
        lengths_of(bits, self.ground, length)
        return Batches(label=rows, bits=bits, load=load, length=length, size=size)


def lengths_by_label(encoded: Encoded, label: Ints) -> Floats:
    """Metres of each batch; labels from 0 without gaps."""
    batches = int(label.max(initial=-1)) + 1
    bits = np.zeros((batches, encoded.bits.shape[1]), dtype=np.uint64)
    load, size = np.zeros((batches, encoded.demand.shape[1])), np.zeros(batches, dtype=np.int64)
    join(encoded.bits, encoded.demand, label, bits, load, size)
    length = np.zeros(batches)
    lengths_of(bits, encoded.ground, length)
    return length


def encode(problem: BatchingProblem, chosen: Ints | None = None) -> Encoded:
    """Bits of these orders of the problem, or of all."""
    orders = problem.orders
    everyone = np.arange(len(orders), dtype=np.int64)
    chosen = everyone if chosen is None else chosen
    order_of_line = np.repeat(everyone, np.diff(orders.start))
    position = np.full(len(orders), -1, dtype=np.int64)
    position[chosen] = np.arange(len(chosen))
    row = position[order_of_line]
    kept = row >= 0
    ground, word, bit = _ground(problem, orders.aisle[kept], orders.y[kept])
    bits = np.zeros((len(chosen), len(ground.place)), dtype=np.uint64)
    np.bitwise_or.at(bits, (row[kept], word), bit)
    alone = np.empty(len(chosen))
    lengths_of(bits, ground, alone)
    return Encoded(
        orders=chosen, ground=ground, bits=bits, demand=shares(problem.cart, orders)[chosen], alone=alone
    )


def shares(cart: Cart, orders: Orders) -> Floats:
    """``(orders, kinds)`` share of the cart that each order takes; one column of zeros without limits."""
    columns: list[Floats] = []
    items = orders.items.astype(np.float64)
    if cart.items is not None:
        columns.append(items / cart.items)
    if cart.weight is not None and orders.weight is not None:
        columns.append(orders.weight / cart.weight)
    if cart.volume is not None and orders.volume is not None:
        columns.append(orders.volume / cart.volume)
    if cart.orders is not None:
        columns.append(np.full(len(orders), 1.0 / cart.orders))
    if cart.totes is not None:
        totes = np.ones(len(orders)) if cart.items_per_tote is None else np.ceil(items / cart.items_per_tote)
        columns.append(np.maximum(totes, 1.0) / cart.totes)
    return np.ascontiguousarray(np.stack(columns or [np.zeros(len(orders))], axis=1))


def _ground(problem: BatchingProblem, aisle: Ints, y: Floats) -> tuple[Ground, Ints, Words]:
    """The ground, and the word and the bit of each line."""
    layout = problem.layout
    cross = layout.cross_y
    plain = layout.blocks == 1 and layout.depot_access is None
    column_x = np.union1d(layout.aisle_x, [layout.depot_x]) if plain else layout.aisle_x
    column = np.searchsorted(column_x, layout.aisle_x)
    block = np.clip(np.searchsorted(cross, y, side="right") - 1, 0, layout.blocks - 1)
    sub_aisle = column[aisle] * layout.blocks + block
    offset = cross[1] - y if plain and layout.depot_cross == 1 else y - cross[block]
    sub_aisles = len(column_x) * layout.blocks
    words, place, rank = _places(sub_aisle, offset, sub_aisles)
    grid = layout.grid
    costs = np.zeros((layout.aisles, layout.blocks, ACTIONS))
    set_empty(grid, costs)
    ground = Ground(
        plain=plain,
        words=words,
        place=place,
        extent=np.tile(np.diff(cross), len(column_x)),
        pitch=np.diff(column_x),
        depot=int(np.searchsorted(column_x, layout.depot_x)) if plain else 0,
        fixed=layout.entry + layout.exit,
        grid=grid,
        union=np.full(len(place), ZERO),
        costs=costs,
        flat=costs.reshape(layout.aisles * layout.blocks, ACTIONS),
        work=np.empty((2, grid.states)),
    )
    return ground, sub_aisle * words + rank // 64, np.left_shift(ONE, (rank % 64).astype(np.uint64))


def _places(sub_aisle: Ints, offset: Floats, sub_aisles: int) -> tuple[int, Floats, Ints]:
    """Words for each sub-aisle, the metres of each bit, and the rank of each line's place in its sub-aisle."""
    order = np.lexsort((offset, sub_aisle))
    at, away = sub_aisle[order], offset[order]
    fresh = np.ones(len(at), dtype=bool)
    fresh[1:] = (at[1:] != at[:-1]) | (away[1:] != away[:-1])
    number = np.cumsum(fresh) - 1
    first = np.searchsorted(at[fresh], np.arange(sub_aisles + 1))
    words = max(1, -(-int(np.diff(first).max(initial=0)) // 64))
    rank = np.empty(len(at), dtype=np.int64)
    rank[order] = number - first[at]
    place = np.zeros((sub_aisles * words, 64))
    place[sub_aisle * words + rank // 64, rank % 64] = offset
    return words, place, rank
