"""Days and comparisons as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hecang_optim.errors import require
from hecang_optim.pictures import written
from hecang_optim.simulation.comparing import Comparison
from hecang_optim.simulation.floor import Floor
from hecang_optim.simulation.log import Event
from hecang_optim.simulation.report import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Measures whose name does not say their unit.
_TITLES = {
    "blocked": "seconds blocked by others",
    "lost": "seconds lost walking past others",
    "metres": "metres walked",
}


def draw_day(report: Report, floor: Floor, path: Path | None = None) -> Figure:
    """The floor with how often each stretch is walked, and the orders that were on their way at each moment.

    :param report: of a day with its log.
    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

    require(len(report.log) > 0, "report.log", "is empty: simulate with log=True")
    figure = Figure(figsize=(10, 4))
    ground, course = figure.subplots(1, 2)
    counts = _traffic(report)
    most = max(counts.values(), default=1)
    ground.scatter(*floor.locations.T, s=2, color="0.75", rasterized=True)
    ground.add_collection(
        LineCollection(
            list(counts),
            linewidths=[0.3 + 6 * count / most for count in counts.values()],
            colors="#b03a2e",
            rasterized=True,
        )
    )
    ground.plot(*floor.depot, "ks")
    ground.set_aspect("equal")
    ground.set_xlabel("metres")
    ground.set_ylabel("metres")
    ground.set_title(f"Where people walk ({report.metres / 1000:.1f} km)", fontsize=9)
    for begin, end, label in (
        (Event.ARRIVE, Event.RELEASE, "not released"),
        (Event.RELEASE, Event.PACK, "released, not packed"),
        (Event.PACK, Event.LEAVE, "on a packing station"),
    ):
        times, levels = _level(report, begin, end)
        course.step(times / 3600, levels, where="post", label=label)
    course.set_xlabel("hours")
    course.set_ylabel("orders")
    course.set_title("Orders on their way", fontsize=9)
    course.legend(fontsize=7)
    figure.tight_layout()
    return written(figure, path)


def _traffic(report: Report) -> dict[tuple[tuple[float, float], tuple[float, float]], int]:
    """How often each straight stretch between two neighbouring corners is walked, either way."""
    moves = report.log[report.log["event"] == Event.MOVE]
    moves = moves[np.argsort(moves["actor"], kind="stable")]
    same = moves["actor"][:-1] == moves["actor"][1:]
    counts: dict[tuple[tuple[float, float], tuple[float, float]], int] = {}
    for before, after in zip(moves[:-1][same], moves[1:][same], strict=True):
        ends = sorted(((float(before["x"]), float(before["y"])), (float(after["x"]), float(after["y"]))))
        if ends[0] != ends[1]:
            counts[ends[0], ends[1]] = counts.get((ends[0], ends[1]), 0) + 1
    return counts


def _level(
    report: Report, begin: Event, end: Event
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """How many orders are between two events, at 400 moments of the day."""
    log = report.log
    steps = (log["event"] == begin).astype(np.int64) - (log["event"] == end)
    times, levels = log["time"][steps != 0], np.cumsum(steps[steps != 0])
    moments = np.linspace(0.0, float(log["time"][-1]), 400)
    return moments, np.concatenate(([0], levels))[np.searchsorted(times, moments, side="right")]


def draw_comparison(comparison: Comparison, measures: Sequence[str], path: Path | None = None) -> Figure:
    """A panel for each of the ``measures`` (of :class:`Report`): means of the policies with their confidence intervals.

    :param path: a file to write, its kind by its ending (svg, png, pdf).
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(3.2 * len(measures), 0.9 + 0.4 * len(comparison.policies)))
    panels = figure.subplots(1, len(measures), sharey=True, squeeze=False)[0]
    for axes, measure in zip(panels, measures, strict=True):
        for row, policy in enumerate(comparison.policies):
            found = comparison.mean(measure, policy)
            axes.barh(row, found.mean, height=0.6, color="#aed6f1")
            if np.isfinite(found.half_width):
                axes.errorbar(found.mean, row, xerr=found.half_width, color="#1f618d", capsize=3)
        axes.set_title(_TITLES.get(measure, measure.replace("_", " ")), fontsize=9)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.tick_params(axis="x", labelsize=8)
        axes.set_yticks(range(len(comparison.policies)), comparison.policies, fontsize=8)
        axes.set_ylim(len(comparison.policies) - 0.4, -0.6)
    figure.tight_layout()
    return written(figure, path)
