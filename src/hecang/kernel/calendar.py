"""Public holidays and working weekends of China 法定节假日与调休, as the State Council published them.

The library ``chinesecalendar`` knows the published years; it is brought up to date every autumn. Beyond them
nobody can know which weekends will be worked: then Saturday and Sunday are free, all other days are worked, and
the answer says so (:attr:`DayFact.is_published`).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from typing import Final

import chinese_calendar  # type: ignore[import-untyped]

#: Names of the library → codes; the web desk has the words for them.
_CODES: Final = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring_festival",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour_day",
    "Dragon Boat Festival": "dragon_boat",
    "National Day": "national_day",
    "Mid-autumn Festival": "mid_autumn",
    "Anti-Fascist 70th Day": "victory_day",
}


@dataclass(frozen=True, slots=True)
class DayFact:
    """What the State Council says of a day.

    :param is_working: people work; also on a weekend that was declared a working day.
    :param holiday: code of the holiday that the day is part of, or is worked in exchange for; else empty.
    :param is_published: false where the year has not been published, and the weekday alone decides.
    """

    day: date
    is_working: bool
    holiday: str
    is_published: bool

    @property
    def is_weekend(self) -> bool:
        return self.day.isoweekday() > 5


@functools.lru_cache(maxsize=4096)
def day_fact(day: date) -> DayFact:
    """Whether people in China work on a day, and why not (or why on a weekend)."""
    try:
        is_free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return DayFact(day, day.isoweekday() <= 5, "", False)
    return DayFact(day, not is_free, _CODES.get(name or "", ""), True)
