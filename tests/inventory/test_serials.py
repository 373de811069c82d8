"""Serials: given once, carried by every entry, presumed where nobody names them, corrected by a scan (ADR 0010)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from tests.factories import inventory as make
from tests.inventory.test_posting import entry

from hecang.inventory.errors import PostingInvalid, SerialElsewhere
from hecang.inventory.models import Allocation, Movement, MovementSerial, Serial
from hecang.inventory.services import (
    PickMove,
    SerialClaim,
    ShipMove,
    allocations_pick,
    allocations_ship,
    serials_claim,
    serials_unclaim,
    stock_post,
)
from hecang.inventory.verify import inventory_verify

pytestmark = pytest.mark.django_db


def phones(quantity: int = 0, **fields: object) -> make.Place:
    """A SKU kept by serial, with units ``SN001`` … at ``A01-01-1``."""
    place = make.place(is_serial_tracked=True, **fields)  # type: ignore[arg-type]
    if quantity:
        place.put(quantity, serials=numbers(quantity))
    return place


def numbers(count: int, first: int = 1) -> tuple[str, ...]:
    return tuple(f"SN{index:03d}" for index in range(first, first + count))


def at(place: make.Place, code: str = "A01-01-1") -> list[str]:
    """Numbers of the units that stand there."""
    found = Serial.objects.filter(sku=place.sku, stock__location=place.at(code)).order_by("number")
    return [serial.number for serial in found]


def history(place: make.Place, number: str) -> list[tuple[str, str, bool]]:
    """(reason, to where, presumed) of all entries that carried the unit."""
    found = MovementSerial.objects.filter(serial__sku=place.sku, serial__number=number).order_by(
        "movement_id"
    )
    return [(x.movement.reason, x.movement.to_location.code, x.is_presumed) for x in found]


def fault(place: make.Place, quantity: int, source: str, target: str, *serials: str) -> str:
    with pytest.raises(PostingInvalid) as refused:
        stock_post(entries=[entry(place, quantity, source, target, serials=serials)])
    return refused.value.problems[0].code


def test_a_serial_is_known_from_receipt_to_customer_and_back() -> None:
    place = phones(3)
    allocation = place.allocate(1)[0]
    picked = allocations_pick(picks=[PickMove(allocation.id, 1, place.at("STAGE-1").id, serials=("SN002",))])
    allocations_ship(ships=[ShipMove(picked[0].source_id, 1)], source_kind="test")

    assert at(place) == ["SN001", "SN003"]
    assert history(place, "SN002") == [
        ("receipt", "A01-01-1", False), ("pick", "STAGE-1", False), ("ship", "V-CUSTOMER", True)
    ]  # fmt: skip
    stock_post(entries=[entry(place, 1, "V-CUSTOMER", "STAGE-1", reason="return", serials=("SN002",))])
    assert at(place, "STAGE-1") == ["SN002"]
    assert inventory_verify().differences == 0


def test_a_number_that_stands_in_the_house_cannot_come_in_again() -> None:
    place = phones(2)
    with pytest.raises(PostingInvalid, match=r"SN002.*A01-01-1") as refused:
        place.put(1, "DOCK-1", serials=("SN002",))
    assert [(p.code, p.row) for p in refused.value.problems] == [("serial_in_house", 0)]
    assert place.stock("DOCK-1") == (0, 0)


def test_another_sku_may_have_the_same_number() -> None:
    assert at(phones(2)) == at(phones(2))


@pytest.mark.parametrize(
    ("back", "code"), [("V-SUPPLIER", "serial_left"), ("V-CUSTOMER", ""), ("V-ADJUSTMENT", "")]
)
def test_what_was_shipped_comes_back_from_the_customer_or_is_found(back: str, code: str) -> None:
    place = phones(1)
    place.take(1, to="V-CUSTOMER", reason="ship")
    if code:
        assert fault(place, 1, back, "A01-01-1", "SN001") == code
    else:
        stock_post(entries=[entry(place, 1, back, "A01-01-1", serials=("SN001",))])
        assert at(place) == ["SN001"]
    assert inventory_verify().differences == 0


@pytest.mark.parametrize(
    ("serials", "quantity", "code"),
    [
        (("SN001",), 2, "serial_count"),
        (("SN001", "SN001"), 2, "serial_twice"),
        (("SN099",), 1, "serial_unknown"),
        ((" SN001",), 1, "serial_malformed"),
        (("x" * 65,), 1, "serial_malformed"),
        (("SN003",), 1, "serial_not_there"),
    ],
)
def test_serials_that_do_not_fit_are_refused(serials: tuple[str, ...], quantity: int, code: str) -> None:
    place = phones(3)
    place.take(1, to="A01-02-1", serials=("SN003",))
    assert fault(place, quantity, "A01-01-1", "A01-03-1", *serials) == code
    assert place.stock() == (2, 0)


def test_what_is_not_kept_by_serial_has_none() -> None:
    assert fault(make.place(), 1, "V-SUPPLIER", "A01-01-1", "SN001") == "not_serial_tracked"


def test_unnumbered_units_go_first_and_numbered_ones_are_presumed_oldest_first() -> None:
    place = phones(3)
    place.put(2)
    place.take(2, to="A01-02-1")
    assert (at(place), at(place, "A01-02-1")) == (["SN001", "SN002", "SN003"], [])
    place.take(2, to="A01-02-1")
    assert (at(place), at(place, "A01-02-1")) == (["SN003"], ["SN001", "SN002"])
    assert history(place, "SN001")[-1] == ("adjustment", "A01-02-1", True)
    assert inventory_verify().differences == 0


def test_entries_count_together() -> None:
    place = phones()
    stock_post(
        entries=[
            entry(place, 3, "V-SUPPLIER", "DOCK-1", reason="receipt", serials=numbers(3)),
            entry(place, 2, "DOCK-1", "A01-01-1", serials=("SN003", "SN001")),
            entry(place, 1, "DOCK-1", "A01-02-1"),
        ]
    )
    assert (at(place), at(place, "A01-02-1"), at(place, "DOCK-1")) == (["SN001", "SN003"], ["SN002"], [])
    assert inventory_verify().differences == 0


def picked(place: make.Place, quantity: int) -> Allocation:
    allocation = place.allocate(quantity)[0]
    moved = allocations_pick(picks=[PickMove(allocation.id, quantity, place.at("STAGE-1").id)])
    return Allocation.objects.get(id=moved[0].id)


def serial(place: make.Place, number: str) -> int:
    return Serial.objects.get(sku=place.sku, number=number).id


def test_a_scanned_serial_changes_places_with_the_presumed_one_and_leaves_with_its_parcel() -> None:
    place = phones(4)
    first, second = picked(place, 1), picked(place, 1)
    assert at(place, "STAGE-1") == ["SN001", "SN002"]

    serials_claim(claims=[SerialClaim(serial(place, "SN004"), second.source_id, 7)], source_kind="test")

    assert (at(place), at(place, "STAGE-1")) == (["SN001", "SN003"], ["SN002", "SN004"])
    assert history(place, "SN004")[-1] == ("exchange", "STAGE-1", False)
    assert place.stock("STAGE-1") == (2, 2)
    allocations_ship(ships=[ShipMove(first.source_id, 1, 6)], source_kind="test", document_kind="parcel")
    assert at(place, "STAGE-1") == ["SN004"], "what was scanned for another parcel stays"
    allocations_ship(ships=[ShipMove(second.source_id, 1, 7)], source_kind="test", document_kind="parcel")
    assert history(place, "SN004")[-1] == ("ship", "V-CUSTOMER", False)
    assert inventory_verify().differences == 0


def test_one_that_was_shipped_by_presumption_is_found_in_the_hand() -> None:
    place = phones(2)
    gone, here = picked(place, 1), picked(place, 1)
    allocations_ship(ships=[ShipMove(gone.source_id, 1)], source_kind="test")
    serials_claim(claims=[SerialClaim(serial(place, "SN001"), here.source_id, 7)], source_kind="test")
    assert at(place, "STAGE-1") == ["SN001"]
    assert history(place, "SN002")[-1] == ("exchange", "V-CUSTOMER", True)
    assert inventory_verify().differences == 0


def test_a_scan_that_cannot_be_is_refused() -> None:
    place = phones(2)
    allocation = picked(place, 1)
    other = phones(1, warehouse=place.warehouse)
    for wrong in (serial(other, "SN001"),):
        with pytest.raises(SerialElsewhere):
            serials_claim(claims=[SerialClaim(wrong, allocation.source_id, 7)], source_kind="test")
    claim = SerialClaim(serial(place, "SN001"), allocation.source_id, 7)
    serials_claim(claims=[claim], source_kind="test")
    serials_claim(claims=[claim], source_kind="test")
    with pytest.raises(SerialElsewhere) as refused:
        serials_claim(claims=[SerialClaim(claim.serial_id, allocation.source_id, 8)], source_kind="test")
    assert refused.value.instance_code == "serial_claimed"
    assert serials_unclaim(kind="parcel", ids=[7]) == 1
    serials_claim(claims=[SerialClaim(claim.serial_id, allocation.source_id, 8)], source_kind="test")
    assert inventory_verify().differences == 0


def test_old_units_without_a_number_get_theirs_from_a_scan_elsewhere() -> None:
    place = phones(1)
    place.put(3, "A01-02-1")
    allocation = place.allocate(1, policy="lifo")[0]
    if allocation.stock.location.code == "A01-01-1":
        pytest.skip("the policy took the numbered unit")
    moved = allocations_pick(picks=[PickMove(allocation.id, 1, place.at("STAGE-1").id)])
    serials_claim(claims=[SerialClaim(serial(place, "SN001"), moved[0].source_id, 7)], source_kind="test")
    assert at(place, "STAGE-1") == ["SN001"]
    assert place.stock() == (1, 0)
    assert inventory_verify().differences == 0


def test_the_history_cannot_be_changed() -> None:
    phones(1)
    with pytest.raises(DatabaseError, match="append-only"):
        MovementSerial.objects.update(is_presumed=True)


@pytest.mark.parametrize("count", [10, 100])
def test_the_number_of_statements_does_not_depend_on_the_number_of_serials(count: int) -> None:
    place = phones()
    entries = [
        entry(place, 5, "V-SUPPLIER", "A01-01-1", serials=numbers(5, 1 + 5 * index)) for index in range(count)
    ]
    moves = [entry(place, 5, "A01-01-1", "A01-02-1", serials=e.serials) for e in entries[:-1]]
    last = [entry(place, count, "A01-02-1", "A01-03-1")]
    asked = []
    for part in (entries, moves, last):
        with CaptureQueriesContext(connection) as captured:
            stock_post(entries=part)
        asked.append(len(captured))
    assert asked == [15, 13, 13]
    assert Movement.objects.count() == 2 * count
    assert inventory_verify().differences == 0
