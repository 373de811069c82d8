"""From what is done in each stage of the one-way program to the walk."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.routing.floor_graph import floor_graph
from hecang_optim.routing.graph import graph_tour
from hecang_optim.routing.layout import AisleLayout, Picks
from hecang_optim.routing.multigraph import add_corner
from hecang_optim.routing.one_way import Deed, OneWayProblem, Stage, solve_one_way
from hecang_optim.routing.states import BACK, FRONT

#: A place: ("cross", column, row), ("pick", index, 0), or the depot off the grid.
Node = tuple[str, int, int]
DEPOT: Node = ("depot", 0, 0)
#: Of the local search that gives the first tour.
PERTURBATIONS = 500


class OneWayTour(NamedTuple):
    stops: Ints
    polyline: Floats
    length: float
    lower_bound: float


def one_way_tour(layout: AisleLayout, picks: Picks) -> OneWayTour:
    """The shortest tour over these picks, at least one, as far as it could be proven.

    :raises InvalidProblem: the one-way aisles leave no tour.
    """
    known = _by_local_search(layout, picks)
    problem, solution = solve_one_way(layout, picks, known.length)
    if solution.length > known.length:
        return known._replace(lower_bound=solution.lower_bound)
    arcs: dict[Node, list[Node]] = defaultdict(list)
    start = DEPOT
    for stage, deed, state in solution.deeds:
        if stage.kind == "move":
            for row in range(problem.rows):
                if row != problem.free_row and state.parts[row]:
                    _add_move(problem, arcs, stage.column, row, state.flows[row])
        elif stage.kind == "touch":
            start = ("cross", stage.column, stage.row)
        elif stage.kind == "between":
            _add_between(problem, layout, picks, arcs, stage, deed)
    circuit = _euler_circuit(arcs, start)
    stops = list(dict.fromkeys(index for kind, index, _ in circuit if kind == "pick"))
    return OneWayTour(
        stops=np.array(stops, dtype=np.int64),
        polyline=_polyline([_place(problem, layout, picks, node) for node in circuit]),
        length=solution.length,
        lower_bound=solution.lower_bound,
    )


def _by_local_search(layout: AisleLayout, picks: Picks) -> OneWayTour:
    """Some tour, by local search in the graph of the floor."""
    floor = floor_graph(layout, picks)
    try:
        found = graph_tour(floor.graph, floor.picks, start=floor.depot, budget=Budget(rounds=PERTURBATIONS))
    except InvalidProblem as unreachable:
        raise InvalidProblem(
            "layout.one_way", "leaves no way to a pick and back", unreachable.index
        ) from unreachable
    return OneWayTour(
        stops=found.order,
        polyline=_polyline([(float(x), float(y)) for x, y in floor.places[found.path]]),
        length=found.length + layout.entry + layout.exit,
        lower_bound=0.0,
    )


def _add_move(problem: OneWayProblem, arcs: dict[Node, list[Node]], column: int, row: int, flow: int) -> None:
    """The edges of a row between the column before and this one."""
    left: Node = ("cross", column - 1, row - problem.first_row)
    right: Node = ("cross", column, row - problem.first_row)
    arcs[left] += [right] * (max(flow, 0) or int(flow == 0))
    arcs[right] += [left] * (max(-flow, 0) or int(flow == 0))


def _add_between(
    problem: OneWayProblem,
    layout: AisleLayout,
    picks: Picks,
    arcs: dict[Node, list[Node]],
    stage: Stage,
    deed: Deed,
) -> None:
    """The edges of what is done between two rows."""
    b = stage.row - problem.first_row
    ends: list[Node] = [("cross", stage.column, b), ("cross", stage.column, b + 1)]
    between: list[Node] = []
    if 0 <= b < layout.blocks:
        c = problem.columns[stage.column] * layout.blocks + b
        here = problem.order[problem.begin[c] : problem.begin[c + 1]]
        between = [("pick", int(pick), 0) for pick in here]
    else:
        ends[0 if b < 0 else 1] = DEPOT
    chain = [ends[0], *between, ends[1]]
    gap = -1
    if deed.entry >= 0:
        rows = layout.cross_y[b : b + 2]
        y = np.concatenate([rows[:1], picks.y[[index for _, index, _ in between]], rows[1:]])
        gap = {FRONT: len(between), BACK: 0}.get(deed.entry, int(np.argmax(np.diff(y))))
    for at, (one, other) in enumerate(pairwise(chain)):
        if deed.entry >= 0:
            arcs[one] += [other] * int(at != gap)
            arcs[other] += [one] * int(at != gap)
        else:
            arcs[one] += [other] * deed.back
            arcs[other] += [one] * deed.front


def _euler_circuit(arcs: dict[Node, list[Node]], start: Node) -> list[Node]:
    """A circuit over all arcs (Hierholzer 1873), not turning round where it can; uses the arcs up."""
    path, circuit = [start], []
    while path:
        node = path[-1]
        ways = arcs[node]
        if ways:
            before = path[-2] if len(path) > 1 else None
            at = next((at for at, way in enumerate(ways) if way != before), 0)
            path.append(ways.pop(at))
        else:
            circuit.append(path.pop())
    return circuit[::-1]


def _place(problem: OneWayProblem, layout: AisleLayout, picks: Picks, node: Node) -> tuple[float, float]:
    kind, index, row = node
    if kind == "depot":
        return layout.depot_point
    if kind == "pick":
        return float(layout.aisle_x[picks.aisle[index]]), float(picks.y[index])
    aisle = problem.columns[index]
    return float(layout.aisle_x[aisle]) if aisle >= 0 else layout.depot_x, float(layout.cross_y[row])


def _polyline(places: list[tuple[float, float]]) -> Floats:
    corners = np.empty((len(places), 2))
    count = 0
    for x, y in places:
        count = add_corner(corners, count, x, y)
    return corners[:count].copy()
