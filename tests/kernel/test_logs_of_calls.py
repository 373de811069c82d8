"""Calls to the outside leave no addresses in the logs: some platforms want their tokens in them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest

from hecang.kernel import logs


@pytest.fixture
def informed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging as serve and worker set it up; afterwards as it was."""
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore")}
    monkeypatch.setenv("HECANG_LOG_LEVEL", "INFO")
    logs.configure()
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_tokens_in_addresses_are_not_logged(informed: None, capfd: pytest.CaptureFixture[str]) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200))

    with httpx.Client(transport=transport) as http:
        http.post("https://platform.test/order/searchList", params={"access_token": "very-secret"})

    assert "very-secret" not in "".join(capfd.readouterr())
