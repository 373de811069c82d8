"""What lists and other apps ask of shipping, as plain rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from hecang.kernel import db
from hecang.kernel.actor import Actor
from hecang.shipping.models import (
    Carrier,
    CarrierService,
    Carton,
    LeadTime,
    Manifest,
    RateRule,
    ServiceCutoff,
    UnreachedRegion,
    Waybill,
    WaybillPool,
)


@dataclass(frozen=True, slots=True)
class ServiceRef:
    """A carrier service as other apps need it; weight in grams."""

    id: int
    code: str
    name: str
    carrier_id: int
    carrier_code: str
    carrier_name: str
    max_weight_g: int
    is_active: bool
    source: str


@dataclass(frozen=True, slots=True)
class WaybillRef:
    """A waybill as other apps need it."""

    id: int
    number: str
    reference: str
    service_id: int
    carrier_id: int
    warehouse_id: int
    state: str
    manifest_id: int | None


def services_by_id(ids: Collection[int] | None = None) -> dict[int, ServiceRef]:
    """Services with these ids; ``None``: all of them."""
    wanted = None if ids is None else sorted(ids)
    rows = db.fetch(
        """
        SELECT s.id, s.code, s.name, c.id, c.code, c.name, s.max_weight_g, s.is_active AND c.is_active, s.source
          FROM carrier_service s JOIN carrier c ON c.id = s.carrier_id
         WHERE %s::bigint[] IS NULL OR s.id = ANY(%s::bigint[])
        """,
        (wanted, wanted),
    )
    return {row[0]: ServiceRef(*row) for row in rows}


def waybills_by_id(ids: Iterable[int]) -> dict[int, WaybillRef]:
    """Waybills with these ids."""
    return {row.id: row for row in _waybills("w.id = ANY(%s)", sorted(set(ids)))}


def waybills_by_number(numbers: Iterable[str]) -> dict[str, WaybillRef]:
    """Waybills by the carrier's number, as a scanner reads it."""
    return {row.number: row for row in _waybills("w.number = ANY(%s)", sorted(set(numbers)))}


def waybills_on_manifest(manifest_id: int) -> list[WaybillRef]:
    """Everything on a manifest, in the order of issue."""
    return _waybills("w.manifest_id = %s", manifest_id)


def _waybills(where: str, argument: Any) -> list[WaybillRef]:
    rows = db.fetch(
        "SELECT w.id, w.number, w.reference, w.service_id, s.carrier_id, w.warehouse_id, w.state, w.manifest_id"  # noqa: S608
        f" FROM waybill w JOIN carrier_service s ON s.id = w.service_id WHERE {where} ORDER BY w.id",
        (argument,),
    )
    return [WaybillRef(*row) for row in rows]


