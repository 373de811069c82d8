"""Serial numbers that suppliers announce: what is refused, and what a receiver is told of others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import ApiClient, api_client
from tests.factories.floor import Handheld
from tests.factories.receiving import Gate, gate

from hecang.inbound.errors_receiving import AsnInvalid
from hecang.inbound.imports import AsnImporter
from hecang.inbound.models import Asn, AsnLine, Discrepancy, ReceivingPolicy
from hecang.inbound.services.announcing import AsnLineIn, asn_cancel
from hecang.inbound.services.links import link_make
from hecang.inbound.services.sscc_numbers import sscc_prefix_save
from hecang.kernel import clock
from hecang.kernel.imports import Group, ImportContext, RawRow, StagedRow
from hecang.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db


def phones(*more: str) -> Gate:
    """A gate with phones, which are kept by serial."""
    hall = gate(*more)
    hall.sku("phone", is_serial_tracked=True)
    return hall


def announced(hall: Gate, *lists: Sequence[str], quantity: int = 0, **fields: str) -> Asn:
    """An announcement of phones with a line for each list of numbers."""
    sku = hall.sku("phone").pk
    lines = [AsnLineIn(sku, quantity or len(one), serials=tuple(one)) for one in lists]
    return hall.asn({}, lines=lines, **fields)


def faults(hall: Gate, *lists: Sequence[str], quantity: int = 0) -> list[tuple[str | None, str]]:
    with pytest.raises(AsnInvalid) as caught:
        announced(hall, *lists, quantity=quantity)
    return [(one.loc, one.code) for one in caught.value.problems]


def rule(hall: Gate, action: str) -> None:
    ReceivingPolicy.objects.create(
        owner=hall.owner, unannounced_action=action, updated_by="test", updated_at=clock.now()
    )


class TestAnnouncing:
    def test_there_are_as_many_numbers_as_units_or_none(self) -> None:
        hall = phones()
        assert faults(hall, ["S1", "S2"], quantity=3) == [("lines.0.serials", "serials_count")]
        assert faults(hall, ["S1", "S2"], quantity=1) == [("lines.0.serials", "serials_count")]

        assert announced(hall, [" S1 ", "S2", ""], quantity=2).lines.get().serials == ["S1", "S2"]
        assert hall.asn({"phone": 7}).lines.get().serials == []

    def test_each_number_is_named_once_and_the_row_that_repeats_it_is_told(self) -> None:
        assert faults(phones(), ["S1", "S2", "S1"], ["S3", "S2"]) == [
            ("lines.0.serials.2", "serial_twice"),
            ("lines.1.serials.1", "serial_twice"),
        ]

    def test_numbers_in_the_house_or_on_another_announcement_are_refused(self) -> None:
        hall = phones()
        assert hall.receive(hall.receipt(), "phone", 1, serials=("S1",)).ok
        other = announced(hall, ["S2"])

        assert faults(hall, ["S1", "S2", "S3"]) == [
            ("lines.0.serials.0", "serial_known"),
            ("lines.0.serials.1", "serial_announced"),
        ]

        asn_cancel(asn_id=other.pk)
        assert announced(hall, ["S2", "S3"]).unit_count == 2

    def test_an_announcement_that_is_sent_again_is_answered_even_when_its_units_have_come(self) -> None:
        hall = phones()
        first = announced(hall, ["S1"], external_number="DN-1")
        assert announced(hall, ["S1"], external_number="DN-1") == first
        assert hall.receive(hall.receipt(asn_id=first.pk), "phone", 1, serials=("S1",)).ok
        assert announced(hall, ["S1"], external_number="DN-1") == first

    def test_a_mixed_up_list_names_its_first_wrong_numbers_only(self) -> None:
        assert len(faults(phones(), ["S"] * 500)) == 20

    def test_the_number_of_statements_does_not_grow_with_numbers(self) -> None:
        hall = phones()
        announced(hall, ["warm"])

        def count(name: str, units: int) -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                announced(hall, [f"{name}{n}" for n in range(units)], [f"{name}x{n}" for n in range(units)])
            return len(queries)

        assert count("A", 10) == count("B", 100)


class TestThePage:
    def visit(self, hall: Gate) -> tuple[ApiClient, str, int]:
        """(browser, address, the order's line of ten phones)."""
        order = hall.order({"phone": 10})
        PurchaseOrder.objects.filter(pk=order.pk).update(sent_revision=0)
        made = link_make(warehouse_id=hall.warehouse.pk, owner_id=hall.owner.pk, supplier_id=hall.supplier.pk)
        return ApiClient(), f"/inbound-page/{made.address.rsplit('/', 1)[1]}", order.lines.get().pk

    def test_a_supplier_names_the_numbers_and_they_are_packed_in_their_order(self) -> None:
        hall = phones()
        sscc_prefix_save(owner_id=None, company_prefix="0614141", extension=0)
        them, address, line = self.visit(hall)
        assert [one["has_serial"] for one in them.get(address).json()["lines"]] == [True]

        numbers = [f"S{n}" for n in range(5)]
        told = them.post(
            f"{address}/asns",
            {"lines": [{"line_id": line, "quantity": 5, "cartons": 2, "serials": numbers}]},
        )

        assert told.status_code == 201, told.content
        assert list(AsnLine.objects.order_by("number").values_list("quantity", "serials")) == [
            (3, ["S0", "S1", "S2"]),
            (2, ["S3", "S4"]),
        ]
        one = api_client().get(f"/asns/{told.json()['id']}").json()
        assert [line["serials"] for line in one["lines"]] == [["S0", "S1", "S2"], ["S3", "S4"]]

    def test_what_is_wrong_is_told_by_the_lines_of_the_page(self) -> None:
        hall = phones()
        sscc_prefix_save(owner_id=None, company_prefix="0614141", extension=0)
        them, address, line = self.visit(hall)
        assert hall.receive(hall.receipt(), "phone", 1, serials=("OLD",)).ok

        def refused(**fields: object) -> list[tuple[str, str]]:
            answer = them.post(
                f"{address}/asns", {"lines": [{"line_id": line, "quantity": 4, "cartons": 2, **fields}]}
            )
            assert answer.status_code == 422, answer.content
            return [(one["loc"], one["code"]) for one in answer.json()["errors"]]

        assert refused(serials=["A", "B", "C"]) == [("lines.0.serials", "serials_count")]
        assert refused(serials=["A", "B", "OLD", "A"]) == [
            ("lines.0.serials.2", "serial_known"),
            ("lines.0.serials.3", "serial_twice"),
        ]
        assert not Asn.objects.exists()


class TestAFile:
    def test_a_cell_holds_the_numbers_and_wrong_ones_are_told_at_their_row(self) -> None:
        hall = phones("milk")
        importer = AsnImporter(ImportContext(1, "asns.csv"))
        place = {"warehouse": hall.warehouse.code, "owner": hall.owner.code, "supplier": hall.supplier.code}
        groups: dict[str, list[StagedRow]] = {}
        for number, values in enumerate(
            (
                {"number": "DN-1", "sku": "phone", "quantity": "3", "serials": "A1, A2；A3"},
                {"number": "DN-1", "sku": "milk", "quantity": "3"},
                {"number": "DN-2", "sku": "milk", "quantity": "1"},
                {"number": "DN-2", "sku": "phone", "quantity": "2", "serials": "B1 B1"},
            ),
            start=2,
        ):
            row = RawRow(number, {**place, **values})
            groups.setdefault(importer.group_by(row), []).append(StagedRow(number, importer.parse(row)))
            assert row.problems == []
        staged = [Group(key, tuple(found)) for key, found in groups.items()]

        findings = list(importer.check(staged))
        importer.apply(staged)

        assert [(one.code, one.row, one.field) for one in findings] == [("serial_twice", 5, "serials")]
        assert Asn.objects.get().lines.get(number=1).serials == ["A1", "A2", "A3"]

    def test_a_number_that_is_too_long_is_told(self) -> None:
        importer = AsnImporter(ImportContext(1, "asns.csv"))
        row = RawRow(
            2,
            {"number": "1", "warehouse": "W", "owner": "O", "sku": "S", "quantity": "1", "serials": "x" * 65},
        )
        importer.parse(row)
        assert [(one.field, one.code) for one in row.problems] == [("serials", "too_long")]


class TestReceiving:
    def test_announced_numbers_come_in_without_a_word(self) -> None:
        hall = phones()
        asn = announced(hall, ["S1", "S2"], ["S3"])
        receipt = hall.receipt(asn_id=asn.pk)

        assert hall.receive(receipt, "phone", 1, serials=("S3",)).found == {}
        assert hall.receive(receipt, "phone", 2, serials=("S2", "S1")).found == {}

        assert list(asn.lines.order_by("number").values_list("received", flat=True)) == [2, 1]
        assert hall.found(receipt) == {}
        hall.verify()

    def test_another_number_is_taken_and_somebody_has_to_decide(self) -> None:
        hall = phones()
        asn = announced(hall, ["S1", "S2", "S3"])
        receipt = hall.receipt(asn_id=asn.pk)

        result = hall.receive(receipt, "phone", 3, serials=("S1", "S9", "S2"))

        assert (result.ok, result.booked, dict(result.found)) == (True, 3, {"unannounced": 1})
        found = Discrepancy.objects.get()
        assert found.detail["serials"] == ["S9"]
        assert found.receipt_line is not None
        assert found.receipt_line.serials == ["S9"]
        assert asn.lines.get().received == 3
        hall.verify()

    def test_a_strict_house_leaves_it_at_the_door_and_still_waits_for_the_other(self) -> None:
        hall = phones()
        rule(hall, "refuse")
        asn = announced(hall, ["S1", "S2"])
        receipt = hall.receipt(asn_id=asn.pk)

        result = hall.receive(receipt, "phone", 2, serials=("S9", "S1"))

        assert (result.booked, result.left_out) == (1, 1)
        assert hall.stock("phone") == 1
        assert asn.lines.get().received == 1
        assert hall.receive(receipt, "phone", 1, serials=("S2",)).found == {}
        hall.verify()

    def test_a_careful_one_takes_it_into_quarantine(self) -> None:
        hall = phones()
        rule(hall, "quarantine")
        receipt = hall.receipt(asn_id=announced(hall, ["S1", "S2"]).pk)

        result = hall.receive(receipt, "phone", 2, serials=("S9", "S1"))

        assert dict(result.conditions) == {"good": 1, "quarantine": 1}
        assert hall.stock("phone", condition="quarantine") == 1
        hall.verify()

    def test_of_too_many_units_the_strange_ones_are_those_beyond(self) -> None:
        hall = phones()
        receipt = hall.receipt(asn_id=announced(hall, ["S1"]).pk)

        result = hall.receive(receipt, "phone", 2, serials=("S9", "S1"))

        assert (result.booked, result.left_out, dict(result.found)) == (1, 1, {"over": 1})
        assert [line.serials for line in hall.lines(receipt)] == [["S1"], ["S9"]]

    def test_lines_without_numbers_take_any(self) -> None:
        hall = phones()
        asn = hall.asn({"phone": 1}, lines=[AsnLineIn(hall.sku("phone").pk, 1, serials=("S1",))])
        receipt = hall.receipt(asn_id=asn.pk)

        assert hall.receive(receipt, "phone", 1, serials=("S1",)).found == {}
        assert hall.receive(receipt, "phone", 1, serials=("S7",)).found == {}


class TestTheHandheld:
    def test_the_receiver_sees_what_is_announced_and_hears_what_is_not(self) -> None:
        hall = phones()
        asn = announced(hall, [f"S{n}" for n in range(1, 8)])
        pda = Handheld(hall.warehouse).begin("receive")

        pda.scan(asn.number).scan("phone").expect("serials", Announced_numbers="S1, S2, S3, S4, S5 … (+2)")
        pda.give("serial", "S2").expect("serials", Announced_numbers="S1, S3, S4, S5, S6 … (+1)")
        assert pda.step["tone"] == "good"
        pda.give("serial", "S9")
        assert (pda.said, pda.step["tone"]) == ("Serial S9 was not announced", "warn")
        pda.give("enough").expect("goods")
        assert pda.step["tone"] == "warn"
        pda.scan("phone").expect("serials", Announced_numbers="S1, S3, S4, S5, S6 … (+1)")

    def test_blind_receiving_shows_nothing_of_it(self) -> None:
        hall = phones()
        asn = announced(hall, ["S1"])
        hall.receipt(asn_id=asn.pk, is_blind=True)
        pda = Handheld(hall.warehouse).begin("receive")

        pda.scan(asn.number).scan("phone").expect("serials")

        assert "S1" not in str(pda.step)
        pda.give("serial", "S9")
        assert pda.step["tone"] == "good"
