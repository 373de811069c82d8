"""The five steps from a plain warehouse to one that is planned, and what each walks on a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.study.orders import History, Ints, Orders
from benchmarks.study.warehouse import Floats, Warehouse
from hecang_optim import batching
from hecang_optim.budget import Budget
from hecang_optim.routing import rule_lengths, tour_lengths
from hecang_optim.slotting import (
    Goods,
    Places,
    SlottingProblem,
    Walks,
    abc_classes,
    class_based_storage,
    random_storage,
    reslot,
)

TEXTS = {
    "a": "one order at a time, S-shape, random storage",
    "b": "+ class-based storage",
    "c": "+ batching",
    "d": "+ exact routes",
    "e": "+ re-slotting",
}
#: A cart carries so many totes of so many units; no tote is shared by two orders.
CART = batching.Cart(totes=12, items_per_tote=20)
#: Orders of a wave: those that came in the same so many hours.
WAVE_HOURS = 4
#: Rounds of search for the batches of a wave, and for the re-slot.
BATCH_ROUNDS = 4
SLOT_ROUNDS = 300
#: Re-slotting learns from the batches of so many weeks, the last ones before the held-out weeks.
BATCH_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Storages:
    """Place of each SKU in the three ways to store, shape (SKUs,) each."""

    random: Ints
    classes: Ints
    slotted: Ints


def storages(
    history: History,
    warehouse: Warehouse,
    *,
    seed: int,
    say: Callable[[str], None],
    slot_rounds: int = SLOT_ROUNDS,
) -> Storages:
    """The three ways to store, from the weeks learned from only."""
    learned = history.learned
    recent = learned.take(np.flatnonzero(learned.day > learned.day[-1] - 7 * BATCH_WEEKS))
    places = Places(warehouse.layout, warehouse.aisle, warehouse.y)
    goods = Goods(history.skus)
    problem = SlottingProblem(places, goods, Walks(learned.start, learned.sku, weeks=learned.weeks))
    classes = class_based_storage(problem, abc_classes(problem.lines.astype(np.float64)), seed)
    say(f"batches of the last {BATCH_WEEKS} weeks learned from")
    # What is walked are batches: re-slotting learns from those that the classes gave.
    label = np.concatenate(
        [wave.labels for wave in planned_waves(recent, warehouse, classes, seed=seed, rounds=0)]
    )
    walks = Walks.of_lines(np.repeat(label, np.diff(recent.start)), recent.sku, weeks=recent.weeks)
    say("re-slotting")
    slotted = reslot(
        SlottingProblem(places, goods, walks), Budget(rounds=slot_rounds), present=classes, seed=seed
    )
    return Storages(random_storage(problem, seed), classes, slotted.place)


@dataclass(frozen=True, slots=True)
class Wave:
    """Batches of the orders that came in the same hours.

    :param orders: consecutive orders, as a range of their numbers.
    :param labels: batch of each, unique over all waves of a call.
    """

    orders: range
    labels: Ints


def planned_waves(
    orders: Orders, warehouse: Warehouse, place: Ints, *, seed: int, rounds: int = BATCH_ROUNDS
) -> list[Wave]:
    """The orders cut into waves by time, and each wave into batches."""
    slot = orders.second // (WAVE_HOURS * 3600)
    firsts = np.flatnonzero(np.r_[True, slot[1:] != slot[:-1]]).tolist()
    waves = []
    batches = 0
    for first, end in zip(firsts, [*firsts[1:], orders.count], strict=True):
        part = orders.take(np.arange(first, end))
        label = batch_labels(part, warehouse, place, seed=seed, rounds=rounds)
        waves.append(Wave(range(first, end), label + batches))
        batches += int(label.max()) + 1
    return waves


def batch_labels(orders: Orders, warehouse: Warehouse, place: Ints, *, seed: int, rounds: int) -> Ints:
    """Batch of each order, shape (orders,)."""
    where = place[orders.sku]
    problem = batching.BatchingProblem(
        layout=warehouse.layout,
        orders=batching.Orders(orders.start, warehouse.aisle[where], warehouse.y[where], orders.units),
        cart=CART,
    )
    return batching.plan_batches(problem, Budget(rounds=rounds), seed=seed).label


def tours_of(orders: Orders, label: Ints) -> tuple[Ints, Ints]:
    """(first line of each batch and the end, SKUs by batch): what :func:`metres` walks."""
    lines = np.repeat(label, np.diff(orders.start))
    by_batch = np.argsort(lines, kind="stable")
    counts = np.bincount(lines)
    return np.concatenate([[0], np.cumsum(counts)]), orders.sku[by_batch]


def metres_by_day(
    orders: Orders, warehouse: Warehouse, found: Storages, *, seed: int, say: Callable[[str], None]
) -> dict[str, Floats]:
    """Step → metres of each day in the order of the days, shape (days,)."""
    day = np.unique(orders.day, return_inverse=True)[1]
    days = int(day.max()) + 1
    alone = np.arange(orders.count)
    result = {}
    for step, place, batched, exact in (
        ("a", found.random, False, False),
        ("b", found.classes, False, False),
        ("c", found.classes, True, False),
        ("d", found.classes, True, True),
        ("e", found.slotted, True, True),
    ):
        say(f"({step}) {TEXTS[step]}")
        if step != "d":  # the same batches as in (c), walked another way
            waves = planned_waves(orders, warehouse, place, seed=seed) if batched else []
            label = np.concatenate([wave.labels for wave in waves]) if batched else alone
        start, sku = tours_of(orders, label)
        picks = warehouse.picks(place[sku])
        lengths = (
            tour_lengths(warehouse.layout, start, picks)
            if exact
            else rule_lengths(warehouse.layout, start, picks, "s_shape")
        )
        first_order = np.unique(label, return_index=True)[1]
        result[step] = np.bincount(day[first_order], weights=lengths, minlength=days)
    return result
