"""From the edges of a tour to the walk: Euler's circuit, stops in the order in which it passes them, corners."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel


class Edges(NamedTuple):
    """A multigraph that grows.

    :ivar one: ``(room,)`` a node of each edge.
    :ivar other: ``(room,)`` the other.
    :ivar times: ``(room,)`` how often the edge is gone.
    :ivar size: ``(1,)`` edges so far.
    """

    one: Ints
    other: Ints
    times: Ints
    size: Ints


@kernel
def no_edges(room: int) -> Edges:
    """A multigraph without edges, with room for so many."""
    return Edges(
        np.empty(room, dtype=np.int64),
        np.empty(room, dtype=np.int64),
        np.empty(room, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
    )


@kernel
def add_edge(edges: Edges, one: int, other: int, times: int) -> None:
    """Add an edge that is gone so many times, if any."""
    if times > 0:
        at = edges.size[0]
        edges.one[at], edges.other[at], edges.times[at] = one, other, times
        edges.size[0] = at + 1


@kernel
def euler_circuit(edges: Edges, nodes: int, start: int) -> Ints:
    """The nodes of a circuit from ``start`` over all edges (Hierholzer 1873), not turning round where it can.

    Uses the edges up: ``edges.times`` is zero afterwards.
    """
    first = np.full(nodes, -1, dtype=np.int64)
    following = np.empty(2 * edges.size[0], dtype=np.int64)
    steps = 0
    for e in range(edges.size[0]):
        steps += edges.times[e]
        following[2 * e], first[edges.one[e]] = first[edges.one[e]], 2 * e
        following[2 * e + 1], first[edges.other[e]] = first[edges.other[e]], 2 * e + 1
    circuit = np.empty(steps + 1, dtype=np.int64)
    path = np.empty(steps + 1, dtype=np.int64)
    path[0], depth, done = start, 1, steps
    while depth > 0:
        node = path[depth - 1]
        before = path[depth - 2] if depth > 1 else -1
        chosen = -1
        half = first[node]
        while half >= 0:
            if edges.times[half // 2] > 0:
                chosen = half
                if _far_end(edges, half) != before:
                    break
            half = following[half]
        if chosen >= 0:
            edges.times[chosen // 2] -= 1
            path[depth] = _far_end(edges, chosen)
            depth += 1
        else:
            circuit[done] = node
            done -= 1
            depth -= 1
    return circuit


@kernel
def _far_end(edges: Edges, half: int) -> int:
    return int(edges.other[half // 2] if half % 2 == 0 else edges.one[half // 2])


@kernel
def stops_along(circuit: Ints, first_pick: int, picks: int) -> Ints:
    """The picks in the order in which the circuit first passes their nodes ``first_pick`` and following."""
    stops = np.empty(picks, dtype=np.int64)
    seen = np.zeros(picks, dtype=np.bool_)
    count = 0
    for node in circuit:
        pick = node - first_pick
        if 0 <= pick < picks and not seen[pick]:
            seen[pick] = True
            stops[count] = pick
            count += 1
    return stops[:count]


@kernel
def add_corner(corners: Floats, count: int, x: float, y: float) -> int:
    """Go to ``(x, y)``: a corner only where the direction changes; returns the count of corners."""
    if count > 0 and corners[count - 1, 0] == x and corners[count - 1, 1] == y:
        return count
    if count > 1:
        (x0, y0), (x1, y1) = corners[count - 2], corners[count - 1]
        upright = x0 == x1 and x1 == x and (y1 - y0) * (y - y1) > 0.0
        level = y0 == y1 and y1 == y and (x1 - x0) * (x - x1) > 0.0
        if upright or level:
            count -= 1
    corners[count, 0], corners[count, 1] = x, y
    return count + 1
