"""What a set-based write answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """:param ids: ids in the order of the rows given; the counts add up to their number."""

    ids: list[int]
    created: int = 0
    updated: int = 0
    unchanged: int = 0
