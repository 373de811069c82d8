"""The handheld app at phone size: look anything up with a wedge scanner, wrong codes, reload, lost network."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.handheld import Phone
from tests.factories.inventory import Place, place

from hecang.catalog.models import Barcode
from hecang.work.models import FloorEntry, FloorSession

SHOTS = os.environ.get("HECANG_SHOTS", "")


def _shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture
def goods(transactional_db: None) -> Place:
    made = place(code="MILK-1", name="Fresh milk 1 l", is_expiry_tracked=True)
    Barcode.objects.create(sku=made.sku, code="6901234567892")
    lot = made.lot("L-2026", expires_in=20)
    made.put(24, lot=lot)
    made.put(6, "A01-02-1", lot=lot)
    return made


def test_anything_is_looked_up_by_scan(context: BrowserContext, goods: Place) -> None:
    phone = Phone(context, goods.warehouse)
    _shot(phone.page, "menu-en")
    phone.begin("Look up")
    _shot(phone.page, "lookup-begin-en")

    phone.scan("6901234567892").expect_state("shown_sku").expect_prompt("MILK-1")
    phone.expect_fact("On hand", "30").expect_fact("A01-01-1", "24 pcs")
    _shot(phone.page, "lookup-sku-en")
    phone.scan("A01-02-1").expect_state("shown_location").expect_fact("MILK-1", "6 pcs")
    phone.scan("L-2026").expect_state("shown_lot").expect_fact("A01-01-1", "24 pcs")
    phone.scan("]d2010690123456789210L-2026\x1d17270131"[3:].replace("\x1d", "{GS}"))
    phone.expect_state("shown_sku").expect_fact("Lot on the label", "L-2026")

    phone.scan("NO-SUCH-THING").expect_notice("Nothing here has the code", "bad").expect_state("shown_sku")
    _shot(phone.page, "lookup-wrong-en")
    phone.press("Last entries")
    expect(phone.page.get_by_role("dialog").locator("li")).to_have_count(5)
    _shot(phone.page, "last-en")
    phone.page.keyboard.press("Escape")

    phone.press("Leave the job")
    expect(phone.page.locator(".over")).to_be_visible()
    phone.press("Back to the menu")
    expect(phone.page.locator(".tile").first).to_be_visible()
    assert not FloorSession.objects.filter(is_open=True).exists()
    assert phone.troubles == []


def test_a_reload_comes_back_to_the_job(context: BrowserContext, goods: Place) -> None:
    phone = Phone(context, goods.warehouse).begin("Look up").scan("A01-01-1")
    phone.page.reload()
    phone.expect_state("shown_location").expect_prompt("A01-01-1")
    phone.scan("6901234567892").expect_state("shown_sku")
    phone.page.go_back()
    expect(phone.page.get_by_text("Go on with")).to_be_visible()
    phone.page.locator(".resume").first.click()
    phone.expect_state("shown_sku")
    assert FloorSession.objects.count() == 1


def test_a_scan_survives_a_lost_network(context: BrowserContext, goods: Place) -> None:
    phone = Phone(context, goods.warehouse).begin("Look up")
    # The first answer is lost on its way: the entry came, the handheld does not know it.
    lost: list[int] = []

    def lose(route: object) -> None:
        if not lost:
            lost.append(route.fetch().status)  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    phone.page.route(re.compile(r"/entries$"), lose)
    phone.scan("A01-01-1").expect_state("shown_location")
    assert lost == [200]
    assert FloorEntry.objects.count() == 1
    assert FloorSession.objects.get().version == 1


def test_an_entry_that_was_not_sent_survives_a_reload(context: BrowserContext, goods: Place) -> None:
    phone = Phone(context, goods.warehouse).begin("Look up")
    phone.page.route(re.compile(r"/entries$"), lambda route: route.abort())
    phone.page.keyboard.type("A01-01-1")
    phone.page.keyboard.press("Enter")
    expect(phone.page.get_by_text("No connection")).to_be_visible()
    _shot(phone.page, "offline-en")
    phone.page.unroute(re.compile(r"/entries$"))
    phone.page.reload()
    phone.expect_state("shown_location")
    assert FloorEntry.objects.count() == 1


def test_fast_scans_wait_their_turn(context: BrowserContext, goods: Place) -> None:
    phone = Phone(context, goods.warehouse).begin("Look up")
    for code in ("A01-01-1", "A01-02-1", "6901234567892"):
        phone.page.keyboard.type(code)
        phone.page.keyboard.press("Enter")
    phone.expect_state("shown_sku")
    assert FloorEntry.objects.filter(outcome="accepted").count() == 3


def test_chinese_dark_and_large_targets(context: BrowserContext, goods: Place) -> None:
    phone = Phone(context, goods.warehouse, language="zh-hans")
    page = phone.page
    _shot(page, "menu-zh")
    page.get_by_label("设置").click()
    page.get_by_role("button", name="深色").click()
    _shot(page, "settings-zh-dark")
    page.get_by_label("返回").click()
    phone.begin("查询").scan("6901234567892").expect_fact("在库", "30")
    _shot(page, "lookup-sku-zh-dark")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, a.press, label.press')]
            .filter((one) => one.offsetParent !== null)
            .map((one) => [one.textContent, one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44).map(([text]) => text)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("localStorage.setItem('hecang.pda.contrast', 'on')")
    page.reload()
    phone.expect_state("shown_sku")
    _shot(page, "lookup-sku-zh-dark-contrast")
    phone.scan("NO-SUCH").expect_notice("NO-SUCH", "bad")
    _shot(page, "lookup-wrong-zh-dark")
