"""Operations of quality: plans, records, inspections, claims, suppliers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.inbound.api.base import router
from hecang.inbound.api.goods_shapes import CodeRef, GoodsCreated, GoodsEvent, NumberRef
from hecang.inbound.errors_quality import ClaimInvalid
from hecang.inbound.models import (
    ClaimState,
    DefectClass,
    InspectionLevel,
    InspectionState,
    Sampling,
    Settlement,
    Severity,
)
from hecang.inbound.sampling.plans import code_letter, limit_known
from hecang.inbound.sampling.tables import LEVELS, LIMITS, SOURCE
from hecang.inbound.selectors import goods_detail, goods_lists
from hecang.inbound.services import claims, deciding, inspections, plans, records
from hecang.inbound.services.checklists import Item
from hecang.inbound.services.plans import PlanFacts, PlanIn
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    InputSchema,
    Int32,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)

VIEW = "inbound.inspection.view"
WORK = "inbound.inspection.work"
Units = Annotated[int, Field(ge=0, le=1_000_000_000)]
Aql = Annotated[Decimal, Field(ge=0, le=1000, max_digits=8, decimal_places=3)]
Note = Annotated[str, Field(max_length=500)]


# ---------------------------------------------------------------- plans


class ChecklistItem(Schema):
    code: str
    label: str
    kind: str
    unit: str = ""
    low: str = ""
    high: str = ""
    defect_class: str = "major"
    required: bool = True


class InspectionPlanRow(Schema):
    id: int
    code: str
    name: str
    sku: Ref | None
    supplier: Ref | None
    category: Ref | None
    sampling: str
    level: str
    aql_critical: Decimal
    aql_major: Decimal
    aql_minor: Decimal
    fixed_size: int | None
    switches: bool
    skip_after: int | None
    skip_every: int | None
    checklist: list[ChecklistItem]
    instructions: str
    is_active: bool
    updated_at: Moment


class InspectionPlanFilters(Schema):
    q: str = Field("", max_length=64)
    sku_id: Id | None = None
    supplier_id: Id | None = None
    category_id: Id | None = None
    is_active: bool | None = None


PLANS = ListDefinition(
    name="inspection_plans",
    title="Inspection plans",
    filters=InspectionPlanFilters,
    row=InspectionPlanRow,
    columns=(
        Column("code", _("Plan")),
        Column("name", _("Name")),
        Column("sku.code", _("SKU")),
        Column("supplier.code", _("Supplier")),
        Column("category.code", _("Category")),
        Column("sampling", _("Sampling")),
        Column("level", _("Level")),
        Column("aql_critical", _("AQL critical")),
        Column("aql_major", _("AQL major")),
        Column("aql_minor", _("AQL minor")),
        Column("is_active", _("Active")),
    ),
    sorts={"code": "code", "updated_at": "updated_at"},
    default_sort="code",
    query=lambda actor, f: goods_lists.plan_rows(actor, **f.model_dump()).values(*goods_lists.PLAN_VALUES),
)
router.list("/inspection-plans", PLANS, permission="inbound.inspection_plan.view")


class ChecklistItemIn(InputSchema):
    code: Annotated[str, Field(min_length=1, max_length=32)]
    label: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["yes_no", "measure", "photo", "text"]
    unit: Annotated[str, Field(max_length=16)] = ""
    low: Annotated[str, Field(max_length=20)] = ""
    high: Annotated[str, Field(max_length=20)] = ""
    defect_class: DefectClass = DefectClass.MAJOR
    required: bool = True


class InspectionPlanIn(InputSchema):
    code: Annotated[str, Field(min_length=1, max_length=32)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    sku_id: Id | None = None
    supplier_id: Id | None = None
    category_id: Id | None = None
    sampling: Sampling = Sampling.ISO2859
    level: InspectionLevel = InspectionLevel.II
    aql_critical: Aql = Decimal(0)
    aql_major: Aql = Decimal("2.5")
    aql_minor: Aql = Decimal("4.0")
    fixed_size: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    switches: bool = True
    skip_after: Annotated[int, Field(ge=1, le=1000)] | None = None
    skip_every: Annotated[int, Field(ge=2, le=1000)] | None = None
    checklist: Annotated[list[ChecklistItemIn], Field(max_length=60)] = Field(default_factory=list)
    instructions: Annotated[str, Field(max_length=1000)] = ""
    is_active: bool = True


def _plan(payload: InspectionPlanIn) -> PlanIn:
    given = payload.model_dump(exclude={"checklist"})
    items = tuple(Item(**item.model_dump(mode="json")) for item in payload.checklist)
    return PlanIn(
        **{**given, "sampling": payload.sampling.value, "level": payload.level.value}, checklist=items
    )


@router.post(
    "/inspection-plans", permission="inbound.inspection_plan.manage", response=GoodsCreated, status=201,
    summary="Write an inspection plan",
)  # fmt: skip
def inspection_plan_post(request: ApiRequest, payload: InspectionPlanIn) -> GoodsCreated:
    return GoodsCreated(id=plans.plan_save(plan=_plan(payload)))


@router.put(
    "/inspection-plans/{plan_id}",
    permission="inbound.inspection_plan.manage",
    summary="Change an inspection plan",
)
def inspection_plan_put(request: ApiRequest, plan_id: int, payload: InspectionPlanIn) -> None:
    plans.plan_save(plan=_plan(payload), plan_id=plan_id)


class SamplingLimit(Schema):
    letter: str
    size: int
    accept: int
    reject: int


class SamplingPreview(Schema):
    """What a plan would ask of lots of some sizes."""

    lot_size: int
    letter: str
    severity: str
    limits: dict[str, SamplingLimit]


class SamplingOut(Schema):
    source: str
    limits: list[str]
    levels: list[str]
    preview: list[SamplingPreview]


class SamplingFilters(Schema):
    sampling: Sampling = Sampling.ISO2859
    level: InspectionLevel = InspectionLevel.II
    aql_critical: Decimal = Decimal(0)
    aql_major: Decimal = Decimal("2.5")
    aql_minor: Decimal = Decimal("4.0")
    fixed_size: int | None = Field(None, ge=1, le=1_000_000)
    severity: Severity = Severity.NORMAL


#: Lots that a preview shows.
_SIZES = (20, 100, 500, 2000, 10_000)


@router.get(
    "/inspection-sampling", permission="inbound.inspection_plan.view", response=SamplingOut,
    summary="Limits and levels to choose from, and what they mean for some lots",
)  # fmt: skip
def inspection_sampling(request: ApiRequest, filters: Query[SamplingFilters]) -> dict[str, Any]:
    plan = PlanFacts(
        0, filters.sampling.value, filters.level.value, filters.aql_critical, filters.aql_major, filters.aql_minor,
        filters.fixed_size, True, None, None, "[]",
    )  # fmt: skip
    known = all(limit_known(one) for one in (filters.aql_critical, filters.aql_major, filters.aql_minor))
    preview = []
    for size in _SIZES if known else ():
        limits = inspections.limits_for(plan, size, filters.severity.value)
        preview.append(
            {
                "lot_size": size,
                "letter": code_letter(size, filters.level.value),
                "severity": filters.severity.value,
                "limits": dict(limits),
            }
        )
    return {"source": SOURCE, "limits": LIMITS, "levels": list(LEVELS), "preview": preview}


# ---------------------------------------------------------------- records


class InspectionRecordRow(Schema):
    id: int
    plan: Ref
    sku: Ref
    supplier: Ref | None
    severity: str
    score: int
    accepted_in_row: int
    skipped_in_row: int
    lots: int
    lots_refused: int
    changed_at: Moment


class InspectionRecordFilters(Schema):
    q: str = Field("", max_length=64)
    severity: Severity | None = None
    plan_id: Id | None = None
    supplier_id: Id | None = None


RECORDS = ListDefinition(
    name="inspection_records",
    title="Records of suppliers",
    filters=InspectionRecordFilters,
    row=InspectionRecordRow,
    columns=(
        Column("plan.code", _("Plan")),
        Column("sku.code", _("SKU")),
        Column("supplier.code", _("Supplier")),
        Column("severity", _("Severity")),
        Column("lots", _("Lots")),
        Column("lots_refused", _("Refused")),
        Column("accepted_in_row", _("Accepted in a row")),
    ),
    sorts={"id": "id", "changed_at": "changed_at"},
    default_sort="-changed_at",
    query=lambda actor, f: goods_lists.record_rows(actor, **f.model_dump()).values(
        *goods_lists.RECORD_VALUES
    ),
)
router.list("/inspection-records", RECORDS, permission=VIEW)


class NoteIn(InputSchema):
    note: Note = ""


@router.post(
    "/inspection-records/{record_id}/restart", permission="inbound.inspection.concede",
    summary="Inspect a stopped supplier's lots again",
)  # fmt: skip
def inspection_record_restart(request: ApiRequest, record_id: int, payload: NoteIn) -> None:
    records.record_restart(record_id=record_id, note=payload.note)


# ---------------------------------------------------------------- inspections


class InspectionRow(Schema):
    id: int
    number: str
    state: str
    warehouse: Ref
    owner: Ref
    sku: Ref
    lot: CodeRef | None
    supplier: Ref | None
    plan: Ref | None
    receipt_id: int | None
    quantity: int
    accepted: int
    rejected: int
    severity: str
    sample_size: int
    inspected: int
    critical: int
    major: int
    minor: int
    decision: str
    rejected_to: str
    decided_by: str
    decided_at: Moment | None
    created_at: Moment


class InspectionLimit(Schema):
    aql: str
    letter: str
    size: int
    accept: int
    reject: int


class InspectionResultOut(Schema):
    id: int
    item: str
    unit: int
    is_good: bool
    value: str | None
    text: str
    photo: str
    defect_class: str
    defect_units: int
    by: str
    at: Moment


class InspectionPlace(Schema):
    id: int
    code: str
    quantity: int


class InspectionClaim(Schema):
    id: int
    number: str
    state: str


class Inspector(Schema):
    id: int
    username: str


class InspectionOut(InspectionRow):
    receipt_number: str | None
    limits: dict[str, InspectionLimit]
    checklist: list[ChecklistItem]
    instructions: str
    reason: str
    inspector: Inspector | None
    started_at: Moment | None
    results: list[InspectionResultOut]
    places: list[InspectionPlace]
    claims: list[InspectionClaim]
    passes: bool
    #: what can be done with it now
    actions: list[str]
    events: list[GoodsEvent]


class InspectionFilters(Schema):
    q: str = Field("", max_length=64)
    state: InspectionState | None = None
    warehouse_id: Id | None = None
    supplier_id: Id | None = None
    sku_id: Id | None = None
    receipt_id: Id | None = None
    severity: Severity | None = None


INSPECTIONS = ListDefinition(
    name="inspections",
    title="Inspections",
    filters=InspectionFilters,
    row=InspectionRow,
    columns=(
        Column("number", _("Inspection")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("lot.code", _("Lot")),
        Column("supplier.code", _("Supplier")),
        Column("quantity", _("Units")),
        Column("sample_size", _("Sample")),
        Column("severity", _("Severity")),
        Column("critical", _("Critical")),
        Column("major", _("Major")),
        Column("minor", _("Minor")),
        Column("decision", _("Decision")),
        Column("accepted", _("Accepted")),
        Column("rejected", _("Rejected")),
        Column("decided_by", _("Decided by")),
        Column("decided_at", _("Decided")),
    ),
    sorts={"id": "id", "created_at": "created_at", "decided_at": "decided_at"},
    default_sort="-id",
    query=lambda actor, f: goods_lists.inspection_rows(actor, **f.model_dump()).values(
        *goods_lists.INSPECTION_VALUES
    ),
)


@router.get("/inspections/counts", permission=VIEW, response=CountsOut, summary="Inspections by state")
def inspections_counts(request: ApiRequest, warehouse_id: Id | None = None) -> dict[str, Any]:
    rows = goods_lists.inspection_rows(request.actor, warehouse_id=warehouse_id)
    return state_counts(rows, InspectionState.values)


router.list("/inspections", INSPECTIONS, permission=VIEW)


@router.get("/inspections/{inspection_id}", permission=VIEW, response=InspectionOut, summary="One inspection")
def inspection_get(request: ApiRequest, inspection_id: int) -> dict[str, Any]:
    return goods_detail.inspection_detail(request.actor, inspection_id)


@router.post("/inspections/{inspection_id}/start", permission=WORK, summary="Begin to inspect")
def inspection_start(request: ApiRequest, inspection_id: int) -> None:
    inspections.inspection_start(inspection_id=inspection_id)


@router.post(
    "/inspections/{inspection_id}/give-back", permission="inbound.inspection.manage",
    summary="Let somebody else inspect it",
)  # fmt: skip
def inspection_give_back(request: ApiRequest, inspection_id: int) -> None:
    inspections.inspection_give_back(inspection_id=inspection_id)


class InspectionResultIn(InputSchema):
    item: Annotated[str, Field(max_length=32)] = ""
    value: Note = ""
    unit: Int32 = 0
    defect_class: DefectClass | None = None
    units: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    note: Note = ""
    photo: Annotated[str, Field(max_length=64)] = ""


class InspectionAnswer(Schema):
    is_good: bool


@router.post(
    "/inspections/{inspection_id}/results", permission=WORK, response=InspectionAnswer,
    summary="Answer an item of the checklist, or note a defect",
)  # fmt: skip
def inspection_result_post(
    request: ApiRequest, inspection_id: int, payload: InspectionResultIn
) -> InspectionAnswer:
    given = payload.model_dump(exclude={"defect_class"})
    result = inspections.ResultIn(
        **given, defect_class=payload.defect_class.value if payload.defect_class else ""
    )
    return InspectionAnswer(is_good=inspections.inspection_answer(inspection_id=inspection_id, result=result))


class InspectionCountIn(InputSchema):
    inspected: Units


@router.post(
    "/inspections/{inspection_id}/inspected", permission=WORK, summary="Say how many units were looked at"
)
def inspection_inspected(request: ApiRequest, inspection_id: int, payload: InspectionCountIn) -> None:
    inspections.inspection_count(inspection_id=inspection_id, inspected=payload.inspected)


class InspectionDecisionIn(InputSchema):
    decision: Literal["accept", "reject", "conditional"]
    rejected: Units | None = None
    rejected_to: Literal["damaged", "vendor"] = "vendor"
    reason: Note = ""
    claim: bool = False


class InspectionDecided(Schema):
    accepted: int


@router.post(
    "/inspections/{inspection_id}/decide",
    permission=WORK,
    response=InspectionDecided,
    summary="Decide about a lot",
)
def inspection_decide(
    request: ApiRequest, inspection_id: int, payload: InspectionDecisionIn
) -> InspectionDecided:
    """Accepting in part also needs ``inbound.inspection.concede``."""
    decision = deciding.DecisionIn(**payload.model_dump())
    return InspectionDecided(
        accepted=deciding.inspection_decide(inspection_id=inspection_id, decision=decision)
    )


class ReasonIn(InputSchema):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.post(
    "/inspections/{inspection_id}/cancel", permission="inbound.inspection.manage",
    summary="Nothing is to be decided about a lot",
)  # fmt: skip
def inspection_cancel(request: ApiRequest, inspection_id: int, payload: ReasonIn) -> None:
    deciding.inspection_cancel(inspection_id=inspection_id, reason=payload.reason)


# ---------------------------------------------------------------- claims


class ClaimRow(Schema):
    id: int
    number: str
    state: str
    supplier: Ref
    warehouse: Ref
    sku: Ref
    inspection: NumberRef | None
    quantity: int
    amount: Decimal
    currency: str
    reason: str
    settlement: str
    settled_amount: Decimal
    note: str
    created_by: str
    created_at: Moment
    sent_at: Moment | None
    closed_at: Moment | None


class ClaimOut(ClaimRow):
    #: states that it can be taken to
    actions: list[str]
    events: list[GoodsEvent]


class ClaimFilters(Schema):
    q: str = Field("", max_length=64)
    state: ClaimState | None = None
    supplier_id: Id | None = None
    warehouse_id: Id | None = None


CLAIMS = ListDefinition(
    name="claims",
    title="Supplier claims",
    filters=ClaimFilters,
    row=ClaimRow,
    columns=(
        Column("number", _("Claim")),
        Column("state", _("State")),
        Column("supplier.code", _("Supplier")),
        Column("supplier.name", _("Name")),
        Column("sku.code", _("SKU")),
        Column("inspection.number", _("Inspection")),
        Column("quantity", _("Units")),
        Column("amount", _("Amount")),
        Column("currency", _("Currency")),
        Column("settlement", _("Settlement")),
        Column("settled_amount", _("Settled amount")),
        Column("created_at", _("Created")),
        Column("closed_at", _("Closed")),
    ),
    sorts={"id": "id", "created_at": "created_at", "amount": "amount"},
    default_sort="-id",
    query=lambda actor, f: goods_lists.claim_rows(actor, **f.model_dump()).values(*goods_lists.CLAIM_VALUES),
)


@router.get("/claims/counts", permission="inbound.claim.view", response=CountsOut, summary="Claims by state")
def claims_counts(request: ApiRequest) -> dict[str, Any]:
    return state_counts(goods_lists.claim_rows(request.actor), ClaimState.values)


router.list("/claims", CLAIMS, permission="inbound.claim.view")


class ClaimIn(InputSchema):
    supplier_id: Id
    owner_id: Id
    warehouse_id: Id
    sku_id: Id
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    currency: Annotated[str, Field(max_length=3)] = ""
    receipt_id: Id | None = None
    purchase_line_id: Id | None = None


@router.get("/claims/{claim_id}", permission="inbound.claim.view", response=ClaimOut, summary="One claim")
def claim_get(request: ApiRequest, claim_id: int) -> dict[str, Any]:
    return goods_detail.claim_detail(request.actor, claim_id)


@router.post(
    "/claims",
    permission="inbound.claim.manage",
    response=GoodsCreated,
    status=201,
    summary="Claim from a supplier",
)
def claim_post(request: ApiRequest, payload: ClaimIn) -> GoodsCreated:
    return GoodsCreated(id=claims.claim_create(claim=claims.ClaimIn(**payload.model_dump())))


@router.post(
    "/inspections/{inspection_id}/claim", permission="inbound.claim.manage", response=GoodsCreated, status=201,
    summary="Claim what an inspection refused",
)  # fmt: skip
def inspection_claim(request: ApiRequest, inspection_id: int, payload: ReasonIn) -> GoodsCreated:
    found = goods_detail.inspection_detail(request.actor, inspection_id)
    key = claims.claim_for_inspection(
        inspection_id=inspection_id, quantity=found["rejected"], reason=payload.reason
    )
    if key is None:
        raise ClaimInvalid(_t("Nobody supplied these goods; there is nobody to claim from."))
    return GoodsCreated(id=key)


class ClaimChangeIn(InputSchema):
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)]
    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.put("/claims/{claim_id}", permission="inbound.claim.manage", summary="Correct an open claim")
def claim_put(request: ApiRequest, claim_id: int, payload: ClaimChangeIn) -> None:
    claims.claim_change(claim_id=claim_id, **payload.model_dump())


class ClaimMoveIn(InputSchema):
    state: ClaimState
    settlement: Settlement | None = None
    settled_amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    note: Note = ""


@router.post("/claims/{claim_id}/move", permission="inbound.claim.manage", summary="Take a claim a step on")
def claim_move(request: ApiRequest, claim_id: int, payload: ClaimMoveIn) -> None:
    claims.claim_move(
        claim_id=claim_id,
        state=payload.state.value,
        settlement=payload.settlement.value if payload.settlement else "",
        settled_amount=payload.settled_amount,
        note=payload.note,
    )


# ---------------------------------------------------------------- suppliers


class ClaimedSum(Schema):
    currency: str
    amount: Decimal
    settled: Decimal


class SupplierQualityRow(Schema):
    supplier: Ref
    lots: int
    accepted: int
    refused: int
    skipped: int
    units: int
    rejected_units: int
    inspected_units: int
    defective_units: int
    claims: list[ClaimedSum]


class SupplierQualityOut(Schema):
    days: int
    items: list[SupplierQualityRow]


@router.get(
    "/supplier-quality",
    permission=VIEW,
    response=SupplierQualityOut,
    summary="How the lots of suppliers fared",
)
def supplier_quality(
    request: ApiRequest, days: Annotated[int, Field(ge=1, le=730)] = 90, supplier_id: Id | None = None
) -> dict[str, Any]:
    items = goods_detail.supplier_quality(request.actor, days=days, supplier_id=supplier_id)
    return {"days": days, "items": items}
