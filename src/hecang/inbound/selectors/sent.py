"""What had been sent: whose goods a returned parcel holds, by whatever is written on it.

Reads outbound's tables by SQL, since its parcels are the only ones who know; nothing of outbound is imported.
"""

from __future__ import annotations

from typing import NamedTuple

from hecang.kernel.db import fetch, fetch_one


class SentParcel(NamedTuple):
    """A parcel that had left, by its waybill or its own number."""

    parcel_id: int
    parcel: str
    waybill_id: int | None
    waybill: str
    order_id: int
    order: str
    owner_id: int


class SentLine(NamedTuple):
    """Units of an order line that went out, and how many of them have come back already."""

    order_line_id: int
    sku_id: int
    shipped: int
    returned: int


_PARCEL = """
SELECT p.id, p.number, w.id, coalesce(w.number, ''), o.id, o.number, o.owner_id
FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id JOIN sales_order o ON o.id = f.order_id
LEFT JOIN waybill w ON w.id = p.waybill_id
WHERE p.number = %s OR w.number = %s ORDER BY p.id DESC LIMIT 1
"""
_PARCEL_LINES = """
SELECT l.order_line_id, l.sku_id, sum(pl.quantity)::bigint,
    coalesce((SELECT sum(r.received) FROM return_line r WHERE r.order_line_id = l.order_line_id), 0)::bigint
FROM parcel_line pl JOIN fulfilment_line l ON l.id = pl.fulfilment_line_id
WHERE pl.parcel_id = %s GROUP BY l.order_line_id, l.sku_id ORDER BY l.order_line_id
"""
_ORDER_LINES = """
SELECT l.id, l.sku_id, l.shipped,
    coalesce((SELECT sum(r.received) FROM return_line r WHERE r.order_line_id = l.id), 0)::bigint
FROM sales_order_line l WHERE l.order_id = %s AND l.shipped > 0 ORDER BY l.line_no
"""
_ORDER = "SELECT id, number, owner_id FROM sales_order WHERE number = %s OR external_number = %s ORDER BY id LIMIT 2"


def parcel_sent(code: str) -> SentParcel | None:
    """The parcel with this number or waybill. One statement."""
    row = fetch_one(_PARCEL, [code, code])
    return SentParcel(*row) if row else None


def order_named(code: str) -> tuple[int, str, int] | None:
    """(id, number, owner) of the order with our number or, where only one has it, the shop's. One statement."""
    rows = fetch(_ORDER, [code, code])
    exact = [row for row in rows if row[1] == code]
    chosen = exact or rows
    return (chosen[0][0], chosen[0][1], chosen[0][2]) if len(chosen) == 1 else None


def parcel_lines(parcel_id: int) -> list[SentLine]:
    """What was in a parcel. One statement."""
    return [SentLine(*row) for row in fetch(_PARCEL_LINES, [parcel_id])]


def order_lines_shipped(order_id: int) -> list[SentLine]:
    """What of an order has been shipped. One statement."""
    return [SentLine(*row) for row in fetch(_ORDER_LINES, [order_id])]
