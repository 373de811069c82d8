from datetime import timedelta
from decimal import Decimal
from playwright.sync_api import Page, expect
from tests.factories.outbound import world
from hecang.kernel import clock
from hecang.orders.models import SalesOrder
from hecang.portal.models import DeliveryWish

def test_shots(desk: Page) -> None:
    shop = world(goods={"milk": 10, "bread": 10})
    order = shop.order({"milk": 2, "bread": 1}, tags=["vip", "wish:merge"], buyer_remark="请尽快发货，谢谢", amount_limit=None) if False else shop.order({"milk": 2, "bread": 1}, tags=["vip", "wish:merge"])
    now = clock.now()
    SalesOrder.objects.filter(pk=order.pk).update(is_sealed=True, ship_by=now + timedelta(days=1), ship_after=now + timedelta(hours=3), promised_at=now + timedelta(days=3), expected_at=now+timedelta(days=4), warehouses_never=[])
    DeliveryWish.objects.create(order_id=order.pk, code="doorstep", note="灰色快递箱", at=now)
    for language, dark in (("en", 0), ("zh-CN", 0), ("zh-CN", 1)):
        desk.evaluate("l => localStorage.setItem('hecang.language', l)", language)
        if dark:
            desk.emulate_media(color_scheme="dark")
            desk.evaluate("() => localStorage.setItem('hecang.theme', 'dark')")
        tag = f"{language}{dark}"
        desk.goto(f"/orders?open={order.pk}")
        expect(desk.get_by_role("dialog").get_by_text("milk").first).to_be_visible()
        desk.wait_for_timeout(1200)
        desk.screenshot(path=f"/tmp/dg_{tag}_drawer.png")
        if dark:
            break
        desk.goto("/orders")
        desk.wait_for_timeout(1200)
        desk.screenshot(path=f"/tmp/dg_{tag}_list.png")
        desk.goto("/carriers?dtab=leads")
        desk.wait_for_timeout(1000)
        desk.screenshot(path=f"/tmp/dg_{tag}_leads.png")
        desk.goto("/shops")
        desk.wait_for_timeout(800)
        desk.get_by_role("row").nth(1).click()
        desk.wait_for_timeout(900)
        desk.screenshot(path=f"/tmp/dg_{tag}_shop.png")
