"""How counting is set up and how well it goes: rules, programmes, calendar, accuracy, risk."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel import clock
from hecang.kernel.api import (
    ApiRequest,
    Column,
    Day,
    DayOrMoment,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Name,
    Ref,
    Schema,
    span_end,
    span_start,
)
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.api.counts import MANAGE, VIEW, CountCodeRef
from hecang.stockkeeping.models import CountKind
from hecang.stockkeeping.selectors.counts import accuracy as accuracies
from hecang.stockkeeping.selectors.counts import detail, lists
from hecang.stockkeeping.services import counts
from hecang.stockkeeping.services.counts.policies import CLASSES

Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class ToleranceIO(InputSchema):
    abc_class: Annotated[str, Field(pattern="^[ABC]$")]
    percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
    units: Annotated[int, Field(ge=0, le=1_000_000)]
    value: Money
    cycle_days: Annotated[int, Field(ge=1, le=3650)]


class CountPolicyIO(InputSchema):
    is_blind: bool = True
    recount_by_other: bool = True
    max_rounds: Annotated[int, Field(ge=1, le=9)] = 3
    approve_units: Annotated[int, Field(ge=0, le=1_000_000_000)] = 50
    approve_value: Money = Decimal(1000)
    motion_seconds: Annotated[int, Field(ge=0, le=86_400)] = 120
    auto_post: bool = True
    stretch_size: Annotated[int, Field(ge=1, le=200)] = 20
    on_short_pick: bool = True
    on_emptied: bool = False
    on_damaged: bool = False
    tolerances: list[ToleranceIO] = Field(min_length=3, max_length=3)


def _policy_out(policy: counts.Policy) -> dict[str, Any]:
    values = {name: getattr(policy, name) for name in CountPolicyIO.model_fields if name != "tolerances"}
    values["tolerances"] = [
        {
            "abc_class": key, "percent": one.percent, "units": one.units, "value": one.value,
            "cycle_days": one.cycle_days,
        }
        for key in CLASSES
        for one in [policy.tolerance(key)]
    ]  # fmt: skip
    return values


@router.get(
    "/count-policies/{warehouse_id}",
    permission=VIEW,
    response=CountPolicyIO,
    summary="How a warehouse counts",
)
def count_policy_get(request: ApiRequest, warehouse_id: Id) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    return _policy_out(counts.policy_of(warehouse_id))


@router.put(
    "/count-policies/{warehouse_id}",
    permission=MANAGE,
    response=CountPolicyIO,
    summary="Set how a warehouse counts",
)
def count_policy_put(request: ApiRequest, warehouse_id: Id, payload: CountPolicyIO) -> dict[str, Any]:
    values = payload.model_dump()
    tolerances = {one.pop("abc_class"): counts.Tolerance(**one) for one in values.pop("tolerances")}
    policy = counts.Policy(warehouse_id, **values, tolerances=tolerances)
    counts.count_policy_save(policy=policy)
    return _policy_out(policy)


class CountProgrammeIn(InputSchema):
    warehouse_id: Id
    name: Name
    kind: Literal["cycle", "risk", "sample"]
    zone_ids: list[Id] = Field(default_factory=list, max_length=200)
    location_kinds: list[str] = Field(default_factory=list, max_length=8)
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)
    at_hour: Annotated[int, Field(ge=0, le=23)] = 6
    places_per_day: Annotated[int, Field(ge=1, le=100_000)] = 50
    explore_percent: Annotated[int, Field(ge=0, le=100)] = 10
    is_blind: bool = True
    is_active: bool = True


def _programme(payload: CountProgrammeIn) -> counts.ProgrammeIn:
    values: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in payload.model_dump().items()
    }
    return counts.ProgrammeIn(**values)


class ProgrammeRow(Schema):
    id: int
    name: str
    kind: str
    scope: dict[str, Any]
    weekdays: list[int]
    at_hour: int
    places_per_day: int
    explore_percent: int
    is_blind: bool
    is_active: bool
    last_day: date | None
    created_by: str
    created_at: Moment
    warehouse: Ref


class ProgrammeFilters(Schema):
    warehouse: list[Id] | None = Field(None, max_length=100)


PROGRAMMES = ListDefinition(
    name="count_programmes",
    title="Count programmes",
    filters=ProgrammeFilters,
    row=ProgrammeRow,
    columns=(
        Column("name", _("Name")),
        Column("kind", _("Kind")),
        Column("warehouse.code", _("Warehouse")),
        Column("places_per_day", _("Places a day")),
        Column("at_hour", _("Hour")),
        Column("is_active", _("Active")),
        Column("last_day", _("Last count")),
    ),
    sorts={"id": "id", "name": "name"},
    default_sort="id",
    query=lambda actor, filters: lists.programme_rows(actor, filters.warehouse),
)
router.list("/count-programmes", PROGRAMMES, permission=VIEW)


class CountMade(Schema):
    id: int


@router.post(
    "/count-programmes", permission=MANAGE, response=CountMade, status=201, summary="Make a count programme"
)
def count_programme_create(request: ApiRequest, payload: CountProgrammeIn) -> CountMade:
    return CountMade(id=counts.count_programme_save(programme=_programme(payload)))


@router.put(
    "/count-programmes/{programme_id}",
    permission=MANAGE,
    response=CountMade,
    summary="Change a count programme",
)
def count_programme_put(request: ApiRequest, programme_id: Id, payload: CountProgrammeIn) -> CountMade:
    return CountMade(id=counts.count_programme_save(programme=_programme(payload), programme_id=programme_id))


@router.delete("/count-programmes/{programme_id}", permission=MANAGE, summary="Delete a count programme")
def count_programme_remove(request: ApiRequest, programme_id: Id) -> None:
    counts.count_programme_delete(programme_id=programme_id)


class CalendarCount(Schema):
    id: int
    number: str
    kind: str
    state: str
    places: int
    done: int
    programme_id: int | None


class CalendarPlan(Schema):
    programme_id: int
    name: str
    kind: str
    places: int


class CalendarDay(Schema):
    day: date
    counts: list[CalendarCount]
    planned: list[CalendarPlan]


class CountCalendarOut(Schema):
    days: list[CalendarDay]


@router.get(
    "/count-calendar", permission=VIEW, response=CountCalendarOut, summary="What is counted on which day"
)
def count_calendar(
    request: ApiRequest, warehouse_id: Id, first: Day, days: Annotated[int, Field(ge=1, le=62)] = 28
) -> dict[str, Any]:
    return {"days": detail.calendar(request.actor, warehouse_id=warehouse_id, first=first, days=days)}


class AccuracyOut(Schema):
    key: str = Field(description="of the row, such as a day or a zone's id; empty for all together")
    label: str
    places: int
    right: int
    by_places: float | None = Field(description="share of counted places whose books were right")
    units_book: int
    units_off: int = Field(description="units too many or too few, summed")
    by_units: float | None
    value_book: Decimal
    value_off: Decimal
    value_net: Decimal
    by_value: float | None
    lines: int
    lines_wrong: int
    fair: int = Field(description="places chosen by rule or lot, not because they were suspected")
    fair_right: int
    estimate: float | None = Field(description="what these say of all places")
    estimate_low: float | None
    estimate_high: float | None


class AccuracyReport(Schema):
    total: AccuracyOut
    items: list[AccuracyOut]


@router.get("/count-accuracy", permission=VIEW, response=AccuracyReport, summary="How right the books are")
def count_accuracy(
    request: ApiRequest,
    since: DayOrMoment,
    until: DayOrMoment,
    by: Literal["day", "week", "month", "zone", "abc_class", "person", "kind"] = "week",
    warehouse_id: Id | None = None,
    zone_id: Id | None = None,
    kind: CountKind | None = None,
) -> dict[str, Any]:
    rows = accuracies.accuracy(
        request.actor,
        by=by,
        since=span_start(since),
        until=span_end(until),
        warehouse_ids=[warehouse_id] if warehouse_id is not None else None,
        zone_id=zone_id,
        kinds=[kind.value] if kind else None,
    )
    return {"total": accuracies.together(rows).as_dict(), "items": [row.as_dict() for row in rows]}


class ModelOut(Schema):
    id: int
    trained_at: Moment
    kind: str
    places: int
    wrong: int
    figures: dict[str, Any]


class HitOut(Schema):
    chosen: str
    places: int
    wrong: int


class RiskOut(Schema):
    models: list[ModelOut]
    hits: list[HitOut]
    scored: int
    scored_at: Moment | None
    features: list[str]


@router.get("/count-risk", permission=MANAGE, response=RiskOut, summary="What the risk of places is worth")
def count_risk(request: ApiRequest, warehouse_id: Id) -> dict[str, Any]:
    since = (clock.now() - timedelta(days=90)).date()
    from hecang_optim.counting import FEATURES

    return {
        "models": accuracies.models(request.actor, warehouse_id),
        **accuracies.risk_hits(request.actor, warehouse_id, since),
        "features": list(FEATURES),
    }


class RiskFilters(Schema):
    warehouse: list[Id] | None = Field(None, max_length=100)
    zone: Id | None = None
    q: str = Field("", max_length=64)


class RiskZone(Schema):
    code: str


class RiskLocation(CountCodeRef):
    zone: RiskZone


class RiskRow(Schema):
    id: int
    risk: float
    features: list[float]
    scored_at: Moment
    location: RiskLocation
    warehouse: Ref


RISKS = ListDefinition(
    name="location_risks",
    title="Risk of places",
    filters=RiskFilters,
    row=RiskRow,
    columns=(
        Column("warehouse.code", _("Warehouse")),
        Column("location.code", _("Location")),
        Column("risk", _("Risk")),
        Column("scored_at", _("Scored at")),
    ),
    sorts={"risk": "risk"},
    default_sort="-risk",
    query=lambda actor, filters: lists.risk_rows(
        actor, warehouse=filters.warehouse, zone=filters.zone, q=filters.q
    ),
)
router.list("/location-risks", RISKS, permission=MANAGE)
