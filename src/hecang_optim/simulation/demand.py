"""Where orders come from: real ones, replayed, or a Poisson process whose rate follows the hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hecang_optim.arrays import require_each
from hecang_optim.errors import require
from hecang_optim.simulation.model import Order

Basket = tuple[tuple[int, ...], tuple[int, ...]]


def replay(
    arrival: NDArray[np.float64],
    line_order: NDArray[np.int64],
    line_sku: NDArray[np.int64],
    line_quantity: NDArray[np.int64],
    due: NDArray[np.float64] | None = None,
) -> tuple[Order, ...]:
    """Orders as they really came.

    :param arrival: (n,) seconds from the beginning of the day.
    :param line_order: (m,) the order of each line, in any sequence.
    :param line_sku: (m,)
    :param line_quantity: (m,) at least 1.
    :param due: (n,) second by which each should have left; ``None`` for no matter when.
    :raises InvalidProblem: lengths that differ, a line of no order, an order without a line.
    """
    orders = len(arrival)
    require(len(line_sku) == len(line_order), "line_sku", "is not as long as line_order")
    require(len(line_quantity) == len(line_order), "line_quantity", "is not as long as line_order")
    require(due is None or len(due) == orders, "due", "is not as long as arrival")
    inside = (line_order >= 0) & (line_order < orders)
    require_each(inside, "line_order", "names no order")
    counts = np.bincount(line_order, minlength=orders)
    require_each(counts > 0, "arrival", "has no line")
    by_order = np.argsort(line_order, kind="stable")
    ends = np.cumsum(counts)
    return tuple(
        Order(
            id=index,
            arrival=float(arrival[index]),
            skus=tuple(line_sku[mine].tolist()),
            quantities=tuple(line_quantity[mine].tolist()),
            due=float("inf") if due is None else float(due[index]),
        )
        for index, mine in enumerate(np.split(by_order, ends[:-1]) if orders else [])
    )


def next_cut_off(arrival: float, cut_offs: Sequence[float], lead: float = 0.0) -> float:
    """The first of the ascending ``cut_offs`` (seconds) that leaves ``lead`` seconds after the arrival; infinite if none does."""
    return next((cut_off for cut_off in cut_offs if cut_off >= arrival + lead), float("inf"))


@dataclass(frozen=True, slots=True)
class RandomBaskets:
    """Orders of random SKUs.

    :param weights: (S,) how often each SKU is wanted, in any unit.
    :param lines: mean number of lines of an order, at least 1; one more than a geometric number.
    :param units: mean number of units of a line, at least 1; likewise.
    """

    weights: NDArray[np.float64]
    lines: float = 2.5
    units: float = 1.3

    def __post_init__(self) -> None:
        require(self.weights.ndim == 1 and len(self.weights) > 0, "weights", "is empty")
        require((self.weights >= 0).all() and self.weights.sum() > 0, "weights", "is negative or all zero")
        require(self.lines >= 1, "lines", "is below 1")
        require(self.units >= 1, "units", "is below 1")

    def draw(self, rng: np.random.Generator, size: int) -> list[Basket]:
        """``size`` baskets; no SKU twice in one."""
        counts = np.minimum(rng.geometric(1 / self.lines, size), np.count_nonzero(self.weights))
        shares = np.cumsum(self.weights) / self.weights.sum()
        baskets = []
        for count in counts:
            skus: dict[int, None] = {}
            while len(skus) < count:
                skus[int(np.searchsorted(shares, rng.random(), side="right"))] = None
            baskets.append((tuple(skus), tuple(rng.geometric(1 / self.units, int(count)).tolist())))
        return baskets


@dataclass(frozen=True, slots=True)
class PoissonOrders:
    """Orders that come by a Poisson process with a rate for each stretch of the day. Call it with a generator.

    :param per_hour: rate in each stretch, orders an hour.
    :param stretch: seconds of a stretch.
    :param baskets: what they want: drawn, or sampled from baskets seen before (skus, quantities).
    :param cut_offs: seconds at which carriers leave, ascending; the due time is the first that is at least ``lead``
        after the arrival.
    :param waiting: orders that wait already when the day begins.
    """

    per_hour: tuple[float, ...]
    baskets: RandomBaskets | Sequence[Basket]
    stretch: float = 3600.0
    cut_offs: tuple[float, ...] = ()
    lead: float = 0.0
    waiting: int = 0

    def __post_init__(self) -> None:
        require(min(self.per_hour, default=-1) >= 0, "per_hour", "is empty or negative")
        require(self.stretch > 0, "stretch", "is not positive")
        require(self.waiting >= 0, "waiting", "is negative")

    def __call__(self, rng: np.random.Generator) -> tuple[Order, ...]:
        counts = rng.poisson(np.array(self.per_hour) * self.stretch / 3600)
        arrivals = [np.zeros(self.waiting)]
        for index, count in enumerate(counts):
            arrivals.append(np.sort(self.stretch * (index + rng.random(count))))
        arrival = np.concatenate(arrivals)
        if isinstance(self.baskets, RandomBaskets):
            baskets: Sequence[Basket] = self.baskets.draw(rng, len(arrival))
        else:
            chosen = rng.integers(len(self.baskets), size=len(arrival))
            baskets = [self.baskets[index] for index in chosen]
        return tuple(
            Order(index, float(at), skus, quantities, next_cut_off(float(at), self.cut_offs, self.lead))
            for index, (at, (skus, quantities)) in enumerate(zip(arrival, baskets, strict=True))
        )
