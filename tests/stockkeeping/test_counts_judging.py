"""The rules by which readings are judged; pure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hecang.stockkeeping import states_counts as states
from hecang.stockkeeping.services.counts.judging import Group, Reading, Verdict, judge, spread
from hecang.stockkeeping.services.counts.policies import Policy, Tolerance

STRICT = Policy(1, approve_units=20, approve_value=Decimal(100))
EASY = Policy(
    1, tolerances={"A": Tolerance(percent=Decimal(2), units=1, value=Decimal(30))}, approve_units=20,
    approve_value=Decimal(100),
)  # fmt: skip


def group(
    counted: int, book: int, *, round_: int = 1, earlier: tuple[int, ...] = (), value: int = 1
) -> Group:
    return Group([Reading(counted, book)], "A", Decimal(value), round_, earlier)


@pytest.mark.parametrize(
    ("given", "policy", "state", "cause"),
    [
        (group(10, 10), STRICT, "matched", ""),
        (group(9, 10), STRICT, "recount", "beyond_tolerance"),
        (group(9, 10), EASY, "accepted", "tolerance"),
        (group(98, 100), EASY, "accepted", "tolerance"),
        (group(97, 100), EASY, "recount", "beyond_tolerance"),
        (group(98, 100, value=20), EASY, "recount", "beyond_tolerance"),
        (group(7, 10, round_=2, earlier=(-3,)), STRICT, "accepted", "confirmed"),
        (group(7, 10, round_=2, earlier=(-2,)), STRICT, "recount", "beyond_tolerance"),
        (group(7, 10, round_=3, earlier=(-2, -3)), STRICT, "accepted", "confirmed"),
        (group(7, 10, round_=3, earlier=(-2, -4)), STRICT, "approve", "readings_differ"),
        (group(0, 20, round_=2, earlier=(-20,)), STRICT, "approve", "limit"),
        (group(9, 10, round_=2, earlier=(-1,), value=100), STRICT, "approve", "limit"),
        (group(10, 10, round_=2, earlier=(-3,)), STRICT, "matched", ""),
    ],
)
def test_a_group_is_judged_by_tolerance_confirmation_and_limit(
    given: Group, policy: Policy, state: str, cause: str
) -> None:
    assert judge(given, policy) == Verdict(state, cause)


def test_movement_at_the_time_of_counting_asks_for_another_look_but_not_for_ever() -> None:
    moving = [Reading(9, 10, in_motion=True)]
    assert judge(Group(moving, "A", Decimal(1)), EASY) == Verdict("recount", "in_motion")
    assert judge(Group(moving, "A", Decimal(1), 5, (-2, -3, -4, -5)), STRICT).state == "approve"
    assert judge(Group([Reading(10, 10, in_motion=True)], "A", Decimal(1)), STRICT).state == "matched"


def test_units_that_are_damaged_and_not_good_are_no_loss() -> None:
    lines = [Reading(8, 10), Reading(2, 0)]
    assert judge(Group(lines, "A", Decimal(1)), STRICT) == Verdict("accepted", "condition")


def test_other_numbers_are_a_difference_even_where_the_units_agree() -> None:
    lines = [Reading(3, 3, serials_differ=True)]
    assert judge(Group(lines, "A", Decimal(1)), EASY).state == "recount"


@pytest.mark.parametrize(
    ("sound", "told", "books", "suspect", "expected"),
    [
        (10, {}, {"good": 10}, (), {"good": 10}),
        # What is held there is filled first, so that a loss is one of goods that could be sold.
        (7, {}, {"good": 8, "expired": 2}, (), {"expired": 2, "good": 5}),
        (1, {}, {"good": 8, "expired": 2}, (), {"expired": 1, "good": 0}),
        (5, {"expired": 1}, {"good": 8, "expired": 2}, (), {"expired": 1, "good": 5}),
        # Quarantine of a short pick is settled by the count.
        (6, {}, {"good": 2, "quarantine": 8}, ("quarantine",), {"good": 6, "quarantine": 0}),
        (0, {}, {"quarantine": 8}, ("quarantine",), {"quarantine": 0}),
        (4, {"damaged": 2}, {}, (), {"good": 4, "damaged": 2}),
    ],
)
def test_sound_units_are_spread_over_the_conditions_of_the_books(
    sound: int,
    told: dict[str, int],
    books: dict[str, int],
    suspect: tuple[str, ...],
    expected: dict[str, int],
) -> None:
    assert spread(sound, told, books, frozenset(suspect)) == expected


def test_every_state_is_reached_and_every_verdict_is_a_state() -> None:
    for entity, table in states.TABLES.items():
        targets = {target for following in table.values() for target in following}
        assert targets <= set(table), entity
        assert states.mermaid(entity).startswith("stateDiagram-v2")
