"""Orders on their way in, singly and up to a thousand at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from hecang.kernel.api import ApiRequest, Code, InputSchema, Moment, Schema
from hecang.orders.api.base import router
from hecang.orders.models import SalesOrder, SalesOrderLine
from hecang.orders.services import IntakeRow, LineIn, OrderIn, RecipientIn, orders_intake_mixed
from hecang.orders.services.intake.inputs import MAX_LINES, MAX_ORDERS, MAX_QUANTITY

Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
Price = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]


class LineBody(InputSchema):
    sku: Code
    quantity: int = Field(ge=1, le=MAX_QUANTITY)
    unit_price: Price = Decimal(0)
    amount: Amount | None = None
    kind: SalesOrderLine.Kind = SalesOrderLine.Kind.GOODS
    external_line: str = Field("", max_length=64, description="told again when goods are shipped")


class RecipientBody(InputSchema):
    name: str = Field("", max_length=100)
    phone: str = Field("", max_length=40)
    region_code: str = Field("", max_length=6)
    province: str = Field("", max_length=64)
    city: str = Field("", max_length=64)
    district: str = Field("", max_length=64)
    address: str = Field("", max_length=300)
    postcode: str = Field("", max_length=16)
    country: str = Field("", max_length=64)


class OrderBody(InputSchema):
    shop: str = Field(min_length=1, max_length=32, description="code of the shop")
    external_number: str = Field(
        min_length=1,
        max_length=64,
        description="the channel's number; with the shop it names the order for ever",
    )
    placed_at: Moment
    lines: list[LineBody] = Field(min_length=1, max_length=MAX_LINES)
    recipient: RecipientBody = RecipientBody()
    buyer: str = Field("", max_length=100)
    customer: str = Field("", max_length=64, description="code of one of our customers")
    currency: str = Field("", max_length=3)
    discount_amount: Amount = Decimal(0)
    freight_amount: Amount = Decimal(0)
    total_amount: Amount | None = None
    priority: int = Field(100, ge=0, le=32767)
    buyer_remark: str = Field("", max_length=500)
    seller_remark: str = Field("", max_length=500)
    promised_at: Moment | None = None
    ship_by: Moment | None = Field(None, description="the latest that the platform allows")
    ship_after: Moment | None = Field(None, description="the earliest, of a pre-sale")
    kind: SalesOrder.Kind = Field(SalesOrder.Kind.SALE, description="a presale waits for its release")
    deposit_amount: Amount = Decimal(0)
    balance_due: Amount = Field(Decimal(0), description="to be paid before a pre-sale is released")
    tags: list[str] = Field(default_factory=list, max_length=20)


class OrdersBody(InputSchema):
    orders: list[OrderBody] = Field(min_length=1, max_length=MAX_ORDERS)


class IntakeOut(Schema):
    """What became of an order. ``created`` is false where the shop had sent this number before."""

    id: int
    number: str
    external_number: str
    state: str
    created: bool
    holds: list[str]


class IntakesOut(Schema):
    created: int
    results: list[IntakeOut]


@router.post(
    "/orders", permission="orders.order.create", response=IntakeOut, status=201, summary="Take in one order"
)
def order_create(request: ApiRequest, payload: OrderBody) -> IntakeOut:
    return intake_out(orders_intake_mixed(orders=[(payload.shop, _order(payload))]).results[0])


@router.post(
    "/orders/bulk",
    permission="orders.order.create",
    response=IntakesOut,
    summary="Take in up to 1000 orders: all of them, or none if one has a mistake",
)
def orders_create(request: ApiRequest, payload: OrdersBody) -> IntakesOut:
    result = orders_intake_mixed(orders=[(body.shop, _order(body)) for body in payload.orders])
    return IntakesOut(created=result.created, results=[intake_out(row) for row in result.results])


def _order(body: OrderBody) -> OrderIn:
    to = body.recipient
    return OrderIn(
        external_number=body.external_number,
        placed_at=body.placed_at,
        lines=[
            LineIn(line.sku, line.quantity, line.unit_price, line.amount, line.external_line, line.kind.value)
            for line in body.lines
        ],
        recipient=RecipientIn(
            to.name,
            to.phone,
            to.region_code,
            to.province,
            to.city,
            to.district,
            to.address,
            to.postcode,
            to.country,
        ),
        buyer=body.buyer,
        customer_code=body.customer,
        currency=body.currency,
        discount_amount=body.discount_amount,
        freight_amount=body.freight_amount,
        total_amount=body.total_amount,
        priority=body.priority,
        buyer_remark=body.buyer_remark,
        seller_remark=body.seller_remark,
        promised_at=body.promised_at,
        ship_by=body.ship_by,
        ship_after=body.ship_after,
        kind=body.kind.value,
        deposit_amount=body.deposit_amount,
        balance_due=body.balance_due,
        tags=body.tags,
    )


def intake_out(row: IntakeRow) -> IntakeOut:
    return IntakeOut(
        id=row.order_id,
        number=row.number,
        external_number=row.external_number,
        state=row.state,
        created=row.created,
        holds=list(row.holds),
    )
