"""Receipts: list, one, lines; open, receive, take back, close, cancel; what differs; the rules at the door."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.catalog.selectors import barcode_resolve
from hecang.inbound.api.announcements import InboundNumber, InboundSku
from hecang.inbound.api.base import router
from hecang.inbound.door import GoodsIn
from hecang.inbound.errors_receiving import ReceiptInvalid
from hecang.inbound.models import InboundKind, ReceiptState
from hecang.inbound.selectors.receiving_detail import receipt_detail
from hecang.inbound.selectors.receiving_lists import (
    LINE_VALUES,
    RECEIPT_VALUES,
    line_rows,
    receipt_rows,
)
from hecang.inbound.services import receipts, receiving, undoing
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Code,
    Column,
    CountsOut,
    Day,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)
from hecang.kernel.errors import Problem

VIEW = "inbound.receipt.view"
WORK = "inbound.receipt.work"
Units = Annotated[int, Field(ge=1, le=1_000_000_000)]


class ReceiptPlace(Schema):
    id: int
    code: str


class ReceiptRow(Schema):
    id: int
    number: str
    kind: str
    state: str
    warehouse: Ref
    owner: Ref
    supplier: Ref | None
    asn: InboundNumber | None
    purchase_order: InboundNumber | None
    appointment: InboundNumber | None
    location: ReceiptPlace
    is_blind: bool
    line_count: int
    unit_count: int
    refused_units: int
    discrepancy_count: int
    note: str
    created_by: str
    created_at: Moment
    closed_by: str
    closed_at: Moment | None


class ReceiptGoods(Schema):
    sku: InboundSku
    expected: int
    received: int
    refused: int


class ReceiptOut(ReceiptRow):
    goods: list[ReceiptGoods]
    actions: list[str]


class ReceiptLineRow(Schema):
    id: int
    scan_id: UUID
    part: int
    receipt: InboundNumber
    sku: Ref
    quantity: int
    refused: int
    packages: int | None
    per_package: int
    lot_code: str
    produced_on: Day | None
    expires_on: Day | None
    condition: str
    location: ReceiptPlace | None
    container: ReceiptPlace | None
    serials: list[str]
    at: Moment
    actor: str
    undone_at: Moment | None
    undone_by: str


class ReceiptTabFilters(Schema):
    warehouse_id: Id | None = None


class ReceiptFilters(ReceiptTabFilters):
    state: list[ReceiptState] | None = Field(None, max_length=3)
    kind: InboundKind | None = None
    supplier_id: Id | None = None
    owner_id: Id | None = None
    asn_id: Id | None = None
    purchase_order_id: Id | None = None
    q: str = Field("", max_length=64)


class ReceiptLineFilters(Schema):
    receipt_id: Id | None = None
    sku_id: Id | None = None
    lot_id: Id | None = None
    container_id: Id | None = None
    q: str = Field("", max_length=64)


def _receipts(actor: Actor, filters: ReceiptFilters) -> Any:
    wanted = filters.model_dump()
    wanted["state__in"] = wanted.pop("state")
    return receipt_rows(actor, **wanted).values(*RECEIPT_VALUES)


RECEIPTS = ListDefinition(
    name="receipts",
    title="Receipts",
    filters=ReceiptFilters,
    row=ReceiptRow,
    columns=(
        Column("number", _("Receipt")),
        Column("state", _("State")),
        Column("kind", _("Kind")),
        Column("warehouse.code", _("Warehouse")),
        Column("owner.code", _("Owner")),
        Column("supplier.name", _("Supplier")),
        Column("asn.number", _("Announcement")),
        Column("purchase_order.number", _("Purchase order")),
        Column("line_count", _("Lines")),
        Column("unit_count", _("Units")),
        Column("refused_units", _("Left at the door")),
        Column("discrepancy_count", _("Differences")),
        Column("created_by", _("Received by")),
        Column("created_at", _("Begun")),
        Column("closed_at", _("Closed at")),
    ),
    sorts={"id": "id", "created_at": "id"},
    default_sort="-id",
    query=_receipts,
)
router.list("/receipts", RECEIPTS, permission=VIEW)

RECEIPT_LINES = ListDefinition(
    name="receipt_lines",
    title="Lines of receipts",
    filters=ReceiptLineFilters,
    row=ReceiptLineRow,
    columns=(
        Column("receipt.number", _("Receipt")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("quantity", _("Units")),
        Column("refused", _("Left at the door")),
        Column("lot_code", _("Lot")),
        Column("produced_on", _("Produced")),
        Column("expires_on", _("Expires")),
        Column("condition", _("Condition")),
        Column("container.code", _("Container")),
        Column("location.code", _("Location")),
        Column("at", _("At")),
        Column("actor", _("By")),
        Column("undone_at", _("Taken back")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda actor, filters: line_rows(actor, **filters.model_dump()).values(*LINE_VALUES),
)
router.list("/receipt-lines", RECEIPT_LINES, permission=VIEW)


@router.get("/receipts/counts", permission=VIEW, response=CountsOut, summary="Receipts by state")
def receipts_counts(request: ApiRequest, filters: Query[ReceiptTabFilters]) -> dict[str, Any]:
    return state_counts(receipt_rows(request.actor, warehouse_id=filters.warehouse_id), ReceiptState.values)


@router.get("/receipts/{receipt_id}", permission=VIEW, response=ReceiptOut, summary="One receipt, by SKU")
def receipt_get(request: ApiRequest, receipt_id: int) -> dict[str, Any]:
    return receipt_detail(request.actor, receipt_id)


# ---------------------------------------------------------------- receiving


class ReceiptBody(InputSchema):
    """With an announcement or an order, these say warehouse, owner and supplier."""

    warehouse_id: Id | None = None
    owner_id: Id | None = None
    supplier_id: Id | None = None
    kind: InboundKind = InboundKind.PURCHASE
    asn_id: Id | None = None
    purchase_order_id: Id | None = None
    appointment_id: Id | None = None
    location_id: Id | None = Field(
        None, description="dock or staging place; the dock's own, or the first one"
    )
    is_blind: bool | None = None
    note: str = Field("", max_length=500)
    key: str = Field("", max_length=64, description="asked again under it, the first receipt is given")


class ReceiptOpenedOut(Schema):
    id: int
    number: str
    is_new: bool


class GoodsBody(InputSchema):
    """One scan. ``sku`` is a code or a barcode; a barcode of a package counts as many units as it stands for."""

    scan_id: UUID
    sku: Code
    quantity: Units = Field(1, description="of what the code stands for: units, or packages")
    lot_code: str = Field("", max_length=64)
    produced_on: Day | None = None
    expires_on: Day | None = None
    serials: list[Code] = Field(default_factory=list, max_length=10_000)
    container_code: str = Field("", max_length=40)
    condition: Annotated[str, Field(pattern=r"^(good|damaged|returned)$")] = "good"
    note: str = Field("", max_length=500)
    photo_ids: list[Id] = Field(default_factory=list, max_length=20)


class ReceiveBody(InputSchema):
    goods: list[GoodsBody] = Field(min_length=1, max_length=10_000)


class ReceiveResultOut(Schema):
    scan_id: UUID
    ok: bool
    code: str
    message: str
    booked: int
    left_out: int
    found: dict[str, int]
    conditions: dict[str, int]
    lot_code: str
    repeated: bool
    undone: bool


class ReceiptReceiveOut(Schema):
    results: list[ReceiveResultOut]


class UndoBody(InputSchema):
    scan_ids: list[UUID] = Field(min_length=1, max_length=1000)


class UndoOut(Schema):
    lines: int


class ReceiptCloseBody(InputSchema):
    more_comes: bool = Field(False, description="the rest comes with another truck: nothing is short yet")


class ReceiptCancelBody(InputSchema):
    reason: str = Field("", max_length=200)


class ReceiptClosedOut(Schema):
    id: int
    number: str
    lines: int
    units: int
    refused_units: int
    found: dict[str, int]
    asn_state: str
    repeated: bool


@router.post(
    "/receipts", permission=WORK, response=ReceiptOpenedOut, status=201, summary="Begin to receive a delivery"
)
def receipt_post(request: ApiRequest, payload: ReceiptBody) -> Any:
    return receipts.receipt_open(receipt=receipts.ReceiptIn(**payload.model_dump()))


@router.post(
    "/receipts/{receipt_id}/receive",
    permission=WORK,
    response=ReceiptReceiveOut,
    summary="Take goods in, scan by scan",
)
def receipt_receive(request: ApiRequest, receipt_id: int, payload: ReceiveBody) -> dict[str, Any]:
    """Each scan gets an answer of its own; one that makes no sense has changed nothing."""
    known = barcode_resolve(one.sku for one in payload.goods)
    problems = [
        Problem(
            _t("“%(code)s” is neither the code nor a barcode of one of our SKUs.") % {"code": one.sku},
            code="unknown_sku", loc=f"goods.{index}.sku", field="sku",
        )
        for index, one in enumerate(payload.goods)
        if one.sku not in known
    ]  # fmt: skip
    if problems:
        raise ReceiptInvalid(problems[0].message, problems=problems)
    goods = []
    for one in payload.goods:
        match = known[one.sku]
        given = one.model_dump(exclude={"sku", "quantity", "serials", "photo_ids"})
        goods.append(
            GoodsIn(
                **given,
                sku_id=match.sku_id,
                quantity=one.quantity * match.quantity,
                packages=one.quantity if match.quantity > 1 else None,
                per_package=match.quantity,
                serials=tuple(one.serials),
                photo_ids=tuple(one.photo_ids),
            )
        )
    return {"results": receiving.receipt_receive(receipt_id=receipt_id, goods=goods)}


@router.post("/receipts/{receipt_id}/undo", permission=WORK, response=UndoOut, summary="Take scans back")
def receipt_undo(request: ApiRequest, receipt_id: int, payload: UndoBody) -> UndoOut:
    return UndoOut(lines=undoing.receipt_undo(receipt_id=receipt_id, scan_ids=payload.scan_ids))


@router.post(
    "/receipts/{receipt_id}/close", permission=WORK, response=ReceiptClosedOut, summary="Everything is in"
)
def receipt_close(request: ApiRequest, receipt_id: int, payload: ReceiptCloseBody) -> Any:
    return receipts.receipt_close(receipt_id=receipt_id, more_comes=payload.more_comes)


@router.post(
    "/receipts/{receipt_id}/cancel",
    permission="inbound.receipt.cancel",
    response=UndoOut,
    summary="Take back all that was received, and end the receipt",
)
def receipt_cancel(request: ApiRequest, receipt_id: int, payload: ReceiptCancelBody) -> UndoOut:
    return UndoOut(lines=receipts.receipt_cancel(receipt_id=receipt_id, reason=payload.reason))
