"""Taking orders in: what is written, what is refused, what a repetition does."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, orders, partners

from hecang.accounts.models import AuditEntry
from hecang.kernel import clock
from hecang.kernel.actor import Scope, acting
from hecang.kernel.crypto import decrypt_json
from hecang.kernel.errors import NotFound
from hecang.kernel.models import OutboxEvent
from hecang.orders.errors import OrderRejected, ShopNotFound, TooManyOrders
from hecang.orders.models import SalesOrder, SalesOrderLine
from hecang.orders.services import LineIn, orders_intake, orders_intake_mixed
from hecang.partners.phones import phone_hash

pytestmark = pytest.mark.django_db


def problems_of(error: OrderRejected) -> list[tuple[int | None, str | None, str, str | None]]:
    return [(problem.row, problem.field, problem.code, problem.loc) for problem in error.problems]


def test_order_with_stock_is_approved_and_reserved() -> None:
    # given ten pieces in Shanghai
    world = orders.world()
    world.put("A", 10)
    # when an order for three comes in
    row = world.intake(orders.order_in({"A": 3}, number="N1"))[0]
    # then it is approved, reserved and told
    assert (row.created, row.state, row.holds) == (True, "approved", ())
    order = SalesOrder.objects.get(pk=row.order_id)
    assert order.number == row.number == f"SO{clock.today():%y%m%d}-{order.pk:06d}"
    assert (order.line_count, order.unit_count, order.goods_amount, order.total_amount) == (1, 3, 30, 30)
    assert (order.is_held, order.is_short, order.owner_id) == (False, False, world.shop.owner_id)
    assert orders.life(order) == [(3, 0, 0, 0, 0)]
    assert (world.free("A"), orders.sources(order)) == (7, {"SH": 3})
    assert OutboxEvent.objects.filter(name="orders.orders_approved").get().payload == {
        "order_ids": [order.pk]
    }
    entry = AuditEntry.objects.get(entity_kind="sales_order", entity_id=order.pk)
    assert (entry.action, entry.before) == ("orders.order.created", None)
    assert entry.after == {"state": "approved", "total": "30.00", "units": 3}
    orders.assert_lawful()


def test_personal_data_are_encrypted_masked_and_searchable() -> None:
    world = orders.world()
    world.put("A", 1)
    order = world.order({"A": 1}, recipient=orders.recipient(name="张三丰", phone="+86 138-1234-5678"))
    assert order.recipient_masked == "张** 138****5678"
    assert (order.phone_hash, order.phone_tail) == (phone_hash("13812345678"), "5678")
    assert order.region_code == partners.SHANGHAI_PUDONG
    assert order.recipient_cipher is not None
    assert decrypt_json(order.recipient_cipher) == {
        "name": "张三丰",
        "phone": "+86 138-1234-5678",
        "address": "世纪大道 100 号",
    }
    assert "张三丰".encode() not in bytes(order.recipient_cipher)


def test_amounts_and_currency() -> None:
    world = orders.world()
    world.put("A", 10)
    world.put("B", 10)
    order = world.order(
        [LineIn("A", 3, Decimal("9.995")), LineIn("B", 1, Decimal(5), amount=Decimal("4.50"))],
        discount_amount=Decimal(4),
        freight_amount=Decimal("10.01"),
        currency="USD",
    )
    lines = list(SalesOrderLine.objects.filter(order=order).order_by("line_no"))
    assert [line.amount for line in lines] == [Decimal("29.99"), Decimal("4.50")]
    assert [line.unit_price for line in lines] == [Decimal("9.995"), Decimal(5)]
    assert (order.goods_amount, order.total_amount, order.currency) == (
        Decimal("34.49"),
        Decimal("40.50"),
        "USD",
    )


def test_short_order_is_backordered_in_part() -> None:
    world = orders.world()
    world.put("A", 2)
    row = world.intake(orders.order_in({"A": 5}))[0]
    order = SalesOrder.objects.get(pk=row.order_id)
    assert (row.state, order.is_short, row.holds) == ("approved", True, ())
    assert orders.life(order) == [(2, 3, 0, 0, 0)]
    assert OutboxEvent.objects.get(name="orders.backorders_placed").payload == {
        "sku_ids": [world.skus["A"].pk]
    }
    orders.assert_lawful()


def test_shop_that_ships_whole_orders_holds_a_short_one() -> None:
    world = orders.world(allow_partial=False)
    world.put("A", 2)
    row = world.intake(orders.order_in({"A": 5}))[0]
    assert (row.state, row.holds) == ("pending", ("stock_short",))
    order = SalesOrder.objects.get(pk=row.order_id)
    assert (order.is_held, order.is_short) == (True, True)
    assert order.holds.get().detail == {"skus": 1, "units": 3}
    assert not OutboxEvent.objects.filter(name="orders.orders_approved").exists()
    orders.assert_lawful()


def test_order_that_nothing_is_there_for_is_approved_but_not_announced() -> None:
    world = orders.world()
    world.sku("A")
    row = world.intake(orders.order_in({"A": 1}))[0]
    assert row.state == "approved"
    assert not OutboxEvent.objects.filter(name="orders.orders_approved").exists()


def test_demand_of_one_sku_is_summed_over_lines() -> None:
    # given three pieces, and an order that names the SKU twice, for two each
    world = orders.world()
    world.put("A", 3)
    order = world.order([LineIn("A", 2), LineIn("A", 2)])
    # then the second line gets what the first left
    assert orders.life(order) == [(2, 0, 0, 0, 0), (1, 1, 0, 0, 0)]
    orders.assert_lawful()


def test_kit_is_sold_as_its_components() -> None:
    world = orders.world()
    world.put("A", 10)
    world.put("B", 10)
    kit = catalog.kit([(world.skus["A"], 2), (world.skus["B"], 1)], code="KIT")
    order = world.order([LineIn("KIT", 3, Decimal("10.00")), LineIn("A", 1, Decimal("2.00"))])
    lines = list(SalesOrderLine.objects.filter(order=order).order_by("line_no"))
    assert [(line.line_no, line.sku.code, line.quantity, line.kit_sku_id) for line in lines] == [
        (1, "A", 6, kit.pk),
        (2, "B", 3, kit.pk),
        (3, "A", 1, None),
    ]
    assert [line.amount for line in lines] == [Decimal("20.00"), Decimal("10.00"), Decimal("2.00")]
    assert (order.line_count, order.unit_count) == (3, 10)
    assert world.free("A") == 3


def test_repetition_is_answered_with_the_first_order() -> None:
    world = orders.world()
    world.put("A", 10)
    first = world.intake(orders.order_in({"A": 3}, number="N1"))[0]
    again = world.intake(orders.order_in({"A": 7}, number="N1"))[0]
    assert (again.created, again.order_id, again.number, again.state) == (
        False, first.order_id, first.number, "approved",
    )  # fmt: skip
    assert (SalesOrder.objects.count(), world.free("A")) == (1, 7)
    assert AuditEntry.objects.filter(entity_kind="sales_order").count() == 1


def test_repetition_tells_the_holds_of_the_first() -> None:
    world = orders.world(amount_limit=Decimal(5))
    world.put("A", 10)
    world.intake(orders.order_in({"A": 3}, number="N1"))
    assert world.intake(orders.order_in({"A": 3}, number="N1"))[0].holds == ("amount_limit",)


def test_repetition_within_one_call() -> None:
    world = orders.world()
    world.put("A", 10)
    rows = world.intake(orders.order_in({"A": 1}, number="N1"), orders.order_in({"A": 1}, number="N1"))
    assert [row.created for row in rows] == [True, False]
    assert rows[0].order_id == rows[1].order_id
    assert world.free("A") == 9


def test_same_number_in_two_shops_is_two_orders() -> None:
    world = orders.world()
    world.put("A", 10)
    other = orders.shop("OTHER")
    result = orders_intake_mixed(
        orders=[
            (world.shop.pk, orders.order_in({"A": 1}, number="N1")),
            (other.pk, orders.order_in({"A": 1}, number="N1")),
        ]
    )
    assert [row.created for row in result.results] == [True, True]
    assert result.created == 2


def test_mixed_owners_buy_only_their_own_goods() -> None:
    world = orders.world()
    world.put("A", 5)
    stranger = orders.shop("STRANGER", owner=partners.owner("ELSE"))
    result = orders_intake_mixed(
        orders=[(world.shop.pk, orders.order_in({"A": 2})), (stranger.pk, orders.order_in({"A": 2}))]
    )
    mine, theirs = (row.order_id for row in result.results)
    assert (orders.life(mine), orders.life(theirs)) == ([(2, 0, 0, 0, 0)], [(0, 2, 0, 0, 0)])
    orders.assert_lawful()


def test_the_more_urgent_order_of_a_call_is_served_first() -> None:
    world = orders.world()
    world.put("A", 1)
    late, urgent = world.intake(orders.order_in({"A": 1}), orders.order_in({"A": 1}, priority=1))
    assert orders.life(late.order_id) == [(0, 1, 0, 0, 0)]
    assert orders.life(urgent.order_id) == [(1, 0, 0, 0, 0)]


BAD: list[tuple[dict[str, Any], str, str, str]] = [
    ({"external_number": "  "}, "external_number", "required", "orders.1.external_number"),
    ({"external_number": "x" * 65}, "external_number", "too_long", "orders.1.external_number"),
    ({"buyer": "a\x00b"}, "buyer", "nul_character", "orders.1.buyer"),
    ({"placed_at": datetime(2026, 1, 1)}, "placed_at", "bad_date", "orders.1.placed_at"),  # noqa: DTZ001
    ({"discount_amount": Decimal(-1)}, "discount_amount", "bad_amount", "orders.1.discount_amount"),
    ({"total_amount": Decimal("NaN")}, "total_amount", "bad_amount", "orders.1.total_amount"),
    ({"currency": "yuan"}, "currency", "bad_currency", "orders.1.currency"),
    ({"priority": 40000}, "priority", "out_of_range", "orders.1.priority"),
    ({"customer_code": "nobody"}, "customer_code", "unknown_customer", "orders.1.customer_code"),
    (
        {"recipient": {"region_code": "999999"}},
        "region_code",
        "unknown_region",
        "orders.1.recipient.region_code",
    ),
    ({"lines": []}, "lines", "required", "orders.1.lines"),
    ({"lines": [LineIn("A", 1)] * 2001}, "lines", "too_many", "orders.1.lines"),
    ({"lines": [LineIn("A", 1), LineIn("NONE", 1)]}, "sku", "unknown_sku", "orders.1.lines.1.sku"),
    ({"lines": [LineIn("OLD", 1)]}, "sku", "inactive_sku", "orders.1.lines.0.sku"),
    ({"lines": [LineIn("EMPTY", 1)]}, "sku", "empty_kit", "orders.1.lines.0.sku"),
    ({"lines": [LineIn("A", 0)]}, "quantity", "bad_quantity", "orders.1.lines.0.quantity"),
    ({"lines": [LineIn("A", 10**9 + 1)]}, "quantity", "bad_quantity", "orders.1.lines.0.quantity"),
    ({"lines": [LineIn("A", 1, Decimal(-1))]}, "unit_price", "bad_amount", "orders.1.lines.0.unit_price"),
    (
        {"lines": [LineIn("A", 10**9, Decimal(10**9))]},
        "unit_price",
        "bad_amount",
        "orders.1.lines.0.unit_price",
    ),
]


@pytest.mark.parametrize(("fields", "field", "code", "loc"), BAD, ids=[f"{one[1]}-{one[2]}" for one in BAD])
def test_mistake_is_named_and_nothing_is_written(
    fields: dict[str, Any], field: str, code: str, loc: str
) -> None:
    # given a good order, and one with a mistake
    world = orders.world()
    world.put("A", 100)
    catalog.sku("OLD", status="discontinued")
    catalog.kit([], code="EMPTY")
    bad = orders.order_in({"A": 1})
    for name, value in fields.items():
        setattr(bad, name, orders.recipient(**value) if name == "recipient" else value)
    # when both come in one call
    with pytest.raises(OrderRejected) as caught:
        world.intake(orders.order_in({"A": 1}), bad)
    # then the mistake has its place, and neither order exists
    assert problems_of(caught.value) == [(2, field, code, loc)]
    assert caught.value.data == {"orders": [1]}
    assert (SalesOrder.objects.count(), world.free("A"), OutboxEvent.objects.filter(name__startswith="orders").count()) == (
        0, 100, 0,
    )  # fmt: skip


def test_too_many_orders() -> None:
    world = orders.world()
    order = orders.order_in({"A": 1})
    with pytest.raises(TooManyOrders):
        orders_intake(shop_id=world.shop.pk, orders=[order] * 1001)


def test_no_orders_is_no_work() -> None:
    assert orders_intake(shop_id=1, orders=[]).results == []


def test_closed_or_unknown_shop() -> None:
    world = orders.world(is_active=False)
    with pytest.raises(ShopNotFound):
        world.intake(orders.order_in({"A": 1}))
    with pytest.raises(ShopNotFound):
        orders_intake(shop_id=10**9, orders=[orders.order_in({"A": 1})])


def test_shop_outside_the_scope_is_not_there() -> None:
    from tests.factories.accounts import actor_make

    world = orders.world()
    with acting(actor_make(scope=Scope(shops=frozenset({world.shop.pk + 1})))), pytest.raises(NotFound):
        world.intake(orders.order_in({"A": 1}))


def test_region_is_resolved_from_names_and_from_the_address() -> None:
    world = orders.world()
    world.put("A", 10)
    named = world.order(
        {"A": 1},
        recipient=orders.recipient(region_code="", province="上海", city="上海市", district="浦东新区"),
    )
    written = world.order(
        {"A": 1}, recipient=orders.recipient(region_code="", address="广东省广州市天河区体育西路 1 号")
    )
    foreign = world.order(
        {"A": 1},
        recipient=orders.recipient(region_code="", country="France", address="1 rue de Rivoli, Paris"),
    )
    assert (named.region_code, written.region_code, foreign.region_code) == ("310115", "440106", "")
    assert (orders.holds(named), orders.holds(written), orders.holds(foreign)) == (
        [],
        [],
        ["address_incomplete"],
    )


def test_statements_do_not_grow_with_orders() -> None:
    world = orders.world("SH", "GZ")
    for name in "ABCDE":
        world.put(name, 100_000)
    world.order({"A": 1})  # warehouses and tariffs are read once
    counts = {}
    for count in (1, 10, 100):
        batch = [orders.order_in(dict.fromkeys("ABCDE", 1)) for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            world.intake(*batch)
        counts[count] = len(queries)
    # from a hundred lines on they go by COPY, which is not among the statements counted
    assert counts[1] == counts[10] <= 16
    assert counts[100] <= counts[10]


def test_lines_copied_and_lines_inserted_are_the_same() -> None:
    world = orders.world()
    world.put("A", 10_000)
    few = [orders.order_in({"A": 1})]
    many = [orders.order_in({"A": 1}) for _ in range(120)]
    columns = (
        "line_no",
        "sku_id",
        "kit_sku_id",
        "quantity",
        "unit_price",
        "amount",
        "reserved",
        "backordered",
    )
    small = world.intake(*few)[0].order_id
    large = world.intake(*many)[-1].order_id
    rows = [SalesOrderLine.objects.filter(order=key).values_list(*columns).get() for key in (small, large)]
    assert rows[0] == rows[1]
    orders.assert_lawful()


def test_promised_time_and_remarks_are_kept() -> None:
    world = orders.world()
    world.put("A", 1)
    promised = clock.now() + timedelta(days=1)
    order = world.order(
        {"A": 1}, promised_at=promised, buyer_remark='q"\\{}', seller_remark="轻放\n易碎", buyer="b,1"
    )
    assert (order.promised_at, order.buyer_remark, order.seller_remark, order.buyer) == (
        promised, 'q"\\{}', "轻放\n易碎", "b,1",
    )  # fmt: skip
