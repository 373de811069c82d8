"""Money and goods after splitting, merging and parting: nothing is owed twice, lost, or left to be shipped by mistake."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.factories import orders

from hecang.kernel import clock
from hecang.orders.errors import OrderStateConflict
from hecang.orders.models import SalesOrder, SalesOrderLine
from hecang.orders.selectors.credit import credit_open
from hecang.orders.services import (
    SplitLine,
    order_approve,
    order_balance_pay,
    order_cancel,
    order_line_substitute,
    order_split,
    order_unmerge,
    orders_merge,
    orders_merge_matching,
    presale_create,
    presale_release,
)
from hecang.orders.services.crediting import orders_settle
from hecang.orders.services.substitutes import substitute_set
from hecang.partners.services import CustomerRow, credit_set, customers_upsert

pytestmark = pytest.mark.django_db

WANG = {"name": "王小明", "phone": "13900000001", "address": "世纪大道 100 号"}
MONEY = ("goods_amount", "discount_amount", "total_amount", "deposit_amount", "balance_due")


def debtor(code: str = "C1", limit: str = "1000") -> int:
    key = customers_upsert(rows=[CustomerRow(code, name=code)]).ids[0]
    credit_set(customer_id=key, limit_amount=Decimal(limit))
    return key


def owed(customer: int) -> Decimal:
    found = credit_open([customer])
    return found[customer].amount if found else Decimal(0)


def twin(world: orders.World, lines: dict[str, int], **fields: Any) -> SalesOrder:
    return world.order(lines, recipient=orders.recipient(**WANG), **fields)


def sums() -> list[Decimal]:
    """What all orders that stand for themselves add up to."""
    rows = SalesOrder.objects.exclude(state="merged").values_list(*MONEY)
    return [sum(column, Decimal(0)) for column in zip(*rows, strict=True)]


def stocked(**rules: Any) -> orders.World:
    made = orders.world(**rules)
    made.put("A", 100)
    made.put("B", 100)
    return made


def test_parts_of_an_order_on_account_are_owed_with_it() -> None:
    # given an order on account
    world, customer = stocked(), debtor()
    order = world.order({"A": 6, "B": 4}, customer_code="C1")
    assert owed(customer) == 100
    # when a part of it goes on by itself
    [child] = order_split(order_id=order.pk, parts=[[SplitLine(orders.line_ids(order)[0], 5)]])
    # then the customer owes as much as before, and settling both ends it
    assert owed(customer) == 100
    orders_settle(order_ids=[order.pk])
    assert owed(customer) == 50
    orders_settle(order_ids=[child])
    assert owed(customer) == 0
    orders.assert_lawful()


def test_only_orders_of_one_account_are_merged() -> None:
    # given an order on account, one of another customer with credit, and one that was paid at once
    world, customer = stocked(merge_policy="auto"), debtor()
    debtor("C2")
    first = twin(world, {"A": 1}, customer_code="C1")
    others = [twin(world, {"A": 2}, customer_code="C2"), twin(world, {"A": 3})]
    # when somebody, or the shop itself, wants them merged, then that is refused
    for other in others:
        with pytest.raises(OrderStateConflict, match="account"):
            orders_merge(target_id=first.pk, source_ids=[other.pk])
    results = orders_merge_matching(order_ids=[first.pk], automatic=True)
    assert [row.code for row in results] == ["unchanged"]
    assert owed(customer) == 10
    # but two of the same account travel together, owed as one
    second = twin(world, {"A": 4}, customer_code="C1")
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    assert owed(customer) == 50
    # and what travels is not settled by itself
    assert [row.code for row in orders_settle(order_ids=[second.pk])] == ["unchanged"]
    order_unmerge(order_id=second.pk)
    assert owed(customer) == 50


def test_what_was_approved_together_is_owed_apart() -> None:
    # given two orders that wait for approval, merged and approved as one
    world, customer = stocked(auto_approve=False), debtor()
    first, second = (twin(world, {"A": n}, customer_code="C1") for n in (3, 4))
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    order_approve(order_id=first.pk)
    assert owed(customer) == 70
    # when they are parted, then both are owed
    order_unmerge(order_id=second.pk)
    assert owed(customer) == 70
    assert SalesOrder.objects.get(pk=second.pk).on_account
    # and what was settled together is settled apart
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    orders_settle(order_ids=[first.pk])
    order_unmerge(order_id=second.pk)
    assert owed(customer) == 0
    orders.assert_lawful()


def test_no_more_comes_back_than_a_split_has_left() -> None:
    # given merged orders with discounts, most of whose goods have gone on as a third one
    world = stocked()
    first = twin(world, {"A": 10}, discount_amount=Decimal(10), freight_amount=Decimal(8))
    second = twin(world, {"A": 10, "B": 1}, discount_amount=Decimal(10))
    before = sums()
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    mine = orders.line_ids(first)[0]
    order_split(order_id=first.pk, parts=[[SplitLine(mine, 9)], [SplitLine(mine, 1)]])
    # when they are parted: nothing else is left in the first one, so that is refused
    with pytest.raises(OrderStateConflict, match="no other goods"):
        order_unmerge(order_id=second.pk)
    assert sums() == before
    # and where something is, nothing is made of nothing
    third = twin(world, {"A": 10}, discount_amount=Decimal(10))
    fourth = twin(world, {"A": 1}, discount_amount=Decimal(5))
    before = sums()
    orders_merge(target_id=third.pk, source_ids=[fourth.pk])
    order_split(order_id=third.pk, parts=[[SplitLine(orders.line_ids(third)[0], 9)]])
    order_unmerge(order_id=fourth.pk)
    assert sums() == before
    orders.assert_lawful()


def test_a_substitute_goes_where_its_order_goes() -> None:
    # given merged orders; what the second one wanted is short and was replaced
    world = stocked()
    world.sku("C")
    first = twin(world, {"A": 3})
    second = twin(world, {"C": 5})
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    substitute_set(sku="C", substitute="B", needs_consent=False)
    made = order_line_substitute(order_id=first.pk, line_id=orders.line_ids(first)[1])
    before = sums()
    # when the second one is cancelled, then so is the substitute
    order_cancel(order_id=second.pk)
    line = SalesOrderLine.objects.get(pk=made)
    assert (line.order_id, line.reserved, line.cancelled) == (second.pk, 0, 5)
    assert orders.sources(first) == {"SH": 3}
    assert sums() == before
    orders.assert_lawful()


def test_orders_are_not_parted_while_goods_of_one_travel_elsewhere() -> None:
    # given merged orders; some units of the second one's line have been split off
    world = stocked()
    first, second = twin(world, {"A": 3}), twin(world, {"B": 5})
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    [child] = order_split(order_id=first.pk, parts=[[SplitLine(orders.line_ids(first)[1], 2)]])
    # when the second one is to be cancelled, then nothing of it stays behind unseen
    with pytest.raises(OrderStateConflict, match="gone on to another order"):
        order_cancel(order_id=second.pk)
    # and once that part is cancelled too, the rest is
    order_cancel(order_id=child)
    order_cancel(order_id=second.pk)
    assert world.reserved("B") == {}
    assert world.reserved("A") == {"SH": 3}
    orders.assert_lawful()


def test_an_order_whose_goods_went_back_to_others_stays_merged() -> None:
    # given goods of one order that were split off, merged again, and went back to the first one
    world = stocked()
    first, second = twin(world, {"A": 3}), twin(world, {"B": 5})
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    [child] = order_split(order_id=first.pk, parts=[[SplitLine(orders.line_ids(first)[1], 5)]])
    orders_merge(target_id=first.pk, source_ids=[child])
    order_cancel(order_id=second.pk)
    # when the one that was split off is to be parted, then nothing of it is left for that
    with pytest.raises(OrderStateConflict, match="gone on to another order"):
        order_unmerge(order_id=child)
    orders.assert_lawful()


def test_pre_sales_that_wait_for_money_do_not_keep_others_waiting() -> None:
    # given more unpaid orders than one release looks at, all older than the paid one
    world = stocked()
    now = clock.now()
    campaign = presale_create(
        code="P1", name="Spring", shop_id=world.shop.pk, sku="A", quantity_limit=50,
        starts_at=now - timedelta(days=2), ends_at=now + timedelta(days=2), ship_after=now - timedelta(hours=1),
    )  # fmt: skip
    due = {"kind": "presale", "deposit_amount": Decimal(1), "balance_due": Decimal(9)}
    for minutes in (30, 20):
        world.order({"A": 1}, placed_at=now - timedelta(minutes=minutes), **due)
    paid = world.order({"A": 1}, placed_at=now - timedelta(minutes=10), **due)
    order_balance_pay(order_id=paid.pk)
    # when two are looked at
    results = presale_release(campaign_id=campaign, limit=2)
    # then the paid one is released
    assert (results[0].id, results[0].code) == (paid.pk, "released")
    assert [row.code for row in results] == ["released", "unpaid"]
    orders.assert_lawful()
