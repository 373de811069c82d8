"""Thresholds and alerts as the desk sees them. Nothing here locks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from hecang.catalog.selectors.lists import skus_matching
from hecang.kernel.actor import Actor
from hecang.kernel.api.counts import capped_counts
from hecang.stockkeeping.models import AlertKind, StockAlert, Threshold
from hecang.stockkeeping.selectors.values import currency_now

ALERT_TABS: dict[str, Q] = {
    "open": Q(state="open", gone_at__isnull=True),
    "snoozed": Q(state="snoozed", gone_at__isnull=True),
    "done": Q(state="done", gone_at__isnull=True),
    "gone": Q(gone_at__isnull=False),
}


def _within(actor: Actor, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        rows = rows.filter(Q(owner_id__in=actor.scope.owners) | Q(owner_id__isnull=True))
    return rows


def _refs(*names: str) -> list[str]:
    return [f"{name}__{part}" for name in names for part in ("id", "code", "name")]


def alert_rows(
    actor: Actor,
    *,
    tab: str | None = None,
    kind: Sequence[str] = (),
    warehouse: int | None = None,
    owner: int | None = None,
    sku: int | None = None,
    q: str = "",
) -> QuerySet[Any, Any]:
    """Alerts; the open ones unless another tab is asked for."""
    found = _within(actor, StockAlert.objects.filter(ALERT_TABS[tab or "open"]))
    if kind:
        found = found.filter(kind__in=list(kind))
    for name, value in (("warehouse_id", warehouse), ("owner_id", owner), ("sku_id", sku)):
        if value is not None:
            found = found.filter(**{name: value})
    if q:
        found = found.filter(Q(sku_id__in=skus_matching(q=q)) | Q(lot__code__istartswith=q))
    return found.values(
        "id", "kind", "state", "quantity", "threshold", "days", "expected", "value", "advised_discount", "note",
        "action", "document_kind", "document_id", "document_number", "snoozed_until", "first_seen_at", "last_seen_at",
        "done_by", "done_at", "gone_at", "lot__id", "lot__code", "lot__expires_on",
        *_refs("warehouse", "sku", "owner"),
    )  # fmt: skip


def alert_enrich(rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Add in what the values are. One statement."""
    currency = currency_now()
    for row in rows:
        row["currency"] = currency
    return rows


def alert_counts(actor: Actor, warehouse: int | None = None) -> dict[str, Any]:
    """Numbers on the tabs, and of the open ones of each kind."""
    found = _within(actor, StockAlert.objects.all())
    if warehouse is not None:
        found = found.filter(warehouse_id=warehouse)
    parts = {tab: found.filter(condition) for tab, condition in ALERT_TABS.items()}
    parts |= {f"kind:{kind}": found.filter(ALERT_TABS["open"], kind=kind) for kind in AlertKind.values}
    return capped_counts(parts)


def threshold_rows(
    actor: Actor,
    *,
    warehouse: int | None = None,
    owner: int | None = None,
    sku: int | None = None,
    source: Sequence[str] = (),
    q: str = "",
) -> QuerySet[Any, Any]:
    """Thresholds; the defaults of warehouses are those without a SKU."""
    found = _within(actor, Threshold.objects.all())
    for name, value in (("warehouse_id", warehouse), ("owner_id", owner), ("sku_id", sku)):
        if value is not None:
            found = found.filter(**{name: value})
    if source:
        found = found.filter(source__in=list(source))
    if q:
        found = found.filter(sku_id__in=skus_matching(q=q))
    return found.values(
        "id", "safety_stock", "reorder_point", "max_stock", "expiry_warning_days", "slow_days", "source", "updated_by",
        "updated_at", *_refs("warehouse", "sku", "owner"),
    )  # fmt: skip
