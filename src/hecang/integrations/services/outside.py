"""The client that every call to the outside goes through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

#: Seconds: to connect, to write, between two pieces of the answer, and to wait for a free connection.
TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=10.0)
LIMITS = httpx.Limits(max_connections=10, max_keepalive_connections=5)

_transport: ContextVar[httpx.BaseTransport | None] = ContextVar("hecang_transport", default=None)


def http_client() -> httpx.Client:
    """A client with time-outs, that follows no redirects and reads no proxy or netrc of the machine."""
    return httpx.Client(
        timeout=TIMEOUT,
        limits=LIMITS,
        follow_redirects=False,
        trust_env=False,
        transport=_transport.get(),
        headers={"User-Agent": "hecang"},
    )


@contextmanager
def through(transport: httpx.BaseTransport) -> Iterator[None]:
    """Send every call inside the block through ``transport``: to simulators, without a network."""
    token = _transport.set(transport)
    try:
        yield
    finally:
        _transport.reset(token)
