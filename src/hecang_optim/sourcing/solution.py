"""What was decided, what it costs, and the prices that the decision puts on stock and places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.errors import require
from hecang_optim.sourcing.costs import COMPONENTS, cost_table
from hecang_optim.sourcing.pieces import allowed
from hecang_optim.sourcing.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What the last batch would pay for one more of each, for orders that come one by one.

    :param stock: (W, S) money for one more unit: 0 where there is enough.
    :param capacity: (W, D) money for one more shipment on the day.
    :param scarcity: (W, S) money that a unit is worth to those who come later.
    """

    stock: Floats
    capacity: Floats
    scarcity: Floats

    @property
    def unit(self) -> Floats:
        """(W, S) money that taking a unit costs the others: those of now and those to come."""
        return np.ascontiguousarray(self.stock + self.scarcity)


def no_prices(problem: Problem) -> Prices:
    """Nothing has a price but scarcity."""
    shape = problem.stock.shape
    scarcity = np.zeros(shape) if problem.scarcity is None else problem.scarcity
    return Prices(np.zeros(shape), np.zeros(problem.network.departure_hours.shape), scarcity)


@dataclass(frozen=True, slots=True)
class Shipment:
    """What one warehouse sends for an order.

    :param day: on which it leaves, 0 … D-1.
    :param units: SKU → units.
    """

    warehouse: int
    day: int
    units: dict[int, int]


@dataclass(frozen=True, eq=False)
class Solution:
    """A decision for all orders of a problem.

    :param line: (T,) takes: ``units`` (T,) of a line from a ``warehouse`` (T,); sorted by line.
    :param day: (O, W) day on which each shipment leaves, -1 where there is none.
    :param bound: no decision costs less (:func:`~hecang_optim.sourcing.solve` says what that covers); ``-inf``
        where nothing was proven.
    :param value_bounded: cost of the decision that ``bound`` speaks of: before left lines were divided further.
    """

    problem: Problem
    line: Ints
    warehouse: Ints
    units: Ints
    day: Ints
    prices: Prices
    bound: float
    value_bounded: float

    @cached_property
    def costs(self) -> Floats:
        """(O, 6) money by order and component, :data:`COMPONENTS`."""
        return cost_table(self.problem, self.line, self.warehouse, self.units, self.day)

    @cached_property
    def value(self) -> float:
        """What everything costs."""
        return float(self.costs.sum())

    @property
    def gap(self) -> float:
        """Proven share of its cost by which the decision can be too dear."""
        if self.value_bounded <= 0:
            return 0.0
        return max(0.0, (self.value_bounded - self.bound) / self.value_bounded)

    @cached_property
    def short(self) -> Ints:
        """(L,) units of each line that are not shipped."""
        taken = np.zeros(self.problem.orders.sku.size, dtype=np.int64)
        np.add.at(taken, self.line, self.units)
        return np.asarray(self.problem.orders.quantity - taken, dtype=np.int64)

    @cached_property
    def taken(self) -> Ints:
        """(W, S) units taken from the stock."""
        taken = np.zeros_like(self.problem.stock)
        np.add.at(taken, (self.warehouse, self.problem.orders.sku[self.line]), self.units)
        return taken

    @cached_property
    def used(self) -> Ints:
        """(W, D) shipments that leave."""
        days = np.arange(self.problem.network.days)
        return np.asarray((self.day[:, :, None] == days).sum(axis=0), dtype=np.int64)

    def by_component(self) -> dict[str, float]:
        """What everything costs, by component."""
        return dict(zip(COMPONENTS, self.costs.sum(axis=0).tolist(), strict=True))

    def shipments(self, order: int) -> list[Shipment]:
        """What is sent for an order, by warehouse."""
        start = self.problem.orders.line_start
        first, last = np.searchsorted(self.line, start[order : order + 2])
        found: dict[int, dict[int, int]] = {}
        for take in range(first, last):
            units = found.setdefault(int(self.warehouse[take]), {})
            sku = int(self.problem.orders.sku[self.line[take]])
            units[sku] = units.get(sku, 0) + int(self.units[take])
        return [Shipment(w, int(self.day[order, w]), found[w]) for w in sorted(found)]

    def check(self) -> None:
        """Raise :class:`~hecang_optim.errors.InvalidProblem` where the decision breaks a rule of the problem."""
        problem = self.problem
        require(bool((self.units > 0).all()), "solution.units", "must be positive")
        require(bool((self.short >= 0).all()), "solution.units", "more than was ordered")
        require(bool((self.taken <= problem.stock).all()), "solution.units", "more than there is")
        require(bool((self.used <= problem.network.capacity).all()), "solution.day", "more than can leave")
        owner = np.repeat(np.arange(problem.orders.count), np.diff(problem.orders.line_start))[self.line]
        may = allowed(problem)[owner, self.warehouse]
        require(bool(may.all()), "solution.warehouse", "may not ship for the order")
        shipped = np.zeros(self.day.shape, dtype=np.bool_)
        shipped[owner, self.warehouse] = True
        most = problem.network.most_warehouses
        require(
            bool((shipped.sum(axis=1) <= most).all()), "solution.warehouse", "more shipments than allowed"
        )
        require(bool((shipped == (self.day >= 0)).all()), "solution.day", "must stand where something leaves")
