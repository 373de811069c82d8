"""The simple rules: known walks, and never shorter than the shortest."""

from __future__ import annotations

import numpy as np
import pytest
from tests.optim.routing.routing_cases import drawn_length, random_layout, random_picks
from tests.optim.routing.routing_oracle import distances, length_of_order

from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import RULES, AisleLayout, Picks, rule_lengths, rule_tour, tour_length

#: Four aisles of 20 with picks in three of them; pitch 5.
ONE_BLOCK = AisleLayout.regular(aisles=4, aisle_pitch=5.0, sub_aisle_length=20.0)
SOME = Picks.of([(0, 4.0), (1, 3.0), (1, 18.0), (3, 6.0)])


@pytest.mark.parametrize(
    ("rule", "length", "stops"),
    [
        ("s_shape", 20 + 5 + 20 + 10 + 12 + 15, [0, 2, 1, 3]),
        ("return", 8 + 5 + 36 + 10 + 12 + 15, [0, 1, 2, 3]),
        ("midpoint", 20 + 5 + 4 + 10 + 20 + 10 + 6 + 5, [0, 2, 3, 1]),
        ("largest_gap", 20 + 5 + 4 + 10 + 20 + 10 + 6 + 5, [0, 2, 3, 1]),
        ("combined", 8 + 5 + 20 + 10 + 20 + 15, [0, 1, 2, 3]),
        ("aisle_by_aisle", 8 + 5 + 20 + 10 + 20 + 15, [0, 1, 2, 3]),
    ],
)
def test_a_walk_known_by_heart(rule: str, length: float, stops: list[int]) -> None:
    tour = rule_tour(ONE_BLOCK, SOME, rule)
    assert tour.length == length
    assert drawn_length(tour.polyline) == length
    assert tour.stops.tolist() == stops


def test_s_shape_goes_block_by_block() -> None:
    """Up the leftmost aisle with picks to the farthest block, through it, then through the nearer one."""
    layout = AisleLayout.regular(aisles=3, blocks=2, aisle_pitch=5.0, sub_aisle_length=10.0)
    picks = Picks.of([(0, 2.0), (0, 12.0), (1, 15.0), (1, 5.0), (2, 8.0)])
    tour = rule_tour(layout, picks, "s_shape")
    assert tour.stops.tolist() == [0, 1, 2, 3, 4]
    assert tour.length == 10 + 10 + 5 + 10 + 10 + 5 + 16 + 10


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_walks_to_every_pick_and_never_beats_the_shortest_tour(rule: str) -> None:
    rng = np.random.default_rng(len(rule))
    for blocks in range(1, 6):
        for off_grid in (False, True):
            layout = random_layout(rng, blocks=blocks, off_grid=off_grid)
            picks = random_picks(rng, layout, most=15)
            between = distances(layout, picks)

            tour = rule_tour(layout, picks, rule)

            assert sorted(tour.stops) == list(range(len(picks)))
            assert tour.length >= tour_length(layout, picks) == tour.lower_bound
            assert tour.length >= length_of_order(between, tour.stops) + 3.0 - 1e-6
            if not off_grid:
                assert drawn_length(tour.polyline) + 3.0 == tour.length


@pytest.mark.parametrize("rule", RULES)
def test_many_walks_in_one_call(rule: str) -> None:
    rng = np.random.default_rng(3)
    layout = random_layout(rng, blocks=3)
    picks = random_picks(rng, layout, most=30)
    half = len(picks) // 2
    parts = [Picks(picks.aisle[part], picks.y[part]) for part in (slice(0, half), slice(half, None))]

    lengths = rule_lengths(layout, np.array([0, half, half, len(picks)]), picks, rule)

    assert lengths[[0, 2]].tolist() == [rule_tour(layout, part, rule).length for part in parts]
    assert lengths[1] == 0


def test_combined_is_the_best_of_through_and_return_in_one_block() -> None:
    rng = np.random.default_rng(4)
    for _ in range(30):
        picks = Picks(rng.integers(0, 4, 9), rng.integers(0, 21, 9).astype(float))
        combined = rule_tour(ONE_BLOCK, picks, "combined").length
        assert combined <= rule_tour(ONE_BLOCK, picks, "s_shape").length
        assert combined <= rule_tour(ONE_BLOCK, picks, "return").length


def test_crossings_lengthen_a_walk() -> None:
    layout = AisleLayout.regular(aisles=1, aisle_pitch=5.0, sub_aisle_length=20.0, crossing=2.0)
    picks = Picks.of([(0, 4.0, 0), (0, 6.0, 1), (0, 8.0, 1), (0, 9.0, 0)])
    assert rule_tour(layout, picks, "return").length == 18 + 2 * 2.0


def test_what_a_rule_cannot_do_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="rule: none of s_shape"):
        rule_tour(ONE_BLOCK, SOME, "zigzag")
    one_way = AisleLayout.regular(
        aisles=4, aisle_pitch=5.0, sub_aisle_length=20.0, one_way=np.array([1, -1, 1, -1])
    )
    with pytest.raises(InvalidProblem, match="one_way"):
        rule_tour(one_way, SOME, "s_shape")
