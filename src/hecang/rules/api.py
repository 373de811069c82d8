"""Rules in the desk: kinds with their facts and actions, the rules, their versions and their order."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from pydantic import Field

from hecang.kernel.api import ApiRequest, ApiRouter, Id, InputSchema, Moment, Schema
from hecang.rules import services
from hecang.rules.expressions import FUNCTIONS, ExpressionError, ListOf, Type
from hecang.rules.expressions.functions import WALKS
from hecang.rules.kinds import Action, Fact, Parameter, RuleKind, kind_of, kinds
from hecang.rules.selectors import rule_detail, rule_rows

router = ApiRouter(tag="rules")


class RuleChoiceOut(Schema):
    value: str
    label: str


class RuleFieldOut(Schema):
    name: str
    type: str


class RuleFactOut(Schema):
    name: str
    type: str
    label: str
    example: str
    choices: list[RuleChoiceOut]
    fields: list[RuleFieldOut]
    is_personal: bool


class RuleParameterOut(Schema):
    name: str
    type: str
    label: str
    required: bool
    choices: list[RuleChoiceOut]
    least: int
    most: int


class RuleActionTypeOut(Schema):
    code: str
    label: str
    help: str
    parameters: list[RuleParameterOut]


class RuleFunctionOut(Schema):
    name: str
    help: str
    example: str


class RuleKindOut(Schema):
    code: str
    label: str
    facts: list[RuleFactOut]
    actions: list[RuleActionTypeOut]
    functions: list[RuleFunctionOut]


class RuleKindsOut(Schema):
    items: list[RuleKindOut]


class RuleActionBody(InputSchema):
    action: str = Field(min_length=1, max_length=32)
    parameters: dict[str, Any] = Field(default_factory=dict, max_length=20)

    def made(self) -> Action:
        return Action(self.action, self.parameters)


class RuleActionOut(Schema):
    action: str
    parameters: dict[str, Any]


class RuleVersionOut(Schema):
    number: int
    condition: str
    actions: list[RuleActionOut]
    author: str
    note: str
    created_at: Moment


class RuleRow(Schema):
    id: int
    kind: str
    name: str
    note: str
    shop_ids: list[int]
    valid_from: Moment | None
    valid_to: Moment | None
    is_enabled: bool
    is_last: bool
    is_archived: bool
    version: int
    condition: str
    actions: list[RuleActionOut]
    hits: int = Field(description="matches in the last seven days")
    updated_at: Moment


class RuleOut(RuleRow):
    versions: list[RuleVersionOut]


class RulesOut(Schema):
    items: list[RuleRow]


class RuleBody(InputSchema):
    kind: str = Field(max_length=32)
    name: str = Field(min_length=1, max_length=100)
    note: str = Field("", max_length=500)
    condition: str = Field(max_length=4000)
    actions: list[RuleActionBody] = Field(max_length=20)
    shop_ids: list[Id] = Field(default_factory=list, max_length=500, description="empty for all shops")
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    is_enabled: bool = False
    is_last: bool = Field(False, description="no later rule is asked where this one matches")


class RuleChangeBody(InputSchema):
    """Only what is given is changed."""

    name: str | None = Field(None, min_length=1, max_length=100)
    note: str | None = Field(None, max_length=500)
    condition: str | None = Field(None, max_length=4000)
    actions: list[RuleActionBody] | None = Field(None, max_length=20)
    shop_ids: list[Id] | None = Field(None, max_length=500)
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    is_enabled: bool | None = None
    is_last: bool | None = None
    version_note: str = Field("", max_length=200, description="why the rule says something else now")


class RuleCheckBody(InputSchema):
    kind: str = Field(max_length=32)
    condition: str = Field(max_length=4000)


class RuleCheckOut(Schema):
    ok: bool
    message: str = ""
    position: int = Field(0, description="characters from the beginning of the condition")
    length: int = 0
    line: int = 0
    column: int = 0
    facts: list[str] = Field(default_factory=list, description="what the condition asks")


class RuleOrderBody(InputSchema):
    kind: str = Field(max_length=32)
    rule_ids: list[Id] = Field(min_length=1, max_length=services.MAX_RULES)


@router.get(
    "/rules/kinds",
    permission="rules.rule.view",
    response=RuleKindsOut,
    summary="Where rules are asked, and what they may say",
)
def kinds_get(request: ApiRequest) -> dict[str, Any]:
    return {"items": [_kind(kind) for kind in kinds()]}


@router.get(
    "/rules", permission="rules.rule.view", response=RulesOut, summary="Rules of a kind, in their order"
)
def rules_get(request: ApiRequest, kind: str, archived: bool = False) -> dict[str, Any]:
    return {"items": rule_rows(kind, archived=archived)}


@router.post("/rules", permission="rules.rule.change", response=RuleOut, status=201, summary="Make a rule")
def rule_post(request: ApiRequest, payload: RuleBody) -> dict[str, Any]:
    given = payload.model_dump(exclude={"kind", "actions"})
    rule = services.RuleIn(**given, actions=[action.made() for action in payload.actions])
    return rule_detail(services.rule_create(kind=payload.kind, rule=rule))


@router.post(
    "/rules/check",
    permission="rules.rule.view",
    response=RuleCheckOut,
    summary="Check a condition as it is typed",
)
def check_post(request: ApiRequest, payload: RuleCheckBody) -> RuleCheckOut:
    from hecang.rules.engine import compiled

    kind_of(payload.kind)
    try:
        expression = compiled(payload.kind, payload.condition)
    except ExpressionError as error:
        return RuleCheckOut(ok=False, message=str(error), **error.data)
    return RuleCheckOut(ok=True, facts=sorted(expression.facts))


@router.post(
    "/rules/order",
    permission="rules.rule.change",
    response=RulesOut,
    summary="Put the rules of a kind into an order",
)
def order_post(request: ApiRequest, payload: RuleOrderBody) -> dict[str, Any]:
    services.rules_order(kind=payload.kind, rule_ids=payload.rule_ids)
    return {"items": rule_rows(payload.kind)}


@router.get(
    "/rules/{rule_id}", permission="rules.rule.view", response=RuleOut, summary="One rule with its versions"
)
def rule_get(request: ApiRequest, rule_id: int) -> dict[str, Any]:
    return rule_detail(rule_id)


@router.patch(
    "/rules/{rule_id}",
    permission="rules.rule.change",
    response=RuleOut,
    summary="Change a rule; what it says as a new version",
)
def rule_patch(request: ApiRequest, rule_id: int, payload: RuleChangeBody) -> dict[str, Any]:
    given = payload.model_dump(exclude_unset=True, exclude={"condition", "actions", "version_note"})
    services.rule_change(
        rule_id=rule_id,
        changes={
            name: value for name, value in given.items() if value is not None or name.startswith("valid_")
        },
        condition=payload.condition,
        actions=None if payload.actions is None else [action.made() for action in payload.actions],
        note=payload.version_note,
    )
    return rule_detail(rule_id)


@router.post(
    "/rules/{rule_id}/versions/{number}/restore",
    permission="rules.rule.change",
    response=RuleOut,
    summary="Let a rule say again what an older version said",
)
def restore_post(request: ApiRequest, rule_id: int, number: int) -> dict[str, Any]:
    services.rule_roll_back(rule_id=rule_id, number=number)
    return rule_detail(rule_id)


@router.delete(
    "/rules/{rule_id}",
    permission="rules.rule.change",
    summary="Put a rule away; what it decided keeps naming it",
)
def rule_delete(request: ApiRequest, rule_id: int) -> None:
    services.rule_archive(rule_id=rule_id)


# ------------------------------------------------------------------ shapes


def _kind(kind: RuleKind) -> dict[str, Any]:
    functions = [
        {"name": function.name, "help": translation.gettext(function.help), "example": function.example}
        for function in FUNCTIONS.values()
    ]
    functions += [
        {"name": name, "help": translation.gettext(text), "example": example}
        for name, (text, example) in WALKS.items()
    ]
    return {
        "code": kind.code,
        "label": translation.gettext(kind.label),
        "facts": [_fact(fact) for fact in kind.facts],
        "actions": [
            {
                "code": action.code,
                "label": translation.gettext(action.label),
                "help": translation.gettext(action.help),
                "parameters": [_parameter(parameter) for parameter in action.parameters],
            }
            for action in kind.actions
        ],
        "functions": functions,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    fields = fact.type.fields.items() if isinstance(fact.type, ListOf) else ()
    return {
        "name": fact.name,
        "type": _type(fact.type),
        "label": translation.gettext(fact.label),
        "example": fact.example,
        "choices": _choices(fact.choices),
        "fields": [{"name": name, "type": _type(kind)} for name, kind in fields],
        "is_personal": fact.is_personal,
    }


def _type(kind: Type) -> str:
    return "list" if isinstance(kind, ListOf) else kind.name


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type,
        "label": translation.gettext(parameter.label),
        "required": parameter.required,
        "choices": _choices(parameter.choices),
        "least": parameter.least,
        "most": parameter.most,
    }


def _choices(choices: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"value": value, "label": translation.gettext(label)} for value, label in choices]
