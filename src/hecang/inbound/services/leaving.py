"""Goods that were to be put away have gone another way: their putaways end or become smaller with them.

Whoever takes goods away (a return to the supplier, scrap, a count, a move, a change of condition or lot) tells it in its
own transaction; see :mod:`hecang.inventory.leaving`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hecang.inbound.putting.base import KINDS_OF_CONDITION
from hecang.inbound.services.arrival_types import Arrival
from hecang.inbound.services.following import goods_follow, goods_follow_each, putaways_lessen
from hecang.inventory.keys import Place
from hecang.inventory.leaving import GoodsLeft
from hecang.kernel.db import columns, fetch, transactional

#: These documents say themselves what becomes of goods that they have changed.
SPEAK_FOR_THEMSELVES = frozenset({"inspection", "return_line", "discrepancy"})

_LOOSE = """
SELECT w.position, p.id, p.state, p.quantity - p.done, p.warehouse_id, p.receipt_id, p.source_kind, p.source_id
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) WITH ORDINALITY
    AS w (location_id, sku_id, lot_id, owner_id, condition, container_id, position)
JOIN putaway p ON p.from_location_id = w.location_id AND p.sku_id = w.sku_id AND p.owner_id = w.owner_id
    AND p.condition = w.condition AND p.lot_id IS NOT DISTINCT FROM w.lot_id
    AND p.container_id IS NOT DISTINCT FROM w.container_id
    AND NOT p.is_whole AND p.state IN ('waiting', 'planned', 'stuck')
ORDER BY p.id
"""
#: Containers that were to go as a whole, with those that stand in them, and whether nothing of their goods is left.
_WHOLE = """
SELECT p.id, p.quantity - p.done, p.warehouse_id, p.receipt_id, p.source_kind, p.source_id, p.container_id, p.condition,
    NOT EXISTS (SELECT 1 FROM stock s WHERE s.container_id = ANY(inside.ids) AND s.location_id = p.from_location_id
                AND s.condition = p.condition AND s.quantity > 0),
    inside.ids
