"""One chance to order, one season to sell: the newsvendor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, require_each
from hecang_optim.errors import InvalidProblem
from hecang_optim.lotsizing.arrays import Numbers, column
from hecang_optim.lotsizing.demand import Demand


@dataclass(frozen=True, slots=True, eq=False)
class NewsvendorOrder:
    """What to have for the season.

    :param quantity: units (n).
    :param cost: expected cost of units left over and of units short, money (n).
    """

    quantity: Floats
    cost: Floats


def newsvendor(demand: Demand, overage: Numbers, underage: Numbers) -> NewsvendorOrder:
    """The quantity with the least expected cost of having too much or too little.

    With ``overage`` as the cost of holding a unit for a period and ``underage`` as that of owing one, and demand
    over the protection interval, this is the best order-up-to level of (R,S) where orders cost nothing.

    :param demand: of the season, n SKUs.
    :param overage: money lost on a unit left over (n), or one number.
    :param underage: money lost on a unit short (n), or one number.

    Source: Arrow, Harris & Marschak (1951), "Optimal inventory policy".
    """
    over, under = _costs(len(demand), overage, underage)
    quantity = np.maximum(demand.quantile(under / (over + under)), 0.0)
    short = demand.loss(quantity)
    return NewsvendorOrder(quantity, over * (quantity - demand.mean + short) + under * short)


def newsvendor_from_history(history: npt.ArrayLike, overage: Numbers, underage: Numbers) -> NewsvendorOrder:
    """As :func:`newsvendor`, without any assumption on the distribution: from what was asked for before.

    :param history: units asked for in comparable seasons (n, seasons).
    :param overage: cost of a unit left over; ``underage`` of a unit short: (n), or one number.
    :raises InvalidProblem: no seasons, numbers that are not finite, costs that are not above 0.
    """
    seen = np.sort(np.asarray(history, dtype=np.float64), axis=-1)
    if seen.ndim != 2 or seen.shape[1] == 0:
        raise InvalidProblem("history", f"has shape {seen.shape} where (SKUs, seasons) is expected")
    require_each(np.isfinite(seen).all(axis=1), "history", "has a number that is not finite")
    size, seasons = seen.shape
    over, under = _costs(size, overage, underage)
    rank = np.ceil(under / (over + under) * seasons - 1e-9).astype(np.int64) - 1
    quantity = np.take_along_axis(seen, np.clip(rank, 0, seasons - 1)[:, None], axis=1)
    left = np.maximum(quantity - seen, 0.0).mean(axis=1)
    short = np.maximum(seen - quantity, 0.0).mean(axis=1)
    return NewsvendorOrder(quantity[:, 0], over * left + under * short)


def _costs(size: int, overage: Numbers, underage: Numbers) -> tuple[Floats, Floats]:
    return column("overage", overage, size, above=True), column("underage", underage, size, above=True)
