"""The same pickers on the same orders, simulated: how many orders leave in an hour under each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.study.orders import Orders
from benchmarks.study.steps import TEXTS, Storages, batch_labels
from benchmarks.study.warehouse import Warehouse
from hecang_optim.routing import Picks
from hecang_optim.simulation import (
    Comparison,
    Congestion,
    Floor,
    Order,
    Packing,
    Policy,
    Scenario,
    Waveless,
    Worker,
    compare,
    one_by_one,
    planner,
    replay,
    rule,
    shortest,
)

PICKERS = 8
#: Hours of a shift; a queue of orders waits from the first moment to the last.
SHIFT_HOURS = 8
#: The first hour does not count: everybody sets out at once.
WARM_UP_HOURS = 1
#: Whoever is free picks the most urgent batch of so many waiting orders, planned anew each time: by a rule alone
#: (savings), as a shift asks some hundred times.
LOOK_AHEAD = 150


def throughput(
    orders: Orders,
    warehouse: Warehouse,
    found: Storages,
    *,
    replications: int,
    seed: int,
    say: Callable[[str], None],
) -> Comparison:
    """Policies (a) to (e) over the same shifts; day r begins with another of the held-out orders."""
    places = Picks(warehouse.aisle, warehouse.y)

    def group(
        place: np.ndarray[tuple[int], np.dtype[np.int64]],
    ) -> Callable[[Sequence[Order]], list[list[Order]]]:
        return lambda waiting: _batches(waiting, warehouse, place, seed)

    s_shape, exact = rule(warehouse.layout, places, "s_shape"), shortest(warehouse.layout, places)
    release, next_order = Waveless(look_ahead=LOOK_AHEAD), Waveless(look_ahead=1)
    policies = [
        Policy("a", planner(found.random, one_by_one, s_shape), next_order),
        Policy("b", planner(found.classes, one_by_one, s_shape), next_order),
        Policy("c", planner(found.classes, group(found.classes), s_shape), release),
        Policy("d", planner(found.classes, group(found.classes), exact), release),
        Policy("e", planner(found.slotted, group(found.slotted), exact), release),
    ]
    scenario = Scenario(
        floor=Floor.of(warehouse.layout, places),
        orders=lambda rng: _queue(orders, rng),
        workers=(Worker(),) * PICKERS,
        packing=Packing(stations=2 * PICKERS),  # picking is the question: packing is never short
        congestion=Congestion.WIDE,
        warm_up=WARM_UP_HOURS * 3600.0,
        horizon=SHIFT_HOURS * 3600.0,
    )
    return compare(
        policies,
        scenario,
        replications=replications,
        seed=seed,
        on_day=lambda day, name: say(f"shift {day + 1} of {replications}: ({name}) {TEXTS[name]}"),
    )


def _queue(orders: Orders, rng: np.random.Generator) -> tuple[Order, ...]:
    """More real orders in a row than anybody picks in a shift, from a random one on; all of them wait."""
    wanted = 400 * PICKERS
    first = int(rng.integers(0, max(1, orders.count - wanted)))
    part = orders.take(np.arange(first, min(first + wanted, orders.count)))
    return replay(
        np.zeros(part.count),
        np.repeat(np.arange(part.count), np.diff(part.start)),
        part.sku,
        part.units,
        due=np.arange(part.count, dtype=np.float64),  # first come, first served
    )


def _batches(
    waiting: Sequence[Order],
    warehouse: Warehouse,
    place: np.ndarray[tuple[int], np.dtype[np.int64]],
    seed: int,
) -> list[list[Order]]:
    """The waiting orders in batches by the algorithm."""
    part = Orders(
        np.concatenate([[0], np.cumsum([len(order.skus) for order in waiting])]).astype(np.int64),
        np.array([sku for order in waiting for sku in order.skus], dtype=np.int64),
        np.array([units for order in waiting for units in order.quantities], dtype=np.int64),
        np.zeros(len(waiting), dtype=np.int64),
    )
    label = batch_labels(part, warehouse, place, seed=seed, rounds=0)
    groups: list[list[Order]] = [[] for _ in range(int(label.max()) + 1)]
    for order, batch in zip(waiting, label.tolist(), strict=True):
        groups[batch].append(order)
    return groups
