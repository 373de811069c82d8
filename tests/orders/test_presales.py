"""Pre-sales: limits, payment, and release into normal demand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.factories import orders

from hecang.kernel import clock
from hecang.kernel.errors import Conflict, InvalidInput, NotFound, StateConflict
from hecang.kernel.outbox import drain
from hecang.orders.errors import OrderRejected
from hecang.orders.models import PresaleCampaign, SalesOrder, SalesOrderLine
from hecang.orders.services import (
    LineChange,
    SplitLine,
    backorders_fill,
    order_balance_pay,
    order_cancel,
    order_change,
    order_split,
    order_split_by,
    presale_change,
    presale_create,
    presale_release,
    presales_release_due,
)

pytestmark = pytest.mark.django_db


def campaign(world: orders.World, limit: int = 10, *, days: int = -1, **fields: Any) -> int:
    """A pre-sale of N that is open now, to be shipped from so many days on."""
    world.sku("N")
    now = clock.now()
    given = {"code": "P1", "name": "New", "shop_id": world.shop.pk, "sku": "N", "quantity_limit": limit,
             "starts_at": now - timedelta(days=30), "ends_at": now + timedelta(days=1),
             "ship_after": now + timedelta(days=days)}  # fmt: skip
    return presale_create(**{**given, **fields})


def presale(world: orders.World, units: int = 1, **fields: Any) -> SalesOrder:
    return world.order({"N": units}, kind="presale", **fields)


def claimed() -> int:
    return PresaleCampaign.objects.get().claimed


def test_a_presale_waits_and_takes_no_stock() -> None:
    # given stock of N, and a shop that ships only whole orders
    world = orders.world(allow_partial=False)
    key = campaign(world, days=5)
    world.put("N", 10)
    order = presale(world, 2)
    order.refresh_from_db()
    # then the order is approved and waits, with the campaign's day, and others may have the stock
    assert (order.state, order.awaits_release, order.is_short, orders.holds(order)) == (
        "approved",
        True,
        True,
        [],
    )
    assert (orders.life(order), order.ship_after, claimed()) == (
        [(0, 2, 0, 0, 0)], PresaleCampaign.objects.get(pk=key).ship_after, 2,
    )  # fmt: skip
    drain()
    assert (backorders_fill(), world.free("N")) == ([], 10)
    assert orders.sources(world.order({"N": 9})) == {"SH": 9}
    orders.assert_lawful()


def test_nobody_sells_more_than_the_limit() -> None:
    world = orders.world()
    campaign(world, limit=3)
    first, second, third = presale(world, 2), presale(world, 2), presale(world, 1)
    assert (orders.holds(first), orders.holds(second), orders.holds(third)) == ([], ["presale_limit"], [])
    assert claimed() == 3
    # when what was sold is cancelled, it can be sold again
    order_cancel(order_id=first.pk)
    assert (orders.holds(presale(world, 2)), claimed()) == ([], 3)
    orders.assert_lawful()
    # and an order does not grow beyond the limit
    with pytest.raises(OrderRejected):
        order_change(order_id=third.pk, lines=[LineChange(orders.line_ids(third)[0], "", 2)])
    orders.assert_lawful()


def test_release_in_the_order_of_payment() -> None:
    # given three pre-sales with a balance, and stock for two
    world = orders.world()
    key = campaign(world, deposit=Decimal(5))
    late, unpaid, early = (
        presale(world, deposit_amount=Decimal(5), balance_due=Decimal(5)) for _ in range(3)
    )
    free = presale(world, 1, deposit_amount=Decimal(10))
    assert order_balance_pay(order_id=late.pk, paid_at=clock.now() + timedelta(minutes=9))
    assert order_balance_pay(order_id=early.pk)
    assert not order_balance_pay(order_id=early.pk)
    world.put("N", 2)
    # when they are released
    rows = {row.id: (row.ok, row.code) for row in presale_release(campaign_id=key)}
    # then those that paid first take the stock
    assert rows == {
        late.pk: (False, "no_stock"), unpaid.pk: (False, "unpaid"), early.pk: (True, "released"), free.pk: (True, "released"),
    }  # fmt: skip
    assert [orders.life(one) for one in (early, free, late)] == [
        [(1, 0, 0, 0, 0)], [(1, 0, 0, 0, 0)], [(0, 1, 0, 0, 0)],
    ]  # fmt: skip
    assert SalesOrder.objects.filter(awaits_release=True).count() == 2
    orders.assert_lawful()
    # and the rest when more has come
    world.put("N", 5)
    assert [row.ok for row in presale_release(campaign_id=key, limit=9)] == [True, False]
    orders.assert_lawful()


def test_not_before_its_day() -> None:
    world = orders.world()
    key = campaign(world, days=2)
    world.put("N", 5)
    order = presale(world)
    assert [row.code for row in presale_release(campaign_id=key)] == ["not_due"]
    # pre-sales of no campaign are released when their day has come
    alone = presale(world, number="ALONE", placed_at=clock.now() - timedelta(days=99),
                    ship_after=clock.now() + timedelta(hours=1))  # fmt: skip
    assert presales_release_due() == 0
    assert presales_release_due(now=clock.now() + timedelta(days=9)) == 1
    assert (orders.life(alone), orders.life(order)) == ([(1, 0, 0, 0, 0)], [(0, 1, 0, 0, 0)])
    orders.assert_lawful()


def test_what_is_there_goes_before_what_is_sold_beforehand() -> None:
    # given a mixed order: A is there, N is a pre-sale
    world = orders.world()
    campaign(world, days=7)
    world.put("A", 5)
    order = world.order({"N": 1, "A": 2}, kind="presale")
    # when it is split by promise
    [child] = order_split_by(order_id=order.pk, policies=["promise"])
    # then A goes at once, and N waits in an order of its own
    order.refresh_from_db()
    assert (order.kind, order.awaits_release, order.ship_after, orders.life(order)) == (
        "sale", False, None, [(2, 0, 0, 0, 0)],
    )  # fmt: skip
    made = SalesOrder.objects.get(pk=child)
    assert (made.kind, made.awaits_release, orders.life(child)) == ("presale", True, [(0, 1, 0, 0, 0)])
    orders.assert_lawful()


def test_parts_of_a_presale_still_count() -> None:
    world = orders.world()
    campaign(world, limit=5)
    order = presale(world, 4)
    [child] = order_split(order_id=order.pk, parts=[[SplitLine(orders.line_ids(order)[0], 3)]])
    assert SalesOrder.objects.get(pk=child).awaits_release
    assert (orders.holds(presale(world, 2)), claimed()) == (["presale_limit"], 4)
    assert SalesOrderLine.objects.filter(order=child).count() == 1
    orders.assert_lawful()


def test_campaigns_that_cannot_be() -> None:
    world = orders.world()
    key = campaign(world)
    with pytest.raises(Conflict):
        campaign(world)
    with pytest.raises(InvalidInput):
        campaign(world, sku="NONE")
    with pytest.raises(InvalidInput):
        campaign(world, code="P2", ends_at=clock.now() - timedelta(days=99))
    presale(world, 5)
    with pytest.raises(InvalidInput, match="5 units are sold"):
        presale_change(campaign_id=key, changes={"quantity_limit": 4})
    presale_change(campaign_id=key, changes={"quantity_limit": 6, "name": "Newer"})
    assert PresaleCampaign.objects.get().name == "Newer"
    with pytest.raises(NotFound):
        presale_release(campaign_id=-1)
    with pytest.raises(StateConflict):
        order_balance_pay(order_id=presale(world).pk)
