"""Goods that came in for a store are kept for it until somebody approves its transfer.

Locks: transfer → line → availability.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.services import ReservationIn, reservations_create
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.stockkeeping.services.transfers import LINE, SUBJECT

_LOCK_LINES = """
SELECT l.id, l.transfer_id, l.sku_id, t.from_warehouse_id, t.owner_id,
    l.quantity - l.reserved - l.allocated - l.shipped - l.cut
FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id
WHERE l.transfer_id = ANY(%s::bigint[]) ORDER BY t.created_at, t.id, l.id FOR NO KEY UPDATE OF l
"""
_FREE = """
SELECT warehouse_id, sku_id, owner_id, sellable - reserved FROM availability
WHERE warehouse_id = ANY(%s::bigint[]) AND sku_id = ANY(%s::bigint[]) AND owner_id = ANY(%s::bigint[])
"""


@transactional
def store_orders_keep(
    *, wanted: Mapping[tuple[int, int], int], not_for_stores: Mapping[tuple[int, int], int]
) -> int:
    """Reserve units for transfers that were asked for and not approved yet; how many were kept.

    As much of each as is free; those that have moved on meanwhile are left alone. A handful of statements for any
    number of transfers. Repeating it never reserves more than a transfer asks for.

    :param wanted: (transfer, SKU) → units that came in for it.
    :param not_for_stores: (SKU, owner) → free units that customers' orders wait for: these go first.
    """
    ids = sorted({key[0] for key in wanted})
    standing = fetch(
        "SELECT id FROM transfer WHERE id = ANY(%s::bigint[]) AND state = 'requested' ORDER BY id FOR NO KEY UPDATE",
        [ids],
    )
    lines = fetch(_LOCK_LINES, [[row[0] for row in standing]])
    asked = [(row, min(wanted.get((row[1], row[2]), 0), row[5])) for row in lines]
    asked = [(row, units) for row, units in asked if units > 0]
    if not asked:
        return 0
    free = _free([row for row, _units in asked], not_for_stores)
    requests = []
    for (line_id, _transfer, sku_id, warehouse_id, owner_id, _left), units in asked:
        key = (warehouse_id, sku_id, owner_id)
        most = min(units, free[key])
        if most > 0:
            free[key] -= most
            requests.append(ReservationIn(warehouse_id, sku_id, owner_id, most, LINE, line_id))
    granted = reservations_create(requests=requests, partial=True).granted if requests else []
    kept = {one.source_id: units for one, units in zip(requests, granted, strict=True) if units}
    if not kept:
        return 0
    execute(
        "UPDATE transfer_line l SET reserved = l.reserved + d.units"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, units) WHERE l.id = d.id",
        columns(sorted(kept.items()), 2),
    )
    of: dict[int, int] = defaultdict(int)
    for row, _units in asked:
        of[row[1]] += kept.get(row[0], 0)
    audit_record_many(
        action="stockkeeping.transfer.kept",
        entity_kind=SUBJECT,
        entries=[(key, None, {"units": units}) for key, units in sorted(of.items()) if units],
    )
    return sum(kept.values())


def _free(
    lines: Collection[tuple[int, ...]], not_for_stores: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int, int], int]:
    """(warehouse, SKU, owner) → units that nobody has been promised and no customer waits for."""
    rows = fetch(
        _FREE,
        [
            sorted({row[3] for row in lines}),
            sorted({row[2] for row in lines}),
            sorted({row[4] for row in lines}),
        ],
    )
    free: dict[tuple[int, int, int], int] = defaultdict(int)
    for warehouse_id, sku_id, owner_id, units in rows:
        free[warehouse_id, sku_id, owner_id] = units - not_for_stores.get((sku_id, owner_id), 0)
    return free
