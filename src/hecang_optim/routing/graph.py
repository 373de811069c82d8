"""Tours through any other floor: a weighted graph, or just distances between the places.

Shortest paths by scipy, then a tour by local search. It is short, but nothing is proven about it; where the floor
has parallel aisles, :func:`~hecang_optim.routing.tours.shortest_tour` is the better tool.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from hecang_optim.arrays import Floats, Ints
from hecang_optim.budget import Budget
from hecang_optim.errors import require
from hecang_optim.routing.local_search import improve, length_of, nearest_neighbour, perturb_and_improve

NEIGHBOURS = 10
#: Perturbations between two looks at the budget.
ROUNDS_AT_ONCE = 50


@dataclass(frozen=True, slots=True, eq=False)
class GraphTour:
    """A closed tour.

    :ivar order: ``(n,)`` indices into the given stops, in the order of the tour.
    :ivar length: in the unit of the weights.
    :ivar path: nodes of the graph all along the tour, from the start back to it.
    """

    order: Ints
    length: float
    path: Ints


def graph_tour(
    graph: csr_array,
    stops: ArrayLike,
    *,
    start: int,
    budget: Budget | None = None,
    seed: int = 0,
    on_improvement: Callable[[float], None] | None = None,
) -> GraphTour:
    """A short closed tour from a node over all stops.

    :param graph: ``(nodes, nodes)`` scipy sparse matrix of lengths, 0 or more; an entry is a way from its row's
        node to its column's. Ways that are gone in both directions have two entries.
    :param stops: ``(n,)`` nodes, repeated or not.
    :param start: node where the tour begins and ends.
    :param budget: for the search after the first local optimum, in perturbations; None for 1,000 of them.
    :raises InvalidProblem: no such node, a negative length, or a stop that cannot be reached and left again.
    """
    graph = csr_array(graph).astype(np.float64)
    nodes = np.asarray(stops, dtype=np.int64)
    require(graph.ndim == 2 and graph.shape[0] == graph.shape[1], "graph", "not square")
    require(not len(graph.data) or graph.data.min() >= 0, "graph", "a negative length")
    require(0 <= start < graph.shape[0], "start", "no such node")
    for index, node in enumerate(nodes):
        require(0 <= node < graph.shape[0], "stops", "no such node", index)
    places = np.concatenate([[start], nodes])
    distance, before = dijkstra(graph, indices=places, return_predecessors=True)
    between = np.ascontiguousarray(distance[:, places])
    for index in range(len(nodes)):
        there_and_back = between[0, index + 1] + between[index + 1, 0]
        require(np.isfinite(there_and_back), "stops", "cannot be reached and left again", index)
    order, length = matrix_tour(between, budget=budget, seed=seed, on_improvement=on_improvement)
    path = [start]
    for one, other in pairwise([*order, 0]):
        path += _path(before[one], int(places[one]), int(places[other]))
    return GraphTour(order=order[1:] - 1, length=length, path=np.array(path, dtype=np.int64))


def matrix_tour(
    distance: ArrayLike,
    *,
    budget: Budget | None = None,
    seed: int = 0,
    on_improvement: Callable[[float], None] | None = None,
) -> tuple[Ints, float]:
    """A short closed tour over all places, by their distances; symmetric or not.

    :param distance: ``(n, n)``, 0 or more, from the row's place to the column's.
    :param budget: for the search after the first local optimum, in perturbations; None for 1,000 of them.
    :return: the places in order, beginning with place 0, and the length.
    :raises InvalidProblem: not square, or not lengths.
    """
    matrix = np.array(distance, dtype=np.float64, order="C")
    require(matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1], "distance", "not square")
    require(len(matrix) > 0, "distance", "empty")
    require(np.isfinite(matrix).all() and (matrix >= 0).all(), "distance", "not lengths of 0 or more")
    tour = nearest_neighbour(matrix)
    symmetric = bool(np.allclose(matrix, matrix.T, rtol=0.0, atol=1e-9))
    if len(matrix) > 3:
        _search(matrix, tour, symmetric, budget or Budget(rounds=1000), seed, on_improvement)
    elif len(matrix) == 3 and length_of(matrix, tour[::-1].copy()) < length_of(matrix, tour):
        tour = tour[::-1].copy()
    tour = np.roll(tour, -int(np.flatnonzero(tour == 0)[0]))
    return tour, float(length_of(matrix, tour))


def _search(
    matrix: Floats,
    tour: Ints,
    symmetric: bool,
    budget: Budget,
    seed: int,
    on_improvement: Callable[[float], None] | None,
) -> None:
    """Improve the tour in place until the budget is spent."""
    n = len(matrix)
    from_where = matrix.T.copy()
    np.fill_diagonal(from_where, np.inf)
    near = np.argsort(from_where, axis=1, kind="stable")[:, : min(NEIGHBOURS, n - 1)].astype(np.int64)
    improve(matrix, near, tour, np.argsort(tour), symmetric, np.ones(n, dtype=np.bool_))
    best = length_of(matrix, tour)
    rng = np.random.default_rng(seed)
    while not budget.spent():
        left = budget.rounds_left
        rounds = ROUNDS_AT_ONCE if left is None else min(ROUNDS_AT_ONCE, left)
        length = perturb_and_improve(matrix, near, tour, symmetric, rounds, int(rng.integers(1, 2**62)))
        budget.count(rounds)
        if on_improvement is not None and length < best:
            on_improvement(float(length))
        best = length


def _path(before: Ints, start: int, end: int) -> list[int]:
    """Nodes behind ``start`` up to ``end`` on the shortest path."""
    nodes: list[int] = []
    while end != start:
        nodes.append(end)
        end = int(before[end])
    return nodes[::-1]
