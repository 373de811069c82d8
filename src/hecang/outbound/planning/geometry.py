"""The walkable warehouse as arrays: sections of parallel aisles joined by cross aisles.

Coordinates are millimetres in the warehouse's frame (x to the right, y away from the front).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Section:
    """Parallel aisles between the same cross aisles: one storage zone.

    :param aisle_x: centre lines of the aisles, from left to right, mm.
    :param cross_y: centre lines of the cross aisles, from front to back, mm; at least two. Block ``b``
        lies between ``cross_y[b]`` and ``cross_y[b + 1]``.
    """

    aisle_x: tuple[int, ...]
    cross_y: tuple[int, ...]

    @property
    def blocks(self) -> int:
        return len(self.cross_y) - 1


class Ways(Protocol):
    """The shortest ways through a warehouse of any shape; locations by their position in the geometry."""

    def lengths(self, positions: Ints) -> Ints:
        """Between the depot (first) and these locations, mm, shape (k + 1, k + 1)."""
        ...

    def path(self, positions: Sequence[int]) -> tuple[Point, ...]:
        """Corners of the way from the depot to these locations in this order and back."""
        ...


@dataclass(frozen=True, slots=True)
class Walk:
    """One closed walk from the depot.

    :param order: positions of the visited locations in the geometry's arrays, each once, as walked.
    :param path: corners from depot to depot, mm.
    :param length_mm: its length.
    """

    order: tuple[int, ...]
    path: tuple[Point, ...]
    length_mm: int


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """Where one can walk, and where each location is picked from. Two are equal if they are the same.

    All location arrays have shape (n,) and the same order; ``location_id`` is ascending.

    :param depot: where carts start and end, mm.
    :param location_id: ids.
    :param section: index into ``sections``; -1 where a location lies on no aisle.
    :param aisle: index into that section's ``aisle_x``.
    :param x: where one stands to pick, mm: the aisle's centre line.
    :param y: along the aisle, mm.
    :param ways: what is walked in truth; sections say how aisles and cross aisles lie, ways also which of
        them are joined.
    """

    sections: tuple[Section, ...]
    depot: Point
    location_id: Ints
    section: Ints
    aisle: Ints
    x: Ints
    y: Ints
    ways: Ways

    def index_of(self, location_ids: Sequence[int] | Ints) -> Ints:
        """Positions of ``location_ids`` in the arrays, -1 for unknown ones; shape of the input."""
        wanted = np.asarray(location_ids, dtype=np.int64)
        if self.location_id.size == 0:
            return np.full(wanted.shape, -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.location_id, wanted), self.location_id.size - 1)
        return np.where(self.location_id[found] == wanted, found, -1).astype(np.int64)

    def block_of(self, positions: Ints) -> Ints:
        """Block of each location given by position, 0 for locations on no aisle."""
        blocks = np.zeros(positions.shape, dtype=np.int64)
        for number, section in enumerate(self.sections):
            mine = self.section[positions] == number
            inner = np.asarray(section.cross_y[1:-1], dtype=np.int64)
            blocks[mine] = np.searchsorted(inner, self.y[positions[mine]], side="right")
        return blocks

    def sub_aisle_of(self, positions: Ints) -> Ints:
        """A number for each (section, block, aisle), dense from 0; locations on no aisle share the last."""
        offset = 0
        result = np.full(positions.shape, self.sub_aisle_count - 1, dtype=np.int64)
        blocks = self.block_of(positions)
        for number, section in enumerate(self.sections):
            mine = self.section[positions] == number
            width = len(section.aisle_x)
            result[mine] = offset + blocks[mine] * width + self.aisle[positions[mine]]
            offset += section.blocks * width
        return result

    @property
    def sub_aisle_count(self) -> int:
        """Number of sub-aisles, and one more for the locations on no aisle."""
        return sum(section.blocks * len(section.aisle_x) for section in self.sections) + 1
