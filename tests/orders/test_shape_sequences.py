"""Any sequence of splitting, merging, parting, cancelling, changing and substituting: the laws hold, the cents add up."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import orders

from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.kernel.errors import HecangError
from hecang.orders.models import SalesOrder, SalesOrderLine, Shop
from hecang.orders.selectors.credit import credit_open
from hecang.orders.services import (
    LineChange,
    SplitLine,
    backorders_fill,
    order_approve,
    order_cancel,
    order_change,
    order_gift_add,
    order_line_substitute,
    order_split,
    order_split_by,
    order_unmerge,
    orders_merge,
)
from hecang.orders.services.substitutes import substitute_set
from hecang.partners.services import CustomerRow, credit_set, customers_upsert

pytestmark = pytest.mark.django_db

WANG = {"name": "王小明", "phone": "13900000001", "address": "世纪大道 100 号"}

_SUMS = """
SELECT coalesce(sum(goods_amount), 0), coalesce(sum(total_amount), 0), coalesce(sum(discount_amount), 0),
    coalesce(sum(deposit_amount), 0), coalesce(sum(balance_due), 0)
FROM sales_order WHERE state <> 'merged'
"""
_WRONG_GOODS = """
SELECT o.id, o.goods_amount, t.amount FROM sales_order o
JOIN (SELECT order_id, sum(amount) AS amount FROM sales_order_line GROUP BY order_id) t ON t.order_id = o.id
WHERE o.goods_amount <> t.amount OR least(o.total_amount, o.discount_amount, o.deposit_amount, o.balance_due) < 0
"""
_NOBODYS = """
SELECT id FROM sales_order o WHERE state <> 'merged'
    AND NOT EXISTS (SELECT FROM sales_order_line l WHERE l.order_id = o.id)
"""
# Goods of a cancelled order that still are to be shipped, but not with an order that was split off on purpose.
_ESCAPED = """
SELECT l.id FROM sales_order_line l JOIN sales_order b ON b.id = l.source_order_id JOIN sales_order o ON o.id = l.order_id
WHERE b.state = 'cancelled' AND o.origin_id IS NULL AND l.quantity > l.cancelled AND NOT EXISTS (
    SELECT FROM order_merge m JOIN sales_order c ON c.id = m.source_id
    WHERE c.origin_id IS NOT NULL AND l.id = ANY(m.line_ids))
