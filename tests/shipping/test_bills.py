"""Bills of carriers beside our books."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import accounts, facility, shipping

from hecang.facility.models import Warehouse
from hecang.kernel import db
from hecang.kernel.imports import Group
from hecang.kernel.imports.base import ImportContext, StagedRow
from hecang.shipping.errors import BillClosed
from hecang.shipping.imports_bills import BillImporter
from hecang.shipping.models import CarrierBill, CarrierBillLine, CarrierService, Waybill
from hecang.shipping.services import bills
from hecang.shipping.services.bills import (
    BillLine,
    bill_close,
    bill_lines_decide,
    bill_lines_save,
    bill_reconcile,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def warehouse() -> Warehouse:
    return facility.warehouse(aisles=0)


@pytest.fixture
def service() -> CarrierService:
    return shipping.service("SF", rate=("10.00", "2.00"))


def shipped(warehouse: Warehouse, service: CarrierService, *, weight_g: int = 1500) -> str:
    number = shipping.waybill(warehouse, service, weight_g=weight_g).number
    Waybill.objects.filter(number=number).update(state="handed_over")
    return number


def test_every_line_gets_its_verdict(warehouse: Warehouse, service: CarrierService) -> None:
    agrees, heavier, dearer, extra = (shipped(warehouse, service) for _ in range(4))  # 12.00 each
    other = shipped(warehouse, shipping.service("ZTO"))
    kept = shipping.waybill(warehouse, service).number  # never handed over

    saved = bill_lines_save(
        carrier_id=service.carrier_id,
        number="2026-11",
        lines=[
            BillLine(1, agrees, 1500, Decimal("12.00")),
            BillLine(2, heavier, 3200, Decimal("16.00")),
            BillLine(3, dearer, 1500, Decimal("13.50")),
            BillLine(4, extra, 1500, Decimal("12.00"), Decimal("3.00")),
            BillLine(5, "SF999", 1000, Decimal("10.00")),
            BillLine(6, agrees, 1500, Decimal("12.00")),
            BillLine(7, other, 1000, Decimal("10.00")),
            BillLine(8, kept, 1500, Decimal("12.00")),
        ],
    )

    assert (saved.created, saved.updated, saved.unchanged) == (8, 0, 0)
    lines = CarrierBillLine.objects.order_by("position")
    assert [(one.verdict, one.difference) for one in lines] == [
        ("matched", Decimal("0.00")),
        ("weight", Decimal("4.00")),
        ("price", Decimal("1.50")),
        ("price", Decimal("3.00")),
        ("unknown", Decimal("10.00")),
        ("double", Decimal("12.00")),
        ("not_ours", Decimal("10.00")),
        ("not_ours", Decimal("12.00")),
    ]
    assert [(one.our_weight_g, one.our_price, one.price_at_theirs) for one in lines[:2]] == [
        (1500, Decimal("12.00"), Decimal("12.00")),
        (1500, Decimal("12.00"), Decimal("16.00")),
    ]


def test_the_longest_prefix_and_the_warehouse_price_what_they_weighed(
    warehouse: Warehouse, service: CarrierService
) -> None:
    shipping.rate_rule(service, "31", first="8.00", step="1.00")
    shipping.rate_rule(service, "31", warehouse=warehouse, first="7.00", step="0.50")
    number = shipped(warehouse, service)

    bill_lines_save(
        carrier_id=service.carrier_id, number="B", lines=[BillLine(1, number, 3000, Decimal("8.00"))]
    )

    line = CarrierBillLine.objects.get()
    assert (line.our_price, line.price_at_theirs, line.verdict) == (
        Decimal("7.50"),
        Decimal("8.00"),
        "weight",
    )


def test_the_same_file_again_changes_nothing(warehouse: Warehouse, service: CarrierService) -> None:
    lines = [BillLine(at, shipped(warehouse, service), 1500, Decimal("12.00")) for at in range(1, 4)]
    bill_lines_save(carrier_id=service.carrier_id, number="B", lines=lines)

    again = bill_lines_save(carrier_id=service.carrier_id, number="B", lines=lines)

    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)


def test_a_double_is_found_over_bills(warehouse: Warehouse, service: CarrierService) -> None:
    number = shipped(warehouse, service)
    for bill in ("October", "November"):
        bill_lines_save(
            carrier_id=service.carrier_id, number=bill, lines=[BillLine(1, number, 1500, Decimal("12.00"))]
        )

    assert list(CarrierBillLine.objects.order_by("id").values_list("verdict", flat=True)) == [
        "matched",
        "double",
    ]


def test_differences_are_decided_before_a_bill_is_closed(
    warehouse: Warehouse, service: CarrierService
) -> None:
    saved = bill_lines_save(
        carrier_id=service.carrier_id,
        number="B",
        lines=[
            BillLine(1, shipped(warehouse, service), 1500, Decimal("12.00")),
            BillLine(2, shipped(warehouse, service), 3200, Decimal("16.00")),
            BillLine(3, "NOBODY", 1000, Decimal("9.00")),
        ],
    )
    with pytest.raises(BillClosed):
        bill_close(bill_id=saved.bill_id)

    assert bill_lines_decide(bill_id=saved.bill_id, decision="accepted", verdicts=["weight"]) == 1
    unknown = CarrierBillLine.objects.get(verdict="unknown")
    assert bill_lines_decide(bill_id=saved.bill_id, decision="disputed", line_ids=[unknown.pk], note="?") == 1
    bill_close(bill_id=saved.bill_id)

    assert list(CarrierBillLine.objects.order_by("position").values_list("decision", flat=True)) == [
        "accepted", "accepted", "disputed",
    ]  # fmt: skip
    with pytest.raises(BillClosed):
        bill_reconcile(bill_id=saved.bill_id)


def test_comparing_again_follows_new_rates(warehouse: Warehouse, service: CarrierService) -> None:
    number = shipped(warehouse, service)
    saved = bill_lines_save(
        carrier_id=service.carrier_id, number="B", lines=[BillLine(1, number, 3000, Decimal("15.00"))]
    )
    assert CarrierBillLine.objects.get().verdict == "price"
    shipping.rate_rule(service, "31", first="11.00", step="2.00")

    assert (bill_reconcile(bill_id=saved.bill_id), bill_reconcile(bill_id=saved.bill_id)) == (1, 0)
    assert CarrierBillLine.objects.get().verdict == "weight"


def test_the_number_of_statements_does_not_grow(warehouse: Warehouse, service: CarrierService) -> None:
    counts = []
    for bill, size in (("few", 3), ("many", 40)):
        lines = [BillLine(at + 1, shipped(warehouse, service), 1500, Decimal("12.00")) for at in range(size)]
        with CaptureQueriesContext(connection) as queries:
            bill_lines_save(carrier_id=service.carrier_id, number=bill, lines=lines)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_work_for_a_line_does_not_grow_with_the_bill(
    warehouse: Warehouse, service: CarrierService
) -> None:
    """Blocks that are touched, not time; the planner knows nothing of the lines, which have just come."""
    touched = []
    for bill, size in (("few", 400), ("many", 3200)):
        first = shipping.waybill(warehouse, service)
        db.execute(
            "INSERT INTO waybill (number, service_id, warehouse_id, reference, state, region_code, weight_g,"
            " charged_weight_g, freight, currency, routing_code, carrier_reference, issued_at)"
            " SELECT %s || n, service_id, warehouse_id, %s || n, 'handed_over', lpad((310000 + n %% 500)::text, 6, '0'),"
            " 1500, 1500, 12, 'CNY', '', '', issued_at FROM waybill, generate_series(1, %s::integer) AS n WHERE number = %s",
            (bill, bill, size, first.number),
        )
        db.execute("ANALYZE waybill")
        lines = [BillLine(at, f"{bill}{at}", 1500, Decimal("12.00")) for at in range(1, size + 1)]
        saved = bill_lines_save(carrier_id=service.carrier_id, number=bill, lines=lines)
        plan = db.fetch(
            "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + bills._RECONCILE_BILL, (saved.bill_id,)
        )
        touched.append(plan[0][0][0]["Plan"]["Shared Hit Blocks"] / size)

    assert set(CarrierBillLine.objects.values_list("verdict", flat=True)) == {"matched"}
    assert touched[1] < 2 * touched[0]


def test_a_line_with_other_figures_is_decided_anew(warehouse: Warehouse, service: CarrierService) -> None:
    number = shipped(warehouse, service)
    line = BillLine(1, number, 1500, Decimal("13.00"))
    saved = bill_lines_save(carrier_id=service.carrier_id, number="B", lines=[line])
    bill_lines_decide(bill_id=saved.bill_id, decision="accepted", verdicts=["price"], note="agreed")
    bill_lines_save(carrier_id=service.carrier_id, number="B", lines=[line])
    assert CarrierBillLine.objects.get().decision == "accepted"

    bill_lines_save(
        carrier_id=service.carrier_id, number="B", lines=[BillLine(1, number, 1500, Decimal("99.00"))]
    )

    assert CarrierBillLine.objects.values_list("decision", "note", "difference").get() == (
        "",
        "",
        Decimal("87.00"),
    )
    with pytest.raises(BillClosed):
        bill_close(bill_id=saved.bill_id)


def test_a_file_of_a_carrier(warehouse: Warehouse, service: CarrierService) -> None:
    number = shipped(warehouse, service)
    importer = BillImporter(
        ImportContext(1, "bill.csv", {"carrier": service.carrier.code, "bill": "2026-11"})
    )
    rows = [
        {"carrier": service.carrier.code, "bill": "2026-11", "waybill": number, "weight_g": 1500, "price": "12.00",
         "surcharge": "0"},
        {"carrier": "NOBODY", "bill": "2026-11", "waybill": number, "weight_g": None, "price": "1", "surcharge": "0"},
    ]  # fmt: skip
    groups = [Group(str(at), (StagedRow(at, row),)) for at, row in enumerate(rows, start=2)]

    findings = list(importer.check(groups))
    result = importer.apply(groups)

    assert [one.code for one in findings] == ["unknown_carrier"]
    assert (result.created, result.skipped) == (1, 1)
    assert CarrierBill.objects.get().number == "2026-11"


def test_finance_sees_and_decides(warehouse: Warehouse, service: CarrierService) -> None:
    api = accounts.api_client(roles=["finance"])
    saved = bill_lines_save(
        carrier_id=service.carrier_id,
        number="B",
        lines=[BillLine(1, shipped(warehouse, service), 3200, Decimal("16.00"))],
    )

    [bill] = api.get("/carrier-bills").json()["items"]
    [line] = api.get(f"/carrier-bill-lines?bill_id={saved.bill_id}&verdict=weight").json()["items"]
    decided = api.post(
        f"/carrier-bills/{saved.bill_id}/decide",
        {"decision": "disputed", "ids": [line["id"]]},
        content_type="application/json",
    ).json()
    export = api.get(f"/carrier-bill-lines/export?bill_id={saved.bill_id}&format=csv")

    assert (bill["lines"], bill["difference"], bill["undecided"]) == (1, "4.00", 1)
    assert (line["reference"] is not None, line["service_code"]) == (True, "SF")
    assert decided == {"changed": 1}
    assert "disputed" in b"".join(export.streaming_content if export.streaming else [export.content]).decode()
