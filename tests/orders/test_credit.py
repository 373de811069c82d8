"""Customers' credit: what is on account, what is held for it, and who may let it go on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories import orders

from hecang.kernel import clock
from hecang.kernel.actor import SYSTEM, Actor, acting
from hecang.kernel.errors import PermissionMissing
from hecang.orders.errors import CreditExceeded
from hecang.orders.models import SalesOrder
from hecang.orders.selectors.credit import credit_open
from hecang.orders.selectors.decisions import order_decisions
from hecang.orders.services import (
    LineChange,
    order_approve,
    order_cancel,
    order_change,
    order_hold_release,
    orders_approve,
)
from hecang.orders.services.crediting import orders_settle
from hecang.partners.services import CustomerRow, credit_set, customers_upsert

pytestmark = pytest.mark.django_db


def customer(limit: str = "100", **credit: object) -> int:
    key = customers_upsert(rows=[CustomerRow("C1", name="A shop")]).ids[0]
    credit_set(customer_id=key, limit_amount=Decimal(limit), **credit)  # type: ignore[arg-type]
    return key


def order(world: orders.World, units: int, **fields: object) -> SalesOrder:
    return world.order({"A": units}, customer_code="C1", **fields)


def owed(key: int) -> Decimal:
    found = credit_open([key])
    return found[key].amount if found else Decimal(0)


def world(**rules: object) -> orders.World:
    made = orders.world(**rules)
    made.put("A", 1000)
    return made


def test_orders_go_on_account_up_to_the_limit() -> None:
    # given a customer who may owe 100
    shop = world()
    key = customer("100")
    # when they order for 60, 50 and 40, two of them in one call
    first = order(shop, 6)
    second, third = (
        SalesOrder.objects.get(pk=row.order_id)
        for row in shop.intake(*(orders.order_in({"A": n}, customer_code="C1") for n in (5, 4)))
    )
    # then what fits is on account, and the rest is held with the figures
    assert [(one.state, one.on_account) for one in (first, second, third)] == [
        ("approved", True), ("pending", False), ("approved", True),
    ]  # fmt: skip
    assert second.holds.get().detail == {
        "reason": "limit", "limit": "100.00", "open": "60.00", "amount": "50.00", "currency": "CNY",
        "term_days": None,
    }  # fmt: skip
    assert owed(key) == 100
    assert [(row["stage"], row["code"]) for row in order_decisions(second.pk)] == [("approval", "credit")]
    orders.assert_lawful()


def test_who_has_no_credit_pays_at_once() -> None:
    shop = world()
    customers_upsert(rows=[CustomerRow("C1", name="A shop")])
    made = order(shop, 900)
    assert (made.state, made.on_account) == ("approved", False)


def test_an_approval_by_hand_is_bound_by_credit_too() -> None:
    # given an order that waits for approval
    shop = world(auto_approve=False)
    key = customer("100")
    made = order(shop, 11)
    # when it is approved: it is held instead, and that stays
    with pytest.raises(CreditExceeded) as caught:
        order_approve(order_id=made.pk)
    assert "owes 0" in str(caught.value)
    made.refresh_from_db()
    assert (made.state, orders.holds(made)) == ("pending", ["credit"])
    # then a higher limit lets it pass
    credit_set(customer_id=key, limit_amount=Decimal(110))
    order_approve(order_id=made.pk)
    made.refresh_from_db()
    assert (made.state, made.on_account, orders.holds(made)) == ("approved", True, [])


def test_blocked_overdue_and_foreign_orders_are_held() -> None:
    shop = world()
    key = customer("1000", term_days=30)
    long_ago = clock.now() - timedelta(days=31)
    old = order(shop, 1, placed_at=long_ago)
    assert old.state == "approved"
    assert order(shop, 1).holds.get().detail["reason"] == "overdue"
    assert [row.code for row in orders_settle(order_ids=[old.pk, old.pk])] == [""]
    assert orders_settle(order_ids=[old.pk])[0].code == "unchanged"
    assert order(shop, 1).state == "approved"
    assert order(shop, 1, currency="USD").holds.get().detail["reason"] == "currency"
    credit_set(customer_id=key, limit_amount=Decimal(1000), is_blocked=True)
    assert order(shop, 1).holds.get().detail["reason"] == "blocked"


def test_a_cancelled_order_is_not_owed() -> None:
    shop = world()
    key = customer("100")
    first = order(shop, 10)
    assert owed(key) == 100
    order_cancel(order_id=first.pk, reason="changed mind")
    assert owed(key) == 0
    assert order(shop, 10).state == "approved"


def test_finance_alone_lets_an_order_go_on_and_that_is_final() -> None:
    # given an order that is held for credit
    shop = world()
    customer("100")
    made = order(shop, 20)
    desk = Actor(
        kind="user", name="desk", permissions=frozenset({"orders.order.release"}), scope=SYSTEM.scope
    )
    # when the desk releases everything, it is refused; finance may
    with acting(desk), pytest.raises(PermissionMissing):
        order_hold_release(order_id=made.pk)
    assert orders.holds(made) == ["credit"]
    order_hold_release(order_id=made.pk, codes=["credit"], note="paid by cheque")
    made.refresh_from_db()
    assert (made.state, made.on_account) == ("approved", True)
    assert [row["stage"] for row in order_decisions(made.pk)] == ["approval", "release"]


def test_an_order_that_grows_beyond_the_limit_is_held() -> None:
    shop = world()
    customer("100")
    made = order(shop, 9)
    order_change(order_id=made.pk, lines=[LineChange(orders.line_ids(made)[0], "", 10)])
    assert orders.holds(made) == []
    order_change(order_id=made.pk, lines=[LineChange(orders.line_ids(made)[0], "", 11)])
    assert orders.holds(made) == ["credit"]
    assert made.holds.get().detail["open"] == "0.00"


def test_of_many_orders_approved_at_once_as_many_pass_as_fit() -> None:
    shop = world(auto_approve=False)
    key = customer("100")
    ids = [order(shop, 4).pk for _ in range(4)]
    results = orders_approve(order_ids=ids)
    assert [(row.ok, row.code) for row in results] == [
        (True, ""), (True, ""), (False, "credit_exceeded"), (False, "credit_exceeded"),
    ]  # fmt: skip
    assert owed(key) == 80


def test_an_order_that_becomes_cheaper_is_not_held_for_credit() -> None:
    # given an order on account of a customer who may owe less by now
    shop = world()
    key = customer("100")
    made = order(shop, 9)
    credit_set(customer_id=key, limit_amount=Decimal(10))
    # when units of it are taken away, then it goes on
    line = made.lines.get()
    order_change(order_id=made.pk, lines=[LineChange(line.pk, "", 5)])
    assert (owed(key), orders.holds(made)) == (50, [])
    # but not when it grows again
    order_change(order_id=made.pk, lines=[LineChange(line.pk, "", 6)])
    assert orders.holds(made) == ["credit"]
