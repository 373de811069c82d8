"""Querysets behind the lists of the API, within data scopes."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from hecang.inventory.models import SupplySuggestion
from hecang.kernel.actor import Actor
from hecang.purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchasePerformance,
    PurchaseRequest,
    SupplierInvoice,
    SupplierPrice,
)

Rows = QuerySet[Any, Any]


def scoped(rows: Rows, actor: Actor, prefix: str = "") -> Rows:
    """Rows of documents with a warehouse and an owner that ``actor`` may see."""
    if actor.scope.warehouses is not None:
        rows = rows.filter(**{f"{prefix}warehouse_id__in": actor.scope.warehouses})
    if actor.scope.owners is not None:
        rows = rows.filter(**{f"{prefix}owner_id__in": actor.scope.owners})
    return rows


def refs(*names: str) -> list[str]:
    """Keys of other things as lists show them."""
    return [f"{name}__{part}" for name in names for part in ("id", "code", "name")]


def price_rows() -> Rows:
    """Prices with the articles that they are of."""
    rows: Rows = SupplierPrice.objects.annotate(
        supplier=F("item__supplier"),
        supplier_sku=F("item__supplier_sku"),
        min_order_quantity=F("item__min_order_quantity"),
        order_multiple=F("item__order_multiple"),
        lead_time_days=F("item__lead_time_days"),
        is_active=F("item__is_active"),
    ).values(
        "id", "item_id", "min_quantity", "price", "currency", "valid_from", "valid_to", "supplier_sku",
        "min_order_quantity", "order_multiple", "lead_time_days", "is_active",
        *refs("item__supplier", "item__sku"),
    )  # fmt: skip
    return rows


def suggestion_rows(actor: Actor) -> Rows:
    """Open supply suggestions that are to be bought (or could be)."""
    found = scoped(SupplySuggestion.objects.filter(settled_at__isnull=True), actor)
    return found.values(
        "id", "source", "quantity", "order_count", "waiting_since", "sku_id", "owner_id", "warehouse_id",
        *refs("sku", "owner", "warehouse"),
    )  # fmt: skip


def request_rows(actor: Actor) -> Rows:
    return scoped(PurchaseRequest.objects.all(), actor).values(
        "id", "number", "state", "source", "quantity", "needed_on", "note", "requested_by", "created_at",
        "suggestion_id", "order_line__order__id", "order_line__order__number", *refs("sku", "owner", "warehouse", "supplier"),
    )  # fmt: skip


def order_rows(actor: Actor) -> Rows:
    return scoped(PurchaseOrder.objects.all(), actor).values(
        "id", "number", "state", "currency", "amount", "line_count", "unit_count", "revision", "sent_revision",
        "supplier_number", "external_number", "ordered_on", "expected_on", "created_by", "created_at", "sent_at",
        *refs("supplier", "owner", "warehouse"),
    )  # fmt: skip


def order_found_by(text: str) -> Q:
    """Orders by our number, the supplier's, another system's, or a SKU in them."""
    return (
        Q(number__istartswith=text)
        | Q(supplier_number=text)
        | Q(external_number=text)
        | Q(lines__sku__code=text)
    )


def invoice_rows(actor: Actor) -> Rows:
    found: Rows = SupplierInvoice.objects.all()
    if actor.scope.owners is not None:
        found = found.filter(owner_id__in=actor.scope.owners)
    return found.values(
        "id", "number", "invoice_number", "state", "currency", "invoiced_on", "due_on", "net_amount", "tax_amount",
        "difference", "note", "created_by", "created_at", "approved_by", "approved_at", "handed_over_at",
        *refs("supplier", "owner"),
    )  # fmt: skip


def match_rows(actor: Actor) -> Rows:
    """Order lines with what was ordered, came, was refused, and is invoiced: what accounting compares."""
    found = scoped(
        PurchaseOrderLine.objects.exclude(order__state__in=["draft", "submitted", "cancelled"]),
        actor,
        "order__",
    )
    rows: Rows = found.annotate(
        accepted=F("received") - F("rejected"),
        to_invoice=F("received") - F("rejected") - F("invoiced"),
        supplier=F("order__supplier"),
    ).values(
        "id", "number", "quantity", "unit_price", "list_price", "received", "rejected", "cancelled", "invoiced",
        "accepted", "to_invoice", "order__id", "order__number", "order__state", "order__currency",
        *refs("order__supplier", "order__owner", "order__warehouse", "sku"),
    )  # fmt: skip
    return rows


def performance_rows(actor: Actor) -> Rows:
    return scoped(PurchasePerformance.objects.all(), actor).values(
        "id", "order__id", "order__number", "due_on", "ordered_on", "arrived_on", "wanted", "received", "rejected",
        "in_time", "is_on_time", "is_in_full", "is_otif", "lead_days", "unit_price", "list_price", "currency",
        "price_over", *refs("supplier", "sku", "warehouse"),
    )  # fmt: skip
