"""The parcel label, 100 × 150 mm: what the courier, the sorter and the recipient read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hecang.shipping.labels.drawing import Pen
from hecang.shipping.labels.zpl import ZplPen

WIDTH = 100.0
HEIGHT = 150.0
MARGIN = 3.0


@dataclass(frozen=True, slots=True)
class Party:
    """A sender or recipient in clear text; ``address`` is complete, with its regions."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Label:
    """Everything on one label; weights in grams, ``slot`` the compartment it was sorted in."""

    waybill_number: str
    carrier_name: str
    service_name: str
    routing_code: str
    destination: str
    sender: Party
    recipient: Party
    parcel_number: str
    order_number: str
    weight_g: int
    charged_weight_g: int
    parcel_index: int
    parcel_count: int
    batch_number: str
    slot: int | None
    shop_name: str
    remark: str
    printed_at: datetime


class LabelPen(Protocol):
    """What a label is drawn with; millimetres from the top left."""

    def line(self, x1: float, y1: float, x2: float, y2: float, *, points: float = 0.6) -> None: ...
    def box(self, x: float, y: float, w: float, h: float, *, points: float = 0.6) -> None: ...
    def fill(self, x: float, y: float, w: float, h: float) -> None: ...
    def barcode(self, x: float, y: float, w: float, h: float, value: str) -> None: ...
    def paragraph(
        self, x: float, y: float, text: str, size: float, *, w: float, h: float, bold: bool = False
    ) -> None: ...
    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        align: str = "left",
        bold: bool = False,
        max_width: float | None = None,
        white: bool = False,
    ) -> None: ...


def render_zpl(labels: Sequence[Label], *, dpi: int) -> bytes:
    """The same labels for a ZPL printer, one format each, in order."""
    pen = ZplPen(WIDTH, HEIGHT, dpi=dpi)
    for label in labels:
        _draw(pen, label)
        pen.next_page()
    return pen.finish()


def render(labels: Sequence[Label]) -> bytes:
    """One page for each label, in order."""
    pen = Pen(WIDTH, HEIGHT, title="面单 " + (labels[0].waybill_number if labels else ""))
    for label in labels:
        _draw(pen, label)
        pen.next_page()
    return pen.finish()


def _draw(pen: LabelPen, label: Label) -> None:
    pen.box(MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN, points=1)
    _head(pen, label)
    _waybill(pen, label)
    _recipient(pen, label)
    _sender(pen, label)
    _facts(pen, label)
    _house(pen, label)


def _head(pen: LabelPen, label: Label) -> None:
    """y 3–34: carrier and service; below, large, what it is sorted by."""
    pen.text(6, 11.5, label.carrier_name, 18, bold=True, max_width=52)
    pen.fill(62, 5, 32, 9)
    pen.text(78, 11.4, label.service_name, 13, align="center", bold=True, white=True, max_width=30)
    _rule(pen, 16)
    pen.text(50, 25.5, label.routing_code or "—", 26, align="center", bold=True, max_width=90)
    pen.text(50, 32.5, label.destination, 14, align="center", bold=True, max_width=90)
    _rule(pen, 35)


def _waybill(pen: LabelPen, label: Label) -> None:
    """y 35–60: the number as Code 128 and in figures."""
    pen.barcode(MARGIN, 37.5, WIDTH - 2 * MARGIN, 15.5, label.waybill_number)
    pen.text(50, 58, _spaced(label.waybill_number), 12, align="center", bold=True, max_width=88)
    _rule(pen, 60)


def _recipient(pen: LabelPen, label: Label) -> None:
    """y 60–84."""
    _badge(pen, 72, "收")
    pen.text(18, 67.5, f"{label.recipient.name}  {label.recipient.phone}", 13, bold=True, max_width=76)
    pen.paragraph(18, 69.5, label.recipient.address, 11.5, w=76, h=14)
    _rule(pen, 84)


def _sender(pen: LabelPen, label: Label) -> None:
    """y 84–97."""
    _badge(pen, 90.5, "寄")
    pen.text(18, 88.8, f"{label.sender.name}  {label.sender.phone}".rstrip(), 8.5, max_width=76)
    pen.paragraph(18, 90, label.sender.address, 8, w=76, h=6.5)
    _rule(pen, 97)


def _facts(pen: LabelPen, label: Label) -> None:
    """y 97–119: weight, pieces, order."""
    for x in (34, 65):
        pen.line(x, 97, x, 108)
    _fact(pen, 5, "实重 Weight", f"{label.weight_g / 1000:.2f} kg")
    _fact(pen, 36, "计费重 Charged", f"{label.charged_weight_g / 1000:.2f} kg")
    _fact(pen, 67, "件数 Piece", f"{label.parcel_index} / {label.parcel_count}")
    _rule(pen, 108)
    pen.text(5, 112.5, f"订单 {label.order_number}", 8.5, max_width=56)
    pen.text(95, 112.5, label.shop_name, 8.5, align="right", max_width=34)
    pen.text(5, 117, f"打印 {label.printed_at:%Y-%m-%d %H:%M}", 8.5, max_width=40)
    pen.text(95, 117, label.remark, 8.5, align="right", max_width=48)
    _rule(pen, 119)


def _house(pen: LabelPen, label: Label) -> None:
    """y 119–147: what the packer and the dock scan."""
    pen.barcode(MARGIN, 121, 62, 14, label.parcel_number)
    pen.text(34, 140, label.parcel_number, 10, align="center", max_width=58)
    pen.text(34, 145, label.batch_number and f"拣货单 {label.batch_number}", 8, align="center", max_width=58)
    pen.line(66, 119, 66, 147)
    pen.text(81.5, 123.5, "格口 Slot", 8, align="center")
    pen.text(
        81.5, 139, "—" if label.slot is None else str(label.slot), 38, align="center", bold=True, max_width=28
    )


def _rule(pen: LabelPen, y: float) -> None:
    pen.line(MARGIN, y, WIDTH - MARGIN, y)


def _badge(pen: LabelPen, y: float, text: str) -> None:
    pen.fill(5.5, y - 5, 10, 10)
    pen.text(10.5, y + 2.6, text, 20, align="center", bold=True, white=True)


def _fact(pen: LabelPen, x: float, title: str, value: str) -> None:
    pen.text(x, 100.5, title, 6.5)
    pen.text(x, 106.3, value, 13, bold=True, max_width=28)


def _spaced(number: str) -> str:
    """Groups of four from the right, as people read them aloud."""
    head = len(number) % 4
    groups = [number[:head]] if head else []
    return " ".join(groups + [number[start : start + 4] for start in range(head, len(number), 4)])
