"""Everybody at once at the gate: real threads, real connections, and books that stay right."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.factories.receiving import gate
from tests.factories.threads import race

from hecang.inbound.errors_receiving import DayFull, DockOccupied, ReceiptStateConflict, SlotTaken
from hecang.inbound.models import Appointment, Asn, AsnState, Receipt, ReceiptLine
from hecang.inbound.services.announcing import AsnIn, AsnLineIn, asn_create
from hecang.inbound.services.appointments import (
    AppointmentIn,
    appointment_book,
    appointment_dock,
    truck_arrive,
)
from hecang.inbound.services.docks import dock_policy_save
from hecang.inbound.services.receipts import ReceiptIn, receipt_cancel, receipt_close, receipt_open
from hecang.inbound.services.receiving import receipt_receive
from hecang.inbound.services.receiving_answers import ReceiveResult
from hecang.inbound.services.sscc_numbers import sscc_prefix_save, ssccs_draw
from hecang.inbound.services.undoing import receipt_undo
from hecang.inventory.errors import PostingInvalid
from hecang.inventory.models import Serial
from hecang.kernel import clock

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_receivers_on_one_announcement_never_take_more_than_the_limit() -> None:
    # Given 100 milk announced without tolerance, and eight receivers on receipts of their own
    hall = gate("milk")
    asn = hall.asn({"milk": 100})
    receipts = [hall.receipt(asn_id=asn.pk) for _ in range(8)]
    answers: list[ReceiveResult] = []

    def work(number: int) -> None:
        for _ in range(5):
            answers.append(hall.receive(receipts[number], "milk", 7))  # noqa: PERF401

    assert race(work, threads=8) == []

    assert sum(one.booked for one in answers) == 100
    assert sum(one.left_out for one in answers) == 180
    assert hall.stock("milk") == asn.lines.get().received == 100
    hall.verify()


def test_receivers_on_one_order_never_take_more_than_was_ordered() -> None:
    hall = gate("milk", "bread")
    order = hall.order({"milk": 50, "bread": 50})
    receipts = [hall.receipt(purchase_order_id=order.pk) for _ in range(6)]

    def work(number: int) -> None:
        names = ("milk", "bread") if number % 2 else ("bread", "milk")
        receipt_receive(
            receipt_id=receipts[number].pk, goods=[hall.goods(name, 4) for name in names for _ in range(4)]
        )
        receipt_close(receipt_id=receipts[number].pk)

    assert race(work, threads=6) == []

    assert hall.stock("milk") == hall.stock("bread") == 50
    received, rejected = hall.ordered(order, "milk")
    assert received - rejected == 50
    hall.verify()


def test_closing_and_receiving_at_once_end_in_one_order_or_the_other() -> None:
    hall = gate("milk")
    for _ in range(5):
        asn = hall.asn({"milk": 10})
        receipt = hall.receipt(asn_id=asn.pk)
        before = hall.stock("milk")

        def work(number: int, receipt: Receipt = receipt) -> None:
            if number == 0:
                receipt_close(receipt_id=receipt.pk)
            else:
                hall.receive(receipt, "milk", 1)

        errors = race(work, threads=6)

        assert all(isinstance(error, ReceiptStateConflict) for error in errors)
        taken = 5 - len(errors)
        assert hall.stock("milk") - before == taken
        assert hall.found(receipt).get("short", 0) == 10 - taken
        asn.refresh_from_db()
        assert asn.state == AsnState.RECEIVED
        hall.verify()


def test_one_scan_sent_by_many_is_booked_once_and_taken_back_once() -> None:
    hall = gate("milk")
    receipt = hall.receipt()
    scan_id = uuid4()
    answers: list[ReceiveResult] = []

    assert race(lambda _: answers.append(hall.receive(receipt, "milk", 5, scan_id=scan_id)), threads=8) == []
    assert hall.stock("milk") == 5
    assert sorted(one.repeated for one in answers) == [False] + [True] * 7

    backs: list[int] = []
    assert (
        race(lambda _: backs.append(receipt_undo(receipt_id=receipt.pk, scan_ids=[scan_id])), threads=8) == []
    )
    assert sorted(backs) == [0] * 7 + [1]
    assert hall.stock("milk") == 0
    hall.verify()


def test_cancelling_and_receiving_at_once_leave_nothing_behind() -> None:
    hall = gate("milk")
    receipt = hall.receipt(asn_id=hall.asn({"milk": 100}).pk)

    def work(number: int) -> None:
        if number == 3:
            receipt_cancel(receipt_id=receipt.pk)
        else:
            hall.receive(receipt, "milk", 2)

    errors = race(work, threads=8)
    assert all(isinstance(error, ReceiptStateConflict) for error in errors)
    assert hall.stock("milk") == 0
    assert not ReceiptLine.objects.filter(receipt=receipt, undone_at=None).exists()
    hall.verify()


def test_one_serial_comes_in_once() -> None:
    hall = gate()
    hall.sku("phone", is_serial_tracked=True)
    receipts = [hall.receipt() for _ in range(6)]
    answers: list[ReceiveResult] = []

    errors = race(
        lambda number: answers.append(hall.receive(receipts[number], "phone", 1, serials=("SN-1",))),
        threads=6,
    )

    assert all(isinstance(error, PostingInvalid) for error in errors)
    assert sum(one.ok for one in answers) == 1
    assert all(one.ok or one.code == "serial_known" for one in answers)
    assert Serial.objects.count() == hall.stock("phone") == 1
    hall.verify()


def test_one_dock_at_one_time_is_booked_once() -> None:
    hall = gate("milk")
    dock = hall.dock(opens=0, closes=23)
    start = clock.now().replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=2)

    errors = race(
        lambda number: appointment_book(
            appointment=AppointmentIn(
                hall.warehouse.pk, dock.pk, start + timedelta(minutes=number), minutes=30
            )
        ),
        threads=8,
    )

    assert len(errors) == 7
    assert all(isinstance(error, SlotTaken) for error in errors)
    assert Appointment.objects.count() == 1


def test_the_last_places_of_a_day_are_given_once() -> None:
    hall = gate("milk")
    docks = [hall.dock(f"D{number}", opens=0, closes=23) for number in range(6)]
    dock_policy_save(warehouse_id=hall.warehouse.pk, values={"daily_appointments": 2})
    start = clock.now().replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=2)

    errors = race(
        lambda number: appointment_book(
            appointment=AppointmentIn(hall.warehouse.pk, docks[number].pk, start, minutes=30)
        ),
        threads=6,
    )

    assert [type(error) for error in errors] == [DayFull] * 4
    assert Appointment.objects.count() == 2


def test_one_truck_stands_at_a_dock() -> None:
    hall = gate("milk")
    dock = hall.dock()
    trucks = [truck_arrive(warehouse_id=hall.warehouse.pk) for _ in range(6)]
    errors = race(
        lambda number: appointment_dock(appointment_id=trucks[number].pk, dock_id=dock.pk), threads=6
    )
    assert [type(error) for error in errors] == [DockOccupied] * 5
    assert Appointment.objects.filter(state="docked").count() == 1


def test_one_delivery_announced_by_many_is_one_and_opened_under_one_key_is_one() -> None:
    hall = gate("milk")
    asn = AsnIn(
        hall.warehouse.pk, hall.owner.pk, (AsnLineIn(hall.sku("milk").pk, 5),), hall.supplier.pk,
        external_number="DN-1",
    )  # fmt: skip
    assert race(lambda _: asn_create(asn=asn), threads=8) == []
    found = Asn.objects.get()
    assert race(lambda _: receipt_open(receipt=ReceiptIn(asn_id=found.pk, key="truck")), threads=8) == []
    assert Receipt.objects.count() == 1


def test_no_carton_number_is_drawn_twice() -> None:
    hall = gate("milk")
    sscc_prefix_save(owner_id=None, company_prefix="0614141", extension=0)
    drawn: list[str] = []
    assert race(lambda _: drawn.extend(ssccs_draw(owner_id=hall.owner.pk, count=20)), threads=8) == []
    assert len(set(drawn)) == 160
