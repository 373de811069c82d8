"""Orders of platforms: what became of each, and another chance for those that are not in."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.integrations.api.base import router
from hecang.integrations.models import PlatformOrder
from hecang.integrations.selectors.scope import of_visible_connections
from hecang.integrations.services.channels.intake import orders_put_aside, orders_retry
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    BulkIn,
    BulkOut,
    Column,
    CountsOut,
    DayOrMoment,
    Id,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    span_end,
    span_start,
    state_counts,
)
from hecang.kernel.api.bulk import BulkItem

State = Literal["remembered", "unmapped", "failed", "imported", "ignored"]


class ChannelOrderFilters(Schema):
    state: list[State] = Field(default_factory=list, max_length=5)
    connection: Id | None = None
    shop: Id | None = None
    number: str = Field("", max_length=64)
    order: Id | None = Field(None, description="the sales order that it became")
    has_error: bool | None = Field(
        None, description="imported ones with a later version that was refused, too"
    )
    placed_from: DayOrMoment | None = None
    placed_to: DayOrMoment | None = None


class ConnectionRef(Schema):
    id: int
    name: str
    connector: str


class ChannelOrderRef(Schema):
    id: int
    number: str
    state: str


class ChannelProblemOut(Schema):
    code: str
    field: str | None
    message: str


class ChannelWaitsForOut(Schema):
    id: int
    outer_sku: str
    title: str


class ChannelOrderRow(Schema):
    id: int
    connection: ConnectionRef
    shop: Ref
    number: str
    status: str
    state: State
    order: ChannelOrderRef | None
    error: str
    message: str
    problems: list[ChannelProblemOut]
    waits_for: list[ChannelWaitsForOut]
    placed_at: Moment
    modified_at: Moment | None
    seen_at: Moment
    imported_at: Moment | None


_ROW = (
    "id", "connection__id", "connection__name", "connection__connector", "connection__shop__id",
    "connection__shop__code", "connection__shop__name", "number", "status", "state", "order__id", "order__number",
    "order__state", "error", "message", "problems", "waits_for", "placed_at", "modified_at", "seen_at", "imported_at",
)  # fmt: skip


def _visible(actor: Actor) -> Any:
    return of_visible_connections(PlatformOrder.objects.all(), actor)


def _rows(actor: Actor, filters: ChannelOrderFilters) -> Any:
    rows = _visible(actor)
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.connection is not None:
        rows = rows.filter(connection=filters.connection)
    if filters.shop is not None:
        rows = rows.filter(connection__shop=filters.shop)
    if filters.number:
        rows = rows.filter(number=filters.number)
    if filters.order is not None:
        rows = rows.filter(order=filters.order)
    if filters.has_error is not None:
        rows = rows.exclude(error="") if filters.has_error else rows.filter(error="")
    if filters.placed_from is not None:
        rows = rows.filter(placed_at__gte=span_start(filters.placed_from))
    if filters.placed_to is not None:
        rows = rows.filter(placed_at__lt=span_end(filters.placed_to))
    return rows.values(*_ROW)


def _enriched(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from hecang.integrations.models import PlatformProduct

    wanted = {key for row in rows for key in row["waits_for"]}
    products = {
        one["id"]: one
        for one in PlatformProduct.objects.filter(pk__in=wanted).values("id", "outer_sku", "title")
    }
    for row in rows:
        row["shop"] = row["connection"].pop("shop")
        row["waits_for"] = [products[key] for key in row["waits_for"] if key in products]
    return rows


PLATFORM_ORDERS = ListDefinition(
    name="channel_orders",
    filters=ChannelOrderFilters,
    row=ChannelOrderRow,
    columns=(
        Column("number", _lazy("Platform's number")),
        Column("shop.code", _lazy("Shop")),
        Column("connection.connector", _lazy("Platform")),
        Column("status", _lazy("Status there")),
        Column("state", _lazy("State")),
        Column("order.number", _lazy("Order")),
        Column("error", _lazy("Problem")),
        Column("message", _lazy("Message")),
        Column("placed_at", _lazy("Placed")),
    ),
    sorts={"placed_at": "placed_at"},
    default_sort="-placed_at",
    query=_rows,
    enrich=_enriched,
    title="orders of platforms",
)
router.list("/channel-orders", PLATFORM_ORDERS, permission="integrations.order.view")


@router.get(
    "/channel-orders/counts",
    permission="integrations.order.view",
    response=CountsOut,
    summary="Orders of platforms by state",
)
def channel_orders_counts(request: ApiRequest) -> dict[str, Any]:
    rows = _visible(request.actor)
    return state_counts(rows, PlatformOrder.State.values)


@router.post(
    "/channel-orders/retry",
    permission="integrations.order.retry",
    response=BulkOut,
    summary="Try once more to take in orders that wait or have failed",
)
def channel_orders_retry(request: ApiRequest, payload: BulkIn) -> BulkOut:
    ids = _ids(request.actor, payload.ids)
    orders_retry(platform_order_ids=ids)
    rows = PlatformOrder.objects.filter(pk__in=ids).values_list("pk", "state", "error", "message")
    found = {row[0]: row for row in rows}
    return BulkOut(results=[_result(key, found.get(key)) for key in dict.fromkeys(payload.ids)])


@router.post(
    "/channel-orders/ignore",
    permission="integrations.order.ignore",
    response=BulkOut,
    summary="Leave orders out that wait or have failed",
)
def channel_orders_ignore(request: ApiRequest, payload: BulkIn) -> BulkOut:
    done = set(orders_put_aside(platform_order_ids=_ids(request.actor, payload.ids)))
    return BulkOut(
        results=[
            BulkItem(id=key, ok=key in done, code="" if key in done else "unchanged")
            for key in dict.fromkeys(payload.ids)
        ]
    )


def _ids(actor: Actor, ids: list[int]) -> list[int]:
    return list(_visible(actor).filter(pk__in=ids).values_list("pk", flat=True))


def _result(key: int, row: tuple[int, str, str, str] | None) -> BulkItem:
    if row is None:
        return BulkItem(id=key, ok=False, code="not_found")
    _pk, state, error, message = row
    is_in = state == PlatformOrder.State.IMPORTED
    return BulkItem(id=key, ok=is_in, code="" if is_in else error or state, message=message)
