"""Counting in a real browser: made and decided in the desk, counted on a phone."""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.handheld import Phone
from tests.factories.counting import Floor, floor

from hecang.catalog.models import Barcode
from hecang.kernel import clock
from hecang.stockkeeping.models import Count, CountModel, CountPlace, CountProgramme
from hecang.stockkeeping.services.counts import count_post_now
from hecang.stockkeeping.services.counts.risk import warehouse_score

SHOTS = os.environ.get("HECANG_SHOTS", "")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture
def shop(transactional_db: None) -> Floor:
    made = floor(aisles=1, bays=2, auto_post=False, approve_units=5)
    made.put("milk", 20, "A01-01-1")
    made.put("bread", 30, "A01-02-1")
    return made


def test_a_count_is_made_in_the_desk_and_its_differences_are_decided(desk: Page, shop: Floor) -> None:
    # given a warehouse, a count of its pick faces is made and put on the floor
    desk.goto(f"/stock/counts?wh={shop.warehouse.pk}")
    expect(desk.get_by_text("No counts")).to_be_visible()
    desk.get_by_role("button", name="New count").first.click()
    form = desk.get_by_role("dialog")
    form.get_by_text("Full", exact=True).click()
    form.get_by_label("Kinds of locations").click()
    desk.get_by_title("Pick face").click()
    form.get_by_text("All storage places.").click()
    expect(form.get_by_text(re.compile(r"4 places, about 1 task\b"))).to_be_visible()
    shot(desk, "count-new")
    form.get_by_role("button", name="Make and release").click()
    drawer = desk.get_by_role("dialog").last
    expect(drawer.get_by_text("0 of 4 places")).to_be_visible()
    count = Count.objects.get()

    # when two people find seven milk too few, and everything else is right
    for person in ("anna", "ben"):
        shop.read(count, "A01-01-1", {"milk": 13}, by=person)
    shop.read(count, "A01-02-1", {"bread": 30})
    for code in ("A01-03-1", "A01-04-1"):
        shop.read(count, code)

    # then the line waits for somebody else, who sees how it came about and approves
    desk.goto(f"/stock/counts/lines?wh={shop.warehouse.pk}&tab=approve")
    row = desk.get_by_role("row", name=re.compile("milk"))
    expect(row.get_by_text("To approve")).to_be_visible()
    shot(desk, "count-lines")
    row.get_by_text("A01-01-1").click()
    detail = desk.get_by_role("dialog")
    expect(detail.get_by_text("anna")).to_be_visible()
    expect(detail.get_by_text("ben")).to_be_visible()
    shot(desk, "count-line")
    desk.keyboard.press("Escape")
    row.get_by_role("checkbox").check()
    desk.get_by_role("button", name="Approve").first.click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Approve").click()
    expect(desk.get_by_role("row", name=re.compile("milk"))).to_have_count(0)

    # and posting brings it into the books
    desk.goto(f"/stock/counts/{count.pk}")
    desk.get_by_role("button", name="Post", exact=True).click()
    desk.get_by_role("dialog").last.get_by_role("button", name="Post", exact=True).click()
    expect(desk.get_by_text("Posting has begun")).to_be_visible()
    count_post_now(count_id=count.pk)
    desk.reload()
    expect(desk.get_by_text("Closed").first).to_be_visible()
    shot(desk, "count-detail")
    assert shop.book("milk") == 13
    shop.verify()

    # and the accuracy says so, each figure with its rows
    desk.goto(f"/stock/counts/accuracy?wh={shop.warehouse.pk}&by=zone")
    expect(desk.get_by_text("75.00 %").first).to_be_visible()
    shot(desk, "count-accuracy")
    desk.get_by_role("cell", name="A", exact=True).click()
    expect(desk).to_have_url(re.compile("/stock/counts/lines"))
    expect(desk.get_by_role("row", name=re.compile("milk"))).to_be_visible()


def test_programmes_rules_calendar_and_risk_in_chinese_and_dark(desk: Page, shop: Floor) -> None:
    warehouse_score(warehouse_id=shop.warehouse.pk)
    curve = {"places": 100, "wrong": 10, "auc": 0.8, "hits": [0.5] * 13}
    shares = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    found = [min(1.0, share * 2.5) for share in shares]
    CountModel.objects.create(
        warehouse=shop.warehouse, trained_at=clock.now() - timedelta(hours=3), kind="logistic", places=900, wrong=70,
        parameters={},
        figures={
            "shares": shares, "risk": {**curve, "found": found}, "abc": {**curve, "found": shares},
            "random": {**curve, "found": shares}, "weights": {"moves_since_count": 1.0, "units": 0.5},
        },
    )  # fmt: skip
    desk.evaluate("localStorage.setItem('hecang.language', 'zh-CN')")
    desk.goto(f"/stock/counts/rules?wh={shop.warehouse.pk}")
    expect(desk.get_by_role("heading", name="盘点规则与日历")).to_be_visible()
    desk.get_by_role("button", name="新建计划").click()
    form = desk.get_by_role("dialog")
    form.get_by_label("名称").fill("每日风险盘")
    form.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("每日风险盘").first).to_be_visible()
    assert CountProgramme.objects.get().kind == "risk"
    shot(desk, "count-rules-zh")
    desk.get_by_label("移动窗口（秒）").fill("90")
    desk.get_by_role("button", name="保存规则").click()
    expect(desk.get_by_text("已保存").first).to_be_visible()

    desk.emulate_media(color_scheme="dark")
    desk.evaluate("localStorage.setItem('hecang.theme', 'dark')")
    desk.goto(f"/stock/counts/accuracy?wh={shop.warehouse.pk}")
    expect(desk.get_by_text("盘前 20 % 的库位：按风险能找到 50.0 % 的错误，随机只有 20.0 %")).to_be_visible()
    expect(desk.get_by_text("A01-01-1").first).to_be_visible()
    shot(desk, "count-accuracy-zh-dark")


def test_a_stretch_is_counted_on_a_phone(context: BrowserContext, shop: Floor) -> None:
    count = shop.count(location_kinds=("pick_face",))
    phone = Phone(context, shop.warehouse)
    codes = {
        name: Barcode.objects.filter(sku=shop.sku(name)).values_list("code", flat=True).first() or name
        for name in ("milk", "bread")
    }

    phone.begin("Count").expect_state("place").expect_prompt("A01-01-1")
    shot(phone.page, "pda-count-place")
    phone.scan("A01-01-1").expect_state("goods").scan(codes["milk"]).expect_state("quantity")
    phone.quantity(19).expect_state("goods").expect_fact("milk", "19")
    shot(phone.page, "pda-count-goods")
    # one more was behind them: taken back and keyed again
    phone.press("Undo").expect_state("goods").scan(codes["milk"]).quantity(20)
    phone.press("That is all at A01-01-1").expect_state("confirm").press("Yes, that is all")
    phone.expect_state("place").expect_prompt("A01-02-1")
    phone.scan("A01-02-1", codes["bread"]).quantity(30)
    phone.scan("A01-02-1").expect_state("confirm").press("Yes, that is all")
    for code in ("A01-03-1", "A01-04-1"):
        phone.expect_state("place").scan(code).expect_state("goods").press(f"{code} is empty")
    expect(phone.page.get_by_text(re.compile("Nothing more to count|All places")).first).to_be_visible()
    shot(phone.page, "pda-count-over")

    count.refresh_from_db()
    assert (count.state, CountPlace.objects.filter(is_wrong=True).count()) == ("closed", 0)
    assert phone.troubles == []
    shop.verify()
