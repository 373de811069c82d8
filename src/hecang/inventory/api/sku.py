"""Stock of one SKU: the tree warehouse → location → lot, and its ledger with the balance."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from hecang.catalog.selectors import skus_by_id
from hecang.inventory.api.base import LocationRef, SkuRef, router
from hecang.inventory.api.lists import MovementOut, StockOut
from hecang.inventory.selectors import desk
from hecang.kernel.api import ApiRequest, Id, Ref, Schema
from hecang.kernel.api.lists import nest
from hecang.kernel.errors import NotFound

#: A SKU lies at hundreds of places at most; more are cut off, the sums above them are whole.
MOST_ROWS = 2000


class PlaceOut(Schema):
    location: LocationRef
    quantity: int
    allocated: int
    lots: list[StockOut]


class WarehouseStockOut(Schema):
    warehouse: Ref
    sellable: int
    reserved: int
    free: int
    on_hand: int
    allocated: int
    held: int
    locations: list[PlaceOut]


class SkuStockOut(Schema):
    sku: SkuRef
    warehouses: list[WarehouseStockOut]


@router.get(
    "/skus/{sku_id}/stock",
    permission="inventory.stock.view",
    response=SkuStockOut,
    summary="Stock of a product by warehouse, location and lot",
)
def sku_stock(request: ApiRequest, sku_id: Id) -> dict[str, Any]:
    sku = _sku(sku_id)
    balances = nest(
        list(desk.availability_rows(request.actor, sku=sku_id).order_by("warehouse_id", "owner_id"))
    )
    figures = desk.availability_figures([row["id"] for row in balances])
    warehouses: dict[int, dict[str, Any]] = {}
    for row in balances:
        entry = warehouses.setdefault(
            row["warehouse"]["id"],
            {
                "warehouse": row["warehouse"],
                **dict.fromkeys(("sellable", "reserved", "free", "on_hand", "allocated", "held"), 0),
                "locations": {},
            },
        )
        on_hand, allocated, held = figures[row["id"]]
        entry["sellable"] += row["sellable"]
        entry["reserved"] += row["reserved"]
        entry["free"] += row["sellable"] - row["reserved"]
        entry["on_hand"] += on_hand
        entry["allocated"] += allocated
        entry["held"] += held
    rows = desk.stock_rows(request.actor, sku=sku_id).order_by("location__code", "id")
    for stock in nest(list(rows[:MOST_ROWS])):
        places = warehouses[stock["warehouse"]["id"]]["locations"]
        place = places.setdefault(
            stock["location"]["id"],
            {"location": stock["location"], "quantity": 0, "allocated": 0, "lots": []},
        )
        place["quantity"] += stock["quantity"]
        place["allocated"] += stock["allocated"]
        place["lots"].append(stock)
    return {
        "sku": sku,
        "warehouses": [
            {**entry, "locations": list(entry["locations"].values())} for entry in warehouses.values()
        ],
    }


class LedgerRow(MovementOut):
    change: int = Field(description="what it changed over all the places asked for")
    balance: int = Field(description="what lay there after it")


class LedgerOut(Schema):
    items: list[LedgerRow]
    next_before: int | None = Field(description="``before`` of the next page; null on the last")


@router.get(
    "/skus/{sku_id}/ledger",
    permission="inventory.stock.view",
    response=LedgerOut,
    summary="Ledger of a product with its running balance",
)
def sku_ledger(
    request: ApiRequest,
    sku_id: Id,
    warehouse: Id | None = None,
    owner: Id | None = None,
    location: Id | None = None,
    lot: Id | None = None,
    before: Id | None = None,
) -> dict[str, Any]:
    _sku(sku_id)
    limit = 50
    rows = desk.ledger_page(
        request.actor,
        sku_id=sku_id,
        warehouse_id=warehouse,
        owner_id=owner,
        location_id=location,
        lot_id=lot,
        before=before,
        limit=limit + 1,
    )
    items = nest(rows[:limit])
    return {"items": items, "next_before": items[-1]["id"] if len(rows) > limit else None}


def _sku(sku_id: int) -> dict[str, Any]:
    found = skus_by_id([sku_id]).get(sku_id)
    if found is None:
        raise NotFound(_("There is no such SKU."))
    return {"id": found.id, "code": found.code, "name": found.name}
