"""Who picks which batch, and when.

Batches are jobs on equal machines with release times; an order is late when its batch ends after its due time. Several
rules (earliest due first, the longest first, earliest release first) each give a sequence; the best is improved
by moving batches. Least lateness first, then the earliest end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.batching._schedule import improve_sequence, lateness, run_sequence
from hecang_optim.batching.model import BatchingProblem
from hecang_optim.randomness import random_state

#: Trials of the improvement, as many as this over the number of orders and batches.
_EFFORT = 4_000_000
_MOST_TRIALS = 5_000


@dataclass(frozen=True, slots=True)
class Schedule:
    """For each batch: who, from when, until when (seconds)."""

    picker: Ints
    begin: Floats
    end: Floats


def due_times(problem: BatchingProblem) -> Floats:
    """``(orders,)`` seconds; infinite where there is none."""
    given = problem.orders.due
    return np.full(len(problem.orders), np.inf) if given is None else given.astype(np.float64)


def release_times(problem: BatchingProblem) -> Floats:
    """``(orders,)`` seconds; 0 where there is none."""
    given = problem.orders.release
    return np.zeros(len(problem.orders)) if given is None else given.astype(np.float64)


def batch_seconds(problem: BatchingProblem, label: Ints, length: Floats) -> Floats:
    """How long each batch takes one picker."""
    lines = np.bincount(label, weights=np.diff(problem.orders.start), minlength=len(length))
    work = problem.work
    return length / work.metres_per_second + work.seconds_per_line * lines + work.seconds_per_batch


def schedule(problem: BatchingProblem, label: Ints, length: Floats, seed: int = 0) -> Schedule:
    """Put the batches in sequence and give them to the pickers.

    :param label: ``(orders,)`` batch of each order, numbered from 0.
    :param length: ``(batches,)`` metres.
    """
    batches = len(length)
    due, pickers = due_times(problem), problem.work.pickers
    seconds = batch_seconds(problem, label, length)
    release, first_due = np.zeros(batches), np.full(batches, np.inf)
    np.maximum.at(release, label, release_times(problem))
    np.minimum.at(first_due, label, due)
    who, begin = np.zeros(batches, dtype=np.int64), np.zeros(batches)
    best, best_cost = np.arange(batches), (np.inf, np.inf)
    for keys in ((-seconds, first_due), (first_due, release), (-seconds,), (-seconds, release)):
        sequence = np.lexsort(keys).astype(np.int64)
        end = run_sequence(sequence, seconds, release, pickers, who, begin)
        cost = (lateness(label, due, begin, seconds), end)
        if cost < best_cost:
            best, best_cost = sequence, cost
    trials = min(_MOST_TRIALS, _EFFORT // (len(label) + 4 * batches + 1))
    if batches > 1:
        improve_sequence(best, seconds, release, label, due, pickers, trials, random_state(seed))
    run_sequence(best, seconds, release, pickers, who, begin)
    return Schedule(picker=who, begin=begin, end=begin + seconds)
