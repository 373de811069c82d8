"""Size texts of packages, as tills print them: ``12/12 OZ``, ``1/2 GAL``, ``10 3/4 OZ``, ``6 PK/5 OZ``."""

from __future__ import annotations

import re
from math import gcd

#: Grams in one unit; volumes as if of water.
_GRAMS: dict[str, float] = {
    "OZ": 28.35, "Z": 28.35, "FL OZ": 29.57, "LB": 453.6, "LBS": 453.6, "G": 1.0, "GR": 1.0, "GM": 1.0, "KG": 1000.0,
    "ML": 1.0, "L": 1000.0, "LT": 1000.0, "LTR": 1000.0, "LRT": 1000.0, "PT": 473.2, "QT": 946.4, "GAL": 3785.4,
    "GA": 3785.4,
}  # fmt: skip
#: A number and its unit; before it perhaps a whole number and a fraction's top.
_MEASURE = re.compile(r"(\d*\.\d+|\d+)[ -]*(FL OZ|OZ|LBS?|KG|GAL?|GR|GM|G|ML|LTR?|LRT|L|PT|QT|Z)\b")
_FRACTION = re.compile(r"(?:(\d+)[ -]+)?(\d+) */ *$")
#: ``6 PK/5 OZ``, ``6 PK 12 OZ``, ``4 P/3 OZ``, ``12/12 OZ``: so many of that measure each.
_TIMES_BEFORE = re.compile(r"(\d+) *(?:(?:PK|P|C)? */|PK) *$")
#: ``12 OZ/4 PK``, ``1.5 OZ/(6)``.
_TIMES_AFTER = re.compile(r"^ */ *(?:(\d+) *PK|\((\d+)\))")
#: A package of a grocery.
_LEAST_G, _MOST_G = 1, 30_000
_MOST_TIMES = 36


def content_g(text: str) -> int | None:
    """Net content in grams; ``None`` where the text tells no weight or volume, or one that makes no sense."""
    text = text.upper().strip()
    measure = _MEASURE.search(text)
    if measure is None:
        grams = _GRAMS[text] if text in {"PT", "QT", "GAL", "LB", "L"} else 0.0  # “PT” alone is one of it
    else:
        grams = _measured(measure[1], text[: measure.start()], text[measure.end() :]) * _GRAMS[measure[2]]
    return round(grams) if _LEAST_G <= grams <= _MOST_G else None


def _measured(number: str, before: str, after: str) -> float:
    value = float(number)
    fraction = _FRACTION.search(before)
    if (
        fraction
        and value in {2, 3, 4, 8, 16}
        and (top := int(fraction[2])) < value
        and gcd(top, int(value)) == 1
    ):
        return int(fraction[1] or 0) + top / value
    if times := _TIMES_BEFORE.search(before) or _TIMES_AFTER.search(after):
        count = int(next(group for group in times.groups() if group))
        return value * count if count <= _MOST_TIMES else value  # “51-60/16 OZ” are shrimps to a pound
    return value
