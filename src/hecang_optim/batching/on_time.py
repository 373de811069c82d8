"""Batches formed with due times and the end of the day in mind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.batching._timely import Timing, anneal_by_cost, cost_of
from hecang_optim.batching.annealing import COLD, WARM, heat, share_used
from hecang_optim.batching.encoding import Encoded
from hecang_optim.batching.model import BatchingProblem
from hecang_optim.batching.plan import Statistics
from hecang_optim.batching.schedule import due_times, release_times
from hecang_optim.budget import Budget
from hecang_optim.randomness import random_state

#: Moves in one round; each schedules all batches.
ROUND = 1_000


def anneal_on_time(
    problem: BatchingProblem, encoded: Encoded, label: Ints, budget: Budget, seed: int,
    told: Callable[[float], None] | None,
) -> tuple[Ints, Statistics]:  # fmt: skip
    """Shift and exchange orders by walking, lateness and end together, as the problem weighs them.

    Every move schedules all batches anew: for up to some thousand orders. ``told`` is told metres.
    """
    batches = encoded.batches(label)
    timing = _timing(problem, encoded)
    start = float(batches.length.sum())
    best, best_cost = batches.label.copy(), float(cost_of(batches, timing))
    random, load = random_state(seed), encoded.load()
    scale = max(problem.weights.metre, 1e-9) * heat(encoded, start)
    moves = 0
    if len(encoded) < 2:
        return best, Statistics("annealing on time", start)
    while not budget.spent():
        temperature = scale * WARM * (COLD / WARM) ** share_used(budget)
        cost = anneal_by_cost(
            load, encoded.ground, batches, timing, best, ROUND, temperature, 0.995 * temperature, random,
            best_cost,
        )  # fmt: skip
        budget.count()
        moves += ROUND
        if cost < best_cost:
            best_cost = cost
            if told is not None:
                told(float(encoded.batches(best).length.sum()))
    return best, Statistics("annealing on time", start, moves)


def _timing(problem: BatchingProblem, encoded: Encoded) -> Timing:
    work, weights, chosen = problem.work, problem.weights, encoded.orders
    return Timing(
        due=due_times(problem)[chosen],
        release=release_times(problem)[chosen],
        handling=work.seconds_per_line * np.diff(problem.orders.start)[chosen].astype(np.float64),
        setup=float(work.seconds_per_batch),
        speed=float(work.metres_per_second),
        pickers=int(work.pickers),
        metre=float(weights.metre),
        late=float(weights.second_late),
        until_end=float(weights.second_until_end),
    )
