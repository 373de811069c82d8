"""A warehouse as putaway sees it: places with what lies in them and what is on its way, and what is known of goods.

Read in a fixed number of statements, however many loads and places there are.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hecang.inbound.models.putaways import default_strategies
from hecang.inbound.putting.base import Content, Load, Part, Rules, Spot
from hecang.kernel import clock
from hecang.kernel.db import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for the warehouse; see :class:`hecang.inbound.models.PutawayPolicy`."""

    strategies: Sequence[str] = field(default_factory=default_strategies)
    fill_percent: int = 85
    mix_skus: bool = False
    mix_lots: bool = True
    mix_owners: bool = False
    bulk_cases: int = 1
    crossdock_location_id: int | None = None
    crossdocks: bool = True
    turnover_days: int = 42


_POLICY = """
SELECT strategies, fill_percent, mix_skus, mix_lots, mix_owners, bulk_cases, crossdock_location_id, crossdocks,
    turnover_days FROM putaway_policy WHERE warehouse_id = %s
"""
_ZONES = """
SELECT z.id, z.code, z.temperature, r.abc_classes, r.hazards, r.owner_id, r.mix_skus, r.mix_lots, r.mix_owners,
    coalesce(r.is_closed, false)
FROM zone z LEFT JOIN putaway_zone_rule r ON r.zone_id = z.id WHERE z.warehouse_id = %s
"""
_SPOTS = """
SELECT id, code, kind, zone_id, width_mm, depth_mm, height_mm, max_weight_g, level, pick_sequence
FROM location
WHERE warehouse_id = %s AND is_active AND NOT is_virtual AND kind = ANY(%s)
    AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM stock_hold h WHERE h.kind = 'location' AND h.location_id = location.id
                    AND h.released_at IS NULL)
ORDER BY id
"""
_CONTENTS = """
SELECT s.location_id, s.sku_id, s.lot_id, s.owner_id, sum(s.quantity)::bigint,
    coalesce(k.length_mm::bigint * k.width_mm * k.height_mm, 0), coalesce(k.weight_g, 0), k.hazard
FROM stock s JOIN location l ON l.id = s.location_id JOIN sku k ON k.id = s.sku_id
WHERE s.warehouse_id = %s AND s.quantity > 0 AND l.kind = ANY(%s)
    AND (%s::bigint[] IS NULL OR s.location_id = ANY(%s::bigint[]))
GROUP BY s.location_id, s.sku_id, s.lot_id, s.owner_id, k.id
"""
_CLAIMS = """
SELECT c.location_id, c.sku_id, c.lot_id, c.owner_id, c.quantity, c.volume_mm3, c.weight_g, coalesce(k.hazard, 'none')
FROM space_claim c JOIN location l ON l.id = c.location_id LEFT JOIN sku k ON k.id = c.sku_id
WHERE l.warehouse_id = %s AND (%s::bigint[] IS NULL OR c.location_id = ANY(%s::bigint[]))
"""
_FIXED = """
SELECT f.sku_id, f.owner_id, f.location_id, f.max_quantity FROM putaway_fixed_place f
JOIN location l ON l.id = f.location_id
WHERE f.sku_id = ANY(%s::bigint[]) AND l.warehouse_id = %s ORDER BY f.owner_id NULLS LAST, l.pick_sequence, l.id
"""
_LOADS = """
SELECT p.id, p.kind, p.condition, p.from_location_id, p.is_whole, p.priority, x.sku_id, x.lot_id, x.owner_id, x.quantity,
    coalesce(k.length_mm::bigint * k.width_mm * k.height_mm, 0), coalesce(k.weight_g, 0), k.length_mm, k.width_mm,
    k.height_mm, k.temperature, k.hazard, k.abc_class, coalesce(c.quantity, 0), c.length_mm, c.width_mm, c.height_mm
FROM putaway p
CROSS JOIN LATERAL (
    SELECT p.sku_id, p.lot_id, p.owner_id, p.quantity - p.done AS quantity WHERE NOT p.is_whole
    UNION ALL
    SELECT s.sku_id, s.lot_id, s.owner_id, sum(s.quantity)::bigint FROM stock s
    WHERE p.is_whole AND s.container_id IN (
        WITH RECURSIVE inside AS (
            SELECT p.container_id AS id
            UNION ALL SELECT c.id FROM container c JOIN inside ON c.parent_id = inside.id
        ) SELECT id FROM inside) AND s.quantity > 0
    GROUP BY s.sku_id, s.lot_id, s.owner_id
) x
JOIN sku k ON k.id = x.sku_id
LEFT JOIN packaging c ON c.sku_id = k.id AND c.level = 'case'
WHERE p.id = ANY(%s::bigint[]) AND p.state = ANY(%s) AND x.quantity > 0
ORDER BY p.id, x.sku_id
"""
_PICKS = """
SELECT sku_id, count(*) FROM movement WHERE sku_id = ANY(%s::bigint[]) AND reason = 'pick' AND at >= %s GROUP BY sku_id
"""


