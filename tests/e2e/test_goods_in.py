"""Between the dock and the shelf, in the desk and on a phone: plans, inspection, putaway, returns, claims."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.handheld import Phone
from tests.factories import catalog, goods_in
from tests.factories.goods_in import arrive, dock, inspections, plan, putaways
from tests.factories.inventory import Place

from hecang.inbound.models import Claim, GoodsReturn, InspectionPlan, Putaway, ReturnLine
from hecang.inbound.services.checklists import Item
from hecang.inbound.services.returns import ExpectedLine, ReturnIn, return_open
from hecang.kernel.outbox import drain

SHOTS = os.environ.get("HECANG_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture
def here(transactional_db: None) -> Place:
    return dock(code="MUG-01", name="Mug, white", barcode="6901234567892", aisles=3, bays=6)


def test_a_plan_is_written_and_shows_what_it_means(desk: Page, here: Place) -> None:
    desk.goto("/inspection-plans")
    desk.get_by_role("button", name="New plan").first.click()
    desk.get_by_label("Code", exact=True).fill("QP-MUG")
    desk.get_by_label("Name", exact=True).fill("Mugs")
    expect(desk.get_by_text("J 80 / 5 / 6").or_(desk.get_by_text("H 50 / 3 / 4")).first).to_be_visible()
    desk.get_by_role("button", name="Add an item").click()
    desk.get_by_label("Code").last.fill("look")
    desk.get_by_label("What to look at").fill("Looks as agreed")
    shot(desk, "inspection-plan-en")
    desk.get_by_role("button", name="Save").click()

    expect(desk.get_by_role("cell", name="QP-MUG")).to_be_visible()
    shot(desk, "inspection-plans-en")
    assert InspectionPlan.objects.get().checklist[0]["code"] == "look"


def test_a_lot_is_inspected_and_refused_with_a_claim(desk: Page, here: Place) -> None:
    plan(checklist=(Item("look", "Looks as agreed", "yes_no"),))
    arrive(here, 120, supplier_id=goods_in.supplier().pk)
    (found,) = inspections(here)
    desk.goto("/inspections")
    desk.get_by_text(found.number).first.click()
    drawer = desk.get_by_role("dialog").first
    expect(drawer.get_by_text("Looks as agreed")).to_be_visible()
    drawer.get_by_role("button", name="No", exact=True).click()
    expect(drawer.get_by_text("Not good").first).to_be_visible()
    shot(desk, "inspection-en")
    drawer.get_by_role("button", name="Reject").click()
    desk.get_by_label("Reason").fill("Glaze is cracked")
    desk.get_by_role("dialog").last.get_by_role("button", name="Reject").click()
    expect(desk.get_by_role("dialog").first.get_by_text("Rejected").first).to_be_visible()

    claim = Claim.objects.get()
    desk.goto("/claims")
    desk.get_by_text(claim.number).first.click()
    desk.get_by_role("button", name="Mark as sent").click()
    expect(desk.get_by_role("button", name="Supplier agrees")).to_be_visible()
    shot(desk, "claim-en")
    desk.goto("/supplier-quality")
    expect(desk.get_by_text("0 %")).to_be_visible()
    shot(desk, "supplier-quality-en")


def test_a_photo_is_added_at_the_desk_and_shown(desk: Page, here: Place, tmp_path: Path) -> None:
    plan(checklist=(Item("front", "Front of the box", "photo"),))
    arrive(here, 40)
    (found,) = inspections(here)
    picture = tmp_path / "front.png"
    Image.new("RGB", (64, 64), "teal").save(picture)
    desk.goto(f"/inspections?tab=all&open={found.pk}")
    drawer = desk.get_by_role("dialog").first
    expect(drawer.get_by_role("button", name="Add a photo")).to_be_visible()
    drawer.locator("input[type=file]").set_input_files(picture)

    shown = drawer.get_by_role("img", name="Front of the box")
    expect(shown).to_be_visible()
    # The picture itself has come, not only its frame.
    desk.wait_for_function(
        "() => [...document.images].some((one) => one.alt === 'Front of the box' && one.naturalWidth === 64)"
    )
    (kept,) = found.results.all()
    assert (kept.item, kept.is_good, kept.photo.isdigit()) == ("front", True, True)
    shot(desk, "inspection-photo-en")


def test_a_putaway_says_why_and_is_put_elsewhere(desk: Page, here: Place) -> None:
    arrive(here, 10)
    drain()
    (row,) = putaways(here)
    desk.goto(f"/putaways?open={row.pk}")
    drawer = desk.get_by_role("dialog").first
    expect(drawer.get_by_text("The nearest empty place")).to_be_visible()
    expect(drawer.get_by_test_id("putaway-map")).to_be_visible()
    shot(desk, "putaway-en")
    drawer.get_by_role("button", name="Confirm").click()
    desk.get_by_label("Where it lies now").fill("A02-09-1")
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog.get_by_text("is not the planned place").first).to_be_visible()
    desk.get_by_label("Why elsewhere").click()
    desk.get_by_title("Place full").click()
    dialog.get_by_role("button", name="Confirm").click()
    expect(desk.get_by_role("dialog").first.get_by_text("Put away").first).to_be_visible()
    expect(desk.get_by_role("dialog").first.get_by_text("put to A02-09-1: Place full")).to_be_visible()
    assert here.stock("A02-09-1") == (10, 0)


def test_the_policy_is_changed(desk: Page, here: Place) -> None:
    desk.goto("/putaway-policy")
    desk.get_by_role("button", name="Up The nearest empty place").click()
    desk.get_by_label("Volume used at most (%)").fill("70")
    shot(desk, "putaway-policy-en")
    desk.get_by_role("button", name="Save").click()
    desk.wait_for_timeout(500)
    desk.reload()
    expect(desk.get_by_label("Volume used at most (%)")).to_have_value("70")
    items = desk.locator("ol li")
    expect(items.nth(4)).to_contain_text("The nearest empty place")


def test_a_return_is_received_graded_and_restocked(desk: Page, here: Place) -> None:
    key = return_open(
        opened=ReturnIn(
            here.warehouse.pk, owner_id=here.owner.pk, rma="RMA-77", lines=(ExpectedLine(here.sku.pk, 2),)
        )
    )
    number = GoodsReturn.objects.get(pk=key).number
    desk.goto("/goods-returns")
    desk.get_by_text(number).first.click()
    desk.get_by_role("button", name="Receive").click()
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_label("Units").fill("2")
    dialog.get_by_role("button", name="Receive").click()
    drawer = desk.get_by_role("dialog").first
    expect(drawer.get_by_text("2 / 2")).to_be_visible()
    drawer.get_by_role("button", name="Grade").click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Save").click()
    expect(drawer.get_by_text("A as new")).to_be_visible()
    shot(desk, "return-en")
    drawer.get_by_role("button", name="Decide").click()
    choice = desk.get_by_role("dialog").last
    choice.get_by_role("combobox").click()
    desk.get_by_title("Back to stock").click()
    choice.get_by_role("button", name="Decide").click()
    expect(drawer.get_by_text("Back to stock")).to_be_visible()

    assert ReturnLine.objects.get().disposition == "restock"
    assert Putaway.objects.get().condition == "good"


def test_the_pages_in_chinese_and_dark(context: BrowserContext, here: Place) -> None:
    plan()
    arrive(here, 120)
    drain()
    from tests.e2e.conftest import sign_in

    page = sign_in(context.new_page(), roles=["admin"])
    page.evaluate(
        "localStorage.setItem('hecang.language', 'zh-CN'); localStorage.setItem('hecang.theme', 'dark')"
    )
    for path, word in (
        ("/inspections", "质检"), ("/putaways?tab=all", "上架"), ("/goods-returns", "退货入库"), ("/claims", "供应商索赔"),
        ("/inspection-plans", "检验方案"), ("/putaway-policy", "上架策略"), ("/supplier-quality", "供应商质量"),
    ):  # fmt: skip
        page.goto(path)
        expect(page.get_by_role("heading", name=word).first).to_be_visible()
        shot(page, f"zh{path.split('?')[0].replace('/', '-')}")


# ---------------------------------------------------------------- on a phone


def test_goods_are_put_away_on_a_phone(context: BrowserContext, here: Place) -> None:
    arrive(here, 10)
    drain()
    place = putaways(here)[0].to_location.code  # type: ignore[union-attr]
    phone = Phone(context, here.warehouse).begin("Put away")
    phone.scan("6901234567892").expect_state("scan_place").expect_prompt(place)
    shot(phone.page, "pda-putaway")
    phone.scan("A02-09-1").expect_state("say_reason")
    shot(phone.page, "pda-putaway-reason")
    phone.scan(place).expect_state("scan_goods")

    assert here.availability() == (10, 0)
    assert phone.troubles == []


def test_a_lot_is_inspected_on_a_phone(context: BrowserContext, here: Place) -> None:
    plan(checklist=(Item("look", "Looks as agreed", "yes_no"),))
    arrive(here, 40)
    phone = Phone(context, here.warehouse).begin("Inspect")
    phone.scan("6901234567892").expect_state("answer").expect_prompt("Looks as agreed")
    shot(phone.page, "pda-inspect")
    phone.press("Yes")
    phone.expect_state("look")
    shot(phone.page, "pda-inspect-look")

    assert inspections(here)[0].state == "in_progress"
    assert phone.troubles == []


def test_a_sample_is_measured_pictured_and_the_lot_refused_in_chinese(
    context: BrowserContext, here: Place, tmp_path: Path
) -> None:
    items = (
        Item("height", "高度", "measure", unit="mm", low="95", high="105"),
        Item("front", "正面照片", "photo"),
    )
    plan(checklist=items)
    arrive(here, 40, supplier_id=goods_in.supplier().pk)
    picture = tmp_path / "front.png"
    Image.new("RGB", (64, 64), "white").save(picture)

    phone = Phone(context, here.warehouse, language="zh-hans").begin("质检")
    phone.scan("6901234567892").expect_state("answer").expect_prompt("高度")
    shot(phone.page, "pda-zh-measure")
    phone.scan("110").expect_state("bad_units")
    shot(phone.page, "pda-zh-bad")
    phone.quantity(3).expect_state("answer").expect_prompt("正面照片")
    shot(phone.page, "pda-zh-photo")
    phone.page.locator("input[type=file]").set_input_files(picture)
    phone.expect_state("look")
    phone.press("样本 13 件都看过了").expect_notice("已检 13 件")
    shot(phone.page, "pda-zh-look")
    phone.press("整批拒收").press("再按一次确认").expect_state("rejected_to")
    shot(phone.page, "pda-zh-rejected-to")
    phone.press("退供应商").expect_state("reason").scan("杯口开裂").expect_state("scan_lot")
    shot(phone.page, "pda-zh-decided")

    (lot,) = inspections(here)
    assert (lot.state, lot.major, lot.rejected) == ("decided", 3, 40)
    assert Claim.objects.get().quantity == 40
    assert phone.troubles == []


def test_the_next_putaway_goes_elsewhere_and_a_wrong_place_is_refused(
    context: BrowserContext, here: Place
) -> None:
    arrive(here, 10)
    drain()
    other = catalog.sku()
    Place(here.warehouse, other, here.owner).put(5, "A02-09-1")
    phone = Phone(context, here.warehouse).begin("Put away")
    phone.press("Give me the next one").expect_state("scan_place")
    # A place for damaged goods is none for good ones, whatever the reason.
    phone.scan("DAMAGED").expect_state("say_reason")
    phone.press("I know a better place")
    phone.expect_notice("Goods in this condition do not belong there", "bad")
    shot(phone.page, "pda-putaway-refused")
    phone.scan("A02-03-1").expect_state("say_reason")
    phone.press("The place is full")
    phone.expect_state("scan_goods")
    shot(phone.page, "pda-putaway-done")

    (row,) = putaways(here)
    assert (row.state, row.overrides.get().reason) == ("done", "full")
    assert here.stock("A02-03-1") == (10, 0)
    assert phone.troubles == []


def test_a_parcel_that_nobody_knows_is_returned_on_a_phone(context: BrowserContext, here: Place) -> None:
    phone = Phone(context, here.warehouse).begin("Returns")
    phone.scan("SF-UNKNOWN-1").expect_state("scan_parcel")
    shot(phone.page, "pda-returns-unknown")
    phone.press("Nothing is written on it")
    shot(phone.page, "pda-returns-owner")
    phone.scan("6901234567892").expect_state("scan_goods")
    phone.press("That is all: grade")
    phone.expect_state("grade").press("D: broken")
    phone.expect_state("dispose")
    shot(phone.page, "pda-returns-dispose")
    phone.press("Scrap")
    phone.expect_state("scan_parcel")

    assert ReturnLine.objects.get().disposition == "scrap"
    assert GoodsReturn.objects.get().kind == "unknown"
    assert phone.troubles == []


def test_a_parcel_is_returned_on_a_phone(context: BrowserContext, here: Place) -> None:
    return_open(
        opened=ReturnIn(
            here.warehouse.pk, owner_id=here.owner.pk, rma="RMA-8", lines=(ExpectedLine(here.sku.pk, 1),)
        )
    )
    phone = Phone(context, here.warehouse).begin("Returns")
    phone.scan("RMA-8").expect_state("scan_goods").scan("6901234567892").expect_state("scan_goods")
    shot(phone.page, "pda-returns")
    phone.press("That is all: grade")
    phone.expect_state("grade")
    shot(phone.page, "pda-returns-grade")
    phone.press("A: as new")
    phone.expect_state("dispose").press("Back to stock")
    phone.expect_state("scan_parcel")

    assert here.stock("RETURNS", condition="good") == (1, 0)
    assert phone.troubles == []
