"""What comes out: batches, their lengths, who picks them, and how good that is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.batching.encoding import encode, lengths_by_label
from hecang_optim.batching.model import BatchingProblem
from hecang_optim.batching.schedule import due_times, schedule


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the plan was found.

    :ivar gear: what built it: a rule, ``"annealing"`` or ``"columns"``.
    :ivar start: metres of the plan that the search began with.
    :ivar moves: moves tried by the annealing.
    :ivar columns: different batches seen.
    :ivar cuts: inequalities added to the linear program.
    """

    gear: str
    start: float = 0.0
    moves: int = 0
    columns: int = 0
    cuts: int = 0


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """Batches in the sequence in which they begin.

    :ivar batches: orders of each batch, ascending.
    :ivar length: ``(batches,)`` metres of the shortest tour of each.
    :ivar picker: ``(batches,)`` who, from 0.
    :ivar begin: ``(batches,)`` seconds.
    :ivar end: ``(batches,)`` seconds.
    :ivar late: ``(orders,)`` seconds by which each order is late.
    :ivar oversized: orders that no cart holds; each is a batch of its own, to be split or picked by other means.
    :ivar lower_bound: no plan walks less; ``None`` where nothing is known.
    """

    batches: tuple[Ints, ...]
    length: Floats
    picker: Ints
    begin: Floats
    end: Floats
    late: Floats
    oversized: Ints
    lower_bound: float | None = None
    statistics: Statistics = field(default_factory=lambda: Statistics("rule"))

    @property
    def total_length(self) -> float:
        """Metres of all batches."""
        return float(self.length.sum())

    @property
    def makespan(self) -> float:
        """When the last batch ends, seconds."""
        return float(self.end.max(initial=0.0))

    @property
    def lateness(self) -> float:
        """Seconds late, summed over orders."""
        return float(self.late.sum())

    @property
    def gap(self) -> float | None:
        """Share by which the plan may be longer than the shortest; 0 where it is proven to be it."""
        if self.lower_bound is None or self.lower_bound <= 0:
            return None
        return max(0.0, self.total_length / self.lower_bound - 1.0)

    @property
    def optimal(self) -> bool:
        """Whether no plan walks less, proven."""
        return self.lower_bound is not None and self.total_length <= self.lower_bound * (1 + 1e-9) + 1e-9

    @property
    def label(self) -> Ints:
        """``(orders,)`` batch of each order."""
        label = np.zeros(sum(map(len, self.batches)), dtype=np.int64)
        for batch, members in enumerate(self.batches):
            label[members] = batch
        return label


def make_plan(
    problem: BatchingProblem, label: Ints, statistics: Statistics, *, lower_bound: float | None = None,
    seed: int = 0,
) -> BatchPlan:  # fmt: skip
    """Measure, sequence and number the batches of these labels (of all orders of the problem)."""
    encoded = encode(problem)
    label = np.unique(label, return_inverse=True)[1].astype(np.int64)
    length = lengths_by_label(encoded, label)
    when = schedule(problem, label, length, seed)
    sequence = np.lexsort((np.arange(len(length)), when.begin))
    place = np.empty(len(length), dtype=np.int64)
    place[sequence] = np.arange(len(length))
    label = place[label]
    by_batch = np.argsort(label, kind="stable").astype(np.int64)
    sizes = np.bincount(label, minlength=len(length))
    end = when.end[sequence]
    return BatchPlan(
        batches=tuple(np.split(by_batch, np.cumsum(sizes)[:-1])) if len(length) else (),
        length=length[sequence],
        picker=when.picker[sequence],
        begin=when.begin[sequence],
        end=end,
        late=np.maximum(0.0, end[label] - due_times(problem)) if len(length) else np.zeros(0),
        oversized=np.flatnonzero((encoded.demand > 1.0 + 1e-9).any(axis=1)).astype(np.int64),
        lower_bound=lower_bound,
        statistics=statistics,
    )
