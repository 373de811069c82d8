"""Looking at orders: the list and its tabs, one order, what happened to it, whom it goes to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _lazy
from ninja import Query
from pydantic import Field

from hecang.accounts.selectors import audit_of
from hecang.accounts.services.audit import audit_record
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Day,
    Id,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    capped_counts,
)
from hecang.orders.api.base import router
from hecang.orders.models import OrderHold, OrderState, SalesOrder
from hecang.orders.selectors import desk, order_recipients

Tab = Literal[
    "all", "held", "short", "cancelling", "waiting", "pending", "approved", "fulfilling", "partially_shipped", "shipped",
    "cancelled", "merged",
]  # fmt: skip


class OrderFilters(Schema):
    tab: Tab | None = None
    state: list[OrderState] = Field(default_factory=list, max_length=10)
    q: str = Field("", max_length=64)
    shop: Id | None = None
    hold: OrderHold.Code | None = None
    sku: str = Field("", max_length=64)
    region: str = Field("", max_length=6, pattern=r"^\d{2,6}$|^$")
    placed_from: Day | None = None
    placed_to: Day | None = None
    priority_up_to: int | None = Field(None, ge=0, le=99, description="urgent ones; 100 is usual")
    tag: str = Field("", max_length=32, description="that it has, whole")
    kind: SalesOrder.Kind | None = None
    channel: str = Field("", max_length=32, description="code of a channel")
    several: bool | None = Field(
        None, description="true: the recipient has several orders that no wave has taken"
    )


class OrderRow(Schema):
    id: int
    number: str
    external_number: str
    state: str
    is_held: bool
    is_short: bool
    is_cancelling: bool
    shop: Ref
    recipient_masked: str
    region_code: str
    region_name: str
    currency: str
    total_amount: Decimal
    line_count: int
    unit_count: int
    priority: int
    buyer_remark: str
    seller_remark: str
    placed_at: Moment
    promised_at: Moment | None = Field(description="when the customer was told that it arrives")
    ship_after: Moment | None = Field(description="not to be shipped before")
    kind: str
    tags: list[str]
    awaits_release: bool = Field(description="a pre-sale that takes no stock yet")
    holds: list[str]
    can_merge: bool = Field(False, description="another order of the shop could travel with it")


class OrderSkuRef(Ref):
    base_unit: str


class OrderNumberRef(Schema):
    id: int
    number: str


class RelativeOut(OrderNumberRef):
    relation: str = Field(description="origin, child, merged_into or merged")
    kind: str
    state: str
    external_number: str


class OrderLineOut(Schema):
    id: int
    line_no: int
    sku: OrderSkuRef
    kit_sku: Ref | None
    quantity: int
    unit_price: Decimal
    amount: Decimal
    reserved: int
    backordered: int
    allocated: int
    shipped: int
    cancelled: int
    kind: str
    reason: str
    source_order: OrderNumberRef | None = Field(
        None, description="that the customer bought it with, if another one"
    )


class OrderHoldOut(Schema):
    id: int
    code: str
    detail: dict[str, Any]
    placed_by: str
    placed_at: Moment
    released_by: str
    released_at: Moment | None
    note: str


class ActionOut(Schema):
    code: str
    allowed: bool
    reason: str


class ChannelRef(Schema):
    code: str
    name: str


class CustomerRef(Schema):
    id: int
    code: str


class OrderOut(Schema):
    id: int
    number: str
    external_number: str
    state: str
    is_held: bool
    is_short: bool
    is_cancelling: bool
    shop: Ref
    owner: Ref
    customer: CustomerRef | None
    buyer: str
    recipient_masked: str
    region_code: str
    region_name: str
    currency: str
    goods_amount: Decimal
    discount_amount: Decimal
    freight_amount: Decimal
    total_amount: Decimal
    line_count: int
    unit_count: int
    priority: int
    buyer_remark: str
    seller_remark: str
    placed_at: Moment
    promised_at: Moment | None = Field(description="when the customer was told that it arrives")
    expected_at: Moment | None = Field(description="when it is expected to arrive now")
    ship_after: Moment | None = Field(description="not to be shipped before")
    ship_by: Moment | None = Field(description="the latest that the platform lets it be shipped")
    kind: str
    tags: list[str]
    channel: ChannelRef
    service: Ref | None = Field(description="that a rule or a person chose")
    warehouses_only: list[str] = Field(description="names of those that it is held to; empty for any")
    warehouses_never: list[str]
    is_sealed: bool = Field(description="only the platform can read the recipient")
    awaits_release: bool
    deposit_amount: Decimal
    balance_due: Decimal
    balance_paid_at: Moment | None
    relatives: list[RelativeOut]
    created_at: Moment
    updated_at: Moment
    lines: list[OrderLineOut]
    holds: list[OrderHoldOut]
    actions: list[ActionOut]


class RecipientOut(Schema):
    name: str
    phone: str
    region_code: str
    address: str
    postcode: str


class TimelineEntry(Schema):
    id: int
    at: Moment
    actor: str
    actor_kind: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class TimelineOut(Schema):
    items: list[TimelineEntry]


def _query(actor: Actor, filters: OrderFilters) -> Any:
    return desk.orders_rows(
        actor,
        desk.OrderQuery(
            tab=filters.tab,
            states=[state.value for state in filters.state],
            text=filters.q.strip(),
            shop_id=filters.shop,
            hold=filters.hold.value if filters.hold else "",
            sku=filters.sku,
            region=filters.region,
            placed_from=filters.placed_from,
            placed_to=filters.placed_to,
            priority_up_to=filters.priority_up_to,
            tag=filters.tag.strip(),
            kind=filters.kind.value if filters.kind else "",
            channel=filters.channel.strip(),
            several=filters.several,
        ),
    )


def _rows(actor: Actor, rows: Any) -> Any:
    return desk.orders_enrich(actor, rows)


ORDERS = ListDefinition(
    name="orders",
    filters=OrderFilters,
    row=OrderRow,
    columns=(
        Column("number", _lazy("Order")),
        Column("external_number", _lazy("Channel's number")),
        Column("shop.code", _lazy("Shop")),
        Column("state", _lazy("State")),
        Column("recipient_masked", _lazy("Recipient")),
        Column("region_name", _lazy("Region")),
        Column("line_count", _lazy("Lines")),
        Column("unit_count", _lazy("Units")),
        Column("currency", _lazy("Currency")),
        Column("total_amount", _lazy("Amount")),
        Column("priority", _lazy("Priority")),
        Column("kind", _lazy("Kind")),
        Column("tags", _lazy("Tags")),
        Column("ship_after", _lazy("Ship after")),
        Column("placed_at", _lazy("Placed")),
        Column("promised_at", _lazy("Promised")),
        Column("buyer_remark", _lazy("Buyer's remark")),
        Column("seller_remark", _lazy("Our remark")),
    ),
    sorts={
        "placed_at": "placed_at",
        "number": "number",
        "total": "total_amount",
        "promised_at": "promised_at",
    },
    default_sort="-placed_at",
    query=_query,
    enrich=_rows,
)


class CountFilters(Schema):
    shop: Id | None = None


@router.get(
    "/orders/counts", permission="orders.order.view", response=CountsOut, summary="Orders on each tab"
)
def orders_counts(request: ApiRequest, filters: Query[CountFilters]) -> dict[str, Any]:
    return {"counts": capped_counts(desk.orders_tabs(request.actor, filters.shop))}


router.list("/orders", ORDERS, permission="orders.order.view", export_permission="orders.order.export")


@router.get("/orders/{order_id}", permission="orders.order.view", response=OrderOut, summary="One order")
def order_get(request: ApiRequest, order_id: int) -> dict[str, Any]:
    return desk.order_detail(request.actor, order_id)


@router.get(
    "/orders/{order_id}/timeline",
    permission="orders.order.view",
    response=TimelineOut,
    summary="Everything that happened to an order",
)
def order_timeline(request: ApiRequest, order_id: int) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    return {"items": audit_of(entity_kind="sales_order", entity_id=order_id)}


@router.get(
    "/orders/{order_id}/recipient",
    permission="orders.recipient.view",
    response=RecipientOut,
    summary="Whom an order goes to, in clear; every look is audited",
)
def order_recipient(request: ApiRequest, order_id: int) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    recipient = order_recipients([order_id])[order_id]
    audit_record(action="orders.recipient.viewed", entity_kind="sales_order", entity_id=order_id)
    return {
        "name": recipient.name,
        "phone": recipient.phone,
        "region_code": recipient.region_code,
        "address": recipient.address,
        "postcode": recipient.postcode,
    }
