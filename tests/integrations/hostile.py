"""Answers that no platform should give: what connectors read, twisted at every place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
from tests.integrations.conformance import Platform

from hecang.integrations.channels.base import ChannelConnector
from hecang.kernel.connectors import Link

#: What stands where something else should.
TWISTS: tuple[Any, ...] = (
    None,
    [],
    {},
    "",
    "x",
    -1,
    True,
    [[]],
    [1],
    10**400,
    "1e999999999",
    "\ud800",
    [None],
)


def twisted(value: Any) -> Iterator[Any]:
    """``value`` with one thing in it replaced, for every thing and every twist."""
    yield from TWISTS
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {key: one for key, one in value.items() if key != name}
            for other in twisted(inner):
                yield {**value, name: other}
    elif isinstance(value, list) and value:
        for other in twisted(value[0]):
            yield [other, *value[1:]]


def every_twisted(platform: Platform, good: Any, step: int = 7) -> Iterator[ChannelConnector]:
    """Connectors whose platform answers everything with one twisted form of ``good``; every ``step``-th of them."""
    bodies = [b"", b"no json", b"[" * 100_000, b'"text"', b"NaN", b'{"a":1e400}']
    bodies += [
        json.dumps(one, default=float).encode() for n, one in enumerate(twisted(good)) if n % step == 0
    ]
    for body in bodies:
        transport = httpx.MockTransport(lambda _request, body=body: httpx.Response(200, content=body))
        link = Link(http=httpx.Client(transport=transport), now=platform.clock, token=platform.link.token)
        yield type(platform.connector)(platform.settings, link)
