"""The economic order quantity, with one price or with a discount on all units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, require_each
from hecang_optim.errors import InvalidProblem
from hecang_optim.lotsizing.arrays import Numbers, column


@dataclass(frozen=True, slots=True, eq=False)
class OrderQuantity:
    """How much to order at once.

    :param quantity: units (n); 0 where nothing is asked for.
    :param cost: money a period for orders and stock, and with discounts for the goods, too (n).
    """

    quantity: Floats
    cost: Floats


def economic_order_quantity(demand: Numbers, setup: Numbers, holding: Numbers) -> OrderQuantity:
    """The lot that balances the cost of ordering against that of holding stock.

    :param demand: units a period (n), or one number.
    :param setup: money an order (n), or one number.
    :param holding: money to hold a unit for a period, above 0 (n), or one number.

    Source: Harris (1913), "How many parts to make at once".
    """
    size = max(np.size(one) for one in (demand, setup, holding))
    rate, each, held = column("demand", demand, size), column("setup", setup, size), _held(holding, size)
    quantity = np.sqrt(2.0 * each * rate / held)
    return OrderQuantity(quantity, np.sqrt(2.0 * each * rate * held))


def economic_order_quantity_with_discounts(
    demand: Numbers,
    setup: Numbers,
    holding_rate: Numbers,
    breaks: npt.ArrayLike,
    prices: npt.ArrayLike,
    holding: Numbers = 0.0,
) -> OrderQuantity:
    """The best lot where the price of all units depends on how many are ordered.

    :param demand: units a period (n), or one number.
    :param setup: money an order (n), or one number.
    :param holding_rate: cost of a period's holding as a share of the price (n), or one number.
    :param breaks: lowest quantity of each price (n, prices), or (prices,) for all SKUs; begins with 0, rises.
    :param prices: money a unit (n, prices), or (prices,) for all SKUs.
    :param holding: cost of a period's holding that does not depend on the price, money a unit (n).
    :raises InvalidProblem: breaks that do not rise from 0; no cost of holding at all.

    Source: Hadley & Whitin (1963), "Analysis of Inventory Systems", section 2-11.
    """
    tables = np.broadcast_arrays(
        np.atleast_2d(np.asarray(breaks, dtype=np.float64)),
        np.atleast_2d(np.asarray(prices, dtype=np.float64)),
    )
    size = max(len(tables[0]), *(np.size(one) for one in (demand, setup, holding_rate, holding)))
    lowest, price = (_table(name, one, size) for name, one in zip(("breaks", "prices"), tables, strict=True))
    require_each(lowest[:, 0] == 0.0, "breaks", "must begin with 0")
    require_each((np.diff(lowest, axis=1) > 0).all(axis=1), "breaks", "must rise")
    rate, each = column("demand", demand, size)[:, None], column("setup", setup, size)[:, None]
    share, fixed = column("holding_rate", holding_rate, size), column("holding", holding, size)
    held = share[:, None] * price + fixed[:, None]
    require_each((held > 0).all(axis=1), "holding_rate", "and holding leave stock free of cost")
    # Each price's own best lot, not below its break. Lots beyond the next break are cheaper there: left as they
    # are, priced too high, they never win.
    lot = np.maximum(np.sqrt(2.0 * each * rate / held), lowest)
    orders = np.divide(rate, lot, out=np.zeros_like(lot), where=lot > 0)
    cost = rate * price + each * orders + held * lot / 2.0
    best = np.argmin(cost, axis=1)[:, None]
    asked = rate[:, 0] > 0
    return OrderQuantity(
        np.where(asked, np.take_along_axis(lot, best, axis=1)[:, 0], 0.0),
        np.where(asked, np.take_along_axis(cost, best, axis=1)[:, 0], 0.0),
    )


def _held(holding: Numbers, size: int) -> Floats:
    return column("holding", holding, size, above=True)


def _table(field: str, given: Floats, size: int) -> Floats:
    if len(given) not in (1, size):
        raise InvalidProblem(field, f"has {len(given)} rows for {size} SKUs")
    table = np.broadcast_to(given, (size, given.shape[1]))
    require_each((np.isfinite(table) & (table >= 0)).all(axis=1), field, "must be finite and at least 0")
    return table
