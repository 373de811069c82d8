"""Fulfilments follow lines that splitting and merging move between orders."""

from __future__ import annotations

import pytest
from tests.factories import outbound

from hecang.kernel.outbox import drain
from hecang.orders.errors import OrderStateConflict
from hecang.orders.models import SalesOrder, SalesOrderLine
from hecang.orders.services import SplitLine, order_split, order_unmerge, orders_merge
from hecang.outbound.models import Fulfilment
from hecang.outbound.services.wave_release import wave_release

pytestmark = pytest.mark.django_db


def ready() -> dict[int, dict[str, int]]:
    """Order id → SKU code → units, of the fulfilments that wait for a wave."""
    found: dict[int, dict[str, int]] = {}
    for one in Fulfilment.objects.filter(state="ready").prefetch_related("lines__sku"):
        for line in one.lines.all():
            if line.quantity > line.cut:
                mine = found.setdefault(one.order_id, {})
                mine[line.sku.code] = mine.get(line.sku.code, 0) + line.quantity - line.cut
    return found


def pair(world: outbound.World) -> tuple[SalesOrder, SalesOrder]:
    """Two orders of one recipient, with their fulfilments."""
    world.put("A", 20)
    world.put("B", 20)
    first, second = world.orders([{"A": 2}, {"A": 1, "B": 3}])
    SalesOrder.objects.filter(pk=second.pk).update(recipient_digest=first.recipient_digest)
    return first, second


def test_what_is_merged_leaves_in_one_fulfilment() -> None:
    world = outbound.world()
    first, second = pair(world)
    assert ready() == {first.pk: {"A": 2}, second.pk: {"A": 1, "B": 3}}
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    drain()
    assert ready() == {first.pk: {"A": 3, "B": 3}}
    assert Fulfilment.objects.get(order=second).state == "cancelled"
    world.verify()
    order_unmerge(order_id=second.pk)
    drain()
    assert ready() == {first.pk: {"A": 2}, second.pk: {"A": 1, "B": 3}}
    world.verify()


def test_what_is_split_leaves_in_two() -> None:
    world = outbound.world()
    world.put("A", 20)
    world.put("B", 20)
    order = world.order({"A": 5, "B": 1})
    a, b = SalesOrderLine.objects.filter(order=order).order_by("line_no").values_list("pk", flat=True)
    [child] = order_split(order_id=order.pk, parts=[[SplitLine(a, 2), SplitLine(b, 1)]])
    drain()
    assert ready() == {order.pk: {"A": 3}, child: {"A": 2, "B": 1}}
    world.verify()


def test_a_wave_takes_nothing_that_has_just_moved() -> None:
    # given a planned wave of two orders, and lines moved before outbound was told
    world = outbound.world()
    first, second = pair(world)
    wave = world.planned()
    line = SalesOrderLine.objects.get(order=first)
    [child] = order_split(order_id=first.pk, parts=[[SplitLine(line.pk, 1)]])
    # when the wave is released, the order that was split waits, the other goes
    result = wave_release(wave_id=wave)
    assert len(result.dropped) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("approved", "fulfilling")
    world.verify()
    assert ready() == {first.pk: {"A": 1}, child: {"A": 1}}
    world.verify()
    # and what the wave has taken cannot be merged any more
    with pytest.raises(OrderStateConflict):
        orders_merge(target_id=first.pk, source_ids=[second.pk])


def test_a_merged_order_in_a_planned_wave_is_dropped() -> None:
    world = outbound.world()
    first, second = pair(world)
    wave = world.planned()
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    result = wave_release(wave_id=wave)
    assert len(result.dropped) == 1
    world.verify()
    drain()
    world.verify()
    assert ready() == {first.pk: {"A": 1, "B": 3}}
