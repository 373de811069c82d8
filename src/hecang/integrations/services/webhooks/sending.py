"""Getting messages to their endpoints.

One worker at a time works for an endpoint, in the order of the messages; endpoints are served side by side, each in a
thread that only talks to the network, so a slow one holds up nobody but itself. Rows are claimed before and settled
after, without any lock in between. What a dead worker had claimed is tried again: receivers recognise a second copy by
``webhook-id``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.utils.translation import gettext_noop

from hecang.integrations.services.webhooks.telling import body_of
from hecang.kernel import clock
from hecang.kernel.crypto import Undecryptable, decrypt
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.outgoing import AddressRefused, NotReached, post
from hecang.kernel.signing import signed_headers
from hecang.kernel.stopping import stopping
from hecang.notifications.services import NewMessage, notify_many

#: Pauses before the second, third … try: the ladder of the specification.
LADDER: Final = tuple(
    timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
#: Messages that one thread takes along.
BATCH: Final = 20
#: Seconds after which a thread takes no further message, and a run no further endpoint.
THREAD_SECONDS, RUN_SECONDS = 20.0, 40.0
THREADS: Final = 32
#: A claim older than this belongs to a worker that is gone.
LOST_AFTER: Final = timedelta(minutes=3)
#: An endpoint that has failed for so long is switched off.
GIVE_UP_AFTER: Final = timedelta(days=5)
#: The log is kept so long.
KEPT: Final = timedelta(days=30)
DISABLED: Final = "integrations.webhook_disabled"

logger = structlog.get_logger("hecang.webhooks")

_DUE = """
SELECT DISTINCT d.endpoint_id FROM webhook_delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id AND e.is_active
WHERE d.state = 'waiting' AND d.due_at <= %s
    AND NOT EXISTS (SELECT FROM webhook_delivery s WHERE s.endpoint_id = d.endpoint_id AND s.state = 'sending')
ORDER BY 1
"""
_LOCK = """
SELECT id, url, secret_cipher, old_secret_cipher, old_secret_until FROM webhook_endpoint
WHERE id = %s AND is_active FOR NO KEY UPDATE SKIP LOCKED
"""
_CLAIM = """
UPDATE webhook_delivery d SET state = 'sending', claimed_at = %s FROM webhook_message m
WHERE m.id = d.message_id AND d.id IN (
    SELECT id FROM webhook_delivery WHERE endpoint_id = %s AND state = 'waiting' AND due_at <= %s
    ORDER BY message_id, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING d.id, m.id, m.key, m.type, m.payload, m.created_at
"""
_SETTLE = """
UPDATE webhook_delivery d SET state = s.state, attempts = d.attempts + 1, due_at = coalesce(s.due_at, d.due_at),
    last_status = s.status, last_error = s.error, delivered_at = CASE WHEN s.state = 'delivered' THEN %s END
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::integer[], %s::text[])
    AS s (id, state, due_at, status, error) WHERE d.id = s.id
