"""The gap of each search against the time it has had."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.optim.harness import Record, relative_gap
from hecang_optim.pictures import written


def draw_gap_over_time(records: Sequence[Record], path: Path) -> None:
    """One curve a set and method: the mean gap of its instances at each moment.

    Only records with a trace and a best-known value count; each curve begins when every instance has a value.

    :param path: where to write; the ending chooses the format.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5))
    axes = figure.subplots()
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.trace and record.best_known:
            groups.setdefault((record.set, record.method), []).append(record)
    for (name, method), mine in groups.items():
        start = max(record.trace[0][0] for record in mine)
        end = max(max(record.seconds, record.trace[-1][0]) for record in mine)
        times = np.geomspace(max(start, 1e-4), max(end, start * 1.01, 1.1e-4), 200)
        gaps = np.mean([_gap_at(record, times) for record in mine], axis=0)
        axes.step(times, 100 * gaps, where="post", label=f"{name}, {method} ({len(mine)} instances)")
    axes.set_xscale("log")
    axes.set_xlabel("seconds of one core")
    axes.set_ylabel("mean gap to the best known, %")
    axes.set_title("How close a search comes, and how soon")
    axes.grid(visible=True, alpha=0.3)
    if groups:
        axes.legend()
    written(figure, path, bbox_inches="tight")


def _gap_at(
    record: Record, times: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The record's gap at each of ``times``."""
    assert record.best_known is not None
    moments = np.array([moment for moment, _value in record.trace])
    values = [
        relative_gap(value, record.best_known, maximise=record.maximise) for _moment, value in record.trace
    ]
    return np.asarray(values)[np.maximum(np.searchsorted(moments, times, side="right") - 1, 0)]
