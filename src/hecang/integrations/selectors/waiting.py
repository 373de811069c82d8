"""What waits for a mapping."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.db import fetch

_WAITING = """
SELECT d.id, count(p.id) FROM unnest(%s::bigint[]) AS d (id)
JOIN platform_order p ON p.state = 'unmapped' AND p.waits_for @> ARRAY[d.id] GROUP BY d.id
"""


def orders_waiting_for(product_ids: Sequence[int]) -> dict[int, int]:
    """How many orders wait for the mapping of each product; those that none waits for are missing."""
    return dict(fetch(_WAITING, [list(product_ids)])) if product_ids else {}
