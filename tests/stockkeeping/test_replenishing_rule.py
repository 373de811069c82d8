"""The rule of replenishment on plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from hecang.inventory.policies import Candidate
from hecang.stockkeeping.replenishing import Carry, Face, carries_of

DAY = datetime(2026, 5, 1, tzinfo=UTC)


def face(
    free: int = 0, *, low: int = 10, high: int = 50, multiple: int = 1, key: int = 1, coming: int = 0
) -> Face:
    return Face(key, 1, 100 + key, 1, 1, low, high, multiple, key, free, coming)


def source(free: int, *, key: int = 1, expires: date | None = None, received: datetime = DAY) -> Candidate:
    return Candidate(key, 1, 1, 1, 200 + key, None, expires, received, False, key, free)


def brief(carries: list[Carry]) -> list[tuple[int, int, int, str]]:
    return [(one.face.id, one.source.stock_id, one.units, one.cause) for one in carries]


def test_a_face_below_its_minimum_is_filled_to_its_maximum() -> None:
    assert brief(carries_of([face(9)], [source(100)])) == [(1, 1, 41, "below_min")]


def test_a_face_at_its_minimum_is_left_alone_and_what_is_on_its_way_counts() -> None:
    assert carries_of([face(10)], [source(100)]) == []
    assert carries_of([face(2, coming=8)], [source(100)]) == []


def test_demand_beyond_what_lies_in_the_faces_fills_those_with_room() -> None:
    carries = carries_of([face(20), face(30, key=2)], [source(100)], demand=70)

    assert brief(carries) == [(1, 1, 30, "demand")]


def test_whole_cases_come_and_a_case_is_broken_only_for_what_is_urgent() -> None:
    # Given room for 20 units and cases of 12
    assert brief(carries_of([face(9, high=29, multiple=12)], [source(60)])) == [(1, 1, 12, "below_min")]
    # When less than a case fits, but the face is below its minimum
    assert brief(carries_of([face(9, high=19, multiple=12)], [source(60)])) == [(1, 1, 10, "below_min")]
    # Then nothing is broken just to fill up
    assert carries_of([face(12, high=19, multiple=12)], [source(60)], top_up=True) == []


def test_the_earliest_expiry_comes_first_and_among_equals_the_row_that_is_emptied() -> None:
    early, late = date(2026, 6, 1), date(2026, 9, 1)
    rows = [
        source(30, key=1, expires=early),
        source(8, key=2, expires=early),
        source(99, key=3, expires=late),
    ]

    carries = carries_of([face(0, high=40)], rows)

    assert brief(carries) == [(1, 1, 30, "below_min"), (1, 2, 8, "below_min"), (1, 3, 2, "below_min")]


def test_top_up_fills_every_face_by_whole_multiples() -> None:
    assert brief(carries_of([face(30, multiple=6)], [source(100)], top_up=True)) == [(1, 1, 18, "top_up")]


@settings(max_examples=300, deadline=None)
@given(
    faces=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(1, 60), st.integers(1, 12)), max_size=4
    ),
    rows=st.lists(st.integers(1, 80), max_size=6),
    demand=st.integers(0, 300),
    top_up=st.booleans(),
)
def test_no_row_is_taken_twice_and_no_face_overfilled(
    faces: list[tuple[int, int, int, int]], rows: list[int], demand: int, top_up: bool
) -> None:
    mine = [
        face(free, low=min(low, high), high=high, multiple=multiple, key=key)
        for key, (free, low, high, multiple) in enumerate(faces, start=1)
    ]
    carries = carries_of(
        mine, [source(free, key=key) for key, free in enumerate(rows)], demand=demand, top_up=top_up
    )

    for key, free in enumerate(rows):
        assert sum(one.units for one in carries if one.source.stock_id == key) <= free
    for one in mine:
        brought = sum(carry.units for carry in carries if carry.face.id == one.id)
        assert brought <= one.room
    assert all(carry.units > 0 for carry in carries)
