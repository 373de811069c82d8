"""Telling platforms what became of wishes to cancel or to send elsewhere."""

from __future__ import annotations

import time
from typing import Any

from hecang.integrations.channels.base import AddressChange, CancelWish
from hecang.integrations.models import PlatformRequest
from hecang.integrations.services.channels.sending import (
    CALLABLE,
    RUN_SECONDS,
    active_connection,
    each_connection,
    may_retry,
    try_again_at,
)
from hecang.integrations.services.channels.values import recipient_open
from hecang.integrations.services.leases import leased
from hecang.integrations.services.links import calls_open, error_facts, failure_note, ok_note
from hecang.kernel import clock
from hecang.kernel.connectors import AlreadyDone, OutsideError
from hecang.kernel.db import fetch
from hecang.kernel.stopping import stopping
from hecang.orders.services import RecipientIn

Answer = PlatformRequest.Answer
_DUE = f"""
SELECT DISTINCT c.id FROM platform_request r JOIN connection c ON c.id = r.connection_id
WHERE r.answer = 'waiting' AND r.next_try_at <= %s AND {CALLABLE}
"""  # noqa: S608 - constants


def answers_wait() -> bool:
    now = clock.now()
    return bool(fetch(f"{_DUE} LIMIT 1", [now, now]))


def answers_send_all() -> int:
    """Send what waits, for all connections; how many connections had something."""
    now = clock.now()
    return each_connection(_DUE, [now, now], lambda key: answers_send(connection_id=key))


def answers_send(*, connection_id: int) -> int:
    """Tell one platform what became of wishes, oldest first; how many it has taken."""
    connection = active_connection(connection_id)
    if connection is None:
        return 0
    sent = 0
    with leased(connection_id, "answers") as lease:
        if lease is None:
            return 0
        with calls_open(connection) as calls:
            due = PlatformRequest.objects.filter(
                connection=connection, answer=Answer.WAITING, next_try_at__lte=clock.now()
            ).order_by("pk")
            until = time.monotonic() + RUN_SECONDS
            for number, request in enumerate(list(due[:500])):
                if stopping.is_set() or (number and time.monotonic() > until):
                    break
                lease.keep()
                error: OutsideError | None = None
                try:
                    calls.make(lambda connector, one=request: _tell(connector, one))  # type: ignore[misc]
                except AlreadyDone:
                    pass
                except OutsideError as failed:
                    error = failed
                _note(request, error)
                if error is not None and may_retry(error):
                    failure_note(connection, error)
                    break
                ok_note(connection)
                sent += error is None
    return sent


def _tell(connector: Any, request: PlatformRequest) -> None:
    if request.kind == PlatformRequest.Kind.CANCEL:
        wish = CancelWish(
            request.number, request.order_number, request.requested_at, request.external_line, request.reason
        )
        connector.answer_cancel(wish, stopped=bool(request.is_accepted))
        return
    recipient = recipient_open(request.payload_cipher) if request.payload_cipher else RecipientIn()
    change = AddressChange(request.number, request.order_number, recipient, request.requested_at)
    connector.answer_address(change, accepted=bool(request.is_accepted))


def _note(request: PlatformRequest, error: OutsideError | None) -> None:
    request.updated_at = clock.now()
    request.tries += 1
    if error is None:
        request.answer, request.next_try_at, request.payload_cipher = Answer.SENT, None, None
    elif may_retry(error):
        request.next_try_at = try_again_at(request.tries, error)
        request.message = error_facts(error)[1]
    else:
        request.answer, request.next_try_at, request.payload_cipher = Answer.FAILED, None, None
        request.message = error_facts(error)[1]
    request.save(update_fields=["answer", "next_try_at", "payload_cipher", "tries", "message", "updated_at"])
