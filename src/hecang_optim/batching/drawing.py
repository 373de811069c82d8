"""Pictures of batches: where each tour goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hecang_optim.batching.model import BatchingProblem
from hecang_optim.batching.plan import BatchPlan
from hecang_optim.pictures import written
from hecang_optim.routing import Picks, shortest_tour

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_batches(
    problem: BatchingProblem, plan: BatchPlan, most: int = 6, columns: int = 3, path: Path | None = None
) -> Figure:
    """The tours of the first batches, one small floor each; a colour for each order.

    :param most: so many batches at most.
    :param columns: floors in one row.
    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib.figure import Figure

    shown = plan.batches[:most]
    rows = max(1, -(-len(shown) // columns))
    figure = Figure(figsize=(3.2 * columns, 3.0 * rows), layout="constrained")
    floors = np.atleast_1d(figure.subplots(rows, columns, sharex=True, sharey=True)).ravel()
    layout, orders = problem.layout, problem.orders
    for floor in floors:
        floor.set_axis_off()
        floor.set_aspect("equal")
    for number, (members, floor) in enumerate(zip(shown, floors, strict=False)):
        for x in layout.aisle_x:
            floor.plot(
                [x, x], layout.cross_y[[0, -1]], color="0.9", linewidth=6, solid_capstyle="butt", zorder=0
            )
        lines = [np.arange(orders.start[order], orders.start[order + 1]) for order in members]
        every = np.concatenate(lines)
        tour = shortest_tour(layout, Picks(aisle=orders.aisle[every], y=orders.y[every]))
        walk = np.asarray(tour.polyline)
        floor.plot(walk[:, 0], walk[:, 1], color="0.35", linewidth=1.2, zorder=1)
        for colour, mine in enumerate(lines):
            floor.scatter(
                layout.aisle_x[orders.aisle[mine]], orders.y[mine], s=12, color=f"C{colour % 10}", zorder=2
            )
        floor.scatter(*layout.depot_point, marker="s", s=25, color="black", zorder=2)
        title = f"batch {number + 1}: {len(members)} orders, {plan.length[number]:.0f} m"
        floor.set_title(title, fontsize=8)
    return written(figure, path)
