"""The order's drawer: what it tells, the buyer's page, a refused approval; and what a shop decides about tickets."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from tests.factories.outbound import world

from hecang.kernel import clock
from hecang.orders.models import SalesOrder, Shop
from hecang.partners.models import Customer
from hecang.partners.services import CustomerRow, credit_set, customers_upsert
from hecang.portal.models import DeliveryWish, PortalLink

WORDS = {
    "en": {
        "tabs": ["Lines", "Sourcing", "Decisions", "Fulfilments", "Parcels", "Tickets"],
        "promised": "Promised arrival", "ship_by": "Ship by", "wish": "Leave at the door", "sealed": "Sealed",
        "more": "More", "page": "Buyer's page", "copy": "Copy link", "approve": "Approve",
        "credit": "Customer's credit used up", "portal": "Settings", "save": "Save",
        "cancel": "May cancel", "ticket": "Ticket for an incomplete address",
    },
    "zh-CN": {
        "tabs": ["明细", "寻源", "审单依据", "发货单", "包裹", "工单"],
        "promised": "承诺送达", "ship_by": "最晚发货", "wish": "放在门口", "sealed": "平台加密",
        "more": "更多", "page": "买家页面", "copy": "复制链接", "approve": "审核通过",
        "credit": "客户信用不足", "portal": "设置", "save": "保存",
        "cancel": "可取消订单", "ticket": "地址不完整时开工单",
    },
}  # fmt: skip

ADDRESS = re.compile(r"^http.*/t/[a-z2-7]{32}$")


def speak(desk: Page, language: str) -> None:
    desk.evaluate("language => localStorage.setItem('hecang.language', language)", language)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_drawer_tells_all_and_hands_out_the_buyers_page(desk: Page, language: str) -> None:
    words = WORDS[language]
    order = world(goods={"milk": 10}).order({"milk": 1}, tags=["vip"])
    now = clock.now()
    SalesOrder.objects.filter(pk=order.pk).update(
        is_sealed=True, ship_by=now + timedelta(days=1), promised_at=now + timedelta(days=3)
    )
    DeliveryWish.objects.create(order_id=order.pk, code="doorstep", note="", at=now)
    speak(desk, language)
    desk.goto(f"/orders?open={order.pk}")
    drawer = desk.get_by_role("dialog")
    for text in ("promised", "ship_by", "wish", "sealed"):
        expect(drawer.get_by_text(words[text]).first).to_be_visible()
    expect(drawer.get_by_text("vip").first).to_be_visible()
    for place, tab in enumerate(words["tabs"]):
        expect(drawer.get_by_role("tab").nth(place)).to_contain_text(tab)
    drawer.get_by_role("button", name=words["more"]).first.click()
    desk.get_by_role("menuitem", name=words["page"]).click()
    expect(desk.get_by_role("button", name=words["copy"])).to_be_enabled()
    expect(desk.locator("input.ant-input[readonly]")).to_have_value(ADDRESS)
    assert PortalLink.objects.filter(order_id=order.pk).count() == 1


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_approval_that_credit_refuses_shows_its_hold_at_once(desk: Page, language: str) -> None:
    words = WORDS[language]
    shop = world(goods={"milk": 10}, auto_approve=False)
    customers_upsert(rows=[CustomerRow("C1", name="A shop")])
    credit_set(customer_id=Customer.objects.get(code="C1").pk, limit_amount=Decimal("0.01"))
    order = shop.order({"milk": 1}, customer_code="C1", freight_amount=Decimal(12))
    assert SalesOrder.objects.get(pk=order.pk).state == "pending"
    speak(desk, language)
    desk.goto(f"/orders?open={order.pk}")
    drawer = desk.get_by_role("dialog")
    drawer.get_by_role("button", name=words["approve"]).click()
    expect(drawer.get_by_text(words["credit"]).first).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_shop_says_what_opens_tickets_and_what_buyers_may(desk: Page, language: str) -> None:
    words = WORDS[language]
    world(goods={"milk": 1})
    speak(desk, language)
    desk.goto("/shops")
    row = desk.get_by_role("row").filter(has_text=Shop.objects.get().code)
    row.get_by_role("button", name=words["portal"]).click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label(words["cancel"]).click()
    dialog.get_by_role("button", name=words["save"]).click()
    expect(dialog).to_have_count(0)
    row.click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label(words["ticket"]).click()
    dialog.get_by_role("button", name=words["save"]).click()
    expect(dialog).to_have_count(0)
    assert Shop.objects.get().ticket_address
