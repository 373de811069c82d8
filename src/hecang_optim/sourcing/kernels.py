"""The best plan of each order at given prices, and all plans close to it, by branch and bound over its pieces.

Each piece goes to one warehouse or stays. What is counted: the pieces' own costs (handling, prices of units), for
each warehouse that ships anything its shipment (handling, lateness and price of a place on a day, freight by
begun weight steps, split price), and the price of what stays.
"""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.sourcing.offers import NEVER, freight, offers, slack
from hecang_optim.sourcing.tables import Tables

#: Bound and value this close are the same, so that ties end the search.
_CLOSE = 1e-9


@kernel
def next_set(members: Ints, size: int, warehouses: int) -> bool:
    """The next combination of ``size`` warehouses in ``members``; false after the last."""
    place = size - 1
    while place >= 0 and members[place] == warehouses - size + place:
        place -= 1
    if place < 0:
        return False
    members[place] += 1
    for later in range(place + 1, size):
        members[later] = members[later - 1] + 1
    return True


@kernel
def floors(
    value: Floats,
    pick: Floats,
    sku: Ints,
    grams: Ints,
    short: Floats,
    tariff_price: Floats,
    tariff_g: Ints,
    split: float,
    members: Ints,
    size: int,
    least: Floats,
) -> float:
    """What the pieces from each on cost at least with these members; returns the least price of a gram.

    :param least: (2, pieces + 1) the first row knows no freight; the second counts each gram at that price, as if
        no shipment had any slack.
    """
    count = grams.shape[0]
    rate = NEVER
    for m in range(size):
        w = members[m]
        rate = min(rate, tariff_price[1, w] / tariff_g[1, w], (tariff_price[0, w] + split) / tariff_g[0, w])
    least[:, count] = 0.0
    for p in range(count - 1, -1, -1):
        opens_line = p == 0 or sku[p] != sku[p - 1]
        cheapest = NEVER
        for m in range(size):
            w = members[m]
            cheapest = min(cheapest, value[p, w] + (pick[w] if opens_line else 0.0))
        least[0, p] = least[0, p + 1] + min(cheapest, short[p])
        least[1, p] = least[1, p + 1] + min(cheapest + rate * grams[p], short[p])
    return rate


@kernel
def search_set(  # noqa: C901 - one loop is one search
    value: Floats,
    pick: Floats,
    sku: Ints,
    quantity: Ints,
    grams: Ints,
    short: Floats,
    fixed: Floats,
    tariff_price: Floats,
    tariff_g: Ints,
    stock: Ints,
    split: float,
    members: Ints,
    size: int,
    nodes: int,
    best: float,
    least: Floats,
    plan: Ints,
    kept: Ints,
    found: int,
) -> tuple[float, int, float]:
    """Depth first over the pieces, each to one of the members or staying; every member ships something.

    Without ``kept`` (no rows): a plan below ``best`` goes into ``plan`` and becomes the best. With ``kept``
    (K, pieces): all plans below ``best`` are written there from ``found`` on.

    :returns: (best, found, a bound of what the search was too short to see, or never).
    """
    count = grams.shape[0]
    rate = floors(value, pick, sku, grams, short, tariff_price, tariff_g, split, members, size, least)
    choice = np.full(count, -1, dtype=np.int64)  # place in members; ``size`` stands for: stays
    weight_of = np.zeros(size, dtype=np.int64)
    pieces_at = np.zeros(size, dtype=np.int64)
    ship = np.zeros(size)
    slack_of = np.zeros(size, dtype=np.int64)
    for m in range(size):
        _reckon(m, members[m], weight_of, fixed, tariff_price, tariff_g, split, ship, slack_of)
    own = np.zeros(count + 1)
    own[0] = -split
    root = own[0] + ship.sum() + max(least[0, 0], least[1, 0] - rate * slack_of.sum())
    if root >= best - _CLOSE:
        return best, found, NEVER
    p = 0
    while p >= 0:
        m = choice[p]
        if 0 <= m < size:  # take back what stands at this level
            pieces_at[m] -= 1
            weight_of[m] -= grams[p]
            _reckon(m, members[m], weight_of, fixed, tariff_price, tariff_g, split, ship, slack_of)
        m += 1
        if m == 0 and p and sku[p] == sku[p - 1] and quantity[p] == quantity[p - 1]:
            m = choice[p - 1]  # equal pieces in one order only
        while m < size and value[p, members[m]] >= NEVER:
            m += 1
        if m > size:
            choice[p] = -1
            p -= 1
            continue
        choice[p] = m
        nodes -= 1
        if nodes < 0:
            return best, found, root
        if m == size:
            own[p + 1] = own[p] + short[p]
        else:
            w = members[m]
            pieces_at[m] += 1
            weight_of[m] += grams[p]
            _reckon(m, w, weight_of, fixed, tariff_price, tariff_g, split, ship, slack_of)
            together, before = quantity[p], p - 1
            while before >= 0 and sku[before] == sku[p]:
                together += quantity[before] if choice[before] == m else 0
                before -= 1
            if together > stock[w, sku[p]]:
                continue
            own[p + 1] = own[p] + value[p, w] + (pick[w] if together == quantity[p] else 0.0)
        cost = own[p + 1] + ship.sum()
        if cost + max(least[0, p + 1], least[1, p + 1] - rate * slack_of.sum()) >= best - _CLOSE:
            continue
        if p + 1 < count:
            p += 1
        elif pieces_at.min() > 0:
            if kept.shape[0] == 0:
                best = cost
                target = plan
            elif found == kept.shape[0]:
                return best, found, root
            else:
                target = kept[found]
                found += 1
            for q in range(count):
                target[q] = members[choice[q]] if choice[q] < size else -1
    return best, found, NEVER


