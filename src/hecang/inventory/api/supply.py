"""What customers wait for and has to be brought."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inventory.api.base import router
from hecang.inventory.models import SupplySuggestion
from hecang.kernel.actor import Actor
from hecang.kernel.api import Column, Id, ListDefinition, Moment, Ref, Schema


class SupplySuggestionRow(Schema):
    id: int
    sku: Ref
    owner: Ref
    warehouse: Ref
    source: str
    from_warehouse: Ref | None
    quantity: int
    order_count: int
    waiting_since: Moment
    ticket_id: int | None
    created_at: Moment
    updated_at: Moment
    settled_at: Moment | None


class SupplySuggestionFilters(Schema):
    open: bool | None = None
    source: SupplySuggestion.Source | None = None
    warehouse: Id | None = None
    owner: Id | None = None
    sku: Id | None = Field(None)


def supply_rows(actor: Actor, filters: SupplySuggestionFilters) -> QuerySet[SupplySuggestion, Any]:
    """Suggestions within the data scope of ``actor``."""
    found: QuerySet[SupplySuggestion, Any] = SupplySuggestion.objects.all()
    if actor.scope.warehouses is not None:
        found = found.filter(warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        found = found.filter(owner_id__in=actor.scope.owners)
    if filters.open is not None:
        found = found.filter(settled_at__isnull=filters.open)
    for name in ("source", "warehouse", "owner", "sku"):
        value = getattr(filters, name)
        if value is not None:
            found = found.filter(**{name: value})
    refs = [
        f"{name}__{part}"
        for name in ("sku", "owner", "warehouse", "from_warehouse")
        for part in ("id", "code", "name")
    ]
    rows: QuerySet[SupplySuggestion, Any] = found.values(
        "id", "source", "quantity", "order_count", "waiting_since", "ticket_id", "created_at", "updated_at",
        "settled_at", *refs,
    )  # fmt: skip
    return rows


SUPPLY = ListDefinition(
    name="supply_suggestions",
    title="Supply suggestions",
    filters=SupplySuggestionFilters,
    row=SupplySuggestionRow,
    columns=(
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("warehouse.code", _("Warehouse")),
        Column("source", _("Source")),
        Column("from_warehouse.code", _("From warehouse")),
        Column("quantity", _("Quantity")),
        Column("order_count", _("Orders")),
        Column("waiting_since", _("Waiting since")),
        Column("settled_at", _("Settled")),
    ),
    sorts={"id": "id", "quantity": "quantity", "waiting_since": "waiting_since"},
    default_sort="-id",
    query=supply_rows,
)
router.list("/supply-suggestions", SUPPLY, permission="inventory.supply.view")
