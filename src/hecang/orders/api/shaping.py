"""What people do with the lines of orders: split, merge, part, replace, send again."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from hecang.kernel.api import ApiRequest, Id, Ids, InputSchema, Moment, Ref, Schema
from hecang.kernel.api.bulk import BulkOut
from hecang.orders.api.actions import NoteBody
from hecang.orders.api.base import SplitPolicy, many, router
from hecang.orders.api.desk import OrderOut
from hecang.orders.selectors import desk
from hecang.orders.selectors.merging import merge_groups, merge_partners
from hecang.orders.selectors.substitutes import substitutes_of_order
from hecang.orders.services import (
    SplitLine,
    order_balance_pay,
    order_exchange_create,
    order_gift_add,
    order_line_substitute,
    order_split,
    order_split_by,
    order_unmerge,
    orders_merge,
    orders_merge_matching,
    orders_split_by,
)
from hecang.orders.services.intake.inputs import MAX_QUANTITY


class SplitLineBody(InputSchema):
    line_id: Id
    quantity: int = Field(ge=1, le=MAX_QUANTITY)


class SplitBody(NoteBody):
    """Either parts, named line by line, or policies that find them."""

    parts: list[Annotated[list[SplitLineBody], Field(min_length=1, max_length=2000)]] | None = Field(
        None, min_length=1, max_length=50
    )
    by: list[SplitPolicy] | None = Field(None, min_length=1, max_length=6)

    @model_validator(mode="after")
    def _names_one(self) -> SplitBody:
        if (self.parts is None) == (self.by is None):
            raise ValueError("give either parts or by")
        return self


class ManySplitBody(NoteBody):
    ids: Ids
    by: list[SplitPolicy] | None = Field(
        None, min_length=1, max_length=6, description="those of each shop if not given"
    )


class MergeBody(NoteBody):
    ids: Ids = Field(description="orders whose lines go into this one")


class ManyMergeBody(NoteBody):
    ids: Ids


class SubstituteBody(NoteBody):
    line_id: Id
    substitute: str = Field(
        "", max_length=64, description="code of the SKU; the best that is allowed if not given"
    )
    quantity: int | None = Field(None, ge=1, le=MAX_QUANTITY, description="all that wait if not given")
    has_consent: bool = Field(False, description="the customer has agreed")


class SentLineBody(InputSchema):
    sku: str = Field(min_length=1, max_length=64)
    quantity: int = Field(ge=1, le=MAX_QUANTITY)


class ExchangeBody(NoteBody):
    kind: Literal["exchange", "resend"] = "exchange"
    lines: list[SentLineBody] = Field(min_length=1, max_length=500)


class GiftBody(SentLineBody):
    reason: str = Field(min_length=1, max_length=64, description="given once for each reason")


class PayBody(InputSchema):
    paid_at: Moment | None = Field(None, description="now if not given")


class PartnerOut(Schema):
    id: int
    number: str
    external_number: str
    shop_code: str
    shop_name: str
    state: str
    total_amount: Decimal
    currency: str
    unit_count: int
    placed_at: Moment


class PartnersOut(Schema):
    items: list[PartnerOut]


class MergeGroupOut(Schema):
    order_ids: list[int]
    state: str
    recipient_masked: str
    shop_code: str
    shop_name: str
    region_code: str


class MergeGroupsOut(Schema):
    items: list[MergeGroupOut]


class SubstituteOptionOut(Schema):
    line_id: int
    line_no: int
    backordered: int
    substitute: Ref
    ratio: int
    needs_consent: bool
    free: int


class SubstituteOptionsOut(Schema):
    items: list[SubstituteOptionOut]


@router.post("/orders/{order_id}/split", permission="orders.order.split", response=OrderOut,
             summary="Make orders of their own of parts of an order")  # fmt: skip
def split(request: ApiRequest, order_id: int, payload: SplitBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    if payload.parts is not None:
        parts = [[SplitLine(line.line_id, line.quantity) for line in part] for part in payload.parts]
        order_split(order_id=order_id, parts=parts, note=payload.note)
    else:
        order_split_by(order_id=order_id, policies=payload.by, note=payload.note)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/bulk-split", permission="orders.order.split", response=BulkOut,
             summary="Split many orders by policies")  # fmt: skip
def split_many(request: ApiRequest, payload: ManySplitBody) -> BulkOut:
    return many(orders_split_by(order_ids=payload.ids, policies=payload.by, note=payload.note))


@router.get("/orders/merge-hints", permission="orders.order.view", response=MergeGroupsOut,
            summary="Groups of orders that could travel together")  # fmt: skip
def merge_hints(request: ApiRequest) -> dict[str, Any]:
    return {"items": merge_groups(request.actor)}


@router.get("/orders/{order_id}/merge-partners", permission="orders.order.view", response=PartnersOut,
            summary="Orders that may be merged with this one")  # fmt: skip
def partners(request: ApiRequest, order_id: int) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    return {"items": merge_partners(request.actor, order_id)}


@router.post("/orders/{order_id}/merge", permission="orders.order.merge", response=OrderOut,
             summary="Let the lines of other orders travel in this one")  # fmt: skip
def merge(request: ApiRequest, order_id: int, payload: MergeBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    orders_merge(target_id=order_id, source_ids=payload.ids, note=payload.note)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/bulk-merge", permission="orders.order.merge", response=BulkOut,
             summary="Merge orders with each other wherever they match")  # fmt: skip
def merge_many(request: ApiRequest, payload: ManyMergeBody) -> BulkOut:
    return many(orders_merge_matching(order_ids=payload.ids, note=payload.note))


@router.post("/orders/{order_id}/unmerge", permission="orders.order.unmerge", response=OrderOut,
             summary="Part a merged order from the one that it travels in")  # fmt: skip
def unmerge(request: ApiRequest, order_id: int, payload: NoteBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    order_unmerge(order_id=order_id, note=payload.note)
    return desk.order_detail(request.actor, order_id)


@router.get("/orders/{order_id}/substitutes", permission="orders.order.view", response=SubstituteOptionsOut,
            summary="What may go in place of what an order lacks")  # fmt: skip
def options(request: ApiRequest, order_id: int) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    return {"items": substitutes_of_order(order_id)}


@router.post("/orders/{order_id}/substitute", permission="orders.order.substitute", response=OrderOut,
             summary="Send something else for units that are short, at their price")  # fmt: skip
def substitute(request: ApiRequest, order_id: int, payload: SubstituteBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    order_line_substitute(order_id=order_id, **payload.model_dump())
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/{order_id}/exchange", permission="orders.order.exchange", response=OrderOut, status=201,
             summary="Make an order without price that makes good another one")  # fmt: skip
def exchange(request: ApiRequest, order_id: int, payload: ExchangeBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    lines = [(line.sku, line.quantity) for line in payload.lines]
    made = order_exchange_create(order_id=order_id, lines=lines, kind=payload.kind, note=payload.note)
    return desk.order_detail(request.actor, made)


@router.post("/orders/{order_id}/gift", permission="orders.order.gift", response=OrderOut,
             summary="Put a gift into an order, once for each reason")  # fmt: skip
def gift(request: ApiRequest, order_id: int, payload: GiftBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    order_gift_add(order_id=order_id, sku=payload.sku, quantity=payload.quantity, reason=payload.reason)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/{order_id}/pay-balance", permission="orders.presale.pay", response=OrderOut,
             summary="Note that the rest of a pre-sale was paid")  # fmt: skip
def pay(request: ApiRequest, order_id: int, payload: PayBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    order_balance_pay(order_id=order_id, paid_at=payload.paid_at)
    return desk.order_detail(request.actor, order_id)
