"""Warehouses and zones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.facility.api.base import Created, given, router
from hecang.facility.models import Warehouse, Zone
from hecang.facility.selectors import lists
from hecang.facility.services import sequence_renumber, warehouse_change, warehouse_create, zone_change
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, InputSchema, ListDefinition, Schema
from hecang.kernel.errors import NotFound
from hecang.partners.selectors import region_names

WarehouseCode = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9_-]+$")]
Title = Annotated[str, Field(min_length=1, max_length=100)]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 for Monday to 7 for Sunday")]
Cost = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
DailyLimit = Annotated[int, Field(ge=0, le=100_000_000)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class RegionRefOut(Schema):
    code: str
    name: str = Field(description="written out: province, city, district")


class WarehouseRow(Schema):
    id: int
    code: str
    name: str
    region: RegionRefOut | None
    address: str
    contact: str
    phone: str
    latitude: float | None
    longitude: float | None
    timezone: str
    cutoff_time: time | None = Field(description="by the clock of the warehouse")
    width_mm: int
    depth_mm: int
    is_active: bool
    layout_version: int
    kind: str
    weekdays: list[int] = Field(description="days on which it ships, 1 for Monday")
    keeps_holidays: bool = Field(
        description="closed on the public holidays of China, open on working weekends"
    )
    handling_minutes: int
    daily_orders: int | None = Field(description="what it can ship in a day; null: no limit")
    daily_units: int | None
    parcel_cost: Decimal | None = Field(description="null: what the installation has set")
    line_cost: Decimal | None
    unit_cost: Decimal | None


class ZoneRow(Schema):
    id: int
    warehouse_id: int
    code: str
    name: str
    kind: str
    temperature: str
    x_mm: int
    y_mm: int
    width_mm: int
    depth_mm: int


class WarehouseOut(WarehouseRow):
    zones: list[ZoneRow]
    location_counts: dict[str, int] = Field(description="active locations by kind")


class WarehouseFilters(Schema):
    q: str | None = Field(None, max_length=64)
    active: bool | None = None


class WarehouseFields(InputSchema):
    region_code: RegionCode | None = None
    address: str | None = Field(None, max_length=200)
    contact: str | None = Field(None, max_length=50)
    phone: str | None = Field(None, max_length=32)
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    timezone: str | None = Field(None, max_length=64)
    cutoff_time: time | None = None
    kind: Warehouse.Kind | None = None
    weekdays: list[Weekday] | None = Field(None, max_length=7)
    keeps_holidays: bool | None = None
    handling_minutes: int | None = Field(None, ge=0, le=14_400)
    daily_orders: DailyLimit | None = None
    daily_units: DailyLimit | None = None
    parcel_cost: Cost | None = None
    line_cost: Cost | None = None
    unit_cost: Cost | None = None


class WarehouseIn(WarehouseFields):
    code: WarehouseCode
    name: Title


class WarehouseChange(WarehouseFields):
    """Only the fields that are named change; region, coordinates, cut-off, limits and costs can be emptied by null."""

    name: Title | None = None
    is_active: bool | None = None


class ZoneFilters(Schema):
    q: str | None = Field(None, max_length=64)
    warehouse_id: Id | None = None
    kind: list[Zone.Kind] | None = Field(None, max_length=6)


class ZoneChange(InputSchema):
    name: Title | None = None
    temperature: str | None = Field(None, pattern="^(ambient|chilled|frozen)$")


class RenumberOut(Schema):
    locations: int


_EMPTIABLE = frozenset(
    {
        "region_code", "latitude", "longitude", "cutoff_time", "daily_orders", "daily_units", "parcel_cost",
        "line_cost", "unit_cost",
    }
)  # fmt: skip


def _enriched(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    names = region_names({row["region_id"] for row in rows if row["region_id"]})
    for row in rows:
        code = row["region_id"]
        row["region"] = {"code": code, "name": str(names[code])} if code in names else None
    return rows


WAREHOUSES = ListDefinition(
    name="warehouses",
    title="Warehouses",
    filters=WarehouseFilters,
    row=WarehouseRow,
    columns=(
        Column("code", _("Code")),
        Column("name", _("Name")),
        Column("region.name", _("Region")),
        Column("address", _("Address")),
        Column("timezone", _("Time zone")),
        Column("cutoff_time", _("Cut-off")),
        Column("kind", _("Kind")),
        Column("is_active", _("Active")),
    ),
    sorts={"code": "code", "id": "id"},
    default_sort="code",
    query=lambda actor, filters: lists.warehouse_rows(
        actor.scope.warehouses, q=filters.q, active=filters.active
    ),
    enrich=_enriched,
)
router.list("/warehouses", WAREHOUSES, permission="facility.warehouse.view")


def _columns(payload: WarehouseFields) -> dict[str, Any]:
    values = given(payload, emptiable=_EMPTIABLE)
    if "region_code" in values:
        values["region_id"] = values.pop("region_code")
    if "weekdays" in values:
        values["weekdays"] = sorted(set(values["weekdays"]))
    return values


@router.post(
    "/warehouses",
    permission="facility.warehouse.create",
    response=Created,
    status=201,
    summary="Enter a warehouse",
)
def warehouse_post(request: ApiRequest, payload: WarehouseIn) -> Created:
    """It has no layout yet; generate one with ``POST /warehouses/{id}/layout`` or import its locations."""
    return Created(id=warehouse_create(**_columns(payload)))


@router.get(
    "/warehouses/{warehouse_id}",
    permission="facility.warehouse.view",
    response=WarehouseOut,
    summary="One warehouse",
)
def warehouse_get(request: ApiRequest, warehouse_id: int) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    rows = list(lists.warehouse_rows(None).filter(pk=warehouse_id))
    if not rows:
        raise NotFound(_t("There is no such warehouse, or it lies outside your data scope."))
    (row,) = _enriched(request.actor, rows)
    zones = list(lists.zone_rows(None, warehouse_id=warehouse_id).order_by("code"))
    return {**row, "zones": zones, "location_counts": lists.location_counts(warehouse_id)}


@router.patch(
    "/warehouses/{warehouse_id}", permission="facility.warehouse.change", summary="Change a warehouse"
)
def warehouse_patch(request: ApiRequest, warehouse_id: int, payload: WarehouseChange) -> None:
    request.actor.scope.require(warehouse=warehouse_id)
    warehouse_change(warehouse_id=warehouse_id, changes=_columns(payload))


@router.post(
    "/warehouses/{warehouse_id}/renumber",
    permission="facility.layout.manage",
    response=RenumberOut,
    summary="Number the locations anew along the walk",
)
def warehouse_renumber(request: ApiRequest, warehouse_id: int) -> RenumberOut:
    """S-shape: zone by zone, block by block, up one aisle and down the next."""
    request.actor.scope.require(warehouse=warehouse_id)
    if not Warehouse.objects.filter(pk=warehouse_id).exists():
        raise NotFound(_t("There is no such warehouse, or it lies outside your data scope."))
    return RenumberOut(locations=sequence_renumber(warehouse_id=warehouse_id))


ZONES = ListDefinition(
    name="zones",
    title="Zones",
    filters=ZoneFilters,
    row=ZoneRow,
    columns=(
        Column("code", _("Code")),
        Column("name", _("Name")),
        Column("kind", _("Kind")),
        Column("temperature", _("Temperature")),
    ),
    sorts={"code": "code", "id": "id"},
    default_sort="code",
    query=lambda actor, filters: lists.zone_rows(
        actor.scope.warehouses, q=filters.q, warehouse_id=filters.warehouse_id, kind=filters.kind
    ),
)
router.list("/zones", ZONES, permission="facility.zone.view")


@router.patch("/zones/{zone_id}", permission="facility.zone.change", summary="Change a zone")
def zone_patch(request: ApiRequest, zone_id: int, payload: ZoneChange) -> None:
    request.actor.scope.require(
        warehouse=Zone.objects.filter(pk=zone_id).values_list("warehouse_id", flat=True).first()
    )
    zone_change(zone_id=zone_id, changes=given(payload))
