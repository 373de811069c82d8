"""Orders taken on the phone or at the counter: who calls, what is there, and the order itself."""

from __future__ import annotations

import base64
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.api import ApiRequest, Id, InputSchema, Moment, Schema
from hecang.kernel.ids import new_id
from hecang.orders.api.base import router
from hecang.orders.api.intake import Amount, IntakeOut, LineBody, RecipientBody, intake_out
from hecang.orders.selectors import entry
from hecang.orders.services import LineIn, OrderIn, RecipientIn, orders_intake
from hecang.orders.services.intake.inputs import MAX_LINES


class KnownRecipientOut(Schema):
    name: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    address: str
    orders: int = Field(description="how many of the last orders went there")
    last_at: Moment
    last_order_id: int


class KnownCustomerOut(Schema):
    code: str
    display_name: str = Field(description="masked")
    blocked_reason: str


class CallerOut(Schema):
    recipients: list[KnownRecipientOut]
    customers: list[KnownCustomerOut]


class OfferOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    base_unit: str
    available: int | None = Field(description="units that may be promised now; null for kits")
    last_price: Decimal | None = Field(description="what the shop took for one the last time")


class OffersOut(Schema):
    items: list[OfferOut]


class EntryBody(InputSchema):
    shop: Id
    external_number: str = Field("", max_length=64, description="made here where it is empty")
    lines: list[LineBody] = Field(min_length=1, max_length=MAX_LINES)
    recipient: RecipientBody = RecipientBody()
    customer: str = Field("", max_length=64, description="code of one of our customers")
    discount_amount: Amount = Decimal(0)
    freight_amount: Amount = Decimal(0)
    buyer_remark: str = Field("", max_length=500)
    seller_remark: str = Field("", max_length=500)
    promised_at: Moment | None = None


@router.get(
    "/orders/entry/caller",
    permission="orders.recipient.view",
    response=CallerOut,
    summary="Who is known under a phone number, in clear; every look is audited",
)
def entry_caller(
    request: ApiRequest, phone: Annotated[str, Field(min_length=5, max_length=40)]
) -> dict[str, Any]:
    known = entry.caller_known(request.actor, phone)
    for one in known.recipients:
        audit_record(action="orders.recipient.viewed", entity_kind="sales_order", entity_id=one.last_order_id)
    return {
        "recipients": [asdict(one) for one in known.recipients],
        "customers": [
            {"code": code, "display_name": name, "blocked_reason": reason}
            for code, name, reason in known.customers
        ],
    }


@router.get(
    "/orders/entry/offers",
    permission="orders.order.create",
    response=OffersOut,
    summary="Products for sale by code, name, pinyin initials or barcode, with what is there",
)
def entry_offers(request: ApiRequest, shop: Id, q: Annotated[str, Field(max_length=64)]) -> dict[str, Any]:
    request.actor.scope.require(shop=shop)
    return {"items": [asdict(one) for one in entry.offers_find(shop=shop, text=q)]}


@router.post(
    "/orders/entry",
    permission="orders.order.create",
    response=IntakeOut,
    status=201,
    summary="Take an order on the phone or at the counter",
)
def entry_post(request: ApiRequest, payload: EntryBody) -> IntakeOut:
    to = payload.recipient
    order = OrderIn(
        external_number=payload.external_number.strip() or _number(),
        placed_at=clock.now(),
        lines=[LineIn(line.sku, line.quantity, line.unit_price, line.amount) for line in payload.lines],
        recipient=RecipientIn(**to.model_dump()),
        customer_code=payload.customer,
        discount_amount=payload.discount_amount,
        freight_amount=payload.freight_amount,
        buyer_remark=payload.buyer_remark,
        seller_remark=payload.seller_remark,
        promised_at=payload.promised_at,
    )
    return intake_out(orders_intake(shop_id=payload.shop, orders=[order]).results[0])


def _number() -> str:
    """A number that can be told on the phone: ``TEL-261129-K7QF2M``."""
    letters = base64.b32encode(new_id().bytes[-5:]).decode()[:6]
    return f"TEL-{clock.today():%y%m%d}-{letters}"
