"""``python -m benchmarks.optim.batching_pictures FOLDER``: the pictures of the page on batching."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from hecang_optim.batching import BatchingProblem, Cart, Orders, plan_batches, plan_first_come
from hecang_optim.batching.drawing import draw_batches
from hecang_optim.budget import Budget
from hecang_optim.pictures import written
from hecang_optim.routing import AisleLayout


def example(count: int = 36) -> BatchingProblem:
    """Small orders in ten aisles, six totes on a cart."""
    generator = np.random.default_rng(3)
    sizes = generator.integers(1, 5, count)
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    lines = int(start[-1])
    layout = AisleLayout.regular(aisles=10, aisle_pitch=4.0, sub_aisle_length=24.0)
    orders = Orders(
        start=start,
        aisle=generator.integers(0, 10, lines),
        y=2.0 + generator.integers(0, 21, lines).astype(np.float64),
    )
    return BatchingProblem(layout, orders, Cart(totes=6))


def main(folder: Path) -> None:
    problem = example()
    plans = {
        "batching-first-come": plan_first_come(problem),
        "batching-planned": plan_batches(problem, Budget(rounds=200)),
    }
    for name, plan in plans.items():
        figure = draw_batches(problem, plan)
        figure.suptitle(f"{len(plan.batches)} batches, {plan.total_length:.0f} m", fontsize=10)
        written(figure, folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
