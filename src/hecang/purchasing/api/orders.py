"""Purchase orders: list, detail, and every step of their life."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.accounts.selectors import audit_of
from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    BulkIn,
    BulkOut,
    Column,
    CountsOut,
    Day,
    DayOrMoment,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    bulk,
    capped_counts,
    span_end,
    span_start,
)
from hecang.partners.models import Supplier
from hecang.purchasing import services
from hecang.purchasing.api.base import Action, Created, Currency, Number, Price, Reason, Units, router
from hecang.purchasing.models import PurchaseOrderState
from hecang.purchasing.selectors.detail import order_detail
from hecang.purchasing.selectors.documents import document_draft
from hecang.purchasing.selectors.lists import order_found_by, order_rows


class PurchaseOrderRow(Schema):
    id: int
    number: str
    state: str
    supplier: Ref
    owner: Ref
    warehouse: Ref
    currency: str
    amount: Decimal
    line_count: int
    unit_count: int
    revision: int
    sent_revision: int | None
    supplier_number: str
    external_number: str
    ordered_on: Day | None
    expected_on: Day | None
    created_by: str
    created_at: Moment
    sent_at: Moment | None


class PurchaseOrderFilters(Schema):
    q: str | None = Field(None, max_length=64, description="any of its numbers, or a SKU in it")
    state: list[PurchaseOrderState] = Field(default_factory=list, max_length=20)
    supplier: Id | None = None
    warehouse: Id | None = None
    owner: Id | None = None
    late: bool | None = Field(None, description="true: due and not all there")
    changed: bool | None = Field(None, description="true: changed since it was sent")
    expected_from: DayOrMoment | None = None
    expected_to: DayOrMoment | None = None


def _orders(actor: Actor, filters: PurchaseOrderFilters) -> QuerySet[Any, Any]:
    found = order_rows(actor)
    if filters.q:
        found = found.filter(order_found_by(filters.q.strip())).distinct()
    if filters.state:
        found = found.filter(state__in=filters.state)
    for name in ("supplier", "warehouse", "owner"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{name: value})
    if filters.late:
        found = found.filter(state__in=["sent", "confirmed", "receiving"], expected_on__lt=clock.today())
    if filters.changed:
        found = found.filter(
            state__in=["sent", "confirmed", "receiving", "received"], revision__gt=F("sent_revision")
        )
    if filters.expected_from is not None:
        found = found.filter(expected_on__gte=span_start(filters.expected_from).date())
    if filters.expected_to is not None:
        found = found.filter(expected_on__lt=span_end(filters.expected_to).date())
    return found


ORDERS = ListDefinition(
    name="purchase_orders",
    title="Purchase orders",
    filters=PurchaseOrderFilters,
    row=PurchaseOrderRow,
    columns=(
        Column("number", _("Order")),
        Column("state", _("State")),
        Column("supplier.code", _("Supplier")),
        Column("supplier.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("warehouse.code", _("Warehouse")),
        Column("line_count", _("Lines")),
        Column("unit_count", _("Units")),
        Column("amount", _("Amount")),
        Column("currency", _("Currency")),
        Column("ordered_on", _("Ordered on")),
        Column("expected_on", _("Expected on")),
        Column("supplier_number", _("Supplier's number")),
        Column("external_number", _("External number")),
        Column("created_by", _("By")),
    ),
    sorts={"id": "id", "expected_on": "expected_on", "amount": "amount"},
    default_sort="-id",
    query=_orders,
)


class PurchaseOrderCountFilters(Schema):
    warehouse: Id | None = None


@router.get(
    "/purchase-orders/counts",
    permission="purchasing.order.view",
    response=CountsOut,
    summary="Purchase orders on each tab",
)
def purchase_orders_counts(request: ApiRequest, filters: Query[PurchaseOrderCountFilters]) -> dict[str, Any]:
    rows = order_rows(request.actor)
    if filters.warehouse is not None:
        rows = rows.filter(warehouse=filters.warehouse)
    tabs: dict[str, QuerySet[Any, Any]] = {
        str(state): rows.filter(state=state) for state in PurchaseOrderState
    }
    tabs["late"] = rows.filter(state__in=["sent", "confirmed", "receiving"], expected_on__lt=clock.today())
    return {"counts": capped_counts(tabs)}


router.list("/purchase-orders", ORDERS, permission="purchasing.order.view")

# ---------------------------------------------------------------- one order


class ArrivalOut(Schema):
    id: int
    at: Moment
    quantity: int
    rejected: int


class RequestRef(Number):
    quantity: int


class PurchaseOrderLineOut(Schema):
    id: int
    number: int
    sku: Ref
    supplier_sku: str
    quantity: int
    unit_price: Decimal
    list_price: Decimal | None
    expected_on: Day | None
    confirmed_quantity: int | None
    confirmed_on: Day | None
    confirmed_price: Decimal | None = Field(
        description="asked for by the supplier where it differs; agreed to by changing the order only"
    )
    received: int
    rejected: int
    cancelled: int
    short: int
    invoiced: int
    open: int
    last_received_at: Moment | None
    requests: list[RequestRef]
    arrivals: list[ArrivalOut]


class ApprovalOut(Schema):
    id: int
    round: int
    role: str
    is_approved: bool
    amount: Decimal
    note: str
    by: str
    at: Moment


class ChangeOut(Schema):
    revision: int
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    by: str
    at: Moment


class DispatchOut(Schema):
    id: int
    revision: int
    kind: str
    way: str
    state: str
    target: str
    attempts: int
    sent_at: Moment | None
    last_error: str
    created_at: Moment


class PurchaseOrderOut(PurchaseOrderRow):
    note: str
    submitted_by: str
    approved_by: str
    approved_at: Moment | None
    approved_amount: Decimal | None
    confirmed_at: Moment | None
    closed_at: Moment | None
    end_reason: str
    send_by: str
    needs_sending: bool
    missing: list[str] = Field(
        description="roles whose approval is missing; empty text: anybody who may approve"
    )
    lines: list[PurchaseOrderLineOut]
    approvals: list[ApprovalOut]
    changes: list[ChangeOut]
    dispatches: list[DispatchOut]
    actions: list[Action]


class PurchaseTimelineEntry(Schema):
    id: int
    at: Moment
    actor: str
    actor_kind: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class PurchaseTimelineOut(Schema):
    items: list[PurchaseTimelineEntry]


@router.get(
    "/purchase-orders/{order_id}",
    permission="purchasing.order.view",
    response=PurchaseOrderOut,
    summary="One purchase order",
)
def purchase_order_get(request: ApiRequest, order_id: int) -> dict[str, Any]:
    return order_detail(request.actor, order_id)


@router.get(
    "/purchase-orders/{order_id}/timeline",
    permission="purchasing.order.view",
    response=PurchaseTimelineOut,
    summary="Everything that happened to a purchase order",
)
def purchase_order_timeline(request: ApiRequest, order_id: int) -> dict[str, Any]:
    order_detail_require(request.actor, order_id)
    return {"items": audit_of(entity_kind="purchase_order", entity_id=order_id)}


@router.get(
    "/purchase-orders/{order_id}/pdf",
    permission="purchasing.order.view",
    produces="application/pdf",
    summary="A purchase order on paper",
)
def purchase_order_pdf(request: ApiRequest, order_id: int) -> HttpResponse:
    from hecang.purchasing.pdf import order_pdf

    order_detail_require(request.actor, order_id)
    document = document_draft(order_id)
    answer = HttpResponse(order_pdf(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{document.number}.pdf"'
    return answer


def order_detail_require(actor: Actor, order_id: int) -> None:
    """Raise NotFound unless the order lies within the actor's scope."""
    if not order_rows(actor).filter(pk=order_id).exists():
        order_detail(actor, order_id)


