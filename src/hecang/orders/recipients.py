"""What is missing of a recipient before a carrier would take the parcel."""

from __future__ import annotations

import re
from typing import Any, Final

from hecang.partners.phones import phone_normalise

_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_OTHER_PHONE: Final = re.compile(r"\+?\d{7,15}")
#: The shortest text that can be an address.
_SHORTEST: Final = 4


def recipient_gaps(*, name: str, phone: str, address: str, sealed: Any = None) -> tuple[str, ...]:
    """Which of ``name``, ``phone`` and ``address`` are missing or implausible.

    :param sealed: tokens of the platform: what it keeps to itself it prints on the waybill itself.
    """
    if sealed:
        return ()
    number = "" if "*" in phone else phone_normalise(phone)
    form = _MOBILE if len(number) == 11 and number[0] == "1" else _OTHER_PHONE
    return tuple(
        part
        for part, there in (
            ("name", bool(name)),
            ("phone", form.fullmatch(number) is not None),
            ("address", len(address) >= _SHORTEST),
        )
        if not there
    )
