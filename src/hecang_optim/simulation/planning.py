"""Planners put together from parts: where SKUs lie, who is picked together, and which way one walks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from hecang_optim.errors import require
from hecang_optim.routing import RULES, AisleLayout, Picks, Tour, rule_tour, shortest_tour
from hecang_optim.simulation.floor import Point
from hecang_optim.simulation.model import Batch, Order, Planner, Stop

#: Groups orders; each order in one group.
Grouper = Callable[[Sequence[Order]], Sequence[Sequence[Order]]]
#: Orders distinct locations into a tour: (positions in the given array, in walking order; corners of the walk, or
#: ``None`` for the shortest way from stop to stop).
Router = Callable[[NDArray[np.int64]], tuple[Sequence[int], Sequence[Point] | None]]


def planner(location_of: NDArray[np.int64], group: Grouper, route: Router) -> Planner:
    """A planner that groups first and routes each group.

    :param location_of: (S,) location of each SKU.
    :param group: such as :func:`one_by_one` or :func:`first_come`.
    :param route: such as :func:`shortest` or :func:`rule`.
    """

    def plan(orders: Sequence[Order]) -> Sequence[Batch]:
        return [batch_of(mine, location_of, route) for mine in group(orders)]

    return plan


def batch_of(orders: Sequence[Order], location_of: NDArray[np.int64], route: Router) -> Batch:
    """The tour of one group; ``location_of`` and ``route`` as for :func:`planner`."""
    lines: dict[int, list[tuple[int, int]]] = {}
    for order in orders:
        for line, sku in enumerate(order.skus):
            lines.setdefault(int(location_of[sku]), []).append((order.id, line))
    locations = np.array(list(lines), dtype=np.int64)
    turn, path = route(locations)
    stops = tuple(Stop(int(locations[at]), tuple(lines[int(locations[at])])) for at in turn)
    return Batch(tuple(order.id for order in orders), stops, None if path is None else tuple(path))


def one_by_one(orders: Sequence[Order]) -> Sequence[Sequence[Order]]:
    """Each order alone."""
    return [[order] for order in orders]


def first_come(*, orders: int | None = None, units: int | None = None) -> Grouper:
    """Fill the cart in the order of due times, then of arrival.

    :param orders: most orders on a cart (its totes).
    :param units: most units; an order of more goes alone.
    """
    require(orders is None or orders >= 1, "orders", "is below 1")
    require(units is None or units >= 1, "units", "is below 1")

    def group(waiting: Sequence[Order]) -> Sequence[Sequence[Order]]:
        groups: list[list[Order]] = []
        load = 0
        for order in sorted(waiting, key=lambda order: (order.due, order.arrival, order.id)):
            full = not groups or (orders is not None and len(groups[-1]) >= orders)
            if full or (units is not None and load + order.units > units):
                groups.append([])
                load = 0
            groups[-1].append(order)
            load += order.units
        return groups

    return group


def shortest(layout: AisleLayout, picks: Picks) -> Router:
    """Proven shortest tours.

    :param picks: place of each location, as in :meth:`Floor.of`.
    """
    return _router(picks, lambda some: shortest_tour(layout, some))


def rule(layout: AisleLayout, picks: Picks, name: str) -> Router:
    """Tours by the rule of this ``name`` in :data:`hecang_optim.routing.RULES`, such as ``"s_shape"``."""
    require(name in RULES, "name", f"is none of {', '.join(RULES)}")
    return _router(picks, lambda some: rule_tour(layout, some, name))


def _router(picks: Picks, tour_of: Callable[[Picks], Tour]) -> Router:
    def route(locations: NDArray[np.int64]) -> tuple[Sequence[int], Sequence[Point]]:
        side = None if picks.side is None else picks.side[locations]
        tour = tour_of(Picks(picks.aisle[locations], picks.y[locations], side))
        return tour.stops.tolist(), [(x, y) for x, y in tour.polyline.tolist()]

    return route
