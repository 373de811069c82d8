"""Looks at the whole book, and announced supply, for lists."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from hecang.kernel.actor import Actor
from hecang.orders.models import ExpectedSupply, SourcingRun


def run_rows(state: str | None = None) -> QuerySet[Any, Any]:
    rows = SourcingRun.objects.values(
        "id", "state", "started_by", "started_at", "finished_at", "orders", "proposed", "moved", "units", "lost",
        "cost_before", "cost_after", "saved", "gap", "seconds",
    )  # fmt: skip
    return rows if state is None else rows.filter(state=state)


def supply_rows(actor: Actor, *, sku_id: int | None, warehouse_id: int | None) -> QuerySet[Any, Any]:
    """Announced supply of the actor's warehouses and owners."""
    rows = ExpectedSupply.objects.values(
        "id", "sku__id", "sku__code", "sku__name", "owner__id", "owner__code", "owner__name", "warehouse__id",
        "warehouse__code", "warehouse__name", "reference", "quantity", "expected_at",
    )  # fmt: skip
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    if sku_id is not None:
        rows = rows.filter(sku_id=sku_id)
    return rows if warehouse_id is None else rows.filter(warehouse_id=warehouse_id)
