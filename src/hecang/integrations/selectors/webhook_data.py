"""The things that webhooks tell of, by their ids; each kind in one or two statements."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from hecang.kernel.db import fetch

#: Data of one thing, with the shop that it belongs to.
Found = list[tuple[dict[str, Any], int | None]]


def orders_data(order_ids: Collection[int]) -> Found:
    """Orders with their lines."""
    ids = sorted(set(order_ids))
    lines: dict[int, list[dict[str, Any]]] = {}
    names = ("sku", "quantity", "reserved", "backordered", "allocated", "shipped", "cancelled")
    for row in fetch(
        "SELECT l.order_id, s.code, l.quantity, l.reserved, l.backordered, l.allocated, l.shipped, l.cancelled"
        " FROM sales_order_line l JOIN sku s ON s.id = l.sku_id WHERE l.order_id = ANY(%s::bigint[])"
        " ORDER BY l.order_id, l.line_no",
        [ids],
    ):
        lines.setdefault(row[0], []).append(dict(zip(names, row[1:], strict=True)))
    heads = (
        "id", "number", "shop", "external_number", "state", "is_held", "is_short", "currency", "total_amount",
        "placed_at", "holds",
    )  # fmt: skip
    rows = fetch(
        "SELECT o.id, o.number, s.code, o.external_number, o.state, o.is_held, o.is_short, o.currency,"
        " o.total_amount, o.placed_at, ARRAY(SELECT h.code FROM order_hold h WHERE h.order_id = o.id"
        "  AND h.released_at IS NULL ORDER BY h.code), o.shop_id"
        " FROM sales_order o JOIN shop s ON s.id = o.shop_id WHERE o.id = ANY(%s::bigint[]) ORDER BY o.id",
        [ids],
    )
    return [
        ({**dict(zip(heads, row[:-1], strict=True)), "lines": lines.get(row[0], [])}, row[-1]) for row in rows
    ]


def parcels_data(*, parcel_ids: Collection[int] = (), numbers: Collection[str] = ()) -> Found:
    """Parcels by their ids or numbers, with what lies in them."""
    heads = (
        "id", "number", "state", "order_id", "order_number", "external_number", "shop", "warehouse", "carrier",
        "waybill", "weight_g", "shipped_at",
    )  # fmt: skip
    rows = fetch(
        "SELECT p.id, p.number, p.state, o.id, o.number, o.external_number, s.code, w.code, coalesce(c.code, ''),"
        " coalesce(y.number, ''), p.weight_g, p.shipped_at, o.shop_id"
        " FROM parcel p JOIN fulfilment f ON f.id = p.fulfilment_id JOIN sales_order o ON o.id = f.order_id"
        " JOIN shop s ON s.id = o.shop_id JOIN warehouse w ON w.id = p.warehouse_id"
        " LEFT JOIN waybill y ON y.id = p.waybill_id LEFT JOIN carrier_service v ON v.id = y.service_id"
        " LEFT JOIN carrier c ON c.id = v.carrier_id"
        " WHERE p.id = ANY(%s::bigint[]) OR p.number = ANY(%s::text[]) ORDER BY p.id",
        [sorted(set(parcel_ids)), sorted(set(numbers))],
    )
    lines: dict[int, list[dict[str, Any]]] = {}
    for parcel_id, sku, quantity in fetch(
        "SELECT l.parcel_id, s.code, sum(l.quantity)::bigint FROM parcel_line l"
        " JOIN fulfilment_line f ON f.id = l.fulfilment_line_id JOIN sku s ON s.id = f.sku_id"
        " WHERE l.parcel_id = ANY(%s::bigint[]) GROUP BY l.parcel_id, s.code ORDER BY l.parcel_id, s.code",
        [[row[0] for row in rows]],
    ):
        lines.setdefault(parcel_id, []).append({"sku": sku, "quantity": quantity})
    return [
        ({**dict(zip(heads, row[:-1], strict=True)), "lines": lines.get(row[0], [])}, row[-1]) for row in rows
    ]


def fulfilments_data(fulfilment_ids: Collection[int]) -> Found:
    """What warehouses got to ship."""
    heads = ("id", "number", "state", "order_id", "order_number", "shop", "warehouse")
    rows = fetch(
        "SELECT f.id, f.number, f.state, o.id, o.number, s.code, w.code, o.shop_id FROM fulfilment f"
        " JOIN sales_order o ON o.id = f.order_id JOIN shop s ON s.id = o.shop_id"
        " JOIN warehouse w ON w.id = f.warehouse_id WHERE f.id = ANY(%s::bigint[]) ORDER BY f.id",
        [sorted(set(fulfilment_ids))],
    )
    return [(dict(zip(heads, row[:-1], strict=True)), row[-1]) for row in rows]


def tickets_data(ticket_ids: Collection[int]) -> Found:
    """Tickets with the numbers of their documents; not what people wrote."""
    heads = ("id", "number", "kind", "state", "priority", "team", "due_at", "resolution", "documents")
    rows = fetch(
        "SELECT t.id, t.number, t.kind, t.state, t.priority, e.code, t.due_at, t.resolution,"
        " ARRAY(SELECT l.number FROM ticket_link l WHERE l.ticket_id = t.id ORDER BY l.id LIMIT 50), t.shop_id"
        " FROM ticket t JOIN team e ON e.id = t.team_id WHERE t.id = ANY(%s::bigint[]) ORDER BY t.id",
        [sorted(set(ticket_ids))],
    )
    return [(dict(zip(heads, row[:-1], strict=True)), row[-1]) for row in rows]


def stock_data(keys: Collection[tuple[int, int, int]]) -> Found:
    """What can be promised of (warehouse, SKU, owner)."""
    wanted = sorted({(key[0], key[1], key[2]) for key in keys})
    rows = fetch(
        "SELECT w.code, s.code, o.code, a.sellable - a.reserved"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS k (warehouse_id, sku_id, owner_id)"
        " JOIN availability a USING (warehouse_id, sku_id, owner_id) JOIN warehouse w ON w.id = a.warehouse_id"
        " JOIN sku s ON s.id = a.sku_id JOIN owner o ON o.id = a.owner_id ORDER BY 1, 2, 3",
        [[key[0] for key in wanted], [key[1] for key in wanted], [key[2] for key in wanted]],
    )
    heads = ("warehouse", "sku", "owner", "available")
    return [(dict(zip(heads, row, strict=True)), None) for row in rows]
