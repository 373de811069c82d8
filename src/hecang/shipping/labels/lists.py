"""Lists on paper: the packing list that travels with the goods, the manifest that the driver signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reportlab.lib.units import mm as MM  # noqa: N812 - a unit

from hecang.shipping.labels.drawing import Pen
from hecang.shipping.labels.fonts import width as text_width
from hecang.shipping.labels.label import Party

#: Size of the text in tables, in points.
TEXT = 8.5
PAGES: dict[str, tuple[float, float]] = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}
PageSize = Literal["A4", "A5"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: where it starts and ends (mm), its heading, how it is aligned, and whether long text may
    take a second line."""

    title: str
    left: float
    right: float
    align: Literal["left", "right"] = "left"
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class PackingListLine:
    sku_code: str
    name: str
    barcode: str
    quantity: int
    lot: str = ""


@dataclass(frozen=True, slots=True)
class PackingListIn:
    """What lies in a parcel (or, without a parcel number, in a fulfilment)."""

    fulfilment_number: str
    order_number: str
    shop_name: str
    warehouse_name: str
    recipient: Party
    lines: tuple[PackingListLine, ...]
    parcel_number: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    waybill_number: str
    reference: str
    service_name: str
    destination: str
    weight_g: int


@dataclass(frozen=True, slots=True)
class ManifestSheet:
    number: str
    warehouse_name: str
    carrier_name: str
    driver: str
    opened_at: datetime
    closed_at: datetime | None
    lines: tuple[ManifestLine, ...]


def render_packing_lists(lists: Sequence[PackingListIn], *, page: PageSize, printed_at: datetime) -> bytes:
    """Each list from a new page on; long ones go on with their heading repeated."""
    width, height = PAGES[page]
    pen = Pen(width, height, title="装箱单 Packing list")
    for one in lists:
        _packing_list(pen, one, printed_at)
    return pen.finish()


def render_manifest(sheet: ManifestSheet, *, printed_at: datetime) -> bytes:
    """The manifest on A4: table, totals by service, lines to sign on."""
    width, height = PAGES["A4"]
    pen = Pen(width, height, title=f"交接单 {sheet.number}")
    fields = (
        Field("#", 12, 22, "right"),
        Field("运单号 Waybill", 25, 68),
        Field("包裹 Parcel", 70, 108),
        Field("产品 Service", 110, 138),
        Field("目的地 Destination", 140, 178),
        Field("重量 kg", 180, 198, "right"),
    )
    rows = [
        (
            str(index),
            line.waybill_number,
            line.reference,
            line.service_name,
            line.destination,
            f"{line.weight_g / 1000:.2f}",
        )
        for index, line in enumerate(sheet.lines, start=1)
    ]
    y = table(pen, lambda: _manifest_head(pen, sheet, printed_at), fields, rows, bottom=height - 16)
    totals = _totals(sheet.lines)
    if y + 8 + 6 * len(totals) + 34 > height - 16:
        pen.next_page()
        y = _manifest_head(pen, sheet, printed_at)
    _manifest_foot(pen, totals, y + 8, sheet.driver)
    pen.next_page()
    return pen.finish()


def _packing_list(pen: Pen, one: PackingListIn, printed_at: datetime) -> None:
    width = pen.page_width
    edge = width - 10
    name_right = edge - 50
    fields = (
        Field("#", 10, 16, "right"),
        Field("商品 Item", 18, name_right, wraps=True),
        Field("条码 / 批次", name_right + 2, edge - 14),
        Field("数量", edge - 12, edge, "right"),
    )
    rows = [
        (
            str(index),
            f"{line.sku_code}  {line.name}",
            " / ".join(part for part in (line.barcode, line.lot) if part),
            str(line.quantity),
        )
        for index, line in enumerate(one.lines, start=1)
    ]
    y = table(pen, lambda: _packing_head(pen, one, printed_at), fields, rows, bottom=pen.page_height - 14)
    if y + 16 > pen.page_height - 8:
        pen.next_page()
        y = _packing_head(pen, one, printed_at)
    units = sum(line.quantity for line in one.lines)
    pen.text(
        edge,
        y + 7,
        f"共 {len(one.lines)} 种 {units} 件   {len(one.lines)} lines, {units} units",
        9.5,
        align="right",
        bold=True,
    )
    if one.remark:
        pen.text(10, y + 13, f"备注 {one.remark}", 8.5, max_width=width - 20)
    pen.next_page()


