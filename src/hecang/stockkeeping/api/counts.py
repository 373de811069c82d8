"""Counts: lists, details, and what people decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inventory.models import Condition
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
)
from hecang.kernel.errors import NotFound
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.models import CountKind, CountReason, CountState
from hecang.stockkeeping.selectors.counts import detail, lists
from hecang.stockkeeping.services import counts
from hecang.stockkeeping.services.counts.choosing import choose

VIEW = "stockkeeping.count.view"
WORK = "stockkeeping.count.work"
MANAGE = "stockkeeping.count.manage"
APPROVE = "stockkeeping.count.approve"
POST = "stockkeeping.count.post"

Note = Annotated[str, Field(max_length=200)]


class CountCodeRef(Schema):
    id: int
    code: str


class CountRow(Schema):
    id: int
    number: str
    kind: str
    state: str
    reason: str
    note: str
    day: date | None
    is_blind: bool
    warehouse: Ref
    place_count: int
    place_done: int = Field(description="counted or skipped")
    line_count: int
    difference_count: int = Field(description="lines that differ from the books")
    recount_count: int
    approve_count: int
    to_post_count: int
    value_difference: Decimal | None = Field(
        description="what the differences are worth; null while it is blind to you"
    )
    created_by: str
    created_at: Moment
    released_at: Moment | None
    counted_at: Moment | None
    closed_at: Moment | None
    post_state: str = Field(description="empty, queued, running or stopped")
    post_total: int
    post_done: int


class StockCountFilters(Schema):
    tab: str | None = Field(None, pattern="^(all|draft|open|counted|closed|cancelled)$")
    state: list[CountState] | None = Field(None, max_length=5)
    kind: list[CountKind] | None = Field(None, max_length=6)
    warehouse: list[Id] | None = Field(None, max_length=100)
    q: str = Field("", max_length=64, description="beginning of a number, part of a note")


def _with_sums(actor: Any, rows: list[dict[str, Any]]) -> Sequence[Any]:
    sums = lists.count_sums([row["id"] for row in rows])
    for row in rows:
        row.update(sums[row["id"]])
        if (
            not actor.may(lists.SEES_BOOKS)
            and row["is_blind"]
            and row["state"] not in ("closed", "cancelled")
        ):
            row["value_difference"] = None
            row["difference_count"] = row["approve_count"] = row["to_post_count"] = 0
    return rows


COUNTS = ListDefinition(
    name="stock_counts",
    title="Counts",
    filters=StockCountFilters,
    row=CountRow,
    columns=(
        Column("number", _("Count")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("note", _("Note")),
        Column("place_count", _("Places")),
        Column("place_done", _("Places counted")),
        Column("difference_count", _("Differences")),
        Column("value_difference", _("Value of differences")),
        Column("created_by", _("Made by")),
        Column("created_at", _("Made at")),
        Column("closed_at", _("Closed at")),
    ),
    sorts={"id": "id", "places": "place_count"},
    default_sort="-id",
    query=lambda actor, filters: lists.count_rows(
        actor, tab=filters.tab, state=filters.state or (), kind=filters.kind or (), warehouse=filters.warehouse,
        q=filters.q,
    ),
    enrich=_with_sums,
)  # fmt: skip


@router.get("/stock-counts/tabs", permission=VIEW, response=CountsOut, summary="Counts on each tab")
def stock_counts_tabs(request: ApiRequest) -> dict[str, Any]:
    return {"counts": lists.count_tab_counts(request.actor)}


router.list("/stock-counts", COUNTS, permission=VIEW)


class CountScopeIn(InputSchema):
    """What is looked at; what is left out is not limited."""

    zone_ids: list[Id] = Field(default_factory=list, max_length=200)
    location_kinds: list[str] = Field(default_factory=list, max_length=8)
    location_ids: list[Id] = Field(default_factory=list, max_length=10_000)
    abc_classes: list[Annotated[str, Field(pattern="^[ABC]$")]] = Field(default_factory=list, max_length=3)
    include_empty: bool = True
    limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    confidence: float = Field(0.95, ge=0.5, lt=1)
    precision: float = Field(0.02, gt=0, lt=0.5)
    explore_percent: int = Field(10, ge=0, le=100)
    only_due: bool = True


class CountIn(InputSchema):
    warehouse_id: Id
    kind: CountKind
    scope: CountScopeIn = Field(default_factory=CountScopeIn)
    is_blind: bool = True
    note: Note = ""


def _count_in(payload: CountIn) -> counts.CountIn:
    scope = counts.Scope.of(payload.scope.model_dump())
    return counts.CountIn(payload.warehouse_id, payload.kind.value, scope, payload.is_blind, payload.note)


class CountCreated(Schema):
    id: int


class CountPreviewOut(Schema):
    places: int = Field(description="that would be counted now")
    by_zone: dict[str, int]
    stretches: int = Field(description="tasks, about")


@router.post(
    "/stock-counts/preview",
    permission=MANAGE,
    response=CountPreviewOut,
    summary="How many places a count would have",
)
def stock_count_preview(request: ApiRequest, payload: CountIn) -> dict[str, Any]:
    request.actor.scope.require(warehouse=payload.warehouse_id)
    given, policy = _count_in(payload), counts.policy_of(payload.warehouse_id)
    chosen = choose(given.kind, warehouse_id=given.warehouse_id, scope=given.scope, policy=policy, seed=0)
    zones: dict[str, int] = {}
    aisles: dict[tuple[int, int | None], int] = {}
    for one in chosen:
        zones[one.place.zone] = zones.get(one.place.zone, 0) + 1
        key = (one.place.zone_id, one.place.aisle_id)
        aisles[key] = aisles.get(key, 0) + 1
    size = policy.stretch_size
    return {
        "places": len(chosen),
        "by_zone": zones,
        "stretches": sum((number + size - 1) // size for number in aisles.values()),
    }


@router.post(
    "/stock-counts", permission=MANAGE, response=CountCreated, status=201, summary="Make a count (a draft)"
)
def stock_count_create(request: ApiRequest, payload: CountIn) -> CountCreated:
    return CountCreated(id=counts.count_create(count=_count_in(payload)))


class ZoneProgress(Schema):
    id: int
    code: str
    name: str
    places: int
    done: int
    wrong: int | None


class CountLineSum(Schema):
    state: str
    lines: int
    units: int | None
    value: Decimal | None


class CountEventOut(Schema):
    at: Moment
    actor: str
    action: str
    data: dict[str, Any]


class CountOut(CountRow):
    scope: dict[str, Any]
    programme_id: int | None
    post_error: str
    skipped: int
    zones: list[ZoneProgress]
    line_states: list[CountLineSum]
    events: list[CountEventOut]


@router.get("/stock-counts/{count_id}", permission=VIEW, response=CountOut, summary="One count")
def stock_count_get(request: ApiRequest, count_id: Id) -> Any:
    found = detail.count_detail(request.actor, count_id)
    if found is None:
        raise NotFound(_t("There is no such count."))
    [row] = _with_sums(request.actor, [found])
    if row["value_difference"] is None:
        for zone in row["zones"]:
            zone["wrong"] = None
        row["line_states"] = []
    return row


class CountPlaces(Schema):
    places: int


@router.post(
    "/stock-counts/{count_id}/release",
    permission=MANAGE,
    response=CountPlaces,
    summary="Put a count onto the floor",
)
def stock_count_release(request: ApiRequest, count_id: Id) -> CountPlaces:
    return CountPlaces(places=counts.count_release(count_id=count_id))


class CountNoteIn(InputSchema):
    note: Note = ""


@router.post("/stock-counts/{count_id}/cancel", permission=MANAGE, summary="Call a count off")
def stock_count_cancel(request: ApiRequest, count_id: Id, payload: CountNoteIn) -> None:
    counts.count_cancel(count_id=count_id, note=payload.note)


@router.post(
    "/stock-counts/{count_id}/post",
    permission=POST,
    response=CountPlaces,
    summary="Post the accepted differences",
)
def stock_count_post(request: ApiRequest, count_id: Id) -> CountPlaces:
    """A job does it; ``post_done`` of the count says how far it is."""
    return CountPlaces(places=counts.count_post(count_id=count_id))


class CountStopped(Schema):
    stopped: bool


@router.post(
    "/stock-counts/{count_id}/post-stop",
    permission=POST,
    response=CountStopped,
    summary="Stop posting a count",
)
def stock_count_post_stop(request: ApiRequest, count_id: Id) -> CountStopped:
    return CountStopped(stopped=counts.count_post_stop(count_id=count_id))


class TallyIn(InputSchema):
    sku_id: Id
    quantity: Annotated[int, Field(ge=0, le=1_000_000_000)]
    owner_id: Id | None = None
    lot_id: Id | None = None
    condition: Condition | None = Field(None, description="leave out where the goods look sound")
    container_id: Id | None = None
    serials: list[Annotated[str, Field(min_length=1, max_length=64)]] | None = Field(None, max_length=10_000)
    at: Moment | None = None


class PlaceReadIn(InputSchema):
    place_id: Id
    tallies: list[TallyIn] = Field(default_factory=list, max_length=2000)
    sealed: list[Id] = Field(
        default_factory=list, max_length=500, description="containers that stand there unopened"
    )
    at: Moment | None = Field(None, description="when it was counted, if not now")


class ReadingsIn(InputSchema):
    reads: list[PlaceReadIn] = Field(min_length=1, max_length=1000)


class PlaceOutcomeOut(Schema):
    place_id: int
    location_id: int
    state: str = Field(description="done, or open where somebody has to count again")


class ReadingsOut(Schema):
    results: list[PlaceOutcomeOut]


@router.post(
    "/stock-counts/{count_id}/readings",
    permission=WORK,
    response=ReadingsOut,
    summary="Hand in what was found at places",
)
def stock_count_readings(request: ApiRequest, count_id: Id, payload: ReadingsIn) -> dict[str, Any]:
    """For programs and drones; whatever the books have at a place and is not named counts as nothing."""
    reads = [
        counts.PlaceRead(
            place_id=read.place_id,
            tallies=tuple(
                counts.Tally(
                    sku_id=one.sku_id, quantity=one.quantity, owner_id=one.owner_id, lot_id=one.lot_id,
                    condition=one.condition.value if one.condition else "", container_id=one.container_id,
                    serials=None if one.serials is None else tuple(one.serials), at=one.at or read.at,
                )
                for one in read.tallies
            ),
            sealed=tuple(read.sealed),
            at=read.at,
        )
        for read in payload.reads
    ]  # fmt: skip
    return {"results": counts.places_count(count_id=count_id, reads=reads)}


class CountSkipIn(InputSchema):
    reason: Annotated[str, Field(min_length=1, max_length=200)]


@router.post(
    "/stock-counts/{count_id}/places/{place_id}/skip", permission=WORK, summary="Leave a place of a count out"
)
def stock_count_place_skip(request: ApiRequest, count_id: Id, place_id: Id, payload: CountSkipIn) -> None:
    counts.place_skip(count_id=count_id, place_id=place_id, reason=payload.reason)


class SuspicionIn(InputSchema):
    location_ids: Ids
    warehouse_id: Id
    note: Note = ""


class CountsMade(Schema):
    count_ids: list[int]


@router.post(
    "/stock-counts/suspicions", permission=WORK, response=CountsMade, summary="Have doubtful places counted"
)
def stock_count_suspicions(request: ApiRequest, payload: SuspicionIn) -> CountsMade:
    request.actor.scope.require(warehouse=payload.warehouse_id)
    made = counts.counts_on_event(
        suspicions=[
            counts.Suspicion(payload.warehouse_id, key, CountReason.SUSPICION.value, payload.note)
            for key in payload.location_ids
        ]
    )
    return CountsMade(count_ids=made)
