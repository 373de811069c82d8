"""Compiles the kernels of this package on a toy warehouse."""

from __future__ import annotations

import numpy as np

from hecang_optim.budget import Budget
from hecang_optim.routing import AisleLayout
from hecang_optim.slotting.model import Goods, Places, SlottingProblem, Walks
from hecang_optim.slotting.moves import best_moves
from hecang_optim.slotting.reslot import reslot
from hecang_optim.slotting.storage import random_storage


def warm() -> None:
    """Run every entry point that has kernels."""
    layout = AisleLayout.regular(aisles=3, blocks=2, aisle_pitch=3.0, sub_aisle_length=4.0)
    places = Places(layout, np.repeat(np.arange(3), 2), np.tile([1.0, 6.0], 3))
    problem = SlottingProblem(places, Goods(4), Walks.of_lines([0, 0, 1, 1, 2], [0, 1, 2, 3, 0]))
    reslot(problem, Budget(rounds=1))
    best_moves(problem, random_storage(problem, seed=1), 2)
