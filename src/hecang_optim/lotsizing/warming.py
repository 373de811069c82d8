"""Compiles the kernels of this package on toy SKUs."""

from __future__ import annotations

import numpy as np

from hecang_optim.lotsizing.demand import fit_demand
from hecang_optim.lotsizing.lot_and_point import lot_and_point
from hecang_optim.lotsizing.min_max import min_max, min_max_of
from hecang_optim.lotsizing.wagner_whitin import plan_lots


def warm() -> None:
    """Run every entry point that has kernels."""
    plan_lots(np.array([[1.0, 0.0, 2.0]]), setup=1.0, holding=1.0)
    slow = fit_demand([0.5, 1.0], [0.5, 2.0])
    min_max(slow, lead_time=1, setup=4.0, holding=1.0, backorder=9.0)
    min_max_of([0.5, 0.5], lead_time=1, setup=4.0, holding=1.0, backorder=9.0)
    lot_and_point(slow, rate=1.0, setup=4.0, holding=1.0, backorder=9.0)
