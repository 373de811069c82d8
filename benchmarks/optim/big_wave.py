"""A wave of 100,000 orders, generated: 250,000 lines over 20 aisles, carts of 24 totes, one order in each.

Lines of an order: one for half of the orders, else up to eight. Three kinds of demand: uniform; ABC (a fifth of the
places takes most of the lines, spread over all aisles); and zoned (orders prefer neighbouring aisles). Compared with
first come, first served, walked by the same shortest tours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.optim.batching_methods import Trace, check, planned
from benchmarks.optim.harness import OURS, Found, Record, Settings
from hecang_optim.batching import BatchingProblem, BatchPlan, Cart, Orders, plan_by_signature, plan_first_come
from hecang_optim.routing import AisleLayout

NAME = "big_wave"
SUMMARY = (
    "100,000 generated orders in one wave; metres, the gap is to first come, first served (so negative)."
)
MAXIMISE = False
SECONDS = 9.0

ORDERS, LINES, AISLES, PLACES, TOTES = 100_000, 250_000, 20, 100, 24


@dataclass(frozen=True, slots=True)
class Instance:
    """A kind of demand and a seed; the wave is made when it is needed."""

    name: str
    kind: str
    seed: int


def find(files: Sequence[Path]) -> Found:
    """The generated waves; no file is ours."""
    del files
    return Found(
        [Instance(f"{kind}-{seed}", kind, seed) for kind in ("uniform", "abc", "zoned") for seed in (1, 2)]
    )


def wave(kind: str, seed: int, *, orders: int = ORDERS, lines: int = LINES) -> BatchingProblem:
    """A wave: ``orders`` with ``lines`` lines together, in a warehouse of 20 aisles of 50 m."""
    generator = np.random.default_rng(seed)
    sizes = np.ones(orders, dtype=np.int64)
    larger = np.flatnonzero(generator.random(orders) < 0.5)
    while (missing := lines - int(sizes.sum())) > 0:
        grow = generator.choice(larger, min(missing, len(larger)), replace=False)
        sizes[grow[sizes[grow] < 8]] += 1
    start = np.zeros(orders + 1, dtype=np.int64)
    np.cumsum(sizes, out=start[1:])
    aisle = generator.integers(0, AISLES, lines)
    place = generator.integers(0, PLACES, lines)
    if kind == "abc":
        popular = generator.permutation(PLACES)
        place = popular[np.minimum((generator.pareto(1.2, lines) * 8).astype(np.int64), PLACES - 1)]
    elif kind == "zoned":
        home = np.repeat(generator.integers(0, AISLES, orders), sizes)
        near = np.clip(home + generator.integers(-2, 3, lines), 0, AISLES - 1)
        aisle = np.where(generator.random(lines) < 0.7, near, aisle)
    layout = AisleLayout.regular(aisles=AISLES, aisle_pitch=4.0, sub_aisle_length=52.0)
    y = 1.0 + 0.5 * (place + 0.5)
    return BatchingProblem(layout, Orders(start=start, aisle=aisle, y=y), Cart(totes=TOTES))


def solve(instance: Instance, settings: Settings) -> Iterator[Record]:
    problem = wave(instance.kind, instance.seed)
    baseline = plan_first_come(problem)
    base = baseline.total_length

    def record(method: str, plan: BatchPlan, seconds: float, trace: Trace = ()) -> Record:
        check(problem, plan)
        return Record(NAME, instance.name, method, plan.total_length, base, seconds, trace=trace)

    yield record(OURS, *planned(problem, settings, SECONDS))
    if settings.rivals:
        with settings.stopwatch() as watch:
            baseline = plan_first_come(problem)
        yield record("fcfs", baseline, watch.seconds)
        with settings.stopwatch() as watch:
            plan = plan_by_signature(problem)
        yield record("signature", plan, watch.seconds)
