"""Reservations: all or nothing, partial, released, expired; and how they are broken in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import facility
from tests.factories import inventory as make

from hecang.inventory import holders
from hecang.inventory.holders import ReservationShort, holder_register
from hecang.inventory.models import Reservation
from hecang.inventory.selectors import availability_for, reservations_active
from hecang.inventory.services import (
    ReservationRow,
    availability_lock_skus,
    hold_place,
    reservations_create,
    reservations_expire,
    reservations_release,
    reservations_try,
    reservations_write,
)
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.errors import InvalidInput, StockShort

pytestmark = pytest.mark.django_db

KIND = "test_document"


class Holder:
    """Documents that remember what they were told, in which order."""

    source_kind = KIND

    def __init__(self, urgency: Mapping[int, int] | None = None) -> None:
        self.urgency = urgency or {}
        self.told: list[tuple[str, object]] = []

    def lock(self, source_ids: Sequence[int]) -> None:
        self.told.append(("lock", sorted(source_ids)))

    def priorities(self, source_ids: Sequence[int]) -> Mapping[int, int]:
        return self.urgency

    def shorted(self, shorts: Sequence[ReservationShort]) -> None:
        self.told.append(("shorted", [(short.source_id, short.quantity, short.cause) for short in shorts]))


@pytest.fixture
def hold_documents() -> Iterator[Callable[..., Holder]]:
    def register(**urgency: int) -> Holder:
        holder = Holder({int(key[1:]): value for key, value in urgency.items()})
        holder_register(holder)
        return holder

    yield register
    holders._holders.pop(KIND, None)


def test_demand_is_summed_before_it_is_checked() -> None:
    place = make.place(quantity=10)
    with pytest.raises(StockShort) as refused:
        reservations_create(requests=[place.wish(6), place.wish(6)])
    assert refused.value.data["short"] == [
        {"warehouse_id": place.warehouse.id, "sku_id": place.sku.id, "owner_id": place.owner.id,
         "requested": 12, "free": 10}
    ]  # fmt: skip
    assert place.availability() == (10, 0)


def test_all_or_nothing_over_several_skus() -> None:
    full, scarce = make.place(quantity=10), make.place(quantity=1)
    with pytest.raises(StockShort):
        reservations_create(requests=[full.wish(5), scarce.wish(2)])
    assert (full.availability(), scarce.availability()) == ((10, 0), (1, 0))
    outcome = reservations_create(requests=[full.wish(5), scarce.wish(1)])
    assert outcome.granted == [5, 1]
    assert (full.availability(), scarce.availability()) == ((10, 5), (1, 1))


def test_what_never_had_stock_is_short() -> None:
    with pytest.raises(StockShort) as refused:
        make.place().reserve(1)
    assert refused.value.data["short"][0]["free"] == 0


def test_partial_gives_in_order() -> None:
    place = make.place(quantity=10)
    outcome = reservations_create(requests=[place.wish(6), place.wish(6), place.wish(1)], partial=True)
    assert outcome.granted == [6, 4, 0]
    assert [key is None for key in outcome.reservation_ids] == [False, False, True]
    assert [(short.index, short.requested, short.granted) for short in outcome.short] == [
        (1, 6, 4),
        (2, 1, 0),
    ]
    assert place.availability() == (10, 10)


def test_a_quantity_must_be_positive() -> None:
    with pytest.raises(InvalidInput):
        make.place(quantity=5).reserve(0)


def test_releasing_part_and_all_and_again() -> None:
    place = make.place(quantity=10)
    source = place.reserve(4)
    place.reserve(3, source)

    assert reservations_release(source_kind="test", source_ids=[source], quantities=[5]) == {source: 5}
    assert [r.quantity for r in reservations_active("test", [source])] == [2]
    assert reservations_release(source_kind="test", source_ids=[source]) == {source: 2}
    assert reservations_release(source_kind="test", source_ids=[source]) == {}
    assert place.availability() == (10, 0)
    assert set(Reservation.objects.values_list("state", flat=True)) == {"released"}
    assert inventory_verify().differences == 0


def test_only_what_is_over_expires(hold_documents: Callable[..., Holder]) -> None:
    place = make.place(quantity=10)
    soon = clock.now() + timedelta(minutes=1)
    place.reserve(4, 7, source_kind=KIND, expires_at=soon)
    place.reserve(3, 8, source_kind=KIND, expires_at=soon + timedelta(hours=1))
    place.reserve(2, 9, source_kind=KIND)
    holder = hold_documents()

    with clock.at(soon):
        assert reservations_expire(limit=1) == 1
        assert reservations_expire() == 0

    assert holder.told == [("lock", [7]), ("shorted", [(7, 4, "expired")])]
    assert place.availability() == (10, 5)
    assert Reservation.objects.get(source_id=7).state == "expired"


def test_the_newest_promise_is_broken_first(hold_documents: Callable[..., Holder]) -> None:
    place = make.place(quantity=10)
    for source in (1, 2, 3):
        place.reserve(3, source, source_kind=KIND)
    holder = hold_documents()

    place.take(5)

    assert holder.told[-1] == ("shorted", [(3, 3, "short"), (2, 1, "short")])
    assert holder.told[0][0] == "lock"
    assert place.availability() == (5, 5)
    assert [(r.source_id, r.quantity) for r in reservations_active(KIND, [1, 2, 3])] == [(1, 3), (2, 2)]
    assert inventory_verify().differences == 0


def test_the_least_urgent_promise_is_broken_first(hold_documents: Callable[..., Holder]) -> None:
    place = make.place(quantity=10)
    for source in (1, 2, 3):
        place.reserve(3, source, source_kind=KIND)
    holder = hold_documents(_1=200, _2=100, _3=100)

    place.take(2)

    assert holder.told[-1] == ("shorted", [(1, 1, "short")])


def test_a_checkout_gives_way_to_an_order(hold_documents: Callable[..., Holder]) -> None:
    place = make.place(quantity=10)
    checkout = place.reserve(5)
    place.reserve(5, 1, source_kind=KIND)
    holder = hold_documents()

    place.take(3)

    assert holder.told == []
    assert [r.quantity for r in reservations_active("test", [checkout])] == [2]


def test_what_is_free_is_taken_before_a_promise_is_broken(hold_documents: Callable[..., Holder]) -> None:
    place = make.place(quantity=10)
    place.reserve(4, 1, source_kind=KIND)
    holder = hold_documents()
    place.take(6)
    assert holder.told == []
    assert place.availability() == (4, 4)


def test_a_hold_breaks_promises_and_does_not_give_them_back(hold_documents: Callable[..., Holder]) -> None:
    place = make.place(quantity=10)
    place.put(3, "A01-02-1")
    place.reserve(5, 1, source_kind=KIND)
    holder = hold_documents()

    hold_place(kind="location", location_id=place.at("A01-01-1").id, reason="wet")

    assert holder.told[-1] == ("shorted", [(1, 2, "short")])
    assert place.availability() == (3, 3)


@pytest.mark.parametrize("lines", [3, 150])
def test_the_bulk_path_takes_all_or_nothing(lines: int) -> None:
    full, scarce = make.place(quantity=lines), make.place(quantity=1)
    rows = [ReservationRow(*full.key, 1, source) for source in range(1, lines + 1)]

    assert reservations_try(rows=[*rows, (*scarce.key, 2, 999)], source_kind="test") is False
    assert (full.availability(), scarce.availability()) == ((lines, 0), (1, 0))
    assert reservations_try(rows=rows, source_kind="test") is True
    assert full.availability() == (lines, lines)
    assert reservations_try(rows=[(*full.key, 1, 5)], source_kind="test") is False
    assert inventory_verify().differences == 0


@pytest.mark.parametrize("lines", [3, 150])
def test_the_bulk_path_writes_what_was_decided_under_the_lock(lines: int) -> None:
    place = make.place(quantity=lines)
    free = availability_lock_skus(
        owner_id=place.owner.id, sku_ids=[place.sku.id], warehouse_ids=[place.warehouse.id]
    )
    assert free[(place.warehouse.id, place.sku.id)][1] == lines

    written = reservations_write(
        rows=[ReservationRow(*place.key, 1, n) for n in range(1, lines + 1)], source_kind="test"
    )

    assert written == lines
    assert availability_for(sku_ids=[place.sku.id], owner_id=place.owner.id) == {
        (place.warehouse.id, place.sku.id): 0
    }
    assert inventory_verify().differences == 0


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


@pytest.mark.parametrize("number", [10, 100])
def test_the_number_of_statements_does_not_grow_with_the_requests(number: int) -> None:
    house = facility.warehouse(aisles=1, bays=3)
    places = [make.place(quantity=5, warehouse=house) for _ in range(number)]
    fitting = [place.wish(2, source) for source, place in enumerate(places, start=1)]
    beyond = [place.wish(9, source) for source, place in enumerate(places, start=1)]

    assert statements(lambda: reservations_create(requests=fitting)) == 1
    assert statements(lambda: reservations_create(requests=beyond, partial=True)) == 3
    assert (
        statements(lambda: reservations_release(source_kind="test", source_ids=list(range(1, number + 1))))
        == 3
    )
