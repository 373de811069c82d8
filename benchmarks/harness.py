"""Results, the table of results, and the context that a bench runs in."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Result:
    """One figure.

    :param name: bench and figure, such as ``bulk_intake.orders_per_second``.
    :param value: what Hecang reached, in ``unit``.
    :param baseline: what psycopg alone reached in the same run, in ``unit``; ``None`` where a figure
        stands alone (a count that must be exact, say).
    :param ratio: value / baseline where more is better, such that 1.0 is as fast as bare metal.
    :param detail: what else was counted: rows, queries, seconds.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """What a bench is given.

    :param dsn: libpq address of the bench database, for the psycopg baselines.
    :param scale: 1.0 for the published sizes; smaller for a quick look.
    :param say: prints progress.
    """

    dsn: str
    scale: float
    say: Callable[[str], None]

    def sized(self, count: int, *, least: int = 1) -> int:
        """``count`` at this scale."""
        return max(least, int(count * self.scale))


@dataclass(slots=True)
class Stopwatch:
    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure the block's wall time in seconds."""
    watch = Stopwatch()
    begun = time.perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - begun


class Counter:
    """Counts the statements that go to the database, without keeping their texts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def measured(work: Callable[[], Any]) -> tuple[float, int]:
    """Seconds and statements of ``work``."""
    from django.db import connection

    counter = Counter()
    with stopwatch() as watch, connection.execute_wrapper(counter):
        work()
    return watch.seconds, counter.count


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of ``values`` lie."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def print_table(results: Sequence[Result], console: Console) -> None:
    """The results as a table for the terminal."""
    table = Table(title="Hecang against bare PostgreSQL, same machine, same run")
    for heading in ("figure", "Hecang", "baseline", "unit", "ratio", "detail"):
        table.add_column(heading, justify="left" if heading in ("figure", "unit", "detail") else "right")
    for result in results:
        table.add_row(
            result.name,
            _figure(result.value),
            "" if result.baseline is None else _figure(result.baseline),
            result.unit,
            "" if result.ratio is None else f"{result.ratio:.2f}",
            ", ".join(f"{key}={value}" for key, value in result.detail.items()),
        )
    console.print(table)


def write_json(results: Sequence[Result], path: Path) -> None:
    """The results as a list of objects, for programs."""
    path.write_text(json.dumps([asdict(result) for result in results], indent=2, default=str) + "\n")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
