"""Approve, hold, release: by one and by many."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import orders
from tests.factories.accounts import actor_make

from hecang.accounts.models import AuditEntry
from hecang.kernel.actor import Scope, acting
from hecang.kernel.models import OutboxEvent
from hecang.orders.errors import OrderNotFound, OrderStateConflict
from hecang.orders.models import OrderHold, SalesOrder
from hecang.orders.services import (
    LineShift,
    order_approve,
    order_cancel,
    order_hold,
    order_hold_release,
    order_lines_shift,
    orders_approve,
    orders_cancel,
    orders_hold,
    orders_hold_release,
)

pytestmark = pytest.mark.django_db


def events(name: str) -> list[list[int]]:
    rows = OutboxEvent.objects.filter(name=f"orders.{name}").order_by("id")
    return [row.payload["order_ids"] for row in rows]


def shipped(world: orders.World) -> SalesOrder:
    world.put("S", 1)
    order = world.order({"S": 1})
    [line] = orders.line_ids(order)
    order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 1)])
    order_lines_shift(shifts=[LineShift(line, "allocated", "shipped", 1)])
    order.refresh_from_db()
    return order


def test_approve_releases_every_hold() -> None:
    # given an order that two rules hold
    world = orders.world(amount_limit=Decimal(1), hold_remarks=True)
    world.put("A", 5)
    order = world.order({"A": 1}, buyer_remark="hello")
    assert (order.state, orders.holds(order)) == ("pending", ["amount_limit", "remark"])
    # when somebody approves it
    with acting(actor_make(roles=["order_desk"])):
        result = order_approve(order_id=order.pk, note="called the buyer")
    # then it goes to the warehouse, and who did so is known
    assert (result.ok, result.code) == (True, "")
    order.refresh_from_db()
    assert (order.state, order.is_held, orders.holds(order)) == ("approved", False, [])
    hold = OrderHold.objects.get(order=order, code="remark")
    assert (hold.released_by, hold.note, hold.released_at is not None) == ("tester", "called the buyer", True)
    assert events("orders_approved") == [[order.pk]]
    assert events("orders_resumed") == []
    entry = AuditEntry.objects.get(entity_id=order.pk, action="orders.order.approved")
    assert entry.before == {"state": "pending", "holds": ["amount_limit", "remark"]}
    assert entry.after == {"state": "approved", "note": "called the buyer"}
    orders.assert_lawful()


def test_approve_again_changes_nothing() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 1})
    before = OutboxEvent.objects.count()
    assert order_approve(order_id=order.pk).code == "unchanged"
    assert OutboxEvent.objects.count() == before


def test_hold_stops_an_approved_order_and_release_lets_it_go_on() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 1})
    assert order_hold(order_id=order.pk, note="customer calls back").code == ""
    assert order_hold(order_id=order.pk, note="again").code == "unchanged"
    order.refresh_from_db()
    assert (order.state, order.is_held, orders.holds(order)) == ("approved", True, ["manual"])
    assert events("orders_stopped") == [[order.pk]]
    assert order_hold_release(order_id=order.pk, note="all right").code == ""
    order.refresh_from_db()
    assert (order.state, order.is_held) == ("approved", False)
    assert events("orders_resumed") == [[order.pk]]
    assert events("orders_approved") == [[order.pk], [order.pk]]
    assert order_hold_release(order_id=order.pk).code == "unchanged"
    orders.assert_lawful()


def test_order_goes_on_only_when_the_last_hold_is_gone() -> None:
    world = orders.world(amount_limit=Decimal(1), hold_remarks=True)
    world.put("A", 5)
    order = world.order({"A": 1}, buyer_remark="hello")
    order_hold_release(order_id=order.pk, codes=["remark"])
    order.refresh_from_db()
    assert (order.state, order.is_held, orders.holds(order)) == ("pending", True, ["amount_limit"])
    order_hold_release(order_id=order.pk, codes=["amount_limit"])
    order.refresh_from_db()
    assert (order.state, order.is_held) == ("approved", False)
    assert events("orders_approved") == [[order.pk]]


def test_release_does_not_approve_where_the_shop_wants_a_person() -> None:
    world = orders.world(auto_approve=False, hold_remarks=True)
    world.put("A", 5)
    order = world.order({"A": 1}, buyer_remark="hello")
    order_hold_release(order_id=order.pk)
    order.refresh_from_db()
    assert (order.state, order.is_held) == ("pending", False)
    assert events("orders_approved") == []


def test_a_hold_of_the_warehouse_has_its_own_code() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 1})
    order_hold(order_id=order.pk, code="damaged", detail={"task": 4})
    assert OrderHold.objects.get(order=order).detail == {"task": 4}
    assert orders.holds(order) == ["damaged"]


@pytest.mark.parametrize("action", [order_approve, order_hold])
def test_ended_orders_are_refused_with_what_to_do(action: Callable[..., Any]) -> None:
    world = orders.world()
    world.put("A", 5)
    gone = shipped(world)
    ended = world.order({"A": 1})
    order_cancel(order_id=ended.pk, reason="x")
    with pytest.raises(OrderStateConflict, match="open a return"):
        action(order_id=gone.pk)
    with pytest.raises(OrderStateConflict, match="under another number"):
        action(order_id=ended.pk)


def test_what_is_outside_the_scope_is_not_found() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 1})
    with acting(actor_make(scope=Scope(shops=frozenset({world.shop.pk + 1})))):
        for action in (order_approve, order_hold, order_cancel):
            with pytest.raises(OrderNotFound):
                action(order_id=order.pk)
    with (
        acting(actor_make(scope=Scope(owners=frozenset({world.shop.owner_id + 1})))),
        pytest.raises(OrderNotFound),
    ):
        order_hold_release(order_id=order.pk)


def test_bulk_tells_of_each_order_by_itself() -> None:
    world = orders.world(auto_approve=False)
    world.put("A", 5)
    waiting, held = world.order({"A": 1}), world.order({"A": 1})
    order_hold(order_id=held.pk)
    done = world.order({"A": 1})
    order_approve(order_id=done.pk)
    ended = world.order({"A": 1})
    order_cancel(order_id=ended.pk, reason="x")
    ids = [waiting.pk, 10**12, held.pk, done.pk, ended.pk, waiting.pk]
    results = orders_approve(order_ids=ids)
    assert [(row.id, row.ok, row.code) for row in results] == [
        (waiting.pk, True, ""),
        (10**12, False, "order_not_found"),
        (held.pk, True, ""),
        (done.pk, True, "unchanged"),
        (ended.pk, False, "order_state_conflict"),
    ]
    assert ended.number in results[4].message
    orders.assert_lawful()


@pytest.mark.parametrize(
    ("action", "most"),
    [
        (lambda ids: orders_approve(order_ids=ids, note="n"), 7),
        (lambda ids: orders_hold(order_ids=ids, note="n"), 5),
        (lambda ids: orders_hold_release(order_ids=ids), 7),
        (lambda ids: orders_cancel(order_ids=ids, reason="n"), 14),
    ],
    ids=["approve", "hold", "release", "cancel"],
)
def test_statements_do_not_grow_with_orders(action: Callable[[list[int]], Any], most: int) -> None:
    world = orders.world(auto_approve=False)
    world.put("A", 1000)
    counts = []
    for count in (10, 100):
        ids = [row.order_id for row in world.intake(*(orders.order_in({"A": 1}) for _ in range(count)))]
        orders_hold(order_ids=ids[: count // 2], code="damaged")
        with CaptureQueriesContext(connection) as queries:
            results = action(ids)
        assert len(results) == count
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most
    orders.assert_lawful()
