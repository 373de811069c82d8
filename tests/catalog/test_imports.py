"""Products and barcodes from files."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import catalog

from hecang.catalog.models import Barcode, Packaging, Sku, SkuFinding
from hecang.kernel.imports import jobs
from hecang.kernel.models import ImportFinding, ImportJob

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.HOME = tmp_path


def run(text: str, *, kind: str = "sku", dry_run: bool = False, on_error: str = "skip") -> ImportJob:
    path, digest = jobs.file_store(io.BytesIO(text.encode()), name="file.csv")
    job = jobs.import_create(
        kind=kind, path=path, file_name="file.csv", sha256=digest, on_error=on_error, dry_run=dry_run
    )
    jobs.import_run(job.pk)
    job.refresh_from_db()
    return job


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    return job.created_count, job.updated_count, job.unchanged_count, job.skipped_count


def findings(severity: str) -> list[tuple[int | None, str, str]]:
    return list(
        ImportFinding.objects.filter(severity=severity)
        .order_by("row", "id")
        .values_list("row", "field", "code")
    )


CHINESE = """商品编码,商品名称,类目,条码,箱码,箱规,重量(kg),长(cm),宽(cm),高(cm),效期管理,保质期(天),温层,状态
A-1,苏打饼干,食品/零食,6901234567892,16901234567899,24,0.215,18,7,4.5,是,270,常温,在售
A-2,鲜牛奶,食品/乳品,6901234567900,,,1.03,9,9,22,是,,冷藏,
"""


class TestProducts:
    def test_a_chinese_file_becomes_skus(self) -> None:
        job = run(CHINESE)

        assert (job.state, counts(job)) == ("done", (2, 0, 0, 0))
        sku = Sku.objects.select_related("category").get(code="A-1")
        assert (sku.name, sku.weight_g, sku.length_mm, sku.height_mm) == ("苏打饼干", 215, 180, 45)
        assert (sku.is_expiry_tracked, sku.is_lot_tracked, sku.shelf_life_days) == (True, True, 270)
        assert sku.category is not None
        assert sku.category.code == "食品/零食"
        assert list(sku.barcodes.order_by("id").values_list("code", "quantity", "is_primary")) == [
            ("6901234567892", 1, True),
            ("16901234567899", 24, False),
        ]
        assert list(Packaging.objects.values_list("sku__code", "level", "quantity")) == [("A-1", "case", 24)]
        assert Sku.objects.get(code="A-2").temperature == "chilled"

    def test_the_same_file_again_changes_nothing(self) -> None:
        run(CHINESE)

        assert counts(run(CHINESE)) == (0, 0, 2, 0)

    def test_what_is_odd_is_told_and_imported_nevertheless(self) -> None:
        job = run(CHINESE)

        assert findings("warning") == [
            (3, "barcode", "barcode_check_digit"),
            (3, "shelf_life_days", "shelf_life_missing"),
        ]
        assert job.warning_count == 2
        assert set(SkuFinding.objects.values_list("sku__code", "code")) == {
            ("A-2", "barcode_check_digit"), ("A-2", "shelf_life_missing"),
        }  # fmt: skip

    def test_an_unusual_weight_is_found_among_the_files_own_rows(self) -> None:
        lines = ["code,name,category,weight_g,length_mm,width_mm,height_mm"]
        lines += [f"P{n},Bag {n},Bags,{480 + n},200,100,50" for n in range(20)]
        lines += [
            "ODD,Odd bag,Bags,500000,2000,1000,500",
            "ZERO,Zero bag,Bags,0,200,100,50",
            "NONE,Nothing,Bags,,,,",
        ]

        run("\n".join(lines), dry_run=True)

        assert findings("warning") == [
            (22, "weight_g", "weight_unit_suspect"),
            (23, "weight_g", "weight_zero"),
            (24, "weight_g", "weight_missing"),
            (24, "length_mm", "size_missing"),
        ]
        assert not Sku.objects.exists()

    def test_bad_rows_are_left_out_and_told_with_row_and_field(self) -> None:
        catalog.sku("OLD", barcode="6901234567892")
        job = run(
            "code,name,weight_g,kind,barcode\n"
            "A,Good,100,goods,X1\n"
            ",No code,100,,\n"
            "B,Bad weight,heavy,,\n"
            "C,Bad kind,1,magic,\n"
            "D,Taken,1,,6901234567892\n"
            "E,Twice,1,,X1\n"
        )

        assert counts(job) == (1, 0, 0, 5)
        assert findings("error") == [
            (3, "code", "required"),
            (4, "weight_g", "wrong_type"),
            (5, "kind", "unknown_value"),
            (6, "barcode", "barcode_taken"),
            (7, "barcode", "barcode_taken"),
        ]
        assert set(Sku.objects.values_list("code", flat=True)) == {"OLD", "A"}

    def test_with_on_error_stop_nothing_is_written(self) -> None:
        job = run("code,name,weight_g\nA,Good,100\nB,Bad,x\n", on_error="stop")

        assert job.state == "failed"
        assert not Sku.objects.exists()

    def test_rows_of_one_code_bring_several_barcodes_and_contradictions_are_told(self) -> None:
        job = run("code,name,weight_g,barcode\nA,Apple,100,X1\nA,,120,X2\n")

        assert counts(job) == (1, 0, 0, 0)
        sku = Sku.objects.get()
        assert (sku.name, sku.weight_g) == ("Apple", 120)
        assert set(sku.barcodes.values_list("code", flat=True)) == {"X1", "X2"}
        assert (3, "weight_g", "contradiction") in findings("warning")

    def test_an_empty_cell_leaves_what_is_there(self) -> None:
        catalog.sku("A", name="Apple", weight_g=100)

        job = run("code,name,weight_g\nA,Red apple,\n")

        assert counts(job) == (0, 1, 0, 0)
        sku = Sku.objects.get()
        assert (sku.name, sku.weight_g) == ("Red apple", 100)

    def test_a_name_that_another_sku_has_is_told(self) -> None:
        catalog.sku("OLD", name="Apple Juice")

        run("code,name,weight_g,length_mm,width_mm,height_mm\nNEW,apple juice,1,10,10,10\n", dry_run=True)

        assert findings("warning") == [(2, "name", "name_duplicate")]

    def test_statements_do_not_grow_with_rows(self) -> None:
        run("code,name,category,barcode\n0,warm up,Bags,\n")
        made = []
        for size in (20, 200):
            text = "code,name,category,barcode\n" + "\n".join(
                f"{size}-{n},Name {size} {n},Bags,{size}B{n}" for n in range(size)
            )
            with CaptureQueriesContext(connection) as queries:
                run(text)
            made.append(len(queries))

        assert made[0] == made[1]


class TestBarcodes:
    def test_further_codes_for_known_products(self) -> None:
        sku = catalog.sku("A", barcode="EACH")
        catalog.sku("B", barcode="OTHER")
        text = "商品编码,条码,数量\nA,CASE,12\nA,OTHER,1\nNONE,X,1\nA,EACH,1\n"

        job = run(text, kind="barcode")

        assert counts(job) == (1, 0, 1, 2)
        assert findings("error") == [(3, "barcode", "barcode_taken"), (4, "sku", "unknown_sku")]
        assert set(Barcode.objects.filter(sku=sku).values_list("code", "quantity")) == {
            ("EACH", 1),
            ("CASE", 12),
        }
        assert counts(run(text, kind="barcode")) == (0, 0, 2, 2)
        assert counts(run("sku,barcode,quantity\nA,CASE,24\n", kind="barcode")) == (0, 1, 0, 0)
