"""A pen for label printers that speak ZPL: everything drawn becomes one picture, barcodes are the printer's own.

Printers rarely have a Chinese font, and never the same one: text is drawn here, in one bit a dot, and sent
compressed (``^GFA``); Code 128 is left to ``^BC``, whose bars are as sharp as the head allows.
"""

from __future__ import annotations

import functools
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from hecang.shipping.labels.drawing import clean, modules
from hecang.shipping.labels.fonts import font_path

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72


class ZplPen:
    """The same strokes as :class:`hecang.shipping.labels.drawing.Pen`, for a printer of ``dpi`` dots per inch."""

    def __init__(self, page_width: float, page_height: float, *, dpi: int) -> None:
        self.dpi = dpi
        self._size = (self._dots(page_width), self._dots(page_height))
        self._labels: list[str] = []
        self._new_page()

    def next_page(self) -> None:
        """End the label at hand."""
        width, height = self._size
        self._labels.append(
            f"^XA^CI28^PW{width}^LL{height}^LH0,0\n^FO0,0{graphic(self._image)}^FS\n"
            + "".join(self._codes)
            + "^XZ\n"
        )
        self._new_page()

    def finish(self) -> bytes:
        """All labels, one after another."""
        return "".join(self._labels).encode("ascii")

    def line(self, x1: float, y1: float, x2: float, y2: float, *, points: float = 0.6) -> None:
        self._draw.line(
            (self._dots(x1), self._dots(y1), self._dots(x2), self._dots(y2)),
            fill=0,
            width=self._stroke(points),
        )

    def box(self, x: float, y: float, w: float, h: float, *, points: float = 0.6) -> None:
        self._draw.rectangle(self._rectangle(x, y, w, h), outline=0, width=self._stroke(points))

    def fill(self, x: float, y: float, w: float, h: float) -> None:
        self._draw.rectangle(self._rectangle(x, y, w, h), fill=0)

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
        text = clean(text).replace("\n", " ")
        if max_width is not None:
            size, text = self._squeeze(text, size, max_width)
        anchor = {"left": "ls", "right": "rs", "center": "ms"}[align]
        pixels = self._pixels(size)
        self._draw.text(
            (self._dots(x), self._dots(y)),
            text,
            fill=1 if white else 0,
            font=_font(pixels),
            anchor=anchor,
            stroke_width=1 if bold and pixels >= 20 else 0,
        )

    def paragraph(
        self, x: float, y: float, text: str, size: float, *, w: float, h: float, bold: bool = False
    ) -> None:
        text = clean(text)
        lines = self._wrap(text, size, w)
        while len(lines) * size * 1.25 > self._points(h) and size > 5:
            size -= 0.5
            lines = self._wrap(text, size, w)
        fitting = max(1, int(self._points(h) // (size * 1.25)))
        for index, line in enumerate(lines[:fitting]):
            down = (size + index * size * 1.25) / POINTS_PER_INCH * MM_PER_INCH
            self.text(x, y + down, line, size, bold=bold)

    def barcode(self, x: float, y: float, w: float, h: float, value: str) -> None:
        """Code 128 by the printer, centred in ``w`` with its quiet zones, as wide as whole dots allow."""
        count = modules(value)
        dots = max(1, min(10, self._dots(w) // (count + 20)))
        left = self._dots(x) + (self._dots(w) - count * dots) // 2
        data = "".join(c if c.isalnum() or c in "-./ " else f"_{ord(c):02X}" for c in value if c.isascii())
        self._codes.append(
            f"^FO{left},{self._dots(y)}^BY{dots}^BCN,{self._dots(h)},N,N,N,A^FH_^FD{data}^FS\n"
        )

    # ------------------------------------------------------------ measures

    def _new_page(self) -> None:
        self._image = Image.new("1", self._size, 1)
        self._draw: Any = ImageDraw.Draw(self._image)
        self._draw.fontmode = "1"
        self._codes: list[str] = []

    def _dots(self, millimetres: float) -> int:
        return round(millimetres * self.dpi / MM_PER_INCH)

    def _rectangle(self, x: float, y: float, w: float, h: float) -> tuple[int, int, int, int]:
        return (self._dots(x), self._dots(y), self._dots(x + w), self._dots(y + h))

    def _stroke(self, points: float) -> int:
        return max(1, round(points * self.dpi / POINTS_PER_INCH))

    def _pixels(self, size: float) -> int:
        return max(8, round(size * self.dpi / POINTS_PER_INCH))

    @staticmethod
    def _points(millimetres: float) -> float:
        return millimetres / MM_PER_INCH * POINTS_PER_INCH

    def _width(self, text: str, size: float) -> float:
        return float(_font(self._pixels(size)).getlength(text)) / self.dpi * MM_PER_INCH

    def _squeeze(self, text: str, size: float, limit: float) -> tuple[float, str]:
        wide = self._width(text, size)
        if wide <= limit:
            return size, text
        size = max(size * limit / wide, size * 0.6)
        if self._width(text, size) > limit:
            while len(text) > 1 and self._width(text + "…", size) > limit:
                text = text[:-1]
            text += "…"
        return size, text

    def _wrap(self, text: str, size: float, limit: float) -> list[str]:
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for character in paragraph:
                if line and self._width(line + character, size) > limit:
                    lines.append(line)
                    line = ""
                line += character
            lines.append(line)
        return lines


@functools.lru_cache(maxsize=64)
def _font(pixels: int) -> Any:
    return ImageFont.truetype(font_path(), pixels)


def graphic(image: Image.Image) -> str:
    """A picture as ``^GFA`` with ZPL's own compression of hexadecimal rows."""
    width, height = image.size
    row_bytes = (width + 7) // 8
    # In the picture 1 is paper; for the printer 1 is ink. Padding bits stay paper.
    inked = Image.new("1", (row_bytes * 8, height), 0)
    inked.paste(image.point(lambda value: 0 if value else 1), (0, 0))
    raw = inked.tobytes()
    rows = [raw[at * row_bytes : (at + 1) * row_bytes].hex().upper() for at in range(height)]
    total = row_bytes * height
    return f"^GFA,{total},{total},{row_bytes},{compressed(rows)}"


def compressed(rows: list[str]) -> str:
    """Rows of hexadecimal digits: ``,`` is zeros and ``!`` ones to the end of the row, ``:`` the row before."""
    out = []
    before = None
    for row in rows:
        out.append(":" if row == before else _runs(row))
        before = row
    return "".join(out)


def _runs(row: str) -> str:
    for digit, mark in (("0", ","), ("F", "!")):
        kept = row.rstrip(digit)
        if len(row) - len(kept) > 1:
            return _counted(kept) + mark
    return _counted(row)


def _counted(text: str) -> str:
    """Repeated digits with their counts before them: G to Y are 1 to 19, g to z are 20 to 400."""
    out = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and text[end] == text[at]:
            end += 1
        count = end - at
        while count > 419:
            out.append("z" + "Y" + text[at])
            count -= 419
        if count > 1:
            twenties, ones = divmod(count, 20)
            out.append(
                (chr(ord("f") + twenties) if twenties else "") + (chr(ord("F") + ones) if ones else "")
            )
        out.append(text[at] if count else "")
        at = end
    return "".join(out)
