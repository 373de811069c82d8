"""Which places are good: by the walk to them alone, or by what one more stop there adds to the walks there are."""

from __future__ import annotations

import numpy as np

from hecang_optim.arrays import Floats, Ints
from hecang_optim.compiled import kernel
from hecang_optim.slotting.model import Places, Walks
from hecang_optim.slotting.tours import (
    Floor,
    History,
    Scratch,
    floor_of,
    gather,
    history_of,
    length_of_stops,
    scratch_for,
    walk_lengths,
)

#: Points probed in a sub-aisle, by the number of blocks; places between them are interpolated.
_PROBES = (8, 8, 4, 3, 3)
#: Tours that a ranking may take, times the states of the tour program (24 for two blocks).
_TOURS = 2_000_000
_FEWEST_WALKS = 5


def distance_from_depot(places: Places) -> Floats:
    """Length of the walk to each place and back to the depot, with nothing else on the way (L)."""
    points, point = _points(places)
    alone = Walks(np.arange(len(points) + 1), np.arange(len(points)))
    return walk_lengths(places, points, alone)[point]


def extra_walking(places: Places, place: Ints, walks: Walks, seed: int = 0) -> Floats:
    """By how much one more stop at each place lengthens a walk, on average over a sample of the walks (L).

    :param places: L places.
    :param place: where each SKU of the walks lies (n).
    :param walks: of the past; without any, :func:`distance_from_depot` is returned.
    :param seed: of the sample.
    """
    if len(walks.sku) == 0:
        return distance_from_depot(places)
    layout = places.layout
    sub_aisle = places.sub_aisle
    aisles: list[int] = []
    ys: list[float] = []
    slices: dict[int, slice] = {}
    for index in np.unique(sub_aisle).tolist():
        there = np.unique(places.y[sub_aisle == index])
        probes = np.linspace(there[0], there[-1], min(len(there), _PROBES[layout.blocks - 1]))
        slices[index] = slice(len(ys), len(ys) + len(probes))
        aisles += [index // layout.blocks] * len(probes)
        ys += probes.tolist()
    floor = floor_of(places)
    sample = walks.sample(max(_FEWEST_WALKS, _TOURS // (floor.grid.states * len(ys))), seed)
    history = history_of(sample, len(place))
    extra = np.zeros(len(ys))
    add_stops(
        floor,
        history,
        place,
        scratch_for(floor, history),
        np.array(aisles, dtype=np.int64),
        np.array(ys),
        extra,
    )
    result = np.empty(len(places))
    for index, probed in slices.items():
        here = sub_aisle == index
        result[here] = np.interp(places.y[here], ys[probed], extra[probed])
    return result / max(len(sample), 1)


def _points(places: Places) -> tuple[Ints, Ints]:
    """One place for each point of the floor, and for each place the index of its point."""
    _, first, point = np.unique(
        np.stack([places.aisle.astype(np.float64), places.y]), axis=1, return_index=True, return_inverse=True
    )
    return first, point


@kernel
def add_stops(
    floor: Floor, history: History, place: Ints, scratch: Scratch, aisle: Ints, y: Floats, extra: Floats
) -> None:
    """Add to ``extra`` (probes) what a stop at ``aisle``, ``y`` adds to each walk."""
    for walk in range(len(history.start) - 1):
        stops = gather(floor, history, place, scratch, walk)
        before = length_of_stops(floor, scratch, stops)
        for probe in range(len(aisle)):
            scratch.aisle[stops] = aisle[probe]
            scratch.y[stops] = y[probe]
            extra[probe] += length_of_stops(floor, scratch, stops + 1) - before
