"""Exact walks for goods at their places, and by how much an exchange changes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints, require_each, row_starts
from hecang_optim.compiled import kernel
from hecang_optim.errors import require
from hecang_optim.routing.kernels import Grid, pick_costs, sort_into_sub_aisles, walk_length
from hecang_optim.routing.states import ACTIONS
from hecang_optim.slotting.model import Places, Walks, whole


class History(NamedTuple):
    """Walks as kernels read them, from both sides.

    :ivar start: walk w has ``sku[start[w]:start[w + 1]]``.
    :ivar first: SKU i is in the walks ``walk[first[i]:first[i + 1]]``, which rise.
    """

    start: Ints
    sku: Ints
    first: Ints
    walk: Ints


class Floor(NamedTuple):
    """Where the places are, for kernels."""

    grid: Grid
    aisle: Ints
    y: Floats


class Scratch(NamedTuple):
    """Memory of :func:`length_of_walk`; one for each thread."""

    work: Floats
    costs: Floats
    begin: Ints
    order: Ints
    aisle: Ints
    y: Floats


def history_of(walks: Walks, count: int) -> History:
    """The walks with an index by SKU."""
    walk = np.repeat(np.arange(len(walks)), np.diff(walks.start))
    order = np.argsort(walks.sku, kind="stable")
    first = row_starts(walks.lines(count))
    return History(walks.start, walks.sku, first, np.ascontiguousarray(walk[order]))


def floor_of(places: Places) -> Floor:
    """The places for kernels."""
    return Floor(places.layout.grid, places.aisle, places.y)


def scratch_for(floor: Floor, history: History) -> Scratch:
    """Memory enough for the longest walk."""
    grid = floor.grid
    most = int(np.diff(history.start).max(initial=0)) + 1
    return Scratch(
        work=np.empty((2, grid.states)),
        costs=np.empty((grid.aisles, grid.blocks, ACTIONS)),
        begin=np.empty(grid.aisles * grid.blocks + 1, dtype=np.int64),
        order=np.empty(most, dtype=np.int64),
        aisle=np.empty(most, dtype=np.int64),
        y=np.empty(most),
    )


def walk_lengths(places: Places, place: Ints, walks: Walks) -> Floats:
    """The exact length of each walk with SKU i at ``place[i]``, in the unit of the layout (walks).

    :param place: (n); -1 for an SKU that lies nowhere and is not walked to.
    :raises InvalidProblem: no such place, or a SKU without an entry.
    """
    where = whole(place, "place")
    require_each((where >= -1) & (where < len(places)), "place", "no such place")
    require(walks.sku.max(initial=-1) < len(where), "place", "has no entry for some SKU of the walks")
    history = history_of(walks, len(where))
    floor = floor_of(places)
    out = np.zeros(len(walks))
    fill_lengths(floor, history, where, scratch_for(floor, history), out)
    return out


@kernel
def fill_lengths(floor: Floor, history: History, place: Ints, scratch: Scratch, out: Floats) -> None:
    """The length of each walk into ``out`` (walks)."""
    for walk in range(len(out)):
        out[walk] = length_of_walk(floor, history, place, scratch, walk)


@kernel
def length_of_walk(floor: Floor, history: History, place: Ints, scratch: Scratch, walk: int) -> float:
    """The shortest tour of one walk."""
    return length_of_stops(floor, scratch, gather(floor, history, place, scratch, walk))


@kernel
def gather(floor: Floor, history: History, place: Ints, scratch: Scratch, walk: int) -> int:
    """The stops of a walk into ``scratch``; returns how many there are."""
    stops = 0
    for line in range(history.start[walk], history.start[walk + 1]):
        at = place[history.sku[line]]
        if at >= 0:
            scratch.aisle[stops] = floor.aisle[at]
            scratch.y[stops] = floor.y[at]
            stops += 1
    return stops


@kernel
def length_of_stops(floor: Floor, scratch: Scratch, stops: int) -> float:
    """The shortest tour of the first ``stops`` in ``scratch``."""
    y = scratch.y[:stops]
    sort_into_sub_aisles(floor.grid, scratch.aisle[:stops], y, scratch.begin, scratch.order)
    pick_costs(floor.grid, y, scratch.begin, scratch.order, scratch.costs)
    return float(walk_length(floor.grid, scratch.costs, scratch.work))
