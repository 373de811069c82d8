"""What is put together, under which limits, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hecang_optim.arrays import Floats, Ints, require_each
from hecang_optim.errors import require
from hecang_optim.routing.layout import AisleLayout, Picks, check_picks


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders as ragged arrays: the lines of order ``o`` are ``start[o]:start[o + 1]``.

    :param start: ``(orders + 1,)`` from 0, never falling.
    :param aisle: ``(lines,)`` aisle of each line, from 0.
    :param y: ``(lines,)`` how far along it, in the coordinate of the layout's ``cross_y`` (metres).
    :param quantity: ``(lines,)`` units of each line; one each where left out.
    :param weight: ``(orders,)`` in any unit, the cart's.
    :param volume: ``(orders,)`` in any unit, the cart's.
    :param due: ``(orders,)`` seconds when the order should be back at the depot; ``inf`` for never.
    :param release: ``(orders,)`` seconds before which its picking cannot begin.
    """

    start: Ints
    aisle: Ints
    y: Floats
    quantity: Ints | None = None
    weight: Floats | None = None
    volume: Floats | None = None
    due: Floats | None = None
    release: Floats | None = None

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def items(self) -> Ints:
        """``(orders,)`` units of each order."""
        if self.quantity is None:
            return np.diff(self.start)
        return sums(self.quantity, self.start)


@dataclass(frozen=True, slots=True)
class Cart:
    """What fits on one cart; every limit that is given holds at once.

    :param items: units.
    :param weight: in the unit of the orders.
    :param volume: in the unit of the orders.
    :param orders: orders at a time.
    :param totes: totes or baskets. No tote is shared by two orders.
    :param items_per_tote: units in one tote: an order takes as many totes as its units need, rounded up. One
        tote an order where left out.
    """

    items: float | None = None
    weight: float | None = None
    volume: float | None = None
    orders: int | None = None
    totes: int | None = None
    items_per_tote: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How fast people are, and how many.

    :param pickers: who work at the same time.
    :param metres_per_second: walking.
    :param seconds_per_line: for each line of each order.
    :param seconds_per_batch: to begin and to hand over a batch.
    """

    pickers: int = 1
    metres_per_second: float = 1.0
    seconds_per_line: float = 10.0
    seconds_per_batch: float = 120.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What a plan costs: metres walked, seconds late (summed over orders) and seconds until all is done.

    With the default, walking alone decides on the batches, and their sequence on lateness, then on the end.
    Otherwise batches are formed with lateness and end in mind.
    """

    metre: float = 1.0
    second_late: float = 0.0
    second_until_end: float = 0.0

    @property
    def walking_only(self) -> bool:
        return self.second_late == 0.0 and self.second_until_end == 0.0


@dataclass(frozen=True, slots=True)
class BatchingProblem:
    """Orders to be put together into batches, one cart tour each.

    :raises InvalidProblem: arrays that do not fit together, lines outside the layout, limits that are not positive.
    """

    layout: AisleLayout
    orders: Orders
    cart: Cart
    work: Work = field(default_factory=Work)
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        _check_orders(self.orders)
        _check_limits(self)
        check_picks(self.layout, Picks(aisle=self.orders.aisle, y=self.orders.y))
        require(self.layout.one_way is None, "layout.one_way", "batches are formed for aisles open both ways")


def sums(values: Ints, start: Ints) -> Ints:
    """Sum of ``values`` over each ragged row."""
    total = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=total[1:])
    return total[start[1:]] - total[start[:-1]]


def _check_orders(orders: Orders) -> None:
    start = orders.start
    require(start.ndim == 1 and len(start) > 0 and start[0] == 0, "orders.start", "must begin with 0")
    require_each(np.diff(start) >= 0, "orders.start", "must not fall")
    require_each(np.diff(start) > 0, "orders.start", "an order needs at least one line")
    lines = int(start[-1])
    for name in ("aisle", "y", "quantity"):
        values = getattr(orders, name)
        require(values is None or values.shape == (lines,), f"orders.{name}", f"must have {lines} entries")
    for name in ("weight", "volume", "due", "release"):
        values = getattr(orders, name)
        if values is not None:
            require(values.shape == (len(orders),), f"orders.{name}", f"must have {len(orders)} entries")
            require_each(~np.isnan(values), f"orders.{name}", "must be a number")
    require_each(np.isfinite(orders.y), "orders.y", "must be finite")
    for name in ("quantity", "weight", "volume"):
        values = getattr(orders, name)
        if values is not None:
            require_each(values >= 0, f"orders.{name}", "must not be negative")
    if orders.release is not None:
        require_each(np.isfinite(orders.release), "orders.release", "must be finite")


def _check_limits(problem: BatchingProblem) -> None:
    cart, orders, work, weights = problem.cart, problem.orders, problem.work, problem.weights
    for name in ("items", "weight", "volume", "orders", "totes", "items_per_tote"):
        limit = getattr(cart, name)
        require(limit is None or limit > 0, f"cart.{name}", "must be positive")
    require(cart.weight is None or orders.weight is not None, "orders.weight", "is needed by cart.weight")
    require(cart.volume is None or orders.volume is not None, "orders.volume", "is needed by cart.volume")
    require(work.pickers >= 1, "work.pickers", "must be at least 1")
    require(work.metres_per_second > 0, "work.metres_per_second", "must be positive")
    for name in ("seconds_per_line", "seconds_per_batch"):
        require(getattr(work, name) >= 0, f"work.{name}", "must not be negative")
    for name in ("metre", "second_late", "second_until_end"):
        require(getattr(weights, name) >= 0, f"weights.{name}", "must not be negative")
