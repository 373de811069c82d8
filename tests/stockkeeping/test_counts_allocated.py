"""Counts that find fewer units than are allocated: those who counted on them are told, nobody is promised a ghost."""

from __future__ import annotations

import pytest
from tests.factories.counting import Floor
from tests.factories.inventory import place
from tests.factories.outbound import World, world

from hecang.inventory.keys import Place
from hecang.inventory.models import Allocation
from hecang.inventory.services.correcting import CorrectionIn, stock_correct
from hecang.kernel.outbox import drain
from hecang.stockkeeping.models import Count, CountLine
from hecang.stockkeeping.services.counts import count_post_now

pytestmark = pytest.mark.django_db


def counted(shop: World, found: dict[str, int], code: str = "A01-01-1") -> tuple[Floor, Count]:
    """The place is counted once, that is enough, and posted."""
    floor = Floor(shop.warehouse, shop.owner, dict(shop.skus))
    floor.rules(max_rounds=1, approve_units=10**6)
    count = floor.count(location_ids=(shop.at(code).pk,))
    floor.read(count, code, found)
    count_post_now(count_id=count.pk)
    return floor, count


def test_missing_allocated_units_are_taken_from_other_places_and_the_walk_goes_there() -> None:
    shop = world()
    shop.put("milk", 5, "A01-01-1")
    shop.order({"milk": 4})
    shop.released()
    shop.put("milk", 10, "A01-05-1")

    _floor, count = counted(shop, {"milk": 2})

    assert CountLine.objects.get(count=count).state == "posted"
    assert shop.stock("milk", "A01-01-1") == (2, 2)
    assert shop.stock("milk", "A01-05-1") == (10, 2)
    assert sorted((t.from_location.code, t.quantity - t.picked - t.short) for t in shop.tasks()) == [
        ("A01-01-1", 2), ("A01-05-1", 2),
    ]  # fmt: skip
    drain()
    shop.verify()


def test_what_cannot_be_replaced_is_backordered_before_a_picker_stands_there() -> None:
    shop = world(goods={"milk": 5})
    order = shop.order({"milk": 4})
    shop.released()

    _floor, count = counted(shop, {"milk": 1})

    assert shop.stock("milk", "A01-01-1") == (1, 1)
    assert shop.line(order, "milk") == {"allocated": 1, "backordered": 3}
    assert CountLine.objects.get(count=count).posted == -4
    drain()
    shop.verify()


def test_free_units_go_first_and_reservations_are_shorted_by_the_laws() -> None:
    shop = world(goods={"milk": 10})
    first = shop.order({"milk": 4})
    shop.released()
    second = shop.order({"milk": 5})

    counted(shop, {"milk": 6})

    assert shop.line(first, "milk") == {"allocated": 4}
    assert shop.line(second, "milk") == {"reserved": 2, "backordered": 3}
    drain()
    shop.verify()


def test_units_held_by_somebody_who_cannot_let_go_stay_in_the_books_and_the_line_says_so() -> None:
    shop = place(quantity=10)
    [allocation] = shop.allocate(8)
    where = Place(shop.at("A01-01-1").pk, shop.sku.pk, None, shop.owner.pk, "good", None)

    [got] = stock_correct(corrections=[CorrectionIn(where, -5)])

    assert (got.change, got.released) == (-2, 0)
    assert shop.stock() == (8, 8)
    assert Allocation.objects.get(pk=allocation.pk).quantity == 8


def test_a_short_pick_is_counted_and_its_quarantine_ends() -> None:
    # Given ten in the books, six allocated; the picker finds only four
    shop = world(goods={"milk": 10})
    Floor(shop.warehouse, shop.owner).rules(max_rounds=1, approve_units=10**6)
    shop.order({"milk": 6})
    shop.released()
    [task] = shop.tasks()
    shop.pick(task, 2, "short")
    drain()
    # Two and what else was free went to quarantine, and somebody is to look
    count = Count.objects.get(kind="event")
    assert (count.reason, count.place_count) == ("short_pick", 1)
    floor = Floor(shop.warehouse, shop.owner, dict(shop.skus))

    # When four are found that the picker still has to take, and two more behind them
    floor.read(count, "A01-01-1", {"milk": 6})
    count_post_now(count_id=count.pk)

    assert floor.book("milk", condition="quarantine") == 0
    assert floor.book("milk", condition="good") == 6
    count.refresh_from_db()
    assert count.state == "closed"
    drain()
    shop.verify()


def test_a_count_that_finds_what_pickers_missed_does_not_call_for_another_count() -> None:
    shop = world(goods={"milk": 5})
    shop.order({"milk": 4})
    shop.released()

    counted(shop, {"milk": 1})
    drain()

    assert not Count.objects.filter(kind="event").exists()


def test_a_place_that_a_walk_emptied_is_looked_at_where_the_warehouse_wants_that() -> None:
    shop = world(goods={"milk": 2})
    Floor(shop.warehouse, shop.owner).rules(on_emptied=True)
    shop.order({"milk": 2})
    shop.released()
    shop.pick(shop.tasks()[0])
    drain()

    count = Count.objects.get(kind="event")
    assert (count.reason, count.places.get().location.code) == ("emptied", "A01-01-1")
    shop.verify()
