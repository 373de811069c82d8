"""Receiving: what is booked, what stays at the door, what is answered once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.goods_in import plan
from tests.factories.receiving import Gate, gate

from hecang.inbound.door import GoodsIn
from hecang.inbound.errors_receiving import ReceiptLineGone, ReceiptStateConflict, UnannouncedRefused
from hecang.inbound.models import AsnState, Discrepancy, Receipt, ReceivingPolicy
from hecang.inbound.services.announcing import AsnContainerIn, AsnLineIn
from hecang.inbound.services.receipts import receipt_cancel, receipt_close
from hecang.inbound.services.receiving import receipt_receive
from hecang.inbound.services.undoing import receipt_undo
from hecang.inventory.models import Container, Lot, Movement, Serial
from hecang.inventory.services import PostingIn, hold_place, stock_post
from hecang.kernel import clock

pytestmark = pytest.mark.django_db


def rule(**fields: object) -> None:
    ReceivingPolicy.objects.create(updated_by="test", updated_at=clock.now(), **fields)


class TestBooking:
    def test_goods_are_in_the_ledger_at_once_from_the_supplier_to_the_dock(self) -> None:
        # Given an announcement of 100 milk
        hall = gate("milk")
        asn = hall.asn({"milk": 100})
        receipt = hall.receipt(asn_id=asn.pk)

        answer = hall.receive(receipt, "milk", 60)

        assert (answer.ok, answer.booked, answer.left_out, dict(answer.found)) == (True, 60, 0, {})
        assert hall.stock("milk") == 60
        movement = Movement.objects.get()
        assert (movement.reason, movement.source_kind, movement.source_id) == (
            "receipt",
            "receipt",
            receipt.pk,
        )
        assert movement.from_location.code == "V-SUPPLIER"
        asn.refresh_from_db()
        assert (asn.state, asn.received_units) == (AsnState.RECEIVING, 60)
        hall.verify()

    def test_a_repeated_scan_is_answered_and_changes_nothing(self) -> None:
        hall = gate("milk")
        receipt = hall.receipt()
        scan_id = uuid4()
        first = hall.receive(receipt, "milk", 5, scan_id=scan_id)

        again = hall.receive(receipt, "milk", 5, scan_id=scan_id)

        assert again.repeated
        assert (again.booked, again.line_ids) == (first.booked, first.line_ids)
        assert hall.stock("milk") == 5
        other = hall.receive(receipt, "milk", 6, scan_id=scan_id)
        assert (other.ok, other.code) == (False, "scan_id_reused")

    def test_a_lot_is_made_of_what_was_scanned_and_of_the_date_where_none_is_named(self) -> None:
        hall = gate()
        hall.sku("yoghurt", is_expiry_tracked=True, shelf_life_days=30)
        receipt = hall.receipt()
        today = clock.today()

        hall.receive(receipt, "yoghurt", 3, lot_code="L1", produced_on=today)
        hall.receive(receipt, "yoghurt", 4, expires_on=today + timedelta(days=20))

        lots = {lot.code: lot.expires_on for lot in Lot.objects.all()}
        assert lots == {
            "L1": today + timedelta(days=30),
            f"{today + timedelta(days=20):%Y%m%d}": today + timedelta(days=20),
        }
        refused = hall.receive(receipt, "yoghurt", 1, lot_code="L1", expires_on=today + timedelta(days=9))
        assert refused.code == "lot_differs"
        assert hall.receive(receipt, "yoghurt", 1, lot_code="L9").code == "expiry_missing"
        assert hall.receive(receipt, "yoghurt", 1).code == "lot_missing"

    def test_serials_are_scanned_one_for_each_unit_and_belong_to_one_for_ever(self) -> None:
        hall = gate()
        hall.sku("phone", is_serial_tracked=True)
        receipt = hall.receipt()

        assert hall.receive(receipt, "phone", 2, serials=("S1",)).code == "serials_missing"
        assert hall.receive(receipt, "phone", 2, serials=("S1", "S1")).code == "serial_twice"
        assert hall.receive(receipt, "phone", 2, serials=("S1", "S2")).ok
        assert hall.receive(receipt, "phone", 1, serials=("S2",)).code == "serial_known"

        assert sorted(Serial.objects.values_list("number", flat=True)) == ["S1", "S2"]
        hall.verify()

    def test_a_carton_with_an_sscc_becomes_a_container_that_stands_here(self) -> None:
        hall = gate("milk")
        receipt = hall.receipt()

        assert hall.receive(receipt, "milk", 10, container_code="(00)006141411234567890").ok
        assert hall.receive(receipt, "milk", 5, container_code="006141411234567890").ok
        assert (
            hall.receive(receipt, "milk", 5, container_code="006141411234567891").code == "container_unusable"
        )

        box = Container.objects.get()
        assert (box.code, box.location) == ("006141411234567890", hall.at("DOCK-1"))
        assert hall.stock("milk", container=box) == 15
        hall.verify()

    def test_units_fill_the_lines_of_their_container_first(self) -> None:
        # Given two cartons of the same SKU in one announcement
        hall = gate("milk")
        milk = hall.sku("milk").pk
        asn = hall.asn(
            {},
            containers=[AsnContainerIn("006141411234567890"), AsnContainerIn("BOX-2")],
            lines=[
                AsnLineIn(milk, 10, container="006141411234567890"),
                AsnLineIn(milk, 20, container="BOX-2"),
            ],
        )
        receipt = hall.receipt(asn_id=asn.pk)

        hall.receive(receipt, "milk", 20, container_code="box-2")

        assert list(asn.lines.order_by("number").values_list("received", flat=True)) == [0, 20]
        assert asn.containers.get(code="BOX-2").arrived_at is not None
        # One carton holds more than its line, so that the rest of the scan goes to the other line.
        hall.receive(receipt, "milk", 10)
        assert list(asn.lines.order_by("number").values_list("received", flat=True)) == [10, 20]


class TestAtTheDoor:
    @pytest.fixture
    def hall(self) -> Gate:
        hall = gate("milk")
        hall.sku("yoghurt", is_expiry_tracked=True, shelf_life_days=90, min_remaining_days=10)
        return hall

    def test_expired_goods_stay_outside(self, hall: Gate) -> None:
        receipt = hall.receipt()

        answer = hall.receive(
            receipt, "yoghurt", 8, lot_code="OLD", expires_on=clock.today() - timedelta(days=1)
        )

        assert (answer.ok, answer.code, answer.booked, answer.left_out) == (True, "left_at_the_door", 0, 8)
        assert hall.found(receipt) == {"expired": 8}
        assert not Lot.objects.exists()
        assert not Movement.objects.exists()

    def test_too_little_life_left_is_judged_by_the_stricter_of_sku_and_rule(self, hall: Gate) -> None:
        receipt = hall.receipt()
        soon = clock.today() + timedelta(days=9)
        later = clock.today() + timedelta(days=29)
        assert hall.receive(receipt, "yoghurt", 1, lot_code="A", expires_on=soon).left_out == 1
        assert hall.receive(receipt, "yoghurt", 1, lot_code="B", expires_on=later).booked == 1
        # A third of 90 days must remain
        rule(sku=hall.sku("yoghurt"), min_life_percent=33, short_life_action="quarantine")

        answer = hall.receive(receipt, "yoghurt", 4, lot_code="C", expires_on=later)

        assert dict(answer.conditions) == {"quarantine": 4}
        assert hall.found(receipt) == {"short_life": 5}
        assert hall.stock("yoghurt", condition="quarantine") == 4

    def test_a_held_lot_stays_outside(self, hall: Gate) -> None:
        receipt = hall.receipt()
        day = clock.today() + timedelta(days=60)
        hall.receive(receipt, "yoghurt", 1, lot_code="BAD", expires_on=day)
        hold_place(kind="lot", reason="recall", lot_id=Lot.objects.get().pk)

        answer = hall.receive(receipt, "yoghurt", 5, lot_code="BAD")

        assert (answer.booked, answer.left_out, dict(answer.found)) == (0, 5, {"held": 5})

    def test_more_than_was_announced_is_taken_within_the_tolerance_only(self, hall: Gate) -> None:
        rule(supplier=hall.supplier, over_percent=10)
        asn = hall.asn({"milk": 100})
        receipt = hall.receipt(asn_id=asn.pk)

        within = hall.receive(receipt, "milk", 105)
        beyond = hall.receive(receipt, "milk", 10)

        assert (within.booked, dict(within.found)) == (105, {})
        assert (beyond.booked, beyond.left_out, dict(beyond.found)) == (5, 5, {"over": 5})
        assert hall.stock("milk") == 110

    def test_what_nobody_announced_is_taken_and_noted_or_left_as_the_rule_says(self, hall: Gate) -> None:
        asn = hall.asn({"yoghurt": 10})
        receipt = hall.receipt(asn_id=asn.pk)
        taken = hall.receive(receipt, "milk", 3)
        rule(sku=hall.sku("milk"), unannounced_action="refuse")
        left = hall.receive(receipt, "milk", 3)

        assert (taken.booked, dict(taken.found)) == (3, {"unannounced": 3})
        assert (left.booked, left.left_out) == (0, 3)

    def test_nothing_comes_in_without_a_document_where_the_rule_wants_one(self, hall: Gate) -> None:
        rule(owner=hall.owner, unannounced_action="refuse")
        with pytest.raises(UnannouncedRefused):
            hall.receipt()
        assert hall.receipt(asn_id=hall.asn({"milk": 1}).pk)

    def test_damaged_goods_are_booked_as_damaged_and_noted(self, hall: Gate) -> None:
        receipt = hall.receipt()
        answer = hall.receive(receipt, "milk", 2, condition="damaged", note="crushed")
        assert dict(answer.conditions) == {"damaged": 2}
        assert Discrepancy.objects.get().note == "crushed"
        hall.verify()

    def test_what_is_open_on_another_receipt_counts_against_the_order(self, hall: Gate) -> None:
        order = hall.order({"milk": 10})
        one, two = hall.receipt(purchase_order_id=order.pk), hall.receipt(purchase_order_id=order.pk)
        assert hall.receive(one, "milk", 8).booked == 8
        answer = hall.receive(two, "milk", 5)
        assert (answer.booked, answer.left_out) == (2, 3)


class TestTakingBack:
    def test_a_scan_is_taken_back_by_a_reverse_entry_while_the_receipt_is_open(self) -> None:
        hall = gate("milk")
        hall.sku("phone", is_serial_tracked=True)
        asn = hall.asn({"milk": 10, "phone": 2})
        receipt = hall.receipt(asn_id=asn.pk)
        milk = hall.receive(receipt, "milk", 12)
        phone = hall.receive(receipt, "phone", 1, serials=("S1",))

        assert receipt_undo(receipt_id=receipt.pk, scan_ids=[milk.scan_id, phone.scan_id]) == 3

        assert hall.stock("milk") == hall.stock("phone") == 0
        asn.refresh_from_db()
        assert (asn.state, asn.received_units) == (AsnState.ANNOUNCED, 0)
        assert hall.found(receipt) == {}
        assert receipt_undo(receipt_id=receipt.pk, scan_ids=[milk.scan_id]) == 0
        # The same unit is scanned again, rightly this time
        assert hall.receive(receipt, "phone", 1, serials=("S1",)).ok
        hall.verify()

    def test_goods_that_went_on_cannot_be_taken_back(self) -> None:
        hall = gate("milk")
        receipt = hall.receipt()
        answer = hall.receive(receipt, "milk", 5)
        stock_post(
            entries=[
                PostingIn(
                    hall.sku("milk").pk,
                    hall.owner.pk,
                    5,
                    hall.at("DOCK-1").pk,
                    hall.at("A01-01-1").pk,
                    "putaway",
                )
            ]
        )
        with pytest.raises(ReceiptLineGone):
            receipt_undo(receipt_id=receipt.pk, scan_ids=[answer.scan_id])
        assert hall.stock("milk", "A01-01-1") == 5

    def test_cancelling_takes_everything_back(self) -> None:
        hall = gate("milk", "bread")
        asn = hall.asn({"milk": 10})
        receipt = hall.receipt(asn_id=asn.pk)
        hall.receive(receipt, "milk", 10)
        hall.receive(receipt, "bread", 1)

        assert receipt_cancel(receipt_id=receipt.pk, reason="wrong truck") == 2
        assert receipt_cancel(receipt_id=receipt.pk) == 0

        assert hall.stock("milk") == hall.stock("bread") == 0
        with pytest.raises(ReceiptStateConflict):
            hall.receive(receipt, "milk", 1)
        with pytest.raises(ReceiptStateConflict):
            receipt_close(receipt_id=receipt.pk)
        hall.verify()


class TestClosing:
    def test_closing_notes_what_is_short_tells_purchasing_and_finishes_the_announcement_once(self) -> None:
        hall = gate("milk", "bread")
        order = hall.order({"milk": 100, "bread": 10})
        asn = hall.asn({"milk": 100, "bread": 10}, purchase_order_id=order.pk)
        receipt = hall.receipt(asn_id=asn.pk)
        hall.receive(receipt, "milk", 90)
        hall.receive(receipt, "bread", 12)

        closed = receipt_close(receipt_id=receipt.pk)
        again = receipt_close(receipt_id=receipt.pk)

        assert dict(closed.found) == {"short": 1, "over": 1}
        assert (closed.units, closed.refused_units, closed.asn_state) == (100, 2, "received")
        assert again.repeated
        assert hall.found(receipt) == {"short": 10, "over": 2}
        assert hall.ordered(order, "milk") == (90, 0)
        assert hall.ordered(order, "bread") == (12, 2)  # two of them refused at the door
        hall.verify()

    def test_what_was_left_at_the_door_is_not_short_as_well(self) -> None:
        hall = gate()
        hall.sku("yoghurt", is_expiry_tracked=True)
        asn = hall.asn({"yoghurt": 10})
        receipt = hall.receipt(asn_id=asn.pk)
        hall.receive(receipt, "yoghurt", 4, lot_code="X", expires_on=clock.today() - timedelta(days=3))
        receipt_close(receipt_id=receipt.pk)
        assert hall.found(receipt) == {"expired": 4, "short": 6}

    def test_the_rest_may_come_with_another_truck(self) -> None:
        hall = gate("milk")
        asn = hall.asn({"milk": 10})
        first = hall.receipt(asn_id=asn.pk)
        hall.receive(first, "milk", 4)
        receipt_close(receipt_id=first.pk, more_comes=True)
        asn.refresh_from_db()
        assert (asn.state, hall.found(first)) == (AsnState.RECEIVING, {})
        second = hall.receipt(asn_id=asn.pk)
        hall.receive(second, "milk", 6)
        assert receipt_close(receipt_id=second.pk).asn_state == "received"
        assert hall.found(second) == {}

    def test_two_receipts_of_one_announcement_are_short_once(self) -> None:
        hall = gate("milk")
        asn = hall.asn({"milk": 10})
        one, two = hall.receipt(asn_id=asn.pk), hall.receipt(asn_id=asn.pk)
        hall.receive(one, "milk", 4)
        assert receipt_close(receipt_id=one.pk).asn_state == "receiving"
        receipt_close(receipt_id=two.pk)
        assert (hall.found(one), hall.found(two)) == ({}, {"short": 6})

    def test_the_same_key_opens_one_receipt(self) -> None:
        hall = gate("milk")
        assert hall.receipt(key="truck-7").pk == hall.receipt(key="truck-7").pk
        assert Receipt.objects.count() == 1

    def test_goods_for_an_order_that_ended_meanwhile_are_unannounced(self) -> None:
        hall = gate("milk")
        order = hall.order({"milk": 10})
        receipt = hall.receipt(purchase_order_id=order.pk)
        hall.receive(receipt, "milk", 10)
        order.state = "closed"
        order.save()

        receipt_close(receipt_id=receipt.pk)

        assert hall.found(receipt) == {"unannounced": 10}
        assert hall.ordered(order, "milk") == (0, 0)


def statements(count: int) -> tuple[int, int, int]:
    """Statements of receiving ``count`` scans of as many SKUs, of their repetition, of closing."""
    names = [f"g{count}-{number}" for number in range(count)]
    hall = gate(*names)
    for name in names[::2]:
        hall.skus[name].is_lot_tracked = True
        hall.skus[name].save()
        plan(sku_id=hall.skus[name].pk)
    asn = hall.asn(dict.fromkeys(names, 5))
    receipt = hall.receipt(asn_id=asn.pk)

    def scans() -> list[GoodsIn]:
        return [
            hall.goods(name, 6, lot_code=f"L{number % 7}", container_code=f"{count}-BOX-{number % 9}")
            for number, name in enumerate(names)
        ]

    goods, again = scans(), scans()
    half = [one.scan_id for one in goods[: count // 2]]
    other = hall.receipt()
    counts = []
    for work in (
        lambda: receipt_receive(receipt_id=receipt.pk, goods=goods),
        lambda: receipt_receive(receipt_id=receipt.pk, goods=goods),
        lambda: receipt_undo(receipt_id=receipt.pk, scan_ids=half),
        lambda: receipt_receive(receipt_id=receipt.pk, goods=again[: count // 2]),
        lambda: receipt_close(receipt_id=receipt.pk),
        lambda: receipt_receive(receipt_id=other.pk, goods=again[count // 2 :]),
        lambda: receipt_cancel(receipt_id=other.pk),
    ):
        with CaptureQueriesContext(connection) as queries:
            work()
        counts.append(len(queries))
    hall.verify()
    return tuple(counts)


def test_the_number_of_statements_does_not_depend_on_the_number_of_scans() -> None:
    statements(4)  # what is asked for once per process
    assert statements(10) == statements(100)
