"""What is bought together, told from chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hecang_optim.arrays import Floats, Ints, row_starts
from hecang_optim.errors import require
from hecang_optim.slotting.model import Walks


@dataclass(frozen=True, slots=True, eq=False)
class Affinity:
    """For each SKU its partners, the closest first: ``partner[start[i]:start[i + 1]]``.

    :param start: (n + 1).
    :param partner: SKUs.
    :param strength: lift or cosine with each partner.
    :param together: orders with both.
    """

    start: Ints
    partner: Ints
    strength: Floats
    together: Ints

    def of(self, sku: int) -> tuple[Ints, Floats]:
        """The partners of one SKU and how close they are."""
        here = slice(self.start[sku], self.start[sku + 1])
        return self.partner[here], self.strength[here]


def affinity(
    orders: Walks,
    count: int,
    measure: Literal["cosine", "lift"] = "cosine",
    least: int = 3,
    most_partners: int = 20,
) -> Affinity:
    """Which SKUs are bought together.

    :param orders: one walk for each order (batches would mix what strangers bought).
    :param count: n, number of SKUs.
    :param measure: cosine: orders with both over the geometric mean of the orders with each, 0 to 1. Lift: how
        many times more orders have both than if they were independent; it favours rare goods.
    :param least: orders with both, so that it counts.
    :param most_partners: kept for each SKU.
    :return: symmetric but for ``most_partners``.
    """
    from scipy import sparse

    require(least >= 1, "least", "is not at least 1")
    require(orders.sku.max(initial=-1) < count, "orders.sku", "is no SKU")
    bought = sparse.csr_array(
        (np.ones(len(orders.sku), dtype=np.int64), orders.sku, orders.start), shape=(len(orders), count)
    )
    both = (bought.T @ bought).tocoo()
    kept = (both.row != both.col) & (both.data >= least)
    one, other, together = both.row[kept].astype(np.int64), both.col[kept].astype(np.int64), both.data[kept]
    lines = orders.lines(count).astype(np.float64)
    expected = lines[one] * lines[other]
    strength = together / np.sqrt(expected) if measure == "cosine" else together * len(orders) / expected
    order = np.lexsort((other, -strength, one))
    one, other, together, strength = one[order], other[order], together[order], strength[order]
    begin = np.searchsorted(one, np.arange(count))
    near = np.arange(len(one)) - begin[one] < most_partners
    start = row_starts(np.bincount(one[near], minlength=count))
    return Affinity(start, other[near], strength[near], together[near].astype(np.int64))
