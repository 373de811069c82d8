"""A purchase order on paper: A4, Chinese and English, as many pages as it has lines for."""

from __future__ import annotations

from hecang.purchasing.ways import OrderDocument
from hecang.shipping.labels.drawing import Pen
from hecang.shipping.labels.lists import PAGES, Field, table

_TITLES = {
    "order": "采购订单 Purchase order",
    "change": "采购订单变更 Changed purchase order",
    "cancel": "采购订单取消 Cancelled purchase order",
}
_FIELDS = (
    Field("#", 12, 19, "right"),
    Field("货号 Article", 21, 55),
    Field("品名 Description", 57, 108, wraps=True),
    Field("到货日 Due", 110, 129),
    Field("数量 Qty", 130, 150, "right"),
    Field("单价 Price", 151, 172, "right"),
    Field("金额 Amount", 173, 198, "right"),
)


def order_pdf(document: OrderDocument) -> bytes:
    """The order as it is sent."""
    width, height = PAGES["A4"]
    pen = Pen(width, height, title=f"{_TITLES[document.kind]} {document.number}")
    rows = [
        (
            str(line.number),
            " / ".join(dict.fromkeys(filter(None, (line.supplier_sku, line.sku_code)))),
            line.name,
            f"{line.expected_on:%Y-%m-%d}" if line.expected_on else "",
            f"{line.quantity:,} {line.unit}",
            f"{line.unit_price.normalize():,f}",
            f"{line.amount:,.2f}",
        )
        for line in document.lines
    ]
    y = table(pen, lambda: _head(pen, document), _FIELDS, rows, bottom=height - 18)
    if y + 52 > height - 12:
        pen.next_page()
        y = _head(pen, document)
    _foot(pen, document, y + 8)
    pen.next_page()
    return pen.finish()


def _head(pen: Pen, document: OrderDocument) -> float:
    pen.text(12, 19, _TITLES[document.kind], 17, bold=True, max_width=112)
    pen.barcode(130, 9, 68, 10, document.number)
    number = document.number + (f"   修订 Rev. {document.revision}" if document.revision else "")
    pen.text(164, 23.5, number, 9, align="center", max_width=70)
    pen.text(12, 26, f"日期 Date {document.ordered_on:%Y-%m-%d}", 9.5)
    if document.account_number:
        pen.text(60, 26, f"客户编号 Account {document.account_number}", 9.5, max_width=66)
    _party(pen, 12, "供应商 Supplier", document.supplier.name, document.supplier.address,
           document.supplier.contact, document.supplier.phone)  # fmt: skip
    _party(pen, 75, "采购方 Buyer", document.buyer.name, "", "", "")
    _party(pen, 137, "收货地址 Ship to", document.ship_to.name, document.ship_to.address,
           document.ship_to.contact, document.ship_to.phone)  # fmt: skip
    return 62.0


def _party(pen: Pen, x: float, title: str, name: str, address: str, contact: str, phone: str) -> None:
    pen.text(x, 34, title, 8.5, bold=True)
    pen.text(x, 39.5, name, 10, max_width=58)
    pen.paragraph(x, 41, address, 8.5, w=58, h=11)
    pen.text(x, 57.5, "  ".join(filter(None, (contact, phone))), 8.5, max_width=58)


def _foot(pen: Pen, document: OrderDocument, y: float) -> None:
    units = sum(line.quantity for line in document.lines)
    pen.text(
        12, y, f"共 {len(document.lines)} 行 {units:,} 件   {len(document.lines)} lines, {units:,} units", 9.5
    )
    total = sum((line.amount for line in document.lines), start=document.amount * 0)
    pen.text(198, y, f"合计 Total {document.currency} {total:,.2f}", 12, align="right", bold=True)
    if document.note:
        pen.text(12, y + 7, "备注 Note", 8.5, bold=True)
        pen.paragraph(12, y + 8, document.note, 8.5, w=186, h=12)
    hint = {
        "order": "请确认数量与到货日期。 Please confirm quantities and dates.",
        "change": "本单替代此前版本。 This replaces what was sent before.",
        "cancel": "本单全部取消，请勿发货。 All of this order is cancelled; please do not deliver.",
    }[document.kind]
    pen.text(12, y + 26, hint, 9.5, bold=document.kind != "order", max_width=186)
    for x, title in ((12, "采购方 Buyer"), (110, "供应商 Supplier")):
        pen.line(x, y + 40, x + 80, y + 40)
        pen.text(x, y + 45, title, 9)
