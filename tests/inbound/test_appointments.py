"""Docks and appointments: hours, free times, limits, the gate, and how long trucks waited."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.factories.accounts import api_client
from tests.factories.receiving import Gate, gate

from hecang.inbound.errors_receiving import (
    AppointmentStateConflict,
    DayFull,
    DockInvalid,
    DockOccupied,
    SlotInvalid,
    SlotTaken,
)
from hecang.inbound.models import Appointment, Asn, Dock
from hecang.inbound.selectors.dock_times import dock_times
from hecang.inbound.selectors.receiving_detail import appointment_detail
from hecang.inbound.selectors.slots import slots_find
from hecang.inbound.services.appointments import (
    AppointmentIn,
    appointment_arrive,
    appointment_book,
    appointment_cancel,
    appointment_dock,
    appointment_leave,
    appointment_move,
    appointments_expire,
    truck_arrive,
)
from hecang.inbound.services.docks import DockIn, HoursIn, dock_policy_save, dock_save
from hecang.inbound.slots import DockDay, Rates, free_slots
from hecang.kernel import clock
from hecang.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
#: A Monday, eight in the morning in Shanghai.
NOW = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
DAY = date(2026, 3, 3)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def book(hall: Gate, dock: Dock, start: datetime, **fields: object) -> Appointment:
    return appointment_book(
        appointment=AppointmentIn(hall.warehouse.pk, dock.pk, start, **{"minutes": 60, **fields})  # type: ignore[arg-type]
    )


@pytest.fixture(autouse=True)
def _now() -> object:
    with clock.at(NOW):
        yield


class TestArithmetic:
    def test_how_long_a_truck_takes_follows_from_what_it_brings(self) -> None:
        rates = Rates()
        assert rates.minutes() == 15
        assert rates.minutes(pallets=20, lines=5) == 90  # 15 + 60 + 5, in steps of 15
        assert rates.minutes(pallets=2, cartons=60) == 45  # cartons take longer than their pallets
        assert rates.minutes(pallets=500) == 240

    def test_free_times_are_opening_hours_less_what_is_taken(self) -> None:
        dock = DockDay(1, "D1", {2: [(time(8), time(10)), (time(13), time(14))]}, [(at(8, 30), at(9))])
        found = free_slots([dock], day=DAY, zone=ZONE, minutes=30, step=15, not_before=at(0))
        assert [f"{slot.start:%H:%M}" for slot in found] == [
            "08:00",
            "09:00",
            "09:15",
            "09:30",
            "13:00",
            "13:15",
            "13:30",
        ]
        late = free_slots([dock], day=DAY, zone=ZONE, minutes=60, step=15, not_before=at(12))
        assert [f"{slot.start:%H:%M}" for slot in late] == ["13:00"]


class TestBooking:
    def test_two_trucks_never_have_one_dock_at_one_time(self) -> None:
        hall = gate("milk")
        dock, other = hall.dock("D1"), hall.dock("D2")
        first = book(hall, dock, at(9))
        with pytest.raises(SlotTaken):
            book(hall, dock, at(9, 30))
        book(hall, other, at(9, 30))
        book(hall, dock, at(10))  # the end is outside
        appointment_cancel(appointment_id=first.pk)
        assert book(hall, dock, at(9))

    def test_a_closure_takes_the_dock_as_a_truck_does(self) -> None:
        hall = gate("milk")
        dock = hall.dock()
        book(hall, dock, at(8), kind="closure", minutes=600)
        with pytest.raises(SlotTaken):
            book(hall, dock, at(12))

    @pytest.mark.parametrize(
        ("start", "minutes"),
        [(at(7, 30), 60), (at(17, 30), 60), (at(9, day=date(2026, 3, 1)), 60), (at(9), 300)],
    )
    def test_only_within_opening_hours_not_in_the_past_and_not_too_long(
        self, start: datetime, minutes: int
    ) -> None:
        hall = gate("milk")
        with pytest.raises(SlotInvalid):
            book(hall, hall.dock(), start, minutes=minutes)

    def test_partners_book_neither_at_short_notice_nor_far_ahead(self) -> None:
        hall = gate("milk")
        dock = hall.dock()
        with pytest.raises(SlotInvalid):
            book(hall, dock, at(9, day=date(2026, 3, 2)), by_partner=True)
        with pytest.raises(SlotInvalid):
            book(hall, dock, at(9, day=date(2026, 5, 2)), by_partner=True)
        assert book(hall, dock, at(9), by_partner=True)

    def test_a_day_takes_so_many_pallets_and_no_more(self) -> None:
        hall = gate("milk")
        dock = hall.dock()
        dock_policy_save(warehouse_id=hall.warehouse.pk, values={"daily_pallets": 30})
        book(hall, dock, at(9), pallet_count=20)
        with pytest.raises(DayFull):
            book(hall, dock, at(11), pallet_count=11)
        assert slots_find(warehouse_id=hall.warehouse.pk, days=[DAY], pallets=11)[1] == []
        assert book(hall, dock, at(11), pallet_count=10)
        other_day = book(hall, dock, at(9, day=date(2026, 3, 4)), pallet_count=5)
        with pytest.raises(DayFull):
            appointment_move(appointment_id=other_day.pk, dock_id=dock.pk, start=at(13))

    def test_content_and_supplier_come_from_the_announcements(self) -> None:
        hall = gate("milk")
        asn = hall.asn({"milk": 500}, pallet_count=20)
        row = appointment_book(
            appointment=AppointmentIn(
                hall.warehouse.pk, hall.dock().pk, at(9), asn_ids=(asn.pk,), driver_name="李师傅",
                driver_phone="13900000000",
            )
        )  # fmt: skip
        assert (row.pallet_count, row.unit_count, row.supplier_id) == (20, 500, hall.supplier.pk)
        assert row.during.upper - row.during.lower == timedelta(minutes=90)
        assert Asn.objects.get(pk=asn.pk).appointment_id == row.pk
        assert b"13900000000" not in bytes(row.driver_cipher or b"")
        assert appointment_detail(SYSTEM, row.pk)["driver"]["phone"] == "13900000000"

    def test_it_moves_to_another_time_while_it_stands(self) -> None:
        hall = gate("milk")
        dock = hall.dock()
        row = book(hall, dock, at(9))
        assert appointment_move(appointment_id=row.pk, dock_id=dock.pk, start=at(9, 30)).during.lower == at(
            9, 30
        )
        appointment_cancel(appointment_id=row.pk)
        with pytest.raises(AppointmentStateConflict):
            appointment_move(appointment_id=row.pk, dock_id=dock.pk, start=at(11))


class TestGate:
    def test_waiting_and_unloading_are_measured(self) -> None:
        hall = gate("milk")
        dock = hall.dock()
        row = book(hall, dock, at(9), supplier_id=hall.supplier.pk)
        with clock.at(at(9, 20)):
            appointment_arrive(appointment_id=row.pk)
        with clock.at(at(10)):
            appointment_dock(appointment_id=row.pk)
            appointment_dock(appointment_id=row.pk)  # again
        with clock.at(at(10, 45)):
            appointment_leave(appointment_id=row.pk)
        figures = dock_times(SYSTEM, start=at(0), end=at(23))
        day = figures["by_day"][0]
        assert (day["key"], day["arrived"], day["late"], day["waiting_seconds"], day["unloading_seconds"]) == (
            "2026-03-03", 1, 1, 40 * 60, 45 * 60,
        )  # fmt: skip
        assert figures["by_partner"][0]["key"] == hall.supplier.name

    def test_one_truck_stands_at_a_dock_and_the_next_waits(self) -> None:
        hall = gate("milk")
        dock = hall.dock()
        one, two = (
            truck_arrive(warehouse_id=hall.warehouse.pk, plate="沪a 1"),
            truck_arrive(warehouse_id=hall.warehouse.pk),
        )
        assert one.plate == "沪A1"
        appointment_dock(appointment_id=one.pk, dock_id=dock.pk)
        with pytest.raises(DockOccupied):
            appointment_dock(appointment_id=two.pk, dock_id=dock.pk)
        appointment_leave(appointment_id=one.pk)
        assert appointment_dock(appointment_id=two.pk, dock_id=dock.pk).state == "docked"

    def test_who_does_not_come_frees_the_dock_and_may_come_late(self) -> None:
        hall = gate("milk")
        dock = hall.dock()
        row = book(hall, dock, at(9))
        with clock.at(at(10, 59)):
            assert appointments_expire() == 0
        with clock.at(at(11, 1)):
            assert appointments_expire() == 1
            other = book(hall, dock, at(11))
            late = appointment_arrive(appointment_id=row.pk)
        assert (late.state, late.during) == ("arrived", None)
        assert other.state == "booked"


def test_docks_are_kept_with_their_hours() -> None:
    hall = gate("milk")
    nine, ten, eleven = time(9), time(10), time(11)
    dock_id = dock_save(
        warehouse_id=hall.warehouse.pk,
        dock=DockIn(
            "D7", location_id=hall.at("DOCK-1").pk, hours=(HoursIn(1, nine, ten), HoursIn(1, ten, eleven))
        ),
    )
    with pytest.raises(DockInvalid):
        dock_save(warehouse_id=hall.warehouse.pk, dock=DockIn("D7"))
    with pytest.raises(DockInvalid):
        dock_save(warehouse_id=hall.warehouse.pk, dock=DockIn("D8", location_id=hall.at("A01-01-1").pk))
    with pytest.raises(DockInvalid):
        dock_save(
            warehouse_id=hall.warehouse.pk,
            dock=DockIn("D8", hours=(HoursIn(1, nine, eleven), HoursIn(1, ten, eleven))),
        )
    client = api_client()
    day = client.get(f"/warehouses/{hall.warehouse.pk}/dock-day?day=2026-03-02").json()
    assert [one["code"] for one in day["docks"]] == ["D7"]
    assert len(day["docks"][0]["hours"]) == 2
    slots = client.get(f"/warehouses/{hall.warehouse.pk}/dock-slots?day=2026-03-02&pallets=5").json()
    assert slots["minutes"] == 30
    assert {one["dock_id"] for one in slots["items"]} == {dock_id}
