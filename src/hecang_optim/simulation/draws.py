"""Chance, drawn before the day begins, so that every policy meets the same day.

Each order line, order, worker, task and refill has its own number, whoever does it and whenever: common random
numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hecang_optim.arrays import row_starts
from hecang_optim.simulation.model import FloorTask, Gamma, Order, Scenario, check_orders

_ORDERS, _TASKS, _SPEEDS, _SETUP, _SEARCH, _UNIT, _PACK, _PACK_UNIT, _TASK_TIMES, _REFILL = range(10)


@dataclass(slots=True)
class Draws:
    """The day's chance.

    :param lines: seconds for each line of each order.
    :param setups: seconds of setup for a batch, by the lowest order id in it.
    :param packs: seconds of packing of each order.
    :param speeds: metres a second of each worker.
    :param task_seconds: (take, put) of each task.
    """

    seed: int
    orders: Sequence[Order]
    tasks: Sequence[FloorTask]
    lines: list[list[float]]
    setups: list[float]
    packs: list[float]
    speeds: list[float]
    task_seconds: list[tuple[float, float]]
    _refills: dict[int, np.random.Generator] = field(default_factory=dict)

    def refill(self, location: int, take: Gamma, put: Gamma) -> tuple[float, float]:
        """Seconds to take up and put down the next refill of a location."""
        rng = self._refills.get(location)
        if rng is None:
            rng = self._refills[location] = np.random.default_rng([self.seed, _REFILL, location])
        return float(take.draw(rng, 1)[0]), float(put.draw(rng, 1)[0])


def draw(scenario: Scenario, seed: int) -> Draws:
    """The chance of the day ``seed`` of a scenario."""

    def stream(purpose: int) -> np.random.Generator:
        return np.random.default_rng([seed, purpose])

    orders = scenario.orders(stream(_ORDERS)) if callable(scenario.orders) else scenario.orders
    tasks = scenario.tasks(stream(_TASKS)) if callable(scenario.tasks) else scenario.tasks
    check_orders(orders)
    handling, packing = scenario.handling, scenario.packing
    lines_of = [len(order.skus) for order in orders]
    begins = row_starts(lines_of)
    quantities = np.array([quantity for order in orders for quantity in order.quantities], dtype=np.float64)
    seconds = handling.search.draw(stream(_SEARCH), len(quantities))
    seconds = seconds + quantities * handling.unit.draw(stream(_UNIT), len(quantities))
    packs = np.zeros(len(orders))
    if packing is not None:
        units = np.array([order.units for order in orders], dtype=np.float64)
        packs = packing.order.draw(stream(_PACK), len(orders))
        packs = packs + units * packing.unit.draw(stream(_PACK_UNIT), len(orders))
    factors = Gamma(1.0, scenario.task_cv).draw(stream(_TASK_TIMES), 2 * len(tasks)).reshape(-1, 2)
    speed_rng = stream(_SPEEDS)
    # One draw for each worker in turn, so that a further worker changes nobody's speed.
    speeds = [float(worker.speed.draw(speed_rng, 1)[0]) for worker in scenario.workers]
    return Draws(
        seed=seed,
        orders=orders,
        tasks=tasks,
        lines=[seconds[begin:end].tolist() for begin, end in itertools.pairwise(begins)],
        setups=handling.setup.draw(stream(_SETUP), len(orders)).tolist(),
        packs=packs.tolist(),
        speeds=speeds,
        task_seconds=[
            (task.take * float(take), task.put * float(put))
            for task, (take, put) in zip(tasks, factors, strict=True)
        ],
    )
