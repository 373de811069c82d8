"""What goes wrong in the middle of a transaction: between any two statements of any service.

A fault strikes once in a turn of work, before a statement drawn by chance: the process dies there (an exception that
nobody knows), the connection is ended by the server, or PostgreSQL ends the transaction for a deadlock.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection

KINDS = ("crash", "cut", "deadlock")


class Struck(Exception):
    """The process died here."""


class Strike:
    """One fault, and whether it has struck."""

    def __init__(self, kind: str, after: int) -> None:
        self.kind, self.left, self.has_struck = kind, after, False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        # Django keeps to itself what goes wrong with savepoints, and no deadlock is ever found in one.
        if not self.has_struck and connection.in_atomic_block and "SAVEPOINT" not in str(sql)[:30]:
            self.left -= 1
            if self.left <= 0:
                self.has_struck = True
                self._strike()
        return execute(sql, params, many, context)

    def _strike(self) -> None:
        if self.kind == "crash":
            raise Struck
        if self.kind == "deadlock":
            raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected()
        raw = connection.connection
        with connection.wrap_database_errors:
            raw.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    def was(self, error: BaseException) -> bool:
        """Whether ``error`` is what this fault did."""
        if not self.has_struck:
            return False
        return isinstance(error, Struck) or (
            self.kind == "cut" and isinstance(error, OperationalError | InterfaceError)
        )


@contextmanager
def faults(rate: float, chance: random.Random) -> Iterator[Strike]:
    """A strike that comes with this probability inside the block; then the block is slower, since it is watched."""
    strike = Strike(chance.choice(KINDS), chance.randint(1, 25))
    if chance.random() >= rate:
        yield strike
        return
    with connection.execute_wrapper(strike):
        yield strike
