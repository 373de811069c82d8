"""The rules that look at orders before a warehouse does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from tests.factories import orders, partners

from hecang.kernel import clock
from hecang.orders.models import SalesOrder
from hecang.orders.services import LineIn, order_cancel, orders_intake_mixed
from hecang.partners.models import BlockedContact
from hecang.partners.phones import phone_hash

pytestmark = pytest.mark.django_db


def detail(order: SalesOrder, code: str) -> object:
    return order.holds.get(code=code, released_at=None).detail


def test_amount_above_the_limit() -> None:
    world = orders.world(amount_limit=Decimal("99.99"))
    world.put("A", 100)
    below = world.order([LineIn("A", 1, Decimal("99.99"))])
    above = world.order([LineIn("A", 1, Decimal("100.00"))])
    assert (orders.holds(below), orders.holds(above)) == ([], ["amount_limit"])
    assert (above.state, above.is_held) == ("pending", True)
    assert detail(above, "amount_limit") == {"total": "100.00", "limit": "99.99"}


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"name": ""}, ["name"]),
        ({"phone": ""}, ["phone"]),
        ({"phone": "12345"}, ["phone"]),
        ({"phone": "12345678901"}, ["phone"]),
        ({"phone": "138****1234"}, ["phone"]),
        ({"address": "1"}, ["address"]),
        ({"region_code": "310000"}, ["region"]),
        ({"region_code": "", "address": "somewhere far"}, ["region"]),
        ({"name": "", "phone": "", "address": "", "region_code": ""}, ["name", "phone", "address", "region"]),
    ],
)
def test_incomplete_address(fields: dict[str, str], missing: list[str]) -> None:
    world = orders.world()
    world.put("A", 10)
    order = world.order({"A": 1}, recipient=orders.recipient(**fields))
    assert orders.holds(order) == ["address_incomplete"]
    assert detail(order, "address_incomplete") == {"missing": missing}


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": "021-6888 1234"},
        {"phone": "+44 20 7946 0958"},
        {"phone": "13812345678转0421"},
        {"region_code": "441900"},  # Dongguan has no districts
    ],
)
def test_complete_address(fields: dict[str, str]) -> None:
    world = orders.world()
    world.put("A", 10)
    assert orders.holds(world.order({"A": 1}, recipient=orders.recipient(**fields))) == []


def test_blocked_phone() -> None:
    world = orders.world()
    world.put("A", 10)
    BlockedContact.objects.create(
        phone_hash=phone_hash("13800000001"),
        display="138****0001",
        reason="refuses parcels",
        created_at=clock.now(),
    )
    order = world.order({"A": 1}, recipient=orders.recipient(phone="+86 138 0000 0001"))
    assert orders.holds(order) == ["blocked_customer"]
    assert detail(order, "blocked_customer") == {"by": "phone", "reason": "refuses parcels"}


def test_blocked_customer() -> None:
    world = orders.world()
    world.put("A", 10)
    partners.customer("C1", is_blocked=True, blocked_reason="does not pay")
    partners.customer("C2")
    blocked = world.order({"A": 1}, customer_code="C1")
    welcome = world.order({"A": 1}, customer_code="C2")
    assert (orders.holds(blocked), orders.holds(welcome)) == (["blocked_customer"], [])
    assert detail(blocked, "blocked_customer") == {"by": "customer", "reason": "does not pay"}
    assert welcome.customer is not None
    assert welcome.customer.code == "C2"


def test_remark() -> None:
    world = orders.world(hold_remarks=True)
    world.put("A", 10)
    assert orders.holds(world.order({"A": 1}, buyer_remark="please gift-wrap")) == ["remark"]
    assert orders.holds(world.order({"A": 1}, seller_remark="ours")) == []


def test_duplicate_of_an_earlier_order() -> None:
    # given an order of somebody
    world = orders.world(duplicate_hours=24)
    world.put("A", 100)
    who = orders.recipient()
    first = world.order({"A": 1}, recipient=who)
    # when they order the same again, in whichever shop; something else; or long after
    again = world.order({"A": 1}, recipient=who)
    other = world.order({"A": 2}, recipient=who)
    later = world.order({"A": 1}, recipient=who, placed_at=clock.now() + timedelta(hours=25))
    somebody = world.order({"A": 1})
    # then only the same within the hours is suspected
    assert detail(again, "duplicate_suspected") == {
        "order_id": first.pk, "number": first.number, "shop": "SHOP", "same_shop": True, "minutes": 0,
        "matches": ["recipient", "lines", "phone", "amount"],
    }  # fmt: skip
    assert [orders.holds(one) for one in (first, other, later, somebody)] == [[], [], [], []]


def test_a_cancelled_order_has_no_duplicate() -> None:
    world = orders.world(duplicate_hours=24)
    world.put("A", 100)
    who = orders.recipient()
    order_cancel(order_id=world.order({"A": 1}, recipient=who).pk, reason="changed mind")
    assert orders.holds(world.order({"A": 1}, recipient=who)) == []


def test_duplicate_in_one_call() -> None:
    world = orders.world(duplicate_hours=24)
    world.put("A", 100)
    who = orders.recipient()
    first, second = world.intake(
        orders.order_in({"A": 1}, recipient=who), orders.order_in({"A": 1}, recipient=who)
    )
    assert (first.holds, second.holds) == ((), ("duplicate_suspected",))


def test_the_same_skus_to_the_same_phone_through_another_shop() -> None:
    # given an order of two SKUs
    world = orders.world(duplicate_hours=24)
    world.put("A", 100)
    world.put("B", 100)
    other = orders.shop("OTHER", owner=world.shop.owner, duplicate_hours=24)
    who = orders.recipient()
    placed = clock.now()
    first = world.order({"A": 1, "B": 2}, recipient=who, placed_at=placed)
    # when the same phone orders the same SKUs in other quantities through another shop, and a different set
    near = orders.order_in(
        {"A": 2, "B": 2}, recipient=replace(who, name="小明"), placed_at=placed + timedelta(minutes=90)
    )
    far = orders.order_in({"A": 2}, recipient=who, placed_at=placed)
    twice = orders.order_in({"A": 2}, recipient=who, placed_at=placed)
    rows = orders_intake_mixed(orders=[(other.pk, near), (other.pk, far), (world.shop.pk, twice)]).results
    # then the first is held with the evidence; of two in one call the later one is
    assert [row.holds for row in rows] == [("duplicate_suspected",), (), ("duplicate_suspected",)]
    assert detail(SalesOrder.objects.get(pk=rows[0].order_id), "duplicate_suspected") == {
        "order_id": first.pk, "number": first.number, "shop": "SHOP", "same_shop": False, "minutes": 90,
        "matches": ["skus", "phone"],
    }  # fmt: skip
    assert detail(SalesOrder.objects.get(pk=rows[2].order_id), "duplicate_suspected") == {
        "in_same_message": True, "same_shop": False, "minutes": 0,
        "matches": ["recipient", "lines", "phone", "amount"],
    }  # fmt: skip


def test_a_sealed_recipient_is_known_by_the_token_of_the_platform() -> None:
    world = orders.world(duplicate_hours=24)
    world.put("A", 100)
    sealed = [
        orders.recipient(name="王**", phone="", address="***", sealed={"oaid": token})
        for token in ("one", "one", "two")
    ]
    first, again, somebody = (world.order({"A": 1}, recipient=who) for who in sealed)
    assert [orders.holds(one) for one in (first, again, somebody)] == [[], ["duplicate_suspected"], []]


def test_without_recipient_nothing_is_a_duplicate() -> None:
    world = orders.world(duplicate_hours=24)
    world.put("A", 100)
    nobody = orders.recipient(name="", phone="", address="", region_code="")
    rows = world.intake(*(orders.order_in({"A": 1}, recipient=nobody) for _ in range(2)))
    assert [row.holds for row in rows] == [("address_incomplete",)] * 2


def test_several_holds_stand_at_once() -> None:
    world = orders.world(amount_limit=Decimal(1), hold_remarks=True, allow_partial=False)
    world.sku("A")
    order = world.order({"A": 1}, buyer_remark="hi", recipient=orders.recipient(name=""))
    assert orders.holds(order) == ["address_incomplete", "amount_limit", "remark", "stock_short"]


def test_shop_may_want_a_person_for_every_order() -> None:
    world = orders.world(auto_approve=False)
    world.put("A", 1)
    order = world.order({"A": 1})
    assert (order.state, order.is_held, orders.holds(order)) == ("pending", False, [])
    assert orders.life(order) == [(1, 0, 0, 0, 0)]


def test_rules_of_the_installation() -> None:
    world = orders.world(amount_limit=Decimal(1))
    world.put("A", 1)
    with override_settings(STRATEGIES={"orders.audit": "address_complete, stock_short"}):
        assert orders.holds(world.order({"A": 1})) == []


def test_audit_asks_as_often_for_many_as_for_one() -> None:
    from hecang.orders.audit import OrderFacts, ShopRules, audit

    rules = ShopRules(True, Decimal(1), 24, True, True)
    counts = []
    for count in (10, 100):
        facts = [
            OrderFacts(
                number, rules, clock.now(), Decimal(5), phone_hash=f"p{number}", content_hash=f"c{number}"
            )
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            holds = audit(facts, after_sourcing=False)
        counts.append(len(queries))
        assert len(holds) == 2 * count  # amount and region
    assert counts == [2, 2]
