"""``python -m benchmarks.study.faces``: how often a picker stands before an empty face, and what it costs to prevent it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from benchmarks.study import faces_site, orders
from benchmarks.study.faces_model import DAY, WAYS, Lines, Tally, Way, lives
from hecang_optim.pictures import written
from hecang_optim.simulation import Interval, interval

Values = npt.NDArray[np.float64]

#: So many real days make one day of the warehouse: the data are of a sample of a chain's households.
LAYERS = 7
#: Outflow is told by the last days of the weeks learned from, as the product does it.
OUTFLOW_DAYS = 28
MINUTES = (0, 60)


@dataclass(frozen=True, slots=True)
class Figures:
    """One way of filling, over the seeds.

    :param empty: share of pick lines that met an empty face.
    :param beyond: of these, the share of SKUs of which one wave wants more than their faces hold when full.
    :param less: empty lines fewer than under the way before, as a share of those, seed by seed.
    :param tasks, metres: of bringing goods, for a thousand pick lines.
    :param busy: share of the paid time of those who bring them.
    """

    name: str
    text: str
    empty: Interval
    beyond: float
    less: Interval | None
    tasks: Interval
    metres: Interval
    units_a_task: Interval
    busy: Interval
    by_cause: dict[str, float]


def figures(ways: Sequence[Way], runs: Mapping[str, Sequence[Tally]]) -> list[Figures]:
    """The tallies of each way, seed by seed, as intervals."""

    def over(name: str, value: Callable[[Tally], float]) -> Values:
        return np.array([value(tally) for tally in runs[name]])

    found = []
    for index, way in enumerate(ways):
        name = way.name
        empty = over(name, lambda one: one.empty / one.lines)
        before = None if index == 0 else over(ways[index - 1].name, lambda one: one.empty / one.lines)
        lines = sum(one.lines for one in runs[name])
        causes: dict[str, float] = {}
        for tally in runs[name]:
            for cause, number in tally.by_cause.items():
                causes[cause] = causes.get(cause, 0.0) + 1000 * number / lines
        found.append(
            Figures(
                name,
                way.text,
                interval(empty),
                sum(one.beyond for one in runs[name]) / max(sum(one.empty for one in runs[name]), 1),
                None if before is None else interval(1 - empty / before),
                interval(over(name, lambda one: 1000 * one.tasks / one.lines)),
                interval(over(name, lambda one: 1000 * one.metres / one.lines)),
                interval(over(name, lambda one: one.units / max(one.tasks, 1))),
                interval(over(name, lambda one: one.busy / one.paid)),
                causes,
            )
        )
    return found


def main() -> int:
    arguments = _arguments()
    console = Console()

    def say(text: str) -> None:
        console.print(f"[dim]{text}[/]", highlight=False)

    history = orders.read(skus=arguments.skus, learn_weeks=39)
    daily = _daily(history)
    runs: dict[int, dict[str, list[Tally]]] = {
        lead: {way.name: [] for way in WAYS} for lead in (arguments.lead, *arguments.leads)
    }
    setting: dict[str, float] = {}
    for seed in range(arguments.seeds):
        site = faces_site.build(daily, days=arguments.days, seed=seed)
        lines = _lines(history.later, days=arguments.days, seed=seed)
        for lead, of_way in runs.items():
            asked = lives(
                site, lines, WAYS, carriers=arguments.carriers, lead=lead * 60, days=arguments.days,
                warm_up=arguments.warm_up,
            )  # fmt: skip
            for way, tally in zip(WAYS, asked, strict=True):
                of_way[way.name].append(tally)
                say(
                    f"seed {seed}, {lead} min, ({way.name}): {tally.empty / tally.lines:.2%} empty,"
                    f" {tally.tasks} tasks, {tally.busy / tally.paid:.0%} busy"
                )
        setting = {
            "skus": history.skus, "faces": len(site.faces), "lines_a_day": round(len(lines.sku) / arguments.days),
            "carriers": arguments.carriers, "seeds": arguments.seeds, "days": arguments.days - arguments.warm_up,
            "lead_minutes": arguments.lead,
        }  # fmt: skip
    found = {lead: figures(WAYS, of_way) for lead, of_way in runs.items()}
    console.print(setting)
    _print(found[arguments.lead], console)
    for lead, rows in found.items():
        text = ", ".join(f"({row.name}) {_percent(row.empty)}" for row in rows)
        console.print(f"released {lead} min after it is made: {text}", highlight=False)
    if arguments.json is not None:
        content = {
            "setting": setting,
            "leads": {str(lead): [asdict(row) for row in rows] for lead, rows in found.items()},
        }
        arguments.json.write_text(json.dumps(content, indent=2) + "\n")
    if arguments.picture is not None:
        draw(found, arguments.lead, arguments.picture)
    return 0


def _daily(history: orders.History) -> Values:
    """Units of each SKU in a day of the warehouse, by the last weeks learned from."""
    learned = history.learned
    recent = learned.take(np.flatnonzero(learned.day > learned.day[-1] - OUTFLOW_DAYS))
    units = np.bincount(recent.sku, weights=recent.units, minlength=history.skus)
    return units * LAYERS / OUTFLOW_DAYS


def _lines(later: orders.Orders, *, days: int, seed: int) -> Lines:
    """Days that were not learned from, drawn without repetition, ``LAYERS`` of them laid upon one another."""
    known = np.unique(later.day)
    drawn = np.random.default_rng(1000 + seed).permutation(known)[: days * LAYERS]
    if len(drawn) < days * LAYERS:
        raise SystemExit(f"{days} days take {days * LAYERS} real ones; there are {len(known)} held out.")
    of_day = {int(real): number // LAYERS for number, real in enumerate(drawn)}
    chosen = np.flatnonzero(np.isin(later.day, drawn))
    part = later.take(chosen)
    at = np.array([of_day[int(day)] for day in part.day]) * DAY + part.second % DAY
    second = np.repeat(at, np.diff(part.start))
    by_time = np.argsort(second, kind="stable")
    return Lines(second[by_time], part.sku[by_time], part.units[by_time])


def _print(rows: Sequence[Figures], console: Console) -> None:
    table = Table(
        title="A picker before an empty face, and the work of preventing it (95 % intervals over seeds)"
    )
    table.add_column("faces are filled")
    for heading in ("lines at an empty face", "less than before", "tasks per 1000 lines", "metres per 1000 lines",
                    "units a task", "busy"):  # fmt: skip
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            f"({row.name}) {row.text}", _percent(row.empty), "" if row.less is None else _percent(row.less),
            f"{row.tasks.mean:.0f} ± {row.tasks.half_width:.0f}", f"{row.metres.mean:.0f} ± {row.metres.half_width:.0f}",
            f"{row.units_a_task.mean:.1f}", f"{row.busy.mean:.0%}",
        )  # fmt: skip
    console.print(table)
    for row in rows:
        causes = ", ".join(f"{cause} {number:.1f}" for cause, number in sorted(row.by_cause.items()))
        console.print(
            f"({row.name}) tasks per 1000 lines by cause: {causes}; {row.beyond:.0%} of the empty lines are of SKUs of"
            " which a wave wants more than the faces hold",
            highlight=False,
        )


def draw(found: Mapping[int, Sequence[Figures]], lead: int, path: Path) -> None:
    """Empty lines and work of each way; and how empty lines fall with the time that a wave gives."""
    from matplotlib.figure import Figure

    rows = found[lead]
    figure = Figure(figsize=(11, 3.6))
    left, middle, right = figure.subplots(1, 3)
    labels = [f"({row.name}) {row.text}" for row in rows]
    for axes, title, values, form in (
        (left, "pick lines at an empty face, %", [(row.empty.mean * 100, row.empty.half_width * 100) for row in rows], "{:.2f}"),
        (middle, "tasks per 1000 pick lines", [(row.tasks.mean, row.tasks.half_width) for row in rows], "{:.0f}"),
    ):  # fmt: skip
        means = [mean for mean, _half in values]
        axes.barh(labels, means, xerr=[half for _mean, half in values], color="#2a9d8f", capsize=3)
        axes.invert_yaxis()
        axes.set_title(title, fontsize=10)
        for at, (mean, half) in enumerate(values):
            axes.text(mean + half + 0.02 * max(means), at, form.format(mean), va="center", fontsize=9)
        axes.set_xlim(0, 1.2 * max(means))
        axes.spines[["top", "right"]].set_visible(False)
    middle.set_yticklabels([])
    leads = sorted(found)
    for index, row in enumerate(rows[1:], 1):
        right.errorbar(
            leads,
            [found[at][index].empty.mean * 100 for at in leads],
            yerr=[found[at][index].empty.half_width * 100 for at in leads],
            marker="o",
            markersize=3,
            capsize=2,
            label=f"({row.name})",
        )
    right.set_title("at an empty face, %, by minutes to release", fontsize=10)
    right.set_ylim(bottom=0)
    right.legend(fontsize=8, frameon=False)
    right.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    written(figure, path)


def _percent(value: Interval) -> str:
    return f"{value.mean:.2%} ± {value.half_width:.2%}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study.faces", description=__doc__)
    parser.add_argument("--skus", type=int, default=1500, help="SKUs stored: those with most lines")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--days", type=int, default=7, help="days of a run, those of the warm-up included")
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--carriers", type=int, default=4, help="people who bring goods")
    parser.add_argument(
        "--lead", type=int, default=30, help="minutes from the making of a wave to its release"
    )
    parser.add_argument("--leads", type=int, nargs="*", default=MINUTES, help="other leads that are compared")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--picture", type=Path, help="draw them into this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
