"""From facts to messages: written in the transaction that moves the reader of the outbox on, so each exactly once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hecang.integrations.services.webhooks.catalogue import EventType
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.ids import new_id
from hecang.kernel.outbox import Event

_WANTED = """
SELECT EXISTS (SELECT FROM webhook_endpoint WHERE is_active AND (event_types = '{}' OR %s = ANY(event_types)))
"""
_MESSAGES = """
INSERT INTO webhook_message (key, type, payload, shop_id, created_at)
SELECT m.key, m.type, m.payload, m.shop_id, %s FROM unnest(%s::text[], %s::text[], %s::jsonb[], %s::bigint[])
    WITH ORDINALITY AS m (key, type, payload, shop_id, position) ORDER BY position
RETURNING id
"""
_DELIVERIES = """
INSERT INTO webhook_delivery (endpoint_id, message_id, replay, state, attempts, due_at, last_error, created_at)
SELECT e.id, m.id, 0, 'waiting', 0, %s, '', %s FROM webhook_message m
JOIN webhook_endpoint e ON e.is_active AND (e.event_types = '{}' OR m.type = ANY(e.event_types))
    AND (e.shop_ids IS NULL OR m.shop_id = ANY(e.shop_ids))
WHERE m.id = ANY(%s::bigint[]) ORDER BY e.id, m.id
ON CONFLICT (endpoint_id, message_id, replay) DO NOTHING
"""


def events_tell(kind: EventType, events: Sequence[Event]) -> int:
    """Write one message for each thing that ``events`` are about, and queue it for whoever wants it; how many.

    Where nobody wants this type, nothing is written. Belongs into the transaction of the outbox. Constant statements.
    """
    wanted = fetch(_WANTED, [kind.code])
    if not wanted[0][0]:
        return 0
    rows = [
        (message_key(), kind.code, kind.schema.model_validate(data).model_dump_json(), shop_id)
        for data, shop_id in kind.build(events)
    ]
    if not rows:
        return 0
    now = clock.now()
    ids = [row[0] for row in fetch(_MESSAGES, [now, *columns(rows, 4)])]
    execute(_DELIVERIES, [now, now, ids])
    return len(ids)


def message_key() -> str:
    """A new ``webhook-id``: rises with time."""
    return f"msg_{new_id().hex}"


def body_of(message_type: str, at: str, payload: Any) -> bytes:
    """What is sent; the same bytes at every try."""
    value = {"type": message_type, "timestamp": at, "data": payload}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