def policy_of(warehouse_id: int) -> Policy:
    """The policy of a warehouse, or the defaults. One statement."""
    row = fetch_one(_POLICY, [warehouse_id])
    return Policy(tuple(row[0]), *row[1:]) if row else Policy()


def rules_of(warehouse_id: int, policy: Policy) -> dict[int, Rules]:
    """Zone → what holds there. One statement."""

    def own(value: bool | None, default: bool) -> bool:
        return default if value is None else value

    return {
        zone_id: Rules(
            temperature=temperature,
            mix_skus=own(skus, policy.mix_skus),
            mix_lots=own(lots, policy.mix_lots),
            mix_owners=own(owners, policy.mix_owners),
            hazards=frozenset(hazards or ()),
            abc_classes=frozenset(classes or ()),
            owner_id=owner_id,
            is_closed=is_closed,
            zone=code,
        )
        for zone_id, code, temperature, classes, hazards, owner_id, skus, lots, owners, is_closed in fetch(
            _ZONES, [warehouse_id]
        )
    }


def spots_of(
    warehouse_id: int, kinds: Collection[str], policy: Policy, location_ids: Sequence[int] | None = None
) -> tuple[dict[int, Spot], dict[int, str]]:
    """Places of these kinds with what lies there and what is claimed, and SKU → hazard of that. Three statements.

    Places under a hold are missing.
    """
    asked = None if location_ids is None else sorted(set(location_ids))
    only: list[Any] = [asked, asked]
    spots = {}
    for key, code, kind, zone_id, width, depth, height, most, level, sequence in fetch(
        _SPOTS, [warehouse_id, sorted(kinds), *only]
    ):
        sides = tuple(sorted((width, depth, height), reverse=True)) if width and depth and height else ()
        volume = width * depth * height * policy.fill_percent // 100
        spots[key] = Spot(key, code, kind, zone_id, sides, volume, most, level, sequence)
    hazards: dict[int, str] = {}
    for place, sku, lot, owner, units, volume, weight, hazard in fetch(
        _CONTENTS, [warehouse_id, sorted(kinds), *only]
    ):
        _fill(spots.get(place), Content(sku, lot, owner), units, units * volume, units * weight)
        hazards[sku] = hazard
    for place, sku, lot, owner, units, volume, weight, hazard in fetch(_CLAIMS, [warehouse_id, *only]):
        _fill(spots.get(place), Content(sku, lot, owner), units, volume, weight)
        if sku is not None:
            hazards[sku] = hazard
    return spots, hazards


def _fill(spot: Spot | None, content: Content, units: int, volume: int, weight: int) -> None:
    if spot is not None:
        spot.units[content] = spot.units.get(content, 0) + units
        spot.used_mm3 += volume
        spot.used_g += weight


def loads_of(
    putaway_ids: Sequence[int], states: Collection[str], *, picks_since_days: int = 0
) -> dict[int, Load]:
    """What these putaways carry, for those in one of ``states``. One statement, one more for turnover.

    A whole container that is empty by now is missing.
    """
    rows = fetch(_LOADS, [sorted(set(putaway_ids)), sorted(states)])
    picks: dict[int, int] = {}
    if picks_since_days and rows:
        since = clock.now() - timedelta(days=picks_since_days)
        picks = dict(fetch(_PICKS, [sorted({row[6] for row in rows}), since]))
    loads = {}
    for key, group in itertools.groupby(rows, key=lambda row: row[0]):
        parts = list(group)
        first = parts[0]
        loads[key] = Load(
            putaway_id=key,
            kind=first[1],
            condition=first[2],
            from_location_id=first[3],
            whole=first[4],
            priority=first[5],
            parts=tuple(_part(row) for row in parts),
            picks=sum(picks.get(sku, 0) for sku in {row[6] for row in parts}),
        )
    return loads


def _part(row: tuple[Any, ...]) -> Part:
    sides, case = row[12:15], row[19:22]
    return Part(
        sku_id=row[6],
        lot_id=row[7],
        owner_id=row[8],
        quantity=row[9],
        unit_volume_mm3=row[10],
        unit_weight_g=row[11],
        sides_mm=tuple(sorted(sides, reverse=True)) if all(sides) else (),
        temperature=row[15],
        hazard=row[16],
        abc_class=row[17],
        case_quantity=row[18],
        case_sides_mm=tuple(sorted(case, reverse=True)) if all(case) else (),
    )


