"""A thin pen over reportlab's canvas: millimetres from the top left, Chinese text, boxes, barcodes."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.graphics.barcode import code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from hecang.shipping.labels.fonts import register, width


class Pen:
    """Draws on pages of one size; coordinates in mm, x to the right and y down from the top left."""

    def __init__(self, page_width: float, page_height: float, *, title: str) -> None:
        self.page_width = page_width
        self.page_height = page_height
        self._font = register()
        self._buffer = io.BytesIO()
        self._canvas = Canvas(
            self._buffer, pagesize=(page_width * mm, page_height * mm), pageCompression=1, invariant=1
        )
        self._canvas.setTitle(title)
        self._canvas.setCreator("Hecang")

    def next_page(self) -> None:
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The PDF; call it after the last :meth:`next_page`."""
        self._canvas.save()
        return self._buffer.getvalue()

    def line(self, x1: float, y1: float, x2: float, y2: float, *, points: float = 0.6) -> None:
        self._canvas.setLineWidth(points)
        self._canvas.line(x1 * mm, self._up(y1), x2 * mm, self._up(y2))

    def box(self, x: float, y: float, w: float, h: float, *, points: float = 0.6) -> None:
        self._canvas.setLineWidth(points)
        self._canvas.rect(x * mm, self._up(y + h), w * mm, h * mm)

    def shade(self, x: float, y: float, w: float, h: float, *, grey: float = 0.92) -> None:
        self._canvas.saveState()
        self._canvas.setFillGray(grey)
        self._canvas.rect(x * mm, self._up(y + h), w * mm, h * mm, stroke=0, fill=1)
        self._canvas.restoreState()

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
    ) -> None:
        """One line with its baseline at ``y``; shrinks down to 60 % to keep within ``max_width``, then is cut.

        The font has one weight: bold is drawn with an outline.
        """
        text = clean(text)
        if max_width is not None:
            size, text = _squeeze(text, size, max_width * mm)
        left = x * mm
        if align != "left":
            left -= width(text, size) / (1 if align == "right" else 2)
        self._canvas.saveState()
        if white:
            self._canvas.setFillGray(1)
            self._canvas.setStrokeGray(1)
        pen = self._canvas.beginText(left, self._up(y))
        pen.setFont(self._font, size)
        if bold:
            self._canvas.setLineWidth(size / 30)
            pen.setTextRenderMode(2)
        pen.textOut(text)
        self._canvas.drawText(pen)
        self._canvas.restoreState()

    def paragraph(
        self, x: float, y: float, text: str, size: float, *, w: float, h: float, bold: bool = False
    ) -> None:
        """Text wrapped into a box of ``w`` × ``h`` whose top is ``y``; shrinks until it fits, then is cut."""
        text = clean(text)
        lines = wrap(text, size, w * mm)
        while len(lines) * size * 1.25 > h * mm and size > 5:
            size -= 0.5
            lines = wrap(text, size, w * mm)
        for index, line in enumerate(lines[: max(1, int(h * mm // (size * 1.25)))]):
            self.text(x, y + (size + index * size * 1.25) / mm, line, size, bold=bold)

    def fill(self, x: float, y: float, w: float, h: float) -> None:
        self._canvas.rect(x * mm, self._up(y + h), w * mm, h * mm, stroke=0, fill=1)

    def barcode(self, x: float, y: float, w: float, h: float, value: str) -> None:
        """Code 128, centred in ``w`` with its quiet zones, as wide as whole steps of 1/8 mm allow.

        The narrowest bar is 0.25 mm or more where the value allows it: thermal printers of 203 dpi have
        dots of 0.125 mm.
        """
        dots = max(1, int(w / 0.125 // (modules(value) + 20)))
        bar = code128.Code128(value, barHeight=h * mm, barWidth=dots * 0.125 * mm, quiet=False)
        bar.drawOn(self._canvas, (x + w / 2) * mm - bar.width / 2, self._up(y + h))

    def _up(self, y: float) -> float:
        return (self.page_height - y) * mm


def wrap(text: str, size: float, limit: float) -> list[str]:
    """Break ``text`` into lines of at most ``limit`` points; Chinese breaks anywhere, Latin words stay whole
    where they can."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _words(paragraph):
            if line and width(line + word, size) > limit:
                lines.append(line.rstrip())
                line = word.lstrip()
            else:
                line += word
            while width(line, size) > limit and len(line) > 1:
                cut = _longest(line, size, limit)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line.rstrip())
    return lines


def _words(text: str) -> Sequence[str]:
    words: list[str] = []
    for character in text:
        if words and character.isascii() and character != " " and words[-1].isascii() and words[-1] != " ":
            words[-1] += character
        else:
            words.append(character)
    return words


def _longest(text: str, size: float, limit: float) -> int:
    """How many characters of ``text`` fit; at least one."""
    used = 0.0
    for index, character in enumerate(text):
        used += width(character, size)
        if used > limit:
            return max(1, index)
    return len(text)


def _squeeze(text: str, size: float, limit: float) -> tuple[float, str]:
    wide = width(text, size)
    if wide <= limit:
        return size, text
    size = max(size * limit / wide, size * 0.6)
    if width(text, size) > limit:
        text = text[: max(1, _longest(text, size, limit - width("…", size)))] + "…"
    return size, text


def clean(text: str) -> str:
    """Control characters have no shape; a line break is a space where one line is drawn."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def modules(value: str) -> int:
    """Width of ``value`` in Code 128 in narrowest bars, without quiet zones."""
    bar = code128.Code128(value, barWidth=1, quiet=False)
    return round(float(bar.width))
