"""The floor: parallel aisles between cross-aisles, and where the tour begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.errors import require
from hecang_optim.routing.kernels import Grid, make_grid

#: More blocks would need tables of some hundred megabytes.
MOST_BLOCKS = 5


@dataclass(frozen=True, slots=True, eq=False)
class AisleLayout:
    """Parallel aisles, cut into blocks by cross-aisles; walks are along aisles and cross-aisles.

    Sub-aisle ``(a, b)`` is the part of aisle ``a`` between cross-aisles ``b`` and ``b + 1``. All lengths are in
    one unit, say metres. *Front* is the side of cross-aisle 0.

    :param aisle_x: ``(aisles,)`` centre lines from left to right, growing.
    :param cross_y: ``(blocks + 1,)`` centre lines of the cross-aisles from front to back, growing; 1 to 5 blocks.
    :param depot_cross: cross-aisle at which the tour begins and ends.
    :param depot_x: where on it; between aisles or beyond them, too.
    :param depot_access: ``(aisles,)`` lengths, or None. With them the depot lies off the grid, joined to each
        vertex of ``depot_cross`` (the first or the last cross-aisle) by a way of that length, infinite for none.
    :param depot_at: where to draw a depot off the grid, ``(x, y)``; has no other use.
    :param entry: length walked once before each tour, such as from a pack station to the depot.
    :param exit: length walked once after each tour.
    :param one_way: ``(aisles,)`` or ``(aisles, blocks)``: 0 both ways, 1 from front to back only, -1 from back to
        front only.
    :param crossing: what it costs to change the side within an aisle; free at its ends. Picks have a side then.
    :raises InvalidProblem: anything else.
    """

    aisle_x: Floats
    cross_y: Floats
    depot_cross: int = 0
    depot_x: float = 0.0
    depot_access: Floats | None = None
    depot_at: tuple[float, float] | None = None
    entry: float = 0.0
    exit: float = 0.0
    one_way: Ints | None = None
    crossing: float = 0.0
    _made: dict[str, Any] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._set("aisle_x", _growing(self.aisle_x, "aisle_x", least=1))
        self._set("cross_y", _growing(self.cross_y, "cross_y", least=2))
        require(self.blocks <= MOST_BLOCKS, "cross_y", f"more than {MOST_BLOCKS} blocks")
        require(0 <= self.depot_cross <= self.blocks, "depot_cross", "no such cross-aisle")
        require(np.isfinite(self.depot_x), "depot_x", "not a number")
        for name in ("entry", "exit", "crossing"):
            value = float(getattr(self, name))
            require(np.isfinite(value) and value >= 0, name, "not a length of 0 or more")
        if self.depot_access is not None:
            self._set("depot_access", self._checked_access(self.depot_access))
        if self.one_way is not None:
            directions = self._checked_directions(self.one_way)
            require(directions is None or self.crossing == 0, "crossing", "not possible with one-way aisles")
            self._set("one_way", directions)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _checked_access(self, given: ArrayLike) -> Floats:
        access = _array(given, "depot_access", np.float64)
        require(access.shape == (self.aisles,), "depot_access", "not one length for each aisle")
        require(
            not np.isnan(access).any() and (access >= 0).all(), "depot_access", "not lengths of 0 or more"
        )
        require(np.isfinite(access).any(), "depot_access", "no way to the depot")
        require(
            self.depot_cross in (0, self.blocks),
            "depot_cross",
            "access from between the blocks is not possible",
        )
        return access

    def _checked_directions(self, given: ArrayLike) -> Ints | None:
        directions = _array(given, "one_way", np.int64)
        if directions.shape == (self.aisles,):
            directions = np.repeat(directions[:, None], self.blocks, axis=1)
        require(
            directions.shape == (self.aisles, self.blocks), "one_way", "not one for each aisle or sub-aisle"
        )
        require(np.isin(directions, (-1, 0, 1)).all(), "one_way", "a direction is none of -1, 0, 1")
        return np.ascontiguousarray(directions) if directions.any() else None

    @property
    def aisles(self) -> int:
        return len(self.aisle_x)

    @property
    def blocks(self) -> int:
        return len(self.cross_y) - 1

    @property
    def depot_point(self) -> tuple[float, float]:
        """Where the depot is drawn."""
        y = float(self.cross_y[self.depot_cross])
        if self.depot_access is None:
            return self.depot_x, y
        if self.depot_at is not None:
            return self.depot_at
        nearest = int(np.argmin(self.depot_access))
        away = max(float(self.depot_access[nearest]), 0.1 * float(self.cross_y[-1] - self.cross_y[0]))
        return float(self.aisle_x[nearest]), y - away if self.depot_cross == 0 else y + away

    @property
    def grid(self) -> Grid:
        """The layout as the kernels read it; made once."""
        if "grid" not in self._made:
            self._made["grid"] = make_grid(
                self.aisle_x,
                self.cross_y,
                depot_cross=self.depot_cross,
                depot_x=self.depot_point[0],
                depot_access=self.depot_access,
                fixed=self.entry + self.exit,
                crossing=self.crossing,
            )
        grid: Grid = self._made["grid"]
        return grid

    @property
    def halves(self) -> tuple[Half, ...]:
        """What lies behind the depot's cross-aisle and what before it, each as a layout with the depot in front."""
        if "halves" not in self._made:
            split = self.depot_cross
            parts = [(self.cross_y[split:], False), (-self.cross_y[: split + 1][::-1], True)]
            self._made["halves"] = tuple(
                Half(replace(self, cross_y=rows, depot_cross=0, depot_at=None, one_way=None), mirrored)
                for rows, mirrored in parts
                if len(rows) > 1
            )
        halves: tuple[Half, ...] = self._made["halves"]
        return halves

    @classmethod
    def regular(
        cls,
        *,
        aisles: int,
        blocks: int = 1,
        aisle_pitch: float,
        sub_aisle_length: float,
        depot_aisle: int = 0,
        depot_cross: int = 0,
        **more: Any,
    ) -> AisleLayout:
        """Aisles at even distances and blocks of one length, the depot at the end of an aisle.

        :param more: further fields of :class:`AisleLayout`.
        """
        require(aisles >= 1, "aisles", "fewer than one")
        require(blocks >= 1, "blocks", "fewer than one")
        return cls(
            aisle_x=aisle_pitch * np.arange(aisles, dtype=np.float64),
            cross_y=sub_aisle_length * np.arange(blocks + 1, dtype=np.float64),
            depot_cross=depot_cross,
            depot_x=aisle_pitch * depot_aisle,
            **more,
        )


