"""The floor: shortest ways, and where a walk enters and leaves a sub-aisle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout, Picks
from hecang_optim.simulation import Floor
from hecang_optim.simulation.floor import OPEN_FLOOR, length


def small_floor(aisles: int, crosses: int) -> Floor:
    """Aisles 3 m apart, cross-aisles 10 m apart, a location every 2 m; the depot between the first two aisles."""
    x, y = 3.0 * np.arange(aisles), 10.0 * np.arange(crosses)
    steps = np.arange(1.0, y[-1], 2.0)
    return Floor(x, y, np.array([(a, b) for a in x for b in steps]), (1.0, 0.0))


def walked_on_a_graph(floor: Floor, points: np.ndarray) -> np.ndarray:
    """Distances by Dijkstra over a graph of all corners and points: knows no formula."""
    nodes = [(x, y) for x in floor.aisle_x for y in floor.cross_y] + [tuple(point) for point in points]
    table = np.zeros((len(nodes), len(nodes)))

    def join(line: list[int], axis: int) -> None:
        line.sort(key=lambda node: nodes[node][axis])
        for one, other in itertools.pairwise(line):
            table[one, other] = table[other, one] = abs(nodes[one][axis] - nodes[other][axis]) + 1e-12

    for x in floor.aisle_x:
        join([n for n, node in enumerate(nodes) if node[0] == x], 1)
    for y in floor.cross_y:
        join([n for n, node in enumerate(nodes) if node[1] == y], 0)
    first = len(floor.aisle_x) * len(floor.cross_y)
    return dijkstra(table, indices=range(first, len(nodes)))[:, first:]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_ways_are_the_shortest_on_the_graph_of_aisles(aisles: int, crosses: int, seed: int) -> None:
    floor, rng = small_floor(aisles, crosses), np.random.default_rng(seed)
    inside = floor.locations[rng.choice(len(floor.locations), 4)]
    open_floor = [(float(rng.uniform(-2, 3 * aisles)), float(rng.choice(floor.cross_y))) for _ in range(3)]
    points = np.unique(np.vstack((inside, open_floor)), axis=0)
    expected = walked_on_a_graph(floor, points)
    np.testing.assert_allclose(floor.distances(points, points), expected, atol=1e-9)
    for row, column in itertools.product(range(len(points)), repeat=2):
        path = floor.path(tuple(points[row].tolist()), tuple(points[column].tolist()))
        assert length(path) == pytest.approx(expected[row, column], abs=1e-9)


def test_a_walk_is_cut_at_stops_and_where_it_changes_the_sub_aisle() -> None:
    # given two aisles of two sub-aisles each, and a walk up the first and down the second
    floor = small_floor(2, 3)
    walk = [(1.0, 0.0), (0.0, 0.0), (0.0, 20.0), (3.0, 20.0), (3.0, 15.0)]
    # when it is cut with a stop in the upper half of the first aisle
    legs = floor.legs(walk, [(0.0, 13.0), (3.0, 15.0)])
    # then each leg lies in one zone, and together they are the walk
    assert [(leg.zone, leg.metres, leg.stop) for leg in legs] == [
        (OPEN_FLOOR, 1.0, -1),
        (0, 10.0, -1),
        (1, 3.0, 0),
        (1, 7.0, -1),
        (OPEN_FLOOR, 3.0, -1),
        (3, 5.0, 1),
    ]
    assert all(before.points[-1] == after.points[0] for before, after in itertools.pairwise(legs))
    assert floor.zones == 4


def test_a_stop_passed_twice_is_made_in_the_order_asked_for() -> None:
    floor = small_floor(1, 2)
    up_and_down = [(0.0, 0.0), (0.0, 9.0), (0.0, 0.0)]
    legs = floor.legs(up_and_down, [(0.0, 7.0), (0.0, 3.0)])
    assert [(leg.metres, leg.stop) for leg in legs] == [(7.0, 0), (8.0, 1), (3.0, -1)]


def test_a_stop_that_is_not_on_the_walk_is_refused() -> None:
    with pytest.raises(InvalidProblem) as caught:
        small_floor(2, 2).legs([(0.0, 0.0), (0.0, 9.0)], [(0.0, 3.0), (3.0, 3.0)])
    assert (caught.value.field, caught.value.index) == ("stops", 1)


def test_a_floor_is_made_from_a_routing_layout() -> None:
    layout = AisleLayout.regular(aisles=3, blocks=2, aisle_pitch=4.0, sub_aisle_length=10.0, depot_aisle=1)
    floor = Floor.of(layout, Picks.of([(2, 13.0), (0, 1.0)]))
    assert floor.place(0) == (8.0, 13.0)
    assert floor.depot == (4.0, 0.0)
    assert floor.zones == 6


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"aisle_x": np.array([3.0, 0.0])}, "floor.aisle_x"),
        ({"cross_y": np.array([0.0])}, "floor.cross_y"),
        ({"locations": np.zeros((2, 3))}, "floor.locations"),
        ({"aisle_x": np.array([0.0, np.nan])}, "floor.aisle_x"),
    ],
)
def test_a_floor_that_cannot_be_is_refused(change: dict[str, np.ndarray], field: str) -> None:
    parts = {"aisle_x": np.array([0.0, 3.0]), "cross_y": np.array([0.0, 10.0]), "locations": np.zeros((1, 2))}
    with pytest.raises(InvalidProblem) as caught:
        Floor(**{**parts, **change}, depot=(0.0, 0.0))
    assert caught.value.field == field
