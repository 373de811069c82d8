"""What outbound asks of the books: where goods could be taken, what is promised, what is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hecang.inventory.policies import Candidate, policy_named
from hecang.kernel.db import fetch

_CANDIDATES = """
SELECT s.id, s.warehouse_id, s.sku_id, s.owner_id, s.location_id, s.lot_id, t.expires_on, s.received_at,
    l.kind = 'pick_face', l.pick_sequence, s.quantity - s.allocated
FROM stock s JOIN location l ON l.id = s.location_id LEFT JOIN lot t ON t.id = s.lot_id
WHERE s.warehouse_id = %s AND s.sku_id = ANY(%s) AND s.is_sellable AND s.quantity > s.allocated
ORDER BY s.sku_id, s.owner_id
"""

_RESERVED = """
SELECT source_id, warehouse_id, sku_id, owner_id, quantity FROM reservation
WHERE source_kind = %s AND source_id = ANY(%s) AND state = 'active' ORDER BY id
"""

_STANDING = """
SELECT a.id, a.source_id, a.stock_id, s.location_id, s.lot_id, s.sku_id, a.quantity, a.state
FROM allocation a JOIN stock s ON s.id = a.stock_id
WHERE a.source_kind = %s AND a.source_id = ANY(%s) AND a.state IN ('open', 'picked') ORDER BY a.id
"""


class ReservedRow(NamedTuple):
    """Units that a source has reserved."""

    source_id: int
    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class StandingAllocation:
    """Units that are hard-allocated, where they lie now."""

    id: int
    source_id: int
    stock_id: int
    location_id: int
    lot_id: int | None
    sku_id: int
    quantity: int
    state: str


def stock_allocatable(*, warehouse_id: int, sku_ids: Sequence[int], policy: str) -> list[Candidate]:
    """Sellable stock that nobody has allocated, for each SKU and owner in the order of the policy. No lock."""
    chosen = policy_named(policy)
    by_key: dict[tuple[int, int], list[Candidate]] = {}
    for row in fetch(_CANDIDATES, [warehouse_id, list(sku_ids)]):
        candidate = Candidate(*row)
        by_key.setdefault((candidate.sku_id, candidate.owner_id), []).append(candidate)
    return [candidate for found in by_key.values() for candidate in chosen.prepare(found)]


def reservations_active(source_kind: str, source_ids: Sequence[int]) -> list[ReservedRow]:
    """Standing reservations of these sources. One statement."""
    return [ReservedRow(*row) for row in fetch(_RESERVED, [source_kind, list(source_ids)])]


def allocations_standing(source_kind: str, source_ids: Sequence[int]) -> list[StandingAllocation]:
    """Allocations of these sources that are open or picked, oldest first. One statement."""
    return [StandingAllocation(*row) for row in fetch(_STANDING, [source_kind, list(source_ids)])]
