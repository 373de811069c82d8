"""What a decision costs, order by order and component by component: one pass over arrays."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.sourcing.problem import Problem, sums

#: Columns of a cost table.
COMPONENTS = ("freight", "handling", "split", "lateness", "scarcity", "short")


def freight(problem: Problem, warehouse: Ints, zone: Ints, grams: Ints) -> tuple[Floats, Ints]:
    """(money, parcels) of shipments: first weight and begun steps; full parcels and one with the rest."""
    network = problem.network
    first_price, step_price = network.first_price[warehouse, zone], network.step_price[warehouse, zone]
    first_g, step_g = network.first_g[warehouse, zone], network.step_g[warehouse, zone]
    most = network.parcel_g[warehouse]
    full = np.maximum(0, (grams - 1) // most)

    def one(weight: Ints) -> Floats:
        steps = np.maximum(0, -((first_g - weight) // step_g))
        return np.asarray(first_price + step_price * steps, dtype=np.float64)

    return full * one(most) + one(grams - full * most), full + 1


def cost_table(problem: Problem, line: Ints, warehouse: Ints, units: Ints, day: Ints) -> Floats:
    """(O, 6) money by order and :data:`COMPONENTS`.

    :param line: (T,) takes: so many units of a line from a warehouse, each pair of them once.
    :param day: (O, W) day on which each shipment leaves, -1 where there is none.
    """
    orders, network = problem.orders, problem.network
    count, warehouses = orders.count, network.warehouses
    owner_of_line = np.repeat(np.arange(count), np.diff(orders.line_start))
    table = np.zeros((count, len(COMPONENTS)))
    owner, sku = owner_of_line[line], orders.sku[line]
    pick = network.handling_line[warehouse] + network.handling_unit[warehouse] * units
    table[:, 1] = sums(owner, pick, count)
    if problem.scarcity is not None:
        table[:, 4] = sums(owner, problem.scarcity[warehouse, sku] * units, count)
    left = orders.quantity - np.bincount(line, units, orders.sku.size)
    table[:, 5] = sums(owner_of_line, orders.short_price * left, count)

    where = owner * warehouses + warehouse
    shipments, place = np.unique(where, return_inverse=True)
    grams = np.zeros(shipments.size, dtype=np.int64)
    np.add.at(grams, place, problem.unit_g[sku] * units)
    order, origin = np.divmod(shipments, warehouses)
    money, parcels = freight(problem, origin, orders.zone[order], grams)
    table[:, 0] = sums(order, money, count)
    table[:, 1] += sums(order, network.handling_shipment[origin], count)
    pieces = sums(order, parcels, count)
    table[:, 2] = network.split_price * np.maximum(0, pieces - 1)
    if orders.due_hours is not None:
        zone = orders.zone[order]
        arrival = network.departure_hours[origin, day[order, origin]] + network.lead_hours[origin, zone]
        late = np.maximum(0.0, arrival - orders.due_hours[order])
        table[:, 3] = sums(order, network.late_price * late, count)
    return table
