"""Containers, serials, changes with approval, recall, kits and moves: in the desk, and on a phone."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.e2e.handheld import Phone
from tests.factories import accounts, catalog, goods_in, partners
from tests.factories import inventory as make
from tests.factories.outbound import World, world
from tests.stockkeeping.test_kitting import Bench

from hecang.inventory.models import Container, Serial, Stock, StockHold
from hecang.inventory.services import ContainerIn, LotIn, containers_make, hold_place, lot_get_or_create_many
from hecang.inventory.verify import inventory_verify
from hecang.kernel.actor import Actor, acting
from hecang.stockkeeping.models import ChangePolicy, KitJob, StockChange
from hecang.stockkeeping.services.changes import Becomes, Which, change_request
from hecang.work.models import Task

SHOTS = os.environ.get("HECANG_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def chinese(page: Page, path: str, name: str) -> None:
    """The same screen in the other language, to look at."""
    if SHOTS:
        page.evaluate("localStorage.setItem('hecang.language', 'zh-CN')")
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shot(page, f"{name}-zh")
        page.evaluate("localStorage.setItem('hecang.language', 'en')")


def choose(within: Locator, label: str, text: str) -> None:
    """Type into a field that searches, and take the first answer."""
    within.get_by_label(label, exact=True).click()
    within.get_by_label(label, exact=True).fill(text)
    within.page.locator(".ant-select-item-option", has_text=text).first.click()


def pallet(place: make.Place) -> tuple[int, int, int]:
    """A pallet with two cartons of ten phones each, at A01-01-1."""
    ids = [
        made.id
        for made in containers_make(
            specs=[
                ContainerIn("pallet", "PAL-1", place.at("A01-01-1").pk),
                ContainerIn("carton", "BOX-1", parent_index=0),
                ContainerIn("carton", "BOX-2", parent_index=0),
            ]
        )
    ]
    for box, letter in zip(ids[1:], "ab", strict=True):
        place.put(10, to_container_id=box, serials=tuple(f"SN-{letter}{n}" for n in range(10)))
    return ids[0], ids[1], ids[2]


@pytest.fixture
def phones(transactional_db: None) -> make.Place:
    return make.place(is_serial_tracked=True)


def test_a_pallet_is_moved_with_everything_in_it_and_a_serial_tells_its_story(
    desk: Page, phones: make.Place
) -> None:
    base, first, _second = pallet(phones)
    desk.goto("/stock/containers")
    expect(desk.get_by_text("BOX-2")).to_be_visible()
    shot(desk, "containers")
    desk.get_by_role("row", name=re.compile("^PAL-1")).click()
    drawer = desk.get_by_role("dialog").first
    drawer.get_by_role("button", name="Move to").click()
    dialog = desk.get_by_role("dialog").last
    choose(dialog, "Location", "A01-02-1")
    dialog.get_by_role("button", name="Move to").click()
    expect(desk.get_by_text("Moved").first).to_be_visible()
    expect(drawer.get_by_text("A01-02-1").first).to_be_visible()
    shot(desk, "container")
    assert phones.stock("A01-02-1", container=Container.objects.get(id=first)) == (10, 0)

    # somebody else is to carry one carton on
    desk.goto(f"/stock/containers?open={first}")
    drawer = desk.get_by_role("dialog").first
    drawer.get_by_role("button", name="Ask for a move").click()
    dialog = desk.get_by_role("dialog").last
    choose(dialog, "Location", "A01-03-1")
    dialog.get_by_role("button", name="Ask for a move").click()
    expect(desk.get_by_text("A move task is in the pool")).to_be_visible()
    assert Task.objects.get(kind="move").container_id == first
    chinese(desk, f"/stock/containers?open={base}", "container")

    desk.goto("/stock/serials?q=SN-a3")
    expect(desk.get_by_text("SN-a3")).to_be_visible()
    shot(desk, "serials")
    desk.get_by_text("SN-a3").click()
    drawer = desk.get_by_role("dialog").first
    expect(drawer.get_by_text("Receipt").first).to_be_visible()
    expect(drawer.get_by_text("Move").first).to_be_visible()
    shot(desk, "serial")
    chinese(desk, f"/stock/serials?open={Serial.objects.get(number='SN-a3').pk}", "serial")
    assert inventory_verify().differences == 0


def test_a_change_of_stock_waits_for_another_person(desk: Page, phones: make.Place) -> None:
    pallet(phones)
    loose = make.Place(phones.warehouse, catalog.sku(), phones.owner)
    loose.put(40)
    other = catalog.sku()
    stock = Stock.objects.get(sku=loose.sku, quantity__gt=0)

    # the row's own menu: another SKU, which waits
    desk.goto(f"/stock/rows?q={loose.sku.code}")
    menu = desk.get_by_role("button", name=re.compile(f"A01-01-1 · {loose.sku.code}"))
    menu.click()
    shot(desk, "stock-menu")
    desk.get_by_role("menuitem", name="Change SKU").click()
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_label("Quantity").fill("4")
    choose(dialog, "New SKU", other.code)
    dialog.get_by_label("Reason").fill("relabelled")
    shot(desk, "stock-change-sku")
    dialog.get_by_role("button", name="Change SKU").click()
    expect(desk.get_by_text(re.compile("waits for approval"))).to_be_visible()
    change = StockChange.objects.get()
    assert (change.kind, change.state, change.units) == ("sku", "requested", 4)

    # who asked may not agree
    desk.goto(f"/stock/changes?open={change.pk}")
    drawer = desk.get_by_role("dialog").first
    expect(drawer.get_by_text("relabelled").first).to_be_visible()
    expect(drawer.get_by_role("button", name="Approve")).to_be_disabled()
    shot(desk, "change-own")

    # another's change can be agreed to
    with acting(
        Actor(
            kind="user",
            name="lin",
            user_id=accounts.user_make(username="lin").pk,
            permissions=frozenset({"*"}),
        )
    ):
        asked = change_request(
            kind="owner", which=Which(stock={stock.pk: 10}), becomes=Becomes(owner_id=partners.owner("OTHER").pk),
            reason="sold to the other company",
        )  # fmt: skip
    desk.goto("/stock/changes")
    expect(desk.get_by_text(asked.number)).to_be_visible()
    shot(desk, "changes")
    desk.get_by_text(asked.number).click()
    drawer = desk.get_by_role("dialog").first
    drawer.get_by_role("button", name="Approve").click()
    shot(desk, "change-approve")
    desk.get_by_role("dialog").last.get_by_role("button", name="Approve").click()
    expect(drawer.get_by_role("button", name="Approve")).to_have_count(0)
    assert StockChange.objects.get(id=asked.id).applied_units == 10
    assert loose.stock() == (30, 0)
    chinese(desk, f"/stock/changes?tab=all&open={asked.id}", "change")
    chinese(desk, "/stock/changes?tab=all", "changes")

    # the limits say from which size on
    desk.goto("/stock/changes")
    desk.get_by_role("button", name="Limits").click()
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_label("SKU Units").fill("25")
    dialog.get_by_label("SKU Value").fill("")
    shot(desk, "change-limits")
    dialog.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Limits saved")).to_be_visible()
    policy = ChangePolicy.objects.get()
    assert (policy.kind, policy.max_units, policy.max_value) == ("sku", 25, None)

    # a hold ends by the same policy
    hold_place(kind="location", location_id=loose.at("A01-01-1").pk, reason="leak above")
    desk.goto("/stock/holds")
    expect(desk.get_by_text("leak above")).to_be_visible()
    desk.get_by_role("button", name="Release").first.click()
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_label("Why it can end").fill("dry again")
    shot(desk, "hold-release")
    dialog.get_by_role("button", name="Release").click()
    expect(desk.get_by_text(re.compile("waits for another person"))).to_be_visible()
    assert StockHold.objects.get().released_at is None
    assert inventory_verify().differences == 0


def test_a_recall_shows_every_place_and_every_customer(desk: Page) -> None:
    house: World = world()
    sku = house.sku("milk", is_lot_tracked=True)
    maker = goods_in.supplier()
    (bad,) = lot_get_or_create_many(lots=[LotIn(sku.pk, "BAD", supplier_id=maker.pk)])
    house.put("milk", 9, lot_id=bad)
    house.order({"milk": 2})
    house.released()
    house.ship_all()
    house.order({"milk": 1})
    house.released()
    desk.goto("/stock/recall")
    shot(desk, "recall-empty")
    desk.goto(f"/stock/recall?by=supplier&supplier={maker.pk}")
    expect(desk.get_by_role("tab", name=re.compile("Shipped 1"))).to_be_visible()
    shot(desk, "recall")
    desk.get_by_role("tab", name=re.compile("Shipped 1")).click()
    shot(desk, "recall-shipped")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Export to Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    if SHOTS:
        download.value.save_as(f"{SHOTS}/recall.xlsx")
    chinese(desk, f"/stock/recall?by=supplier&supplier={maker.pk}", "recall")
    desk.goto(f"/stock/recall?by=lot&lot={bad}")
    desk.get_by_role("button", name="Hold all of it").click()
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_label("Reason").fill("glass found")
    dialog.get_by_role("button", name="Hold all of it").click()
    expect(desk.get_by_text(re.compile("Held. Orders have 1 units"))).to_be_visible()
    assert StockHold.objects.get().lot_id == bad
    house.verify()


def test_kits_are_asked_for_booked_and_taken_back(desk: Page) -> None:
    bench = Bench()
    desk.goto(f"/stock/kits?wh={bench.cup.warehouse.pk}")
    shot(desk, "kits-empty")
    desk.get_by_role("button", name="New job").first.click()
    form = desk.get_by_role("dialog").last
    choose(form, "Owner", bench.cup.owner.code)
    choose(form, "Kit", bench.kit.sku.code)
    form.get_by_label("Quantity").fill("5")
    choose(form, "Taken from", "A01-01-1")
    choose(form, "Goes to", "A01-02-1")
    shot(desk, "kit-new")
    form.get_by_role("button", name="New job").click()
    expect(form).to_be_hidden()
    job = KitJob.objects.get()
    desk.get_by_text(job.number).click()
    drawer = desk.get_by_role("dialog").first
    drawer.get_by_role("button", name="Book kits").click()
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_label("Quantity").fill("2")
    dialog.get_by_role("button", name="Book kits").click()
    expect(drawer.get_by_text("2 / 5")).to_be_visible()
    assert bench.lies() == (16, 8, 2)
    drawer.get_by_role("tab", name=re.compile("Steps")).click()
    shot(desk, "kit")
    drawer.get_by_role("button", name="Undo").click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Undo").click()
    expect(drawer.get_by_text("0 / 5")).to_be_visible()
    assert bench.lies() == (20, 10, 0)
    chinese(desk, f"/stock/kits?open={job.pk}", "kit")


def test_a_pallet_goes_by_one_scan_on_a_phone(context: BrowserContext, phones: make.Place) -> None:
    pallet(phones)
    loose = make.Place(phones.warehouse, catalog.sku(), phones.owner)
    loose.put(8, "A01-03-1")
    phone = Phone(context, phones.warehouse)
    phone.begin("Move").expect_state("from")
    shot(phone.page, "pda-move")
    phone.scan("PAL-1").expect_state("container")
    shot(phone.page, "pda-move-pallet")
    phone.scan("A01-02-1").expect_state("from")
    assert phones.stock("A01-02-1", container=Container.objects.get(code="BOX-2")) == (10, 0)
    phone.press("Undo").expect_notice("Taken back")
    assert phones.stock("A01-01-1", container=Container.objects.get(code="BOX-2")) == (10, 0)
    # units
    phone.scan("A01-03-1", loose.sku.code).quantity(3).expect_state("to")
    shot(phone.page, "pda-move-units")
    phone.scan("A01-02-1").expect_state("goods")
    assert loose.stock("A01-02-1") == (3, 0)
    assert phone.troubles == []


def test_a_serial_is_looked_up_and_kits_are_made_in_chinese_on_a_phone(context: BrowserContext) -> None:
    bench = Bench()
    unit = make.Place(bench.cup.warehouse, catalog.sku(is_serial_tracked=True), bench.cup.owner)
    unit.put(2, "A01-03-1", serials=("SN-77", "SN-78"))
    bench.job(3)
    phone = Phone(context, bench.cup.warehouse, language="zh-hans")
    phone.begin("查询").scan("SN-77").expect_fact("所在库位", "A01-03-1")
    shot(phone.page, "pda-serial-zh")
    phone.page.goto("/pda")
    phone.begin("组装拆解").expect_state("place")
    shot(phone.page, "pda-kit-zh")
    phone.scan("A01-01-1", bench.box.sku.code).expect_state("goods")
    shot(phone.page, "pda-kit-goods-zh")
    phone.scan(bench.cup.sku.code).expect_state("kits").quantity(3).expect_state("target")
    phone.scan("A01-02-1")
    expect(phone.page.get_by_text("已组装").first).to_be_visible()
    shot(phone.page, "pda-kit-done-zh")
    assert bench.lies() == (14, 7, 3)
    phone.page.goto("/pda")
    phone.begin("移库").scan("SN-78").expect_state("to")
    shot(phone.page, "pda-move-serial-zh")
    assert phone.troubles == []