def _packing_head(pen: Pen, one: PackingListIn, printed_at: datetime) -> float:
    edge = pen.page_width - 10
    pen.text(10, 15, "装箱单 Packing list", 15, bold=True)
    pen.barcode(edge - 58, 8, 58, 9, one.parcel_number or one.fulfilment_number)
    pen.text(edge - 29, 20.5, one.parcel_number or one.fulfilment_number, 7.5, align="center")
    pen.text(10, 22, f"订单 {one.order_number}    发货单 {one.fulfilment_number}", 9, max_width=edge - 72)
    pen.text(
        10,
        27.5,
        f"{one.shop_name}    {one.warehouse_name}    {printed_at:%Y-%m-%d %H:%M}",
        9,
        max_width=edge - 12,
    )
    pen.text(10, 33.5, f"收件人 {one.recipient.name}  {one.recipient.phone}", 9, max_width=edge - 12)
    pen.paragraph(10, 34.5, one.recipient.address, 8.5, w=edge - 12, h=7.5)
    return 44.0


def _manifest_head(pen: Pen, sheet: ManifestSheet, printed_at: datetime) -> float:
    pen.text(12, 20, "交接单 Manifest", 18, bold=True)
    pen.barcode(128, 10, 70, 11, sheet.number)
    pen.text(163, 25, sheet.number, 9, align="center")
    pen.text(12, 27, f"仓库 {sheet.warehouse_name}    承运商 {sheet.carrier_name}", 11, max_width=110)
    when = sheet.closed_at or sheet.opened_at
    state = "" if sheet.closed_at else "    未交接 not handed over yet"
    pen.text(
        12, 33, f"时间 {when:%Y-%m-%d %H:%M}    打印 {printed_at:%Y-%m-%d %H:%M}{state}", 9, max_width=180
    )
    return 38.0


def _manifest_foot(pen: Pen, totals: Sequence[tuple[str, int, int]], y: float, driver: str) -> None:
    for title, count, weight_g in totals:
        pen.text(108, y, title, 10, bold=title.startswith("合计"))
        pen.text(160, y, f"{count} 件", 10, align="right")
        pen.text(198, y, f"{weight_g / 1000:.2f} kg", 10, align="right")
        y += 6
    y += 14
    pen.text(80, y - 1.5, driver, 10, max_width=50)
    for x, title in ((12, "仓库交接人 Warehouse"), (78, "司机 Driver"), (144, "日期时间 Date, time")):
        pen.line(x, y, x + 54, y)
        pen.text(x, y + 5, title, 9)


def _totals(lines: Sequence[ManifestLine]) -> list[tuple[str, int, int]]:
    """Title, parcels and grams: one for each service if there are several, and the sum."""
    services = sorted({line.service_name for line in lines})
    groups = [(name, [line for line in lines if line.service_name == name]) for name in services]
    if len(groups) < 2:
        groups = []
    return [
        (name, len(group), sum(line.weight_g for line in group))
        for name, group in [*groups, ("合计 Total", list(lines))]
    ]


def table(
    pen: Pen,
    head: Callable[[], float],
    fields: Sequence[Field],
    rows: Sequence[Sequence[str]],
    *,
    bottom: float,
) -> float:
    """Rows under a heading, on as many pages as they need; the y where the last row ended.

    :param head: draws the top of a page and tells where the table begins.
    """
    page = 1
    y = _table_head(pen, head(), fields)
    for row in rows:
        height = _row_height(fields, row)
        if y + height > bottom:
            pen.text(pen.page_width / 2, pen.page_height - 6, f"{page}", 8, align="center")
            pen.next_page()
            page += 1
            y = _table_head(pen, head(), fields)
        for field, value in zip(fields, row, strict=True):
            _cell(pen, field, y, value)
        y += height
        pen.line(fields[0].left, y, fields[-1].right, y, points=0.2)
    pen.text(pen.page_width / 2, pen.page_height - 6, f"{page}", 8, align="center")
    return y


def _row_height(fields: Sequence[Field], row: Sequence[str]) -> float:
    long = any(
        field.wraps and text_width(value, TEXT) > (field.right - field.left) * MM
        for field, value in zip(fields, row, strict=True)
    )
    return 9.5 if long else 6.0


def _cell(pen: Pen, field: Field, y: float, value: str) -> None:
    if field.wraps and text_width(value, TEXT) > (field.right - field.left) * MM:
        pen.paragraph(field.left, y + 0.8, value, TEXT, w=field.right - field.left, h=8)
        return
    x = field.left if field.align == "left" else field.right
    pen.text(x, y + 4.2, value, TEXT, align=field.align, max_width=field.right - field.left)


def _table_head(pen: Pen, y: float, fields: Sequence[Field]) -> float:
    pen.shade(fields[0].left - 2, y, fields[-1].right - fields[0].left + 4, 7)
    for field in fields:
        x = field.left if field.align == "left" else field.right
        pen.text(
            x, y + 4.8, field.title, 8.5, align=field.align, bold=True, max_width=field.right - field.left
        )
    return y + 7
