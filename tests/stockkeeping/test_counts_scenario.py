"""Counting on a handheld, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.factories.counting import Floor, floor

from hecang.catalog.models import Barcode
from hecang.inventory.models import Serial
from hecang.kernel import clock
from hecang.stockkeeping.models import Count, CountPlace
from hecang.work.floor.engine import EntryIn, session_begin, session_enter
from hecang.work.models import FloorSession, Task

pytestmark = pytest.mark.django_db


@dataclass
class Handheld:
    """One job of one person."""

    shop: Floor
    person: str = "anna"
    session_id: UUID = field(default_factory=uuid4)
    step: dict[str, Any] = field(default_factory=dict)

    def begin(self, **given: str) -> dict[str, Any]:
        with self.shop.by(self.person, "operator"):
            session_begin(
                session_id=self.session_id, scenario="count", warehouse_id=self.shop.warehouse.pk, given=given
            )
        self.step = FloorSession.objects.get(pk=self.session_id).step
        return self.step

    def enter(
        self, name: str, value: str = "", *, at: datetime | None = None, ok: bool = True
    ) -> dict[str, Any]:
        with self.shop.by(self.person, "operator"):
            answer = session_enter(
                session_id=self.session_id, entry=EntryIn(uuid4(), name, value, happened_at=at)
            )
        assert answer.ok is ok, (answer.code, answer.message)
        self.step = answer.step
        return {**answer.step, "code": answer.code}

    def many(self, *entries: tuple[str, str]) -> dict[str, Any]:
        for name, value in entries:
            self.enter(name, value)
        return self.step


def facts(step: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fact["label"], fact["value"]) for fact in step["facts"]]


def inputs(step: dict[str, Any]) -> Sequence[str]:
    return [one["name"] for one in step["inputs"]]


def code_of(shop: Floor, name: str) -> str:
    found = Barcode.objects.filter(sku=shop.sku(name)).values_list("code", flat=True).first()
    return str(found or shop.sku(name).code)


def test_a_stretch_is_walked_place_by_place_to_the_end() -> None:
    shop = floor({"milk": 10}, bays=1)
    count = shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)

    step = job.begin()
    assert (step["state"], step["progress"]) == ("place", [0, 2])
    step = job.enter("location", "A01-01-1")
    assert step["state"] == "goods"
    # Blind: nothing of what the books say.
    assert facts(step) == []
    step = job.enter("goods", code_of(shop, "milk"))
    assert step["state"] == "quantity"
    step = job.enter("quantity", "10")
    assert facts(step)[0] == ("milk", "10 pcs")
    step = job.many(("done", ""), ("all", ""))
    assert (step["state"], step["progress"]) == ("place", [1, 2])
    step = job.many(("location", "A01-02-1"), ("empty", ""))

    assert step["is_over"]
    count.refresh_from_db()
    assert count.state == "closed"
    assert Task.objects.get(subject_kind="count_stretch").state == "done"
    shop.verify()


def test_scanning_the_place_again_says_that_it_is_done() -> None:
    shop = floor({"milk": 10}, bays=1)
    shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    job.many(("location", "A01-01-1"), ("goods", code_of(shop, "milk")), ("quantity", "10"))

    assert job.enter("goods", "A01-01-1")["state"] == "confirm"
    assert job.enter("more")["state"] == "goods"


def test_a_wrong_place_is_refused_and_another_of_the_stretch_is_taken() -> None:
    shop = floor({"milk": 10}, aisles=2, bays=1)
    shop.count("cycle", location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()

    assert job.enter("location", "STAGE-1", ok=False)["code"] == "wrong_location"
    assert job.enter("location", "A01-02-1")["state"] == "goods"
    assert CountPlace.objects.get(location__code="A01-02-1").state == "counting"


def test_the_last_quantity_is_taken_back_by_undo() -> None:
    shop = floor({"milk": 10}, bays=1)
    count = shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    job.many(("location", "A01-01-1"), ("goods", code_of(shop, "milk")), ("quantity", "7"))

    assert facts(job.enter("undo")) == []
    job.many(("goods", code_of(shop, "milk")), ("quantity", "10"), ("done", ""), ("all", ""))

    assert shop.line(count, "milk").state == "matched"


def test_a_shown_count_tells_what_the_books_have() -> None:
    shop = floor({"milk": 10}, bays=1)
    shop.count(is_blind=False, location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()

    assert facts(job.enter("location", "A01-01-1")) == [("Books: milk", "10 pcs")]


def test_found_damage_is_told_by_condition() -> None:
    shop = floor({"milk": 10}, bays=1)
    count = shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    milk = code_of(shop, "milk")
    job.many(("location", "A01-01-1"), ("goods", milk), ("quantity", "8"), ("goods", milk))
    job.many(("condition", "damaged"), ("quantity", "2"), ("done", ""), ("all", ""))

    shop.post(count)
    assert (shop.book("milk", condition="good"), shop.book("milk", condition="damaged")) == (8, 2)
    shop.verify()


def test_a_lot_that_nobody_knows_is_made_with_its_expiry() -> None:
    shop = floor(bays=1, max_rounds=1)
    shop.sku("cream", is_lot_tracked=True, is_expiry_tracked=True)
    count = shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    step = job.many(("location", "A01-01-1"), ("goods", code_of(shop, "cream")))
    assert step["state"] == "lot"
    assert job.enter("lot_code", "L77")["state"] == "expiry"
    job.many(("expires_on", "2099-05-01"), ("quantity", "4"), ("done", ""), ("all", ""))

    shop.post(count)

    assert shop.book("cream") == 4
    assert shop.line(count, "cream").lot.code == "L77"
    shop.verify()


def test_numbered_units_are_scanned_one_by_one_and_the_missing_one_is_named() -> None:
    shop = floor(bays=1, max_rounds=1)
    shop.sku("phone", is_serial_tracked=True)
    shop.put("phone", 3, serials=("S1", "S2", "S3"))
    count = shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    step = job.many(("location", "A01-01-1"), ("goods", code_of(shop, "phone")))
    assert step["state"] == "serials"
    job.many(("serial", "S1"), ("serial", "S3"))
    assert job.enter("serial", "S3", ok=False)["code"] == "serial_twice"
    job.many(("enough", ""), ("done", ""), ("all", ""))

    line = shop.line(count, "phone")
    assert (line.difference, line.serials_missing) == (-1, ["S2"])
    shop.post(count)
    assert sorted(Serial.objects.filter(stock__isnull=False).values_list("number", flat=True)) == ["S1", "S3"]
    shop.verify()


def test_an_entry_made_offline_is_held_against_the_books_of_its_time() -> None:
    shop = floor({"milk": 10}, bays=1, max_rounds=1)
    count = shop.count(location_kinds=("pick_face",))
    then = clock.now() + timedelta(minutes=1)
    with clock.at(then + timedelta(minutes=5)):
        shop.move("milk", 4, "A01-01-1", "A01-02-1")
    with clock.at(then + timedelta(minutes=20)):
        job = Handheld(shop)
        job.begin()
        job.enter("location", "A01-01-1", at=then)
        job.enter("goods", code_of(shop, "milk"), at=then)
        job.enter("quantity", "10", at=then)
        job.many(("done", ""), ("all", ""))

    assert shop.line(count, "milk").state == "matched"
    shop.verify()


def test_without_a_task_a_place_that_is_doubted_is_counted_at_once() -> None:
    shop = floor({"milk": 10}, bays=1)
    job = Handheld(shop)

    assert job.begin()["state"] == "any_place"
    step = job.enter("location", "A01-01-1")

    assert step["state"] == "goods"
    count = Count.objects.get()
    assert (count.kind, count.reason, count.place_count) == ("event", "suspicion", 1)


def test_whoever_counted_first_is_not_given_the_recount() -> None:
    shop = floor({"milk": 10}, bays=1)
    shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    job.many(
        ("location", "A01-01-1"),
        ("goods", code_of(shop, "milk")),
        ("quantity", "7"),
        ("done", ""),
        ("all", ""),
    )
    step = job.many(("location", "A01-02-1"), ("empty", ""))
    assert step["is_over"]

    assert Handheld(shop).begin()["state"] == "any_place"
    other = Handheld(shop, "ben")
    assert other.begin()["state"] == "place"


def test_leaving_frees_place_and_task_for_others() -> None:
    shop = floor({"milk": 10}, bays=1)
    shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    job.enter("location", "A01-01-1")

    job.enter("leave")

    assert CountPlace.objects.get(location__code="A01-01-1").state == "open"
    assert Task.objects.get(subject_kind="count_stretch").state == "open"


def test_a_place_that_cannot_be_reached_is_skipped_with_its_reason() -> None:
    shop = floor({"milk": 10}, bays=1)
    shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()

    step = job.enter("skip", "blocked")

    assert step["said"] == "A01-01-1 skipped"
    assert CountPlace.objects.get(location__code="A01-01-1").skip_reason == "Something stands in the way"


def test_unknown_codes_change_nothing() -> None:
    shop = floor({"milk": 10}, bays=1)
    shop.count(location_kinds=("pick_face",))
    job = Handheld(shop)
    job.begin()
    job.enter("location", "A01-01-1")

    assert job.enter("goods", "4006381333931", ok=False)["code"] == "code_unknown"
    assert job.enter("goods", "A01-02-1", ok=False)["code"] == "place_not_done"
