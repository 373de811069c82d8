"""Pictures of decisions, drawn with matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hecang_optim.arrays import Floats
from hecang_optim.pictures import written
from hecang_optim.sourcing.costs import COMPONENTS
from hecang_optim.sourcing.solution import Solution

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_flows(
    solution: Solution, sites: Floats, zones: Floats, path: Path | None = None, title: str = ""
) -> Figure:
    """Warehouses, zones and the shipments between them on a map; the thicker, the more.

    :param sites: (W, 2) and ``zones`` (Z, 2): kilometres east and north.
    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    figure = _figure((7.5, 5.5))
    axes = figure.subplots()
    order, warehouse = np.nonzero(solution.day >= 0)
    counts = np.zeros((sites.shape[0], zones.shape[0]))
    np.add.at(counts, (warehouse, solution.problem.orders.zone[order]), 1)
    for w, z in sorted(zip(*np.nonzero(counts), strict=True), key=lambda pair: counts[pair]):
        share = counts[w, z] / counts.max()
        ends = zip(sites[w], zones[z], strict=True)
        axes.plot(*ends, color=f"C{w}", linewidth=0.4 + 5.0 * share, alpha=min(1.0, 0.1 + 2.0 * share))
    axes.scatter(zones[:, 0], zones[:, 1], s=14, color="black", zorder=3, label="zone")
    axes.scatter(sites[:, 0], sites[:, 1], s=90, marker="s", c=[f"C{w}" for w in range(len(sites))], zorder=4)
    axes.set_aspect("equal")
    axes.set_xlabel("km east")
    axes.set_ylabel("km north")
    axes.set_title(title)
    return written(figure, path, bbox_inches="tight")


def draw_costs(solutions: dict[str, Solution], path: Path | None = None, title: str = "") -> Figure:
    """What each decision costs, by component, one bar each."""
    figure = _figure((7.5, 0.7 * len(solutions) + 1.6))
    axes = figure.subplots()
    begun = np.zeros(len(solutions))
    names = list(solutions)
    for number, component in enumerate(COMPONENTS):
        money = np.array([solutions[name].costs[:, number].sum() for name in names])
        if money.any():
            axes.barh(names, money, left=begun, label=component)
        begun += money
    for place, total in enumerate(begun):
        axes.text(total, place, f" {total:,.0f}", va="center")
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15 * begun.max())
    axes.set_xlabel("money")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title)
    figure.legend(loc="outside lower center", ncols=len(COMPONENTS), frameon=False)
    return written(figure, path, bbox_inches="tight")


def _figure(size: tuple[float, float]) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained")
