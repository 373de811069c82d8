"""The shortest tour, against Held and Karp's program on distances in a plain graph."""

from __future__ import annotations

import numpy as np
import pytest
from tests.optim.routing.routing_cases import drawn_length, random_layout, random_picks
from tests.optim.routing.routing_oracle import distances, held_karp, length_of_order

from hecang_optim.routing import (
    AisleLayout,
    Picks,
    many_tours,
    shortest_tour,
    tour_length,
    tour_lengths,
)

FIXED = 3.0  # entry and exit of the random layouts


@pytest.mark.parametrize("blocks", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("off_grid", [False, True])
def test_the_tour_is_as_short_as_any(blocks: int, off_grid: bool) -> None:
    rng = np.random.default_rng([blocks, off_grid])
    for _ in range(15):
        layout = random_layout(rng, blocks=blocks, off_grid=off_grid)
        picks = random_picks(rng, layout)
        between = distances(layout, picks)

        tour = shortest_tour(layout, picks)

        assert tour.length == pytest.approx(held_karp(between) + FIXED, abs=1e-6)
        assert tour.lower_bound == tour.length
        assert tour.proven_gap == 0
        assert sorted(tour.stops) == list(range(len(picks)))
        assert length_of_order(between, tour.stops) + FIXED == pytest.approx(tour.length, abs=1e-6)
        assert tour_length(layout, picks) == tour.length
        if not off_grid:
            assert drawn_length(tour.polyline) + FIXED == tour.length


@pytest.mark.parametrize("crossing", [0.5, 2.0, 30.0])
def test_changing_sides_is_paid_only_where_nothing_else_is_cheaper(crossing: float) -> None:
    rng = np.random.default_rng(int(crossing))
    for blocks in (1, 2, 3):
        for off_grid in (False, True):
            for _ in range(8):
                layout = random_layout(rng, blocks=blocks, off_grid=off_grid, crossing=crossing)
                picks = random_picks(rng, layout)
                between = distances(layout, picks)

                tour = shortest_tour(layout, picks)

                assert tour.length == pytest.approx(held_karp(between) + FIXED, abs=1e-6)
                assert length_of_order(between, tour.stops) + FIXED == pytest.approx(tour.length, abs=1e-6)


def test_a_tour_known_by_heart() -> None:
    """Ends at aisles 0 and 2, nothing in between, all near the front: in and out of both."""
    layout = AisleLayout.regular(aisles=3, aisle_pitch=5.0, sub_aisle_length=20.0)
    picks = Picks.of([(2, 4.0), (0, 3.0), (2, 2.0)])

    tour = shortest_tour(layout, picks)

    assert tour.length == 6 + 20 + 8
    assert drawn_length(tour.polyline) == tour.length
    assert tour.polyline[0].tolist() == tour.polyline[-1].tolist() == [0.0, 0.0]
    assert tour.s_shape_length == 20 + 10 + 20 + 10
    assert tour.saved == pytest.approx(1 - 34 / 60)


def test_each_place_on_the_way_is_stopped_at_when_first_passed() -> None:
    layout = AisleLayout.regular(aisles=1, aisle_pitch=5.0, sub_aisle_length=20.0)
    picks = Picks.of([(0, 9.0), (0, 3.0), (0, 6.0)])
    assert shortest_tour(layout, picks).stops.tolist() == [1, 2, 0]


def test_nobody_walks_for_nothing() -> None:
    layout = AisleLayout.regular(aisles=3, aisle_pitch=5.0, sub_aisle_length=20.0, entry=4.0)
    tour = shortest_tour(layout, Picks.of([]))
    assert (tour.length, len(tour.stops), tour.saved, tour.proven_gap) == (0.0, 0, 0.0, 0.0)
    assert tour.polyline.tolist() == [[0.0, 0.0]]


def test_many_tours_in_one_call_are_as_long_as_one_by_one() -> None:
    rng = np.random.default_rng(8)
    layout = AisleLayout.regular(aisles=8, blocks=2, aisle_pitch=4.0, sub_aisle_length=12.0)
    starts = np.array([0, 5, 5, 30, 42])
    picks = Picks(rng.integers(0, 8, 42), rng.uniform(0, 24, 42))

    lengths = tour_lengths(layout, starts, picks)
    tours = many_tours(layout, starts, picks)

    assert lengths.tolist() == pytest.approx([tour.length for tour in tours])
    assert [len(tour.stops) for tour in tours] == [5, 0, 25, 12]
    assert lengths[1] == 0


def test_mirrored_and_turned_warehouses_have_tours_of_one_length() -> None:
    rng = np.random.default_rng(5)
    for blocks in range(1, 6):
        layout = random_layout(rng, blocks=blocks)
        picks = random_picks(rng, layout, most=12)
        left_to_right = AisleLayout(
            aisle_x=-layout.aisle_x[::-1],
            cross_y=layout.cross_y,
            depot_cross=layout.depot_cross,
            depot_x=-layout.depot_x,
        )
        front_to_back = AisleLayout(
            aisle_x=layout.aisle_x,
            cross_y=-layout.cross_y[::-1],
            depot_cross=blocks - layout.depot_cross,
            depot_x=layout.depot_x,
        )
        length = tour_length(layout, picks) - FIXED
        assert tour_length(left_to_right, Picks(layout.aisles - 1 - picks.aisle, picks.y)) == length
        assert tour_length(front_to_back, Picks(picks.aisle, -picks.y)) == length
