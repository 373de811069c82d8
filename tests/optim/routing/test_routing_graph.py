"""Tours through any graph."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array
from tests.optim.routing.routing_oracle import held_karp

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout, Picks, graph_tour, matrix_tour, tour_length
from hecang_optim.routing.floor_graph import floor_graph


@pytest.mark.parametrize("symmetric", [True, False])
def test_small_tours_are_the_shortest(symmetric: bool) -> None:
    rng = np.random.default_rng(symmetric)
    for places in range(1, 10):
        distance = rng.integers(1, 100, (places, places)).astype(float)
        if symmetric:
            distance = np.minimum(distance, distance.T)
        np.fill_diagonal(distance, 0)
        order, length = matrix_tour(distance, budget=Budget(rounds=300))
        assert order[0] == 0
        assert sorted(order) == list(range(places))
        assert length == held_karp(distance) == sum(distance[a, b] for a, b in pairwise([*order, 0]))


def test_the_path_goes_along_edges_and_over_all_stops() -> None:
    rng = np.random.default_rng(1)
    weight = rng.integers(1, 20, (12, 12)) * (rng.random((12, 12)) < 0.4)
    ring = np.roll(np.eye(12, dtype=int), 1, axis=1) * 15
    weight = np.where(weight > 0, weight, ring)
    stops = [3, 7, 7, 1, 9, 0]

    tour = graph_tour(csr_array(weight), stops, start=0)

    assert tour.path[0] == tour.path[-1] == 0
    assert tour.length == sum(weight[one, other] for one, other in pairwise(tour.path))
    assert all(weight[one, other] > 0 for one, other in pairwise(tour.path))
    assert sorted(tour.order) == list(range(len(stops)))
    assert set(stops) <= set(tour.path.tolist())


def test_on_parallel_aisles_it_finds_the_exact_length() -> None:
    rng = np.random.default_rng(6)
    for blocks in (1, 2):
        layout = AisleLayout.regular(aisles=6, blocks=blocks, aisle_pitch=4.0, sub_aisle_length=15.0)
        picks = Picks(rng.integers(0, 6, 15), rng.integers(0, 15 * blocks, 15).astype(float))
        floor = floor_graph(layout, picks)
        tour = graph_tour(floor.graph, floor.picks, start=floor.depot)
        assert tour.length == tour_length(layout, picks)


def test_the_search_reports_and_ends() -> None:
    rng = np.random.default_rng(2)
    places = rng.random((60, 2))
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    heard: list[float] = []
    _, first = matrix_tour(distance, budget=Budget(rounds=0))
    order, length = matrix_tour(distance, budget=Budget(rounds=500), seed=3, on_improvement=heard.append)
    again, same = matrix_tour(distance, budget=Budget(rounds=500), seed=3)
    assert length <= first
    assert heard == sorted(heard, reverse=True)
    assert (order == again).all()
    assert length == same
    cancelled = Budget(rounds=10**9, cancelled=lambda: True)
    assert matrix_tour(distance, budget=cancelled)[1] == first


def test_what_cannot_be_reached_is_named() -> None:
    one_way_street = csr_array(([1.0, 1.0, 1.0], ([0, 1, 1], [1, 0, 2])), shape=(3, 3))
    with pytest.raises(InvalidProblem, match=r"stops\[1\]: cannot be reached and left"):
        graph_tour(one_way_street, [1, 2], start=0)
    with pytest.raises(InvalidProblem, match="start: no such node"):
        graph_tour(one_way_street, [1], start=5)
    with pytest.raises(InvalidProblem, match="distance: not lengths"):
        matrix_tour([[0.0, -1.0], [1.0, 0.0]])
