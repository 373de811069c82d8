"""Paper: what is on it, that it can be scanned, and that the Chinese is really there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import accounts, facility, partners, shipping

from hecang.kernel import clock
from hecang.kernel.actor import Scope, acting
from hecang.kernel.errors import InvalidInput, NotFound
from hecang.shipping.errors import ShippingRecordMissing
from hecang.shipping.labels.drawing import wrap
from hecang.shipping.labels.fonts import width
from hecang.shipping.services import (
    LabelIn,
    PackingListIn,
    PackingListLine,
    Party,
    labels_pdf,
    manifest_add,
    manifest_close,
    manifest_open,
    manifest_pdf,
    packing_lists_pdf,
)

POINTS_PER_MM = 72 / 25.4
RECIPIENT = Party("欧阳晓明", "13800138000", "上海市浦东新区祖冲之路 2288 弄 1 号楼 1203 室")


def pages(pdf: bytes) -> list[Any]:
    return list(pypdfium2.PdfDocument(pdf))


def text_of(page: Any) -> str:
    return str(page.get_textpage().get_text_bounded())


def barcodes_of(page: Any, *, dpi: int = 203) -> set[str]:
    """What a scanner reads off the page as a thermal printer of ``dpi`` prints it."""
    picture = page.render(scale=dpi / 72).to_numpy()
    return {one.text for one in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.Code128)}


def size_mm(page: Any) -> tuple[int, int]:
    return round(page.get_width() / POINTS_PER_MM), round(page.get_height() / POINTS_PER_MM)


@pytest.mark.django_db
class TestLabels:
    def label(self, waybill_id: int, parcel: str, **fields: Any) -> LabelIn:
        return LabelIn(waybill_id, parcel, "SO171223-000456", RECIPIENT, **{"weight_g": 1500, **fields})

    def test_everything_is_on_the_label(self) -> None:
        partners.regions()
        warehouse = facility.warehouse(
            name="上海仓", region_id="310117", address="洞泾镇长兴路 618 号", aisles=0
        )
        service = shipping.service("SF", of=shipping.carrier("SF", name="顺丰速运"), name="顺丰标快")
        waybill = shipping.waybill(warehouse, service)

        with clock.at(datetime(2017, 12, 23, 2, 0, tzinfo=UTC)):
            pdf = labels_pdf(
                labels=[
                    self.label(
                        waybill.id, "PC171223-000123", parcel_index=1, parcel_count=2, slot=7,
                        batch_number="PB171223-000012", shop_name="天猫旗舰店", remark="易碎",
                    )
                ]
            )  # fmt: skip

        (page,) = pages(pdf)
        assert size_mm(page) == (100, 150)
        text = text_of(page)
        for expected in (
            "顺丰速运", "顺丰标快", "31-01-15", "上海市 浦东新区", "欧阳晓明", "13800138000", "祖冲之路",
            "上海仓", "上海市松江区洞泾镇长兴路 618 号", "1.50 kg", "1 / 2", "SO171223-000456",
            "PC171223-000123", "PB171223-000012", "天猫旗舰店", "易碎", "2017-12-23 10:00",
        ):  # fmt: skip
            assert expected in text, expected
        assert barcodes_of(page) == {waybill.number, "PC171223-000123"}

    def test_many_parcels_in_one_file_by_two_queries(self) -> None:
        partners.regions()
        warehouse = facility.warehouse(aisles=0)
        service = shipping.service("SF")
        waybills = [shipping.waybill(warehouse, service) for _n in range(12)]
        labels_pdf(labels=[self.label(waybills[0].id, "PC-0")])

        with CaptureQueriesContext(connection) as queries:
            pdf = labels_pdf(labels=[self.label(one.id, f"PC-{n}") for n, one in enumerate(waybills)])

        assert len(queries) == 1  # regions are in memory
        assert [barcodes_of(page) for page in pages(pdf)] == [
            {one.number, f"PC-{n}"} for n, one in enumerate(waybills)
        ]

    def test_the_font_is_embedded_as_a_subset(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        waybill = shipping.waybill(warehouse, shipping.service("SF"))

        pdf = labels_pdf(labels=[self.label(waybill.id, "PC-1")])

        assert b"WenQuanYiMicroHei" in pdf
        assert b"/FontFile2" in pdf
        assert len(pdf) < 100_000

    def test_long_texts_stay_on_the_label(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        waybill = shipping.waybill(warehouse, shipping.service("SF", name="特" * 60))
        long = Party("名" * 50, "1" * 20, "很长的地址" * 60 + "W" * 200)

        pdf = labels_pdf(
            labels=[
                LabelIn(
                    waybill.id, "PC171223-000123", "X" * 64, long, 1, remark="备注" * 50, shop_name="店" * 50
                )
            ]
        )

        (page,) = pages(pdf)
        assert barcodes_of(page) == {waybill.number, "PC171223-000123"}

    def test_unknown_or_foreign_waybills(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        waybill = shipping.waybill(warehouse, shipping.service("SF"))
        with pytest.raises(ShippingRecordMissing):
            labels_pdf(labels=[self.label(waybill.id + 1, "PC-1")])
        with pytest.raises(InvalidInput):
            labels_pdf(labels=[])
        stranger = accounts.actor_make(scope=Scope(warehouses=frozenset({warehouse.pk + 1})))
        with acting(stranger), pytest.raises(NotFound):
            labels_pdf(labels=[self.label(waybill.id, "PC-1")])


class TestPackingLists:
    def packing_list(self, lines: int, **fields: Any) -> PackingListIn:
        return PackingListIn(
            "FF171223-000001", "SO171223-000456", "天猫旗舰店", "上海仓", RECIPIENT,
            tuple(
                PackingListLine(f"SKU-{n}", f"牛奶 {n} " + "很长的商品名称" * (n % 5), f"20{n:011}", n, f"L{n}")
                for n in range(1, lines + 1)
            ),
            **fields,
        )  # fmt: skip

    def test_lines_total_and_parcel(self) -> None:
        pdf = packing_lists_pdf(lists=[self.packing_list(3, parcel_number="PC-1", remark="请勿倒置")])

        (page,) = pages(pdf)
        text = text_of(page)
        assert size_mm(page) == (148, 210)
        for expected in (
            "SKU-1",
            "牛奶 2",
            "2000000000003",
            "共 3 种 6 件",
            "欧阳晓明",
            "请勿倒置",
            "FF171223-000001",
        ):
            assert expected in text, expected
        assert barcodes_of(page) == {"PC-1"}

    def test_long_ones_go_on_and_others_begin_anew(self) -> None:
        pdf = packing_lists_pdf(lists=[self.packing_list(60), self.packing_list(1)], page="A4")

        texts = [text_of(page) for page in pages(pdf)]
        assert len(texts) == 3
        assert all("装箱单" in text for text in texts)
        assert "SKU-60" in texts[1]
        assert "共 60 种" in texts[1]
        assert "共 1 种 1 件" in texts[2]


@pytest.mark.django_db
class TestManifest:
    def test_rows_totals_and_state(self) -> None:
        partners.regions()
        warehouse = facility.warehouse(name="上海仓", aisles=0)
        carrier = shipping.carrier("SF", name="顺丰速运")
        fast = shipping.service("SF-F", of=carrier, name="特快")
        slow = shipping.service("SF-S", of=carrier, name="标快")
        waybills = [shipping.waybill(warehouse, service) for service in (fast, slow, slow)]
        manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=carrier.pk, driver="张师傅")
        manifest_add(manifest_id=manifest.id, waybill_ids=[one.id for one in waybills])

        (before,) = pages(manifest_pdf(manifest_id=manifest.id))
        manifest_close(manifest_id=manifest.id)
        (after,) = pages(manifest_pdf(manifest_id=manifest.id))

        text = text_of(after)
        assert size_mm(after) == (210, 297)
        for expected in (
            manifest.number, "上海仓", "顺丰速运", "张师傅", *(one.number for one in waybills), "上海市 浦东新区",
            "合计 Total", "3 件", "4.50 kg", "2 件", "3.00 kg", "司机 Driver",
        ):  # fmt: skip
            assert expected in text, expected
        assert "未交接" in text_of(before)
        assert "未交接" not in text
        assert barcodes_of(after) == {manifest.number}

    def test_a_long_manifest_has_pages(self) -> None:
        warehouse = facility.warehouse(aisles=0)
        service = shipping.service("SF")
        manifest = manifest_open(warehouse_id=warehouse.pk, carrier_id=service.carrier_id)
        manifest_add(
            manifest_id=manifest.id, waybill_ids=[shipping.waybill(warehouse, service).id for _n in range(41)]
        )

        texts = [text_of(page) for page in pages(manifest_pdf(manifest_id=manifest.id))]

        assert len(texts) == 2
        assert "41 件" in texts[1]

    def test_unknown_manifest(self) -> None:
        with pytest.raises(ShippingRecordMissing):
            manifest_pdf(manifest_id=4711)


def test_wrapping_keeps_words_and_breaks_chinese_anywhere() -> None:
    lines = wrap("上海市 Building Number 12 祖冲之路", 10, 60)

    assert "".join(lines).replace(" ", "") == "上海市BuildingNumber12祖冲之路"
    assert all(width(line, 10) <= 60 for line in lines)
    assert "Building" in " ".join(lines)
    assert wrap("", 10, 60) == [""]
    assert wrap("W" * 30, 10, 1) == ["W"] * 30
