"""The state machine of a parcel on its way, as one table; ``docs/explanation/tracking.md`` draws it.

Scans are folded in the order of their time, whatever the order in which they came: the same scans always
give the same status.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hecang.shipping.carriers.base import TrackStatus
from hecang.shipping.tracking.words import trouble_of

S = TrackStatus
_UNDERWAY: Final = frozenset(
    {
        S.IN_TRANSIT, S.CUSTOMS, S.OUT_FOR_DELIVERY, S.AT_PICKUP_POINT, S.ATTEMPT_FAILED, S.EXCEPTION, S.DELIVERED,
        S.RETURNING, S.RETURNED, S.CANCELLED,
    }
)  # fmt: skip

#: Status → what a scan may make of it. What is not there leaves the status as it is.
TRANSITIONS: Final[Mapping[TrackStatus, frozenset[TrackStatus]]] = {
    S.UNKNOWN: frozenset(S) - {S.UNKNOWN},
    S.CREATED: _UNDERWAY | {S.PICKED_UP},
    S.PICKED_UP: _UNDERWAY,
    S.IN_TRANSIT: _UNDERWAY - {S.CANCELLED},
    S.CUSTOMS: _UNDERWAY - {S.CANCELLED},
    S.OUT_FOR_DELIVERY: _UNDERWAY - {S.CANCELLED},
    S.AT_PICKUP_POINT: _UNDERWAY - {S.CANCELLED},
    S.ATTEMPT_FAILED: _UNDERWAY - {S.CANCELLED},
    S.EXCEPTION: _UNDERWAY,
    # What has arrived only ever comes back.
    S.DELIVERED: frozenset({S.RETURNING, S.RETURNED}),
    S.RETURNING: frozenset({S.RETURNED}),
    S.RETURNED: frozenset(),
    S.CANCELLED: frozenset({S.RETURNING, S.RETURNED}),
}
#: Nothing more is awaited.
FINAL: Final = frozenset({S.DELIVERED, S.RETURNED, S.CANCELLED})


@dataclass(frozen=True, slots=True)
class Scan:
    """What the machine needs of one event."""

    at: datetime
    status: TrackStatus
    text: str = ""


@dataclass(slots=True)
class Folded:
    """What all scans of a parcel come to.

    :param word: trouble that a carrier put into words (``lost``, ``damaged``, ``refused``), with ``word_at``.
    """

    status: TrackStatus = S.UNKNOWN
    status_at: datetime | None = None
    last_event_at: datetime | None = None
    event_count: int = 0
    attempts: int = 0
    milestones: dict[TrackStatus, datetime] = field(default_factory=dict)
    word: str = ""
    word_at: datetime | None = None


def step(present: TrackStatus, said: TrackStatus) -> TrackStatus:
    """The status after a scan. Signed for while coming back: the sender has it again."""
    if present is S.RETURNING and said is S.DELIVERED:
        said = S.RETURNED
    return said if said in TRANSITIONS[present] else present


def fold(scans: Iterable[Scan], *, begin: TrackStatus = S.CREATED) -> Folded:
    """Everything that the scans of one parcel say; they must come ordered by time."""
    result = Folded(status=begin)
    for scan in scans:
        result.event_count += 1
        result.last_event_at = scan.at
        after = step(result.status, scan.status)
        if after is not result.status:
            result.status, result.status_at = after, scan.at
        if scan.status is S.ATTEMPT_FAILED:
            result.attempts += 1
        result.milestones.setdefault(after, scan.at)
        if word := trouble_of(scan.status, scan.text):
            result.word, result.word_at = word, scan.at
    return result
