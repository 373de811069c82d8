"""Safety stock: the definitions, the lowest level, and simulated shelves."""

from __future__ import annotations

import numpy as np
import pytest

from hecang_optim.errors import InvalidProblem
from hecang_optim.lotsizing import (
    Family,
    fit_demand,
    level_by_cycle_service,
    order_up_to_by_fill_rate,
    protection_demand,
    reorder_point_by_fill_rate,
)


def test_the_protection_interval_adds_up_errors_and_late_deliveries() -> None:
    demand = protection_demand(mean=10.0, error=4.0, lead_time=2.0, review=1.0, lead_time_deviation=0.5)
    assert demand.mean.tolist() == [30.0]
    assert demand.variance.tolist() == [16.0 * 3 + (10 * 0.5) ** 2]


def test_cycle_service_of_a_normal_is_the_textbook_formula() -> None:
    found = level_by_cycle_service(fit_demand(100.0, 400.0, Family.NORMAL), 0.95)
    assert found.safety_stock[0] == pytest.approx(1.6448536 * 20)
    assert found.level[0] == pytest.approx(100 + 1.6448536 * 20)
    assert found.service[0] == pytest.approx(0.95)


def test_levels_are_the_lowest_that_reach_the_fill_rate() -> None:
    rng = np.random.default_rng(4)
    mean = rng.lognormal(1.0, 1.0, 200)
    error = np.sqrt(mean) * rng.uniform(0.9, 2.5, 200)
    ahead = protection_demand(mean, error, 2.0, review=1.0)
    lead = protection_demand(mean, error, 2.0)
    for service in (0.8, 0.95, 0.99):
        found = order_up_to_by_fill_rate(ahead, lead, service)
        below = np.maximum(found.level - np.where(ahead.counted, 1.0, 1e-6), 0.0)
        met = 1.0 - (ahead.loss(below) - lead.loss(below)) / mean
        assert np.all(found.service >= service - 1e-9)
        assert np.all((met < service) | (found.level == 0.0))
        assert np.all(found.level[ahead.counted] == np.round(found.level[ahead.counted]))


def test_the_reorder_point_by_fill_rate_meets_each_unit_of_a_lot() -> None:
    # Unit demand: a customer is served at once where the lead-time demand since the position was y stays below y.
    lead, lot = fit_demand(4.0, 4.0, Family.POISSON), 7.0
    found = reorder_point_by_fill_rate(lead, lot, 0.95)

    def served(point: float) -> float:
        return float(np.mean([lead.cdf(y - 1)[0] for y in np.arange(point + 1, point + lot + 1)]))

    assert found.service[0] == pytest.approx(served(found.level[0]))
    assert served(found.level[0]) >= 0.95 > served(found.level[0] - 1)


@pytest.mark.parametrize(
    ("mean", "variance"),
    [(0.7, 0.7), (3.0, 9.0), (40.0, 100.0)],
    ids=["poisson", "negative binomial", "normal"],
)
def test_a_simulated_shelf_reaches_the_service_asked_for(mean: float, variance: float) -> None:
    ahead = protection_demand(mean, variance**0.5, 3.0, review=1.0)
    lead = protection_demand(mean, variance**0.5, 3.0, family=Family(int(ahead.family[0])))
    by_cycle = level_by_cycle_service(ahead, 0.9)
    by_fill = order_up_to_by_fill_rate(ahead, lead, 0.95)
    rng = np.random.default_rng(7)
    if ahead.family[0] == Family.POISSON:
        asked = rng.poisson(mean, 60_000).astype(np.float64)
    elif ahead.family[0] == Family.NEGATIVE_BINOMIAL:
        asked = rng.negative_binomial(mean**2 / (variance - mean), mean / variance, 60_000).astype(np.float64)
    else:
        asked = rng.normal(mean, variance**0.5, 60_000)
    # (R,S) with a review each period and lead time 3: at a period's end the stock is S less four periods' demand,
    # at its beginning S less three.
    total = np.concatenate([[0.0], np.cumsum(asked)])
    four, three = total[4:] - total[:-4], total[3:-1] - total[:-4]
    passed = np.mean(four <= by_cycle.level[0])
    short = np.maximum(four - by_fill.level[0], 0) - np.maximum(three - by_fill.level[0], 0)
    assert passed == pytest.approx(by_cycle.service[0], abs=0.01)
    assert 1 - short.sum() / (four - three).sum() == pytest.approx(by_fill.service[0], abs=0.005)


def test_an_interval_shorter_than_the_lead_time_is_refused() -> None:
    with pytest.raises(InvalidProblem, match=r"protection\.mean - lead\.mean"):
        order_up_to_by_fill_rate(fit_demand(1.0, 1.0), fit_demand(2.0, 2.0), 0.9)
    with pytest.raises(InvalidProblem) as caught:
        level_by_cycle_service(fit_demand([1.0, 1.0], 1.0), [0.9, 1.5])
    assert (caught.value.field, caught.value.index) == ("service", 1)
