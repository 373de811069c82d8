"""Wishes of rules carried out: split, and brought together, once, with the decision that says so."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import orders
from tests.orders.test_rules import decided, rule

from hecang.kernel.outbox import drain
from hecang.orders.models import SalesOrder
from hecang.orders.services import order_hold, order_hold_release, order_unmerge
from hecang.orders.services.wishes import wish_split, wishes_fulfil

pytestmark = pytest.mark.django_db

LI = {"name": "李雷", "phone": "13900000009", "address": "世纪大道 100 号"}


def cold() -> orders.World:
    world = orders.world()
    world.sku("ICE", temperature="frozen")
    world.put("ICE", 20)
    world.put("A", 20)
    return world


def test_an_order_is_split_as_a_rule_wishes() -> None:
    # given a rule, and an order that it matches
    world = cold()
    rule("order.skus > 1", ("split", {"by": "temperature"}), name="Cold apart")
    order = world.order({"A": 2, "ICE": 1}, tags=["vip"])
    assert order.tags == ["vip", "wish:split:temperature"]
    # when its approval is told
    drain()
    # then what is frozen goes in an order of its own, neither wants to be split again, and the rule is named
    order.refresh_from_db()
    child = SalesOrder.objects.get(origin=order)
    assert [line.sku.code for line in order.lines.all()] == [world.skus["A"].code]
    assert [line.sku.code for line in child.lines.all()] == [world.skus["ICE"].code]
    assert (order.tags, child.tags) == (["vip"], ["vip"])
    assert decided(order) == [("intake", "Cold apart", ["split"]), ("approval", "Cold apart", ["split"])]
    outcome = order.decisions.get(stage="approval").outcome
    assert outcome == [{"action": "split", "by": ["temperature"], "orders": [child.number]}]
    # and doing it again changes nothing
    assert (wishes_fulfil(), wish_split(order_id=order.pk)) == (0, False)
    orders.assert_lawful()


def test_where_there_is_nothing_to_split_the_wish_is_settled_too() -> None:
    world = cold()
    rule("order.skus == 1", ("split", {"by": "hazard"}), name="Hazard apart")
    order = world.order({"A": 2})
    drain()
    order.refresh_from_db()
    assert order.tags == []
    assert decided(order)[-1] == ("approval", "Hazard apart", ["split_none"])


def test_a_held_order_keeps_its_wish_until_it_goes_on() -> None:
    world = cold()
    rule("order.skus > 1", ("split", {"by": "temperature"}), name="Cold apart")
    order = world.order({"A": 2, "ICE": 1})
    order_hold(order_id=order.pk, note="wait")
    drain()
    order.refresh_from_db()
    assert order.tags == ["wish:split:temperature"]
    order_hold_release(order_id=order.pk)
    assert wishes_fulfil() == 1


def test_an_order_travels_with_others_as_a_rule_wishes_and_stays_apart_once_parted() -> None:
    # given an order with the wish, and nobody to travel with
    world = cold()
    rule('"together" in order.tags', ("merge", {}), name="Together")
    first = world.order({"A": 1}, recipient=orders.recipient(**LI), tags=["together"])
    drain()
    first.refresh_from_db()
    assert first.tags == ["together", "wish:merge"]
    # when another order of the same recipient comes, in a shop that merges by hand only
    second = world.order({"A": 2}, recipient=orders.recipient(**LI))
    assert wishes_fulfil() == 1
    # then it travels with the first, and the wish is settled
    first.refresh_from_db()
    second.refresh_from_db()
    assert (second.state, second.merged_into_id, first.tags) == ("merged", first.pk, ["together"])
    assert decided(first)[-1] == ("approval", "Together", ["joined"])
    assert first.decisions.get(stage="approval").outcome == [{"action": "joined", "orders": [second.number]}]
    # and whoever parts them has the last word
    order_unmerge(order_id=second.pk)
    assert wishes_fulfil() == 0
    orders.assert_lawful()


def test_a_shop_that_never_merges_is_left_alone() -> None:
    world = orders.world(merge_policy="off")
    world.put("A", 20)
    rule("order.units > 0", ("merge", {}), name="Together")
    for _time in range(2):
        world.order({"A": 1}, recipient=orders.recipient(**LI))
    assert wishes_fulfil() == 0


def test_looking_for_wishes_takes_two_statements() -> None:
    world = cold()
    for _time in range(3):
        world.order({"A": 1}, tags=["vip"])
    with CaptureQueriesContext(connection) as seen:
        wishes_fulfil()
    assert len(seen) == 2
