"""Which locations to visit, as a shortest path through the states of the exact program that covers all demands.

A path from the untouched state to a finished tour chooses the actions (Hessler & Irnich 2024). How deep a tour
goes into a sub-aisle from its front, and from its back, are choices of their own, linked to the path. What is
visited must hold what is wanted: the one thing that couples the aisles, so that a mixed-integer program is solved
(HiGHS). Crossing costs are left out: with them the value is a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from hecang_optim.arrays import Floats, Ints
from hecang_optim.routing.kernels import Grid, Index
from hecang_optim.routing.states import ACTIONS, BACK, BACK_ONLY, BOTH, FRONT, FRONT_ONLY, GAP, ONCE, TWICE


@dataclass(slots=True)
class Network:
    """Arcs between nodes (stage, state), and choices of depth; all are columns of the program.

    :ivar cost: of each column.
    :ivar arcs: ``[from nodes, to nodes, columns]`` pieces.
    :ivar links: rows ``{column: coefficient}`` that must be at least 0.
    :ivar covers: of each location the columns that visit it.
    """

    cost: list[Floats] = field(default_factory=list)
    arcs: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    links: list[dict[int, float]] = field(default_factory=list)
    covers: list[list[int]] = field(default_factory=list)
    columns: int = 0

    def add(self, cost: Floats) -> Ints:
        """New columns of such costs."""
        self.cost.append(cost)
        self.columns += len(cost)
        return np.arange(self.columns - len(cost), self.columns)

    def arc(self, before: Ints, after: Ints, cost: Floats | float) -> Ints:
        columns = self.add(np.broadcast_to(np.asarray(cost, dtype=np.float64), before.shape).copy())
        self.arcs.append((before, after, columns))
        return columns


def solve_scattered(
    grid: Grid, aisle: Ints, y: Floats, worth: Floats, seconds: float
) -> tuple[NDArray[np.bool_], float]:
    """Locations on the best way found, and a lower bound of the length of any tour that covers all demands.

    :param worth: ``(skus, locations)`` share of a SKU's demand that a location covers; rows sum up to 1 or more.
    :param seconds: for the solver, infinite for no limit.
    :return: nothing visited where the solver found no way in its time.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # heavy, so only here

    network = Network(covers=[[] for _ in y])
    last = _lay_out(network, grid, aisle, y)
    cost = np.concatenate(network.cost)
    before, after, columns = (np.concatenate(parts) for parts in zip(*network.arcs, strict=True))
    ones = np.ones(len(columns))
    balance = csr_array(
        (
            np.concatenate([ones, -ones]),
            (np.concatenate([after, before]), np.concatenate([columns, columns])),
        ),
        shape=(last + 1, network.columns),
    )
    supply = np.zeros(last + 1)
    supply[grid.start], supply[last] = -1.0, 1.0
    visits = _rows([dict.fromkeys(cover, 1.0) for cover in network.covers], network.columns)
    links = _rows(network.links, network.columns)
    # A location counts once, however often it is passed: its share is capped by a column of its own.
    counted = len(y)
    wide = csr_array((len(supply), counted))
    constraints = [
        LinearConstraint(csr_array(_beside(balance, wide)), supply, supply),
        LinearConstraint(csr_array(_beside(links, csr_array((len(network.links), counted)))), 0.0, np.inf),
        LinearConstraint(csr_array(_beside(visits, -csr_array(np.eye(counted)))), 0.0, np.inf),
        LinearConstraint(
            csr_array(_beside(csr_array((len(worth), network.columns)), csr_array(worth))), 1.0, np.inf
        ),
    ]
    options: dict[str, float] = {"mip_rel_gap": 1e-9}
    if np.isfinite(seconds):
        options["time_limit"] = seconds
    found = milp(
        np.concatenate([cost, np.zeros(counted)]),
        integrality=np.ones(network.columns + counted),
        bounds=Bounds(0.0, 1.0),
        constraints=constraints,
        options=options,
    )
    bound = found.get("mip_dual_bound")
    lower = 0.0 if bound is None or not np.isfinite(bound) else float(bound)
    if found.x is None:
        return np.zeros(counted, dtype=np.bool_), lower
    chosen: NDArray[np.bool_] = found.x[network.columns :] > 0.5
    return chosen, min(lower, float(found.fun))


def _rows(rows: list[dict[int, float]], columns: int) -> csr_array:
    at = [(row, column, value) for row, entries in enumerate(rows) for column, value in entries.items()]
    table = np.array(at, dtype=np.float64).reshape(-1, 3)
    return csr_array((table[:, 2], table[:, :2].astype(np.int64).T), shape=(len(rows), columns))


def _beside(left: csr_array, right: csr_array) -> csr_array:
    return csr_array(vstack([left.T, right.T]).T)


