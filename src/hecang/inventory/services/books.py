"""The pen: the only functions that write ``stock`` and ``movement``.

They decide nothing. The order of use is the order of locks: ``facts_lock`` → ``availability_lock`` →
``stock_ensure`` → ``stock_lock`` → check → ``stock_change`` / ``availability_change`` /
``movements_write``. Each is one statement, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hecang.inventory.keys import Place, StockRow
from hecang.inventory.sellability import IS_SELLABLE
from hecang.kernel import clock
from hecang.kernel.actor import current_actor, current_request_id
from hecang.kernel.db import columns, execute, fetch

_PLACE_ARRAYS = "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[]"
_PLACE_NAMES = "location_id, sku_id, lot_id, owner_id, condition, container_id"
#: The unique index leads with location and sku; IS NOT DISTINCT FROM alone could not use an index.
_SAME_PLACE = """
    s.location_id = p.location_id AND s.sku_id = p.sku_id AND s.owner_id = p.owner_id
    AND s.condition = p.condition
    AND s.lot_id IS NOT DISTINCT FROM p.lot_id AND s.container_id IS NOT DISTINCT FROM p.container_id
"""
_STOCK = """
    s.id, s.warehouse_id, s.location_id, s.sku_id, s.lot_id, s.owner_id, s.condition, s.container_id,
    s.quantity, s.allocated, s.is_sellable, s.received_at
"""

_ENSURE = f"""
INSERT INTO stock ({_PLACE_NAMES}, warehouse_id, quantity, allocated, is_sellable, received_at)
SELECT s.location_id, s.sku_id, s.lot_id, s.owner_id, s.condition, s.container_id,
    l.warehouse_id, 0, 0, {IS_SELLABLE}, s.received_at
FROM unnest({_PLACE_ARRAYS}, %s::timestamptz[]) AS s ({_PLACE_NAMES}, received_at)
JOIN location l ON l.id = s.location_id
LEFT JOIN lot t ON t.id = s.lot_id
WHERE NOT EXISTS (SELECT 1 FROM stock p WHERE {_SAME_PLACE})
ON CONFLICT DO NOTHING
"""  # noqa: S608 - put together from constants

_LOCK = f"""
SELECT {_STOCK}
FROM unnest({_PLACE_ARRAYS}) AS p ({_PLACE_NAMES})
JOIN stock s ON {_SAME_PLACE}
ORDER BY s.id
FOR NO KEY UPDATE OF s
"""  # noqa: S608 - put together from constants

_READ_BY_ID = f"SELECT {_STOCK} FROM stock s WHERE s.id = ANY(%s::bigint[])"  # noqa: S608 - constants
_LOCK_BY_ID = f"{_READ_BY_ID} ORDER BY s.id FOR NO KEY UPDATE"

# An emptied row that is filled again starts a new age; otherwise the older goods give it theirs.
_CHANGE = """
UPDATE stock s SET
    quantity = s.quantity + d.quantity,
    allocated = s.allocated + d.allocated,
    received_at = CASE WHEN s.quantity = 0 AND d.received_at IS NOT NULL THEN d.received_at ELSE s.received_at END
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[]) AS d (id, quantity, allocated, received_at)
WHERE s.id = d.id
"""

# For rows that are not locked yet: the CTE locks them in primary-key order before any is written.
_ALLOCATE = """
WITH d AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, allocated)),
locked AS (
    SELECT s.id FROM stock s WHERE s.id IN (SELECT id FROM d) ORDER BY s.id FOR NO KEY UPDATE
)
UPDATE stock s SET allocated = s.allocated + d.allocated
FROM d JOIN locked USING (id)
WHERE s.id = d.id
"""

_MOVEMENTS = """
INSERT INTO movement (
    at, sku_id, lot_id, owner_id, quantity, from_location_id, to_location_id, from_condition, to_condition,
    from_container_id, to_container_id, reason, source_kind, source_id, note, actor, request_id
)
SELECT %s, m.sku_id, m.lot_id, m.owner_id, m.quantity, m.from_location_id, m.to_location_id,
    m.from_condition, m.to_condition, m.from_container_id, m.to_container_id,
    m.reason, m.source_kind, m.source_id, m.note, %s, %s
