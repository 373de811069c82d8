"""How much to keep so that customers are served: safety stock by cycle service and by fill rate.

The protection interval is the time a stock level must last: review interval plus lead time where orders are
placed at reviews, the lead time alone where they are placed at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints
from hecang_optim.errors import require
from hecang_optim.lotsizing.arrays import Numbers, column, share
from hecang_optim.lotsizing.demand import Demand, Family, fit_demand
from hecang_optim.lotsizing.search import lowest_integer, lowest_real

#: Shares of unmet demand that differ by less are equal.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class StockLevel:
    """What to keep of each SKU.

    :param level: order up to this (R,S), or order when the position falls to it (r,Q); units (n).
    :param safety_stock: the part beyond the demand expected in the protection interval, units (n); negative
        where less than the expected demand is enough.
    :param service: the cycle service or fill rate that the level reaches by the distribution (n).
    """

    level: Floats
    safety_stock: Floats
    service: Floats


def protection_demand(
    mean: Numbers,
    error: Numbers,
    lead_time: Numbers,
    *,
    review: Numbers = 0.0,
    lead_time_deviation: Numbers = 0.0,
    family: Family | None = None,
) -> Demand:
    """Demand over the protection interval, from a forecast of one period.

    The errors of the periods count as independent, and as independent of the lead time. Where a forecast gives
    the error over the interval itself, use :func:`~hecang_optim.lotsizing.demand.fit_demand` with it instead.

    :param mean: forecast, units a period (n), or one number.
    :param error: standard deviation of its error, units in a period (n), or one number.
    :param lead_time: from order to shelf, periods (n), or one number.
    :param review: between two chances to order, periods; 0 where one can order at any time.
    :param lead_time_deviation: standard deviation of the lead time, periods.
    :param family: of the distribution; ``None``: chosen for each SKU.
    :raises InvalidProblem: negative or unequal columns.

    Source: Silver, Pyke & Thomas (2017), "Inventory and Production Management in Supply Chains", chapter 6.
    """
    size = max(np.size(one) for one in (mean, error, lead_time, review, lead_time_deviation))
    means = column("mean", mean, size)
    interval = column("lead_time", lead_time, size) + column("review", review, size)
    errors = column("error", error, size)
    spread = column("lead_time_deviation", lead_time_deviation, size)
    return fit_demand(means * interval, errors**2 * interval + (means * spread) ** 2, family)


def level_by_cycle_service(protection: Demand, service: Numbers) -> StockLevel:
    """The level with which a cycle passes without a stock-out with probability ``service`` (alpha).

    :param protection: demand over the protection interval of n SKUs.
    :param service: strictly between 0 and 1 (n), or one number.
    """
    level = np.maximum(protection.quantile(share("service", service, len(protection))), 0.0)
    return StockLevel(level, level - protection.mean, protection.cdf(level))


def order_up_to_by_fill_rate(protection: Demand, lead: Demand, service: Numbers) -> StockLevel:
    """The (R,S) level with which the share ``service`` (beta) of demand is met from the shelf.

    Units short in a cycle are those short at its end less those that were short at its beginning already.

    :param protection: demand over review interval and lead time of n SKUs.
    :param lead: demand over the lead time alone, of the same SKUs.
    :param service: strictly between 0 and 1 (n), or one number.
    :raises InvalidProblem: the protection interval expects less than the lead time does.

    Source: Johnson, Lee, Davis & Hall (1995), "Expressions for item fill rates in periodic inventory systems".
    """
    size = len(protection)
    wanted = share("service", service, size)
    require(len(lead) == size, "lead", "needs the SKUs of the protection interval")
    cycle = protection.mean - lead.mean
    column("protection.mean - lead.mean", cycle, size)

    def met_by(rows: Ints) -> _Met:
        at_end, at_beginning, asked = protection.take(rows), lead.take(rows), cycle[rows]

        def met(level: Floats) -> Floats:
            short = np.maximum(at_end.loss(level) - at_beginning.loss(level), 0.0)
            return 1.0 - np.divide(short, asked, out=np.zeros(len(asked)), where=asked > 0)

        return met

    return _lowest_level(protection, met_by, wanted)


def reorder_point_by_fill_rate(lead: Demand, quantity: Numbers, service: Numbers) -> StockLevel:
    """The reorder point of (r,Q) with which the share ``service`` (beta) of demand is met from the shelf.

    Exact where customers ask for one unit at a time; larger orders make the position undershoot the reorder
    point, which is not counted.

    :param lead: demand over the lead time of n SKUs (with a review interval: half of it may be added).
    :param quantity: Q, units (n), or one number.
    :param service: strictly between 0 and 1 (n), or one number.

    Source: Hadley & Whitin (1963), "Analysis of Inventory Systems", sections 4-7 and 4-9.
    """
    size = len(lead)
    wanted = share("service", service, size)
    lot = column("quantity", quantity, size, above=True)

    def met_by(rows: Ints) -> _Met:
        demand, mine = lead.take(rows), lot[rows]
        return lambda level: 1.0 - np.maximum(demand.loss(level) - demand.loss(level + mine), 0.0) / mine

    return _lowest_level(lead, met_by, wanted)


_Met = Callable[[Floats], Floats]


def _lowest_level(demand: Demand, met_by: Callable[[Ints], _Met], wanted: Floats) -> StockLevel:
    """The lowest level that meets the share ``wanted``: whole where pieces are counted.

    :param met_by: for some SKUs, the function from their levels to the shares met.
    """
    level, service = np.zeros(len(demand)), np.ones(len(demand))
    for counted, lowest in ((True, lowest_integer), (False, lowest_real)):
        rows = np.flatnonzero(demand.counted == counted)
        if len(rows):
            met = met_by(rows)
            goal = wanted[rows] - _ROUNDING
            guess = demand.mean[rows] + np.sqrt(demand.variance[rows])
            level[rows] = lowest(partial(_reaches, met, goal), guess)
            service[rows] = met(level[rows])
    return StockLevel(level, level - demand.mean, service)


def _reaches(met: _Met, goal: Floats, level: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray(met(level) >= goal)
