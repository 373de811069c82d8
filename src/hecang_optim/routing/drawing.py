"""A warehouse from above, and a tour through it. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hecang_optim.arrays import Floats
from hecang_optim.pictures import written
from hecang_optim.routing.layout import AisleLayout, Picks
from hecang_optim.routing.tours import Tour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RACK, PICK, WALK, DEPOT = "#d9dee4", "#c2410c", "#1d4ed8", "#111827"
#: Share of the room between aisles by which legs of a walk that lie upon each other are drawn apart.
APART = 0.07


def draw_tours(
    layout: AisleLayout,
    picks: Picks,
    tours: Sequence[tuple[str, Tour]],
    path: Path | None = None,
) -> Figure:
    """Tours over the same picks side by side, each with its title and length.

    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib.figure import Figure

    x, y = layout.depot_point
    width = max(float(layout.aisle_x[-1]), x) - min(float(layout.aisle_x[0]), x) + _pitch(layout)
    height = max(float(layout.cross_y[-1]), y) - min(float(layout.cross_y[0]), y)
    each = 4.2
    figure = Figure(figsize=(each * len(tours), 0.9 + each * min(1.6, max(0.4, height / width))))
    for index, (title, tour) in enumerate(tours):
        axes = figure.add_subplot(1, len(tours), index + 1)
        _draw_floor(axes, layout)
        _draw_walk(axes, layout, picks, tour)
        axes.set_title(f"{title}: {tour.length:g}", fontsize=11)
    figure.tight_layout()
    return written(figure, path)


def _pitch(layout: AisleLayout) -> float:
    return float(np.diff(layout.aisle_x).min()) if layout.aisles > 1 else 4.0


def _draw_floor(axes: Any, layout: AisleLayout) -> None:
    """Racks on both sides of each aisle, and the depot."""
    from matplotlib.patches import Rectangle

    pitch = _pitch(layout)
    room = 0.12 * float(np.diff(layout.cross_y).min())
    for a, x in enumerate(layout.aisle_x):
        for b in range(layout.blocks):
            bottom, top = layout.cross_y[b] + room, layout.cross_y[b + 1] - room
            for left in (x - 0.45 * pitch, x + 0.2 * pitch):
                axes.add_patch(Rectangle((left, bottom), 0.25 * pitch, top - bottom, color=RACK, linewidth=0))
            if layout.one_way is not None and layout.one_way[a, b] != 0:
                axes.text(
                    x, (bottom + top) / 2, "↑" if layout.one_way[a, b] > 0 else "↓", ha="center", color=DEPOT
                )
    axes.plot(*layout.depot_point, marker="s", color=DEPOT, markersize=9, zorder=4)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_walk(axes: Any, layout: AisleLayout, picks: Picks, tour: Tour) -> None:
    line = legs_apart(tour.polyline, APART * _pitch(layout))
    axes.plot(line[:, 0], line[:, 1], color=WALK, linewidth=1.4, solid_joinstyle="round", zorder=2)
    for one, other in pairwise(line):
        if np.abs(other - one).sum() > 0.5 * _pitch(layout):
            middle = (one + other) / 2
            tip = middle + 0.01 * (other - one)
            axes.annotate(
                "", tip, middle, arrowprops={"arrowstyle": "->", "color": WALK, "lw": 1.2}, zorder=3
            )
    side = np.zeros(len(picks)) if picks.side is None or not layout.crossing else 2.0 * picks.side - 1.0
    x = layout.aisle_x[picks.aisle] + 0.15 * _pitch(layout) * side
    axes.scatter(x, picks.y, s=22, color=PICK, zorder=5)


def legs_apart(polyline: Floats, apart: float) -> Floats:
    """The line with each leg moved a little to the right of its direction, as one walks, so that both are seen."""
    moved = polyline.copy()
    for leg in range(len(polyline) - 1):
        along = polyline[leg + 1] - polyline[leg]
        if along[0] == 0:
            moved[leg : leg + 2, 0] = polyline[leg, 0] + np.sign(along[1]) * apart
        elif along[1] == 0:
            moved[leg : leg + 2, 1] = polyline[leg, 1] - np.sign(along[0]) * apart
    return _with_turns(polyline, moved, apart)


def _with_turns(polyline: Floats, moved: Floats, apart: float) -> Floats:
    """Where the walk turns right round, both the leg there and the leg back end beside the place."""
    points = [moved[0]]
    for at in range(1, len(polyline) - 1):
        into, out = polyline[at] - polyline[at - 1], polyline[at + 1] - polyline[at]
        if into @ out < 0:
            points += [_beside(polyline[at], into, apart), _beside(polyline[at], out, apart)]
        else:
            points.append(moved[at])
    return np.array([*points, moved[-1]])


def _beside(place: Floats, along: Floats, apart: float) -> Floats:
    length = max(float(np.hypot(*along)), 1e-12)
    beside: Floats = place + apart * np.array([along[1], -along[0]]) / length
    return beside
