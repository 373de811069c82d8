"""The gear for planners that must answer in about a second and always alike: moves are counted, not seconds.

A tour through several blocks costs a hundred times one through a single block, so a search that values only true
tours gets nowhere in a second. Most of what makes a batch good is the same if there were no cross-aisles between
the blocks. So batches are annealed on that floor first, where millions of moves can be tried; of what comes out and of
the rules' plans the truly shortest is taken, and polished on the true floor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.batching._annealing import anneal
from hecang_optim.batching._pricing import most_orders
from hecang_optim.batching._state import Load
from hecang_optim.batching._tour import Ground
from hecang_optim.batching.annealing import COLD, WARM, heat
from hecang_optim.batching.constructive import first_come_labels, savings_labels, signature_labels
from hecang_optim.batching.encoding import Encoded, encode, lengths_by_label, shares
from hecang_optim.batching.model import BatchingProblem
from hecang_optim.batching.plan import BatchPlan, Statistics, make_plan
from hecang_optim.batching.pool import new_pool
from hecang_optim.errors import require
from hecang_optim.randomness import random_state
from hecang_optim.routing.layout import AisleLayout

#: Orders that are annealed at once; larger waves piece by piece, cut twice in different ways.
PIECE, CUTS = 400, 2
#: Up to so many orders savings are worked out on the true floor, too.
_SAVINGS = 200
#: How warm annealing begins that goes on from a good plan, and polishing, in shares of a first annealing's warmth.
_AGAIN, _POLISH = 0.4, 0.15


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried; all of it is counted, so that the result depends on the problem alone.

    :param moves: of the annealing for each order, and in all at most.
    :param polishing: moves on the true floor for each order, where it has several blocks.
    :param steps: of the program that measures true tours, at most: aisles x blocks x states for each move; and as
        many again for savings on the true floor.
    """

    moves: tuple[int, int] = (2_000, 1_000_000)
    polishing: int = 400
    steps: int = 200_000_000

    def annealing_of(self, orders: int) -> float:
        """Moves for each of so many orders."""
        return min(self.moves[0], self.moves[1] / orders)

    def polishing_of(self, orders: int, ground: Ground) -> float:
        """Moves on this floor for each of so many orders."""
        return min(self.polishing, self.steps / _steps_of_a_tour(ground) / orders)

    def has_time_for_savings(self, orders: int, ground: Ground) -> bool:
        """Whether the savings of so many orders can be measured on this floor: some n² tours."""
        return orders <= _SAVINGS and orders**2 * _steps_of_a_tour(ground) <= self.steps


def _steps_of_a_tour(ground: Ground) -> int:
    return len(ground.extent) * ground.grid.states


def plan_quickly(
    problem: BatchingProblem, effort: Effort | None = None, *, begin: Ints | None = None, seed: int = 0
) -> BatchPlan:
    """A good plan at once; minimises walking alone. No lower bound.

    :param begin: ``(orders,)`` labels of a plan that fits the carts, to begin with; the result walks no more.
    :raises InvalidProblem: by :class:`~hecang_optim.batching.model.BatchingProblem` itself, or labels that do not fit.
    """
    effort = effort or Effort()
    count = len(problem.orders)
    require(begin is None or begin.shape == (count,), "begin", f"must have {count} entries")
    fitting = np.flatnonzero((shares(problem.cart, problem.orders) <= 1.0 + 1e-9).all(axis=1)).astype(
        np.int64
    )
    label = len(fitting) + np.arange(count, dtype=np.int64)
    if len(fitting) < 2:
        return make_plan(problem, label, Statistics("alone"), seed=seed)
    true = encode(problem, fitting)
    flat = true if problem.layout.blocks == 1 else encode(_without_blocks(problem), fitting)
    search = _Search(effort.annealing_of(len(true)), effort.polishing_of(len(true), true.ground), seed)
    with_savings = effort.has_time_for_savings(len(true), true.ground)
    label[fitting] = search.run(true, flat, None if begin is None else begin[fitting], with_savings)
    return make_plan(problem, label, Statistics("quick", search.start, search.moves), seed=seed)


def _without_blocks(problem: BatchingProblem) -> BatchingProblem:
    """The same floor without the cross-aisles in the middle; the depot in front."""
    layout = problem.layout
    ends = layout.cross_y[[0, -1]]
    return replace(problem, layout=AisleLayout(aisle_x=layout.aisle_x, cross_y=ends, depot_x=layout.depot_x))


