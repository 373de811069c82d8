"""Serials at the packing table: a scanned number says which unit leaves in which parcel."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.factories.outbound import World, world

from hecang.inventory.models import MovementSerial, Serial
from hecang.outbound.models import Fulfilment, Parcel
from hecang.outbound.services.pack_judging import PackScan
from hecang.outbound.services.packing import packing_scan
from hecang.outbound.services.scans import ScanResult
from hecang.outbound.services.sealing import parcel_cancel

pytestmark = pytest.mark.django_db


@pytest.fixture
def phones() -> World:
    made = world()
    made.sku("phone", is_serial_tracked=True)
    made.put("phone", 4, serials=("P1", "P2", "P3", "P4"))
    return made


def picked(house: World, count: int = 1) -> list[Fulfilment]:
    orders = [house.order({"phone": 1}) for _order in range(count)]
    house.released()
    house.pick_all()
    return [house.fulfilment(order) for order in orders]


def scan(fulfilment: Fulfilment, number: str, action: str = "add", quantity: int = 1) -> ScanResult:
    return packing_scan(scans=[PackScan(uuid4(), fulfilment.pk, number, quantity, action)])[0]  # type: ignore[arg-type]


def gone(number: str) -> list[tuple[str, int | None, bool]]:
    found = MovementSerial.objects.filter(serial__number=number, movement__reason="ship")
    return [(x.movement.source_kind, x.movement.source_id, x.is_presumed) for x in found]


def test_the_scanned_unit_leaves_in_its_parcel_though_another_was_presumed(phones: World) -> None:
    first, second = picked(phones, 2)
    assert scan(first, "P4").ok
    assert scan(second, "P3").ok
    for fulfilment in (first, second):
        assert phones.seal(fulfilment).ok
    parcels = [Parcel.objects.get(fulfilment=fulfilment) for fulfilment in (first, second)]
    phones.hand_over(*parcels)
    assert [gone(number) for number in ("P3", "P4")] == [
        [("parcel", parcels[1].pk, False)], [("parcel", parcels[0].pk, False)]
    ]  # fmt: skip
    assert set(Serial.objects.exclude(stock=None).values_list("number", flat=True)) == {"P1", "P2"}
    phones.verify()


def test_mistakes_are_told_and_change_nothing(phones: World) -> None:
    first, second = picked(phones, 2)
    assert scan(first, "P9").code == "unknown_barcode"
    assert scan(first, "P1", quantity=2).code == "one_serial"
    assert scan(first, "P1").ok
    assert scan(first, "P1").code == "serial_twice"
    assert scan(second, "P1").code == "serial_claimed"
    assert scan(second, "P1", "remove").code == "not_in_parcel"
    assert scan(second, "P1", "remove", quantity=2).code == "not_in_parcel"
    barcode = phones.barcode("phone")
    assert scan(second, barcode, "remove").code == "not_in_parcel"
    assert scan(first, barcode, "remove").code == "name_serial"
    assert scan(first, "P1", "remove").ok
    assert scan(second, "P1").ok
    phones.verify()


def test_a_cancelled_parcel_lets_its_units_go(phones: World) -> None:
    (first,) = picked(phones)
    assert scan(first, "P2").ok
    parcel_cancel(parcel_id=Parcel.objects.get(fulfilment=first).pk)
    assert scan(first, "P2").ok
    phones.verify()
