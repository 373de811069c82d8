"""Compile the kernels on a toy problem."""

from __future__ import annotations

import numpy as np

from hecang_optim.batching.model import BatchingProblem, Cart, Orders, Weights
from hecang_optim.batching.planner import (
    plan_batches,
    plan_by_savings,
    plan_by_seeds,
    plan_by_signature,
    plan_first_come,
)
from hecang_optim.budget import Budget
from hecang_optim.routing import AisleLayout


def warm() -> None:
    """Run every gear once."""
    generator = np.random.default_rng(1)
    count = 12
    orders = Orders(
        start=np.arange(0, 3 * count + 1, 3, dtype=np.int64),
        aisle=generator.integers(0, 4, 3 * count),
        y=generator.integers(1, 10, 3 * count).astype(np.float64),
    )
    layout = AisleLayout.regular(aisles=4, aisle_pitch=3.0, sub_aisle_length=10.0)
    problem = BatchingProblem(layout, orders, Cart(items=9))
    for rule in (plan_first_come, plan_by_seeds, plan_by_savings, plan_by_signature):
        rule(problem)
    plan_batches(problem, Budget(rounds=30))
    timely = BatchingProblem(layout, orders, Cart(items=9), weights=Weights(second_until_end=1.0))
    plan_batches(timely, Budget(rounds=1))
