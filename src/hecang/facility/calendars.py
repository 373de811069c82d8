"""On which days and until when a warehouse ships. Pure: no database, no clock.

An order that is released by the cut-off leaves on that day: the carrier takes the parcel once it has been handled.
After the cut-off, or on a day on which the warehouse is closed, it leaves on the next day that is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hecang.kernel.calendar import day_fact

#: Where nobody has set a cut-off.
DEFAULT_CUTOFF = time(17)
#: A warehouse that is closed for longer than this ships nothing.
HORIZON_DAYS = 90


@dataclass(frozen=True, slots=True)
class DayException:
    """A day that is not like the others of its week."""

    is_open: bool
    cutoff: time | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DayOut:
    """One day of a calendar, with what makes it open or closed.

    :param reason: ``weekday``, ``holiday``, ``working_weekend``, ``exception``.
    :param is_certain: false where the holidays of the year are not published yet.
    """

    day: date
    is_open: bool
    reason: str
    holiday: str
    is_certain: bool
    cutoff: time
    note: str


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days of one warehouse.

    :param weekdays: on which it ships, 1 for Monday to 7 for Sunday.
    :param cutoff: by which an order must be released; ``None``: :data:`DEFAULT_CUTOFF`.
    """

    timezone: str = "Asia/Shanghai"
    weekdays: frozenset[int] = frozenset(range(1, 8))
    keeps_holidays: bool = False
    cutoff: time | None = None
    handling_minutes: int = 120
    exceptions: Mapping[date, DayException] = field(default_factory=dict)

    def day(self, day: date, cutoff: time | None = None) -> DayOut:
        """What the calendar says of a day.

        :param cutoff: of a carrier's service, before that of the warehouse; an exceptional one goes before both.
        """
        fact = day_fact(day)
        found = self.exceptions.get(day)
        until = (found.cutoff if found else None) or cutoff or self.cutoff or DEFAULT_CUTOFF
        if found is not None:
            return DayOut(day, found.is_open, "exception", fact.holiday, True, until, found.note)
        is_open, reason = day.isoweekday() in self.weekdays, "weekday"
        if self.keeps_holidays and fact.is_published:
            if not fact.is_working and fact.holiday:
                is_open, reason = False, "holiday"
            elif fact.is_working and fact.is_weekend:
                is_open, reason = True, "working_weekend"
        certain = fact.is_published or not self.keeps_holidays
        return DayOut(day, is_open, reason, fact.holiday, certain, until, "")

    def departure(
        self, moment: datetime, cutoff: time | None = None, *, days_later: int = 0
    ) -> Departure | None:
        """When what is released at ``moment`` leaves; ``None`` where the warehouse ships nothing any more.

        :param cutoff: of the carrier's service.
        :param days_later: open days that others' work fills before.
        """
        zone = ZoneInfo(self.timezone)
        local = moment.astimezone(zone)
        left, certain = days_later, True
        for ahead in range(HORIZON_DAYS + 1):
            day = self.day(local.date() + timedelta(days=ahead), cutoff)
            certain = certain and day.is_certain
            if not day.is_open or (ahead == 0 and local.time() > day.cutoff):
                continue
            if left == 0:
                by = datetime.combine(day.day, day.cutoff, tzinfo=zone)
                return Departure(by, by + timedelta(minutes=self.handling_minutes), certain)
            left -= 1
        return None


@dataclass(frozen=True, slots=True)
class Departure:
    """A carrier's visit.

    :param release_by: the cut-off.
    :param leaves_at: when the parcel is handed over.
    :param is_certain: false where a day on the way belongs to a year whose holidays are not published.
    """

    release_by: datetime
    leaves_at: datetime
    is_certain: bool
