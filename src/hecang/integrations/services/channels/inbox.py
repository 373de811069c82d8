"""Messages that platforms send: verified and kept at once, worked on right after."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import structlog

from hecang.integrations.channels.base import (
    ChannelOrder,
    Feature,
    OrderTouched,
)
from hecang.integrations.connectors import connector_class
from hecang.integrations.errors import ConnectionNotFound
from hecang.integrations.models import Connection, PlatformMessage, PullCursor
from hecang.integrations.services.channels.intake import orders_apply
from hecang.integrations.services.channels.requests import Wish, wishes_apply
from hecang.integrations.services.channels.sending import (
    CALLABLE,
    RUN_SECONDS,
    active_connection,
    may_retry,
    try_again_at,
)
from hecang.integrations.services.channels.values import events_open, events_seal
from hecang.integrations.services.links import (
    Calls,
    calls_open,
    error_facts,
    failure_note,
    link_open,
    ok_note,
    settings_of,
)
from hecang.kernel import clock
from hecang.kernel.connectors import Incoming, OutsideError, Reply
from hecang.kernel.db import columns, execute, fetch, transactional

logger = structlog.get_logger("hecang.channels")
State = PlatformMessage.State
#: Largest message that is taken.
MAX_BYTES = 2 * 1024 * 1024
#: How long messages that are done are known again.
KEPT = timedelta(days=3)
#: Messages worked on in one go.
BATCH = 50
#: Tries after which a message is left for a person (pulling has brought its order meanwhile).
MOST_TRIES = 12
#: What pulling has to be past a message, at least, to have brought its order.
LEAST_OVERLAP = timedelta(seconds=30)

_KEEP = """
INSERT INTO platform_message AS m (connection_id, digest, events_cipher, event_count, state, repeats, tries, message,
    received_at)
VALUES (%s, %s, %s, %s, 'new', 0, 0, '', %s)
ON CONFLICT (connection_id, digest) DO UPDATE SET repeats = m.repeats + 1,
    events_cipher = CASE WHEN %s AND m.state <> 'new' THEN excluded.events_cipher ELSE m.events_cipher END,
    state = CASE WHEN %s THEN 'new' ELSE m.state END
