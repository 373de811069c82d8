"""The year of the source moved so that its busiest day is the day on which the demo was first run.

Data of 2017 would greet with nothing but expired food. The day zero is kept in the database (it is the day
on which the demo's users were made), so that every later run means the same days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hecang.demo.source import BUSIEST_DAY

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Maps wall-clock times of the source to ours.

    :param started: when the demo was first run, aware. Its day stands for the busiest day of the source;
        the hours of that day are pressed together into those that had passed by then, so that no order
        lies in the future.
    """

    started: datetime

    @property
    def today(self) -> date:
        return self.started.astimezone(ZONE).date()

    @property
    def shift(self) -> timedelta:
        return self.today - BUSIEST_DAY

    def day(self, source: date) -> date:
        """Our day for a day of the source."""
        return source + self.shift

    def moment(self, source: datetime) -> datetime:
        """Our moment for a wall-clock time of the source, aware."""
        day = self.day(source.date())
        midnight = datetime.combine(day, time(), ZONE)
        into_day = source - datetime.combine(source.date(), time())
        if day == self.today:
            into_day *= (self.started - midnight) / timedelta(days=1)
        return midnight + into_day

    def evening(self, source: date) -> datetime:
        """When the work on a past day's orders is done: 20:00 of it; at the latest the first run's moment."""
        return min(datetime.combine(self.day(source), time(20), ZONE), self.started)
