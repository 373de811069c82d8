"""When an e-mail to a person is due: at once, with the next digest, after the quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hecang.notifications.topics import DAILY, HOURLY


@dataclass(frozen=True, slots=True)
class Hours:
    """One person's hours; quiet from one time of day until another, over midnight where that is earlier."""

    time_zone: str = "Asia/Shanghai"
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_hour: int = 9


def due(now: datetime, timing: str, hours: Hours) -> datetime:
    """When something told ``now`` goes out to a person with these hours."""
    zone = ZoneInfo(hours.time_zone)
    local = now.astimezone(zone)
    if timing == HOURLY:
        local = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    elif timing == DAILY:
        at = local.replace(hour=hours.digest_hour, minute=0, second=0, microsecond=0)
        return (at if at > local else at + timedelta(days=1)).astimezone(now.tzinfo)
    return _after_quiet(local, hours).astimezone(now.tzinfo)


def _after_quiet(local: datetime, hours: Hours) -> datetime:
    start, end = hours.quiet_from, hours.quiet_until
    if start is None or end is None or start == end:
        return local
    clock = local.time()
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not quiet:
        return local
    ends = local.replace(hour=end.hour, minute=end.minute, second=end.second, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)
