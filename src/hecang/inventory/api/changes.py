"""Corrections by people: adjust, count, move, change the condition."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from hecang.inventory.api.base import (
    Note,
    Posted,
    Units,
    WaitingOut,
    locations_within,
    router,
    stock_within,
)
from hecang.inventory.approvals import Recondition, approvals
from hecang.inventory.models import Condition
from hecang.inventory.services import (
    AdjustIn,
    PostingIn,
    adjustments_settle,
    stock_adjust,
    stock_move,
    stock_post,
)
from hecang.kernel.api import Accepted, ApiRequest, Id, InputSchema

Change = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]


class AdjustLineIn(InputSchema):
    """A stock row by its id, or a place that may not have one yet; and what is different there."""

    stock_id: Id | None = None
    location_id: Id | None = None
    sku_id: Id | None = None
    owner_id: Id | None = None
    lot_id: Id | None = None
    condition: Condition = Condition.GOOD
    container_id: Id | None = None
    change: Change | None = Field(None, description="units found (positive) or lost (negative)")
    counted: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = Field(
        None, description="units really there"
    )
    note: Note = ""

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> AdjustLineIn:
        if (self.change is None) == (self.counted is None) or self.change == 0:
            raise ValueError(_("Name either the change (not 0) or what was counted."))
        named = (self.location_id, self.sku_id, self.owner_id)
        if self.stock_id is None and None in named:
            raise ValueError(_("Name the stock row, or location, SKU and owner."))
        if self.stock_id is not None and any(named):
            raise ValueError(_("Name either the stock row, or location, SKU and owner."))
        return self


class StockAdjustIn(InputSchema):
    reason: Literal["adjustment", "count", "scrap"] = "adjustment"
    lines: list[AdjustLineIn] = Field(min_length=1, max_length=1000)


@router.post(
    "/stock/adjust",
    permission="inventory.stock.adjust",
    response=Posted,
    accepted=WaitingOut,
    summary="Correct stock",
)
def stock_adjust_post(request: ApiRequest, payload: StockAdjustIn) -> Posted | Accepted:
    """What is large by the limit of ``adjust`` becomes a stock change and waits for another person."""
    scope = request.actor.scope
    rows = stock_within((line.stock_id for line in payload.lines if line.stock_id), scope)
    locations_within((line.location_id for line in payload.lines if line.location_id), scope)
    adjustments = []
    for line in payload.lines:
        if line.stock_id is not None:
            row = rows[line.stock_id]
            place = (row.location_id, row.sku_id, row.owner_id, row.lot_id, row.condition, row.container_id)
        else:
            assert line.location_id is not None
            assert line.sku_id is not None
            assert line.owner_id is not None
            scope.require(owner=line.owner_id)
            place = (
                line.location_id, line.sku_id, line.owner_id, line.lot_id, line.condition.value, line.container_id
            )  # fmt: skip
        adjustments.append(AdjustIn(*place, change=line.change, counted=line.counted, note=line.note))
    adjustments = adjustments_settle(adjustments=adjustments)
    if waiting := approvals().adjust(adjustments=adjustments, reason=payload.reason):
        return Accepted({"waiting": waiting})
    return Posted(movement_ids=stock_adjust(adjustments=adjustments, reason=payload.reason))


class MoveLineIn(InputSchema):
    stock_id: Id
    quantity: Units
    to_location_id: Id
    to_container_id: Id | None = None
    note: Note = ""


class StockMoveIn(InputSchema):
    lines: list[MoveLineIn] = Field(min_length=1, max_length=1000)


@router.post(
    "/stock/move", permission="inventory.stock.move", response=Posted, summary="Move stock elsewhere"
)
def stock_move_post(request: ApiRequest, payload: StockMoveIn) -> Posted:
    """Within one warehouse; only units that are not allocated."""
    scope = request.actor.scope
    rows = stock_within((line.stock_id for line in payload.lines), scope)
    locations_within((line.to_location_id for line in payload.lines), scope)
    entries = []
    for line in payload.lines:
        row = rows[line.stock_id]
        entries.append(
            PostingIn(
                row.sku_id,
                row.owner_id,
                line.quantity,
                row.location_id,
                line.to_location_id,
                "move",
                lot_id=row.lot_id,
                from_condition=row.condition,
                to_condition=row.condition,
                from_container_id=row.container_id,
                to_container_id=line.to_container_id,
                note=line.note,
            )
        )
    return Posted(movement_ids=[*stock_move(entries=entries)])


class ConditionLineIn(InputSchema):
    stock_id: Id
    quantity: Units
    to_condition: Condition
    note: Note = ""


class StockConditionIn(InputSchema):
    lines: list[ConditionLineIn] = Field(min_length=1, max_length=1000)


@router.post(
    "/stock/condition",
    permission="inventory.stock.adjust",
    response=Posted,
    accepted=WaitingOut,
    summary="Change the condition of stock where it lies",
)
def stock_condition_post(request: ApiRequest, payload: StockConditionIn) -> Posted | Accepted:
    """What is large by the limit of ``condition`` becomes stock changes and waits for another person."""
    rows = stock_within((line.stock_id for line in payload.lines), request.actor.scope)
    wanted = [
        Recondition(line.stock_id, line.quantity, line.to_condition.value, line.note)
        for line in payload.lines
    ]
    if waiting := approvals().recondition(lines=wanted):
        return Accepted({"waiting": waiting})
    entries = []
    for line in payload.lines:
        row = rows[line.stock_id]
        entries.append(
            PostingIn(
                row.sku_id,
                row.owner_id,
                line.quantity,
                row.location_id,
                row.location_id,
                "condition",
                lot_id=row.lot_id,
                from_condition=row.condition,
                to_condition=line.to_condition.value,
                from_container_id=row.container_id,
                to_container_id=row.container_id,
                note=line.note,
            )
        )
    return Posted(movement_ids=[*stock_post(entries=entries)])
