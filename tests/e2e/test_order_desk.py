"""The order desk in the browser: find what needs a person, and settle it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from tests.factories.outbound import world

from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder


def test_a_held_order_is_found_approved_and_goes_to_the_warehouse(desk: Page) -> None:
    shop = world(goods={"milk": 10}, amount_limit=Decimal(0))
    calm = shop.order({"milk": 1})
    order = shop.order({"milk": 2}, freight_amount=Decimal("12.00"))
    assert SalesOrder.objects.get(pk=calm.pk).state == "approved"
    assert SalesOrder.objects.get(pk=order.pk).is_held

    desk.goto("/orders?tab=held")
    expect(desk.get_by_text(order.number)).to_be_visible()
    expect(desk.get_by_text(calm.number)).to_have_count(0)
    desk.get_by_text(order.number).click()
    drawer = desk.get_by_role("dialog")
    expect(drawer.get_by_text("milk").first).to_be_visible()
    drawer.get_by_role("button", name=re.compile("^Approve")).click()
    _confirm(desk)

    expect(drawer.get_by_text("Approved").first).to_be_visible()
    drain()
    assert SalesOrder.objects.get(pk=order.pk).state == "approved"
    assert shop.fulfilment(order).state == "ready"
    shop.verify()


def test_the_palette_finds_an_order_by_the_tail_of_the_phone_number(desk: Page) -> None:
    shop = world(goods={"milk": 10})
    order = shop.order({"milk": 1})
    desk.goto("/")
    expect(desk.get_by_role("main")).to_be_visible()
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.keyboard.type(SalesOrder.objects.get(pk=order.pk).phone_tail)
    desk.get_by_role("dialog").get_by_text(order.number).click()
    expect(desk).to_have_url(re.compile("/orders"))


@pytest.mark.timeout(300)  # the desk has many pages
@pytest.mark.parametrize(("language", "home"), [("en", "Today"), ("zh-CN", "今日")])
def test_every_page_of_the_desk_opens_in_both_languages(desk: Page, language: str, home: str) -> None:
    shop = world(goods={"milk": 10, "bread": 10})
    order = shop.order({"milk": 2, "bread": 1})
    shop.released()
    desk.evaluate("language => localStorage.setItem('hecang.language', language)", language)
    links = _addresses(desk)
    expect(desk.get_by_role("link", name=home).first).to_be_visible()
    for link in links:
        desk.goto(link)
        expect(desk.get_by_role("main")).to_be_visible()
        expect(desk.get_by_text(re.compile("This page has failed|页面出错了"))).to_have_count(0)
    desk.goto(f"/orders/{order.pk}")
    expect(desk.get_by_text(order.number).first).to_be_visible()


def _addresses(desk: Page) -> list[str]:
    """Where the navigation leads."""
    desk.goto("/")
    expect(desk.get_by_role("navigation").first).to_be_visible()
    links = desk.get_by_role("navigation").first.get_by_role("link").all()
    return [address for link in links if (address := link.get_attribute("href"))]


def _confirm(desk: Page) -> None:
    """Say yes where the desk asks once more."""
    button = desk.locator(".ant-modal-confirm, .ant-popconfirm, .ant-modal").get_by_role("button").last
    if button.count() and button.is_visible():
        button.click()
