"""GS1 logistic labels, 105 × 148 mm (A6): whose, what, and the bars that every warehouse reads.

GS1 Logistic Label Guideline (release 1.3): three parts, from top to bottom free text, the data in figures, the bars in
GS1-128, the SSCC last. A bar code of GS1-128 begins with FNC1; an element without a fixed length that another follows
ends with it (GS1 General Specifications, 7.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from hecang.catalog.gtin import variants
from hecang.inbound.sscc import is_sscc
from hecang.shipping.labels.drawing import Pen

WIDTH, HEIGHT, MARGIN = 105.0, 148.0, 4.0
#: What reportlab calls FNC1.
FNC1 = "\xf1"


@dataclass(frozen=True, slots=True)
class Content:
    """Goods in a container."""

    sku: str
    name: str
    quantity: int
    unit: str = "pcs"
    gtin: str = ""
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class LogisticLabel:
    """:param code: SSCC, or the sender's own number, which then is printed as plain Code 128."""

    code: str
    kind: str
    sender: str
    receiver: str
    address: str
    asn_number: str
    order_number: str
    index: int
    count: int
    contents: tuple[Content, ...] = field(default_factory=tuple)


def render(labels: Sequence[LogisticLabel]) -> bytes:
    """A PDF with one page for each label, in order."""
    pen = Pen(WIDTH, HEIGHT, title="物流标签 " + (labels[0].asn_number if labels else ""))
    for label in labels:
        _draw(pen, label)
        pen.next_page()
    return pen.finish()


def _draw(pen: Pen, label: LogisticLabel) -> None:
    inner = WIDTH - 2 * MARGIN
    pen.box(MARGIN, MARGIN, inner, HEIGHT - 2 * MARGIN, points=0.8)
    pen.text(MARGIN + 2, 9, "发货 FROM", 7)
    pen.text(MARGIN + 2, 15, label.sender, 12, bold=True, max_width=46)
    pen.text(56, 9, "收货 TO", 7)
    pen.text(56, 15, label.receiver, 12, bold=True, max_width=42)
    pen.paragraph(56, 16.5, label.address, 8, w=42, h=8)
    pen.line(54, MARGIN, 54, 26)
    _rule(pen, 26)
    pen.text(MARGIN + 2, 31.5, f"预到货 ASN {label.asn_number}", 9, max_width=52)
    pen.text(WIDTH - MARGIN - 2, 31.5, f"{label.index} / {label.count}", 14, align="right", bold=True)
    pen.text(
        MARGIN + 2, 36.5, f"采购单 PO {label.order_number}" if label.order_number else "", 9, max_width=60
    )
    pen.text(
        WIDTH - MARGIN - 2, 36.5, {"pallet": "托盘 PALLET"}.get(label.kind, "箱 CARTON"), 8, align="right"
    )
    _rule(pen, 39)
    _contents(pen, label.contents)
    _rule(pen, 78)
    _figures(pen, label)
    _rule(pen, 92)
    _bars(pen, label)


def _contents(pen: Pen, contents: Sequence[Content]) -> None:
    """y 39–78: what is in it; the first five, and how many more."""
    pen.text(MARGIN + 2, 43.5, "内容 CONTENT", 7)
    for index, one in enumerate(contents[:5]):
        y = 49.5 + index * 6.2
        pen.text(MARGIN + 2, y, one.sku, 9.5, bold=True, max_width=30)
        pen.text(38, y, one.name, 9, max_width=38)
        pen.text(
            WIDTH - MARGIN - 2, y, f"{one.quantity} {one.unit}", 10, align="right", bold=True, max_width=22
        )
    if len(contents) > 5:
        pen.text(WIDTH - MARGIN - 2, 43.5, f"+{len(contents) - 5}", 8, align="right")


def _figures(pen: Pen, label: LogisticLabel) -> None:
    """y 78–92: the data of the bars, for people."""
    pen.text(MARGIN + 2, 83, "SSCC" if is_sscc(label.code) else "箱号 NO.", 7)
    pen.text(MARGIN + 2, 89.5, label.code, 12, bold=True, max_width=48)
    if len(label.contents) == 1:
        one = label.contents[0]
        pen.text(58, 83, f"批次 LOT {one.lot}" if one.lot else "", 8, max_width=42)
        day = f"{one.expires_on:%Y-%m-%d}" if one.expires_on else ""
        pen.text(58, 89, f"有效期 EXP {day}" if day else "", 8, max_width=42)


def _bars(pen: Pen, label: LogisticLabel) -> None:
    """y 92–144: contents where one SKU with a GTIN is in it, then the SSCC."""
    content = content_elements(label.contents)
    inner = WIDTH - 2 * MARGIN - 2
    if content:
        bars, words = content
        pen.barcode(MARGIN + 1, 94, inner, 16, bars)
        pen.text(WIDTH / 2, 113.5, words, 7.5, align="center", max_width=inner)
    if is_sscc(label.code):
        pen.barcode(MARGIN + 1, 116, inner, 22, f"{FNC1}00{label.code}")
        pen.text(WIDTH / 2, 142, f"(00) {label.code}", 10, align="center", max_width=inner)
    else:
        pen.barcode(MARGIN + 1, 116, inner, 22, label.code)
        pen.text(WIDTH / 2, 142, label.code, 10, align="center", max_width=inner)


def content_elements(contents: Sequence[Content]) -> tuple[str, str] | None:
    """(bars, words) of AI (02), (15 or 17), (37), (10) of a homogeneous unit; ``None`` where it cannot be said so.

    Elements of fixed length come first, so that only the count needs an FNC1 behind it.
    """
    if len(contents) != 1:
        return None
    one = contents[0]
    gtin = gtin14(one.gtin)
    if not gtin or not 0 < one.quantity < 10**8:
        return None
    bars, words = f"{FNC1}02{gtin}", f"(02) {gtin}"
    if one.expires_on is not None:
        bars += f"17{one.expires_on:%y%m%d}"
        words += f" (17) {one.expires_on:%y%m%d}"
    bars += f"37{one.quantity}"
    words += f" (37) {one.quantity}"
    if one.lot and len(one.lot) <= 20 and one.lot.isascii():
        bars += f"{FNC1}10{one.lot}"
        words += f" (10) {one.lot}"
    return bars, words


def gtin14(code: str) -> str:
    """Fourteen digits of a GTIN of any length; empty where it is none."""
    return next((one for one in variants(code) if len(one) == 14), "") if code.isdigit() else ""


def _rule(pen: Pen, y: float) -> None:
    pen.line(MARGIN, y, WIDTH - MARGIN, y)
