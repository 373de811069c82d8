"""What slotting is about: places on a floor, goods that need one each, and the walks of the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hecang_optim.arrays import Floats, Ints, require_each, row_starts, spans
from hecang_optim.errors import InvalidProblem, require
from hecang_optim.routing import AisleLayout

#: Kinds of goods are bits of a 64-bit mask.
MOST_KINDS = 63


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where goods can lie: L pick places, one SKU in each.

    Several places may be at the same point of an aisle: the two sides, the levels.

    :param layout: the floor.
    :param aisle: index of the aisle (L).
    :param y: how far along it, in the coordinate of ``layout.cross_y`` (L).
    :param reach: effort of a pick there, as a length of walking (L): 0 at waist height, more for bending or for
        a ladder; None for no effort.
    :param lift: the same for each kilogram of the unit, length/kg (L); None for none.
    :param room: what fits, such as litres, kilograms, millimetres of the longest side (L, measures); None for
        anything.
    :param accepts: bit k is set where goods of kind k may lie (L); None for all kinds everywhere.
    :param zone: index of the zone (L); None for one zone.
    :param zone_limit: the most load that a zone takes (zones); None for no limit.
    :raises InvalidProblem: arrays that do not match, places outside of the layout.
    """

    layout: AisleLayout
    aisle: Ints
    y: Floats
    reach: Floats | None = None
    lift: Floats | None = None
    room: Floats | None = None
    accepts: Ints | None = None
    zone: Ints | None = None
    zone_limit: Floats | None = None

    def __post_init__(self) -> None:
        aisle, y = whole(self.aisle, "places.aisle"), numbers(self.y, "places.y", len(self.aisle))
        require_each((aisle >= 0) & (aisle < self.layout.aisles), "places.aisle", "no such aisle")
        front, back = self.layout.cross_y[0], self.layout.cross_y[-1]
        require_each((y >= front) & (y <= back), "places.y", "not between the first and the last cross-aisle")
        object.__setattr__(self, "aisle", aisle)
        object.__setattr__(self, "y", y)

    def __len__(self) -> int:
        return len(self.aisle)

    @property
    def sub_aisle(self) -> Ints:
        """Index ``aisle · blocks + block`` of the part of an aisle between two cross-aisles (L)."""
        inner = self.layout.cross_y[1:-1]
        return self.aisle * self.layout.blocks + np.searchsorted(inner, self.y, side="right")


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """What needs a place: n SKUs.

    :param count: n.
    :param weight: kilograms a unit (n); None for none.
    :param needs: what it takes, in the measures of ``places.room`` (n, measures); None for nothing.
    :param kind: 0 to 62, such as "chilled" or "flammable" (n); None for 0.
    :param load: what it adds to its zone (n), such as lines a week; None for 1 each.
    :param apart: pairs of different kinds that never lie in the same sub-aisle.
    """

    count: int
    weight: Floats | None = None
    needs: Floats | None = None
    kind: Ints | None = None
    load: Floats | None = None
    apart: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        require(self.count >= 0, "goods.count", "is negative")
        for index, (one, other) in enumerate(self.apart):
            good = 0 <= one < MOST_KINDS and 0 <= other < MOST_KINDS and one != other
            require(good, "goods.apart", "is no pair of different kinds", index)


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Tours of the past: the SKUs that were picked on each. A walk is an order, or a batch of orders.

    :param start: walk w has the SKUs ``sku[start[w]:start[w + 1]]`` (walks + 1).
    :param sku: indices; a SKU twice in a walk counts once.
    :param weeks: the time that the walks cover, or stand for.
    :raises InvalidProblem: starts that do not rise from 0 to the end, negative SKUs, no time.
    """

    start: Ints
    sku: Ints
    weeks: float = 1.0

    def __post_init__(self) -> None:
        start, sku = whole(self.start, "walks.start"), whole(self.sku, "walks.sku")
        require(len(start) > 0 and start[0] == 0, "walks.start", "does not begin with 0")
        require(np.all(np.diff(start) >= 0), "walks.start", "does not rise")
        require(start[-1] == len(sku), "walks.start", "does not end with the number of lines")
        require_each(sku >= 0, "walks.sku", "is negative")
        require(np.isfinite(self.weeks) and self.weeks > 0, "walks.weeks", "is not above 0")
        walk = np.repeat(np.arange(len(start) - 1), np.diff(start))
        order = np.lexsort((sku, walk))
        walk, sku = walk[order], sku[order]
        first = np.ones(len(sku), dtype=np.bool_)
        first[1:] = (walk[1:] != walk[:-1]) | (sku[1:] != sku[:-1])
        object.__setattr__(self, "sku", np.ascontiguousarray(sku[first]))
        object.__setattr__(self, "start", row_starts(np.bincount(walk[first], minlength=len(start) - 1)))

    def __len__(self) -> int:
        return len(self.start) - 1

    @classmethod
    def of_lines(cls, walk: npt.ArrayLike, sku: npt.ArrayLike, weeks: float = 1.0) -> Walks:
        """From one row for each line: the walk's number or name, and the SKU's index."""
        names, walks = np.unique(np.asarray(walk), return_inverse=True)
        order = np.argsort(walks, kind="stable")
        return cls(
            row_starts(np.bincount(walks, minlength=len(names))),
            whole(sku, "walks.sku", len(walks))[order],
            weeks,
        )

    def lines(self, count: int) -> Ints:
        """In how many walks each of ``count`` SKUs is picked."""
        return np.bincount(self.sku, minlength=count)

    def sample(self, most: int, seed: int) -> Walks:
        """At most so many of the walks, by chance and in random order; they stand for less time accordingly."""
        chosen = np.random.default_rng(seed).permutation(len(self))[:most]
        counts = np.diff(self.start)[chosen]
        sku = self.sku[spans(self.start, chosen)]
        return Walks(row_starts(counts), sku, self.weeks * max(len(chosen), 1) / max(len(self), 1))


@dataclass(frozen=True, slots=True, eq=False)
class SlottingProblem:
    """Goods to place, and the walks from which to learn.

    :raises InvalidProblem: more goods than places, walks for unknown SKUs, columns that do not match.
    """

    places: Places
    goods: Goods
    walks: Walks

    def __post_init__(self) -> None:
        count = self.goods.count
        require(count <= len(self.places), "goods.count", f"exceeds the {len(self.places)} places")
        require_each(self.walks.sku < count, "walks.sku", "is no SKU")

    @property
    def lines(self) -> Ints:
        """In how many walks each SKU is picked (n)."""
        return self.walks.lines(self.goods.count)


def whole(given: npt.ArrayLike, field: str, size: int | None = None) -> Ints:
    """A column of integers.

    :raises InvalidProblem: not integers, or not ``size`` of them.
    """
    values = np.asarray(given)
    if values.dtype.kind not in "iub" and not (values.size == 0 or np.all(values == np.floor(values))):
        raise InvalidProblem(field, "is not whole numbers")
    _check_shape(values, field, size)
    return np.ascontiguousarray(values, dtype=np.int64)


def numbers(given: npt.ArrayLike, field: str, size: int | None = None) -> Floats:
    """A column of numbers that are not NaN.

    :raises InvalidProblem: NaN, or not ``size`` of them.
    """
    values = np.ascontiguousarray(given, dtype=np.float64)
    _check_shape(values, field, size)
    require_each(~np.isnan(values), field, "is not a number")
    return values


def _check_shape(values: npt.NDArray[Any], field: str, size: int | None) -> None:
    if values.ndim != 1 or (size is not None and len(values) != size):
        raise InvalidProblem(field, f"has shape {values.shape}, one entry each is expected")
