"""Keeping why orders come from where they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hecang.kernel.db import columns, execute

_SAVE = """
INSERT INTO order_sourcing (order_id, reason, decided_at, decision)
SELECT d.order_id, %s, %s::timestamptz, d.decision FROM unnest(%s::bigint[], %s::jsonb[]) AS d (order_id, decision)
ON CONFLICT (order_id) DO UPDATE
SET reason = excluded.reason, decided_at = excluded.decided_at, decision = excluded.decision
"""


def weighings_save(rows: Sequence[tuple[int, str]], reason: str, at: datetime) -> None:
    """Keep records of :class:`~hecang.orders.sourcing.weighing.Recorder` as (order id, record) of locked or new orders, instead of earlier ones."""
    if rows:
        execute(_SAVE, [reason, at, *columns(rows, 2)])
