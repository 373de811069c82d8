"""What waits for stock, gets it, and loses it again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import orders, partners, shipping

from hecang.accounts.models import AuditEntry
from hecang.inventory.holders import holder_for
from hecang.kernel.models import OutboxEvent
from hecang.kernel.outbox import drain
from hecang.orders.models import OrderHold, SalesOrder
from hecang.orders.services import backorders, backorders_fill, order_cancel, order_hold, orders_approve

pytestmark = pytest.mark.django_db


def events(name: str) -> list[list[int]]:
    rows = OutboxEvent.objects.filter(name=f"orders.{name}").order_by("id")
    return [next(iter(row.payload.values())) for row in rows]


def test_goods_that_come_in_go_to_who_waits() -> None:
    # given an order of five, two of them there
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 5})
    drain()
    # when four more come in, and the event is delivered
    world.put("A", 4)
    drain()
    # then the order is complete, one piece stays free, and the warehouse hears of it
    order.refresh_from_db()
    assert (orders.life(order), order.is_short, world.free("A")) == ([(5, 0, 0, 0, 0)], False, 1)
    assert events("backorders_filled") == [[order.pk]]
    assert events("orders_approved") == [[order.pk], [order.pk]]
    entry = AuditEntry.objects.get(entity_id=order.pk, action="orders.order.filled")
    assert entry.after == {"units": 3}
    orders.assert_lawful()


def test_the_more_urgent_then_the_older_is_served_first() -> None:
    world = orders.world()
    world.sku("A")
    young = world.order({"A": 2}, placed_at=orders.placed_before(1))
    old = world.order({"A": 2}, placed_at=orders.placed_before(60))
    urgent = world.order({"A": 2}, placed_at=orders.placed_before(5), priority=1)
    world.put("A", 3)
    assert backorders_fill() == [urgent.pk, old.pk]
    assert [orders.life(one)[0][:2] for one in (urgent, old, young)] == [(2, 0), (1, 1), (0, 2)]
    orders.assert_lawful()


def test_from_several_warehouses_and_for_several_lines() -> None:
    world = orders.world("SH", "GZ")
    world.sku("A")
    order = world.order([orders.LineIn("A", 2), orders.LineIn("A", 3)])
    world.put("A", 1, "SH")
    world.put("A", 3, "GZ")
    backorders_fill()
    assert orders.life(order) == [(2, 0, 0, 0, 0), (2, 1, 0, 0, 0)]
    assert orders.sources(order) == {"SH": 1, "GZ": 3}
    orders.assert_lawful()


def test_only_the_skus_asked_for() -> None:
    world = orders.world()
    world.sku("A")
    world.sku("B")
    order = world.order({"A": 1, "B": 1})
    world.put("A", 1)
    world.put("B", 1)
    assert backorders_fill(sku_ids=[world.skus["B"].pk]) == [order.pk]
    assert orders.life(order) == [(0, 1, 0, 0, 0), (1, 0, 0, 0, 0)]
    assert backorders_fill(sku_ids=[]) == []


def test_hold_for_want_of_stock_falls_when_nothing_waits_any_more() -> None:
    world = orders.world(allow_partial=False)
    world.put("A", 1)
    order = world.order({"A": 3})
    assert (order.state, orders.holds(order)) == ("pending", ["stock_short"])
    world.put("A", 1)
    backorders_fill()
    order.refresh_from_db()
    assert (order.state, orders.holds(order), events("orders_approved")) == ("pending", ["stock_short"], [])
    world.put("A", 1)
    backorders_fill()
    order.refresh_from_db()
    assert (order.state, order.is_held, order.is_short) == ("approved", False, False)
    assert events("orders_approved") == [[order.pk]]
    orders.assert_lawful()


def test_another_hold_keeps_the_order_where_it_is() -> None:
    world = orders.world(allow_partial=False)
    world.sku("A")
    order = world.order({"A": 1})
    order_hold(order_id=order.pk, note="?")
    world.put("A", 1)
    backorders_fill()
    order.refresh_from_db()
    assert (order.state, orders.holds(order), order.is_short) == ("pending", ["manual"], False)
    assert orders.life(order) == [(1, 0, 0, 0, 0)]
    assert events("orders_approved") == []


def test_cancelled_orders_get_nothing() -> None:
    world = orders.world()
    world.sku("A")
    order = world.order({"A": 1})
    order_cancel(order_id=order.pk)
    world.put("A", 1)
    assert backorders_fill() == []
    assert world.free("A") == 1


def test_goods_of_another_owner_do_not_help() -> None:
    world = orders.world()
    world.sku("A")
    other = orders.World(world.warehouses, orders.shop("ELSE", owner=partners.owner("ELSE")), world.skus)
    order = world.order({"A": 1})
    other.put("A", 5)
    assert backorders_fill() == []
    assert orders.life(order) == [(0, 1, 0, 0, 0)]


def test_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    # given more waiting orders than one transaction looks at
    monkeypatch.setattr(backorders, "CHUNK", 4)
    world = orders.world()
    world.sku("A")
    world.sku("B")
    made = [world.order({"A": 1, "B": 1}, placed_at=orders.placed_before(60 - n)) for n in range(7)]
    world.put("A", 6)
    world.put("B", 100)
    filled = backorders_fill()
    assert filled == [order.pk for order in made]
    assert [orders.life(order)[0][0] for order in made] == [1, 1, 1, 1, 1, 1, 0]
    assert world.free("B") == 93
    orders.assert_lawful()


def test_goods_that_go_away_leave_the_least_urgent_waiting() -> None:
    # given two orders that have everything
    world = orders.world()
    world.put("A", 4)
    old = world.order({"A": 2}, placed_at=orders.placed_before(60))
    young = world.order({"A": 2}, placed_at=orders.placed_before(1))
    # when three pieces are lost
    world.put("A", -3)
    # then the younger one loses first
    assert (orders.life(old), orders.life(young)) == ([(1, 1, 0, 0, 0)], [(0, 2, 0, 0, 0)])
    young.refresh_from_db()
    assert (young.is_short, young.state, orders.holds(young)) == (True, "approved", [])
    assert sorted(events("reservations_shorted")[0]) == sorted(orders.line_ids(old) + orders.line_ids(young))
    entry = AuditEntry.objects.get(entity_id=young.pk, action="orders.order.shorted")
    assert entry.after == {"units": 2}
    orders.assert_lawful()


def test_a_shop_that_ships_whole_orders_stops_one_that_became_short() -> None:
    world = orders.world(allow_partial=False)
    world.put("A", 2)
    order = world.order({"A": 2})
    assert order.state == "approved"
    world.put("A", -1)
    order.refresh_from_db()
    assert (order.state, order.is_held, orders.holds(order)) == ("approved", True, ["stock_short"])
    assert OrderHold.objects.get(order=order).detail == {"units": 1}
    assert events("orders_stopped") == [[order.pk]]
    orders_approve(order_ids=[order.pk])
    assert orders.holds(order) == []
    orders.assert_lawful()


def test_holder_tells_who_is_urgent() -> None:
    world = orders.world()
    world.put("A", 10)
    made = [
        world.order({"A": 1}, placed_at=orders.placed_before(minutes), priority=priority)
        for priority, minutes in ((1, 1), (1, 60), (100, 60))
    ]
    lines = [orders.line_ids(order)[0] for order in made]
    holder: Any = holder_for("sales_order_line")
    answer = holder.priorities(lines)
    assert sorted(lines, key=lambda line: answer[line]) == [lines[1], lines[0], lines[2]]


def test_statements_do_not_grow_with_orders() -> None:
    world = orders.world()
    world.sku("A")
    counts = []
    for count in (10, 100):
        world.intake(*(orders.order_in({"A": 1}) for _ in range(count)))
        world.put("A", count)
        with CaptureQueriesContext(connection) as queries:
            assert len(backorders_fill()) == count
        counts.append(len(queries))
    # the hundred go by COPY, whose statement is not counted
    assert counts[1] <= counts[0] <= 30


def test_what_rules_forbid_is_filled_from_nowhere_else() -> None:
    # given orders that wait, one bound to Guangzhou, one that must not come from there
    world = orders.world("SH", "GZ")
    world.sku("A")
    bound, barred = world.order({"A": 2}), world.order({"A": 2})
    there = [world.warehouses["GZ"].pk]
    SalesOrder.objects.filter(pk=bound.pk).update(warehouses_only=there)
    SalesOrder.objects.filter(pk=barred.pk).update(warehouses_never=there)
    # when Shanghai gets goods, then only the one that may come from there is filled
    world.put("A", 10, "SH")
    assert backorders_fill() == [barred.pk]
    # and the other from Guangzhou
    world.put("A", 10, "GZ")
    assert backorders_fill() == [bound.pk]
    assert (orders.sources(bound), orders.sources(barred)) == ({"GZ": 2}, {"SH": 2})
    orders.assert_lawful()


def test_the_chosen_service_decides_where_a_backorder_comes_from() -> None:
    # given an order that is to travel by a service that goes from Guangzhou only; Shanghai has a cheap one
    world = orders.world("SH", "GZ")
    world.sku("A")
    chosen, cheap = shipping.service("CHOSEN", rate=None), shipping.service("CHEAP", rate=None)
    shipping.rate_rule(chosen, warehouse=world.warehouses["GZ"], first="20", step="5")
    shipping.rate_rule(cheap, warehouse=world.warehouses["SH"], first="3", step="1")
    order = world.order({"A": 2})
    SalesOrder.objects.filter(pk=order.pk).update(service_id=chosen.pk)
    world.put("A", 10, "SH")
    world.put("A", 10, "GZ")
    assert backorders_fill() == [order.pk]
    assert orders.sources(order) == {"GZ": 2}
