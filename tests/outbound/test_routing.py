"""The S-shape walk: exact paths on a small warehouse, and what holds for any."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outbound.geometries import SECTION, geometry

from hecang.outbound.planning.geometry import Section
from hecang.outbound.planning.routing import length, walk


def test_nothing_to_pick_is_no_walk() -> None:
    done = walk(geometry([]), [])

    assert (done.order, done.path, done.length_mm) == ((), (), 0)


def test_one_stop_is_out_and_back() -> None:
    where = geometry([(0, 0, 3_000)])

    done = walk(where, [0])

    assert done.path == ((0, -2_000), (0, 3_000), (0, -2_000))
    assert done.length_mm == 10_000


def test_two_aisles_of_the_front_block_are_walked_through_as_an_s() -> None:
    where = geometry([(0, 0, 3_000), (0, 0, 7_000), (0, 1, 8_000), (0, 1, 2_000)])

    done = walk(where, [0, 1, 2, 3])

    assert done.order == (0, 1, 2, 3)
    assert done.path == (
        (0, -2_000), (0, 10_000), (4_000, 10_000), (4_000, 0), (0, 0), (0, -2_000),
    )  # fmt: skip
    assert done.length_mm == 12_000 + 4_000 + 10_000 + 4_000 + 2_000


def test_the_last_of_an_odd_number_of_aisles_is_left_where_it_was_entered() -> None:
    where = geometry([(0, 0, 5_000), (0, 1, 5_000), (0, 2, 2_000)])

    done = walk(where, [0, 1, 2])

    assert done.order == (0, 1, 2)
    assert (8_000, 2_000) in done.path
    assert done.length_mm == 12_000 + 4_000 + 10_000 + 4_000 + 2 * 2_000 + 8_000 + 2_000


def test_the_farthest_block_is_reached_through_the_outermost_aisle_picking_on_the_way() -> None:
    # Given picks in the back block of the second aisle, and in the front block of the first and third
    where = geometry([(0, 1, 15_000), (0, 0, 5_000), (0, 2, 5_000)])

    done = walk(where, [0, 1, 2])

    assert done.order == (1, 0, 2)
    assert done.path == (
        (0, -2_000), (0, 10_000), (4_000, 10_000), (4_000, 15_000), (4_000, 10_000), (8_000, 10_000),
        (8_000, 0), (0, 0), (0, -2_000),
    )  # fmt: skip


def test_a_block_without_picks_is_passed_straight() -> None:
    where = geometry([(0, 2, 15_000)])

    done = walk(where, [0])

    assert done.length_mm == 2 * (2_000 + 8_000 + 15_000)


def test_the_shorter_direction_is_taken() -> None:
    # Given a far pick on the right and two near ones left of it: out through the left, back between them
    where = geometry([(0, 0, 5_000), (0, 1, 5_000), (0, 2, 15_000)])
    mirrored = geometry([(0, 2, 5_000), (0, 1, 5_000), (0, 0, 15_000)], depot=(8_000, -2_000))

    assert walk(where, [0, 1, 2]).order == walk(mirrored, [0, 1, 2]).order == (0, 2, 1)
    assert walk(where, [0, 1, 2]).length_mm == walk(mirrored, [0, 1, 2]).length_mm == 50_000


def test_a_sub_aisle_is_left_where_it_was_entered_if_that_is_shorter() -> None:
    # Given two aisles with picks close to the front only
    where = geometry([(0, 0, 1_000), (0, 1, 1_000)])

    done = walk(where, [0, 1])

    assert done.length_mm == 2_000 + 2 * 1_000 + 4_000 + 2 * 1_000 + 4_000 + 2_000
    assert (0, 10_000) not in done.path


def test_a_stop_named_twice_is_visited_once_and_unknown_ones_not_at_all() -> None:
    where = geometry([(0, 0, 3_000)])

    assert walk(where, [0, 0, -1]).order == (0,)


def test_sections_are_walked_one_after_another_and_open_floor_last() -> None:
    far = Section(aisle_x=(20_000, 24_000), cross_y=(0, 10_000))
    where = geometry([(1, 0, 4_000), (0, 1, 4_000), (-1, 12_000, -3_000)], SECTION, far)

    done = walk(where, [0, 1, 2])

    assert done.order == (1, 0, 2)
    assert done.path[0] == done.path[-1] == (0, -2_000)


@st.composite
def warehouses(draw: st.DrawFn) -> tuple[list[tuple[int, int, int]], Section, tuple[int, int]]:
    aisles = draw(st.integers(1, 6))
    blocks = draw(st.integers(1, 4))
    section = Section(tuple(4_000 * a for a in range(aisles)), tuple(10_000 * b for b in range(blocks + 1)))
    places = draw(
        st.lists(
            st.tuples(
                st.just(0),
                st.integers(0, aisles - 1),
                st.integers(1, 10 * blocks - 1).map(lambda m: 1_000 * m),
            ),
            min_size=1,
            max_size=40,
        )
    )
    return places, section, (draw(st.integers(-5_000, 25_000)), draw(st.integers(-9_000, 0)))


@settings(deadline=None)
@given(warehouses())
def test_any_walk_is_closed_rectilinear_and_passes_every_stop_in_its_order(
    drawn: tuple[list[tuple[int, int, int]], Section, tuple[int, int]],
) -> None:
    places, section, depot = drawn
    where = geometry(places, section, depot=depot)

    done = walk(where, list(range(len(places))))

    assert sorted(done.order) == list(range(len(places)))
    assert done.path[0] == done.path[-1] == depot
    legs = list(zip(done.path, done.path[1:], strict=False))
    assert all((x1 == x2) != (y1 == y2) for (x1, y1), (x2, y2) in legs)
    assert done.length_mm == length(done.path)
    _passes(where, done.order, legs)
    # No shorter than to the farthest stop and back.
    reach = max(abs(int(where.x[at]) - depot[0]) + abs(int(where.y[at]) - depot[1]) for at in done.order)
    assert done.length_mm >= 2 * reach


def _passes(where, order, legs) -> None:  # type: ignore[no-untyped-def]
    """Each stop lies on the path, and no stop before its predecessor."""
    leg = 0
    progress = -1
    for at in order:
        x, y = int(where.x[at]), int(where.y[at])
        while True:
            assert leg < len(legs), "a stop lies off the path, or before its predecessor"
            (x1, y1), (x2, y2) = legs[leg]
            along = abs(x - x1) + abs(y - y1)
            if min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2) and along >= progress:
                progress = along
                break
            leg += 1
            progress = -1


def test_two_stops_on_one_aisle_cost_no_more_than_one() -> None:
    where = geometry([(0, 1, 3_000), (0, 1, 7_000)])

    assert walk(where, [0, 1]).length_mm == walk(where, [1]).length_mm