"""
_OWED = """
SELECT coalesce(sum(total_amount), 0) FROM sales_order
WHERE customer_id = %s AND state NOT IN ('pending', 'cancelled', 'merged')
"""

Pick = Callable[[int], int]


class Desk:
    """Orders of one recipient on account, and what a person does with them."""

    def __init__(self, world: orders.World, customer: int, pick: Pick) -> None:
        self.world, self.customer, self.pick = world, customer, pick

    def order(self) -> int:
        ids = list(SalesOrder.objects.order_by("pk").values_list("pk", flat=True))
        return ids[self.pick(len(ids))]

    def line(self) -> SalesOrderLine:
        lines = list(SalesOrderLine.objects.order_by("pk"))
        return lines[self.pick(len(lines))]

    def split(self) -> None:
        line = self.line()
        units = 1 + self.pick(line.reserved + line.backordered)
        order_split(order_id=line.order_id, parts=[[SplitLine(line.pk, units)]])

    def split_in_three(self) -> None:
        line = self.line()
        one = [SplitLine(line.pk, 1)]
        order_split(order_id=line.order_id, parts=[one, one])

    def split_by_stock(self) -> None:
        order_split_by(order_id=self.order(), policies=["stock"])

    def merge(self) -> None:
        open_orders = SalesOrder.objects.filter(state__in=["pending", "approved"]).order_by("pk")
        ids = list(open_orders.values_list("pk", flat=True))
        target = ids.pop(self.pick(len(ids)))
        orders_merge(target_id=target, source_ids=[ids[self.pick(len(ids))]] if ids else [])

    def part(self) -> None:
        merged = list(SalesOrder.objects.filter(state="merged").order_by("pk").values_list("pk", flat=True))
        if merged:
            order_unmerge(order_id=merged[self.pick(len(merged))])

    def cancel(self) -> None:
        order_cancel(order_id=self.order())

    def approve(self) -> None:
        order_approve(order_id=self.order())

    def change(self) -> None:
        line = self.line()
        order_change(order_id=line.order_id, lines=[LineChange(line.pk, "", self.pick(6))])

    def substitute(self) -> None:
        line = self.line()
        order_line_substitute(order_id=line.order_id, line_id=line.pk)

    def gift(self) -> None:
        order_gift_add(order_id=self.order(), sku="B", quantity=1, reason=f"r{self.pick(2)}")

    def fill(self) -> None:
        self.world.put("A", 1 + self.pick(4))
        backorders_fill()

    STEPS = ("split", "split_in_three", "split_by_stock", "merge", "merge", "part", "part", "cancel", "approve",
             "change", "substitute", "gift", "fill")  # fmt: skip

    def step(self, name: str) -> None:
        before = fetch(_SUMS)[0]
        with suppress(HecangError), transaction.atomic():
            getattr(self, name)()
        after = fetch(_SUMS)[0]
        assert fetch(_WRONG_GOODS) == []
        assert fetch(_NOBODYS) == []
        assert fetch(_ESCAPED) == []
        if name == "change":
            assert after[2:] == before[2:]
        else:
            assert after == before
        found = credit_open([self.customer])
        assert (found[self.customer].amount if found else 0) == fetch(_OWED, [self.customer])[0][0]


@pytest.fixture
def world() -> orders.World:
    made = orders.world("SH")
    made.put("A", 8)
    made.put("B", 12)
    made.sku("C")
    substitute_set(sku="A", substitute="B", needs_consent=False)
    substitute_set(sku="C", substitute="B", ratio=2, needs_consent=False)
    return made


@pytest.fixture
def customer() -> int:
    key = customers_upsert(rows=[CustomerRow("C1", name="A shop")]).ids[0]
    credit_set(customer_id=key, limit_amount=Decimal(10**6))
    return key


def ordered(world: orders.World) -> None:
    """Four orders of one recipient on account, with all kinds of amounts."""
    wanted: list[tuple[dict[str, int], dict[str, Any]]] = [
        ({"A": 3, "B": 2}, {"freight_amount": Decimal(8)}),
        ({"A": 5, "C": 1}, {"discount_amount": Decimal("7.77"), "freight_amount": Decimal(6)}),
        ({"A": 4}, {"deposit_amount": Decimal("10.01"), "balance_due": Decimal("29.99")}),
        ({"B": 7, "C": 3}, {"discount_amount": Decimal("0.01")}),
    ]
    world.intake(
        *(
            orders.order_in(
                lines,
                price="3.33",
                customer_code="C1",
                recipient=orders.recipient(**WANG),
                placed_at=clock.now() - timedelta(minutes=place),
                **money,
            )
            for place, (lines, money) in enumerate(wanted)
        )
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    steps=st.lists(st.tuples(st.sampled_from(Desk.STEPS), st.integers(0, 10**6)), min_size=10, max_size=30),
    auto_approve=st.booleans(),
)
def test_sequences_keep_the_laws_and_every_cent(
    steps: list[tuple[str, int]], auto_approve: bool, world: orders.World, customer: int
) -> None:
    seed = 0

    def pick(count: int) -> int:
        nonlocal seed
        seed, found = divmod(seed, max(1, count))
        return found

    with transaction.atomic():
        Shop.objects.filter(pk=world.shop.pk).update(auto_approve=auto_approve)
        ordered(world)
        desk = Desk(world, customer, pick)
        for name, seed in steps:  # noqa: B007 - picked from by the step
            desk.step(name)
        orders.assert_lawful()
        transaction.set_rollback(True)
