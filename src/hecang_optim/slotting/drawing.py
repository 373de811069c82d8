"""Warehouses from above, coloured by how often each point is picked from. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hecang_optim.arrays import Ints
from hecang_optim.pictures import written
from hecang_optim.slotting.model import Places, Walks

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_slottings(
    places: Places, walks: Walks, slottings: Sequence[tuple[str, Ints]], path: Path | None = None
) -> Figure:
    """Placings of the same goods side by side, each with its title; the more picks a week, the darker a point.

    :param slottings: title, and the place of each SKU (n).
    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

    layout = places.layout
    points, point = np.unique(np.stack([layout.aisle_x[places.aisle], places.y]), axis=1, return_inverse=True)
    figure = Figure(figsize=(4.4 * len(slottings), 4.2), layout="constrained")
    all_axes = figure.subplots(1, len(slottings), squeeze=False)[0]
    drawn = None
    for axes, (title, place) in zip(all_axes, slottings, strict=True):
        picks = np.bincount(
            point[place], weights=walks.lines(len(place)) / walks.weeks, minlength=points.shape[1]
        )
        drawn = axes.scatter(
            points[0], points[1], c=np.maximum(picks, 0.5), norm=LogNorm(0.5, 200), cmap="YlOrRd", marker="s", s=18,
            linewidths=0, rasterized=True,
        )  # fmt: skip
        for y in layout.cross_y:
            axes.axhline(y, color="#d9dee4", linewidth=4, zorder=0)
        axes.plot(*layout.depot_point, marker="^", markersize=10, color="#111827", clip_on=False)
        axes.set_title(title, fontsize=11)
        axes.set_aspect("equal")
        axes.set_axis_off()
    if drawn is not None:
        figure.colorbar(drawn, ax=list(all_axes), label="picks a week", shrink=0.8)
    return written(figure, path, dpi=100)
