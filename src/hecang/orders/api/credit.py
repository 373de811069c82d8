"""Customers' credit: who may owe how much, what they owe, and that they have paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.kernel.api import ApiRequest, Column, Ids, InputSchema, ListDefinition, Moment, Schema
from hecang.kernel.api.bulk import BulkOut
from hecang.orders.api.base import many, router
from hecang.orders.selectors import desk
from hecang.orders.selectors.credit import credit_open, credit_orders
from hecang.orders.services import order_hold_release
from hecang.orders.services.crediting import orders_settle
from hecang.orders.services.decisions import CREDIT
from hecang.partners.selectors import credit_rows
from hecang.partners.services import credit_remove, credit_set

Limit = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class CreditFilters(Schema):
    q: str = Field("", max_length=64, description="beginning of the customer's code, or a whole phone number")
    blocked: bool | None = None


class CreditOut(Schema):
    id: int = Field(description="of the customer")
    code: str
    display_name: str
    limit_amount: Decimal
    open_amount: Decimal
    open_orders: int
    oldest_at: Moment | None
    currency: str
    term_days: int | None
    is_blocked: bool
    note: str
    updated_at: Moment


class CreditBody(InputSchema):
    limit_amount: Limit
    currency: str = Field("CNY", pattern=r"^[A-Z]{3}$")
    term_days: int | None = Field(
        None, ge=0, le=3650, description="days after the order until it has to be paid"
    )
    is_blocked: bool = False
    note: str = Field("", max_length=200)


class CreditReleasedOut(Schema):
    id: int
    released: bool = Field(description="false where no such hold stood")


class CreditSettleBody(InputSchema):
    ids: Ids
    note: str = Field("", max_length=200)


def _rows(_actor: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    owed = credit_open(row["customer_id"] for row in rows)
    made = []
    for row in rows:
        open_amount = owed.get(row["customer_id"])
        made.append(
            {
                **row,
                "id": row["customer_id"],
                **row["customer"],
                "open_amount": Decimal(0) if open_amount is None else open_amount.amount,
                "open_orders": 0 if open_amount is None else open_amount.orders,
                "oldest_at": None if open_amount is None else open_amount.oldest_at,
            }
        )
    return made


CREDITS = ListDefinition(
    name="credits",
    title="Customers' credit",
    filters=CreditFilters,
    row=CreditOut,
    columns=(
        Column("code", _lazy("Customer")),
        Column("display_name", _lazy("Name")),
        Column("limit_amount", _lazy("Limit")),
        Column("open_amount", _lazy("Owed")),
        Column("open_orders", _lazy("Open orders")),
        Column("oldest_at", _lazy("Oldest open order")),
        Column("currency", _lazy("Currency")),
        Column("term_days", _lazy("Days to pay")),
        Column("is_blocked", _lazy("Blocked")),
        Column("note", _lazy("Note")),
    ),
    sorts={"code": "customer__code", "limit": "limit_amount"},
    default_sort="code",
    query=lambda _actor, filters: credit_rows(q=filters.q.strip(), blocked=filters.blocked),
    enrich=_rows,
)
router.list("/credits", CREDITS, permission="partners.credit.view")


@router.put(
    "/credits/{customer_id}",
    permission="partners.credit.change",
    summary="Give a customer credit, or change it",
)
def credit_put(request: ApiRequest, customer_id: int, payload: CreditBody) -> None:
    credit_set(customer_id=customer_id, **payload.model_dump())


@router.delete(
    "/credits/{customer_id}", permission="partners.credit.change", summary="Take a customer's credit away"
)
def credit_delete(request: ApiRequest, customer_id: int) -> None:
    credit_remove(customer_id=customer_id)


class OwedOrderOut(Schema):
    id: int
    number: str
    placed_at: Moment
    total_amount: Decimal
    currency: str
    state: str


class OwedOrdersOut(Schema):
    items: list[OwedOrderOut]


@router.get(
    "/credits/{customer_id}/orders",
    permission="partners.credit.view",
    response=OwedOrdersOut,
    summary="Orders that a customer has not paid yet, the oldest first",
)
def owed_get(request: ApiRequest, customer_id: int) -> dict[str, Any]:
    return {"items": credit_orders(customer_id)}


@router.post(
    "/credits/settle",
    permission="partners.credit.settle",
    response=BulkOut,
    summary="Note that customers have paid orders on account",
)
def settle_post(request: ApiRequest, payload: CreditSettleBody) -> BulkOut:
    return many(orders_settle(order_ids=payload.ids, note=payload.note))


class CreditOverrideBody(InputSchema):
    note: str = Field("", max_length=200, description="why")


@router.post(
    "/orders/{order_id}/credit-override",
    permission="partners.credit.override",
    response=CreditReleasedOut,
    summary="Let an order go on in spite of its customer's credit; final for that order",
)
def override_post(request: ApiRequest, order_id: int, payload: CreditOverrideBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    result = order_hold_release(order_id=order_id, codes=[CREDIT], note=payload.note)
    return {"id": order_id, "released": result.code == ""}
