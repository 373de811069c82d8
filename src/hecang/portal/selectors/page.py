"""What a buyer sees of an order: where it stands, its parcels and their scans, what can still be done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hecang.kernel.db import fetch, fetch_one
from hecang.orders.states import BEFORE_WAVE, CANCELLED, MERGED, SHIPPED

#: Scans of one parcel that a page shows, newest first.
MAX_SCANS = 60


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    quantity: int
    shipped: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class Scan:
    at: datetime
    status: str
    text: str
    place: str


@dataclass(slots=True)
class ParcelView:
    """A parcel that is packed or on its way. ``status`` is ``packed`` before the carrier has it."""

    number: str
    carrier: str
    waybill: str
    status: str
    shipped_at: datetime | None
    expected_at: datetime | None
    delivered_at: datetime | None
    items: list[Item] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)


@dataclass(slots=True)
class OrderPage:
    """The whole page.

    :param step: ``placed``, ``preparing``, ``packing``, ``shipped``, ``delivered`` or ``cancelled``.
    :param recipient: masked.
    :param cancel: and ``address``: why it is not possible, as a code; empty where it is.
    """

    number: str
    shop: str
    contact: str
    placed_at: datetime
    step: str
    is_cancelling: bool
    recipient: str
    expected_at: datetime | None
    promised_at: datetime | None
    items: list[Item]
    parcels: list[ParcelView]
    wish: dict[str, str]
    cancel: str
    address: str
    wishes: bool


_ORDER = """
SELECT o.external_number, s.name, coalesce(p.contact, ''), o.placed_at, o.state, o.is_cancelling, o.recipient_masked,
    o.expected_at, o.promised_at, coalesce(p.may_cancel, false), coalesce(p.may_change_address, false),
    coalesce(p.may_wish, true), o.is_sealed, o.phone_tail, w.code, w.note, o.merged_into_id, m.state
FROM sales_order o JOIN shop s ON s.id = o.shop_id LEFT JOIN portal_shop p ON p.shop_id = o.shop_id
LEFT JOIN delivery_wish w ON w.order_id = o.id LEFT JOIN sales_order m ON m.id = o.merged_into_id
WHERE o.id = %s
"""
#: The order, what it travels in, and what was split off it: whatever carries its lines.
_LINES = """
SELECT g.name, sum(l.quantity)::bigint, sum(l.shipped)::bigint, sum(l.cancelled)::bigint
FROM sales_order o
JOIN sales_order_line l ON l.order_id = ANY(ARRAY[o.id, o.merged_into_id])
JOIN sku g ON g.id = l.sku_id
WHERE (o.id = %s OR (o.origin_id = %s AND o.kind IN ('sale', 'presale')))
  AND coalesce(l.source_order_id, l.order_id) = o.id
GROUP BY g.name, l.sku_id ORDER BY min(l.id)
"""
_PARCELS = """
SELECT p.id, p.number, p.state, c.name, w.number, p.shipped_at, t.status, t.expected_at, t.delivered_at, w.id
FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id
LEFT JOIN waybill w ON w.id = p.waybill_id LEFT JOIN carrier_service s ON s.id = w.service_id
LEFT JOIN carrier c ON c.id = s.carrier_id LEFT JOIN parcel_track t ON t.waybill_id = w.id
WHERE p.state IN ('sealed', 'labelled', 'shipped') AND EXISTS (
    SELECT FROM parcel_line pl JOIN fulfilment_line fl ON fl.id = pl.fulfilment_line_id
    JOIN sales_order_line l ON l.id = fl.order_line_id JOIN sales_order o ON o.id = coalesce(l.source_order_id, l.order_id)
    WHERE pl.parcel_id = p.id AND (o.id = %s OR (o.origin_id = %s AND o.kind IN ('sale', 'presale'))))
  AND f.order_id IN (SELECT id FROM sales_order WHERE id = %s OR origin_id = %s UNION SELECT merged_into_id FROM sales_order WHERE id = %s)
