"""Buyers at once: one order out of one request, one approval, one sending, and receipts against the end of an order."""

from __future__ import annotations

import pytest
from tests.factories.purchasing import Market, market, person
from tests.factories.threads import race

from hecang.kernel.actor import acting
from hecang.kernel.errors import HecangError
from hecang.kernel.outbox import drain
from hecang.purchasing.models import (
    PurchaseApproval,
    PurchaseArrival,
    PurchaseDispatch,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseRequest,
    SupplierInvoice,
)
from hecang.purchasing.services import (
    InvoiceIn,
    InvoiceLineIn,
    PurchaseReceived,
    PurchaseRejected,
    RequestIn,
    dispatches_send,
    invoices_create,
    order_approve,
    order_cancel,
    order_send,
    order_submit,
    purchase_lines_receive,
    purchase_lines_reject,
    requests_create,
    requests_order,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

THREADS = 8


def whole() -> None:
    """Every line is what was ordered, and its sums are those of its arrivals."""
    for line in PurchaseOrderLine.objects.all():
        came = list(PurchaseArrival.objects.filter(order_line=line).values_list("quantity", "rejected"))
        assert (line.received, line.rejected) == (sum(one[0] for one in came), sum(one[1] for one in came))
        assert 0 <= line.rejected <= line.received
        assert line.cancelled <= line.quantity


@pytest.fixture
def shop() -> Market:
    return market()


def test_one_request_is_ordered_once(shop: Market) -> None:
    ids = requests_create(requests=[RequestIn(shop.skus["milk"].pk, shop.owner.pk, shop.warehouse.pk, 30)])

    errors = race(lambda _: requests_order(request_ids=ids), threads=THREADS)

    assert [isinstance(error, HecangError) for error in errors] == [True] * (THREADS - 1)
    assert PurchaseOrder.objects.count() == 1
    assert PurchaseRequest.objects.get().state == "ordered"


def test_one_wish_of_the_watchers_is_written_once(shop: Market) -> None:
    wish = RequestIn(shop.skus["milk"].pk, shop.owner.pk, shop.warehouse.pk, 30, source="reorder")

    assert race(lambda _: requests_create(requests=[wish]), threads=THREADS) == []

    assert PurchaseRequest.objects.count() == 1


def test_one_order_is_approved_once_and_sent_once(shop: Market) -> None:
    order = shop.draft("ACME", {"milk": 5_000})
    with acting(person("purchaser")):
        order_submit(order_id=order.pk)
    clerks = [person("finance") for _ in range(THREADS)]

    def approve(number: int) -> None:
        with acting(clerks[number]):
            order_approve(order_id=order.pk)

    errors = race(approve, threads=THREADS)
    assert [isinstance(error, HecangError) for error in errors] == [True] * (THREADS - 1)
    assert PurchaseApproval.objects.filter(is_approved=True).count() == 1

    assert race(lambda _: order_send(order_id=order.pk), threads=THREADS) == []
    assert PurchaseDispatch.objects.count() == 1


def test_workers_send_a_dispatch_once(shop: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    from hecang.purchasing import ways

    sent: list[int] = []

    class Way:
        code = "api"
        Settings = None
        is_repeatable = True
        is_read = False

        def target(self, settings: object) -> str:
            return ""

        def send(self, document: ways.OrderDocument, settings: object) -> None:
            sent.append(document.dispatch_id)

    monkeypatch.setitem(ways._ways, "api", Way())
    orders = [shop.sent("ACME", {"milk": 1}) for _ in range(10)]
    PurchaseDispatch.objects.filter(order__in=orders).update(state="waiting", way="api", sent_at=None)

    assert race(lambda _: dispatches_send(), threads=THREADS) == []

    assert sorted(sent) == sorted(PurchaseDispatch.objects.values_list("id", flat=True))
    assert set(PurchaseDispatch.objects.values_list("state", flat=True)) == {"sent"}


def test_goods_that_come_while_their_order_is_cancelled(shop: Market) -> None:
    # Given ten orders, each received by some and cancelled by others at once
    orders = [shop.sent("ACME", {"milk": 10}) for _ in range(10)]
    lines = {order.pk: shop.lines(order)[0].pk for order in orders}

    def work(number: int) -> None:
        for order in orders:
            try:
                if number % 2:
                    order_cancel(order_id=order.pk)
                else:
                    key = f"receipt:{number}"
                    purchase_lines_receive(received=[PurchaseReceived(lines[order.pk], 2, key=key)])
            except HecangError:
                pass

    assert race(work, threads=THREADS) == []

    # Then each was either received and stands, or cancelled and took nothing in
    for order in PurchaseOrder.objects.all():
        received = PurchaseOrderLine.objects.get(order=order).received
        assert (order.state == "cancelled") == (received == 0)
    whole()
    drain()


def test_one_receipt_counts_once_however_often_it_is_told(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 1000, "bread": 1000})
    milk, bread = shop.lines(order)

    def work(number: int) -> None:
        for place in range(10):
            purchase_lines_receive(
                received=[
                    PurchaseReceived(bread.pk, 1, key=f"b{place}"),
                    PurchaseReceived(milk.pk, 1, key=f"m{place}"),
                    PurchaseReceived(milk.pk, 1, key=f"own{number}:{place}"),
                ]
            )

    assert race(work, threads=THREADS) == []

    milk.refresh_from_db()
    bread.refresh_from_db()
    assert (milk.received, bread.received) == (10 + 10 * THREADS, 10)
    whole()


def test_one_invoice_is_entered_once(shop: Market) -> None:
    order = shop.sent("ACME", {"milk": 10})
    (line,) = shop.lines(order)
    invoice = InvoiceIn(
        shop.suppliers["ACME"].pk, "F-1", order.ordered_on, [InvoiceLineIn(line.pk, 5, line.unit_price)]  # type: ignore[arg-type]
    )  # fmt: skip

    assert race(lambda _: invoices_create(invoices=[invoice]), threads=THREADS) == []

    line.refresh_from_db()
    assert (SupplierInvoice.objects.count(), line.invoiced) == (1, 5)


def test_inspections_refuse_no_more_than_came_whatever_comes_between(shop: Market) -> None:
    # Given units of an order that came in, some of which a receipt takes back while inspections refuse others
    order = shop.sent("ACME", {"milk": 100, "bread": 100})
    milk, bread = shop.lines(order)
    purchase_lines_receive(received=[PurchaseReceived(milk.pk, 20), PurchaseReceived(bread.pk, 20)])

    def work(number: int) -> None:
        for place in range(5):
            try:
                if number == 0:
                    taken = [PurchaseReceived(bread.pk, -2), PurchaseReceived(milk.pk, -2)]
                    purchase_lines_receive(received=taken)
                else:
                    key = f"inspection:{number % 4}:{place}"  # two tell of the same inspection
                    purchase_lines_reject(
                        rejected=[
                            PurchaseRejected(bread.pk, 2, key=key),
                            PurchaseRejected(milk.pk, 2, key=key),
                        ]
                    )
            except HecangError:
                pass

    assert race(work, threads=THREADS) == []

    milk.refresh_from_db()
    bread.refresh_from_db()
    assert (milk.rejected, milk.received) == (bread.rejected, bread.received)
    refused = PurchaseArrival.objects.filter(order_line=milk, rejected__gt=0)
    assert refused.values("key").distinct().count() == refused.count()
    assert milk.rejected == 2 * refused.count() > 0
    whole()
    drain()
