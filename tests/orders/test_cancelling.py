"""Cancelling before the wave, in the warehouse, and too late."""

from __future__ import annotations

import pytest
from tests.factories import orders

from hecang.accounts.models import AuditEntry
from hecang.kernel.models import OutboxEvent
from hecang.kernel.outbox import drain
from hecang.orders.errors import OrderStateConflict
from hecang.orders.models import OrderHold
from hecang.orders.services import (
    CancelAnswer,
    LineShift,
    order_cancel,
    order_hold,
    order_lines_shift,
    orders_cancel_answer,
)

pytestmark = pytest.mark.django_db


def events(name: str) -> list[list[int]]:
    rows = OutboxEvent.objects.filter(name=f"orders.{name}").order_by("id")
    return [row.payload["order_ids"] for row in rows]


def test_before_the_wave_it_is_free() -> None:
    # given an approved order of five, three of them reserved, with a hold
    world = orders.world()
    world.put("A", 3)
    order = world.order({"A": 5})
    order_hold(order_id=order.pk, note="?")
    # when it is cancelled
    result = order_cancel(order_id=order.pk, reason="changed mind")
    # then its stock is free again and nothing of it stands
    assert (result.ok, result.code) == (True, "")
    order.refresh_from_db()
    assert (order.state, order.is_held, order.is_short, order.is_cancelling) == (
        "cancelled",
        False,
        False,
        False,
    )
    assert (orders.life(order), world.free("A"), orders.holds(order)) == ([(0, 0, 0, 0, 5)], 3, [])
    assert (events("orders_cancelled"), events("orders_cancel_requested")) == ([[order.pk]], [[order.pk]])
    entry = AuditEntry.objects.get(entity_id=order.pk, action="orders.order.cancelled")
    assert (entry.before, entry.after) == ({"state": "approved"}, {"units": 5, "note": "changed mind"})
    assert order_cancel(order_id=order.pk, reason="again").code == "unchanged"
    orders.assert_lawful()


def test_a_pending_order_is_nothing_to_the_warehouse() -> None:
    world = orders.world(auto_approve=False)
    world.put("A", 3)
    order = world.order({"A": 1})
    order_cancel(order_id=order.pk)
    assert (events("orders_cancelled"), events("orders_cancel_requested")) == ([[order.pk]], [])


def test_freed_stock_goes_to_who_waits_for_it() -> None:
    world = orders.world()
    world.put("A", 3)
    first, second = world.order({"A": 3}), world.order({"A": 2})
    drain()
    order_cancel(order_id=first.pk)
    drain()
    assert orders.life(second) == [(2, 0, 0, 0, 0)]
    orders.assert_lawful()


def test_in_the_warehouse_it_is_asked_for_and_answered() -> None:
    # given four units: two in the warehouse's hands, one reserved, one backordered
    world = orders.world()
    world.put("A", 3)
    order = world.order({"A": 4})
    [line] = orders.line_ids(order)
    order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 2)])
    # when it is cancelled: the first part at once, the rest is asked for
    # (the goods of this test are not really allocated, so the books are not verified here)
    assert order_cancel(order_id=order.pk).code == "requested"
    order.refresh_from_db()
    assert (order.state, order.is_cancelling, order.is_short) == ("fulfilling", True, False)
    assert orders.life(order) == [(0, 0, 2, 0, 2)]
    assert (events("orders_cancel_requested"), events("orders_cancelled")) == ([[order.pk]], [])
    assert order_cancel(order_id=order.pk).code == "unchanged"
    # and when the warehouse has taken everything back
    order_lines_shift(shifts=[LineShift(line, "allocated", "cancelled", 2)])
    orders_cancel_answer(answers=[CancelAnswer(order.pk)])
    order.refresh_from_db()
    assert (order.state, order.is_cancelling) == ("cancelled", False)
    assert events("orders_cancelled") == [[order.pk]]


def test_a_refusal_holds_the_order_for_a_person() -> None:
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 2})
    [line] = orders.line_ids(order)
    order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 2)])
    order_cancel(order_id=order.pk)
    orders_cancel_answer(answers=[CancelAnswer(order.pk, "sealed")])
    order.refresh_from_db()
    assert (order.state, order.is_cancelling, order.is_held) == ("fulfilling", False, True)
    assert OrderHold.objects.get(order=order).detail == {"cancel_refused": "sealed"}
    entry = AuditEntry.objects.get(entity_id=order.pk, action="orders.order.cancel_answered")
    assert entry.after == {"refused": "sealed"}


def test_a_refusal_because_everything_has_gone_needs_nobody() -> None:
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 2})
    [line] = orders.line_ids(order)
    order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 2)])
    order_cancel(order_id=order.pk)
    order_lines_shift(shifts=[LineShift(line, "allocated", "shipped", 2)])
    orders_cancel_answer(answers=[CancelAnswer(order.pk, "shipped")])
    order.refresh_from_db()
    assert (order.state, order.is_held, order.is_cancelling) == ("shipped", False, False)


def test_an_answer_that_nobody_asked_for_changes_nothing() -> None:
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 2})
    orders_cancel_answer(answers=[CancelAnswer(order.pk, "sealed"), CancelAnswer(10**12)])
    order.refresh_from_db()
    assert (order.state, order.is_held) == ("approved", False)


def test_the_rest_of_a_partly_shipped_order() -> None:
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 5})
    [line] = orders.line_ids(order)
    order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 2)])
    order_lines_shift(shifts=[LineShift(line, "allocated", "shipped", 2)])
    order.refresh_from_db()
    assert order.state == "partially_shipped"
    assert order_cancel(order_id=order.pk).code == ""
    order.refresh_from_db()
    assert (order.state, order.is_short, orders.life(order)) == ("shipped", False, [(0, 0, 0, 2, 3)])


def test_shipped_is_too_late() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    [line] = orders.line_ids(order)
    order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 1)])
    order_lines_shift(shifts=[LineShift(line, "allocated", "shipped", 1)])
    with pytest.raises(OrderStateConflict, match="has been shipped; stop the parcel") as caught:
        order_cancel(order_id=order.pk)
    assert caught.value.data == {"order_id": order.pk, "number": order.number, "state": "shipped"}
