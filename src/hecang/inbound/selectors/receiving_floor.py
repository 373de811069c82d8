"""What receivers and gatekeepers have to know on the floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class ReceiptAtHand:
    """An open receipt as its receiver sees it."""

    id: int
    number: str
    state: str
    is_blind: bool
    supplier: str
    document: str
    place: str
    expected: int
    received: int


@dataclass(frozen=True, slots=True)
class SkuAtHand:
    id: int
    code: str
    name: str
    unit: str
    is_lot_tracked: bool
    is_expiry_tracked: bool
    is_serial_tracked: bool
    shelf_life_days: int | None


_RECEIPT = """
SELECT r.id, r.number, r.state, r.is_blind, coalesce(s.name, ''), coalesce(a.number, o.number, ''), l.code,
    coalesce(a.unit_count, (SELECT sum(greatest(x.quantity - x.cancelled, 0)) FROM purchase_order_line x
        WHERE x.order_id = o.id), 0)::bigint,
    coalesce(a.received_units, r.unit_count)::bigint
FROM receipt r JOIN location l ON l.id = r.location_id LEFT JOIN supplier s ON s.id = r.supplier_id
LEFT JOIN asn a ON a.id = r.asn_id LEFT JOIN purchase_order o ON o.id = r.purchase_order_id WHERE r.id = %s
"""
_LEFT = """
SELECT coalesce(sum(l.quantity), 0)::bigint, coalesce(sum(l.received), 0)::bigint FROM receipt r
JOIN asn_line l ON l.asn_id = r.asn_id WHERE r.id = %s AND l.sku_id = %s
"""
_ANNOUNCED = """
SELECT n.number, EXISTS (
    SELECT FROM serial s WHERE s.sku_id = %s AND s.number = n.number AND s.stock_id IS NOT NULL)
FROM receipt r JOIN asn_line l ON l.asn_id = r.asn_id
CROSS JOIN LATERAL unnest(l.serials) WITH ORDINALITY AS n (number, place)
WHERE r.id = %s AND l.sku_id = %s ORDER BY l.number, n.place
"""
_ORDER_LEFT = """
SELECT coalesce(sum(l.quantity - l.cancelled), 0)::bigint, coalesce(sum(l.received - l.rejected), 0)::bigint + coalesce((
    SELECT sum(x.quantity) FROM receipt_line x JOIN receipt d ON d.id = x.receipt_id
    WHERE x.sku_id = %s AND x.undone_at IS NULL AND d.state = 'open' AND d.purchase_order_id = r.purchase_order_id), 0)::bigint
FROM receipt r JOIN purchase_order_line l ON l.order_id = r.purchase_order_id
WHERE r.id = %s AND l.sku_id = %s GROUP BY r.purchase_order_id
"""
_OPEN = """
SELECT r.id FROM receipt r WHERE r.state = 'open' AND r.warehouse_id = %s
    AND (r.asn_id = %s OR r.purchase_order_id = %s OR r.appointment_id = %s) ORDER BY r.id DESC LIMIT 1
"""


def receipt_at_hand(receipt_id: int) -> ReceiptAtHand | None:
    """An open receipt, with how much is expected and has come in all."""
    row = fetch_one(_RECEIPT, [receipt_id])
    return ReceiptAtHand(*row) if row else None


def sku_at_hand(sku_id: int) -> SkuAtHand:
    """What has to be asked about a SKU."""
    row = fetch_one(
        "SELECT id, code, name, base_unit, is_lot_tracked, is_expiry_tracked, is_serial_tracked, shelf_life_days"
        " FROM sku WHERE id = %s",
        [sku_id],
    )
    assert row is not None
    return SkuAtHand(*row)


def expected_of(receipt_id: int, sku_id: int) -> tuple[int, int]:
    """(expected, received) units of a SKU by the receipt's announcement, else by its order; (0, 0) without either."""
    row = fetch_one(_LEFT, [receipt_id, sku_id])
    if row is None or not row[0]:
        row = fetch_one(_ORDER_LEFT, [sku_id, receipt_id, sku_id])
    return (int(row[0]), int(row[1])) if row else (0, 0)


