"""Sixteen connections do everything at once to the same few SKUs: the books stay right, nobody sees a deadlock."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

import pytest
from tests.factories import facility
from tests.factories import inventory as make
from tests.factories.threads import race

from hecang.inventory import holders
from hecang.inventory.holders import ReservationShort, holder_register
from hecang.inventory.models import Allocation, Checkout, Reservation, StockHold
from hecang.inventory.services import (
    AdjustIn,
    DamagedIn,
    MissingIn,
    PickMove,
    ReservationIn,
    ShipMove,
    allocations_damage,
    allocations_missing,
    allocations_pick,
    allocations_release,
    allocations_ship,
    flags_renew_locations,
    hold_place,
    hold_release,
    reservations_create,
    reservations_expire,
    reservations_release,
    stock_adjust,
    stock_allocate,
)
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.db import fetch, run_in_transaction
from hecang.kernel.errors import HecangError

pytestmark = [
    pytest.mark.race,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.django_db(transaction=True),
]

THREADS = 16
OPERATIONS = 200
KIND = "race_document"
SHELVES = ("A01-01-1", "A01-02-1", "A01-03-1", "A01-04-1")


class Documents:
    """A holder whose documents are rows that it really locks, as orders do."""

    source_kind = KIND

    def __init__(self) -> None:
        self.lost: list[ReservationShort] = []

    def lock(self, source_ids: Sequence[int]) -> None:
        fetch("SELECT id FROM checkout WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(source_ids)])

    def priorities(self, source_ids: Sequence[int]) -> Mapping[int, int]:
        return {source_id: source_id % 3 for source_id in source_ids}

    def shorted(self, shorts: Sequence[ReservationShort]) -> None:
        locked = fetch(
            "SELECT id FROM checkout WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [[short.source_id for short in shorts]],
        )
        assert {row[0] for row in locked} == {short.source_id for short in shorts}
        self.lost += shorts


@pytest.fixture
def documents() -> Iterator[Documents]:
    holder = Documents()
    holder_register(holder)
    yield holder
    del holders._holders[KIND]


class Worker:
    """One connection's random work on three SKUs of one warehouse."""

    def __init__(
        self, number: int, goods: list[make.Place], where: dict[str, int], holder: Documents
    ) -> None:
        self.random = random.Random(number)
        self.goods, self.where, self.holder = goods, where, holder
        self.done: Counter[str] = Counter()

    def run(self) -> None:
        work: list[Callable[[], object]] = [
            self.reserve, self.reserve, self.allocate, self.allocate, self.pick, self.pick, self.ship, self.release,
            self.let_go, self.move, self.move, self.adjust, self.receive, self.damage, self.missing, self.hold,
            self.close, self.expire,
        ]  # fmt: skip
        for _ in range(OPERATIONS):
            chosen = self.random.choice(work)
            try:
                answer = chosen()
            except HecangError as error:
                self.done[f"{chosen.__name__}: {error.code}"] += 1
            else:
                self.done[
                    chosen.__name__ if answer is not False else f"{chosen.__name__}: nothing to do"
                ] += 1

    def some(self) -> make.Place:
        return self.random.choice(self.goods)

    def shelf(self) -> int:
        return self.where[self.random.choice(SHELVES)]

    def claims(self, *states: str) -> list[int]:
        ids = list(
            Allocation.objects.filter(state__in=states).order_by("-id").values_list("id", flat=True)[:40]
        )
        return self.random.sample(ids, min(len(ids), self.random.randint(1, 3)))

    def source(self) -> int | None:
        ids = list(
            Reservation.objects.filter(state="active", source_kind=KIND)
            .order_by("-id")
            .values_list("source_id", flat=True)[:30]
        )
        return self.random.choice(ids) if ids else None

    def reserve(self) -> None:
        now = clock.now()

        def order() -> None:
            document = Checkout.objects.create(
                key=f"{self.random.random()}",
                fingerprint="",
                expires_at=now,
                created_by="race",
                created_at=now,
            )
            reservations_create(
                requests=[
                    ReservationIn(
                        *place.key,
                        self.random.randint(1, 4),
                        KIND,
                        document.id,
                        expires_at=now + timedelta(seconds=self.random.choice((-1, 3600))),
                    )
                    for place in self.random.sample(self.goods, self.random.randint(1, 3))
                ],
                partial=self.random.random() < 0.5,
            )

        run_in_transaction(order)

    def release(self) -> bool | None:
        source = self.source()
        if source is None:
            return False

        def cancel() -> None:
            self.holder.lock([source])
            reservations_release(source_kind=KIND, source_ids=[source])

        run_in_transaction(cancel)
        return None

    def allocate(self) -> bool | None:
        source = self.source()
        if source is None:
            return False

        def wave() -> None:
            self.holder.lock([source])
            demands = [
                place.demand(self.random.randint(1, 4), source if self.random.random() < 0.8 else None)
                for place in self.goods
            ]
            demands = [
                type(d)(
                    d.source_id, d.warehouse_id, d.sku_id, d.owner_id, d.quantity, d.reservation_source_id,
                    source_kind="test", reservation_source_kind=KIND,
                )
                for d in demands
            ]  # fmt: skip
            stock_allocate(demands=demands, policy=self.random.choice(("fefo", "lifo", "fewest_locations")))

        run_in_transaction(wave)
        return None

    def pick(self) -> None:
        allocations_pick(
            picks=[
                PickMove(key, self.random.randint(1, 2), self.where["STAGE-1"]) for key in self.claims("open")
            ]
        )

    def ship(self) -> None:
        rows = Allocation.objects.filter(id__in=self.claims("picked"))
        allocations_ship(ships=[ShipMove(row.source_id, row.quantity) for row in rows], source_kind="test")

    def let_go(self) -> None:
        allocations_release(allocation_ids=self.claims("open"), restore=self.random.random() < 0.5)

    def damage(self) -> None:
        allocations_damage(
            damages=[DamagedIn(key, 1, self.where["DAMAGED"]) for key in self.claims("open", "picked")]
        )

    def missing(self) -> None:
        allocations_missing(missing=[MissingIn(key, 1) for key in self.claims("open")])

    def move(self) -> None:
        a, b = self.random.sample(SHELVES, 2)
        for place in self.random.sample(self.goods, 2):
            place.take(self.random.randint(1, 5), a, to=self.random.choice((b, "QUARANTINE")), reason="move")

    def receive(self) -> None:
        self.some().put(self.random.randint(1, 15), self.random.choice(SHELVES))

    def adjust(self) -> None:
        stock_adjust(
            adjustments=[
                AdjustIn(self.shelf(), place.sku.id, place.owner.id, change=self.random.randint(-6, -1))
                for place in self.random.sample(self.goods, 2)
            ]
        )

    def hold(self) -> None:
        standing = list(StockHold.objects.filter(released_at=None).values_list("id", flat=True))
        if standing and self.random.random() < 0.7:
            hold_release(hold_id=self.random.choice(standing))
        elif self.random.random() < 0.5:
            hold_place(kind="location", location_id=self.shelf(), reason="race")
        else:
            place = self.some()
            hold_place(kind="sku", warehouse_id=place.warehouse.id, sku_id=place.sku.id, reason="race")

    def close(self) -> None:
        """What facility does when a location is closed or opened."""

        def change() -> None:
            fetch(
                "UPDATE location SET is_active = NOT is_active WHERE id = %s RETURNING id",
                [self.where["A01-04-1"]],
            )
            flags_renew_locations(location_ids=[self.where["A01-04-1"]])

        run_in_transaction(change)

    def expire(self) -> None:
        reservations_expire(limit=5)


def test_everything_at_once(documents: Documents) -> None:
    house = facility.warehouse(aisles=1, bays=4)
    goods = [make.place(warehouse=house) for _ in range(3)]
    for place in goods:
        for shelf in SHELVES:
            place.put(40, shelf)
    where = {code: goods[0].at(code).id for code in (*SHELVES, "STAGE-1", "DAMAGED")}
    workers = [Worker(number, goods, where, documents) for number in range(THREADS)]

    errors = race(lambda number: workers[number].run(), threads=THREADS)

    done = sum((worker.done for worker in workers), Counter())
    assert errors == []
    assert done.total() == THREADS * OPERATIONS
    report = inventory_verify()
    assert report.differences == 0, report.as_dict()
    assert {"reserve", "allocate", "pick", "ship", "release", "let_go", "move", "hold", "missing"} <= set(
        done
    )
    assert documents.lost, "no reservation was ever shorted: the race was too tame"
