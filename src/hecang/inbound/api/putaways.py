"""Operations of putaway: what waits, why a place, confirming, planning anew, policies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.catalog.models import Sku
from hecang.inbound.api.base import router
from hecang.inbound.api.goods_shapes import CodeRef, GoodsCreated, GoodsEvent
from hecang.inbound.models import FixedPlace, Putaway, PutawayState
from hecang.inbound.putting.base import strategies
from hecang.inbound.putting.world import policy_of
from hecang.inbound.selectors import goods_detail, goods_lists
from hecang.inbound.services import putaway_plans, putaway_policies, putaways
from hecang.kernel.api import (
    ApiRequest,
    BulkIn,
    BulkOut,
    Column,
    CountsOut,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    bulk,
    state_counts,
)
from hecang.kernel.db import fetch

VIEW = "inbound.putaway.view"
WORK = "inbound.putaway.work"
MANAGE = "inbound.putaway.manage"
POLICY = "inbound.putaway_policy.manage"


class PutawayRow(Schema):
    id: int
    kind: str
    state: str
    warehouse: Ref
    sku: Ref | None
    lot: CodeRef | None
    owner: Ref | None
    condition: str
    container: CodeRef | None
    is_whole: bool
    from_location: CodeRef
    to_location: CodeRef | None
    quantity: int
    done: int
    strategy: str
    source_kind: str
    source_id: int | None
    receipt_id: int | None
    priority: int
    created_at: Moment
    planned_at: Moment | None
    done_by: str
    done_at: Moment | None


class PutawayDemand(Schema):
    kind: str
    id: int
    number: str
    units: int


class PutawayOverrideOut(Schema):
    id: int
    planned: str | None
    placed: str
    reason: str
    note: str
    quantity: int
    by: str
    at: Moment


class PutawayOut(PutawayRow):
    receipt_number: str | None
    strategy_title: str
    #: facts behind the choice, or the reasons why no place fits
    why: dict[str, Any]
    demand: list[PutawayDemand]
    overrides: list[PutawayOverrideOut]
    actions: list[str]
    events: list[GoodsEvent]


class PutawayFilters(Schema):
    q: str = Field("", max_length=64)
    state: PutawayState | None = None
    kind: Putaway.Kind | None = None
    warehouse_id: Id | None = None
    receipt_id: Id | None = None
    sku_id: Id | None = None
    strategy: str = Field("", max_length=32)
    overridden: bool | None = None


PUTAWAYS = ListDefinition(
    name="putaways",
    title="Putaways",
    filters=PutawayFilters,
    row=PutawayRow,
    columns=(
        Column("id", _("Putaway")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU")),
        Column("lot.code", _("Lot")),
        Column("container.code", _("Container")),
        Column("condition", _("Condition")),
        Column("from_location.code", _("From")),
        Column("to_location.code", _("To")),
        Column("quantity", _("Units")),
        Column("done", _("Put away")),
        Column("strategy", _("Strategy")),
        Column("created_at", _("Created")),
        Column("done_by", _("Done by")),
        Column("done_at", _("Done")),
    ),
    sorts={"id": "id", "created_at": "created_at", "priority": "priority"},
    default_sort="-id",
    query=lambda actor, f: goods_lists.putaway_rows(actor, **f.model_dump()).values(
        *goods_lists.PUTAWAY_VALUES
    ),
)


@router.get("/putaways/counts", permission=VIEW, response=CountsOut, summary="Putaways by state")
def putaways_counts(request: ApiRequest, warehouse_id: Id | None = None) -> dict[str, Any]:
    return state_counts(
        goods_lists.putaway_rows(request.actor, warehouse_id=warehouse_id), PutawayState.values
    )


router.list("/putaways", PUTAWAYS, permission=VIEW)


@router.get(
    "/putaways/{putaway_id}", permission=VIEW, response=PutawayOut, summary="One putaway, and why this place"
)
def putaway_get(request: ApiRequest, putaway_id: int) -> dict[str, Any]:
    return goods_detail.putaway_detail(request.actor, putaway_id)


class PutawayConfirmIn(InputSchema):
    location_code: Annotated[str, Field(max_length=32)] = ""
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    reason: Literal["", "full", "blocked", "does_not_fit", "better", "other"] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class PutawayConfirmed(Schema):
    location: str
    quantity: int
    left: int
    overridden: bool


@router.post(
    "/putaways/{putaway_id}/confirm",
    permission=WORK,
    response=PutawayConfirmed,
    summary="Goods lie on their shelf",
)
def putaway_confirm(request: ApiRequest, putaway_id: int, payload: PutawayConfirmIn) -> PutawayConfirmed:
    done = putaways.putaway_confirm(putaway_id=putaway_id, **payload.model_dump())
    return PutawayConfirmed(
        location=done.location.code, quantity=done.quantity, left=done.left, overridden=done.overridden
    )


class PutawayCancelIn(InputSchema):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


@router.post("/putaways/{putaway_id}/cancel", permission=MANAGE, summary="Goods are not to be put away")
def putaway_cancel(request: ApiRequest, putaway_id: int, payload: PutawayCancelIn) -> None:
    putaways.putaway_cancel(putaway_id=putaway_id, reason=payload.reason)


class PutawayPlanIn(InputSchema):
    warehouse_id: Id


class PutawayPlanned(Schema):
    planned: int
    stuck: int


@router.post(
    "/putaways/plan",
    permission=MANAGE,
    response=PutawayPlanned,
    summary="Look for places for all that waits or is stuck",
)
def putaways_plan(request: ApiRequest, payload: PutawayPlanIn) -> PutawayPlanned:
    report = putaway_plans.putaways_plan(warehouse_id=payload.warehouse_id, retry_stuck=True)
    return PutawayPlanned(planned=len(report.planned), stuck=len(report.stuck))


@router.post("/putaways/replan", permission=MANAGE, response=BulkOut, summary="Choose places anew")
def putaways_replan(request: ApiRequest, payload: BulkIn) -> BulkOut:
    """Gives the claimed places back and looks again; those that somebody has in hand stay."""

    def one(key: int) -> None:
        found = goods_detail.putaway_detail(request.actor, key)
        putaways.putaways_unplan(putaway_ids=[key])
        putaway_plans.putaways_plan(
            warehouse_id=found["warehouse"]["id"], putaway_ids=[key], retry_stuck=True
        )

    return bulk(payload.ids, one)


class ReceiptProgressOut(Schema):
    in_quarantine: int
    rejected: int
    crossdock_units: int
    crossdock_done: int
    shelf_units: int
    shelf_done: int
    stuck: int


@router.get(
    "/receipts/{receipt_id}/progress", permission=VIEW, response=ReceiptProgressOut,
    summary="What becomes of the goods of a receipt",
)  # fmt: skip
def receipt_progress(request: ApiRequest, receipt_id: int) -> dict[str, Any]:
    return goods_detail.receipt_progress(request.actor, receipt_id)


# ---------------------------------------------------------------- policies


class StrategyOut(Schema):
    code: str
    title: str


class ZoneRuleOut(Schema):
    zone: Ref
    temperature: str
    abc_classes: list[str]
    hazards: list[str]
    owner: Ref | None
    mix_skus: bool | None
    mix_lots: bool | None
    mix_owners: bool | None
    is_closed: bool


class PutawayPolicyOut(Schema):
    strategies: list[str]
    fill_percent: int
    mix_skus: bool
    mix_lots: bool
    mix_owners: bool
    bulk_cases: int
    crossdock_location_id: int | None
    crossdock_location_code: str
    crossdocks: bool
    turnover_days: int
    known: list[StrategyOut]
    zones: list[ZoneRuleOut]


class PutawayPolicyIn(InputSchema):
    strategies: Annotated[list[Annotated[str, Field(max_length=32)]], Field(min_length=1, max_length=20)]
    fill_percent: Annotated[int, Field(ge=1, le=100)]
    mix_skus: bool
    mix_lots: bool
    mix_owners: bool
    bulk_cases: Annotated[int, Field(ge=1, le=1000)]
    crossdock_location_id: Id | None = None
    crossdocks: bool
    turnover_days: Annotated[int, Field(ge=1, le=730)]


_ZONES = """
SELECT z.id, z.code, z.name, z.temperature, coalesce(r.abc_classes, '{}'), coalesce(r.hazards, '{}'), o.id, o.code, o.name,
    r.mix_skus, r.mix_lots, r.mix_owners, coalesce(r.is_closed, false)
