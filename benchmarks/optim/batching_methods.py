"""Our batching and the rules beside it, all with the same shortest tours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.optim.harness import OURS, Record, Settings
from hecang_optim.batching import (
    BatchingProblem,
    BatchPlan,
    plan_batches,
    plan_by_savings,
    plan_by_seeds,
    plan_first_come,
)

#: Seconds and metres of each better plan.
Trace = tuple[tuple[float, float], ...]

#: Savings and seeds measure all pairs of orders.
ORDERS_FOR_PAIRS = 1_500

RIVALS: dict[str, Callable[[BatchingProblem], BatchPlan]] = {
    "fcfs": plan_first_come,
    "seed": plan_by_seeds,
    "savings": plan_by_savings,
}


@dataclass(frozen=True, slots=True)
class BatchingInstance:
    """A published problem, in metres."""

    name: str
    problem: BatchingProblem
    best_known: float | None


def planned(problem: BatchingProblem, settings: Settings, seconds: float) -> tuple[BatchPlan, float, Trace]:
    """Our plan, the seconds that it took, and the metres of each better plan on the way."""
    trace: list[tuple[float, float]] = []
    budget = settings.budget(seconds)
    with settings.stopwatch() as watch:
        plan = plan_batches(
            problem, budget, on_improvement=lambda metres: trace.append((budget.used(), metres))
        )
    return plan, watch.seconds, tuple(trace)


def run_methods(
    name: str, instance: BatchingInstance, settings: Settings, seconds: float
) -> Iterator[Record]:
    """A record for ours and, if wanted, for each rule."""
    problem = instance.problem
    plan, took, trace = planned(problem, settings, seconds)
    check(problem, plan)
    best_known = instance.best_known
    if best_known is None and plan.optimal:
        best_known = plan.lower_bound
    yield Record(name, instance.name, OURS, plan.total_length, best_known, took, trace=trace)
    if not settings.rivals:
        return
    for rival, rule in RIVALS.items():
        if rival != "fcfs" and len(problem.orders) > ORDERS_FOR_PAIRS:
            continue
        with settings.stopwatch() as watch:
            plan = rule(problem)
        yield Record(name, instance.name, rival, plan.total_length, best_known, watch.seconds)


def check(problem: BatchingProblem, plan: BatchPlan) -> None:
    """Every order in one batch: what a bench must not overlook."""
    orders = sorted(order for batch in plan.batches for order in batch.tolist())
    if orders != list(range(len(problem.orders))):
        raise AssertionError("a plan must hold every order once")
