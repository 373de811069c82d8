"""Batches worth having at given prices of orders: the kernels.

The price of an order is what the linear program would pay for having it picked (its dual value). A batch is worth
having if its tour is shorter than the prices of its orders together: if its reduced cost is negative. A cut (see
``_cuts``) makes batches with two or more of its three orders dearer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints, Words
from hecang_optim.batching._state import SPARE, Load, Pool, fits, remember
from hecang_optim.batching._tour import ZERO, Ground, length_with
from hecang_optim.compiled import kernel

#: Reduced costs above it count as not negative.
WORTH = -1e-6


class Prices(NamedTuple):
    """What the linear program pays and charges.

    :ivar batch: for each batch, whatever is in it; not negative.
    :ivar order: ``(orders,)`` for each order, not negative.
    :ivar start: ``(orders + 1,)`` into the next three: the cuts of each order.
    :ivar one: another order of the cut.
    :ivar two: the third.
    :ivar charge: what the cut charges a batch with two or three of its orders.
    """

    batch: float
    order: Floats
    start: Ints
    one: Ints
    two: Ints
    charge: Floats


@kernel
def charge_of(prices: Prices, inside: Ints, order: int) -> float:
    """What the cuts charge for the order on top of those ``inside``: 1 for each member."""
    charged = 0.0
    for cut in range(prices.start[order], prices.start[order + 1]):
        if inside[prices.one[cut]] + inside[prices.two[cut]] == 1:
            charged += prices.charge[cut]
    return charged


@kernel
def reduced_costs(start: Ints, member: Ints, length: Floats, prices: Prices, reduced: Floats) -> None:
    """Reduced cost of each batch of a pool."""
    inside = np.zeros(prices.order.size, np.int64)
    for column in range(length.size):
        cost = length[column] - prices.batch
        for place in range(start[column], start[column + 1]):
            order = member[place]
            cost += charge_of(prices, inside, order) - prices.order[order]
            inside[order] = 1
        for place in range(start[column], start[column + 1]):
            inside[member[place]] = 0
        reduced[column] = cost


@kernel
def most_orders(demand: Floats) -> int:
    """No more orders than this go on one cart, by each kind of capacity alone."""
    most = demand.shape[0]
    for kind in range(demand.shape[1]):
        left, count = 1.0 + 1e-9, 0
        for share in np.sort(demand[:, kind]):
            left -= share
            if left < 0.0:
                break
            count += 1
        most = min(most, count)
    return int(most)


class Beam(NamedTuple):
    """Sets of one size: places, load, prices less charges, key and members of each."""

    bits: Words
    taken: Floats
    paid: Floats
    key: Words
    member: Ints


@kernel
def empty_beam(width: int, words: int, kinds: int, depth: int) -> Beam:
    """Room for so many sets."""
    return Beam(
        np.zeros((width, words), np.uint64),
        np.zeros((width, kinds)),
        np.zeros(width),
        np.zeros(width, np.uint64),
        np.zeros((width, depth), np.int64),
    )


@kernel
def price_by_beam(  # noqa: C901  # one search, one loop
    load: Load, ground: Ground, prices: Prices, reward: float, width: int, most: int, pool: Pool
) -> int:
    """Grow batches order by order, keeping the ``width`` most promising of each size; how many went to the pool.

    Promising is a low reduced cost, less ``reward`` for the share of the cart that is still empty. Of each size at
    most ``most`` batches with negative reduced cost go to the pool.
    """
    orders, words, kinds = load.bits.shape[0], load.bits.shape[1], load.demand.shape[1]
    depth = most_orders(load.demand)
    now = empty_beam(width, words, kinds, depth)
    state_of = np.empty(width * orders, np.int64)
    order_of = np.empty(width * orders, np.int64)
    cost = np.empty(width * orders)
    score = np.empty(width * orders)
    inside = np.zeros(orders, np.int64)
    size_of_table = 4096
    while size_of_table < 8 * width:
        size_of_table *= 2
    mask = size_of_table - 1
    now.paid[0] = prices.batch
    count, added = 1, 0
    for size in range(depth):
        found = 0
        for state in range(count):
            for place in range(size):
                inside[now.member[state, place]] = 1
            for order in range(orders):
                if inside[order] == 1 or prices.order[order] <= 0.0:
                    continue
                if not fits(now.taken[state], load.demand[order]):
                    continue
                gain = prices.order[order] - charge_of(prices, inside, order)
                reduced = length_with(now.bits[state], load.bits[order], ground) - now.paid[state] - gain
                full = 0.0
                for kind in range(kinds):
                    full = max(full, now.taken[state, kind] + load.demand[order, kind])
                state_of[found], order_of[found], cost[found] = state, order, reduced
                score[found] = reduced - reward * (1.0 - full)
                found += 1
            for place in range(size):
                inside[now.member[state, place]] = 0
        table = np.zeros(size_of_table, np.uint64)
        after = empty_beam(width, words, kinds, depth)
        kept, new = 0, 0
        for candidate in np.argsort(score[:found]):
            state, order = state_of[candidate], order_of[candidate]
            key = now.key[state] ^ pool.zobrist[order]
            slot = np.int64(key & np.uint64(mask))
            while table[slot] != ZERO and table[slot] != key:
                slot = (slot + 1) & mask
            if table[slot] == key:
                continue
            table[slot] = key
            after.bits[kept] = now.bits[state] | load.bits[order]
            after.taken[kept] = now.taken[state] + load.demand[order]
            after.key[kept] = key
            after.member[kept, :size] = now.member[state, :size]
            after.member[kept, size] = order
            length = length_with(now.bits[state], load.bits[order], ground)
            after.paid[kept] = length - cost[candidate]
            if cost[candidate] < WORTH and new < most:
                before = pool.counts[0]
                remember(pool, after.member[kept], size + 1, length, SPARE)
                new += pool.counts[0] - before
            kept += 1
            if kept == width:
                break
        added += new
        now = after
        count = kept
        if count == 0:
            break
    return added


@kernel
def best_filling(price: Floats, share: Floats, chosen: Ints, begin: int, end: int, room: float) -> float:
    """Upper bound of the prices of ``chosen[begin:end]`` that go into ``room``: the last one in part (Dantzig 1957).

    They come in the order of falling price per share.
    """
    paid = 0.0
    for place in range(begin, end):
        order = chosen[place]
        if share[order] > room:
            return float(paid + price[order] * room / share[order])
        room -= share[order]
        paid += price[order]
    return paid


@kernel
def price_exactly(  # noqa: C901  # one search, one loop
    load: Load, ground: Ground, prices: Prices, share: Floats, ranked: Ints, first: int, threshold: float,
    nodes: int, most: int, pool: Pool,
) -> int:  # fmt: skip
    """Every batch below ``threshold`` of reduced cost whose first order in rank is ``ranked[first]`` goes to the pool.

    Depth first over sets of orders, each set once. A tour is never shorter than one through fewer places, nor are
    charges less; so the reduced cost of any batch with the set ``S`` and the order ``c`` is at least that of both
    together, less what else goes on the cart at best. Orders that cannot come below the threshold are left out of
    the whole subtree.

    :param share: ``(orders,)`` of the cart, of the kind of capacity by which the rest of the cart is bounded.
    :param ranked: all orders by falling price per share.
    :param nodes: give up after so many tours.
    :param most: give up when the pool holds more batches than this.
    :return: tours measured; -1 if it gave up or the pool is full.
    """
    orders, words, kinds = load.bits.shape[0], load.bits.shape[1], load.demand.shape[1]
    depth = most_orders(load.demand) + 2
    price = prices.order
    bits = np.zeros((depth, words), np.uint64)
    taken = np.zeros((depth, kinds))
    paid = np.zeros(depth)
    room = np.zeros(depth)
    choice = np.zeros((depth, orders), np.int64)
    reduced = np.zeros((depth, orders))
    length = np.zeros((depth, orders))
    count = np.zeros(depth, np.int64)
    cursor = np.zeros(depth, np.int64)
    members = np.zeros(depth, np.int64)
    inside = np.zeros(orders, np.int64)
    root = ranked[first]
    inside[root] = 1
    bits[0], taken[0], paid[0], members[0] = (
        load.bits[root],
        load.demand[root],
        prices.batch + price[root],
        root,
    )
    room[0] = 1.0 + 1e-9 - share[root]
    if load.alone[root] - paid[0] < threshold:
        remember(pool, members, 1, load.alone[root], SPARE)
    for place in range(first + 1, ranked.size):
        if fits(taken[0], load.demand[ranked[place]]):
            choice[0, count[0]] = ranked[place]
            count[0] += 1
    level, measured = 0, 0
    opening = True
    while level >= 0:
        if opening:  # measure with each order that may come, then leave out those that cannot
            opening = False
            cursor[level] = 0
            total, kept = count[level], 0
            for place in range(total):
                order = choice[level, place]
                measured += 1
                length[level, place] = length_with(bits[level], load.bits[order], ground)
                gain = price[order] - charge_of(prices, inside, order)
                reduced[level, place] = length[level, place] - paid[level] - gain
                if reduced[level, place] < threshold:
                    members[level + 1] = order
                    remember(pool, members, level + 2, length[level, place], SPARE)
            for place in range(total):
                order = choice[level, place]
                rest = best_filling(price, share, choice[level], 0, total, room[level] - share[order])
                if reduced[level, place] - rest < threshold:
                    choice[level, kept] = order
                    reduced[level, kept] = reduced[level, place]
                    length[level, kept] = length[level, place]
                    kept += 1
            count[level] = kept
            if measured > nodes or pool.counts[0] > most or pool.counts[2] == 1:
                return -1
        place, end = cursor[level], count[level]
        if place >= end:
            inside[members[level]] = 0
            level -= 1
            continue
        cursor[level] += 1
        order = choice[level, place]
        left = room[level] - share[order]
        if (
            reduced[level, place] - best_filling(price, share, choice[level], place + 1, end, left)
            >= threshold
        ):
            continue
        below = level + 1
        bits[below] = bits[level] | load.bits[order]
        taken[below] = taken[level] + load.demand[order]
        paid[below] = length[level, place] - reduced[level, place]
        room[below] = left
        kept = 0
        for later in range(place + 1, end):
            other = choice[level, later]
            if not fits(taken[below], load.demand[other]):
                continue
            longer = max(length[level, place], length[level, later])
            rest = best_filling(price, share, choice[level], place + 1, end, left - share[other])
            if longer - paid[below] - price[other] - rest < threshold:
                choice[below, kept] = other
                kept += 1
        count[below] = kept
        if kept > 0:
            members[below] = order
            inside[order] = 1
            level = below
            opening = True
    return measured
