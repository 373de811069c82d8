"""Goods that came in for a store are kept for it until somebody approves its transfer, and then go onto its truck.

Locks: transfer → line → availability.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.services import ReservationIn, reservations_create
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import HecangError
from hecang.kernel.outbox import emit
from hecang.stockkeeping import states_transfers as states
from hecang.stockkeeping.events_replenishing import TransferMoved
from hecang.stockkeeping.services.transfers import LINE, SUBJECT, transfer_release

_LOCK = """
SELECT id, state FROM transfer WHERE id = ANY(%s::bigint[]) AND state IN ('requested', 'approved')
ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_LINES = """
SELECT l.id, l.transfer_id, l.sku_id, t.from_warehouse_id, t.owner_id,
    l.quantity - l.reserved - l.allocated - l.shipped - l.cut, l.reserved, l.kept
FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id
WHERE l.transfer_id = ANY(%s::bigint[]) ORDER BY t.created_at, t.id, l.id FOR NO KEY UPDATE OF l
"""
_FREE = """
SELECT warehouse_id, sku_id, owner_id, sellable - reserved FROM availability
WHERE warehouse_id = ANY(%s::bigint[]) AND sku_id = ANY(%s::bigint[]) AND owner_id = ANY(%s::bigint[])
"""
_KEEP = """
UPDATE transfer_line l SET reserved = l.reserved + d.reserved, kept = least(l.kept + d.kept, l.reserved + d.reserved),
    kept_location_id = d.location_id
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS d (id, reserved, kept, location_id)
WHERE l.id = d.id
"""


class Came(NamedTuple):
    """Units that came in for a line of a transfer, and where they were put down."""

    units: int
    location_id: int


class _Line(NamedTuple):
    id: int
    transfer_id: int
    sku_id: int
    warehouse_id: int
    owner_id: int
    waiting: int
    reserved: int
    kept: int

    @property
    def key(self) -> tuple[int, int, int]:
        return self.warehouse_id, self.sku_id, self.owner_id


@transactional
def store_orders_keep(
    *, wanted: Mapping[tuple[int, int], Came], not_for_stores: Mapping[tuple[int, int], int]
) -> int:
    """Reserve units for transfers that were asked for and not approved yet; how many were kept.

    As much of each as is free; those that have moved on meanwhile are left alone. One that was approved meanwhile, from
    other stock, has all that it gets; it is told where these lie, so that it takes them instead. A handful of statements
    for any number of transfers. Repeating it never reserves more than a transfer asks for.

    :param wanted: (transfer, SKU) → units that came in for it, and where they lie.
    :param not_for_stores: (SKU, owner) → free units that customers' orders wait for: these go first.
    """
    standing = dict(fetch(_LOCK, [sorted({key[0] for key in wanted})]))
    lines = [_Line(*row) for row in fetch(_LOCK_LINES, [sorted(standing)])]
    mine = [line for line in lines if (line.transfer_id, line.sku_id) in wanted]
    asked = [
        (line, min(wanted[line.transfer_id, line.sku_id].units, line.waiting))
        for line in mine
        if standing[line.transfer_id] == states.REQUESTED and line.waiting > 0
    ]
    kept = _reserve(asked, not_for_stores)
    changed = []
    for line in mine:
        came, more = wanted[line.transfer_id, line.sku_id], kept.get(line.id, 0)
        aside = more
        if standing[line.transfer_id] == states.APPROVED:
            aside = min(came.units, line.reserved - line.kept)
        if aside > 0:
            changed.append((line, (line.id, more, aside, came.location_id)))
    if not changed:
        return 0
    execute(_KEEP, columns([row for _line, row in changed], 4))
    approved = sorted(
        {line.transfer_id for line, _row in changed if standing[line.transfer_id] == states.APPROVED}
    )
    if approved:
        emit(TransferMoved(tuple(approved)))
    of: dict[int, int] = defaultdict(int)
    for line, _units in asked:
        of[line.transfer_id] += kept.get(line.id, 0)
    audit_record_many(
        action="stockkeeping.transfer.kept",
        entity_kind=SUBJECT,
        entries=[(key, None, {"units": units}) for key, units in sorted(of.items()) if units],
    )
    return sum(kept.values())


def store_orders_release(*, transfer_ids: Collection[int]) -> list[int]:
    """Put approved transfers on the floor for which goods were cross-docked; those that were.

    So their goods do not lie in the way until somebody thinks of them. Each in a transaction of its own; one that moves
    on meanwhile, or of which nothing can be taken, is left to people.
    """
    rows = fetch(
        "SELECT t.id FROM transfer t WHERE t.id = ANY(%s::bigint[]) AND t.state = 'approved' AND EXISTS ("
        " SELECT 1 FROM transfer_line l WHERE l.transfer_id = t.id AND l.kept > 0 AND l.reserved > 0) ORDER BY t.id",
        [sorted(set(transfer_ids))],
    )
    released = []
    for (key,) in rows:
        try:
            transfer_release(transfer_id=key)
        except HecangError as error:
            if error.status >= 500:
                raise
            continue
        released.append(key)
    return released


def _reserve(
    asked: Collection[tuple[_Line, int]], not_for_stores: Mapping[tuple[int, int], int]
) -> dict[int, int]:
    """Line → units that could be reserved for it."""
    if not asked:
        return {}
    free = _free([line for line, _units in asked], not_for_stores)
    requests = []
    for line, units in asked:
        most = min(units, free[line.key])
        if most > 0:
            free[line.key] -= most
            requests.append(ReservationIn(line.warehouse_id, line.sku_id, line.owner_id, most, LINE, line.id))
    granted = reservations_create(requests=requests, partial=True).granted if requests else []
    return {one.source_id: units for one, units in zip(requests, granted, strict=True) if units}


def _free(
    lines: Collection[_Line], not_for_stores: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int, int], int]:
    """(warehouse, SKU, owner) → units that nobody has been promised and no customer waits for."""
    rows = fetch(
        _FREE,
        [
            sorted({line.warehouse_id for line in lines}),
            sorted({line.sku_id for line in lines}),
            sorted({line.owner_id for line in lines}),
        ],
    )
    free: dict[tuple[int, int, int], int] = defaultdict(int)
    for warehouse_id, sku_id, owner_id, units in rows:
        free[warehouse_id, sku_id, owner_id] = units - not_for_stores.get((sku_id, owner_id), 0)
    return free
