"""A problem as the kernels read it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Bools, Floats, Ints, row_starts, spans
from hecang_optim.sourcing.pieces import Pieces
from hecang_optim.sourcing.problem import Problem, sums

#: Nodes of the branch and bound for one set of warehouses of one order; where they do not suffice, its bound is weaker, not wrong.
NODES = 3_000


class Tables(NamedTuple):
    """Contiguous arrays and numbers of a problem and its pieces; names as there."""

    zone: Ints
    due: Floats
    start: Ints
    sku: Ints
    quantity: Ints
    grams: Ints
    together: Ints
    short: Floats
    may: Bools
    first_price: Floats
    step_price: Floats
    first_g: Ints
    step_g: Ints
    parcel_g: Ints
    lead: Floats
    departure: Floats
    handling: Floats
    split_price: float
    late_price: float
    most: int


def tables(problem: Problem, pieces: Pieces) -> Tables:
    network, orders = problem.network, problem.orders
    due = np.full(orders.count, np.inf) if orders.due_hours is None else orders.due_hours
    return Tables(
        zone=np.ascontiguousarray(orders.zone),
        due=np.ascontiguousarray(due),
        start=np.ascontiguousarray(pieces.start),
        sku=np.ascontiguousarray(pieces.sku),
        quantity=np.ascontiguousarray(pieces.quantity),
        grams=np.ascontiguousarray(pieces.grams),
        together=np.ascontiguousarray(pieces.together),
        short=np.ascontiguousarray(pieces.short),
        may=np.ascontiguousarray(pieces.may),
        first_price=np.ascontiguousarray(network.first_price),
        step_price=np.ascontiguousarray(network.step_price),
        first_g=np.ascontiguousarray(network.first_g),
        step_g=np.ascontiguousarray(network.step_g),
        parcel_g=np.ascontiguousarray(network.parcel_g),
        lead=np.ascontiguousarray(network.lead_hours),
        departure=np.ascontiguousarray(network.departure_hours),
        handling=np.stack((network.handling_shipment, network.handling_line, network.handling_unit)),
        split_price=float(network.split_price),
        late_price=float(network.late_price),
        most=int(network.most_warehouses),
    )


class Plans(NamedTuple):
    """A plan of each order: what the kernel answers.

    :param plan: (P,) warehouse of each piece, -1 where it stays.
    :param day: (O, W) day of each shipment, -1 where there is none.
    :param cost: (O,) at the prices asked for.
    :param bound: (O,) proven lower bound of it.
    """

    plan: Ints
    day: Ints
    cost: Floats
    bound: Floats


def plan_at(
    made: Tables,
    unit_price: Floats,
    day_price: Floats,
    stock: Ints,
    room: Ints,
    which: Ints | None = None,
    *,
    sequential: bool = False,
) -> Plans:
    """The best plan of each order at these prices; see :func:`~hecang_optim.sourcing.kernels.plan_orders`.

    :param which: orders in the order in which they choose; ``None``: all. The rest of the answer is empty (-1, 0).
    :param sequential: the orders take from ``stock`` and ``room``, which are changed.
    """
    from hecang_optim.sourcing.kernels import plan_orders

    orders = made.zone.size
    answer = Plans(
        np.full(made.sku.size, -1, dtype=np.int64),
        np.full((orders, stock.shape[0]), -1, dtype=np.int64),
        np.zeros(orders),
        np.zeros(orders),
    )
    chosen = np.arange(orders, dtype=np.int64) if which is None else which
    plan_orders(made, chosen, unit_price, day_price, stock, room, sequential, NODES, *answer)
    return answer


def part(made: Tables, which: Ints) -> Tables:
    """The tables of some of the orders, in the order of ``which``."""
    pieces = spans(made.start, which)
    lengths = np.diff(made.start)[which]
    return made._replace(
        zone=made.zone[which],
        due=made.due[which],
        start=row_starts(lengths),
        sku=made.sku[pieces],
        quantity=made.quantity[pieces],
        grams=made.grams[pieces],
        together=made.together[pieces],
        short=made.short[pieces],
        may=made.may[pieces],
    )


def some(plans: Plans, made: Tables, which: Ints) -> Plans:
    """The plans of some of the orders, in the order of ``which``."""
    pieces = spans(made.start, which)
    return Plans(plans.plan[pieces], plans.day[which], plans.cost[which], plans.bound[which])


def put_back(whole: Plans, made: Tables, which: Ints, some: Plans) -> None:
    """Write the plans of a part into those of the whole."""
    whole.plan[spans(made.start, which)] = some.plan
    whole.day[which] = some.day
    whole.cost[which] = some.cost
    whole.bound[which] = some.bound


def usage(made: Tables, plans: Plans, stock: Ints, room: Ints) -> tuple[Ints, Ints]:
    """((W, S) units, (W, D) shipments) that plans take."""
    units = np.zeros_like(stock)
    goes = plans.plan >= 0
    np.add.at(units, (plans.plan[goes], made.sku[goes]), made.quantity[goes])
    places = np.zeros_like(room)
    order, warehouse = np.nonzero(plans.day >= 0)
    np.add.at(places, (warehouse, plans.day[order, warehouse]), 1)
    return units, places


def lateness(made: Tables) -> Floats:
    """(O, W, D) money for arriving late, by warehouse and day of departure."""
    arrival = made.departure[None] + made.lead[:, made.zone].T[:, :, None]
    return np.asarray(made.late_price * np.maximum(0.0, arrival - made.due[:, None, None]), dtype=np.float64)


def places_priced(plans: Plans, day_price: Floats) -> Floats:
    """(O,) what each order's shipments pay for their places."""
    order, warehouse = np.nonzero(plans.day >= 0)
    paid = day_price[warehouse, plans.day[order, warehouse]]
    return sums(order, paid, plans.day.shape[0])


def cost_of(made: Tables, plans: Plans, unit_price: Floats) -> Floats:
    """(O,) cost of plans with these prices of units, places free."""
    orders, warehouses = plans.day.shape
    owner = np.repeat(np.arange(orders), np.diff(made.start))
    goes = plans.plan >= 0
    cost = sums(owner[~goes], made.short[~goes], orders)
    owner, origin, quantity = owner[goes], plans.plan[goes], made.quantity[goes]
    pick = quantity * (made.handling[2, origin] + unit_price[origin, made.sku[goes]])
    cost += sums(owner, pick, orders)
    skus = unit_price.shape[1]
    picks = np.unique((owner * warehouses + origin) * skus + made.sku[goes]) // skus
    cost += sums(picks // warehouses, made.handling[1, picks % warehouses], orders)
    grams = sums(owner * warehouses + origin, made.grams[goes], orders * warehouses)
    order, w = np.nonzero(plans.day >= 0)
    weight = grams[order * warehouses + w].astype(np.int64)
    z = made.zone[order]
    full = np.maximum(0, (weight - 1) // made.parcel_g[w])
    ship = made.handling[0, w] + made.split_price * full
    for grams_each, parcels in ((made.parcel_g[w], full), (weight - full * made.parcel_g[w], 1)):
        steps = np.maximum(0, -((made.first_g[w, z] - grams_each) // made.step_g[w, z]))
        ship += parcels * (made.first_price[w, z] + made.step_price[w, z] * steps)
    arrival = made.departure[w, plans.day[order, w]] + made.lead[w, z]
    ship += made.late_price * np.maximum(0.0, arrival - made.due[order])
    cost += sums(order, ship, orders)
    shipments = np.bincount(order, minlength=orders)
    return np.asarray(cost + made.split_price * np.maximum(0, shipments - 1), dtype=np.float64)
