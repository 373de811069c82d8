"""The rows that an order must win, and the only place that writes them.

Three functions are meant for bulk paths of other apps, inside a transaction of their own::

    if not reservations_try(rows=[...]):       # all or nothing, without asking first
        rows = availability_lock(keys)         # what is free; a key that is missing never had stock
        ...                                    # decide
        reservations_write(rows=[...])         # at most so many units a key as are free

Everything else goes through ``reservation``, ``posting`` and ``allocation``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from django.db import connection, transaction

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

_ADD = """
UPDATE availability a SET reserved = a.reserved + d.quantity
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS d (warehouse_id, sku_id, owner_id, quantity)
WHERE a.warehouse_id = d.warehouse_id AND a.sku_id = d.sku_id AND a.owner_id = d.owner_id
"""

_INSERT = """
INSERT INTO reservation
    (warehouse_id, sku_id, owner_id, quantity, source_id, state, source_kind, expires_at, created_at)
SELECT r.*, 'active', %s, %s, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS r
"""

# The verdict is a scalar subquery: joined as a table it would be computed again for every row. Both
# numbers are written from the locked row: PostgreSQL holds the new row that it makes from the version
# in its snapshot against the check constraint before it notices that there is a newer version;
# ``reserved = a.reserved + …`` would fail that check for no reason.
_TAKE = """
WITH locked AS MATERIALIZED (
    SELECT a.id, a.sellable, a.reserved + d.quantity AS reserved
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS d (warehouse_id, sku_id, owner_id, quantity)
    JOIN availability a USING (warehouse_id, sku_id, owner_id)
    ORDER BY a.id FOR NO KEY UPDATE OF a
)
UPDATE availability a SET sellable = l.sellable, reserved = l.reserved FROM locked l
WHERE a.id = l.id AND (SELECT count(*) = %s AND bool_and(reserved <= sellable) FROM locked)
"""

_TRY = """
WITH request AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS r (warehouse_id, sku_id, owner_id, quantity, source_id)
), demand AS (
    SELECT warehouse_id, sku_id, owner_id, sum(quantity)::bigint AS quantity
    FROM request GROUP BY warehouse_id, sku_id, owner_id
), locked AS MATERIALIZED (
    SELECT a.id, a.sellable, a.reserved + d.quantity AS reserved
    FROM demand d JOIN availability a USING (warehouse_id, sku_id, owner_id)
    ORDER BY a.id FOR NO KEY UPDATE OF a
), promised AS (
    UPDATE availability a SET sellable = l.sellable, reserved = l.reserved FROM locked l
    WHERE a.id = l.id AND (SELECT count(*) = (SELECT count(*) FROM demand) AND bool_and(reserved <= sellable) FROM locked)
)
INSERT INTO reservation
    (warehouse_id, sku_id, owner_id, quantity, source_id, state, source_kind, expires_at, created_at)
SELECT r.*, 'active', %s, %s, %s FROM request r
WHERE (SELECT count(*) = (SELECT count(*) FROM demand) AND bool_and(reserved <= sellable) FROM locked)
"""

_COPY = """
COPY reservation (
    warehouse_id, sku_id, owner_id, quantity, source_id, state, source_kind, expires_at, created_at
) FROM STDIN
"""

#: From so many rows on, COPY is quicker than arrays.
_MANY = 100

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


def reservations_try(
    *,
    rows: Sequence[ReservationRow | tuple[int, int, int, int, int]],
    source_kind: str = "sales_order_line",
    expires_at: datetime | None = None,
) -> bool:
    """Reserve all rows, or nothing: lock their keys, judge, write. One statement, or two from 100 rows on.

    A savepoint lets the locks of a lost try go: who plans anew locks other keys, too, and all locks are taken in
    key order. Held on to, they made rings of waiting transactions.

    :param rows: (warehouse, SKU, owner, quantity, source id); demand is summed per key.
    :return: whether everything fitted. If not, nothing was written or stays locked, and the transaction can go
        on (with :func:`availability_lock` to see what is free).
    """
    if not rows:
        return True
    before = transaction.savepoint()
    won = _try(rows, source_kind, expires_at)
    (transaction.savepoint_commit if won else transaction.savepoint_rollback)(before)
    return won


def _try(
    rows: Sequence[ReservationRow | tuple[int, int, int, int, int]],
    source_kind: str,
    expires_at: datetime | None,
) -> bool:
    at = clock.now()
    if len(rows) < _MANY:
        return execute(_TRY, [*columns(rows, 5), source_kind, expires_at, at]) > 0
    demand = _summed(rows)
    if execute(_TAKE, [*columns(demand, 4), len(demand)]) != len(demand):
        return False
    _copy(rows, source_kind, expires_at, at)
    return True


def reservations_write(
    *,
    rows: Sequence[ReservationRow | tuple[int, int, int, int, int]],
    source_kind: str = "sales_order_line",
    expires_at: datetime | None = None,
) -> int:
    """Write reservations that the caller has decided under the lock of availability, in two statements.

    The caller has checked that each key's sum fits what is free there; the database's check refuses the
    whole transaction if it does not (law 3). A source may have several reservations at one key.

    :param rows: (warehouse, SKU, owner, quantity, source id); the lock of each key is held.
    :return: number of rows written.
    """
    if not rows:
        return 0
    at = clock.now()
    execute(_ADD, columns(_summed(rows), 4))
    if len(rows) < _MANY:
        return execute(_INSERT, [source_kind, expires_at, at, *columns(rows, 5)])
    _copy(rows, source_kind, expires_at, at)
    return len(rows)


def _summed(
    rows: Sequence[ReservationRow | tuple[int, int, int, int, int]],
) -> list[tuple[int, int, int, int]]:
    """(warehouse, SKU, owner, units) of each key."""
    demand: dict[tuple[int, int, int], int] = defaultdict(int)
    for warehouse_id, sku_id, owner_id, quantity, _source_id in rows:
        demand[warehouse_id, sku_id, owner_id] += quantity
    return [(*key, units) for key, units in demand.items()]


def _copy(
    rows: Sequence[ReservationRow | tuple[int, int, int, int, int]],
    source_kind: str,
    expires_at: datetime | None,
    at: datetime,
) -> None:
    cursor: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    with cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((*row, "active", source_kind, expires_at, at))


def reservations_cut(rows: Sequence[tuple[int, int, str]]) -> None:
    """Take units out of active reservations; what is left without any is closed.

    :param rows: (reservation id, units, state to close it with). The caller holds the lock of their
        availability, has checked the units, and lowers ``reserved`` itself.
    """
    if rows:
        execute(_CUT, [clock.now(), *columns(rows, 3)])
