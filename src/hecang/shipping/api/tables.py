"""Carriers, services, rates, cartons and number pools: what shipping is set up with."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    Column,
    Id,
    InputSchema,
    Int32,
    ListDefinition,
    Ref,
    Schema,
)
from hecang.shipping import selectors
from hecang.shipping.api.base import Created, Grams, Millimetres, Price, RegionPrefix, router
from hecang.shipping.models import CarrierService
from hecang.shipping.services import tables

Days = Annotated[int, Field(ge=0, le=365)]
Rank = Annotated[int, Field(ge=0, le=32_767)]
ShortCode = Annotated[str, Field(min_length=1, max_length=16)]
ServiceCode = Annotated[str, Field(min_length=1, max_length=32)]
Title = Annotated[str, Field(min_length=1, max_length=100)]
PoolNumber = Annotated[int, Field(ge=0, le=10**18)]


# ---------------------------------------------------------------- carriers


class CarrierOut(Schema):
    id: int
    code: str
    name: str
    is_active: bool


class CarrierFilters(Schema):
    q: str | None = Field(None, max_length=64)


class CarrierIn(InputSchema):
    code: ShortCode
    name: Title


class CarrierChange(InputSchema):
    name: Title | None = None
    is_active: bool | None = None


CARRIERS = ListDefinition(
    name="carriers",
    title="Carriers",
    filters=CarrierFilters,
    row=CarrierOut,
    columns=(Column("code", _("Code")), Column("name", _("Name")), Column("is_active", _("Active"))),
    sorts={"code": "code", "name": "name"},
    default_sort="code",
    query=lambda _actor, filters: selectors.carrier_list(filters.q),
)
router.list("/carriers", CARRIERS, permission="shipping.carrier.view")


@router.post(
    "/carriers", permission="shipping.carrier.manage", response=Created, status=201, summary="Enter a carrier"
)
def carrier_create(request: ApiRequest, payload: CarrierIn) -> Created:
    return Created(id=tables.carrier_create(row=tables.CarrierRow(payload.code, payload.name)))


@router.patch("/carriers/{carrier_id}", permission="shipping.carrier.manage", summary="Change a carrier")
def carrier_change(request: ApiRequest, carrier_id: int, payload: CarrierChange) -> None:
    tables.carrier_change(carrier_id=carrier_id, changes=_given(payload))


# ---------------------------------------------------------------- services


class ServiceOut(Schema):
    id: int
    code: str
    name: str
    carrier: Ref
    volumetric_divisor: int
    max_weight_g: int
    lead_days: int
    priority: int
    is_active: bool
    source: str = Field(description="where waybill numbers come from: pool or carrier")
    product: str = Field(description="the carrier's own code of the service")


class ServiceFilters(Schema):
    carrier_id: Id | None = None
    active: bool | None = None


class ServiceIn(InputSchema):
    carrier_id: Id
    code: ServiceCode
    name: Title
    volumetric_divisor: Annotated[
        int, Field(ge=0, le=100_000, description="cm³ per kg; 0: size does not count")
    ] = 0
    max_weight_g: Grams = 30_000
    lead_days: Days = 3
    priority: Rank = 100
    source: CarrierService.Source = CarrierService.Source.POOL
    product: Annotated[str, Field(max_length=40)] = ""


class ServiceChange(InputSchema):
    name: Title | None = None
    volumetric_divisor: Annotated[int, Field(ge=0, le=100_000)] | None = None
    max_weight_g: Grams | None = None
    lead_days: Days | None = None
    priority: Rank | None = None
    is_active: bool | None = None
    source: CarrierService.Source | None = None
    product: Annotated[str, Field(max_length=40)] | None = None


SERVICES = ListDefinition(
    name="carrier_services",
    title="Carrier services",
    filters=ServiceFilters,
    row=ServiceOut,
    columns=(
        Column("code", _("Code")),
        Column("name", _("Name")),
        Column("carrier.name", _("Carrier")),
        Column("volumetric_divisor", _("Volumetric divisor")),
        Column("max_weight_g", _("Largest weight (g)")),
        Column("lead_days", _("Days")),
        Column("priority", _("Priority")),
        Column("is_active", _("Active")),
    ),
    sorts={"code": "code", "priority": "priority"},
    default_sort="code",
    query=lambda _actor, filters: selectors.service_list(filters.carrier_id, active=filters.active),
)
router.list("/carrier-services", SERVICES, permission="shipping.carrier.view")


@router.post(
    "/carrier-services",
    permission="shipping.carrier.manage",
    response=Created,
    status=201,
    summary="Enter a carrier service",
)
def service_create(request: ApiRequest, payload: ServiceIn) -> Created:
    return Created(id=tables.service_create(row=tables.ServiceRow(**payload.model_dump())))


@router.patch(
    "/carrier-services/{service_id}", permission="shipping.carrier.manage", summary="Change a carrier service"
)
def service_change(request: ApiRequest, service_id: int, payload: ServiceChange) -> None:
    tables.service_change(service_id=service_id, changes=_given(payload))


# ---------------------------------------------------------------- rates


class RateOut(Schema):
    id: int
    service: Ref
    warehouse: Ref | None
    region_prefix: str
    first_weight_g: int
    first_price: Decimal
    step_weight_g: int
    step_price: Decimal
    currency: str


class RateFilters(Schema):
    service_id: Id | None = None
    warehouse_id: Id | None = None
    region: RegionPrefix | None = None


class RateIn(InputSchema):
    service_id: Id
    warehouse_id: Id | None = None
    region_prefix: RegionPrefix = ""
    first_weight_g: Annotated[Grams, Field(ge=1)] = 1000
    first_price: Price
    step_weight_g: Annotated[Grams, Field(ge=1)] = 1000
    step_price: Price
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"


class RateChange(InputSchema):
    first_weight_g: Annotated[Grams, Field(ge=1)] | None = None
    first_price: Price | None = None
    step_weight_g: Annotated[Grams, Field(ge=1)] | None = None
    step_price: Price | None = None


RATES = ListDefinition(
    name="rates",
    title="Rates",
    filters=RateFilters,
    row=RateOut,
    columns=(
        Column("service.code", _("Service")),
        Column("warehouse.code", _("Warehouse")),
        Column("region_prefix", _("Region")),
        Column("first_weight_g", _("First weight (g)")),
        Column("first_price", _("First price")),
        Column("step_weight_g", _("Step weight (g)")),
        Column("step_price", _("Step price")),
        Column("currency", _("Currency")),
    ),
    sorts={"service": "service_id", "region": "region_prefix", "first_price": "first_price"},
    default_sort="service",
    query=lambda actor, filters: selectors.rate_list(
        actor, service_id=filters.service_id, warehouse_id=filters.warehouse_id, region=filters.region
    ),
)
router.list("/rates", RATES, permission="shipping.rate.view")


@router.post(
    "/rates", permission="shipping.rate.manage", response=Created, status=201, summary="Enter a rate"
)
def rate_create(request: ApiRequest, payload: RateIn) -> Created:
    request.actor.scope.require(warehouse=payload.warehouse_id)
    return Created(id=tables.rate_create(row=tables.RateRow(**payload.model_dump())))


@router.patch("/rates/{rate_id}", permission="shipping.rate.manage", summary="Change a rate")
def rate_change(request: ApiRequest, rate_id: int, payload: RateChange) -> None:
    tables.rate_change(rate_id=rate_id, changes=_given(payload))


@router.delete("/rates/{rate_id}", permission="shipping.rate.manage", summary="Remove a rate")
def rate_delete(request: ApiRequest, rate_id: int) -> None:
    tables.rate_delete(rate_id=rate_id)


# ---------------------------------------------------------------- cartons


class CartonOut(Schema):
    id: int
    code: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    max_weight_g: int
    cost: Decimal
    is_active: bool


class CartonFilters(Schema):
    active: bool | None = None


class CartonIn(InputSchema):
    code: ServiceCode
    name: Title
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres
    tare_g: Grams = 0
    max_weight_g: Annotated[Grams, Field(ge=1)]
    cost: Price = Decimal(0)


class CartonChange(InputSchema):
    name: Title | None = None
    length_mm: Millimetres | None = None
    width_mm: Millimetres | None = None
    height_mm: Millimetres | None = None
    tare_g: Grams | None = None
    max_weight_g: Annotated[Grams, Field(ge=1)] | None = None
    cost: Price | None = None
    is_active: bool | None = None


CARTONS = ListDefinition(
    name="cartons",
    title="Cartons",
    filters=CartonFilters,
    row=CartonOut,
    columns=(
        Column("code", _("Code")),
        Column("name", _("Name")),
        Column("length_mm", _("Length (mm)")),
        Column("width_mm", _("Width (mm)")),
        Column("height_mm", _("Height (mm)")),
        Column("tare_g", _("Tare (g)")),
        Column("max_weight_g", _("Largest weight (g)")),
        Column("cost", _("Cost")),
    ),
    sorts={"code": "code", "length": "length_mm"},
    default_sort="code",
    query=lambda _actor, filters: selectors.carton_list(active=filters.active),
)
router.list("/cartons", CARTONS, permission="shipping.carton.view")


@router.post(
    "/cartons", permission="shipping.carton.manage", response=Created, status=201, summary="Enter a carton"
)
def carton_create(request: ApiRequest, payload: CartonIn) -> Created:
    return Created(id=tables.carton_create(row=tables.CartonRow(**payload.model_dump())))


@router.patch("/cartons/{carton_id}", permission="shipping.carton.manage", summary="Change a carton")
def carton_change(request: ApiRequest, carton_id: int, payload: CartonChange) -> None:
    tables.carton_change(carton_id=carton_id, changes=_given(payload))


# ---------------------------------------------------------------- number pools


class PoolOut(Schema):
    id: int
    service: Ref
    prefix: str
    first_number: int
    next_number: int
    last_number: int
    digits: int
    alert_below: int
    is_active: bool
    remaining: int


class PoolFilters(Schema):
    service_id: Id | None = None


class PoolIn(InputSchema):
    service_id: Id
    prefix: Annotated[str, Field(max_length=16, pattern=r"^[A-Z0-9]*$")] = ""
    first_number: PoolNumber
    last_number: PoolNumber
    digits: Annotated[int, Field(ge=1, le=20)] = 12
    alert_below: Int32 = 500


class PoolChange(InputSchema):
    alert_below: Int32 | None = None
    is_active: bool | None = None


POOLS = ListDefinition(
    name="waybill_pools",
    title="Waybill number pools",
    filters=PoolFilters,
    row=PoolOut,
    columns=(
        Column("service.code", _("Service")),
        Column("prefix", _("Prefix")),
        Column("next_number", _("Next number")),
        Column("last_number", _("Last number")),
        Column("remaining", _("Left")),
    ),
    sorts={"id": "id", "remaining": "remaining"},
    default_sort="id",
    query=lambda _actor, filters: selectors.pool_list(filters.service_id),
)
router.list("/waybill-pools", POOLS, permission="shipping.carrier.view")


@router.post(
    "/waybill-pools",
    permission="shipping.carrier.manage",
    response=Created,
    status=201,
    summary="Enter a range of waybill numbers; one that is there already is answered",
)
def pool_create(request: ApiRequest, payload: PoolIn) -> Created:
    return Created(id=tables.pool_save_many(rows=[tables.PoolRow(**payload.model_dump())])[0])


@router.patch(
    "/waybill-pools/{pool_id}", permission="shipping.carrier.manage", summary="Change a number pool"
)
def pool_change(request: ApiRequest, pool_id: int, payload: PoolChange) -> None:
    tables.pool_change(pool_id=pool_id, changes=_given(payload))


def _given(payload: InputSchema) -> dict[str, Any]:
    """What was sent; a null changes nothing, as every column here needs a value."""
    return {key: value for key, value in payload.model_dump(exclude_unset=True).items() if value is not None}
