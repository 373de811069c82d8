"""Messages that platforms send: verified and kept at once, worked on right after."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta

import structlog

from hecang.integrations.channels.base import (
    AddressChange,
    CancelWish,
    ChannelOrder,
    ChannelRefund,
    Feature,
    OrderTouched,
)
from hecang.integrations.connectors import connector_class
from hecang.integrations.errors import ConnectionNotFound
from hecang.integrations.models import Connection, PlatformMessage
from hecang.integrations.services.channels.intake import orders_apply
from hecang.integrations.services.channels.requests import wishes_apply
from hecang.integrations.services.channels.sending import (
    CALLABLE,
    RUN_SECONDS,
    active_connection,
    may_retry,
    try_again_at,
)
from hecang.integrations.services.channels.values import events_open, events_seal
from hecang.integrations.services.links import (
    calls_open,
    error_facts,
    failure_note,
    link_open,
    ok_note,
    settings_of,
)
from hecang.kernel import clock
from hecang.kernel.connectors import Incoming, OutsideError, Reply
from hecang.kernel.db import execute, fetch, transactional

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

    Several workers may: applying is idempotent, and of one order they take turns. A message that fails is
    tried again later and does not hold up the others; a connection that is slow or does not answer has its part of
    the time, not that of the others.

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


def _work(connection_id: int, keys: list[int], seconds: float) -> int:
    connection = active_connection(connection_id)
    if connection is None:
        return 0
    done = 0
    until = time.monotonic() + seconds
    messages = PlatformMessage.objects.filter(pk__in=keys, state=State.NEW).order_by("pk")
    for number, message in enumerate(messages):
        if number and time.monotonic() > until:
            break
        try:
            _apply(connection, message)
        except Exception as error:
            _fail(message, error)
            if not isinstance(error, OutsideError):
                logger.exception("message_failed", connection=connection_id, message=message.pk)
            elif may_retry(error):  # a refusal is about this message alone
                failure_note(connection, error)
                break
        else:
            _done(message)
            done += 1
    return done


def _apply(connection: Connection, message: PlatformMessage) -> None:
    events = events_open(message.events_cipher) if message.events_cipher else []
    orders = [event for event in events if isinstance(event, ChannelOrder)]
    touched = sorted({event.number for event in events if isinstance(event, OrderTouched)})
    if touched:
        orders += _fetched(connection, touched)
    orders_apply(connection=connection, orders=orders)
    wishes_apply(
        connection=connection,
        wishes=[one for one in events if isinstance(one, (ChannelRefund, AddressChange, CancelWish))],
    )


def _fetched(connection: Connection, numbers: list[str]) -> list[ChannelOrder]:
    """Orders that a message only names. Where a platform cannot be asked for one, pulling brings it."""
    found = []
    with calls_open(connection) as calls:
        if Feature.GET_ORDER not in calls.connector.features:
            return []
        for number in numbers:
            order = calls.make(lambda connector, one=number: connector.get_order(one))  # type: ignore[misc]
            if order is not None:
                found.append(order)
    ok_note(connection)
    return found


def _done(message: PlatformMessage) -> None:
    """Settle a message, unless it has come again meanwhile and wants another look."""
    execute(
        "UPDATE platform_message SET state = 'done', events_cipher = NULL, message = '' WHERE id = %s"
        " AND state = 'new' AND repeats = %s",
        [message.pk, message.repeats],
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
