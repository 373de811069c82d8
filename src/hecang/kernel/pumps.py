"""Work that waits in tables of an app's own and is to begin at once: messages to send, deliveries to make.

In ``<app>/periodic.py``::

    @pump("notifications.send", waiting=deliveries_waiting)
    def deliveries_send() -> int: ...

``hecang worker`` asks ``waiting`` twice a second, which has to be answered by an index, and runs the function while
there is something to do; at most one run waits at a time, yet several may run at once: they must claim rows with
``SKIP LOCKED``. Functions that talk to the outside hold no lock meanwhile, and come back within a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

logger = structlog.get_logger("hecang.worker")

Work = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Pump:
    name: str
    waiting: Callable[[], bool]
    work: Work


_declared: dict[str, Pump] = {}


def pump(name: str, *, waiting: Callable[[], bool]) -> Callable[[Work], Work]:
    """Let the decorated function run whenever ``waiting`` says that there is something to do."""

    def register(work: Work) -> Work:
        _declared[name] = Pump(name, waiting, work)
        return work

    return register


def declared() -> dict[str, Pump]:
    """All pumps by name."""
    return dict(_declared)


def pumps_waiting() -> list[str]:
    """Those that have something to do now. One whose question fails is logged, and keeps none of the others."""
    found = []
    for name, one in sorted(_declared.items()):
        try:
            if one.waiting():
                found.append(name)
        except (OperationalError, InterfaceError):  # the database is away: nobody can be asked
            raise
        except Exception:
            logger.exception("pump_not_asked", pump=name)
    return found


def pump_run(name: str) -> None:
    """Run one, if it is still known."""
    if name in _declared:
        _declared[name].work()
