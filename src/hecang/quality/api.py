"""The board of findings, the coding standard, and the way from spreadsheets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, ApiRouter, Column, Id, InputSchema, ListDefinition, Moment, Schema
from hecang.kernel.api.bulk import BulkItem, BulkOut
from hecang.kernel.imports.base import importers
from hecang.quality import services
from hecang.quality.coding import mask_pattern
from hecang.quality.models import CodingRule, Severity
from hecang.quality.registry import checks, steps
from hecang.quality.selectors import board
from hecang.quality.services.settling import Outcome

router = ApiRouter(tag="quality")

FieldName = Annotated[str, Field(max_length=40)]
FieldText = Annotated[str, Field(max_length=200)]


class QualityFixFieldOut(Schema):
    name: str
    kind: str
    title: str


class QualityFixOut(Schema):
    code: str
    title: str
    allowed: bool
    needs_suggestion: bool
    fields: list[QualityFixFieldOut]


class QualityCheckOut(Schema):
    """One check and what stands of it."""

    code: str
    title: str
    entity_kind: str
    severity: str
    open: int
    ignored: int
    suggested: int = Field(description="open ones that can be mended as suggested")
    seen_at: Moment | None
    fixes: list[QualityFixOut]


class QualityBoardOut(Schema):
    checks: list[QualityCheckOut]


class QualityFindingOut(Schema):
    id: int
    check_code: str
    severity: str
    entity_kind: str
    entity_id: int
    label: str
    field: str
    message: str
    related_id: int | None
    related_label: str
    suggestion: dict[str, Any]
    url: str
    state: str
    first_seen_at: Moment
    last_seen_at: Moment
    settled_at: Moment | None
    settled_by: str
    note: str


class QualityFindingFilters(Schema):
    state: Literal["open", "ignored", "fixed", ""] = "open"
    check: list[str] | None = Field(None, max_length=50)
    severity: Severity | None = None
    q: str | None = Field(None, max_length=64, description="part of the record's code")


class QualityFixIn(InputSchema):
    ids: list[Id] = Field(min_length=1, max_length=1000)
    fix: str = Field(max_length=40)
    values: dict[FieldName, FieldText | int | None] = Field(default_factory=dict, max_length=20)


class QualityIdsIn(InputSchema):
    ids: list[Id] = Field(min_length=1, max_length=1000)
    note: str = Field("", max_length=200)


class QualityRunIn(InputSchema):
    codes: list[str] | None = Field(None, max_length=50)


class QualityRunOut(Schema):
    found: dict[str, int]


class CodingRuleIn(InputSchema):
    entity_kind: str = Field(min_length=1, max_length=32)
    mask: str = Field(min_length=1, max_length=100)
    note: str = Field("", max_length=200)
    severity: Severity = Severity.WARNING
    is_active: bool = True


class CodingRuleOut(Schema):
    id: int
    entity_kind: str
    mask: str
    note: str
    severity: str
    is_active: bool


class CodingRulesOut(Schema):
    items: list[CodingRuleOut]


class MaskOut(Schema):
    ok: bool


class QualitySavedOut(Schema):
    id: int


class MigrationStepOut(Schema):
    """One kind of file on the way from spreadsheets."""

    kind: str
    title: str
    why: str
    there: int = Field(description="records that are there already")
    findings: int
    allowed: bool
    optional: bool


class MigrationStepsOut(Schema):
    items: list[MigrationStepOut]


@router.get(
    "/quality/board",
    permission="quality.finding.view",
    response=QualityBoardOut,
    summary="What each check found",
)
def board_get(request: ApiRequest) -> dict[str, Any]:
    visible = services.visible_checks()
    counts = board.board_counts(visible)
    none: dict[str, Any] = {"open": 0, "ignored": 0, "suggested": 0, "seen": None}
    return {
        "checks": [
            {
                "code": code,
                "title": str(one.title),
                "entity_kind": one.entity_kind,
                "severity": one.severity,
                **{name: counts.get(code, none)[name] for name in ("open", "ignored", "suggested")},
                "seen_at": counts.get(code, none)["seen"],
                "fixes": [
                    {
                        "code": fix.code,
                        "title": str(fix.title),
                        "allowed": request.actor.may(fix.permission)
                        and request.actor.may("quality.finding.fix"),
                        "needs_suggestion": fix.needs_suggestion,
                        "fields": [
                            {"name": each.name, "kind": each.kind, "title": str(each.title)}
                            for each in fix.fields
                        ],
                    }
                    for fix in one.fixes
                ],
            }
            for code, one in visible.items()
        ]
    }


def _query(actor: Actor, filters: QualityFindingFilters) -> Any:
    visible = [code for code, one in checks().items() if actor.may(one.permission)]
    return board.finding_rows(
        checks=visible,
        state=filters.state,
        check=filters.check or (),
        severity=filters.severity or "",
        q=filters.q or "",
    )


def _enrich(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = checks()
    for row in rows:
        one = known[row["check_code"]]
        row["message"] = one.message(row.pop("data"))
        row["url"] = one.url.format(id=row["entity_id"])
    return rows


FINDINGS = ListDefinition(
    name="quality_findings",
    title="Findings about master data",
    filters=QualityFindingFilters,
    row=QualityFindingOut,
    columns=(
        Column("check_code", _("Check")),
        Column("severity", _("Severity")),
        Column("label", _("Record")),
        Column("message", _("What is odd")),
        Column("related_label", _("Other record")),
        Column("state", _("State")),
        Column("first_seen_at", _("Since")),
        Column("note", _("Note")),
    ),
    sorts={"id": "id", "label": "label", "first_seen_at": "first_seen_at"},
    default_sort="-id",
    query=_query,
    enrich=_enrich,
)
router.list(
    "/quality/findings",
    FINDINGS,
    permission="quality.finding.view",
    export_permission="quality.finding.export",
)


def _many(outcomes: list[Outcome]) -> BulkOut:
    return BulkOut(
        results=[BulkItem(id=one.id, ok=one.ok, code=one.code, message=one.message) for one in outcomes]
    )


@router.post(
    "/quality/findings/fix", permission="quality.finding.fix", response=BulkOut, summary="Mend findings"
)
def findings_fix(request: ApiRequest, payload: QualityFixIn) -> BulkOut:
    return _many(services.findings_fix(ids=payload.ids, fix=payload.fix, values=payload.values))


@router.post(
    "/quality/findings/ignore",
    permission="quality.finding.settle",
    response=BulkOut,
    summary="Accept findings",
)
def findings_ignore(request: ApiRequest, payload: QualityIdsIn) -> BulkOut:
    return _many(services.findings_ignore(ids=payload.ids, note=payload.note))


@router.post(
    "/quality/findings/reopen",
    permission="quality.finding.settle",
    response=BulkOut,
    summary="Open accepted findings again",
)
def findings_reopen(request: ApiRequest, payload: QualityIdsIn) -> BulkOut:
    return _many(services.findings_reopen(ids=payload.ids))


@router.post(
    "/quality/run", permission="quality.check.run", response=QualityRunOut, summary="Ask the checks now"
)
def checks_run(request: ApiRequest, payload: QualityRunIn) -> QualityRunOut:
    return QualityRunOut(found=services.checks_run(codes=payload.codes))


# ---------------------------------------------------------------- coding standard


@router.get(
    "/quality/coding-rules",
    permission="quality.coding.view",
    response=CodingRulesOut,
    summary="The coding standard",
)
def coding_rules(request: ApiRequest) -> dict[str, Any]:
    return {
        "items": list(CodingRule.objects.order_by("entity_kind", "id").values(*CodingRuleOut.model_fields))
    }


@router.post(
    "/quality/coding-rules",
    permission="quality.coding.change",
    response=QualitySavedOut,
    status=201,
    summary="Add a mask to the coding standard",
)
def coding_rule_create(request: ApiRequest, payload: CodingRuleIn) -> QualitySavedOut:
    return QualitySavedOut(id=services.coding_rule_save(rule_id=None, **payload.model_dump()))


@router.put(
    "/quality/coding-rules/{rule_id}",
    permission="quality.coding.change",
    response=QualitySavedOut,
    summary="Change a mask of the coding standard",
)
def coding_rule_change(request: ApiRequest, rule_id: Id, payload: CodingRuleIn) -> QualitySavedOut:
    return QualitySavedOut(id=services.coding_rule_save(rule_id=rule_id, **payload.model_dump()))


@router.delete(
    "/quality/coding-rules/{rule_id}",
    permission="quality.coding.change",
    summary="Remove a mask of the coding standard",
)
def coding_rule_delete(request: ApiRequest, rule_id: Id) -> None:
    services.coding_rule_delete(rule_id=rule_id)


class MaskIn(InputSchema):
    mask: str = Field(max_length=100)
    code: str = Field("", max_length=128)


@router.post(
    "/quality/coding-rules/try",
    permission="quality.coding.view",
    response=MaskOut,
    summary="Whether a code fits a mask; an error says what is wrong with the mask",
)
def coding_rule_try(request: ApiRequest, payload: MaskIn) -> MaskOut:
    import re

    return MaskOut(ok=re.fullmatch(mask_pattern(payload.mask), payload.code) is not None)


# ---------------------------------------------------------------- from spreadsheets


@router.get(
    "/quality/migration",
    permission="kernel.import.view",
    response=MigrationStepsOut,
    summary="What to bring in from spreadsheets, in order, and what is there already",
)
def migration_get(request: ApiRequest) -> dict[str, Any]:
    known = importers()
    counts = board.board_counts(services.visible_checks())
    return {
        "items": [
            {
                "kind": one.import_kind,
                "title": str(one.title),
                "why": str(one.why),
                "there": one.count(),
                "findings": sum(counts[code]["open"] for code in one.check_codes if code in counts),
                "allowed": one.import_kind in known and request.actor.may(known[one.import_kind].permission),
                "optional": one.is_optional,
            }
            for one in steps()
        ]
    }
