"""``hecang serve``: the web desk, the API and the background worker with one command.

Granian takes the requests: a few processes with a few threads each. The worker is a process of its
own that is started, watched and stopped with the server. The parent opens no database connection.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

#: Seconds that a stop may take before processes are killed.
GRACE_SECONDS = 30
#: Requests waiting for a thread before a server process stops taking more.
BACKLOG = 2048


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 0,
    threads: int = 4,
    with_worker: bool = True,
    report: Callable[[str], None] = print,
) -> None:
    """Serve until SIGINT or SIGTERM. The database must be running and migrated.

    :param workers: server processes; 0: one for each processor, at most 8.
    :param threads: requests at a time in each process, and its database connections.
    :param report: is told the address once the server listens.
    """
    workers = workers or min(os.cpu_count() or 1, 8)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hecang.config.settings")
    os.environ.setdefault("HECANG_LOG_LEVEL", "INFO")
    with _metrics_folder(), _Background(with_worker) as background:
        server: Any = Server(
            "hecang.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            blocking_threads_idle_timeout=600,
            backlog=BACKLOG,
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE_SECONDS,
            log_level=LogLevels.warning,
            log_access=False,
            websockets=False,
        )
        server.on_startup(background.start)
        server.on_startup(lambda: report(address(host, port)))
        server.serve()


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the desk."""
    shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1", "::1"} else host  # noqa: S104 - only compared
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"


@contextmanager
def _metrics_folder() -> Iterator[None]:
    """Where the server processes put their figures together."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        yield
        return
    folder = tempfile.mkdtemp(prefix="hecang-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Background:
    """The worker process: started again if it dies, stopped with the server."""

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted
        self.process: subprocess.Popen[bytes] | None = None
        self.stopping = threading.Event()
        self.watcher: threading.Thread | None = None

    def __enter__(self) -> _Background:
        return self

    def start(self) -> None:
        if self.wanted:
            self._spawn()
            self.watcher = threading.Thread(target=self._watch, daemon=True)
            self.watcher.start()

    def _spawn(self) -> None:
        environment = {**os.environ, "HECANG_PARENT_PID": str(os.getpid())}
        environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
        self.process = subprocess.Popen([sys.executable, "-m", "hecang", "worker"], env=environment)

    def _watch(self) -> None:
        pause = 1.0
        while not self.stopping.wait(pause):
            if self.process is not None and self.process.poll() is not None:
                pause = min(pause * 2, 30.0)
                self._spawn()

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        if self.watcher is not None:
            self.watcher.join()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
