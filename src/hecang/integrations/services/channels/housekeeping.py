"""Forgetting what is needed no longer."""

from __future__ import annotations

from hecang.kernel import clock
from hecang.kernel.db import execute

_OLD = """
UPDATE platform_order SET payload_cipher = NULL WHERE id IN (
    SELECT p.id FROM platform_order p LEFT JOIN channel_rules r ON r.connection_id = p.connection_id
    WHERE p.state IN ('imported', 'remembered', 'ignored') AND p.payload_cipher IS NOT NULL
        AND p.updated_at < %s::timestamptz - make_interval(days => coalesce(r.payload_days, 30)::int)
    ORDER BY p.id LIMIT 5000
)
"""


def payloads_purge() -> int:
    """Erase what platforms told of orders long ago (``payload_days``), but of those that still wait; how many.

    The sales order keeps what it needs, encrypted; this is only the message that it was made from.
    """
    gone = 0
    while count := execute(_OLD, [clock.now()]):
        gone += count
        if count < 5000:
            break
    return gone
