"""Rows of the lists of quality, putaway and returns; each in the actor's scope, for ``ListDefinition``."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hecang.inbound.models import (
    Claim,
    GoodsReturn,
    Inspection,
    InspectionPlan,
    InspectionRecord,
    Putaway,
)
from hecang.inbound.selectors.receiving_lists import narrowed, scoped
from hecang.kernel.actor import Actor

Rows = QuerySet[Any, Any]

PLAN_VALUES = (
    "id", "code", "name", "sku__id", "sku__code", "sku__name", "supplier__id", "supplier__code", "supplier__name",
    "category__id", "category__code", "category__name", "sampling", "level", "aql_critical", "aql_major", "aql_minor",
    "fixed_size", "switches", "skip_after", "skip_every", "checklist", "instructions", "is_active", "updated_at",
)  # fmt: skip
RECORD_VALUES = (
    "id", "plan__id", "plan__code", "plan__name", "sku__id", "sku__code", "sku__name", "supplier__id",
    "supplier__code", "supplier__name", "severity", "score", "accepted_in_row", "skipped_in_row", "lots", "lots_refused",
    "changed_at",
)  # fmt: skip
INSPECTION_VALUES = (
    "id", "number", "state", "warehouse__id", "warehouse__code", "warehouse__name", "owner__id", "owner__code",
    "owner__name", "sku__id", "sku__code", "sku__name", "lot__id", "lot__code", "supplier__id", "supplier__code",
    "supplier__name", "plan__id", "plan__code", "plan__name", "receipt_id", "quantity", "accepted", "rejected",
    "severity", "sample_size", "inspected", "critical", "major", "minor", "decision", "rejected_to", "decided_by",
    "decided_at", "created_at",
)  # fmt: skip
CLAIM_VALUES = (
    "id", "number", "state", "supplier__id", "supplier__code", "supplier__name", "warehouse__id", "warehouse__code",
    "warehouse__name", "sku__id", "sku__code", "sku__name", "inspection__id", "inspection__number", "quantity",
    "amount", "currency", "reason", "settlement", "settled_amount", "note", "created_by", "created_at", "sent_at",
    "closed_at",
)  # fmt: skip
PUTAWAY_VALUES = (
    "id", "kind", "state", "warehouse__id", "warehouse__code", "warehouse__name", "sku__id", "sku__code", "sku__name",
    "lot__id", "lot__code", "owner__id", "owner__code", "owner__name", "condition", "container__id",
    "container__code", "is_whole", "from_location__id", "from_location__code", "to_location__id",
    "to_location__code", "quantity", "done", "strategy", "source_kind", "source_id", "receipt_id", "priority",
    "created_at", "planned_at", "done_by", "done_at",
)  # fmt: skip
RETURN_VALUES = (
    "id", "number", "kind", "state", "warehouse__id", "warehouse__code", "warehouse__name", "owner__id",
    "owner__code", "owner__name", "order__id", "order__number", "rma", "waybill", "unit_count", "note",
    "created_by", "created_at", "received_at", "closed_at",
)  # fmt: skip


def plan_rows(_actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Inspection plans. ``q`` is in their code or name, or begins the SKU."""
    rows = narrowed(InspectionPlan.objects.all(), wanted)
    if text := q.strip():
        rows = rows.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(sku__code__istartswith=text))
    return rows


def record_rows(_actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Records of suppliers under plans. ``q`` begins the SKU or the supplier's code."""
    rows = narrowed(InspectionRecord.objects.all(), wanted)
    if text := q.strip():
        rows = rows.filter(Q(sku__code__istartswith=text) | Q(supplier__code__istartswith=text))
    return rows


def inspection_rows(actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Inspections. ``q`` begins their number or the SKU, or is the lot."""
    rows = narrowed(scoped(Inspection.objects.all(), actor), wanted)
    if text := q.strip():
        rows = rows.filter(
            Q(number__startswith=text.upper()) | Q(sku__code__istartswith=text) | Q(lot__code=text)
        )
    return rows


def claim_rows(actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Claims. ``q`` begins their number, the SKU or the supplier's code."""
    rows = narrowed(scoped(Claim.objects.all(), actor), wanted)
    if text := q.strip():
        rows = rows.filter(
            Q(number__startswith=text.upper())
            | Q(sku__code__istartswith=text)
            | Q(supplier__code__istartswith=text)
        )
    return rows


def putaway_rows(actor: Actor, *, q: str = "", overridden: bool | None = None, **wanted: Any) -> Rows:
    """Putaways. ``q`` begins the SKU, or is the container, the lot or a place. Whole containers belong to no owner."""
    rows = narrowed(scoped(Putaway.objects.all(), actor, owner=False), wanted)
    if actor.scope.owners is not None:
        rows = rows.filter(Q(owner_id__in=actor.scope.owners) | Q(owner=None))
    if overridden is not None:
        rows = rows.filter(overrides__isnull=not overridden).distinct()
    if text := q.strip():
        rows = rows.filter(
            Q(sku__code__istartswith=text) | Q(container__code=text.upper()) | Q(lot__code=text)
            | Q(from_location__code=text.upper()) | Q(to_location__code=text.upper())
        )  # fmt: skip
    return rows


def return_rows(actor: Actor, *, q: str = "", **wanted: Any) -> Rows:
    """Returns. ``q`` begins their number, or is the RMA, the waybill, the order or a SKU in it."""
    rows = narrowed(scoped(GoodsReturn.objects.all(), actor, owner=False), wanted)
    if actor.scope.owners is not None:
        rows = rows.filter(Q(owner_id__in=actor.scope.owners) | Q(owner=None))
    if text := q.strip():
        rows = rows.filter(
            Q(number__startswith=text.upper()) | Q(rma=text) | Q(waybill=text) | Q(order__number=text.upper())
            | Q(order__external_number=text) | Q(lines__sku__code__iexact=text)
        ).distinct()  # fmt: skip
    return rows
