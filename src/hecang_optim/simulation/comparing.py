"""Policies side by side, on the same days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hecang_optim.errors import require
from hecang_optim.simulation.day import simulate
from hecang_optim.simulation.model import Policy, Scenario


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence interval; the interval is infinite with a single replication."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures of several policies over the same days.

    :param policies: names, in the order in which they were given.
    :param values: for each figure of :meth:`Report.measures`, (policies, replications).
    :param confidence: of the intervals.
    """

    policies: tuple[str, ...]
    values: dict[str, NDArray[np.float64]]
    confidence: float

    def mean(self, measure: str, policy: str) -> Interval:
        """A figure of one policy."""
        return interval(self.values[measure][self._row(policy)], self.confidence)

    def difference(self, measure: str, policy: str, base: str) -> Interval:
        """By how much a policy's figure exceeds another's: a paired t interval over the common days."""
        rows = self.values[measure]
        return interval(rows[self._row(policy)] - rows[self._row(base)], self.confidence)

    def ratio(self, measure: str, policy: str, base: str) -> Interval:
        """A policy's figure over another's, day by day: 1.25 is a quarter more."""
        rows = self.values[measure]
        return interval(rows[self._row(policy)] / rows[self._row(base)], self.confidence)

    def _row(self, policy: str) -> int:
        require(policy in self.policies, "policy", f"is none of {', '.join(self.policies)}")
        return self.policies.index(policy)


def compare(
    policies: Sequence[Policy],
    scenario: Scenario,
    *,
    replications: int = 10,
    seed: int = 0,
    confidence: float = 0.95,
    on_day: Callable[[int, str], None] | None = None,
) -> Comparison:
    """Live the same days under each policy.

    Common random numbers: day r has the same orders, people, and handling times under each policy, so that their
    differences vary far less than their figures.

    :param replications: number of days.
    :param seed: of the first day; the others follow.
    :param on_day: told before each run: which day, which policy.
    :raises InvalidProblem: no policy, a name twice, no replication, or a confidence that is none.
    """
    names = tuple(policy.name for policy in policies)
    require(len(names) > 0, "policies", "is empty")
    require(len(set(names)) == len(names), "policies", "has a name twice")
    require(replications >= 1, "replications", "is below 1")
    require(0 < confidence < 1, "confidence", "is not between 0 and 1")
    values: dict[str, NDArray[np.float64]] = {}
    for day in range(replications):
        for row, policy in enumerate(policies):
            if on_day is not None:
                on_day(day, policy.name)
            for measure, value in simulate(scenario, policy, seed=seed + day).measures().items():
                values.setdefault(measure, np.zeros((len(names), replications)))[row, day] = value
    return Comparison(names, values, confidence)


def interval(sample: NDArray[np.float64], confidence: float = 0.95) -> Interval:
    """Student's t interval for the mean of a ``sample`` (n,) of independent values; ``confidence`` in 0 … 1."""
    from scipy.special import stdtrit

    mean, size = float(sample.mean()), len(sample)
    if size == 1:
        return Interval(mean, -float("inf"), float("inf"))
    half = float(stdtrit(size - 1, (1 + confidence) / 2) * sample.std(ddof=1) / np.sqrt(size))
    return Interval(mean, mean - half, mean + half)
