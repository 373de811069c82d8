"""Scattered storage: a SKU lies in several locations, and which of them to visit is part of the tour.

First a tour is built by adding the location that lengthens it least, and improved by exchanging locations, always
with exact lengths. Then a mixed-integer program over the network of the exact program proves it, or betters it:
see :mod:`hecang_optim.routing.scattered_network`. With more than three blocks that network is too large, and the
lower bound is the shortest tour to the one SKU that is farthest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hecang_optim.arrays import Floats, Ints, require_each, row_starts
from hecang_optim.budget import Budget
from hecang_optim.errors import require
from hecang_optim.routing.layout import AisleLayout, Picks, check_picks
from hecang_optim.routing.scattered_network import solve_scattered
from hecang_optim.routing.tours import Tour, shortest_tour, tour_lengths

#: States up to which the network is solved: three blocks.
MOST_STATES = 112


@dataclass(frozen=True, slots=True, eq=False)
class ScatteredTour:
    """Where to pick, how much, and the tour.

    :ivar locations: ``(k,)`` indices of the locations visited; ``tour.stops`` are indices into these.
    :ivar quantities: ``(k,)`` taken from each.
    :ivar tour: its ``proven_gap`` is that of the whole choice.
    """

    locations: Ints
    quantities: Ints
    tour: Tour


def scattered_tour(
    layout: AisleLayout,
    places: Picks,
    *,
    sku: ArrayLike,
    stock: ArrayLike,
    demand: ArrayLike,
    budget: Budget | None = None,
) -> ScatteredTour:
    """Choose locations for all demands, and the shortest tour over them.

    Proven for one to three blocks if the budget suffices and crossing is free; else with the gap that is proven.

    :param places: ``(n,)`` the locations.
    :param sku: ``(n,)`` what lies there, an index into ``demand``.
    :param stock: ``(n,)`` how much, 1 or more.
    :param demand: ``(skus,)`` how much is wanted, 0 or more.
    :param budget: of the whole; its seconds are passed to the solver. None for as long as the proof takes.
    :raises InvalidProblem: more wanted than there is, one-way aisles, or arrays that do not fit.
    :source: Weidinger 2018; Goeke & Schneider, Transportation Science 2021; Hessler & Irnich 2024.
    """
    problem = _Problem.checked(layout, places, sku, stock, demand)
    budget = budget or Budget(rounds=1)
    if not problem.demand.any():
        return problem.result(np.zeros(0, dtype=np.int64), 0.0)
    chosen = problem.improved(problem.built())
    length, fixed = problem.length(chosen), layout.entry + layout.exit
    lower = problem.farthest()
    if layout.grid.states <= MOST_STATES and not budget.cancelled() and budget.remaining() > 0:
        wanted = np.flatnonzero(problem.demand)
        worth = (problem.sku[None, :] == wanted[:, None]) * np.minimum(
            problem.stock[None, :] / problem.demand[wanted, None], 1.0
        )
        visited, bound = solve_scattered(layout.grid, places.aisle, places.y, worth, budget.remaining())
        lower = max(lower, bound + fixed)
        if visited.any():
            other = problem.improved(problem.needed(np.flatnonzero(visited)))
            if problem.length(other) < length:
                chosen = other
    return problem.result(chosen, lower)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    layout: AisleLayout
    places: Picks
    sku: Ints
    stock: Ints
    demand: Ints

    @classmethod
    def checked(
        cls, layout: AisleLayout, places: Picks, sku: ArrayLike, stock: ArrayLike, demand: ArrayLike
    ) -> _Problem:
        check_picks(layout, places)
        require(layout.one_way is None, "layout.one_way", "not with scattered storage")
        names, stocks, wanted = (np.asarray(given, dtype=np.int64) for given in (sku, stock, demand))
        require(wanted.ndim == 1 and (wanted >= 0).all(), "demand", "not quantities of 0 or more")
        require(names.shape == places.aisle.shape, "sku", "not one for each place")
        require(stocks.shape == places.aisle.shape, "stock", "not one for each place")
        require(((names >= 0) & (names < len(wanted))).all(), "sku", "no such SKU in demand")
        require((stocks >= 1).all(), "stock", "less than 1")
        held = np.bincount(names, weights=stocks, minlength=len(wanted))
        require_each(held >= wanted, "demand", "more than all its places hold")
        return cls(layout, places, names, stocks, wanted)

    def lengths(self, choices: list[Ints]) -> Floats:
        """Of the shortest tours over each of these choices of locations."""
        starts = row_starts([len(choice) for choice in choices])
        return tour_lengths(self.layout, starts, self._picks(np.concatenate(choices)))

    def length(self, choice: Ints) -> float:
        return float(self.lengths([choice])[0])

    def _picks(self, choice: Ints) -> Picks:
        side = None if self.places.side is None else self.places.side[choice]
        return Picks(self.places.aisle[choice], self.places.y[choice], side)

    def missing(self, choice: Ints) -> Ints:
        """What of each SKU the locations do not hold."""
        held = np.bincount(self.sku[choice], weights=self.stock[choice], minlength=len(self.demand))
        return np.maximum(self.demand - held.astype(np.int64), 0)

    def built(self) -> Ints:
        """SKUs with few locations first, each from where it lengthens the tour least for what it gives."""
        choice = np.zeros(0, dtype=np.int64)
        options = np.bincount(self.sku, minlength=len(self.demand))
        for sku in np.argsort(options, kind="stable"):
            while (missing := self.missing(choice)[sku]) > 0:
                free = np.setdiff1d(np.flatnonzero(self.sku == sku), choice)
                base = self.length(choice) if len(choice) else 0.0
                longer = self.lengths([np.append(choice, place) for place in free]) - base
                share = np.minimum(self.stock[free], missing)
                choice = np.append(choice, free[np.argmin((longer + 1e-9) / share)])
        return choice

    def improved(self, choice: Ints) -> Ints:
        """Leave out what is not needed, and exchange a location for another one, while that shortens the tour."""
        choice = self.needed(choice)
        length = self.length(choice)
        better = True
        while better:
            better = False
            trials = [trial for place in choice for trial in self._exchanges(choice, int(place))]
            if not trials:
                break
            lengths = self.lengths(trials)
            best = int(np.argmin(lengths))
            if lengths[best] < length - 1e-9:
                choice, better = self.needed(trials[best]), True
                length = self.length(choice)
        return choice

    def _exchanges(self, choice: Ints, place: int) -> list[Ints]:
        """The choice with another location of the same SKU instead, where that suffices."""
        rest = choice[choice != place]
        others = np.setdiff1d(np.flatnonzero(self.sku == self.sku[place]), choice)
        return [trial for other in others if not self.missing(trial := np.append(rest, other)).any()]

    def needed(self, choice: Ints) -> Ints:
        """Without locations that the others make up for, the smallest stock first."""
        for place in choice[np.argsort(self.stock[choice], kind="stable")]:
            rest = choice[choice != place]
            if not self.missing(rest).any():
                choice = rest
        return choice

    def farthest(self) -> float:
        """Length of the tour to the SKU that is farthest, if it were the only one, and one location enough."""
        alone = self.lengths([np.array([place]) for place in range(len(self.sku))])
        wanted = np.flatnonzero(self.demand)
        return float(max(alone[self.sku == sku].min() for sku in wanted))

    def result(self, choice: Ints, lower: float) -> ScatteredTour:
        tour = shortest_tour(self.layout, self._picks(choice))
        quantities = np.zeros(len(choice), dtype=np.int64)
        left = self.demand.copy()
        for at in np.argsort(-self.stock[choice], kind="stable"):
            quantities[at] = min(self.stock[choice[at]], left[self.sku[choice[at]]])
            left[self.sku[choice[at]]] -= quantities[at]
        bounded = Tour(tour.stops, tour.polyline, tour.length, tour.s_shape_length, min(lower, tour.length))
        return ScatteredTour(locations=choice, quantities=quantities, tour=bounded)
