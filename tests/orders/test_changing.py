"""Changing recipient, lines, remarks and urgency."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories import catalog, orders, partners

from hecang.accounts.models import AuditEntry
from hecang.kernel import clock
from hecang.kernel.crypto import decrypt_json
from hecang.kernel.errors import InvalidInput
from hecang.kernel.models import OutboxEvent
from hecang.kernel.outbox import drain
from hecang.orders.errors import OrderNotFound, OrderRejected, OrderStateConflict
from hecang.orders.models import SalesOrder, SalesOrderLine
from hecang.orders.services import (
    LineChange,
    LineIn,
    LineShift,
    order_cancel,
    order_change,
    order_lines_shift,
)
from hecang.partners.phones import phone_hash

pytestmark = pytest.mark.django_db


def events(name: str) -> list[list[int]]:
    rows = OutboxEvent.objects.filter(name=f"orders.{name}").order_by("id")
    return [row.payload["order_ids"] for row in rows]


def allocate(order: SalesOrder) -> None:
    order_lines_shift(
        shifts=[
            LineShift(line, "reserved", "allocated", row[0])
            for line, row in zip(orders.line_ids(order), orders.life(order), strict=True)
        ]
    )


# ------------------------------------------------------------------ remarks, priority, promise


def test_plain_fields() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    promised = clock.now() + timedelta(days=2)
    order_change(order_id=order.pk, seller_remark="fragile", priority=5, promised_at=promised)
    order.refresh_from_db()
    assert (order.seller_remark, order.buyer_remark, order.priority, order.promised_at) == (
        "fragile",
        "",
        5,
        promised,
    )
    entry = AuditEntry.objects.get(entity_id=order.pk, action="orders.order.changed")
    assert entry.before == {"seller_remark": "", "priority": 100, "promised_at": None}
    assert entry.after == {"seller_remark": "fragile", "priority": 5, "promised_at": promised.isoformat()}
    order_change(order_id=order.pk, promised_at=None)
    order.refresh_from_db()
    assert order.promised_at is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"priority": -1}, "out_of_range"), ({"seller_remark": "x" * 501}, "too_long")],
)
def test_plain_fields_that_are_wrong(fields: dict[str, object], code: str) -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    with pytest.raises(InvalidInput) as caught:
        order_change(order_id=order.pk, **fields)  # type: ignore[arg-type]
    assert [problem.code for problem in caught.value.problems] == [code]


def test_cancelled_and_unknown_orders() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    order_cancel(order_id=order.pk)
    with pytest.raises(OrderStateConflict, match="cannot be changed any more"):
        order_change(order_id=order.pk, seller_remark="x")
    with pytest.raises(OrderNotFound):
        order_change(order_id=10**12, seller_remark="x")


# ------------------------------------------------------------------ recipient


def test_recipient_keeps_what_is_not_given() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1}, recipient=orders.recipient(name="张三", phone="13800000000"))
    order_change(order_id=order.pk, recipient={"phone": "13911112222"})
    order.refresh_from_db()
    assert order.recipient_cipher is not None
    clear = decrypt_json(order.recipient_cipher)
    assert (clear["name"], clear["phone"], clear["address"]) == ("张三", "13911112222", "世纪大道 100 号")
    assert (order.recipient_masked, order.phone_tail, order.phone_hash) == (
        "张* 139****2222", "2222", phone_hash("13911112222"),
    )  # fmt: skip
    assert order.region_code == partners.SHANGHAI_PUDONG
    assert events("order_recipient_changed") == [[order.pk]]
    entry = AuditEntry.objects.get(entity_id=order.pk, action="orders.order.changed")
    assert entry.after == {"recipient": ["phone"]}


def test_recipient_moves_to_another_region() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    order_change(
        order_id=order.pk,
        recipient={"province": "广东省", "city": "广州市", "district": "天河区", "address": "体育西路 1 号"},
    )
    order.refresh_from_db()
    assert order.region_code == partners.GUANGZHOU_TIANHE
    order_change(order_id=order.pk, recipient={"region_code": partners.CHENGDU_WUHOU})
    order.refresh_from_db()
    assert order.region_code == partners.CHENGDU_WUHOU


def test_a_mended_address_releases_its_hold_and_a_broken_one_places_it() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1}, recipient=orders.recipient(phone=""))
    assert orders.holds(order) == ["address_incomplete"]
    order_change(order_id=order.pk, recipient={"phone": "13800000000"})
    order.refresh_from_db()
    assert (orders.holds(order), order.state, order.is_held) == ([], "approved", False)
    order_change(order_id=order.pk, recipient={"name": ""})
    order.refresh_from_db()
    assert (orders.holds(order), order.state, order.is_held) == (["address_incomplete"], "approved", True)
    orders.assert_lawful()


def test_unknown_region() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1})
    with pytest.raises(OrderRejected) as caught:
        order_change(order_id=order.pk, recipient={"region_code": "999999"})
    assert [(p.code, p.loc) for p in caught.value.problems] == [("unknown_region", "recipient.region_code")]


def test_recipient_can_change_in_the_warehouse_but_not_after() -> None:
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 2})
    allocate(order)
    order_change(order_id=order.pk, recipient={"address": "another street 5"})
    assert events("order_recipient_changed") == [[order.pk]]
    [line] = orders.line_ids(order)
    order_lines_shift(shifts=[LineShift(line, "allocated", "shipped", 1)])
    with pytest.raises(OrderStateConflict, match="Ask the carrier to redirect"):
        order_change(order_id=order.pk, recipient={"address": "third street 7"})


# ------------------------------------------------------------------ lines


def test_fewer_units_free_their_stock() -> None:
    # given five ordered, three reserved
    world = orders.world()
    world.put("A", 3)
    order = world.order({"A": 5})
    [line] = orders.line_ids(order)
    # when only one is wanted: the two that wait go first, then two that are reserved
    order_change(order_id=order.pk, lines=[LineChange(line, "", 1)])
    order.refresh_from_db()
    assert (orders.life(order), world.free("A"), order.is_short) == ([(1, 0, 0, 0, 4)], 2, False)
    assert (order.goods_amount, order.total_amount, order.unit_count) == (
        Decimal("10.00"),
        Decimal("10.00"),
        5,
    )
    assert events("order_lines_changed") == [[order.pk]]
    entry = AuditEntry.objects.get(entity_id=order.pk, action="orders.order.changed")
    assert (entry.before, entry.after) == ({"lines": {"1": 5}}, {"lines": {"1": 1}})
    orders.assert_lawful()


def test_more_units_are_reserved_as_far_as_there_is_stock() -> None:
    world = orders.world()
    world.put("A", 4)
    order = world.order({"A": 1})
    [line] = orders.line_ids(order)
    order_change(order_id=order.pk, lines=[LineChange(line, "", 6)])
    order.refresh_from_db()
    assert (orders.life(order), order.is_short, order.unit_count, order.total_amount) == (
        [(4, 2, 0, 0, 0)], True, 6, Decimal("60.00"),
    )  # fmt: skip
    orders.assert_lawful()


def test_new_lines_and_lines_taken_away() -> None:
    world = orders.world()
    world.put("A", 5)
    world.put("B", 5)
    kit = catalog.kit([(world.skus["A"], 1), (world.skus["B"], 1)], code="KIT")
    order = world.order([LineIn("A", 2, Decimal("3.00"))], freight_amount=Decimal(8))
    [line] = orders.line_ids(order)
    order_change(
        order_id=order.pk,
        lines=[
            LineChange(line, "", 0),
            LineChange(None, "B", 1),
            LineChange(None, "KIT", 2),
            LineChange(None, "A", 1),
        ],
    )
    order.refresh_from_db()
    rows = SalesOrderLine.objects.filter(order=order).order_by("line_no")
    assert [
        (row.line_no, row.sku.code, row.kit_sku_id, row.quantity, row.reserved, row.cancelled) for row in rows
    ] == [
        (1, "A", None, 2, 0, 2),
        (2, "B", None, 1, 1, 0),
        (3, "A", kit.pk, 2, 2, 0),
        (4, "B", kit.pk, 2, 2, 0),
        (5, "A", None, 1, 1, 0),
    ]
    assert (order.line_count, order.unit_count, order.goods_amount, order.total_amount) == (
        5, 8, Decimal("3.00"), Decimal("11.00"),
    )  # fmt: skip
    orders.assert_lawful()


def test_nothing_left_ends_the_order() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 2})
    order_change(order_id=order.pk, lines=[LineChange(orders.line_ids(order)[0], "", 0)])
    order.refresh_from_db()
    assert (order.state, world.free("A"), order.total_amount) == ("cancelled", 5, 0)
    assert events("orders_cancelled") == [[order.pk]]
    orders.assert_lawful()


def test_units_taken_away_can_be_ordered_again() -> None:
    world = orders.world()
    world.put("A", 5)
    order = world.order({"A": 2, "B": 1} if world.sku("B") else {})
    line = orders.line_ids(order)[0]
    order_change(order_id=order.pk, lines=[LineChange(line, "", 0)])
    order_change(order_id=order.pk, lines=[LineChange(line, "", 3)])
    assert orders.life(order)[0] == (3, 0, 0, 0, 2)
    assert SalesOrderLine.objects.get(pk=line).amount == Decimal("30.00")
    orders.assert_lawful()


def test_freed_units_go_to_who_waits() -> None:
    world = orders.world()
    world.put("A", 2)
    first, second = world.order({"A": 2}), world.order({"A": 1})
    drain()
    order_change(order_id=first.pk, lines=[LineChange(orders.line_ids(first)[0], "", 1)])
    drain()
    assert orders.life(second) == [(1, 0, 0, 0, 0)]
    orders.assert_lawful()


def test_whole_orders_are_held_while_short() -> None:
    world = orders.world(allow_partial=False)
    world.put("A", 2)
    order = world.order({"A": 2})
    line = orders.line_ids(order)[0]
    order_change(order_id=order.pk, lines=[LineChange(line, "", 3)])
    order.refresh_from_db()
    assert (orders.holds(order), order.is_held, order.is_short) == (["stock_short"], True, True)
    order_change(order_id=order.pk, lines=[LineChange(line, "", 2)])
    order.refresh_from_db()
    assert (orders.holds(order), order.is_held, order.is_short) == ([], False, False)
    orders.assert_lawful()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (LineChange(10**12, "", 1), ("unknown_line", "lines.0.line_id")),
        (LineChange(None, "NONE", 1), ("unknown_sku", "lines.0.sku")),
        (LineChange(None, "A", 0), ("bad_quantity", "lines.0.quantity")),
    ],
)
def test_wrong_changes_are_named(change: LineChange, problem: tuple[str, str]) -> None:
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 2})
    with pytest.raises(OrderRejected) as caught:
        order_change(order_id=order.pk, lines=[change])
    assert [(one.code, (one.loc or "").removeprefix("0.")) for one in caught.value.problems] == [problem]
    assert orders.life(order) == [(2, 0, 0, 0, 0)]


def test_lines_cannot_change_in_the_warehouse() -> None:
    world = orders.world()
    world.put("A", 2)
    order = world.order({"A": 2})
    allocate(order)
    with pytest.raises(OrderStateConflict, match="already works on order"):
        order_change(order_id=order.pk, lines=[LineChange(orders.line_ids(order)[0], "", 1)])


def test_what_is_added_comes_from_where_rules_let_the_order_come_from() -> None:
    # given an order that must not come from Shanghai, which is nearer
    world = orders.world("SH", "GZ")
    world.put("A", 10, "SH")
    world.put("A", 3, "GZ")
    order = world.order({"A": 1})
    SalesOrder.objects.filter(pk=order.pk).update(warehouses_never=[world.warehouses["SH"].pk])
    [line] = orders.line_ids(order)
    # when more is wanted, beyond what Guangzhou has
    order_change(order_id=order.pk, lines=[LineChange(line, "", 6)])
    # then what is more comes from Guangzhou, and the rest waits though Shanghai has it
    assert orders.sources(order) == {"SH": 1, "GZ": 3}
    assert orders.life(order) == [(4, 2, 0, 0, 0)]
    orders.assert_lawful()
