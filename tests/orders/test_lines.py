"""Units moving through their life, and the state of the order that follows."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories import orders

from hecang.accounts.models import AuditEntry
from hecang.kernel.db import run_in_transaction
from hecang.orders.errors import LineQuantityConflict, OrderStateConflict
from hecang.orders.services import LineShift, order_lines_shift, orders_lock

pytestmark = pytest.mark.django_db


def test_state_follows_the_units() -> None:
    world = orders.world()
    world.put("A", 4)
    order = world.order({"A": 4})
    [line] = orders.line_ids(order)
    seen = []
    for source, target, units in (
        ("reserved", "allocated", 3),
        ("allocated", "reserved", 3),
        ("reserved", "allocated", 4),
        ("allocated", "shipped", 1),
        ("allocated", "backordered", 1),
        ("allocated", "cancelled", 1),
        ("allocated", "shipped", 1),
        ("backordered", "cancelled", 1),
    ):
        order_lines_shift(shifts=[LineShift(line, source, target, units)])  # type: ignore[arg-type]
        order.refresh_from_db()
        seen.append((order.state, order.is_short))
    assert seen == [
        ("fulfilling", False),
        ("approved", False),
        ("fulfilling", False),
        ("partially_shipped", False),
        ("partially_shipped", True),
        ("partially_shipped", True),
        ("partially_shipped", True),
        ("shipped", False),
    ]
    steps = AuditEntry.objects.filter(entity_id=order.pk, action="orders.order.stepped").order_by("id")
    assert [entry.after["state"] for entry in steps] == [
        "fulfilling", "approved", "fulfilling", "partially_shipped", "shipped",
    ]  # fmt: skip


def test_several_shifts_of_one_line_count_together() -> None:
    world = orders.world()
    world.put("A", 4)
    order = world.order({"A": 6})
    [line] = orders.line_ids(order)
    result = order_lines_shift(
        shifts=[
            LineShift(line, "reserved", "allocated", 2),
            LineShift(line, "reserved", "allocated", 1),
            LineShift(line, "backordered", "reserved", 1),
        ]
    )
    assert orders.life(order) == [(2, 1, 3, 0, 0)]
    assert (result.order_ids, result.changed) == ((order.pk,), {order.pk: "fulfilling"})


def test_what_is_not_there_is_refused_and_nothing_moves() -> None:
    world = orders.world()
    world.put("A", 4)
    first, second = world.order({"A": 2}), world.order({"A": 2})
    [one], [two] = orders.line_ids(first), orders.line_ids(second)
    with pytest.raises(LineQuantityConflict) as caught:
        order_lines_shift(
            shifts=[LineShift(one, "reserved", "allocated", 1), LineShift(two, "reserved", "allocated", 3)]
        )
    assert caught.value.data == {"line_ids": [two]}
    assert (orders.life(first), orders.life(second)) == ([(2, 0, 0, 0, 0)], [(2, 0, 0, 0, 0)])


def test_a_step_that_the_table_lacks_is_refused() -> None:
    world = orders.world(auto_approve=False)
    world.put("A", 1)
    order = world.order({"A": 1})
    [line] = orders.line_ids(order)
    with pytest.raises(OrderStateConflict, match="cannot become"), transaction.atomic():
        order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 1)])
    assert orders.life(order) == [(1, 0, 0, 0, 0)]


def test_no_shifts() -> None:
    assert order_lines_shift(shifts=[]).order_ids == ()
    with pytest.raises(ValueError, match="at least one unit"):
        order_lines_shift(shifts=[LineShift(1, "reserved", "allocated", 0)])


def test_statements_do_not_grow_with_lines() -> None:
    world = orders.world()
    world.put("A", 1000)
    counts = []
    for count in (10, 100):
        rows = world.intake(*(orders.order_in({"A": 1}) for _ in range(count)))
        lines = [orders.line_ids(row.order_id)[0] for row in rows]
        with CaptureQueriesContext(connection) as queries:
            order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 1) for line in lines])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_lock_tells_what_it_locked() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    locked = run_in_transaction(lambda: orders_lock(order_ids=[order.pk, 10**12]))
    assert list(locked) == [order.pk]
    one = locked[order.pk]
    assert (one.number, one.state, one.is_held, one.is_cancelling) == (order.number, "approved", False, False)
    assert orders_lock(order_ids=[]) == {}
