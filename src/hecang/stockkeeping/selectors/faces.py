"""Pick faces with what lies in them, what comes, and what waves will want. Nothing here locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.policies import Candidate
from hecang.inventory.selectors import candidates_of
from hecang.kernel.clock import now
from hecang.kernel.db import columns, fetch
from hecang.stockkeeping.replenishing import Face

_FIGURES = """
    f.id, f.warehouse_id, f.location_id, f.sku_id, f.owner_id, f.min_quantity, f.max_quantity, f.multiple,
    l.pick_sequence,
    coalesce((SELECT sum(s.quantity - s.allocated) FROM stock s WHERE s.location_id = f.location_id
        AND s.sku_id = f.sku_id AND s.owner_id = f.owner_id AND s.is_sellable), 0)::bigint,
    coalesce((SELECT sum(r.quantity - r.moved) FROM replenishment r WHERE r.state = 'open'
        AND r.to_location_id = f.location_id AND r.sku_id = f.sku_id AND r.owner_id = f.owner_id), 0)::bigint
"""
_OF_WAREHOUSE = f"""
SELECT {_FIGURES} FROM pick_face f JOIN location l ON l.id = f.location_id
WHERE f.warehouse_id = %s AND f.is_active AND l.is_active ORDER BY f.id
"""  # noqa: S608 - put together from constants
_AT_PLACES = f"""
SELECT {_FIGURES} FROM pick_face f JOIN location l ON l.id = f.location_id
WHERE f.location_id = ANY(%s::bigint[]) AND f.is_active AND l.is_active ORDER BY f.id
"""  # noqa: S608 - put together from constants
_OF_KEYS = f"""
SELECT {_FIGURES} FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (warehouse_id, sku_id, owner_id)
JOIN pick_face f USING (warehouse_id, sku_id, owner_id) JOIN location l ON l.id = f.location_id
WHERE f.is_active AND l.is_active ORDER BY f.id
"""  # noqa: S608 - put together from constants

# What transfers have reserved is carried straight from where it lies; it is nothing for pick faces.
_DEMAND = """
SELECT a.sku_id, a.owner_id, a.reserved - coalesce(t.units, 0)
FROM availability a LEFT JOIN (
    SELECT l.sku_id, t.owner_id, sum(l.reserved)::bigint AS units
    FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id
    WHERE t.from_warehouse_id = %s AND l.reserved > 0 GROUP BY 1, 2
) t USING (sku_id, owner_id)
WHERE a.warehouse_id = %s AND a.reserved > coalesce(t.units, 0)
    AND (%s::bigint[] IS NULL OR a.sku_id = ANY(%s::bigint[]))
"""

_CLAIMS = """
SELECT stock_id, sum(quantity - moved)::bigint FROM replenishment
WHERE state = 'open' AND stock_id = ANY(%s::bigint[]) GROUP BY stock_id
"""

# Where somebody did not find the goods, until the place has been counted or a day has passed.
_DOUBTED = """
SELECT DISTINCT r.stock_id FROM replenishment r
WHERE r.stock_id = ANY(%s::bigint[]) AND r.ended_by = 'short' AND r.done_at > %s
    AND NOT EXISTS (SELECT 1 FROM movement m WHERE m.reason = 'count' AND m.at > r.done_at
        AND r.from_location_id IN (m.from_location_id, m.to_location_id) AND m.sku_id = r.sku_id)
"""
_DOUBT = timedelta(days=1)

Key = tuple[int, int]


def faces_of_warehouse(warehouse_id: int) -> list[Face]:
    """All faces in use. One statement."""
    return [Face(*row) for row in fetch(_OF_WAREHOUSE, [warehouse_id])]


def faces_at(location_ids: Collection[int]) -> list[Face]:
    """The faces in use at these places. One statement."""
    return [Face(*row) for row in fetch(_AT_PLACES, [sorted(location_ids)])]


def faces_of_keys(keys: Collection[AvailabilityKey]) -> list[Face]:
    """The faces in use of these SKUs. One statement."""
    return [Face(*row) for row in fetch(_OF_KEYS, columns(sorted(keys), 3))] if keys else []


def faces_by_key(faces: Sequence[Face]) -> dict[AvailabilityKey, list[Face]]:
    """Grouped as availability is."""
    found: dict[AvailabilityKey, list[Face]] = defaultdict(list)
    for face in faces:
        found[AvailabilityKey(face.warehouse_id, face.sku_id, face.owner_id)].append(face)
    return dict(found)


def demand_of_warehouse(warehouse_id: int, sku_ids: Collection[int] | None = None) -> dict[Key, int]:
    """(SKU, owner) → units that are promised to orders and not allocated yet. One statement."""
    skus = None if sku_ids is None else sorted(sku_ids)
    rows = fetch(_DEMAND, [warehouse_id, warehouse_id, skus, skus])
    return {(sku, owner): units for sku, owner, units in rows}


def claims_of(stock_ids: Collection[int]) -> dict[int, int]:
    """Stock row → units that open replenishments have claimed there. One statement."""
    return dict(fetch(_CLAIMS, [sorted(stock_ids)])) if stock_ids else {}


def sources_of(keys: Collection[AvailabilityKey], policy: str) -> dict[AvailabilityKey, list[Candidate]]:
    """What lies outside of pick faces and nobody has claimed or doubts, in the order of the policy. Three statements."""
    found = {
        key: [row for row in rows if not row.is_pick_face]
        for key, rows in candidates_of(sorted(keys), policy).items()
    }
    ids = {row.stock_id for rows in found.values() for row in rows}
    claims = claims_of(ids)
    if ids:
        claims |= {row[0]: 2**62 for row in fetch(_DOUBTED, [sorted(ids), now() - _DOUBT])}
    for rows in found.values():
        for row in rows:
            row.free -= claims.get(row.stock_id, 0)
    return {key: [row for row in rows if row.free > 0] for key, rows in found.items()}