# ---------------------------------------------------------------- what is done with it


class PurchaseLineIn(InputSchema):
    sku_id: Id
    quantity: Units
    unit_price: Price | None = Field(None, description="left out: as the price list has it today")
    expected_on: Day | None = Field(None, description="left out: today and the lead time")


class OrderIn(InputSchema):
    supplier_id: Id
    owner_id: Id
    warehouse_id: Id
    currency: Currency | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    external_number: Annotated[str, Field(max_length=64)] = ""
    lines: Annotated[list[PurchaseLineIn], Field(min_length=1, max_length=2000)]


class PurchaseLineChangeIn(InputSchema):
    line_id: Id
    quantity: Units | None = None
    unit_price: Price | None = None
    expected_on: Day | None = None


class OrderChangeIn(InputSchema):
    lines: Annotated[list[PurchaseLineChangeIn], Field(max_length=2000)] = Field(default_factory=list)
    add: Annotated[list[PurchaseLineIn], Field(max_length=2000)] = Field(default_factory=list)
    remove: Annotated[list[Id], Field(max_length=2000)] = Field(default_factory=list)
    note: Annotated[str, Field(max_length=500)] | None = None
    reason: Reason = ""


class Revision(Schema):
    revision: int


class StandingOut(Schema):
    state: str
    missing: list[str]


class PurchaseNoteIn(InputSchema):
    note: Reason = ""


class RejectIn(InputSchema):
    note: Annotated[str, Field(min_length=1, max_length=200)]


class SendIn(InputSchema):
    way: Supplier.SendBy | None = Field(None, description="left out: as the supplier takes orders")


class SentOut(Schema):
    way: str


class PurchaseConfirmLine(InputSchema):
    line_id: Id
    quantity: Annotated[int, Field(ge=0, le=10**12)]
    on: Day | None = None
    unit_price: Price | None = Field(None, description="asked for by the supplier, where it is another")


class PurchaseConfirmIn(InputSchema):
    lines: Annotated[list[PurchaseConfirmLine], Field(max_length=2000)] | None = Field(
        None, description="left out: all of it as it was asked for"
    )
    supplier_number: Annotated[str, Field(max_length=64)] = ""


