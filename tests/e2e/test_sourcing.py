"""Calendars, sourcing and promises in a real browser, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.factories import orders, shipping

from hecang.accounts.models import User
from hecang.facility.models import WarehouseDay
from hecang.orders.models import SourcingRun

WORDS = {
    "en": {
        "calendar": "Calendar and cut-offs", "ships": re.compile("Ships on this day"), "save": re.compile("Save"),
        "closed": re.compile("Closed$"), "tab": "Sourcing", "cheapest": re.compile("is cheapest"),
        "promised": "Promised to the customer.", "run": "Source the book now", "done": "Done",
    },
    "zh-CN": {
        "calendar": "日历与截单", "ships": re.compile("这天发货"), "save": re.compile("保\\s*存"),
        "closed": re.compile("不发货$"), "tab": "寻源", "cheapest": re.compile("最省"),
        "promised": "向客户承诺的时间。", "run": "立即重新寻源", "done": "完成",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_calendar_drawer_and_book(desk: Page, language: str) -> None:
    words = WORDS[language]
    # given two warehouses that could ship an order
    world = orders.world("SH", "GZ")
    service = shipping.service("STD", lead_days=2)
    shipping.rate_rule(service, warehouse=world.warehouses["GZ"], first="14.50")
    for place in ("SH", "GZ"):
        world.put("A", 10, place)
    order = world.order({"A": 2})
    User.objects.update(language="en" if language == "en" else "zh-hans")
    desk.evaluate("language => localStorage.setItem('hecang.language', language)", language)

    # when a day is closed in the calendar
    desk.goto("/calendar")
    expect(desk.get_by_role("heading", name=words["calendar"])).to_be_visible()
    day = desk.get_by_role("button", name=re.compile(r"^\d{4}-\d{2}-15 "))
    day.click()
    ships = desk.get_by_role("dialog").get_by_role("switch", name=words["ships"])
    expect(ships).to_be_checked()
    ships.click()
    expect(ships).not_to_be_checked()
    desk.get_by_role("dialog").get_by_role("button", name=words["save"]).click()
    # then it says so
    expect(desk.get_by_role("button", name=re.compile(r"^\d{4}-\d{2}-15 "))).to_have_accessible_name(
        words["closed"]
    )
    assert WarehouseDay.objects.get().is_open is False

    # and the order tells why it comes from there, and when it arrives
    desk.goto(f"/orders/{order.pk}")
    desk.get_by_role("tab", name=words["tab"]).click()
    expect(desk.get_by_text(words["cheapest"])).to_be_visible()
    expect(desk.get_by_text(words["promised"])).to_be_visible()

    # and the book can be sourced by hand
    desk.goto("/sourcing")
    desk.get_by_role("button", name=words["run"]).first.click()
    expect(desk.get_by_text(words["done"], exact=True).first).to_be_visible(timeout=60_000)
    assert SourcingRun.objects.get().orders == 1
