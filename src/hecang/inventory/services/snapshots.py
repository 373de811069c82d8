"""What the books say of places at one moment, exactly, while everybody goes on working.

Every entry of the ledger that touches a stock row is written, and gets its id, under the lock of that row. So under
that lock the row's quantity contains exactly the entries up to the newest id that is visible then (its *position*),
and every later one has a greater id. For a moment in the past the entries since are taken off again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hecang.inventory.keys import Place, StockRow
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.kernel import clock
from hecang.kernel.db import columns, fetch, fetch_one, transactional

#: Entries at one location that are looked at for what moved there lately.
_LATELY = 200

_AT = "SELECT id FROM stock WHERE location_id = ANY(%s::bigint[]) AND quantity > 0"
_POSITION = "SELECT coalesce(max(id), 0) FROM movement"

_KEYS = """
    unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[],
        %s::timestamptz[]) WITH ORDINALITY
        AS k (location_id, sku_id, lot_id, owner_id, condition, container_id, position, since, number)
"""

# By location, never by SKU (hence + 0): an article that lies at a thousand places has a long history.
_SINCE = f"""
SELECT k.number - 1, m.id, m.at, m.units, m.reason, m.source_kind, m.source_id FROM {_KEYS}
CROSS JOIN LATERAL (
    SELECT id, at, quantity AS units, reason, source_kind, source_id FROM movement
    WHERE to_location_id = k.location_id AND id > k.position AND (k.since IS NULL OR at > k.since)
        AND sku_id + 0 = k.sku_id AND owner_id = k.owner_id AND to_condition = k.condition
        AND lot_id IS NOT DISTINCT FROM k.lot_id AND to_container_id IS NOT DISTINCT FROM k.container_id
    UNION ALL
    SELECT id, at, -quantity, reason, source_kind, source_id FROM movement
    WHERE from_location_id = k.location_id AND id > k.position AND (k.since IS NULL OR at > k.since)
        AND sku_id + 0 = k.sku_id AND owner_id = k.owner_id AND from_condition = k.condition
        AND lot_id IS NOT DISTINCT FROM k.lot_id AND from_container_id IS NOT DISTINCT FROM k.container_id
) m
"""  # noqa: S608 - put together from constants

# The newest entries of each location, whatever goods; most locations have none of these minutes.
_MOVED = f"""
SELECT l.id, m.sku_id, m.lot_id, m.owner_id, m.condition, m.container_id, m.at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS l (id, since)
CROSS JOIN LATERAL (
    (SELECT at, sku_id, lot_id, owner_id, to_condition AS condition, to_container_id AS container_id
     FROM movement WHERE to_location_id = l.id ORDER BY id DESC LIMIT {_LATELY})
    UNION ALL
    (SELECT at, sku_id, lot_id, owner_id, from_condition, from_container_id
     FROM movement WHERE from_location_id = l.id ORDER BY id DESC LIMIT {_LATELY})
) m
WHERE m.at >= l.since
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody looked: at a position of the ledger, at a time by the clock, or (neither) now.

    With both, the position says what the books contain, and the time what moved shortly before and after.
    """

    position: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the books had of one kind of goods at one place.

    :param book: units at the moment asked for.
    :param position: the last entry of the ledger that ``book`` contains.
    :param now: the row as it is now, locked.
    :param is_recent: goods moved there within the time asked for before or after the moment.
    """

    now: StockRow
    book: int
    position: int
    is_recent: bool


@transactional
def stock_snapshot(
    *,
    location_ids: Iterable[int],
    places: Iterable[Place] = (),
    moment: Callable[[Place], Moment] | None = None,
    recent: timedelta = timedelta(0),
) -> dict[Place, Snapshot]:
    """Lock what lies at these locations and say what the books had there, each at its moment.

    Locks: facts (shared), stock rows in primary-key order, until the transaction ends. At most seven statements
    for any number of places.

    :param places: kinds of goods to answer for even where the books have none; rows of nothing are made for them.
    :param moment: when each was looked at; now if not given.
    :param recent: how near to its moment a movement makes a place ``is_recent``.
    """
    locations, asked = sorted(set(location_ids)), set(places)
    facts_lock()
    now = clock.now()
    books.stock_ensure(dict.fromkeys(asked, now))
    rows = books.stock_lock(asked)
    for row in books.stock_lock_ids(row[0] for row in fetch(_AT, [locations])).values():
        rows[row.place] = row
    position = ledger_position()
    when = {place: moment(place) if moment else Moment() for place in rows}
    past = _past(rows, when, position)
    moved = _moved(rows, when, recent, now)
    found = {}
    for place, row in rows.items():
        book, at = past.get(place, (row.quantity, position))
        found[place] = Snapshot(row, book, at, place in moved)
    return found


def ledger_position() -> int:
    """The id of the newest entry of the ledger that is visible now, 0 of an empty one."""
    row = fetch_one(_POSITION)
    assert row is not None
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the ledger as one place sees it; ``units`` more (or less) lie there since."""

    movement_id: int
    at: datetime
    units: int
    reason: str
    source_kind: str
    source_id: int | None


def changes_since(keys: Sequence[tuple[Place, int]]) -> list[list[Change]]:
    """For each (place, position) the later entries of the ledger there. One statement."""
    found: list[list[Change]] = [[] for _key in keys]
    if keys:
        rows = ((*place, position, None) for place, position in keys)
        for number, *entry in fetch(_SINCE, columns(rows, 8)):
            found[number].append(Change(*entry))
    return found


def _past(
    rows: Mapping[Place, StockRow], when: Mapping[Place, Moment], position: int
) -> dict[Place, tuple[int, int]]:
    """Units and position of those places that were looked at before now."""
    asked = [
        (place, moment)
        for place, moment in when.items()
        if moment.position is not None or moment.at is not None
    ]
    if not asked:
        return {}
    keys = (
        (*place, moment.position or 0, moment.at if moment.position is None else None)
        for place, moment in asked
    )
    later: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    for number, entry_id, _at, units, *_why in fetch(_SINCE, columns(keys, 8)):
        later[asked[number][0]].append((entry_id, units))
    result = {}
    for place, moment in asked:
        entries = later.get(place, [])
        first = min((entry_id for entry_id, _units in entries), default=None)
        # By the clock, an entry may have a lower id than one before it; what counts is the row as a whole.
        if moment.position is None and first is not None:
            entries = _behind(place, first)
        at = (
            moment.position if moment.position is not None else (first - 1 if first is not None else position)
        )
        result[place] = (rows[place].quantity - sum(units for _id, units in entries), at)
    return result


def _behind(place: Place, first: int) -> list[tuple[int, int]]:
    return [(change.movement_id, change.units) for change in changes_since([(place, first - 1)])[0]]


def _moved(
    rows: Mapping[Place, StockRow], when: Mapping[Place, Moment], recent: timedelta, now: datetime
) -> set[Place]:
    """Places where goods moved shortly before or after their moment."""
    if not recent:
        return set()
    since: dict[int, datetime] = {}
    for place, moment in when.items():
        start = (moment.at or now) - recent
        since[place.location_id] = min(start, since.get(place.location_id, start))
    near: set[Place] = set()
    for *key, at in fetch(_MOVED, columns(since.items(), 2)) if since else ():
        place = Place(*key)
        if place in rows and abs(at - (when[place].at or now)) <= recent:
            near.add(place)
    return near
