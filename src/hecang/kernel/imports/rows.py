"""One row of a file, and readers that turn its texts into values and note what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

_TRUE = {"1", "true", "yes", "y", "是", "有", "启用", "√"}
_FALSE = {"0", "false", "no", "n", "否", "无", "停用", "×"}
_DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")
_ORDERED_FORMS = {"dmy": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"), "mdy": ("%m/%d/%Y", "%m-%d-%Y")}
_TIME_FORMS = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M")
#: What PostgreSQL's bigint holds; more is a mistake anyway.
_BIG = 2**63 - 1


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing noted about a row."""

    code: str
    message: str
    field: str
    value: str
    severity: str


@dataclass(slots=True)
class RawRow:
    """Texts of one row by our column names. A column that the file lacks reads as empty.

    :param number: as the person's program numbers it; the heading is row 1.
    """

    number: int
    values: dict[str, str]
    problems: list[RowProblem] = field(default_factory=list)
    #: ``dmy`` or ``mdy`` where the person said how 03/04/2026 is meant.
    date_order: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether an error was noted; warnings do not count."""
        return any(problem.severity == "error" for problem in self.problems)

    def get(self, name: str) -> str:
        """The stripped text of a cell, empty if there is none."""
        return self.values.get(name, "")

    def error(self, name: str, code: str, message: str) -> None:
        """Note that the row cannot be imported, because of column ``name``."""
        self.problems.append(RowProblem(code, message, name, self.get(name)[:200], "error"))

    def warn(self, name: str, code: str, message: str) -> None:
        """Note something odd that does not keep the row from being imported."""
        self.problems.append(RowProblem(code, message, name, self.get(name)[:200], "warning"))

    # ------------------------------------------------------------ readers

    def text(self, name: str, *, required: bool = False, max_length: int = 200, default: str = "") -> str:
        """A text. Notes ``required`` and ``too_long``."""
        value = self.get(name)
        if not value:
            self._require(name, required=required)
            return default
        if len(value) > max_length:
            self.error(name, "too_long", _("Must have at most %(limit)s characters.") % {"limit": max_length})
        return value

    def integer(self, name: str, *, required: bool = False, low: int = -_BIG, high: int = _BIG) -> int | None:
        """A whole number; ``1,200`` and ``12.0`` count as such. ``None`` if empty or wrong."""
        number = self.decimal(name, required=required, places=12, low=None, high=None)
        if number is None:
            return None
        if number != number.to_integral_value():
            self.error(name, "wrong_type", _("Must be a whole number."))
            return None
        return int(number) if self._within(name, number, low, high) else None

    def decimal(
        self,
        name: str,
        *,
        required: bool = False,
        places: int = 2,
        low: Decimal | int | None = None,
        high: Decimal | int | None = _BIG,
    ) -> Decimal | None:
        """A number with at most ``places`` decimals; more are an error, never rounded quietly."""
        value = self.get(name)
        if not value:
            self._require(name, required=required)
            return None
        try:
            number = Decimal(_plain_number(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number.adjusted() > 30:
            self.error(name, "wrong_type", _("Must be a number."))
            return None
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            self.error(
                name, "too_precise", _("Must have at most %(places)s decimal places.") % {"places": places}
            )
            return None
        return number if self._within(name, number, low, high) else None

    def flag(self, name: str, *, default: bool | None = None) -> bool | None:
        """Yes or no, in Chinese or English; ``default`` if empty."""
        value = self.get(name).casefold()
        if not value:
            return default
        if value in _TRUE:
            return True
        if value not in _FALSE:
            self.error(name, "wrong_type", _("Must be yes or no (1 or 0)."))
        return False

    def choice(self, name: str, choices: dict[str, str], *, required: bool = False, default: str = "") -> str:
        """One of a few words: ``choices`` maps each accepted spelling (lower case) to our code."""
        value = self.get(name)
        if not value:
            self._require(name, required=required)
            return default
        code = choices.get(value.casefold())
        if code is None:
            self.error(
                name,
                "unknown_value",
                _("Must be one of %(expected)s.") % {"expected": ", ".join(dict.fromkeys(choices.values()))},
            )
            return default
        return code

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A day in one of the usual forms. ``None`` if empty or wrong."""
        moment = self._parse_time(name, required=required)
        return moment.date() if moment else None

    def moment(self, name: str, *, required: bool = False, timezone: str = "") -> datetime | None:
        """A moment as UTC; without an offset it is meant in ``timezone`` (else the installation's)."""
        moment = self._parse_time(name, required=required)
        if moment is None:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone or settings.TIME_ZONE))
        return moment.astimezone(UTC)

    # ------------------------------------------------------------ inside

    def _require(self, name: str, *, required: bool) -> None:
        if required:
            self.error(name, "required", _("This cell must not be empty."))

    def _within(self, name: str, number: Decimal, low: Any, high: Any) -> bool:
        if low is not None and number < low:
            self.error(name, "out_of_range", _("Must be at least %(low)s.") % {"low": low})
            return False
        if high is not None and number > high:
            self.error(name, "out_of_range", _("Must be at most %(high)s.") % {"high": high})
            return False
        return True

    def _parse_time(self, name: str, *, required: bool) -> datetime | None:
        value = self.get(name)
        if not value:
            self._require(name, required=required)
            return None
        moment = parse_time(value, self.date_order)
        if moment is None and not self.date_order and parse_time(value, "dmy"):
            self.error(
                name,
                "ambiguous_date",
                _("Day or month first? Say so in the options of the import, or write 2026-01-31."),
            )
            return None
        if moment is None or not 1900 <= moment.year <= 2999:
            self.error(name, "wrong_type", _("Must be a date such as 2026-01-31 or 2026-01-31 08:00."))
            return None
        return moment


def parse_time(value: str, order: str = "") -> datetime | None:
    """A date or moment in one of the usual forms; naive unless an offset is written.

    :param order: ``dmy`` or ``mdy`` to read 03/04/2026; such dates are not guessed at.
    """
    value = value.strip()
    if not value or len(value) > 40:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    for form in (*_DATE_FORMS, *_ORDERED_FORMS.get(order, ())):
        for suffix in ("", *_TIME_FORMS):
            try:
                return datetime.strptime(value, form + suffix)  # noqa: DTZ007 - the caller knows the zone
            except ValueError:
                continue
    return None


def _plain_number(value: str) -> str:
    """``1,234.50``, ``￥12``, ``12%``-free: what people type as a number, as Decimal reads it."""
    value = (
        value.replace("，", ",")
        .replace("－", "-")
        .strip()
        .lstrip("¥￥$€£ ")
        .replace("\u00a0", "")
        .replace(" ", "")
    )
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", value):
        value = value.replace(",", "")
    return value
