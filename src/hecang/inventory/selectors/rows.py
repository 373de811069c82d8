"""Reading stock: plain rows for other apps and for the API. Nothing here locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.policies import Candidate, policy_named
from hecang.kernel.db import fetch

_AVAILABILITY = """
SELECT warehouse_id, sku_id, sellable - reserved FROM availability
WHERE owner_id = %s AND sku_id = ANY(%s::bigint[]) AND (%s::bigint[] IS NULL OR warehouse_id = ANY(%s::bigint[]))
"""

_CANDIDATES = """
SELECT s.id, s.warehouse_id, s.sku_id, s.owner_id, s.location_id, s.lot_id, t.expires_on, s.received_at,
    l.kind = 'pick_face', l.pick_sequence, s.quantity - s.allocated
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (warehouse_id, sku_id, owner_id)
JOIN stock s USING (warehouse_id, sku_id, owner_id)
JOIN location l ON l.id = s.location_id
LEFT JOIN lot t ON t.id = s.lot_id
WHERE s.is_sellable AND s.quantity > s.allocated
"""

_KEYS_OF_SKUS = """
SELECT warehouse_id, sku_id, owner_id FROM availability
WHERE warehouse_id = %s AND sku_id = ANY(%s::bigint[]) AND sellable > 0
"""

_RESERVATIONS = """
SELECT id, source_id, warehouse_id, sku_id, owner_id, quantity FROM reservation
WHERE source_kind = %s AND source_id = ANY(%s::bigint[]) AND state = 'active' ORDER BY id
"""

_ALLOCATIONS = """
SELECT a.id, a.source_id, a.stock_id, s.warehouse_id, s.location_id, s.lot_id, s.sku_id, s.owner_id, a.quantity,
    a.state
FROM allocation a JOIN stock s ON s.id = a.stock_id
WHERE a.source_kind = %s AND a.source_id = ANY(%s::bigint[]) AND a.state IN ('open', 'picked')
ORDER BY a.id
"""

_SKUS_IN_USE = """
SELECT sku_id FROM stock WHERE sku_id = ANY(%s::bigint[]) AND quantity > 0
UNION
SELECT sku_id FROM reservation WHERE sku_id = ANY(%s::bigint[]) AND state = 'active'
"""


@dataclass(frozen=True, slots=True)
class AllocatableRow:
    """Free sellable units of one stock row."""

    stock_id: int
    location_id: int
    sku_id: int
    owner_id: int
    lot_id: int | None
    expires_on: date | None
    free: int


@dataclass(frozen=True, slots=True)
class ActiveReservation:
    """Units that are promised to a source."""

    id: int
    source_id: int
    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class StandingAllocation:
    """Units that are hard-allocated to a source: ``open`` on the shelf, or ``picked``."""

    id: int
    source_id: int
    stock_id: int
    warehouse_id: int
    location_id: int
    lot_id: int | None
    sku_id: int
    owner_id: int
    quantity: int
    state: str


def availability_for(
    *, sku_ids: Sequence[int], owner_id: int, warehouse_ids: Sequence[int] | None = None
) -> dict[tuple[int, int], int]:
    """(warehouse id, SKU id) → units that can be promised; pairs that never had stock are missing."""
    warehouses = None if warehouse_ids is None else list(warehouse_ids)
    rows = fetch(_AVAILABILITY, [owner_id, list(sku_ids), warehouses, warehouses])
    return {(warehouse_id, sku_id): free for warehouse_id, sku_id, free in rows}


def candidates_of(keys: Sequence[AvailabilityKey], policy: str) -> dict[AvailabilityKey, list[Candidate]]:
    """The sellable stock rows with free units of each key, in the order of a policy. One statement."""
    if not keys:
        return {}
    chosen = policy_named(policy)
    found: dict[AvailabilityKey, list[Candidate]] = defaultdict(list)
    columns = [[key[index] for key in keys] for index in range(3)]
    for row in fetch(_CANDIDATES, columns):
        found[AvailabilityKey(row[1], row[2], row[3])].append(Candidate(*row))
    return {key: chosen.prepare(rows) for key, rows in found.items()}


def stock_allocatable(
    *, warehouse_id: int, sku_ids: Sequence[int], policy: str = "fefo"
) -> list[AllocatableRow]:
    """Free sellable units by stock row, in the order in which ``stock_allocate`` would take them.

    For planning walks before anything is locked. (``fewest_locations`` chooses anew for every demand; here
    its rows come in walking order.)
    """
    keys = [AvailabilityKey(*row) for row in fetch(_KEYS_OF_SKUS, [warehouse_id, list(sku_ids)])]
    return [
        AllocatableRow(c.stock_id, c.location_id, c.sku_id, c.owner_id, c.lot_id, c.expires_on, c.free)
        for rows in candidates_of(keys, policy).values()
        for c in rows
    ]


def reservations_active(source_kind: str, source_ids: Sequence[int]) -> list[ActiveReservation]:
    """What is reserved for these sources, oldest first."""
    return [ActiveReservation(*row) for row in fetch(_RESERVATIONS, [source_kind, list(source_ids)])]


def allocations_standing(source_kind: str, source_ids: Sequence[int]) -> list[StandingAllocation]:
    """What is allocated to these sources, oldest first, with the place where the units lie now."""
    return [StandingAllocation(*row) for row in fetch(_ALLOCATIONS, [source_kind, list(source_ids)])]


def skus_with_stock(sku_ids: Sequence[int]) -> set[int]:
    """Those of the SKUs that lie somewhere or are promised to somebody."""
    return {row[0] for row in fetch(_SKUS_IN_USE, [list(sku_ids), list(sku_ids)])}
