"""Compile the kernels of this package."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hecang_optim.budget import Budget
from hecang_optim.routing.graph import matrix_tour
from hecang_optim.routing.layout import AisleLayout, Picks
from hecang_optim.routing.tours import RULES, rule_tour, shortest_tour, tour_length


def warm() -> None:
    """Run each entry point that has kernels on a toy problem."""
    picks = Picks.of([(0, 1.0, 0), (2, 3.0, 1), (2, 7.0, 0)])
    plain = AisleLayout.regular(aisles=3, blocks=2, aisle_pitch=2.0, sub_aisle_length=5.0)
    for layout in (plain, replace(plain, crossing=1.0)):
        shortest_tour(layout, picks)
        tour_length(layout, picks)
    for rule in RULES:
        rule_tour(plain, picks, rule)
    distance = np.random.default_rng(0).random((8, 8))
    matrix_tour(distance, budget=Budget(rounds=1))
    one_way = AisleLayout.regular(
        aisles=3, aisle_pitch=2.0, sub_aisle_length=8.0, one_way=np.array([1, -1, 1])
    )
    shortest_tour(one_way, picks)
