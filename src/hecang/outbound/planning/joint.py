"""Which orders are walked for together: joint batching by ``hecang_optim.batching``.

The search sees the warehouse as one layout of parallel aisles. Where that is not quite true (zones whose cross
aisles do not meet) it still tells which orders lie near each other; the walks are laid by the true ways afterwards.
"""

from __future__ import annotations

import numpy as np

from hecang.outbound.planning.base import BatchKind, WaveProblem
from hecang.outbound.planning.batching import (
    Group,
    by_urgency,
    seed_groups,
    single_groups,
    single_sku_groups,
)
from hecang.outbound.planning.geometry import Ints
from hecang.outbound.planning.parallel import Parallel, parts_of
from hecang_optim.batching import BatchingProblem, Cart, Orders
from hecang_optim.batching.quick import plan_quickly


def joint_groups(problem: WaveProblem) -> list[Group]:
    """All orders of the problem, grouped into batches by kind, capacity and the walk that they make together."""
    single = (problem.order_lines == 1) & (problem.order_units == 1)
    groups, rest = single_sku_groups(problem, np.flatnonzero(single))
    groups += _groups(problem, np.array(rest, dtype=np.int64), BatchKind.SINGLE)
    groups += _groups(problem, np.flatnonzero(~single), BatchKind.MULTI)
    return by_urgency(groups)


def _groups(problem: WaveProblem, orders: Ints, kind: BatchKind) -> list[Group]:
    """Batches of these orders; those too large for the cart alone, those that lie nowhere as they come."""
    whole = parts_of(problem.geometry).whole
    cart = problem.cart
    large = (problem.order_weight_g[orders] > cart.max_weight_g) | (
        problem.order_volume_mm3[orders] > cart.max_volume_mm3
    )
    if kind is BatchKind.MULTI:
        large |= problem.order_lines[orders] > cart.max_lines
    lie = np.zeros(problem.order_id.size, dtype=bool)
    if whole is not None:
        known = np.flatnonzero(problem.pick_location >= 0)
        on_aisle = whole.aisle[problem.pick_location[known]] >= 0
        lie[problem.pick_order[known[on_aisle]]] = True
    found: list[list[int]] = [[int(order)] for order in orders[large]]
    lost = orders[~large & ~lie[orders]]
    found += single_groups(problem, lost.tolist()) if kind is BatchKind.SINGLE else seed_groups(problem, lost)
    placed = orders[~large & lie[orders]]
    if placed.size and whole is not None:
        found += _optimised(problem, whole, placed, kind)
    return [(kind, sorted(members)) for members in found]


def _optimised(problem: WaveProblem, whole: Parallel, orders: Ints, kind: BatchKind) -> list[list[int]]:
    rows = _lines(problem, whole, orders)
    cart = problem.cart
    multi = kind is BatchKind.MULTI
    plan = plan_quickly(
        BatchingProblem(
            layout=whole.layout,
            orders=Orders(
                start=rows[0],
                aisle=rows[1],
                y=rows[2],
                quantity=rows[3],
                weight=problem.order_weight_g[orders].astype(np.float64),
                volume=problem.order_volume_mm3[orders].astype(np.float64),
            ),
            cart=Cart(
                items=cart.max_lines if multi else None,
                weight=cart.max_weight_g,
                volume=cart.max_volume_mm3,
                orders=cart.slots if multi else cart.singles,
            ),
        ),
        begin=_by_rule(problem, orders, kind),
    )
    return [orders[members].tolist() for members in plan.batches]


def _by_rule(problem: WaveProblem, orders: Ints, kind: BatchKind) -> Ints:
    """The plain rule's batch of each order: what the search begins with, and is never worse than."""
    groups = (
        single_groups(problem, orders.tolist()) if kind is BatchKind.SINGLE else seed_groups(problem, orders)
    )
    label = np.zeros(problem.order_id.size, dtype=np.int64)
    for number, members in enumerate(groups):
        label[members] = number
    return label[orders]


def _lines(
    problem: WaveProblem, whole: Parallel, orders: Ints
) -> tuple[Ints, Ints, np.ndarray[tuple[int], np.dtype[np.float64]], Ints]:
    """Ragged rows of these orders' picks on aisles: (start, aisle, y, what counts towards the cart's lines)."""
    rank = np.full(problem.order_id.size, -1, dtype=np.int64)
    rank[orders] = np.arange(orders.size)
    picks = np.flatnonzero((problem.pick_location >= 0) & (rank[problem.pick_order] >= 0))
    picks = picks[whole.aisle[problem.pick_location[picks]] >= 0]
    picks = picks[np.argsort(rank[problem.pick_order[picks]], kind="stable")]
    of = rank[problem.pick_order[picks]]
    start = np.searchsorted(of, np.arange(orders.size + 1)).astype(np.int64)
    counted = np.zeros(picks.size, dtype=np.int64)
    counted[start[:-1]] = problem.order_lines[orders]
    at = problem.pick_location[picks]
    return start, whole.aisle[at], whole.y[at], counted
