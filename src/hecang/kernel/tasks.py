"""Background jobs of the kernel, run by ``hecang worker``. Jobs live in PostgreSQL (Procrastinate).

The locks that matter are not the queue's: a consumer's position and an import's advisory lock end
with the connection that holds them, so that a killed worker never blocks another. The queue only
sees to it that at most one job for each waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from procrastinate.contrib.django import app

from hecang.kernel.actor import SYSTEM, acting
from hecang.kernel.ids import new_id

OUTBOX_QUEUE = "outbox"
IMPORT_QUEUE = "imports"
PERIODIC_QUEUE = "periodic"
#: What talks to the outside, and may have to wait for it.
OUTGOING_QUEUE = "outgoing"
#: Seconds that one job keeps delivering to its consumer before it makes room for others.
DELIVERY_SECONDS = 20

logger = structlog.get_logger("hecang.tasks")


@app.task(name="kernel.outbox_deliver", queue=OUTBOX_QUEUE)
def outbox_deliver(consumer: str) -> None:
    """Hand a consumer its events until none is left, one fails, or time is up."""
    from hecang.kernel import outbox

    if consumer not in outbox.consumers():
        return
    until = time.monotonic() + DELIVERY_SECONDS
    while outbox.deliver(consumer) and time.monotonic() < until:
        pass


@app.task(name="kernel.import_run", queue=IMPORT_QUEUE)
def import_run(job_id: int) -> None:
    """Read or apply a file."""
    from hecang.kernel.imports.jobs import import_run as run

    run(job_id)


@app.task(name="kernel.pump_run", queue=OUTGOING_QUEUE)
def pump_run(name: str) -> None:
    """Do what waits in an app's own tables."""
    from hecang.kernel import pumps

    with acting(SYSTEM, request_id=f"{name}-{new_id()}"):
        pumps.pump_run(name)


def periodic_register(name: str, cron: str, work: Callable[[], Any]) -> None:
    """Make ``work`` a periodic job. Called for everything that apps declare in ``periodic.py``."""

    def run(timestamp: int) -> None:
        started = time.monotonic()
        with acting(SYSTEM, request_id=f"{name}-{new_id()}"):
            result = work()
        logger.info(
            "periodic", task=name, due=timestamp, result=result, ms=round((time.monotonic() - started) * 1000)
        )

    task = app.task(name=name, queue=PERIODIC_QUEUE, queueing_lock=name)(run)
    app.periodic(cron=cron)(task)
