"""Which orders are walked for together: seed batching on sub-aisle sets.

A cart that is in a sub-aisle anyway picks there for nothing. So a batch starts with a seed and takes, one
after another, the order that adds the fewest new sub-aisles (at equal number, the one that shares most).
Sets of sub-aisles are bit masks, and one numpy pass scores all orders left: 10,000 lines take well under
a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from hecang.outbound.planning.base import BatchKind, Cart, WaveProblem
from hecang.outbound.planning.geometry import Ints

Masks = npt.NDArray[np.uint64]

#: A group of orders as indices into the problem's order arrays.
Group = tuple[BatchKind, list[int]]


def group_orders(problem: WaveProblem) -> list[Group]:
    """All orders of the problem, grouped into batches by kind, capacity and proximity."""
    single = (problem.order_lines == 1) & (problem.order_units == 1)
    groups, rest = single_sku_groups(problem, np.flatnonzero(single))
    groups += [(BatchKind.SINGLE, part) for part in single_groups(problem, rest)]
    groups += [(BatchKind.MULTI, part) for part in seed_groups(problem, np.flatnonzero(~single))]
    return by_urgency(groups)


def by_urgency(groups: Iterable[Group]) -> list[Group]:
    """The groups in the order in which to start them: the most urgent order of each decides."""
    return sorted(groups, key=lambda group: min(group[1]))


def single_sku_groups(problem: WaveProblem, orders: Ints) -> tuple[list[Group], list[int]]:
    """Batches of one SKU where enough orders want one unit of it; and the orders left over."""
    sku_of = np.zeros(problem.order_id.size, dtype=np.int64)
    sku_of[problem.pick_order] = problem.pick_sku
    by_sku: dict[int, list[int]] = {}
    for order in orders.tolist():
        by_sku.setdefault(int(sku_of[order]), []).append(order)
    groups: list[Group] = []
    rest: list[int] = []
    for members in by_sku.values():
        if len(members) < problem.cart.min_single_sku:
            rest.extend(members)
        else:
            groups.extend((BatchKind.SINGLE_SKU, part) for part in _cut(problem, members))
    return groups, rest


def single_groups(problem: WaveProblem, orders: Sequence[int]) -> list[list[int]]:
    """Single units along the serpentine through the warehouse, cut where the cart is full."""
    if not orders:
        return []
    location_of = np.full(problem.order_id.size, -1, dtype=np.int64)
    location_of[problem.pick_order] = problem.pick_location
    rank = _serpentine_rank(problem, location_of[list(orders)])
    return _cut(problem, [orders[index] for index in np.argsort(rank, kind="stable").tolist()])


def _serpentine_rank(problem: WaveProblem, positions: Ints) -> Ints:
    """Sort key that follows an S through all sub-aisles; -1 (no location known) comes last."""
    geometry = problem.geometry
    if geometry.location_id.size == 0:
        return np.zeros(positions.shape, dtype=np.int64)
    known = np.where(positions < 0, 0, positions)
    sub_aisle = geometry.sub_aisle_of(known)
    aisle, y = geometry.aisle[known], geometry.y[known]
    along = np.where(aisle % 2 == 0, y, -y) + 100_000_000
    return np.where(positions < 0, np.iinfo(np.int64).max, sub_aisle * 1_000_000_000 + along)


def _cut(problem: WaveProblem, members: list[int]) -> list[list[int]]:
    """Cut a list of single-unit orders where the cart is full."""
    cart = problem.cart
    parts: list[list[int]] = []
    weight = volume = 0
    for order in members:
        more_weight = int(problem.order_weight_g[order])
        more_volume = int(problem.order_volume_mm3[order])
        full = (
            not parts
            or len(parts[-1]) >= cart.singles
            or weight + more_weight > cart.max_weight_g
            or volume + more_volume > cart.max_volume_mm3
        )
        if full:
            parts.append([])
            weight = volume = 0
        parts[-1].append(order)
        weight += more_weight
        volume += more_volume
    return parts


def seed_groups(problem: WaveProblem, orders: Ints) -> list[list[int]]:
    """Seed batching of the orders with several units; an order too large for the cart goes alone."""
    if orders.size == 0:
        return []
    masks = _masks(problem, orders)
    weight = problem.order_weight_g[orders]
    volume = problem.order_volume_mm3[orders]
    lines = problem.order_lines[orders]
    size = _count(masks)
    left = np.ones(orders.size, dtype=bool)
    groups = []
    # Large sets first: what is left for the end of the day are small orders that fit anywhere.
    for seed in np.argsort(-size, kind="stable").tolist():
        if left[seed]:
            members = _grow(problem.cart, seed, left, masks, weight, volume, lines)
            groups.append(sorted(int(orders[index]) for index in members))
    return groups


def _grow(
    cart: Cart, seed: int, left: npt.NDArray[np.bool_], masks: Masks, weight: Ints, volume: Ints, lines: Ints
) -> list[int]:
    """Grow one batch from ``seed``; takes its members out of ``left``."""
    left[seed] = False
    members, covered = [seed], masks[seed].copy()
    room = [cart.max_weight_g - int(weight[seed]), cart.max_volume_mm3 - int(volume[seed])]
    room.append(cart.max_lines - int(lines[seed]))
    while len(members) < cart.slots:
        fits = left & (weight <= room[0]) & (volume <= room[1]) & (lines <= room[2])
        candidates = np.flatnonzero(fits)
        if not candidates.size:
            break
        added = _count(masks[candidates] & ~covered)
        shared = _count(masks[candidates] & covered)
        ranked = np.argsort(added * 4096 - shared, kind="stable")
        # Those that add nothing are taken in one go: taking one does not change the score of the others.
        free = max(1, int(np.count_nonzero(added == 0)))
        for chosen in candidates[ranked[: min(free, cart.slots - len(members))]].tolist():
            needs = (int(weight[chosen]), int(volume[chosen]), int(lines[chosen]))
            if any(need > space for need, space in zip(needs, room, strict=True)):
                continue
            left[chosen] = False
            members.append(chosen)
            covered |= masks[chosen]
            room = [space - need for space, need in zip(room, needs, strict=True)]
    return members


def _masks(problem: WaveProblem, orders: Ints) -> Masks:
    """Bit masks of the sub-aisles that each order visits, shape (orders, words)."""
    geometry = problem.geometry
    words = geometry.sub_aisle_count // 64 + 1
    masks = np.zeros((problem.order_id.size, words), dtype=np.uint64)
    known = problem.pick_location >= 0
    sub_aisle = geometry.sub_aisle_of(problem.pick_location[known])
    bits = np.left_shift(np.uint64(1), (sub_aisle % 64).astype(np.uint64))
    np.bitwise_or.at(masks, (problem.pick_order[known], sub_aisle // 64), bits)
    return masks[orders]


def _count(masks: Masks) -> Ints:
    """Number of bits set in each row."""
    counts: Ints = np.bitwise_count(masks).sum(axis=1, dtype=np.int64)
    return counts
