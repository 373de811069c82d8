"""What goes out to platforms, and what buyers want there: confirmations, stock, wishes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.api.channel_orders import ChannelOrderRef, ConnectionRef
from hecang.integrations.models import PlatformRequest, PlatformStock, ShipmentConfirm
from hecang.integrations.selectors.scope import of_visible_connections
from hecang.integrations.services.channels.confirms import confirms_resend
from hecang.integrations.services.channels.marks import stock_mark_products
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    BulkIn,
    BulkOut,
    Column,
    CountsOut,
    Id,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)
from hecang.kernel.api.bulk import BulkItem

_CONNECTION = (
    "connection__id", "connection__name", "connection__connector", "connection__shop__id", "connection__shop__code",
    "connection__shop__name",
)  # fmt: skip


def _shop_out(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        row["shop"] = row["connection"].pop("shop")
    return rows


def _scoped(rows: Any, actor: Actor, connection: int | None, shop: int | None) -> Any:
    rows = of_visible_connections(rows, actor)
    if connection is not None:
        rows = rows.filter(connection=connection)
    return rows if shop is None else rows.filter(connection__shop=shop)


# ------------------------------------------------------------------ confirmations


class ChannelConfirmFilters(Schema):
    state: list[Literal["pending", "done", "refused"]] = Field(default_factory=list, max_length=3)
    connection: Id | None = None
    shop: Id | None = None
    order: Id | None = None
    q: str = Field("", max_length=64, description="the platform's order or the waybill")


class ChannelParcelRef(Schema):
    id: int
    number: str


class ChannelConfirmRow(Schema):
    id: int
    connection: ConnectionRef
    shop: Ref
    order: ChannelOrderRef
    order_number: str
    parcel: ChannelParcelRef
    carrier: str
    waybill: str
    lines: list[dict[str, Any]]
    completes_order: bool
    shipped_at: Moment
    state: str
    tries: int
    next_try_at: Moment
    error: str
    message: str
    done_at: Moment | None


def _confirms(actor: Actor, filters: ChannelConfirmFilters) -> Any:
    rows = _scoped(ShipmentConfirm.objects.all(), actor, filters.connection, filters.shop)
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.order is not None:
        rows = rows.filter(order=filters.order)
    if filters.q:
        rows = rows.filter(Q(order_number=filters.q) | Q(waybill=filters.q))
    return rows.values(
        "id", *_CONNECTION, "order__id", "order__number", "order__state", "order_number", "parcel__id",
        "parcel__number", "carrier", "waybill", "lines", "completes_order", "shipped_at", "state", "tries", "next_try_at",
        "error", "message", "done_at",
    )  # fmt: skip


CONFIRMS = ListDefinition(
    name="channel_confirms",
    filters=ChannelConfirmFilters,
    row=ChannelConfirmRow,
    columns=(
        Column("order_number", _lazy("Platform's number")),
        Column("order.number", _lazy("Order")),
        Column("shop.code", _lazy("Shop")),
        Column("carrier", _lazy("Carrier")),
        Column("waybill", _lazy("Waybill")),
        Column("shipped_at", _lazy("Shipped")),
        Column("state", _lazy("State")),
        Column("tries", _lazy("Tries")),
        Column("message", _lazy("Message")),
        Column("done_at", _lazy("Confirmed")),
    ),
    sorts={"shipped_at": "shipped_at"},
    default_sort="-shipped_at",
    query=_confirms,
    enrich=_shop_out,
    title="confirmations of shipments",
)
router.list("/channel-confirms", CONFIRMS, permission="integrations.order.view")


@router.get(
    "/channel-confirms/counts",
    permission="integrations.order.view",
    response=CountsOut,
    summary="Confirmations by state",
)
def channel_confirms_counts(request: ApiRequest) -> dict[str, Any]:
    rows = _scoped(ShipmentConfirm.objects.all(), request.actor, None, None)
    return state_counts(rows, ShipmentConfirm.State.values)


@router.post(
    "/channel-confirms/resend",
    permission="integrations.order.resend",
    response=BulkOut,
    summary="Send confirmations again that were refused, or at once those that wait",
)
def channel_confirms_resend(request: ApiRequest, payload: BulkIn) -> BulkOut:
    again = set(confirms_resend(confirm_ids=payload.ids))
    return BulkOut(
        results=[
            BulkItem(id=key, ok=key in again, code="" if key in again else "unchanged")
            for key in dict.fromkeys(payload.ids)
        ]
    )


# ------------------------------------------------------------------ stock


class ChannelStockFilters(Schema):
    connection: Id | None = None
    shop: Id | None = None
    sku: Id | None = None
    is_waiting: bool | None = None
    has_error: bool | None = None
    q: str = Field("", max_length=64)


class ChannelProductRef(Schema):
    id: int
    product_id: str
    variant_id: str
    outer_sku: str
    title: str
    sku: Ref | None


class ChannelStockRow(Schema):
    id: int
    connection: ConnectionRef
    shop: Ref
    product: ChannelProductRef
    sent: int | None
    sent_at: Moment | None
    is_waiting: bool
    changed_at: Moment | None
    next_try_at: Moment | None
    error: str
    message: str


def _stock(actor: Actor, filters: ChannelStockFilters) -> Any:
    rows = _scoped(PlatformStock.objects.all(), actor, filters.connection, filters.shop)
    if filters.sku is not None:
        rows = rows.filter(product__sku=filters.sku)
    if filters.is_waiting is not None:
        waiting = Q(version__gt=F("told_version"))
        rows = rows.filter(waiting if filters.is_waiting else ~waiting)
    if filters.has_error is not None:
        rows = rows.exclude(error="") if filters.has_error else rows.filter(error="")
    if filters.q:
        rows = rows.filter(
            Q(product__outer_sku__istartswith=filters.q) | Q(product__title__icontains=filters.q)
        )
    return rows.annotate(id=F("product_id"), waits=_waits()).values(
        "id", *_CONNECTION, "product__id", "product__product_id", "product__variant_id", "product__outer_sku",
        "product__title", "product__sku__id", "product__sku__code", "product__sku__name", "sent", "sent_at", "waits",
        "changed_at", "next_try_at", "error", "message",
    )  # fmt: skip


def _waits() -> Any:
    return Exists(PlatformStock.objects.filter(product=OuterRef("product"), version__gt=F("told_version")))


def _stock_out(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        row["is_waiting"] = row.pop("waits")
    return _shop_out(actor, rows)


STOCK = ListDefinition(
    name="channel_stock",
    filters=ChannelStockFilters,
    row=ChannelStockRow,
    columns=(
        Column("shop.code", _lazy("Shop")),
        Column("product.outer_sku", _lazy("Code there")),
        Column("product.title", _lazy("Title")),
        Column("product.sku.code", _lazy("SKU")),
        Column("sent", _lazy("Told")),
        Column("sent_at", _lazy("Told at")),
        Column("is_waiting", _lazy("Waiting")),
        Column("message", _lazy("Message")),
    ),
    sorts={"sent_at": "sent_at", "product": "product_id"},
    default_sort="-sent_at",
    query=_stock,
    enrich=_stock_out,
    title="stock told to platforms",
)
router.list("/channel-stock", STOCK, permission="integrations.stock.view")


@router.post(
    "/channel-stock/push",
    permission="integrations.stock.push",
    response=BulkOut,
    summary="Have the stock of these products told now",
)
def channel_stock_push(request: ApiRequest, payload: BulkIn) -> BulkOut:
    rows = _scoped(PlatformStock.objects.filter(pk__in=payload.ids), request.actor, None, None)
    known = set(rows.values_list("pk", flat=True))
    rows.update(sent=None, next_try_at=None)
    stock_mark_products(sorted(known))
    return BulkOut(
        results=[
            BulkItem(id=key, ok=key in known, code="" if key in known else "not_found")
            for key in dict.fromkeys(payload.ids)
        ]
    )


# ------------------------------------------------------------------ wishes


class ChannelRequestFilters(Schema):
    kind: Literal["cancel", "address", "refund"] | None = None
    state: list[PlatformRequest.State] = Field(default_factory=list, max_length=7)
    answer: PlatformRequest.Answer | None = None
    connection: Id | None = None
    shop: Id | None = None
    order: Id | None = None
    number: str = Field("", max_length=64, description="of the platform's order")


class ChannelRequestRow(Schema):
    id: int
    connection: ConnectionRef
    shop: Ref
    kind: str
    number: str
    order_number: str
    order: ChannelOrderRef | None
    external_line: str
    state: str
    refund_kind: str
    refund_status: str
    quantity: int
    amount: Decimal
    reason: str
    before_shipping: bool
    return_waybill: str
    answer: str
    is_accepted: bool | None
    message: str
    requested_at: Moment
    updated_at: Moment


def _requests(actor: Actor, filters: ChannelRequestFilters) -> Any:
    rows = _scoped(PlatformRequest.objects.all(), actor, filters.connection, filters.shop)
    for name in ("kind", "answer", "order"):
        value = getattr(filters, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.number:
        rows = rows.filter(order_number=filters.number)
    return rows.values(
        "id", *_CONNECTION, "kind", "number", "order_number", "order__id", "order__number", "order__state",
        "external_line", "state", "refund_kind", "refund_status", "quantity", "amount", "reason", "before_shipping",
        "return_waybill", "answer", "is_accepted", "message", "requested_at", "updated_at",
    )  # fmt: skip


REQUESTS = ListDefinition(
    name="channel_requests",
    filters=ChannelRequestFilters,
    row=ChannelRequestRow,
    columns=(
        Column("order_number", _lazy("Platform's number")),
        Column("order.number", _lazy("Order")),
        Column("shop.code", _lazy("Shop")),
        Column("kind", _lazy("Kind")),
        Column("state", _lazy("State")),
        Column("refund_kind", _lazy("Kind of refund")),
        Column("refund_status", _lazy("Status there")),
        Column("amount", _lazy("Amount")),
        Column("reason", _lazy("Reason")),
        Column("return_waybill", _lazy("Return waybill")),
        Column("requested_at", _lazy("Wanted")),
    ),
    sorts={"requested_at": "requested_at"},
    default_sort="-requested_at",
    query=_requests,
    enrich=_shop_out,
    title="wishes of buyers",
)
router.list("/channel-requests", REQUESTS, permission="integrations.order.view")


@router.get(
    "/channel-requests/counts",
    permission="integrations.order.view",
    response=CountsOut,
    summary="Wishes of buyers by state",
)
def channel_requests_counts(request: ApiRequest) -> dict[str, Any]:
    rows = _scoped(PlatformRequest.objects.all(), request.actor, None, None)
    return state_counts(rows, PlatformRequest.State.values)
