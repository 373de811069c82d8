"""Many orders in one compiled call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.compiled import kernel
from hecang_optim.packing.arrays import ANY_WEIGHT, Bench, Boxes, Kinds, Limits, Plan
from hecang_optim.packing.splitting import pack_order

#: Far from 0, where the generator would stand still.
_GOLDEN = 0x1E3779B97F4A7C15


class Orders(NamedTuple):
    """Orders one after the other.

    :param item_start: O + 1, where the items of each order begin.
    :param unit_start: O + 1, where its units begin in the answer.
    :param max_gross: g a parcel.
    :param quantity: of each item.
    """

    item_start: Ints
    unit_start: Ints
    max_gross: Ints
    quantity: Ints


@kernel
def pack_orders(
    orders: Orders,
    items: Kinds,
    boxes: Boxes,
    limits: Limits,
    bench: Bench,
    best: Plan,
    trial: Plan,
    units: Ints,
    pool: Ints,
    seed: int,
    first: int,
    last: int,
    answer: Plan,
    cartons: Ints,
) -> None:
    """Pack orders ``first`` to before ``last`` of ``orders`` into their rows of ``answer``.

    :param items: the kinds of all orders, one after the other.
    :param answer: ``where`` counts from 0 in each order, ``box`` has the kinds of an order's cartons from its
        first unit's row on.
    :param cartons: O, cartons of each order.
    """
    random = np.zeros(1, np.uint64)
    for order in range(first, last):
        begin, end = orders.item_start[order], orders.item_start[order + 1]
        kinds = Kinds(
            items.turns[begin:end],
            items.turn_count[begin:end],
            items.volume[begin:end],
            items.weight[begin:end],
            items.max_load[begin:end],
            items.fragile[begin:end],
            items.group[begin:end],
        )
        bears = 0
        count = 0
        for kind in range(end - begin):
            if kinds.max_load[kind] < ANY_WEIGHT or kinds.fragile[kind] == 1:
                bears = 1
            for _copy in range(orders.quantity[begin + kind]):
                units[count] = kind
                count += 1
        mine = Limits(limits.support, bears, limits.clash, limits.per_kg, limits.effort)
        random[0] = np.uint64(seed) + np.uint64(_GOLDEN)
        pack_order(
            kinds, boxes, mine, bench, units, count, orders.max_gross[order], best, trial, pool, random
        )
        row = orders.unit_start[order]
        cartons[order] = best.total[1]
        for unit in range(count):
            answer.where[row + unit] = best.where[unit]
            for side in range(6):
                answer.spot[row + unit, side] = best.spot[unit, side]
        for number in range(best.total[1]):
            answer.box[row + number] = best.box[number]
