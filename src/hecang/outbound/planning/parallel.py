"""A warehouse, or a part of it, as parallel aisles between common cross aisles.

Zones that stand side by side and share the lines of their cross aisles are walked as one: then the shortest tour
is known exactly. Whether a part is truly of that kind is not guessed: the distances that the model implies are
compared with those that facility measures, at both ends of every sub-aisle and from the depot.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hecang.outbound.planning.geometry import Geometry, Ints
from hecang_optim.routing.layout import MOST_BLOCKS, AisleLayout

#: Locations between which distances are compared at once: neighbours, and others spread over the whole.
_COMPARED, _SPREAD = 300, 100
#: Aisles x blocks x states of the program that measures a tour, up to which a search takes the floor as it is.
_STEPS = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Parallel:
    """Some sections as one layout.

    :param aisle: ``(n,)`` aisle of each of the geometry's locations; -1 for those of other sections.
    :param y: ``(n,)`` along it, mm.
    """

    layout: AisleLayout
    aisle: Ints
    y: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What is known of a geometry.

    :param exact: for each section the layout that is true for it (and for others, maybe).
    :param whole: all sections squeezed into one layout, true or not, of a large floor with the cross aisles that
        most aisles have: good enough to tell which orders lie near each other. ``None`` where there is no aisle.
    """

    exact: tuple[Parallel | None, ...]
    whole: Parallel | None

    def holding(self, geometry: Geometry, positions: Sequence[int]) -> Parallel | None:
        """The true layout that all these locations lie in."""
        sections = set(geometry.section[np.asarray(positions, dtype=np.int64)].tolist())
        if -1 in sections:
            return None
        found = {id(part): part for part in (self.exact[section] for section in sections)}
        return next(iter(found.values())) if len(found) == 1 else None


@functools.lru_cache(maxsize=32)
def parts_of(geometry: Geometry) -> Parts:
    """The layouts of a geometry; kept as long as the geometry is."""
    families: dict[tuple[int, ...], list[int]] = {}
    for number, section in enumerate(geometry.sections):
        families.setdefault(section.cross_y, []).append(number)
    exact: list[Parallel | None] = [None] * len(geometry.sections)
    for members in families.values():
        together = _true(geometry, members)
        for number in members:
            exact[number] = together or _true(geometry, [number])
    return Parts(tuple(exact), _affordable(geometry))


def _affordable(geometry: Geometry) -> Parallel | None:
    """All sections as one layout, of no more blocks than a search can measure very many tours through."""
    model = None
    for blocks in range(MOST_BLOCKS, 0, -1):
        model = _model(geometry, range(len(geometry.sections)), blocks)
        if model is None or model.layout.aisles * model.layout.blocks * model.layout.grid.states <= _STEPS:
            break
    return model


def _true(geometry: Geometry, members: Sequence[int]) -> Parallel | None:
    """These sections as one layout, if facility measures the same."""
    if len(geometry.sections[members[0]].cross_y) - 1 > MOST_BLOCKS:
        return None
    x = [value for number in members for value in geometry.sections[number].aisle_x]
    front = geometry.sections[members[0]].cross_y[0]
    if len(set(x)) < len(x) or geometry.depot[1] > front:
        return None
    model = _model(geometry, members)
    return model if model is not None and _agrees(geometry, model) else None


def _model(geometry: Geometry, members: Iterable[int], most_blocks: int = MOST_BLOCKS) -> Parallel | None:
    """Sections as one layout with all their cross aisles; of too many, those that most aisles have."""
    numbers = list(members)
    if not numbers:
        return None
    x = sorted({value for number in numbers for value in geometry.sections[number].aisle_x})
    cross = _crossings(geometry, numbers, most_blocks)
    layout = AisleLayout(
        aisle_x=np.array(x, dtype=np.float64),
        cross_y=np.array(cross, dtype=np.float64),
        depot_x=float(geometry.depot[0]),
        entry=float(max(0, cross[0] - geometry.depot[1])),
        exit=float(max(0, cross[0] - geometry.depot[1])),
    )
    mine = np.isin(geometry.section, numbers)
    aisle = np.where(mine, np.searchsorted(layout.aisle_x, geometry.x), -1).astype(np.int64)
    y = np.clip(geometry.y, cross[0], cross[-1]).astype(np.float64)
    return Parallel(layout, aisle, y)


def _crossings(geometry: Geometry, members: Sequence[int], most_blocks: int) -> list[int]:
    aisles: dict[int, int] = {}
    for number in members:
        section = geometry.sections[number]
        for y in section.cross_y:
            aisles[y] = aisles.get(y, 0) + len(section.aisle_x)
    ends = {min(aisles), max(aisles)}
    inner = sorted(aisles.keys() - ends, key=lambda y: (-aisles[y], y))
    return sorted(ends | set(inner[: most_blocks - 1]))


def _agrees(geometry: Geometry, model: Parallel) -> bool:
    """Whether the model's distances are facility's.

    Between both ends of every sub-aisle, its neighbours' and some spread over the whole; and from the depot.
    """
    ends = _ends(geometry, model)
    if not ends.size:
        return False
    spread = ends[np.linspace(0, ends.size - 1, min(ends.size, _SPREAD)).astype(np.int64)]
    return all(
        _agrees_on(geometry, model, np.union1d(ends[first : first + _COMPARED], spread))
        for first in range(0, ends.size, _COMPARED)
    )


def _agrees_on(geometry: Geometry, model: Parallel, compared: Ints) -> bool:
    """Whether the distances between these locations, and from the depot, are the same."""
    x, y = geometry.x[compared], geometry.y[compared]
    cross = model.layout.cross_y.astype(np.int64)
    if y.min() < cross[0] or y.max() > cross[-1]:
        return False
    over = (np.abs(y[:, None] - cross)[:, None, :] + np.abs(y[:, None] - cross)[None, :, :]).min(axis=2)
    same = model.aisle[compared][:, None] == model.aisle[compared][None, :]
    along = np.where(same, np.abs(y[:, None] - y[None, :]), over)
    measured = geometry.ways.lengths(compared)
    depot_x, depot_y = geometry.depot
    out = (cross[0] - depot_y) + np.abs(x - depot_x) + (y - cross[0])
    return bool(
        (measured[1:, 1:] == along + np.abs(x[:, None] - x[None, :])).all() and (measured[0, 1:] == out).all()
    )


def _ends(geometry: Geometry, model: Parallel) -> Ints:
    """The first and the last location of each sub-aisle, neighbours after one another."""
    mine = np.flatnonzero(model.aisle >= 0)
    block = np.searchsorted(model.layout.cross_y[1:-1], geometry.y[mine], side="right")
    order = np.lexsort((geometry.y[mine], block, model.aisle[mine]))
    mine, block = mine[order], block[order]
    key = model.aisle[mine] * (MOST_BLOCKS + 1) + block
    change = np.flatnonzero(np.diff(key)) if mine.size else np.zeros(0, dtype=np.int64)
    ends = mine[np.unique(np.concatenate([[0], change, change + 1, [mine.size - 1]]))] if mine.size else mine
    return ends.astype(np.int64)
