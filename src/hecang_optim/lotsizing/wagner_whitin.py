"""Known demand that changes from period to period: the cheapest plan of orders, exactly.

The dynamic program of Wagner & Whitin, backwards, with the lower envelope of Wagelmans, van Hoesel & Kolen:
O(T log T) for each SKU with any cost that changes over time.

Sources: Wagner & Whitin (1958), "Dynamic version of the economic lot size model"; Wagelmans, van Hoesel & Kolen
(1992), "Economic lot sizing: an O(n log n) algorithm that runs in linear time in the Wagner-Whitin case".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.compiled import kernel
from hecang_optim.errors import InvalidProblem
from hecang_optim.lotsizing.arrays import Numbers, column


@dataclass(frozen=True, slots=True, eq=False)
class LotPlan:
    """When to order how much.

    :param quantity: units ordered in each period, on the shelf at its beginning (n, T).
    :param cost: money for orders, goods, and stock at the end of each period (n).
    """

    quantity: Floats
    cost: Floats


def plan_lots(
    demand: npt.ArrayLike,
    setup: npt.ArrayLike,
    holding: npt.ArrayLike,
    price: npt.ArrayLike = 0.0,
    stock: Numbers = 0.0,
) -> LotPlan:
    """The cheapest orders that meet all demand in time; capacity is not limited.

    Costs are one number, (T,) for all SKUs, (n, 1) for all periods, or (n, T).

    :param demand: units in each period (n, T).
    :param setup: money for an order in a period.
    :param holding: money for a unit in stock at the end of a period.
    :param price: money for a unit ordered in a period.
    :param stock: units on the shelf before the first period (n), or one number.
    :raises InvalidProblem: wrong shapes, negative or infinite numbers.
    """
    wanted = np.ascontiguousarray(demand, dtype=np.float64)
    if wanted.ndim != 2:
        raise InvalidProblem("demand", f"has shape {wanted.shape} where (SKUs, periods) is expected")
    require_each((np.isfinite(wanted) & (wanted >= 0)).all(axis=1), "demand", "must be finite and at least 0")
    size, periods = wanted.shape
    setups = _cost_table("setup", setup, wanted.shape)
    holdings = _cost_table("holding", holding, wanted.shape)
    prices = _cost_table("price", price, wanted.shape)
    on_hand = column("stock", stock, size)
    quantity, cost = np.zeros((size, periods)), np.zeros(size)
    if periods:
        plan_rows(wanted, setups, holdings, prices, on_hand, quantity, cost)
    return LotPlan(quantity, cost)


def _cost_table(field: str, given: npt.ArrayLike, shape: tuple[int, int]) -> Floats:
    """One row for all SKUs, or a row for each."""
    table = np.atleast_2d(np.asarray(given, dtype=np.float64))
    rows = 1 if table.shape[0] == 1 else shape[0]
    try:
        table = np.ascontiguousarray(np.broadcast_to(table, (rows, shape[1])))
    except ValueError:
        raise InvalidProblem(field, f"has shape {table.shape} for {shape} SKUs and periods") from None
    require_each((np.isfinite(table) & (table >= 0)).all(axis=1), field, "must be finite and at least 0")
    return table


@kernel
def plan_rows(
    demand: Floats,
    setup: Floats,
    holding: Floats,
    price: Floats,
    stock: Floats,
    quantity: Floats,
    cost: Floats,
) -> None:
    """Fill ``quantity`` (n, T) and ``cost`` (n); cost tables have one row or n."""
    size, periods = demand.shape
    net = np.empty(periods)
    worth = np.empty(periods)
    later = np.empty(periods, dtype=np.int64)
    for row in range(size):
        setups = setup[row if setup.shape[0] > 1 else 0]
        holdings = holding[row if holding.shape[0] > 1 else 0]
        prices = price[row if price.shape[0] > 1 else 0]
        left = stock[row]
        for period in range(periods):  # the stock meets the first demand
            used = min(left, demand[row, period])
            net[period] = demand[row, period] - used
            left -= used
        held = 0.0
        for period in range(periods - 1, -1, -1):  # a unit costs its price and holding until the end
            held += holdings[period]
            worth[period] = prices[period] + held
        _best_next_orders(net, setups, worth, later)
        period = 0
        while period < periods:
            following = later[period]
            if following < 0:  # no order here
                period += 1
                continue
            quantity[row, period] = net[period:following].sum()
            period = following
        in_stock = stock[row]
        for period in range(periods):
            ordered = quantity[row, period]
            in_stock += ordered - demand[row, period]
            cost[row] += prices[period] * ordered + holdings[period] * max(in_stock, 0.0)
            if ordered > 0.0:
                cost[row] += setups[period]


@kernel
def _best_next_orders(net: Floats, setups: Floats, worth: Floats, later: Ints) -> None:
    """For each period: until which period an order there should last; -1 for no order there.

    Backwards: cost[i] = min over t > i of setup[i] + worth[i] · (ahead[i] - ahead[t]) + cost[t], where ahead is
    all demand from a period on. The points (ahead[t], cost[t]) that can be best for some worth[i] form a lower
    convex hull, which grows at its right end.
    """
    periods = len(net)
    hull = np.empty(periods + 1, dtype=np.int64)
    ahead = np.zeros(periods + 1)
    cost = np.zeros(periods + 1)
    hull[0] = periods
    corners = 1
    for period in range(periods - 1, -1, -1):
        ahead[period] = ahead[period + 1] + net[period]
        low, high = 0, corners - 1
        while low < high:  # the first corner from which the hull rises by more than worth
            middle = (low + high) // 2
            a, b = hull[middle], hull[middle + 1]
            if cost[b] - cost[a] >= worth[period] * (ahead[b] - ahead[a]):
                high = middle
            else:
                low = middle + 1
        best = hull[low]
        cost[period] = setups[period] + worth[period] * (ahead[period] - ahead[best]) + cost[best]
        later[period] = best
        if net[period] == 0.0 and cost[period + 1] <= cost[period]:
            cost[period] = cost[period + 1]
            later[period] = -1
        while corners > 0:
            top = hull[corners - 1]
            same = ahead[top] == ahead[period]  # nothing asked for between: cost[period] is at most cost[top]
            if not same and (corners == 1 or _is_corner(ahead, cost, hull[corners - 2], top, period)):
                break
            corners -= 1
        hull[corners] = period
        corners += 1


@kernel
def _is_corner(ahead: Floats, cost: Floats, before: int, middle: int, after: int) -> bool:
    """Whether ``middle`` lies below the line from ``before`` to ``after``."""
    rise = (cost[middle] - cost[before]) * (ahead[after] - ahead[before])
    return bool(rise < (cost[after] - cost[before]) * (ahead[middle] - ahead[before]))
