"""Cutting an allocation in two, where only a part of picked units leaves in a parcel."""

from __future__ import annotations

from collections.abc import Sequence

from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch

_CUT = """
UPDATE allocation a SET quantity = a.quantity - c.units
FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, units) WHERE a.id = c.id
"""

_NEW = """
INSERT INTO allocation (stock_id, quantity, state, source_kind, source_id, reserved_kind, reserved_id, created_at)
SELECT a.stock_id, c.units, a.state, a.source_kind, a.source_id, a.reserved_kind, a.reserved_id, %s
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS c (id, units, place) JOIN allocation a ON a.id = c.id
ORDER BY c.place RETURNING id
"""


def allocations_split(*, splits: Sequence[tuple[int, int]]) -> list[int]:
    """Cut (allocation id, units) off standing allocations; ids of the new ones, in order.

    Expects the documents of the allocations to be locked. What is promised does not change.
    """
    if not splits:
        return []
    execute(_CUT, columns(splits, 2))
    return [row[0] for row in fetch(_NEW, [now(), *columns(splits, 2)])]
