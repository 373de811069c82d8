"""What each warehouse asks for an order: its freight, its first day with a place, its costs of each piece."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.sourcing.tables import Tables

#: A price that nobody pays: it cannot be.
NEVER = 1e18


@kernel
def freight(
    grams: int, first_price: float, step_price: float, first_g: int, step_g: int, parcel_g: int
) -> tuple[float, int]:
    """(money, parcels) for a shipment of this weight: full parcels and one with the rest."""
    full = max(0, (grams - 1) // parcel_g)
    rest = grams - full * parcel_g
    price = first_price + step_price * max(0, -((first_g - rest) // step_g))
    if full:
        price += full * (first_price + step_price * max(0, -((first_g - parcel_g) // step_g)))
    return price, full + 1


@kernel
def slack(grams: int, first_g: int, step_g: int, parcel_g: int) -> int:
    """Grams that a shipment of this weight still takes at the same price."""
    rest = grams - max(0, (grams - 1) // parcel_g) * parcel_g
    room = first_g - rest if rest <= first_g else (step_g - (rest - first_g) % step_g) % step_g
    return min(room, parcel_g - rest)


@kernel
def best_day(
    late_price: float, due: float, lead: float, departure: Floats, day_price: Floats, room: Ints
) -> tuple[int, float]:
    """(day, money of lateness and of the place) of the cheapest day with room; day -1 if there is none."""
    day, price = -1, NEVER
    for d in range(departure.shape[0]):
        if room[d] > 0:
            here = day_price[d] + late_price * max(0.0, departure[d] + lead - due)
            if here < price:
                day, price = d, here
    return day, price


@kernel
def offers(
    tables: Tables,
    o: int,
    unit_price: Floats,
    day_price: Floats,
    stock: Ints,
    room: Ints,
    tariff_price: Floats,
    tariff_g: Ints,
    fixed: Floats,
    days: Ints,
) -> Floats:
    """What each warehouse asks for an order: fills the last four arrays, returns (pieces, W) own costs without the line's handling.

    :param tariff_price: (2, W) first and step price; ``tariff_g``: (3, W) grams of first, step, parcel.
    :param fixed: (W,) cost of a shipment without freight and split price; ``days``: (W,) on which it would leave.
    """
    warehouses = fixed.shape[0]
    first, last = tables.start[o], tables.start[o + 1]
    z = tables.zone[o]
    for w in range(warehouses):
        days[w], price = best_day(
            tables.late_price, tables.due[o], tables.lead[w, z], tables.departure[w], day_price[w], room[w]
        )
        fixed[w] = NEVER if days[w] < 0 else price + tables.handling[0, w]
        tariff_price[0, w] = tables.first_price[w, z]
        tariff_price[1, w] = tables.step_price[w, z]
        tariff_g[0, w] = tables.first_g[w, z]
        tariff_g[1, w] = tables.step_g[w, z]
        tariff_g[2, w] = tables.parcel_g[w]
    value = np.full((last - first, warehouses), NEVER)
    for p in range(first, last):
        s = tables.sku[p]
        for w in range(warehouses):
            if tables.may[p, w] and fixed[w] < NEVER and stock[w, s] >= tables.quantity[p]:
                value[p - first, w] = tables.quantity[p] * (tables.handling[2, w] + unit_price[w, s])
    return value
