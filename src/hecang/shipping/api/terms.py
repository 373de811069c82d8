"""Lead times, regions that are not reached, and cut-offs of services."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import ApiRequest, Column, Id, InputSchema, ListDefinition, Ref, Schema
from hecang.shipping import selectors
from hecang.shipping.api.base import Created, RegionPrefix, router
from hecang.shipping.models import LeadTime
from hecang.shipping.services import terms

Hours = Annotated[int, Field(ge=1, le=terms.MAX_HOURS)]


class LeadTimeOut(Schema):
    id: int
    service: Ref
    warehouse: Ref | None
    region_prefix: str
    source: str
    hours: int
    parcels: int = Field(description="that a measured one was learnt from")
    percentile: int = Field(description="share of these that were as quick, in percent")
    updated_at: datetime


class LeadTimeFilters(Schema):
    service_id: Id | None = None
    warehouse_id: Id | None = None
    region: RegionPrefix | None = None
    source: LeadTime.Source | None = None


class LeadTimeIn(InputSchema):
    service_id: Id
    warehouse_id: Id | None = None
    region_prefix: RegionPrefix = ""
    hours: Hours


class LeadTimeChange(InputSchema):
    hours: Hours


LEAD_TIMES = ListDefinition(
    name="lead_times",
    title="Lead times",
    filters=LeadTimeFilters,
    row=LeadTimeOut,
    columns=(
        Column("service.code", _("Service")),
        Column("warehouse.code", _("Warehouse")),
        Column("region_prefix", _("Region")),
        Column("source", _("Source")),
        Column("hours", _("Hours")),
        Column("parcels", _("Parcels")),
        Column("percentile", _("Share (%)")),
    ),
    sorts={"service": "service_id", "region": "region_prefix", "hours": "hours"},
    default_sort="service",
    query=lambda actor, filters: selectors.lead_time_list(
        actor,
        service_id=filters.service_id,
        warehouse_id=filters.warehouse_id,
        region=filters.region,
        source=filters.source,
    ),
)
router.list("/lead-times", LEAD_TIMES, permission="shipping.rate.view")


@router.post(
    "/lead-times",
    permission="shipping.rate.manage",
    response=Created,
    status=201,
    summary="Enter a lead time",
)
def lead_time_create(request: ApiRequest, payload: LeadTimeIn) -> Created:
    request.actor.scope.require(warehouse=payload.warehouse_id)
    return Created(id=terms.lead_time_create(row=terms.LeadTimeRow(**payload.model_dump())))


@router.patch("/lead-times/{lead_time_id}", permission="shipping.rate.manage", summary="Change a lead time")
def lead_time_change(request: ApiRequest, lead_time_id: int, payload: LeadTimeChange) -> None:
    terms.lead_time_change(lead_time_id=lead_time_id, hours=payload.hours)


@router.delete("/lead-times/{lead_time_id}", permission="shipping.rate.manage", summary="Remove a lead time")
def lead_time_delete(request: ApiRequest, lead_time_id: int) -> None:
    terms.lead_time_delete(lead_time_id=lead_time_id)


# ---------------------------------------------------------------- reach


class UnreachedOut(Schema):
    id: int
    service: Ref
    region_prefix: str
    note: str


class UnreachedFilters(Schema):
    service_id: Id | None = None


class UnreachedIn(InputSchema):
    service_id: Id
    region_prefix: Annotated[str, Field(pattern=r"^[0-9]{1,6}$")]
    note: Annotated[str, Field(max_length=100)] = ""


UNREACHED = ListDefinition(
    name="unreached_regions",
    title="Regions not reached",
    filters=UnreachedFilters,
    row=UnreachedOut,
    columns=(
        Column("service.code", _("Service")),
        Column("region_prefix", _("Region")),
        Column("note", _("Note")),
    ),
    sorts={"service": "service_id", "region": "region_prefix"},
    default_sort="service",
    query=lambda _actor, filters: selectors.unreached_list(filters.service_id),
)
router.list("/unreached-regions", UNREACHED, permission="shipping.rate.view")


@router.post(
    "/unreached-regions",
    permission="shipping.rate.manage",
    response=Created,
    status=201,
    summary="Say that a service does not deliver to a region",
)
def unreached_create(request: ApiRequest, payload: UnreachedIn) -> Created:
    return Created(id=terms.unreached_create(**payload.model_dump()))


@router.delete(
    "/unreached-regions/{unreached_id}",
    permission="shipping.rate.manage",
    summary="Say that a service delivers to a region again",
)
def unreached_delete(request: ApiRequest, unreached_id: int) -> None:
    terms.unreached_delete(unreached_id=unreached_id)


# ---------------------------------------------------------------- cut-offs


class CutoffOut(Schema):
    service: Ref
    warehouse_id: int
    cutoff_time: time


class CutoffsOut(Schema):
    items: list[CutoffOut]


class CutoffIn(InputSchema):
    service_id: Id
    warehouse_id: Id
    cutoff_time: time | None = Field(None, description="null: as the warehouse has it")


@router.get(
    "/warehouses/{warehouse_id}/cutoffs",
    permission="facility.warehouse.view",
    response=CutoffsOut,
    summary="By when orders must be released to leave with each service",
)
def cutoffs_get(request: ApiRequest, warehouse_id: int) -> dict[str, object]:
    """Services without one leave by the cut-off of the warehouse."""
    request.actor.scope.require(warehouse=warehouse_id)
    return {"items": selectors.cutoffs_of(warehouse_id)}


@router.put(
    "/cutoffs", permission="shipping.rate.manage", summary="Set or take away the cut-off of a service"
)
def cutoff_put(request: ApiRequest, payload: CutoffIn) -> None:
    request.actor.scope.require(warehouse=payload.warehouse_id)
    terms.cutoff_set(**payload.model_dump())
