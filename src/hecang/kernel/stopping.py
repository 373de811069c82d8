"""Whether this process has been asked to stop; long work looks here between its steps."""

from __future__ import annotations

import threading

stopping = threading.Event()


class Interrupted(Exception):
    """Long work has stopped half-way, safely, because the process ends; another one goes on with it."""


def go_on() -> None:
    """Raise :class:`Interrupted` once the process has been asked to stop."""
    if stopping.is_set():
        raise Interrupted
