"""``python -m benchmarks.study.counting``: what brings the books of a warehouse from 92 % to 99.9 % right places.

Simulated years of one warehouse (``hecang_optim.counting.simulation``), which differ in how many places are counted a
day, what is counted on an event, and what share of the errors is caught where they are made.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from hecang_optim.counting.simulation import Way, Year, year_run
from hecang_optim.pictures import written
from hecang_optim.simulation import Interval, interval

AIM = 0.999
#: Share of each kind of error that is caught where it is made, in the steps and in the curves.
CAUGHT = 0.95
LEVELS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
BUDGETS = (25, 50, 100, 200, 400, 800, 1600, 3200)


@dataclass(frozen=True, slots=True)
class Row:
    """Years alike but for their seeds.

    :param right: share of places whose books are right, mean of the last quarter.
    :param errors_a_day: places that became wrong in a day.
    """

    text: str
    per_day: int
    caught: float
    right: Interval
    errors_a_day: float
    event_counts_a_day: float
    looks_a_day: float


def steps(base: Year, seeds: int, say: Callable[[str], None]) -> list[Row]:
    """One measure after the other, the same hundred counts a day."""
    events = replace(base, on_short_pick=True)
    looks = replace(events, on_emptied=True)
    place = replace(looks, scan_place=CAUGHT)
    goods = replace(place, scan_goods=CAUGHT)
    units = replace(goods, check_units=CAUGHT)
    asked: list[tuple[str, Year, Way]] = [
        ("chosen by lot", base, "random"),
        ("chosen by risk", base, "risk"),
        ("+ count after a short pick", events, "risk"),
        ("+ look at each place that a pick has emptied", looks, "risk"),
        ("+ scan of the place", place, "risk"),
        ("+ scan of the goods", goods, "risk"),
        ("+ second look at the number", units, "risk"),
        ("scans and second look only, counts by lot", _caught(base, CAUGHT), "random"),
    ]
    return [_row(text, year, way, seeds, say) for text, year, way in asked]


def curves(base: Year, seeds: int, say: Callable[[str], None]) -> list[Row]:
    """By risk, with counts on event: each share caught with each number of counts a day."""
    year = replace(base, on_short_pick=True, on_emptied=True)
    return [
        _row(f"{level:.0%} caught", replace(_caught(year, level), per_day=budget), "risk", seeds, say)
        for level in LEVELS
        for budget in BUDGETS
    ]


def needed(rows: Sequence[Row], aim: float = AIM) -> dict[float, float | None]:
    """Share caught → counts a day that reach ``aim``, between two budgets on a line in logarithms; ``None``: none does."""
    found: dict[float, float | None] = {}
    for level in dict.fromkeys(row.caught for row in rows):
        mine = sorted((row for row in rows if row.caught == level), key=lambda row: row.per_day)
        at = next((index for index, row in enumerate(mine) if row.right.mean >= aim), None)
        if at is None or at == 0:
            found[level] = None if at is None else float(mine[0].per_day)
            continue
        below, above = mine[at - 1], mine[at]
        wrong = np.log([1 - below.right.mean, max(1 - above.right.mean, 1e-9), 1 - aim])
        share = float((wrong[0] - wrong[2]) / (wrong[0] - wrong[1]))
        found[level] = below.per_day * (above.per_day / below.per_day) ** share
    return found


def _caught(year: Year, share: float) -> Year:
    return replace(year, scan_place=share, scan_goods=share, check_units=share)


def _row(text: str, year: Year, way: Way, seeds: int, say: Callable[[str], None]) -> Row:
    runs = [year_run(replace(year, seed=year.seed + 10 * turn), way) for turn in range(seeds)]
    row = Row(
        text,
        year.per_day,
        year.check_units,
        interval(np.array([run.right_days for run in runs])),
        float(np.mean([run.errors_a_day for run in runs])),
        float(np.mean([run.event_counts_a_day for run in runs])),
        float(np.mean([run.looks_a_day for run in runs])),
    )
    say(f"{text}, {year.per_day} a day: {row.right.mean:.2%}")
    return row


def draw(rows: Sequence[Row], places: int, path: Path) -> None:
    """Wrong places against counts a day, a curve for each share caught."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5))
    axes = figure.subplots()
    for index, level in enumerate(LEVELS):
        mine = [row for row in rows if row.caught == level]
        wrong = np.array([(1 - row.right.mean) * 100 for row in mine])
        axes.plot(
            [row.per_day for row in mine],
            wrong,
            marker="o",
            markersize=3,
            label=f"{level:.0%} of errors caught",
            color=colormaps["viridis"](index / len(LEVELS)),
        )
    axes.axhline((1 - AIM) * 100, color="#e76f51", linestyle="--", linewidth=1)
    axes.text(BUDGETS[0], (1 - AIM) * 100 * 0.75, "99.9 % of the places right", fontsize=9, color="#e76f51")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(BUDGETS, [str(budget) for budget in BUDGETS], minor=False)
    axes.set_xticks([], minor=True)
    ticks = (5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
    axes.set_yticks(ticks, [f"{tick:g} %" for tick in ticks])
    axes.set_yticks([], minor=True)
    axes.set_ylim(0.01, 5)
    axes.set_xlabel(f"places counted a day, of {places:,}")
    axes.set_ylabel("places whose books are wrong")
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    written(figure, path)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study.counting", description=__doc__)
    parser.add_argument("--places", type=int, default=5000)
    parser.add_argument("--seeds", type=int, default=3, help="years of each kind")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--picture", type=Path, help="draw the curves into this file")
    arguments = parser.parse_args()
    console = Console()

    def say(text: str) -> None:
        console.print(f"[dim]{text}[/]", highlight=False)

    base = Year(places=arguments.places)
    first, grid = steps(base, arguments.seeds, say), curves(base, arguments.seeds, say)
    table = Table(title=f"{base.per_day} counts a day, {CAUGHT:.0%} of a kind of error caught by its scan")
    for heading in ("", "places right", "wrong a day", "event counts a day", "looks a day"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in first:
        table.add_row(
            row.text, f"{row.right.mean:.2%} ± {row.right.half_width:.2%}", f"{row.errors_a_day:.1f}",
            f"{row.event_counts_a_day:.1f}", f"{row.looks_a_day:.0f}",
        )  # fmt: skip
    console.print(table)
    wanted = needed(grid)
    for level, budget in wanted.items():
        text = f"more than {BUDGETS[-1]}" if budget is None else f"{budget:.0f}"
        console.print(f"{level:.0%} of the errors caught: {text} counts a day for {AIM:.1%}", highlight=False)
    if arguments.json is not None:
        figures = {
            "steps": [asdict(row) for row in first],
            "curves": [asdict(row) for row in grid],
            "needed": {str(level): budget for level, budget in wanted.items()},
        }
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    if arguments.picture is not None:
        draw(grid, base.places, arguments.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
