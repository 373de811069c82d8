"""The Chinese font of everything printed.

WenQuanYi Micro Hei 文泉驿微米黑 (Apache-2.0) comes as a package; it is TrueType, so that reportlab embeds
only the characters that occur. ``HECANG_LABEL_FONT`` names another TrueType file (``.ttf``, ``.ttc``),
for instance one with characters of rare names.
"""

from __future__ import annotations

import functools
import os
from importlib.resources import files
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from hecang.kernel.errors import HecangError

FONT = "hecang-hei"


@functools.cache
def register() -> str:
    """Register the font with reportlab once per process and return its name.

    :raises HecangError: ``HECANG_LABEL_FONT`` is no TrueType font.
    """
    path = font_path()
    try:
        pdfmetrics.registerFont(TTFont(FONT, path))
    except (TTFError, OSError) as error:
        raise HecangError(
            f"The label font {path} cannot be used: {error}."
            " Set HECANG_LABEL_FONT to a TrueType font, or unset it to use the packaged one."
        ) from error
    return FONT


def font_path() -> str:
    """The TrueType file in use."""
    return os.environ.get("HECANG_LABEL_FONT") or str(_packaged())


def _packaged() -> Path:
    return Path(str(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc"))


def width(text: str, size: float) -> float:
    """Width of ``text`` in points."""
    return float(pdfmetrics.stringWidth(text, register(), size))
