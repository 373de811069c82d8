"""Which units go to which pick face: the rule, on plain values. No database, no clock."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from hecang.inventory.policies import Candidate

#: Places that one face is filled from at a time.
MOST_SOURCES = 4

BELOW_MIN, DEMAND, TOP_UP, MANUAL = "below_min", "demand", "top_up", "manual"
#: Smaller is earlier; picks have 100.
PRIORITIES = {DEMAND: 40, MANUAL: 50, BELOW_MIN: 70, TOP_UP: 160, "consolidation": 200}
#: A face holds what goes out in COVER days, and is filled again when what is left lasts for LEAST of them.
COVER = Decimal(2)
LEAST = Decimal("0.5")


@dataclass(slots=True)
class Face:
    """One pick face with what lies there and what is on its way. Base units.

    :param free: sellable and not allocated.
    :param coming: claimed for it and not there yet.
    """

    id: int
    warehouse_id: int
    location_id: int
    sku_id: int
    owner_id: int
    min_quantity: int
    max_quantity: int
    multiple: int
    sequence: int
    free: int
    coming: int

    @property
    def have(self) -> int:
        return self.free + self.coming

    @property
    def room(self) -> int:
        return max(0, self.max_quantity - self.have)


@dataclass(frozen=True, slots=True)
class Carry:
    """Units of one stock row that are to go to one face."""

    face: Face
    source: Candidate
    units: int
    cause: str


@dataclass(slots=True)
class _Wish:
    face: Face
    units: int
    cause: str
    #: Units without which somebody will stand before an empty face; for them a case is broken.
    urgent: int


def levels_of(daily: Decimal, multiple: int, capacity: int) -> tuple[int, int]:
    """(minimum, maximum) of a face: the maximum in whole multiples where at least one fits.

    :param daily: units that are picked from it in a day.
    :param capacity: units that fit.
    """
    high = max(1, math.ceil(daily * COVER))
    high = -(-high // multiple) * multiple
    if high > capacity:
        high = max(capacity // multiple * multiple, min(capacity, 1) or 1)
    low = min(high, math.ceil(daily * LEAST))
    return low, max(high, 1)


def carries_of(
    faces: Sequence[Face],
    sources: Sequence[Candidate],
    *,
    demand: int = 0,
    top_up: bool = False,
    wanted: Mapping[int, int] | None = None,
) -> list[Carry]:
    """What to bring to the faces of one SKU and owner.

    A face below its minimum is filled to its maximum. Where demand is larger than what lies in all faces, those with
    room are filled, too. ``top_up`` fills every face with room, by whole multiples only.

    :param sources: rows outside of the faces, in the order of the allocation policy, with what nobody has claimed.
    :param demand: units that waves will want soon.
    :param wanted: face id → units that somebody asked for, at most what fits now; nothing else is planned then.
    """
    if wanted is not None:
        wishes = [
            _Wish(face, units, MANUAL, units)
            for face in faces
            if (units := min(wanted.get(face.id, 0), face.room)) > 0
        ]
    else:
        wishes = _wishes(faces, demand, top_up=top_up)
    left = {source.stock_id: source.free for source in sources}
    carries: list[Carry] = []
    for wish in wishes:
        carries += _serve(wish, sources, left)
    return carries


def _wishes(faces: Sequence[Face], demand: int, *, top_up: bool) -> list[_Wish]:
    ordered = sorted(faces, key=lambda face: (face.have >= face.min_quantity, face.sequence, face.id))
    wishes = [
        _Wish(face, face.room, BELOW_MIN, face.min_quantity - face.have)
        for face in ordered
        if face.have < face.min_quantity and face.room
    ]
    taken = {wish.face.id for wish in wishes}
    lacking = demand - sum(face.have for face in faces)
    for wish in wishes:
        wish.cause = DEMAND if lacking > 0 else wish.cause
        wish.urgent = min(wish.units, max(wish.urgent, lacking))
        lacking -= wish.units
    for face in ordered:
        if lacking > 0 and face.id not in taken and face.room:
            wishes.append(_Wish(face, face.room, DEMAND, min(face.room, lacking)))
            lacking -= face.room
            taken.add(face.id)
    if top_up:
        wishes += [
            _Wish(face, face.room, TOP_UP, 0) for face in ordered if face.id not in taken and face.room
        ]
    return wishes


def _serve(wish: _Wish, sources: Sequence[Candidate], left: dict[int, int]) -> Iterator[Carry]:
    open_units = [wish.units]
    places = 0
    for source in _in_order(sources, left, open_units):
        served = wish.units - open_units[0]
        units = _units(left[source.stock_id], open_units[0], wish.face.multiple, wish.urgent - served)
        if not units:
            continue
        left[source.stock_id] -= units
        open_units[0] -= units
        places += 1
        yield Carry(wish.face, source, units, wish.cause)
        if not open_units[0] or places == MOST_SOURCES:
            return


def _units(free: int, wanted: int, multiple: int, urgent: int) -> int:
    """How many of a row's free units to take: whole multiples, or a rest that empties it; a part of a case only
    for what is urgent.
    """
    if free <= wanted:
        return free
    whole = wanted // multiple * multiple
    return whole or (min(wanted, free) if urgent > 0 else 0)


def _in_order(
    sources: Sequence[Candidate], left: Mapping[int, int], wanted: Sequence[int]
) -> Iterator[Candidate]:
    """By the policy; among goods of the same age, rows that are emptied first (the largest), then the fullest fit.

    :param wanted: one number, units that are still to be found; it falls while the caller takes.
    """

    def age(source: Candidate) -> tuple[object, object]:
        return source.expires_on, source.received_at.date()

    for _age, group in groupby(sources, key=age):
        standing = [source for source in group if left[source.stock_id] > 0]
        while standing:
            units = wanted[0]
            best = min(
                standing,
                key=lambda source: (
                    left[source.stock_id] > units,
                    abs(left[source.stock_id] - units),
                    source.pick_sequence,
                    source.stock_id,
                ),
            )
            standing.remove(best)
            yield best
