"""Serial Shipping Container Codes: the arithmetic of GS1.

GS1 General Specifications (release 25), section 3.2 “Identification of a logistic unit (SSCC): AI (00)” and 7.9
“Check digit calculations for GS1 keys”: extension digit (0–9), GS1 company prefix and serial reference, together
seventeen digits, then the check digit. The company prefix has four to twelve digits; the serial reference has what
is left of sixteen.
"""

from __future__ import annotations

import re

from hecang.catalog.gtin import check_digit

LENGTH = 18
_DIGITS = re.compile(r"[0-9]{18}", re.ASCII)


def sscc_make(*, extension: int, company_prefix: str, serial: int) -> str:
    """The eighteen digits.

    >>> sscc_make(extension=0, company_prefix="0614141", serial=123456789)
    '006141411234567890'

    Raises ValueError where the serial reference does not fit behind the prefix.
    """
    width = serial_width(company_prefix)
    if not 0 <= extension <= 9 or not 0 <= serial < 10**width:
        raise ValueError("extension or serial reference out of range")
    body = f"{extension}{company_prefix}{serial:0{width}d}"
    return f"{body}{check_digit(body)}"


def serial_width(company_prefix: str) -> int:
    """How many digits the serial reference has behind a prefix."""
    return LENGTH - 2 - len(company_prefix)


def is_sscc(text: str) -> bool:
    """Eighteen digits with the right check digit."""
    return _DIGITS.fullmatch(text) is not None and check_digit(text[:-1]) == int(text[-1])


def sscc_clean(text: str) -> str:
    """The eighteen digits out of what a person or a scanner gives: ``(00)…``, ``]C100…``, with blanks; else the text.

    >>> sscc_clean("(00) 0 0614141 123456789 0")
    '006141411234567890'
    """
    digits = re.sub(r"[\s()]", "", re.sub(r"^\][A-Za-z][0-9]", "", text.strip()))
    if len(digits) == LENGTH + 2 and digits.startswith("00") and is_sscc(digits[2:]):
        return digits[2:]
    return digits if is_sscc(digits) else text.strip()


def sscc_spaced(sscc: str) -> str:
    """For people: ``(00) 0 06141411 23456789 0`` in groups."""
    return f"(00) {sscc[0]} {sscc[1:9]} {sscc[9:17]} {sscc[17]}"