@kernel
def _reckon(
    m: int,
    w: int,
    weight_of: Ints,
    fixed: Floats,
    tariff_price: Floats,
    tariff_g: Ints,
    split: float,
    ship: Floats,
    slack_of: Ints,
) -> None:
    """Cost and slack of the shipment of member ``m``, warehouse ``w``, anew after its weight has changed."""
    price, parcels = freight(
        weight_of[m], tariff_price[0, w], tariff_price[1, w], tariff_g[0, w], tariff_g[1, w], tariff_g[2, w]
    )
    ship[m] = fixed[w] + price + split * parcels
    slack_of[m] = slack(weight_of[m], tariff_g[0, w], tariff_g[1, w], tariff_g[2, w])


@kernel
def search(
    value: Floats,
    pick: Floats,
    sku: Ints,
    quantity: Ints,
    grams: Ints,
    short: Floats,
    fixed: Floats,
    tariff_price: Floats,
    tariff_g: Ints,
    stock: Ints,
    split: float,
    most: int,
    nodes: int,
    limit: float,
    plan: Ints,
    kept: Ints,
) -> tuple[float, float, int]:
    """All sets of up to ``most`` warehouses for one order, small ones first; see :func:`search_set`.

    :param limit: only plans that cost less; without ``kept`` nothing at all is a plan, too, written into ``plan``.
    :param nodes: search no longer in each set.
    :returns: (cost of the best, its proven bound, how many were kept or -1 where not all).
    """
    count, warehouses = value.shape
    nothing, found = short.sum(), 0
    best = limit
    if nothing < best:
        best = limit if kept.shape[0] else nothing
        target = kept[0] if kept.shape[0] else plan
        found = min(1, kept.shape[0])
        target[:] = -1
    least = np.zeros((2, count + 1))
    usable = np.zeros(warehouses, dtype=np.int64)
    number, bound = 0, NEVER
    for w in range(warehouses):
        if count and value[:, w].min() < NEVER:
            usable[number] = w
            number += 1
    for size in range(1, min(most, number, count) + 1):
        places = np.arange(size)
        more = True
        while more:
            members = usable[places]
            best, found, unseen = search_set(
                value, pick, sku, quantity, grams, short, fixed, tariff_price, tariff_g, stock, split, members,
                size, nodes, best, least, plan, kept, found,
            )  # fmt: skip
            bound = min(bound, unseen)
            more = next_set(places, size, number)
    return best, min(best, bound), found if bound >= NEVER else -1


