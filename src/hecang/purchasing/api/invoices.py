"""Invoices of suppliers, the three-way match, and what accounting takes over."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.accounts.selectors import audit_of
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Day,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)
from hecang.purchasing import services
from hecang.purchasing.api.base import Created, Currency, Money, Number, Price, Reason, Units, router
from hecang.purchasing.api.orders import PurchaseTimelineOut
from hecang.purchasing.models import SupplierInvoiceState
from hecang.purchasing.selectors.detail import invoice_detail
from hecang.purchasing.selectors.lists import invoice_rows, match_rows


class InvoiceRow(Schema):
    id: int
    number: str
    invoice_number: str
    state: str
    supplier: Ref
    owner: Ref
    currency: str
    invoiced_on: Day
    due_on: Day
    net_amount: Decimal
    tax_amount: Decimal
    difference: Decimal
    note: str
    created_by: str
    created_at: Moment
    approved_by: str
    approved_at: Moment | None
    handed_over_at: Moment | None


class InvoiceFilters(Schema):
    q: str | None = Field(None, max_length=64, description="our number or the supplier's")
    state: list[SupplierInvoiceState] = Field(default_factory=list, max_length=20)
    supplier: Id | None = None
    owner: Id | None = None
    order: Id | None = None
    due_to: Day | None = None


def _invoices(actor: Actor, filters: InvoiceFilters) -> QuerySet[Any, Any]:
    found = invoice_rows(actor)
    if filters.q:
        found = found.filter(Q(number__istartswith=filters.q) | Q(invoice_number=filters.q))
    if filters.state:
        found = found.filter(state__in=filters.state)
    if filters.order is not None:
        found = found.filter(lines__order_line__order=filters.order).distinct()
    for name in ("supplier", "owner"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{name: value})
    if filters.due_to is not None:
        found = found.filter(due_on__lte=filters.due_to)
    return found


INVOICES = ListDefinition(
    name="supplier_invoices",
    title="Invoices of suppliers",
    filters=InvoiceFilters,
    row=InvoiceRow,
    columns=(
        Column("number", _("Invoice")),
        Column("invoice_number", _("Supplier's number")),
        Column("state", _("State")),
        Column("supplier.code", _("Supplier")),
        Column("supplier.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("invoiced_on", _("Invoiced on")),
        Column("due_on", _("Due on")),
        Column("currency", _("Currency")),
        Column("net_amount", _("Net")),
        Column("tax_amount", _("Tax")),
        Column("difference", _("Difference")),
        Column("approved_by", _("Approved by")),
        Column("note", _("Note")),
    ),
    sorts={"id": "id", "due_on": "due_on", "net_amount": "net_amount"},
    default_sort="-id",
    query=_invoices,
)


class SupplierInvoiceCountFilters(Schema):
    owner: Id | None = None


@router.get(
    "/supplier-invoices/counts",
    permission="purchasing.invoice.view",
    response=CountsOut,
    summary="Invoices on each tab",
)
def supplier_invoices_counts(
    request: ApiRequest, filters: Query[SupplierInvoiceCountFilters]
) -> dict[str, Any]:
    rows = invoice_rows(request.actor)
    if filters.owner is not None:
        rows = rows.filter(owner=filters.owner)
    return state_counts(rows, [str(state) for state in SupplierInvoiceState])


router.list("/supplier-invoices", INVOICES, permission="purchasing.invoice.view")


class MatchedLine(Schema):
    id: int
    number: int
    quantity: int
    unit_price: Decimal
    received: int
    rejected: int
    invoiced: int
    order: Number
    sku: Ref


class InvoiceLineOut(Schema):
    id: int
    number: int
    description: str
    quantity: int
    unit_price: Decimal
    amount: Decimal
    payable_quantity: int
    difference: Decimal
    differences: list[str]
    order_line: MatchedLine | None


class InvoiceOut(InvoiceRow):
    lines: list[InvoiceLineOut]


@router.get(
    "/supplier-invoices/{invoice_id}",
    permission="purchasing.invoice.view",
    response=InvoiceOut,
    summary="One invoice beside what was ordered and received",
)
def supplier_invoice_get(request: ApiRequest, invoice_id: int) -> dict[str, Any]:
    return invoice_detail(request.actor, invoice_id)


@router.get(
    "/supplier-invoices/{invoice_id}/timeline",
    permission="purchasing.invoice.view",
    response=PurchaseTimelineOut,
    summary="Everything that happened to an invoice",
)
def supplier_invoice_timeline(request: ApiRequest, invoice_id: int) -> dict[str, Any]:
    invoice_detail(request.actor, invoice_id)
    return {"items": audit_of(entity_kind="supplier_invoice", entity_id=invoice_id)}


class InvoiceLine(InputSchema):
    order_line_id: Id | None = Field(None, description="left out for something that nobody ordered")
    quantity: Units
    unit_price: Price
    description: Annotated[str, Field(max_length=200)] = ""


class InvoiceIn(InputSchema):
    supplier_id: Id
    invoice_number: Annotated[str, Field(min_length=1, max_length=64)]
    invoiced_on: Day
    due_on: Day | None = Field(None, description="left out: the supplier's payment term")
    currency: Currency | None = None
    owner_id: Id | None = Field(None, description="left out: that of the orders")
    tax_amount: Money = Decimal(0)
    note: Annotated[str, Field(max_length=500)] = ""
    lines: Annotated[list[InvoiceLine], Field(min_length=1, max_length=2000)]


class InvoicesIn(InputSchema):
    ids: Ids
    reason: Reason = ""


class InvoiceCancelIn(InputSchema):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


@router.post(
    "/supplier-invoices",
    permission="purchasing.invoice.create",
    response=Created,
    status=201,
    summary="Enter an invoice; it is compared at once",
)
def supplier_invoice_post(request: ApiRequest, payload: InvoiceIn) -> Created:
    return Created(
        id=services.invoice_create(
            invoice=services.InvoiceIn(
                supplier_id=payload.supplier_id,
                invoice_number=payload.invoice_number,
                invoiced_on=payload.invoiced_on,
                lines=[services.InvoiceLineIn(**line.model_dump()) for line in payload.lines],
                currency=payload.currency or "",
                owner_id=payload.owner_id,
                due_on=payload.due_on,
                tax_amount=payload.tax_amount,
                note=payload.note,
            )
        )
    )


@router.post(
    "/supplier-invoices/approve",
    permission="purchasing.invoice.approve",
    summary="Release invoices for payment, all or none",
)
def supplier_invoices_approve(request: ApiRequest, payload: InvoicesIn) -> None:
    """Those that differ need a reason."""
    services.invoices_approve(invoice_ids=payload.ids, reason=payload.reason)


@router.post(
    "/supplier-invoices/hand-over",
    permission="purchasing.invoice.handover",
    summary="Note that accounting has taken over released invoices",
)
def supplier_invoices_hand_over(request: ApiRequest, payload: InvoicesIn) -> None:
    services.invoices_hand_over(invoice_ids=payload.ids)


@router.post(
    "/supplier-invoices/{invoice_id}/cancel",
    permission="purchasing.invoice.cancel",
    summary="Take an invoice out",
)
def supplier_invoice_cancel(request: ApiRequest, invoice_id: int, payload: InvoiceCancelIn) -> None:
    services.invoice_cancel(invoice_id=invoice_id, reason=payload.reason)


# ---------------------------------------------------------------- for accounting


class MatchOrder(Schema):
    id: int
    number: str
    state: str
    currency: str
    supplier: Ref
    owner: Ref
    warehouse: Ref


class MatchRow(Schema):
    id: int
    number: int
    order: MatchOrder
    sku: Ref
    quantity: int
    cancelled: int
    received: int
    rejected: int
    accepted: int
    invoiced: int
    to_invoice: int = Field(description="kept and not invoiced yet; below zero: invoiced and not there")
    unit_price: Decimal
    list_price: Decimal | None


class MatchFilters(Schema):
    supplier: Id | None = None
    owner: Id | None = None
    order: Id | None = None
    differs: bool | None = Field(None, description="true: what was kept is not what is invoiced")


def _match(actor: Actor, filters: MatchFilters) -> QuerySet[Any, Any]:
    found = match_rows(actor)
    if filters.supplier is not None:
        found = found.filter(order__supplier=filters.supplier)
    if filters.owner is not None:
        found = found.filter(order__owner=filters.owner)
    if filters.order is not None:
        found = found.filter(order=filters.order)
    if filters.differs is not None:
        same = Q(invoiced=F("received") - F("rejected"))
        found = found.filter(~same if filters.differs else same)
    return found


MATCH = ListDefinition(
    name="purchase_match",
    title="Ordered, received, invoiced",
    filters=MatchFilters,
    row=MatchRow,
    columns=(
        Column("order.number", _("Order")),
        Column("number", _("Line")),
        Column("order.state", _("State")),
        Column("order.supplier.code", _("Supplier")),
        Column("order.supplier.name", _("Name")),
        Column("order.owner.code", _("Owner")),
        Column("order.warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Product")),
        Column("quantity", _("Ordered")),
        Column("cancelled", _("Cancelled")),
        Column("received", _("Received")),
        Column("rejected", _("Refused")),
        Column("accepted", _("Kept")),
        Column("invoiced", _("Invoiced")),
        Column("to_invoice", _("To be invoiced")),
        Column("unit_price", _("Price")),
        Column("order.currency", _("Currency")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=_match,
)
router.list("/purchase-match", MATCH, permission="purchasing.invoice.view")
