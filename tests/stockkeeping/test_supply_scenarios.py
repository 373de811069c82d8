"""Replenish and transfer on a handheld, entry by entry."""

from __future__ import annotations

import pytest
from tests.factories.floor import Handheld
from tests.factories.stockkeeping import World, face, reserve, second, world

from hecang.facility.models import Location
from hecang.inventory.models import Stock
from hecang.stockkeeping.models import Replenishment, Transfer
from hecang.stockkeeping.services.replenishing import replenishments_plan
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    transfer_approve,
    transfer_create,
)

pytestmark = pytest.mark.django_db


def shop(units: int = 100) -> World:
    made = world(goods={"milk": 5})
    reserve(made, "R01-01-1")
    made.put("milk", units, "R01-01-1")
    face(made, "milk")
    replenishments_plan(warehouse_id=made.warehouse.pk)
    return made


def test_from_the_reserve_place_to_the_face() -> None:
    made = shop()
    pda = (
        Handheld(made.warehouse)
        .begin("replenish")
        .expect("source", Goods="milk Product milk", Quantity="45 pcs")
    )
    pda.refused("source", "A01-01-1", code="wrong_place").refused("source", "NOWHERE", code="code_unknown")
    made.put("bread", 5, "A02-01-1")
    pda.scan("R01-01-1").refused("goods", made.barcode("bread"), code="wrong_goods")
    pda.scan(made.barcode("milk")).refused("quantity", 46, code="quantity_invalid").give("quantity", 40)
    pda.refused("face", "A02-01-1", code="wrong_place").scan("A01-01-1").expect("source", Quantity="5 pcs")
    assert made.stock("milk", "A01-01-1") == (45, 0)
    pda.scan("R01-01-1", made.barcode("milk")).undo().expect("source")
    pda.scan("R01-01-1", made.barcode("milk")).give("quantity", 5).scan("A01-01-1").over()
    assert made.stock("milk", "A01-01-1") == (50, 0)
    made.verify()


def test_what_is_not_there_is_told_and_planned_from_elsewhere() -> None:
    made = shop(45)
    reserve(made, "R01-02-1")
    made.put("milk", 60, "R01-02-1")
    pda = Handheld(made.warehouse).begin("replenish")
    pda.give("trouble", "missing").expect("source", Quantity="45 pcs")
    assert "R01-02-1" in pda.prompt
    assert set(Replenishment.objects.values_list("ended_by", flat=True)) == {"", "short"}


def test_goods_are_taken_from_another_place_that_has_them() -> None:
    made = shop(45)
    reserve(made, "R01-02-1")
    made.put("milk", 60, "R01-02-1")
    Handheld(made.warehouse).begin("replenish").scan("R01-02-1", made.barcode("milk")).give(
        "quantity", 45
    ).scan("A01-01-1")
    assert (made.stock("milk", "R01-02-1"), made.stock("milk", "R01-01-1")) == ((15, 0), (45, 0))


def test_nothing_to_bring_ends_the_job() -> None:
    Handheld(world().warehouse).begin("replenish").over()


def test_a_transfer_is_sent_at_one_end_and_received_at_the_other() -> None:
    made = world(goods={"milk": 30, "tea": 10})
    other = second(made)
    key = transfer_create(
        from_warehouse_id=made.warehouse.pk,
        to_warehouse_id=other.pk,
        owner_id=made.owner.pk,
        lines=[TransferLineIn(made.skus["milk"].pk, 20), TransferLineIn(made.skus["tea"].pk, 10)],
    )
    transfer_approve(transfer_id=key)
    number = Transfer.objects.get(id=key).number

    out = Handheld(made.warehouse).begin("transfer").expect("document").scan(number).expect("place")
    out.refused("place", "A02-01-1", code="wrong_place")
    out.scan("A01-01-1", made.barcode("milk")).give("quantity", 20).scan("A01-02-1", made.barcode("tea"))
    out.give("quantity", 10).expect("ship").give("leaves")
    assert Transfer.objects.get(id=key).state == "in_transit"

    come = (
        Handheld(other)
        .begin("transfer")
        .give("choice", key)
        .expect("receive", milk_Product_milk="20", tea_Product_tea="10")
    )
    come.scan(made.barcode("milk")).give("condition", "damaged").give("quantity", 2).expect(
        "receive", milk_Product_milk="18"
    )
    come.scan(made.barcode("milk")).give("quantity", 18).scan(made.barcode("tea")).give("quantity", 9)
    come.give("nothing_more").expect("close", tea_Product_tea="1").give("lost")

    dock = Location.objects.get(warehouse=other, code="DOCK-1")
    rows = Stock.objects.filter(location=dock, quantity__gt=0).values_list(
        "sku__code", "condition", "quantity"
    )
    assert sorted(rows) == [("milk", "damaged", 2), ("milk", "good", 18), ("tea", "good", 9)]
    assert Transfer.objects.get(id=key).state == "closed"
    made.verify()


def test_each_end_does_its_own_part() -> None:
    made = world(goods={"milk": 30})
    other = second(made)
    key = transfer_create(
        from_warehouse_id=made.warehouse.pk, to_warehouse_id=other.pk, owner_id=made.owner.pk,
        lines=[TransferLineIn(made.skus["milk"].pk, 20)],
    )  # fmt: skip
    transfer_approve(transfer_id=key)
    number = Transfer.objects.get(id=key).number
    # nothing is brought to the dock by those who wait for it
    there = Handheld(other).begin("transfer").refused("document", number, code="other_end")
    assert Transfer.objects.get(id=key).state == "approved"
    here = Handheld(made.warehouse).begin("transfer").scan(number, "A01-01-1", made.barcode("milk"))
    here.give("quantity", 20).give("leaves")
    # nor taken off the truck by those who have sent it
    here.refused("document", number, code="other_end")
    there.scan(number).expect("receive", milk_Product_milk="20")


def test_goods_of_one_place_are_scanned_in_any_order() -> None:
    made = world(goods={"milk": 30})
    made.put("tea", 10, "A01-01-1")
    key = transfer_create(
        from_warehouse_id=made.warehouse.pk, to_warehouse_id=second(made).pk, owner_id=made.owner.pk,
        lines=[TransferLineIn(made.skus["milk"].pk, 20), TransferLineIn(made.skus["tea"].pk, 10)],
    )  # fmt: skip
    transfer_approve(transfer_id=key)
    out = Handheld(made.warehouse).begin("transfer", {"transfer_id": str(key)}).scan("A01-01-1")
    out.scan(made.barcode("tea")).expect("quantity", Goods="tea Product tea", Quantity="10").give(
        "quantity", 10
    )
    out.scan("A01-01-1", made.barcode("milk")).give("quantity", 20).expect("ship")
    made.verify()