class Half(NamedTuple):
    """A part of a layout, its depot at the first cross-aisle.

    :ivar mirrored: whether y is counted the other way.
    """

    layout: AisleLayout
    mirrored: bool


@dataclass(frozen=True, slots=True, eq=False)
class Picks:
    """Places to stop at, in any order.

    :param aisle: ``(n,)`` index of the aisle.
    :param y: ``(n,)`` how far, in the coordinate of ``cross_y``.
    :param side: ``(n,)`` 0 left, 1 right; read only where the layout has a crossing cost; None: all left.
    :raises InvalidProblem: arrays of different lengths; checked against a layout by what takes both.
    """

    aisle: Ints
    y: Floats
    side: Ints | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "aisle", _array(self.aisle, "picks.aisle", np.int64))
        object.__setattr__(self, "y", _array(self.y, "picks.y", np.float64))
        require(self.aisle.ndim == 1, "picks.aisle", "not one-dimensional")
        require(self.y.shape == self.aisle.shape, "picks.y", "not as long as picks.aisle")
        if self.side is not None:
            object.__setattr__(self, "side", _array(self.side, "picks.side", np.int64))
            require(self.side.shape == self.aisle.shape, "picks.side", "not as long as picks.aisle")

    def __len__(self) -> int:
        return len(self.aisle)

    @classmethod
    def of(cls, places: Sequence[Sequence[float]]) -> Picks:
        """From ``(aisle, y)`` or ``(aisle, y, side)`` triples."""
        if not len(places):
            return cls(aisle=np.zeros(0, dtype=np.int64), y=np.zeros(0))
        table = np.array(places, dtype=np.float64)
        require(
            table.ndim == 2 and table.shape[1] in (2, 3),
            "picks",
            "not pairs (aisle, y) or triples (aisle, y, side)",
        )
        side = table[:, 2].astype(np.int64) if table.shape[1] == 3 else None
        return cls(aisle=table[:, 0].astype(np.int64), y=table[:, 1].copy(), side=side)


def check_picks(layout: AisleLayout, picks: Picks) -> None:
    """Raise :class:`~hecang_optim.errors.InvalidProblem` for a pick that the layout has no place for."""
    require_each((picks.aisle >= 0) & (picks.aisle < layout.aisles), "picks.aisle", "no such aisle")
    inside = (picks.y >= layout.cross_y[0]) & (picks.y <= layout.cross_y[-1])
    require_each(inside, "picks.y", "not between the first and the last cross-aisle")
    if picks.side is not None:
        require_each((picks.side == 0) | (picks.side == 1), "picks.side", "neither 0 nor 1")


def _array(given: ArrayLike, name: str, dtype: type[Any]) -> NDArray[Any]:
    try:
        return np.ascontiguousarray(given, dtype=dtype)
    except (TypeError, ValueError):
        require(False, name, "not an array of numbers")
        raise


def _growing(given: ArrayLike, name: str, *, least: int) -> Floats:
    values = _array(given, name, np.float64)
    require(values.ndim == 1 and len(values) >= least, name, f"fewer than {least}")
    require(np.isfinite(values).all(), name, "not numbers")
    require((np.diff(values) > 0).all(), name, "not growing")
    return values
