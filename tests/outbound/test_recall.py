"""Recall: every place, promise, parcel and customer of a lot in one statement and one file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from tests.factories import accounts
from tests.factories import inventory as make
from tests.factories.goods_in import supplier
from tests.factories.outbound import World, world

from hecang.inventory.models import Serial, StockHold
from hecang.inventory.services import ContainerIn, LotIn, containers_make, lot_get_or_create_many
from hecang.kernel.actor import SYSTEM, Actor, Scope
from hecang.kernel.errors import InvalidInput
from hecang.outbound.models import Parcel
from hecang.outbound.selectors.recall import Recalled, recall_figures, recall_rows
from hecang.outbound.services.recall import recall_hold

pytestmark = pytest.mark.django_db


class Milk:
    """A lot of which some was shipped, some is allocated, some lies in a carton, and another lot beside it."""

    def __init__(self) -> None:
        self.house: World = world()
        sku = self.house.sku("milk", is_lot_tracked=True)
        self.supplier = supplier()
        self.bad, self.good = lot_get_or_create_many(
            lots=[LotIn(sku.pk, "BAD", supplier_id=self.supplier.pk), LotIn(sku.pk, "GOOD")]
        )
        self.house.put("milk", 5, lot_id=self.bad)
        self.shipped = self.house.order({"milk": 2})
        self.house.released()
        self.house.ship_all()
        self.waiting = self.house.order({"milk": 1})
        self.house.released()
        self.carton = containers_make(specs=[ContainerIn(location_id=self.house.at("A01-02-1").pk)])[0]
        self.house.put("milk", 4, "A01-02-1", lot_id=self.bad, to_container_id=self.carton.id)
        self.house.put("milk", 7, "A01-03-1", lot_id=self.good)


@pytest.fixture
def milk() -> Milk:
    return Milk()


def kinds(rows: list[dict[str, Any]]) -> list[tuple[str, str | None, str | None, int]]:
    return [(row["kind"], row["location"], row["order"], row["quantity"]) for row in rows]


def test_a_lot_is_found_wherever_it_went(milk: Milk) -> None:
    with CaptureQueriesContext(connection) as captured:
        rows = recall_rows(SYSTEM, Recalled((milk.bad,)))
    assert len(captured) == 1
    assert kinds(rows) == [
        ("location", "A01-01-1", None, 3),
        ("location", "A01-02-1", None, 4),
        ("allocation", "A01-01-1", milk.waiting.number, 1),
        ("shipped", None, milk.shipped.number, 2),
    ]
    assert rows[1]["container"] == milk.carton.code
    parcel = Parcel.objects.get()
    assert parcel.waybill is not None
    assert (rows[3]["parcel"], rows[3]["waybill"]) == (parcel.number, parcel.waybill.number)
    figures = recall_figures(rows)
    assert (figures.lying, figures.sellable, figures.allocated, figures.shipped) == (7, 7, 1, 2)
    assert (figures.parcels, figures.orders, figures.customers, figures.fulfilments) == (1, 1, 1, 1)


def test_by_supplier_and_by_sku(milk: Milk) -> None:
    by_lot = recall_rows(SYSTEM, Recalled((milk.bad,)))
    assert recall_rows(SYSTEM, Recalled(supplier_id=milk.supplier.pk)) == by_lot
    assert recall_rows(SYSTEM, Recalled(supplier_id=milk.supplier.pk, sku_id=make.place().sku.pk)) == []
    whole = recall_rows(SYSTEM, Recalled(sku_id=milk.house.sku("milk").pk))
    assert sum(row["quantity"] for row in whole if row["kind"] == "location") == 14
    assert recall_rows(SYSTEM, Recalled()) == []


def test_only_ones_own_warehouses_are_shown(milk: Milk) -> None:
    stranger = Actor(kind="user", name="x", scope=Scope(warehouses=frozenset({0})))
    assert recall_rows(stranger, Recalled((milk.bad,))) == []


def test_what_came_back_is_told_as_well(milk: Milk) -> None:
    stock = make.Place(milk.house.warehouse, milk.house.sku("milk"), milk.house.owner)
    stock_in = {"lot_id": milk.bad, "reason": "return"}
    from hecang.inventory.services import PostingIn, stock_post

    stock_post(
        entries=[
            PostingIn(
                stock.sku.pk,
                stock.owner.pk,
                1,
                stock.at("V-CUSTOMER").pk,
                stock.at("A01-03-1").pk,
                **stock_in,
            )
        ]
    )
    assert recall_figures(recall_rows(SYSTEM, Recalled((milk.bad,)))).returned == 1


def test_holding_it_all_stops_the_sale_once(milk: Milk) -> None:
    held = recall_hold(recalled=Recalled((milk.bad,)), reason="glass")
    assert (len(held.hold_ids), held.promised) == (1, 1)
    assert milk.house.availability("milk") == (7, 0)
    assert recall_hold(recalled=Recalled((milk.bad,)), reason="glass").hold_ids == ()
    assert [(h.kind, h.source_kind) for h in StockHold.objects.all()] == [("lot", "recall")]
    recall_hold(recalled=Recalled(supplier_id=milk.supplier.pk), reason="glass")
    recall_hold(recalled=Recalled(sku_id=milk.house.sku("milk").pk), reason="glass")
    assert milk.house.availability("milk") == (0, 0)
    milk.house.verify()
    with pytest.raises(InvalidInput):
        recall_hold(recalled=Recalled(), reason="x")


def test_a_range_of_serials_goes_into_quarantine_as_far_as_it_is_free() -> None:
    house = world()
    sku = house.sku("phone", is_serial_tracked=True)
    house.put("phone", 6, serials=tuple(f"P{n}" for n in range(1, 7)))
    order = house.order({"phone": 1})
    house.released()
    house.ship_all()
    recalled = Recalled(sku_id=sku.pk, first="P1", last="P3")
    rows = recall_rows(SYSTEM, recalled)
    assert [(row["kind"], row["quantity"], row["serials"], row["order"]) for row in rows] == [
        ("location", 2, ["P2", "P3"], None), ("shipped", 1, ["P1"], order.number)
    ]  # fmt: skip
    assert rows[1]["is_presumed"]
    assert recall_hold(recalled=recalled, reason="battery").quarantined == 2
    found = Serial.objects.filter(stock__condition="quarantine").order_by("number")
    assert [serial.number for serial in found] == ["P2", "P3"]
    house.verify()


def test_the_list_and_the_file_of_the_api(milk: Milk) -> None:
    client = accounts.api_client()
    answer = client.get(f"/recalls?lot={milk.bad}").json()
    assert (answer["figures"]["shipped"], len(answer["items"])) == (2, 4)
    response = client.get(f"/recalls/export?lot={milk.bad}")
    content = b"".join(response.streaming_content)
    rows = list(load_workbook(BytesIO(content)).active.values)  # type: ignore[union-attr]
    assert len(rows) == 5
    assert client.post("/recalls/hold", {"lot": [milk.bad], "reason": "glass"}).json()["promised"] == 1
    assert (
        accounts.api_client(roles=["operator"]).post("/recalls/hold", {"lot": [1], "reason": "x"}).status_code
        == 403
    )
