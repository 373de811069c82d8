"""Three-way match, scorecards, and the drawings of the states."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.purchasing import Market, day, market, policy

from hecang.kernel.actor import SYSTEM
from hecang.kernel.outbox import drain
from hecang.purchasing.errors import InvoiceKnown, InvoiceReasonMissing
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine, SupplierInvoice, SupplierInvoiceLine
from hecang.purchasing.selectors.scorecards import Asked, scorecard_months, scorecards
from hecang.purchasing.services import (
    InvoiceIn,
    InvoiceLineIn,
    PurchaseReceived,
    invoice_cancel,
    invoice_create,
    invoices_approve,
    invoices_create,
    invoices_hand_over,
    orders_close,
    purchase_lines_receive,
)
from hecang.purchasing.services.matching import line_judge
from hecang.purchasing.states import TABLES, mermaid

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Market:
    return market()


def bill(shop: Market, number: str, *lines: tuple[PurchaseOrderLine | None, int, str]) -> InvoiceIn:
    return InvoiceIn(
        supplier_id=shop.suppliers["ACME"].pk,
        invoice_number=number,
        invoiced_on=day(0),
        lines=[
            InvoiceLineIn(line.pk if line else None, units, Decimal(price)) for line, units, price in lines
        ],
        owner_id=shop.owner.pk,
    )


def test_an_invoice_that_fits_closes_its_order(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 10})
    (line,) = shop.lines(order)
    purchase_lines_receive(received=[PurchaseReceived(line.pk, 10, rejected=2)])

    invoice_id = invoice_create(invoice=bill(shop, "F-1", (line, 8, "3.00")))
    with pytest.raises(InvoiceKnown):
        invoice_create(invoice=bill(shop, "F-1", (line, 8, "3.00")))
    invoices_approve(invoice_ids=[invoice_id])
    invoices_hand_over(invoice_ids=[invoice_id])

    order.refresh_from_db()
    found = SupplierInvoice.objects.get(pk=invoice_id)
    assert (order.state, found.state, found.difference) == ("closed", "handed_over", Decimal(0))


def test_invoices_wait_for_the_goods_and_are_paid_in_their_order(shop: Market) -> None:
    # Given an order of which nothing has come, and two invoices for all of it
    order = shop.sent("ACME", {"milk": 10})
    (line,) = shop.lines(order)
    first, second = (invoice_create(invoice=bill(shop, name, (line, 10, "3.00"))) for name in ("F-1", "F-2"))

    def codes(invoice_id: int) -> tuple[str, list[str]]:
        found = SupplierInvoiceLine.objects.get(invoice_id=invoice_id)
        return found.invoice.state, found.differences

    assert [codes(first), codes(second)] == [("differs", ["not_received"])] * 2
    # When the goods have come, the first fits and the second has nothing left
    purchase_lines_receive(received=[PurchaseReceived(line.pk, 10)])
    drain()
    assert [codes(first), codes(second)] == [("matched", []), ("differs", ["not_received"])]
    # When the first was a mistake, the second takes its place
    invoice_cancel(invoice_id=first, reason="entered twice")
    assert codes(second) == ("matched", [])
    line.refresh_from_db()
    assert line.invoiced == 10


def test_what_differs_is_released_with_a_reason_only(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 10})
    (line,) = shop.lines(order)
    purchase_lines_receive(received=[PurchaseReceived(line.pk, 10)])
    invoice_id = invoice_create(invoice=bill(shop, "F-1", (line, 10, "3.50"), (None, 1, "40.00")))

    found = SupplierInvoice.objects.get(pk=invoice_id)
    assert (found.state, found.difference) == ("differs", Decimal(45))
    with pytest.raises(InvoiceReasonMissing):
        invoices_approve(invoice_ids=[invoice_id])
    invoices_approve(invoice_ids=[invoice_id], reason="freight was agreed by telephone")
    assert SupplierInvoice.objects.get().note == "freight was agreed by telephone"


def test_tolerances_forgive_so_much_and_no_more() -> None:
    rules = policy(quantity_tolerance=10, price_tolerance=2)

    def judged(quantity: int, price: str, payable: int = 100) -> tuple[str, ...]:
        return line_judge(
            quantity=quantity,
            price=Decimal(price),
            agreed=Decimal(10),
            payable=payable,
            is_ordered=True,
            policy=rules,
        ).codes

    assert [judged(110, "10.20"), judged(111, "10"), judged(100, "10.21"), judged(100, "9.70"), judged(1, "10", 0)] == [
        (), ("quantity_over",), ("price_high",), ("price_low",), ("not_received",),
    ]  # fmt: skip


@pytest.mark.parametrize("how_many", [10, 100])
def test_entering_invoices_asks_no_more_for_more_of_them(shop: Market, how_many: int) -> None:
    order = shop.sent("ACME", {"milk": 1000})
    (line,) = shop.lines(order)
    with CaptureQueriesContext(connection) as queries:
        invoices_create(invoices=[bill(shop, f"F-{place}", (line, 1, "3.00")) for place in range(how_many)])
    assert len(queries) <= 16


def noon(offset: int) -> datetime:
    return datetime.combine(day(offset), time(12), ZoneInfo("Asia/Shanghai"))


def test_scorecards_count_what_was_due(shop: Market) -> None:
    # Given four orders of milk at 3.00, the list's price, all due ten days ago
    orders = [shop.sent("ACME", {"milk": 100}) for _ in range(4)]
    PurchaseOrderLine.objects.update(expected_on=day(-10))
    PurchaseOrder.objects.update(ordered_on=day(-20))
    lines = [shop.lines(order)[0] for order in orders]
    PurchaseOrderLine.objects.filter(pk=lines[0].pk).update(unit_price="3.30")
    # One came in time, one late, one short and was closed, one never
    purchase_lines_receive(
        received=[
            PurchaseReceived(lines[0].pk, 100, rejected=10, at=noon(-12)),
            PurchaseReceived(lines[1].pk, 60, at=noon(-11)),
            PurchaseReceived(lines[1].pk, 40, at=noon(-8)),
            PurchaseReceived(lines[2].pk, 90, at=noon(-10)),
        ]
    )
    orders_close(order_ids=[orders[2].pk])
    shop.sent("ACME", {"milk": 100})  # not due yet

    (card,) = scorecards(SYSTEM, Asked())

    assert (card["lines"], card["on_time"], card["in_full"], card["otif"]) == (4, 0.5, 0.5, 0.25)
    assert (card["received"], card["rejected"], card["quality"]) == (290, 10, 0.9655)
    assert (card["price_over"], card["price_variance"]) == (Decimal("30.0000"), round(30 / 870, 4))
    assert (card["lead_mean"], card["lead_least"], card["lead_most"]) == (Decimal("10.00"), 8, 12)
    assert card["score"] == round(40 * 0.5 + 30 * 0.5 + 30 * (280 / 290))
    assert [row["lines"] for row in card["months"]] == [
        row["lines"] for row in scorecard_months(SYSTEM, Asked())
    ]
    assert scorecards(SYSTEM, Asked(since=day(1))) == []


def test_the_drawings_in_the_docs_are_those_of_the_tables() -> None:
    text = (Path(__file__).parents[2] / "docs/reference/purchasing.md").read_text()
    for entity in TABLES:
        assert f"```mermaid\n{mermaid(entity)}\n```" in text