class World:
    """One warehouse during one run of planning. Spots are filled as loads are given places."""

    def __init__(
        self,
        *,
        policy: Policy,
        rules: Mapping[int, Rules],
        spots: Mapping[int, Spot],
        hazards: Mapping[int, str],
        fixed: Sequence[tuple[int, int | None, int, int | None]] = (),
        scorer: str = "sequence",
    ) -> None:
        self.policy, self.rules, self.spots = policy, rules, spots
        self.hazards = dict(hazards)
        self.scorer = scorer
        self._fixed: dict[int, list[tuple[int | None, int, int | None]]] = defaultdict(list)
        for sku_id, owner_id, location_id, most in fixed:
            self._fixed[sku_id].append((owner_id, location_id, most))
        self._with: dict[int, dict[int, None]] = defaultdict(dict)
        ordered = sorted(spots.values(), key=lambda spot: (spot.walk_mm, spot.sequence, spot.id))
        self._of_kind: dict[str, list[Spot]] = defaultdict(list)
        self._empty: dict[tuple[str, str, str], list[Spot]] = defaultdict(list)
        self._start: dict[tuple[str, str, str], int] = defaultdict(int)
        for spot in ordered:
            self._of_kind[spot.kind].append(spot)
            for content in spot.units:
                if content.sku_id is not None:
                    self._with[content.sku_id][spot.id] = None
            if spot.is_empty and (rule := rules.get(spot.zone_id)) is not None and not rule.is_closed:
                for abc_class in ("", *sorted(rule.abc_classes)):
                    self._empty[spot.kind, rule.temperature, abc_class].append(spot)

    @classmethod
    def read(
        cls, warehouse_id: int, policy: Policy, sku_ids: Collection[int], kinds: Collection[str]
    ) -> World:
        """The warehouse as it is now. Six statements, and what the ranking of places takes."""
        from hecang.inbound.putting.scoring import walks_of

        spots, hazards = spots_of(warehouse_id, kinds, policy)
        walks, scorer = walks_of(warehouse_id, list(spots))
        for key, walk in walks.items():
            spots[key].walk_mm = walk
        return cls(
            policy=policy,
            rules=rules_of(warehouse_id, policy),
            spots=spots,
            hazards=hazards,
            fixed=[tuple(row) for row in fetch(_FIXED, [sorted(set(sku_ids)), warehouse_id])],
            scorer=scorer,
        )

    def rules_at(self, spot: Spot, load: Load) -> Rules:
        """The rules of the spot's zone; where cross-docked goods only pass through, all may lie together."""
        rules = self.rules[spot.zone_id]
        if load.kind == "crossdock" and spot.id == self.policy.crossdock_location_id:
            return replace(rules, mix_skus=True, mix_lots=True, mix_owners=True)
        return rules

    def is_bulk(self, load: Load) -> bool:
        return load.is_bulk(self.policy.bulk_cases) and bool(self._of_kind.get("reserve"))

    def spots_of(self, kind: str) -> list[Spot]:
        """All places of a kind, the cheapest to walk to first."""
        return self._of_kind.get(kind, [])

    def spots_with(self, sku_id: int, kinds: Sequence[str]) -> list[Spot]:
        """Places where the SKU lies or is on its way to: by kind, then with most room."""
        found = [self.spots[key] for key in self._with.get(sku_id, ()) if self.spots[key].kind in kinds]
        return sorted(
            found, key=lambda spot: (kinds.index(spot.kind), spot.used_mm3 - spot.volume_mm3, spot.id)
        )

    def empty_spots(self, kind: str, load: Load, *, abc_class: str = "") -> Iterator[Spot]:
        """Empty places of a kind in zones of the load's temperature (and that take the class), the cheapest first."""
        key = (kind, load.parts[0].temperature, abc_class)
        spots = self._empty.get(key, [])
        start = self._start[key]
        while start < len(spots) and not spots[start].is_empty:
            start += 1
        self._start[key] = start
        return (spot for spot in itertools.islice(spots, start, None) if spot.is_empty)

    def fixed_spots(self, part: Part) -> list[Spot]:
        """The SKU's own places, those for its owner first."""
        return [
            self.spots[location_id]
            for owner_id, location_id, _most in self._fixed.get(part.sku_id, ())
            if owner_id in (None, part.owner_id) and location_id in self.spots
        ]

    def fixed_room(self, load: Load, spot: Spot) -> int | None:
        """How many units more of the load its own place is to hold; ``None`` where nobody said."""
        if len(load.parts) != 1:
            return None
        part = load.parts[0]
        most = next(
            (
                limit
                for owner_id, place, limit in self._fixed.get(part.sku_id, ())
                if place == spot.id and owner_id in (None, part.owner_id)
            ),
            None,
        )
        if most is None:
            return None
        there = sum(units for content, units in spot.units.items() if content.sku_id == part.sku_id)
        return max(most - there, 0)

    def put(self, load: Load, spot: Spot) -> None:
        """The load is on its way to the spot."""
        spot.put(load)
        for part in load.parts:
            self._with[part.sku_id][spot.id] = None
            self.hazards[part.sku_id] = part.hazard
