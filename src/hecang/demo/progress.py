"""What a long command shows while it works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import connection
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

T = TypeVar("T")
R = TypeVar("R")

#: Threads of work that is spread.
WORKERS = 2


@dataclass(slots=True)
class Stage:
    """One stage of the work: what it is called, how long it took, what it says for itself."""

    title: str
    seconds: float = 0.0
    note: str = ""


@dataclass(slots=True)
class Board:
    """Shows stages one after the other and keeps their times for the report.

    :param console: ``None`` keeps quiet (tests).
    """

    console: Console | None = None
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, title: str) -> Iterator[Ticker]:
        """Show ``title`` with a clock, and a bar once its ticker knows a total."""
        stage = Stage(title)
        started = time.monotonic()
        progress = _progress(self.console)
        with progress:
            ticker = Ticker(stage, progress)
            yield ticker
            stage.seconds = time.monotonic() - started
        self.stages.append(stage)
        if self.console is not None:
            self.console.print(
                f"  [green]✓[/] {title:<39}[dim]{stage.seconds:6.1f} s[/]  {stage.note}",
                highlight=False,
                soft_wrap=True,
            )


class Ticker:
    """Moves the bar of one stage."""

    def __init__(self, stage: Stage, progress: Progress) -> None:
        self._stage = stage
        self._progress = progress
        self._task = progress.add_task(stage.title, total=None)

    def note(self, text: str) -> None:
        """What the finished stage says behind its time."""
        self._stage.note = text

    def total(self, count: int) -> None:
        self._progress.update(self._task, total=count)

    def advance(self, count: int = 1) -> None:
        self._progress.advance(self._task, count)

    def chunks(self, items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
        """``items`` in pieces of ``size``, moving the bar behind each."""
        self.total(len(items))
        for start in range(0, len(items), size):
            piece = items[start : start + size]
            yield piece
            self.advance(len(piece))

    def spread(self, items: Sequence[T], size: int, work: Callable[[Sequence[T]], R]) -> list[R]:
        """What ``work`` answers for pieces of ``size``, in order; :data:`WORKERS` pieces at a time.

        While the database works on one piece, the next one is made ready. Each thread has a connection of its own.
        """
        self.total(len(items))
        pieces = [items[start : start + size] for start in range(0, len(items), size)]

        def one(piece: Sequence[T]) -> R:
            answer = work(piece)
            self.advance(len(piece))
            return answer

        def in_thread(piece: Sequence[T]) -> R:
            try:
                return one(piece)
            finally:
                connection.close()

        if WORKERS < 2 or len(pieces) < 2:
            return [one(piece) for piece in pieces]
        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(in_thread, pieces))

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """``items`` one by one, moving the bar behind each."""
        for item in items:
            yield item
            self.advance()


def _progress(console: Console | None) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=console is None,
    )