class EndIn(InputSchema):
    reason: Reason = ""


class CloseIn(BulkIn):
    reason: Reason = ""


@router.post(
    "/purchase-orders",
    permission="purchasing.order.create",
    response=Created,
    status=201,
    summary="Write a purchase order by hand",
)
def purchase_order_post(request: ApiRequest, payload: OrderIn) -> Created:
    made = services.orders_create(
        orders=[
            services.PurchaseOrderIn(
                payload.supplier_id,
                payload.owner_id,
                payload.warehouse_id,
                [services.OrderLineIn(**line.model_dump()) for line in payload.lines],
                currency=payload.currency or "",
                note=payload.note,
                external_number=payload.external_number,
            )
        ]
    )
    return Created(id=made.ids[0])


@router.patch(
    "/purchase-orders/{order_id}",
    permission="purchasing.order.change",
    response=Revision,
    summary="Change a purchase order",
)
def purchase_order_patch(request: ApiRequest, order_id: int, payload: OrderChangeIn) -> Revision:
    """After it was sent this makes a revision, which has to be sent again."""
    return Revision(
        revision=services.order_change(
            order_id=order_id,
            lines=[services.LineChange(**line.model_dump()) for line in payload.lines],
            add=[services.OrderLineIn(**line.model_dump()) for line in payload.add],
            remove=payload.remove,
            note=payload.note,
            reason=payload.reason,
        )
    )


@router.post(
    "/purchase-orders/{order_id}/submit",
    permission="purchasing.order.submit",
    response=StandingOut,
    summary="Ask for approval",
)
def purchase_order_submit(request: ApiRequest, order_id: int) -> Any:
    """An order that needs nobody else's yes is approved at once."""
    return services.order_submit(order_id=order_id)


@router.post(
    "/purchase-orders/{order_id}/approve",
    permission="purchasing.order.approve",
    response=StandingOut,
    summary="Say yes to a purchase order",
)
def purchase_order_approve(request: ApiRequest, order_id: int, payload: PurchaseNoteIn) -> Any:
    return services.order_approve(order_id=order_id, note=payload.note)


@router.post(
    "/purchase-orders/approve",
    permission="purchasing.order.approve",
    response=BulkOut,
    summary="Say yes to purchase orders",
)
def purchase_orders_approve(request: ApiRequest, payload: BulkIn) -> BulkOut:
    return bulk(payload.ids, lambda pk: services.order_approve(order_id=pk))


@router.post(
    "/purchase-orders/{order_id}/reject",
    permission="purchasing.order.approve",
    summary="Say no to a purchase order",
)
def purchase_order_reject(request: ApiRequest, order_id: int, payload: RejectIn) -> None:
    services.order_reject(order_id=order_id, note=payload.note)


@router.post(
    "/purchase-orders/{order_id}/send",
    permission="purchasing.order.send",
    response=SentOut,
    summary="Send a purchase order, or what was changed in it",
)
def purchase_order_send(request: ApiRequest, order_id: int, payload: SendIn) -> SentOut:
    return SentOut(way=services.order_send(order_id=order_id, way=payload.way.value if payload.way else None))


@router.post(
    "/purchase-orders/send",
    permission="purchasing.order.send",
    response=BulkOut,
    summary="Send purchase orders",
)
def purchase_orders_send(request: ApiRequest, payload: BulkIn) -> BulkOut:
    return bulk(payload.ids, lambda pk: services.order_send(order_id=pk))


@router.post(
    "/purchase-dispatches/{dispatch_id}/retry",
    permission="purchasing.order.send",
    summary="Try again to send what failed",
)
def purchase_dispatch_retry(request: ApiRequest, dispatch_id: int) -> None:
    services.dispatch_retry(dispatch_id=dispatch_id)


@router.post(
    "/purchase-orders/{order_id}/confirm",
    permission="purchasing.order.confirm",
    summary="Write down the supplier's answer",
)
def purchase_order_confirm(request: ApiRequest, order_id: int, payload: PurchaseConfirmIn) -> None:
    services.order_confirm(
        order_id=order_id,
        lines=None
        if payload.lines is None
        else [
            services.LineConfirmed(one.line_id, one.quantity, one.on, one.unit_price) for one in payload.lines
        ],
        supplier_number=payload.supplier_number,
    )


@router.post(
    "/purchase-orders/{order_id}/cancel",
    permission="purchasing.order.cancel",
    summary="Cancel a purchase order of which nothing has come",
)
def purchase_order_cancel(request: ApiRequest, order_id: int, payload: EndIn) -> None:
    services.order_cancel(order_id=order_id, reason=payload.reason)


@router.post(
    "/purchase-orders/close",
    permission="purchasing.order.close",
    response=BulkOut,
    summary="Close purchase orders with what has come",
)
def purchase_orders_close(request: ApiRequest, payload: CloseIn) -> BulkOut:
    return bulk(payload.ids, lambda pk: services.orders_close(order_ids=[pk], reason=payload.reason))
