"""Scattered storage, against all choices of locations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from tests.optim.routing.routing_cases import random_layout

from hecang_optim.budget import Budget
from hecang_optim.errors import InvalidProblem
from hecang_optim.routing import AisleLayout, Picks, scattered_tour, tour_length

SKUS = 3


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("off_grid", [False, True])
def test_no_choice_of_locations_has_a_shorter_tour(blocks: int, off_grid: bool) -> None:
    rng = np.random.default_rng([blocks, off_grid, 2])
    for _ in range(8):
        layout = random_layout(rng, blocks=blocks, off_grid=off_grid)
        count = int(rng.integers(4, 8))
        places = Picks(
            rng.integers(0, layout.aisles, count),
            rng.integers(int(layout.cross_y[0]), int(layout.cross_y[-1]) + 1, count).astype(float),
        )
        sku = np.concatenate([np.arange(SKUS), rng.integers(0, SKUS, count - SKUS)])
        stock = rng.integers(1, 4, count)
        demand = np.minimum(rng.integers(0, 5, SKUS), np.bincount(sku, weights=stock).astype(int))

        found = scattered_tour(layout, places, sku=sku, stock=stock, demand=demand)

        assert found.tour.length == pytest.approx(_best_of_all(layout, places, sku, stock, demand), abs=1e-6)
        assert found.tour.proven_gap == pytest.approx(0, abs=1e-6)
        taken = np.bincount(sku[found.locations], weights=found.quantities, minlength=SKUS)
        assert taken.tolist() == demand.tolist()
        assert (found.quantities <= stock[found.locations]).all()


def _best_of_all(
    layout: AisleLayout, places: Picks, sku: np.ndarray, stock: np.ndarray, demand: np.ndarray
) -> float:
    best = np.inf
    for size in range(len(sku) + 1):
        for chosen in combinations(range(len(sku)), size):
            these = np.array(chosen, dtype=int)
            if (np.bincount(sku[these], weights=stock[these], minlength=SKUS) >= demand).all():
                best = min(best, tour_length(layout, Picks(places.aisle[these], places.y[these])))
    return best


def test_in_many_blocks_and_with_crossings_the_bound_stays_below() -> None:
    rng = np.random.default_rng(9)
    for blocks, crossing in ((5, 0.0), (1, 3.0), (2, 3.0)):
        layout = random_layout(rng, blocks=blocks, crossing=crossing)
        places = Picks(
            rng.integers(0, layout.aisles, 6), np.full(6, layout.cross_y[1]), rng.integers(0, 2, 6)
        )
        sku, one = np.array([0, 0, 1, 1, 2, 2]), np.ones(6, dtype=int)
        found = scattered_tour(layout, places, sku=sku, stock=one, demand=one[:3])
        assert found.tour.lower_bound is not None
        assert found.tour.lower_bound <= found.tour.length
        assert len(found.locations) == 3


def test_a_spent_budget_leaves_a_tour_and_a_bound() -> None:
    layout = AisleLayout.regular(aisles=6, aisle_pitch=3.0, sub_aisle_length=20.0)
    rng = np.random.default_rng(1)
    places = Picks(rng.integers(0, 6, 12), rng.uniform(0, 20, 12))
    sku = np.repeat(np.arange(4), 3)
    stopped = Budget(rounds=1, cancelled=lambda: True)
    quick = scattered_tour(layout, places, sku=sku, stock=np.ones(12), demand=np.ones(4), budget=stopped)
    proven = scattered_tour(layout, places, sku=sku, stock=np.ones(12), demand=np.ones(4))
    assert quick.tour.lower_bound is not None
    assert quick.tour.lower_bound <= proven.tour.length <= quick.tour.length


def test_nothing_wanted_is_no_walk_and_too_much_is_refused() -> None:
    layout = AisleLayout.regular(aisles=2, aisle_pitch=3.0, sub_aisle_length=20.0)
    places = Picks.of([(0, 1.0), (1, 1.0)])
    assert scattered_tour(layout, places, sku=[0, 1], stock=[1, 1], demand=[0, 0]).tour.length == 0
    with pytest.raises(InvalidProblem, match=r"demand\[1\]: more than all its places hold"):
        scattered_tour(layout, places, sku=[0, 1], stock=[1, 1], demand=[1, 2])
    with pytest.raises(InvalidProblem, match="sku: no such SKU"):
        scattered_tour(layout, places, sku=[0, 2], stock=[1, 1], demand=[1, 1])
