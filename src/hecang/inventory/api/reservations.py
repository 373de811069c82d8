"""Checkouts of channels: units kept for a buyer while the payment is under way."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from hecang.inventory.api.base import Units, router
from hecang.inventory.services import CheckoutLine, checkout_release, checkout_reserve
from hecang.inventory.services.checkout import checkout_known
from hecang.kernel.api import ApiRequest, Id, InputSchema, Moment, Schema

Key = Annotated[
    str, Field(min_length=1, max_length=100, description="the channel's own name for the checkout")
]


class ReservationLineIn(InputSchema):
    warehouse_id: Id
    sku_id: Id
    owner_id: Id
    quantity: Units


class CheckoutIn(InputSchema):
    key: Key
    lines: list[ReservationLineIn] = Field(min_length=1, max_length=500)
    ttl_seconds: int = Field(900, ge=1, le=604_800, description="time to live; 15 minutes if not said")


class ReservationLineOut(Schema):
    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int
    state: str


class CheckoutOut(Schema):
    id: int
    key: str
    expires_at: Moment
    created: bool = Field(description="false: an earlier request under this key had made it")
    lines: list[ReservationLineOut]


@router.post(
    "/reservations",
    permission="inventory.reservation.create",
    response=CheckoutOut,
    summary="Keep units for a checkout, all of them or none",
)
def reservations_post(request: ApiRequest, payload: CheckoutIn) -> object:
    for line in payload.lines:
        request.actor.scope.require(warehouse=line.warehouse_id, owner=line.owner_id)
    return checkout_reserve(
        key=payload.key,
        lines=[CheckoutLine(**line.model_dump()) for line in payload.lines],
        ttl=timedelta(seconds=payload.ttl_seconds),
    )


class CheckoutReleaseIn(InputSchema):
    key: Key


class ReleasedUnits(Schema):
    units: int = Field(description="units given back; 0 when they had been before")


@router.post(
    "/reservations/release",
    permission="inventory.reservation.release",
    response=ReleasedUnits,
    summary="Give back what a checkout keeps",
)
def reservations_release_post(request: ApiRequest, payload: CheckoutReleaseIn) -> ReleasedUnits:
    for line in checkout_known(payload.key):
        request.actor.scope.require(warehouse=line.warehouse_id, owner=line.owner_id)
    return ReleasedUnits(units=checkout_release(key=payload.key))
