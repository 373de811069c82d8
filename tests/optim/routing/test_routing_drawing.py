"""Pictures of tours."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hecang_optim.routing import AisleLayout, Picks, rule_tour, shortest_tour
from hecang_optim.routing.drawing import draw_tours, legs_apart


def test_tours_are_drawn_side_by_side(tmp_path: Path) -> None:
    layout = AisleLayout.regular(aisles=4, blocks=2, aisle_pitch=4.0, sub_aisle_length=10.0)
    picks = Picks.of([(0, 3.0), (2, 13.0), (3, 8.0)])
    file = tmp_path / "tours.svg"
    figure = draw_tours(
        layout,
        picks,
        [("Shortest", shortest_tour(layout, picks)), ("S", rule_tour(layout, picks, "s_shape"))],
        file,
    )
    assert len(figure.axes) == 2
    assert file.read_text().lstrip().startswith("<?xml")


def test_there_and_back_lie_beside_each_other() -> None:
    there_and_back = np.array([[0.0, 0.0], [0.0, 5.0], [0.0, 0.0]])
    assert legs_apart(there_and_back, 0.5).tolist() == [[0.5, 0.0], [0.5, 5.0], [-0.5, 5.0], [-0.5, 0.0]]
