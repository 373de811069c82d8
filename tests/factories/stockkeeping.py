"""Pick faces, reserve places and second warehouses for tests of stockkeeping."""

from __future__ import annotations

from typing import Any

from tests.factories import facility
from tests.factories.outbound import World, world

from hecang.facility.models import Location, Warehouse
from hecang.inventory.models import Stock
from hecang.inventory.services import PostingIn, stock_post
from hecang.stockkeeping.services.faces import FaceIn, pick_faces_save


def reserve(shop: World, code: str, **fields: Any) -> Location:
    """A reserve place of the shop's warehouse."""
    return facility.location(
        shop.warehouse,
        code,
        kind="reserve",
        **{"width_mm": 2000, "depth_mm": 1200, "height_mm": 1800, **fields},
    )


def face(
    shop: World, name: str, code: str = "A01-01-1", *, low: int = 10, high: int = 50, multiple: int = 1
) -> int:
    """A pick face of a SKU; its id."""
    [face_id] = pick_faces_save(
        faces=[FaceIn(shop.at(code).pk, shop.sku(name).pk, shop.owner.pk, low, high, multiple)]
    )
    return face_id


def stock_row(shop: World, name: str, code: str, **where: Any) -> Stock:
    """The only stock row of a SKU at a place."""
    return Stock.objects.get(location=shop.at(code), sku=shop.skus[name], quantity__gt=0, **where)


def second(shop: World, code: str = "BJ1") -> Warehouse:
    """Another warehouse."""
    return facility.warehouse(code, aisles=1, bays=3)


def put_in(
    warehouse: Warehouse, shop: World, name: str, quantity: int, code: str = "A01-01-1", **fields: Any
) -> None:
    """Goods of the shop's owner come into another warehouse."""
    stock_post(
        entries=[
            PostingIn(
                shop.sku(name).pk,
                shop.owner.pk,
                quantity,
                Location.objects.get(warehouse=warehouse, code="V-SUPPLIER").pk,
                Location.objects.get(warehouse=warehouse, code=code).pk,
                "receipt",
                **fields,
            )
        ]
    )


__all__ = ["World", "face", "put_in", "reserve", "second", "stock_row", "world"]
