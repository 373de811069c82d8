"""The shortest tour where some aisles are gone one way only.

The tour is then a directed multigraph: as many edges enter each vertex as leave it. The program goes from left
to right as the undirected one does, but its states carry, instead of the parity of each row's vertex, the flow:
how many more edges go right there than left. Flows have no small bound, so that states are made as they come up,
in a dictionary, not in tables. Those are dropped that cannot lead to a tour
shorter than one that is known from local search in the plain graph.

Where there are too many states (several blocks, many one-way aisles), only the shortest are kept. What is dropped
then leaves a lower bound: its own length, and what visiting the rest costs at least. Hence the result's gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.routing.kernels import pick_costs, sort_into_sub_aisles
from hecang_optim.routing.layout import AisleLayout, Picks
from hecang_optim.routing.states import ACTIONS, BACK, FRONT, GAP, ONCE

#: States kept in a stage.
MOST_STATES = 5000
NEARLY = 1e-9


class State(NamedTuple):
    """What is known left of a line.

    :ivar parts: of each row's vertex the component, numbered by first appearance; 0 for untouched.
    :ivar flows: of each row: edges that go right less those that go left.
    """

    parts: tuple[int, ...]
    flows: tuple[int, ...]


class Deed(NamedTuple):
    """What is done in a stage.

    :ivar back: passes from front to back.
    :ivar front: passes from back to front.
    :ivar entry: FRONT, BACK or GAP where the picks are fetched from the ends, else -1.
    """

    back: int
    front: int
    entry: int
    cost: float


NOTHING = Deed(0, 0, -1, 0.0)


class Stage(NamedTuple):
    """One step of the program.

    :ivar kind: "move" on to the column, "touch" the depot, do something "between" two rows, or "end".
    :ivar row: of the depot, or in front of what lies between.
    :ivar length: of the move.
    :ivar deeds: choices, by growing cost for each entry.
    :ivar least: what this stage costs at least.
    """

    kind: Literal["move", "touch", "between", "end"]
    column: int
    row: int = -1
    length: float = 0.0
    deeds: tuple[Deed, ...] = ()
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class OneWayProblem:
    """A search, laid out as stages.

    :ivar columns: aisle of each column; -1 for that of a depot at none of the aisles.
    :ivar free_row: row of a depot off the grid, in which walking costs nothing; -1 without.
    :ivar first_row: row of cross-aisle 0.
    :ivar begin: with ``order`` the picks by sub-aisle.
    """

    columns: tuple[int, ...]
    stages: tuple[Stage, ...]
    rows: int
    free_row: int
    first_row: int
    begin: Ints
    order: Ints


class Solution(NamedTuple):
    """:ivar deeds: of each stage, with the state after it."""

    length: float
    lower_bound: float
    deeds: tuple[tuple[Stage, Deed, State], ...]


def solve_one_way(layout: AisleLayout, picks: Picks, upper: float) -> tuple[OneWayProblem, Solution]:
    """A tour over these picks, at least one, that is shorter than ``upper``, as far as there is one.

    :return: with an infinite length where none was found. If none was left out, ``upper`` is the lower bound then.
    """
    problem = _lay_out(layout, picks)
    fixed = layout.entry + layout.exit
    found = _search(problem, upper - fixed)
    return problem, found._replace(length=found.length + fixed, lower_bound=found.lower_bound + fixed)


def _lay_out(layout: AisleLayout, picks: Picks) -> OneWayProblem:
    grid = layout.grid
    begin = np.empty(layout.aisles * layout.blocks + 1, dtype=np.int64)
    order = np.empty(len(picks), dtype=np.int64)
    costs = np.empty((layout.aisles, layout.blocks, ACTIONS))
    sort_into_sub_aisles(grid, picks.aisle, picks.y, begin, order)
    pick_costs(grid, picks.y, begin, order, costs)
    places = [(float(x), aisle) for aisle, x in enumerate(layout.aisle_x)]
    if not grid.off_grid and layout.depot_x not in layout.aisle_x:
        places = sorted([*places, (layout.depot_x, -1)])
    wanted = set(picks.aisle.tolist())
    needed = [aisle in wanted or (x == layout.depot_x and not grid.off_grid) for x, aisle in places]
    low, high = needed.index(True), len(needed) - 1 - needed[::-1].index(True)
    stages: list[Stage] = []
    for column, (x, aisle) in enumerate(places):
        if column > 0:
            length = x - places[column - 1][0]
            must = low < column <= high and not grid.off_grid
            stages.append(Stage("move", column, length=length, least=2.0 * length if must else 0.0))
        if x == layout.depot_x and not grid.off_grid:
            stages.append(Stage("touch", column, row=layout.depot_cross))
        if aisle >= 0:
            stages += _between_rows(layout, column, aisle, costs[aisle], 2 * len(picks) + 1)
        if column >= high:
            stages.append(Stage("end", column))
    return OneWayProblem(
        columns=tuple(aisle for _, aisle in places),
        stages=tuple(stages),
        rows=layout.blocks + 1 + grid.off_grid,
        free_row=grid.depot_row if grid.off_grid else -1,
        first_row=grid.first_row,
        begin=begin,
        order=order,
    )


def _between_rows(layout: AisleLayout, column: int, aisle: int, costs: Floats, most: int) -> Iterator[Stage]:
    """The sub-aisles of an aisle, and the way to a depot off the grid."""
    first_row = layout.grid.first_row
    for b in range(layout.blocks):
        deeds = _deeds_in(costs[b], 0 if layout.one_way is None else int(layout.one_way[aisle, b]), most)
        yield Stage("between", column, b + first_row, deeds=deeds, least=min(deed.cost for deed in deeds))
    if layout.depot_access is not None and np.isfinite(layout.depot_access[aisle]):
        row = 0 if layout.depot_cross == 0 else layout.blocks
        deeds = (NOTHING, *_passes(float(layout.depot_access[aisle]), 0, most))
        yield Stage("between", column, row, deeds=deeds)


def _deeds_in(costs: Floats, direction: int, most: int) -> tuple[Deed, ...]:
    """All that can be done in a sub-aisle with these action costs."""
    entries: list[Deed] = [NOTHING]
    if costs[FRONT] > 0 or costs[BACK] > 0:
        entries = [Deed(0, 0, entry, float(costs[entry])) for entry in (FRONT, BACK, GAP)]
        if direction != 0:  # no turning round; picks right at an end can be had from there
            entries = [deed for deed in entries if deed.cost == 0]
    return (*entries, *_passes(float(costs[ONCE]), direction, most))


def _passes(length: float, direction: int, most: int) -> Iterator[Deed]:
    for times in range(1, most + 1):
        if direction >= 0:
            yield Deed(times, 0, -1, times * length)
        if direction <= 0:
            yield Deed(0, times, -1, times * length)
        if direction == 0 and times == 1:
            yield Deed(1, 1, -1, 2.0 * length)


Layer = dict[State, tuple[float, State, Deed]]


def _search(problem: OneWayProblem, upper: float) -> Solution:
    """The shortest tour, if shorter than ``upper``."""
    rest = sum(stage.least for stage in problem.stages)
    start = State(tuple(int(row == problem.free_row) for row in range(problem.rows)), (0,) * problem.rows)
    layers: list[Layer] = [{start: (0.0, start, NOTHING)}]
    best, best_at, dropped = upper, (-1, start), np.inf
    for at, stage in enumerate(problem.stages):
        rest -= stage.least
        layer: Layer = {}
        for state, (value, _, _) in layers[-1].items():
            if stage.kind == "end":
                layer[state] = (value, state, NOTHING)
                if value < best - NEARLY and max(state.parts) == 1 and not any(state.flows):
                    best, best_at = value, (at, state)
                continue
            for deed, after in _successors(problem, stage, state, best - value - rest):
                reached = value + deed.cost
                if after not in layer or reached < layer[after][0]:
                    layer[after] = (reached, state, deed)
        if len(layer) > MOST_STATES:
            ranked = sorted(layer.items(), key=lambda item: item[1][0])
            dropped = min(dropped, ranked[MOST_STATES][1][0] + rest)
            layer = dict(ranked[:MOST_STATES])
        layers.append(layer)
    length = best if best < upper else np.inf
    return Solution(length, float(min(best, dropped)), _trace(problem, layers, best_at))


def _trace(
    problem: OneWayProblem, layers: list[Layer], end: tuple[int, State]
) -> tuple[tuple[Stage, Deed, State], ...]:
    last, state = end
    deeds: list[tuple[Stage, Deed, State]] = []
    for at in range(last, -1, -1):
        _, before, deed = layers[at + 1][state]
        deeds.append((problem.stages[at], deed, state))
        state = before
    return tuple(reversed(deeds))


def _successors(
    problem: OneWayProblem, stage: Stage, state: State, room: float
) -> Iterator[tuple[Deed, State]]:
    """States after the stage that cost no more than ``room`` beyond this one."""
    if stage.kind == "move":
        for after in _left_behind(state, problem.free_row):
            cost = stage.length * sum(
                edges_carried(after, row) for row in range(problem.rows) if row != problem.free_row
            )
            if cost <= room:
                yield Deed(0, 0, -1, cost), after
    elif stage.kind == "touch":
        yield NOTHING, _touched(state, (stage.row,))
    else:
        for deed in stage.deeds:
            if deed.cost <= room:
                yield deed, _after(state, stage.row, deed)


def edges_carried(state: State, row: int) -> int:
    """Edges by which a row goes on to the next column: both ways where the flow is none."""
    return abs(state.flows[row]) or (2 if state.parts[row] else 0)


def _left_behind(state: State, free_row: int) -> list[State]:
    """The state, and those in which vertices without flow are dropped whose component goes on elsewhere."""
    found = [state]
    for row in range(len(state.parts)):
        if row == free_row or not state.parts[row] or state.flows[row]:
            continue
        found += [
            _named((*one.parts[:row], 0, *one.parts[row + 1 :]), one.flows)
            for one in found
            if one.parts.count(one.parts[row]) > 1
        ]
    return found


def _touched(state: State, rows: tuple[int, ...]) -> State:
    parts = list(state.parts)
    for row in rows:
        parts[row] = parts[row] or len(parts) + 1 + row
    return _named(tuple(parts), state.flows)


def _after(state: State, row: int, deed: Deed) -> State:
    """The state after something was done between a row and the next."""
    if deed.entry >= 0:
        return _touched(state, {FRONT: (row,), BACK: (row + 1,)}.get(deed.entry, (row, row + 1)))
    if not deed.back and not deed.front:
        return state
    parts = list(state.parts)
    one, other = parts[row], parts[row + 1]
    joined = one or other or len(parts) + 1
    parts = [joined if part and part in (one, other) else part for part in parts]
    parts[row] = parts[row + 1] = joined
    flows = list(state.flows)
    flows[row] -= deed.back - deed.front
    flows[row + 1] += deed.back - deed.front
    return _named(tuple(parts), tuple(flows))


def _named(parts: tuple[int, ...], flows: tuple[int, ...]) -> State:
    """With components numbered by first appearance."""
    names = {0: 0}
    return State(tuple(names.setdefault(part, len(names)) for part in parts), flows)
