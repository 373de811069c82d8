"""Differences between what should have come and what came; the rules at the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.inbound.api.announcements import InboundNumber
from hecang.inbound.api.base import router
from hecang.inbound.models import (
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyState,
    ReceivingPolicy,
)
from hecang.inbound.selectors.policies import policy_rows
from hecang.inbound.selectors.receiving_detail import photos_of
from hecang.inbound.selectors.receiving_lists import DISCREPANCY_VALUES, discrepancy_rows
from hecang.inbound.services import discrepancies, receiving_policies
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    BulkOut,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    bulk,
    state_counts,
)
from hecang.kernel.api.bulk import BulkItem
from hecang.kernel.api.lists import nest
from hecang.kernel.errors import HecangError, NotFound
from hecang.work.floor.photos import photo_get

VIEW = "inbound.discrepancy.view"
DECIDE = "inbound.discrepancy.decide"
Action = ReceivingPolicy.Action


class DiscrepancyRow(Schema):
    id: int
    kind: str
    state: str
    receipt: InboundNumber
    warehouse: Ref
    owner: Ref
    supplier: Ref | None
    sku: Ref | None
    barcode: str
    quantity: int
    is_booked: bool
    detail: dict[str, Any]
    note: str
    found_by: str
    found_at: Moment
    decision: str
    decided_by: str
    decided_at: Moment | None
    settled_at: Moment | None
    ticket_id: int | None
    claim_id: int | None
    photos: list[int]


class DiscrepancyTabFilters(Schema):
    warehouse_id: Id | None = None


class DiscrepancyFilters(DiscrepancyTabFilters):
    state: list[DiscrepancyState] | None = Field(None, max_length=3)
    kind: list[DiscrepancyKind] | None = Field(None, max_length=8)
    supplier_id: Id | None = None
    owner_id: Id | None = None
    receipt_id: Id | None = None
    q: str = Field("", max_length=64)


def _rows(actor: Actor, filters: DiscrepancyFilters) -> Any:
    wanted = filters.model_dump()
    wanted["state__in"], wanted["kind__in"] = wanted.pop("state"), wanted.pop("kind")
    return discrepancy_rows(actor, **wanted).values(*DISCREPANCY_VALUES)


def _enrich(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    photos = photos_of([row["id"] for row in rows])
    return [{**row, "photos": photos.get(row["id"], [])} for row in rows]


DISCREPANCIES = ListDefinition(
    name="discrepancies",
    title="Differences in receiving",
    filters=DiscrepancyFilters,
    row=DiscrepancyRow,
    columns=(
        Column("receipt.number", _("Receipt")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("supplier.name", _("Supplier")),
        Column("sku.code", _("SKU")),
        Column("barcode", _("Code read")),
        Column("quantity", _("Units")),
        Column("is_booked", _("In the books")),
        Column("note", _("Note")),
        Column("found_by", _("Found by")),
        Column("found_at", _("Found")),
        Column("decision", _("Decision")),
        Column("decided_by", _("Decided by")),
        Column("decided_at", _("Decided")),
    ),
    sorts={"id": "id", "found_at": "id"},
    default_sort="-id",
    query=_rows,
    enrich=_enrich,
)
router.list("/discrepancies", DISCREPANCIES, permission=VIEW)


@router.get("/discrepancies/counts", permission=VIEW, response=CountsOut, summary="Differences by state")
def discrepancies_counts(request: ApiRequest, filters: Query[DiscrepancyTabFilters]) -> dict[str, Any]:
    rows = discrepancy_rows(request.actor, warehouse_id=filters.warehouse_id)
    return state_counts(rows, DiscrepancyState.values)


class DecideBody(InputSchema):
    ids: Ids
    decision: Discrepancy.Decision
    note: str = Field("", max_length=500)


class SettleBody(InputSchema):
    ids: Ids


class ReportBody(InputSchema):
    """Something that came and is not taken in, such as an item that nobody knows."""

    scan_id: UUID
    kind: DiscrepancyKind = DiscrepancyKind.WRONG_ITEM
    barcode: str = Field("", max_length=128)
    sku_id: Id | None = None
    quantity: int = Field(1, ge=1, le=1_000_000_000)
    note: str = Field("", max_length=500)
    photo_ids: list[Id] = Field(default_factory=list, max_length=20)


class ReportedOut(Schema):
    id: int


def _each(ids: Ids, work: Callable[[list[int]], object]) -> BulkOut:
    """All together; where one cannot, each by itself, so that the others go through and its reason is told."""
    try:
        work(list(ids))
    except HecangError:
        return bulk(ids, lambda one: work([one]))
    return BulkOut(results=[BulkItem(id=one, ok=True) for one in ids])


@router.post(
    "/discrepancies/decide", permission=DECIDE, response=BulkOut, summary="Decide what becomes of differences"
)
def discrepancies_decide(request: ApiRequest, payload: DecideBody) -> BulkOut:
    return _each(
        payload.ids,
        lambda ids: discrepancies.discrepancies_decide(
            discrepancy_ids=ids, decision=payload.decision.value, note=payload.note
        ),
    )


@router.post("/discrepancies/settle", permission=DECIDE, response=BulkOut, summary="What was decided is done")
def discrepancies_settle(request: ApiRequest, payload: SettleBody) -> BulkOut:
    return _each(payload.ids, lambda ids: discrepancies.discrepancies_settle(discrepancy_ids=ids))


@router.post(
    "/receipts/{receipt_id}/discrepancies",
    permission="inbound.receipt.work",
    response=ReportedOut,
    status=201,
    summary="Write down what came and is not taken in",
)
def discrepancy_report(request: ApiRequest, receipt_id: int, payload: ReportBody) -> ReportedOut:
    given = payload.model_dump()
    given["kind"] = payload.kind.value
    given["photo_ids"] = tuple(payload.photo_ids)
    return ReportedOut(
        id=discrepancies.discrepancy_report(receipt_id=receipt_id, reported=discrepancies.Reported(**given))
    )


@router.get(
    "/discrepancies/{discrepancy_id}/photos/{photo_id}",
    permission=VIEW,
    produces="image/jpeg",
    summary="A picture of what is wrong",
)
def discrepancy_photo(request: ApiRequest, discrepancy_id: int, photo_id: int) -> HttpResponse:
    visible = discrepancy_rows(request.actor).filter(pk=discrepancy_id, photos__photo_id=photo_id).exists()
    if not visible:
        raise NotFound(_t("There is no such picture."))
    photo = photo_get(request.actor, photo_id)
    response = HttpResponse(photo.content, content_type=photo.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


# ---------------------------------------------------------------- the rules at the door


class ReceivingPolicyRow(Schema):
    id: int
    sku: Ref | None
    supplier: Ref | None
    owner: Ref | None
    is_blind: bool | None
    over_percent: int | None
    over_action: str
    unannounced_action: str
    min_life_percent: int | None
    short_life_action: str
    expired_action: str
    held_action: str
    updated_by: str
    updated_at: Moment


class ReceivingDefaults(Schema):
    is_blind: bool
    over_percent: int
    over_action: str
    unannounced_action: str
    min_life_percent: int
    short_life_action: str
    expired_action: str
    held_action: str


class ReceivingPoliciesOut(Schema):
    items: list[ReceivingPolicyRow]
    defaults: ReceivingDefaults


class ReceivingPolicyBody(InputSchema):
    """What is empty is said by the next rule: SKU before supplier before owner before everybody."""

    sku_id: Id | None = None
    supplier_id: Id | None = None
    owner_id: Id | None = None
    is_blind: bool | None = None
    over_percent: int | None = Field(None, ge=0, le=1000)
    over_action: Action | None = None
    unannounced_action: Action | None = None
    min_life_percent: int | None = Field(None, ge=0, le=100)
    short_life_action: Action | None = None
    expired_action: Action | None = None
    held_action: Action | None = None


@router.get(
    "/receiving-policies",
    permission="inbound.receiving_policy.view",
    response=ReceivingPoliciesOut,
    summary="What is taken in at the door",
)
def receiving_policies_get(request: ApiRequest) -> dict[str, Any]:
    rows = nest(list(policy_rows().order_by("id")))
    for row in rows:
        for name in ("sku", "supplier", "owner"):
            if row[name] is None or row[name].get("id") is None:
                row[name] = None
    return {"items": rows, "defaults": receiving_policies.DEFAULTS}


@router.put(
    "/receiving-policies",
    permission="inbound.receiving_policy.manage",
    response=ReceivingPoliciesOut,
    summary="Keep a rule for what is taken in",
)
def receiving_policy_put(request: ApiRequest, payload: ReceivingPolicyBody) -> dict[str, Any]:
    receiving_policies.receiving_policy_save(values=payload.model_dump(mode="json"))
    return receiving_policies_get(request)


@router.delete(
    "/receiving-policies/{policy_id}", permission="inbound.receiving_policy.manage", summary="Drop a rule"
)
def receiving_policy_delete(request: ApiRequest, policy_id: int) -> None:
    receiving_policies.receiving_policy_delete(policy_id=policy_id)
