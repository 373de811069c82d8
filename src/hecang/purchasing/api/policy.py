"""What the company wants of its purchasing, and how it reaches its suppliers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from hecang.accounts.models import Role
from hecang.kernel.api import ApiRequest, InputSchema, Schema
from hecang.purchasing.api.base import Currency, Money, router
from hecang.purchasing.models import PurchaseApprovalStep, PurchasePolicy
from hecang.purchasing.selectors.policy import policy_now
from hecang.purchasing.services.approving import approval_steps_set
from hecang.purchasing.services.links import link_remove, link_set, link_view, ways_view
from hecang.purchasing.services.policy import policy_set

Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
Rate = Annotated[Decimal, Field(gt=0, lt=10**6, max_digits=14, decimal_places=6)]


class Step(Schema):
    from_amount: Decimal
    role: str


class PurchasePolicyOut(Schema):
    choice: str
    base_currency: str
    rates: dict[str, Decimal]
    self_limit: Decimal
    quantity_tolerance: Decimal
    price_tolerance: Decimal
    amount_tolerance: Decimal
    announces_unconfirmed: bool
    steps: list[Step]


class StepIn(InputSchema):
    from_amount: Money
    role: Role


class PurchasePolicyIn(InputSchema):
    choice: PurchasePolicy.Choice | None = None
    base_currency: Currency | None = None
    rates: Annotated[dict[Currency, Rate], Field(max_length=50)] | None = Field(
        None, description="currency → how much of the company's currency one unit is worth"
    )
    self_limit: Money | None = None
    quantity_tolerance: Percent | None = None
    price_tolerance: Percent | None = None
    amount_tolerance: Money | None = None
    announces_unconfirmed: bool | None = None
    steps: Annotated[list[StepIn], Field(max_length=20)] | None = None


@router.get(
    "/purchasing/policy",
    permission="purchasing.policy.view",
    response=PurchasePolicyOut,
    summary="Who approves what, tolerances, rates",
)
def purchasing_policy_get(request: ApiRequest) -> dict[str, Any]:
    policy = policy_now()
    names = PurchasePolicyIn.model_fields.keys() - {"steps"}
    steps = PurchaseApprovalStep.objects.order_by("from_amount", "role").values("from_amount", "role")
    return {**{name: getattr(policy, name) for name in names}, "steps": list(steps)}


@router.put(
    "/purchasing/policy", permission="purchasing.policy.manage", summary="Change what is given of the policy"
)
def purchasing_policy_put(request: ApiRequest, payload: PurchasePolicyIn) -> None:
    changes = payload.model_dump(exclude_none=True, exclude={"steps"})
    if changes:
        policy_set(changes=changes)
    if payload.steps is not None:
        approval_steps_set(steps=[(step.from_amount, step.role.value) for step in payload.steps])


# ---------------------------------------------------------------- ways to suppliers


class PurchaseFormField(Schema):
    name: str
    kind: str
    title: str
    help: str
    required: bool
    default: Any
    choices: list[str]
    maximum: int | None


class PurchaseWayOut(Schema):
    code: str
    fields: list[PurchaseFormField] = Field(
        description="what has to be entered of a supplier; empty: nothing"
    )


class PurchaseWaysOut(Schema):
    items: list[PurchaseWayOut]


class SupplierLinkOut(Schema):
    way: str
    settings: dict[str, Any] = Field(description="secrets are null")
    target: str


class SupplierLinkIn(InputSchema):
    way: Annotated[str, Field(max_length=8)]
    settings: dict[str, Any]


@router.get(
    "/purchasing/ways",
    permission="purchasing.order.view",
    response=PurchaseWaysOut,
    summary="The ways on which orders can be sent, with the forms of those that need one",
)
def purchasing_ways_get(request: ApiRequest) -> dict[str, Any]:
    return {"items": ways_view()}


@router.get(
    "/suppliers/{supplier_id}/link",
    permission="purchasing.link.view",
    response=SupplierLinkOut | None,
    summary="Where a supplier takes orders by program",
)
def supplier_link_get(request: ApiRequest, supplier_id: int) -> Any:
    return link_view(supplier_id)


@router.put(
    "/suppliers/{supplier_id}/link",
    permission="purchasing.link.manage",
    summary="Set where a supplier takes orders by program",
)
def supplier_link_put(request: ApiRequest, supplier_id: int, payload: SupplierLinkIn) -> None:
    """Secrets that are left empty stay as they were."""
    link_set(supplier_id=supplier_id, way=payload.way, settings=payload.settings)


@router.delete(
    "/suppliers/{supplier_id}/link", permission="purchasing.link.manage", summary="Forget a supplier's link"
)
def supplier_link_delete(request: ApiRequest, supplier_id: int) -> None:
    link_remove(supplier_id=supplier_id)
