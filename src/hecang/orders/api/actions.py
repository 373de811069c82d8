"""What people do with orders, singly and with many at once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pydantic import Field, model_validator

from hecang.kernel.api import ApiRequest, Id, Ids, InputSchema, Moment, Schema
from hecang.kernel.api.bulk import BulkOut
from hecang.orders.api.base import many, router
from hecang.orders.api.desk import OrderOut
from hecang.orders.api.intake import RecipientBody
from hecang.orders.errors import CreditExceeded
from hecang.orders.models import OrderHold
from hecang.orders.selectors import desk
from hecang.orders.services import (
    LineChange,
    backorders_fill,
    order_approve,
    order_cancel,
    order_change,
    order_hold,
    order_hold_release,
    orders_approve,
    orders_cancel,
    orders_hold,
)
from hecang.orders.services.intake.inputs import MAX_QUANTITY


class NoteBody(InputSchema):
    note: str = Field("", max_length=200)


class HoldBody(InputSchema):
    note: str = Field(min_length=1, max_length=200, description="why")


class ReleaseBody(NoteBody):
    codes: list[OrderHold.Code] | None = Field(None, max_length=20, description="all that stand if not given")


class CancelBody(InputSchema):
    reason: str = Field(min_length=1, max_length=200)


class ManyBody(NoteBody):
    ids: Ids


class ManyHoldBody(HoldBody):
    ids: Ids


class ManyCancelBody(CancelBody):
    ids: Ids


class QuantityBody(InputSchema):
    line_id: Id | None = None
    sku: str | None = Field(None, min_length=1, max_length=64, description="a new line")
    quantity: int = Field(ge=0, le=MAX_QUANTITY, description="0 takes the line away")

    @model_validator(mode="after")
    def _names_one(self) -> QuantityBody:
        if (self.line_id is None) == (self.sku is None):
            raise ValueError("give either line_id or sku")
        return self


class ChangeBody(InputSchema):
    """Only what is given is changed."""

    recipient: RecipientBody | None = None
    quantities: list[QuantityBody] | None = Field(None, min_length=1, max_length=500)
    buyer_remark: str | None = Field(None, max_length=500)
    seller_remark: str | None = Field(None, max_length=500)
    priority: int | None = Field(None, ge=0, le=32767)
    promised_at: Moment | None = None


class FillBody(InputSchema):
    sku_ids: Ids | None = None


class FilledOut(Schema):
    orders: int


@router.post("/orders/{order_id}/approve", permission="orders.order.approve", response=OrderOut,
             summary="Approve an order; its holds are released, or it is held for want of credit")  # fmt: skip
def approve(request: ApiRequest, order_id: int, payload: NoteBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    # The answer shows the hold: as a refusal it would be taken back with the record of the idempotency key.
    with suppress(CreditExceeded):
        order_approve(order_id=order_id, note=payload.note)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/{order_id}/hold", permission="orders.order.hold", response=OrderOut,
             summary="Stop an order by hand")  # fmt: skip
def hold(request: ApiRequest, order_id: int, payload: HoldBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    order_hold(order_id=order_id, note=payload.note)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/{order_id}/release-hold", permission="orders.order.release", response=OrderOut,
             summary="Release holds of an order without approving it")  # fmt: skip
def release_hold(request: ApiRequest, order_id: int, payload: ReleaseBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    codes = [code.value for code in payload.codes] if payload.codes is not None else None
    order_hold_release(order_id=order_id, codes=codes, note=payload.note)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/{order_id}/cancel", permission="orders.order.cancel", response=OrderOut,
             summary="Cancel an order, or ask the warehouse to where it works on it")  # fmt: skip
def cancel(request: ApiRequest, order_id: int, payload: CancelBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    order_cancel(order_id=order_id, reason=payload.reason)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/{order_id}/change", permission="orders.order.change", response=OrderOut,
             summary="Change recipient, quantities, remarks or priority")  # fmt: skip
def change(request: ApiRequest, order_id: int, payload: ChangeBody) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    given = payload.model_dump(
        exclude_unset=True, include={"buyer_remark", "seller_remark", "priority", "promised_at"}
    )
    if payload.recipient is not None:
        given["recipient"] = payload.recipient.model_dump(exclude_unset=True)
    if payload.quantities is not None:
        given["lines"] = [
            LineChange(line.line_id, line.sku or "", line.quantity) for line in payload.quantities
        ]
    order_change(order_id=order_id, **given)
    return desk.order_detail(request.actor, order_id)


@router.post("/orders/bulk-approve", permission="orders.order.approve", response=BulkOut,
             summary="Approve many orders")  # fmt: skip
def approve_many(request: ApiRequest, payload: ManyBody) -> BulkOut:
    return many(orders_approve(order_ids=payload.ids, note=payload.note))


@router.post(
    "/orders/bulk-hold", permission="orders.order.hold", response=BulkOut, summary="Stop many orders"
)
def hold_many(request: ApiRequest, payload: ManyHoldBody) -> BulkOut:
    return many(orders_hold(order_ids=payload.ids, note=payload.note))


@router.post(
    "/orders/bulk-cancel", permission="orders.order.cancel", response=BulkOut, summary="Cancel many orders"
)
def cancel_many(request: ApiRequest, payload: ManyCancelBody) -> BulkOut:
    return many(orders_cancel(order_ids=payload.ids, reason=payload.reason))


@router.post("/orders/fill-backorders", permission="orders.backorder.fill", response=FilledOut,
             summary="Reserve for waiting orders what has come in")  # fmt: skip
def fill(request: ApiRequest, payload: FillBody) -> FilledOut:
    return FilledOut(orders=len(backorders_fill(sku_ids=payload.sku_ids)))
