"""Fulfilments: list, counts, one with its lines, its packing list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, CountsOut, ListDefinition, Ref, Schema, capped_counts
from hecang.outbound.api.base import Number, ParcelRow, SkuOut, router
from hecang.outbound.api.picking import TaskOut
from hecang.outbound.selectors.detail import fulfilment_detail
from hecang.outbound.selectors.lists import FULFILMENT_VALUES, fulfilment_counts, fulfilment_rows
from hecang.outbound.services.printing import packing_lists


class OrderNumber(Number):
    external_number: str


class FulfilmentRow(Schema):
    id: int
    number: str
    state: str
    is_stopped: bool
    order: OrderNumber
    warehouse: Ref
    shop: Ref
    service: Ref | None
    region_code: str
    priority: int
    ship_by: datetime | None
    temperature: str
    line_count: int
    unit_count: int
    weight_g: int
    volume_mm3: int
    wave: Number | None
    batch: Number | None
    slot: int | None
    created_at: datetime
    shipped_at: datetime | None


class FulfilmentLineOut(Schema):
    id: int
    order_line_id: int
    sku: SkuOut
    quantity: int
    allocated: int
    picked: int
    packed: int
    shipped: int
    cut: int


class FulfilmentOut(FulfilmentRow):
    lines: list[FulfilmentLineOut]
    parcels: list[ParcelRow]
    tasks: list[TaskOut]


class FulfilmentTabs(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)


class FulfilmentFilters(FulfilmentTabs):
    state: list[str] | None = Field(None, max_length=10)
    is_stopped: bool | None = None
    is_late: bool | None = None
    order_id: int | None = Field(None, ge=1, le=2**63 - 1)
    wave_id: int | None = Field(None, ge=1, le=2**63 - 1)
    batch_id: int | None = Field(None, ge=1, le=2**63 - 1)
    shop_id: int | None = Field(None, ge=1, le=2**63 - 1)
    service_id: int | None = Field(None, ge=1, le=2**63 - 1)
    temperature: str | None = Field(None, max_length=16)
    q: str | None = Field(None, max_length=64)


def _fulfilments(actor: Actor, filters: FulfilmentFilters) -> Any:
    wanted = filters.model_dump()
    states = wanted.pop("state")
    return fulfilment_rows(actor, states=states, **wanted).values(*FULFILMENT_VALUES)


FULFILMENTS = ListDefinition(
    name="fulfilments",
    title="Fulfilments",
    filters=FulfilmentFilters,
    row=FulfilmentRow,
    columns=(
        Column("number", _("Fulfilment")),
        Column("order.number", _("Order")),
        Column("state", _("State")),
        Column("is_stopped", _("Stopped")),
        Column("warehouse.code", _("Warehouse")),
        Column("shop.code", _("Shop")),
        Column("service.code", _("Carrier service")),
        Column("ship_by", _("Ship by")),
        Column("line_count", _("Lines")),
        Column("unit_count", _("Units")),
        Column("weight_g", _("Weight (g)")),
        Column("wave.number", _("Wave")),
        Column("batch.number", _("Batch")),
        Column("slot", _("Slot")),
        Column("created_at", _("Created")),
        Column("shipped_at", _("Shipped")),
    ),
    sorts={"id": "id", "created_at": "id", "priority": "priority", "ship_by": "ship_by"},
    default_sort="-id",
    query=_fulfilments,
)
router.list("/fulfilments", FULFILMENTS, permission="outbound.fulfilment.view")


@router.get(
    "/fulfilments/counts",
    permission="outbound.fulfilment.view",
    response=CountsOut,
    summary="Fulfilments by state, stopped, late",
)
def fulfilments_counts(request: ApiRequest, filters: Query[FulfilmentTabs]) -> dict[str, Any]:
    return {"counts": capped_counts(fulfilment_counts(request.actor, warehouse_id=filters.warehouse_id))}


@router.get(
    "/fulfilments/{fulfilment_id}",
    permission="outbound.fulfilment.view",
    response=FulfilmentOut,
    summary="One fulfilment with lines, tasks and parcels",
)
def fulfilment_get(request: ApiRequest, fulfilment_id: int) -> dict[str, Any]:
    return fulfilment_detail(request.actor, fulfilment_id)


@router.get(
    "/fulfilments/{fulfilment_id}/packing-list.pdf",
    permission="outbound.parcel.pack",
    summary="Packing list (recipient in clear)",
    produces="application/pdf",
)
def fulfilment_packing_list(request: ApiRequest, fulfilment_id: int) -> HttpResponse:
    content = packing_lists(fulfilment_ids=[fulfilment_id])
    return HttpResponse(content, content_type="application/pdf")
