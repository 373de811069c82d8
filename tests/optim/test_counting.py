"""Counting: the regression, its lift, samples, and a simulated year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hecang_optim.counting import FEATURES, PRIOR, RiskModel, lift_of, risk_fit, sample_size, share_interval
from hecang_optim.counting.simulation import Year, year_run
from hecang_optim.errors import InvalidProblem


def test_the_regression_finds_the_odds_that_made_the_labels() -> None:
    draw = np.random.default_rng(5)
    table = draw.normal(size=(20_000, 3))
    odds = -2.0 + 1.5 * table[:, 0] - 0.5 * table[:, 1]
    wrong = draw.random(len(table)) < 1 / (1 + np.exp(-odds))

    model = risk_fit(table, wrong)

    weights = model.weights / model.scale
    assert weights == pytest.approx([1.5, -0.5, 0.0], abs=0.1)
    kept = RiskModel.of(model.as_dict())
    assert kept.score(table[:5]) == pytest.approx(model.score(table[:5]))
    assert model.score(table).mean() == pytest.approx(wrong.mean(), abs=1e-3)


def test_places_that_are_told_apart_perfectly_do_not_break_it() -> None:
    table = np.repeat([[0.0], [1.0]], 50, axis=0)
    model = risk_fit(table, table[:, 0] > 0.5)
    assert np.isfinite(model.weights).all()
    assert model.score([[1.0]])[0] > 0.9
    assert model.score([[0.0]])[0] < 0.1


@pytest.mark.parametrize(
    ("table", "wrong"),
    [([[1.0], [2.0]], [True, True]), ([[1.0]], [True, False]), ([[np.nan], [1.0]], [True, False])],
)
def test_history_that_means_nothing_is_refused(table: list[list[float]], wrong: list[bool]) -> None:
    with pytest.raises(InvalidProblem):
        risk_fit(table, wrong)


def test_the_rule_puts_touched_and_doubted_places_first() -> None:
    calm = np.zeros(len(FEATURES))
    touched, doubted = calm.copy(), calm.copy()
    touched[FEATURES.index("moves_since_count")] = 3.0
    doubted[FEATURES.index("shorts_since_count")] = np.log1p(3)
    scores = PRIOR.score([calm, touched, doubted])
    assert scores[0] < scores[1] < scores[2]


def test_lift_of_a_perfect_a_worthless_and_a_wrong_order() -> None:
    wrong = np.arange(100) < 10
    perfect, nothing, upside_down = (
        lift_of(wrong, wrong),
        lift_of(np.zeros(100), wrong),
        lift_of(~wrong, wrong),
    )
    assert (perfect.auc, nothing.auc, upside_down.auc) == (1.0, 0.5, 0.0)
    assert perfect.found[3] == 1.0
    assert nothing.found[4] == pytest.approx(0.2)
    assert upside_down.found[4] == 0.0


def test_sizes_of_samples_are_those_of_the_formula() -> None:
    assert sample_size(10**9, confidence=0.95, precision=0.05) == 385
    assert sample_size(1000, confidence=0.95, precision=0.05) == 278
    assert (sample_size(3), sample_size(0)) == (3, 0)


def test_the_interval_holds_the_share_as_often_as_it_says() -> None:
    draw = np.random.default_rng(3)
    held = 0
    for hits in draw.binomial(200, 0.05, size=2000):
        low, high = share_interval(int(hits), 200)
        held += low <= 0.05 <= high
    assert held / 2000 == pytest.approx(0.95, abs=0.02)
    assert share_interval(0, 0) == (0.0, 1.0)


def test_a_year_counted_by_risk_finds_more_than_by_class_than_by_chance() -> None:
    year = Year(places=3000, per_day=60, days=200, seed=4)
    risk, abc, chance = (year_run(year, way) for way in ("risk", "abc", "random"))
    assert risk.hit_rate > abc.hit_rate > chance.hit_rate
    assert risk.right_days > chance.right_days
    assert risk.lift is not None
    assert risk.lift.auc > 0.55
    assert year_run(year, "risk").accuracy == risk.accuracy


def test_what_every_scan_catches_never_becomes_wrong() -> None:
    """Given scans that catch all errors, when a year passes, then only what was wrong at first is found and set right."""
    caught = Year(places=500, per_day=20, days=80, scan_place=1.0, scan_goods=1.0, check_units=1.0)
    result = year_run(caught, "random")
    assert result.errors_a_day == 0
    assert list(result.accuracy) == sorted(result.accuracy)
    assert year_run(replace(caught, scan_place=0.0), "random").errors_a_day > 0


def test_counts_after_short_picks_come_out_of_the_same_hundred() -> None:
    """Given as many counts a day, when short picks are counted first, then more are right and not more is counted."""
    year = Year(places=1000, per_day=20, days=120, seed=2)
    plain, events = year_run(year, "random"), year_run(replace(year, on_short_pick=True), "random")
    assert (plain.event_counts_a_day, plain.looks_a_day) == (0, 0)
    assert 0 < events.event_counts_a_day < year.per_day
    assert events.counted == plain.counted
    assert events.right_days > plain.right_days


def test_looks_at_emptied_places_set_right_what_differs() -> None:
    year = Year(places=1000, per_day=20, days=120, seed=2)
    looked = year_run(replace(year, on_emptied=True), "random")
    assert looked.looks_a_day > 0
    assert looked.right_days > year_run(year, "random").right_days


@pytest.mark.parametrize("name", ["scan_place", "scan_goods", "check_units"])
def test_a_share_beyond_one_is_refused(name: str) -> None:
    with pytest.raises(InvalidProblem, match=name):
        year_run(replace(Year(places=200), **{name: 1.1}), "random")