def manifest_totals(manifest_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Parcels and grams that lie on these (open) manifests now."""
    rows = db.fetch(
        "SELECT manifest_id, count(*), sum(weight_g)::bigint FROM waybill WHERE manifest_id = ANY(%s)"
        " GROUP BY manifest_id",
        (sorted(manifest_ids),),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def carrier_list(q: str | None = None) -> QuerySet[Any, Any]:
    rows = Carrier.objects.values("id", "code", "name", "is_active")
    return rows.filter(Q(code__istartswith=q) | Q(name__icontains=q)) if q else rows


def service_list(carrier_id: int | None = None, *, active: bool | None = None) -> QuerySet[Any, Any]:
    rows = CarrierService.objects.values(
        "id", "code", "name", "carrier__id", "carrier__code", "carrier__name", "volumetric_divisor",
        "max_weight_g", "lead_days", "priority", "is_active", "source", "product",
    )  # fmt: skip
    if carrier_id is not None:
        rows = rows.filter(carrier_id=carrier_id)
    return rows if active is None else rows.filter(is_active=active, carrier__is_active=True)


def rate_list(
    actor: Actor, *, service_id: int | None, warehouse_id: int | None, region: str | None
) -> QuerySet[Any, Any]:
    """Rates that the actor may see: those of its warehouses and those for all.

    :param region: a region code: only rules whose prefix it begins with.
    """
    rows = RateRule.objects.values(
        "id", "service__id", "service__code", "service__name", "warehouse__id", "warehouse__code",
        "warehouse__name", "region_prefix", "first_weight_g", "first_price", "step_weight_g", "step_price",
        "currency",
    )  # fmt: skip
    if actor.scope.warehouses is not None:
        rows = rows.filter(Q(warehouse=None) | Q(warehouse_id__in=actor.scope.warehouses))
    if service_id is not None:
        rows = rows.filter(service_id=service_id)
    if warehouse_id is not None:
        rows = rows.filter(Q(warehouse=None) | Q(warehouse_id=warehouse_id))
    if region is not None:
        rows = rows.filter(region_prefix__in=[region[:length] for length in range(len(region) + 1)])
    return rows


def lead_time_list(
    actor: Actor,
    *,
    service_id: int | None,
    warehouse_id: int | None,
    region: str | None,
    source: str | None = None,
) -> QuerySet[Any, Any]:
    """Lead times that the actor may see: those of its warehouses and those for all.

    :param region: a region code: only rows whose prefix it begins with.
    """
    rows = LeadTime.objects.values(
        "id", "service__id", "service__code", "service__name", "warehouse__id", "warehouse__code",
        "warehouse__name", "region_prefix", "source", "hours", "parcels", "percentile", "updated_at",
    )  # fmt: skip
    if actor.scope.warehouses is not None:
        rows = rows.filter(Q(warehouse=None) | Q(warehouse_id__in=actor.scope.warehouses))
    if service_id is not None:
        rows = rows.filter(service_id=service_id)
    if warehouse_id is not None:
        rows = rows.filter(Q(warehouse=None) | Q(warehouse_id=warehouse_id))
    if region is not None:
        rows = rows.filter(region_prefix__in=[region[:length] for length in range(len(region) + 1)])
    return rows if source is None else rows.filter(source=source)


def unreached_list(service_id: int | None = None) -> QuerySet[Any, Any]:
    rows = UnreachedRegion.objects.values(
        "id", "service__id", "service__code", "service__name", "region_prefix", "note"
    )
    return rows if service_id is None else rows.filter(service_id=service_id)


def cutoffs_of(warehouse_id: int) -> list[dict[str, Any]]:
    """Cut-offs that services have of their own at a warehouse, by service."""
    rows = ServiceCutoff.objects.filter(warehouse_id=warehouse_id).order_by("service__code")
    return [
        {
            "service": {"id": service_id, "code": code, "name": name},
            "warehouse_id": warehouse_id,
            "cutoff_time": cutoff,
        }
        for service_id, code, name, cutoff in rows.values_list(
            "service_id", "service__code", "service__name", "cutoff_time"
        )
    ]


def carton_list(*, active: bool | None = None) -> QuerySet[Any, Any]:
    rows = Carton.objects.values(
        "id", "code", "name", "length_mm", "width_mm", "height_mm", "tare_g", "max_weight_g", "cost", "is_active"
    )  # fmt: skip
    return rows if active is None else rows.filter(is_active=active)


def pool_list(service_id: int | None = None) -> QuerySet[Any, Any]:
    rows = WaybillPool.objects.annotate(remaining=F("last_number") - F("next_number") + 1).values(
        "id", "service__id", "service__code", "service__name", "prefix", "first_number", "next_number",
        "last_number", "digits", "alert_below", "is_active", "remaining",
    )  # fmt: skip
    return rows if service_id is None else rows.filter(service_id=service_id)


def manifest_list(
    actor: Actor,
    *,
    state: str | None = None,
    warehouse_id: int | None = None,
    carrier_id: int | None = None,
    q: str | None = None,
) -> QuerySet[Any, Any]:
    rows = Manifest.objects.values(
        "id", "number", "state", "warehouse__id", "warehouse__code", "warehouse__name", "carrier__id",
        "carrier__code", "carrier__name", "parcel_count", "weight_g", "opened_at", "closed_at", "driver",
    )  # fmt: skip
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    wanted = {"state": state, "warehouse_id": warehouse_id, "carrier_id": carrier_id, "number": q}
    return rows.filter(**{key: value for key, value in wanted.items() if value is not None})


def waybill_list(
    actor: Actor,
    *,
    state: str | None,
    warehouse_id: int | None,
    service_id: int | None,
    manifest_id: int | None,
    q: str | None,
) -> QuerySet[Any, Any]:
    """Waybills in the actor's warehouses; ``q`` is a whole number or reference."""
    rows = Waybill.objects.values(
        "id", "number", "reference", "state", "service__id", "service__code", "service__name", "warehouse__id",
        "warehouse__code", "warehouse__name", "region_code", "routing_code", "weight_g", "charged_weight_g",
        "freight", "currency", "manifest__id", "manifest__number", "issued_at",
    )  # fmt: skip
    if actor.scope.warehouses is not None:
        rows = rows.filter(warehouse_id__in=actor.scope.warehouses)
    if q:
        rows = rows.filter(Q(number=q) | Q(reference=q))
    wanted = {
        "state": state, "warehouse_id": warehouse_id, "service_id": service_id, "manifest_id": manifest_id,
    }  # fmt: skip
    return rows.filter(**{key: value for key, value in wanted.items() if value is not None})
