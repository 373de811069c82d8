"""Splitting orders by hand and by policy."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.factories import orders

from hecang.facility.models import Warehouse
from hecang.kernel.errors import HecangError, InvalidInput
from hecang.orders.models import SalesOrder, SalesOrderLine
from hecang.orders.services import (
    LineIn,
    SplitLine,
    order_cancel,
    order_hold,
    order_split,
    order_split_by,
    orders_merge,
    orders_split_automatic,
    orders_split_by,
)

pytestmark = pytest.mark.django_db


def ordered(world: orders.World, **lines: int) -> SalesOrder:
    """An order of these SKUs, made where they are missing."""
    for name in lines:
        world.sku(name)
    return world.order(lines)


def amounts(*ids: int) -> list[tuple[Decimal, ...]]:
    """(goods, discount, freight, total) of these orders, in this order."""
    rows = {
        row[0]: row[1:]
        for row in SalesOrder.objects.filter(pk__in=ids).values_list(
            "pk", "goods_amount", "discount_amount", "freight_amount", "total_amount"
        )
    }
    return [rows[key] for key in ids]


def by_line(order: SalesOrder | int) -> list[tuple[str, int, int]]:
    """(SKU code, reserved, backordered) of each line."""
    key = order if isinstance(order, int) else order.pk
    rows = SalesOrderLine.objects.filter(order=key).order_by("line_no")
    return list(rows.values_list("sku__code", "reserved", "backordered"))


def test_lines_and_units_of_lines_become_orders() -> None:
    # given an order of ten A (seven there), one B, with discount and freight
    world = orders.world("SH", "GZ")
    world.put("A", 4, "SH")
    world.put("A", 3, "GZ")
    world.put("B", 5, "SH")
    order = world.order(
        {"A": 10, "B": 1}, price="3.33", discount_amount=Decimal(1), freight_amount=Decimal(5), number="P-1"
    )
    a, b = orders.line_ids(order)
    # when four A go to one order, and two A with the B to another
    first, second = order_split(
        order_id=order.pk, parts=[[SplitLine(a, 4)], [SplitLine(a, 2), SplitLine(b, 1)]], note="two parcels"
    )
    # then what waits has gone first, and each reservation belongs to the line that its units are in
    assert (by_line(order), by_line(first), by_line(second)) == (
        [("A", 4, 0)], [("A", 1, 3)], [("A", 2, 0), ("B", 1, 0)],
    )  # fmt: skip
    assert (
        sum(orders.sources(one).get(place, 0) for one in (order, first, second) for place in ("SH", "GZ"))
        == 8
    )
    # and money is divided to the cent, with the freight where it was
    parts = amounts(order.pk, first, second)
    assert [part[0] for part in parts] == [Decimal("13.32"), Decimal("13.32"), Decimal("9.99")]
    assert [sum(column) for column in zip(*parts, strict=True)] == [
        Decimal("36.63"), Decimal(1), Decimal(5), Decimal("40.63"),
    ]  # fmt: skip
    assert [part[2] for part in parts] == [5, 0, 0]
    made = SalesOrder.objects.get(pk=first)
    assert (made.origin_id, made.external_number, made.state, made.line_count, made.unit_count, made.is_short) == (
        order.pk, "P-1#2", "approved", 1, 4, True,
    )  # fmt: skip
    assert set(
        SalesOrderLine.objects.filter(order__in=[first, second]).values_list("source_order_id", flat=True)
    ) == {order.pk}
    orders.assert_lawful()


def test_a_whole_line_keeps_its_key() -> None:
    world = orders.world()
    world.put("A", 5)
    order = ordered(world, A=2, B=1)
    a, b = orders.line_ids(order)
    [child] = order_split(order_id=order.pk, parts=[[SplitLine(a, 2)]])
    assert (orders.line_ids(child), orders.line_ids(order)) == ([a], [b])
    # and comes back when they are merged
    order.refresh_from_db()
    orders_merge(target_id=order.pk, source_ids=[child])
    assert by_line(order) == [("B", 0, 1), ("A", 2, 0)]
    assert not SalesOrderLine.objects.filter(source_order__isnull=False).exists()
    orders.assert_lawful()


def test_cancelled_units_stay_and_holds_go_along() -> None:
    world = orders.world()
    world.put("A", 5)
    order = ordered(world, A=4, B=1)
    a, _b = orders.line_ids(order)
    SalesOrderLine.objects.filter(pk=a).update(quantity=6, cancelled=2)
    SalesOrder.objects.filter(pk=order.pk).update(unit_count=7)
    order_hold(order_id=order.pk, note="look")
    [child] = order_split(order_id=order.pk, parts=[[SplitLine(a, 4)]])
    assert (orders.life(order), orders.life(child)) == (
        [(0, 0, 0, 0, 2), (0, 1, 0, 0, 0)], [(4, 0, 0, 0, 0)],
    )  # fmt: skip
    assert (orders.holds(order), orders.holds(child)) == (["manual"], ["manual"])
    assert [row[0] for row in amounts(order.pk, child)] == [10, 40]
    orders.assert_lawful()


@pytest.mark.parametrize(
    "parts", [[], [[]], [[(0, 3)]], [[(0, 0)]], [[(0, 2), (1, 1)]], [[(9, 1)]], [[(0, 1)], [(0, 2)]]]
)
def test_parts_that_are_none(parts: list[list[tuple[int, int]]]) -> None:
    world = orders.world()
    order = ordered(world, A=2, B=1)
    ids = orders.line_ids(order)
    wanted = [[SplitLine(ids[at] if at < 2 else -1, units) for at, units in part] for part in parts]
    with pytest.raises(InvalidInput):
        order_split(order_id=order.pk, parts=wanted)
    assert SalesOrder.objects.count() == 1


def test_too_late() -> None:
    world = orders.world()
    order = ordered(world, A=2)
    order_cancel(order_id=order.pk)
    with pytest.raises(HecangError, match="too far"):
        order_split(order_id=order.pk, parts=[[SplitLine(orders.line_ids(order)[0], 1)]])


def test_by_stock_a_shop_of_whole_orders_ships_what_is_there() -> None:
    # given a shop that ships only whole orders, and one that lacks B and a part of A
    world = orders.world(allow_partial=False)
    world.put("A", 3)
    order = ordered(world, A=5, B=1)
    assert orders.holds(order) == ["stock_short"]
    # when it is split by stock
    [child] = order_split_by(order_id=order.pk, policies=["stock"])
    # then what is there goes on, and the rest waits in an order of its own
    order.refresh_from_db()
    assert (by_line(order), orders.holds(order), order.state) == ([("A", 3, 0)], [], "approved")
    assert (by_line(child), orders.holds(child)) == ([("A", 0, 2), ("B", 0, 1)], ["stock_short"])
    orders.assert_lawful()
    assert order_split_by(order_id=order.pk, policies=["stock"]) == []


@pytest.mark.parametrize(
    ("policies", "parts"),
    [
        (["temperature"], [["AMBIENT", "BATTERY"], ["ICE"]]),
        (["hazard"], [["AMBIENT", "ICE"], ["BATTERY"]]),
        (["temperature", "hazard"], [["AMBIENT"], ["BATTERY"], ["ICE"]]),
        (["stock"], [["AMBIENT", "BATTERY", "ICE"]]),
    ],
)
def test_by_what_goods_are(policies: list[str], parts: list[list[str]]) -> None:
    world = orders.world()
    world.sku("ICE", temperature="frozen")
    world.sku("BATTERY", hazard="battery")
    for name in ("AMBIENT", "ICE", "BATTERY"):
        world.put(name, 5)
    order = ordered(world, AMBIENT=1, BATTERY=1, ICE=1)
    made = order_split_by(order_id=order.pk, policies=policies)
    assert [[row[0] for row in by_line(one)] for one in (order.pk, *made)] == parts
    orders.assert_lawful()


def test_by_size_units_of_a_line_are_divided() -> None:
    # given a limit of 1.2 kg, and goods of 500 g
    world = orders.world(split_weight_g=1200)
    world.put("A", 3)
    world.put("B", 2)
    order = ordered(world, A=3, B=2)
    made = order_split_by(order_id=order.pk, policies=["size"])
    assert [by_line(one) for one in (order.pk, *made)] == [
        [("A", 2, 0)], [("A", 1, 0), ("B", 1, 0)], [("B", 1, 0)],
    ]  # fmt: skip
    orders.assert_lawful()


def test_by_supplier_what_he_ships_himself_goes_alone() -> None:
    world = orders.world("SH", "GZ")
    Warehouse.objects.filter(code="GZ").update(kind="supplier")
    world.put("A", 5, "SH")
    world.put("D", 5, "GZ")
    order = ordered(world, A=1, D=1)
    [child] = order_split_by(order_id=order.pk, policies=["supplier"])
    assert (orders.sources(order), orders.sources(child)) == ({"SH": 1}, {"GZ": 1})
    orders.assert_lawful()


def test_shops_split_by_themselves_once() -> None:
    world = orders.world(split_by=["temperature"])
    world.sku("ICE", temperature="frozen")
    plain, mixed = ordered(world, A=1), ordered(world, A=1, ICE=1)
    assert orders_split_automatic(order_ids=[plain.pk, mixed.pk]) == 1
    ids = list(SalesOrder.objects.values_list("pk", flat=True))
    assert (len(ids), orders_split_automatic(order_ids=ids)) == (3, 0)
    orders.assert_lawful()


def test_bulk_tells_each_row() -> None:
    world = orders.world()
    world.put("A", 1)
    split, plain, gone = ordered(world, A=2), ordered(world, B=1), ordered(world, B=1)
    order_cancel(order_id=gone.pk)
    rows = orders_split_by(order_ids=[split.pk, plain.pk, gone.pk, -1], policies=["stock"])
    assert [(row.ok, row.code) for row in rows] == [
        (True, "split"), (True, "unchanged"), (False, "order_state_conflict"), (False, "order_not_found"),
    ]  # fmt: skip
    wrong = orders_split_by(order_ids=[plain.pk], policies=["colour"])
    assert not wrong[0].ok


def test_gifts_stay_with_what_goes_first() -> None:
    world = orders.world(gifts_wait=True)
    world.put("A", 1)
    world.sku("G")
    order = world.order([LineIn("A", 2, Decimal(5)), LineIn("G", 1, kind="gift")])
    [child] = order_split_by(order_id=order.pk, policies=["stock"])
    assert (by_line(order), by_line(child)) == ([("A", 1, 0), ("G", 0, 1)], [("A", 0, 1)])
    orders.assert_lawful()
