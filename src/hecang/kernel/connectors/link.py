"""The way out and the way in: a link that connectors send through, and what comes from outside."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

#: An answer larger than this is no answer of a platform.
MAX_ANSWER_BYTES = 20 * 1024 * 1024
#: Seconds for one whole answer, however steadily it drips: others may hold the work of a connection for dead later.
MAX_ANSWER_SECONDS = 120.0


class OutsideError(Exception):
    """A system outside did not do what was asked. ``code`` is its own code, ``message`` its own words, cut."""

    #: Whether the same call may be made again later without harm.
    may_retry = False

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message[:500])
        self.message = message[:500]
        self.code = code[:100]


class Unreachable(OutsideError):
    """No answer, or a 5xx: nobody knows whether it was done. Try again; the call has to bear that."""

    may_retry = True


class Throttled(OutsideError):
    """Too many calls. Come back after ``retry_after``."""

    may_retry = True

    def __init__(
        self, message: str, *, code: str = "", retry_after: timedelta = timedelta(seconds=1)
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class TokenExpired(OutsideError):
    """The access token is not valid any more: refresh it, or have a person authorise again."""

    may_retry = True


class Refused(OutsideError):
    """The other side understood and said no: asking the same again will not help."""


class AlreadyDone(Refused):
    """The other side says that exactly this has been done before. Callers take it for a success."""


class BadSignature(OutsideError):
    """A message from outside is not signed by whom it says, or too old. It is answered, and nothing is done."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token with what is needed to renew it; empty where the platform needs none."""

    access: str = ""
    refresh: str = ""
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None

    def expires_within(self, now: datetime, span: timedelta) -> bool:
        return self.expires_at is not None and self.expires_at <= now + span


@dataclass(slots=True)
class Link:
    """What a connector sends through.

    :param http: client with time-outs set; never follows redirects.
    :param now: the clock, aware.
    :param token: the present token.
    :param push_url: where the other side may push to; empty where the house has no public address.
    """

    http: httpx.Client
    now: Callable[[], datetime]
    token: Token = field(default_factory=Token)
    push_url: str = ""

    def send(self, method: str, url: str, **request: Any) -> httpx.Response:
        """One call. Answers below 500 come back for the connector to read.

        :raises Unreachable: no answer in time, a broken connection, 5xx, or an answer beyond all measure.
        :raises Throttled: 429.
        """
        try:
            with self.http.stream(method, url, **request) as coming:
                answer = _read(coming)
        except httpx.TimeoutException as error:
            raise Unreachable(f"no answer in time ({type(error).__name__})", code="timeout") from error
        except httpx.HTTPError as error:
            raise Unreachable(f"not reached ({type(error).__name__})", code="network") from error
        if answer.status_code >= 500:
            raise Unreachable(f"HTTP {answer.status_code}", code=str(answer.status_code))
        if answer.status_code == 429:
            raise Throttled("HTTP 429", code="429", retry_after=_retry_after(answer.headers))
        return answer

    def json(self, method: str, url: str, **request: Any) -> Any:
        """One call whose answer is JSON, with decimal numbers kept exact. Raises like :meth:`send`."""
        return parse_json(self.send(method, url, **request).content)


def _read(coming: httpx.Response) -> httpx.Response:
    """The whole answer, unpacked, as long as it is no larger and takes no longer than any answer of a platform."""
    until = time.monotonic() + MAX_ANSWER_SECONDS
    body = bytearray()
    for piece in coming.iter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise Unreachable("the answer is too large", code="too_large")
        if time.monotonic() > until:
            raise Unreachable("no answer in time (Slow)", code="timeout")
    packing = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(name, value) for name, value in coming.headers.multi_items() if name not in packing]
    return httpx.Response(coming.status_code, headers=headers, content=bytes(body), request=coming.request)


def parse_json(body: bytes) -> Any:
    """JSON from outside, decimals exact. Raises :class:`Unreachable` where it is none (a proxy's error page)."""
    from decimal import Decimal

    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Unreachable("the answer is no JSON", code="not_json") from error


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    try:
        return timedelta(seconds=min(max(float(headers.get("Retry-After", "1")), 0.0), 3600.0))
    except ValueError:
        return timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that somebody outside sent to us, verbatim.

    :param headers: names in lower case.
    :param query: of the address, decoded, the last of equal names.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side expects to hear, to the letter."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
