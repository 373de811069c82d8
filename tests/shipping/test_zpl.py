"""Labels for ZPL printers: the picture comes back out of its compressed form, barcodes are the printer's own."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from hecang.shipping.labels.label import Label, Party, render_zpl
from hecang.shipping.labels.zpl import compressed

LABEL = Label(
    waybill_number="SF1234567890123", carrier_name="顺丰速运", service_name="标快", routing_code="021-T3",
    destination="上海市 浦东新区", sender=Party("上海仓", "02155550000", "上海市青浦区华徐公路 1 号"),
    recipient=Party("王小明", "13900000001", "上海市浦东新区世纪大道 100 号"), parcel_number="PC-000001",
    order_number="SO-1", weight_g=1500, charged_weight_g=2000, parcel_index=1, parcel_count=1, batch_number="B1", slot=3,
    shop_name="旗舰店", remark="轻放", printed_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
)  # fmt: skip


def unpacked(data: str, row_digits: int, height: int) -> list[str]:
    """What a printer makes of the compressed digits."""
    rows: list[str] = []
    row, count = "", 0
    for mark in data:
        if "G" <= mark <= "Y":
            count += ord(mark) - ord("F")
        elif "g" <= mark <= "z":
            count += 20 * (ord(mark) - ord("f"))
        elif mark == ":":
            rows.append(rows[-1])
        else:
            if mark in ",!":
                row = row.ljust(row_digits, "0" if mark == "," else "F")
            else:
                row += mark * max(count, 1)
            count = 0
        if len(row) == row_digits:
            rows.append(row)
            row = ""
    assert (row, len(rows)) == ("", height)
    return rows


@pytest.mark.parametrize(("dpi", "width", "height"), [(203, 799, 1199), (300, 1181, 1772)])
def test_a_label_is_one_picture_and_two_barcodes(dpi: int, width: int, height: int) -> None:
    text = render_zpl([LABEL], dpi=dpi).decode("ascii")

    assert text.startswith(f"^XA^CI28^PW{width}^LL{height}")
    assert text.rstrip().endswith("^XZ")
    assert re.findall(r"\^FD(.*?)\^FS", text) == ["SF1234567890123", "PC-000001"]
    found = re.search(r"\^GFA,(\d+),(\d+),(\d+),(.*?)\^FS", text)
    assert found is not None
    total, again, row_bytes = (int(found[at]) for at in (1, 2, 3))
    assert (total, again, row_bytes) == (row_bytes * height, total, (width + 7) // 8)
    rows = unpacked(found[4], row_bytes * 2, height)
    inked = sum(int(row, 16).bit_count() for row in rows)
    assert 0.02 < inked / (width * height) < 0.25
    assert len(text) < 60_000


def test_several_labels_are_several_formats() -> None:
    assert render_zpl([LABEL, LABEL], dpi=203).count(b"^XA") == 2


def test_compression_loses_nothing() -> None:
    rows = ["00" * 10, "FF" * 10, "FF" * 10, "0F" * 10, "A" + "0" * 19, "0" * 10 + "F" * 10, "1" * 20]
    assert unpacked(compressed(rows), 20, len(rows)) == rows
    long = ["7" * 900 + "0" * 100, "0" * 999 + "1"]
    assert unpacked(compressed(long), 1000, 2) == long
