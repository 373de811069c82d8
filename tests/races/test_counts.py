"""Counting while everybody works: real threads, real connections, and books that stay right."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.factories.counting import Floor, floor
from tests.factories.outbound import world
from tests.factories.threads import race

from hecang.inventory.models import Movement
from hecang.kernel.errors import Conflict, HecangError
from hecang.kernel.outbox import drain
from hecang.stockkeeping.models import Count, CountLine, CountPlace, CountReading
from hecang.stockkeeping.services.counts import (
    PlaceRead,
    Tally,
    count_lines_approve,
    count_lines_recount,
    count_post,
    count_post_now,
    places_count,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_goods_picked_put_away_and_moved_during_a_count_are_no_differences() -> None:
    """The shelf of the test is a dictionary that every worker changes together with the books.

    Some units are stolen from it unseen. What the count posts must be exactly these, whatever else goes on.
    """
    shop = floor(aisles=1, bays=6, max_rounds=1, auto_post=False, approve_units=10**6)
    names = ["milk", "bread", "soap"]
    codes = [f"A01-{bay:02}-1" for bay in range(1, 7)]
    for code in codes:
        for name in names:
            shop.put(name, 100, code)
    shelf = Counter({(code, name): 100 for code in codes for name in names})
    stolen: Counter[tuple[str, str]] = Counter()
    thief = random.Random(7)
    for key in thief.sample(sorted(shelf), 8):
        stolen[key] = thief.randint(1, 9)
        shelf[key] -= stolen[key]
    count = shop.count(location_kinds=("pick_face",))
    # One lock a shelf: a hand and its scan belong together. The books themselves are locked by nobody but the services.
    hands = {code: threading.Lock() for code in codes}
    over = threading.Event()
    moved: Counter[str] = Counter()

    def worker(number: int) -> None:
        draw = random.Random(number)
        while not over.is_set():
            name, (source, target) = draw.choice(names), draw.sample(codes, 2)
            units = draw.randint(1, 3)
            first, second = sorted((source, target))
            with hands[first], hands[second]:
                if shelf[source, name] < units:
                    continue
                shop.move(name, units, source, target)
                shelf[source, name] -= units
                shelf[target, name] += units
                moved["units"] += units

    def counter(number: int) -> None:
        for code in codes[number::2]:
            with hands[code]:
                found = {name: shelf[code, name] for name in names}
                shop.read(count, code, found, by=f"counter-{number}")

    def work(number: int) -> None:
        if number < 2:
            counter(number)
            over.wait(2)  # let them work on before anything is posted
            over.set()
        else:
            worker(number)

    errors = race(work, threads=6)
    assert errors == []
    assert moved["units"] > 20
    with ThreadPoolExecutor(3) as pool:
        # Posting, too, goes on while goods move.
        over.clear()
        busy = pool.submit(_closing(worker), 99)
        shop.post(count)
        over.set()
        busy.result()

    lines = CountLine.objects.filter(count=count).exclude(difference=0)
    assert {(line.location.code, line.sku.code): -line.posted for line in lines} == dict(stolen)
    for (code, name), units in shelf.items():
        assert shop.book(name, code) == units
    shop.verify()


def _closing(work: object) -> object:
    def run(number: int) -> None:
        try:
            work(number)  # type: ignore[operator]
        finally:
            connection.close()

    return run


def test_two_counters_at_one_place_one_reading_counts() -> None:
    shop = floor({"milk": 10}, bays=1)
    count = shop.count(location_kinds=("pick_face",))
    place = shop.place(count, "A01-01-1")
    milk = shop.sku("milk").pk
    for person in range(6):
        with shop.by(f"p{person}"):
            pass
    refused: list[Conflict] = []

    def work(number: int) -> None:
        try:
            with shop.by(f"p{number}"):
                places_count(count_id=count.pk, reads=[PlaceRead(place.pk, (Tally(milk, 10),))])
        except Conflict as error:
            refused.append(error)

    assert race(work, threads=6) == []
    assert len(refused) == 5
    assert CountReading.objects.count() == 1
    count.refresh_from_db()
    assert count.place_done == 1
    shop.verify()


def test_posting_twice_at_once_posts_every_difference_once() -> None:
    shop = floor(aisles=2, bays=15, max_rounds=1, auto_post=False)
    codes = [f"A{aisle:02}-{bay:02}-1" for aisle in (1, 2) for bay in range(1, 31)]
    for code in codes:
        shop.put("milk", 10, code)
    count = shop.count(location_kinds=("pick_face",))
    milk = shop.sku("milk").pk
    places = CountPlace.objects.filter(count=count)
    places_count(count_id=count.pk, reads=[PlaceRead(place.pk, (Tally(milk, 7),)) for place in places])
    count_post(count_id=count.pk)

    errors = race(lambda _: count_post_now(count_id=count.pk), threads=4)

    assert errors == []
    assert Movement.objects.filter(source_kind="count_line").count() == len(places)
    assert {shop.book("milk", code) for code in codes} == {7}
    count.refresh_from_db()
    assert (count.state, count.post_state) == ("closed", "")
    shop.verify()


def test_approving_and_recounting_at_once_leaves_one_of_both() -> None:
    shop = floor({"milk": 100}, approve_units=20)
    count = shop.count()
    shop.read(count, "A01-01-1", {"milk": 60})
    shop.read(count, "A01-01-1", {"milk": 60}, by="ben")
    line = shop.line(count, "milk")
    with shop.by("dora"):
        pass

    def work(number: int) -> None:
        with shop.by("dora"):
            if number % 2:
                count_lines_approve(line_ids=[line.pk])
            else:
                count_lines_recount(line_ids=[line.pk])

    assert race(work, threads=6) == []
    line.refresh_from_db()
    place = shop.place(count, "A01-01-1")
    assert (line.state, place.state, place.has_to_post) in {
        ("accepted", "done", True), ("recount", "open", False),
    }  # fmt: skip
    shop.verify()


def test_posting_against_picks_and_new_orders_never_breaks_a_promise_silently() -> None:
    # Given goods in two places, orders released over both, and a count that finds less at the first
    shop = world(goods={"milk": 60})
    shop.put("milk", 20, "A01-05-1")
    shop.orders([{"milk": 2}] * 15)
    shop.released()
    counting = Floor(shop.warehouse, shop.owner, dict(shop.skus))
    counting.rules(max_rounds=1, auto_post=False, approve_units=10**6)
    count = counting.count(location_ids=(shop.at("A01-01-1").pk,))
    counting.read(count, "A01-01-1", {"milk": 12})
    count_post(count_id=count.pk)
    tasks = shop.tasks()

    def work(number: int) -> None:
        if number == 0:
            count_post_now(count_id=count.pk)
        elif number == 1:
            shop.orders([{"milk": 1}] * 10, deliver=False)
        else:
            for task in tasks[number - 2 :: 3]:
                try:
                    shop.pick(task, 1)
                except HecangError:
                    continue

    assert race(work, threads=5) == []
    drain()
    [line] = CountLine.objects.filter(count=count)
    assert line.state in {"posted", "blocked"}
    assert line.posted <= 0
    shop.verify()


def test_a_count_that_is_released_by_two_at_once_has_each_place_once() -> None:
    shop = floor(bays=5)
    counts: list[Count] = []

    def work(_number: int) -> None:
        try:
            counts.append(shop.count(location_kinds=("pick_face",)))
        except HecangError:
            return

    assert race(work, threads=4) == []
    standing = CountPlace.objects.filter(state="open")
    assert standing.count() == standing.values("location").distinct().count() == 10
    shop.verify()
