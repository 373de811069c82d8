"""Hard allocation: which goods go first, and what becomes of allocated units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import facility, partners
from tests.factories import inventory as make

from hecang.inventory.errors import AllocationNotOpen, PostingInvalid
from hecang.inventory.models import Allocation, Movement, Reservation, Stock
from hecang.inventory.policies import policy_names
from hecang.inventory.selectors import allocations_standing, stock_allocatable
from hecang.inventory.services import (
    Allocated,
    DamagedIn,
    MissingIn,
    PickMove,
    ShipMove,
    allocations_damage,
    allocations_missing,
    allocations_pick,
    allocations_release,
    allocations_ship,
    lots_expire,
    stock_allocate,
    stock_post,
)
from hecang.inventory.services.posting import PostingIn
from hecang.inventory.verify import inventory_verify
from hecang.kernel import clock
from hecang.kernel.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db


def taken(place: make.Place, quantity: int, policy: str) -> list[tuple[str, int]]:
    result = stock_allocate(demands=[place.demand(quantity, place.reserve(quantity))], policy=policy)
    code = dict(Stock.objects.values_list("id", "location__code"))
    return [(code[a.stock_id], a.quantity) for a in result.allocations]


def spread(*rows: tuple[str, int, int]) -> make.Place:
    """Units at (location, units, days old)."""
    place = make.place()
    for code, units, days in rows:
        place.put(units, code, received_at=clock.now() - timedelta(days=days))
    return place


def test_the_four_policies() -> None:
    rows = (("A01-01-1", 5, 1), ("A01-02-1", 10, 9), ("A01-03-1", 4, 5))
    assert taken(spread(*rows), 12, "fifo") == [("A01-02-1", 10), ("A01-03-1", 2)]
    assert taken(spread(*rows), 6, "lifo") == [("A01-01-1", 5), ("A01-03-1", 1)]
    assert taken(spread(*rows), 4, "fewest_locations") == [("A01-03-1", 4)]
    assert taken(spread(*rows), 12, "fewest_locations") == [("A01-02-1", 10), ("A01-01-1", 2)]
    assert taken(spread(*rows), 11, "fefo") == [("A01-02-1", 10), ("A01-03-1", 1)]
    assert set(policy_names()) >= {"fefo", "fifo", "lifo", "fewest_locations"}


def test_first_expired_goes_first_and_too_near_does_not_go() -> None:
    place = make.place(is_expiry_tracked=True)
    for code, days, shelf in (("LATE", 90, "A01-01-1"), ("SOON", 10, "A01-02-1"), ("MID", 40, "A01-03-1")):
        place.put(5, shelf, lot=place.lot(code, days))

    assert taken(place, 6, "fefo") == [("A01-02-1", 5), ("A01-03-1", 1)]
    result = stock_allocate(demands=[place.demand(9, place.reserve(9), min_remaining_days=60)])
    assert [(a.quantity, a.lot_id) for a in result.allocations] == [(5, place.lot("LATE", 90).id)]
    assert list(result.short.values()) == [4]
    assert place.availability() == (4, 4)  # what is short stays reserved


def test_a_pick_face_goes_before_a_reserve_place_of_the_same_age() -> None:
    place = make.place()
    now = clock.now()
    facility.location(place.warehouse, "R-1", kind="reserve", pick_sequence=1)
    place.put(5, "R-1", received_at=now)
    place.put(5, "A01-01-1", received_at=now)
    assert taken(place, 6, "fefo") == [("A01-01-1", 5), ("R-1", 1)]


def test_planning_sees_rows_in_the_order_of_allocation() -> None:
    place = spread(("A01-01-1", 5, 1), ("A01-02-1", 10, 9))
    rows = stock_allocatable(warehouse_id=place.warehouse.id, sku_ids=[place.sku.id], policy="fifo")
    assert [(row.location_id, row.free) for row in rows] == [
        (place.at("A01-02-1").id, 10),
        (place.at("A01-01-1").id, 5),
    ]


def test_allocation_consumes_the_reservation_and_no_more() -> None:
    place = make.place(quantity=10)
    source = place.reserve(4)
    demand = place.demand(6, source)

    result = stock_allocate(demands=[demand])

    assert [a.quantity for a in result.allocations] == [4]
    assert result.short == {demand.source_id: 2}
    assert Reservation.objects.get(source_id=source).state == "consumed"
    assert place.availability() == (6, 0)


def test_without_a_reservation_only_what_nobody_reserved_is_taken() -> None:
    place = make.place(quantity=10)
    place.reserve(7)
    demand = place.demand(5)
    result = stock_allocate(demands=[demand])
    assert [a.quantity for a in result.allocations] == [3]
    assert result.short == {demand.source_id: 2}
    assert place.availability() == (7, 7)


def test_an_unknown_policy_says_which_there_are() -> None:
    with pytest.raises(InvalidInput, match="fewest_locations"):
        stock_allocate(demands=[], policy="magic")


def test_a_partial_pick_splits_the_allocation() -> None:
    place = make.place(quantity=10)
    allocation = place.allocate(5)[0]
    stage = place.at("STAGE-1").id

    first, second = allocations_pick(
        picks=[PickMove(allocation.id, 2, stage), PickMove(allocation.id, 1, stage)]
    )
    rest = allocations_pick(picks=[PickMove(allocation.id, 2, stage)])[0]

    assert (first.quantity, second.quantity, rest.id) == (2, 1, allocation.id)
    assert len({first.id, second.id, rest.id}) == 3
    assert (place.stock(), place.stock("STAGE-1")) == ((5, 0), (5, 5))
    standing = allocations_standing("test", [allocation.source_id])
    assert sorted((a.quantity, a.state) for a in standing) == [(1, "picked"), (2, "picked"), (2, "picked")]
    assert place.availability() == (5, 0)


def test_a_pick_stays_in_the_house_and_within_the_allocation() -> None:
    place, other = make.place(quantity=10), make.place()
    allocation = place.allocate(5)[0]
    for move, error in (
        (PickMove(allocation.id, 6, place.at("STAGE-1").id), AllocationNotOpen),
        (PickMove(allocation.id, 0, place.at("STAGE-1").id), PostingInvalid),
        (PickMove(allocation.id, 1, other.at("STAGE-1").id), PostingInvalid),
        (PickMove(allocation.id, 1, place.at("V-CUSTOMER").id), PostingInvalid),
        (PickMove(allocation.id, 1, place.at("A01-01-1").id), PostingInvalid),
        (PickMove(10**12, 1, place.at("STAGE-1").id), NotFound),
    ):
        with pytest.raises(error):
            allocations_pick(picks=[move])
    assert place.stock() == (10, 5)


def test_shipping_by_units_leaves_the_rest_picked() -> None:
    place = make.place(quantity=10)
    allocation = place.allocate(5)[0]
    allocations_pick(picks=[PickMove(allocation.id, 5, place.at("STAGE-1").id)])
    source = allocation.source_id

    assert allocations_ship(ships=[ShipMove(source, 2, 71)], source_kind="test", document_kind="parcel") == {
        source: 2
    }
    assert allocations_ship(ships=[ShipMove(source, 3, 72)], source_kind="test", document_kind="parcel") == {
        source: 3
    }

    with pytest.raises(AllocationNotOpen):
        allocations_ship(ships=[ShipMove(source, 1, 73)], source_kind="test", document_kind="parcel")
    ledger = (
        Movement.objects.filter(reason="ship")
        .order_by("id")
        .values_list("quantity", "source_kind", "source_id")
    )
    assert list(ledger) == [(2, "parcel", 71), (3, "parcel", 72)]
    assert set(Allocation.objects.values_list("state", flat=True)) == {"shipped"}
    assert place.stock("STAGE-1") == (0, 0)
    assert inventory_verify().differences == 0


def test_what_is_not_picked_is_not_shipped() -> None:
    place = make.place(quantity=10)
    allocation = place.allocate(5)[0]
    with pytest.raises(AllocationNotOpen):
        allocations_ship(ships=[ShipMove(allocation.source_id, 5)], source_kind="test")


def test_releasing_gives_back_and_restores_the_reservation() -> None:
    place = make.place(quantity=10)
    source = place.reserve(5)
    allocation = stock_allocate(demands=[place.demand(5, source)]).allocations[0]

    part = allocations_release(allocation_ids=[allocation.id], quantities=[2], restore=True)
    whole = allocations_release(allocation_ids=[allocation.id], restore=False)
    again = allocations_release(allocation_ids=[allocation.id], restore=True)

    assert part.restored == {("test", source): 2}
    assert (whole.released, whole.restored) == ({allocation.id: 3}, {})
    assert (again.released, again.restored) == ({}, {})
    assert place.availability() == (10, 2)


def test_releasing_in_staging_sells_nothing_until_it_is_put_back() -> None:
    place = make.place(quantity=10)
    allocation = place.allocate(5)[0]
    allocations_pick(picks=[PickMove(allocation.id, 5, place.at("STAGE-1").id)])

    outcome = allocations_release(allocation_ids=[allocation.id], restore=True)
    assert (outcome.released, outcome.sellable, outcome.restored) == ({allocation.id: 5}, {}, {})
    assert place.availability() == (5, 0)
    place.take(5, "STAGE-1", to="A01-01-1", reason="putback")
    assert place.availability() == (10, 0)


def test_a_putback_carries_the_allocation_to_the_shelf() -> None:
    place = make.place(quantity=10)
    allocation = place.allocate(5)[0]
    allocations_pick(picks=[PickMove(allocation.id, 5, place.at("STAGE-1").id)])
    allocations_pick(picks=[PickMove(allocation.id, 5, place.at("A01-02-1").id)], reason="putback")
    outcome = allocations_release(allocation_ids=[allocation.id], restore=True)
    assert list(outcome.restored.values()) == [5]
    assert place.availability() == (10, 5)


def test_damaged_units_leave_the_allocation_and_the_sale() -> None:
    place = make.place(quantity=10)
    allocation = place.allocate(5)[0]

    allocations_damage(
        damages=[DamagedIn(allocation.id, 1), DamagedIn(allocation.id, 2, place.at("DAMAGED").id, note="wet")]
    )

    assert place.stock(condition="damaged") == (1, 0)
    assert place.stock("DAMAGED", condition="damaged") == (2, 0)
    assert place.stock(condition="good") == (7, 2)
    assert place.availability() == (5, 0)
    assert inventory_verify().differences == 0


def test_missing_units_stop_the_sale_of_the_place_until_it_is_counted() -> None:
    place = make.place(quantity=10)
    place.put(4, "A01-02-1")
    mine, theirs = (
        place.allocate(3, policy="fewest_locations")[0],
        place.allocate(5, policy="fewest_locations")[0],
    )
    assert place.availability() == (6, 0)

    gone = allocations_missing(missing=[MissingIn(theirs.id, 2)])

    # 10 lay there: 3 stay with theirs, 5 free and 2 missing go to quarantine in place.
    assert gone == {theirs.stock_id: 7}
    assert place.stock(condition="good") == (3, 3)
    assert place.stock(condition="quarantine") == (7, 0)
    assert Allocation.objects.get(id=mine.id).state == "open"
    assert place.availability() == (1, 0)
    again = stock_allocate(demands=[place.demand(1)])
    assert [a.location_id for a in again.allocations] == [place.at("A01-02-1").id]
    assert inventory_verify().differences == 0


def test_an_expired_lot_is_not_sold_but_what_is_allocated_stays() -> None:
    place = make.place(is_expiry_tracked=True)
    place.put(10, lot=place.lot("L", 3))
    place.allocate(4)
    with clock.shifted(timedelta(days=3)):
        assert lots_expire() == 0  # its last day
    with clock.shifted(timedelta(days=4)):
        assert lots_expire() == 1
        assert lots_expire() == 0
    assert place.availability() == (0, 0)
    assert place.stock() == (10, 4)
    assert inventory_verify().differences == 0


def test_a_lot_expires_by_the_day_of_its_warehouse() -> None:
    early = make.place(
        warehouse=facility.warehouse(aisles=1, bays=1, timezone="Asia/Shanghai"), is_expiry_tracked=True
    )
    late = make.place(
        warehouse=facility.warehouse(aisles=1, bays=1, timezone="America/Los_Angeles"), is_expiry_tracked=True
    )
    today = clock.now().replace(
        hour=17, minute=0
    )  # the next day in Shanghai, morning of this one in Los Angeles
    with clock.at(today):
        for place in (early, late):
            place.put(1, lot=place.lot("L", -1))
        assert lots_expire() == 1
        assert (early.availability(), late.availability()) == ((0, 0), (1, 0))
    with clock.at(today + timedelta(hours=18)):
        assert lots_expire() == 1


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


@pytest.mark.parametrize("number", [10, 100])
def test_the_number_of_statements_does_not_grow_with_the_demands(number: int) -> None:
    house = facility.warehouse(aisles=1, bays=3)
    places = [make.place(quantity=5, warehouse=house) for _ in range(number)]
    stage = places[0].at("STAGE-1").id
    demands = [place.demand(3, place.reserve(3)) for place in places]
    allocated: list[Allocated] = []

    assert statements(lambda: allocated.extend(stock_allocate(demands=demands).allocations)) == 8
    assert statements(lambda: allocations_pick(picks=[PickMove(a.id, 2, stage) for a in allocated])) == 11
    assert (
        statements(
            lambda: allocations_ship(ships=[ShipMove(a.source_id, 1) for a in allocated], source_kind="test")
        )
        == 9
    )
    assert statements(lambda: allocations_damage(damages=[DamagedIn(a.id, 1) for a in allocated])) == 19
    assert inventory_verify().differences == 0


def test_one_call_serves_demands_in_their_order() -> None:
    place = make.place(quantity=5)
    first, second = place.demand(4), place.demand(4)
    result = stock_allocate(demands=[first, second])
    assert [(a.source_id, a.quantity) for a in result.allocations] == [
        (first.source_id, 4),
        (second.source_id, 1),
    ]
    assert result.short == {second.source_id: 3}


def test_stock_of_another_owner_is_not_taken() -> None:
    mine = make.place(quantity=5)
    theirs = make.Place(mine.warehouse, mine.sku, partners.owner("OTHER"))
    stock_post(
        entries=[
            PostingIn(
                mine.sku.id, theirs.owner.id, 9, mine.at("V-SUPPLIER").id, mine.at("A01-01-1").id, "receipt"
            )
        ]
    )
    result = stock_allocate(demands=[mine.demand(8)])
    assert sum(a.quantity for a in result.allocations) == 5
    assert theirs.availability() == (9, 0)
