"""Promises moving from one warehouse to another, where nothing of them has been taken yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.services.availability import availability_change, availability_lock, reservations_cut
from hecang.inventory.services.reservation import reservations_insert
from hecang.kernel.db import fetch, transactional

_STANDING = """
SELECT id, source_id, warehouse_id, quantity FROM reservation
WHERE source_kind = %s AND source_id = ANY(%s::bigint[]) AND state = 'active' ORDER BY id DESC
"""


class Rehousing(NamedTuple):
    """Units promised to a source that are to come from elsewhere.

    :param from_warehouse_id: where they are reserved now; ``None``: nowhere yet.
    """

    source_id: int
    sku_id: int
    owner_id: int
    from_warehouse_id: int | None
    to_warehouse_id: int
    quantity: int


@transactional
def reservations_rehouse(*, moves: Sequence[Rehousing], source_kind: str = "sales_order_line") -> bool:
    """Reserve in the new warehouses what is reserved in the old ones: all of it, or nothing.

    What one source gives up another may take in the same call. The caller has locked the documents of the sources
    and knows that no wave has taken any of the units. Locks: availability, in key order. Six statements.

    :return: whether everything was as the moves say and fitted. If not, nothing was written.
    """
    if not moves:
        return True
    keys: set[AvailabilityKey] = set()
    change: dict[AvailabilityKey, int] = defaultdict(int)
    giving: dict[tuple[int, int], int] = defaultdict(int)
    for move in moves:
        to = AvailabilityKey(move.to_warehouse_id, move.sku_id, move.owner_id)
        keys.add(to)
        change[to] += move.quantity
        if move.from_warehouse_id is not None:
            old = AvailabilityKey(move.from_warehouse_id, move.sku_id, move.owner_id)
            keys.add(old)
            change[old] -= move.quantity
            giving[move.source_id, move.from_warehouse_id] += move.quantity
    locked = availability_lock(keys)
    if keys - locked.keys():
        return False
    if any(units > 0 and units > locked[key].free for key, units in change.items()):
        return False
    cuts = _cuts(giving, source_kind)
    if cuts is None:
        return False
    reservations_cut(cuts)
    availability_change({locked[key].id: (0, units) for key, units in change.items()})
    rows: list[tuple[int, int, int, int, str, int, Any]] = [
        (move.to_warehouse_id, move.sku_id, move.owner_id, move.quantity, source_kind, move.source_id, None)
        for move in moves
    ]
    reservations_insert(rows)
    return True


def _cuts(giving: dict[tuple[int, int], int], source_kind: str) -> list[tuple[int, int, str]] | None:
    """(reservation, units, state) to take out, the newest first; ``None`` where a source has fewer units."""
    left = dict(giving)
    cuts = []
    for row_id, source, warehouse, quantity in fetch(
        _STANDING, [source_kind, sorted({source for source, _warehouse in giving})]
    ):
        units = min(quantity, left.get((source, warehouse), 0))
        if units:
            cuts.append((row_id, units, "released"))
            left[source, warehouse] -= units
    return None if any(left.values()) else cuts
