"""What choosing the orders of a wave brings: a day of waves by the hour, three ways to fill the pickers' hour.

``python -m benchmarks.optim.wave_selection``; prints metres a line, orders late and what they were worth.
Batches (by signature) and walks (shortest) are the same for all three. Time is that of the simulated day.
"""

from __future__ import annotations

import argparse
import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from hecang_optim.batching import BatchingProblem, Cart, Orders, plan_by_signature
from hecang_optim.batching.selection import Candidates, Floor, select_orders
from hecang_optim.routing import AisleLayout

HOUR = 3600.0
HOURS = 9
CUTOFFS = np.array([3, 5, 7, 9]) * HOUR
#: 20 aisles of two blocks of 30 m, a place every metre.
LAYOUT = AisleLayout.regular(aisles=20, blocks=2, aisle_pitch=4.5, sub_aisle_length=30.0, entry=5.0, exit=5.0)
PLACES = 20 * 60
ORDER_S, LINE_S, VISIT_S, PACKING_S, LEAD_S = 20.0, 15.0, 34.5, 600.0, 1200.0

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Day:
    """Orders: when they come in, when they must have left, what that is worth, and where they lie."""

    comes: npt.NDArray[np.float64]
    due: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    places: list[Ints]
    lines: Ints

    @classmethod
    def random(cls, seed: int, count: int = 1500) -> Day:
        """A third is there in the morning; one in five is worth three times as much."""
        rng = np.random.default_rng(seed)
        comes = np.sort(rng.uniform(0, 0.85 * HOURS * HOUR, count))
        comes[: count // 3] = 0
        lines = np.minimum(rng.geometric(0.35, count), 20).astype(np.int64)
        due = [rng.choice([*CUTOFFS[moment + 1.5 * HOUR < CUTOFFS], 33 * HOUR]) for moment in comes]
        places = [np.unique(rng.zipf(1.2, size) * 7919 % PLACES).astype(np.int64) for size in lines]
        return cls(comes, np.array(due), rng.choice([1.0, 3.0], count, p=[0.8, 0.2]), places, lines)


Choice = Callable[[Day, Ints, float, int, float], Ints]


def first_come(day: Day, ready: Ints, _now: float, pickers: int, load: float) -> Ints:
    return _until_full(day, ready[np.argsort(day.comes[ready], kind="stable")], pickers, load)


def earliest_cutoff(day: Day, ready: Ints, _now: float, pickers: int, load: float) -> Ints:
    ranked = ready[np.lexsort((day.comes[ready], -day.value[ready], day.due[ready]))]
    return _until_full(day, ranked, pickers, load)


def _until_full(day: Day, ranked: Ints, pickers: int, load: float) -> Ints:
    work = ORDER_S + LINE_S * day.lines[ranked] + VISIT_S / 4 * np.minimum(day.lines[ranked], 9)
    return ranked[load + np.cumsum(work) - work < pickers * HOUR]


def selection(day: Day, ready: Ints, now: float, pickers: int, load: float) -> Ints:
    pairs = [(at, sub) for at, order in enumerate(ready) for sub in np.unique(day.places[order] // 30)]
    done = select_orders(
        Candidates(
            due_s=day.due[ready] - now,
            lines=day.lines[ready],
            value=day.value[ready],
            waiting_s=now - day.comes[ready],
            urgent=np.zeros(ready.size, dtype=bool),
            available_s=np.zeros(ready.size),
            stop_order=np.array([pair[0] for pair in pairs], dtype=np.int64),
            stop_place=np.array([pair[1] for pair in pairs], dtype=np.int64),
        ),
        Floor(
            pickers=pickers, next_wave_s=HOUR, load_s=load, lead_s=LEAD_S, order_s=ORDER_S, line_s=LINE_S,
            visit_s=VISIT_S, arrivals=float(((day.comes > now - HOUR) & (day.comes <= now) & (day.comes > 0)).sum()),
        ),
    )  # fmt: skip
    return ready[done.released]


def run(day: Day, choose: Choice, pickers: int) -> tuple[float, float, float]:
    """Metres a line, orders late, their value."""
    left = np.ones(day.comes.size, dtype=bool)
    done = np.full(day.comes.size, np.inf)
    free = [0.0] * pickers
    metres = lines = 0.0
    for hour in range(HOURS):
        now = hour * HOUR
        ready = np.flatnonzero(left & (day.comes <= now)).astype(np.int64)
        if not ready.size:
            continue
        chosen = choose(day, ready, now, pickers, sum(max(0.0, end - now) for end in free))
        left[chosen] = False
        for members, length in _batches(day, chosen):
            end = max(now, heapq.heappop(free))
            end += length + ORDER_S * members.size + LINE_S * float(day.lines[members].sum())
            heapq.heappush(free, end)
            done[members] = end
            metres += length
            lines += float(day.lines[members].sum())
    late = (done + PACKING_S > day.due) & (day.due <= HOURS * HOUR)
    return metres / max(1.0, lines), float(late.sum()), float(day.value[late].sum())


def _batches(day: Day, chosen: Ints) -> list[tuple[Ints, float]]:
    """Members and metres of each batch, the one due first first."""
    if not chosen.size:
        return []
    places = np.concatenate([day.places[order] for order in chosen])
    plan = plan_by_signature(
        BatchingProblem(
            layout=LAYOUT,
            orders=Orders(
                start=np.cumsum([0, *(day.places[order].size for order in chosen)]).astype(np.int64),
                aisle=places // 60,
                y=(places % 60 + 0.5).astype(np.float64),
            ),
            cart=Cart(orders=12),
        )
    )
    batches = [
        (chosen[members], float(length)) for members, length in zip(plan.batches, plan.length, strict=True)
    ]
    return sorted(batches, key=lambda batch: float(day.due[batch[0]].min()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    table = Table(
        title=f"1,500 orders, waves by the hour, means of {arguments.seeds} days", title_justify="left"
    )
    for heading in ("pickers", "rule", "metres a line", "late", "value late"):
        table.add_column(heading, justify="left" if heading == "rule" else "right")
    days = [Day.random(seed) for seed in range(arguments.seeds)]
    rules: tuple[Choice, ...] = (first_come, earliest_cutoff, selection)
    for pickers in (5, 6, 8):
        for choose in rules:
            figures = np.mean([run(day, choose, pickers) for day in days], axis=0)
            table.add_row(
                str(pickers), choose.__name__.replace("_", " "), f"{figures[0]:.2f}", f"{figures[1]:.1f}",
                f"{figures[2]:.1f}",
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
