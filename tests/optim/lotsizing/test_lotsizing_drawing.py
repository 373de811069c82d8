"""Plans and levels of service, as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hecang_optim.lotsizing import fit_demand, level_by_cycle_service
from hecang_optim.lotsizing.drawing import draw_plan, draw_service


def test_a_plan_shows_orders_and_what_is_left(tmp_path: Path) -> None:
    figure = draw_plan(np.array([3.0, 4.0]), np.array([7.0, 0.0]), path=tmp_path / "plan.svg")
    ordered, asked = figure.axes[0].containers
    assert [bar.get_height() for bar in ordered] == [7.0, 0.0]
    assert [bar.get_height() for bar in asked] == [3.0, 4.0]
    assert figure.axes[0].lines[0].get_ydata().tolist() == [4.0, 0.0]
    assert (tmp_path / "plan.svg").stat().st_size < 150_000


def test_safety_stock_is_drawn_by_service() -> None:
    ahead, lead = fit_demand(4.0, 9.0), fit_demand(3.0, 7.0)
    lines = draw_service(ahead, lead).axes[0].lines
    assert len(lines) == 3
    service, stock = lines[0].get_data()
    expected = [level_by_cycle_service(ahead, one / 100).safety_stock[0] for one in service]
    assert stock == pytest.approx(expected)
