"""Orders from files: clean ones, and dirty ones as real shops have them."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from tests.factories import catalog, orders, partners

from hecang.catalog.models import Sku
from hecang.inventory.verify import inventory_verify
from hecang.kernel.imports import jobs
from hecang.kernel.models import ImportFinding, ImportJob
from hecang.orders.models import SalesOrder, SalesOrderLine

pytestmark = pytest.mark.django_db

CHINESE = """订单号,下单时间,商家编码,数量,单价,买家,收件人,手机,省份,城市,区县,详细地址
T1,2026-01-02 08:30,TEA,2,19.90,tb_1,张三,13800000001,上海市,上海市,浦东新区,世纪大道1号
T1,2026-01-02 08:30,CUP,1,9.50,tb_1,张三,13800000001,上海市,上海市,浦东新区,世纪大道1号
T2,2026-01-02 09:00,TEA,1,19.90,tb_2,李四,13800000002,广东省,广州市,天河区,天河路2号
"""
#: As a British wholesaler writes it: cancellations, corrections, postage and blank buyers among the orders.
DIRTY = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,TEA,TEA TIN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850,United Kingdom
C536379,TEA,TEA TIN,-1,2010-12-01 09:41:00,2.55,14527,United Kingdom
536589,CUP,,-10,2010-12-01 16:50:00,0.00,,United Kingdom
536590,TEA,TEA TIN,0,2010-12-01 16:50:00,1.00,17850,United Kingdom
536544,CUP,BLUE CUP,1,2010-12-01 14:32:00,0.00,,United Kingdom
536545,NEW,NEW THING,3,2010-12-01 14:33:00,1.25,17851,France
536546,POST,POSTAGE,1,2010-12-01 14:34:00,5.00,17851,France
"""


@pytest.fixture(autouse=True)
def _company(tmp_path: Any, settings: Any) -> None:
    settings.HOME = tmp_path
    partners.regions()
    orders.shop("WEB", duplicate_hours=0)
    catalog.sku("TEA")
    catalog.sku("CUP")


def run(text: str, *, on_error: str = "skip", dry_run: bool = False, **options: str) -> ImportJob:
    path, digest = jobs.file_store(io.BytesIO(text.encode()), name="orders.csv")
    job = jobs.import_create(
        kind="sales_order",
        path=path,
        file_name="orders.csv",
        sha256=digest,
        on_error=on_error,
        dry_run=dry_run,
        mapping={"constants": {"shop": "WEB"}, "options": options},
    )
    jobs.import_run(job.pk)
    job.refresh_from_db()
    return job


def counts(job: ImportJob) -> tuple[int, int, int]:
    return job.created_count, job.unchanged_count, job.skipped_count


def findings(job: ImportJob, severity: str) -> list[tuple[int | None, str, str]]:
    rows = ImportFinding.objects.filter(job=job, severity=severity).order_by("row", "id")
    return list(rows.values_list("row", "field", "code"))


def test_rows_of_one_number_become_one_order() -> None:
    job = run(CHINESE)

    assert (job.state, counts(job)) == ("done", (2, 0, 0))
    order = SalesOrder.objects.get(external_number="T1")
    assert (order.line_count, order.unit_count, order.total_amount) == (2, 3, Decimal("49.30"))
    assert (order.region_code, order.phone_tail, order.buyer) == ("310115", "0001", "tb_1")
    assert order.recipient_masked != ""
    assert "张三" not in order.recipient_masked
    assert inventory_verify().differences == 0


def test_the_same_file_again_changes_nothing() -> None:
    run(CHINESE)
    before = list(SalesOrder.objects.order_by("id").values())

    job = run(CHINESE)

    assert (job.state, counts(job)) == ("done", (0, 2, 0))
    assert list(SalesOrder.objects.order_by("id").values()) == before


def test_what_is_no_order_is_named_and_left_out() -> None:
    job = run(DIRTY, unknown_sku="create")

    assert (job.state, counts(job)) == ("done", (3, 0, 4))
    assert findings(job, "error") == [
        (4, "external_number", "cancellation"),
        (5, "quantity", "negative_quantity"),
        (6, "quantity", "zero_quantity"),
        (9, "sku", "no_goods"),
    ]
    assert set(SalesOrder.objects.values_list("external_number", flat=True)) == {"536365", "536544", "536545"}
    assert Sku.objects.get(code="NEW").name == "NEW THING"


def test_postage_among_the_goods_becomes_freight() -> None:
    run(DIRTY, unknown_sku="create")

    order = SalesOrder.objects.get(external_number="536365")
    assert (order.goods_amount, order.freight_amount, order.total_amount) == (
        Decimal("15.30"),
        Decimal("18.00"),
        Decimal("33.30"),
    )
    assert list(SalesOrderLine.objects.filter(order=order).values_list("sku__code", "quantity")) == [
        ("TEA", 6)
    ]


def test_orders_to_nowhere_wait_for_a_person() -> None:
    run(DIRTY, unknown_sku="create")

    order = SalesOrder.objects.get(external_number="536544")
    assert (order.state, order.is_held) == ("pending", True)
    assert orders.holds(order)[0] == "address_incomplete"


def test_an_unknown_product_is_a_mistake_unless_said_otherwise() -> None:
    job = run(DIRTY)

    assert (8, "sku", "unknown_sku") in findings(job, "error")
    assert not Sku.objects.filter(code="NEW").exists()
    assert not SalesOrder.objects.filter(external_number="536545").exists()


def test_one_mistake_stops_all_where_that_is_wanted() -> None:
    job = run(DIRTY, on_error="stop", unknown_sku="create")

    assert job.state != "done"
    assert not SalesOrder.objects.exists()
    assert not Sku.objects.filter(code="NEW").exists()


def test_a_dry_run_writes_nothing() -> None:
    job = run(CHINESE, dry_run=True)

    assert job.state == "validated"
    assert not SalesOrder.objects.exists()


def test_an_unknown_shop_is_named() -> None:
    job = run(CHINESE.replace("订单号", "店铺,订单号").replace("\nT", "\nNOWHERE,T"))

    assert findings(job, "error")[0] == (2, "shop", "unknown_shop")
    assert not SalesOrder.objects.exists()