FROM putaway p CROSS JOIN LATERAL (
    WITH RECURSIVE tree AS (
        SELECT p.container_id AS id UNION ALL SELECT c.id FROM container c JOIN tree ON c.parent_id = tree.id
    ) SELECT array_agg(id) AS ids FROM tree
) inside
WHERE p.from_location_id = ANY(%s::bigint[]) AND p.is_whole AND p.state IN ('waiting', 'planned', 'stuck')
ORDER BY p.id
"""


@dataclass(slots=True)
class _Excess:
    """What cannot be carried any more.

    :param putaways: all that goods are taken from.
    :param less: putaway → units too many.
    :param arrivals: (kind, id) of the document behind it → goods that lie as others, or elsewhere, and still wait.
    """

    putaways: set[int] = field(default_factory=set)
    less: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    arrivals: dict[tuple[str, int] | None, list[Arrival]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class _Going:
    """Goods that have left a place, and where those of them lie that no putaway follows yet: each unit is followed once."""

    left: GoodsLeft
    went: list[tuple[Place, int]]

    def take(self, units: int) -> Iterator[tuple[Place, int]]:
        """Where so many of them lie now, as far as there are."""
        while units and self.went:
            place, there = self.went[0]
            part = min(units, there)
            units -= part
            self.went[:1] = [(place, there - part)] if there > part else []
            yield place, part


class PutawayFollower:
    """Putaways follow their goods; see :class:`hecang.inventory.leaving.GoodsFollower`."""

    def concerned(self, left: Sequence[GoodsLeft]) -> Collection[int]:
        return _excess(_waiting(left)).putaways

    def lock(self, document_ids: Collection[int]) -> None:
        putaways_lock(document_ids)

    def follow(self, left: Sequence[GoodsLeft]) -> None:
        # They are locked, and what was carried while they were waited for is carried.
        excess = _excess(_waiting(left))
        putaways_lessen(excess.less, note="the goods have gone another way")
        goods_follow_each(arrivals=excess.arrivals)


def putaways_lock(putaway_ids: Collection[int]) -> None:
    """Lock putaways in primary-key order."""
    fetch(
        "SELECT id FROM putaway WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
        [sorted(putaway_ids)],
    )


def putaways_lock_at(places: Collection[Place]) -> None:
    """Lock what is to be put away from these places, before the goods there are taken. Two statements."""
    if places:
        putaways_lock({row[1] for row in fetch(_LOOSE, columns(sorted(places, key=str), 6))})


def _waiting(left: Sequence[GoodsLeft]) -> list[GoodsLeft]:
    """Goods that have left a place where they do not belong: from nowhere else anything is put away."""
    return [one for one in left if one.kind not in KINDS_OF_CONDITION.get(one.place.condition, ())]


def _excess(left: Sequence[GoodsLeft]) -> _Excess:
    """Of what was planned with these goods, what cannot be any more. Two statements at most; none for no goods."""
    found = _Excess()
    if not left:
        return found
    going = [_Going(one, [] if one.source_kind in SPEAK_FOR_THEMSELVES else list(one.went)) for one in left]
    standing: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in fetch(_LOOSE, columns((one.place for one in left), 6)):
        standing[row[0]].append(row)
    for position, rows in standing.items():
        _loose(found, going[position - 1], rows)
    boxed = [one for one in going if one.left.place.container_id is not None]
    if boxed:
        places = sorted({one.left.place.location_id for one in boxed})
        # A box with a putaway of its own before the pallet that it stands on.
        for row in sorted(fetch(_WHOLE, [places]), key=lambda row: (len(row[-1]), row[0])):
            _whole(found, boxed, row)
    return found


def _loose(found: _Excess, going: _Going, rows: Sequence[tuple[Any, ...]]) -> None:
    """Take from what has no place yet first, then from the newest."""
    excess = sum(row[3] for row in rows) - max(going.left.free, 0)
    for row in sorted(rows, key=lambda row: (row[2] == "planned", -row[1])):
        units = min(row[3], excess)
        if units <= 0:
            break
        excess -= units
        found.putaways.add(row[1])
        found.less[row[1]] += units
        for place, part in going.take(units):
            found.arrivals[_source(row[6], row[7])].append(_arrival(row[4], row[5], place, part))


def _whole(found: _Excess, boxed: Sequence[_Going], row: tuple[Any, ...]) -> None:
    """Nothing is carried of a container that is empty; what was taken out of it, or is another kind now, goes its own way."""
    putaway_id, units, warehouse_id, receipt_id, kind, key, container_id, condition, is_empty, inside = row
    if is_empty:
        found.putaways.add(putaway_id)
        found.less[putaway_id] += units
    for going in boxed:
        before = going.left.place
        if before.condition != condition or not {before.container_id, going.left.around_id} & set(inside):
            continue
        for place, there in going.take(sum(there for _place, there in going.went)):
            found.putaways.add(putaway_id)
            carrier = container_id if place.container_id in inside else None
            found.arrivals[_source(kind, key)].append(
                _arrival(warehouse_id, receipt_id, place, there, carrier)
            )


def _source(kind: str, document_id: int | None) -> tuple[str, int] | None:
    return (kind, document_id) if kind and document_id is not None else None


def _arrival(
    warehouse_id: int, receipt_id: int | None, place: Place, units: int, carrier_id: int | None = None
) -> Arrival:
    return Arrival(
        warehouse_id=warehouse_id,
        location_id=place.location_id,
        sku_id=place.sku_id,
        owner_id=place.owner_id,
        quantity=units,
        lot_id=place.lot_id,
        container_id=place.container_id,
        condition=place.condition,
        receipt_id=receipt_id,
        carrier_id=carrier_id,
    )


_LYING = """
SELECT w.position, s.quantity - s.allocated
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) WITH ORDINALITY
    AS w (location_id, sku_id, lot_id, owner_id, condition, container_id, position)
JOIN stock s ON s.location_id = w.location_id AND s.sku_id = w.sku_id AND s.owner_id = w.owner_id
    AND s.condition = w.condition AND s.lot_id IS NOT DISTINCT FROM w.lot_id
    AND s.container_id IS NOT DISTINCT FROM w.container_id
ORDER BY s.id FOR NO KEY UPDATE OF s
"""


@transactional
def goods_follow_late(*, arrivals: Sequence[Arrival], source: tuple[str, int]) -> list[int]:
    """:func:`goods_follow` for goods that came in a while ago: as far as they still lie there and nobody carries them.

    Locks stock, then what ``goods_follow`` locks.
    """
    units: dict[Place, int] = defaultdict(int)
    first: dict[Place, Arrival] = {}
    for one in arrivals:
        place = Place(one.location_id, one.sku_id, one.lot_id, one.owner_id, one.condition, one.container_id)
        units[place] += one.quantity
        first.setdefault(place, one)
    places = sorted(units, key=str)
    free = {places[row[0] - 1]: row[1] for row in fetch(_LYING, columns(places, 6))} if places else {}
    for row in fetch(_LOOSE, columns(places, 6)) if places else ():
        free[places[row[0] - 1]] = free.get(places[row[0] - 1], 0) - row[3]
    return goods_follow(
        arrivals=[
            replace(first[place], quantity=most)
            for place in places
            if (most := min(units[place], free.get(place, 0))) > 0
        ],
        source=source,
    )
