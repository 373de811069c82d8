"""Places and lines of counts: lists, how a line came about, and what somebody decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    BulkOut,
    Column,
    DayOrMoment,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    span_end,
    span_start,
)
from hecang.kernel.api.bulk import BulkItem
from hecang.kernel.api.lists import nest
from hecang.kernel.errors import NotFound
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.api.counts import APPROVE, MANAGE, VIEW, CountCodeRef, Note
from hecang.stockkeeping.models import CountKind, CountLineState, CountPlaceState
from hecang.stockkeeping.selectors.counts import detail, lists
from hecang.stockkeeping.services import counts


class CountSkuOut(Ref):
    base_unit: str = ""


class CountRef(Schema):
    id: int
    number: str
    kind: str
    is_blind: bool
    state: str


class CountPlaceFilters(Schema):
    count: Id | None = None
    state: list[CountPlaceState] | None = Field(None, max_length=5)
    zone: Id | None = None
    chosen: list[str] | None = Field(None, max_length=4)
    is_wrong: bool | None = None
    abc_class: list[str] | None = Field(None, max_length=4)
    warehouse: list[Id] | None = Field(None, max_length=100)
    done_by: str = Field("", max_length=100)
    since: DayOrMoment | None = Field(None, alias="from")
    until: DayOrMoment | None = Field(None, alias="to")


class CountPlaceRow(Schema):
    id: int
    sequence: int
    state: str
    round: int
    chosen: str
    abc_class: str
    risk: float | None
    is_wrong: bool | None
    book_units: int | None
    skip_reason: str
    done_at: Moment | None
    done_by: str
    location: CountCodeRef
    zone: Ref
    count: CountRef | None = None


def _places_shown(actor: Any, rows: list[dict[str, Any]]) -> Sequence[Any]:
    for row in rows:
        count = row.pop("count")
        row["count"] = None
        if (
            not actor.may(lists.SEES_BOOKS)
            and count["is_blind"]
            and count["state"] not in ("closed", "cancelled")
        ):
            row["book_units"] = row["is_wrong"] = row["risk"] = None
        row["count"] = {**count, "kind": ""}
    return rows


PLACES = ListDefinition(
    name="stock_count_places",
    title="Places of counts",
    filters=CountPlaceFilters,
    row=CountPlaceRow,
    columns=(
        Column("count.number", _("Count")),
        Column("location.code", _("Location")),
        Column("zone.code", _("Zone")),
        Column("state", _("State")),
        Column("round", _("Round")),
        Column("chosen", _("Chosen")),
        Column("abc_class", _("Class")),
        Column("is_wrong", _("Wrong")),
        Column("done_by", _("Counted by")),
        Column("done_at", _("Counted at")),
        Column("skip_reason", _("Reason for skipping")),
    ),
    sorts={"sequence": "sequence", "done_at": "done_at", "id": "id"},
    default_sort="sequence",
    query=lambda actor, filters: lists.place_rows(
        actor, count=filters.count, state=filters.state or (), zone=filters.zone, chosen=filters.chosen or (),
        is_wrong=filters.is_wrong, abc_class=filters.abc_class or (), warehouse=filters.warehouse,
        done_by=filters.done_by,
        since=span_start(filters.since) if filters.since else None,
        until=span_end(filters.until) if filters.until else None,
    ),
    enrich=_places_shown,
)  # fmt: skip
router.list("/stock-count-places", PLACES, permission=VIEW)


class CountLineFilters(Schema):
    count: Id | None = None
    place: Id | None = None
    state: list[CountLineState] | None = Field(None, max_length=8)
    kind: list[CountKind] | None = Field(None, max_length=6)
    cause: list[str] | None = Field(None, max_length=10)
    warehouse: list[Id] | None = Field(None, max_length=100)
    zone: Id | None = None
    location: Id | None = None
    sku: Id | None = None
    abc_class: list[str] | None = Field(None, max_length=3)
    counted_by: str = Field("", max_length=100)
    differs: bool | None = None
    since: DayOrMoment | None = Field(None, alias="from")
    until: DayOrMoment | None = Field(None, alias="to")
    q: str = Field("", max_length=64, description="beginning of a SKU or location code")


class CountLineRow(Schema):
    id: int
    state: str
    cause: str
    round: int
    counted: int
    book: int | None = Field(description="what the books had at that moment; null while it is blind to you")
    difference: int | None
    counted_at: Moment
    counted_by: str
    is_found: bool
    in_motion: bool
    serials_missing: list[str]
    serials_found: list[str]
    abc_class: str
    unit_value: Decimal
    value_difference: Decimal | None
    decided_by: str
    decided_at: Moment | None
    decision_note: str
    posted: int | None
    posted_at: Moment | None
    movement_id: int | None
    condition: str
    place_id: int
    count: CountRef
    location: CountCodeRef
    sku: CountSkuOut
    lot: CountCodeRef | None
    owner: Ref
    container: CountCodeRef | None


LINES = ListDefinition(
    name="stock_count_lines",
    title="Lines of counts",
    filters=CountLineFilters,
    row=CountLineRow,
    columns=(
        Column("count.number", _("Count")),
        Column("location.code", _("Location")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("lot.code", _("Lot")),
        Column("owner.code", _("Owner")),
        Column("condition", _("Condition")),
        Column("container.code", _("Container")),
        Column("state", _("State")),
        Column("counted", _("Counted")),
        Column("book", _("Books")),
        Column("difference", _("Difference")),
        Column("value_difference", _("Value of difference")),
        Column("round", _("Round")),
        Column("counted_by", _("Counted by")),
        Column("counted_at", _("Counted at")),
        Column("decided_by", _("Decided by")),
        Column("posted", _("Posted")),
    ),
    sorts={"id": "id", "difference": "difference", "value": "value_difference", "counted_at": "counted_at"},
    default_sort="-id",
    query=lambda actor, filters: lists.line_rows(
        actor, count=filters.count, place=filters.place, state=filters.state or (), kind=filters.kind or (),
        cause=filters.cause or (), warehouse=filters.warehouse, zone=filters.zone, location=filters.location,
        sku=filters.sku, abc_class=filters.abc_class or (), counted_by=filters.counted_by, differs=filters.differs,
        since=span_start(filters.since) if filters.since else None,
        until=span_end(filters.until) if filters.until else None,
        q=filters.q,
    ),
    enrich=lists.lines_shown,
)  # fmt: skip
router.list("/stock-count-lines", LINES, permission=VIEW)


class ReadingOut(Schema):
    round: int
    counted: int
    book: int | None
    difference: int | None
    position: int = Field(description="the last entry of the ledger that book contains")
    counted_at: Moment
    entered_at: Moment
    in_motion: bool
    serials: list[str] | None
    counted_by: str


class SinceOut(Schema):
    movement_id: int
    at: Moment
    units: int
    reason: str
    source_kind: str
    source_id: int | None


class CountLineOut(CountLineRow):
    readings: list[ReadingOut]
    since: list[SinceOut] = Field(description="what the ledger did there since the last reading")


@router.get(
    "/stock-count-lines/{line_id}",
    permission=VIEW,
    response=CountLineOut,
    summary="One line and how it came about",
)
def stock_count_line_get(request: ApiRequest, line_id: Id) -> Any:
    rows = nest(list(lists.line_rows(request.actor).filter(id=line_id)))
    if not rows:
        raise NotFound(_t("There is no such line."))
    story = detail.line_story(rows[0])
    [row] = lists.lines_shown(request.actor, rows)
    if row["book"] is None:
        story["since"] = []
        for reading in story["readings"]:
            reading["book"] = reading["difference"] = None
    return {**row, **story}


class CountLinesIn(InputSchema):
    ids: Ids
    note: Note = ""


def _bulk(decisions: Sequence[counts.Decision]) -> BulkOut:
    return BulkOut(
        results=[
            BulkItem(id=one.line_id, ok=True)
            if one.error is None
            else BulkItem(id=one.line_id, ok=False, code=one.error.instance_code, message=str(one.error))
            for one in decisions
        ]
    )


@router.post(
    "/stock-count-lines/approve", permission=APPROVE, response=BulkOut, summary="Agree with differences"
)
def stock_count_lines_approve(request: ApiRequest, payload: CountLinesIn) -> BulkOut:
    return _bulk(counts.count_lines_approve(line_ids=payload.ids, note=payload.note))


@router.post(
    "/stock-count-lines/recount", permission=MANAGE, response=BulkOut, summary="Have places counted again"
)
def stock_count_lines_recount(request: ApiRequest, payload: CountLinesIn) -> BulkOut:
    return _bulk(counts.count_lines_recount(line_ids=payload.ids, note=payload.note))


@router.post(
    "/stock-count-lines/dismiss", permission=APPROVE, response=BulkOut, summary="Let the books stand"
)
def stock_count_lines_dismiss(request: ApiRequest, payload: CountLinesIn) -> BulkOut:
    return _bulk(counts.count_lines_dismiss(line_ids=payload.ids, note=payload.note))
