"""The tables of sampling by attributes, and the rules that move between them."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from hecang.inbound.sampling import switching
from hecang.inbound.sampling.plans import TABLES, code_letter, fixed, limit_tighter, plan_for, whole
from hecang.inbound.sampling.switching import Outcome, Record
from hecang.inbound.sampling.tables import LEVELS, LIMITS

GOOD = Outcome(accepted=True, accept=0)
BAD = Outcome(accepted=False)


@pytest.mark.parametrize(
    ("lot", "level", "letter"),
    [
        (2, "II", "A"), (8, "III", "B"), (150, "II", "F"), (500, "II", "H"), (501, "II", "J"), (3200, "II", "K"),
        (10_000, "I", "J"), (35_000, "S-4", "H"), (500_001, "II", "Q"), (10**9, "III", "R"), (1200, "S-2", "C"),
    ],
)  # fmt: skip
def test_code_letters_are_those_of_table_one(lot: int, level: str, letter: str) -> None:
    assert code_letter(lot, level) == letter


@pytest.mark.parametrize(
    ("lot", "aql", "severity", "size", "accept", "reject"),
    [
        # Textbook examples: lot 1000, level II, code letter J
        (1000, "2.5", "normal", 80, 5, 6),
        (1000, "2.5", "tightened", 80, 3, 4),
        (1000, "2.5", "reduced", 32, 2, 5),
        # lot 2000, K, AQL 0.65: 125/2, 125/1, 50/1-3
        (2000, "0.65", "normal", 125, 2, 3),
        (2000, "0.65", "tightened", 125, 1, 2),
        (2000, "0.65", "reduced", 50, 1, 3),
        # arrows: down to the next plan, up to the one before
        (200, "1.0", "normal", 50, 1, 2),
        (200, "0.65", "normal", 20, 0, 1),
        (200, "1.0", "tightened", 80, 1, 2),
        (2000, "4.0", "normal", 125, 10, 11),
        (2000, "4.0", "tightened", 125, 8, 9),
        (80, "40", "normal", 13, 10, 11),
    ],
)
def test_plans_are_those_of_the_master_tables(
    lot: int, aql: str, severity: str, size: int, accept: int, reject: int
) -> None:
    found = plan_for(lot, level="II", aql=Decimal(aql), severity=severity)

    assert (found.size, found.accept, found.reject) == (size, accept, reject)


def test_a_sample_is_never_larger_than_the_lot() -> None:
    assert plan_for(5, level="II", aql=Decimal("0.010"), severity="normal").size == 5


def test_a_limit_of_nought_allows_not_one() -> None:
    found = plan_for(1000, level="II", aql=Decimal(0), severity="normal")

    assert (found.size, found.accept, found.reject) == (80, 0, 1)
    assert found.verdict(0)
    assert not found.verdict(1)


def test_every_entry_of_every_table_leads_to_a_plan() -> None:
    for severity in TABLES:
        for limit in LIMITS:
            for level in LEVELS:
                for lot in (
                    1,
                    2,
                    9,
                    20,
                    40,
                    80,
                    120,
                    200,
                    400,
                    900,
                    3000,
                    9000,
                    30_000,
                    100_000,
                    400_000,
                    10**6,
                ):
                    found = plan_for(lot, level=level, aql=Decimal(limit), severity=severity)
                    assert 0 <= found.accept < found.reject
                    assert 1 <= found.size <= lot


def test_a_stricter_limit_never_accepts_more() -> None:
    """In one row of a table, with the arrows followed, the share that may be bad falls with the limit."""
    for severity in TABLES:
        for lot in (100, 1000, 10_000):
            shares = [
                found.accept / found.size
                for limit in LIMITS
                if (
                    found := plan_for(
                        10**7 if lot > 10**6 else lot, level="II", aql=Decimal(limit), severity=severity
                    )
                )
                and found.size < lot
            ]
            assert all(one <= other + 1e-9 for one, other in itertools.pairwise(shares))


def test_tightened_is_never_looser_than_normal() -> None:
    for limit in LIMITS[:20]:
        for lot in (200, 1000, 5000):
            normal = plan_for(lot, level="II", aql=Decimal(limit), severity="normal")
            tight = plan_for(lot, level="II", aql=Decimal(limit), severity="tightened")
            assert tight.accept / tight.size <= normal.accept / normal.size + 1e-9


def test_whole_lots_are_sorted_not_refused_and_fixed_ones_allow_none() -> None:
    assert whole(30).verdict(30)
    assert fixed(30, 5).size == 5
    assert not fixed(3, 5).verdict(1)


def test_the_next_stricter_limit() -> None:
    assert limit_tighter(Decimal("2.5")) == Decimal("1.5")
    assert limit_tighter(Decimal("0.010")) is None


def _fare(record: Record, *outcomes: Outcome) -> Record:
    for outcome in outcomes:
        record = switching.after(record, outcome)
    return record


def test_two_of_five_refused_lots_tighten_and_five_accepted_ones_loosen() -> None:
    tight = _fare(Record(), GOOD, BAD, GOOD, GOOD, BAD)
    assert tight.severity == "tightened"

    assert _fare(tight, *[GOOD] * 4).severity == "tightened"
    assert _fare(tight, *[GOOD] * 5).severity == "normal"


def test_refused_lots_far_apart_do_not_tighten() -> None:
    assert _fare(Record(), BAD, GOOD, GOOD, GOOD, GOOD, BAD).severity == "normal"


def test_the_fifth_lot_refused_under_tightened_inspection_stops_it() -> None:
    tight = _fare(Record(), BAD, BAD)
    stopped = _fare(tight, BAD, GOOD, BAD, GOOD, BAD, BAD, BAD)

    assert stopped.severity == "stopped"
    assert switching.restarted(stopped).severity == "tightened"


def test_a_score_of_thirty_reduces_and_the_first_bad_lot_ends_it() -> None:
    reduced = _fare(Record(), *[GOOD] * 15)
    assert reduced.severity == "reduced"

    assert _fare(reduced, BAD).severity == "normal"
    assert _fare(reduced, Outcome(accepted=True, marginal=True)).severity == "normal"
    assert _fare(reduced, GOOD).severity == "reduced"


def test_the_score_counts_three_where_a_stricter_limit_would_pass_and_begins_anew_where_not() -> None:
    passes = Outcome(accepted=True, accept=3, would_pass_tighter=True)
    fails = Outcome(accepted=True, accept=3, would_pass_tighter=False)

    assert _fare(Record(), *[passes] * 9).score == 27
    assert _fare(Record(), *[passes] * 9, fails).score == 0
    assert _fare(Record(), *[passes] * 10).severity == "reduced"


def test_after_enough_accepted_lots_only_every_third_is_inspected() -> None:
    record = _fare(Record(), *[GOOD] * 5)

    seen = []
    for _lot in range(7):
        skip = switching.may_skip(record, skip_after=5, skip_every=3)
        seen.append(skip)
        record = switching.skipped(record) if skip else switching.after(record, GOOD)

    assert seen == [True, True, False, True, True, False, True]
    assert not switching.may_skip(_fare(record, BAD), skip_after=5, skip_every=3)
    assert not switching.may_skip(record, skip_after=None, skip_every=None)
