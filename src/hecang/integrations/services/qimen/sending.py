"""The queue of what the other side is to be told: each message once, however often it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from hecang.accounts.services.audit import audit_record_many
from hecang.integrations.models import Connection, QimenSending
from hecang.integrations.qimen.xml import Node, write
from hecang.integrations.services.channels.sending import (
    RUN_SECONDS,
    each_connection,
    may_retry,
    try_again_at,
)
from hecang.integrations.services.leases import leased
from hecang.integrations.services.links import calls_open, error_facts, failure_note, ok_note
from hecang.kernel import clock
from hecang.kernel.connectors import AlreadyDone, OutsideError
from hecang.kernel.crypto import decrypt, encrypt
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.stopping import stopping

State = QimenSending.State
#: Messages of one run; then others get their turn.
MOST = 1000

_WRITE = """
INSERT INTO qimen_sending (connection_id, method, key, document_code, body_cipher, state, tries, next_try_at, error,
    message, created_at)
SELECT d.connection_id, d.method, d.key, d.document_code, d.body, 'pending', 0, %s::timestamptz, '', '', %s::timestamptz
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bytea[]) WITH ORDINALITY
    AS d (connection_id, method, key, document_code, body, position)
ORDER BY d.position
ON CONFLICT (connection_id, method, key) DO NOTHING RETURNING id
"""
_CALLABLE = "c.is_active AND c.kind = 'erp' AND (c.retry_at IS NULL OR c.retry_at <= %s)"
_DUE = f"""
SELECT DISTINCT c.id FROM qimen_sending s JOIN connection c ON c.id = s.connection_id
WHERE s.state = 'pending' AND s.next_try_at <= %s AND {_CALLABLE}
"""  # noqa: S608 - constants


class Telling(NamedTuple):
    """One message to send. ``key`` is its ``outBizCode``."""

    connection_id: int
    method: str
    key: str
    document_code: str
    content: dict[str, Any]


@transactional
def tellings_queue(tellings: Sequence[Telling]) -> int:
    """Queue messages; those that are queued or sent already stay as they are. How many are new. One statement."""
    if not tellings:
        return 0
    now = clock.now()
    rows = [
        (one.connection_id, one.method, one.key[:100], one.document_code[:100], encrypt(write("request", one.content)))
        for one in tellings
    ]  # fmt: skip
    return len(fetch(_WRITE, [now, now, *columns(rows, 5)]))


def sendings_wait() -> bool:
    now = clock.now()
    return bool(fetch(f"{_DUE} LIMIT 1", [now, now]))


def sendings_send_all() -> int:
    """Send what waits for all connections, several at a time; how many had something."""
    now = clock.now()
    return each_connection(_DUE, [now, now], lambda key: sendings_send(connection_id=key))


def sendings_send(*, connection_id: int) -> int:
    """Send one connection's messages, oldest first; how many arrived.

    One worker at a time for a connection, no lock held while it calls. A message whose answer was lost is sent
    again under its key, by which the other side knows it. Refused ones stay visible, and can be sent again.
    """
    connection = Connection.objects.filter(pk=connection_id, is_active=True, kind="erp").first()
    if connection is None:
        return 0
    done = 0
    with leased(connection_id, "qimen") as lease:
        if lease is None:
            return 0
        with calls_open(connection) as calls:
            due = QimenSending.objects.filter(
                connection=connection_id, state=State.PENDING, next_try_at__lte=clock.now()
            ).order_by("pk")[:MOST]
            until = time.monotonic() + RUN_SECONDS
            for number, sending in enumerate(due):
                if stopping.is_set() or (number and time.monotonic() > until):
                    break
                lease.keep()
                error: OutsideError | None = None
                try:
                    answer = calls.make(
                        lambda one, sending=sending: one.send(sending.method, decrypt(sending.body_cipher))  # type: ignore[misc]
                    )
                    _answered(sending, answer)
                except AlreadyDone:
                    pass
                except OutsideError as failed:
                    error = failed
                _note(sending, error)
                done += error is None
                if error is not None and may_retry(error):
                    failure_note(connection, error)
                    break
                ok_note(connection)
    return done


def _answered(sending: QimenSending, answer: Node) -> None:
    """Remember the number that the other side's warehouse gave our document."""
    outside = answer.text("deliveryOrderId", "entryOrderId", "returnOrderId")
    if outside and sending.method.endswith(".create"):
        execute(
            "UPDATE qimen_document SET outside_id = %s WHERE connection_id = %s AND code = %s",
            [outside[:100], sending.connection_id, sending.document_code],
        )


def _note(sending: QimenSending, error: OutsideError | None) -> None:
    now = clock.now()
    state, done_at, next_try = State.DONE, now, sending.next_try_at
    code, message = error_facts(error) if error is not None else ("", "")
    if error is not None:
        state, done_at = State.REFUSED, None  # type: ignore[assignment]
        if may_retry(error):
            state, next_try = State.PENDING, try_again_at(sending.tries + 1, error)
    execute(
        "UPDATE qimen_sending SET state = %s, done_at = %s::timestamptz, next_try_at = %s, error = %s, message = %s,"
        " tries = tries + 1 WHERE id = %s AND state = 'pending'",
        [state.value, done_at, next_try, code, message, sending.pk],
    )


@transactional
def sendings_resend(*, sending_ids: Sequence[int]) -> list[int]:
    """Send messages again, also those that arrived: the other side knows them by their keys. Locks them."""
    from hecang.integrations.selectors.scope import visible_connections

    rows = list(
        QimenSending.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=sending_ids, connection__in=visible_connections())
        .order_by("pk")
    )
    now = clock.now()
    for row in rows:
        row.state, row.next_try_at, row.tries, row.done_at = State.PENDING, now, 0, None
        row.save(update_fields=["state", "next_try_at", "tries", "done_at"])
    audit_record_many(
        action="integrations.qimen.sent_again",
        entity_kind="qimen_sending",
        entries=[(row.pk, None, {"method": row.method, "document": row.document_code}) for row in rows],
    )
    return [row.pk for row in rows]
