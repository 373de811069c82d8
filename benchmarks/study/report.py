"""The figures of the study as a table, as JSON, and as a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from hecang_optim.pictures import written
from hecang_optim.simulation import Interval, interval

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the study.

    :param name: letter.
    :param text: what is done.
    :param metres_per_line: mean over the days, with its interval.
    :param less_than_before: share of the walk saved against the step before, day by day.
    :param less_than_first: the same against the first step.
    :param orders_per_hour: of all pickers together, in the simulation; ``None`` where it was not simulated.
    :param times_first: orders per hour over those of the first step.
    """

    name: str
    text: str
    metres_per_line: Interval
    less_than_before: Interval
    less_than_first: Interval
    orders_per_hour: Interval | None = None
    times_first: Interval | None = None


def walking_steps(texts: Mapping[str, str], metres: Mapping[str, Floats], lines: Floats) -> list[Step]:
    """The steps without the simulation.

    :param metres: step → metres of each day, shape (days,).
    :param lines: lines of each day, shape (days,).
    """
    names = list(metres)
    steps = []
    for index, name in enumerate(names):
        before, first = metres[names[max(0, index - 1)]], metres[names[0]]
        steps.append(
            Step(
                name,
                texts[name],
                interval(metres[name] / lines),
                interval(1 - metres[name] / before),
                interval(1 - metres[name] / first),
            )
        )
    return steps


def print_steps(steps: Sequence[Step], console: Console) -> None:
    table = Table(title="What storage, batching, routes and re-slotting save (95 % intervals over days)")
    table.add_column("step")
    for heading in ("metres a line", "less than before", "less than (a)", "orders an hour", "times (a)"):
        table.add_column(heading, justify="right")
    for step in steps:
        table.add_row(
            f"({step.name}) {step.text}",
            _plain(step.metres_per_line, 2),
            _percent(step.less_than_before),
            _percent(step.less_than_first),
            "–" if step.orders_per_hour is None else _plain(step.orders_per_hour, 1),
            "–" if step.times_first is None else _plain(step.times_first, 2),
        )
    console.print(table)


def write_json(steps: Sequence[Step], setting: Mapping[str, object], path: Path) -> None:
    path.write_text(
        json.dumps({"setting": setting, "steps": [asdict(step) for step in steps]}, indent=2) + "\n"
    )


def draw(steps: Sequence[Step], path: Path) -> None:
    """Bars: metres a line and, where simulated, orders an hour."""
    from matplotlib.figure import Figure

    simulated = all(step.orders_per_hour is not None for step in steps)
    figure = Figure(figsize=(10 if simulated else 6, 4))
    panels = figure.subplots(1, 2 if simulated else 1, squeeze=False)
    labels = [f"({step.name}) {step.text}" for step in steps]
    series = [("metres walked for a line", [step.metres_per_line for step in steps])]
    if simulated:
        series.append(
            ("orders an hour, same pickers", [step.orders_per_hour for step in steps if step.orders_per_hour])
        )
    for axes, (title, values) in zip(panels[0], series, strict=True):
        means = [value.mean for value in values]
        axes.barh(labels, means, xerr=[value.half_width for value in values], color="#2a9d8f", capsize=3)
        axes.invert_yaxis()
        axes.set_title(title, fontsize=10)
        for at, mean in enumerate(means):
            axes.text(0.02 * max(means), at, f"{mean:.3g}", va="center", color="white", fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    if simulated:
        panels[0][1].set_yticklabels([])
    figure.tight_layout()
    written(figure, path)


def _plain(value: Interval, digits: int) -> str:
    return f"{value.mean:.{digits}f} ± {value.half_width:.{digits}f}"


def _percent(value: Interval) -> str:
    return f"{value.mean:.1%} ± {value.half_width:.1%}"