FROM unnest(
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
    %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[]
) WITH ORDINALITY AS m (
    sku_id, lot_id, owner_id, quantity, from_location_id, to_location_id, from_condition, to_condition,
    from_container_id, to_container_id, reason, source_kind, source_id, note, place
)
ORDER BY m.place
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One entry for the ledger: ``quantity`` base units of one lot and owner from one place to another."""

    sku_id: int
    lot_id: int | None
    owner_id: int
    quantity: int
    from_location_id: int
    to_location_id: int
    from_condition: str
    to_condition: str
    from_container_id: int | None
    to_container_id: int | None
    reason: str
    source_kind: str = ""
    source_id: int | None = None
    note: str = ""

    @classmethod
    def between(
        cls,
        source: Place,
        target: Place,
        quantity: int,
        reason: str,
        source_kind: str = "",
        source_id: int | None = None,
        note: str = "",
    ) -> MovementRow:
        """An entry from one place to another; SKU, lot and owner are those of ``source``."""
        return cls(
            source.sku_id,
            source.lot_id,
            source.owner_id,
            quantity,
            source.location_id,
            target.location_id,
            source.condition,
            target.condition,
            source.container_id,
            target.container_id,
            reason,
            source_kind,
            source_id,
            note,
        )


def stock_ensure(places: Mapping[Place, datetime]) -> None:
    """Make rows (of nothing) for places that have none yet, race-safe.

    :param places: place → since when its goods have been in the house.

    Under a shared ``facts_lock``. The order of insertion is fixed, so two callers never wait in a circle.
    """
    if places:
        ordered = sorted(places.items(), key=lambda item: _order(item[0]))
        execute(_ENSURE, columns(((*place, received) for place, received in ordered), 7))


def stock_lock(places: Iterable[Place]) -> dict[Place, StockRow]:
    """Lock the rows of these places in primary-key order; places without a row are missing."""
    arrays = columns(set(places), 6)
    return {row.place: row for row in map(_row, fetch(_LOCK, arrays))} if arrays[0] else {}


def stock_lock_ids(ids: Iterable[int]) -> dict[int, StockRow]:
    """Lock these rows in primary-key order."""
    wanted = list(set(ids))
    return {row.id: row for row in map(_row, fetch(_LOCK_BY_ID, [wanted]))} if wanted else {}


def stock_read(ids: Iterable[int]) -> dict[int, StockRow]:
    """These rows without a lock: for their place and age, which belong to the row for good."""
    wanted = list(set(ids))
    return {row.id: row for row in map(_row, fetch(_READ_BY_ID, [wanted]))} if wanted else {}


def stock_change(
    changes: Mapping[int, tuple[int, int]], received: Mapping[int, datetime] | None = None
) -> None:
    """Add to ``quantity`` and ``allocated`` of rows that the caller has locked.

    :param changes: id → (units more, units more allocated).
    :param received: id → age of what is added; counts only where the row was empty.
    """
    ages = received or {}
    rows = [
        (row_id, quantity, allocated, ages.get(row_id))
        for row_id, (quantity, allocated) in changes.items()
        if quantity or allocated
    ]
    if rows:
        execute(_CHANGE, columns(rows, 4))


def stock_allocated_change(changes: Mapping[int, int]) -> None:
    """Add to ``allocated`` of rows whose availability, but not themselves, the caller has locked.

    Enough, because what is free at a place changes only under the lock of its availability.
    """
    rows = [(row_id, allocated) for row_id, allocated in sorted(changes.items()) if allocated]
    if rows:
        execute(_ALLOCATE, columns(rows, 2))


def movements_write(rows: Sequence[MovementRow]) -> list[int]:
    """Append entries to the ledger, signed with the acting person and the request.

    :return: their ids, in the order of ``rows``.
    """
    if not rows:
        return []
    arrays = columns(
        (
            (
                m.sku_id, m.lot_id, m.owner_id, m.quantity, m.from_location_id, m.to_location_id, m.from_condition,
                m.to_condition, m.from_container_id, m.to_container_id, m.reason, m.source_kind, m.source_id, m.note,
            )
            for m in rows
        ),
        14,
    )  # fmt: skip
    return [
        row[0]
        for row in fetch(_MOVEMENTS, [clock.now(), current_actor().name, current_request_id(), *arrays])
    ]


def _order(place: Place) -> tuple[int, int, int, int, str, int]:
    return (
        place.location_id,
        place.sku_id,
        place.lot_id or 0,
        place.owner_id,
        place.condition,
        place.container_id or 0,
    )


def _row(row: tuple[Any, ...]) -> StockRow:
    return StockRow(row[0], row[1], Place(*row[2:8]), *row[8:12])
