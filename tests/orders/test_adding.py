"""Gifts, substitutes, exchanges and kits: lines beside what the customer bought."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.factories import catalog, orders

from hecang.kernel.errors import HecangError, InvalidInput
from hecang.kernel.outbox import drain
from hecang.orders.errors import LineQuantityConflict, OrderRejected, OrderStateConflict
from hecang.orders.models import SalesOrder, SalesOrderLine, SkuSubstitute
from hecang.orders.services import (
    LineIn,
    LineShift,
    order_exchange_create,
    order_gift_add,
    order_line_substitute,
    order_lines_shift,
    substitutes_apply,
)

pytestmark = pytest.mark.django_db


def lines(order: SalesOrder | int) -> list[tuple[str, str, int, int, int]]:
    """(SKU code, kind, reserved, backordered, cancelled) of each line."""
    key = order if isinstance(order, int) else order.pk
    rows = SalesOrderLine.objects.filter(order=key).order_by("line_no")
    return list(rows.values_list("sku__code", "kind", "reserved", "backordered", "cancelled"))


# ------------------------------------------------------------------ gifts


def test_a_gift_is_added_once_for_each_reason() -> None:
    world = orders.world()
    world.put("A", 5)
    world.put("G", 5)
    order = world.order({"A": 1})
    given = [
        order_gift_add(order_id=order.pk, sku="G", quantity=2, reason=reason)
        for reason in ("rule:1", "rule:1", "vip")
    ]
    assert given == [True, False, True]
    order.refresh_from_db()
    assert lines(order) == [("A", "goods", 1, 0, 0), ("G", "gift", 2, 0, 0), ("G", "gift", 2, 0, 0)]
    assert (order.total_amount, order.unit_count) == (10, 5)
    orders.assert_lawful()


@pytest.mark.parametrize(
    ("rules", "gift"),
    [
        ({}, ("G", "gift", 1, 0, 1)),
        ({"gifts_wait": True}, ("G", "gift", 1, 1, 0)),
        ({"gifts_wait": True, "allow_partial": False}, ("G", "gift", 1, 0, 1)),
    ],
    ids=["dropped", "waits", "never in a whole order"],
)
def test_a_missing_gift_never_blocks(rules: dict[str, bool], gift: tuple[str, str, int, int, int]) -> None:
    # given one gift and a shop with these rules
    world = orders.world(**rules)
    world.put("A", 5)
    world.put("G", 1)
    # when it comes with the order
    order = world.order([LineIn("G", 2, kind="gift"), LineIn("A", 1, Decimal(5))])
    # then the order goes on
    assert (lines(order), order.state, orders.holds(order)) == (
        [gift, ("A", "goods", 1, 0, 0)], "approved", [],
    )  # fmt: skip
    orders.assert_lawful()
    # and so does one that gets it afterwards
    other = world.order({"A": 1})
    assert order_gift_add(order_id=other.pk, sku="G", quantity=1, reason="r")
    assert orders.holds(other) == []
    orders.assert_lawful()


def test_goods_come_before_gifts_of_the_same_sku_and_lost_gifts_fall() -> None:
    world = orders.world(allow_partial=False)
    world.put("A", 3)
    order = world.order([LineIn("A", 1, kind="gift"), LineIn("A", 2, Decimal(5))])
    assert lines(order) == [("A", "gift", 1, 0, 0), ("A", "goods", 2, 0, 0)]
    # when a unit is lost, the gift gives way or the order is held, but books stay right
    world.put("A", -1)
    orders.assert_lawful()


def test_gifts_that_cannot_be() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 1})
    with pytest.raises(OrderRejected):
        order_gift_add(order_id=order.pk, sku="NONE", quantity=1, reason="r")
    with pytest.raises(InvalidInput):
        order_gift_add(order_id=order.pk, sku="A", quantity=1, reason="")


# ------------------------------------------------------------------ substitutes


def short_world(**rules: object) -> tuple[orders.World, SalesOrder, int]:
    """Five A wanted, two there, and three times B in its place."""
    world = orders.world(**rules)
    world.put("A", 2)
    world.put("B", 20)
    SkuSubstitute.objects.create(
        sku=world.skus["A"], substitute=world.skus["B"], ratio=3, needs_consent=False
    )
    order = world.order([LineIn("A", 5, Decimal("3.33"), external_line="L1")])
    return world, order, orders.line_ids(order)[0]


def test_what_is_short_is_replaced_at_its_price() -> None:
    world, order, line = short_world()
    order_line_substitute(order_id=order.pk, line_id=line, quantity=2, note="agreed")
    order.refresh_from_db()
    assert lines(order) == [("A", "goods", 2, 1, 2), ("B", "substitute", 6, 0, 0)]
    new = SalesOrderLine.objects.get(order=order, kind="substitute")
    assert (new.amount, new.external_line, new.reason) == (Decimal("6.66"), "L1", "line:1")
    assert (order.goods_amount, order.total_amount, order.is_short) == (
        Decimal("16.65"),
        Decimal("16.65"),
        True,
    )
    orders.assert_lawful()
    # when the rest is replaced, too, nothing is short any more
    order_line_substitute(order_id=order.pk, line_id=line)
    order.refresh_from_db()
    assert (order.is_short, order.goods_amount, world.free("B")) == (False, Decimal("16.65"), 11)
    orders.assert_lawful()
    with pytest.raises(LineQuantityConflict):
        order_line_substitute(order_id=order.pk, line_id=line)


def test_consent_and_what_is_not_allowed() -> None:
    world, order, line = short_world()
    world.sku("C")
    SkuSubstitute.objects.update(needs_consent=True)
    with pytest.raises(InvalidInput, match="has to agree"):
        order_line_substitute(order_id=order.pk, line_id=line)
    with pytest.raises(InvalidInput, match="Nothing is allowed"):
        order_line_substitute(order_id=order.pk, line_id=line, substitute="C", has_consent=True)
    assert order_line_substitute(order_id=order.pk, line_id=line, has_consent=True)
    orders.assert_lawful()


def test_shops_that_want_it_substitute_by_themselves() -> None:
    world, order, _line = short_world(substitute_policy="auto")
    drain()
    assert lines(order) == [("A", "goods", 2, 0, 3), ("B", "substitute", 9, 0, 0)]
    # only as far as there is enough for the whole line
    other = world.order({"A": 9})
    assert substitutes_apply() == 0
    assert lines(other) == [("A", "goods", 0, 9, 0)]
    orders.assert_lawful()


# ------------------------------------------------------------------ exchange


def shipped(world: orders.World) -> SalesOrder:
    order = world.order({"A": 1}, number="X-1")
    line = orders.line_ids(order)[0]
    from hecang.inventory.services import reservations_release

    reservations_release(source_kind="sales_order_line", source_ids=[line])
    order_lines_shift(shifts=[LineShift(line, "reserved", "allocated", 1)])
    order_lines_shift(shifts=[LineShift(line, "allocated", "shipped", 1)])
    return order


def test_an_exchange_costs_nothing_and_hangs_on_its_order() -> None:
    world = orders.world()
    world.put("A", 5)
    order = shipped(world)
    made = order_exchange_create(order_id=order.pk, lines=[("A", 2)], note="broken")
    again = order_exchange_create(order_id=order.pk, lines=[("A", 9)], kind="resend")
    new = SalesOrder.objects.get(pk=made)
    assert (new.kind, new.origin_id, new.external_number, new.total_amount, new.state) == (
        "exchange", order.pk, "X-1-E1", 0, "approved",
    )  # fmt: skip
    assert (new.phone_hash, new.recipient_digest) == (order.phone_hash, order.recipient_digest)
    assert (lines(made), lines(again)) == ([("A", "goods", 2, 0, 0)], [("A", "goods", 3, 6, 0)])
    assert SalesOrder.objects.get(pk=again).external_number == "X-1-E2"


def test_what_is_not_on_its_way_is_not_exchanged() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 1})
    with pytest.raises(OrderStateConflict):
        order_exchange_create(order_id=order.pk, lines=[("A", 1)])
    with pytest.raises(HecangError):
        order_exchange_create(order_id=order.pk, lines=[])


# ------------------------------------------------------------------ kits


@pytest.mark.parametrize(
    ("mode", "wanted", "made"),
    [
        ("explode", 1, [("A", "goods", 2, 0, 0), ("B", "goods", 1, 0, 0)]),
        ("keep", 3, [("KIT", "goods", 2, 1, 0)]),
        ("auto", 2, [("KIT", "goods", 2, 0, 0)]),
        ("auto", 3, [("A", "goods", 6, 0, 0), ("B", "goods", 3, 0, 0)]),
    ],
)
def test_kits_are_exploded_or_kept(
    mode: str, wanted: int, made: list[tuple[str, str, int, int, int]]
) -> None:
    # given two kits packed beforehand, and components
    world = orders.world()
    world.put("A", 10)
    world.put("B", 10)
    world.skus["KIT"] = catalog.kit([(world.skus["A"], 2), (world.skus["B"], 1)], "KIT", kit_mode=mode)
    if mode == "explode":
        with pytest.raises(HecangError):
            world.put("KIT", 2)
    else:
        world.put("KIT", 2)
    assert lines(world.order({"KIT": wanted})) == made
    orders.assert_lawful()
