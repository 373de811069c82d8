"""Random small problems, of every kind that the layout model knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from hecang_optim.routing import AisleLayout, Picks


def random_layout(
    rng: np.random.Generator, *, blocks: int, off_grid: bool = False, **more: Any
) -> AisleLayout:
    """Whole-numbered lengths, so that sums are exact; the depot anywhere, beyond the aisles and between them, too."""
    aisles = int(rng.integers(1, 6))
    aisle_x = np.cumsum(rng.integers(1, 6, aisles)).astype(float)
    if off_grid:
        access = rng.integers(0, 12, aisles).astype(float)
        access[rng.random(aisles) < 0.3] = np.inf
        access[rng.integers(aisles)] = 3.0
        more |= {"depot_access": access, "depot_cross": int(rng.choice([0, blocks]))}
    else:
        more |= {
            "depot_cross": int(rng.integers(blocks + 1)),
            "depot_x": float(rng.integers(-2, aisle_x[-1] + 4)),
        }
    cross_y = np.cumsum(rng.integers(2, 9, blocks + 1)).astype(float)
    return AisleLayout(aisle_x=aisle_x, cross_y=cross_y, entry=2.0, exit=1.0, **more)


def random_picks(rng: np.random.Generator, layout: AisleLayout, most: int = 6) -> Picks:
    """Some picks, also several at one place, and at the ends of sub-aisles."""
    count = int(rng.integers(1, most + 1))
    return Picks(
        aisle=rng.integers(0, layout.aisles, count),
        y=rng.integers(int(layout.cross_y[0]), int(layout.cross_y[-1]) + 1, count).astype(float),
        side=rng.integers(0, 2, count),
    )


def drawn_length(polyline: np.ndarray) -> float:
    """Length of a line along the axes."""
    return float(np.abs(np.diff(polyline, axis=0)).sum())
