"""Annealing with due times in mind: the kernel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints, Words
from hecang_optim.batching._schedule import lateness, run_sequence
from hecang_optim.batching._state import TOLERANCE, Batches, Load, fits
from hecang_optim.batching._tour import ZERO, Ground, tour_length
from hecang_optim.compiled import kernel
from hecang_optim.randomness import next_random, random_below


class Timing(NamedTuple):
    """What the schedule of a set of batches depends on, and what it costs.

    :ivar due: ``(orders,)`` seconds.
    :ivar release: ``(orders,)`` seconds.
    :ivar handling: ``(orders,)`` seconds at the places of each order.
    :ivar setup: seconds for each batch.
    :ivar speed: metres a second.
    :ivar pickers: at work.
    :ivar metre: cost.
    :ivar late: cost of a second late.
    :ivar until_end: cost of a second until the last batch ends.
    """

    due: Floats
    release: Floats
    handling: Floats
    setup: float
    speed: float
    pickers: int
    metre: float
    late: float
    until_end: float


@kernel
def cost_of(batches: Batches, timing: Timing) -> float:
    """What a solution costs when its batches begin by their earliest due time."""
    orders, rows = batches.label.size, batches.length.size
    row_of = np.full(rows, -1)
    seconds, ready, due = np.zeros(rows), np.zeros(rows), np.full(rows, np.inf)
    label = np.empty(orders, np.int64)
    count, walked = 0, 0.0
    for order in range(orders):
        row = batches.label[order]
        if row_of[row] < 0:
            row_of[row] = count
            seconds[count] = timing.setup + batches.length[row] / timing.speed
            walked += batches.length[row]
            count += 1
        batch = row_of[row]
        label[order] = batch
        seconds[batch] += timing.handling[order]
        ready[batch] = max(ready[batch], timing.release[order])
        due[batch] = min(due[batch], timing.due[order])
    who, begin = np.zeros(count, np.int64), np.zeros(count)
    # Without due times the longest first; else by due time less the batch's own duration.
    urgency = np.where(np.isinf(due[:count]), 1e15, due[:count]) - seconds[:count]
    end = run_sequence(np.argsort(urgency), seconds[:count], ready[:count], timing.pickers, who, begin)
    late = lateness(label, timing.due, begin, seconds[:count])
    return timing.metre * walked + timing.late * late + timing.until_end * end


@kernel
def regather(load: Load, batches: Batches, row: int, ground: Ground) -> None:
    """Make places, load and length of a row anew from the labels."""
    batches.bits[row, :] = ZERO
    batches.load[row, :] = 0.0
    for order in range(batches.label.size):
        if batches.label[order] == row:
            batches.bits[row] |= load.bits[order]
            batches.load[row] += load.demand[order]
    batches.length[row] = tour_length(batches.bits[row], ground)


@kernel
def anneal_by_cost(  # noqa: C901  # one search, one loop
    load: Load, ground: Ground, batches: Batches, timing: Timing, best: Ints, moves: int, warm: float, cold: float,
    random: Words, best_cost: float,
) -> float:  # fmt: skip
    """Shift orders and exchange them, one for one; ``best`` gets the labels of anything cheaper than ``best_cost``."""
    orders, rows = batches.label.size, batches.length.size
    size = np.zeros(rows, np.int64)
    for order in range(orders):
        size[batches.label[order]] += 1
    cost = cost_of(batches, timing)
    nothing = np.zeros(load.demand.shape[1])
    temperature, factor = warm, (cold / warm) ** (1.0 / max(1, moves))
    for _ in range(moves):
        temperature *= factor
        order, fellow = random_below(random, orders), random_below(random, orders)
        row, other = batches.label[order], batches.label[fellow]
        exchange = next_random(random) < 0.6
        if not exchange and next_random(random) < 0.1:
            other = 0
            while size[other] > 0:
                other += 1
        if row == other:
            continue
        if exchange:
            if not fits(batches.load[row] - load.demand[order], load.demand[fellow]):
                continue
            if not fits(batches.load[other] - load.demand[fellow], load.demand[order]):
                continue
            batches.label[fellow] = row
        elif not fits(batches.load[other] + nothing, load.demand[order]):
            continue
        batches.label[order] = other
        regather(load, batches, row, ground)
        regather(load, batches, other, ground)
        after = cost_of(batches, timing)
        if after < cost - temperature * np.log(max(1e-300, next_random(random))):
            cost = after
            if not exchange:
                size[row] -= 1
                size[other] += 1
            if cost < best_cost - TOLERANCE:
                best_cost = cost
                best[:] = batches.label
        else:
            batches.label[order] = row
            if exchange:
                batches.label[fellow] = other
            regather(load, batches, row, ground)
            regather(load, batches, other, ground)
    return best_cost
