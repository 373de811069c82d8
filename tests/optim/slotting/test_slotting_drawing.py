"""Placings side by side, as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hecang_optim.routing import AisleLayout
from hecang_optim.slotting import Places, Walks
from hecang_optim.slotting.drawing import draw_slottings


def test_each_placing_is_drawn_with_its_title(tmp_path: Path) -> None:
    layout = AisleLayout.regular(aisles=2, aisle_pitch=3.0, sub_aisle_length=4.0)
    places = Places(layout, np.array([0, 0, 1, 1]), np.array([1.0, 2.0, 1.0, 2.0]))
    walks = Walks.of_lines([0, 0, 1], [0, 1, 1])
    placings = [("now", np.array([0, 3])), ("then", np.array([1, 0]))]
    figure = draw_slottings(places, walks, placings, tmp_path / "places.svg")
    assert [axes.get_title() for axes in figure.axes[:2]] == ["now", "then"]
    assert (tmp_path / "places.svg").stat().st_size < 150_000
