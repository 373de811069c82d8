"""Stops on goods, and the proof that the books are right."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inventory.api.base import ContainerRef, LocationRef, WaitingOut, locations_within, router
from hecang.inventory.api.containers import containers_within
from hecang.inventory.approvals import approvals
from hecang.inventory.models import StockHold
from hecang.inventory.selectors import desk
from hecang.inventory.services import hold_place, hold_release
from hecang.inventory.verify import inventory_verify
from hecang.kernel.api import (
    Accepted,
    ApiRequest,
    Column,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
)
from hecang.kernel.errors import NotFound


class HoldFilters(Schema):
    standing: bool | None = Field(None, description="true: not released yet")
    kind: list[StockHold.Kind] | None = Field(None, max_length=5)


class HoldOut(Schema):
    id: int
    kind: str
    lot: ContainerRef | None
    location: LocationRef | None
    warehouse: Ref | None
    sku: Ref | None
    container: ContainerRef | None
    supplier: Ref | None
    reason: str
    source_kind: str
    source_id: int | None
    placed_by: str
    placed_at: Moment
    released_by: str
    released_at: Moment | None


HOLDS = ListDefinition(
    name="stock_holds",
    title="Stock holds",
    filters=HoldFilters,
    row=HoldOut,
    columns=(
        Column("kind", _("Kind")),
        Column("lot.code", _("Lot")),
        Column("location.code", _("Location")),
        Column("warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU")),
        Column("container.code", _("Container")),
        Column("supplier.code", _("Supplier")),
        Column("reason", _("Reason")),
        Column("placed_by", _("Placed by")),
        Column("placed_at", _("Placed at")),
        Column("released_by", _("Released by")),
        Column("released_at", _("Released at")),
    ),
    sorts={"placed_at": "id"},
    default_sort="-placed_at",
    query=lambda actor, filters: desk.hold_rows(actor, **filters.model_dump()),
)
router.list("/stock-holds", HOLDS, permission="inventory.hold.view")


class HoldIn(InputSchema):
    kind: StockHold.Kind
    reason: str = Field(min_length=1, max_length=200)
    lot_id: Id | None = None
    location_id: Id | None = None
    warehouse_id: Id | None = None
    sku_id: Id | None = None
    container_id: Id | None = None
    supplier_id: Id | None = None


class Created(Schema):
    id: int


@router.post(
    "/stock-holds",
    permission="inventory.hold.create",
    response=Created,
    status=201,
    summary="Stop selling goods",
)
def stock_hold_post(request: ApiRequest, payload: HoldIn) -> Created:
    """A lot, a location, a container, a supplier's lots, or a SKU in a warehouse.

    Reservations that relied on the goods become backorders.
    """
    if payload.container_id is not None:
        containers_within([payload.container_id], request.actor)
    if payload.location_id is not None:
        locations_within([payload.location_id], request.actor.scope)
    request.actor.scope.require(warehouse=payload.warehouse_id)
    return Created(id=hold_place(**{**payload.model_dump(), "kind": payload.kind.value}))


class Released(Schema):
    released: bool = Field(description="whether the hold stood until now")


@router.post(
    "/stock-holds/{hold_id}/release",
    permission="inventory.hold.release",
    response=Released,
    accepted=WaitingOut,
    summary="Sell the goods again",
)
def stock_hold_release(request: ApiRequest, hold_id: Id) -> Released | Accepted:
    """What is large by the limit of ``release`` becomes a stock change and waits for another person."""
    if not desk.hold_rows(request.actor).filter(id=hold_id).exists():
        raise NotFound(_t("There is no such hold."))
    standing = StockHold.objects.filter(id=hold_id, released_at=None).exists()
    if waiting := approvals().release(hold_id=hold_id):
        return Accepted({"waiting": waiting})
    return Released(released=hold_release(hold_id=hold_id) or standing)


class CheckOut(Schema):
    name: str
    title: str
    differences: int
    samples: list[dict[str, Any]]
    seconds: float


class VerifyOut(Schema):
    differences: int = Field(description="0 if the books are right")
    checks: list[CheckOut]
    seconds: float


@router.get(
    "/inventory/verify",
    permission="inventory.verify.view",
    response=VerifyOut,
    summary="Recompute every balance from the ledger and compare",
)
def inventory_verify_get(request: ApiRequest) -> Any:
    return inventory_verify()
