"""The common form of instance sets and of their figures.

A set is a module of this package with

``NAME``, ``SUMMARY``
    what it is called and what it measures, one line;
``MAXIMISE``
    whether more is better (loaded volume) or less (metres, money);
``SECONDS``
    time that a search gets on one instance, or a function of the instance; ``None`` where it just runs to its end;
``find(files)``
    the instances among these files, and which files were understood (best-known tables too). Files are told by
    their content, never by their place. A set of generated instances ignores ``files``;
``solve(instance, settings)``
    yields one :class:`Record` for each method. The first method is ``"hecang"``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hecang_optim.budget import Budget

#: Relative gap up to which a value counts as the best known one (published values are rounded).
SOLVED = 1e-5
OURS = "hecang"


@dataclass(frozen=True, slots=True)
class Record:
    """What one method reached on one instance.

    :param value: objective in the instance's own unit.
    :param best_known: published, or a proven bound of the same run; ``None`` where there is none.
    :param seconds: wall time of the method alone, without reading the file.
    :param trace: (seconds, value) whenever a search found something better, for the picture.
    """

    set: str
    instance: str
    method: str
    value: float
    best_known: float | None
    seconds: float
    maximise: bool = False
    trace: tuple[tuple[float, float], ...] = ()

    @property
    def gap(self) -> float | None:
        """Share by which the value is worse than the best known; negative where it is better."""
        if self.best_known is None or self.best_known == 0:
            return None
        return relative_gap(self.value, self.best_known, maximise=self.maximise)

    def as_json(self) -> dict[str, Any]:
        return {
            "set": self.set,
            "instance": self.instance,
            "method": self.method,
            "value": self.value,
            "best_known": self.best_known,
            "gap": self.gap,
            "seconds": self.seconds,
        }


def relative_gap(value: float, best_known: float, *, maximise: bool) -> float:
    """Share of ``best_known`` by which ``value`` is worse than it."""
    difference = best_known - value if maximise else value - best_known
    return difference / abs(best_known)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the run was told.

    :param seconds: ``--seconds``: time for a search on one instance instead of the set's own.
    :param rivals: whether heuristics and other libraries run beside ours.
    :param clock: measures; ``time.process_time`` on a machine that does other work, too.
    """

    seconds: float | None = None
    rivals: bool = True
    clock: Callable[[], float] = time.perf_counter

    def budget(self, default_seconds: float) -> Budget:
        """A budget of ``--seconds``, or of the set's own time."""
        return Budget(seconds=self.seconds or default_seconds, clock=self.clock)

    @contextmanager
    def stopwatch(self) -> Iterator[Stopwatch]:
        """Measure the block."""
        watch = Stopwatch()
        begun = self.clock()
        try:
            yield watch
        finally:
            watch.seconds = self.clock() - begun


@dataclass(slots=True)
class Stopwatch:
    seconds: float = 0.0


class Instance(Protocol):
    """Anything with a name, unique in its set. Instances travel to other processes: they must pickle."""

    @property
    def name(self) -> str: ...


@dataclass(slots=True)
class Found:
    """What a set found among the files.

    :param instances: in the order in which to run them.
    :param understood: files that were read, instances and tables alike.
    """

    instances: list[Any] = field(default_factory=list)
    understood: set[Path] = field(default_factory=set)


class InstanceSet(Protocol):
    """A module as described above."""

    NAME: str
    SUMMARY: str
    MAXIMISE: bool

    def find(self, files: Sequence[Path]) -> Found: ...

    def solve(self, instance: Any, settings: Settings) -> Iterable[Record]: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """A row of the table: one method on one set."""

    set: str
    method: str
    instances: int
    with_best_known: int
    solved: int
    mean_gap: float | None
    max_gap: float | None
    mean_seconds: float
    max_seconds: float


def summarise(records: Sequence[Record]) -> list[Summary]:
    """One row a set and method, in the order in which they came."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.set, record.method), []).append(record)
    rows = []
    for (name, method), mine in groups.items():
        gaps = [record.gap for record in mine if record.gap is not None]
        seconds = [record.seconds for record in mine]
        rows.append(
            Summary(
                set=name,
                method=method,
                instances=len(mine),
                with_best_known=len(gaps),
                solved=sum(gap <= SOLVED for gap in gaps),
                mean_gap=statistics.fmean(gaps) if gaps else None,
                max_gap=max(gaps) if gaps else None,
                mean_seconds=statistics.fmean(seconds),
                max_seconds=max(seconds),
            )
        )
    return rows
