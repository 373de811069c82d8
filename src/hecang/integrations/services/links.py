"""A connector at work: its settings opened, its token loaded and renewed, its calls paced and judged."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from hecang.integrations.connectors import connector_class
from hecang.integrations.models import Connection
from hecang.integrations.services.outside import http_client
from hecang.kernel import clock
from hecang.kernel.connectors import Link, OutsideError, Throttled, Token, TokenExpired, Unreachable
from hecang.kernel.crypto import decrypt_json, encrypt_json
from hecang.kernel.db import execute, fetch_one

R = TypeVar("R")
logger = structlog.get_logger("hecang.integrations")

#: A token that ends within this span is renewed before it is used.
RENEW_BEFORE = timedelta(minutes=10)
#: Longest pause after failures, in seconds.
LONGEST_PAUSE = 600
#: Longest that a call waits for its turn, in seconds.
LONGEST_TURN = 60.0
#: How often a working connection writes down that it works.
NOTED_EVERY = timedelta(seconds=20)


def settings_of(connection: Connection) -> Any:
    """The typed settings of a connection, secrets and all."""
    connector = connector_class(connection.kind, connection.connector)
    return connector.Settings.model_validate(decrypt_json(connection.settings_cipher))


def token_of(connection: Connection) -> Token:
    """Its present token; an empty one where it has none."""
    if connection.token_cipher is None:
        return Token()
    stored = decrypt_json(connection.token_cipher)
    return Token(
        access=stored["access"],
        refresh=stored["refresh"],
        expires_at=_moment(stored["expires_at"]),
        refresh_expires_at=_moment(stored["refresh_expires_at"]),
    )


def token_put(connection: Connection, token: Token) -> None:
    """Lay a token into a connection (not saved yet)."""
    connection.token_cipher = encrypt_json(
        {
            "access": token.access,
            "refresh": token.refresh,
            "expires_at": token.expires_at and token.expires_at.isoformat(),
            "refresh_expires_at": token.refresh_expires_at and token.refresh_expires_at.isoformat(),
        }
    )
    connection.token_expires_at = token.expires_at
    connection.token_refresh_expires_at = token.refresh_expires_at


@contextmanager
def link_open(connection: Connection) -> Iterator[Link]:
    """A link of a connection with its present token; its client is closed with the block."""
    with http_client() as http:
        yield Link(http=http, now=clock.now, token=token_of(connection), push_url=_push_url(connection))


def _push_url(connection: Connection) -> str:
    """The door of a carrier's connection, where the house has an address (``HECANG_PUBLIC_URL``)."""
    if not settings.PUBLIC_URL or connection.kind != Connection.Kind.CARRIER:
        return ""
    return f"{settings.PUBLIC_URL}/api/v1/carriers/{connection.inbox_key}/push"