@kernel
def plan_orders(
    tables: Tables,
    which: Ints,
    unit_price: Floats,
    day_price: Floats,
    stock: Ints,
    room: Ints,
    sequential: bool,
    nodes: int,
    plan: Ints,
    day: Ints,
    cost: Floats,
    bound: Floats,
) -> None:
    """The best plan of each order in ``which`` at these prices, written into the last four arrays.

    :param tables: :class:`~hecang_optim.sourcing.tables.Tables`.
    :param unit_price: (W, S) money a unit; ``day_price``: (W, D) money a shipment.
    :param sequential: whether each order leaves less stock and room for the next (both are changed then).
    :param plan: (P,) warehouse of each piece, -1 stays; ``day``: (O, W) day of each shipment, -1 none.
    :param cost: (O,) at the prices; ``bound``: (O,) proven.
    """
    warehouses = tables.first_price.shape[0]
    tariff_price = np.zeros((2, warehouses))
    tariff_g = np.ones((3, warehouses), dtype=np.int64)
    fixed = np.zeros(warehouses)
    pick = tables.handling[1]
    days = np.zeros(warehouses, dtype=np.int64)
    nothing_kept = np.zeros((0, 0), dtype=np.int64)
    for o in which:
        first, last = tables.start[o], tables.start[o + 1]
        value = offers(tables, o, unit_price, day_price, stock, room, tariff_price, tariff_g, fixed, days)
        sku, quantity = tables.sku[first:last], tables.quantity[first:last]
        grams, short = tables.grams[first:last], tables.short[first:last]
        here = plan[first:last]
        cost[o], bound[o], _found = search(
            value, pick, sku, quantity, grams, short, fixed, tariff_price, tariff_g, stock, tables.split_price,
            tables.most, nodes, NEVER, here, nothing_kept,
        )  # fmt: skip
        day[o] = -1
        for p in range(first, last):
            w = plan[p]
            if w >= 0:
                if sequential:
                    stock[w, tables.sku[p]] -= tables.quantity[p]
                    if day[o, w] < 0:
                        room[w, days[w]] -= 1
                day[o, w] = days[w]


@kernel
def near_plans(
    tables: Tables,
    unit_price: Floats,
    day_price: Floats,
    stock: Ints,
    room: Ints,
    limit: Floats,
    margin: Floats,
    nodes: int,
    most_plans: int,
    out_order: Ints,
    out_plan: Ints,
) -> tuple[int, int]:
    """All plans of each order that cost, at these prices, up to ``limit[o] + margin[o]``.

    Where an order has more than ``most_plans`` of them, its margin is halved until they fit.

    :param margin: (O,) money; changed.
    :param out_order: (C,) order of each plan; ``out_plan``: (N,) warehouses, plan after plan.
    :returns: (plans, places of ``out_plan`` used); orders for which there was no room have margin -1 then.
    """
    warehouses = tables.first_price.shape[0]
    tariff_price = np.zeros((2, warehouses))
    tariff_g = np.ones((3, warehouses), dtype=np.int64)
    fixed = np.zeros(warehouses)
    pick = tables.handling[1]
    days = np.zeros(warehouses, dtype=np.int64)
    plans, used = 0, 0
    for o in range(tables.zone.shape[0]):
        first, last = tables.start[o], tables.start[o + 1]
        count = last - first
        value = offers(tables, o, unit_price, day_price, stock, room, tariff_price, tariff_g, fixed, days)
        sku, quantity = tables.sku[first:last], tables.quantity[first:last]
        grams, short = tables.grams[first:last], tables.short[first:last]
        kept = np.empty((most_plans, count), dtype=np.int64)
        found = -1
        while found < 0 and margin[o] > 1e-6:
            _cost, _bound, found = search(
                value, pick, sku, quantity, grams, short, fixed, tariff_price, tariff_g, stock,
                tables.split_price, tables.most, nodes, limit[o] + margin[o], kept[0], kept,
            )  # fmt: skip
            if found < 0:
                margin[o] *= 0.5
        if found < 0 or plans + found > out_order.shape[0] or used + found * count > out_plan.shape[0]:
            margin[o] = 0.0
            continue
        for k in range(found):
            out_order[plans] = o
            plans += 1
            for p in range(count):
                out_plan[used] = kept[k, p]
                used += 1
    return plans, used
