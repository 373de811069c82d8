"""A shop is connected, its orders come in, an unknown product is mapped: in the browser, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.factories import catalog, orders

from hecang.integrations.models import Connection, PlatformOrder
from hecang.integrations.services.channels.pulling import connection_pull
from hecang.integrations.services.channels.rules import pull_from
from hecang.integrations.simulators.base import SimLine, SimOrder, serving, wall_clock
from hecang.integrations.simulators.woocommerce import WoocommerceSimulator
from hecang.kernel.crypto import decrypt_json
from hecang.orders.models import SalesOrder

WORDS = {
    "en": {
        "add": "Connect a shop", "platform": "Platform", "shop": "Shop", "save": "Save", "check": "Test it", "works": "The connection works",
        "on": "Switch on", "fine": "Fine", "map": "Product mapping", "taken": "Mapped; 1 waiting orders came in", "orders": "Platform orders",
        "in": "Taken in",
    },
    "zh-CN": {
        "add": "连接店铺", "platform": "平台", "shop": "店铺", "save": "保存", "check": "测试连接", "works": "连接正常",
        "on": "启用", "fine": "正常", "map": "商品对应", "taken": "已对应，1 张等待的订单已进来", "orders": "平台订单",
        "in": "已接收",
    },
}  # fmt: skip


@pytest.fixture
def platform() -> Iterator[tuple[WoocommerceSimulator, str]]:
    """A WooCommerce site on this machine with an order that waits."""
    simulator = WoocommerceSimulator()
    at = wall_clock() - timedelta(minutes=3)
    line = SimLine("1", "41", "0", "THEIR-TEA", 2, title="龙井茶 250g")
    simulator.place(SimOrder("1001", [line], created_at=at, modified_at=at, paid_at=at, phone="13812345678"))
    with serving(simulator) as address:
        yield simulator, address


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_shop_is_connected_and_its_order_comes_in_once_its_product_is_known(
    desk: Page, platform: tuple[WoocommerceSimulator, str], language: str
) -> None:
    simulator, address = platform
    world = orders.world()
    world.skus["TEA-250"] = catalog.sku("TEA-250", name="龙井茶 250g")
    world.put("TEA-250", 10)
    word = WORDS[language]
    desk.evaluate("language => localStorage.setItem('hecang.language', language)", language)

    desk.goto("/channels")
    desk.get_by_role("button", name=word["add"]).first.click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("combobox").first.fill("WooCommerce")
    desk.keyboard.press("Enter")
    for name, value in {**simulator.credentials(), "base_url": address}.items():
        dialog.locator(f"#settings_{name}").fill(str(value))
    dialog.get_by_label(word["shop"], exact=True).click()
    desk.keyboard.press("Enter")
    dialog.get_by_role("button", name=word["save"]).click()
    desk.get_by_role("button", name=word["check"]).click()
    expect(desk.get_by_text(word["works"])).to_be_visible()
    desk.get_by_role("button", name=word["on"]).click()
    expect(desk.get_by_text(word["fine"]).first).to_be_visible()
    connection = Connection.objects.get()
    assert decrypt_json(connection.settings_cipher)["base_url"] == address
    assert simulator.credentials()["consumer_secret"] not in desk.content()

    pull_from(connection_id=connection.pk, since=wall_clock() - timedelta(minutes=30))
    connection_pull(connection_id=connection.pk)
    assert PlatformOrder.objects.get().state == "unmapped"
    desk.goto("/channels/products")
    expect(desk.get_by_text("THEIR-TEA").first).to_be_visible()
    desk.get_by_role("button", name="TEA-250").click()
    expect(desk.get_by_text(word["taken"])).to_be_visible()

    order = SalesOrder.objects.get()
    assert (order.external_number, order.state) == ("1001", "approved")
    desk.goto("/channels/orders?tab=imported")
    expect(desk.get_by_role("link", name=order.number)).to_be_visible()
    for page in ("stock", "confirms", "requests", "files"):
        desk.goto(f"/channels/{page}")
        expect(desk.get_by_role("main")).to_be_visible()
