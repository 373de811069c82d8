"""One way in: the best plan that the time allows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.batching.annealing import Annealing, anneal_in_parts
from hecang_optim.batching.columns import ColumnGeneration
from hecang_optim.batching.constructive import (
    first_come_labels,
    savings_labels,
    seed_labels,
    signature_labels,
)
from hecang_optim.batching.encoding import Encoded, encode, lengths_by_label, shares
from hecang_optim.batching.model import BatchingProblem
from hecang_optim.batching.on_time import anneal_on_time
from hecang_optim.batching.plan import BatchPlan, Statistics, make_plan
from hecang_optim.batching.pool import new_pool
from hecang_optim.budget import Budget

Told = Callable[[float], None] | None

#: Up to so many orders batches are columns of a linear program.
ORDERS_FOR_COLUMNS = 200
#: Up to so many orders all pairs are measured and annealed at once.
ORDERS_AT_ONCE = 2_000
#: Batches that are remembered.
POOL = 300_000
#: Parts of the budget: a first annealing, the linear program after it, and the last choice.
FIRST, PROGRAM, LAST = 0.06, 0.2, 0.14
#: What is left then goes into measuring and scheduling the plan.
END = 0.995


def plan_first_come(problem: BatchingProblem) -> BatchPlan:
    """Orders in their sequence, one cart after the other, with shortest tours."""
    return _by_rule(problem, first_come_labels, "first come")


def plan_by_seeds(problem: BatchingProblem) -> BatchPlan:
    """The longest order begins a batch, what lengthens its tour least is added; up to some 5,000 orders."""
    return _by_rule(problem, seed_labels, "seeds")


def plan_by_savings(problem: BatchingProblem) -> BatchPlan:
    """Clarke & Wright's savings, measured anew after each join; up to some 3,000 orders."""
    return _by_rule(problem, savings_labels, "savings")


def plan_by_signature(problem: BatchingProblem) -> BatchPlan:
    """Orders that go to the same aisles together; for waves of any size."""
    return _by_rule(problem, signature_labels, "signature")


def plan_batches(
    problem: BatchingProblem, budget: Budget, seed: int = 0, on_improvement: Told = None
) -> BatchPlan:
    """The best plan that is found within the budget.

    Begins with a rule, so that there is a plan whatever the budget; then anneals; up to 200 orders it also prices
    batches exactly, which gives a lower bound and ends the search early where the plan is proven to be optimal.

    :param budget: a round is 20,000 moves or one linear program.
    :param on_improvement: told the metres of every better plan.
    :raises InvalidProblem: by :class:`~hecang_optim.batching.model.BatchingProblem` itself.
    """
    demand = shares(problem.cart, problem.orders)
    fitting = np.flatnonzero((demand <= 1.0 + 1e-9).all(axis=1)).astype(np.int64)
    label = len(fitting) + np.arange(len(problem.orders), dtype=np.int64)
    if len(fitting) == 0:
        return make_plan(problem, label, Statistics("alone"), seed=seed)
    encoded = encode(problem, fitting)
    alone = np.setdiff1d(np.arange(len(problem.orders)), fitting)
    told = _with_extra(on_improvement, encode(problem, alone).alone.sum() if len(alone) else 0.0)
    if not problem.weights.walking_only:
        label[fitting], statistics = anneal_on_time(problem, encoded, _start(encoded), budget, seed, told)
        return make_plan(problem, label, statistics, seed=seed)
    search = _Search(encoded, budget, seed, told)
    label[fitting] = search.run()
    bound = None if search.bound is None else search.bound + encode(problem, alone).alone.sum()
    return make_plan(problem, label, search.statistics(), lower_bound=bound, seed=seed)


