"""Hecang's own server on a free port of loopback, for the benches that speak HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from types import TracebackType
from typing import Self

import psutil

#: Seconds that the server may take to answer.
PATIENCE = 180


class Server:
    """``hecang serve`` without the background worker, stopped at the end of the block."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.port = _free_port()

    def __enter__(self) -> Self:
        command = [
            sys.executable, "-m", "hecang", "serve", "--no-worker", "--port", str(self.port),
            "--workers", str(self.workers),
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
            except OSError:
                if self._process.poll() is not None:
                    raise RuntimeError("the server stopped; run `hecang serve` to see why") from None
                time.sleep(0.1)
            else:
                return self
        self.__exit__(None, None, None)
        raise RuntimeError(f"the server did not answer in {PATIENCE} s")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def memory(self) -> int:
        """Bytes of memory that the server's processes hold now, pages that they share counted once."""
        processes = [psutil.Process(self._process.pid)]
        processes += processes[0].children(recursive=True)
        return sum(process.memory_full_info().pss for process in processes)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
