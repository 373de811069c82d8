"""The third gear: batches as columns of a linear program, priced exactly, cut, and chosen by a whole-number program.

Set partitioning by column generation (Gademann & van de Velde 2005; Muter & Öncan 2015), with subset-row cuts and the
least number of carts as inequalities (Wahlen & Gschwind 2023). A tour never gets shorter by more places, and that
makes the exact search for worthwhile batches fast enough to run in every round. Its end gives a lower bound; all
batches whose reduced cost is below the gap that is left then hold an optimum, and where they are few enough the
whole-number program finds and proves it.
"""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.batching._pricing import WORTH, Prices, price_by_beam, price_exactly, reduced_costs
from hecang_optim.batching._state import TOLERANCE, Load, Pool
from hecang_optim.batching.encoding import Encoded
from hecang_optim.batching.master import Relaxation, choose
from hecang_optim.batching.pool import columns_of, remember_all
from hecang_optim.budget import Budget

#: Sets of each size that the beam keeps, and batches of each size that it gives to the pool.
BEAM, FOUND = 100, 30
#: Batches that enter the linear program in one round.
ENTERING = 300
#: Tours measured below one first order before the exact pricing gives up.
NODES = 3_000_000
#: Candidates of a whole-number program that is not expected to prove anything.
CANDIDATES = 2_500
#: Of one that is.
MOST_CANDIDATES = 20_000
#: With rounds alone nothing but its size ends a whole-number program.
FEWER_WITHOUT_CLOCK = 5
#: Batches that one exact pricing may add to the pool.
MOST_NEW = 50_000


class ColumnGeneration:
    """A column generation that can be gone on with.

    :ivar bound: no plan is shorter than this.
    :ivar cuts: inequalities in the linear program.
    """

    def __init__(self, encoded: Encoded, load: Load, pool: Pool) -> None:
        self._encoded, self._load, self._pool = encoded, load, pool
        orders = len(encoded)
        total = encoded.demand.sum(axis=0)
        self._kind = int(np.argmax(total))
        self._least = max(1, int(np.ceil(float(total.max()) - 1e-6)))
        self._relaxation = Relaxation(orders, self._least)
        remember_all(pool, np.arange(orders, dtype=np.int64), encoded.alone)
        everything = columns_of(pool)
        self._relaxation.add(everything, np.arange(len(everything))[-10 * orders :])
        self._relaxation.add(everything, np.flatnonzero(np.diff(everything.start) == 1))
        self._whole = lengths_are_whole(encoded)
        self.bound = 0.0
        self.cuts = 0
        self._value = 0.0
        self._prices: Prices | None = None

    def raise_bound(self, best_total: float, budget: Budget, seconds: float) -> bool:
        """Solve, price and cut until nothing is found, the gap is closed, or the time is over; true if at an end."""
        ends = budget.used() + seconds
        while True:
            if not self._converge(budget, ends):
                return False
            self._value, self._prices = self._relaxation.value, self._relaxation.prices
            before, self.bound = self.bound, max(self.bound, self._rounded(self._value))
            small = self.bound - before < 1e-4 * self.bound
            if self.bound >= best_total - TOLERANCE or (small and before > 0.0):
                return True
            if self._relaxation.cut() == 0:
                return True
            self.cuts = len(self._relaxation.cuts)

    def best_choice(
        self, label: Ints, best_total: float, budget: Budget, seconds: float, *, complete: bool
    ) -> tuple[Ints, bool]:
        """Choose among the pool by the whole-number program; labels, and whether they are proven to be optimal.

        :param complete: first put every batch that could be part of a shorter plan into the pool, if they are
            not too many.
        """
        converged = self._prices is not None
        prices = self._relaxation.prices if self._prices is None else self._prices
        gap = best_total - self._value
        ends = budget.used() + 0.4 * seconds
        everything = complete and converged and self._price(prices, gap - TOLERANCE, budget, ends)
        batches = self._encoded.batches(label)
        incumbent = remember_all(self._pool, batches.label, batches.length)
        if not len(incumbent):
            return label, False
        columns = columns_of(self._pool)
        reduced = np.zeros(len(columns))
        reduced_costs(columns.start, columns.member, columns.length, prices, reduced)
        candidates = np.flatnonzero(reduced < gap)
        few = 1 if budget.seconds is not None else FEWER_WITHOUT_CLOCK
        everything = everything and len(candidates) <= MOST_CANDIDATES // few
        if not everything and len(candidates) > CANDIDATES // few:
            candidates = candidates[np.argsort(reduced[candidates], kind="stable")[: CANDIDATES // few]]
        choice = choose(
            columns, candidates, incumbent, self._relaxation.cuts, len(label), self._least, budget, seconds
        )
        taken = np.full(len(label), -1, dtype=np.int64)
        for batch, column in enumerate(choice.taken):
            members = columns.members(column)
            taken[members[taken[members] < 0]] = batch
        return taken, everything and choice.proven

    def _converge(self, budget: Budget, ends: float) -> bool:
        """Price until no batch is worth having; false if there was no time for it."""
        relaxation, pool = self._relaxation, self._pool
        while not budget.spent() and budget.used() <= ends:
            budget.count()
            relaxation.solve()
            columns = columns_of(pool)
            reduced = relaxation.reduced_costs(columns)
            worth = np.flatnonzero((reduced < WORTH) & relaxation.outside(columns))
            if len(worth):
                relaxation.add(columns, worth[np.argsort(reduced[worth], kind="stable")[:ENTERING]])
                continue
            prices = relaxation.prices
            reward = float(prices.order.sum()) / max(1.0, float(self._encoded.demand.sum(axis=0).max()))
            if price_by_beam(self._load, self._encoded.ground, prices, reward, BEAM, FOUND, pool) > 0:
                continue
            count = int(pool.counts[0])
            if not self._price(prices, WORTH, budget, ends):
                return False
            if int(pool.counts[0]) == count:
                return True
        return False

    def _price(self, prices: Prices, threshold: float, budget: Budget, ends: float) -> bool:
        """Put every batch below the threshold into the pool; false if that was too much."""
        share = np.ascontiguousarray(self._encoded.demand[:, self._kind])
        worth = np.divide(prices.order, share, out=np.full(len(share), np.inf), where=share > 0.0)
        ranked = np.argsort(-worth, kind="stable").astype(np.int64)
        room = int(self._pool.counts[0]) + MOST_NEW
        for first in range(len(ranked)):
            if budget.cancelled() or (budget.seconds is not None and budget.used() > ends):
                return False
            measured = price_exactly(
                self._load, self._encoded.ground, prices, share, ranked, first, threshold, NODES, room,
                self._pool,
            )  # fmt: skip
            if measured < 0:
                return False
        return True

    def _rounded(self, value: float) -> float:
        return float(np.ceil(value - 1e-5)) if self._whole else value - 1e-7 * abs(value)


def lengths_are_whole(encoded: Encoded) -> bool:
    """Whether every tour is a whole number of metres, so that bounds may be rounded up."""
    ground = encoded.ground
    if not ground.plain:
        return False
    parts = np.concatenate([ground.extent, 2.0 * ground.pitch, 2.0 * ground.place.ravel(), [ground.fixed]])
    return bool((parts == np.round(parts)).all())
