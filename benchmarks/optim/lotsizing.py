"""How much to order: exact plans against all plans, service reached against service asked for, and speed.

Three kinds of generated instances:

``plan …``
    12 periods of known demand; value: mean cost of 20 SKUs. Best known: the cheapest of all sets of order periods.
``service …``
    value: share of cycles without a stock-out, or of demand met, of 200 simulated SKUs with lead times by chance. Best
    known: what was asked for; a negative gap is more service than that.
``100,000 SKUs``
    one call for each kind of rule; look at the seconds. Value: units kept in reserve, or money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.optim.harness import OURS, Found, Record, Settings
from hecang_optim import lotsizing
from hecang_optim.lotsizing import Family, fit_demand
from hecang_optim.lotsizing.drawing import draw_plan, draw_service
from hecang_optim.lotsizing.warming import warm

Floats = npt.NDArray[np.float64]

NAME = "lotsizing"
SUMMARY = "plans against all plans, simulated service against its target, 100,000 SKUs in one call"
MAXIMISE = False
SECONDS = None

MANY = 100_000
#: Periods simulated for each SKU, and from order to shelf.
PERIODS, LEAD_TIME = 4000, 3


@dataclass(frozen=True, slots=True)
class Case:
    """:param kind: ``plan``, ``service`` or ``many``; ``what`` is a seed, a measure or a rule."""

    kind: str
    what: str

    @property
    def name(self) -> str:
        return f"100,000 SKUs: {self.what}" if self.kind == "many" else f"{self.kind} {self.what}"


def find(_files: Sequence[Path]) -> Found:
    plans = [Case("plan", str(seed)) for seed in range(1, 6)]
    services = [Case("service", f"{measure} {goal}") for measure in ("cycle", "fill") for goal in (0.9, 0.98)]
    return Found(plans + services + [Case("many", rule) for rule in _rules(1)])


def solve(instance: Case, settings: Settings) -> Iterator[Record]:
    warm()
    if instance.kind == "plan":
        yield from _plan(instance, settings)
    elif instance.kind == "service":
        yield from _service(instance, settings)
    else:
        rule = _rules(MANY)[instance.what]
        with settings.stopwatch() as watch:
            value = rule()
        yield Record(NAME, instance.name, OURS, value, None, watch.seconds)


def draw(folder: Path) -> None:
    """The pictures of the explanation, made again."""
    demand = np.random.default_rng(5).poisson(12, 16).astype(np.float64)
    plan = lotsizing.plan_lots([demand], setup=60.0, holding=1.0)
    draw_plan(demand, plan.quantity[0], path=folder / "lotsizing-plan.svg")
    ahead = lotsizing.protection_demand(1.2, 1.9, 3, review=1)
    lead = lotsizing.protection_demand(1.2, 1.9, 3)
    draw_service(ahead, lead, path=folder / "lotsizing-service.svg")


# ---------------------------------------------------------------- plans


def _plan(instance: Case, settings: Settings) -> Iterator[Record]:
    random = np.random.default_rng(int(instance.what))
    size, periods = 20, 12
    demand = random.integers(0, 60, (size, periods)).astype(np.float64)
    setup = random.uniform(20, 200, (size, periods))
    holding = random.uniform(0.2, 2.0, (size, periods))
    price = random.uniform(1.0, 3.0, (size, periods))
    best = float(np.mean([_cheapest(*rows) for rows in zip(demand, setup, holding, price, strict=True)]))
    with settings.stopwatch() as watch:
        cost = float(lotsizing.plan_lots(demand, setup, holding, price).cost.mean())
    yield Record(NAME, instance.name, OURS, cost, best, watch.seconds)
    if settings.rivals:
        with settings.stopwatch() as watch:
            every = float(((demand > 0) * setup + demand * price).sum(axis=1).mean())
        yield Record(NAME, instance.name, "lot_for_lot", every, best, watch.seconds)


def _cheapest(demand: Floats, setup: Floats, holding: Floats, price: Floats) -> float:
    """The least cost over all sets of periods in which to order, each lot lasting until the next."""
    periods = len(demand)
    sets = (np.arange(2**periods)[:, None] >> np.arange(periods)) & 1 == 1
    sets = sets[sets[:, : int(np.flatnonzero(demand)[0]) + 1].any(axis=1)]
    last = np.maximum.accumulate(np.where(sets, np.arange(periods), -1), axis=1)
    lots = np.stack([(demand * (last == period)).sum(axis=1) for period in range(periods)], axis=1)
    stock = np.cumsum(lots, axis=1) - np.cumsum(demand)
    return float(((lots > 0) * setup + lots * price + stock * holding).sum(axis=1).min())


# ---------------------------------------------------------------- service


def _service(instance: Case, settings: Settings) -> Iterator[Record]:
    measure, goal = instance.what.split()
    random = np.random.default_rng(11)
    mean = random.lognormal(1.0, 1.2, 200)
    variance = np.maximum(mean * random.uniform(0.9, 4.0, 200), 0.05)
    with settings.stopwatch() as watch:
        ahead = lotsizing.protection_demand(mean, np.sqrt(variance), LEAD_TIME, review=1)
        lead = lotsizing.protection_demand(mean, np.sqrt(variance), LEAD_TIME)
        if measure == "cycle":
            found = lotsizing.level_by_cycle_service(ahead, float(goal))
        else:
            found = lotsizing.order_up_to_by_fill_rate(ahead, lead, float(goal))
    yield _judged(instance, OURS, found.level, mean, variance, watch.seconds)
    if settings.rivals:
        with settings.stopwatch() as watch:
            level = fit_demand(ahead.mean, ahead.variance, Family.NORMAL).quantile(float(goal))
        yield _judged(instance, "normal_cycle_formula", level, mean, variance, watch.seconds)


def _judged(
    instance: Case, method: str, level: Floats, mean: Floats, variance: Floats, seconds: float
) -> Record:
    measure, goal = instance.what.split()
    value = _reached(measure, np.ceil(level), mean, variance)
    return Record(NAME, instance.name, method, value, float(goal), seconds, maximise=True)


def _reached(measure: str, level: Floats, mean: Floats, variance: Floats) -> float:
    """Mean service over SKUs of (R,S) with a review each period, in simulation."""
    random = np.random.default_rng(12)
    scattered = variance > mean * 1.001
    shape = np.where(scattered, mean**2 / np.where(scattered, variance - mean, 1.0), 1.0)
    chance = np.where(scattered, mean / np.where(scattered, variance, mean), 0.5)
    asked = np.where(
        scattered,
        random.negative_binomial(shape, chance, (PERIODS, len(mean))),
        random.poisson(mean, (PERIODS, len(mean))),
    )
    total = np.concatenate([np.zeros((1, len(mean))), np.cumsum(asked, axis=0)])
    span = LEAD_TIME + 1
    ahead, before = total[span:] - total[:-span], total[LEAD_TIME:-1] - total[:-span]
    if measure == "cycle":
        return float((ahead <= level).mean())
    short = np.maximum(ahead - level, 0.0) - np.maximum(before - level, 0.0)
    return float(np.mean(1.0 - short.sum(axis=0) / (ahead - before).sum(axis=0)))


# ---------------------------------------------------------------- many


def _rules(size: int) -> dict[str, Callable[[], float]]:
    """One call for each kind of rule, on ``size`` SKUs."""
    random = np.random.default_rng(13)
    mean = random.lognormal(1.0, 1.5, size)
    deviation = np.sqrt(mean) * random.uniform(1.0, 3.0, size)
    setup, holding, backorder = 20.0, 0.5, 9.0
    ahead = lotsizing.protection_demand(mean, deviation, 2, review=1, lead_time_deviation=0.3)
    lead = lotsizing.protection_demand(mean, deviation, 2, lead_time_deviation=0.3)
    slow = fit_demand(np.minimum(mean, 10.0), np.minimum(deviation, 6.0) ** 2)
    weeks = random.poisson(np.minimum(mean, 50.0)[:, None], (size, 52)).astype(np.float64)

    def total(column: Any) -> float:
        return float(np.sum(column))

    lot = lotsizing.economic_order_quantity(mean, setup, holding).quantity
    return {
        "Wagner-Whitin, 52 periods": lambda: total(lotsizing.plan_lots(weeks, setup, holding).cost),
        "EOQ": lambda: total(lotsizing.economic_order_quantity(mean, setup, holding).cost),
        "cycle service": lambda: total(lotsizing.level_by_cycle_service(ahead, 0.95).safety_stock),
        "fill rate (R,S)": lambda: total(lotsizing.order_up_to_by_fill_rate(ahead, lead, 0.98).safety_stock),
        "fill rate (r,Q)": lambda: total(lotsizing.reorder_point_by_fill_rate(lead, lot, 0.98).safety_stock),
        "newsvendor": lambda: total(lotsizing.newsvendor(ahead, holding, backorder).cost),
        "(s,S) formula": lambda: total(
            lotsizing.min_max_by_formula(mean, deviation**2, 2, setup, holding, backorder).cost
        ),
        "(s,S) exact, slow movers": lambda: total(lotsizing.min_max(slow, 2, setup, holding, backorder).cost),
        "(r,Q) exact, slow movers": lambda: total(
            lotsizing.lot_and_point(slow, slow.mean, setup, holding, backorder).cost
        ),
    }


if __name__ == "__main__":
    draw(Path("docs/explanation/pictures"))
