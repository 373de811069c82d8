"""The only place that asks what time it is.

Services call :func:`now` and :func:`today`; tests and the demo set the time with :func:`at`, so that
nothing in the business depends on the wall clock of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("hecang_clock", default=None)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today(timezone: str = "Asia/Shanghai") -> date:
    """The current day where the warehouse stands.

    :param timezone: IANA name of the warehouse's time zone.
    """
    return now().astimezone(ZoneInfo(timezone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` (aware) inside the block, for tests and replays."""
    if moment.tzinfo is None:
        raise ValueError("the clock needs an aware datetime")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)


@contextmanager
def shifted(delta: timedelta) -> Iterator[None]:
    """Move the clock by ``delta`` from what it shows now, and stop it there, inside the block."""
    with at(now() + delta):
        yield
