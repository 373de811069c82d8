"""What all queues towards a platform share: which connections may be called, and when to try again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection as database

from hecang.integrations.models import Connection
from hecang.integrations.services.links import error_facts
from hecang.kernel import clock
from hecang.kernel.connectors import OutsideError, Throttled
from hecang.kernel.db import fetch

logger = structlog.get_logger("hecang.channels")

#: Connections served at a time by one worker.
THREADS = 8
#: Longest pause between two tries of one thing, in seconds.
LONGEST_PAUSE = 3600

#: Seconds after which a run begins nothing more for a connection: others wait for the worker. The next run goes on.
RUN_SECONDS = 40.0

#: Connections that may be called now: switched on, and not left alone after failures.
CALLABLE = "c.is_active AND c.kind = 'channel' AND (c.retry_at IS NULL OR c.retry_at <= %s)"


def try_again_at(tries: int, error: Exception) -> datetime:
    """When to try something again that has failed ``tries`` times: later each time, never all at once."""
    pause = min(5.0 * 2.0 ** min(tries, 12), LONGEST_PAUSE) * random.uniform(0.7, 1.0)
    if isinstance(error, Throttled):
        pause = max(error.retry_after.total_seconds(), 1.0)
    return clock.now() + timedelta(seconds=pause)


def may_retry(error: Exception) -> bool:
    """Whether the same may be asked again: not where the platform has understood and refused."""
    return not isinstance(error, OutsideError) or error.may_retry


def each_connection(sql: str, parameters: Sequence[Any], work: Callable[[int], Any]) -> int:
    """Do ``work`` for every connection that ``sql`` names, several at a time; how many.

    One that is slow or fails holds up none of the others.
    """
    ids = [row[0] for row in fetch(sql, list(parameters))]
    if not ids:
        return 0
    with ThreadPoolExecutor(min(THREADS, len(ids)), thread_name_prefix="channel") as pool:
        for future in [pool.submit(copy_context().run, _guarded, work, one) for one in ids]:
            future.result()
    return len(ids)


def _guarded(work: Callable[[int], Any], connection_id: int) -> None:
    try:
        work(connection_id)
    except Exception as error:
        code, _text = error_facts(error)
        logger.exception("channel_work_failed", connection=connection_id, code=code)
    finally:
        database.close()


def active_connection(connection_id: int) -> Connection | None:
    """A channel that is switched on, with its shop."""
    return (
        Connection.objects.select_related("shop")
        .filter(pk=connection_id, is_active=True, kind=Connection.Kind.CHANNEL)
        .first()
    )
