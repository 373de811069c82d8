"""When a shift is, from its template; and when a worker does not work meanwhile. Knows no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

#: Whoever begins so long before a shift begins that shift.
EARLY = timedelta(hours=2)
#: So long after its end a shift still counts; whoever works on later has begun another one without saying so.
STALE = timedelta(hours=4)
#: A break taken so close to one that is planned is that one.
CLOSE = timedelta(minutes=30)
#: How long a break is taken to be that nobody has planned.
USUAL_BREAK = timedelta(minutes=15)
#: How long a task is taken to be of which nobody has said it and whose kind has no history yet, seconds.
USUAL_SECONDS = 120
#: Tasks with this priority or a smaller one ("first of all") are given out whatever the hour.
URGENT_PRIORITY = 10

Breaks = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """Hours by the clock of the warehouse.

    :param ends_at: not after ``begins_at`` where the shift goes over midnight.
    :param breaks: begin and end of each, in order.
    """

    begins_at: time
    ends_at: time
    breaks: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """One day's shift."""

    begins_at: datetime
    ends_at: datetime
    breaks: Breaks


def shift_at(hours: ShiftHours, timezone: str, moment: datetime) -> Shift | None:
    """The shift of these hours that somebody works who comes at ``moment``; ``None`` where none is near.

    :param timezone: of the warehouse, an IANA name.
    """
    zone = ZoneInfo(timezone)
    day = moment.astimezone(zone).date()
    found = [_on(hours, datetime.combine(day + timedelta(days=ahead), time(), zone)) for ahead in (-1, 0, 1)]
    near = [one for one in found if one.begins_at - EARLY <= moment < one.ends_at]
    return max(near, key=lambda one: one.begins_at) if near else None


def shift_nearest(choices: Iterable[ShiftHours], timezone: str, moment: datetime) -> Shift | None:
    """Of several, the one that began (or begins) nearest to ``moment``."""
    found = [one for hours in choices if (one := shift_at(hours, timezone, moment)) is not None]
    return min(found, key=lambda one: abs(one.begins_at - moment)) if found else None


def hours_fault(hours: ShiftHours) -> str:
    """What is wrong with hours: ``length``, ``breaks``, or nothing."""
    whole = _minutes(hours.begins_at, hours.ends_at) or 24 * 60
    if not 30 <= whole <= 16 * 60:
        return "length"
    edges = [0]
    for begin, end in hours.breaks:
        edges += [_minutes(hours.begins_at, begin), _minutes(hours.begins_at, end)]
    edges.append(whole)
    return "" if all(one < other for one, other in pairwise(edges)) else "breaks"


def breaks_of(flat: Sequence[datetime]) -> Breaks:
    """Breaks as a worker's row keeps them: begin, end, begin, end."""
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def end_at(ends_at: datetime | None, moment: datetime) -> datetime | None:
    """The end of a shift, as far as it still counts."""
    return None if ends_at is None or ends_at <= moment - STALE else ends_at


def rests_ahead(
    breaks: Breaks, moment: datetime, *, on_break_since: datetime | None, back_since: datetime | None
) -> Breaks:
    """When a worker does not work from ``moment`` on: a break that was taken earlier counts as the planned one.

    :param on_break_since: they rest now.
    :param back_since: when they came back from their last break.
    """
    ahead = [
        (begin, end)
        for begin, end in breaks
        if end > moment and not (back_since is not None and back_since >= begin - CLOSE)
    ]
    if on_break_since is None:
        return tuple(ahead)
    length = USUAL_BREAK
    if ahead and ahead[0][0] - CLOSE <= moment:
        begin, end = ahead.pop(0)
        length = end - begin
    until = on_break_since + length
    if until > moment:
        ahead = [(on_break_since, until), *((max(begin, until), end) for begin, end in ahead if end > until)]
    # Breaks that touch are one.
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in ahead:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return tuple(joined)


def _on(hours: ShiftHours, midnight: datetime) -> Shift:
    """The shift that begins on a day."""
    begin = _after(midnight, hours.begins_at, None)
    end = _after(midnight, hours.ends_at, begin)
    breaks = tuple(
        (_after(midnight, first, begin), _after(midnight, last, begin)) for first, last in hours.breaks
    )
    return Shift(begin, end, breaks)


def _after(midnight: datetime, clock: time, begin: datetime | None) -> datetime:
    """This hour of the day, or of the next one where it would not lie behind the shift's beginning."""
    found = datetime.combine(midnight.date(), clock, midnight.tzinfo)
    if begin is not None and found <= begin:
        found = datetime.combine(midnight.date() + timedelta(days=1), clock, midnight.tzinfo)
    return found


def _minutes(begin: time, end: time) -> int:
    """From one hour to the next time that the clock shows the other."""
    return ((end.hour - begin.hour) * 60 + end.minute - begin.minute) % (24 * 60)
