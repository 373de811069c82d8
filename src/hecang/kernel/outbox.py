"""Facts told upwards: written with the change that made them true, delivered at least once, in order.

A lower app emits an event, a higher one subscribes; the lower one knows nothing of the higher one.
``docs/explanation/outbox.md`` tells how order and completeness are kept.

In ``<app>/events.py``::

    @dataclass(frozen=True)
    class OrdersApproved(Event):
        name: ClassVar[str] = "orders.orders_approved"
        order_ids: tuple[int, ...]

In the service, inside its transaction: ``emit(OrdersApproved(order_ids=ids))``.

In ``<higher app>/handlers.py``::

    @subscribe(OrdersApproved, consumer="outbound.fulfilments")
    def fulfilments_create(events: Sequence[OrdersApproved]) -> None: ...

A consumer is one reader with one position: several handlers may share it, and then see events in the
order in which they were written. A handler runs in one transaction with its consumer's position and
must be idempotent. ``hecang worker`` delivers all the time, :func:`drain` delivers here and now.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar, TypeVar, get_origin, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from hecang.kernel.actor import SYSTEM, acting, current_request_id
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, fetch_one, run_in_transaction

#: Events that one transaction of one consumer handles at most.
BATCH = 200
#: Longest pause between two tries of a consumer that fails, in seconds.
LONGEST_PAUSE = 600

#: How long handled events are kept, to look at.
KEPT = timedelta(days=7)
#: A position this many transactions behind is moved on if nothing waits.
STALE_POSITION = 10_000
#: How far a backlog is counted.
COUNTED = 10_000


@dataclass(frozen=True)
class Event:
    """Base of all events: frozen, with fields that JSON can carry (int, str, bool, tuples and lists of them)."""

    name: ClassVar[str]


E = TypeVar("E", bound=Event)
Handler = Callable[[Sequence[Any]], None]


@dataclass
class Consumer:
    """One reader of the outbox.

    :param handlers: event name → (event class, functions to call with a run of such events).
    """

    name: str
    handlers: dict[str, tuple[type[Event], list[Handler]]] = dataclasses.field(default_factory=dict)


class DeliveryFailed(Exception):
    """:func:`drain` met a handler that raised; the cause is chained."""


_consumers: dict[str, Consumer] = {}


def consumers() -> dict[str, Consumer]:
    """All declared consumers by name."""
    return dict(_consumers)


def subscribe(
    event: type[E], *, consumer: str
) -> Callable[[Callable[[Sequence[E]], None]], Callable[[Sequence[E]], None]]:
    """Let the decorated function handle ``event`` as part of ``consumer`` (``<app>.<what>``)."""

    def register(handler: Callable[[Sequence[E]], None]) -> Callable[[Sequence[E]], None]:
        reader = _consumers.setdefault(consumer, Consumer(consumer))
        known = reader.handlers.setdefault(event.name, (event, []))
        if handler not in known[1]:
            known[1].append(handler)
        return handler

    return register


def emit(*events: Event) -> None:
    """Write events in the transaction at hand: one statement, whatever their number.

    Raises RuntimeError outside of a transaction: the fact and its event must be true together.
    """
    if not events:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("emit() belongs into the transaction that makes the fact true")
    names, payloads = columns(((event.name, _dump(event)) for event in events), width=2)
    execute(
        "INSERT INTO outbox_event (name, payload, at, request_id)"
        " SELECT name, payload, %s, %s FROM unnest(%s::text[], %s::jsonb[])"
        " WITH ORDINALITY AS event (name, payload, position) ORDER BY position",
        [now(), current_request_id()[:64], names, payloads],
    )


def drain(*, max_seconds: float | None = None) -> int:
    """Deliver everything to everyone, here and now, until nothing is left; the number of events handled.

    For commands, the demo and tests. Raises :class:`DeliveryFailed` as soon as a handler raises.
    """
    handled = 0
    started = time.monotonic()
    while True:
        before = handled
        for name in sorted(_consumers):
            while count := deliver(name, raise_errors=True):
                handled += count
                if max_seconds is not None and time.monotonic() - started > max_seconds:
                    return handled
        if handled == before:
            return handled


def deliver(name: str, *, raise_errors: bool = False) -> int:
    """Hand the next batch of events to consumer ``name``; the number of events handled.

    Locks the consumer's position: two processes never deliver to one consumer at the same time; the
    second returns 0 at once. A failure is written down (``outbox_cursor.failures``, ``last_error``)
    and tried again after a growing pause; events behind it wait, since order is promised.
    """
    consumer = _consumers[name]
    execute("INSERT INTO outbox_cursor (consumer, txid, event_id, failures, last_error) VALUES (%s, 0, 0, 0, '')"
            " ON CONFLICT (consumer) DO NOTHING", [name])  # fmt: skip
    try:
        return run_in_transaction(lambda: _deliver_batch(consumer, force=raise_errors))
    except Exception as error:
        if raise_errors:
            raise DeliveryFailed(f"consumer {name}: {type(error).__name__}: {error}") from error
        _note_failure(name, error)
        return 0


def _deliver_batch(consumer: Consumer, *, force: bool) -> int:
    position = fetch_one(
        "SELECT txid, event_id, failures, retry_at > now() FROM outbox_cursor"
        " WHERE consumer = %s FOR NO KEY UPDATE SKIP LOCKED",
        [consumer.name],
    )
    if position is None or (position[3] and not force):
        return 0
    end = horizon()
    rows = fetch(
        "SELECT txid, id, name, payload, request_id FROM outbox_event"
        " WHERE (txid, id) > (%s, %s) AND (txid < %s OR txid = pg_current_xact_id()::text::bigint)"
        " AND name = ANY(%s) ORDER BY txid, id LIMIT %s",
        # After a failure smaller bites: the events before the bad one get through.
        [position[0], position[1], end, list(consumer.handlers), max(BATCH >> (2 * position[2]), 1)],
    )
    if not rows:
        return 0
    for first, last in _runs(rows):
        event_class, handlers = consumer.handlers[rows[first][2]]
        events = [_load(event_class, row[3]) for row in rows[first:last]]
        with acting(SYSTEM, request_id=rows[first][4]):
            for handler in handlers:
                handler(events)
    execute(
        "UPDATE outbox_cursor SET txid = %s, event_id = %s, failures = 0, last_error = '', retry_at = NULL"
        " WHERE consumer = %s",
        [rows[-1][0], rows[-1][1], consumer.name],
    )
    return len(rows)


def _runs(rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, int]]:
    """Borders of runs of events of one name: a handler gets many at once, yet never out of order."""
    borders = [0, *(i for i in range(1, len(rows)) if rows[i][2] != rows[i - 1][2]), len(rows)]
    return list(pairwise(borders))


def horizon() -> int:
    """The transaction id below which no event can appear any more.

    Transactions commit in another order than they began, so a reader must stop at the oldest one that
    still runs. ``pg_snapshot_xmin`` would do, but it counts every database of the server; a long
    transaction in another one must not hold up this one. So: the ids of running transactions of *this*
    database. The snapshot is taken before the list of transactions, and both before events are read:
    a transaction is either on the list, or beyond the snapshot, or was visible all along.
    """
    row = fetch_one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    assert row is not None
    newest: int = row[0]
    row = fetch_one(
        "SELECT array_agg(backend_xid::text::bigint) FILTER (WHERE backend_xid IS NOT NULL),"
        " bool_or(query = '<insufficient privilege>'),"
        " pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " FROM pg_stat_get_activity(NULL) WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND pid <> pg_backend_pid()"
    )
    assert row is not None
    running, hidden, oldest = row
    if hidden:  # sessions of another role, which this one may not look into: be careful instead
        return min(newest, int(oldest))
    return min([newest, *(_full_id(xid, newest) for xid in running or ())])


def _full_id(xid: int, near: int) -> int:
    """The 64-bit transaction id whose low 32 bits are ``xid``, closest to ``near``."""
    return near + ((xid - near + 2**31) % 2**32 - 2**31)


def _note_failure(name: str, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:2000]
    with transaction.atomic():
        row = fetch_one("SELECT failures FROM outbox_cursor WHERE consumer = %s FOR NO KEY UPDATE", [name])
        failures = (row[0] if row else 0) + 1
        pause = timedelta(seconds=min(2 ** min(failures, 20), LONGEST_PAUSE))
        execute(
            "UPDATE outbox_cursor SET failures = %s, last_error = %s, retry_at = now() + %s WHERE consumer = %s",
            [failures, text, pause, name],
        )


def _dump(event: Event) -> str:
    return json.dumps(dataclasses.asdict(event), cls=DjangoJSONEncoder, ensure_ascii=False)


def _load(event_class: type[E], payload: Any) -> E:
    """An event from its stored form; fields added since then take their defaults, removed ones are dropped."""
    values = json.loads(payload) if isinstance(payload, str) else payload
    hints = get_type_hints(event_class)
    known = {field.name for field in dataclasses.fields(event_class)}
    return event_class(
        **{
            key: tuple(value) if isinstance(value, list) and get_origin(hints[key]) is tuple else value
            for key, value in values.items()
            if key in known
        }
    )


@dataclass(frozen=True, slots=True)
class ConsumerStatus:
    """How a consumer fares.

    :param waiting: events that it has not handled, counted up to :data:`COUNTED`.
    :param lag_seconds: age of the oldest of them.
    :param failures: tries in a row that failed; 0 when all is well.
    """

    consumer: str
    waiting: int
    lag_seconds: float
    failures: int
    last_error: str


def cursors_ensure() -> None:
    """Give every declared consumer its position."""
    execute(
        "INSERT INTO outbox_cursor (consumer, txid, event_id, failures, last_error)"
        " SELECT name, 0, 0, 0, '' FROM unnest(%s::text[]) AS declared (name) ON CONFLICT (consumer) DO NOTHING",
        [sorted(_consumers)],
    )


def backlog() -> list[str]:
    """Consumers with something to do now, failing ones only when their pause is over.

    The positions of those that have nothing to do are moved on now and then, so that the search for
    their next event stays short.
    """
    cursors_ensure()
    end = horizon()
    rows = fetch(
        "SELECT c.consumer, coalesce(c.retry_at, '-infinity') <= now(), %s - c.txid > %s, EXISTS ("
        "  SELECT FROM outbox_event e WHERE (e.txid, e.id) > (c.txid, c.event_id) AND e.txid < %s"
        "  AND e.name = ANY(string_to_array(d.events, ',')))"
        " FROM outbox_cursor c JOIN unnest(%s::text[], %s::text[]) AS d (name, events) ON d.name = c.consumer",
        [end, STALE_POSITION, end, *_declared()],
    )
    idle = [name for name, _due, stale, waiting in rows if stale and not waiting]
    if idle:
        execute(
            "UPDATE outbox_cursor SET txid = %s - 1, event_id = 9223372036854775807 WHERE id IN ("
            "  SELECT id FROM outbox_cursor WHERE consumer = ANY(%s) AND txid < %s ORDER BY id"
            "  FOR NO KEY UPDATE SKIP LOCKED)",
            [end, idle, end],
        )
    return sorted(name for name, due, _stale, waiting in rows if due and waiting)


def _declared() -> tuple[list[str], list[str]]:
    names = sorted(_consumers)
    return names, [",".join(sorted(_consumers[name].handlers)) for name in names]


def statuses() -> list[ConsumerStatus]:
    """How every declared consumer fares; for health pages and metrics."""
    cursors_ensure()
    rows = fetch(
        "SELECT c.consumer, waiting.count, coalesce(extract(epoch FROM now() - waiting.oldest), 0)::float,"
        " c.failures, c.last_error"
        " FROM outbox_cursor c JOIN unnest(%s::text[], %s::text[]) AS d (name, events) ON d.name = c.consumer,"
        " LATERAL (SELECT count(*), min(at) AS oldest FROM ("
        "   SELECT e.at FROM outbox_event e WHERE (e.txid, e.id) > (c.txid, c.event_id)"
        "   AND e.name = ANY(string_to_array(d.events, ',')) ORDER BY e.txid, e.id LIMIT %s) AS first) AS waiting"
        " ORDER BY c.consumer",
        [*_declared(), COUNTED],
    )
    return [ConsumerStatus(*row) for row in rows]


def events_purge() -> int:
    """Forget events older than :data:`KEPT` that every declared consumer has handled; their number."""
    cursors_ensure()
    gone = 0
    while True:
        count = execute(
            "DELETE FROM outbox_event WHERE id IN (SELECT id FROM outbox_event WHERE at < %s"
            "  AND (txid, id) <= (SELECT txid, event_id FROM outbox_cursor WHERE consumer = ANY(%s)"
            "                     ORDER BY txid, event_id LIMIT 1)"
            "  ORDER BY txid, id LIMIT 5000)",
            [now() - KEPT, sorted(_consumers)],
        )
        gone += count
        if count < 5000:
            return gone
