"""Purchasing in the browser: three clicks from a suggestion to a sent order, its life, an invoice, scorecards."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from playwright.sync_api import Page, expect
from tests.factories.purchasing import day, market

from hecang.integrations.services.supplier_answers import answers_take
from hecang.inventory.models import SupplySuggestion
from hecang.kernel import clock
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine, PurchaseRequest, SupplierInvoice
from hecang.purchasing.services import PurchaseReceived, purchase_lines_receive
from hecang.purchasing.services.links import link_set


def test_three_clicks_from_a_suggestion_to_a_sent_order(desk: Page) -> None:
    # given milk that customers wait for, and two suppliers who sell it
    shop = market({"ACME": {"milk": "3.00"}, "BEST": {"milk": "2.50"}})
    now = clock.now()
    SupplySuggestion.objects.create(
        sku=shop.skus["milk"], owner=shop.owner, warehouse=shop.warehouse, source="purchase", quantity=5,
        order_count=1, waiting_since=now, created_at=now, updated_at=now,
    )  # fmt: skip
    desk.goto("/buying")
    # when the buyer orders it: one click, two …
    desk.get_by_role("button", name="Order", exact=True).click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_text("BEST", exact=False).first).to_be_visible()
    dialog.get_by_role("button", name="Order and send").click()
    # then it is sent, and nothing is left to buy
    expect(desk.get_by_text(re.compile(r"PO\d+-\d+ sent"))).to_be_visible()
    expect(desk.get_by_text("on order", exact=True)).to_be_visible()
    order = PurchaseOrder.objects.get()
    assert (order.state, order.supplier.code) == ("sent", "BEST")
    assert PurchaseRequest.objects.get().state == "ordered"
    # and its drawer confirms, changes and sends again
    desk.goto(f"/purchase-orders?open={order.pk}")
    drawer = desk.get_by_role("dialog").first
    drawer.get_by_role("button", name="Confirm").click()
    answer = desk.get_by_role("dialog").last
    answer.get_by_label("Supplier's number").fill("B-77")
    answer.get_by_label("Confirmed milk").fill("4")
    answer.get_by_role("button", name="Confirm").click()
    expect(drawer.get_by_text("Confirmed", exact=True).first).to_be_visible()
    drawer.get_by_role("button", name="Change").click()
    change = desk.get_by_role("dialog").last
    change.get_by_label("Quantity milk").fill("4")
    change.get_by_role("button", name="Save").click()
    expect(drawer.get_by_text("Changes not sent")).to_be_visible()
    drawer.get_by_role("button", name="Send", exact=True).click()
    expect(drawer.get_by_text("Changes not sent")).to_have_count(0)
    drawer.get_by_role("tab", name="Revisions").click()
    expect(drawer.get_by_text(re.compile("Revision 1"))).to_be_visible()
    order.refresh_from_db()
    assert (order.revision, order.sent_revision, order.supplier_number) == (1, 1, "B-77")


def test_an_invoice_that_differs_and_the_scorecard_behind_it(desk: Page) -> None:
    # given an order that came late, ten of twelve
    shop = market({"ACME": {"milk": "3.00"}})
    order = shop.sent("ACME", {"milk": 12})
    PurchaseOrderLine.objects.update(expected_on=day(-5))
    PurchaseOrder.objects.update(ordered_on=day(-20))
    (line,) = shop.lines(order)
    purchase_lines_receive(received=[PurchaseReceived(line.pk, 10, at=clock.now() - timedelta(days=2))])
    # when its invoice asks for all of it
    desk.goto("/supplier-invoices")
    desk.get_by_role("button", name="Enter an invoice").first.click()
    desk.get_by_label("Choose an order").click()
    desk.locator(".ant-select-item-option").filter(has_text=order.number).click()
    dialog = desk.get_by_role("dialog").last
    dialog.get_by_label("Invoice number").fill("F-1")
    dialog.get_by_label("Quantity milk").fill("12")
    dialog.get_by_role("button", name="Save").click()
    # then it differs, and is released with a reason
    drawer = desk.get_by_role("dialog").first
    expect(drawer.get_by_text("Too many")).to_be_visible()
    drawer.get_by_role("button", name="Release").click()
    question = desk.get_by_role("dialog").last
    question.get_by_label("Why it is paid all the same").fill("two broke on our side")
    question.get_by_role("button", name="Release").click()
    expect(drawer.get_by_text("Approved", exact=True).first).to_be_visible()
    assert SupplierInvoice.objects.get().state == "approved"
    # and the supplier's scorecard tells of the delay, down to the line
    desk.goto("/supplier-scorecards")
    desk.get_by_role("link", name=re.compile("ACME")).click()
    expect(desk.get_by_text("no", exact=True).first).to_be_visible()
    expect(desk.get_by_role("link", name=order.number)).to_be_visible()


def test_every_page_of_purchasing_shows_its_rows(desk: Page, settings: Any, tmp_path: Path) -> None:
    settings.DROP_ROOT = tmp_path
    shop = market()
    shop.sent("ACME", {"milk": 12})
    acme = shop.suppliers["ACME"].pk
    folder = {"our_id": "US", "partner_id": "THEM", "folder": "acme", "transport": "folder"}
    with transaction.atomic():
        link_set(supplier_id=acme, way="edi", settings=folder)
    answers_take(supplier_id=acme, content=b"no interchange", name="answer.edi")
    for path, seen in (
        ("/suppliers", "ACME"),
        ("/supplier-files", "answer.edi"),
        ("/supplier-prices", "milk"),
        ("/purchase-orders", "PO"),
        ("/purchasing/policy", "Approval"),
        ("/buying?dtab=requests", "No requests yet"),
    ):
        desk.goto(path)
        expect(desk.get_by_text(seen).first).to_be_visible()
