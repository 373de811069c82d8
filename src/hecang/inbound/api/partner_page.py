"""The page of suppliers and carriers, open to whoever holds its link."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from hecang.inbound.api.announcements import AsnMadeOut
from hecang.inbound.api.appointments import SlotsOut
from hecang.inbound.api.base import router
from hecang.inbound.models import AsnContainer
from hecang.inbound.selectors.partner_page import partner_page
from hecang.inbound.services import links, partners
from hecang.kernel.actor import acting
from hecang.kernel.api import PUBLIC, ApiRequest, Code, Day, Id, InputSchema, Int32, Moment, Schema
from hecang.purchasing.services import LineConfirmed

Token = Annotated[str, Field(min_length=16, max_length=64)]


class PartnerLineOut(Schema):
    id: int
    order: str
    line: int
    sku: str
    supplier_sku: str
    name: str
    unit: str
    open: int = Field(description="still to be announced")
    announced: int
    expected_on: Day | None
    has_lot: bool
    has_expiry: bool
    has_serial: bool = Field(description="kept by serial: the numbers of its units can be announced")


class PartnerOrderLineOut(Schema):
    id: int
    number: int
    sku: str
    supplier_sku: str
    name: str
    unit: str
    quantity: int = Field(description="asked for, less what was cancelled")
    received: int
    expected_on: Day | None
    confirmed_quantity: int | None
    confirmed_on: Day | None


class PartnerOrderOut(Schema):
    id: int
    number: str
    state: str
    revision: int
    ordered_on: Day | None
    supplier_number: str
    note: str
    needs_answer: bool = Field(description="not confirmed, or changed since")
    lines: list[PartnerOrderLineOut]


class PartnerAsnOut(Schema):
    id: int
    number: str
    state: str
    external_number: str
    expected_at: Moment | None
    pallet_count: int
    carton_count: int
    line_count: int
    unit_count: int
    received_units: int
    appointment_id: int | None
    appointment_number: str | None
    appointment_state: str | None
    dock_id: int | None
    dock: str | None
    start: Moment | None
    end: Moment | None
    container_count: int
    carrier_name: str
    waybill_number: str
    plate: str | None
    truck_carrier: str | None
    arrived_at: Moment | None
    docked_at: Moment | None
    left_at: Moment | None
    waiting_ahead: int | None = Field(description="trucks at the gate before it, while it waits")


class PartnerPageOut(Schema):
    """What the holder of a link sees: nothing but what is theirs."""

    warehouse: str
    address: str
    contact: str
    owner: str
    supplier: str
    timezone: str
    may_announce: bool
    may_number: bool = Field(description="pallets and cartons can be given SSCCs")
    lead_hours: int
    horizon_days: int
    orders: list[PartnerOrderOut]
    lines: list[PartnerLineOut]
    asns: list[PartnerAsnOut]


class PartnerConfirmLine(InputSchema):
    line_id: Id
    quantity: int = Field(ge=0, le=10**12)
    on: Day | None = None


class PartnerConfirmBody(InputSchema):
    revision: Int32 = Field(description="of the order as it was read")
    lines: list[PartnerConfirmLine] = Field(min_length=1, max_length=2000)
    supplier_number: str = Field("", max_length=64)


class PartnerNumbersBody(InputSchema):
    count: int = Field(ge=1, le=500)
    kind: AsnContainer.Kind = AsnContainer.Kind.CARTON


class PartnerLineBody(InputSchema):
    line_id: Id
    quantity: int = Field(ge=1, le=1_000_000_000)
    cartons: int = Field(0, ge=0, le=500)
    lot_code: str = Field("", max_length=64)
    produced_on: Day | None = None
    expires_on: Day | None = None
    serials: list[Code] = Field(
        default_factory=list,
        max_length=10_000,
        description="of each unit, where the SKU is kept by them; or none",
    )


class PartnerAsnBody(InputSchema):
    lines: list[PartnerLineBody] = Field(min_length=1, max_length=500)
    external_number: str = Field("", max_length=64)
    expected_at: Moment | None = None
    carrier_name: str = Field("", max_length=100)
    waybill_number: str = Field("", max_length=64)
    pallet_count: int = Field(0, ge=0, le=1000)
    note: str = Field("", max_length=500)


class PartnerSlotFilters(Schema):
    asn_id: Id
    day: Day


class PartnerBookBody(InputSchema):
    dock_id: Id
    start: Moment
    plate: str = Field("", max_length=20)
    carrier_name: str = Field("", max_length=100)
    driver_name: str = Field("", max_length=50)
    driver_phone: str = Field("", max_length=32)


def _page(held: links.LinkHeld) -> dict[str, Any]:
    with acting(held.actor):
        return partner_page(
            warehouse_id=held.warehouse_id,
            owner_id=held.owner_id,
            supplier_id=held.supplier_id,
            asn_id=held.asn_id,
        )


@router.get("/inbound-page/{token}", permission=PUBLIC, response=PartnerPageOut, summary="A supplier's page")
def partner_page_get(request: ApiRequest, token: Token) -> dict[str, Any]:
    held = links.link_open(token)
    links.link_seen(held=held)
    return _page(held)


@router.post(
    "/inbound-page/{token}/orders/{order_id}/confirm",
    permission=PUBLIC,
    response=PartnerPageOut,
    summary="Answer an order on a supplier's page",
)
def partner_confirm_post(
    request: ApiRequest, token: Token, order_id: int, payload: PartnerConfirmBody
) -> dict[str, Any]:
    held = links.link_open(token)
    partners.partner_confirm(
        held=held,
        order_id=order_id,
        revision=payload.revision,
        lines=[LineConfirmed(one.line_id, one.quantity, one.on) for one in payload.lines],
        supplier_number=payload.supplier_number,
    )
    return _page(held)


@router.get(
    "/inbound-page/{token}/orders/{order_id}/pdf",
    permission=PUBLIC,
    produces="application/pdf",
    summary="An order on paper, for its supplier",
)
def partner_order_pdf_get(request: ApiRequest, token: Token, order_id: int) -> HttpResponse:
    number, content = partners.partner_order_pdf(held=links.link_open(token), order_id=order_id)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


@router.post(
    "/inbound-page/{token}/asns",
    permission=PUBLIC,
    response=AsnMadeOut,
    status=201,
    summary="Announce a delivery on a supplier's page",
)
def partner_asn_post(request: ApiRequest, token: Token, payload: PartnerAsnBody) -> Any:
    given = payload.model_dump()
    lines = [
        partners.PartnerLine(**{**line, "serials": tuple(line["serials"])}) for line in given.pop("lines")
    ]
    return partners.partner_announce(held=links.link_open(token), lines=lines, **given)


@router.post(
    "/inbound-page/{token}/asns/{asn_id}/cancel", permission=PUBLIC, summary="Take an announcement back"
)
def partner_asn_cancel(request: ApiRequest, token: Token, asn_id: int) -> None:
    partners.partner_withdraw(held=links.link_open(token), asn_id=asn_id)


@router.get(
    "/inbound-page/{token}/asns/{asn_id}/labels",
    permission=PUBLIC,
    produces="application/pdf",
    summary="Labels of an announcement, for its supplier",
)
def partner_labels_get(request: ApiRequest, token: Token, asn_id: int) -> HttpResponse:
    content = partners.partner_labels(held=links.link_open(token), asn_id=asn_id)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="labels-{asn_id}.pdf"'
    return response


@router.post(
    "/inbound-page/{token}/asns/{asn_id}/numbers",
    permission=PUBLIC,
    response=PartnerPageOut,
    summary="Numbers for pallets or cartons of an announcement, to be printed",
)
def partner_numbers_post(
    request: ApiRequest, token: Token, asn_id: int, payload: PartnerNumbersBody
) -> dict[str, Any]:
    held = links.link_open(token)
    partners.partner_number(held=held, asn_id=asn_id, count=payload.count, kind=payload.kind.value)
    return _page(held)


@router.get(
    "/inbound-page/{token}/slots",
    permission=PUBLIC,
    response=SlotsOut,
    summary="Free times for an announcement",
)
def partner_slots_get(
    request: ApiRequest, token: Token, filters: Query[PartnerSlotFilters]
) -> dict[str, Any]:
    minutes, found = partners.partner_slots(
        held=links.link_open(token), asn_id=filters.asn_id, day=filters.day
    )
    return {"minutes": minutes, "items": found}


@router.post(
    "/inbound-page/{token}/asns/{asn_id}/book",
    permission=PUBLIC,
    response=PartnerPageOut,
    summary="Book a dock, or move what was booked",
)
def partner_book_post(
    request: ApiRequest, token: Token, asn_id: int, payload: PartnerBookBody
) -> dict[str, Any]:
    held = links.link_open(token)
    partners.partner_book(held=held, asn_id=asn_id, **payload.model_dump())
    return _page(held)


@router.post(
    "/inbound-page/{token}/asns/{asn_id}/unbook",
    permission=PUBLIC,
    response=PartnerPageOut,
    summary="Give a booked time back",
)
def partner_unbook_post(request: ApiRequest, token: Token, asn_id: int) -> dict[str, Any]:
    held = links.link_open(token)
    partners.partner_unbook(held=held, asn_id=asn_id)
    return _page(held)
