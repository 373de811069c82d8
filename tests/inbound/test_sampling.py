"""The tables of sampling by attributes, and the rules that move between them."""

from __future__ import annotations

import itertools
import math
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


# ---------------------------------------------------------------- the tables as a whole
# No cell can be wrong by itself: sample sizes and limits both grow by the fifth root of ten, so that along a diagonal
# (one letter more, one limit stricter) the expected number of bad units, and with it the acceptance number, stays.

NUMBERS = {"normal": [0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 44], "tightened": [0, 1, 2, 3, 5, 8, 12, 18, 27, 41]}
#: Gaps of the reduced table: acceptance number → what the rejection number is more.
GAPS = {(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (3, 6), (5, 8), (7, 10), (10, 13), (14, 17), (21, 24)}


def cells(severity: str) -> list[tuple[int, int, int, int, int]]:
    """Every printed plan: row, column, size, acceptance and rejection number."""
    found = []
    for row, (size, entries) in enumerate(TABLES[severity].values()):
        for column, entry in enumerate(entries.split()):
            if entry not in "v^":
                accept, _slash, reject = entry.partition("/")
                found.append((row, column, size, int(accept), int(reject or int(accept) + 1)))
    return found


def accepted(bad: int, expected: float) -> float:
    """Probability of at most so many bad units where so many are expected (Poisson, as the standard has it)."""
    return sum(math.exp(-expected) * expected**k / math.factorial(k) for k in range(bad + 1))


@pytest.mark.parametrize("severity", list(TABLES))
def test_rows_are_as_long_as_there_are_limits_and_samples_grow(severity: str) -> None:
    assert {len(entries.split()) for _size, entries in TABLES[severity].values()} == {len(LIMITS)}
    sizes = [size for size, _entries in TABLES[severity].values()]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("severity", ["normal", "tightened"])
def test_numbers_stay_along_diagonals(severity: str) -> None:
    found: dict[int, set[int]] = {}
    for row, column, _size, accept, reject in cells(severity):
        found.setdefault(row + column, set()).add(accept)
        assert reject == accept + 1
    assert all(len(numbers) == 1 for numbers in found.values())
    assert [found[at].pop() for at in sorted(found)] == NUMBERS[severity]


def test_reduced_numbers_stay_along_diagonals_from_the_third_letter_on() -> None:
    """Letters A and B cannot take a smaller sample than two units: there the numbers are those of larger ones."""
    found: dict[int, set[tuple[int, int]]] = {}
    for row, column, _size, accept, reject in cells("reduced"):
        if row >= 2:
            found.setdefault(row + column, set()).add((accept, reject))
    assert all(len(numbers) == 1 for numbers in found.values())
    assert {numbers.pop() for numbers in found.values()} == GAPS


@pytest.mark.parametrize(
    ("severity", "low", "high"),
    [("normal", 0.87, 0.995), ("tightened", 0.79, 0.98), ("reduced", 0.87, 0.9995)],
)
def test_lots_at_the_agreed_quality_are_rarely_refused(severity: str, low: float, high: float) -> None:
    """At its limit every printed plan lets 87 to 99.5 lots of 100 pass; a strict supplier's plans fewer, a trusted
    one's more.
    """
    chances = [
        accepted(reject - 1, size * float(LIMITS[column]) / 100)
        for _row, column, size, _accept, reject in cells(severity)
    ]
    assert low <= min(chances)
    assert max(chances) <= high


#: One lot size for each code letter of level III, B to R.
LOTS = (2, 12, 20, 40, 80, 140, 250, 400, 1000, 3000, 9000, 30_000, 140_000, 400_000, 10**6)


@pytest.mark.parametrize("limit", LIMITS)
def test_stricter_inspection_is_stricter_after_all_arrows(limit: str) -> None:
    """Lots at four times the agreed quality pass tightened inspection no more often than normal, and normal no more
    often than reduced.
    """
    for lot in LOTS:
        chances = []
        for severity in ("tightened", "normal", "reduced"):
            found = plan_for(lot, level="III", aql=Decimal(limit), severity=severity)
            chances.append((found.size == lot, accepted(found.reject - 1, found.size * float(limit) / 25)))
        if any(is_whole for is_whole, _chance in chances):
            continue  # every unit is looked at
        assert [chance for _whole, chance in chances] == sorted(chance for _whole, chance in chances), lot


#: Columns 0.65 to 15 as a printed copy has them (construction inspection guide of the US Navy, after MIL-STD-105E):
#: rejection numbers; arrows are left out, so that the place of each number is that of its column.
PRINTED = {
    "normal": {
        "B": {"4.0": 1, "15": 2}, "E": {"1.0": 1, "4.0": 2, "6.5": 3, "10": 4, "15": 6},
        "H": {"1.0": 2, "1.5": 3, "2.5": 4, "4.0": 6, "6.5": 8, "10": 11, "15": 15},
        "J": {"0.65": 2, "1.0": 3, "1.5": 4, "2.5": 6, "4.0": 8, "6.5": 11, "10": 15, "15": 22},
        "M": {"0.65": 6, "1.0": 8, "1.5": 11, "2.5": 15, "4.0": 22}, "Q": {"0.65": 15, "1.0": 22},
    },
    "tightened": {
        "C": {"4.0": 1, "15": 2}, "F": {"1.0": 1, "4.0": 2, "6.5": 3, "10": 4, "15": 6},
        "J": {"1.0": 2, "1.5": 3, "2.5": 4, "4.0": 6, "6.5": 9, "10": 13, "15": 19},
        "K": {"0.65": 2, "1.0": 3, "1.5": 4, "2.5": 6, "4.0": 9, "6.5": 13, "10": 19},
    },
}  # fmt: skip


@pytest.mark.parametrize("severity", list(PRINTED))
def test_rows_are_those_of_a_printed_copy(severity: str) -> None:
    for letter, wanted in PRINTED[severity].items():
        entries = dict(zip(LIMITS, TABLES[severity][letter][1].split(), strict=True))
        assert {limit: int(entries[limit]) + 1 for limit in wanted} == wanted
