"""All single-warehouse plans of all orders, in one pass over arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Bools, Floats, Ints
from hecang_optim.sourcing.tables import Plans, Tables


class Singles(NamedTuple):
    """What it costs to ship an order from one warehouse, all of it that any warehouse could ship.

    :param cost: (O, W) money; the price of what nobody can ship is in it.
    :param day: (O, W) on which it leaves.
    :param possible: (O, W) whether the warehouse has all of it, and a place on some day.
    """

    cost: Floats
    day: Ints
    possible: Bools


def singles(made: Tables, unit_price: Floats, day_price: Floats, stock: Ints, room: Ints) -> Singles:
    """Every order with every warehouse, at these prices."""
    orders = made.zone.size
    owner = np.repeat(np.arange(orders), np.diff(made.start))
    zone = made.zone

    def total(values: Floats) -> Floats:
        """(O, W) sums over an order's pieces."""
        sums = np.zeros((orders, values.shape[1]))
        np.add.at(sums, owner, values)
        return sums

    has = made.may & (made.quantity[:, None] <= stock[:, made.sku].T)
    can = made.may & (made.together[:, None] <= stock[:, made.sku].T)
    reachable: Bools = np.logical_or.reduce(has, axis=1)
    missing = total((~can & reachable[:, None]).astype(np.float64))
    possible = np.array(missing == 0, dtype=np.bool_)
    possible &= (np.bincount(owner[reachable], minlength=orders) > 0)[:, None]

    opens_line = np.diff(made.sku, prepend=-1) != 0
    opens_line[made.start[:-1][made.start[:-1] < made.sku.size]] = True
    pick = opens_line[:, None] * made.handling[1] + made.quantity[:, None] * (
        made.handling[2] + unit_price[:, made.sku].T
    )
    cost = total(np.where(can, pick, 0.0))
    cost += np.bincount(owner[~reachable], made.short[~reachable], orders)[:, None]
    grams = np.bincount(owner[reachable], made.grams[reachable], orders).astype(np.int64)[:, None]

    parcel_g = made.parcel_g[None, :]
    first_price, step_price = made.first_price[:, zone].T, made.step_price[:, zone].T
    first_g, step_g = made.first_g[:, zone].T, made.step_g[:, zone].T
    full = np.maximum(0, (grams - 1) // parcel_g)
    for weight, count in ((parcel_g, full), (grams - full * parcel_g, 1)):
        cost += count * (first_price + step_price * np.maximum(0, -((first_g - weight) // step_g)))
    cost += made.handling[0] + made.split_price * full

    arrival = made.departure[None, :, :] + made.lead[:, zone].T[:, :, None]
    late = made.late_price * np.maximum(0.0, arrival - made.due[:, None, None])
    by_day = np.where(room > 0, late + day_price, np.inf)
    day = by_day.argmin(axis=2)
    place = np.take_along_axis(by_day, day[:, :, None], axis=2)[:, :, 0]
    possible &= np.isfinite(place)
    return Singles(np.where(possible, cost + place, np.inf), day.astype(np.int64), possible)


def plans_of(made: Tables, found: Singles, which: Ints, warehouse: Ints, stock: Ints) -> Plans:
    """The single-warehouse plans of the orders ``which`` as plans; the others' are empty."""
    orders, warehouses = found.cost.shape
    choice = np.full(orders, -1, dtype=np.int64)
    choice[which] = warehouse
    of_piece = np.repeat(choice, np.diff(made.start))
    safe = np.maximum(of_piece, 0)
    pieces = np.arange(made.sku.size)
    has = (of_piece >= 0) & made.may[pieces, safe] & (stock[safe, made.sku] >= made.quantity)
    day = np.full((orders, warehouses), -1, dtype=np.int64)
    day[which, warehouse] = found.day[which, warehouse]
    cost = np.zeros(orders)
    cost[which] = found.cost[which, warehouse]
    return Plans(np.where(has, of_piece, -1), day, cost, np.zeros(orders))
