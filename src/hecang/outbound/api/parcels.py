"""Parcels: list, one, label, opening again; loading and handover to the carrier."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Schema,
    capped_counts,
)
from hecang.outbound.api.base import ParcelRow, ScanOut, SkuOut, router, scans_out
from hecang.outbound.selectors.detail import parcel_detail
from hecang.outbound.selectors.lists import PARCEL_VALUES, parcel_counts, parcel_rows
from hecang.outbound.services.handover import LoadScan, manifest_hand_over, parcels_load
from hecang.outbound.services.labelling import parcels_label
from hecang.outbound.services.printing import parcel_documents, parcel_labels_pdf, parcel_labels_zpl
from hecang.outbound.services.sealing import parcel_cancel


class ParcelTabs(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)


class ParcelFilters(ParcelTabs):
    state: list[str] | None = Field(None, max_length=10)
    fulfilment_id: int | None = Field(None, ge=1, le=2**63 - 1)
    order_id: int | None = Field(None, ge=1, le=2**63 - 1)
    manifest_id: int | None = Field(None, ge=1, le=2**63 - 1)
    is_stopped: bool | None = None
    q: str | None = Field(None, max_length=64)


def _parcels(actor: Actor, filters: ParcelFilters) -> Any:
    return parcel_rows(
        actor,
        states=filters.state,
        is_stopped=filters.is_stopped,
        q=filters.q,
        warehouse_id=filters.warehouse_id,
        fulfilment_id=filters.fulfilment_id,
        fulfilment__order_id=filters.order_id,
        waybill__manifest_id=filters.manifest_id,
    ).values(*PARCEL_VALUES)


PARCELS = ListDefinition(
    name="parcels",
    title="Parcels",
    filters=ParcelFilters,
    row=ParcelRow,
    columns=(
        Column("number", _("Parcel")),
        Column("state", _("State")),
        Column("fulfilment.number", _("Fulfilment")),
        Column("fulfilment.order.number", _("Order")),
        Column("waybill.number", _("Waybill")),
        Column("waybill.service.code", _("Carrier service")),
        Column("waybill.freight", _("Freight")),
        Column("carton.code", _("Carton")),
        Column("unit_count", _("Units")),
        Column("weight_g", _("Weight (g)")),
        Column("packed_by", _("Packed by")),
        Column("sealed_at", _("Sealed")),
        Column("shipped_at", _("Shipped")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=_parcels,
)
router.list("/parcels", PARCELS, permission="outbound.parcel.view")


class ParcelLineOut(Schema):
    id: int
    sku: SkuOut
    quantity: int


class ParcelOut(ParcelRow):
    lines: list[ParcelLineOut]


class LabelsIn(InputSchema):
    ids: Ids


class ParcelZplIn(LabelsIn):
    dpi: Literal[203, 300] = 203


class ParcelLabelIn(InputSchema):
    service_id: Id | None = Field(None, description="travel with this service instead")


class LabelOut(Schema):
    waybill_id: int | None
    waybill_number: str
    label_error: str
    is_ordering: bool = Field(description="the carrier's system is being asked; the worker asks again")


class PrintDocumentOut(Schema):
    """``contents`` goes to the component as it is; ``printed`` counts how often it went there before."""

    parcel_id: int
    waybill_id: int
    number: str
    component: str
    contents: list[Any]
    printed: int
    printed_at: datetime | None
    printed_by: str


class PrintJobsOut(Schema):
    documents: list[PrintDocumentOut]
    own: list[int] = Field(description="parcels whose label is ours: print the PDF or ZPL")


@router.get(
    "/parcels/counts", permission="outbound.parcel.view", response=CountsOut, summary="Parcels by state"
)
def parcels_counts(request: ApiRequest, filters: Query[ParcelTabs]) -> dict[str, Any]:
    return {"counts": capped_counts(parcel_counts(request.actor, warehouse_id=filters.warehouse_id))}


@router.post(
    "/parcels/labels.pdf",
    permission="outbound.parcel.pack",
    summary="Labels of several parcels as one PDF",
    produces="application/pdf",
)
def parcels_labels(request: ApiRequest, payload: LabelsIn) -> HttpResponse:
    return HttpResponse(parcel_labels_pdf(parcel_ids=payload.ids), content_type="application/pdf")


@router.post(
    "/parcels/labels.zpl",
    permission="outbound.parcel.pack",
    summary="Labels of several parcels in ZPL, for label printers",
    produces="application/zpl",
)
def parcels_labels_zpl(request: ApiRequest, payload: ParcelZplIn) -> HttpResponse:
    return HttpResponse(
        parcel_labels_zpl(parcel_ids=payload.ids, dpi=payload.dpi), content_type="application/zpl"
    )


@router.post(
    "/parcels/print",
    permission="outbound.parcel.pack",
    response=PrintJobsOut,
    summary="What local print components are given for these parcels",
)
def parcels_print(request: ApiRequest, payload: LabelsIn) -> dict[str, Any]:
    found = parcel_documents(parcel_ids=payload.ids)
    return {
        "documents": [
            {
                "parcel_id": key,
                "waybill_id": one.waybill_id,
                "number": one.number,
                "component": one.component,
                "contents": list(one.contents),
                "printed": one.printed,
                "printed_at": one.printed_at,
                "printed_by": one.printed_by,
            }
            for key, one in found.items()
            if one is not None
        ],
        "own": [key for key, one in found.items() if one is None],
    }


@router.get(
    "/parcels/{parcel_id}", permission="outbound.parcel.view", response=ParcelOut, summary="One parcel"
)
def parcel_get(request: ApiRequest, parcel_id: int) -> dict[str, Any]:
    return parcel_detail(request.actor, parcel_id)


@router.get(
    "/parcels/{parcel_id}/label.pdf",
    permission="outbound.parcel.pack",
    summary="Label, 100 × 150 mm (recipient in clear)",
    produces="application/pdf",
)
def parcel_label_pdf(request: ApiRequest, parcel_id: int) -> HttpResponse:
    return HttpResponse(parcel_labels_pdf(parcel_ids=[parcel_id]), content_type="application/pdf")


@router.post(
    "/parcels/{parcel_id}/label",
    permission="outbound.parcel.pack",
    response=LabelOut,
    summary="Take a waybill for a sealed parcel that has none; with another service if one is named",
)
def parcel_label(request: ApiRequest, parcel_id: int, payload: ParcelLabelIn | None = None) -> dict[str, Any]:
    parcel_detail(request.actor, parcel_id)
    service_id = payload.service_id if payload else None
    return parcels_label(parcel_ids=[parcel_id], service_id=service_id)[parcel_id]


@router.post(
    "/parcels/{parcel_id}/cancel",
    permission="outbound.parcel.pack",
    response=ParcelOut,
    summary="Open a parcel again; its waybill is cancelled",
)
def parcel_cancel_do(request: ApiRequest, parcel_id: int) -> dict[str, Any]:
    parcel_cancel(parcel_id=parcel_id)
    return parcel_detail(request.actor, parcel_id)


class LoadIn(InputSchema):
    scan_id: UUID
    code: str = Field(min_length=1, max_length=64)


class LoadsIn(InputSchema):
    scans: Annotated[list[LoadIn], Field(min_length=1, max_length=500)]


class LoadsOut(Schema):
    results: list[ScanOut]


@router.post(
    "/manifests/{manifest_id}/loads",
    permission="outbound.manifest.scan",
    response=LoadsOut,
    summary="Parcels scanned onto a carrier's list",
)
def manifest_loads(request: ApiRequest, manifest_id: int, payload: LoadsIn) -> dict[str, Any]:
    scans = [LoadScan(scan_id=scan.scan_id, code=scan.code) for scan in payload.scans]
    return {"results": scans_out(parcels_load(manifest_id=manifest_id, scans=scans))}


class HandoverIn(InputSchema):
    driver: str | None = Field(None, max_length=100)


class RefusedOut(Schema):
    parcel_id: int
    number: str
    code: str
    message: str


class HandoverOut(Schema):
    manifest_id: int
    shipped: list[int]
    refused: list[RefusedOut]


@router.post(
    "/manifests/{manifest_id}/handover",
    permission="outbound.manifest.ship",
    response=HandoverOut,
    summary="The carrier takes the parcels; those of held or cancelling orders stay",
)
def manifest_handover(request: ApiRequest, manifest_id: int, payload: HandoverIn) -> Any:
    return manifest_hand_over(manifest_id=manifest_id, driver=payload.driver)
