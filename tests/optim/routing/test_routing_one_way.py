"""One-way aisles, against Held and Karp's program on directed distances."""

from __future__ import annotations

import numpy as np
import pytest
from tests.optim.routing.routing_cases import drawn_length, random_layout, random_picks
from tests.optim.routing.routing_oracle import distances, held_karp, length_of_order

from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout, Picks, shortest_tour, tour_length


@pytest.mark.parametrize("blocks", [1, 2, 3])
@pytest.mark.parametrize("off_grid", [False, True])
def test_the_tour_is_as_short_as_any_and_goes_no_aisle_the_wrong_way(blocks: int, off_grid: bool) -> None:
    rng = np.random.default_rng([blocks, off_grid, 1])
    toured = 0
    for _ in range(6 if off_grid else 20):
        plain = random_layout(rng, blocks=blocks, off_grid=off_grid)
        layout = AisleLayout(
            aisle_x=plain.aisle_x,
            cross_y=plain.cross_y,
            depot_cross=plain.depot_cross,
            depot_x=plain.depot_x,
            depot_access=plain.depot_access,
            one_way=rng.integers(-1, 2, (plain.aisles, blocks)),
        )
        picks = random_picks(rng, layout)
        between = distances(layout, picks)
        shortest = held_karp(between)
        if not np.isfinite(shortest):
            with pytest.raises(InvalidProblem, match="no way to a pick"):
                shortest_tour(layout, picks)
            continue

        tour = shortest_tour(layout, picks)

        toured += 1
        assert tour.length == pytest.approx(shortest, abs=1e-6)
        assert tour.lower_bound is not None
        assert tour.lower_bound <= shortest + 1e-6
        assert off_grid or tour.proven_gap == pytest.approx(0, abs=1e-9)
        assert length_of_order(between, tour.stops) == pytest.approx(shortest, abs=1e-6)
        if not off_grid:
            assert drawn_length(tour.polyline) == pytest.approx(shortest, abs=1e-9)
    assert toured > 2


def test_alternating_aisles_are_each_gone_through_once() -> None:
    layout = AisleLayout.regular(
        aisles=4, aisle_pitch=5.0, sub_aisle_length=20.0, one_way=np.array([1, -1, 1, -1])
    )
    picks = Picks.of([(aisle, 3.0) for aisle in (2, 0, 3, 1)])
    tour = shortest_tour(layout, picks)
    assert tour.length == tour_length(layout, picks) == 4 * 20 + 2 * 15
    assert tour.s_shape_length is None
    assert tour.saved is None


def test_ten_aisles_are_proven() -> None:
    rng = np.random.default_rng(2)
    one_way = np.where(np.arange(10) % 2, -1, 1)
    for blocks in (1, 2):
        layout = AisleLayout.regular(
            aisles=10, blocks=blocks, aisle_pitch=4.0, sub_aisle_length=20.0, one_way=one_way
        )
        tour = shortest_tour(layout, Picks(rng.integers(0, 10, 20), rng.uniform(0, 20 * blocks, 20)))
        assert tour.proven_gap == pytest.approx(0, abs=1e-9)


def test_a_layout_without_one_way_aisles_says_so() -> None:
    layout = AisleLayout.regular(
        aisles=2, aisle_pitch=4.0, sub_aisle_length=20.0, one_way=np.zeros(2, dtype=int)
    )
    assert layout.one_way is None
