"""An order dictated on the phone: keyboard only, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.factories import catalog, orders

from hecang.orders.models import SalesOrder

WORDS = {
    "en": (
        "Phone number, or paste the whole recipient",
        "Code, name, pinyin initials or barcode",
        "Order",
        "120",
    ),
    "zh-CN": ("手机号，或粘贴一整段收件信息", "编码、名称、拼音首字母或条码", "订单", "120"),
}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_pasted_recipient_and_two_products_become_an_order_without_the_mouse(
    desk: Page, language: str
) -> None:
    world = orders.world()
    world.skus["W-1"] = catalog.sku("W-1", name="农夫山泉 550ml", initials="nfsq550ml")
    world.skus["B-1"] = catalog.sku("B-1", name="全麦面包", initials="qmmb", barcode="6901234567892")
    world.put("W-1", 20)
    world.put("B-1", 20)
    world.order({"W-1": 1}, price="2.50", recipient=orders.recipient(phone="13812345678", name="张三"))
    paste, search, done, _ = WORDS[language]
    desk.evaluate("language => localStorage.setItem('hecang.language', language)", language)

    desk.goto("/orders/new")
    desk.get_by_label(paste).fill("张三 138-1234-5678 上海市浦东新区世纪大道 100 号")
    desk.get_by_label(paste).press("Enter")
    expect(desk.get_by_label(search)).to_be_focused()
    desk.keyboard.type("nfsq*3")
    expect(desk.get_by_role("option", name="W-1")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("cell", name="W-1 农夫山泉")).to_be_visible()
    desk.keyboard.type("6901234567892")  # as a scanner does: no pause before Enter
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("cell", name="B-1 全麦面包")).to_be_visible()
    desk.keyboard.press("Control+Enter")

    expect(desk.get_by_text(done).first).to_be_visible()
    expect(desk.get_by_label(paste)).to_have_value("")
    order = SalesOrder.objects.get(external_number__startswith="TEL-")
    assert list(order.lines.order_by("line_no").values_list("sku__code", "quantity")) == [
        ("W-1", 3),
        ("B-1", 1),
    ]
    assert str(order.total_amount) == "7.50"
    assert (order.phone_tail, order.region_code, order.is_held) == ("5678", "310115", False)


def test_a_known_caller_is_offered_by_number_and_mistakes_are_told(desk: Page) -> None:
    world = orders.world()
    world.sku("A")
    world.order(
        {"A": 1}, recipient=orders.recipient(phone="13812345678", name="张三", address="世纪大道 1 号")
    )
    world.order(
        {"A": 1}, recipient=orders.recipient(phone="13812345678", name="李四", address="世纪大道 2 号")
    )

    desk.goto("/orders/new")
    desk.get_by_label(WORDS["en"][0]).fill("13812345678")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="李四").click()

    expect(desk.get_by_label("Address")).to_have_value("世纪大道 2 号")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("alert").get_by_text("Add at least one product")).to_be_visible()
    assert not SalesOrder.objects.filter(external_number__startswith="TEL-").exists()
