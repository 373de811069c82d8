"""The shortest walk: never longer than the S-shape, as long as facility's distances say, and the best there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outbound.geometries import SECTION, geometry

from hecang.outbound.planning import routing
from hecang.outbound.planning.geometry import Geometry, Section
from hecang.outbound.planning.onward import way_length, way_on
from hecang.outbound.planning.optimised import OptimisedWavePlanner
from hecang.outbound.planning.parallel import parts_of
from hecang.outbound.planning.seed import SeedWavePlanner
from hecang.outbound.planning.shortest import shortest_walk

#: Beside SECTION, with the same cross aisles.
BESIDE = Section(aisle_x=(13_000, 16_000), cross_y=(0, 10_000, 20_000))
#: Beside it, but only half as deep: its back cross aisle meets that of the others in the middle.
SHALLOW = Section(aisle_x=(21_000, 24_000), cross_y=(0, 10_000))
#: Cross aisles that meet none of the others'.
APART = Section(aisle_x=(30_000, 33_000), cross_y=(1_000, 14_000))


def walked(where: Geometry, order: tuple[int, ...]) -> int:
    """Length of the shortest ways through these places in this order, from the depot and back."""
    lengths = where.ways.lengths(np.array(order, dtype=np.int64))
    return way_length(lengths, [0, *range(1, len(order) + 1), 0])


def best(where: Geometry, positions: range) -> int:
    """The length of the best of all orders."""
    return min(walked(where, order) for order in itertools.permutations(positions))


def assert_sound(where: Geometry, positions: range) -> None:
    """What holds for any walk."""
    done = shortest_walk(where, list(positions))

    assert sorted(done.order) == list(positions)
    assert done.path[0] == done.path[-1] == where.depot
    assert all((x1 == x2) != (y1 == y2) for (x1, y1), (x2, y2) in itertools.pairwise(done.path))
    assert done.length_mm == routing.length(done.path) == walked(where, done.order)
    assert done.length_mm <= walked(where, routing.walk(where, list(positions)).order)


def test_nothing_to_pick_is_no_walk() -> None:
    assert shortest_walk(geometry([]), []).length_mm == 0
    assert shortest_walk(geometry([(0, 0, 3_000)]), [-1]).path == ()


def test_the_gap_in_the_middle_of_an_aisle_is_not_walked() -> None:
    # Given picks at both ends of the middle aisle, and one in each neighbour's front block
    where = geometry([(0, 0, 5_000), (0, 1, 1_000), (0, 1, 9_000), (0, 2, 5_000)])

    done = shortest_walk(where, [0, 1, 2, 3])

    # Up the first aisle, into the second from both ends, down the third, and back
    assert done.length_mm == 2 * 2_000 + 10_000 + 8_000 + 2 * 1_000 + 10_000 + 8_000 + 2 * 1_000
    assert done.length_mm < routing.walk(where, [0, 1, 2, 3]).length_mm
    assert_sound(where, range(4))


def test_a_location_named_twice_is_visited_once_and_unknown_ones_not_at_all() -> None:
    where = geometry([(0, 0, 3_000), (0, 0, 3_000)])

    assert sorted(shortest_walk(where, [0, 1, 0, -1]).order) == [0, 1]


def test_sections_that_share_their_cross_aisles_are_walked_as_one() -> None:
    where = geometry([(0, 2, 15_000), (1, 0, 15_000), (1, 1, 12_000)], SECTION, BESIDE)

    parts = parts_of(where)

    assert parts.exact[0] is not None
    assert parts.exact[0] is parts.exact[1]
    assert parts.exact[0].layout.aisle_x.tolist() == [0, 4_000, 8_000, 13_000, 16_000]
    # Across at the cross aisle in the middle, not back to the front
    assert (
        shortest_walk(where, [0, 1, 2]).length_mm
        == 2 * (2_000 + 10_000 + 16_000) + 2 * 5_000 + 2 * 5_000 + 2 * 2_000
    )


def test_what_facility_measures_otherwise_is_not_taken_for_parallel_aisles() -> None:
    # Given a section between two of the same depth, of which the cross aisles do not go through it
    left, between, right = (
        Section((0, 4_000), (0, 10_000, 20_000)),
        Section((8_000, 12_000), (0, 20_500)),
        Section((16_000, 20_000), (0, 10_000, 20_000)),
    )
    where = geometry(
        [(0, 0, 1_000), (0, 1, 15_000), (2, 0, 15_000), (2, 1, 1_000), (1, 0, 12_000)], left, between, right
    )

    parts = parts_of(where)

    assert parts.exact[0] is not parts.exact[2]
    assert_sound(where, range(5))
    assert shortest_walk(where, range(5)).length_mm == best(where, range(5))


@pytest.mark.parametrize("aisles", [6, 60])
def test_a_dead_end_among_few_aisles_or_many_is_not_walked_through(aisles: int) -> None:
    # Given five blocks, and one aisle that ends short of the back
    section = Section(tuple(4_000 * a for a in range(aisles)), tuple(20_000 * b for b in range(6)))
    places = [(0, a, 20_000 * b + y) for a in range(aisles) for b in range(5) for y in (2_000, 14_000)]
    where = geometry(places, section, dead_ends={(0, 3): 94_500})
    last = [at for at, (_, aisle, y) in enumerate(places) if 2 <= aisle <= 4 and y == 94_000]

    done = shortest_walk(where, last)

    assert done.length_mm == walked(where, done.order) == min(
        walked(where, order) for order in itertools.permutations(last)
    )  # fmt: skip
    assert parts_of(where).exact[0] is None


@pytest.mark.parametrize(("aisles", "blocks"), [(6, 5), (20, 4), (60, 3)])
def test_batches_are_formed_on_a_floor_of_no_more_blocks_than_a_search_can_walk(
    aisles: int, blocks: int
) -> None:
    section = Section(tuple(4_000 * a for a in range(aisles)), tuple(20_000 * b for b in range(6)))
    parts = parts_of(geometry([(0, a, y) for a in range(aisles) for y in (1_000, 99_000)], section))

    # The walks themselves are laid on the floor as it is
    assert parts.exact[0] is not None
    assert parts.exact[0].layout.blocks == 5
    assert parts.whole is not None
    assert (parts.whole.layout.blocks, parts.whole.layout.aisles) == (blocks, aisles)


def test_places_on_the_open_floor_and_several_kinds_of_sections_in_one_walk() -> None:
    where = geometry(
        [(0, 1, 15_000), (1, 0, 4_000), (2, 1, 9_000), (3, 0, 13_000), (-1, 12_000, -3_000)],
        SECTION, BESIDE, SHALLOW, APART,
    )  # fmt: skip

    assert_sound(where, range(5))
    assert shortest_walk(where, range(5)).length_mm == best(where, range(5))


SECTIONS = (SECTION, BESIDE, SHALLOW, APART)


@st.composite
def floors(draw: st.DrawFn, *, sections: tuple[Section, ...], most: int) -> Geometry:
    def place(number: int) -> st.SearchStrategy[tuple[int, int, int]]:
        section = sections[number]
        low, high = section.cross_y[0] // 500, section.cross_y[-1] // 500
        return st.tuples(
            st.just(number),
            st.integers(0, len(section.aisle_x) - 1),
            st.integers(low, high).map(lambda half: 500 * half),
        )

    places = draw(
        st.lists(st.integers(0, len(sections) - 1).flatmap(place), min_size=1, max_size=most, unique=True)
    )
    depot = (draw(st.integers(-8, 40)) * 1_000, draw(st.integers(-9, 0)) * 1_000)
    return geometry(places, *sections, depot=depot)


@settings(deadline=None, max_examples=60)
@given(floors(sections=(SECTION, BESIDE), most=6))
def test_in_parallel_aisles_no_order_of_the_stops_is_shorter(where: Geometry) -> None:
    positions = range(where.location_id.size)

    assert_sound(where, positions)
    assert shortest_walk(where, positions).length_mm == best(where, positions)


@settings(deadline=None, max_examples=60)
@given(floors(sections=SECTIONS, most=25))
def test_any_walk_is_closed_rectilinear_and_as_long_as_facility_says(where: Geometry) -> None:
    assert_sound(where, range(where.location_id.size))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=7))
def test_the_way_on_is_never_longer_than_the_one_given_and_mostly_the_best(
    points: list[tuple[int, int]],
) -> None:
    at = np.array(points, dtype=np.int64)
    lengths = np.abs(at[:, None] - at[None]).sum(axis=2)
    end = len(points) - 1
    middle = range(1, end)

    order = way_on(lengths, middle, start=0, end=end)

    shortest = min(way_length(lengths, [0, *some, end]) for some in itertools.permutations(middle))
    assert sorted(order) == list(middle)
    assert shortest <= way_length(lengths, [0, *order, end]) <= way_length(lengths, [0, *middle, end])


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_short_way_on_is_the_shortest(size: int) -> None:
    at = np.array([*[0, 9, 3, 7, 5, 10][: size + 1], 11], dtype=np.int64)
    lengths = np.abs(at[:, None] - at[None])

    order = way_on(lengths, range(1, size + 1), start=0, end=size + 1)

    assert way_length(lengths, [0, *order, size + 1]) == 11


def onward_mm(where: Geometry, here: int, order: tuple[int, ...]) -> int:
    """From ``here`` through these places to the depot."""
    lengths = where.ways.lengths(np.array([here, *order], dtype=np.int64))
    return way_length(lengths, [*range(1, len(order) + 2), 0])


@settings(deadline=None, max_examples=60)
@given(floors(sections=SECTIONS, most=12), st.data())
def test_the_rest_of_a_walk_begins_where_the_picker_stands(where: Geometry, data: st.DataObject) -> None:
    positions = list(range(where.location_id.size))
    here = data.draw(st.sampled_from(positions))
    left = data.draw(st.lists(st.sampled_from(positions), unique=True))

    short = OptimisedWavePlanner().onward(where, here, left)
    plain = SeedWavePlanner().onward(where, here, left)

    assert sorted(short) == sorted(plain) == sorted(left)
    assert onward_mm(where, here, short) <= onward_mm(where, here, plain)


def test_the_rest_of_a_walk_does_not_begin_at_the_depot() -> None:
    # Given a picker at the back of the last aisle, and stops in front of the first and the last one
    where = geometry([(0, 2, 19_000), (0, 0, 1_000), (0, 2, 5_000)])

    assert OptimisedWavePlanner().onward(where, 0, [1, 2]) == (2, 1)
    assert OptimisedWavePlanner().onward(where, 0, [0, -1]) == (0,)
