"""A packed carton as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hecang_optim.packing.model import Carton, PackedCarton, Placement
from hecang_optim.pictures import written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1", "#edc948", "#76b7b2", "#9c755f", "#ff9da7")
_TURN, _RISE = 0.866, 0.5  # cosine and sine of 30°


def draw_carton(packed: PackedCarton, carton: Carton, path: Path | None = None) -> Figure:
    """Draw a carton from the front, on the right, above: a colour for each item, a number for each step.

    Three pictures side by side follow the sequence: a third of the units, two thirds, all.

    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2))
    count = len(packed.placements)
    steps = sorted({-(-count * part // 3) for part in (1, 2, 3)})
    for place, shown in enumerate(steps):
        axes = figure.add_subplot(1, len(steps), place + 1)
        _draw(axes, packed.placements[:shown], carton)
        axes.set_title(f"{shown} of {count} units", fontsize=9)
    weights = f"{packed.fill:.0%} full, {packed.gross_weight_g / 1000:.2f} kg"
    size = f"{carton.length_mm} × {carton.width_mm} × {carton.height_mm} mm"
    figure.suptitle(f"{size}, {weights}", fontsize=10)
    return written(figure, path, bbox_inches="tight")


def _on_paper(x: float, y: float, z: float) -> tuple[float, float]:
    return (x - y) * _TURN, z - (x + y) * _RISE


def _draw(axes: Any, placements: Sequence[Placement], carton: Carton) -> None:
    from matplotlib.patches import Polygon

    whole = Placement(0, 0, 0, 0, carton.length_mm, carton.width_mm, carton.height_mm)
    numbers = {id(one): number for number, one in enumerate(placements, start=1)}
    for face in _hidden_faces(whole):
        axes.add_patch(Polygon(face, facecolor="#f4ede2", edgecolor="#8a7a63", linewidth=0.8))
    sorted_units = from_behind(placements)
    for drawn, one in enumerate(sorted_units, start=1):
        colour = _COLOURS[one.item % len(_COLOURS)]
        for face, shade in zip(_seen_faces(one), (1.0, 0.82, 0.66), strict=True):
            axes.add_patch(
                Polygon(face, facecolor=_shaded(colour, shade), edgecolor="#222222", linewidth=0.6)
            )
        at = _place_of_number(one, sorted_units[drawn:])
        if at is not None:
            axes.text(*at, str(numbers[id(one)]), ha="center", va="center", fontsize=7, color="white")
    for face in _seen_faces(whole):
        axes.add_patch(Polygon(face, fill=False, edgecolor="#8a7a63", linewidth=0.6, linestyle=":"))
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.axis("off")


def _place_of_number(one: Placement, before: Sequence[Placement]) -> tuple[float, float] | None:
    """The middle of the first face, top to right, of which the units ``before`` it leave the middle open; or none."""
    from matplotlib.path import Path as Outline

    hiding = [Outline(face) for other in before for face in _seen_faces(other)]
    for face in _seen_faces(one):
        x, y = (sum(values) / len(face) for values in zip(*face, strict=True))
        # The margin's sign counts by the sense in which a face is drawn: edges hide, too.
        if not any(
            outline.contains_point((x, y), radius=margin) for outline in hiding for margin in (-1e-6, 1e-6)
        ):
            return x, y
    return None


def from_behind(placements: Sequence[Placement]) -> list[Placement]:
    """Sorted so that each hides only what comes before it, seen from the front, on the right, above.

    Of two units apart from each other, the one that ends before the other begins along an axis is farther away.
    """
    left = list(placements)
    result: list[Placement] = []
    while left:
        farthest = next(
            (one for one in left if not any(_is_behind(other, one) for other in left if other is not one)),
            left[0],
        )
        left.remove(farthest)
        result.append(farthest)
    return result


def _is_behind(one: Placement, other: Placement) -> bool:
    """Whether ``one`` must be drawn before ``other``."""
    return (
        (one.x + one.length <= other.x or one.y + one.width <= other.y or one.z + one.height <= other.z)
        and not (other.x + other.length <= one.x)
        and not (other.y + other.width <= one.y)
        and not (other.z + other.height <= one.z)
    )


def _seen_faces(one: Placement) -> list[list[tuple[float, float]]]:
    """Top, front and right face."""
    x, y, z = one.x, one.y, one.z
    right, front, top = x + one.length, y + one.width, z + one.height
    corners = (
        ((x, y, top), (right, y, top), (right, front, top), (x, front, top)),
        ((x, front, z), (right, front, z), (right, front, top), (x, front, top)),
        ((right, y, z), (right, front, z), (right, front, top), (right, y, top)),
    )
    return [[_on_paper(*corner) for corner in face] for face in corners]


def _hidden_faces(one: Placement) -> list[list[tuple[float, float]]]:
    """Floor, back and left wall."""
    x, y, z = one.x, one.y, one.z
    right, front, top = x + one.length, y + one.width, z + one.height
    corners = (
        ((x, y, z), (right, y, z), (right, front, z), (x, front, z)),
        ((x, y, z), (right, y, z), (right, y, top), (x, y, top)),
        ((x, y, z), (x, front, z), (x, front, top), (x, y, top)),
    )
    return [[_on_paper(*corner) for corner in face] for face in corners]


def _shaded(colour: str, share: float) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red * share, green * share, blue * share
