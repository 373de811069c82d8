"""Tickets in the browser: open one from an order, work on it, hear of it, see what has to be brought."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.factories import orders
from tests.factories.accounts import user_make

from hecang.accounts.models import User
from hecang.kernel.outbox import drain
from hecang.notifications.models import Target
from hecang.orders.models import SalesOrder
from hecang.orders.services import orders_intake
from hecang.tickets.models import Ticket
from hecang.tickets.services import ticket_open


def test_a_ticket_from_opening_to_the_end(desk: Page) -> None:
    # given an order that is short, and its shortage ticket
    user_make("wang", roles=["customer_service"], display_name="Wang Wu")
    world = orders.world("SH")
    world.put("A", 1, "SH")
    orders_intake(shop_id=world.shop.pk, orders=[orders.order_in({"A": 4})])
    drain()
    order = SalesOrder.objects.get()
    shortage = Ticket.objects.get()
    # when the desk opens a ticket about the order
    desk.goto(f"/orders?open={order.pk}&dtab=tickets")
    desk.get_by_role("button", name="New ticket").click()
    form = desk.get_by_role("dialog").last
    form.get_by_label("Subject").fill("Buyer wants a gift box")
    form.get_by_role("button", name="Open ticket").click()
    expect(desk.get_by_text("Buyer wants a gift box")).to_be_visible()
    ticket = Ticket.objects.exclude(pk=shortage.pk).get()
    assert ticket.links.get().entity_id == order.pk
    # then both stand on the board, and the new one is taken, talked about and resolved
    desk.goto("/tickets")
    expect(desk.get_by_text("3 units of A are short for 1 orders")).to_be_visible()
    desk.get_by_text("Buyer wants a gift box").click()
    drawer = desk.get_by_role("dialog")
    drawer.get_by_role("button", name="Take").click()
    expect(drawer.get_by_text("In progress").first).to_be_visible()
    drawer.get_by_label("Comment").fill("Packed by hand, please check @wang")
    drawer.get_by_role("button", name="Send").click()
    expect(drawer.get_by_text("Packed by hand")).to_be_visible()
    drawer.get_by_role("tab", name="Files").click()
    drawer.locator("input[type=file]").set_input_files(
        files=[{"name": "box.txt", "mimeType": "text/plain", "buffer": b"a picture in words"}]
    )
    expect(drawer.get_by_text("box.txt", exact=True)).to_be_visible()
    drawer.get_by_role("button", name="Resolve").click()
    question = desk.get_by_role("dialog").last
    question.get_by_label("How it ended").click()
    desk.get_by_title("Solved", exact=True).click()
    question.get_by_role("button", name="Resolve").click()
    expect(drawer.get_by_text("Resolved").first).to_be_visible()
    assert Ticket.objects.get(pk=ticket.pk).resolution == "solved"
    # and the suggestion to bring three units is there
    desk.goto("/supply")
    expect(desk.get_by_text("Purchase").first).to_be_visible()


def test_the_bell_and_the_choices_in_chinese(desk: Page) -> None:
    me = User.objects.get(username="tester")
    User.objects.update(language="zh-hans")
    ticket_id = ticket_open(kind="lost", subject="包裹三天没有动静", assignee_id=me.pk)
    number = Ticket.objects.get(pk=ticket_id).number
    desk.evaluate("localStorage.setItem('hecang.language', 'zh-CN')")
    desk.goto("/tickets?tab=mine")
    expect(desk.get_by_role("heading", name="异常工单")).to_be_visible()
    expect(desk.get_by_text("丢件").first).to_be_visible()
    desk.get_by_role("button", name="提醒").click()
    desk.get_by_role("link", name=re.compile(number)).click()
    expect(desk.get_by_role("dialog").get_by_text("包裹三天没有动静").first).to_be_visible()
    # what was read is read
    desk.goto("/notifications")
    expect(desk.get_by_text("没有消息")).to_be_visible()
    # each chooses what to hear of
    desk.goto("/notifications/settings")
    expect(desk.get_by_role("heading", name="接收设置")).to_be_visible()
    expect(desk.get_by_text("分派给我的工单")).to_be_visible()
    # a robot for the team
    desk.goto("/notifications/targets")
    desk.get_by_role("button", name="新建目标").first.click()
    form = desk.get_by_role("dialog")
    form.get_by_label("名称").fill("客服群")
    form.locator("input[type=password]").first.fill("token-of-the-robot")
    form.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("客服群")).to_be_visible()
    assert Target.objects.get().way == "dingtalk"
    for page, heading in (
        ("/tickets/policies", "工单规则"),
        ("/teams", "团队"),
        ("/notifications/log", "发送记录"),
    ):
        desk.goto(page)
        expect(desk.get_by_role("heading", name=heading)).to_be_visible()
