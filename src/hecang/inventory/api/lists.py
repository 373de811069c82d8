"""Lists: availability, stock, ledger, lots; and how full the locations are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.inventory.api.base import ContainerRef, LocationRef, SkuRef, WhereFilters, router
from hecang.inventory.models import Condition, Movement
from hecang.inventory.selectors import desk
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Day, Id, ListDefinition, Moment, Ref, Schema


class AvailabilityFilters(WhereFilters):
    has_free: bool | None = Field(None, description="whether anything can still be promised")


class AvailabilityOut(Schema):
    id: int
    warehouse: Ref
    sku: SkuRef
    owner: Ref
    sellable: int = Field(description="good, unexpired, not held, not allocated")
    reserved: int = Field(description="promised to orders and checkouts")
    free: int = Field(description="sellable less reserved: what can still be promised")
    on_hand: int = Field(description="everything that lies in the warehouse")
    allocated: int = Field(description="hard-allocated to fulfilments")
    held: int = Field(description="neither sellable nor allocated: held, damaged, expired, in staging")


def _with_figures(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    figures = desk.availability_figures([row["id"] for row in rows])
    for row in rows:
        row["free"] = row["sellable"] - row["reserved"]
        row["on_hand"], row["allocated"], row["held"] = figures[row["id"]]
    return rows


_SKU = (Column("sku.code", _("SKU")), Column("sku.name", _("Name")))
_WHERE = (Column("warehouse.code", _("Warehouse")), Column("owner.code", _("Owner")))

AVAILABILITY = ListDefinition(
    name="availability",
    title="Availability",
    filters=AvailabilityFilters,
    row=AvailabilityOut,
    columns=(
        *_SKU,
        *_WHERE,
        Column("free", _("Free")),
        Column("sellable", _("Sellable")),
        Column("reserved", _("Reserved")),
        Column("on_hand", _("On hand")),
        Column("allocated", _("Allocated")),
        Column("held", _("Held")),
    ),
    sorts={"sku": "sku__code", "sellable": "sellable", "reserved": "reserved"},
    default_sort="sku",
    query=lambda actor, filters: desk.availability_rows(actor, **filters.model_dump()),
    enrich=_with_figures,
)
router.list("/availability", AVAILABILITY, permission="inventory.availability.view")


class StockFilters(WhereFilters):
    location: Id | None = None
    lot: Id | None = None
    condition: list[Condition] | None = Field(None, max_length=5)
    is_sellable: bool | None = None
    has_stock: bool | None = Field(True, description="leave out (or show only) rows that have become empty")


class LotRef(Schema):
    id: int
    code: str
    expires_on: date | None = None
    produced_on: date | None = None


class StockOut(Schema):
    id: int
    warehouse: Ref
    location: LocationRef
    sku: Ref
    lot: LotRef | None
    owner: Ref
    condition: str
    container: ContainerRef | None
    quantity: int
    allocated: int
    is_sellable: bool
    received_at: Moment


STOCK = ListDefinition(
    name="stock",
    title="Stock by location and lot",
    filters=StockFilters,
    row=StockOut,
    columns=(
        *_SKU,
        *_WHERE,
        Column("location.code", _("Location")),
        Column("lot.code", _("Lot")),
        Column("lot.expires_on", _("Expires on")),
        Column("condition", _("Condition")),
        Column("container.code", _("Container")),
        Column("quantity", _("Quantity")),
        Column("allocated", _("Allocated")),
        Column("is_sellable", _("Sellable")),
        Column("received_at", _("Received")),
    ),
    sorts={"id": "id", "sku": "sku__code", "location": "location__code", "quantity": "quantity"},
    default_sort="id",
    query=lambda actor, filters: desk.stock_rows(actor, **filters.model_dump()),
)


class FillRow(Schema):
    location_id: int
    units: int
    fill: float | None = Field(description="share of the volume, 0 to 1; null where a size is unknown")


class FillOut(Schema):
    items: list[FillRow]


@router.get(
    "/stock/fill", permission="inventory.stock.view", response=FillOut, summary="How full the locations are"
)
def stock_fill(request: ApiRequest, warehouse_id: Id) -> dict[str, Any]:
    request.actor.scope.require(warehouse=warehouse_id)
    return {"items": desk.location_fill(request.actor, warehouse_id=warehouse_id)}


router.list("/stock", STOCK, permission="inventory.stock.view")


class MovementFilters(Schema):
    warehouse: list[Id] | None = Field(None, max_length=100)
    owner: list[Id] | None = Field(None, max_length=100)
    sku: Id | None = None
    location: Id | None = None
    lot: Id | None = None
    reason: list[Movement.Reason] | None = Field(None, max_length=len(Movement.Reason))
    source_kind: str | None = Field(None, max_length=32)
    source_id: Id | None = None
    since: Day | Moment | None = Field(None, alias="from")
    until: Day | Moment | None = Field(None, alias="to", description="a day counts as a whole")


class MovementOut(Schema):
    id: int
    at: Moment
    sku: Ref
    lot: LotRef | None
    owner: Ref
    quantity: int
    from_location: LocationRef
    to_location: LocationRef
    from_condition: str
    to_condition: str
    reason: str
    source_kind: str
    source_id: int | None
    note: str
    actor: str
    request_id: str


def _start(value: date | datetime | None, *, end: bool = False) -> datetime | None:
    """The moment that a filter means; a day begins and ends where the desk stands."""
    if value is None or isinstance(value, datetime):
        return value
    day = value + timedelta(days=1) if end else value
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def _movements(actor: Actor, filters: MovementFilters) -> Any:
    values = filters.model_dump()
    values["since"], values["until"] = _start(filters.since), _start(filters.until, end=True)
    return desk.movement_rows(actor, **values)


MOVEMENTS = ListDefinition(
    name="movements",
    title="Ledger",
    filters=MovementFilters,
    row=MovementOut,
    columns=(
        Column("at", _("At")),
        *_SKU,
        Column("quantity", _("Quantity")),
        Column("reason", _("Reason")),
        Column("from_location.code", _("From")),
        Column("to_location.code", _("To")),
        Column("from_condition", _("Condition before")),
        Column("to_condition", _("Condition after")),
        Column("lot.code", _("Lot")),
        Column("owner.code", _("Owner")),
        Column("source_kind", _("Document")),
        Column("source_id", _("Document id")),
        Column("actor", _("By")),
        Column("note", _("Note")),
    ),
    sorts={"at": "id"},
    default_sort="-at",
    query=_movements,
)
router.list("/movements", MOVEMENTS, permission="inventory.stock.view")


class LotFilters(Schema):
    q: str | None = Field(None, max_length=64, description="beginning of a lot or SKU code")
    sku: Id | None = None
    is_expired: bool | None = None
    expires_before: Day | None = None


class LotOut(Schema):
    id: int
    code: str
    sku: Ref
    produced_on: date | None
    expires_on: date | None
    is_expired: bool
    created_at: Moment
    on_hand: int
    allocated: int


def _lots_with_figures(actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    figures = desk.lot_figures(actor, [row["id"] for row in rows])
    for row in rows:
        row["on_hand"], row["allocated"] = figures.get(row["id"], (0, 0))
    return rows


LOTS = ListDefinition(
    name="lots",
    title="Lots",
    filters=LotFilters,
    row=LotOut,
    columns=(
        *_SKU,
        Column("code", _("Lot")),
        Column("produced_on", _("Produced on")),
        Column("expires_on", _("Expires on")),
        Column("is_expired", _("Expired")),
        Column("on_hand", _("On hand")),
        Column("allocated", _("Allocated")),
    ),
    sorts={"id": "id", "expires_on": "expires_on", "code": "code"},
    default_sort="-id",
    query=lambda _actor, filters: desk.lot_rows(**filters.model_dump()),
    enrich=_lots_with_figures,
)
router.list("/lots", LOTS, permission="inventory.lot.view")
