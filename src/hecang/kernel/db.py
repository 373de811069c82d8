"""Transactions and set-based SQL: the few words that services speak to PostgreSQL with.

The law of locks (ADR 0003): one outermost transaction; lock once, late, before the check; documents
before balances (order → order line → fulfilment → wave → batch → pick task → availability → stock),
each table in primary-key order, ``FOR NO KEY UPDATE``.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction

P = ParamSpec("P")
R = TypeVar("R")
#: What a statement is given: in the order of its `%s`, or by the names of its `%(name)s`.
Parameters = Sequence[Any] | Mapping[str, Any]

#: 40001 serialization_failure, 40P01 deadlock_detected, 55P03 lock_not_available.
RETRYABLE = frozenset({"40001", "40P01", "55P03"})
ATTEMPTS = 8
#: Cursors kept for one connection, and the most rows that a kept one may hold on to.
KEPT_CURSORS = 300
KEPT_ROWS = 200


def _sqlstate(error: BaseException) -> str | None:
    cause = error.__cause__ or error
    return getattr(cause, "sqlstate", None)


def is_retryable(error: BaseException) -> bool:
    """Whether PostgreSQL ended the transaction for reasons that another try may not meet."""
    return isinstance(error, OperationalError) and _sqlstate(error) in RETRYABLE


def run_in_transaction(function: Callable[[], R]) -> R:
    """Run ``function`` in one transaction and return what it returns.

    Joins a transaction that is already open. As the outermost one it repeats the whole function when
    PostgreSQL ends it for a deadlock or a serialisation failure, so that neither reaches a caller.
    """
    if connection.in_atomic_block:
        return function()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return function()
        except OperationalError as error:
            if not is_retryable(error) or attempt == ATTEMPTS:
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("unreachable")


def transactional(service: Callable[P, R]) -> Callable[P, R]:
    """Make a service own (or join) a transaction; see :func:`run_in_transaction`."""

    @functools.wraps(service)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return run_in_transaction(lambda: service(*args, **kwargs))

    return wrapper


def _run(sql: str, params: Parameters) -> Any:
    """Run one statement bound and prepared on the server; its cursor, to be given to :func:`_keep`.

    Django's own cursor pastes parameters into the text, so that PostgreSQL parses and plans every
    statement anew; for the short statements of a single order that is two thirds of their time. Where
    PostgreSQL cannot guess the type of a parameter the statement has to say it (``%s::date``), and lists
    are ``= ANY(%s)``, never ``IN``.

    A cursor is kept for each statement of a connection, with all it has learnt about the types of its
    parameters and columns: making that anew costs as much as a small query. Query logging and execute
    wrappers work as with Django's cursor.
    """
    link = connections[DEFAULT_DB_ALIAS]
    if link.connection is None:
        link.ensure_connection()
    raw: Any = link.connection
    if link.queries_logged or link.execute_wrappers:
        cursor = psycopg.Cursor(raw)
        wrap = link.make_debug_cursor if link.queries_logged else link.make_cursor
        wrap(cursor).execute(sql, params)  # type: ignore[arg-type]
        return cursor
    kept: dict[str, Any] = raw.__dict__.setdefault("_hecang_cursors", {})
    cursor = kept.pop(sql, None) or psycopg.Cursor(raw)
    link.validate_no_broken_transaction()
    with link.wrap_database_errors:
        cursor.execute(sql, params)
    return cursor


def _keep(sql: str, cursor: Any) -> None:
    """Put a cursor away for the next time; not one that holds on to many rows."""
    result = cursor.pgresult
    if result is not None and result.ntuples > KEPT_ROWS:
        return
    kept: dict[str, Any] = cursor.connection.__dict__.setdefault("_hecang_cursors", {})
    if len(kept) >= KEPT_CURSORS:
        kept.pop(next(iter(kept)))
    kept[sql] = cursor


def execute(sql: str, params: Parameters = ()) -> int:
    """Run one statement and return the number of rows it touched."""
    cursor = _run(sql, params)
    count = int(cursor.rowcount)
    _keep(sql, cursor)
    return count


def fetch(sql: str, params: Parameters = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return all rows as tuples."""
    cursor = _run(sql, params)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    _keep(sql, cursor)
    return rows


def fetch_one(sql: str, params: Parameters = ()) -> tuple[Any, ...] | None:
    """Run one statement and return its first row, or ``None``."""
    cursor = _run(sql, params)
    row: tuple[Any, ...] | None = cursor.fetchone()
    _keep(sql, cursor)
    return row


def columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    """Turn rows into ``width`` column lists, the shape that ``unnest`` takes."""
    result: list[list[Any]] = [[] for _ in range(width)]
    for row in rows:
        for column, value in zip(result, row, strict=True):
            column.append(value)
    return result
