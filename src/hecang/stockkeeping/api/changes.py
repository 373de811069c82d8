"""Changes of goods: asked for, looked at, agreed to or refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inventory.models import Condition
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.errors_changes import change_missing
from hecang.stockkeeping.models import ChangeKind, ChangeState
from hecang.stockkeeping.selectors.changes import change_line_rows, change_rows
from hecang.stockkeeping.services.changes import (
    Becomes,
    Which,
    change_approve,
    change_cancel,
    change_policy_set,
    change_reject,
    change_request,
    policies,
)
from hecang.stockkeeping.states_changes import actions


class ChangeFilters(Schema):
    q: str | None = Field(None, max_length=64, description="beginning of the number, or a part of the reason")
    state: list[ChangeState] | None = Field(None, max_length=4)
    kind: list[ChangeKind] | None = Field(None, max_length=7)
    warehouse: list[Id] | None = Field(None, max_length=100)
    mine: bool | None = None


class ChangeCodeRef(Schema):
    id: int
    code: str


class StockChangeOut(Schema):
    id: int
    number: str
    kind: str
    state: str
    warehouse: Ref | None
    lot: ChangeCodeRef | None
    location: ChangeCodeRef | None
    container: ChangeCodeRef | None
    supplier: Ref | None
    sku: Ref | None
    to_condition: str
    to_owner: Ref | None
    to_sku: Ref | None
    to_lot: ChangeCodeRef | None
    hold_id: int | None
    adjust_reason: str
    reason: str
    units: int
    value: Decimal
    applied_units: int
    requested_by: str
    requested_by_id: int | None
    requested_at: Moment
    decided_by: str
    decided_at: Moment | None
    decision_note: str


CHANGES = ListDefinition(
    name="stock_changes",
    title="Stock changes",
    filters=ChangeFilters,
    row=StockChangeOut,
    columns=(
        Column("number", _("Number")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("lot.code", _("Lot")),
        Column("location.code", _("Location")),
        Column("container.code", _("Container")),
        Column("supplier.code", _("Supplier")),
        Column("sku.code", _("SKU")),
        Column("to_condition", _("Condition after")),
        Column("to_owner.code", _("New owner")),
        Column("to_sku.code", _("New SKU")),
        Column("to_lot.code", _("New lot")),
        Column("units", _("Units")),
        Column("value", _("Value")),
        Column("applied_units", _("Applied")),
        Column("reason", _("Reason")),
        Column("requested_by", _("Requested by")),
        Column("requested_at", _("Requested at")),
        Column("decided_by", _("Decided by")),
        Column("decided_at", _("Decided at")),
        Column("decision_note", _("Note")),
    ),
    sorts={"id": "id", "units": "units", "value": "value"},
    default_sort="-id",
    query=lambda actor, filters: change_rows(actor, **filters.model_dump()),
)
router.list("/stock-changes", CHANGES, permission="stockkeeping.change.view")


@router.get(
    "/stock-changes/counts",
    permission="stockkeeping.change.view",
    response=CountsOut,
    summary="Number of stock changes in each state",
)
def stock_change_counts(request: ApiRequest, warehouse: Id | None = None) -> Any:
    rows = change_rows(request.actor, warehouse=[warehouse] if warehouse else None)
    return state_counts(rows, ChangeState.values)


class ChangePolicyOut(Schema):
    kind: str
    max_units: int | None = Field(description="more units wait for another person; null: any number goes")
    max_value: Decimal | None


class ChangePoliciesOut(Schema):
    items: list[ChangePolicyOut]


@router.get(
    "/stock-changes/policies",
    permission="stockkeeping.change.view",
    response=ChangePoliciesOut,
    summary="From which size on a change needs another person's word",
)
def stock_change_policies(request: ApiRequest) -> Any:
    return {
        "items": [
            {"kind": kind, "max_units": units, "max_value": value}
            for kind, (units, value) in policies().items()
        ]
    }


class ChangePolicyIn(InputSchema):
    max_units: int | None = Field(None, ge=0, le=10**12)
    max_value: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None


@router.put(
    "/stock-changes/policies/{kind}",
    permission="stockkeeping.change.manage",
    response=ChangePoliciesOut,
    summary="Say from which size on a change needs another person's word",
)
def stock_change_policy_put(request: ApiRequest, kind: ChangeKind, payload: ChangePolicyIn) -> Any:
    change_policy_set(kind=kind.value, max_units=payload.max_units, max_value=payload.max_value)
    return stock_change_policies(request)


class StockChangeLineOut(Schema):
    id: int
    stock_id: int
    warehouse: str
    location: str
    sku: str
    sku_name: str
    lot: str | None
    owner: str
    condition: str
    container: str | None
    quantity: int
    applied: int | None
    on_hand: int
    allocated: int
    difference: int | None = Field(description="of goods found (positive) or lost (negative)")


class StockChangeDetail(StockChangeOut):
    lines: list[StockChangeLineOut]
    actions: list[str]


def _detail(request: ApiRequest, change_id: int) -> Any:
    rows = [*change_rows(request.actor).filter(id=change_id)]
    if not rows:
        raise change_missing()
    row = CHANGES.finish(request.actor, rows)[0]
    allowed = actions(row["state"])
    if row["requested_by_id"] == request.actor.user_id and request.actor.user_id is not None:
        allowed = [action for action in allowed if action != "approve"]
    return {**row, "lines": change_line_rows(change_id), "actions": allowed}


@router.get(
    "/stock-changes/{change_id}",
    permission="stockkeeping.change.view",
    response=StockChangeDetail,
    summary="A stock change with its lines",
)
def stock_change_get(request: ApiRequest, change_id: Id) -> Any:
    return _detail(request, change_id)


class StockChangeRowIn(InputSchema):
    stock_id: Id
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)]


class StockChangeIn(InputSchema):
    kind: ChangeKind
    reason: str = Field(min_length=1, max_length=200)
    key: UUID | None = Field(None, description="made by the client; a repetition gets the first answer")
    warehouse_id: Id | None = None
    lot_id: Id | None = None
    location_id: Id | None = None
    container_id: Id | None = None
    supplier_id: Id | None = None
    sku_id: Id | None = None
    condition: Condition | None = Field(None, description="only goods that are in this condition now")
    rows: list[StockChangeRowIn] = Field(
        [], max_length=1000, description="single stock rows, with the units meant"
    )
    to_condition: Condition | None = None
    to_owner_id: Id | None = None
    to_sku_id: Id | None = None
    to_lot_id: Id | None = None
    hold_id: Id | None = Field(None, description="of a release: the hold that ends")


@router.post(
    "/stock-changes",
    permission="stockkeeping.change.work",
    response=StockChangeDetail,
    status=201,
    summary="Ask for a change of goods",
)
def stock_change_post(request: ApiRequest, payload: StockChangeIn) -> Any:
    """What is small by the policy of its kind is applied at once; the rest waits for another person."""
    request.actor.scope.require(warehouse=payload.warehouse_id, owner=payload.to_owner_id)
    outcome = change_request(
        kind=payload.kind.value,
        which=Which(
            payload.warehouse_id,
            payload.lot_id,
            payload.location_id,
            payload.container_id,
            payload.supplier_id,
            payload.sku_id,
            payload.condition.value if payload.condition else None,
            {row.stock_id: row.quantity for row in payload.rows},
        ),
        becomes=Becomes(
            payload.to_condition.value if payload.to_condition else "",
            payload.to_owner_id,
            payload.to_sku_id,
            payload.to_lot_id,
            payload.hold_id,
        ),
        reason=payload.reason,
        key=payload.key,
    )
    return _detail(request, outcome.id)


class ChangeDecisionIn(InputSchema):
    note: str = Field("", max_length=200)


@router.post(
    "/stock-changes/{change_id}/approve",
    permission="stockkeeping.change.approve",
    response=StockChangeDetail,
    summary="Agree to a change and apply it",
)
def stock_change_approve(request: ApiRequest, change_id: Id, payload: ChangeDecisionIn) -> Any:
    _detail(request, change_id)
    change_approve(change_id=change_id, note=payload.note)
    return _detail(request, change_id)


class ChangeRejectIn(InputSchema):
    note: str = Field(min_length=1, max_length=200)


@router.post(
    "/stock-changes/{change_id}/reject",
    permission="stockkeeping.change.approve",
    response=StockChangeDetail,
    summary="Refuse a change",
)
def stock_change_reject(request: ApiRequest, change_id: Id, payload: ChangeRejectIn) -> Any:
    _detail(request, change_id)
    change_reject(change_id=change_id, note=payload.note)
    return _detail(request, change_id)


@router.post(
    "/stock-changes/{change_id}/cancel",
    permission="stockkeeping.change.work",
    response=StockChangeDetail,
    summary="Take a change back",
)
def stock_change_cancel(request: ApiRequest, change_id: Id, payload: ChangeDecisionIn) -> Any:
    _detail(request, change_id)
    change_cancel(change_id=change_id, note=payload.note)
    return _detail(request, change_id)
