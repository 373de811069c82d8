"""Moves asked for: tasks of the pool that somebody on the floor does by scan."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from hecang.inventory.models import Container, Stock
from hecang.kernel.api import ApiRequest, Id, InputSchema, Schema
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.services.moving import MoveIn, moves_ask


class MoveAsk(InputSchema):
    to_location_id: Id
    stock_id: Id | None = None
    container_id: Id | None = None
    quantity: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    note: str = Field("", max_length=200)
    priority: int = Field(100, ge=1, le=32_000)


class MovesIn(InputSchema):
    moves: list[MoveAsk] = Field(min_length=1, max_length=500)


class TasksOut(Schema):
    task_ids: list[int]


@router.post(
    "/moves",
    permission="stockkeeping.move.create",
    response=TasksOut,
    summary="Ask for goods or containers to be moved",
)
def moves_post(request: ApiRequest, payload: MovesIn) -> Any:
    """What is asked for already keeps its task."""
    scope = request.actor.scope
    stock = Stock.objects.filter(id__in=[m.stock_id for m in payload.moves if m.stock_id])
    for row in stock:
        scope.require(warehouse=row.warehouse_id, owner=row.owner_id)
    boxes = Container.objects.filter(id__in=[m.container_id for m in payload.moves if m.container_id])
    for box in boxes.select_related("location"):
        scope.require(warehouse=box.location.warehouse_id if box.location else None)
    return {"task_ids": moves_ask(moves=[MoveIn(**move.model_dump()) for move in payload.moves])}
