"""Announcements: taken once, checked whole; numbers of cartons; labels; a page for suppliers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import ApiClient, api_client
from tests.factories.receiving import Gate, gate

from hecang.inbound.errors_receiving import (
    AsnDiffers,
    AsnInvalid,
    AsnStateConflict,
    ContainerAnnounced,
    InboundLinkUnknown,
    SsccPrefixMissing,
)
from hecang.inbound.imports import AsnImporter
from hecang.inbound.logistic_labels import Content, content_elements
from hecang.inbound.models import Asn, AsnContainer
from hecang.inbound.services.announcing import (
    AsnContainerIn,
    AsnIn,
    AsnLineIn,
    asn_cancel,
    asn_change,
    asn_containers_add,
    asns_create,
)
from hecang.inbound.services.labelling import asn_labels
from hecang.inbound.services.links import link_make, link_open, link_revoke
from hecang.inbound.services.sscc_numbers import sscc_prefix_save, ssccs_draw
from hecang.inbound.sscc import is_sscc, sscc_clean, sscc_make
from hecang.kernel import clock
from hecang.kernel.errors import Conflict
from hecang.kernel.imports import Group, ImportContext, RawRow, StagedRow

pytestmark = pytest.mark.django_db
PREFIX = "0614141"


class TestTaking:
    def test_the_same_number_again_is_the_same_announcement(self) -> None:
        hall = gate("milk")
        first = hall.asn({"milk": 10}, external_number="DN-1")
        assert hall.asn({"milk": 10}, external_number="DN-1").pk == first.pk
        with pytest.raises(AsnDiffers):
            hall.asn({"milk": 11}, external_number="DN-1")
        assert Asn.objects.count() == 1

    def test_what_was_cancelled_is_announced_anew_under_its_number(self) -> None:
        hall = gate("milk")
        first = hall.asn({"milk": 10}, external_number="DN-1")
        asn_cancel(asn_id=first.pk)

        second = hall.asn({"milk": 11}, external_number="DN-1")

        assert (second.pk != first.pk, second.state) == (True, "announced")
        assert hall.asn({"milk": 11}, external_number="DN-1").pk == second.pk
        with pytest.raises(AsnDiffers):
            hall.asn({"milk": 10}, external_number="DN-1")
        asn_cancel(asn_id=second.pk)
        assert hall.asn({"milk": 10}, external_number="DN-1").pk not in {first.pk, second.pk}

    def test_all_that_is_wrong_is_named_and_nothing_is_taken(self) -> None:
        hall = gate("milk")
        with pytest.raises(AsnInvalid) as caught:
            hall.asn(
                {"milk": 0},
                lines=[
                    AsnLineIn(999_999, 1),
                    AsnLineIn(hall.sku("milk").pk, 1, container="NOWHERE", serials=("a", "b")),
                ],
                containers=[AsnContainerIn("006141411234567891")],
            )
        assert [(one.loc, one.code) for one in caught.value.problems] == [
            ("containers.0.code", "sscc_invalid"),
            ("lines.0.quantity", "quantity_not_positive"),
            ("lines.1.sku", "unknown_sku"),
            ("lines.2.serials", "serials_wrong"),
            ("lines.2.container", "unknown_container"),
        ]
        assert not Asn.objects.exists()

    def test_lines_find_the_lines_of_the_order(self) -> None:
        hall = gate("milk", "bread")
        order = hall.order({"milk": 10, "bread": 5})
        asn = hall.asn({"bread": 5, "milk": 10}, purchase_order_id=order.pk)
        found = list(asn.lines.order_by("number").values_list("purchase_line__number", flat=True))
        assert found == [2, 1]

    def test_a_carton_is_announced_once_at_a_time(self) -> None:
        hall = gate("milk")
        box = [AsnContainerIn("006141411234567890")]
        first = hall.asn({"milk": 1}, containers=box)
        with pytest.raises(ContainerAnnounced):
            hall.asn({"milk": 1}, containers=box)
        asn_cancel(asn_id=first.pk)
        assert hall.asn({"milk": 1}, containers=box)

    def test_it_is_changed_and_cancelled_until_goods_of_it_come(self) -> None:
        hall = gate("milk")
        asn = hall.asn({"milk": 5})
        when = clock.now() + timedelta(days=2)
        asn_change(asn_id=asn.pk, changes={"expected_at": when, "carrier_name": "SF"})
        receipt = hall.receipt(asn_id=asn.pk)
        with pytest.raises(AsnStateConflict):
            asn_cancel(asn_id=asn.pk)
        hall.receive(receipt, "milk", 1)
        with pytest.raises(AsnStateConflict):
            asn_cancel(asn_id=asn.pk)
        asn.refresh_from_db()
        assert (asn.expected_at, asn.carrier_name) == (when, "SF")

    def test_statements_do_not_grow_with_announcements_or_lines(self) -> None:
        hall = gate(*(f"g{number}" for number in range(50)))
        sscc_prefix_save(owner_id=None, company_prefix=PREFIX, extension=0)

        def count(asns: int, lines: int) -> int:
            given = [
                AsnIn(
                    hall.warehouse.pk, hall.owner.pk,
                    tuple(AsnLineIn(hall.sku(f"g{line}").pk, 3, container="a") for line in range(lines)),
                    external_number=f"X{asns}-{number}", containers=(AsnContainerIn(key="a"),),
                )
                for number in range(asns)
            ]  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                asns_create(asns=given)
            return len(queries)

        count(1, 1)
        assert count(2, 2) == count(20, 50)


class TestNumbers:
    def test_the_published_example_of_gs1(self) -> None:
        # GS1 General Specifications, figure of AI (00): 0 0614141 123456789 with check digit 0
        sscc = sscc_make(extension=0, company_prefix=PREFIX, serial=123456789)
        assert sscc == "006141411234567890"
        assert is_sscc(sscc)
        assert sscc_clean("(00) 0 0614141 123456789 0") == sscc
        assert sscc_clean("]C100006141411234567890") == sscc

    @pytest.mark.parametrize(
        "text", ["", "00", "１２", "00614141123456789X", "\x1d", "006141411234567891", "A" * 99]
    )
    def test_hostile_texts_are_no_numbers(self, text: str) -> None:
        assert not is_sscc(text)
        assert sscc_clean(text) == text.strip()

    def test_numbers_are_drawn_once_and_never_go_back(self) -> None:
        hall = gate("milk")
        with pytest.raises(SsccPrefixMissing):
            ssccs_draw(owner_id=hall.owner.pk, count=1)
        sscc_prefix_save(owner_id=None, company_prefix=PREFIX, extension=3)
        first = ssccs_draw(owner_id=hall.owner.pk, count=2)
        second = ssccs_draw(owner_id=hall.owner.pk, count=1)
        assert [one[:17] for one in first] == ["30614141000000001", "30614141000000002"]
        assert all(is_sscc(one) for one in first)
        assert len({*first, *second}) == 3
        with pytest.raises(Conflict):
            sscc_prefix_save(owner_id=None, company_prefix=PREFIX, extension=3, next_serial=1)
        with pytest.raises(Conflict):
            sscc_prefix_save(owner_id=hall.owner.pk, company_prefix=PREFIX, extension=3)

    def test_labels_carry_the_content_in_gs1_where_it_can_be_said(self) -> None:
        day = clock.today()
        bars, words = content_elements(
            [Content("A", "Milk", 24, gtin="6901234567892", lot="L1", expires_on=day)]
        ) or ("", "")
        assert bars == f"\xf1020690123456789217{day:%y%m%d}3724\xf110L1"
        assert words == f"(02) 06901234567892 (17) {day:%y%m%d} (37) 24 (10) L1"
        assert content_elements([Content("A", "Milk", 24)]) is None

        hall = gate("milk")
        sscc_prefix_save(owner_id=None, company_prefix=PREFIX, extension=0)
        asn = hall.asn({"milk": 5})
        with pytest.raises(AsnInvalid):
            asn_labels(asn_id=asn.pk)
        asn_containers_add(asn_id=asn.pk, count=3, kind="pallet")
        pdf = asn_labels(asn_id=asn.pk)
        assert pdf.startswith(b"%PDF")
        assert pdf.count(b"/Type /Page\n") == 3


class TestThePageOfASupplier:
    def page(self, hall: Gate) -> tuple[ApiClient, str]:
        made = link_make(warehouse_id=hall.warehouse.pk, owner_id=hall.owner.pk, supplier_id=hall.supplier.pk)
        return ApiClient(), f"/inbound-page/{made.address.rsplit('/', 1)[1]}"

    def test_they_announce_against_their_orders_print_and_book(self) -> None:
        hall = gate("milk")
        dock = hall.dock(opens=0, closes=23)
        sscc_prefix_save(owner_id=None, company_prefix=PREFIX, extension=0)
        order = hall.order({"milk": 100})
        client, address = self.page(hall)
        line = client.get(address).json()["lines"][0]
        assert (line["order"], line["open"]) == (order.number, 100)

        made = client.post(
            f"{address}/asns",
            {"lines": [{"line_id": line["id"], "quantity": 50, "cartons": 3}], "carrier_name": "SF"},
        )

        assert made.status_code == 201, made.content
        asn = Asn.objects.get(pk=made.json()["id"])
        assert (asn.origin, asn.purchase_order_id, asn.created_by) == (
            "supplier", order.pk, f"supplier {hall.supplier.name}",
        )  # fmt: skip
        assert sorted(asn.lines.values_list("quantity", flat=True)) == [16, 17, 17]
        assert AsnContainer.objects.filter(asn=asn).count() == 3
        assert client.get(f"{address}/asns/{asn.pk}/labels").content.startswith(b"%PDF")
        assert client.get(address).json()["lines"][0]["open"] == 50

        day = (clock.now() + timedelta(days=2)).date()
        slots = client.get(f"{address}/slots?asn_id={asn.pk}&day={day}").json()["items"]
        booked = client.post(
            f"{address}/asns/{asn.pk}/book",
            {"dock_id": dock.pk, "start": slots[4]["start"], "plate": "沪A1", "driver_phone": "13900001111"},
        )
        assert booked.status_code == 200, booked.content
        assert booked.json()["asns"][0]["dock"] == "D1"
        moved = client.post(f"{address}/asns/{asn.pk}/book", {"dock_id": dock.pk, "start": slots[8]["start"]})
        assert moved.json()["asns"][0]["start"] == slots[8]["start"]
        late = client.post(
            f"{address}/asns/{asn.pk}/book", {"dock_id": dock.pk, "start": clock.now().isoformat()}
        )
        assert late.json()["code"] == "slot_invalid"
        assert client.post(f"{address}/asns/{asn.pk}/unbook").json()["asns"][0]["start"] is None

    def test_they_see_nothing_of_others(self) -> None:
        hall = gate("milk")
        order = hall.order({"milk": 10})
        mine, other = hall.asn({"milk": 1}), hall.asn({"milk": 1}, supplier_id=None)
        client, address = self.page(hall)
        assert [row["id"] for row in client.get(address).json()["asns"]] == [mine.pk]
        assert client.get(f"{address}/asns/{other.pk}/labels").status_code == 404
        stranger = hall.order({"milk": 10})
        stranger.supplier = type(hall.supplier).objects.create(
            code="OTHER", name="Other", created_at=clock.now(), updated_at=clock.now()
        )
        stranger.save()
        line = stranger.lines.get().pk
        refused = client.post(f"{address}/asns", {"lines": [{"line_id": line, "quantity": 1}]})
        assert refused.json()["code"] == "asn_invalid"
        assert order.lines.count() == 1

    def test_a_revoked_link_leads_nowhere(self) -> None:
        hall = gate("milk")
        client, address = self.page(hall)
        assert client.get(address).status_code == 200
        link_revoke(warehouse_id=hall.warehouse.pk, owner_id=hall.owner.pk, supplier_id=hall.supplier.pk)
        assert client.get(address).status_code == 404
        with pytest.raises(InboundLinkUnknown):
            link_open("a" * 32)


def test_another_system_announces_by_codes() -> None:
    hall = gate("milk")
    order = hall.order({"milk": 100})
    client = api_client()
    body = {
        "warehouse": hall.warehouse.code, "owner": hall.owner.code, "supplier": hall.supplier.code,
        "purchase_order": order.number, "external_number": "E-1",
        "lines": [{"sku": "milk", "quantity": 20, "container": "P1"}],
        "containers": [{"code": "P1", "kind": "pallet"}],
    }  # fmt: skip
    made = client.post("/asns", body)
    assert made.status_code == 201, made.content
    assert client.post("/asns", body).json() == {**made.json(), "is_new": False}
    wrong = client.post("/asns", {**body, "owner": "NOBODY", "lines": [{"sku": "nothing", "quantity": 1}]})
    assert [one["code"] for one in wrong.json()["errors"]] == ["unknown_owner", "unknown_sku"]
    one = client.get(f"/asns/{made.json()['id']}").json()
    assert (one["lines"][0]["sku"]["code"], one["containers"][0]["kind"]) == ("milk", "pallet")
    assert client.get("/asns?q=P1").json()["items"][0]["number"] == one["number"]


class TestAFile:
    def staged(self, importer: AsnImporter, *rows: dict[str, str]) -> list[Group]:
        groups: dict[str, list[StagedRow]] = {}
        for number, values in enumerate(rows, start=2):
            row = RawRow(number, values)
            data = importer.parse(row)
            assert row.problems == []
            groups.setdefault(importer.group_by(row), []).append(StagedRow(number, data))
        return [Group(key, tuple(found)) for key, found in groups.items()]

    def test_rows_of_one_number_are_one_announcement(self) -> None:
        hall = gate("milk", "bread")
        importer = AsnImporter(ImportContext(1, "asns.csv"))
        place = {"warehouse": hall.warehouse.code, "owner": hall.owner.code, "supplier": hall.supplier.code}
        groups = self.staged(
            importer,
            {**place, "number": "DN-1", "sku": "milk", "quantity": "10", "container": "BOX-1", "lot": "L1"},
            {**place, "number": "DN-1", "sku": "bread", "quantity": "5", "container": "BOX-1"},
            {**place, "number": "DN-2", "sku": "milk", "quantity": "7", "expected_on": "2027-01-31"},
            {**place, "number": "DN-3", "sku": "nothing", "quantity": "7"},
        )

        findings = list(importer.check(groups))
        result = importer.apply(groups)

        assert [(one.code, one.row, one.field) for one in findings] == [("unknown_sku", 5, "sku")]
        assert (result.created, result.unchanged, result.skipped) == (2, 0, 1)
        assert importer.apply(groups).unchanged == 2
        one = Asn.objects.get(external_number="DN-1")
        assert (one.origin, one.line_count, one.unit_count, one.containers.count()) == ("file", 2, 15, 1)
