"""The worker and the server as real processes: they finish their work, also after kill -9."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from hecang.catalog.models import Sku
from hecang.kernel.imports import jobs
from hecang.kernel.models import ImportJob, ImportRow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.race]

ROWS = 4000


@pytest.fixture
def environment(tmp_path: Path, settings: Any) -> dict[str, str]:
    """What a process needs to work on the test database."""
    settings.HOME = tmp_path
    own = connection.get_connection_params()
    known = {
        key: own[key] for key in ("host", "port", "user", "password", "dbname", "passfile") if own.get(key)
    }
    return {
        **os.environ,
        "DATABASE_URL": make_conninfo("", **known),
        "HECANG_HOME": str(tmp_path),
        "HECANG_SECRET_KEY": settings.SECRET_KEY,
        "HECANG_LOG_FORMAT": "json",
    }


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that a test starts; whatever is left of them is ended with it."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def hecang(environment: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "hecang", *arguments], env=environment, stderr=subprocess.DEVNULL
    )


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def products_queued() -> ImportJob:
    text = "code,name\n" + "".join(f"P-{index:05d},Product {index}\n" for index in range(ROWS))
    path, sha256 = jobs.file_store(io.BytesIO(text.encode()), name="products.csv")
    return jobs.import_create(kind="sku", path=path, file_name="products.csv", sha256=sha256)


def test_a_worker_that_is_killed_is_followed_by_one_that_finishes_the_file(
    environment: dict[str, str], started: list[subprocess.Popen[bytes]]
) -> None:
    job = products_queued()
    first = hecang(environment, "worker")
    started.append(first)
    wait_for(lambda: 0 < ImportJob.objects.get(pk=job.pk).groups_done < ROWS)

    first.kill()
    first.wait()
    halfway = ImportJob.objects.get(pk=job.pk)
    assert halfway.state == "applying"
    assert Sku.objects.filter(code__startswith="P-").count() == halfway.created_count < ROWS

    second = hecang(environment, "worker", "--once")
    started.append(second)
    assert second.wait(90) == 0

    job.refresh_from_db()
    assert (job.state, job.groups_done, job.created_count, job.message) == ("done", ROWS, ROWS, "")
    assert Sku.objects.filter(code__startswith="P-").count() == ROWS
    assert not ImportRow.objects.exists()


def test_a_server_answers_and_stops_with_all_its_children(
    environment: dict[str, str], started: list[subprocess.Popen[bytes]]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = hecang(
        environment, "serve", "--port", str(port), "--workers", "1", "--threads", "2", "--no-migrate"
    )
    started.append(server)

    def answer(path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as got:
                return int(got.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    wait_for(lambda: answer("/readyz") == 200)
    assert answer("/api/v1/auth/me") == 401
    assert answer("/api/v1/openapi.json") == 200
    wait_for(lambda: len(psutil.Process(server.pid).children()) >= 2)  # a server process and the worker
    children = psutil.Process(server.pid).children(recursive=True)

    server.send_signal(signal.SIGTERM)

    assert server.wait(60) == 0
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert gone
