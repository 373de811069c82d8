"""How carrier services are chosen; labels through local print components."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from hecang.kernel.api import ApiRequest, Id, Ids, InputSchema, Schema
from hecang.shipping import selectors
from hecang.shipping.api.base import Created, Price, router
from hecang.shipping.carriers.components import COMPONENTS
from hecang.shipping.models import ServicePolicy
from hecang.shipping.services.policies import service_policy_delete, service_policy_save
from hecang.shipping.services.print_tasks import print_task_note

Weight = Annotated[int, Field(ge=0, le=100)]


class ServicePolicyOut(Schema):
    id: int
    shop_id: int | None
    owner_id: int | None
    rule: str
    max_price: Decimal | None
    preferred: list[str]
    weight_price: int
    weight_speed: int
    weight_reliability: int


class ServicePoliciesOut(Schema):
    policies: list[ServicePolicyOut]


class ServicePolicyIn(InputSchema):
    """For a shop, an owner, or (neither) for all others."""

    shop_id: Id | None = None
    owner_id: Id | None = None
    rule: ServicePolicy.Rule
    max_price: Price | None = None
    preferred: Annotated[list[str], Field(max_length=50, default_factory=list)]
    weight_price: Weight = 60
    weight_speed: Weight = 20
    weight_reliability: Weight = 20


@router.get(
    "/service-policies",
    permission="shipping.policy.view",
    response=ServicePoliciesOut,
    summary="How services are chosen",
)
def service_policies(request: ApiRequest) -> dict[str, Any]:
    return {"policies": selectors.service_policy_rows()}


@router.put(
    "/service-policies",
    permission="shipping.policy.manage",
    response=Created,
    summary="Set how services are chosen for a shop, an owner, or all others",
)
def service_policy_put(request: ApiRequest, payload: ServicePolicyIn) -> Created:
    return Created(id=service_policy_save(**payload.model_dump()))


@router.delete(
    "/service-policies/{policy_id}", permission="shipping.policy.manage", summary="Remove a policy"
)
def service_policy_remove(request: ApiRequest, policy_id: int) -> None:
    service_policy_delete(policy_id=policy_id)


# ---------------------------------------------------------------- print components


class PrintComponentOut(Schema):
    code: str
    url: str
    secure_url: str


class PrintComponentsOut(Schema):
    components: list[PrintComponentOut]


class PrintTaskIn(InputSchema):
    task_id: str = Field(min_length=1, max_length=64)
    waybill_ids: Ids
    component: str = Field(max_length=32)
    printer: str = Field("", max_length=100)
    state: Literal["sent", "printed", "failed"] = "sent"
    detail: str = Field("", max_length=200)


@router.get(
    "/print-components",
    permission="shipping.waybill.view",
    response=PrintComponentsOut,
    summary="Local print components",
)
def print_components(request: ApiRequest) -> dict[str, Any]:
    return {"components": list(COMPONENTS.values())}


@router.post(
    "/print-tasks",
    permission="shipping.waybill.view",
    summary="Write down that labels went to a printer, or what became of it",
)
def print_task_post(request: ApiRequest, payload: PrintTaskIn) -> None:
    print_task_note(**payload.model_dump())
