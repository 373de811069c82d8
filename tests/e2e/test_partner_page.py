"""The page of suppliers and carriers on a phone, in both languages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.factories import catalog
from tests.factories.receiving import Gate, gate

from hecang.inbound.models import Appointment, Asn, AsnContainer
from hecang.inbound.services.appointments import appointment_arrive, appointment_dock, truck_arrive
from hecang.inbound.services.links import asn_link_make, link_make, link_revoke
from hecang.inbound.services.sscc_numbers import sscc_prefix_save
from hecang.kernel import clock
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine

WORDS = {
    "zh-CN": {
        "answer": "确认订单", "units": "数量", "confirm": "确认", "confirmed": "已确认", "announce": "发货通知", "all": "全部",
        "cartons": "箱数", "lot": "批次", "expires": "有效期至", "send": "发送通知", "told": "已通知仓库", "labels": "打印标签",
        "book": "预约月台", "plate": "车牌号", "bookIt": "确定预约", "booked": "预约成功", "move": "修改预约", "moveIt": "确定修改",
        "unbook": "取消预约", "yes": "确定", "given": "预约已取消", "lost": "打不开", "next": "下一辆就是您", "ahead": "前面还有 1 辆车",
        "docked": "正在月台 D1 卸货", "answered": "已答复 40", "less": "比订单少 20", "none": "没有未完成的订单", "orders": "订单",
        "quantity": "本次数量", "withdraw": "撤回通知", "withdrawn": "已撤回",
    },
    "en-US": {
        "answer": "Confirm order", "units": "Quantity", "confirm": "Confirm", "confirmed": "is confirmed", "announce": "Announce", "all": "All",
        "cartons": "Cartons", "lot": "Lot", "expires": "Best before", "send": "Announce (", "told": "The warehouse knows", "labels": "Print labels",
        "book": "Book a dock", "plate": "Number plate", "bookIt": "Book", "booked": "Booked: ", "move": "Change booking", "moveIt": "Change",
        "unbook": "Give time back", "yes": "Yes", "given": "given back", "lost": "does not open", "next": "you are next", "ahead": "1 truck before you",
        "docked": "unloaded at dock D1", "answered": "40 kg confirmed|40 pcs confirmed", "less": "20 less than ordered", "none": "No open orders", "orders": "Orders",
        "quantity": "In this delivery", "withdraw": "Withdraw", "withdrawn": "is withdrawn",
    },
}  # fmt: skip


@pytest.fixture(params=["zh-CN", "en-US"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, server: str, transactional_db: None
) -> Iterator[Page]:
    """A phone on which nobody has signed in; an error of the script or an answer 5xx fails the test."""
    context = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, locale=request.param
    )
    page = context.new_page()
    page.__dict__["language"] = request.param
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("response", lambda answer: troubles.append(answer.url) if answer.status >= 500 else None)
    yield page
    assert troubles == []
    context.close()


def look(page: Page, name: str) -> None:
    """Nothing is cut off; and a picture where ``HECANG_PICTURES`` names a folder."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    if folder := os.environ.get("HECANG_PICTURES"):
        path = Path(folder) / f"partner-{name}-{page.__dict__.get('language', '')}.png"
        page.screenshot(path=path, full_page=True)


def hall_open() -> Gate:
    """Milk with lots and bread, a dock that is always open, numbers for cartons."""
    hall = gate(name="上海嘉定仓", address="上海市嘉定区曹安公路 1 号", contact="李仓管")
    hall.skus["milk"] = catalog.sku("milk", name="全脂牛奶 1 L", is_lot_tracked=True, is_expiry_tracked=True)
    hall.skus["bread"] = catalog.sku("bread", name="吐司面包")
    hall.dock(opens=0, closes=23)
    sscc_prefix_save(owner_id=None, company_prefix="0614141", extension=0)
    return hall


def supplier_page(hall: Gate) -> str:
    return link_make(
        warehouse_id=hall.warehouse.pk, owner_id=hall.owner.pk, supplier_id=hall.supplier.pk
    ).address


def day_on(page: Page) -> None:
    """Ask for the second day that can be booked: of the first one only what the hour of the test has left is free."""
    dialog = page.get_by_role("dialog")
    first = dialog.get_by_role("combobox").input_value()
    dialog.get_by_role("button", name=re.compile("看下一天|Next day")).click()
    expect(dialog.get_by_role("combobox")).not_to_have_value(first)
    expect(dialog.get_by_role("radio").nth(20)).to_be_visible()


