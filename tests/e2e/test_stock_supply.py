"""Replenishment, consolidation, transfers, thresholds and alerts in the browser; both jobs on a phone."""

from __future__ import annotations

import os
import re

from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.handheld import Phone
from tests.factories.stockkeeping import face, put_in, reserve, second, world

from hecang.inventory.models import Stock
from hecang.stockkeeping.models import PickFace, Replenishment, StockAlert, Threshold, Transfer
from hecang.stockkeeping.services.replenishing import replenishments_plan
from hecang.stockkeeping.services.thresholds import ThresholdIn, thresholds_save
from hecang.stockkeeping.services.transfers import TransferLineIn, transfer_approve, transfer_create

SHOTS = os.environ.get("HECANG_SHOTS", "")


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_faces_are_planned_and_remains_put_together(desk: Page) -> None:
    # given a face that is nearly empty, goods in reserve, and remains in three places
    shop = world(goods={"milk": 3})
    for number in range(1, 5):
        reserve(shop, f"R01-0{number}-1")
    shop.put("milk", 80, "R01-01-1")
    for number, units in ((2, 2), (3, 4), (4, 9)):
        shop.put("tea", units, f"R01-0{number}-1")
    face(shop, "milk", low=10, high=40)
    # when the manager looks at the faces and plans
    desk.goto(f"/pick-faces?wh={shop.warehouse.pk}")
    expect(desk.get_by_text("A01-01-1")).to_be_visible()
    _shot(desk, "pick-faces")
    desk.get_by_role("button", name="Find by stock").click()
    expect(desk.get_by_text("0 pick faces found")).to_be_visible()
    desk.goto(f"/replenishments?wh={shop.warehouse.pk}")
    desk.get_by_role("button", name="Plan now").first.click()
    expect(desk.get_by_text("1 replenishments made")).to_be_visible()
    expect(desk.get_by_text("R01-01-1")).to_be_visible()
    _shot(desk, "replenishments")
    assert Replenishment.objects.get().quantity == 37
    # and puts the remains together
    desk.goto(f"/consolidation?wh={shop.warehouse.pk}")
    expect(desk.get_by_text("R01-04-1").first).to_be_visible()
    _shot(desk, "consolidation")
    desk.locator("thead input[type=checkbox]").check()
    desk.get_by_role("button", name=re.compile("Make move tasks")).click()
    expect(desk.get_by_text("2 moves in the pool")).to_be_visible()
    assert Replenishment.objects.filter(cause="consolidation").count() == 2
    # and a face is changed by hand
    desk.goto(f"/pick-faces?wh={shop.warehouse.pk}")
    desk.get_by_text("A01-01-1").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Maximum").fill("60")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert PickFace.objects.get().max_quantity == 60


def test_a_transfer_from_the_wish_to_the_last_difference(desk: Page) -> None:
    shop = world(goods={"milk": 30})
    other = second(shop)
    key = transfer_create(
        from_warehouse_id=shop.warehouse.pk,
        to_warehouse_id=other.pk,
        owner_id=shop.owner.pk,
        lines=[TransferLineIn(shop.skus["milk"].pk, 12)],
        note="for the new shop",
    )
    number = Transfer.objects.get(id=key).number
    desk.goto("/transfers")
    expect(desk.get_by_text(number)).to_be_visible()
    _shot(desk, "transfers")
    desk.get_by_text(number).click()
    drawer = desk.get_by_role("dialog").first
    drawer.get_by_role("button", name="Approve", exact=True).click()
    drawer.get_by_role("button", name="Release").click()
    drawer.get_by_role("tab", name="To bring to the dock").click()
    drawer.get_by_role("button", name="Lies at the dock").click()
    expect(drawer.get_by_text("At the dock", exact=True).last).to_be_visible()
    drawer.get_by_role("button", name="The truck leaves").click()
    desk.get_by_role("dialog").last.get_by_role("button", name="The truck leaves").click()
    expect(desk.get_by_text("12 units are on the road")).to_be_visible()
    _shot(desk, "transfer-on-the-road")
    drawer.get_by_role("button", name="Receive all").click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Receive all").click()
    expect(desk.get_by_text("12 units received")).to_be_visible()
    assert Transfer.objects.get(id=key).state == "closed"
    assert Stock.objects.get(location__warehouse=other, quantity__gt=0).quantity == 12
    shop.verify()


def test_thresholds_make_alerts_and_one_click_answers_them(desk: Page) -> None:
    shop = world(goods={"milk": 4})
    put_in(second(shop), shop, "milk", 40)
    thresholds_save(
        thresholds=[
            ThresholdIn(shop.warehouse.pk, shop.skus["milk"].pk, shop.owner.pk, safety_stock=10, max_stock=30)
        ]
    )
    desk.goto("/stock-alerts")
    expect(desk.get_by_text("Below safety stock").first).to_be_visible()
    _shot(desk, "stock-alerts")
    desk.get_by_role("button", name="Buy").click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Buy").click()
    expect(desk.get_by_text("Purchase requested")).to_be_visible()
    assert StockAlert.objects.get().action == "purchase"
    desk.goto("/thresholds")
    expect(desk.get_by_text("milk").first).to_be_visible()
    _shot(desk, "thresholds")
    desk.locator("tbody tr", has_text="milk").first.get_by_text("10", exact=True).click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Safety stock").fill("3")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert Threshold.objects.get().safety_stock == 3
    assert StockAlert.objects.get().gone_at is not None


def test_a_worker_fills_a_face_on_a_phone(context: BrowserContext) -> None:
    shop = world(goods={"milk": 5})
    reserve(shop, "R01-01-1")
    shop.put("milk", 60, "R01-01-1")
    face(shop, "milk", low=10, high=25)
    replenishments_plan(warehouse_id=shop.warehouse.pk)
    phone = Phone(context, shop.warehouse)
    phone.begin("Replenish").expect_prompt("Go to R01-01-1")
    _shot(phone.page, "pda-replenish")
    phone.scan("R01-01-1", shop.barcode("milk")).quantity(20).expect_prompt("Bring 20 to A01-01-1")
    _shot(phone.page, "pda-replenish-face")
    phone.scan("A01-01-1")
    expect(phone.page.get_by_text("20 of milk lie at A01-01-1").first).to_be_visible()
    assert shop.stock("milk", "A01-01-1") == (25, 0)


def test_a_worker_sends_a_transfer_on_a_phone(context: BrowserContext) -> None:
    shop = world(goods={"milk": 30})
    other = second(shop)
    key = transfer_create(
        from_warehouse_id=shop.warehouse.pk, to_warehouse_id=other.pk, owner_id=shop.owner.pk,
        lines=[TransferLineIn(shop.skus["milk"].pk, 8)],
    )  # fmt: skip
    transfer_approve(transfer_id=key)
    phone = Phone(context, shop.warehouse)
    phone.begin("Transfer").scan(Transfer.objects.get(id=key).number).expect_prompt("Go to A01-01-1")
    _shot(phone.page, "pda-transfer")
    phone.scan("A01-01-1", shop.barcode("milk")).quantity(8).expect_prompt("Everything lies at the dock")
    phone.press("The truck leaves")
    # a warning button asks once more where it is one
    expect(phone.page.get_by_text("8 pcs are on the road").first).to_be_visible()
    assert Transfer.objects.get(id=key).state == "in_transit"
