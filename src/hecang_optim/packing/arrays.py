"""The problem as arrays, the form in which kernels see it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hecang_optim.arrays import Floats, Ints

#: A box in a carton: its corner x, y, z at the back, left and bottom, and the opposite one.
Block = tuple[int, int, int, int, int, int]

#: Stands for "no limit" of weight or load.
ANY_WEIGHT = 1 << 40


class Kinds(NamedTuple):
    """The kinds of goods of one order; K kinds.

    :param turns: K × 6 × 3, mm; the first ``turn_count`` of each are different orientations.
    :param volume: mm³; 0 for what takes no room.
    :param max_load: g, :data:`ANY_WEIGHT` without a limit; 0 and ``fragile`` 1 where nothing may rest on it.
    """

    turns: Ints
    turn_count: Ints
    volume: Ints
    weight: Ints
    max_load: Ints
    fragile: Ints
    group: Ints


class Boxes(NamedTuple):
    """The kinds of cartons; C of them.

    :param room: C × 3, mm that goods may take.
    :param volume: mm³ inside, padding included.
    :param margin: mm on each side of the floor that hold nothing (a pallet's overhang).
    :param charged: volumetric weight, g.
    """

    room: Ints
    volume: Ints
    margin: Ints
    max_weight: Ints
    tare: Ints
    price: Ints
    charged: Ints


class Limits(NamedTuple):
    """What holds everywhere.

    :param support: share of a base that must be held.
    :param bears: 1 where any kind has a limit of load.
    :param clash: G × G, 1 where two groups never share a carton.
    :param per_kg: freight.
    :param effort: units laid in search for one carton.
    """

    support: float
    bears: int
    clash: Ints
    per_kg: int
    effort: int


class Bench(NamedTuple):
    """Room to work in, made once for a batch; N is the largest number of units.

    :param spaces: S × 6, the empty spaces (x, y, z, and where they end).
    :param cut: S × 6, those that a new unit has just cut.
    :param laid: N × 6, units as laid (x, y, z, and where they end).
    :param owner: N, which unit that is.
    :param load: N, what rests on each, g.
    :param rank: N, the units laid, topmost first.
    :param present: G, units of each group inside.
    :param sequence: N, the units in the order in which they are tried.
    :param key: N, what the sequence is sorted by.
    :param boost: N, how often a unit was the one that did not fit.
    :param turn: N, the orientation in which a unit is tried first, -1 for none.
    :param taken: N, 1 where a unit is inside.
    :param rest: N, units still to be packed, while an order is split.
    :param part: N, units of one carton of a split.
    """

    spaces: Ints
    cut: Ints
    laid: Ints
    owner: Ints
    load: Floats
    rank: Ints
    present: Ints
    sequence: Ints
    key: Floats
    boost: Floats
    turn: Ints
    taken: Ints
    rest: Ints
    part: Ints


class Plan(NamedTuple):
    """Which unit goes where.

    :param where: N, number of the carton, -1 where none takes the unit.
    :param spot: N × 6, x, y, z of each unit and where it ends; zeros where it has no size.
    :param box: N, the kind of each carton.
    :param total: cost, cartons, inner volume mm³.
    """

    where: Ints
    spot: Ints
    box: Ints
    total: Ints


def plan(units: int) -> Plan:
    """An empty plan for so many units."""
    room = max(1, units)
    return Plan(
        where=np.full(room, -1, np.int64),
        spot=np.zeros((room, 6), np.int64),
        box=np.zeros(room, np.int64),
        total=np.zeros(3, np.int64),
    )


def bench(units: int, groups: int) -> Bench:
    """Room for orders of so many units."""
    room = max(1, units)
    spaces = min(4000, 64 + 24 * room)
    return Bench(
        spaces=np.zeros((spaces, 6), np.int64),
        cut=np.zeros((spaces, 6), np.int64),
        laid=np.zeros((room, 6), np.int64),
        owner=np.zeros(room, np.int64),
        load=np.zeros(room, np.float64),
        rank=np.zeros(room, np.int64),
        present=np.zeros(max(1, groups), np.int64),
        sequence=np.zeros(room, np.int64),
        key=np.zeros(room, np.float64),
        boost=np.zeros(room, np.float64),
        turn=np.zeros(room, np.int64),
        taken=np.zeros(room, np.int64),
        rest=np.zeros(room, np.int64),
        part=np.zeros(room, np.int64),
    )