FROM zone z LEFT JOIN putaway_zone_rule r ON r.zone_id = z.id LEFT JOIN owner o ON o.id = r.owner_id
WHERE z.warehouse_id = %s AND z.kind = 'storage' ORDER BY z.code
"""


@router.get(
    "/putaway-policies/{warehouse_id}", permission="inbound.putaway_policy.view", response=PutawayPolicyOut,
    summary="How a warehouse puts away",
)  # fmt: skip
def putaway_policy_get(request: ApiRequest, warehouse_id: int) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    policy = policy_of(warehouse_id)
    place = fetch("SELECT code FROM location WHERE id = %s", [policy.crossdock_location_id])
    names = ("abc_classes", "hazards")
    zones = [
        {
            "zone": {"id": row[0], "code": row[1], "name": row[2]},
            "temperature": row[3],
            **dict(zip(names, row[4:6], strict=True)),
            "owner": {"id": row[6], "code": row[7], "name": row[8]} if row[6] else None,
            **dict(zip(("mix_skus", "mix_lots", "mix_owners", "is_closed"), row[9:], strict=True)),
        }
        for row in fetch(_ZONES, [warehouse_id])
    ]
    return {
        **{name: getattr(policy, name) for name in policy.__dataclass_fields__},
        "strategies": list(policy.strategies),
        "crossdock_location_code": place[0][0] if place else "",
        "known": [
            {"code": one.code, "title": translation.gettext(one.title)}
            for one in strategies().values()
            if one.code != "crossdock"
        ],
        "zones": zones,
    }


@router.put("/putaway-policies/{warehouse_id}", permission=POLICY, summary="Change how a warehouse puts away")
def putaway_policy_put(request: ApiRequest, warehouse_id: int, payload: PutawayPolicyIn) -> None:
    putaway_policies.policy_save(
        warehouse_id=warehouse_id, policy=putaway_policies.PolicyIn(**payload.model_dump())
    )


class ZoneRuleIn(InputSchema):
    abc_classes: Annotated[list[Sku.AbcClass], Field(max_length=3)] = Field(default_factory=list)
    hazards: Annotated[list[Sku.Hazard], Field(max_length=5)] = Field(default_factory=list)
    owner_id: Id | None = None
    mix_skus: bool | None = None
    mix_lots: bool | None = None
    mix_owners: bool | None = None
    is_closed: bool = False


@router.put("/putaway-zones/{zone_id}", permission=POLICY, summary="Change what a zone takes")
def putaway_zone_put(request: ApiRequest, zone_id: int, payload: ZoneRuleIn) -> None:
    putaway_policies.zone_rule_save(
        zone_id=zone_id, rule=putaway_policies.ZoneRuleIn(**payload.model_dump(mode="json"))
    )


class FixedPlaceRow(Schema):
    id: int
    sku: Ref
    owner: Ref | None
    location: CodeRef
    max_quantity: int | None


class FixedPlaceFilters(Schema):
    q: str = Field("", max_length=64)
    warehouse_id: Id | None = None
    sku_id: Id | None = None


def _fixed(actor: Any, filters: FixedPlaceFilters) -> Any:
    rows = FixedPlace.objects.all()
    if actor.scope.warehouses is not None:
        rows = rows.filter(location__warehouse_id__in=actor.scope.warehouses)
    if actor.scope.owners is not None:
        rows = rows.filter(owner_id__in=actor.scope.owners)
    if filters.warehouse_id is not None:
        rows = rows.filter(location__warehouse_id=filters.warehouse_id)
    if filters.sku_id is not None:
        rows = rows.filter(sku_id=filters.sku_id)
    if text := filters.q.strip():
        rows = rows.filter(sku__code__istartswith=text)
    return rows.values(
        "id", "sku__id", "sku__code", "sku__name", "owner__id", "owner__code", "owner__name", "location__id",
        "location__code", "max_quantity",
    )  # fmt: skip


FIXED = ListDefinition(
    name="fixed_places",
    title="Fixed places",
    filters=FixedPlaceFilters,
    row=FixedPlaceRow,
    columns=(
        Column("sku.code", _("SKU")),
        Column("owner.code", _("Owner")),
        Column("location.code", _("Location")),
        Column("max_quantity", _("Most units")),
    ),
    sorts={"id": "id", "sku": "sku__code"},
    default_sort="sku",
    query=_fixed,
)
router.list("/fixed-places", FIXED, permission="inbound.putaway_policy.view")


class FixedPlaceIn(InputSchema):
    sku_id: Id
    location_id: Id
    owner_id: Id | None = None
    max_quantity: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None


@router.post(
    "/fixed-places",
    permission=POLICY,
    response=GoodsCreated,
    status=201,
    summary="Give an SKU a place of its own",
)
def fixed_place_post(request: ApiRequest, payload: FixedPlaceIn) -> GoodsCreated:
    return GoodsCreated(id=putaway_policies.fixed_place_save(**payload.model_dump()))


@router.delete("/fixed-places/{place_id}", permission=POLICY, summary="Take an SKU's own place away")
def fixed_place_delete(request: ApiRequest, place_id: int) -> None:
    putaway_policies.fixed_place_delete(place_id=place_id)
