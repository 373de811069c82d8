"""The rows that an order must win, and the only place that writes them.

Two functions are meant for bulk paths of other apps, inside a transaction of their own::

    free = availability_lock_skus(owner_id=1, sku_ids=[...], warehouse_ids=[...])   # locks
    ...                                    # decide; a pair that is missing has never had stock
    reservations_write(rows=[...])         # at most so many units a key as are free, all rows at once

Everything else goes through ``reservation``, ``posting`` and ``allocation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hecang.inventory.keys import AvailabilityKey, AvailabilityRow
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch

_LOCK = """
SELECT a.id, a.warehouse_id, a.sku_id, a.owner_id, a.sellable, a.reserved
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (warehouse_id, sku_id, owner_id)
JOIN availability a USING (warehouse_id, sku_id, owner_id)
ORDER BY a.id
FOR NO KEY UPDATE OF a
"""

_LOCK_SKUS = """
SELECT id, warehouse_id, sku_id, sellable - reserved
FROM availability
WHERE owner_id = %s AND sku_id = ANY(%s::bigint[]) AND warehouse_id = ANY(%s::bigint[])
ORDER BY id
FOR NO KEY UPDATE
"""

_ENSURE = """
INSERT INTO availability (warehouse_id, sku_id, owner_id, sellable, reserved)
SELECT k.warehouse_id, k.sku_id, k.owner_id, 0, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (warehouse_id, sku_id, owner_id)
WHERE NOT EXISTS (
    SELECT 1 FROM availability a
    WHERE a.warehouse_id = k.warehouse_id AND a.sku_id = k.sku_id AND a.owner_id = k.owner_id
)
ON CONFLICT DO NOTHING
"""

_CHANGE = """
UPDATE availability a SET sellable = a.sellable + d.sellable, reserved = a.reserved + d.reserved
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d (id, sellable, reserved)
WHERE a.id = d.id
"""

_WRITE = """
WITH request AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS r (warehouse_id, sku_id, owner_id, quantity, source_id)
), promised AS (
    UPDATE availability a SET reserved = a.reserved + d.quantity
    FROM (
        SELECT warehouse_id, sku_id, owner_id, sum(quantity)::bigint AS quantity
        FROM request GROUP BY warehouse_id, sku_id, owner_id
    ) d
    WHERE a.warehouse_id = d.warehouse_id AND a.sku_id = d.sku_id AND a.owner_id = d.owner_id
)
INSERT INTO reservation
    (warehouse_id, sku_id, owner_id, quantity, state, source_kind, source_id, expires_at, created_at)
SELECT warehouse_id, sku_id, owner_id, quantity, 'active', %s, source_id, %s, %s
FROM request
"""


_CUT = """
UPDATE reservation r SET
    quantity = CASE WHEN d.quantity = r.quantity THEN r.quantity ELSE r.quantity - d.quantity END,
    state = CASE WHEN d.quantity = r.quantity THEN d.state ELSE r.state END,
    closed_at = CASE WHEN d.quantity = r.quantity THEN %s ELSE r.closed_at END
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS d (id, quantity, state)
WHERE r.id = d.id
"""


class ReservationRow(NamedTuple):
    """One reservation to write, already decided. A plain tuple in this order does as well.

    ``quantity`` is in base units, positive; ``source_id`` is the document line that it is for.
    """

    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int
    source_id: int


def availability_lock(
    keys: Iterable[AvailabilityKey | tuple[int, int, int]], *, create: bool = False
) -> dict[AvailabilityKey, AvailabilityRow]:
    """Lock the rows of these keys until the transaction ends, in primary-key order.

    :param keys: (warehouse, sku, owner); repetitions are fine.
    :param create: make rows that do not exist yet; otherwise their keys are missing from the answer.
    :return: what each row says now.

    One statement (two with ``create``). Locks: availability ``FOR NO KEY UPDATE``; lock documents first.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    arrays = columns(wanted, 3)
    if create:
        execute(_ENSURE, arrays)
    found = {}
    for row_id, warehouse_id, sku_id, owner_id, sellable, reserved in fetch(_LOCK, arrays):
        key = AvailabilityKey(warehouse_id, sku_id, owner_id)
        found[key] = AvailabilityRow(row_id, key, sellable, reserved)
    return found


def availability_lock_skus(
    *, owner_id: int, sku_ids: Sequence[int], warehouse_ids: Sequence[int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Lock one owner's rows of these SKUs in these warehouses, in primary-key order; one statement.

    :return: (warehouse id, SKU id) → (id of the row, units that are free). Pairs that never had stock
        are missing.
    """
    rows = fetch(_LOCK_SKUS, [owner_id, list(sku_ids), list(warehouse_ids)])
    return {(warehouse_id, sku_id): (row_id, free) for row_id, warehouse_id, sku_id, free in rows}


def availability_change(changes: Mapping[int, tuple[int, int]]) -> None:
    """Add to ``sellable`` and ``reserved`` of rows that the caller has locked.

    :param changes: id of the row → (units more sellable, units more reserved).
    """
    rows = [
        (row_id, sellable, reserved)
        for row_id, (sellable, reserved) in changes.items()
        if sellable or reserved
    ]
    if rows:
        execute(_CHANGE, columns(rows, 3))


def reservations_write(
    *,
    rows: Sequence[ReservationRow | tuple[int, int, int, int, int]],
    source_kind: str = "sales_order_line",
    expires_at: datetime | None = None,
) -> int:
    """Write reservations that the caller has decided under the lock of availability, in one statement.

    The caller has checked that each key's sum fits what is free there; the database's check refuses the
    whole transaction if it does not (law 3). A source may have several reservations at one key.

    :param rows: (warehouse, SKU, owner, quantity, source id); the lock of each key is held.
    :return: number of rows written.
    """
    if not rows:
        return 0
    return execute(_WRITE, [*columns(rows, 5), source_kind, expires_at, clock.now()])


def reservations_cut(rows: Sequence[tuple[int, int, str]]) -> None:
    """Take units out of active reservations; what is left without any is closed.

    :param rows: (reservation id, units, state to close it with). The caller holds the lock of their
        availability, has checked the units, and lowers ``reserved`` itself.
    """
    if rows:
        execute(_CUT, [clock.now(), *columns(rows, 3)])
