"""Suppliers, price lists, old orders and invoices from files, in the shapes that other systems write."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog, facility, partners
from tests.factories.purchasing import market, policy, supplier

from hecang.kernel.imports import jobs
from hecang.kernel.models import ImportFinding, ImportJob
from hecang.partners.models import Supplier
from hecang.purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchasePerformance,
    SupplierInvoice,
    SupplierItem,
    SupplierPrice,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.HOME = tmp_path
    policy()


def run(kind: str, text: str, **options: str) -> ImportJob:
    path, digest = jobs.file_store(io.BytesIO(text.encode()), name="file.csv")
    job = jobs.import_create(
        kind=kind,
        path=path,
        file_name="file.csv",
        sha256=digest,
        on_error="skip",
        dry_run=False,
        mapping={"options": options},
    )
    jobs.import_run(job.pk)
    job.refresh_from_db()
    return job


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.created_count, job.updated_count, job.unchanged_count, job.skipped_count


def codes() -> list[tuple[int | None, str]]:
    return list(ImportFinding.objects.order_by("row", "id").values_list("row", "code"))


SUPPLIERS = """供应商编码,供应商名称,联系人,电话,邮箱,币种,交期,账期,起订金额,发送方式
S-1,苏州晨光文具厂,周敏,0512-66660000,a@example.com,CNY,5,45,500,邮件
S-2,Exotic Liquids,,,,GBP,9,,,
S-3,No mail,,,nobody,CNY,,,,
"""


def test_suppliers_come_in_are_changed_and_stay() -> None:
    first = run("suppliers", SUPPLIERS)
    again = run("suppliers", SUPPLIERS.split("S-3")[0])
    changed = run("suppliers", "code,name,lead time\nS-1,苏州晨光文具厂,8\n")

    assert (counts(first), counts(again), counts(changed)) == ((2, 0, 0, 1), (0, 0, 2, 0), (0, 1, 0, 0))
    found = Supplier.objects.get(code="S-1")
    assert (found.lead_time_days, found.payment_days, found.send_by) == (8, 45, "email")
    assert (found.min_order_amount, Supplier.objects.get(code="S-2").currency) == (Decimal(500), "GBP")
    assert (4, "bad_email") in codes()


PRICES = """supplier,sku,price,from quantity,valid_from,valid_to,moq,multiple,lead time,供应商货号
S-1,A-1,3.00,1,2026-01-01,,12,12,5,X-1
S-1,A-1,2.50,100,2026-01-01,,,,,
S-1,A-1,3.20,1,2026-06-01,,,,,
S-1,A-1,2.80,1,2025-01-01,2026-02-01,,,,
S-9,A-1,2.80,1,2025-01-01,,,,,
"""


def test_price_lists_by_quantity_and_time_never_overlap() -> None:
    supplier("S-1")
    sku = catalog.sku("A-1")
    clash = PRICES.splitlines()
    sound = "\n".join(clash[:4])
    first = run("supplier_prices", sound)
    again = run("supplier_prices", sound)

    assert (counts(first), counts(again)) == ((1, 0, 0, 0), (0, 0, 1, 0))
    item = SupplierItem.objects.get(sku=sku)
    assert (item.min_order_quantity, item.order_multiple, item.supplier_sku) == (12, 12, "X-1")
    spans = (
        SupplierPrice.objects.filter(min_quantity=1)
        .order_by("valid_from")
        .values_list("valid_from", "valid_to")
    )
    assert [(str(begin), str(end)) for begin, end in spans] == [
        ("2026-01-01", "2026-05-31"), ("2026-06-01", "None"),
    ]  # fmt: skip

    run("supplier_prices", "\n".join([clash[0], *clash[4:]]))

    assert codes() == [(2, "price_overlaps"), (3, "unknown_supplier")]
    assert SupplierPrice.objects.count() == 3


# As AdventureWorks writes them: ordered, received and refused quantities, a due date, the day of the delivery.
ORDERS = """supplier,po,sku,ordered,price,order date,due date,received,rejected,receipt date,status
S-1,1001,A-1,100,3.15,2026-03-01,2026-03-15,100,5,2026-03-10,complete
S-1,1001,A-2,50,1.00,2026-03-01,2026-03-15,40,0,2026-03-20,complete
S-1,1002,A-1,10,3.00,2026-04-01,2026-04-15,4,0,2026-04-10,sent
S-1,1003,A-1,10,3.00,2026-04-01,,,,,
S-1,1004,A-1,10,3.00,2026-04-01,,5,6,,sent
"""


def test_old_orders_score_and_open_ones_are_received_on() -> None:
    supplier("S-1")
    for code in ("A-1", "A-2"):
        catalog.sku(code)
    warehouse, owner = facility.warehouse("SH", aisles=0), partners.owner()
    run("supplier_prices", "supplier,sku,price,valid_from\nS-1,A-1,3.00,2026-01-01\n")

    first = run("purchase_orders", ORDERS, warehouse=warehouse.code, owner=owner.code)
    again = run("purchase_orders", ORDERS, warehouse=warehouse.code, owner=owner.code)

    assert (counts(first)[:3], counts(again)[:3]) == ((3, 0, 0), (0, 0, 3))
    assert (6, "too_many_rejected") in codes()
    states = dict(PurchaseOrder.objects.values_list("external_number", "state"))
    assert states == {"1001": "closed", "1002": "receiving", "1003": "draft"}
    late = PurchaseOrderLine.objects.get(order__external_number="1001", number=2)
    assert (late.short, late.cancelled, late.list_price) == (10, 10, None)
    rows = PurchasePerformance.objects.filter(order__external_number="1001").order_by("id")
    assert [(row.is_on_time, row.is_in_full, row.is_otif, row.lead_days) for row in rows] == [
        (True, True, True, 9), (False, False, False, 19),
    ]  # fmt: skip
    assert rows[0].price_over == Decimal("15.0000")


def test_invoices_from_a_file_are_compared() -> None:
    made = market({"ACME": {"milk": "3.00"}})
    from hecang.purchasing.services import PurchaseReceived, purchase_lines_receive

    order = made.sent("ACME", {"milk": 10})
    purchase_lines_receive(received=[PurchaseReceived(made.lines(order)[0].pk, 10)])
    text = (
        "supplier,invoice,invoice date,po,sku,qty,price,tax\n"
        f"ACME,F-1,2026-03-31,{order.number},milk,10,3.00,3.90\n"
        f"ACME,F-2,2026-03-31,{order.number},milk,2,3.00,\n"
        f"ACME,F-3,2026-03-31,{order.number},bread,2,3.00,\n"
    )

    first, again = run("supplier_invoices", text), run("supplier_invoices", text)

    assert (counts(first)[:3], counts(again)[:3]) == ((2, 0, 0), (0, 0, 2))
    assert (4, "unknown_line") in codes()
    found = SupplierInvoice.objects.order_by("invoice_number").values_list(
        "invoice_number", "state", "difference"
    )
    assert list(found) == [("F-1", "matched", Decimal(0)), ("F-2", "differs", Decimal(6))]


@pytest.mark.parametrize("kind", ["purchase_orders", "supplier_prices"])
def test_imports_ask_no_more_for_more_rows(kind: str) -> None:
    supplier("S-1")
    facility.warehouse("SH", aisles=0)
    partners.owner()
    goods = catalog.skus(110)
    heads = {
        "purchase_orders": "supplier,po,sku,qty,price,order date,received",
        "supplier_prices": "supplier,sku,price,valid_from",
    }

    def text(begin: int, end: int) -> str:
        rows = [
            f"S-1,{kind}{number},{goods[number].code},10,3.00,2026-03-01,10"
            if kind == "purchase_orders"
            else f"S-1,{goods[number].code},3.00,2026-03-01"
            for number in range(begin, end)
        ]
        return "\n".join([heads[kind], *rows])

    options = {"warehouse": "SH", "owner": "OWNER"} if kind == "purchase_orders" else {}
    with CaptureQueriesContext(connection) as few:
        run(kind, text(0, 10), **options)
    with CaptureQueriesContext(connection) as many:
        run(kind, text(10, 110), **options)

    assert len(many) <= len(few) + 1
