"""(r,Q): when the position has fallen to r, order Q. Exact for counted demand, seen all the time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.compiled import kernel
from hecang_optim.lotsizing.arrays import Numbers, column
from hecang_optim.lotsizing.demand import Demand, Family
from hecang_optim.lotsizing.tables import cheapest_level, fill_losses, fill_probabilities, period_cost

#: Probability that the tables of demand leave out.
_TAIL = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class LotAndPoint:
    """A policy (r,Q) for each SKU.

    :param reorder_point: r, units (n).
    :param quantity: Q, units (n); 0 where nothing is asked for.
    :param cost: money a period for orders, stock and units owed (n).
    """

    reorder_point: Floats
    quantity: Floats
    cost: Floats


def lot_and_point(
    lead: Demand, rate: Numbers, setup: Numbers, holding: Numbers, backorder: Numbers
) -> LotAndPoint:
    """The (r,Q) with the least cost a period, exactly where customers ask for one unit at a time.

    :param lead: demand over the lead time, n SKUs, Poisson or negative binomial.
    :param rate: units asked for in a period (n), or one number.
    :param setup: money an order (n), or one number.
    :param holding: money to hold a unit for a period, above 0 (n), or one number.
    :param backorder: money to owe a unit for a period, above 0 (n), or one number.
    :raises InvalidProblem: demand that is not counted; costs out of their range.

    Source: Federgruen & Zheng (1992), "An efficient algorithm for computing an optimal (r,Q) policy in continuous
    review stochastic inventory systems".
    """
    size = len(lead)
    require_each(lead.counted, "lead.family", "must be Poisson or negative binomial here")
    asked, each = column("rate", rate, size), column("setup", setup, size)
    held, owed = (
        column("holding", holding, size, above=True),
        column("backorder", backorder, size, above=True),
    )
    variance = np.where(lead.family == Family.POISSON, lead.mean, lead.variance)
    length = 1 + lead.quantile(1.0 - _TAIL).astype(np.int64)
    found = np.zeros((3, size))
    find_lots(lead.mean, variance, length, asked, each, held, owed, found)
    return LotAndPoint(found[0], found[1], found[2])


@kernel
def find_lots(
    mean: Floats,
    variance: Floats,
    length: Ints,
    rate: Floats,
    setup: Floats,
    holding: Floats,
    backorder: Floats,
    found: Floats,
) -> None:
    """Fill ``found`` (3, n) with r, Q and the cost.

    The position is each of r + 1 … r + Q equally often. From the cheapest level outwards, a level more on the
    cheaper side lowers the average until its own cost exceeds it.
    """
    for row in range(len(mean)):
        if rate[row] == 0.0:
            found[0, row] = -1.0
            continue
        table = np.empty(length[row])
        if mean[row] > 0.0:
            fill_probabilities(mean[row], variance[row], table)
        else:
            table[:] = 0.0
            table[0] = 1.0
        losses = np.empty(len(table))
        expected = fill_losses(table, losses)
        held, owed = holding[row], backorder[row]
        top = cheapest_level(expected, losses, held, owed)
        point = top - 1
        spent = setup[row] * rate[row] + period_cost(top, expected, losses, held, owed)
        while True:
            below = period_cost(point, expected, losses, held, owed)
            above = period_cost(top + 1, expected, losses, held, owed)
            if min(below, above) * (top - point) >= spent:
                break
            if below <= above:
                point -= 1
            else:
                top += 1
            spent += min(below, above)
        found[0, row], found[1, row] = point, top - point
        found[2, row] = spent / (top - point)
