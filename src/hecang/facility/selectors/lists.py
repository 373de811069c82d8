"""Querysets behind the lists of the API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from hecang.facility.models import Location, Warehouse, Zone
from hecang.kernel.db import fetch

Rows = QuerySet[Any, Any]
#: ``None`` stands for all.
Scope = Collection[int] | None


def warehouse_rows(scope: Scope, *, q: str | None = None, active: bool | None = None) -> Rows:
    """Warehouses within a data scope, by any part of code or name."""
    found = Warehouse.objects.all()
    if scope is not None:
        found = found.filter(pk__in=scope)
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name__icontains=q))
    if active is not None:
        found = found.filter(is_active=active)
    return found.values(
        "id", "code", "name", "region_id", "address", "contact", "phone", "latitude", "longitude", "timezone",
        "cutoff_time", "width_mm", "depth_mm", "is_active", "layout_version", "kind", "weekdays", "keeps_holidays", "handling_minutes",
        "daily_orders", "daily_units", "parcel_cost", "line_cost", "unit_cost",
    )  # fmt: skip


def zone_rows(
    scope: Scope, *, q: str | None = None, warehouse_id: int | None = None, kind: Sequence[str] | None = None
) -> Rows:
    """Zones within a data scope, by any part of code or name, without the virtual ones."""
    found = Zone.objects.exclude(kind=Zone.Kind.VIRTUAL)
    if scope is not None:
        found = found.filter(warehouse_id__in=scope)
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name__icontains=q))
    if warehouse_id is not None:
        found = found.filter(warehouse_id=warehouse_id)
    if kind:
        found = found.filter(kind__in=kind)
    return found.values(
        "id", "warehouse_id", "code", "name", "kind", "temperature", "x_mm", "y_mm", "width_mm", "depth_mm"
    )


def location_rows(
    scope: Scope,
    *,
    warehouse_id: int | None = None,
    zone_id: int | None = None,
    kind: Sequence[str] | None = None,
    q: str | None = None,
    active: bool | None = None,
    level: int | None = None,
) -> Rows:
    """Physical locations within a data scope, by the beginning of their code (capitals do not matter)."""
    found = Location.objects.filter(is_virtual=False)
    if scope is not None:
        found = found.filter(warehouse_id__in=scope)
    for name, value in (
        ("warehouse_id", warehouse_id),
        ("zone_id", zone_id),
        ("is_active", active),
        ("level", level),
    ):
        if value is not None:
            found = found.filter(**{name: value})
    if kind:
        found = found.filter(kind__in=kind)
    if q:
        found = found.filter(Q(code__startswith=q) | Q(code__startswith=q.upper()))
    return found.values(
        "id", "code", "kind", "warehouse__id", "warehouse__code", "warehouse__name", "zone__id", "zone__code",
        "zone__name", "aisle__id", "aisle__number", "side", "level", "x_mm", "y_mm", "width_mm", "depth_mm",
        "height_mm", "max_weight_g", "pick_sequence", "is_active",
    )  # fmt: skip


def location_counts(warehouse_id: int) -> dict[str, int]:
    """Active physical locations by kind."""
    return dict(
        fetch(
            "SELECT kind, count(*) FROM location WHERE warehouse_id = %s AND is_active AND NOT is_virtual"
            " GROUP BY kind ORDER BY kind",
            [warehouse_id],
        )
    )