def token_renew(*, connection_id: int, stale: Token) -> Token:
    """A token that is not ``stale``: what somebody else has fetched meanwhile, or a new one, stored.

    Locks the connection while it asks, so that two workers never renew at once: the refresh tokens of
    most platforms are good for one use. Raises what the connector raises.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True, of=("self",)).get(pk=connection_id)
        present = token_of(connection)
        if present.access != stale.access:
            return present
        connector = connector_class(connection.kind, connection.connector)
        with http_client() as http:
            link = Link(http=http, now=clock.now, token=present)
            fresh: Token = connector(settings_of(connection), link).refresh_token()
        token_put(connection, fresh)
        connection.save(update_fields=["token_cipher", "token_expires_at", "token_refresh_expires_at"])
        return fresh


@dataclass(slots=True)
class Calls:
    """The calls of one connection, one after another.

    :param connector: for what is asked of it without a call, such as ``limits`` and ``features``.
    """

    connection: Connection
    connector: Any
    link: Link

    def make(self, call: Callable[[Any], R]) -> R:
        """Call the connector in its turn; with a token that has run out, renew it and call once more.

        Raises what the connector raises; whether that counts against the connection, the caller says
        (:func:`failure_note`).
        """
        self._ready()
        try:
            return self._once(call)
        except TokenExpired:
            if not self._renews():
                raise
            self._renew()
            return self._once(call)

    def _once(self, call: Callable[[Any], R]) -> R:
        """One call. What a connector did not foresee is an answer that nobody could read."""
        take_turn(self.connection.pk, self._pace())
        try:
            return call(self.connector)
        except OutsideError:
            raise
        except Exception as error:
            raise self._unreadable(error) from error

    def _renew(self) -> None:
        try:
            self.link.token = token_renew(connection_id=self.connection.pk, stale=self.link.token)
        except (OutsideError, DatabaseError):
            raise
        except Exception as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> Unreachable:
        logger.error(
            "connector_failed",
            connection=self.connection.pk,
            connector=self.connection.connector,
            exc_info=error,
        )
        return Unreachable(f"the answer could not be read ({type(error).__name__})", code="malformed")

    def _ready(self) -> None:
        """Renew a token before it ends, or fetch the first one."""
        token = self.link.token
        if not self._renews() or (token.access and not token.expires_within(clock.now(), RENEW_BEFORE)):
            return
        self._renew()

    def _renews(self) -> bool:
        return "refresh_token" in self.connector.features

    def _pace(self) -> float:
        limits = getattr(self.connector, "limits", None)
        pace = limits.calls_per_second if limits is not None else self.connector.calls_per_second
        return float(pace)


@contextmanager
def calls_open(connection: Connection) -> Iterator[Calls]:
    """The connector of a connection, ready to be called."""
    with link_open(connection) as link:
        connector = connector_class(connection.kind, connection.connector)(settings_of(connection), link)
        try:
            yield Calls(connection, connector, link)
        finally:
            if close := getattr(connector, "close", None):
                close()


def take_turn(connection_id: int, calls_per_second: float) -> None:
    """Wait until the account has a call left: a token bucket, shared by all processes.

    Whoever comes takes a token, if need be one that is still to come, and sleeps until it is there.
    """
    if calls_per_second <= 0:
        return
    burst = max(calls_per_second, 1.0)
    row = fetch_one(
        "INSERT INTO connection_pace AS p (connection_id, tokens, filled_at)"
        " VALUES (%s::bigint, %s::float8 - 1, clock_timestamp())"
        " ON CONFLICT (connection_id) DO UPDATE SET filled_at = clock_timestamp(), tokens = least(%s::float8,"
        "  p.tokens + greatest(extract(epoch FROM clock_timestamp() - p.filled_at), 0)::float8 * %s::float8) - 1"
        " RETURNING tokens",
        [connection_id, burst, burst, calls_per_second],
    )
    assert row is not None
    if row[0] < 0:
        time.sleep(min(-row[0] / calls_per_second, LONGEST_TURN))


# One that is left alone already has been counted: whoever was under way meanwhile saw the same failure.
_FAILURE = """
WITH seen AS (
    SELECT id, failures + (%s::boolean AND (retry_at IS NULL OR retry_at <= %s::timestamptz))::int AS failures
    FROM connection WHERE id = %s FOR NO KEY UPDATE
)
UPDATE connection c SET failures = seen.failures, last_error = %s, last_error_code = %s, last_error_at = %s,
 retry_at = greatest(c.retry_at, %s::timestamptz + make_interval(secs => coalesce(
  %s::float8, least(2.0 ^ least(seen.failures, 10), %s::float8) * %s::float8)))
FROM seen WHERE c.id = seen.id
RETURNING c.failures
"""


def ok_note(connection: Connection) -> None:
    """The connection works. Writes only where that is news."""
    now = clock.now()
    if connection.failures or connection.last_ok_at is None or connection.last_ok_at < now - NOTED_EVERY:
        execute(
            "UPDATE connection SET last_ok_at = %s, failures = 0, retry_at = NULL WHERE id = %s",
            [now, connection.pk],
        )
        connection.last_ok_at, connection.failures = now, 0


def failure_note(connection: Connection, error: Exception) -> None:
    """The connection does not work: write down why, and leave it alone for a while that grows.

    Orders, stock and confirmations run beside each other: an outage that strikes them all at once is one failure,
    or a blip would be answered by the pause of a long outage. Jitter keeps the connections of one platform from
    coming back all at once. Coming too fast is no failure: it only waits as long as the platform says.
    """
    now = clock.now()
    pause = None
    if isinstance(error, Throttled):
        pause = max(error.retry_after.total_seconds(), 1.0) * random.uniform(1.0, 1.2)
    code, message = error_facts(error)
    row = fetch_one(
        _FAILURE,
        [
            pause is None,
            now,
            connection.pk,
            message,
            code,
            now,
            now,
            pause,
            LONGEST_PAUSE,
            random.uniform(0.5, 1.0),
        ],
    )
    if row is not None:
        (connection.failures,) = row


def error_facts(error: Exception) -> tuple[str, str]:
    """(code, text) of an error as it may be stored and shown: of unforeseen ones, the kind alone."""
    if isinstance(error, TokenExpired):  # whatever the platform calls it: here a person may have to act
        return "token_expired", f"TokenExpired: {error.message}"[:500]
    if isinstance(error, OutsideError):
        return error.code or type(error).__name__, f"{type(error).__name__}: {error.message}"[:500]
    if isinstance(error, httpx.HTTPError):
        return "network", type(error).__name__
    return "unforeseen", type(error).__name__


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
