"""What a unit is worth where it is: the price of taking the last ones from the only warehouse near future demand.

Until the next delivery, each zone will ask for some units of a SKU. They come from the warehouse that is cheapest for
the zone among those that hold it. A unit taken away today is missed there when more of its own customers come than
units are left: the chance of that, under Poisson demand, times what the next best holder costs them more on average,
is the first part of its price. Who moves on takes a unit there, and so on; in the end somebody waits if more come
in all than there are units in all. That chance, times what waiting costs more than being served, is the second part;
it is the same wherever the unit lies.

This is the marginal value of stock of two newsvendors, the warehouse and the whole network. Between the first and the
last of the chain, the additional way of those who move on a second time is left out.
"""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.errors import require
from hecang_optim.sourcing.problem import Network

#: Keeps divisions by no demand at all at zero.
_LITTLE = 1e-300


def unit_costs(network: Network, unit_g: Ints) -> Floats:
    """(W, Z, S) money that one unit, alone in a parcel, costs from each warehouse to each zone."""
    over = np.maximum(0, unit_g[None, None, :] - network.first_g[:, :, None])
    steps = -(-over // network.step_g[:, :, None])
    handling = network.handling_shipment + network.handling_line + network.handling_unit
    first = network.first_price + handling[:, None]
    return np.asarray(first[:, :, None] + network.step_price[:, :, None] * steps, dtype=np.float64)


def scarcity_prices(
    network: Network,
    unit_g: Ints,
    stock: Ints,
    later: Floats,
    short_price: float,
    now: Floats | None = None,
) -> Floats:
    """(W, S) money that one unit less in a warehouse costs those who come later.

    :param unit_g: (S,) grams of a unit.
    :param stock: (W, S) units there are today.
    :param later: (Z, S) units that each zone is expected to ask for after today's orders, until the next delivery.
    :param short_price: money for a unit that must wait for that delivery.
    :param now: (Z, S) units that today's orders ask for; they are taken off the stock of the warehouse that is
        cheapest for them. ``None``: nothing to speak of.
    """
    shape = (network.warehouses, unit_g.shape[0])
    require(stock.shape == shape, "stock", f"must have the shape {shape}")
    wanted = (network.zones, unit_g.shape[0])
    for name, units in (("later", later), ("now", np.zeros(wanted) if now is None else now)):
        require(units.shape == wanted, name, f"must have the shape {wanted}")
        require(bool((units >= 0).all()), name, "must not be negative")
    prices = np.zeros(shape)
    # in parts, as (W, Z, S) can be large
    for first in range(0, unit_g.shape[0], 2000):
        part = slice(first, first + 2000)
        today = None if now is None else now[:, part]
        prices[:, part] = _prices(network, unit_g[part], stock[:, part], later[:, part], short_price, today)
    return prices


def _prices(
    network: Network, unit_g: Ints, stock: Ints, later: Floats, short_price: float, now: Floats | None
) -> Floats:
    cost = np.where((stock > 0)[:, None, :], unit_costs(network, unit_g), np.inf)
    ranked = np.sort(cost, axis=0)
    best, first = cost.argmin(axis=0), ranked[0]
    second = ranked[1] if network.warehouses > 1 else np.full(first.shape, np.inf)
    there = np.isfinite(first)
    moved = np.where(np.isfinite(second), second, first)  # what the last one who is served pays
    further = np.where(there, moved - np.where(there, first, 0.0), 0.0)
    waiting = np.where(there, np.maximum(0.0, short_price - np.where(there, moved, 0.0)), 0.0)
    demand = np.zeros(stock.shape)
    loss = np.zeros(stock.shape)
    left = stock.astype(np.float64)
    for w in range(network.warehouses):
        own = (best == w) & there
        demand[w] = (later * own).sum(axis=0)
        loss[w] = (later * own * further).sum(axis=0)
        if now is not None:
            left[w] -= (now * own).sum(axis=0)
    missed_here = _chance(demand, left) * loss / np.maximum(demand, _LITTLE)
    all_demand = demand.sum(axis=0)
    missed_anywhere = _chance(all_demand, left.sum(axis=0)) * (later * waiting).sum(axis=0)
    return np.where(stock > 0, missed_here + missed_anywhere / np.maximum(all_demand, _LITTLE), 0.0)


def _chance(demand: Floats, left: Floats) -> Floats:
    """That the last of the units left is asked for; at least one is, else there is nothing to price."""
    return at_least(demand, np.maximum(1, np.round(left)).astype(np.int64))


def at_least(mean: Floats, count: Ints) -> Floats:
    """Chance that a Poisson variable of this mean is at least ``count``, which is 1 or more."""
    from scipy.special import gammainc

    # P(N >= n) is the regularised lower incomplete gamma function of n at the mean
    return np.asarray(gammainc(count, mean), dtype=np.float64)
