"""Merging orders of one recipient, and parting them again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.factories import orders

from hecang.accounts.selectors import audit_of
from hecang.kernel import clock
from hecang.kernel.actor import SYSTEM
from hecang.kernel.errors import Conflict, HecangError
from hecang.orders.errors import OrderStateConflict
from hecang.orders.models import OrderHold, SalesOrder, SalesOrderLine
from hecang.orders.selectors.merging import merge_groups, merge_partners, orders_hinted
from hecang.orders.services import (
    LineChange,
    order_cancel,
    order_change,
    order_hold,
    order_unmerge,
    orders_merge,
    orders_merge_everywhere,
    orders_merge_matching,
)
from hecang.orders.services.intake.inputs import RecipientIn

pytestmark = pytest.mark.django_db

WANG = {"name": "王小明", "phone": "13900000001", "address": "世纪大道 100 号"}


def twins(world: orders.World, count: int = 2, **fields: Any) -> list[SalesOrder]:
    """Orders of one recipient, one minute apart, of three A and one B each."""
    return [
        world.order(
            {"A": 3, "B": 1},
            recipient=orders.recipient(**WANG),
            placed_at=clock.now() - timedelta(minutes=count - place),
            **fields,
        )
        for place in range(count)
    ]


def stocked(**rules: Any) -> orders.World:
    world = orders.world(**rules)
    world.put("A", 20)
    world.put("B", 1)
    return world


def test_lines_travel_in_the_first_order() -> None:
    # given two orders of one recipient, the second short of B and more urgent
    world = stocked()
    first = world.order({"A": 3, "B": 1}, recipient=orders.recipient(**WANG), freight_amount=Decimal(8))
    promised = clock.now() + timedelta(days=1)
    second = world.order(
        {"A": 2, "B": 1},
        recipient=orders.recipient(**WANG),
        freight_amount=Decimal(6),
        priority=10,
        promised_at=promised,
        seller_remark="carefully",
        tags=["vip"],
    )
    # when they are merged
    orders_merge(target_id=first.pk, source_ids=[second.pk], note="one parcel")
    # then all lines lie in the first, with reservations and the order that they were bought with
    first.refresh_from_db()
    second.refresh_from_db()
    assert orders.life(first) == [(3, 0, 0, 0, 0), (1, 0, 0, 0, 0), (2, 0, 0, 0, 0), (0, 1, 0, 0, 0)]
    assert orders.sources(first) == {"SH": 6}
    bought = (
        SalesOrderLine.objects.filter(order=first)
        .order_by("line_no")
        .values_list("source_order_id", flat=True)
    )
    assert list(bought) == [None, None, second.pk, second.pk]
    assert (second.state, second.merged_into_id, second.line_count, second.unit_count) == (
        "merged",
        first.pk,
        0,
        0,
    )
    assert (first.line_count, first.unit_count, first.is_short, first.state) == (4, 7, True, "approved")
    # and what is paid adds up, with one freight; urgency, promise, remarks and tags are taken over
    assert (first.goods_amount, first.freight_amount, first.total_amount) == (70, 8, 84)
    assert (second.goods_amount, second.freight_amount, second.total_amount) == (30, 6, 36)
    assert (first.priority, first.promised_at, first.seller_remark, first.tags) == (
        10, promised, "carefully", ["vip"],
    )  # fmt: skip
    assert audit_of(entity_kind="sales_order", entity_id=second.pk)[-1]["after"] == {
        "state": "merged", "into": first.number, "into_id": first.pk, "note": "one parcel",
    }  # fmt: skip
    orders.assert_lawful()


def test_parting_gives_everything_back() -> None:
    world = stocked()
    first, second, third = twins(world, 3)
    before = {
        order.pk: (order.goods_amount, order.total_amount, order.priority, order.line_count)
        for order in (first, second, third)
    }
    orders_merge(target_id=first.pk, source_ids=[second.pk, third.pk])
    orders.assert_lawful()
    # when they are parted, the one merged first at first
    assert order_unmerge(order_id=second.pk) == first.pk
    orders.assert_lawful()
    order_unmerge(order_id=third.pk)
    # then all is as it was
    for order in (first, second, third):
        order.refresh_from_db()
        assert (order.goods_amount, order.total_amount, order.priority, order.line_count) == before[order.pk]
        assert (order.state, order.merged_into_id) == ("approved", None)
    assert [orders.life(order)[0] for order in (first, second, third)] == [(3, 0, 0, 0, 0)] * 3
    assert not SalesOrderLine.objects.filter(source_order__isnull=False).exists()
    orders.assert_lawful()


def test_what_was_changed_meanwhile_stays_with_its_order() -> None:
    # given a joint order in which a line of the second was made smaller, and the priority changed
    world = stocked()
    first, second = twins(world, seller_remark="x")
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    line = SalesOrderLine.objects.filter(order=first, source_order=second).order_by("line_no").first()
    assert line is not None
    order_change(order_id=first.pk, lines=[LineChange(line.pk, "", 1)], priority=7)
    # when they are parted
    order_unmerge(order_id=second.pk)
    # then the change went with the line, and the priority stays where it was set
    first.refresh_from_db()
    second.refresh_from_db()
    assert orders.life(second) == [(1, 0, 0, 0, 2), (0, 1, 0, 0, 0)]
    assert (second.goods_amount, second.total_amount, second.priority) == (20, 20, 100)
    assert (first.goods_amount, first.total_amount, first.priority) == (40, 40, 7)
    orders.assert_lawful()


def test_chains_are_parted_from_their_end() -> None:
    world = stocked()
    first, second, third = twins(world, 3)
    orders_merge(target_id=second.pk, source_ids=[third.pk])
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    orders.assert_lawful()
    with pytest.raises(OrderStateConflict):
        order_unmerge(order_id=third.pk)
    order_unmerge(order_id=second.pk)
    order_unmerge(order_id=third.pk)
    assert [len(orders.life(order)) for order in (first, second, third)] == [2, 2, 2]
    orders.assert_lawful()


def test_cancelling_a_merged_order_takes_only_its_own_lines() -> None:
    world = stocked()
    first, second = twins(world)
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    assert order_cancel(order_id=second.pk, reason="buyer").ok
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("approved", "cancelled")
    assert (orders.life(first)[0], orders.life(second)[0]) == ((3, 0, 0, 0, 0), (0, 0, 0, 0, 3))
    assert world.free("A") == 17
    orders.assert_lawful()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda a, b: order_change(order_id=b.pk, recipient={"address": "别处 5 号"}), "another recipient"),
        (lambda a, b: order_hold(order_id=b.pk, note="n"), "is held"),
        (lambda a, b: order_cancel(order_id=b.pk, reason="n"), "too far"),
        (lambda a, b: SalesOrder.objects.filter(pk=b.pk).update(currency="USD"), "currency"),
        (lambda a, b: SalesOrder.objects.filter(pk=b.pk).update(state="pending"), "not as far"),
        (lambda a, b: SalesOrder.objects.filter(pk=b.pk).update(awaits_release=True), "pre-sale"),
        (lambda a, b: type(a.shop).objects.update(merge_policy="off"), "does not want"),
        (
            lambda a, b: SalesOrder.objects.filter(pk=b.pk).update(
                ship_after=clock.now() + timedelta(days=1)
            ),
            "not to be shipped yet",
        ),
    ],
    ids=["recipient", "hold", "cancelled", "currency", "pending", "presale", "policy", "ship_after"],
)
def test_what_may_not_travel_together(spoil: Any, words: str) -> None:
    world = stocked()
    first, second = twins(world)
    spoil(first, second)
    with pytest.raises(Conflict) as refusal:
        orders_merge(target_id=first.pk, source_ids=[second.pk])
    assert words in str(refusal.value)
    assert len(orders.life(first)) == 2


def test_sealed_recipients_match_by_what_the_platform_says() -> None:
    world = stocked()

    def sealed(token: str) -> SalesOrder:
        given = RecipientIn(name="王**", phone="139****0001", region_code="310115", sealed={"oaid": token})
        return world.order({"A": 1}, recipient=given)

    first, second, other = sealed("T1"), sealed("T1"), sealed("T2")
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    with pytest.raises(HecangError):
        orders_merge(target_id=first.pk, source_ids=[other.pk])
    orders.assert_lawful()


def test_a_shop_of_whole_orders_holds_the_joint_one() -> None:
    # given a shop that ships only whole orders, and a remark on the second
    world = stocked(allow_partial=False, hold_remarks=True)
    first = world.order({"A": 1, "B": 9}, recipient=orders.recipient(**WANG))
    second = world.order({"A": 1}, recipient=orders.recipient(**WANG), buyer_remark="ring twice")
    assert (orders.holds(first), orders.holds(second)) == (["stock_short"], ["remark"])
    # when they are merged, both holds stand on the joint order
    orders_merge(target_id=first.pk, source_ids=[second.pk])
    assert (orders.holds(first), orders.holds(second)) == (["remark", "stock_short"], [])
    orders.assert_lawful()
    # and parted, each has what it needs: the remark may belong to either, the shortage only to the first
    order_unmerge(order_id=second.pk)
    assert (orders.holds(first), orders.holds(second)) == (["remark", "stock_short"], ["remark"])
    assert OrderHold.objects.filter(order=second, released_at__isnull=False).count() == 1
    orders.assert_lawful()


def test_hints_and_merging_what_matches() -> None:
    # given three orders of Wang, one of them too old, and one of Li
    world = stocked(merge_hours=2)
    old = world.order(
        {"A": 1}, recipient=orders.recipient(**WANG), placed_at=clock.now() - timedelta(hours=9)
    )
    first, second = twins(world)
    li = world.order({"A": 1})
    # then the desk is told of the two, and by hand may have the third
    assert orders_hinted([old.pk, first.pk, second.pk, li.pk]) == {first.pk, second.pk}
    assert [one["id"] for one in merge_partners(SYSTEM, first.pk)] == [old.pk, second.pk]
    assert merge_groups(SYSTEM) == []  # nine hours lie between the first and the last of them
    # when all of them are ticked and merged
    rows = orders_merge_matching(order_ids=[li.pk, second.pk, first.pk, old.pk])
    assert [(row.id, row.ok, row.code) for row in rows] == [
        (li.pk, True, "unchanged"), (second.pk, True, "merged"), (first.pk, True, "joined"), (old.pk, True, "unchanged"),
    ]  # fmt: skip
    orders.assert_lawful()


def test_a_shop_that_wants_it_merges_by_itself_and_never_what_was_parted() -> None:
    world = stocked(merge_policy="auto")
    first, second, third = twins(world, 3)
    assert [group["order_ids"] for group in merge_groups(SYSTEM)] == [[first.pk, second.pk, third.pk]]
    assert orders_merge_everywhere() == 2
    order_unmerge(order_id=third.pk)
    assert orders_merge_everywhere() == 0
    assert SalesOrder.objects.filter(state="merged").count() == 1
    orders.assert_lawful()