def test_a_supplier_confirms_announces_prints_and_books(phone: Page) -> None:
    words = WORDS[phone.__dict__["language"]]
    # given an order that waits for its answer
    hall = hall_open()
    order = hall.order({"milk": 60, "bread": 12})
    PurchaseOrder.objects.filter(pk=order.pk).update(state="sent", confirmed_at=None)
    PurchaseOrderLine.objects.filter(order=order).update(expected_on=clock.today() + timedelta(days=5))

    # when the supplier says that fewer come
    phone.goto(supplier_page(hall))
    card = phone.get_by_role("region", name=order.number)
    expect(card.get_by_text("全脂牛奶 1 L")).to_be_visible()
    look(phone, "orders")
    card.get_by_role("button", name=words["answer"]).click()
    dialog = phone.get_by_role("dialog")
    dialog.get_by_label(words["units"]).first.fill("40")
    expect(dialog.get_by_text(words["less"])).to_be_visible()
    look(phone, "confirm")
    dialog.get_by_role("button", name=words["confirm"], exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text(words["confirmed"])
    expect(card.get_by_text(re.compile(words["answered"]))).to_be_visible()
    order.refresh_from_db()
    assert (order.state, [line.confirmed_quantity for line in order.lines.order_by("number")]) == (
        "confirmed",
        [40, 12],
    )

    # and announces it with a lot, in cartons
    phone.get_by_role("link", name=words["announce"]).click()
    milk = phone.get_by_role("group", name="全脂牛奶")
    milk.get_by_label(words["quantity"]).fill("40")
    milk.get_by_label(words["cartons"]).fill("4")
    milk.get_by_label(words["lot"]).fill("L2026-1")
    milk.get_by_label(words["expires"]).fill(str(clock.today() + timedelta(days=90)))
    phone.get_by_role("group", name="吐司面包").get_by_role("button", name=words["all"]).click()
    look(phone, "announce")
    phone.get_by_role("button", name=words["send"]).click()
    expect(phone.get_by_role("status")).to_contain_text(words["told"])
    asn = Asn.objects.get()
    assert (asn.origin, asn.unit_count, AsnContainer.objects.filter(asn=asn).count()) == ("supplier", 52, 4)
    assert set(asn.lines.filter(sku=hall.sku("milk")).values_list("lot_code", flat=True)) == {"L2026-1"}

    # then prints the labels and books a dock
    labels = phone.get_by_role("link", name=words["labels"])
    answer = phone.request.get(str(labels.get_attribute("href")))
    assert (answer.status, answer.body()[:4]) == (200, b"%PDF")
    phone.get_by_role("button", name=words["book"]).click()
    day_on(phone)
    dialog.get_by_role("radio").nth(3).click()
    dialog.get_by_label(words["plate"]).fill("沪A·12345")
    look(phone, "book")
    dialog.get_by_role("button", name=words["bookIt"], exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text(words["booked"])
    look(phone, "booked")
    truck = Appointment.objects.get()
    assert (truck.state, truck.plate) == ("booked", "沪A12345")

    # and moves it, and gives it back, and takes the announcement back
    phone.get_by_role("button", name=words["move"]).click()
    dialog.get_by_role("radio").nth(7).click()
    dialog.get_by_role("button", name=words["moveIt"], exact=True).click()
    expect(dialog).to_have_count(0)
    assert Appointment.objects.get().planned_at != truck.planned_at
    phone.get_by_role("button", name=words["unbook"]).click()
    dialog.get_by_role("button", name=words["yes"]).click()
    expect(phone.get_by_role("status")).to_contain_text(words["given"])
    phone.get_by_role("button", name=words["withdraw"]).click()
    dialog.get_by_role("button", name=words["yes"]).click()
    expect(phone.get_by_role("status")).to_contain_text(words["withdrawn"])
    asn.refresh_from_db()
    assert (Appointment.objects.get().state, asn.state) == ("cancelled", "cancelled")


def test_a_carrier_books_and_sees_the_queue(phone: Page) -> None:
    words = WORDS[phone.__dict__["language"]]
    hall = hall_open()
    asn = hall.asn({"bread": 10}, pallet_count=2)
    phone.goto(asn_link_make(asn_id=asn.pk).address)
    expect(phone.get_by_role("region", name=asn.number)).to_be_visible()
    expect(phone.get_by_role("link", name=words["announce"])).to_have_count(0)
    phone.get_by_role("button", name=words["book"]).click()
    day_on(phone)
    phone.get_by_role("dialog").get_by_role("radio").nth(2).click()
    phone.get_by_role("dialog").get_by_role("button", name=words["bookIt"], exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text(words["booked"])

    # when it comes, one waits before it
    first = truck_arrive(warehouse_id=hall.warehouse.pk, plate="沪B1")
    truck = Appointment.objects.get(link__isnull=False)
    appointment_arrive(appointment_id=truck.pk)
    phone.reload()
    expect(phone.get_by_text(words["ahead"])).to_be_visible()
    look(phone, "queue")
    Appointment.objects.filter(pk=first.pk).update(state="cancelled")
    phone.reload()
    expect(phone.get_by_text(words["next"])).to_be_visible()
    appointment_dock(appointment_id=truck.pk)
    phone.reload()
    expect(phone.get_by_text(words["docked"])).to_be_visible()
    expect(phone.get_by_role("button", name=words["move"])).to_have_count(0)


def test_links_that_lead_nowhere_and_pages_without_orders(phone: Page) -> None:
    words = WORDS[phone.__dict__["language"]]
    hall = hall_open()
    address = supplier_page(hall)
    phone.goto(address)
    expect(phone.get_by_role("heading", name=words["none"])).to_be_visible()
    look(phone, "empty")
    link_revoke(warehouse_id=hall.warehouse.pk, owner_id=hall.owner.pk, supplier_id=hall.supplier.pk)
    phone.reload()
    expect(phone.get_by_role("alert")).to_contain_text(words["lost"])
    look(phone, "lost")
    phone.goto("/s/" + "a" * 32)
    expect(phone.get_by_role("alert")).to_contain_text(words["lost"])
