"""What came in for purchase orders, as receiving and inspection tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.purchasing import Market, market

from hecang.kernel import clock
from hecang.purchasing.errors import NotReceivable, PurchaseLineUnknown, ReceivedTooLittle
from hecang.purchasing.models import PurchaseArrival
from hecang.purchasing.selectors import purchase_lines_open
from hecang.purchasing.services import (
    PurchaseReceived,
    PurchaseRejected,
    order_change,
    orders_close,
    purchase_lines_receive,
    purchase_lines_reject,
)
from hecang.purchasing.services.changing import LineChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Market:
    return market()


def test_an_order_follows_what_comes_in_for_it(shop: Market) -> None:
    # Given an order of two lines that the supplier has
    order = shop.sent("ACME", {"milk": 10, "bread": 4})
    milk, bread = shop.lines(order)
    assert [one.open for one in purchase_lines_open(order_id=order.pk)] == [10, 4]

    # When a part comes, then the order is partly received
    purchase_lines_receive(received=[PurchaseReceived(milk.pk, 6, rejected=1)])
    order.refresh_from_db()
    assert order.state == "receiving"
    assert [(one.sku_code, one.open) for one in purchase_lines_open(order_id=order.pk)] == [
        ("milk", 4),
        ("bread", 4),
    ]

    # When the rest comes, and more than that of one line, then it is received
    purchase_lines_receive(received=[PurchaseReceived(milk.pk, 5), PurchaseReceived(bread.pk, 4)])
    order.refresh_from_db()
    milk.refresh_from_db()
    assert (order.state, milk.received, milk.rejected) == ("received", 11, 1)
    assert purchase_lines_open(order_id=order.pk) == []
    assert [one.open for one in purchase_lines_open(order_id=order.pk, complete=True)] == [0, 0]


def test_the_same_receipt_line_counts_once(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 10})
    (line,) = shop.lines(order)
    entry = PurchaseReceived(line.pk, 4, key="receipt:7:1")

    booked = [purchase_lines_receive(received=[entry, entry]), purchase_lines_receive(received=[entry])]

    line.refresh_from_db()
    assert (booked, line.received, PurchaseArrival.objects.count()) == ([1, 0], 4, 1)


def test_what_was_booked_by_mistake_is_taken_back(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 10}, confirmed=True)
    (line,) = shop.lines(order)
    purchase_lines_receive(received=[PurchaseReceived(line.pk, 4)])

    purchase_lines_receive(received=[PurchaseReceived(line.pk, -4)])

    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.state, line.received, line.last_received_at) == ("confirmed", 0, None)
    with pytest.raises(ReceivedTooLittle):
        purchase_lines_receive(received=[PurchaseReceived(line.pk, -1)])


def test_inspection_refuses_what_has_come_even_of_a_closed_order(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 10})
    (line,) = shop.lines(order)
    purchase_lines_receive(received=[PurchaseReceived(line.pk, 8)])
    orders_close(order_ids=[order.pk], reason="that is enough")

    purchase_lines_reject(rejected=[PurchaseRejected(line.pk, 3, key="inspection:1")])

    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.rejected, line.cancelled, order.state) == (3, 2, "closed")
    with pytest.raises(ReceivedTooLittle):
        purchase_lines_reject(rejected=[PurchaseRejected(line.pk, 6)])
    with pytest.raises(NotReceivable):
        purchase_lines_receive(received=[PurchaseReceived(line.pk, 1)])


def test_drafts_and_strange_lines_take_nothing_in(shop: Market) -> None:
    order = shop.draft("ACME", {"milk": 10})
    (line,) = shop.lines(order)

    with pytest.raises(NotReceivable):
        purchase_lines_receive(received=[PurchaseReceived(line.pk, 1)])
    with pytest.raises(PurchaseLineUnknown):
        purchase_lines_receive(received=[PurchaseReceived(line.pk + 999, 1)])
    assert PurchaseArrival.objects.count() == 0


def test_raising_a_received_order_opens_it_again(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 10})
    (line,) = shop.lines(order)
    purchase_lines_receive(received=[PurchaseReceived(line.pk, 10, at=clock.now() - timedelta(days=1))])

    order_change(order_id=order.pk, lines=[LineChange(line.pk, quantity=12)])

    order.refresh_from_db()
    assert (order.state, order.revision, order.sent_revision) == ("receiving", 1, 0)


@pytest.mark.parametrize("how_many", [10, 100])
def test_receiving_asks_no_more_for_more_lines(shop: Market, how_many: int) -> None:
    orders = [shop.sent("ACME", {"milk": 10, "bread": 4}) for _ in range(how_many // 2)]
    lines = [line for order in orders for line in shop.lines(order)]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        purchase_lines_receive(received=[PurchaseReceived(line.pk, 4, key=f"r:{line.pk}") for line in lines])

    assert len(queries) <= 10
