"""Replenishment, consolidation, transfers, thresholds and alerts in the browser; both jobs on a phone."""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.e2e.conftest import sign_in
from tests.e2e.handheld import Phone
from tests.factories.floor import Handheld
from tests.factories.stockkeeping import face, put_in, reserve, second, world

from hecang.inventory.models import Stock
from hecang.inventory.services import LotIn, lot_get_or_create_many
from hecang.kernel.clock import today
from hecang.stockkeeping.models import PickFace, Replenishment, StockAlert, Threshold, Transfer, TransferLine
from hecang.stockkeeping.selectors.floor_supply import dock_picks
from hecang.stockkeeping.services.alerts import alerts_refresh
from hecang.stockkeeping.services.replenishing import replenishments_plan
from hecang.stockkeeping.services.thresholds import ThresholdIn, thresholds_save
from hecang.stockkeeping.services.transfer_shipping import TransferPick, transfer_pick, transfer_ship
from hecang.stockkeeping.services.transfers import (
    TransferLineIn,
    transfer_approve,
    transfer_create,
    transfer_release,
)

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
    expect(desk.get_by_text("1 replenishment made")).to_be_visible()
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


def test_a_worker_takes_back_and_tells_what_is_missing_on_a_phone(context: BrowserContext) -> None:
    # given goods in two reserve places
    shop = world(goods={"milk": 5})
    for number, units in ((1, 20), (2, 20)):
        reserve(shop, f"R01-0{number}-1")
        shop.put("milk", units, f"R01-0{number}-1")
    face(shop, "milk", low=10, high=25)
    replenishments_plan(warehouse_id=shop.warehouse.pk)
    phone = Phone(context, shop.warehouse, language="zh-hans")
    # when the goods are taken and put back before they reach the face, nothing is booked
    phone.begin("补货").expect_prompt("R01-01-1")
    _shot(phone.page, "pda-replenish-zh")
    phone.scan("R01-01-1")
    _shot(phone.page, "pda-replenish-goods-zh")
    phone.scan(shop.barcode("milk"))
    _shot(phone.page, "pda-replenish-quantity-zh")
    phone.quantity(20).expect_state("face").expect_prompt("A01-01-1")
    _shot(phone.page, "pda-replenish-face-zh")
    phone.press("撤销").expect_state("source").expect_prompt("R01-01-1")
    _shot(phone.page, "pda-replenish-undone-zh")
    assert shop.stock("milk", "R01-01-1") == (20, 0)
    # and what is not there is planned from elsewhere
    phone.press("没有货").press("再按一次")
    phone.expect_prompt("R01-02-1").expect_notice("R01-01-1")
    _shot(phone.page, "pda-replenish-short-zh")
    phone.scan("R01-02-1", shop.barcode("milk")).quantity(20).expect_state("face").scan("A01-01-1")
    phone.expect_state("over")
    _shot(phone.page, "pda-replenish-over-zh")
    assert shop.stock("milk", "A01-01-1") == (25, 0)
    assert set(Replenishment.objects.values_list("ended_by", flat=True)) == {"short", "moved"}
    assert phone.troubles == []
    shop.verify()


