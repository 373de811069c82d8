"""Phone numbers in one form, so that the same number always has the same keyed hash."""

from __future__ import annotations

import re
import unicodedata

from hecang.kernel.crypto import keyed_hash

_MOBILE = re.compile(r"(?:0086|86)?(1\d{10})")
_EXTENSION = re.compile(r"(?:转|ext\.?|x|,|#)\s*\d{1,8}$", re.IGNORECASE)


def phone_normalise(phone: str) -> str:
    """Digits of a number; a mainland mobile without its country code, an extension left out.

    ``+86 138-1234-5678`` and ``13812345678转0421`` (a privacy number of a platform) become
    ``13812345678``; other numbers keep their digits and a leading ``+``. Empty for what has no digit.
    """
    text = unicodedata.normalize("NFKC", phone).strip()
    text = _EXTENSION.sub("", text)
    digits = re.sub(r"\D", "", text)
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1]
    return ("+" if text.startswith("+") and digits else "") + digits


def phone_hash(phone: str) -> str:
    """Keyed hash of a phone number as searched for and blocked; empty for what has no digit."""
    number = phone_normalise(phone)
    return keyed_hash(number) if number else ""
