"""A picture of a loading, seen from the door, above and to the right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hecang_optim.packing.loading.arranging import followers
from hecang_optim.packing.loading.result import Loading
from hecang_optim.pictures import written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Slant of the picture: how far x goes right and down, y right and up, z up, for each mm.
ALONG, ACROSS = (0.80, -0.30), (0.62, 0.28)
#: Brightness of the faces: towards the door, to the side, on top.
SHADES = (0.78, 0.6, 1.0)


def draw_loading(loading: Loading, path: Path | None = None) -> Figure:
    """Draw the boxes, one colour a type, with the outline of the container.

    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib import colormaps
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.5))
    axes = figure.add_subplot()
    palette = colormaps["tab20"]
    polygons: list[Any] = []
    colours: list[Any] = []
    for index in _far_to_near(loading):
        box = loading.boxes[index]
        colour = np.array(palette(box.kind % 20)[:3])
        for face, shade in zip(_faces(box.low, box.high), SHADES, strict=True):
            polygons.append(face)
            colours.append(colour * shade)
    axes.add_collection(PolyCollection(polygons, facecolors=colours, edgecolors="#333", linewidths=0.4))
    room = loading.problem.container
    for face in _faces((0, 0, 0), room.sides):
        outline = [*face, face[0]]
        axes.plot(*zip(*outline, strict=True), color="#888", linewidth=0.6, linestyle="--")
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(f"{len(loading.boxes)} boxes, {loading.utilisation:.1%} of the container; door in front")
    return written(figure, path, bbox_inches="tight")


def _flat(x: float, y: float, z: float) -> tuple[float, float]:
    # one decimal: a picture of some hundred boxes stays small
    return round(ALONG[0] * x + ACROSS[0] * y, 1), round(ALONG[1] * x + ACROSS[1] * y + z, 1)


def _faces(low: tuple[int, int, int], high: tuple[int, int, int]) -> list[list[tuple[float, float]]]:
    """The three faces that show: towards the door, to the near side, on top."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    return [
        [_flat(x1, y0, z0), _flat(x1, y1, z0), _flat(x1, y1, z1), _flat(x1, y0, z1)],
        [_flat(x0, y0, z0), _flat(x1, y0, z0), _flat(x1, y0, z1), _flat(x0, y0, z1)],
        [_flat(x0, y0, z1), _flat(x1, y0, z1), _flat(x1, y1, z1), _flat(x0, y1, z1)],
    ]


def _far_to_near(loading: Loading) -> list[int]:
    """The boxes so that whatever hides another one is drawn after it; where that cannot be, the deepest first."""
    low = np.array([box.low for box in loading.boxes], np.int64).reshape(-1, 3)
    high = np.array([box.high for box in loading.boxes], np.int64).reshape(-1, 3)
    # nearer: greater x, smaller y, greater z
    turned_low, turned_high = low.copy(), high.copy()
    turned_low[:, 1], turned_high[:, 1] = -high[:, 1], -low[:, 1]
    behind = np.zeros(len(low), np.int64)
    nearer: list[NDArray[np.int64]] = [
        np.concatenate(parts)
        for parts in zip(*(followers(turned_low, turned_high, axis) for axis in range(3)), strict=True)
    ]
    for boxes in nearer:
        behind[boxes] += 1
    depth = turned_low.sum(axis=1)
    waiting = set(range(len(low)))
    order = []
    while waiting:
        box = min(waiting, key=lambda index: (behind[index], depth[index]))
        waiting.remove(box)
        order.append(box)
        behind[nearer[box]] -= 1
    return order