def serials_announced(receipt_id: int, sku_id: int) -> list[tuple[str, bool]]:
    """(number, whether its unit is in the house) of a SKU by the receipt's announcement; empty where it names none."""
    return [(row[0], row[1]) for row in fetch(_ANNOUNCED, [sku_id, receipt_id, sku_id])]


def lot_expiry(sku_id: int, lot_code: str) -> Any:
    """The expiry date of a lot that is known; ``None`` where it is not, or has none."""
    row = fetch_one("SELECT expires_on FROM lot WHERE sku_id = %s AND code = %s", [sku_id, lot_code])
    return row[0] if row else None


def receipt_open_of(
    warehouse_id: int, *, asn_id: int = 0, order_id: int = 0, appointment_id: int = 0
) -> int | None:
    """The newest open receipt of a document, to be gone on with."""
    row = fetch_one(_OPEN, [warehouse_id, asn_id, order_id, appointment_id])
    return row[0] if row else None


def asn_of_container(warehouse_id: int, code: str) -> tuple[int, str] | None:
    """(id, number) of the announcement that a pallet or carton is to come with."""
    row = fetch_one(
        "SELECT a.id, a.number FROM asn_container c JOIN asn a ON a.id = c.asn_id"
        " WHERE c.code = %s AND c.is_standing AND a.warehouse_id = %s",
        [code, warehouse_id],
    )
    return (row[0], row[1]) if row else None


def asns_of_appointment(appointment_id: int) -> list[tuple[int, str]]:
    """Announcements that are still to be received of a truck."""
    rows = fetch(
        "SELECT id, number FROM asn WHERE appointment_id = %s AND state IN ('announced', 'receiving') ORDER BY id",
        [appointment_id],
    )
    return [(row[0], row[1]) for row in rows]


def owners_active(actor: Actor) -> list[tuple[int, str, str]]:
    """(id, code, name) of owners whose goods can come in."""
    allowed = None if actor.scope.owners is None else sorted(actor.scope.owners)
    rows = fetch(
        "SELECT id, code, name FROM owner WHERE is_active AND (%s::bigint[] IS NULL OR id = ANY(%s)) ORDER BY code LIMIT 30",
        [allowed, allowed],
    )
    return [(row[0], row[1], row[2]) for row in rows]


# ---------------------------------------------------------------- at the gate


def appointment_by_plate(warehouse_id: int, plate: str) -> int | None:
    """The truck with this plate: at the dock or gate, else the next booked, of yesterday to tomorrow."""
    row = fetch_one(
        "SELECT id FROM appointment WHERE warehouse_id = %s AND plate = %s AND (state IN ('docked', 'arrived')"
        " OR (state IN ('booked', 'no_show') AND planned_at BETWEEN now() - interval '1 day' AND now() + interval '1 day'))"
        " ORDER BY array_position(ARRAY['docked', 'arrived', 'booked', 'no_show'], state::text),"
        " abs(extract(epoch FROM planned_at - now())) LIMIT 1",
        [warehouse_id, plate],
    )
    return row[0] if row else None


def docks_free(warehouse_id: int) -> list[tuple[int, str, str]]:
    """(id, code, plate of the truck that stands there, or empty) of docks in use; the free ones first."""
    rows = fetch(
        "SELECT d.id, d.code, coalesce(nullif(a.plate, ''), a.number, '') FROM dock d"
        " LEFT JOIN appointment a ON a.dock_id = d.id AND a.state = 'docked'"
        " WHERE d.warehouse_id = %s AND d.is_active ORDER BY a.id IS NOT NULL, d.code",
        [warehouse_id],
    )
    return [(row[0], row[1], row[2]) for row in rows]


def queue_length(warehouse_id: int) -> int:
    """Trucks that wait at the gate."""
    row = fetch_one(
        "SELECT count(*) FROM appointment WHERE warehouse_id = %s AND state = 'arrived'", [warehouse_id]
    )
    return int(row[0]) if row else 0
