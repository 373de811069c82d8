"""Rules in the browser: written with the facts at hand, tried on real orders, switched on, and explained on the order."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Page, expect
from tests.factories.outbound import world

from hecang.accounts.models import User
from hecang.orders.models import SalesOrder
from hecang.partners.models import CustomerCredit
from hecang.partners.services import CustomerRow, customers_upsert
from hecang.rules.models import Rule


def test_a_rule_is_written_tried_and_explains_the_order_that_it_holds(desk: Page) -> None:
    # given orders of before
    shop = world(goods={"milk": 100})
    before = [shop.order({"milk": units}) for units in (1, 6)]
    # when somebody writes a rule, first with a mistake
    desk.goto("/rules")
    desk.get_by_role("button", name="New rule").first.click()
    desk.get_by_placeholder("Orders show this name").fill("Six and more")
    condition = desk.get_by_role("textbox", name="Condition")
    condition.fill("order.unitz >= 6")
    expect(desk.get_by_text("Did you mean “order.units”?")).to_be_visible()
    condition.fill("")
    desk.get_by_role("button", name="Insert order.units").click()
    condition.press("End")
    condition.press_sequentially(" >= 6")
    expect(desk.get_by_text("It asks: Units over all lines")).to_be_visible()
    desk.get_by_role("button", name="Add an action").click()
    desk.get_by_role("textbox", name="Reason").fill("six at once")
    # then the dry run names the order that would be held, and nothing has changed
    desk.get_by_role("button", name="Start the dry run").click()
    expect(desk.get_by_text("1 of 2 orders would come out differently")).to_be_visible()
    expect(desk.get_by_role("link", name=before[1].number)).to_be_visible()
    assert not SalesOrder.objects.get(pk=before[1].pk).is_held
    # and once it is switched on, the next such order is held and says by what
    desk.get_by_role("switch", name="Switched on").click()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Rule saved, now version 1")).to_be_visible()
    held = shop.order({"milk": 7})
    desk.goto(f"/orders/{held.pk}")
    expect(desk.get_by_text("Held by a rule").first).to_be_visible()
    expect(desk.get_by_role("link", name="Six and more v1")).to_be_visible()
    desk.get_by_role("tab", name="Decisions").click()
    expect(desk.get_by_text("Units over all lines 7")).to_be_visible()


def test_recommended_rules_are_installed_ordered_and_switched_in_chinese(desk: Page) -> None:
    User.objects.update(language="zh-hans")
    desk.evaluate("localStorage.setItem('hecang.language', 'zh-CN')")
    desk.goto("/rules")
    desk.get_by_role("button", name="安装推荐规则").first.click()
    expect(desk.get_by_text("疑似欺诈")).to_be_visible()
    first, second = Rule.objects.order_by("position")[:2]
    desk.get_by_role("button", name=f"下移 {first.name}").click()
    expect(desk.get_by_text("顺序已保存")).to_be_visible()
    assert list(Rule.objects.order_by("position").values_list("pk", flat=True)[:2]) == [second.pk, first.pk]
    desk.get_by_role("switch", name=f"启用 {first.name}").click()
    expect(desk.get_by_role("switch", name=f"启用 {first.name}")).not_to_be_checked()
    desk.get_by_role("link", name=first.name).click()
    expect(desk.get_by_text("条件正确")).to_be_visible()


def test_a_customer_gets_credit(desk: Page) -> None:
    key = customers_upsert(rows=[CustomerRow("B2B-1", name="A shop")]).ids[0]
    desk.goto("/credits")
    desk.get_by_role("button", name=re.compile("Give credit")).first.click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Customer code").fill("B2B-1")
    dialog.get_by_label("Limit").fill("5000")
    dialog.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("5,000.00")).to_be_visible()
    assert CustomerCredit.objects.get(pk=key).limit_amount == Decimal(5000)
