"""One announcement, one receipt, one appointment, with all that belongs to it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hecang.inbound.errors_receiving import AppointmentNotFound, AsnNotFound, ReceiptNotFound
from hecang.inbound.models import Appointment, AsnContainer, AsnLine, DiscrepancyPhoto
from hecang.inbound.selectors.receiving_lists import (
    APPOINTMENT_VALUES,
    ASN_VALUES,
    RECEIPT_VALUES,
    appointment_rows,
    asn_rows,
    receipt_rows,
)
from hecang.inbound.states_receiving import (
    APPOINTMENT_TRANSITIONS,
    ASN_TRANSITIONS,
    RECEIPT_TRANSITIONS,
)
from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest as _nest
from hecang.kernel.crypto import Undecryptable, decrypt_json
from hecang.kernel.db import fetch

_EXPECTED = """
SELECT s.id, s.code, s.name, s.base_unit, x.expected, x.received, x.refused FROM (
    SELECT sku_id, sum(expected)::bigint AS expected, sum(received)::bigint AS received, sum(refused)::bigint AS refused
    FROM (
        SELECT sku_id, quantity AS expected, 0 AS received, 0 AS refused FROM asn_line WHERE asn_id = %s
        UNION ALL
        SELECT sku_id, greatest(quantity - cancelled - received, 0), 0, 0 FROM purchase_order_line
        WHERE order_id = %s AND %s::bigint IS NULL
        UNION ALL
        SELECT sku_id, 0, quantity, refused FROM receipt_line
        WHERE undone_at IS NULL AND CASE WHEN %s::bigint IS NULL THEN receipt_id = %s
            ELSE receipt_id IN (SELECT id FROM receipt WHERE asn_id = %s AND state <> 'cancelled') END
    ) u GROUP BY sku_id
) x JOIN sku s ON s.id = x.sku_id ORDER BY s.code
"""


def nest(rows: Any) -> list[dict[str, Any]]:
    """Rows of ``.values()`` with ``a__b`` keys as nested objects."""
    return _nest(list(rows))


def asn_detail(actor: Actor, asn_id: int) -> dict[str, Any]:
    """An announcement with its lines, containers and receipts. Five statements."""
    found = nest(asn_rows(actor).filter(pk=asn_id).values(*ASN_VALUES))
    if not found:
        raise AsnNotFound(_("There is no such announcement."), data={"asn_id": asn_id})
    lines = AsnLine.objects.filter(asn_id=asn_id).order_by("number")
    containers = AsnContainer.objects.filter(asn_id=asn_id).order_by("id")
    return {
        **found[0],
        "lines": nest(
                lines.values(
                    "id", "number", "sku__id", "sku__code", "sku__name", "sku__base_unit", "quantity", "received",
                    "purchase_line_id", "container__code", "lot_code", "produced_on", "expires_on", "serials",
                )

        ),
        "containers": list(
            containers.values("id", "code", "kind", "parent__code", "weight_g", "is_standing", "arrived_at")
        ),
        "receipts": list(
            receipt_rows(actor).filter(asn_id=asn_id).order_by("-id").values("id", "number", "state", "unit_count")
        ),
        "actions": _actions(ASN_TRANSITIONS[found[0]["state"]], {"received": "", "announced": ""}),
    }  # fmt: skip


def receipt_detail(actor: Actor, receipt_id: int) -> dict[str, Any]:
    """A receipt with what is expected and what has come, by SKU. Two statements; lines have a list of their own."""
    found = nest(receipt_rows(actor).filter(pk=receipt_id).values(*RECEIPT_VALUES))
    if not found:
        raise ReceiptNotFound(_("There is no such receipt."), data={"receipt_id": receipt_id})
    row = found[0]
    asn_id = row["asn"]["id"] if row["asn"] else None
    order_id = row["purchase_order"]["id"] if row["purchase_order"] else None
    return {
        **row,
        "goods": goods_of(receipt_id=receipt_id, asn_id=asn_id, order_id=order_id),
        "actions": sorted(RECEIPT_TRANSITIONS[row["state"]]),
    }


def goods_of(*, receipt_id: int, asn_id: int | None, order_id: int | None) -> list[dict[str, Any]]:
    """What is expected and what has come, by SKU: of the whole announcement, or of this receipt against its order."""
    rows = fetch(_EXPECTED, [asn_id, order_id, asn_id, asn_id, receipt_id, asn_id])
    return [
        {
            "sku": {"id": row[0], "code": row[1], "name": row[2], "base_unit": row[3]},
            "expected": row[4],
            "received": row[5],
            "refused": row[6],
        }
        for row in rows
    ]


def appointment_detail(actor: Actor, appointment_id: int) -> dict[str, Any]:
    """An appointment with its announcements and the driver. Three statements."""
    found = appointments_shown(
        nest(appointment_rows(actor).filter(pk=appointment_id).values(*APPOINTMENT_VALUES))
    )
    if not found:
        raise AppointmentNotFound(_("There is no such appointment."), data={"appointment_id": appointment_id})
    cipher = Appointment.objects.values_list("driver_cipher", flat=True).get(pk=appointment_id)
    asns = asn_rows(actor, appointment_id=appointment_id).order_by("id")
    return {
        **found[0],
        "driver": driver_of(cipher),
        "asns": list(asns.values("id", "number", "state", "unit_count", "line_count")),
        "receipts": list(
            receipt_rows(actor, appointment_id=appointment_id)
            .order_by("id")
            .values("id", "number", "state", "unit_count")
        ),
        "actions": _actions(APPOINTMENT_TRANSITIONS[found[0]["state"]], {}),
    }


def appointments_shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the span as two moments, and how long they have waited and been unloaded so far."""
    now = clock.now()
    for row in rows:
        during = row.pop("during", None)
        row["start"], row["end"] = (during.lower, during.upper) if during else (None, None)
        waits_until = row["docked_at"] or row["left_at"] or now
        row["waiting_seconds"] = (
            int((waits_until - row["arrived_at"]).total_seconds()) if row["arrived_at"] else None
        )
        row["unloading_seconds"] = (
            int(((row["left_at"] or now) - row["docked_at"]).total_seconds()) if row["docked_at"] else None
        )
        row["is_self_booked"] = row.pop("link_id", None) is not None
    return rows


def driver_of(cipher: Any) -> dict[str, str]:
    """Name and phone in clear; empty where there is none, or it was encrypted under another secret."""
    if not cipher:
        return {"name": "", "phone": ""}
    try:
        found = decrypt_json(bytes(cipher))
    except Undecryptable:
        return {"name": "", "phone": ""}
    return {"name": str(found.get("name", "")), "phone": str(found.get("phone", ""))}


def photos_of(discrepancy_ids: list[int]) -> dict[int, list[int]]:
    """discrepancy → its photos."""
    found: dict[int, list[int]] = {}
    pairs = DiscrepancyPhoto.objects.filter(discrepancy_id__in=discrepancy_ids).order_by("id")
    for one, photo in pairs.values_list("discrepancy_id", "photo_id"):
        found.setdefault(one, []).append(photo)
    return found


def _actions(targets: frozenset[str], words: dict[str, str]) -> list[str]:
    return sorted(str(target) for target in targets if words.get(str(target), str(target)))
