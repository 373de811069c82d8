"""Lines on the move while everybody works: merging, splitting, waves, cancellation, intake, pre-sales."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from tests.factories import orders, outbound
from tests.factories.threads import race

from hecang.kernel import clock
from hecang.kernel.errors import HecangError
from hecang.kernel.outbox import drain
from hecang.orders.models import OrderHold, PresaleCampaign, SalesOrder, SalesOrderLine
from hecang.orders.services import (
    SplitLine,
    backorders_fill,
    order_cancel,
    order_gift_add,
    order_split,
    order_split_by,
    order_unmerge,
    orders_intake,
    orders_merge,
    orders_merge_matching,
    presale_create,
)
from hecang.outbound.services.wave_release import wave_release

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

WANG = {"name": "王小明", "phone": "13900000001", "address": "世纪大道 100 号"}


def units() -> tuple[int, int]:
    """Units ordered in all lines, and those cancelled: moving lines changes neither."""
    rows = SalesOrderLine.objects.values_list("quantity", "cancelled")
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def test_merge_part_split_cancel_and_intake_over_the_same_orders() -> None:  # noqa: C901 - eight small works
    # given twelve orders of one recipient, over scarce goods
    world = orders.world("SH", "GZ")
    for name in "ABC":
        world.put(name, 15, "SH")
        world.put(name, 10, "GZ")

    def bought(dice: random.Random) -> Any:
        return orders.order_in(
            {name: dice.randrange(1, 4) for name in dice.sample("ABC", 2)}, recipient=orders.recipient(**WANG)
        )

    start = random.Random(1)
    ids = [row.order_id for row in world.intake(*(bought(start) for _ in range(12)))]

    def merge(dice: random.Random) -> None:
        target, *others = dice.sample(ids, 3)
        orders_merge(target_id=target, source_ids=others)

    def part(dice: random.Random) -> None:
        merged = SalesOrder.objects.filter(state="merged").values_list("pk", flat=True)
        if merged:
            order_unmerge(order_id=dice.choice(list(merged)))

    def split(dice: random.Random) -> None:
        order_id = dice.choice(ids)
        line = SalesOrderLine.objects.filter(order=order_id, quantity__gt=1).first()
        if line is not None:
            order_split(order_id=order_id, parts=[[SplitLine(line.pk, 1)]])

    def split_by_stock(dice: random.Random) -> None:
        order_split_by(order_id=dice.choice(ids), policies=["stock"])

    def cancel(dice: random.Random) -> None:
        if dice.random() < 0.3:
            order_cancel(order_id=dice.choice(ids), reason="race")

    def intake(dice: random.Random) -> None:
        orders_intake(shop_id=world.shop.pk, orders=[bought(dice)])

    def fill(_dice: random.Random) -> None:
        backorders_fill()

    def gift(dice: random.Random) -> None:
        order_gift_add(order_id=dice.choice(ids), sku="A", quantity=1, reason="race")

    works = [merge, part, split, split_by_stock, cancel, intake, fill, gift]

    def run(number: int) -> None:
        dice = random.Random(number)
        for _ in range(15):
            with suppress(HecangError):  # too late, or not mergeable any more: that is an answer
                dice.choice(works)(dice)

    assert race(run, threads=8) == []
    orders.assert_lawful()
    drain()
    orders.assert_lawful()
    # and all can be parted again, the last merge first
    while merged := list(
        SalesOrder.objects.filter(state="merged", merged_into__state__in=["pending", "approved"])
    ):
        parted = 0
        for order in merged:
            with suppress(HecangError):
                order_unmerge(order_id=order.pk)
                parted += 1
        if not parted:
            break
    orders.assert_lawful()


def test_a_wave_against_merging_splitting_and_cancelling() -> None:
    # given waves that are planned over orders of one recipient
    world = outbound.world(goods={"A": 200, "B": 200})
    made = world.orders([{"A": 2, "B": 1}] * 24)
    digest = made[0].recipient_digest
    SalesOrder.objects.update(recipient_digest=digest)
    waves = [world.planned()]
    ids = [order.pk for order in made]
    before = units()

    def merge(dice: random.Random) -> None:
        target, *others = dice.sample(ids, 2)
        orders_merge(target_id=target, source_ids=others)

    def split(dice: random.Random) -> None:
        order_id = dice.choice(ids)
        line = SalesOrderLine.objects.filter(order=order_id, sku__code="A").first()
        if line is not None:
            order_split(order_id=order_id, parts=[[SplitLine(line.pk, 1)]])

    def work(number: int) -> None:
        dice = random.Random(number)
        if number == 0:
            wave_release(wave_id=waves[0])
            return
        for _ in range(6):
            with suppress(HecangError):
                dice.choice([merge, split])(dice)
        with suppress(HecangError):
            order_cancel(order_id=ids[number], reason="race")

    assert race(work, threads=8) == []
    assert units()[0] == before[0]
    world.verify()
    # when everything that is left is released and shipped, each unit has gone once
    drain()
    with suppress(HecangError):
        world.released()
    world.ship_all()
    world.verify()
    quantity, cancelled = units()
    ended = SalesOrderLine.objects.filter(reserved=0, backordered=0, allocated=0)
    assert ended.count() == SalesOrderLine.objects.count()
    assert sum(SalesOrderLine.objects.values_list("shipped", flat=True)) == quantity - cancelled


def test_the_same_orders_merged_by_eight_at_once_are_merged_once() -> None:
    world = orders.world(merge_policy="auto")
    world.put("A", 100)
    ids = [
        row.order_id
        for row in world.intake(
            *(orders.order_in({"A": 1}, recipient=orders.recipient(**WANG)) for _ in range(10))
        )
    ]

    def merge(number: int) -> None:
        mine = ids[:]
        random.Random(number).shuffle(mine)
        orders_merge_matching(order_ids=mine, automatic=True)

    assert race(merge, threads=8) == []
    assert SalesOrder.objects.filter(state="merged").count() == 9
    joint = SalesOrder.objects.get(state="approved")
    assert (joint.line_count, joint.unit_count, joint.total_amount) == (10, 10, 100)
    orders.assert_lawful()


def test_a_presale_is_never_oversold() -> None:
    # given a limit of fifty, and eight threads that sell two hundred
    world = orders.world()
    world.sku("N")
    now = clock.now()
    presale_create(
        code="P", name="P", shop_id=world.shop.pk, sku="N", quantity_limit=50, starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1), ship_after=now + timedelta(days=9),
    )  # fmt: skip
    batches = [
        [orders.order_in({"N": 1 + place % 2}, kind="presale") for place in range(16)] for _ in range(8)
    ]

    def sell(number: int) -> None:
        mine = batches[number]
        for start in range(0, len(mine), 4):
            rows = orders_intake(shop_id=world.shop.pk, orders=mine[start : start + 4]).results
            if number % 4 == 0:
                order_cancel(order_id=rows[0].order_id, reason="race")

    assert race(sell, threads=8) == []
    # then exactly what fits was sold, and the others are held
    assert PresaleCampaign.objects.get().claimed <= 50
    held = OrderHold.objects.filter(code="presale_limit").values_list("order_id", flat=True)
    sold = SalesOrderLine.objects.exclude(order__in=held).values_list("quantity", "cancelled")
    assert 48 <= sum(row[0] - row[1] for row in sold) <= 50
    orders.assert_lawful()
