"""What others do: simple rules that decide one order after the other. For comparison."""

from __future__ import annotations

import itertools

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.errors import require
from hecang_optim.sourcing.pieces import allowed
from hecang_optim.sourcing.problem import Problem
from hecang_optim.sourcing.solution import Solution, no_prices

#: Up to so many warehouses all combinations are tried for the fewest parcels.
_ALL_SETS_UP_TO = 12


def nearest_with_all(problem: Problem, km: Floats) -> Solution:
    """The nearest warehouse that has all of an order, else the fewest warehouses that have all there is of it.

    Orders come one after the other, each takes its stock and a place on the first day that has one. Of equally many
    warehouses those with the least sum of kilometres; within them a line comes from the nearest that has all of it.

    :param km: (W, Z) from each warehouse to each zone.
    """
    require(km.shape == problem.network.first_price.shape, "km", "must have the shape (warehouses, zones)")
    return _one_by_one(problem, km[:, problem.orders.zone].T)


def cheapest_first(problem: Problem) -> Solution:
    """As :func:`nearest_with_all`, but by what the order costs from each warehouse instead of kilometres.

    The cheapest warehouse that has everything, freight, handling and lateness counted; nobody thinks of the others.
    """
    from hecang_optim.sourcing.pieces import cut
    from hecang_optim.sourcing.singles import singles
    from hecang_optim.sourcing.tables import tables

    made = tables(problem, cut(problem))
    plenty = np.full_like(problem.stock, np.iinfo(np.int32).max)
    room = problem.network.capacity
    found = singles(made, np.zeros(problem.stock.shape), np.zeros(room.shape), plenty, room)
    return _one_by_one(problem, np.where(found.possible, found.cost, 1e15))


def _one_by_one(problem: Problem, rank: Floats) -> Solution:
    """:param rank: (O, W) the less, the sooner a warehouse is taken."""
    orders, network = problem.orders, problem.network
    stock, room = problem.stock.copy(), network.capacity.copy()
    may = allowed(problem)
    takes: list[tuple[int, int, int]] = []
    day = np.full((orders.count, network.warehouses), -1, dtype=np.int64)
    for o in range(orders.count):
        lines = np.arange(orders.line_start[o], orders.line_start[o + 1])
        able = np.flatnonzero(may[o] & (room > 0).any(axis=1))
        ranked = able[np.argsort(rank[o, able], kind="stable")]
        free = stock[np.ix_(ranked, orders.sku[lines])]
        members = _members(free, orders.quantity[lines], rank[o, ranked], network.most_warehouses)
        for place, line in enumerate(lines.tolist()):
            for member, units in _takes(int(orders.quantity[line]), free[members, place]):
                w = int(ranked[members[member]])
                takes.append((line, w, units))
                stock[w, orders.sku[line]] -= units
                if day[o, w] < 0:
                    day[o, w] = int((room[w] > 0).argmax())
                    room[w, day[o, w]] -= 1
    table = np.array(takes, dtype=np.int64).reshape(-1, 3)
    lines, warehouses, units_taken = np.ascontiguousarray(table.T)
    return Solution(problem, lines, warehouses, units_taken, day, no_prices(problem), -np.inf, 0.0)


def _members(free: Ints, wanted: Ints, rank: Floats, most: int) -> list[int]:
    """The fewest warehouses that together have all that any have; the first of them by rank.

    :param free: (candidates, lines) units, candidates by rank.
    """
    there = np.minimum(wanted, free.sum(axis=0))
    useful = np.flatnonzero((free[:, there > 0] > 0).any(axis=1)).tolist()
    if len(useful) > _ALL_SETS_UP_TO:
        useful = sorted(useful, key=lambda one: (-int(np.minimum(free[one], there).sum()), one))
        useful = sorted(useful[:_ALL_SETS_UP_TO])
    best: tuple[int, float, list[int]] = (0, 0.0, [])
    for size in range(1, min(most, len(useful)) + 1):
        for chosen in itertools.combinations(useful, size):
            members = list(chosen)
            served = int(np.minimum(free[members].sum(axis=0), there).sum())
            found = (-served, float(rank[members].sum()), members)
            # more units first; of equally many the smaller set stays
            if found[0] < best[0] or (found[:2] < best[:2] and len(best[2]) == size):
                best = found
        if -best[0] == int(there.sum()):
            break
    return best[2]


def _takes(quantity: int, free: Ints) -> list[tuple[int, int]]:
    """(member, units) of one line: from the first member that has all of it, else from several."""
    for member, units in enumerate(free.tolist()):
        if units >= quantity:
            return [(member, quantity)]
    takes = []
    for member, units in enumerate(free.tolist()):
        if units and quantity:
            takes.append((member, min(units, quantity)))
            quantity -= takes[-1][1]
    return takes
