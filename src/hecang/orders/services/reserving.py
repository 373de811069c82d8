"""Stand-in for ``inventory.services.reservations_try`` until it exists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection

from hecang.kernel import clock
from hecang.kernel.db import execute

# The verdict is a scalar subquery: joined as a table it would be computed again for every row.
_TAKE = """
WITH locked AS MATERIALIZED (
    SELECT a.id, d.quantity, a.reserved + d.quantity <= a.sellable AS fits
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS d (warehouse_id, sku_id, owner_id, quantity)
    JOIN availability a USING (warehouse_id, sku_id, owner_id)
    ORDER BY a.id FOR NO KEY UPDATE OF a
)
UPDATE availability a SET reserved = a.reserved + l.quantity FROM locked l
WHERE a.id = l.id AND (SELECT count(*) = %s AND bool_and(fits) FROM locked)
"""
_TRY = """
WITH request AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS r (warehouse_id, sku_id, owner_id, quantity, source_id)
), demand AS (
    SELECT warehouse_id, sku_id, owner_id, sum(quantity)::bigint AS quantity
    FROM request GROUP BY warehouse_id, sku_id, owner_id
), locked AS MATERIALIZED (
    SELECT a.id, d.quantity, a.reserved + d.quantity <= a.sellable AS fits
    FROM demand d JOIN availability a USING (warehouse_id, sku_id, owner_id)
    ORDER BY a.id FOR NO KEY UPDATE OF a
), promised AS (
    UPDATE availability a SET reserved = a.reserved + l.quantity FROM locked l
    WHERE a.id = l.id AND (SELECT count(*) = (SELECT count(*) FROM demand) AND bool_and(fits) FROM locked)
)
INSERT INTO reservation (warehouse_id, sku_id, owner_id, quantity, source_id, state, source_kind, expires_at, created_at)
SELECT r.*, 'active', %s, NULL, %s FROM request r
WHERE (SELECT count(*) = (SELECT count(*) FROM demand) AND bool_and(fits) FROM locked)
"""

_COPY = "COPY reservation (warehouse_id, sku_id, owner_id, quantity, source_id, state, source_kind, created_at) FROM STDIN"


def reservations_try(
    *, rows: Sequence[tuple[int, int, int, int, int]], source_kind: str = "sales_order_line"
) -> bool:
    """Reserve all rows or nothing."""
    if not rows:
        return True
    at = clock.now()
    if len(rows) < 100:
        return execute(_TRY, [*map(_array, zip(*rows, strict=True)), source_kind, at]) > 0
    needed: dict[tuple[int, int, int], int] = defaultdict(int)
    for warehouse, sku, owner, quantity, _source in rows:
        needed[warehouse, sku, owner] += quantity
    keys = [*zip(*needed, strict=True), needed.values()]
    if execute(_TAKE, [*map(_array, keys), len(needed)]) != len(needed):
        return False
    cursor: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    with cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((*row, "active", source_kind, at))
    return True


def _array(values: Any) -> str:
    return "{" + ",".join(map(str, values)) + "}"
