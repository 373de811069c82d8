"""Why an order comes from where it comes: what was chosen, what else could have been, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.errors import require
from hecang_optim.sourcing.costs import COMPONENTS, cost_table
from hecang_optim.sourcing.pieces import allowed
from hecang_optim.sourcing.problem import Orders, Problem
from hecang_optim.sourcing.solution import Solution

#: What others pay for units and places that this order takes: a cost component of explanations.
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a warehouse cannot ship the whole order.

    :param code: ``"not_allowed"``, ``"no_place"`` (no shipment can leave any more), ``"no_stock"`` (it never had
        enough), ``"taken"`` (other orders take it).
    :param sku: of which there is too little, else ``None``; ``units`` are there of ``wanted``.
    """

    code: str
    sku: int | None = None
    units: int = 0
    wanted: int = 0

    def __str__(self) -> str:
        if self.sku is None:
            return {"not_allowed": "may not ship this order", "no_place": "no place on any day"}[self.code]
        why = "no stock" if self.code == "no_stock" else "left by the other orders"
        return f"{why}: {self.units} of {self.wanted} units of SKU {self.sku}"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to ship the order.

    :param warehouses: that ship something.
    :param costs: money by component; ``"others"`` is what its units and places are worth to the other orders.
    :param obstacles: why it is not possible; empty for what is.
    """

    warehouses: tuple[int, ...]
    costs: dict[str, float]
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def cost(self) -> float:
        return sum(self.costs.values())


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was chosen for an order, and the alternatives, possible ones first, then by cost.

    :param short: SKU → units that stay open.
    """

    order: int
    chosen: Option
    short: dict[int, int]
    alternatives: list[Option] = field(default_factory=list)

    def why_not(self, option: Option) -> str:
        """One line: what stands in the way, or by how much it is dearer and mostly where."""
        if option.obstacles:
            return "; ".join(str(obstacle) for obstacle in option.obstacles)
        dearer = option.cost - self.chosen.cost
        most = max(option.costs, key=lambda name: option.costs[name] - self.chosen.costs[name])
        return f"{dearer:.2f} dearer: {most}" if dearer > 0 else f"{-dearer:.2f} cheaper alone, not together"


def explain(solution: Solution, order: int) -> Explanation:
    """The chosen way to ship an order, and every single warehouse instead, with its cost or what stands in the way.

    Alternatives are measured as if all other orders stay as they are decided; where they have taken the stock, the
    cost is shown nevertheless, with the obstacle.

    :raises InvalidProblem: there is no such order.
    """
    problem = solution.problem
    require(0 <= order < problem.orders.count, "order", f"must be below {problem.orders.count}")
    alone = _one_order(problem, order)
    first, last = np.searchsorted(solution.line, problem.orders.line_start[order : order + 2])
    line = solution.line[first:last] - problem.orders.line_start[order]
    chosen = _option(
        solution, alone, line, solution.warehouse[first:last], solution.units[first:last], solution.day[order]
    )
    mine = np.zeros_like(problem.stock)
    np.add.at(mine, (solution.warehouse[first:last], alone.orders.sku[line]), solution.units[first:last])
    left = problem.stock - solution.taken + mine
    own = solution.day[order][:, None] == np.arange(problem.network.days)
    room = problem.network.capacity - solution.used + own
    options = [_single(solution, alone, w, left, room) for w in range(problem.network.warehouses)]
    others = [option for option in options if option.warehouses != chosen.warehouses or option.obstacles]
    others.sort(key=lambda option: (bool(option.obstacles), option.cost))
    open_lines = solution.short[problem.orders.line_start[order] : problem.orders.line_start[order + 1]]
    short = {
        int(sku): int(units) for sku, units in zip(alone.orders.sku, open_lines, strict=True) if units > 0
    }
    return Explanation(order, chosen, short, others)


def _one_order(problem: Problem, order: int) -> Problem:
    which: Ints = np.array([order], dtype=np.int64)
    orders: Orders = problem.orders.take(which)
    return replace(problem, orders=orders)


def _single(solution: Solution, alone: Problem, w: int, left: Ints, room: Ints) -> Option:
    """Everything from one warehouse, and what stands in the way."""
    orders, network = alone.orders, alone.network
    obstacles = []
    if not allowed(alone)[0, w]:
        obstacles.append(Obstacle("not_allowed"))
    if not (room[w] > 0).any():
        obstacles.append(Obstacle("no_place"))
    for sku, wanted in zip(orders.sku.tolist(), orders.quantity.tolist(), strict=True):
        if left[w, sku] < wanted:
            code = "no_stock" if alone.stock[w, sku] < wanted else "taken"
            units = alone.stock[w, sku] if code == "no_stock" else left[w, sku]
            obstacles.append(Obstacle(code, sku, int(units), wanted))
    due = np.inf if orders.due_hours is None else orders.due_hours[0]
    arrival = network.departure_hours[w] + network.lead_hours[w, orders.zone[0]]
    price = network.late_price * np.maximum(0.0, arrival - due) + solution.prices.capacity[w]
    day = np.full(network.warehouses, -1, dtype=np.int64)
    day[w] = np.where((room[w] > 0) | ~(room[w] > 0).any(), price, np.inf).argmin()
    lines = np.arange(orders.sku.size)
    option = _option(solution, alone, lines, np.full(lines.size, w), orders.quantity, day)
    return replace(option, obstacles=tuple(obstacles))


def _option(
    solution: Solution, alone: Problem, line: Ints, warehouse: Ints, units: Ints, day: Ints
) -> Option:
    table = cost_table(alone, line, warehouse, units, day[None, :])[0]
    costs = dict(zip(COMPONENTS, table.tolist(), strict=True))
    used = np.unique(warehouse)
    others = float((solution.prices.stock[warehouse, alone.orders.sku[line]] * units).sum())
    costs[OTHERS] = others + float(solution.prices.capacity[used, day[used]].sum())
    return Option(tuple(used.tolist()), costs)