ORDER BY p.id
"""
_CONTENTS = """
SELECT pl.parcel_id, g.name, sum(pl.quantity)::bigint FROM parcel_line pl
JOIN fulfilment_line fl ON fl.id = pl.fulfilment_line_id JOIN sales_order_line l ON l.id = fl.order_line_id
JOIN sku g ON g.id = l.sku_id JOIN sales_order o ON o.id = coalesce(l.source_order_id, l.order_id)
WHERE pl.parcel_id = ANY(%s::bigint[]) AND (o.id = %s OR o.origin_id = %s)
GROUP BY pl.parcel_id, g.id, g.name ORDER BY pl.parcel_id, min(pl.id)
"""
_SCANS = """
SELECT waybill_id, at, status, text, place FROM (
    SELECT e.*, row_number() OVER (PARTITION BY waybill_id ORDER BY at DESC, id DESC) AS place_no
    FROM track_event e WHERE waybill_id = ANY(%s::bigint[])) AS e
WHERE place_no <= %s ORDER BY waybill_id, at DESC, id DESC
"""


def order_page(order_id: int) -> OrderPage:
    """Everything for one page. Five statements, whatever the order's size."""
    row: tuple[Any, ...] | None = fetch_one(_ORDER, [order_id])
    assert row is not None, "a link always leads to an order"
    parcels = _parcels(order_id)
    state = row[17] if row[4] == MERGED and row[17] else row[4]
    delivered = bool(parcels) and all(one.delivered_at for one in parcels)
    return OrderPage(
        number=row[0],
        shop=row[1],
        contact=row[2],
        placed_at=row[3],
        step=_step(state, has_parcels=bool(parcels), delivered=delivered),
        is_cancelling=row[5],
        recipient=row[6],
        expected_at=row[7],
        promised_at=row[8],
        items=[Item(*one) for one in fetch(_LINES, [order_id, order_id])],
        parcels=parcels,
        wish={"code": row[14], "note": row[15]} if row[14] else {},
        cancel=_obstacle(row, state, allowed=row[9], too_late=state not in BEFORE_WAVE),
        address=_obstacle(row, state, allowed=row[10], too_late=bool(parcels) or state == SHIPPED),
        wishes=row[11] and state not in {CANCELLED, SHIPPED},
    )


def _obstacle(row: tuple[Any, ...], state: str, *, allowed: bool, too_late: bool) -> str:
    if state == CANCELLED or row[5]:
        return "ended"
    if row[16] is not None:
        return "merged"
    if not allowed or row[12] or not row[13]:
        return "elsewhere"  # the platform or the shop does it: the page says whom to ask
    return "too_late" if too_late else ""


def _step(state: str, *, has_parcels: bool, delivered: bool) -> str:
    if state == CANCELLED:
        return "cancelled"
    if state == SHIPPED:
        return "delivered" if delivered else "shipped"
    if has_parcels:
        return "packing"
    return {"pending": "placed", "approved": "preparing"}.get(state, "packing")


def _parcels(order_id: int) -> list[ParcelView]:
    rows = fetch(_PARCELS, [order_id] * 5)
    if not rows:
        return []
    contents: dict[int, list[Item]] = defaultdict(list)
    for parcel_id, name, quantity in fetch(_CONTENTS, [[row[0] for row in rows], order_id, order_id]):
        contents[parcel_id].append(Item(name, quantity, quantity, 0))
    scans: dict[int, list[Scan]] = defaultdict(list)
    for waybill_id, *rest in fetch(_SCANS, [[row[9] for row in rows if row[9] is not None], MAX_SCANS]):
        scans[waybill_id].append(Scan(*rest))
    return [
        ParcelView(
            number=number,
            carrier=carrier or "",
            waybill=waybill or "",
            status=(status or "created") if state == "shipped" else "packed",
            shipped_at=shipped_at,
            expected_at=expected_at,
            delivered_at=delivered_at,
            items=contents[parcel_id],
            scans=scans[waybill_id],
        )
        for parcel_id, number, state, carrier, waybill, shipped_at, status, expected_at, delivered_at, waybill_id in rows
    ]
