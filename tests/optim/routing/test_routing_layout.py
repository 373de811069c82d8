"""What means nothing is refused, and says where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout, Picks, shortest_tour, tour_lengths
from hecang_optim.routing.states import state_tables

GOOD: dict[str, Any] = {"aisle_x": [0.0, 2.0], "cross_y": [0.0, 10.0]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"aisle_x": []}, "aisle_x: fewer than 1"),
        ({"aisle_x": ["a"]}, "aisle_x: not an array of numbers"),
        ({"aisle_x": [2.0, 2.0]}, "aisle_x: not growing"),
        ({"cross_y": [0.0, np.nan]}, "cross_y: not numbers"),
        ({"cross_y": [0.0]}, "cross_y: fewer than 2"),
        ({"cross_y": np.arange(7.0)}, "cross_y: more than 5 blocks"),
        ({"depot_cross": 2}, "depot_cross: no such cross-aisle"),
        ({"depot_x": np.inf}, "depot_x: not a number"),
        ({"entry": -1.0}, "entry: not a length of 0 or more"),
        ({"depot_access": [1.0]}, "depot_access: not one length for each aisle"),
        ({"depot_access": [1.0, -1.0]}, "depot_access: not lengths"),
        ({"depot_access": [np.inf, np.inf]}, "depot_access: no way to the depot"),
        (
            {"depot_access": [1.0, 1.0], "cross_y": [0, 1, 2], "depot_cross": 1},
            "depot_cross: access from between",
        ),
        ({"one_way": [1, 2]}, "one_way: a direction is none of"),
        ({"one_way": [1]}, "one_way: not one for each"),
        ({"one_way": [1, 0], "crossing": 1.0}, "crossing: not possible with one-way aisles"),
    ],
)
def test_a_layout_that_means_nothing(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidProblem, match=message):
        AisleLayout(**(GOOD | wrong))


@pytest.mark.parametrize(
    ("picks", "message"),
    [
        ([(0, 1.0), (2, 1.0)], r"picks.aisle\[1\]: no such aisle"),
        ([(0, 11.0)], r"picks.y\[0\]: not between"),
        ([(0, float("nan"))], r"picks.y\[0\]: not between"),
        ([(0, 1.0, 2)], r"picks.side\[0\]: neither 0 nor 1"),
    ],
)
def test_picks_outside_the_layout(picks: list[Any], message: str) -> None:
    with pytest.raises(InvalidProblem, match=message):
        shortest_tour(AisleLayout(**GOOD), Picks.of(picks))


@pytest.mark.parametrize("starts", [[], [1, 2], [0, 1], [0, 2, 1, 2]])
def test_starts_that_do_not_fit(starts: list[int]) -> None:
    with pytest.raises(InvalidProblem, match="starts"):
        tour_lengths(AisleLayout(**GOOD), np.array(starts), Picks.of([(0, 1.0), (1, 1.0)]))


def test_picks_of_different_lengths() -> None:
    with pytest.raises(InvalidProblem, match=r"picks.y: not as long"):
        Picks(aisle=np.array([1]), y=np.array([1.0, 2.0]))


@pytest.mark.parametrize(("rows", "states"), [(2, 6), (3, 24), (4, 112), (5, 568), (6, 3032)])
def test_states_are_those_that_do_not_cross(rows: int, states: int) -> None:
    """As many as there are non-crossing partitions of the touched rows with an even number of odd ones in each."""
    labels = state_tables(rows).labels
    assert len(labels) == states
    assert len(np.unique(labels, axis=0)) == states
    assert (labels[0] == 0).all()
    for component in range(1, rows + 1):
        assert (((labels == 2 * component + 1).sum(axis=1) % 2) == 0).all()