class _Search:
    """The search with so many moves for each order, on both floors."""

    def __init__(self, annealing: float, polishing: float, seed: int) -> None:
        self._annealing, self._polishing = annealing, polishing
        self._random = random_state(seed)
        self._generator = np.random.default_rng(seed)
        self.start, self.moves = 0.0, 0

    def run(self, true: Encoded, flat: Encoded, begin: Ints | None, with_savings: bool) -> Ints:
        """Labels of the best plan found.

        :param with_savings: begin with those of the true floor, too.
        """
        rule = savings_labels if len(true) <= PIECE else signature_labels
        known = [first_come_labels(true), rule(flat)] + ([] if begin is None else [begin])
        if flat is not true and with_savings:
            known.append(savings_labels(true))
        label = _best(true, known)
        self.start = _metres(true, label)
        if len(true) <= PIECE:
            return self._improved(true, flat, label, known, 1.0)
        for _ in range(CUTS):
            for orders in self._pieces(true, label):
                part = true.part(orders)
                flat_part = part if flat is true else flat.part(orders)
                names, local = np.unique(label[orders], return_inverse=True)
                better = self._improved(part, flat_part, local.astype(np.int64), [], 1.0 / CUTS)
                used = np.unique(better, return_inverse=True)[1]
                more = max(0, int(used.max()) + 1 - len(names))
                label[orders] = np.append(names, int(label.max()) + 1 + np.arange(more))[used]
        return label

    def _improved(self, true: Encoded, flat: Encoded, label: Ints, known: list[Ints], share: float) -> Ints:
        """Anneal the flat floor's best of the known plans, take what is truly best, polish it."""
        load = flat.load()
        warmth = 1.0 if known else _AGAIN
        begin = _best(flat, [label, *known])
        found = self._anneal(flat, load, begin, share * self._annealing, warmth)
        if flat is true:
            return found
        best = _best(true, [label, found])
        load = Load(bits=true.bits, demand=true.demand, alone=true.alone, near=load.near)
        return self._anneal(true, load, best, share * self._polishing, _POLISH)

    def _anneal(self, encoded: Encoded, load: Load, label: Ints, each: float, warmth: float) -> Ints:
        """Heat up and cool down once; never worse than before."""
        batches = encoded.batches(label)
        total = float(batches.length.sum())
        best = batches.label.copy()
        scale = warmth * heat(encoded, total)
        depth, moves = int(most_orders(encoded.demand)) + 2, int(each * len(encoded))
        anneal(
            load, encoded.ground, batches, best, new_pool(0, 0, 0), depth, moves, scale * WARM, scale * COLD,
            self._random, total,
        )  # fmt: skip
        self.moves += moves
        return best

    def _pieces(self, encoded: Encoded, label: Ints) -> list[Ints]:
        """The orders of neighbouring batches, some :data:`PIECE` together; cut elsewhere each time."""
        names, label = np.unique(label, return_inverse=True)
        sub_aisles = encoded.bits.reshape(len(encoded), len(encoded.ground.extent), encoded.ground.words)
        visited = np.zeros((len(names), sub_aisles.shape[1]), dtype=bool)
        np.logical_or.at(visited, label, sub_aisles.any(axis=2))
        row = np.lexsort(visited[:, self._generator.permutation(visited.shape[1])].T)
        size = np.bincount(label)[row]
        pieces = -(-len(encoded) // PIECE)
        shift = self._generator.integers(0, PIECE)
        piece_of = np.empty(len(names), dtype=np.int64)
        piece_of[row] = (np.cumsum(size) - size + shift) * pieces // (len(encoded) + PIECE)
        of_order = piece_of[label]
        found = [np.flatnonzero(of_order == piece).astype(np.int64) for piece in np.unique(of_order)]
        return [orders for orders in found if len(orders) > 1]


def _best(encoded: Encoded, labels: list[Ints]) -> Ints:
    """The plan that walks least on this floor."""
    return labels[int(np.argmin([_metres(encoded, label) for label in labels]))].copy()


def _metres(encoded: Encoded, label: Ints) -> float:
    return float(lengths_by_label(encoded, np.unique(label, return_inverse=True)[1].astype(np.int64)).sum())
