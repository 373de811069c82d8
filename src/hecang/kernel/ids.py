"""Identifiers that nobody hands out: time-ordered UUIDs, controllable in tests.

Rows have database-made bigint keys and people see numbers (``kernel.sequences``); what is made here
names requests, scans and messages.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


def _uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562 §5.7): 48 bits of milliseconds, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


_provider: ContextVar[Callable[[], uuid.UUID]] = ContextVar("hecang_ids", default=_uuid7)


def new_id() -> uuid.UUID:
    """A new identifier from the provider in force."""
    return _provider.get()()


@contextmanager
def provided_by(provider: Callable[[], uuid.UUID]) -> Iterator[None]:
    """Let ``provider`` make the identifiers inside the block, for tests that need to know them."""
    token = _provider.set(provider)
    try:
        yield
    finally:
        _provider.reset(token)
