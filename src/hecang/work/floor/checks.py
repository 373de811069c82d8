"""Whether an entry is something that the step takes at all, before its scenario looks at it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel.clock import today
from hecang.work.floor.protocol import Refusal

#: Longest code, and longest text.
MAX_CODE = 1000
MAX_TEXT = 500
_WHOLE = re.compile(r"[+-]?\d{1,12}", re.ASCII)
#: Separators that people write dates with; eight or six digits do as well.
_DATE = re.compile(r"(\d{4}|\d{2})[-./]?(\d{2})[-./]?(\d{2})", re.ASCII)


def value_checked(step: Mapping[str, Any], name: str, value: str) -> tuple[Mapping[str, Any], str]:
    """The input of ``step`` that ``name`` means, and ``value`` in the form that scenarios get.

    Raises :class:`Refusal`: ``input_unknown``, ``code_missing``, ``quantity_invalid``, ``date_invalid``,
    ``choice_invalid``, ``text_invalid`` or ``photo_invalid``.
    """
    found = next((one for one in step.get("inputs", ()) if one["name"] == name), None)
    if found is None:
        raise Refusal(
            _("This step does not take that entry. Do what the screen says now: %(prompt)s")
            % {"prompt": step.get("prompt", "")},
            code="input_unknown",
        )
    return found, _CHECKS[found["kind"]](found, value)


def _scan(_input: Mapping[str, Any], value: str) -> str:
    text = value.strip()
    if not text or len(text) > MAX_CODE:
        raise Refusal(
            _("The scan is empty or too long (%(max)s characters at most). Scan again.") % {"max": MAX_CODE},
            code="code_missing",
        )
    return text


def _text(_input: Mapping[str, Any], value: str) -> str:
    text = value.strip()
    if not text or len(text) > MAX_TEXT:
        raise Refusal(
            _("Enter between 1 and %(max)s characters.") % {"max": MAX_TEXT},
            code="text_invalid",
        )
    return text


def _quantity(field: Mapping[str, Any], value: str) -> str:
    text = unicodedata.normalize("NFKC", value).strip().replace(",", "")
    if not _WHOLE.fullmatch(text):
        raise Refusal(
            _("“%(value)s” is not a whole number. Enter the number of base units.") % {"value": value[:40]},
            code="quantity_invalid",
        )
    number = int(text)
    low, high = field["minimum"], field["maximum"]
    if low is not None and number < low:
        raise Refusal(
            _("%(value)s is too few: it has to be %(low)s at least.") % {"value": number, "low": low},
            code="quantity_invalid",
        )
    if high is not None and number > high:
        raise Refusal(
            _("%(value)s is too many: it may be %(high)s at most.") % {"value": number, "high": high},
            code="quantity_invalid",
        )
    return str(number)


def _date(_input: Mapping[str, Any], value: str) -> str:
    text = unicodedata.normalize("NFKC", value).strip()
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year = int(match[1]) if len(match[1]) == 4 else today().year // 100 * 100 + int(match[1])
        day = date(year, int(match[2]), int(match[3]))
        if not 1900 <= day.year <= 2999:
            raise ValueError(text)
    except ValueError:
        raise Refusal(
            _("“%(value)s” is not a date. Enter year, month and day, such as 2027-03-31 or 270331.")
            % {"value": value[:40]},
            code="date_invalid",
        ) from None
    return day.isoformat()


def _choice(field: Mapping[str, Any], value: str) -> str:
    if all(option["value"] != value for option in field["options"]):
        raise Refusal(
            _("“%(value)s” is not one of the answers. Choose one on the screen.") % {"value": value[:40]},
            code="choice_invalid",
        )
    return value


def _confirm(_input: Mapping[str, Any], _value: str) -> str:
    return ""


def _photo(_input: Mapping[str, Any], value: str) -> str:
    from hecang.work.floor.photos import photo_known

    if not (value.isascii() and value.isdigit() and len(value) <= 18 and photo_known(int(value))):
        raise Refusal(_("The photo did not arrive. Take it again."), code="photo_invalid")
    return value


_CHECKS = {
    "scan": _scan,
    "text": _text,
    "quantity": _quantity,
    "date": _date,
    "choice": _choice,
    "confirm": _confirm,
    "photo": _photo,
}
