"""Which places a count looks at, and in which order they are walked. Reads only; locks nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import CountKind
from hecang.stockkeeping.services.counts.policies import Policy

#: Where goods are kept; staging, pack stations and docks are emptied every day and counted only if asked for.
STORAGE = ("pick_face", "reserve", "returns", "quarantine", "damaged")

_PLACES = """
SELECT l.id, l.zone_id, z.code, l.aisle_id, coalesce(a.number, 100000), l.y_mm, l.level, l.pick_sequence, l.code,
    coalesce(s.abc_class, ''), coalesce(s.rows, 0), c.done_at, r.risk, r.features
FROM location l JOIN zone z ON z.id = l.zone_id LEFT JOIN aisle a ON a.id = l.aisle_id
LEFT JOIN LATERAL (
    SELECT min(k.abc_class) AS abc_class, count(*) AS rows FROM stock s JOIN sku k ON k.id = s.sku_id
    WHERE s.location_id = l.id AND s.quantity > 0
) s ON true
LEFT JOIN LATERAL (
    SELECT max(p.done_at) AS done_at FROM count_place p WHERE p.location_id = l.id AND p.done_at IS NOT NULL
) c ON true
LEFT JOIN location_risk r ON r.location_id = l.id
WHERE l.warehouse_id = %s AND NOT l.is_virtual AND l.is_active AND l.kind = ANY(%s::text[])
    AND (%s::bigint[] IS NULL OR l.zone_id = ANY(%s::bigint[]))
    AND (%s::bigint[] IS NULL OR l.id = ANY(%s::bigint[]))
    AND NOT EXISTS (
        SELECT 1 FROM count_place p WHERE p.location_id = l.id AND p.state IN ('open', 'counting'))
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a count is asked to look at.

    :param location_kinds: :data:`STORAGE` if empty.
    :param location_ids: only these, of those that fit.
    :param abc_classes: places whose best goods are of one of these; empty for all, empty places included.
    :param include_empty: places where the books have nothing, too.
    :param limit: at most so many places; of a cycle the most overdue, of risk the likeliest.
    :param confidence, precision: of a sample: how sure, and how close to the truth.
    :param explore_percent: of a count by risk: share drawn by lot.
    :param only_due: of a cycle: only what its class has due.
    """

    zone_ids: tuple[int, ...] = ()
    location_kinds: tuple[str, ...] = ()
    location_ids: tuple[int, ...] = ()
    abc_classes: tuple[str, ...] = ()
    include_empty: bool = True
    limit: int | None = None
    confidence: float = 0.95
    precision: float = 0.02
    explore_percent: int = 10
    only_due: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, for keeping."""
        return {
            name: list(v) if isinstance(v := getattr(self, name), tuple) else v for name in self.__slots__
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Scope:
        """The scope that :meth:`as_dict` wrote down."""
        known: dict[str, Any] = {
            name: tuple(v) if isinstance(v := kept[name], list) else v
            for name in cls.__slots__
            if name in kept
        }
        return cls(**known)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place that could be counted, with what choosing has to know of it."""

    location_id: int
    zone_id: int
    zone: str
    aisle_id: int | None
    aisle: int
    y_mm: int
    level: int
    pick_sequence: int
    code: str
    abc_class: str
    rows: int
    counted_at: datetime | None
    risk: float | None
    features: list[float] | None = field(default=None)

    @property
    def walk(self) -> tuple[str, int, int, int, int, str]:
        """Up one aisle and down the next; places of no aisle by their sequence."""
        forth = self.y_mm if self.aisle % 2 else -self.y_mm
        return (
            self.zone,
            self.aisle,
            forth if self.aisle_id else self.pick_sequence,
            self.level,
            0,
            self.code,
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place to count and why it was chosen."""

    place: PlaceRow
    why: str = "rule"


def places_of(warehouse_id: int, scope: Scope) -> list[PlaceRow]:
    """All places within a scope that nobody is counting already. One statement."""
    zones = list(scope.zone_ids) or None
    only = list(scope.location_ids) or None
    kinds = list(scope.location_kinds or STORAGE)
    rows = [PlaceRow(*row) for row in fetch(_PLACES, [warehouse_id, kinds, zones, zones, only, only])]
    return [
        row
        for row in rows
        if (row.rows or scope.include_empty) and (not scope.abc_classes or row.abc_class in scope.abc_classes)
    ]


def choose(kind: str, *, warehouse_id: int, scope: Scope, policy: Policy, seed: int) -> list[Chosen]:
    """The places of a count, in walking order.

    :param seed: decides all chance, so that a draw can be shown again.
    """
    places = places_of(warehouse_id, scope)
    chosen = _choosers[kind](places, scope, policy, random.Random(seed))
    return sorted(chosen, key=lambda one: one.place.walk)


def _all(places: Sequence[PlaceRow], scope: Scope, _policy: Policy, _draw: random.Random) -> list[Chosen]:
    ordered = sorted(places, key=lambda place: place.walk)
    return [Chosen(place) for place in ordered[: scope.limit]]


def _sample(places: Sequence[PlaceRow], scope: Scope, _policy: Policy, draw: random.Random) -> list[Chosen]:
    from hecang_optim.counting import sample_size

    size = sample_size(len(places), confidence=scope.confidence, precision=scope.precision)
    if scope.limit is not None:
        size = min(size, scope.limit)
    ordered = sorted(places, key=lambda place: place.location_id)
    return [Chosen(place, "draw") for place in draw.sample(ordered, min(size, len(ordered)))]


def _cycle(places: Sequence[PlaceRow], scope: Scope, policy: Policy, draw: random.Random) -> list[Chosen]:
    now = clock.now()

    def overdue(place: PlaceRow) -> float:
        """How many times its period has passed since it was counted; what never was, comes first."""
        days = policy.tolerance(place.abc_class or "C").cycle_days
        if place.counted_at is None:
            return 1e6 / days
        return (now - place.counted_at).total_seconds() / 86400 / days

    rated = [(overdue(place), draw.random(), place) for place in places]
    due = [row for row in rated if row[0] >= 1 or not scope.only_due]
    due.sort(key=lambda row: (-row[0], row[1]))
    return [Chosen(place) for _rate, _lot, place in due[: scope.limit]]


def _risk(places: Sequence[PlaceRow], scope: Scope, _policy: Policy, draw: random.Random) -> list[Chosen]:
    limit = min(scope.limit if scope.limit is not None else len(places), len(places))
    by_lot = round(limit * scope.explore_percent / 100)
    rated = sorted(places, key=lambda place: (-(place.risk or 0.0), draw.random()))
    first, rest = rated[: limit - by_lot], rated[limit - by_lot :]
    drawn = draw.sample(rest, min(by_lot, len(rest)))
    return [*(Chosen(place, "risk") for place in first), *(Chosen(place, "explore") for place in drawn)]


_choosers = {
    CountKind.FULL.value: _all,
    CountKind.ZONE.value: _all,
    CountKind.EVENT.value: _all,
    CountKind.SAMPLE.value: _sample,
    CountKind.CYCLE.value: _cycle,
    CountKind.RISK.value: _risk,
}