def _lay_out(network: Network, grid: Grid, aisle: Ints, y: Floats) -> int:
    """Fill the network; returns its last node, the finished tour."""
    states = np.arange(grid.states)
    columns = sorted([(float(x), a) for a, x in enumerate(grid.aisle_x)])
    if not grid.off_grid and grid.depot_x not in grid.aisle_x:
        columns = sorted([*columns, (grid.depot_x, -1)])
    stage, finals = 0, []
    seen = grid.off_grid
    for c, (x, a) in enumerate(columns):
        if c > 0:
            stage = _move(network, grid, stage, x - columns[c - 1][0])
        if not grid.off_grid and x == grid.depot_x:
            here = stage * grid.states
            network.arc(here + states, here + grid.states + grid.touch_to[grid.depot_row], 0.0)
            stage, seen = stage + 1, True
        if a >= 0:
            for k in range(len(grid.ends)):
                b = k - grid.first_row
                if 0 <= b < grid.blocks:
                    _visit(network, grid, stage, k, np.flatnonzero((aisle == a) & _in_block(grid, y, b)), y)
                else:
                    _edge(network, grid, stage, k, float(grid.access[a]))
                stage += 1
        if seen:
            finals.append(stage * grid.states + grid.final.astype(np.int64))
    last = (stage + 1) * grid.states
    for final in finals:
        network.arc(final, np.full(len(final), last), 0.0)
    return last


def _in_block(grid: Grid, y: Floats, b: int) -> NDArray[np.bool_]:
    block = np.searchsorted(grid.cross_y, y, side="right") - 1
    inside: NDArray[np.bool_] = np.minimum(block, grid.blocks - 1) == b
    return inside


def _move(network: Network, grid: Grid, stage: int, distance: float) -> int:
    """On to the next column: row after row a vertex may be dropped; then all is carried on."""
    states = np.arange(grid.states)
    here = stage * grid.states
    network.arc(here + states, here + grid.states + states, 0.0)
    rows = grid.carried.shape[1]
    for row in range(rows):
        stage += 1
        here = stage * grid.states
        cost = distance * grid.weight if row == rows - 1 else np.zeros(grid.states)
        network.arc(here + states, here + grid.states + states, cost)
        dropped = _dropped_row(grid) == row
        before, after = grid.drop_from[dropped], grid.drop_to[dropped]
        network.arc(here + before, here + grid.states + after, cost[after])
    return stage + 1


def _dropped_row(grid: Grid) -> Ints:
    """The row of each drop: the one that is touched before and not after."""
    touched = grid.touch_to == np.arange(grid.states)[None, :]
    row: Ints = (touched[:, grid.drop_from] & ~touched[:, grid.drop_to]).argmax(axis=0)
    return row


def _edge(network: Network, grid: Grid, stage: int, k: int, length: float) -> tuple[Ints, Ints]:
    """Not gone, gone once, or twice."""
    states = np.arange(grid.states)
    here = stage * grid.states
    network.arc(here + states, here + grid.states + states, 0.0)
    gone = []
    for action, cost in ((ONCE, length), (TWICE, 2.0 * length)):
        steps = slice(grid.step_begin[k, action], grid.step_begin[k, action + 1])
        gone.append(
            network.arc(
                here + _wide(grid.step_from[steps]), here + grid.states + _wide(grid.step_to[steps]), cost
            )
        )
    return gone[0], gone[1]


def _wide(index: Index) -> Ints:
    return index.astype(np.int64)


def _visit(network: Network, grid: Grid, stage: int, k: int, here: Ints, y: Floats) -> None:
    """A sub-aisle with its locations ``here``."""
    b = k - grid.first_row
    front, back = grid.cross_y[b], grid.cross_y[b + 1]
    through = np.concatenate(_edge(network, grid, stage, k, float(back - front)))
    for location in here:
        network.covers[location] += through.tolist()
    if not len(here):
        return
    at = stage * grid.states
    entered: dict[int, list[int]] = {FRONT: [], BACK: [], GAP: []}
    for action in range(FRONT, ACTIONS):
        ends = {FRONT: FRONT_ONLY, BACK: BACK_ONLY, GAP: BOTH}[action]
        steps = slice(grid.step_begin[k, action], grid.step_begin[k, action + 1])
        stay = np.flatnonzero(grid.ends[k] == ends)
        before = np.concatenate([stay, _wide(grid.step_from[steps])])
        after = np.concatenate([stay, _wide(grid.step_to[steps])])
        entered[action] = network.arc(at + before, at + grid.states + after, 0.0).tolist()
    order = here[np.argsort(y[here], kind="stable")]
    for action, places, depths in (
        (FRONT, order, 2.0 * (y[order] - front)),
        (BACK, order[::-1], 2.0 * (back - y[order[::-1]])),
    ):
        depth = network.add(depths)
        network.links.append(
            dict.fromkeys(entered[action] + entered[GAP], 1.0) | dict.fromkeys(depth.tolist(), -1.0)
        )
        for reach, location in enumerate(places):
            network.covers[location] += depth[reach:].tolist()
