"""The second gear: simulated annealing with exact tours.

Small moves (shift an order, exchange one or two for one or two) between batches that lie near each other. A move
costs two tours, less than half a microsecond each in one block, so that millions are tried in a second; ruin and
recreate with regret, on the same tours, came out about twice as far from the best known values in the same time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.batching._annealing import anneal
from hecang_optim.batching._pricing import most_orders
from hecang_optim.batching._state import Load, Pool
from hecang_optim.batching.encoding import Encoded, lengths_by_label
from hecang_optim.batching.pool import new_pool
from hecang_optim.budget import Budget
from hecang_optim.randomness import random_state

#: Moves in one round.
ROUND = 20_000
#: The temperature in shares of what an order costs alone, at the beginning and at the end.
WARM, COLD = 0.13, 0.01
#: Orders of one part of a wave that is too large to be annealed at once, and rounds for it.
PART, PART_ROUNDS = 160, 2

Improved = Callable[[Ints, float], None]


class Annealing:
    """An annealing that can be gone on with; each :meth:`run` heats up and cools down once."""

    def __init__(
        self, encoded: Encoded, load: Load, pool: Pool, label: Ints, seed: int, improved: Improved
    ) -> None:
        self._encoded, self._load, self._pool, self._improved = encoded, load, pool, improved
        self._label, self._best_total = label.copy(), np.inf
        self._random = random_state(seed)
        self._depth = int(most_orders(encoded.demand)) + 2
        self.moves = 0

    def run(self, budget: Budget, until: float, warmth: float = 1.0) -> None:
        """Go on until this share of the budget is used up."""
        begun = share_used(budget)
        batches = self._encoded.batches(self._label)
        scale = warmth * heat(self._encoded, float(batches.length.sum()))
        best = batches.label.copy()
        self._best_total = min(self._best_total, float(batches.length.sum()))
        while not budget.spent() and (used := share_used(budget)) < until:
            done = (used - begun) / max(1e-9, until - begun)
            temperature = scale * WARM * (COLD / WARM) ** done
            total = anneal(
                self._load, self._encoded.ground, batches, best, self._pool, self._depth, ROUND, temperature,
                0.995 * temperature, self._random, self._best_total,
            )  # fmt: skip
            budget.count()
            self.moves += ROUND
            if total < self._best_total:
                self._best_total = total
                self._label = best.copy()
                self._improved(self._label, total)


def share_used(budget: Budget) -> float:
    """How much of the budget is used, from 0 to 1."""
    left = budget.rounds_left
    by_rounds = 0.0 if left is None or budget.rounds is None else 1.0 - left / max(1, budget.rounds)
    by_time = 0.0 if budget.seconds is None else budget.used() / max(1e-9, budget.seconds)
    return max(by_rounds, by_time)


def heat(encoded: Encoded, total: float) -> float:
    """Metres that an order costs: alone, or its share of a plan, if the batches are large."""
    return min(float(encoded.alone.mean()), 4.0 * total / len(encoded)) + 1e-9


def anneal_in_parts(
    encoded: Encoded, label: Ints, budget: Budget, seed: int, told: Callable[[float], None] | None, *,
    spare: float = 0.0,
) -> tuple[Ints, int]:  # fmt: skip
    """Anneal one neighbourhood of similar batches after the other; labels, and how many moves it took.

    Batches are put in a row by the aisles they visit; a part is a piece of this row. With each pass the pieces
    are cut elsewhere and the row begins with other aisles.

    :param spare: seconds of the budget to leave for what comes after.
    """
    label = np.unique(label, return_inverse=True)[1].astype(np.int64)
    lengths = lengths_by_label(encoded, label)
    total = float(lengths.sum())
    generator = np.random.default_rng(seed)
    random, nowhere = random_state(seed), new_pool(0, 0, 0)
    moves = 0
    while not budget.spent() and budget.remaining() > spare:
        for orders in _parts(encoded, label, generator):
            if budget.spent() or budget.remaining() <= spare:
                break
            part = encoded.part(orders)
            names, local = np.unique(label[orders], return_inverse=True)
            batches = part.batches(local.astype(np.int64))
            before = float(batches.length.sum())
            best = batches.label.copy()
            load, depth = part.load(), int(most_orders(part.demand)) + 2
            warm = 0.25 * WARM * heat(part, before)
            after = anneal(
                load, part.ground, batches, best, nowhere, depth, PART_ROUNDS * ROUND, warm, 0.05 * warm, random,
                before,
            )  # fmt: skip
            budget.count(PART_ROUNDS)
            moves += PART_ROUNDS * ROUND
            if after < before:
                used = np.unique(best, return_inverse=True)[1]
                label[orders] = _names(names, int(used.max()) + 1, label)[used]
                total += after - before
                if told is not None:
                    told(total)
    return label, moves


def _names(names: Ints, wanted: int, label: Ints) -> Ints:
    """Labels for the batches of a part: its old ones, and new ones if there are more batches now."""
    more = max(0, wanted - len(names))
    return np.append(names, int(label.max()) + 1 + np.arange(more))


def _parts(encoded: Encoded, label: Ints, generator: np.random.Generator) -> list[Ints]:
    """Orders of neighbouring batches, some 160 together, in random sequence."""
    ground = encoded.ground
    aisles = encoded.bits.reshape(len(encoded), len(ground.extent), ground.words).any(axis=2)
    visited = np.zeros((int(label.max()) + 1, aisles.shape[1]), dtype=bool)
    np.logical_or.at(visited, label, aisles)
    row = np.lexsort(visited[:, generator.permutation(aisles.shape[1])].T)
    place = np.empty(len(row), dtype=np.int64)
    place[row] = np.arange(len(row))
    sequence = np.argsort(place[label], kind="stable").astype(np.int64)
    ends = np.flatnonzero(np.diff(place[label[sequence]])) + 1
    cut = np.unique(np.searchsorted(ends, np.arange(int(generator.integers(1, PART)), len(sequence), PART)))
    pieces = np.split(sequence, ends[cut[cut < len(ends)]])
    pieces = [piece for piece in pieces if len(piece) > 1]
    return [pieces[index] for index in generator.permutation(len(pieces))]
