"""When a truck can be unloaded: opening hours less what is taken. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Rates:
    """How long unloading takes; see ``DockPolicy``."""

    base_minutes: int = 15
    seconds_per_pallet: int = 180
    seconds_per_carton: int = 20
    seconds_per_line: int = 60
    step_minutes: int = 15
    max_minutes: int = 240

    def minutes(self, *, pallets: int = 0, cartons: int = 0, lines: int = 0) -> int:
        """Minutes at the dock, rounded up to whole steps, at most ``max_minutes``.

        Cartons on pallets are unloaded with them: the longer of the two counts.
        """
        load = max(pallets * self.seconds_per_pallet, cartons * self.seconds_per_carton)
        seconds = self.base_minutes * 60 + load + lines * self.seconds_per_line
        steps = -(-seconds // (self.step_minutes * 60))
        longest = self.max_minutes // self.step_minutes
        return max(1, min(steps, longest)) * self.step_minutes


@dataclass(frozen=True, slots=True)
class DockDay:
    """A dock as slots see it.

    :param hours: weekday (1 to 7) → spans of opening on the wall clock.
    :param taken: spans of standing appointments.
    """

    id: int
    code: str
    hours: Mapping[int, Sequence[tuple[time, time]]]
    taken: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Slot:
    dock_id: int
    dock_code: str
    start: datetime
    end: datetime


def open_spans(dock: DockDay, day: date, zone: ZoneInfo) -> list[Span]:
    """When the dock is open on a day."""
    return [
        (datetime.combine(day, opens, zone), datetime.combine(day, closes, zone))
        for opens, closes in sorted(dock.hours.get(day.isoweekday(), ()))
    ]


def is_open(dock: DockDay, start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether a span lies within one span of opening."""
    day = start.astimezone(zone).date()
    return any(opens <= start and end <= closes for opens, closes in open_spans(dock, day, zone))


def free_slots(
    docks: Sequence[DockDay], *, day: date, zone: ZoneInfo, minutes: int, step: int, not_before: datetime
) -> list[Slot]:
    """Beginnings on whole steps from each opening on, at which ``minutes`` are free; by time, then by dock."""
    found = [slot for dock in docks for slot in _of_dock(dock, day, zone, minutes, step, not_before)]
    return sorted(found, key=lambda slot: (slot.start, slot.dock_code))


def _of_dock(
    dock: DockDay, day: date, zone: ZoneInfo, minutes: int, step: int, not_before: datetime
) -> Iterator[Slot]:
    taken = sorted(dock.taken)
    length = timedelta(minutes=minutes)
    for opens, closes in open_spans(dock, day, zone):
        start = opens
        while start + length <= closes:
            end = start + length
            if start >= not_before and not any(a < end and start < b for a, b in taken):
                yield Slot(dock.id, dock.code, start, end)
            start += timedelta(minutes=step)
