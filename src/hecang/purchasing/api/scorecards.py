"""Scorecards of suppliers, and the lines that they are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Day, Id, ListDefinition, Ref, Schema
from hecang.purchasing.api.base import Number, router
from hecang.purchasing.selectors.lists import performance_rows
from hecang.purchasing.selectors.scorecards import Asked, scorecard_months, scorecards


class Figures(Schema):
    """Rates are between 0 and 1; null where nothing has come to judge by."""

    lines: int
    on_time: float | None
    in_full: float | None
    otif: float | None
    quality: float | None
    wanted: int
    received: int
    rejected: int
    price_variance: float | None
    price_over: Decimal | None
    lead_mean: Decimal | None
    lead_spread: Decimal | None
    lead_least: int | None
    lead_most: int | None
    score: int | None


class MonthFigures(Figures):
    month: Day


class Scorecard(Figures):
    supplier: Ref
    months: list[MonthFigures]


class ScorecardsOut(Schema):
    items: list[Scorecard]


class MonthsOut(Schema):
    items: list[MonthFigures]


class ScorecardFilters(Schema):
    since: Day | None = None
    until: Day | None = None
    supplier: Id | None = None
    warehouse: Id | None = None
    owner: Id | None = None

    def asked(self) -> Asked:
        return Asked(self.since, self.until, self.supplier, self.warehouse, self.owner)


@router.get(
    "/supplier-scorecards",
    permission="purchasing.scorecard.view",
    response=ScorecardsOut,
    summary="How good suppliers are, each with its months",
)
def supplier_scorecards(request: ApiRequest, filters: Query[ScorecardFilters]) -> dict[str, Any]:
    return {"items": scorecards(request.actor, filters.asked())}


@router.get(
    "/supplier-scorecards/months",
    permission="purchasing.scorecard.view",
    response=MonthsOut,
    summary="All suppliers together, by month",
)
def supplier_scorecards_months(request: ApiRequest, filters: Query[ScorecardFilters]) -> dict[str, Any]:
    return {"items": scorecard_months(request.actor, filters.asked())}


class PerformanceRow(Schema):
    id: int
    order: Number
    supplier: Ref
    warehouse: Ref
    sku: Ref
    due_on: Day
    ordered_on: Day | None
    arrived_on: Day | None
    wanted: int
    received: int
    rejected: int
    in_time: int
    is_on_time: bool
    is_in_full: bool
    is_otif: bool
    lead_days: int | None
    unit_price: Decimal
    list_price: Decimal | None
    currency: str
    price_over: Decimal | None


class PerformanceFilters(Schema):
    supplier: Id | None = None
    warehouse: Id | None = None
    owner: Id | None = None
    sku: Id | None = None
    since: Day | None = None
    until: Day | None = None
    fault: Literal["late", "short", "refused", "dearer"] | None = Field(
        None, description="only lines with this"
    )


_FAULTS = {
    "late": Q(is_on_time=False),
    "short": Q(is_in_full=False),
    "refused": Q(rejected__gt=0),
    "dearer": Q(price_over__gt=0),
}


def _performance(actor: Actor, filters: PerformanceFilters) -> QuerySet[Any, Any]:
    found = performance_rows(actor).filter(Q(due_on__lte=clock.today()) | Q(is_complete=True))
    for name in ("supplier", "warehouse", "owner", "sku"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{name: value})
    if filters.since is not None:
        found = found.filter(due_on__gte=filters.since)
    if filters.until is not None:
        found = found.filter(due_on__lte=filters.until)
    return found.filter(_FAULTS[filters.fault]) if filters.fault else found


PERFORMANCE = ListDefinition(
    name="supplier_performance",
    title="Lines behind the scorecards",
    filters=PerformanceFilters,
    row=PerformanceRow,
    columns=(
        Column("order.number", _("Order")),
        Column("supplier.code", _("Supplier")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Product")),
        Column("warehouse.code", _("Warehouse")),
        Column("ordered_on", _("Ordered on")),
        Column("due_on", _("Due on")),
        Column("arrived_on", _("Arrived on")),
        Column("lead_days", _("Lead time (days)")),
        Column("wanted", _("Wanted")),
        Column("in_time", _("Of it in time")),
        Column("received", _("Received")),
        Column("rejected", _("Refused")),
        Column("is_on_time", _("On time")),
        Column("is_in_full", _("In full")),
        Column("unit_price", _("Price")),
        Column("list_price", _("List price")),
        Column("currency", _("Currency")),
        Column("price_over", _("Above the list")),
    ),
    sorts={"id": "id", "due_on": "due_on", "rejected": "rejected"},
    default_sort="-due_on",
    query=_performance,
)
router.list("/supplier-performance", PERFORMANCE, permission="purchasing.scorecard.view")
