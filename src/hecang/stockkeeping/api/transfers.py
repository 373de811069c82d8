"""Transfers between warehouses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    BulkOut,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
)
from hecang.kernel.api.bulk import BulkIn, BulkItem, bulk
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.selectors.transfers import (
    transfer_counts,
    transfer_enrich,
    transfer_get,
    transfer_picks,
    transfer_rows,
)
from hecang.stockkeeping.services.transfer_receiving import (
    TransferReceiveIn,
    transfer_close,
    transfer_receive,
    transfer_receive_container,
)
from hecang.stockkeeping.services.transfer_shipping import (
    TransferPick,
    transfer_pick,
    transfer_pick_container,
    transfer_ship,
)
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    transfer_approve,
    transfer_cancel,
    transfer_change,
    transfer_create,
    transfer_release,
    transfers_from_suggestions,
)

VIEW, CREATE = "stockkeeping.transfer.view", "stockkeeping.transfer.create"
APPROVE, WORK, CLOSE = (
    "stockkeeping.transfer.approve",
    "stockkeeping.transfer.work",
    "stockkeeping.transfer.close",
)
Units = Annotated[int, Field(ge=1, le=1_000_000_000)]
Text = Annotated[str, Field(max_length=500)]
Serials = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=1000)]


class TransferRow(Schema):
    id: int
    number: str
    state: str
    from_warehouse: Ref
    to_warehouse: Ref
    owner: Ref
    note: str
    carrier: str
    waybill: str
    expected_at: Moment | None
    line_count: int
    unit_count: int
    shipped: int
    received: int
    on_the_road: int
    cut: int
    differing: int = Field(description="units lost, damaged, or more than were sent")
    value: Decimal = Field(description="of what was sent")
    currency: str
    created_by: str
    created_at: Moment
    approved_at: Moment | None
    shipped_at: Moment | None
    closed_at: Moment | None


class TransferLineOut(Schema):
    id: int
    number: int
    sku: Ref
    quantity: int
    reserved: int
    allocated: int
    picked: int
    shipped: int
    cut: int
    received: int
    damaged: int
    lost: int
    over: int
    unit_value: Decimal | None


class TransferLot(Schema):
    id: int
    code: str
    expires_on: date | None = None


class TransferBox(Schema):
    id: int
    code: str


class TransferUnitOut(Schema):
    id: int
    sku: Ref
    lot: TransferLot | None
    container: TransferBox | None
    condition: str
    quantity: int
    received: int
    lost: int
    serials: list[str]


class _OfLine(Schema):
    sku: Ref


class TransferReceiptOut(Schema):
    id: int
    line: _OfLine
    quantity: int
    condition: str
    lot_code: str | None
    location_code: str
    container_code: str | None
    at: Moment
    actor: str


class TransferDiscrepancyOut(Schema):
    id: int
    line: _OfLine
    kind: str
    quantity: int
    value: Decimal | None
    lot_code: str | None
    note: str
    created_by: str
    created_at: Moment


class TransferOut(TransferRow):
    approved_by: str
    shipped_by: str
    closed_by: str
    lines: list[TransferLineOut]
    units: list[TransferUnitOut]
    receipts: list[TransferReceiptOut]
    discrepancies: list[TransferDiscrepancyOut]
    #: what can be done with it now
    actions: list[str]


class TransferFilters(Schema):
    tab: Literal["all", "requested", "to_send", "on_the_road", "ended"] | None = None
    warehouse: Id | None = Field(None, description="at either end")
    to_warehouse: Id | None = None
    owner: Id | None = None
    sku: Id | None = None
    q: str = Field("", max_length=64, description="beginning of the number or waybill, or a part of the note")


TRANSFERS = ListDefinition(
    name="transfers",
    title="Transfers",
    filters=TransferFilters,
    row=TransferRow,
    columns=(
        Column("number", _("Transfer")),
        Column("state", _("State")),
        Column("from_warehouse.code", _("From warehouse")),
        Column("to_warehouse.code", _("To warehouse")),
        Column("owner.code", _("Owner")),
        Column("line_count", _("Lines")),
        Column("unit_count", _("Units")),
        Column("shipped", _("Shipped")),
        Column("received", _("Received")),
        Column("on_the_road", _("In transit")),
        Column("differing", _("Differing")),
        Column("value", _("Value")),
        Column("carrier", _("Carrier")),
        Column("waybill", _("Waybill")),
        Column("expected_at", _("Expected")),
        Column("created_at", _("Created")),
        Column("closed_at", _("Closed")),
    ),
    sorts={"id": "id", "expected_at": "expected_at", "value": "value"},
    default_sort="-id",
    query=lambda actor, filters: transfer_rows(actor, **filters.model_dump()),
    enrich=lambda _actor, rows: transfer_enrich(rows),
)


@router.get("/transfers/counts", permission=VIEW, response=CountsOut, summary="Transfers on each tab")
def transfers_counts(request: ApiRequest, warehouse: Id | None = None) -> dict[str, Any]:
    return {"counts": transfer_counts(request.actor, warehouse)}


router.list("/transfers", TRANSFERS, permission=VIEW)


@router.get(
    "/transfers/{transfer_id}",
    permission=VIEW,
    response=TransferOut,
    summary="One transfer with all it carries",
)
def transfer_one(request: ApiRequest, transfer_id: int) -> dict[str, Any]:
    return transfer_get(request.actor, transfer_id)


class PickOut(Schema):
    allocation_id: int
    sku: Ref
    location: TransferBox
    lot_code: str | None
    container_code: str | None
    quantity: int
    is_at_dock: bool


class PicksOut(Schema):
    items: list[PickOut]


@router.get(
    "/transfers/{transfer_id}/picks",
    permission=VIEW,
    response=PicksOut,
    summary="What is to be brought to the dock, place by place",
)
def transfer_picks_get(request: ApiRequest, transfer_id: int) -> dict[str, Any]:
    return {"items": transfer_picks(request.actor, transfer_id)}


class LineIn(InputSchema):
    sku_id: Id
    quantity: Units


class TransferIn(InputSchema):
    from_warehouse_id: Id
    to_warehouse_id: Id
    owner_id: Id
    lines: list[LineIn] = Field(min_length=1, max_length=2000)
    note: Text = ""
    expected_at: Moment | None = None
    key: Annotated[str, Field(max_length=100)] = Field(
        "", description="asked again under it: the same transfer"
    )


class Created(Schema):
    id: int


@router.post("/transfers", permission=CREATE, response=Created, status=201, summary="Ask for a transfer")
def transfer_post(request: ApiRequest, payload: TransferIn) -> Created:
    lines = [TransferLineIn(line.sku_id, line.quantity) for line in payload.lines]
    return Created(id=transfer_create(**payload.model_dump(exclude={"lines"}), lines=lines))


class SuggestionsIn(InputSchema):
    ids: Ids


class TransfersMade(BulkOut):
    ids: list[int] = Field(description="the transfers, made or found")


@router.post(
    "/transfers/from-suggestions",
    permission=CREATE,
    response=TransfersMade,
    summary="Transfers for what orders wait for",
)
def transfers_from_suggestions_post(request: ApiRequest, payload: SuggestionsIn) -> TransfersMade:
    made = transfers_from_suggestions(suggestion_ids=payload.ids)
    return TransfersMade(ids=made, results=[BulkItem(id=key, ok=True) for key in payload.ids])


class TransferChangeIn(InputSchema):
    lines: list[LineIn] | None = Field(None, min_length=1, max_length=2000)
    note: Text | None = None
    expected_at: Moment | None = None
    carrier: Annotated[str, Field(max_length=100)] | None = None
    waybill: Annotated[str, Field(max_length=64)] | None = None


@router.patch("/transfers/{transfer_id}", permission=CREATE, summary="Change a transfer")
def transfer_patch(request: ApiRequest, transfer_id: int, payload: TransferChangeIn) -> None:
    lines = None
    if payload.lines is not None:
        lines = [TransferLineIn(line.sku_id, line.quantity) for line in payload.lines]
    transfer_change(transfer_id=transfer_id, **payload.model_dump(exclude={"lines"}), lines=lines)


class ApproveIn(BulkIn):
    partial: bool = Field(False, description="reserve what there is, cut the rest")


@router.post(
    "/transfers/approve",
    permission=APPROVE,
    response=BulkOut,
    summary="Approve transfers: goods are reserved",
)
def transfers_approve(request: ApiRequest, payload: ApproveIn) -> BulkOut:
    return bulk(payload.ids, lambda key: transfer_approve(transfer_id=key, partial=payload.partial))


@router.post(
    "/transfers/release",
    permission=APPROVE,
    response=BulkOut,
    summary="Release transfers: goods are allocated",
)
def transfers_release(request: ApiRequest, payload: BulkIn) -> BulkOut:
    return bulk(payload.ids, lambda key: transfer_release(transfer_id=key))


class CancelIn(BulkIn):
    note: Text = ""


@router.post("/transfers/cancel", permission=APPROVE, response=BulkOut, summary="Cancel transfers")
def transfers_cancel(request: ApiRequest, payload: CancelIn) -> BulkOut:
    return bulk(payload.ids, lambda key: transfer_cancel(transfer_id=key, note=payload.note))


@router.post(
    "/transfers/close",
    permission=CLOSE,
    response=BulkOut,
    summary="Close transfers: what did not come is lost",
)
def transfers_close(request: ApiRequest, payload: CancelIn) -> BulkOut:
    return bulk(payload.ids, lambda key: transfer_close(transfer_id=key, note=payload.note))


class PickIn(InputSchema):
    allocation_id: Id
    quantity: Units
    serials: Serials = Field(default_factory=list)


class PicksIn(InputSchema):
    picks: list[PickIn] = Field(default_factory=list, max_length=1000)
    container_ids: list[Id] = Field(default_factory=list, max_length=100)


class UnitsOut(Schema):
    units: int


@router.post(
    "/transfers/{transfer_id}/pick",
    permission=WORK,
    response=UnitsOut,
    summary="Goods lie where the truck is loaded",
)
def transfer_pick_post(request: ApiRequest, transfer_id: int, payload: PicksIn) -> UnitsOut:
    units = 0
    for container_id in payload.container_ids:
        units += transfer_pick_container(transfer_id=transfer_id, container_id=container_id)
    if payload.picks:
        transfer_pick(
            transfer_id=transfer_id,
            picks=[
                TransferPick(one.allocation_id, one.quantity, tuple(one.serials)) for one in payload.picks
            ],
        )
        units += sum(one.quantity for one in payload.picks)
    return UnitsOut(units=units)


class ShipIn(InputSchema):
    carrier: Annotated[str, Field(max_length=100)] = ""
    waybill: Annotated[str, Field(max_length=64)] = ""


@router.post("/transfers/{transfer_id}/ship", permission=WORK, response=UnitsOut, summary="The truck leaves")
def transfer_ship_post(request: ApiRequest, transfer_id: int, payload: ShipIn) -> UnitsOut:
    return UnitsOut(units=transfer_ship(transfer_id=transfer_id, **payload.model_dump()))


class ReceiveRowIn(InputSchema):
    scan_id: UUID
    sku_id: Id
    quantity: Units
    lot_id: Id | None = None
    is_damaged: bool = False
    container_id: Id | None = None
    serials: Serials = Field(default_factory=list)
    note: Text = ""


class ReceiveIn(InputSchema):
    received: list[ReceiveRowIn] = Field(min_length=1, max_length=1000)
    location_id: Id | None = None
    accept_over: bool = False


class TransferReceiveOut(Schema):
    units: int
    repeated: list[UUID]
    outstanding: int
    state: str


@router.post(
    "/transfers/{transfer_id}/receive",
    permission=WORK,
    response=TransferReceiveOut,
    summary="Goods came off the truck",
)
def transfer_receive_post(request: ApiRequest, transfer_id: int, payload: ReceiveIn) -> Any:
    received = [
        TransferReceiveIn(**{**one.model_dump(), "serials": tuple(one.serials)}) for one in payload.received
    ]
    return transfer_receive(
        transfer_id=transfer_id,
        received=received,
        location_id=payload.location_id,
        accept_over=payload.accept_over,
    )


class ReceiveContainerIn(InputSchema):
    scan_id: UUID
    container_id: Id
    location_id: Id | None = None


@router.post(
    "/transfers/{transfer_id}/receive-container",
    permission=WORK,
    response=TransferReceiveOut,
    summary="A container came off the truck with all in it",
)
def transfer_receive_container_post(
    request: ApiRequest, transfer_id: int, payload: ReceiveContainerIn
) -> Any:
    return transfer_receive_container(transfer_id=transfer_id, **payload.model_dump())
