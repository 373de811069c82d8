"""Announcements: list, one, take, change, cancel, label; links for suppliers; where SSCCs come from."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.inbound.announcing_codes import asn_of, codes_known
from hecang.inbound.api.base import router
from hecang.inbound.models import Asn, AsnContainer, AsnState, InboundKind, SsccPrefix
from hecang.inbound.selectors.receiving_detail import asn_detail
from hecang.inbound.selectors.receiving_lists import ASN_VALUES, asn_rows
from hecang.inbound.services import announcing, links, sscc_numbers
from hecang.inbound.services.labelling import asn_labels
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Code,
    Column,
    CountsOut,
    Day,
    Id,
    InputSchema,
    Int32,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)

VIEW = "inbound.asn.view"
Note = Annotated[str, Field(max_length=500)]
Units = Annotated[int, Field(ge=1, le=1_000_000_000)]


class InboundNumber(Schema):
    id: int
    number: str


class InboundSku(Schema):
    id: int
    code: str
    name: str
    base_unit: str = "pcs"


class AsnRow(Schema):
    id: int
    number: str
    kind: str
    state: str
    origin: str
    warehouse: Ref
    owner: Ref
    supplier: Ref | None
    purchase_order: InboundNumber | None
    appointment: InboundNumber | None
    external_number: str
    carrier_name: str
    waybill_number: str
    expected_at: Moment | None
    pallet_count: int
    carton_count: int
    line_count: int
    unit_count: int
    received_units: int
    note: str
    created_by: str
    created_at: Moment
    received_at: Moment | None


class AsnContainerRef(Schema):
    code: str


class AsnLineOut(Schema):
    id: int
    number: int
    sku: InboundSku
    quantity: int
    received: int
    purchase_line_id: int | None
    container: AsnContainerRef | None
    lot_code: str
    produced_on: Day | None
    expires_on: Day | None
    serials: list[str]


class AsnContainerOut(Schema):
    id: int
    code: str
    kind: str
    parent__code: str | None = Field(serialization_alias="parent")
    weight_g: int | None
    is_standing: bool
    arrived_at: Moment | None


class AsnReceiptOut(Schema):
    id: int
    number: str
    state: str
    unit_count: int


class AsnOut(AsnRow):
    lines: list[AsnLineOut]
    containers: list[AsnContainerOut]
    receipts: list[AsnReceiptOut]
    actions: list[str]


class AsnTabFilters(Schema):
    warehouse_id: Id | None = None


class AsnFilters(AsnTabFilters):
    state: list[AsnState] | None = Field(None, max_length=4)
    kind: InboundKind | None = None
    origin: Asn.Origin | None = None
    supplier_id: Id | None = None
    owner_id: Id | None = None
    purchase_order_id: Id | None = None
    expected_from: Moment | None = None
    expected_to: Moment | None = None
    q: str = Field("", max_length=64)


def _asns(actor: Actor, filters: AsnFilters) -> Any:
    wanted = filters.model_dump()
    wanted["state__in"] = wanted.pop("state")
    return asn_rows(actor, **wanted).values(*ASN_VALUES)


ASNS = ListDefinition(
    name="asns",
    title="Announcements",
    filters=AsnFilters,
    row=AsnRow,
    columns=(
        Column("number", _("Announcement")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("owner.code", _("Owner")),
        Column("supplier.name", _("Supplier")),
        Column("purchase_order.number", _("Purchase order")),
        Column("external_number", _("Sender's number")),
        Column("expected_at", _("Expected")),
        Column("pallet_count", _("Pallets")),
        Column("carton_count", _("Cartons")),
        Column("line_count", _("Lines")),
        Column("unit_count", _("Units")),
        Column("received_units", _("Received units")),
        Column("appointment.number", _("Appointment")),
        Column("created_at", _("Created")),
    ),
    sorts={"id": "id", "expected_at": "expected_at", "created_at": "id"},
    default_sort="-id",
    query=_asns,
)
router.list("/asns", ASNS, permission=VIEW)


@router.get("/asns/counts", permission=VIEW, response=CountsOut, summary="Announcements by state")
def asns_counts(request: ApiRequest, filters: Query[AsnTabFilters]) -> dict[str, Any]:
    return state_counts(asn_rows(request.actor, warehouse_id=filters.warehouse_id), AsnState.values)


@router.get("/asns/{asn_id}", permission=VIEW, response=AsnOut, summary="One announcement with its lines")
def asn_get(request: ApiRequest, asn_id: int) -> dict[str, Any]:
    return asn_detail(request.actor, asn_id)


# ---------------------------------------------------------------- taking and changing


class AsnContainerBody(InputSchema):
    code: str = Field(
        "", max_length=40, description="SSCC or the sender's own; an SSCC is made where it is empty"
    )
    key: str = Field("", max_length=40, description="what lines call it where it has no code yet")
    kind: AsnContainer.Kind = AsnContainer.Kind.CARTON
    parent: str = Field("", max_length=40)
    weight_g: Int32 | None = None


class AsnLineBody(InputSchema):
    sku: Code
    quantity: Units
    purchase_line_id: Id | None = Field(
        None, description="found by SKU where the announcement names the order"
    )
    container: str = Field("", max_length=40)
    lot_code: str = Field("", max_length=64)
    produced_on: Day | None = None
    expires_on: Day | None = None
    serials: list[Code] = Field(default_factory=list, max_length=10_000)


class AsnBody(InputSchema):
    """An announcement. The same ``external_number`` of a supplier is answered with what it made first, until that is
    cancelled."""

    warehouse: Code
    owner: Code
    supplier: str = Field("", max_length=32)
    kind: InboundKind = InboundKind.PURCHASE
    purchase_order: str = Field("", max_length=32, description="number of the order that all lines are of")
    external_number: str = Field("", max_length=64)
    carrier_name: str = Field("", max_length=100)
    waybill_number: str = Field("", max_length=64)
    expected_at: Moment | None = None
    pallet_count: Int32 = 0
    carton_count: Int32 = 0
    note: Note = ""
    lines: list[AsnLineBody] = Field(min_length=1, max_length=20_000)
    containers: list[AsnContainerBody] = Field(default_factory=list, max_length=5_000)


class AsnMadeOut(Schema):
    id: int
    number: str
    is_new: bool


class AsnPatchBody(InputSchema):
    expected_at: Moment | None = None
    carrier_name: str | None = Field(None, max_length=100)
    waybill_number: str | None = Field(None, max_length=64)
    pallet_count: Int32 | None = None
    carton_count: Int32 | None = None
    note: Note | None = None


class AsnCancelBody(InputSchema):
    reason: str = Field("", max_length=200)


class AsnContainersBody(InputSchema):
    count: int = Field(ge=1, le=1000)
    kind: AsnContainer.Kind = AsnContainer.Kind.CARTON


class SsccsOut(Schema):
    codes: list[str]


@router.post(
    "/asns", permission="inbound.asn.create", response=AsnMadeOut, status=201, summary="Announce a delivery"
)
def asn_post(request: ApiRequest, payload: AsnBody) -> Any:
    known = codes_known([payload.model_dump()])
    origin = "desk" if request.actor.kind == "user" else "api"
    return announcing.asn_create(asn=asn_of(payload.model_dump(), known, origin=origin))


@router.patch(
    "/asns/{asn_id}",
    permission="inbound.asn.change",
    response=AsnOut,
    summary="Change how an announcement comes",
)
def asn_patch(request: ApiRequest, asn_id: int, payload: AsnPatchBody) -> dict[str, Any]:
    changes = {
        name: value
        for name, value in payload.model_dump(exclude_unset=True).items()
        if value is not None or name == "expected_at"
    }
    announcing.asn_change(asn_id=asn_id, changes=changes)
    return asn_detail(request.actor, asn_id)


@router.post("/asns/{asn_id}/cancel", permission="inbound.asn.cancel", summary="It will not come")
def asn_cancel(request: ApiRequest, asn_id: int, payload: AsnCancelBody) -> None:
    announcing.asn_cancel(asn_id=asn_id, reason=payload.reason)


@router.post(
    "/asns/{asn_id}/containers",
    permission="inbound.asn.change",
    response=SsccsOut,
    status=201,
    summary="Make SSCCs for pallets or cartons without numbers",
)
def asn_containers_post(request: ApiRequest, asn_id: int, payload: AsnContainersBody) -> SsccsOut:
    return SsccsOut(
        codes=announcing.asn_containers_add(asn_id=asn_id, count=payload.count, kind=payload.kind.value)
    )


@router.get(
    "/asns/{asn_id}/labels",
    permission=VIEW,
    produces="application/pdf",
    summary="GS1 logistic labels of its pallets and cartons",
)
def asn_labels_get(request: ApiRequest, asn_id: int) -> HttpResponse:
    response = HttpResponse(asn_labels(asn_id=asn_id), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="asn-{asn_id}-labels.pdf"'
    return response


# ---------------------------------------------------------------- links


class InboundLinkBody(InputSchema):
    warehouse_id: Id
    owner_id: Id


class InboundLinkOut(Schema):
    address: str
    expires_at: Moment


@router.post(
    "/suppliers/{supplier_id}/inbound-link",
    permission="inbound.asn.link",
    response=InboundLinkOut,
    summary="A supplier's page for announcing and booking, to pass on",
)
def supplier_link_post(request: ApiRequest, supplier_id: int, payload: InboundLinkBody) -> Any:
    return links.link_make(
        warehouse_id=payload.warehouse_id, owner_id=payload.owner_id, supplier_id=supplier_id
    )


@router.post(
    "/suppliers/{supplier_id}/inbound-link/revoke",
    permission="inbound.asn.link",
    summary="Make the supplier's present page worthless",
)
def supplier_link_revoke(request: ApiRequest, supplier_id: int, payload: InboundLinkBody) -> None:
    links.link_revoke(warehouse_id=payload.warehouse_id, owner_id=payload.owner_id, supplier_id=supplier_id)


@router.post(
    "/asns/{asn_id}/link",
    permission="inbound.asn.link",
    response=InboundLinkOut,
    summary="A page for booking the dock of one announcement, for its carrier",
)
def asn_link_post(request: ApiRequest, asn_id: int) -> Any:
    return links.asn_link_make(asn_id=asn_id)


# ---------------------------------------------------------------- where SSCCs come from


class SsccPrefixOut(Schema):
    id: int
    owner: Ref | None
    company_prefix: str
    extension: int
    next_serial: int
    updated_at: Moment


class SsccPrefixesOut(Schema):
    items: list[SsccPrefixOut]


class SsccPrefixBody(InputSchema):
    owner_id: Id | None = Field(None, description="empty for the house's own")
    company_prefix: str = Field(pattern=r"^[0-9]{4,12}$")
    extension: int = Field(0, ge=0, le=9)
    next_serial: int | None = Field(None, ge=1, le=10**12)


@router.get(
    "/sscc-prefixes",
    permission="inbound.sscc_prefix.view",
    response=SsccPrefixesOut,
    summary="GS1 company prefixes",
)
def sscc_prefixes(request: ApiRequest) -> dict[str, Any]:
    rows = SsccPrefix.objects.select_related("owner").order_by("owner_id")
    allowed = request.actor.scope.owners
    return {
        "items": [row for row in rows if allowed is None or row.owner_id is None or row.owner_id in allowed]
    }


@router.put(
    "/sscc-prefixes",
    permission="inbound.sscc_prefix.manage",
    response=SsccPrefixesOut,
    summary="Keep a company prefix",
)
def sscc_prefix_put(request: ApiRequest, payload: SsccPrefixBody) -> dict[str, Any]:
    request.actor.scope.require(owner=payload.owner_id)
    sscc_numbers.sscc_prefix_save(**payload.model_dump())
    return sscc_prefixes(request)
