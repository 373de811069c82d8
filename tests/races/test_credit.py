"""Nobody owes more than they may, however many approve and order at once."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from tests.factories import orders
from tests.factories.threads import race

from hecang.orders.errors import CreditExceeded
from hecang.orders.models import SalesOrder
from hecang.orders.selectors.credit import credit_open
from hecang.orders.services import order_approve, orders_intake
from hecang.partners.services import CustomerRow, credit_set, customers_upsert

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_eight_connections_never_exceed_the_limit_of_one_customer() -> None:
    # given forty orders of one customer that wait for approval, and credit for twenty-five of them
    world = orders.world(auto_approve=False)
    quick = orders.shop("QUICK", owner=world.shop.owner)
    world.put("A", 1000)
    key = customers_upsert(rows=[CustomerRow("C1", name="A shop")]).ids[0]
    waiting = [world.order({"A": 1}, customer_code="C1").pk for _ in range(40)]
    credit_set(customer_id=key, limit_amount=Decimal(250))

    # when eight connections approve them, each order twice, while others of the customer come in
    def work(number: int) -> None:
        for place in range(10):
            with suppress(CreditExceeded):
                order_approve(order_id=waiting[(number * 5 + place) % 40])
            if place % 5 == 0:
                orders_intake(shop_id=quick.pk, orders=[orders.order_in({"A": 1}, customer_code="C1")])

    errors = race(work, threads=8)

    # then the limit is used up exactly, whoever came too late is held for it, and the books are clean
    assert errors == []
    assert credit_open([key])[key].amount == 250
    assert SalesOrder.objects.filter(on_account=True).count() == 25
    assert SalesOrder.objects.filter(state="approved").count() == 25
    late = SalesOrder.objects.filter(state="pending")
    assert [orders.holds(one) for one in late] == [["credit"]] * late.count()
    orders.assert_lawful()
