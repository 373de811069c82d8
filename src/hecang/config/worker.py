"""``hecang worker``: events to handlers, imports, periodic work. Any number may run, anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

import hecang.config.api  # noqa: F401 - declares all permissions, which roles are patterns over
from hecang.kernel import outbox, pumps, tasks
from hecang.kernel.imports.jobs import jobs_waiting
from hecang.kernel.stopping import stopping

#: Seconds between two looks for events and files that wait.
PUMP_SECONDS = 0.5
#: Seconds between two looks for jobs of workers that have died.
RESCUE_SECONDS = 30.0
#: Seconds that running jobs have to come to a good stop.
GRACE_SECONDS = 25.0

logger = structlog.get_logger("hecang.worker")
R = TypeVar("R")


def run_worker(*, concurrency: int = 3, once: bool = False) -> None:
    """Work until SIGINT or SIGTERM; with ``once`` until nothing is left to do.

    :param concurrency: jobs at a time, besides one import and two that talk to the outside.
    """
    asyncio.run(_Worker(concurrency).run(once=once))


class _Worker:
    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self.executor = ThreadPoolExecutor(1, thread_name_prefix="pump")
        self.parent = int(os.environ.get("HECANG_PARENT_PID", "0"))
        self.stop = asyncio.Event()

    async def run(self, *, once: bool) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._ask_to_stop)
        connector: Any = app.connector
        with app.replace_connector(connector.get_worker_connector()):
            async with app.open_async():
                logger.info("worker_started", concurrency=self.concurrency)
                if once:
                    await self._pump()
                    await self._work(wait=False)
                else:
                    await self._forever()
                logger.info("worker_stopped")
        self.executor.shutdown()

    def _ask_to_stop(self) -> None:
        stopping.set()
        self.stop.set()

    async def _forever(self) -> None:
        working = asyncio.create_task(self._work(wait=True))
        pumping = asyncio.create_task(self._pump_forever())
        asked = asyncio.create_task(self.stop.wait())
        done, _pending = await asyncio.wait({working, pumping, asked}, return_when=asyncio.FIRST_COMPLETED)
        self._ask_to_stop()
        every: tuple[asyncio.Task[Any], ...] = (working, pumping, asked)
        for task in every:
            task.cancel()
        results = await asyncio.gather(*every, return_exceptions=True)
        for task, result in zip(every, results, strict=True):
            if task in done and isinstance(result, Exception):
                raise result

    async def _work(self, *, wait: bool) -> None:
        """Three crews: neither a long import nor a slow system outside keeps events waiting."""
        common: dict[str, Any] = {
            "wait": wait,
            "delete_jobs": "successful",
            "install_signal_handlers": False,
            "shutdown_graceful_timeout": GRACE_SECONDS,
        }
        quick = [tasks.OUTBOX_QUEUE, tasks.PERIODIC_QUEUE, "default", "builtin"]
        await asyncio.gather(
            app.run_worker_async(queues=quick, concurrency=self.concurrency, name="events", **common),
            app.run_worker_async(queues=[tasks.IMPORT_QUEUE], concurrency=1, name="imports", **common),
            app.run_worker_async(queues=[tasks.OUTGOING_QUEUE], concurrency=2, name="outgoing", **common),
        )

    async def _pump_forever(self) -> None:
        """Look for work over and over; an unreachable database is waited for."""
        rescued = 0.0
        pause = PUMP_SECONDS
        loop = asyncio.get_running_loop()
        while not self.stop.is_set():
            if self.parent and os.getppid() != self.parent:
                logger.warning("parent_gone")  # the server was killed: do not linger
                self._ask_to_stop()
                return
            try:
                await self._pump()
                if loop.time() - rescued > RESCUE_SECONDS:
                    await self._rescue()
                    rescued = loop.time()
                pause = PUMP_SECONDS
            except Exception as error:
                logger.warning("pump_failed", error=f"{type(error).__name__}: {error}"[:300])
                pause = min(pause * 2, 10.0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), pause)

    async def _pump(self) -> None:
        """Queue a job for each consumer with events, each file that nobody is at and each pump with work."""
        for consumer in await self._in_thread(outbox.backlog):
            await _defer(app, "kernel.outbox_deliver", f"outbox {consumer}", consumer=consumer)
        for job_id in await self._in_thread(jobs_waiting):
            await _defer(app, "kernel.import_run", f"import {job_id}", job_id=job_id)
        for name in await self._in_thread(pumps.pumps_waiting):
            await _defer(app, "kernel.pump_run", f"pump {name}", name=name)

    async def _rescue(self) -> None:
        """Queue jobs of dead workers again. Those that have a successor waiting by then are dropped."""
        for job in await app.job_manager.get_stalled_jobs():
            logger.warning("job_rescued", task=job.task_name, job=job.id)
            try:
                await app.job_manager.retry_job(job)
            except Exception as error:
                logger.warning("job_not_rescued", job=job.id, error=repr(error)[:200])

    async def _in_thread(self, function: Callable[[], R]) -> R:
        """Run database work in the pump's own thread, which keeps one connection."""

        def call() -> R:
            close_old_connections()
            return function()

        return await asyncio.get_running_loop().run_in_executor(self.executor, call)


async def _defer(queue: App, task: str, lock: str, **arguments: Any) -> None:
    with contextlib.suppress(AlreadyEnqueued):
        await queue.tasks[task].configure(queueing_lock=lock).defer_async(**arguments)
