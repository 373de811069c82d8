"""What a long command shows while it works."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

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
                f"  [green]✓[/] {title:<44} [dim]{stage.seconds:6.1f} s[/]  {stage.note}", highlight=False
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
