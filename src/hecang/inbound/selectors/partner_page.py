"""What suppliers and carriers see on their page: nothing but what is theirs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Q

from hecang.inbound.models import Asn, SsccPrefix
from hecang.inbound.selectors.slots import policy_of, zone_of
from hecang.kernel.db import fetch, fetch_one
from hecang.purchasing.selectors import purchase_lines_open, suppliers_orders

_PLACE = """
SELECT w.name, w.address, w.contact, w.phone, o.name, s.name FROM warehouse w
CROSS JOIN owner o LEFT JOIN supplier s ON s.id = %s WHERE w.id = %s AND o.id = %s
"""
_ASNS = """
SELECT a.id, a.number, a.state, a.external_number, a.expected_at, a.pallet_count, a.carton_count, a.line_count,
    a.unit_count, a.received_units, p.id, p.number, p.state, d.id, d.code, lower(p.during), upper(p.during),
    (SELECT count(*) FROM asn_container c WHERE c.asn_id = a.id), a.carrier_name, a.waybill_number, p.plate,
    p.carrier_name, p.arrived_at, p.docked_at, p.left_at, CASE WHEN p.state = 'arrived' THEN (
        SELECT count(*) FROM appointment q WHERE q.warehouse_id = p.warehouse_id AND q.state = 'arrived'
            AND (q.arrived_at, q.id) < (p.arrived_at, p.id)) END
FROM asn a LEFT JOIN appointment p ON p.id = a.appointment_id LEFT JOIN dock d ON d.id = p.dock_id
WHERE a.warehouse_id = %s AND a.owner_id = %s AND (%s::bigint IS NULL OR a.id = %s)
    AND (%s::bigint IS NOT NULL OR a.supplier_id = %s) AND a.state IN ('announced', 'receiving', 'received')
ORDER BY a.id DESC LIMIT 50
"""
_NAMES = (
    "id", "number", "state", "external_number", "expected_at", "pallet_count", "carton_count", "line_count",
    "unit_count", "received_units", "appointment_id", "appointment_number", "appointment_state", "dock_id", "dock", "start",
    "end", "container_count", "carrier_name", "waybill_number", "plate", "truck_carrier", "arrived_at", "docked_at", "left_at",
    "waiting_ahead",
)  # fmt: skip
_ANNOUNCED = """
SELECT l.purchase_line_id, sum(greatest(l.quantity - l.received, 0))::bigint FROM asn_line l JOIN asn a ON a.id = l.asn_id
WHERE l.purchase_line_id = ANY(%s::bigint[]) AND a.state IN ('announced', 'receiving') GROUP BY l.purchase_line_id
"""
_TRAITS = """
SELECT id, name, base_unit, is_lot_tracked, is_expiry_tracked, is_serial_tracked FROM sku WHERE id = ANY(%s::bigint[])
"""


def partner_page(
    *, warehouse_id: int, owner_id: int, supplier_id: int | None, asn_id: int | None
) -> dict[str, Any]:
    """Where it goes, what is still to be announced, what was announced. Eleven statements."""
    place = fetch_one(_PLACE, [supplier_id, warehouse_id, owner_id])
    assert place is not None
    policy = policy_of(warehouse_id)
    params = [warehouse_id, owner_id, asn_id, asn_id, asn_id, supplier_id]
    return {
        "warehouse": place[0],
        "address": place[1],
        "contact": " ".join(text for text in (place[2], place[3]) if text),
        "owner": place[4],
        "supplier": place[5] or "",
        "timezone": zone_of(warehouse_id).key,
        "may_announce": asn_id is None and supplier_id is not None,
        "may_number": sscc_prefix_given(owner_id),
        "lead_hours": policy.lead_hours,
        "horizon_days": policy.horizon_days,
        "orders": []
        if asn_id is not None or supplier_id is None
        else [
            asdict(one)
            for one in suppliers_orders(supplier_id=supplier_id, warehouse_id=warehouse_id, owner_id=owner_id)
        ],
        "lines": _lines(warehouse_id, owner_id, supplier_id) if asn_id is None else [],
        "asns": [dict(zip(_NAMES, row, strict=True)) for row in fetch(_ASNS, params)],
    }


def _lines(warehouse_id: int, owner_id: int, supplier_id: int | None) -> list[dict[str, Any]]:
    """Lines of their orders that something is still to come for, less what is announced."""
    if supplier_id is None:
        return []
    open_lines = [
        line
        for line in purchase_lines_open(supplier_id=supplier_id, warehouse_id=warehouse_id, owner_id=owner_id)
        if line.state != "approved"  # they have not been told of it
    ][:500]
    announced = dict(fetch(_ANNOUNCED, [[line.line_id for line in open_lines]]))
    traits = {row[0]: row for row in fetch(_TRAITS, [[line.sku_id for line in open_lines]])}
    return [
        {
            "id": line.line_id, "order": line.order_number, "line": line.line_number, "sku": line.sku_code,
            "supplier_sku": line.supplier_sku, "name": traits[line.sku_id][1], "unit": traits[line.sku_id][2],
            "open": max(line.open - announced.get(line.line_id, 0), 0), "announced": announced.get(line.line_id, 0),
            "expected_on": line.expected_on, "has_lot": traits[line.sku_id][3], "has_expiry": traits[line.sku_id][4],
            "has_serial": traits[line.sku_id][5],
        }
        for line in open_lines
    ]  # fmt: skip


def sscc_prefix_given(owner_id: int) -> bool:
    """Whether pallets and cartons of an owner can be numbered."""
    return SsccPrefix.objects.filter(Q(owner_id=owner_id) | Q(owner__isnull=True)).exists()


def asn_is_theirs(
    *, asn_id: int, warehouse_id: int, owner_id: int, supplier_id: int | None, only: int | None
) -> bool:
    """Whether the holder of a link may see an announcement."""
    if only is not None:
        return only == asn_id
    if supplier_id is None:
        return False
    return Asn.objects.filter(
        pk=asn_id, warehouse_id=warehouse_id, owner_id=owner_id, supplier_id=supplier_id
    ).exists()
