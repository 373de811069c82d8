"""Prices, waybills and manifests: what happens to parcels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
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
    Ref,
    Schema,
    capped_counts,
)
from hecang.kernel.api.lists import nest
from hecang.shipping import selectors
from hecang.shipping.api.base import Grams, RegionPrefix, router
from hecang.shipping.errors import ShippingRecordMissing
from hecang.shipping.services import (
    ParcelSpec,
    manifest_close,
    manifest_open,
    manifest_pdf,
    manifest_remove,
    rates_quote,
)

# ---------------------------------------------------------------- quotes


class QuoteParcelIn(InputSchema):
    warehouse_id: Id
    region_code: RegionPrefix = ""
    weight_g: Grams
    volume_mm3: Annotated[int, Field(ge=0, le=10**13)] = 0


class QuoteIn(InputSchema):
    parcels: Annotated[list[QuoteParcelIn], Field(min_length=1, max_length=1000)]
    service_ids: Annotated[list[Id], Field(max_length=200)] | None = None


class QuoteOut(Schema):
    service_id: int
    service_code: str
    carrier_id: int
    rate_id: int
    charged_weight_g: int
    price: Decimal
    currency: str
    lead_days: int
    priority: int


class QuotesOut(Schema):
    #: For each parcel, in order, its quotes; the best first.
    quotes: list[list[QuoteOut]]


@router.post(
    "/rates/quote",
    permission="shipping.rate.view",
    response=QuotesOut,
    summary="What parcels cost with each service",
)
def rates_quote_post(request: ApiRequest, payload: QuoteIn) -> dict[str, Any]:
    for parcel in payload.parcels:
        request.actor.scope.require(warehouse=parcel.warehouse_id)
    quotes = rates_quote(
        parcels=[ParcelSpec(**parcel.model_dump()) for parcel in payload.parcels],
        service_ids=payload.service_ids,
    )
    return {"quotes": quotes}


# ---------------------------------------------------------------- waybills


class ManifestRef(Schema):
    id: int
    number: str


class WaybillOut(Schema):
    id: int
    number: str
    reference: str
    state: str
    service: Ref
    warehouse: Ref
    region_code: str
    routing_code: str
    weight_g: int
    charged_weight_g: int
    freight: Decimal
    currency: str
    manifest: ManifestRef | None
    issued_at: datetime


class WaybillFilters(Schema):
    state: Literal["issued", "handed_over", "cancelled"] | None = None
    warehouse_id: Id | None = None
    service_id: Id | None = None
    manifest_id: Id | None = None
    q: str | None = Field(None, max_length=64, description="a whole waybill or parcel number")


WAYBILLS = ListDefinition(
    name="waybills",
    title="Waybills",
    filters=WaybillFilters,
    row=WaybillOut,
    columns=(
        Column("number", _("Waybill")),
        Column("reference", _("Parcel")),
        Column("service.code", _("Service")),
        Column("warehouse.code", _("Warehouse")),
        Column("state", _("State")),
        Column("region_code", _("Region")),
        Column("weight_g", _("Weight (g)")),
        Column("charged_weight_g", _("Charged weight (g)")),
        Column("freight", _("Freight")),
        Column("currency", _("Currency")),
        Column("manifest.number", _("Manifest")),
        Column("issued_at", _("Issued")),
    ),
    sorts={"id": "id", "number": "number"},
    default_sort="-id",
    query=lambda actor, filters: selectors.waybill_list(actor, **filters.model_dump()),
)
router.list("/waybills", WAYBILLS, permission="shipping.waybill.view")


# ---------------------------------------------------------------- manifests


class ManifestOut(Schema):
    id: int
    number: str
    state: str
    warehouse: Ref
    carrier: Ref
    parcel_count: int
    weight_g: int
    opened_at: datetime
    closed_at: datetime | None
    driver: str


class ManifestFilters(Schema):
    q: str | None = Field(None, max_length=64, description="a whole manifest number")
    state: Literal["open", "closed"] | None = None
    warehouse_id: Id | None = None
    carrier_id: Id | None = None


class ManifestOpenIn(InputSchema):
    warehouse_id: Id
    carrier_id: Id
    driver: Annotated[str, Field(max_length=100)] = ""


class ManifestCloseIn(InputSchema):
    driver: Annotated[str, Field(max_length=100)] | None = None


class ManifestRemoveIn(InputSchema):
    waybill_ids: Ids


class RemovedOut(Schema):
    removed: int


class ManifestStateOut(Schema):
    id: int
    number: str
    warehouse_id: int
    carrier_id: int
    state: str
    parcel_count: int
    weight_g: int
    opened_at: datetime
    closed_at: datetime | None
    driver: str


def _with_totals(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    """What lies on open manifests is counted; closed ones carry their totals."""
    totals = selectors.manifest_totals([row["id"] for row in rows if row["state"] == "open"])
    for row in rows:
        if row["id"] in totals:
            row["parcel_count"], row["weight_g"] = totals[row["id"]]
    return rows


MANIFESTS = ListDefinition(
    name="manifests",
    title="Manifests",
    filters=ManifestFilters,
    row=ManifestOut,
    columns=(
        Column("number", _("Manifest")),
        Column("warehouse.code", _("Warehouse")),
        Column("carrier.name", _("Carrier")),
        Column("state", _("State")),
        Column("parcel_count", _("Parcels")),
        Column("weight_g", _("Weight (g)")),
        Column("opened_at", _("Opened")),
        Column("closed_at", _("Handed over")),
        Column("driver", _("Driver")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda actor, filters: selectors.manifest_list(actor, **filters.model_dump()),
    enrich=_with_totals,
)
router.list("/manifests", MANIFESTS, permission="shipping.manifest.view")


@router.get(
    "/manifests/counts", permission="shipping.manifest.view", response=CountsOut, summary="Manifests by state"
)
def manifest_counts(request: ApiRequest, warehouse_id: Id | None = None) -> dict[str, Any]:
    def having(state: str) -> QuerySet[Any, Any]:
        return selectors.manifest_list(request.actor, state=state, warehouse_id=warehouse_id)

    return {"counts": capped_counts({state: having(state) for state in ("open", "closed")})}


@router.get(
    "/manifests/{manifest_id}",
    permission="shipping.manifest.view",
    response=ManifestOut,
    summary="One manifest, as in the list",
)
def manifest_get(request: ApiRequest, manifest_id: int) -> Any:
    rows = nest(list(selectors.manifest_list(request.actor).filter(id=manifest_id)))
    if not rows:
        raise ShippingRecordMissing(_now("There is no manifest with the id %(id)s.") % {"id": manifest_id})
    return _with_totals(request.actor, rows)[0]


@router.post(
    "/manifests/{manifest_id}/remove",
    permission="shipping.manifest.ship",
    response=RemovedOut,
    summary="Take waybills off an open manifest",
)
def manifest_remove_post(request: ApiRequest, manifest_id: int, payload: ManifestRemoveIn) -> dict[str, int]:
    return {"removed": manifest_remove(manifest_id=manifest_id, waybill_ids=payload.waybill_ids)}


@router.post(
    "/manifests",
    permission="shipping.manifest.ship",
    response=ManifestStateOut,
    summary="The open manifest of a warehouse and carrier; opens one where there is none",
)
def manifest_open_post(request: ApiRequest, payload: ManifestOpenIn) -> Any:
    return manifest_open(**payload.model_dump())


@router.post(
    "/manifests/{manifest_id}/close",
    permission="shipping.manifest.ship",
    response=ManifestStateOut,
    summary="Hand over: the carrier has taken the parcels",
)
def manifest_close_post(request: ApiRequest, manifest_id: int, payload: ManifestCloseIn) -> Any:
    return manifest_close(manifest_id=manifest_id, driver=payload.driver)


@router.get(
    "/manifests/{manifest_id}/pdf",
    permission="shipping.manifest.view",
    summary="The manifest to print and sign",
    produces="application/pdf",
)
def manifest_pdf_get(request: ApiRequest, manifest_id: int) -> HttpResponse:
    response = HttpResponse(manifest_pdf(manifest_id=manifest_id), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="manifest-{manifest_id}.pdf"'
    return response
