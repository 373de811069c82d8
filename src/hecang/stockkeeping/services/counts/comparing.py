"""What was counted at places beside what the books had there at that moment: lines to judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hecang.inventory.keys import Place
from hecang.inventory.services.snapshots import Moment, Snapshot, stock_snapshot
from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.stockkeeping.services.counts.goods import Kind, SkuFacts, Tally, sku_facts
from hecang.stockkeeping.services.counts.judging import spread

_EARLIER = """
SELECT l.place_id, l.location_id, l.sku_id, l.lot_id, l.owner_id, l.condition, l.container_id, r.round, r.difference
FROM count_line l LEFT JOIN count_reading r ON r.line_id = l.id WHERE l.place_id = ANY(%s::bigint[])
"""

# Quarantine that a picker's “not found” made: what came there last came by a pick task.
_SUSPECT = """
SELECT s.id FROM stock s CROSS JOIN LATERAL (
    SELECT m.source_kind, m.from_location_id FROM movement m
    WHERE m.to_location_id = s.location_id AND m.sku_id = s.sku_id AND m.to_condition = 'quarantine'
        AND m.lot_id IS NOT DISTINCT FROM s.lot_id AND m.owner_id = s.owner_id
        AND m.to_container_id IS NOT DISTINCT FROM s.container_id
    ORDER BY m.id DESC LIMIT 1
) m
WHERE s.id = ANY(%s::bigint[]) AND m.source_kind = 'pick_task' AND m.from_location_id = s.location_id
"""


_UNSET = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """What somebody found at a place; whatever the books have there and is not named was not there.

    :param tallies: empty where the place is empty.
    :param sealed: containers that stand there unopened: taken to hold what the books say.
    :param position, at: when the place was looked at; now if neither is given.
    """

    place_id: int
    tallies: tuple[Tally, ...] = ()
    sealed: tuple[int, ...] = ()
    position: int | None = None
    at: datetime | None = None


@dataclass(slots=True)
class Line:
    """One line before it is judged."""

    place_id: int
    place: Place
    counted: int
    snapshot: Snapshot
    at: datetime = _UNSET
    serials: tuple[str, ...] | None = None
    missing: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        return self.counted - self.snapshot.book


@dataclass(slots=True)
class Compared:
    """The lines of one kind of goods at one place, and the net difference of each earlier round."""

    place_id: int
    kind: Kind
    lines: list[Line] = field(default_factory=list)
    earlier: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Told:
    """What was said about one kind of goods."""

    sound: int = 0
    by_condition: dict[str, int] = field(default_factory=dict)
    serials: list[str] | None = None
    serial_conditions: dict[str, str] = field(default_factory=dict)
    moment: Moment | None = None

    def add(self, one: Tally) -> None:
        if one.condition:
            self.by_condition[one.condition] = self.by_condition.get(one.condition, 0) + one.quantity
        else:
            self.sound += one.quantity
        if one.serials is not None:
            self.serials = [*(self.serials or []), *one.serials]
            self.serial_conditions.update(dict.fromkeys(one.serials, one.condition or "good"))
        if one.position is not None or one.at is not None:
            self.moment = Moment(one.position, one.at)


def compare(
    reads: Sequence[PlaceRead],
    *,
    locations: Mapping[int, int],
    kinds: Sequence[Kind],
    skus: dict[int, SkuFacts],
    motion: timedelta,
) -> list[Compared]:
    """Lock what lies there and compare. Locks facts (shared) and stock rows. A constant number of statements.

    :param locations: place id → location id.
    :param kinds: of all tallies of all reads, in their order.
    :param skus: facts of their SKUs; those of all other goods there are added.
    """
    now = clock.now()
    told: dict[Kind, _Told] = defaultdict(_Told)
    numbered = iter(kinds)
    for read in reads:
        for one in read.tallies:
            told[next(numbered)].add(one)
    by_location = {locations[read.place_id]: read for read in reads}
    earlier, known = _earlier([read.place_id for read in reads])
    asked = {
        Place(k.location_id, k.sku_id, k.lot_id, k.owner_id, condition, k.container_id)
        for k, said in told.items()
        for condition in {*said.by_condition, *(["good"] if said.sound or not said.by_condition else [])}
    }

    def moment(place: Place) -> Moment:
        said = told.get(kind_of(place))
        if said is not None and said.moment is not None:
            return said.moment
        read = by_location[place.location_id]
        return Moment(read.position, read.at)

    found = stock_snapshot(location_ids=by_location, places=asked | known, moment=moment, recent=motion)
    # What lies there unnamed has facts, too.
    skus.update(sku_facts({place.sku_id for place in found} - set(skus)))
    suspects = _suspects(found)
    numbers = _numbers(found, skus)
    groups: dict[Kind, list[Place]] = defaultdict(list)
    for place in found:
        groups[kind_of(place)].append(place)
    result = []
    for kind in sorted(groups, key=_order):
        read = by_location[kind.location_id]
        shots = {place: found[place] for place in sorted(groups[kind], key=lambda one: one.condition)}
        suspect = frozenset(place.condition for place, shot in shots.items() if shot.now.id in suspects)
        lines = _lines(read, told.get(kind, _Told()), shots, suspect, numbers)
        for line in lines:
            line.at = moment(line.place).at or now
        # Rows of nothing that nobody speaks of are no lines, unless they were lines before.
        lines = [one for one in lines if one.snapshot.book or one.counted or one.found or one.place in known]
        if lines:
            result.append(Compared(read.place_id, kind, lines, earlier.get((read.place_id, kind), [])))
    return result


def _lines(
    read: PlaceRead,
    said: _Told,
    shots: Mapping[Place, Snapshot],
    suspect: frozenset[str],
    numbers: Mapping[int, frozenset[str]],
) -> list[Line]:
    """The lines of one kind of goods, one for each condition."""
    books = {place.condition: shot for place, shot in shots.items()}
    held = {name: shot.book for name, shot in books.items()}
    is_sealed = any(place.container_id is not None and place.container_id in read.sealed for place in shots)
    if is_sealed:
        counted = dict(held)
    elif said.serials is not None:
        counted = {}
    else:
        counted = spread(said.sound, said.by_condition, held, suspect)
    lines = []
    for place, shot in shots.items():
        line = Line(read.place_id, place, counted.get(place.condition, 0), shot)
        here = numbers.get(shot.now.id, frozenset())
        if said.serials is not None and not is_sealed:
            _number(line, said, here, numbers, books)
        elif not line.counted:
            line.missing = tuple(sorted(here))
        lines.append(line)
    return lines


def kind_of(place: Place) -> Kind:
    return Kind(place.location_id, place.sku_id, place.lot_id, place.owner_id, place.container_id)


def _number(
    line: Line,
    said: _Told,
    here: frozenset[str],
    numbers: Mapping[int, frozenset[str]],
    books: Mapping[str, Snapshot],
) -> None:
    """Give each scanned number to the row where it stands, new ones to the condition that was said."""
    assert said.serials is not None
    scanned = set(said.serials)
    elsewhere = {
        number
        for shot in books.values()
        if shot is not line.snapshot
        for number in numbers.get(shot.now.id, ())
    }
    new = {
        number
        for number in scanned - here - elsewhere
        if said.serial_conditions.get(number, "good") == line.place.condition
    }
    present = (scanned & here) | new
    line.serials = tuple(sorted(present))
    line.counted = len(present)
    line.missing, line.found = tuple(sorted(here - scanned)), tuple(sorted(new))


def _earlier(place_ids: Sequence[int]) -> tuple[dict[tuple[int, Kind], list[int]], set[Place]]:
    """(place id, kind) → net difference of each earlier round; and all places that are lines already."""
    by_round: dict[tuple[int, Kind], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    known = set()
    for row in fetch(_EARLIER, [list(place_ids)]):
        place = Place(*row[1:7])
        known.add(place)
        if row[7] is not None:
            by_round[row[0], kind_of(place)][row[7]] += row[8]
    return {key: [rounds[at] for at in sorted(rounds)] for key, rounds in by_round.items()}, known


def _suspects(found: Mapping[Place, Snapshot]) -> set[int]:
    ids = [shot.now.id for place, shot in found.items() if place.condition == "quarantine"]
    return {row[0] for row in fetch(_SUSPECT, [ids])} if ids else set()


def _numbers(found: Mapping[Place, Snapshot], skus: Mapping[int, SkuFacts]) -> dict[int, frozenset[str]]:
    """Numbers of the units at each row of goods that are kept by serial."""
    ids = [
        shot.now.id
        for place, shot in found.items()
        if place.sku_id in skus and skus[place.sku_id].is_serial_tracked
    ]
    rows: dict[int, set[str]] = defaultdict(set)
    if ids:
        for stock_id, number in fetch(
            "SELECT stock_id, number FROM serial WHERE stock_id = ANY(%s::bigint[])", [ids]
        ):
            rows[stock_id].add(number)
    return {key: frozenset(numbers) for key, numbers in rows.items()}


def _order(kind: Kind) -> tuple[int, int, int, int, int]:
    return (kind.location_id, kind.sku_id, kind.lot_id or 0, kind.owner_id, kind.container_id or 0)