"""
_LOG = """
INSERT INTO webhook_attempt (delivery_id, endpoint_id, at, status, ms, error, answer)
SELECT t.delivery_id, %s, %s, t.status, t.ms, t.error, t.answer
FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::text[], %s::text[])
    AS t (delivery_id, status, ms, error, answer)
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message, ready to go."""

    delivery_id: int
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """What one thread takes along to one endpoint."""

    endpoint_id: int
    url: str
    secrets: tuple[str, ...]
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """How one try went."""

    delivery_id: int
    status: int | None
    ms: int
    error: str
    answer: str
    retry_after: timedelta | None = None

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliveries_wait() -> bool:
    """Whether something is to be sent now."""
    return bool(fetch(f"SELECT EXISTS ({_DUE})", [clock.now()])[0][0])


def deliveries_send() -> int:
    """Send what is due; how many messages arrived. Network in threads, database here, no lock in between."""
    started = time.monotonic()
    arrived = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as pool:
        running: dict[Future[list[Try]], Load] = {}
        while True:
            goes_on = time.monotonic() - started < RUN_SECONDS and not stopping.is_set()
            if goes_on:
                for load in _claim_all(THREADS - len(running)):
                    running[pool.submit(_carry, load, clock.now())] = load
            if not running:
                return arrived
            done, _rest = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                arrived += _settle(running.pop(future), future.result())


def _claim_all(free: int) -> list[Load]:
    if free <= 0:
        return []
    found = [_claim(row[0]) for row in fetch(_DUE, [clock.now()])[:free]]
    return [load for load in found if load is not None]


@transactional
def _claim(endpoint_id: int) -> Load | None:
    """The next messages of an endpoint, unless another worker is at it. Locks the endpoint, then the messages."""
    row = fetch_one(_LOCK, [endpoint_id])
    now = clock.now()
    busy = fetch_one(
        "SELECT EXISTS (SELECT FROM webhook_delivery WHERE endpoint_id = %s AND state = 'sending')",
        [endpoint_id],
    )
    if row is None or (busy is not None and busy[0]):
        return None
    rows = sorted(fetch(_CLAIM, [now, endpoint_id, now, BATCH]), key=lambda one: (one[1], one[0]))
    if not rows:
        return None
    return Load(
        endpoint_id,
        row[1],
        _secrets(row[2], row[3], row[4], now),
        tuple(Parcel(one[0], one[2], body_of(one[3], one[5].isoformat(), _json(one[4]))) for one in rows),
    )


def _secrets(cipher: Any, old: Any, until: datetime | None, now: datetime) -> tuple[str, ...]:
    try:
        secrets = [decrypt(cipher).decode()]
        if old is not None and until is not None and now < until:
            secrets.append(decrypt(old).decode())
    except Undecryptable:
        return ()
    return tuple(secrets)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _carry(load: Load, now: datetime) -> list[Try]:
    """Send one after the other, until one fails or time is up. Runs in a thread, without the database."""
    started = time.monotonic()
    tries: list[Try] = []
    for parcel in load.parcels:
        if tries and (not tries[-1].is_good or time.monotonic() - started > THREAD_SECONDS):
            break
        tries.append(_send(load, parcel, now + timedelta(seconds=time.monotonic() - started)))
    return tries


def _send(load: Load, parcel: Parcel, now: datetime) -> Try:
    if not load.secrets:
        return Try(parcel.delivery_id, None, 0, "the secret cannot be read", "")
    started = time.monotonic()
    try:
        headers = signed_headers(message_id=parcel.key, at=now, body=parcel.body, secrets=load.secrets)
        answer = post(load.url, content=parcel.body, headers=headers)
    except (AddressRefused, NotReached) as error:
        ms = round((time.monotonic() - started) * 1000)
        return Try(parcel.delivery_id, None, ms, str(error)[:200], "")
    except Exception as error:  # one odd endpoint must not take the others' answers with it
        logger.exception("webhook_failed", endpoint=load.endpoint_id)
        return Try(parcel.delivery_id, None, 0, type(error).__name__, "")
    error_text = "" if 200 <= answer.status < 300 else f"HTTP {answer.status}"
    return Try(
        parcel.delivery_id,
        answer.status,
        answer.ms,
        error_text,
        answer.text.replace("\x00", "")[:500],
        _retry_after(answer.headers.get("retry-after", "")),
    )


def _retry_after(text: str) -> timedelta | None:
    return timedelta(seconds=min(int(text), 86_400)) if text.isdigit() else None


@transactional
def _settle(load: Load, tries: Sequence[Try]) -> int:
    """Write down how it went; what was not tried goes back. Locks the endpoint, then the deliveries."""
    now = clock.now()
    execute("SELECT id FROM webhook_endpoint WHERE id = %s FOR NO KEY UPDATE", [load.endpoint_id])
    attempts = dict(
        fetch(
            "SELECT id, attempts FROM webhook_delivery WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            [sorted(parcel.delivery_id for parcel in load.parcels)],
        )
    )
    known = [one for one in tries if one.delivery_id in attempts]
    rows = [_settled(one, attempts[one.delivery_id], now) for one in known]
    execute(_SETTLE, [now, *columns(rows, 5)])
    execute(
        _LOG,
        [
            load.endpoint_id, now,
            *columns(((one.delivery_id, one.status, one.ms, one.error, one.answer) for one in known), 5),
        ],
    )  # fmt: skip
    failed = next((row for row in rows if row[1] != "delivered"), None)
    _put_back(load, {one.delivery_id for one in tries}, failed[2] if failed else None)
    _health(load.endpoint_id, known, now)
    return sum(one.is_good for one in known)


def _settled(one: Try, before: int, now: datetime) -> tuple[int, str, datetime | None, int | None, str]:
    if one.is_good:
        return one.delivery_id, "delivered", None, one.status, ""
    if before < len(LADDER):
        pause = max(LADDER[before], one.retry_after or timedelta())
        return one.delivery_id, "waiting", now + pause, one.status, one.error
    return one.delivery_id, "dead", None, one.status, one.error


def _put_back(load: Load, tried: set[int], due_at: datetime | None) -> None:
    """What was not tried waits again: behind a failure until that is tried again."""
    rest = [parcel.delivery_id for parcel in load.parcels if parcel.delivery_id not in tried]
    if rest:
        execute(
            "UPDATE webhook_delivery SET state = 'waiting', claimed_at = NULL, due_at = coalesce(%s, due_at)"
            " WHERE id = ANY(%s::bigint[])",
            [due_at, rest],
        )


def _health(endpoint_id: int, tries: Sequence[Try], now: datetime) -> None:
    """Note how the endpoint fares; switch it off where it says that it is gone, or has failed for days."""
    good = any(one.is_good for one in tries)
    error = "" if not tries or tries[-1].is_good else tries[-1].error
    execute(
        "UPDATE webhook_endpoint SET last_success_at = CASE WHEN %s THEN %s ELSE last_success_at END,"
        " failing_since = CASE WHEN %s = '' THEN NULL WHEN %s THEN %s ELSE coalesce(failing_since, %s) END,"
        " last_error = %s WHERE id = %s",
        [good, now, error, good, now, now, error, endpoint_id],
    )
    gone = any(one.status == 410 for one in tries)
    rows = fetch(
        "UPDATE webhook_endpoint SET is_active = false, disabled_at = %s, disabled_reason ="
        " CASE WHEN %s THEN 'gone' ELSE 'failing' END"
        " WHERE id = %s AND is_active AND (%s OR failing_since < %s) RETURNING name",
        [now, gone, endpoint_id, gone, now - GIVE_UP_AFTER],
    )
    for (name,) in rows:
        notify_many(
            messages=[
                NewMessage(
                    topic=DISABLED,
                    key=f"{endpoint_id}-{now.timestamp():.0f}",
                    title=gettext_noop("Webhook endpoint %(name)s was switched off"),
                    text=gettext_noop("It failed too long, or said that it is gone: %(error)s"),
                    data={"name": name, "error": error},
                    url_path=f"/webhooks?open={endpoint_id}",
                    permission="integrations.webhook.manage",
                )
            ]
        )


@transactional
def deliveries_recover() -> int:
    """Let what workers that are gone had claimed be tried again; how many. Locks these deliveries."""
    return execute(
        "UPDATE webhook_delivery SET state = 'waiting', claimed_at = NULL WHERE id IN (SELECT id FROM webhook_delivery"
        " WHERE state = 'sending' AND claimed_at < %s ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)",
        [clock.now() - LOST_AFTER],
    )


def webhooks_purge() -> int:
    """Forget messages with their log after :data:`KEPT`; how many messages."""
    limit = clock.now() - KEPT
    gone = 0
    while True:
        ids = [
            row[0]
            for row in fetch(
                "SELECT id FROM webhook_message WHERE created_at < %s ORDER BY created_at LIMIT 2000", [limit]
            )
        ]
        if not ids:
            return gone
        execute(
            "DELETE FROM webhook_attempt WHERE delivery_id IN"
            " (SELECT id FROM webhook_delivery WHERE message_id = ANY(%s::bigint[]))",
            [ids],
        )
        execute("DELETE FROM webhook_delivery WHERE message_id = ANY(%s::bigint[])", [ids])
        gone += execute("DELETE FROM webhook_message WHERE id = ANY(%s::bigint[])", [ids])
