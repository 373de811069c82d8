"""Work that comes round: declared here by apps, done by ``hecang worker``.

In ``<app>/periodic.py``::

    @periodic("inventory.reservations_expire", "* * * * *")
    def reservations_expire() -> int: ...

The function runs once a tick in the whole installation, however many workers there are, as the
system, and must be safe to run late or twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from croniter import croniter  # type: ignore[import-untyped]

Work = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something to do.

    :param cron: minute, hour, day, month, weekday, in UTC.
    """

    name: str
    cron: str
    work: Work


_declared: dict[str, Periodic] = {}


def periodic(name: str, cron: str) -> Callable[[Work], Work]:
    """Let the decorated function run whenever ``cron`` says. Raises ValueError if that is no cron text."""
    if not croniter.is_valid(cron):
        raise ValueError(f"{cron!r} is no cron expression")

    def register(work: Work) -> Work:
        _declared[name] = Periodic(name, cron, work)
        return work

    return register


def declared() -> dict[str, Periodic]:
    """Everything that comes round, by name."""
    return dict(_declared)
