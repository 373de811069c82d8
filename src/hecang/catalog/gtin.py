"""GS1 trade item numbers (EAN-8, UPC-A, EAN-13, GTIN-14): check digit and the one form all of them share."""

from __future__ import annotations

import re

_GTIN = re.compile(r"\d{8}|\d{12,14}", re.ASCII)
#: AIM symbology identifiers that scanners may put in front: ]E0, ]C1, ]d2, ]Q3 …
_AIM = re.compile(r"\](?:[A-Za-z]\d)", re.ASCII)
#: A GS1 element string that begins with a trade item number, with or without brackets.
_ELEMENT = re.compile(r"\(?01\)?(\d{14})", re.ASCII)


def is_gtin_shaped(code: str) -> bool:
    """Digits in the length of a GTIN."""
    return _GTIN.fullmatch(code) is not None


def check_digit(digits: str) -> int:
    """The check digit that belongs behind ``digits`` (GS1: weights 3, 1, 3, … from the right)."""
    return (
        -sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))) % 10
    )


def has_wrong_check_digit(code: str) -> bool:
    """Whether a code of GTIN shape ends in another digit than it should.

    Eight digits that begin with 0 may be a UPC-E, whose check digit counts otherwise: never called wrong.
    """
    if not is_gtin_shaped(code) or (len(code) == 8 and code[0] == "0"):
        return False
    return check_digit(code[:-1]) != int(code[-1])


def variants(code: str) -> list[str]:
    """The ways in which databases write the same GTIN: with leading zeros and without; empty if it is none."""
    if not re.fullmatch(r"\d{6,14}", code, re.ASCII):
        return []
    bare = code.lstrip("0")
    return [bare.zfill(length) for length in (8, 12, 13, 14) if length >= len(bare)] + [bare] if bare else []


def scanned(code: str) -> list[str]:
    """What a scanner may have meant: the code, then it without symbology identifier, then the GTIN inside.

    >>> scanned("]C1010690123456789210ABC")
    [']C1010690123456789210ABC', '010690123456789210ABC', '06901234567892']
    """
    found = [code]
    if (aim := _AIM.match(code)) and len(code) > aim.end():
        code = code[aim.end() :]
        found.append(code)
    if (element := _ELEMENT.match(code)) and not is_gtin_shaped(code):
        found.append(element[1])
    return found
