"""Bringing scattered remains together: many places with little of one kind become few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.services import availability_lock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import Conflict
from hecang.stockkeeping.services.replenishing import ClaimIn, claims_write

#: Less than this in a place is a remnant: a share of a case, or units where nobody knows what a case holds.
REMNANT_SHARE = 1.0
REMNANT_UNITS = 20

# Sellable goods in reserve that nobody has allocated or claimed, loose and alike, in at least so many places; with
# what still fits at each place by volume (null where a size is unknown).
_SCATTERED = """
WITH loose AS (
    SELECT s.id, s.sku_id, s.owner_id, s.lot_id, s.location_id, s.quantity, l.pick_sequence, l.aisle_id,
        coalesce(c.quantity, %s) AS bulk, k.length_mm::float8 * k.width_mm * k.height_mm AS unit_mm3,
        0.8 * l.width_mm::float8 * l.depth_mm * l.height_mm AS place_mm3,
        (SELECT sum(o.quantity * u.length_mm::float8 * u.width_mm * u.height_mm)
            FROM stock o JOIN sku u ON u.id = o.sku_id WHERE o.location_id = s.location_id AND o.quantity > 0) AS full_mm3,
        count(*) OVER w AS places
    FROM stock s JOIN location l ON l.id = s.location_id AND l.kind = 'reserve' AND l.is_active
    JOIN sku k ON k.id = s.sku_id LEFT JOIN packaging c ON c.sku_id = s.sku_id AND c.level = 'case'
    WHERE s.warehouse_id = %s AND s.is_sellable AND s.quantity > 0 AND s.allocated = 0 AND s.container_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM replenishment r WHERE r.stock_id = s.id AND r.state = 'open')
        AND NOT EXISTS (SELECT 1 FROM replenishment r WHERE r.state = 'open' AND r.to_location_id = s.location_id
            AND r.sku_id = s.sku_id)
    WINDOW w AS (PARTITION BY s.sku_id, s.owner_id, s.lot_id)
)
SELECT id, sku_id, owner_id, lot_id, location_id, quantity, pick_sequence, bulk,
    CASE WHEN unit_mm3 > 0 AND place_mm3 > 0 AND full_mm3 IS NOT NULL
        THEN floor(greatest(0, place_mm3 - full_mm3) / unit_mm3)::bigint END
FROM loose WHERE places >= %s AND (%s::bigint IS NULL OR sku_id = %s)
ORDER BY sku_id, owner_id, lot_id, pick_sequence, id
"""


@dataclass(frozen=True, slots=True)
class Merge:
    """Units that would be carried from one place to another; the first is empty of them afterwards."""

    stock_id: int
    sku_id: int
    owner_id: int
    lot_id: int | None
    from_location_id: int
    to_location_id: int
    to_stock_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class _Remnant:
    stock_id: int
    location_id: int
    quantity: int
    sequence: int
    bulk: int
    room: int | None


def consolidation_preview(
    *, warehouse_id: int, sku_id: int | None = None, least_places: int = 3, most: int = 200
) -> list[Merge]:
    """Moves that empty the most places with the fewest units carried. Changes and locks nothing; one statement.

    Only loose, sellable goods in reserve that nobody has allocated or claimed, of one SKU, owner and lot. The place
    that holds most of them takes the others in, the smallest first, as long as they fit. Only goods of owners whom
    the actor may see.

    :param least_places: fewer places than this are left alone.
    :param most: moves at most.
    """
    scope = current_actor().scope
    scope.require(warehouse=warehouse_id)
    groups: dict[tuple[int, int, int | None], list[_Remnant]] = defaultdict(list)
    for row in fetch(_SCATTERED, [REMNANT_UNITS, warehouse_id, least_places, sku_id, sku_id]):
        if scope.owners is None or row[2] in scope.owners:
            groups[row[1], row[2], row[3]].append(_Remnant(row[0], row[4], row[5], row[6], row[7], row[8]))
    merges = [merge for key, rows in groups.items() for merge in _merges(key, rows)]
    # What empties a place with the least carrying comes first.
    merges.sort(key=lambda merge: (merge.quantity, merge.stock_id))
    return merges[:most]


def _merges(key: tuple[int, int, int | None], rows: Sequence[_Remnant]) -> list[Merge]:
    """Within one kind: small ones into the largest that has room, each place either gives or takes."""
    sku_id, owner_id, lot_id = key
    ordered = sorted(rows, key=lambda row: (row.quantity, -row.sequence, row.stock_id))
    targets = list(reversed(ordered))
    room = {row.stock_id: row.room if row.room is not None else row.bulk * 10 - row.quantity for row in rows}
    taking: set[int] = set()
    merges: list[Merge] = []
    for row in ordered:
        if row.stock_id in taking or row.quantity > REMNANT_SHARE * row.bulk:
            continue
        gone = {merge.stock_id for merge in merges}
        fitting = [
            target
            for target in targets
            if target.stock_id not in gone | {row.stock_id} and room[target.stock_id] >= row.quantity
        ]
        # A place that takes already is walked to anyway; else the fullest.
        chosen = next((target for target in fitting if target.stock_id in taking), None) or next(
            iter(fitting), None
        )
        if chosen is None:
            continue
        taking.add(chosen.stock_id)
        room[chosen.stock_id] -= row.quantity
        merges.append(
            Merge(
                row.stock_id, sku_id, owner_id, lot_id, row.location_id, chosen.location_id, chosen.stock_id,
                row.quantity,
            )
        )  # fmt: skip
    return merges


@transactional
def consolidation_start(*, warehouse_id: int, stock_ids: Sequence[int], least_places: int = 3) -> list[int]:
    """Claim the units of these moves of the preview and put them into the pool; ids of the claims.

    Worked out anew under the lock of availability, so that two who start it never claim the same units; what is no
    longer as the preview said is left out. :raises Conflict: nothing is left.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    keys = [
        AvailabilityKey(*row)
        for row in fetch(
            "SELECT DISTINCT warehouse_id, sku_id, owner_id FROM stock WHERE id = ANY(%s::bigint[]) AND warehouse_id = %s",
            [list(stock_ids), warehouse_id],
        )
    ]
    availability_lock(keys)
    wanted = set(stock_ids)
    merges = [
        merge
        for merge in consolidation_preview(warehouse_id=warehouse_id, least_places=least_places, most=10_000)
        if merge.stock_id in wanted
    ]
    if not merges:
        raise Conflict(
            _("These remains have been moved, allocated or claimed meanwhile. Look at the proposals again."),
            code="consolidation_gone",
        )
    return claims_write(
        [
            ClaimIn(
                warehouse_id, "consolidation", None, merge.sku_id, merge.owner_id, merge.stock_id,
                merge.from_location_id, merge.to_location_id, merge.lot_id, merge.quantity,
            )
            for merge in merges
        ]
    )  # fmt: skip
