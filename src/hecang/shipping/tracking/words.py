"""Trouble that carriers tell in words only: their codes differ, the words are much the same everywhere."""

from __future__ import annotations

import re
from typing import Final

from hecang.shipping.carriers.base import TrackStatus

#: Scans in which such words mean trouble; in others they are advice (“please do not refuse …”).
_TELLING: Final = frozenset(
    {TrackStatus.ATTEMPT_FAILED, TrackStatus.EXCEPTION, TrackStatus.RETURNING, TrackStatus.RETURNED}
)
#: The first that is found counts.
_WORDS: Final = (
    ("lost", re.compile(r"遗失|丢失|丢件|\blost\b|\bmissing\b", re.IGNORECASE)),
    ("damaged", re.compile(r"破损|损坏|受损|\bdamaged?\b", re.IGNORECASE)),
    ("refused", re.compile(r"拒收|拒签|拒绝签收|\brefused\b|\brejected\b", re.IGNORECASE)),
)


def trouble_of(status: TrackStatus, text: str) -> str:
    """``lost``, ``damaged``, ``refused``, or empty."""
    if status not in _TELLING:
        return ""
    return next((kind for kind, pattern in _WORDS if pattern.search(text)), "")
