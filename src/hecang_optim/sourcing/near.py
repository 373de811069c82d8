"""All plans that can stand in a decision better than the best known: what is needed to prove one in integers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints, spans
from hecang_optim.sourcing.tables import NODES, Plans, Tables, cost_of, lateness, part, places_priced

#: Plans of one order beyond which its margin is halved.
_MOST_PLANS = 3000
#: Price of a day without a place.
_NEVER = 1e18
#: Plans of all orders together.
_MOST_COLUMNS = 250_000


class Near(NamedTuple):
    """Plans close to the best, in no particular order; an order has many.

    :param order: (C,)
    :param made: the tables of these orders, one after the other; ``plans`` are theirs, cost at no prices.
    :param margin: any decision that uses a plan which is missing here costs so much more than the relaxation.
    """

    order: Ints
    made: Tables
    plans: Plans
    margin: float


def near(
    made: Tables,
    scarcity: Floats,
    unit_price: Floats,
    day_price: Floats,
    stock: Ints,
    room: Ints,
    order_price: Floats,
    margin: float,
) -> Near:
    """Plans that cost, at these prices, up to ``order_price + margin``, on all days that do."""
    from hecang_optim.sourcing.kernels import near_plans

    orders = made.zone.size
    margins = np.full(orders, margin)
    out_order = np.empty(_MOST_COLUMNS, dtype=np.int64)
    out_plan = np.empty(_MOST_COLUMNS * 4, dtype=np.int64)
    count, used = near_plans(
        made, scarcity + unit_price, day_price, stock, room, order_price, margins, NODES, _MOST_PLANS,
        out_order, out_plan,
    )  # fmt: skip
    order, plan = out_order[:count].copy(), out_plan[:used].copy()
    order, plan, day = _on_all_days(
        made, order, plan, scarcity + unit_price, day_price, room, order_price + margins
    )
    tables = part(made, order)
    nothing = np.zeros(order.size)
    plans = Plans(plan, day, nothing, nothing)
    return Near(order, tables, plans._replace(cost=cost_of(tables, plans, scarcity)), float(margins.min()))


def _on_all_days(
    made: Tables, order: Ints, plan: Ints, unit_price: Floats, day_price: Floats, room: Ints, limit: Floats
) -> tuple[Ints, Ints, Ints]:
    """Each plan on every combination of days that stays within the limit of its order: (order, plan, day)."""
    warehouses, days = room.shape
    by_day = np.where(room > 0, lateness(made) + day_price, _NEVER)
    cheapest = by_day.argmin(axis=2)
    extra = by_day - by_day.min(axis=2, keepdims=True)
    tables = part(made, order)
    owner = np.repeat(np.arange(order.size), np.diff(tables.start))
    day = np.full((order.size, warehouses), -1, dtype=np.int64)
    day[owner[plan >= 0], plan[plan >= 0]] = 0
    day = np.where(day >= 0, cheapest[order], -1)
    plans = Plans(plan, day, limit, limit)
    cost = cost_of(tables, plans, unit_price) + places_priced(plans, day_price)
    source = np.arange(order.size)
    for w in range(warehouses):
        for d in range(days):
            first = cheapest[order[source], w] == day[:, w]  # not yet moved
            dearer = cost + extra[order[source], w, d]
            moved = np.flatnonzero(
                first & (day[:, w] >= 0) & (day[:, w] != d) & (dearer <= limit[order[source]])
            )
            other = day[moved].copy()
            other[:, w] = d
            source = np.concatenate((source, source[moved]))
            day = np.concatenate((day, other))
            cost = np.concatenate((cost, dearer[moved]))
    return order[source], plan[spans(tables.start, source)], day
