"""Several containers, one low pallet, and the order in which boxes go in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.packing.loading import (
    BoxType,
    Container,
    LoadingProblem,
    draw_loading,
    load_container,
    load_containers,
    load_lowest,
)
from hecang_optim.packing.loading.arranging import loading_order, settle

CUBES = (BoxType(10, 10, 10, 20, weight_g=100),)


def test_everything_is_loaded_into_as_few_containers_as_volume_allows() -> None:
    plan = load_containers(LoadingProblem(Container(20, 20, 20), CUBES), Budget(rounds=100))

    assert [len(loading.boxes) for loading in plan] == [8, 8, 4]
    assert plan[-1].left_over == (0,)


def test_weight_asks_for_more_containers() -> None:
    plan = load_containers(LoadingProblem(Container(20, 20, 20, 500), CUBES), Budget(rounds=100))

    assert [len(loading.boxes) for loading in plan] == [5, 5, 5, 5]


def test_a_spent_budget_still_loads_everything() -> None:
    plan = load_containers(LoadingProblem(Container(20, 20, 20), CUBES), Budget(rounds=0))

    assert sum(len(loading.boxes) for loading in plan) == 20


def test_nothing_to_load_takes_no_container() -> None:
    assert load_containers(LoadingProblem(Container(9, 9, 9), ()), Budget(rounds=5)) == ()


@pytest.mark.parametrize(
    ("box", "field"),
    [(BoxType(30, 1, 1, 1), "boxes[0]"), (BoxType(1, 1, 1, 1, weight_g=600), "boxes.weight_g[0]")],
)
def test_a_box_that_can_go_into_none_is_refused(box: BoxType, field: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        load_containers(LoadingProblem(Container(20, 20, 20, 500), (box,)), Budget(rounds=5))

    assert str(refused.value).startswith(field)


def test_a_pallet_is_piled_no_higher_than_it_must_be() -> None:
    loading = load_lowest(LoadingProblem(Container(40, 20, 100), CUBES, support=1.0), Budget(rounds=400))

    assert loading is not None
    assert (len(loading.boxes), loading.height) == (20, 30)


def test_a_pallet_that_is_too_low_for_all_is_none() -> None:
    assert load_lowest(LoadingProblem(Container(40, 20, 20), CUBES), Budget(rounds=50)) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_settled_boxes_do_not_overlap_and_none_can_sink(seed: int) -> None:
    """Given boxes scattered in the air, when they settle, then each rests on the floor or on another."""
    draw = np.random.default_rng(seed)
    cells = np.argwhere(draw.random((4, 4, 4)) < 0.4)
    low = cells * 10 + draw.integers(0, 4, cells.shape)
    high = cells * 10 + draw.integers(5, 11, cells.shape)

    settle(low, high)

    for one in range(len(low)):
        apart = (low[one] >= high) | (high[one] <= low)
        apart[one] = True
        assert apart.any(axis=1).all()
        above = (high[:, 2] == low[one, 2]) & (np.minimum(high, high[one]) > np.maximum(low, low[one]))[
            :, :2
        ].all(1)
        assert low[one, 2] == 0 or above.any()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_what_lies_below_is_loaded_first(seed: int) -> None:
    draw = np.random.default_rng(seed)
    cells = np.argwhere(draw.random((4, 3, 4)) < 0.6)
    low = cells * 10
    high = low + 10

    order = loading_order(low, high)

    assert sorted(order) == list(range(len(low)))
    moment = np.argsort(order)
    for one in range(len(low)):
        below = (low[:, :2] == low[one, :2]).all(axis=1) & (low[:, 2] < low[one, 2])
        behind = (low[:, 1:] == low[one, 1:]).all(axis=1) & (low[:, 0] < low[one, 0])
        assert (moment[below | behind] < moment[one]).all()


def test_a_loading_can_be_drawn(tmp_path: Path) -> None:
    loading = load_container(LoadingProblem(Container(20, 20, 20), CUBES), Budget(rounds=5))

    figure = draw_loading(loading, tmp_path / "loading.svg")

    assert "8 boxes, 100.0%" in figure.axes[0].get_title()
    assert (tmp_path / "loading.svg").read_text(encoding="utf-8").count("<path") >= 3 * 8
