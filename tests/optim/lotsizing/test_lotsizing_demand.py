"""Demand distributions against sums and integrals of their probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from hecang_optim.errors import InvalidProblem
from hecang_optim.lotsizing import Demand, Family, choose_family, fit_demand


def frozen(family: Family, mean: float, variance: float) -> stats.rv_continuous | stats.rv_discrete:
    if family == Family.NORMAL:
        return stats.norm(mean, variance**0.5)
    if family == Family.GAMMA:
        return stats.gamma(mean * mean / variance, scale=variance / mean)
    if family == Family.POISSON:
        return stats.poisson(mean)
    return stats.nbinom(mean * mean / (variance - mean), mean / variance)


@settings(max_examples=40, deadline=None)
@given(
    family=st.sampled_from([Family.POISSON, Family.NEGATIVE_BINOMIAL]),
    mean=st.floats(0.01, 60),
    factor=st.floats(1.05, 6),
    level=st.integers(-2, 90),
    probability=st.floats(0.02, 0.995),
)
def test_counted_demand_is_the_sum_of_its_probabilities(
    family: Family, mean: float, factor: float, level: int, probability: float
) -> None:
    demand = fit_demand(mean, mean * factor, family)
    law = frozen(family, mean, mean * factor)
    k = np.arange(3000)
    chance = law.pmf(k)
    assert demand.cdf(level)[0] == pytest.approx(chance[k <= level].sum(), abs=1e-9)
    assert demand.loss(level)[0] == pytest.approx((np.maximum(k - level, 0) * chance).sum(), abs=1e-8)
    assert demand.quantile(probability)[0] == law.ppf(probability)


@pytest.mark.parametrize("family", [Family.NORMAL, Family.GAMMA])
@pytest.mark.parametrize("level", [-5.0, 0.0, 12.5, 40.0, 90.0])
def test_measured_demand_is_the_integral_of_its_density(family: Family, level: float) -> None:
    demand = fit_demand(40.0, 400.0, family)
    law = frozen(family, 40.0, 400.0)
    beyond, _ = integrate.quad(lambda x: law.sf(x), level, 400.0, limit=200)
    assert demand.cdf(level)[0] == pytest.approx(law.cdf(level), abs=1e-12)
    assert demand.loss(level)[0] == pytest.approx(beyond, abs=1e-6)
    assert demand.quantile(0.97)[0] == pytest.approx(law.ppf(0.97))


def test_a_fractional_level_of_counted_demand_misses_its_fraction() -> None:
    demand = fit_demand(3.0, 3.0, Family.POISSON)
    halfway = (demand.loss(2) + demand.loss(3)) / 2
    assert demand.loss(2.5)[0] == pytest.approx(halfway[0])
    assert demand.cdf(2.5)[0] == demand.cdf(2)[0]


def test_mean_and_variance_choose_the_family() -> None:
    mean = np.array([0.2, 5.0, 5.0, 100.0, 100.0, 0.0])
    variance = np.array([0.2, 4.0, 9.0, 900.0, 3600.0, 0.0])
    assert choose_family(mean, variance).tolist() == [
        Family.POISSON,
        Family.POISSON,
        Family.NEGATIVE_BINOMIAL,
        Family.NORMAL,
        Family.GAMMA,
        Family.POISSON,
    ]


def test_a_mixed_column_gives_each_sku_its_own_law() -> None:
    mean, variance = np.array([2.0, 5.0, 100.0, 100.0]), np.array([2.0, 9.0, 400.0, 3600.0])
    mixed = fit_demand(mean, variance)
    for row in range(4):
        alone = mixed.take(np.array([row]))
        assert mixed.quantile(0.9)[row] == alone.quantile(0.9)[0]
        assert mixed.loss(mean)[row] == alone.loss(mean[row])[0]


def test_demand_without_any_doubt_has_no_loss_above_its_mean() -> None:
    sure = fit_demand(50.0, 0.0)
    assert sure.quantile(0.99)[0] == 50.0
    assert (sure.cdf(49.0)[0], sure.cdf(50.0)[0]) == (0.0, 1.0)
    assert (sure.loss(49.0)[0], sure.loss(51.0)[0]) == (1.0, 0.0)
    nothing = fit_demand(0.0, 0.0)
    assert (nothing.quantile(0.99)[0], nothing.loss(0)[0], nothing.cdf(0)[0]) == (0.0, 0.0, 1.0)


def test_what_is_no_distribution_is_refused() -> None:
    with pytest.raises(InvalidProblem) as caught:
        fit_demand([1.0, -1.0], [1.0, 1.0])
    assert (caught.value.field, caught.value.index) == ("mean", 1)
    with pytest.raises(InvalidProblem, match="must exceed its mean"):
        fit_demand(2.0, 2.0, Family.NEGATIVE_BINOMIAL)
    with pytest.raises(InvalidProblem, match="above 0"):
        fit_demand(0.0, 1.0, Family.GAMMA)
    with pytest.raises(InvalidProblem, match="no Family"):
        Demand(np.ones(1), np.ones(1), np.array([9]))
    with pytest.raises(InvalidProblem, match="below 1"):
        fit_demand(1.0, 1.0).quantile(1.0)
