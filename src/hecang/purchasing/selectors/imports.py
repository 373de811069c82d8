"""What imports have to know beforehand. Each is one statement for any number of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Protocol

from hecang.kernel.db import columns, fetch

# Rows clash with a price of other days, unless the earlier of the two is open: it ends before the other begins.
_OVERLAPS = """
SELECT DISTINCT n.position
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::date[], %s::date[]) WITH ORDINALITY
    AS n (supplier_id, sku_id, currency, min_quantity, valid_from, valid_to, position)
JOIN supplier_item i ON i.supplier_id = n.supplier_id AND i.sku_id = n.sku_id
JOIN supplier_price p ON p.item_id = i.id AND p.currency = n.currency AND p.min_quantity = n.min_quantity
WHERE p.valid_from <> n.valid_from AND NOT (p.valid_to IS NULL AND p.valid_from < n.valid_from)
    AND NOT (n.valid_to IS NULL AND n.valid_from < p.valid_from)
    AND daterange(p.valid_from, p.valid_to, '[]') && daterange(n.valid_from, n.valid_to, '[]')
ORDER BY 1
"""


class _Price(Protocol):
    @property
    def item(self) -> Any: ...
    @property
    def currency(self) -> str: ...
    @property
    def min_quantity(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def price_overlaps(rows: Sequence[_Price]) -> list[int]:
    """Positions of prices that would hold on days on which another one holds."""
    wanted = [(*row.item.key, row.currency, row.min_quantity, row.valid_from, row.valid_to) for row in rows]
    return [row[0] - 1 for row in fetch(_OVERLAPS, columns(wanted, 6))]


def known_orders(keys: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Of (supplier, external number) those that are there."""
    return set(
        fetch(
            "SELECT o.supplier_id, o.external_number FROM purchase_order o"
            " JOIN unnest(%s::bigint[], %s::text[]) AS w (supplier_id, number)"
            " ON o.supplier_id = w.supplier_id AND o.external_number = w.number WHERE o.external_number <> ''",
            columns(keys, 2),
        )
    )


def invoice_lines_find(
    keys: Sequence[tuple[int, str, int, str]],
) -> dict[tuple[int, str, int, str], tuple[int, int]]:
    """(supplier, number of an order, number of a line or 0, SKU or empty) → (id of the line, owner).

    Missing where there is none, or several.
    """
    rows = fetch(
        """
        SELECT w.supplier_id, w.number, w.line, w.sku, min(l.id), min(o.owner_id)
        FROM unnest(%s::bigint[], %s::text[], %s::integer[], %s::text[]) AS w (supplier_id, number, line, sku)
        JOIN purchase_order o ON o.supplier_id = w.supplier_id AND w.number IN (o.number, o.external_number)
            AND o.state NOT IN ('draft', 'submitted', 'cancelled')
        JOIN purchase_order_line l ON l.order_id = o.id AND (w.line = 0 OR l.number = w.line)
        JOIN sku k ON k.id = l.sku_id AND (w.sku = '' OR k.code = w.sku)
        GROUP BY 1, 2, 3, 4 HAVING count(*) = 1
        """,
        columns(keys, 4),
    )
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}
