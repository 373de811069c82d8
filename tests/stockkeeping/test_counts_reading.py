"""Counting a place: compared with the books of that moment, judged, counted again, posted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.counting import Floor, floor
from tests.factories.purchasing import policy, supplier

from hecang.inventory.models import Movement
from hecang.inventory.services.snapshots import ledger_position
from hecang.kernel import clock
from hecang.kernel.errors import StateConflict
from hecang.purchasing.models import PurchaseOrder, PurchaseOrderLine
from hecang.stockkeeping.errors_counts import CountBySame, CountInvalid, PlaceTaken
from hecang.stockkeeping.models import CountReading
from hecang.stockkeeping.services.counts import (
    PlaceRead,
    Tally,
    Tolerance,
    count_lines_approve,
    place_enter,
    place_skip,
    places_count,
)
from hecang.work.models import Task

pytestmark = pytest.mark.django_db


def bought(shop: Floor, name: str, price: str, currency: str) -> None:
    """A supplier was sent an order for it at this price."""
    now = clock.now()
    order = PurchaseOrder.objects.create(
        number=f"PO-{name}", state="sent", supplier=supplier(), owner=shop.owner, warehouse=shop.warehouse,
        currency=currency, created_by="test", created_at=now, updated_at=now, sent_at=now, line_count=1,
    )  # fmt: skip
    PurchaseOrderLine.objects.create(
        order=order, number=1, sku=shop.sku(name), quantity=1, unit_price=Decimal(price)
    )


def test_a_place_that_agrees_is_done_and_changes_nothing() -> None:
    shop = floor({"milk": 10})
    count = shop.count()

    outcome = shop.read(count, "A01-01-1", {"milk": 10})

    assert (outcome.state, outcome.differing) == ("done", 0)
    assert shop.line(count, "milk").state == "matched"
    assert shop.place(count, "A01-01-1").is_wrong is False
    shop.verify()


def test_a_difference_is_counted_again_by_somebody_else_and_then_posted() -> None:
    shop = floor({"milk": 10})
    count = shop.count()

    assert shop.read(count, "A01-01-1", {"milk": 7}).state == "open"
    assert shop.line(count, "milk").state == "recount"
    with pytest.raises(CountBySame):
        shop.read(count, "A01-01-1", {"milk": 7}, by="anna")
    assert shop.read(count, "A01-01-1", {"milk": 7}, by="ben").state == "done"
    assert shop.line(count, "milk").state == "accepted"
    assert shop.place(count, "A01-01-1").is_wrong is True
    shop.post(count)

    assert shop.book("milk") == 7
    line = shop.line(count, "milk")
    assert (line.state, line.posted) == ("posted", -3)
    movement = Movement.objects.get(pk=line.movement_id)
    assert (movement.reason, movement.source_kind, movement.source_id) == ("count", "count_line", line.pk)
    assert [r.round for r in CountReading.objects.filter(line=line).order_by("round")] == [1, 2]
    shop.verify()


def test_a_recount_that_agrees_with_the_books_wins_over_the_first() -> None:
    shop = floor({"milk": 10})
    count = shop.count()
    shop.read(count, "A01-01-1", {"milk": 7})

    assert shop.read(count, "A01-01-1", {"milk": 10}, by="ben").state == "done"

    assert shop.line(count, "milk").state == "matched"
    assert shop.place(count, "A01-01-1").is_wrong is False


def test_three_different_readings_wait_for_somebody_who_has_not_counted() -> None:
    shop = floor({"milk": 10})
    count = shop.count()
    for person, units in (("anna", 7), ("ben", 8), ("carl", 9)):
        shop.read(count, "A01-01-1", {"milk": units}, by=person)
    line = shop.line(count, "milk")
    assert (line.state, line.cause) == ("approve", "readings_differ")

    with shop.by("carl"):
        [refused] = count_lines_approve(line_ids=[line.pk])
    assert isinstance(refused.error, CountBySame)
    with shop.by("dora"):
        [agreed] = count_lines_approve(line_ids=[line.pk])

    assert agreed.error is None
    shop.post(count)
    assert shop.book("milk") == 9
    shop.verify()


def test_a_confirmed_difference_beyond_the_limit_waits_for_approval() -> None:
    shop = floor({"milk": 100}, approve_units=20)
    count = shop.count()
    shop.read(count, "A01-01-1", {"milk": 60})
    shop.read(count, "A01-01-1", {"milk": 60}, by="ben")

    line = shop.line(count, "milk")
    assert (line.state, line.cause) == ("approve", "limit")


def test_a_difference_is_worth_what_it_is_in_the_companys_money() -> None:
    shop = floor({"milk": 10, "salt": 10, "tea": 10}, aisles=1)
    policy(base_currency="EUR", rates={"CNY": "0.125"})
    bought(shop, "milk", "8.00", "CNY")
    bought(shop, "salt", "3.00", "EUR")
    bought(shop, "tea", "900.00", "JPY")  # nobody has said what a yen is worth
    count = shop.count()

    shop.read(count, "A01-01-1", {"milk": 8, "salt": 8, "tea": 8})

    worth = {name: shop.line(count, name).value_difference for name in ("milk", "salt", "tea")}
    assert worth == {"milk": Decimal("-2.00"), "salt": Decimal("-6.00"), "tea": 0}


def test_a_difference_within_the_tolerance_of_the_class_is_accepted_at_once() -> None:
    shop = floor(tolerances={"C": Tolerance(percent=Decimal(5), units=1, value=Decimal(100), cycle_days=90)})
    shop.put("screws", 100)
    shop.put("nails", 100, "A01-02-1")
    count = shop.count()

    shop.read(count, "A01-01-1", {"screws": 96})
    shop.read(count, "A01-02-1", {"nails": 94})

    assert (shop.line(count, "screws").state, shop.line(count, "screws").cause) == ("accepted", "tolerance")
    assert shop.line(count, "nails", "A01-02-1").state == "recount"


def test_what_nobody_named_was_not_there_and_what_the_books_lack_is_found() -> None:
    shop = floor({"milk": 10}, max_rounds=1)
    shop.sku("bread")
    count = shop.count()

    shop.read(count, "A01-01-1", {"bread": 4})

    assert shop.line(count, "milk").difference == -10
    assert (shop.line(count, "bread").difference, shop.line(count, "bread").is_found) == (4, True)
    shop.post(count)
    assert (shop.book("milk"), shop.book("bread")) == (0, 4)
    shop.verify()


def test_goods_found_once_and_not_again_are_not_posted() -> None:
    shop = floor()
    shop.sku("bread")
    count = shop.count()
    shop.read(count, "A01-01-1", {"bread": 4})

    shop.read(count, "A01-01-1", {}, by="ben")

    assert shop.line(count, "bread").state == "matched"


def test_work_between_count_and_posting_is_not_part_of_the_difference() -> None:
    shop = floor({"milk": 10}, max_rounds=1)
    count = shop.count()
    shop.read(count, "A01-01-1", {"milk": 7})

    shop.move("milk", 4, "A01-01-1", "A01-02-1")
    shop.put("milk", 20)
    shop.post(count)

    assert shop.book("milk") == 10 - 4 + 20 - 3
    shop.verify()


def test_an_entry_that_was_made_without_a_network_is_held_against_the_books_of_its_moment() -> None:
    shop = floor({"milk": 10}, max_rounds=1)
    count = shop.count()
    then = clock.now() + timedelta(minutes=5)
    with clock.at(then + timedelta(minutes=10)):
        shop.move("milk", 4, "A01-01-1", "A01-02-1")
    with clock.at(then + timedelta(minutes=30)):
        # Counted before the four were taken; it comes in half an hour later.
        shop.read(count, "A01-01-1", {"milk": 9}, at=then)

        line = shop.line(count, "milk")
        assert (line.book, line.counted, line.difference) == (10, 9, -1)
        shop.post(count)
    assert shop.book("milk") == 5
    shop.verify()


def test_a_tally_keeps_its_own_position_of_the_ledger() -> None:
    shop = floor({"milk": 10}, max_rounds=1)
    count = shop.count()
    position = ledger_position()
    shop.move("milk", 4, "A01-01-1", "A01-02-1")

    tally = Tally(shop.sku("milk").pk, 10, position=position)
    shop.read(count, "A01-01-1", tallies=(tally,))

    assert shop.line(count, "milk").state == "matched"
    shop.verify()


def test_goods_that_moved_around_the_count_are_counted_again_even_by_the_same_person() -> None:
    shop = floor({"milk": 10}, motion_seconds=120)
    count = shop.count()
    shop.move("milk", 1, "A01-01-1", "A01-02-1")

    shop.read(count, "A01-01-1", {"milk": 8})

    assert (shop.line(count, "milk").state, shop.line(count, "milk").cause) == ("recount", "in_motion")
    with clock.shifted(timedelta(minutes=10)):
        assert shop.read(count, "A01-01-1", {"milk": 9}, by="anna").state == "done"
    assert shop.line(count, "milk").state == "matched"


def test_goods_picked_just_before_the_count_but_booked_just_after_are_not_posted_as_lost() -> None:
    # Given a tolerance that accepts the difference at once
    rule = Tolerance(units=5, value=Decimal(1000), cycle_days=90)
    shop = floor({"milk": 10}, motion_seconds=120, tolerances={"C": rule})
    with clock.shifted(timedelta(minutes=10)):
        count = shop.count()
        # When a picker has three in the hand, and scans them after the count
        shop.read(count, "A01-01-1", {"milk": 7})
        assert shop.line(count, "milk").state == "accepted"
        shop.move("milk", 3, "A01-01-1", "A01-02-1")
    with clock.shifted(timedelta(minutes=20)):
        shop.post(count)

        # Then nothing was posted, and the place is counted again
        assert shop.book("milk") == 7
        assert (shop.line(count, "milk").state, shop.line(count, "milk").cause) == ("recount", "in_motion")
        shop.read(count, "A01-01-1", {"milk": 7})
        assert shop.line(count, "milk").state == "matched"
    shop.verify()


def test_a_place_is_posted_only_when_it_has_come_to_rest() -> None:
    shop = floor({"milk": 10}, motion_seconds=120, max_rounds=1)
    with clock.shifted(timedelta(minutes=10)):
        count = shop.count()
        shop.read(count, "A01-01-1", {"milk": 7})
        shop.post(count)
        assert shop.book("milk") == 10
    with clock.shifted(timedelta(minutes=20)):
        shop.post(count)
        assert shop.book("milk") == 7


def test_damage_that_is_found_is_a_change_of_condition() -> None:
    shop = floor({"milk": 10})
    count = shop.count()
    milk = shop.sku("milk").pk

    shop.read(count, "A01-01-1", tallies=(Tally(milk, 8), Tally(milk, 2, condition="damaged")))
    shop.post(count)

    assert (shop.book("milk", condition="good"), shop.book("milk", condition="damaged")) == (8, 2)
    movements = Movement.objects.filter(source_kind="count_line")
    assert [(m.from_condition, m.to_condition, m.quantity) for m in movements] == [("good", "damaged", 2)]
    shop.verify()


def test_two_counters_at_one_place_the_second_is_sent_on() -> None:
    shop = floor({"milk": 10})
    count = shop.count()
    place = shop.place(count, "A01-01-1")
    with shop.by("anna"):
        place_enter(count_id=count.pk, place_id=place.pk)

    with shop.by("ben"), pytest.raises(PlaceTaken):
        place_enter(count_id=count.pk, place_id=place.pk)
    shop.read(count, "A01-01-1", {"milk": 10}, by="anna")
    with pytest.raises(StateConflict):
        shop.read(count, "A01-01-1", {"milk": 10}, by="ben")


def test_a_skipped_place_keeps_its_books_and_the_count_ends() -> None:
    shop = floor({"milk": 10}, bays=1)
    count = shop.count(location_kinds=("pick_face",))
    shop.read(count, "A01-01-1", {"milk": 10})

    with shop.by("anna"):
        place_skip(count_id=count.pk, place_id=shop.place(count, "A01-02-1").pk, reason="pallet in the way")

    count.refresh_from_db()
    assert count.state == "closed"
    assert not Task.objects.filter(subject_kind="count_stretch").exclude(state="done").exists()
    shop.verify()


def test_the_task_of_a_stretch_ends_with_its_last_place_and_a_recount_is_a_new_one() -> None:
    shop = floor({"milk": 10}, bays=1)
    count = shop.count(location_kinds=("pick_face",))
    [task] = Task.objects.filter(subject_kind="count_stretch")
    shop.read(count, "A01-01-1", {"milk": 8})
    task.refresh_from_db()
    # The place is to be counted again, by the new task; the old one still has the other place.
    assert task.state == "open"
    assert Task.objects.filter(subject_kind="count_stretch").count() == 2

    shop.read(count, "A01-02-1", {})

    task.refresh_from_db()
    assert task.state == "done"


def test_goods_that_make_no_sense_are_refused_and_nothing_is_written() -> None:
    shop = floor({"milk": 10})
    shop.sku("cream", is_lot_tracked=True)
    count = shop.count()
    place = shop.place(count, "A01-01-1").pk

    with pytest.raises(CountInvalid) as error:
        places_count(
            count_id=count.pk, reads=[PlaceRead(place, (Tally(shop.sku("cream").pk, 3), Tally(10**9, 1)))]
        )

    assert [problem.code for problem in error.value.problems] == ["lot_missing", "unknown_sku"]
    assert not CountReading.objects.exists()
