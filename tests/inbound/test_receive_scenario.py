"""Receiving and checking in on handhelds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.floor import Handheld
from tests.factories.receiving import gate

from hecang.catalog.models import Barcode
from hecang.inbound.models import Appointment, Discrepancy, Receipt, ReceiptLine
from hecang.inbound.services.announcing import AsnContainerIn, AsnLineIn
from hecang.inbound.services.appointments import AppointmentIn, appointment_book
from hecang.inventory.models import Serial
from hecang.kernel import clock
from hecang.kernel.outbox import drain
from hecang.work.floor.photos import photo_keep

pytestmark = pytest.mark.django_db


def test_a_delivery_is_received_from_the_announcement_to_the_summary() -> None:
    # Given 24 milk announced, and a case of 12 with a barcode of its own
    hall = gate("milk", "bread")
    Barcode.objects.create(sku=hall.sku("milk"), code="16900000000017", quantity=12)
    asn = hall.asn({"milk": 30, "bread": 5})
    pda = Handheld(hall.warehouse).begin("receive")

    pda.expect("document").refused("document", "NONSENSE", code="code_unknown")
    pda.scan(asn.number).expect("goods")
    pda.scan("16900000000017").expect("quantity", Still_expected="30").give("packages", 2)
    assert pda.said == "24 pcs of milk received"
    assert pda.step["progress"] == [24, 35]
    pda.scan("bread").give("damaged").give("quantity", 2).expect("photo")
    photo = photo_keep(warehouse_id=hall.warehouse.pk, content=b"\xff\xd8\xff picture")
    pda.give("photo", photo)
    pda.scan("milk").give("quantity", 9)
    assert pda.step["tone"] == "warn"  # three more than announced
    pda.undo().expect("goods")
    assert hall.stock("milk") == 24

    pda.give("close").expect("summary", Short_milk="24 / 30", Short_bread="2 / 5")
    pda.give("yes").over()

    receipt = Receipt.objects.get()
    assert receipt.state == "closed"
    assert hall.found(receipt) == {"damaged": 2, "short": 9}
    assert Discrepancy.objects.get(kind="damaged").photos.count() == 1
    hall.verify()


def test_lots_dates_and_serials_are_asked_for_where_the_goods_have_them() -> None:
    hall = gate()
    hall.sku("yoghurt", is_expiry_tracked=True, shelf_life_days=30)
    hall.sku("phone", is_serial_tracked=True)
    pda = Handheld(hall.warehouse).begin("receive")
    day = clock.today() + timedelta(days=20)

    pda.give("blind").expect("goods")
    pda.scan("yoghurt").expect("lot").give("lot", "L7").expect("expiry").give("expires_on", day).expect(
        "quantity"
    )
    pda.give("quantity", 6)
    pda.scan("yoghurt").give("lot", "L7").expect("quantity", Lot="L7").give("quantity", 4)
    pda.scan("yoghurt").give("lot", "L7").undo().expect("goods")
    pda.scan("phone").expect("serials").give("serial", "SN-1").refused("serial", "SN-1", code="serial_twice")
    pda.give("serial", "SN-2").give("enough").expect("goods")
    pda.scan("phone").give("serial", "SN-2").refused("enough", code="serial_known").undo().undo()

    assert hall.stock("yoghurt") == 10
    assert sorted(Serial.objects.values_list("number", flat=True)) == ["SN-1", "SN-2"]
    hall.verify()


def test_a_pallet_code_opens_its_announcement_and_the_goods_go_into_it() -> None:
    hall = gate("milk")
    hall.asn(
        {},
        containers=[AsnContainerIn("006141411234567890", kind="pallet")],
        lines=[AsnLineIn(hall.sku("milk").pk, 10, container="006141411234567890")],
    )
    pda = Handheld(hall.warehouse).begin("receive")

    pda.scan("00006141411234567890").expect("goods", Container="006141411234567890")
    pda.scan("milk").give("quantity", 10)
    pda.give("close").give("yes").over()

    line = ReceiptLine.objects.get()
    assert line.container is not None
    assert (line.container.code, line.container.kind) == ("006141411234567890", "pallet")
    assert hall.found(line.receipt) == {}


def test_what_nobody_knows_is_noted_as_a_wrong_item() -> None:
    hall = gate("milk")
    pda = Handheld(hall.warehouse).begin("receive").give("blind")
    pda.give("goods", "7777777777777").expect("unknown").give("wrong_item", 3).expect("goods")
    row = Discrepancy.objects.get()
    assert (row.kind, row.barcode, row.quantity, row.sku) == ("wrong_item", "7777777777777", 3, None)


def test_a_blind_receiver_does_not_see_what_is_expected() -> None:
    hall = gate("milk")
    asn = hall.asn({"milk": 30})
    hall.receipt(asn_id=asn.pk, is_blind=True)
    pda = Handheld(hall.warehouse).begin("receive", {"asn_id": str(asn.pk)})
    pda.expect("goods").scan("milk").expect("quantity")
    assert "Still expected" not in pda.facts
    assert pda.step["progress"] is None


def test_a_truck_is_checked_in_by_its_plate_sent_to_a_dock_and_let_go() -> None:
    hall = gate("milk")
    dock, other = hall.dock("D1", opens=0, closes=23), hall.dock("D2", opens=0, closes=23)
    asn = hall.asn({"milk": 30})
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30)
    row = Appointment.objects.create(
        number="AP260101-000001", warehouse=hall.warehouse, dock=dock, during=(start, start + timedelta(hours=1)),
        planned_at=start, plate="沪A12345", created_by="t", created_at=start, updated_at=start,
    )  # fmt: skip
    asn.appointment = row
    asn.save()
    pda = Handheld(hall.warehouse).begin("check_in")

    pda.give("truck", "沪A·123 45").expect("booked", Dock="D1").give("arrive").expect("arrived")
    assert pda.options("dock") == [str(dock.pk), str(other.pk)]
    pda.give("dock", dock.pk).expect("docked")
    late = (
        Handheld(hall.warehouse).begin("check_in").give("truck", "沪B99999").expect("walk_in").give("walk_in")
    )
    late.expect("arrived").refused("dock", dock.pk, code="dock_occupied").give("dock", other.pk)
    pda.give("leave_dock").expect("truck")
    pda.refused("truck", row.number, code="appointment_over")

    row.refresh_from_db()
    assert row.state == "left"
    assert row.arrived_at is not None
    assert row.docked_at is not None
    assert row.left_at is not None
    drain()


def test_the_truck_of_an_appointment_is_received_by_its_number() -> None:
    hall = gate("milk")
    dock = hall.dock(opens=0, closes=23)
    asn = hall.asn({"milk": 30})
    tomorrow = clock.now().replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=1)
    row = appointment_book(appointment=AppointmentIn(hall.warehouse.pk, dock.pk, tomorrow, asn_ids=(asn.pk,)))
    pda = Handheld(hall.warehouse).begin("receive")
    pda.scan(row.number).expect("goods", Document=asn.number)
    assert Receipt.objects.get().appointment_id == row.pk
