"""A real server (Granian) on the test database, and a real Chromium that looks at it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from psycopg.conninfo import make_conninfo

from hecang.kernel import database

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--mute-audio",
)  # fmt: skip
PASSWORD = "correct-horse-battery-9"
#: Patience with a busy machine; nothing here measures speed.
TIMEOUT_MS = 20_000
expect.set_options(timeout=TIMEOUT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser, and needs rows that the server can see."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))
            # The first test also makes the database and starts the server: that is not its own time.
            item.add_marker(pytest.mark.timeout(180, func_only=True))


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[str]:
    """``hecang serve`` on the test database; its address."""
    if not (PROJECT / "web" / "dist" / "index.html").exists() and "HECANG_WEB_ROOT" not in os.environ:
        pytest.fail("The web desk is not built. Run `make web` first.")
    port = _free_port()
    url = make_conninfo(database.url(), dbname=connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "hecang",
            "serve",
            "--port",
            str(port),
            "--workers",
            "1",
            "--no-worker",
            "--no-migrate",
        ],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=40)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that ``HECANG_CHROMIUM`` names."""
    path = os.environ.get("HECANG_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        pytest.fail(
            f"There is no Chromium at {path}. Run `make test-e2e`, which installs it, or set HECANG_CHROMIUM."
        )
    # Playwright's own loop would make Django believe that it is called from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def context(browser: Browser, server: str, transactional_db: None) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=server, viewport={"width": 1366, "height": 768}, locale="en-US", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(TIMEOUT_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which an error of the script or an answer 5xx fails the test."""
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on("response", lambda answer: _note(answer, troubles))
    yield page
    assert troubles == []


@pytest.fixture
def desk(page: Page) -> Page:
    """A page on which an administrator has signed in, in English."""
    return sign_in(page, roles=["admin"])


def sign_in(page: Page, *, roles: list[str], language: str = "en", **scopes: Any) -> Page:
    """Make a user with these roles and sign in through the login page."""
    from hecang.accounts.services.users import user_create

    user, _none = user_create(username="tester", roles=roles, password=PASSWORD, language=language, **scopes)
    page.goto("/login")
    page.get_by_label("Username").fill(user.username)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def _note(answer: Any, troubles: list[str]) -> None:
    if answer.status >= 500:
        troubles.append(f"{answer.status} {answer.url}")


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The server stopped with status {process.returncode}.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The server did not answer in {PATIENCE_SECONDS} s.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
