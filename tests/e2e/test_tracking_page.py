"""The buyer's page on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.factories import orders
from tests.factories.outbound import world as floor

from hecang.orders.models import SalesOrder
from hecang.portal.services.links import link_make
from hecang.portal.services.shops import ShopPolicy, policy_save

WORDS = {
    "en-US": ("Preparing", "Change the address", "New address", "Last four digits", "Send", "The address is changed.", "Cancel the order", "The order is cancelled.", "Cancelled"),
    "zh-CN": ("备货中", "修改收货地址", "新地址", "收件手机号后四位", "提交", "地址已修改。", "取消订单", "订单已取消。", "已取消"),
}  # fmt: skip


@pytest.fixture(params=["zh-CN", "en-US"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, server: str, transactional_db: None
) -> Iterator[Page]:
    """A phone on which nobody has signed in."""
    context = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, locale=request.param
    )
    page = context.new_page()
    page.__dict__["language"] = request.param
    yield page
    context.close()


def test_a_buyer_sends_an_order_elsewhere_and_then_cancels_it(phone: Page) -> None:
    step, change, address, tail, send, changed, cancel, cancelled, end = WORDS[phone.__dict__["language"]]
    world = orders.world()
    world.sku("milk")
    world.put("milk", 5)
    order = world.order({"milk": 2}, recipient=orders.recipient(phone="13812345678", name="张三"))
    policy_save(shop_id=order.shop_id, policy=ShopPolicy(may_cancel=True, may_change_address=True))

    phone.goto(link_make(order_id=order.pk))
    expect(phone.get_by_role("heading", name=step)).to_be_visible()
    assert "13812345678" not in phone.content()
    phone.get_by_role("button", name=change).click()
    phone.get_by_label(address).fill("上海市浦东新区张江路 5 号")
    phone.get_by_label(tail).fill("5678")
    phone.get_by_role("button", name=send).click()
    expect(phone.get_by_text(changed)).to_be_visible()

    phone.get_by_role("button", name=cancel).click()
    phone.get_by_label(tail).fill("5678")
    phone.get_by_role("button", name=send).click()
    expect(phone.get_by_text(cancelled)).to_be_visible()
    expect(phone.get_by_role("heading", name=end)).to_be_visible()
    assert SalesOrder.objects.get(pk=order.pk).state == "cancelled"


def test_parcels_wishes_and_links_that_lead_nowhere(phone: Page) -> None:
    chinese = phone.__dict__["language"] == "zh-CN"
    shop = floor(goods={"milk": 10})
    order = shop.order({"milk": 2})
    shop.released()
    shop.pick_all()
    [parcel] = shop.pack_all(order)

    phone.goto(link_make(order_id=order.pk))
    expect(phone.get_by_text(parcel.waybill.number)).to_be_visible()
    phone.get_by_role("radio", name="放在门口" if chinese else "Leave at the door").check()
    phone.get_by_role("button", name="保存" if chinese else "Save").click()
    expect(phone.get_by_text("已保存" if chinese else "Saved", exact=True)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    phone.goto("/t/" + "a" * 32)
    expect(phone.get_by_role("alert")).to_contain_text("打不开" if chinese else "does not open")