def test_a_worker_receives_a_transfer_with_differences_on_a_phone(
    context: BrowserContext, browser: Browser, server: str
) -> None:
    # given ten units on the road
    shop = world(goods={"milk": 30})
    other = second(shop)
    key = transfer_create(
        from_warehouse_id=shop.warehouse.pk, to_warehouse_id=other.pk, owner_id=shop.owner.pk,
        lines=[TransferLineIn(shop.skus["milk"].pk, 10)],
    )  # fmt: skip
    transfer_approve(transfer_id=key)
    out = Handheld(shop.warehouse).begin("transfer", {"transfer_id": str(key)})
    out.scan("A01-01-1", shop.barcode("milk")).give("quantity", 10).give("leaves")
    number = Transfer.objects.get(id=key).number
    # when two come broken, seven whole, and one not at all
    phone = Phone(context, other, language="zh-hans")
    phone.begin("调拨").expect_state("document")
    _shot(phone.page, "pda-transfer-choose-zh")
    phone.scan(number).expect_state("receive")
    _shot(phone.page, "pda-transfer-receive-zh")
    phone.scan(shop.barcode("milk")).expect_state("come")
    _shot(phone.page, "pda-transfer-come-zh")
    phone.press("这些有破损").press("再按一次").expect_prompt("残损几件")
    _shot(phone.page, "pda-transfer-damaged-zh")
    phone.quantity(2).expect_state("receive")
    phone.scan(shop.barcode("milk")).expect_state("come").quantity(7).expect_state("receive")
    phone.expect_fact("milk", "1").press("没有更多到货").expect_state("close").expect_prompt("1 件")
    _shot(phone.page, "pda-transfer-close-zh")
    phone.press("途中丢失").press("再按一次").expect_state("document").expect_notice("丢失 1 件")
    _shot(phone.page, "pda-transfer-closed-zh")
    assert phone.troubles == []
    # then the books and the desk tell of it
    line = TransferLine.objects.get()
    assert (line.received, line.damaged, line.lost) == (9, 2, 1)
    shop.verify()
    office = browser.new_context(base_url=server, viewport={"width": 1366, "height": 768}, locale="en-US")
    desk = sign_in(office.new_page(), roles=["admin"])
    desk.goto(f"/transfers/{key}")
    desk.get_by_role("tab", name="Differences").click()
    expect(desk.get_by_text("Did not arrive")).to_be_visible()
    _shot(desk, "transfer-differences")
    office.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_supply_speaks_one_language(page: Page, language: str) -> None:
    """Rows in every page: no name of a text, no word of the other language, nothing wider than its frame."""
    # given faces, replenishments, remains, transfers in three states, and an alert of each family
    shop = world(goods={"milk": 3, "tea": 50, "bread": 9})
    for number in range(1, 5):
        reserve(shop, f"R01-0{number}-1")
    shop.put("milk", 80, "R01-01-1")
    for number, units in ((2, 2), (3, 4), (4, 9)):
        shop.put("tea", units, f"R01-0{number}-1")
    face(shop, "milk", low=10, high=40)
    replenishments_plan(warehouse_id=shop.warehouse.pk)
    sku = shop.sku("yoghurt", is_lot_tracked=True, shelf_life_days=30)
    for days, code in ((4, "L-SOON"), (-3, "L-GONE")):
        [lot] = lot_get_or_create_many(lots=[LotIn(sku.pk, code, expires_on=today() + timedelta(days=days))])
        shop.put("yoghurt", 6, "A01-03-1", lot_id=lot)
    thresholds_save(
        thresholds=[
            ThresholdIn(shop.warehouse.pk, shop.skus["bread"].pk, shop.owner.pk, safety_stock=20),
            ThresholdIn(shop.warehouse.pk, shop.skus["tea"].pk, shop.owner.pk, max_stock=30),
        ]
    )
    other = second(shop)
    keys = [
        transfer_create(
            from_warehouse_id=shop.warehouse.pk, to_warehouse_id=other.pk, owner_id=shop.owner.pk,
            lines=[TransferLineIn(shop.skus["tea"].pk, 5), TransferLineIn(shop.skus["bread"].pk, 1)],
        )
        for _ in range(3)
    ]  # fmt: skip
    for key in keys[1:]:
        transfer_approve(transfer_id=key)
        transfer_release(transfer_id=key)
    picks = [TransferPick(one.allocation_id, one.quantity) for one in dock_picks(keys[2])]
    transfer_pick(transfer_id=keys[2], picks=picks)
    transfer_ship(transfer_id=keys[2])
    alerts_refresh()
    # when somebody opens every page
    sign_in(page, roles=["admin"], language=language)
    chosen = "en" if language == "en" else "zh-CN"
    page.evaluate(f"localStorage.setItem('hecang.language', '{chosen}')")
    within = f"wh={shop.warehouse.pk}"
    pages = {
        "pick-faces": (f"/pick-faces?{within}", "A01-01-1"),
        "replenishments": (f"/replenishments?{within}", "R01-01-1"),
        "consolidation": (f"/consolidation?{within}", "R01-04-1"),
        "transfers": ("/transfers", "TR"),
        "transfer-picks": (f"/transfers/{keys[1]}", "Product tea"),
        "transfer-road": (f"/transfers?open={keys[2]}", "Product tea"),
        "stock-alerts": ("/stock-alerts", "L-SOON"),
        "thresholds": ("/thresholds", "bread"),
    }
    for name, (path, there) in pages.items():
        page.goto(path)
        expect(page.get_by_text(there).first).to_be_visible()
        page.wait_for_load_state("networkidle")
        _shot(page, f"desk-{name}-{language}")
        words = page.locator("main").inner_text()
        # then everything is said, in this language
        assert re.findall(r"\b(?:col|tab|state|cause|task|kind|fact|action)\.\w+", words) == [], name
        if language == "en":
            assert re.findall(r"[\u4e00-\u9fff]+", words) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    for name, path, button in (
        ("new-transfer", "/transfers", {"en": "New transfer", "zh-hans": "新建调拨"}[language]),
        ("new-face", f"/pick-faces?{within}", {"en": "New pick face", "zh-hans": "新增拣货位"}[language]),
        ("new-threshold", "/thresholds", {"en": "New threshold", "zh-hans": "新增阈值"}[language]),
    ):
        page.goto(path)
        page.get_by_role("button", name=button).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.wait_for_timeout(500)
        _shot(page, f"desk-{name}-{language}")
