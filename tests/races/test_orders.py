"""Real concurrency on orders: nothing is sold twice, nothing is written twice, no deadlock reaches a caller."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection
from tests.factories import orders
from tests.factories.threads import race

from hecang.kernel.outbox import drain
from hecang.orders.errors import OrderStateConflict
from hecang.orders.models import SalesOrder, SalesOrderLine
from hecang.orders.services import (
    LineChange,
    LineIn,
    backorders_fill,
    order_cancel,
    order_change,
    orders_approve,
    orders_hold,
    orders_intake,
)
from hecang.orders.states import CANCELLED

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def reserved_units() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(reserved), 0)::bigint FROM sales_order_line")
        return int(cursor.fetchone()[0])


def test_two_thousand_buyers_of_the_last_hundred() -> None:
    # given a hundred pieces in two warehouses
    world = orders.world("SH", "GZ")
    world.put("A", 60, "SH")
    world.put("A", 40, "GZ")
    # when sixteen connections take in two thousand orders of one piece each
    batches = [[orders.order_in({"A": 1}) for _ in range(125)] for _ in range(16)]

    def buy(number: int) -> None:
        for order in batches[number]:
            orders_intake(shop_id=world.shop.pk, orders=[order])

    errors = race(buy, threads=16)
    # then exactly a hundred are reserved, and the others wait
    assert errors == []
    assert SalesOrder.objects.count() == 2000
    assert (reserved_units(), world.reserved("A")) == (100, {"SH": 60, "GZ": 40})
    assert SalesOrderLine.objects.filter(backordered=1).count() == 1900
    orders.assert_lawful()


def test_thousands_of_buyers_in_bulk_calls() -> None:
    world = orders.world("SH", "GZ", "CD")
    for name in "ABC":
        for place in world.warehouses:
            world.put(name, 100, place)
    batches = [[orders.order_in({"A": 1, "B": 1, "C": 1}) for _ in range(100)] for _ in range(40)]

    def buy(number: int) -> None:
        for batch in batches[number::8]:
            orders_intake(shop_id=world.shop.pk, orders=batch)

    assert race(buy, threads=8) == []
    assert SalesOrder.objects.count() == 4000
    assert [sum(world.reserved(name).values()) for name in "ABC"] == [300, 300, 300]
    orders.assert_lawful()


def test_the_same_number_from_eight_threads_is_one_order() -> None:
    world = orders.world()
    world.put("A", 1000)
    numbers = [f"N{number:03}" for number in range(40)]
    answers: list[dict[str, int]] = [{} for _ in range(8)]
    created = [0] * 8

    def send(number: int) -> None:
        mine = numbers[:]
        random.Random(number).shuffle(mine)
        for start in range(0, 40, 10):
            rows = orders_intake(
                shop_id=world.shop.pk,
                orders=[orders.order_in({"A": 1}, number=one) for one in mine[start : start + 10]],
            ).results
            answers[number].update({row.external_number: row.order_id for row in rows})
            created[number] += sum(row.created for row in rows)

    assert race(send, threads=8) == []
    assert (SalesOrder.objects.count(), sum(created), world.free("A")) == (40, 40, 960)
    assert all(answer == answers[0] for answer in answers)
    orders.assert_lawful()


def test_mixed_chunks_of_overlapping_goods() -> None:
    # given forty SKUs that are scarce here and there
    world = orders.world("SH", "GZ", "CD")
    names = [f"M{number:02}" for number in range(40)]
    dice = random.Random(7)
    for name in names:
        for place in world.warehouses:
            world.put(name, dice.randrange(5, 60), place)

    def buy(number: int) -> None:
        mine = random.Random(number)
        for _ in range(6):
            batch = [
                orders.order_in(
                    [LineIn(name, mine.randrange(1, 4)) for name in mine.sample(names, mine.randrange(1, 9))]
                )
                for _ in range(mine.choice((1, 5, 40)))
            ]
            orders_intake(shop_id=world.shop.pk, orders=batch)

    assert race(buy, threads=10) == []
    orders.assert_lawful()


def test_everything_at_once() -> None:
    """Intake, cancellation, change, holds, approval, goods in and out, and filling, over the same few SKUs."""
    world = orders.world("SH", "GZ")
    names = ["A", "B", "C", "D"]
    for name in names:
        world.put(name, 40, "SH")
        world.put(name, 20, "GZ")
    first = world.intake(*(orders.order_in({name: 2, "A": 1}) for name in names[1:] for _ in range(10)))
    ids = [row.order_id for row in first]

    def intake(dice: random.Random) -> None:
        batch = [
            orders.order_in({name: dice.randrange(1, 4) for name in dice.sample(names, 2)}) for _ in range(5)
        ]
        ids.extend(row.order_id for row in orders_intake(shop_id=world.shop.pk, orders=batch).results)

    def cancel(dice: random.Random) -> None:
        order_cancel(order_id=dice.choice(ids), reason="race")

    def change(dice: random.Random) -> None:
        order = SalesOrder.objects.get(pk=dice.choice(ids))
        if order.state != CANCELLED:
            line = dice.choice(orders.line_ids(order))
            with suppress(OrderStateConflict):  # somebody cancelled it in between
                order_change(order_id=order.pk, lines=[LineChange(line, "", dice.randrange(1, 5))])

    def decide(dice: random.Random) -> None:
        some = dice.sample(ids, 8)
        (orders_hold if dice.random() < 0.5 else orders_approve)(order_ids=some, note="race")

    def goods(dice: random.Random) -> None:
        world.put(dice.choice(names), dice.choice((3, 5, -2)), dice.choice(("SH", "GZ")))

    def fill(_dice: random.Random) -> None:
        backorders_fill()

    works: list[Callable[[random.Random], None]] = [
        intake,
        intake,
        cancel,
        change,
        decide,
        goods,
        goods,
        fill,
    ]

    def work(number: int) -> None:
        dice = random.Random(number)
        for _ in range(25):
            works[number % len(works)](dice)

    errors = race(work, threads=16)
    assert [error for error in errors if getattr(error, "code", "") != "insufficient_stock"] == []
    drain()
    orders.assert_lawful()
    # and in the end nothing waits for what is free
    backorders_fill()
    waiting = set(SalesOrderLine.objects.filter(backordered__gt=0).values_list("sku__code", flat=True))
    assert [name for name in waiting if world.free(name, "SH") + world.free(name, "GZ")] == []
    orders.assert_lawful()
