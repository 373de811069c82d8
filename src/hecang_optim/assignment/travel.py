"""How long it takes from one point to another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hecang_optim.assignment.model import TravelFunction
from hecang_optim.errors import require

Distances = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def rectangular(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(n, m)`` metres along the axes from each of ``starts`` (n, 2) to each of ``ends`` (m, 2)."""
    return np.abs(starts[:, None, 0] - ends[None, :, 0]) + np.abs(starts[:, None, 1] - ends[None, :, 1])


def walking(points: NDArray[np.float64], speed: float, distances: Distances = rectangular) -> TravelFunction:
    """Travel between points at one speed.

    :param points: (P, 2) x and y, metres.
    :param speed: metres a second.
    :param distances: metres from each of some points (n, 2) to each of others (m, 2); along the axes unless given,
        for instance ``Floor.distances`` of the simulation, which knows the aisles.
    """
    require(points.ndim == 2 and points.shape[1] == 2, "points", "is not (P, 2)")
    require(np.isfinite(points).all(), "points", "holds values that are not finite")
    require(0 < speed < np.inf, "speed", "is not positive and finite")

    def travel(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
        highest = max(starts.max(initial=-1), ends.max(initial=-1))
        require(highest < len(points), "points", f"holds no point {highest}")
        return distances(points[starts], points[ends]) / speed

    return travel
