"""When a carrier is asked about a parcel again: often where something is about to happen, seldom where not.

Never within half an hour: that is what aggregators allow for one number.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hecang.shipping.carriers.base import TrackStatus
from hecang.shipping.tracking.machine import FINAL

LEAST: Final = timedelta(minutes=30)
#: After so long nobody is asked any more.
LONGEST_LIFE: Final = timedelta(days=60)
_HOURS: Final = {
    TrackStatus.OUT_FOR_DELIVERY: 1,
    TrackStatus.ATTEMPT_FAILED: 3,
    TrackStatus.AT_PICKUP_POINT: 6,
    TrackStatus.RETURNING: 8,
}


def next_pull(status: TrackStatus, *, age: timedelta, is_subscribed: bool) -> timedelta | None:
    """How long to wait before asking again; ``None``: not again. Parcels whose scans are pushed are asked
    about once a day, in case a push was lost."""
    if age > LONGEST_LIFE or (status in FINAL and status is not TrackStatus.DELIVERED):
        return None
    if status is TrackStatus.DELIVERED:
        return None
    if is_subscribed:
        return timedelta(hours=24)
    hours = _HOURS.get(status)
    if hours is None:
        hours = 3 if age < timedelta(days=4) else 8 if age < timedelta(days=10) else 24
    return max(timedelta(hours=hours), LEAST)
