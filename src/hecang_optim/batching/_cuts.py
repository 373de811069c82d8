"""Subset-row cuts: what every whole-number choice of batches fulfils and a fractional one may not.

Of three orders, at most one batch holds two or more (Jepsen, Petersen, Spoorendonk & Pisinger 2008). A linear
program that takes three batches by halves, each with two of the orders, is cut off.
"""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel

#: How far a cut must be violated.
VIOLATION = 0.02


@kernel
def violated_triples(has: Floats, value: Floats, most: int, triples: Ints, by: Floats) -> int:
    """Find triples of orders whose cut is violated; how many.

    :param has: ``(batches, orders)`` 1 where the batch holds the order.
    :param value: ``(batches,)`` of the linear program, positive.
    :param most: room in ``triples`` ``(most, 3)`` and ``by`` ``(most,)``; the rest is left out.
    """
    batches, orders = has.shape
    together = np.zeros((orders, orders))
    for batch in range(batches):
        for one in range(orders):
            if has[batch, one] > 0.0:
                for other in range(orders):
                    together[one, other] += value[batch] * has[batch, other]
    found = 0
    for one in range(orders):
        for two in range(one + 1, orders):
            for three in range(two + 1, orders):
                pairs = together[one, two] + together[one, three] + together[two, three]
                if pairs <= 1.0 + VIOLATION:
                    continue
                for batch in range(batches):
                    pairs -= 2.0 * value[batch] * has[batch, one] * has[batch, two] * has[batch, three]
                if pairs > 1.0 + VIOLATION and found < most:
                    triples[found, 0], triples[found, 1], triples[found, 2] = one, two, three
                    by[found] = pairs - 1.0
                    found += 1
    return found
