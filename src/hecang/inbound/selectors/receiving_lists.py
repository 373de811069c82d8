"""Rows of the lists of receiving: querysets of plain values within the actor's scope, each answered by an index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from hecang.inbound.models import (
    Appointment,
    Asn,
    Discrepancy,
    Receipt,
    ReceiptLine,
)
from hecang.kernel.actor import Actor

Rows = QuerySet[Any, Any]

ASN_VALUES = (
    "id", "number", "kind", "state", "origin", "warehouse__id", "warehouse__code", "warehouse__name", "owner__id",
    "owner__code", "owner__name", "supplier__id", "supplier__code", "supplier__name", "purchase_order__id",
    "purchase_order__number", "appointment__id", "appointment__number", "external_number", "carrier_name",
    "waybill_number", "expected_at", "pallet_count", "carton_count", "line_count", "unit_count", "received_units", "note",
    "created_by", "created_at", "updated_at", "received_at",
)  # fmt: skip
RECEIPT_VALUES = (
    "id", "number", "kind", "state", "warehouse__id", "warehouse__code", "warehouse__name", "owner__id", "owner__code",
    "owner__name", "supplier__id", "supplier__code", "supplier__name", "asn__id", "asn__number", "purchase_order__id",
    "purchase_order__number", "appointment__id", "appointment__number", "location__id", "location__code", "is_blind",
    "line_count", "unit_count", "refused_units", "discrepancy_count", "note", "created_by", "created_at", "closed_by",
    "closed_at",
)  # fmt: skip
LINE_VALUES = (
    "id", "scan_id", "part", "sku__id", "sku__code", "sku__name", "quantity", "refused", "packages", "per_package",
    "lot__id", "lot_code", "produced_on", "expires_on", "condition", "location__id", "location__code", "container__id",
    "container__code", "serials", "asn_line_id", "purchase_line_id", "at", "actor", "undone_at", "undone_by",
    "receipt__id", "receipt__number",
)  # fmt: skip
DISCREPANCY_VALUES = (
    "id", "kind", "state", "receipt__id", "receipt__number", "warehouse__id", "warehouse__code", "warehouse__name",
    "owner__id", "owner__code", "owner__name", "supplier__id", "supplier__code", "supplier__name", "sku__id", "sku__code",
    "sku__name", "barcode", "quantity", "is_booked", "detail", "note", "found_by", "found_at", "decision", "decided_by",
    "decided_at", "settled_at", "ticket_id", "claim_id",
)  # fmt: skip
APPOINTMENT_VALUES = (
    "id", "number", "kind", "state", "warehouse__id", "warehouse__code", "warehouse__name", "dock__id", "dock__code",
    "during", "planned_at", "supplier__id", "supplier__code", "supplier__name", "carrier_name", "plate", "pallet_count", "carton_count",
    "line_count", "unit_count", "note", "link_id", "arrived_at", "docked_at", "left_at", "created_by", "created_at",
)  # fmt: skip


def scoped(rows: QuerySet[Any, Any], actor: Actor, *, owner: bool = True) -> QuerySet[Any, Any]:
    """Only rows of warehouses and owners that the actor may see."""
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if owner and actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    return rows


def narrowed(rows: QuerySet[Any, Any], wanted: Mapping[str, Any]) -> QuerySet[Any, Any]:
    """Only rows that have these values; ``None``, empty texts and lists restrict nothing."""
    return rows.filter(**{key: value for key, value in wanted.items() if value not in (None, "", [], ())})


def asn_rows(actor: Actor, *, q: str = "", expected_from: datetime | None = None,
             expected_to: datetime | None = None, **wanted: Any) -> Rows:  # fmt: skip
    """Announcements. ``q`` begins their number or is the sender's number, or that of a pallet or carton."""
    rows = narrowed(scoped(Asn.objects.all(), actor), wanted)
    if expected_from is not None:
        rows = rows.filter(expected_at__gte=expected_from)
    if expected_to is not None:
        rows = rows.filter(expected_at__lt=expected_to)
    if text := q.strip():
        rows = rows.filter(
            Q(number__istartswith=text) | Q(external_number=text) | Q(waybill_number=text)
            | Q(purchase_order__number=text.upper()) | Q(containers__code=text.upper())
        ).distinct()  # fmt: skip
    return rows


def receipt_rows(actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Receipts. ``q`` begins their number, or is that of their announcement or order."""
    rows = narrowed(scoped(Receipt.objects.all(), actor), wanted)
    if text := q.strip().upper():
        rows = rows.filter(Q(number__startswith=text) | Q(asn__number=text) | Q(purchase_order__number=text))
    return rows


def line_rows(actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Lines of receipts. ``q`` begins the SKU, or is the lot, the container or a serial."""
    rows = narrowed(ReceiptLine.objects.all(), wanted)
    if actor.scope.warehouses is not None:
        rows = rows.filter(receipt__warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        rows = rows.filter(receipt__owner_id__in=actor.scope.owners)
    if text := q.strip():
        rows = rows.filter(
            Q(sku__code__istartswith=text) | Q(lot_code=text) | Q(container__code=text.upper())
            | Q(serials__contains=[text])
        )  # fmt: skip
    return rows


def discrepancy_rows(actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Differences. ``q`` begins the SKU, or is the number of the receipt or the code that was read."""
    rows = narrowed(scoped(Discrepancy.objects.all(), actor), wanted)
    if text := q.strip():
        rows = rows.filter(Q(sku__code__istartswith=text) | Q(barcode=text) | Q(receipt__number=text.upper()))
    return rows


def appointment_rows(actor: Actor, *, q: str = "", starts_from: datetime | None = None,
                     starts_to: datetime | None = None, **wanted: Any) -> Rows:  # fmt: skip
    """Appointments. ``q`` begins their number or the plate, or is the number of an announcement."""
    rows = narrowed(scoped(Appointment.objects.all(), actor, owner=False), wanted)
    if starts_from is not None:
        rows = rows.filter(during__endswith__gt=starts_from)
    if starts_to is not None:
        rows = rows.filter(during__startswith__lt=starts_to)
    if text := q.strip().upper():
        rows = rows.filter(
            Q(number__startswith=text) | Q(plate__startswith=text) | Q(asns__number=text)
        ).distinct()
    return rows
