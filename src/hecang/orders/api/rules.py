"""Rules where they meet orders: dry runs, default rules, what was decided on an order."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import Q
from pydantic import Field

from hecang.kernel.api import ApiRequest, Id, InputSchema, Moment, Schema
from hecang.orders.api.base import router
from hecang.orders.models import SalesOrder
from hecang.orders.selectors import desk
from hecang.orders.selectors.decisions import order_decisions
from hecang.orders.services.dry_runs import MAX_ORDERS, DraftRule, dry_run_get, dry_run_start
from hecang.orders.services.rule_defaults import rule_defaults_install
from hecang.rules.kinds import Action


class OrderDecisionRule(Schema):
    id: int
    name: str
    version: int | None


class OrderDecisionFact(Schema):
    name: str
    label: str
    value: str


class OrderDecisionOut(Schema):
    id: int
    stage: str
    rule: OrderDecisionRule | None
    code: str
    title: str
    outcome: list[dict[str, Any]]
    facts: list[OrderDecisionFact]
    actor: str
    decided_at: Moment


class OrderDecisionsOut(Schema):
    items: list[OrderDecisionOut]
    by_default: bool = Field(
        description="nothing decided against it: approved since no check and no rule held it"
    )


class DryRunAction(InputSchema):
    action: str = Field(min_length=1, max_length=32)
    parameters: dict[str, Any] = Field(default_factory=dict, max_length=20)


class DryRunDraft(InputSchema):
    rule_id: Id | None = Field(None, description="the rule that it stands for; none for a new one")
    name: str = Field(min_length=1, max_length=100)
    condition: str = Field(max_length=4000)
    actions: list[DryRunAction] = Field(max_length=20)
    shop_ids: list[Id] = Field(default_factory=list, max_length=500)
    is_last: bool = False
    is_enabled: bool = Field(True, description="false tries how it is without that rule")


class DryRunBody(InputSchema):
    drafts: list[DryRunDraft] = Field(min_length=1, max_length=20)
    orders: int = Field(500, ge=1, le=MAX_ORDERS, description="the newest ones")
    shop_id: Id | None = None


class DryRunSample(Schema):
    order_id: int
    number: str
    state: str
    shop: str
    placed_at: Moment
    total: str
    currency: str
    changes: list[str]
    rules: list[str]
    rules_now: list[str]
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    facts: dict[str, Any]


class DryRunResult(Schema):
    orders: int
    changed: int
    counts: dict[str, int] = Field(description="kind of change → orders")
    matched: dict[str, int] = Field(description="rule → orders that it matches")
    samples: list[DryRunSample]


class DryRunOut(Schema):
    id: int
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int
    error: str
    result: DryRunResult | None


class RulesInstalledOut(Schema):
    ids: list[int]


@router.get(
    "/orders/{order_id}/decisions",
    permission="orders.order.view",
    response=OrderDecisionsOut,
    summary="What rules and checks decided on an order, and why",
)
def decisions_get(request: ApiRequest, order_id: int) -> dict[str, Any]:
    desk.order_require(request.actor, order_id)
    items = order_decisions(order_id)
    state = SalesOrder.objects.values_list("state", flat=True).get(pk=order_id)
    return {"items": items, "by_default": not items and state != "pending"}


@router.post(
    "/order-dry-runs",
    permission="rules.rule.change",
    response=DryRunOut,
    status=201,
    summary="Try draft rules on the newest orders; nothing changes",
)
def dry_run_post(request: ApiRequest, payload: DryRunBody) -> dict[str, Any]:
    drafts = [
        DraftRule(
            **draft.model_dump(exclude={"actions"}),
            actions=[Action(action.action, action.parameters) for action in draft.actions],
        )
        for draft in payload.drafts
    ]
    return _run(dry_run_start(drafts=drafts, orders=payload.orders, shop_id=payload.shop_id))


@router.get(
    "/order-dry-runs/{run_id}",
    permission="rules.rule.change",
    response=DryRunOut,
    summary="How far a dry run is, and what it found",
)
def dry_run_state(request: ApiRequest, run_id: int) -> dict[str, Any]:
    return _run(run_id)


@router.post(
    "/order-rule-defaults",
    permission="rules.rule.change",
    response=RulesInstalledOut,
    summary="Make those of the rules that come with Hecang that are missing",
)
def defaults_post(request: ApiRequest) -> RulesInstalledOut:
    return RulesInstalledOut(ids=rule_defaults_install())


def _run(run_id: int) -> dict[str, Any]:
    run = dry_run_get(run_id=run_id)
    result: dict[str, Any] | None = run.result
    if result is not None:
        ids = [sample["order_id"] for sample in result["samples"]]
        found = {
            row["id"]: row for row in SalesOrder.objects.filter(Q(pk__in=ids)).values("id", "number", "state")
        }
        samples = [
            {
                **sample,
                "number": found[sample["order_id"]]["number"],
                "state": found[sample["order_id"]]["state"],
            }
            for sample in result["samples"]
            if sample["order_id"] in found
        ]
        result = {**result, "samples": samples}
    return {
        "id": run.pk, "state": run.state, "done": run.done, "total": len(run.order_ids), "error": run.error,
        "result": result,
    }  # fmt: skip
