"""Demand over a span of time as a distribution, one for each SKU.

Which distribution fits is told by mean and variance alone (Syntetos & Boylan 2006; Silver, Pyke & Thomas 2017):
slow movers are counted (Poisson, or negative binomial where the variance exceeds the mean), fast movers are
measured (normal, or gamma where the normal would be negative too often).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy import special

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.errors import require
from hecang_optim.lotsizing.arrays import Numbers, column, share
from hecang_optim.lotsizing.search import lowest_integer

#: From this mean on, counting pieces and measuring them is the same.
FAST_MOVER = 30.0
#: Standard deviation by mean above which a normal distribution would be negative too often.
TOO_WIDE_FOR_NORMAL = 0.5
#: Probabilities that differ by less are equal: what rounding does to a distribution function.
_ROUNDING = 1e-12


class Family(IntEnum):
    """The shape of a demand distribution."""

    NORMAL = 0
    GAMMA = 1
    POISSON = 2
    NEGATIVE_BINOMIAL = 3


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What will be asked for in some span of time: one distribution for each of n SKUs.

    :param mean: units (n).
    :param variance: units² (n); a Poisson distribution takes its mean for it.
    :param family: :class:`Family` (n).
    :raises InvalidProblem: unequal lengths, negative numbers, a negative binomial whose variance does not
        exceed its mean, a gamma without mean or variance.
    """

    mean: Floats
    variance: Floats
    family: Ints

    def __post_init__(self) -> None:
        column("demand.mean", self.mean)
        column("demand.variance", self.variance, len(self.mean))
        require(len(self.family) == len(self.mean), "demand.family", "needs one entry per SKU")
        known = np.isin(self.family, [int(one) for one in Family])
        require_each(known, "demand.family", "is no Family")
        counted = self.family == Family.NEGATIVE_BINOMIAL
        wide = (self.variance > self.mean) & (self.mean > 0)
        require_each(~counted | wide, "demand.variance", "of a negative binomial must exceed its mean")
        measured = self.family == Family.GAMMA
        positive = (self.mean > 0) & (self.variance > 0)
        require_each(~measured | positive, "demand.mean", "and variance of a gamma must be above 0")

    def __len__(self) -> int:
        return len(self.mean)

    @property
    def counted(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Where demand comes in whole pieces (n)."""
        return self.family >= Family.POISSON

    def take(self, rows: Ints) -> Demand:
        """The demand of some of the SKUs."""
        return Demand(self.mean[rows], self.variance[rows], self.family[rows])

    def cdf(self, level: Numbers) -> Floats:
        """Probability that demand is at most ``level`` (n)."""
        return self._each(lambda law: law.cdf, level)

    def loss(self, level: Numbers) -> Floats:
        """Expected units asked for beyond ``level``: E[(D - level)⁺] (n)."""
        return self._each(lambda law: law.loss, level)

    def quantile(self, probability: Numbers) -> Floats:
        """The lowest level that covers demand with this probability (n); whole where pieces are counted."""
        return self._each(lambda law: law.quantile, share("probability", probability, len(self)))

    def _each(self, part: Callable[[_Law], _Function], argument: Numbers) -> Floats:
        given = column("level", argument, len(self), least=-np.inf)
        result = np.empty(len(self))
        for family, rows in self._groups():
            function = part(_LAWS[family])
            result[rows] = function(given[rows], self.mean[rows], self.variance[rows])
        return result

    def _groups(self) -> Iterator[tuple[Family, Ints]]:
        for family in Family:
            rows = np.flatnonzero(self.family == family)
            if len(rows):
                yield family, rows


def fit_demand(mean: Numbers, variance: Numbers, family: Family | None = None) -> Demand:
    """The distributions that fit these means and variances.

    :param mean: expected units in the span (n), or one number.
    :param variance: of the forecast error over the span (n), or one number.
    :param family: instead of choosing one for each SKU.
    :raises InvalidProblem: negative or unequal columns.
    """
    size = max(np.size(mean), np.size(variance))
    means, variances = column("mean", mean, size), column("variance", variance, size)
    families = choose_family(means, variances) if family is None else np.full(size, family, dtype=np.int64)
    return Demand(means, variances, families)


def choose_family(mean: Floats, variance: Floats) -> Ints:
    """The :class:`Family` for each mean and variance (n).

    Below :data:`FAST_MOVER` pieces: negative binomial where the variance exceeds the mean, else Poisson (which
    then has more variance than asked for: on the safe side). Above: gamma where the deviation exceeds half of
    the mean, else normal.

    Source: Syntetos & Boylan (2006), "On the stock control performance of intermittent demand estimators".
    """
    slow = mean < FAST_MOVER
    overdispersed = variance > mean * (1.0 + 1e-6)
    wide = variance > (TOO_WIDE_FOR_NORMAL * mean) ** 2
    counted = np.where(overdispersed & (mean > 0), Family.NEGATIVE_BINOMIAL, Family.POISSON)
    return np.where(slow, counted, np.where(wide, Family.GAMMA, Family.NORMAL)).astype(np.int64)


# ---------------------------------------------------------------- the laws: (argument, mean, variance) -> value

_Function = Callable[[Floats, Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class _Law:
    cdf: _Function
    loss: _Function
    quantile: _Function


def _normal_cdf(level: Floats, mean: Floats, variance: Floats) -> Floats:
    certain = variance == 0.0
    score = (level - mean) / np.sqrt(np.where(certain, 1.0, variance))
    return np.where(certain, level >= mean, special.ndtr(score))


def _normal_loss(level: Floats, mean: Floats, variance: Floats) -> Floats:
    certain = variance == 0.0
    deviation = np.sqrt(np.where(certain, 1.0, variance))
    score = (level - mean) / deviation
    density = np.exp(-0.5 * score * score) / np.sqrt(2.0 * np.pi)
    beyond = deviation * (density - score * special.ndtr(-score))
    return np.where(certain, np.maximum(mean - level, 0.0), np.maximum(beyond, 0.0))


def _normal_quantile(probability: Floats, mean: Floats, variance: Floats) -> Floats:
    return np.asarray(mean + np.sqrt(variance) * special.ndtri(probability))


def _gamma_cdf(level: Floats, mean: Floats, variance: Floats) -> Floats:
    return np.asarray(special.gammainc(mean * mean / variance, np.maximum(level, 0.0) * mean / variance))


def _gamma_loss(level: Floats, mean: Floats, variance: Floats) -> Floats:
    shape, scaled = mean * mean / variance, np.maximum(level, 0.0) * mean / variance
    beyond = mean * special.gammaincc(shape + 1.0, scaled) - level * special.gammaincc(shape, scaled)
    return np.asarray(np.maximum(beyond, 0.0))


def _gamma_quantile(probability: Floats, mean: Floats, variance: Floats) -> Floats:
    return np.asarray(special.gammaincinv(mean * mean / variance, probability) * variance / mean)


def _poisson_cdf(level: Floats, mean: Floats, _variance: Floats) -> Floats:
    whole = np.floor(level)
    return np.where(whole < 0.0, 0.0, special.pdtr(np.maximum(whole, 0.0), mean))


def _poisson_loss(level: Floats, mean: Floats, variance: Floats) -> Floats:
    # The sum of k·P(D = k) over k > n is mean · P(D ≥ n).
    whole = np.maximum(np.floor(level), -1.0)
    beyond = mean * _above(_poisson_cdf(whole - 1.0, mean, variance))
    return np.maximum(beyond - level * _above(_poisson_cdf(whole, mean, variance)), 0.0)


def _negative_binomial_cdf(level: Floats, mean: Floats, variance: Floats) -> Floats:
    return _counts_up_to(level, mean * mean / (variance - mean), mean / variance)


def _negative_binomial_loss(level: Floats, mean: Floats, variance: Floats) -> Floats:
    # The sum of k·P(D = k) over k > n is mean · P(D' ≥ n), where D' has one success more to wait for.
    successes, chance = mean * mean / (variance - mean), mean / variance
    whole = np.maximum(np.floor(level), -1.0)
    beyond = mean * _above(_counts_up_to(whole - 1.0, successes + 1.0, chance))
    return np.maximum(beyond - level * _above(_counts_up_to(whole, successes, chance)), 0.0)


def _counts_up_to(level: Floats, successes: Floats, chance: Floats) -> Floats:
    """P(failures before so many successes ≤ level), for any real number of successes."""
    whole = np.floor(level)
    return np.where(whole < 0.0, 0.0, special.betainc(successes, np.maximum(whole, 0.0) + 1.0, chance))


def _above(cumulative: Floats) -> Floats:
    return 1.0 - cumulative


def _counted_quantile(cdf: _Function) -> _Function:
    def quantile(probability: Floats, mean: Floats, variance: Floats) -> Floats:
        guess = mean + np.sqrt(np.maximum(variance, mean)) * (special.ndtri(probability) + 0.5)
        return lowest_integer(lambda level: cdf(level, mean, variance) >= probability - _ROUNDING, guess)

    return quantile


_LAWS = {
    Family.NORMAL: _Law(_normal_cdf, _normal_loss, _normal_quantile),
    Family.GAMMA: _Law(_gamma_cdf, _gamma_loss, _gamma_quantile),
    Family.POISSON: _Law(_poisson_cdf, _poisson_loss, _counted_quantile(_poisson_cdf)),
    Family.NEGATIVE_BINOMIAL: _Law(
        _negative_binomial_cdf, _negative_binomial_loss, _counted_quantile(_negative_binomial_cdf)
    ),
}
