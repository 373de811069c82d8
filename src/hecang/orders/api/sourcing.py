"""Why orders come from where they come and when they arrive; the looks at the whole book; announced supply."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, InputSchema, ListDefinition, Moment, Ref, Schema
from hecang.orders.api.base import router
from hecang.orders.models import SourcingRun
from hecang.orders.selectors import desk, sourcing
from hecang.orders.services import SupplyIn, book_resource, supply_save
from hecang.orders.services.explaining import order_sourcing_explain, promise_explain


class SourcingWarehouse(Ref):
    kind: str


class CandidateOut(Schema):
    warehouse: SourcingWarehouse
    service: Ref | None = Field(
        description="null: no carrier has a rate there; freight is estimated by distance"
    )
    km: float | None
    missing: int = Field(description="units that it has not")
    units: int = Field(description="units that it ships")
    leaves_at: datetime | None
    arrives_at: datetime | None
    lead_hours: int | None
    is_certain: bool = Field(description="false where holidays on the way are not published yet")
    parts: dict[str, float] = Field(description="freight, handling, split, wait, late, scarcity")
    cost: float


class WeighingOut(Schema):
    candidates: list[CandidateOut] = Field(description="each as if it shipped everything, the cheapest first")
    warehouses: list[SourcingWarehouse] = Field(description="chosen")
    parts: dict[str, float]
    cost: float
    open_units: int
    code: str = Field(description="none, only, split, stock, others, equal, cheapest")
    words: str


class SourcingOut(Schema):
    reason: str | None = Field(description="intake, changed, filled, resourced")
    decided_at: datetime | None
    decided: WeighingOut | None = Field(description="as it was when it was decided")
    now: WeighingOut | None = Field(description="as it is now; null once a wave has taken the order")
    only: list[int] = Field(description="warehouses that the order is held to")
    never: list[int] = Field(description="warehouses that it may not come from")


class PromiseStep(Schema):
    code: str = Field(
        description="placed, stock, supply, release_by, leaves, arrives, in_hand, expected, promised"
    )
    at: datetime | None
    text: str
    is_certain: bool


class PromiseOut(Schema):
    steps: list[PromiseStep]


@router.get(
    "/orders/{order_id}/sourcing",
    permission="orders.order.view",
    response=SourcingOut,
    summary="Why an order comes from where it comes",
)
def order_sourcing(request: ApiRequest, order_id: int) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    return order_sourcing_explain(order_id=order_id)


@router.get(
    "/orders/{order_id}/promise",
    permission="orders.order.view",
    response=PromiseOut,
    summary="When an order arrives, step by step",
)
def order_promise(request: ApiRequest, order_id: int) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    return {"steps": promise_explain(order_id=order_id)}


# ---------------------------------------------------------------- the whole book


class RunRow(Schema):
    id: int
    state: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    orders: int = Field(description="looked at")
    proposed: int = Field(description="worth moving")
    moved: int
    units: int
    lost: int = Field(description="had gone on meanwhile")
    cost_before: Decimal
    cost_after: Decimal
    saved: Decimal
    gap: float | None = Field(description="proven distance from the best decision, as a share of its cost")
    seconds: float


class RunFilters(Schema):
    state: SourcingRun.State | None = None


class RunOut(Schema):
    run_id: int
    orders: int
    proposed: int
    moved: int
    lost: int
    units: int
    saved: float
    gap: float | None
    seconds: float


class ResourceIn(InputSchema):
    order_ids: list[Id] | None = Field(
        None, max_length=1000, description="these only; null: the whole open book"
    )


RUNS = ListDefinition(
    name="sourcing_runs",
    title="Looks at the open book",
    filters=RunFilters,
    row=RunRow,
    columns=(
        Column("started_at", _("Begun")),
        Column("state", _("State")),
        Column("orders", _("Orders")),
        Column("proposed", _("Worth moving")),
        Column("moved", _("Moved")),
        Column("lost", _("Gone on meanwhile")),
        Column("saved", _("Saved")),
        Column("gap", _("Gap")),
        Column("seconds", _("Seconds")),
    ),
    sorts={"started_at": "started_at", "id": "id", "saved": "saved"},
    default_sort="-id",
    query=lambda _actor, filters: sourcing.run_rows(filters.state),
)
router.list("/sourcing-runs", RUNS, permission="orders.sourcing.view")


@router.post(
    "/sourcing-runs",
    permission="orders.sourcing.run",
    response=RunOut,
    summary="Source the open book again, now",
)
def sourcing_run(request: ApiRequest, payload: ResourceIn) -> Any:
    """Moves what pays and has not been released; answers when it is done."""
    return book_resource(order_ids=payload.order_ids)


# ---------------------------------------------------------------- supply


class SupplyRow(Schema):
    id: int
    sku: Ref
    owner: Ref
    warehouse: Ref
    reference: str
    quantity: int
    expected_at: datetime


class SupplyFilters(Schema):
    sku_id: Id | None = None
    warehouse_id: Id | None = None


class SupplyInput(InputSchema):
    sku_id: Id
    owner_id: Id
    warehouse_id: Id
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=0, le=10**12, description="0 takes the announcement back")]
    expected_at: Moment


class SuppliesIn(InputSchema):
    supplies: list[SupplyInput] = Field(min_length=1, max_length=1000)


def _supplies(actor: Actor, filters: SupplyFilters) -> Any:
    return sourcing.supply_rows(actor, sku_id=filters.sku_id, warehouse_id=filters.warehouse_id)


SUPPLIES = ListDefinition(
    name="expected_supplies",
    title="Announced supply",
    filters=SupplyFilters,
    row=SupplyRow,
    columns=(
        Column("sku.code", _("SKU")),
        Column("warehouse.code", _("Warehouse")),
        Column("reference", _("Reference")),
        Column("quantity", _("Quantity")),
        Column("expected_at", _("Expected")),
    ),
    sorts={"expected_at": "expected_at", "id": "id"},
    default_sort="expected_at",
    query=_supplies,
)
router.list("/expected-supplies", SUPPLIES, permission="orders.sourcing.view")


@router.put(
    "/expected-supplies",
    permission="orders.supply.manage",
    summary="Announce goods that are to come in, for the promises of what waits for them",
)
def supplies_put(request: ApiRequest, payload: SuppliesIn) -> None:
    """Saying it again with the same reference changes what was said."""
    for one in payload.supplies:
        request.actor.scope.require(warehouse=one.warehouse_id, owner=one.owner_id)
    supply_save(supplies=[SupplyIn(**one.model_dump()) for one in payload.supplies])
