"""What every part of the demo day needs to know."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from hecang.accounts.models import User
from hecang.accounts.selectors import actor_of_user
from hecang.demo import source
from hecang.demo.calendar import Calendar
from hecang.demo.progress import Board
from hecang.kernel import clock
from hecang.kernel.actor import acting

_SCANS = uuid.UUID("6a5b7f2c-0f1d-5c53-9a39-2b6f0a7d1e11")


def scan_id(*parts: object) -> uuid.UUID:
    """The id of a scan, made of what it is about: after a break-off the same scan has the same id."""
    return uuid.uuid5(_SCANS, ":".join(str(part) for part in parts))


@dataclass(slots=True)
class Tally:
    """What happened in this run that the database does not keep."""

    repeated_orders: int = 0
    repeated_doubled: int = 0
    repeated_scans: int = 0


@dataclass(slots=True)
class DayContext:
    """One day of the source at work.

    :param day: of the source.
    :param sites: ids of the warehouses by code.
    :param externals: the channels' numbers of the day's orders.
    """

    day: date
    board: Board
    calendar: Calendar
    sites: dict[str, int]
    output: Path
    externals: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)

    @property
    def is_today(self) -> bool:
        return self.day == source.BUSIEST_DAY

    @contextmanager
    def acting_as(self, username: str) -> Iterator[None]:
        """Work as a user of the demo; on past days with the clock of that evening."""
        user = User.objects.get(username=username)
        with acting(actor_of_user(user), request_id=f"demo-{self.day}"):
            if self.is_today:
                yield
            else:
                with clock.at(self.calendar.evening(self.day)):
                    yield

    def title(self, text: str) -> str:
        """A stage's title; with its day where there are several."""
        return text if self.is_today else f"{self.calendar.day(self.day):%m-%d} {text}"


def picker_of(site: str) -> str:
    """Who works on the floor of a warehouse."""
    return f"picker-{site.lower()}"


def chunks(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """``items`` in pieces."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