class _Search:
    """The gears in turn, on orders that each fit a cart."""

    def __init__(self, encoded: Encoded, budget: Budget, seed: int, told: Told) -> None:
        self._encoded, self._budget, self._seed, self._told = encoded, budget, seed, told
        self._best = _start(encoded)
        self._total = self._start = self._measure(self._best)
        self._moves = self._seen = self._cuts = 0
        self._gear = "rule"
        self.bound: float | None = None
        if told is not None:
            told(self._total)

    def statistics(self) -> Statistics:
        return Statistics(self._gear, self._start, self._moves, self._seen, self._cuts)

    def run(self) -> Ints:
        """The best labels."""
        encoded, budget = self._encoded, self._budget
        if len(encoded) == 1:
            self.bound = self._total
        elif len(encoded) > ORDERS_AT_ONCE:
            # measuring and scheduling the plan takes about as long as all of this so far
            self._best, self._moves = anneal_in_parts(
                encoded, self._best, budget, self._seed, self._told, spare=1.2 * budget.used()
            )
            self._gear = "annealing"
        elif not budget.spent():
            self._run_at_once()
        return self._best

    def _run_at_once(self) -> None:
        encoded, budget = self._encoded, self._budget
        load = encoded.load()
        columns_pay = len(encoded) <= ORDERS_FOR_COLUMNS
        pool = new_pool(len(encoded), POOL if columns_pay else 0, self._seed)
        annealing = Annealing(encoded, load, pool, self._best, self._seed, self._improved)
        annealing.run(budget, FIRST if columns_pay else END)
        self._gear, self._moves = "annealing", annealing.moves
        if not columns_pay:
            return
        columns = ColumnGeneration(encoded, load, pool)
        length = budget.seconds or 0.0
        columns.raise_bound(self._total, budget, PROGRAM * length)
        if not self._conclude(columns, LAST * length, complete=True):
            annealing.run(budget, 1.0 - LAST)
            columns.raise_bound(self._total, budget, 0.3 * budget.remaining() if length else 0.0)
            self._conclude(columns, 0.95 * budget.remaining() if length else 0.0, complete=True)
            annealing.run(budget, END)
        self._moves, self._seen, self._cuts = annealing.moves, int(pool.counts[0]), columns.cuts

    def _conclude(self, columns: ColumnGeneration, seconds: float, *, complete: bool) -> bool:
        """Choose among all batches seen; whether the plan is proven to be optimal now."""
        self.bound = columns.bound
        if self._total <= columns.bound + 1e-7:
            self.bound = self._total
            return True
        if self._budget.spent():
            return False
        label, proven = columns.best_choice(self._best, self._total, self._budget, seconds, complete=complete)
        total = self._measure(label)
        if total < self._total - 1e-7:
            self._gear = "columns"
            self._improved(label, total)
        if proven or self._total <= columns.bound + 1e-7:
            self.bound = self._total
            return True
        return False

    def _measure(self, label: Ints) -> float:
        return float(lengths_by_label(self._encoded, np.unique(label, return_inverse=True)[1]).sum())

    def _improved(self, label: Ints, total: float) -> None:
        if total < self._total:
            self._best, self._total = label.copy(), total
            if self._told is not None:
                self._told(total)


def _start(encoded: Encoded) -> Ints:
    """Savings as long as all pairs can be measured quickly, else signatures; not worse than first come."""
    rule = savings_labels if len(encoded) <= 500 else signature_labels
    labels = [rule(encoded), first_come_labels(encoded)]
    totals = [
        float(lengths_by_label(encoded, np.unique(one, return_inverse=True)[1]).sum()) for one in labels
    ]
    return labels[int(np.argmin(totals))]


def _by_rule(problem: BatchingProblem, rule: Callable[[Encoded], Ints], name: str) -> BatchPlan:
    """What fits by the rule, the rest each alone."""
    demand = shares(problem.cart, problem.orders)
    fitting = np.flatnonzero((demand <= 1.0 + 1e-9).all(axis=1)).astype(np.int64)
    label = len(problem.orders) + np.arange(len(problem.orders), dtype=np.int64)
    if len(fitting):
        label[fitting] = rule(encode(problem, fitting))
    return make_plan(problem, label, Statistics(name))


def _with_extra(told: Told, extra: float) -> Told:
    """Tell the total with the orders that go alone."""
    if told is None or extra == 0.0:
        return told
    listener = told
    return lambda total: listener(total + extra)
