"""Kept promises: the rows, and their share by shop, warehouse, service and week."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek

from hecang.kernel.actor import Actor
from hecang.outbound.models import PromiseOutcome

By = Literal["all", "shop", "warehouse", "service", "week"]

ROW = (
    "fulfilment_id", "fulfilment__number", "order__id", "order__number", "shop__id", "shop__code", "shop__name",
    "warehouse__id", "warehouse__code", "warehouse__name", "service__id", "service__code", "service__name",
    "promised_at", "shipped_at", "arrives_at", "basis", "is_kept",
)  # fmt: skip
_KEYS = {
    "shop": ("shop__code", "shop__name"),
    "warehouse": ("warehouse__code", "warehouse__name"),
    "service": ("service__code", "service__name"),
}


def outcome_rows(
    actor: Actor,
    *,
    kept: bool | None = None,
    basis: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    shop_id: int | None = None,
    warehouse_id: int | None = None,
    service_id: int | None = None,
) -> QuerySet[PromiseOutcome, PromiseOutcome]:
    """Outcomes in the actor's scope by when they were promised."""
    rows = PromiseOutcome.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if actor.scope.shops is not None:
        rows = rows.filter(shop_id__in=actor.scope.shops)
    if actor.scope.owners is not None:
        rows = rows.filter(fulfilment__owner_id__in=actor.scope.owners)
    wanted = {
        "is_kept": kept, "basis": basis, "promised_at__gte": since, "promised_at__lt": until, "shop_id": shop_id,
        "warehouse_id": warehouse_id, "service_id": service_id,
    }  # fmt: skip
    return rows.filter(**{key: value for key, value in wanted.items() if value is not None})


def kept_rates(rows: QuerySet[PromiseOutcome, PromiseOutcome], by: By) -> list[dict[str, Any]]:
    """Kept and all outcomes of each group; ``delivered`` of them are measured, the others expected. One query."""
    counts = {
        "total": Count("fulfilment_id"),
        "kept": Count("fulfilment_id", filter=Q(is_kept=True)),
        "delivered": Count("fulfilment_id", filter=Q(basis="delivered")),
    }
    if by == "all":
        grouped = [{"key": "", "name": "", **rows.aggregate(**counts)}]
    elif by == "week":
        found_weeks: Any = rows.annotate(week=TruncWeek("promised_at")).values("week")
        weeks: list[dict[str, Any]] = list(found_weeks.annotate(**counts).order_by("week"))
        grouped = [
            {"key": row["week"].date().isoformat(), "name": "", **{name: row[name] for name in counts}}
            for row in weeks
        ]
    else:
        code, name = _KEYS[by]
        found = rows.values(code, name).annotate(**counts).order_by(code)
        grouped = [{"key": row.pop(code) or "", "name": row.pop(name) or "", **row} for row in found]
    return [{**row, "rate": row["kept"] / row["total"] if row["total"] else None} for row in grouped]
