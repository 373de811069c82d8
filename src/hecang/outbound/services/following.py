"""Picks that follow their goods when a container is carried elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.db import execute

_FOLLOW = """
UPDATE pick_task t SET from_location_id = s.location_id
FROM allocation a JOIN stock s ON s.id = a.stock_id
WHERE t.allocation_id = a.id AND a.id = ANY(%s::bigint[]) AND a.state = 'open' AND t.state = 'open'
    AND t.kind = 'pick' AND t.from_location_id <> s.location_id
"""


def tasks_follow(allocation_ids: Sequence[int]) -> None:
    """Send open picks of these allocations to where the units lie now. One statement; the walk keeps its order."""
    execute(_FOLLOW, [list(allocation_ids)])
