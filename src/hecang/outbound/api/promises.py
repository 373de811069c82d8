"""Kept promises: their share, and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, ListDefinition, Moment, Ref, Schema
from hecang.outbound.api.base import router
from hecang.outbound.models import PromiseOutcome
from hecang.outbound.selectors import promises

#: Days that are looked at where nobody says from when.
DAYS = 30


class NumberRef(Schema):
    id: int
    number: str


class OutcomeRow(Schema):
    id: int
    fulfilment: NumberRef
    order: NumberRef
    shop: Ref
    warehouse: Ref
    service: Ref | None
    promised_at: datetime
    shipped_at: datetime
    arrives_at: datetime = Field(description="delivered, or expected to be")
    basis: str = Field(description="delivered: told by the carrier; expected: by the lead time")
    is_kept: bool


class OutcomeFilters(Schema):
    kept: bool | None = None
    basis: PromiseOutcome.Basis | None = None
    since: Moment | None = None
    until: Moment | None = None
    shop_id: Id | None = None
    warehouse_id: Id | None = None
    service_id: Id | None = None


class KeptRateFilters(OutcomeFilters):
    by: Literal["all", "shop", "warehouse", "service", "week"] = "all"


class KeptRateOut(Schema):
    key: str
    name: str
    total: int
    kept: int
    delivered: int = Field(description="measured; the others are expected by the lead time")
    rate: float | None


class RatesOut(Schema):
    since: datetime
    items: list[KeptRateOut]


def _query(actor: Actor, filters: OutcomeFilters) -> Any:
    rows = promises.outcome_rows(actor, **filters.model_dump(exclude={"by"}))
    return rows.values("pk", *promises.ROW)


def _rows(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    for row in rows:
        row["id"] = row["pk"]
        row["fulfilment"]["id"] = row["fulfilment_id"]
    return rows


OUTCOMES = ListDefinition(
    name="promise_outcomes",
    title="Promises",
    filters=OutcomeFilters,
    row=OutcomeRow,
    columns=(
        Column("order.number", _("Order")),
        Column("fulfilment.number", _("Fulfilment")),
        Column("shop.code", _("Shop")),
        Column("warehouse.code", _("Warehouse")),
        Column("service.code", _("Service")),
        Column("promised_at", _("Promised")),
        Column("shipped_at", _("Shipped")),
        Column("arrives_at", _("Arrives")),
        Column("basis", _("Basis")),
        Column("is_kept", _("Kept")),
    ),
    sorts={"promised_at": "promised_at"},
    default_sort="-promised_at",
    query=_query,
    enrich=_rows,
)
router.list("/promise-outcomes", OUTCOMES, permission="outbound.promise.view")


@router.get(
    "/promise-rates",
    permission="outbound.promise.view",
    response=RatesOut,
    summary="Share of kept promises, by shop, warehouse, service or week",
)
def promise_rates(request: ApiRequest, filters: Query[KeptRateFilters]) -> dict[str, Any]:
    """Of the last thirty days, unless the filters say otherwise; by when the customer was promised to have it."""
    since = filters.since or clock.now() - timedelta(days=DAYS)
    given = filters.model_dump(exclude={"by", "since"})
    given["until"] = filters.until or clock.now()
    rows = promises.outcome_rows(request.actor, since=since, **given)
    return {"since": since, "items": promises.kept_rates(rows, filters.by)}
