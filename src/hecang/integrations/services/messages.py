"""A request from outside as connectors read it."""

from __future__ import annotations

from django.http import HttpRequest

from hecang.kernel.connectors import Incoming


def incoming_of(request: HttpRequest) -> Incoming:
    """The message verbatim; names of headers in lower case, the last of equal names of the query."""
    return Incoming(
        method=request.method or "GET",
        path=request.path,
        query={name: request.GET[name] for name in request.GET},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
