"""Splitting and merging orders, and a pre-sale, in the browser: in Chinese and in English."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.factories.outbound import World, world

from hecang.kernel import clock
from hecang.orders.models import SalesOrder, SkuSubstitute
from hecang.orders.services import orders_merge, presale_create

WORDS = {
    "en": {
        "more": "More", "split": "Split", "merge": "Merge", "hint": "Can merge", "merged": "merged into", "substitute": "Substitute",
        "consent": "The customer has agreed", "release": "Release", "released": "1 released", "unmerge": "Undo merge",
    },
    "zh-CN": {
        "more": "更多", "split": "拆单", "merge": "合单", "hint": "可合单", "merged": "张订单已并入", "substitute": "替代发货",
        "consent": "客户已同意", "release": "释放", "released": "已释放 1 张", "unmerge": "取消合单",
    },
}  # fmt: skip


def speak(desk: Page, language: str) -> dict[str, str]:
    desk.evaluate("language => localStorage.setItem('hecang.language', language)", language)
    return WORDS[language]


def act(desk: Page, words: dict[str, str], code: str) -> None:
    """Choose an action of the order's page: a button of its own, or in the menu behind the three dots."""
    button = desk.get_by_role("button", name=words[code], exact=True)
    more = desk.get_by_role("button", name=words["more"], exact=True)
    expect(button.or_(more).first).to_be_visible()
    if button.count() == 0:
        more.click()
        desk.get_by_role("menuitem", name=re.compile(f"^{words[code]}")).click()
    else:
        button.first.click()


def shown(desk: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at the screens."""
    if folder := os.environ.get("HECANG_E2E_PICTURES"):
        desk.screenshot(path=str(Path(folder) / f"{name}.png"))


def twins(shop: World) -> tuple[SalesOrder, SalesOrder]:
    first, second = shop.orders([{"milk": 3}, {"milk": 1, "bread": 2}])
    SalesOrder.objects.filter(pk=second.pk).update(recipient_digest=first.recipient_digest)
    return first, second


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_orders_of_one_recipient_are_merged_and_one_is_split(desk: Page, language: str) -> None:
    # given two orders of one recipient, marked in the list
    shop = world(goods={"milk": 10, "bread": 10})
    first, second = twins(shop)
    words = speak(desk, language)
    desk.goto("/orders")
    expect(desk.get_by_text(words["hint"])).to_have_count(2)
    shown(desk, f"list-{language}")
    # when the second is merged into the first
    desk.goto(f"/orders/{first.pk}")
    act(desk, words, "merge")
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_text(second.number)).to_be_visible()
    shown(desk, f"merge-{language}")
    dialog.locator(".ant-btn-primary").click()
    expect(desk.get_by_text(re.compile(words["merged"]))).to_be_visible()
    expect(desk.get_by_role("link", name=second.number)).to_be_visible()
    assert SalesOrder.objects.get(pk=second.pk).state == "merged"
    shown(desk, f"merged-{language}")
    # and two units go to an order of their own
    act(desk, words, "split")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("spinbutton").first.fill("2")
    shown(desk, f"split-{language}")
    dialog.locator("button[type=submit], .ant-btn-primary").last.click()
    child = desk.get_by_role("link", name=re.compile(r"^SO")).nth(1)
    expect(child).to_be_visible()
    made = SalesOrder.objects.get(origin=first)
    assert (made.unit_count, made.external_number) == (2, f"{first.external_number}#2")
    shop.verify()


def test_a_merged_order_is_parted_again(desk: Page) -> None:
    shop = world(goods={"milk": 10, "bread": 10})
    first, second = twins(shop)
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    words = speak(desk, "en")
    desk.goto(f"/orders/{second.pk}")
    act(desk, words, "unmerge")
    desk.locator(".ant-modal-confirm .ant-btn-primary").click()
    expect(desk.get_by_text("Approved").first).to_be_visible()
    assert SalesOrder.objects.get(pk=second.pk).state == "approved"
    shop.verify()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_is_short_is_substituted(desk: Page, language: str) -> None:
    shop = world(goods={"oats": 10})
    shop.sku("milk")
    SkuSubstitute.objects.create(sku=shop.skus["milk"], substitute=shop.skus["oats"])
    order = shop.order({"milk": 2})
    words = speak(desk, language)
    desk.goto(f"/orders/{order.pk}")
    act(desk, words, "substitute")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_text(words["consent"]).click()
    shown(desk, f"substitute-{language}")
    dialog.locator("button[type=submit], .ant-btn-primary").last.click()
    expect(desk.get_by_role("link", name="oats")).to_be_visible()
    assert not SalesOrder.objects.get(pk=order.pk).is_short
    shop.verify()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_presale_is_released(desk: Page, language: str) -> None:
    shop = world(goods={"milk": 10})
    now = clock.now()
    presale_create(
        code="SPRING", name="Spring", shop_id=shop.shop.pk, sku="milk", quantity_limit=5, deposit=Decimal(5),
        starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), ship_after=now - timedelta(hours=1),
    )  # fmt: skip
    order = shop.order({"milk": 2}, kind="presale")
    words = speak(desk, language)
    desk.goto("/presales")
    expect(desk.get_by_text("SPRING", exact=True)).to_be_visible()
    shown(desk, f"presales-{language}")
    desk.get_by_role("button", name=words["release"]).click()
    desk.locator(".ant-modal-confirm .ant-btn-primary").click()
    expect(desk.locator(".ant-modal-confirm-title").get_by_text(words["released"])).to_be_visible()
    assert not SalesOrder.objects.get(pk=order.pk).awaits_release
    shop.verify()