"""

_DUE = f"""
SELECT m.id, m.connection_id, row_number() OVER (PARTITION BY m.connection_id ORDER BY m.id) AS place FROM platform_message m JOIN connection c ON c.id = m.connection_id
WHERE m.state = 'new' AND (m.next_try_at IS NULL OR m.next_try_at <= %s) AND {CALLABLE}
"""  # noqa: S608 - constants


def message_receive(*, inbox_key: str, message: Incoming) -> Reply:
    """Take a message that somebody sent to the address of a connection; what to answer, to the letter.

    What is not signed by its platform is answered with a refusal, and leaves nothing behind.

    :raises ConnectionNotFound: no connection that is on has this address.
    """
    connection = Connection.objects.filter(
        inbox_key=inbox_key, is_active=True, kind=Connection.Kind.CHANNEL
    ).first()
    if connection is None:
        raise ConnectionNotFound("unknown address")
    kind = connector_class("channel", connection.connector)
    if Feature.RECEIVE not in kind.features:
        raise ConnectionNotFound("unknown address")
    with link_open(connection) as link:
        connector = kind(settings_of(connection), link)
        try:
            received = connector.receive(message)
        except (OutsideError, ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
            logger.warning("message_refused", connection=connection.pk, error=type(error).__name__)
            refusal: Reply = connector.refusal(error)
            return refusal
    if received.events:
        _keep(connection, message, received.events)
    reply: Reply = received.reply
    return reply


@transactional
def _keep(connection: Connection, message: Incoming, events: list[object]) -> None:
    """Keep the events of a message. The same one again is only counted, unless it says “look again”."""
    digest = hashlib.sha256(repr(sorted(message.query.items())).encode() + b"\n" + message.body).hexdigest()
    looks_again = any(isinstance(event, OrderTouched) for event in events)
    sealed = events_seal(events)  # type: ignore[arg-type]
    execute(
        _KEEP,
        [connection.pk, digest, sealed, len(events), clock.now(), looks_again, looks_again],
    )


def messages_wait() -> bool:
    now = clock.now()
    return bool(fetch(f"SELECT EXISTS ({_DUE})", [now, now])[0][0])


def messages_work(*, most: int = BATCH) -> int:
    """Work on messages in the order in which they came; how many are done.

    Several workers may: applying is idempotent, and of one order they take turns. Orders that messages only name are
    asked for once, and not at all where pulling has brought them meanwhile; all are applied together. A message that
    fails is tried again later and does not hold up the others; a connection that is slow or does not answer has its
    part of the time, not that of the others.

    :param most: of one connection.
    """
    now = clock.now()
    rows = fetch(
        f"SELECT id, connection_id FROM ({_DUE}) AS d WHERE place <= %s ORDER BY id",  # noqa: S608 - constants
        [now, now, most],
    )
    by_connection: dict[int, list[int]] = {}
    for key, connection_id in rows:
        by_connection.setdefault(connection_id, []).append(key)
    share = RUN_SECONDS / max(len(by_connection), 1)
    return sum(_work(connection_id, keys, share) for connection_id, keys in by_connection.items())


@dataclass(slots=True)
class _Read:
    """A message, and what it says once what it only names has been asked for."""

    message: PlatformMessage
    orders: list[ChannelOrder]
    wishes: list[Wish]


def _work(connection_id: int, keys: list[int], seconds: float) -> int:
    connection = active_connection(connection_id)
    if connection is None:
        return 0
    messages = PlatformMessage.objects.filter(pk__in=keys, state=State.NEW).order_by("pk")
    return _settle(connection, _read(connection, messages, time.monotonic() + seconds))


def _read(connection: Connection, messages: Iterable[PlatformMessage], until: float) -> list[_Read]:
    """Open messages and ask for the orders that they only name, each once, as long as there is time.

    One that fails is put off, and leaves the others alone; where the platform does not answer, the rest waits.
    """
    read: list[_Read] = []
    with ExitStack() as stack:
        asking = _Asking(connection, stack)
        for number, message in enumerate(messages):
            if number and time.monotonic() > until:
                break
            try:
                read.append(asking.read(message))
            except Exception as error:
                _fail(message, error)
                if not isinstance(error, OutsideError):
                    logger.exception("message_failed", connection=connection.pk, message=message.pk)
                elif may_retry(error):  # a refusal is about this message alone
                    failure_note(connection, error)
                    break
    return read


class _Asking:
    """Reads messages of one connection; calls its platform only where it has to."""

    def __init__(self, connection: Connection, stack: ExitStack) -> None:
        self.connection = connection
        self.stack = stack
        self.kind = connector_class(connection.kind, connection.connector)
        self.met: dict[str, ChannelOrder | None] = {}

    def read(self, message: PlatformMessage) -> _Read:
        events = events_open(message.events_cipher) if message.events_cipher else []
        orders = [event for event in events if isinstance(event, ChannelOrder)]
        touched = sorted({event.number for event in events if isinstance(event, OrderTouched)})
        # Where a platform cannot be asked for one order, pulling brings it.
        if touched and Feature.GET_ORDER in self.kind.features and not self._has_been_pulled(message):
            orders += [order for number in touched if (order := self._order(number)) is not None]
        return _Read(message, orders, [event for event in events if isinstance(event, Wish)])

    def _has_been_pulled(self, message: PlatformMessage) -> bool:
        """Whether pulling has passed the message by its overlap: then it has brought what it tells.

        Nobody knows when one that was told again came the last time.
        """
        return message.repeats == 0 and message.received_at < self._pulled_until

    @cached_property
    def _pulled_until(self) -> datetime:
        orders = PullCursor.Stream.ORDERS
        cursor = PullCursor.objects.filter(connection=self.connection, stream=orders).first()
        if cursor is None:
            return datetime.min.replace(tzinfo=UTC)
        overlap: timedelta = self.kind.limits.overlap
        return cursor.high_water - max(overlap, LEAST_OVERLAP)

    @cached_property
    def _calls(self) -> Calls:
        return self.stack.enter_context(calls_open(self.connection))

    def _order(self, number: str) -> ChannelOrder | None:
        if number not in self.met:
            self.met[number] = self._calls.make(lambda connector: connector.get_order(number))
            ok_note(self.connection)
        return self.met[number]


def _settle(connection: Connection, read: Sequence[_Read]) -> int:
    """Apply what was read, all at once or, where that fails, each for itself; how many messages are done."""
    if not read:
        return 0
    try:
        # Repeating either changes nothing.
        orders_apply(connection=connection, orders=[order for one in read for order in one.orders])
        wishes_apply(connection=connection, wishes=[wish for one in read for wish in one.wishes])
    except Exception as error:
        if len(read) > 1:
            return sum(_settle(connection, [one]) for one in read)
        _fail(read[0].message, error)
        logger.exception("message_failed", connection=connection.pk, message=read[0].message.pk)
        return 0
    _done([one.message for one in read])
    return len(read)


def _done(messages: Sequence[PlatformMessage]) -> None:
    """Settle messages, unless one has come again meanwhile and wants another look."""
    execute(
        "UPDATE platform_message m SET state = 'done', events_cipher = NULL, message = ''"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, repeats)"
        " WHERE m.id = d.id AND m.state = 'new' AND m.repeats = d.repeats",
        columns(sorted((message.pk, message.repeats) for message in messages), 2),
    )


def _fail(message: PlatformMessage, error: Exception) -> None:
    execute(
        "UPDATE platform_message SET tries = tries + 1, next_try_at = %s, message = %s,"
        " state = CASE WHEN tries + 1 >= %s THEN 'failed' ELSE state END WHERE id = %s",
        [try_again_at(message.tries, error), error_facts(error)[1], MOST_TRIES, message.pk],
    )


def messages_purge() -> int:
    """Forget messages that are done and old; their number."""
    return execute(
        "DELETE FROM platform_message WHERE received_at < %s AND state <> 'new'", [clock.now() - KEPT]
    )
