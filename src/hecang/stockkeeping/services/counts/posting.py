"""Writing accepted differences into the books: in chunks, as a job with progress that can be stopped.

What is posted is the *difference*, onto whatever the books say now: goods that were picked or put away since the
place was counted are in the books already, and are not part of it. A place waits until the movements around its
count must have reached the books (``CountPolicy.motion_seconds``); if some came so close to it that shelf and books
may have been apart, and nobody has confirmed the difference, it is counted again instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inventory.keys import Place
from hecang.inventory.services.correcting import Corrected, CorrectionIn, correct_entries
from hecang.inventory.services.posting import PostingIn, post_entries
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.inventory.services.snapshots import Change, changes_since
from hecang.kernel import clock, stopping
from hecang.kernel.actor import acting, actor_of, current_actor, current_request_id
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import HecangError, StateConflict
from hecang.stockkeeping.services.counts.deciding import places_reopen
from hecang.stockkeeping.services.counts.planning import count_lock
from hecang.stockkeeping.services.counts.policies import policy_of
from hecang.stockkeeping.services.counts.reading import count_settle

#: Places in one transaction.
CHUNK = 500
SOURCE = "count_line"
#: Somebody has looked twice, or has decided: movements around the count are no excuse any more.
_SURE = ("confirmed", "limit", "readings_differ")
#: Entries after a reading that correct the same books by other means.
_CORRECTIONS = ("count", "adjustment", "opening")

_DUE = """
SELECT p.id FROM count_place p WHERE p.count_id = %s AND p.has_to_post AND p.done_at <= %s AND p.id > %s
ORDER BY p.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""

_LINES = """
SELECT l.id, l.place_id, l.location_id, l.sku_id, l.lot_id, l.owner_id, l.condition, l.container_id, l.state, l.cause,
    l.difference, l.posted, l.position, l.counted_at, l.serials_missing, l.serials_found, l.decided_by
FROM count_line l WHERE l.place_id = ANY(%s::bigint[]) AND l.state IN ('accepted', 'blocked')
ORDER BY l.id FOR NO KEY UPDATE
"""

_WRITE = """
UPDATE count_line l SET state = d.state, cause = CASE WHEN d.cause = '' THEN l.cause ELSE d.cause END,
    posted = l.posted + d.posted, posted_at = CASE WHEN d.state = 'posted' THEN %s::timestamptz ELSE l.posted_at END,
    movement_id = coalesce(l.movement_id, d.movement_id),
    decision_note = CASE WHEN d.note = '' THEN l.decision_note ELSE d.note END
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::text[])
    AS d (id, state, cause, posted, movement_id, note)
WHERE l.id = d.id
"""

_ELSEWHERE = """
SELECT s.sku_id, s.number, r.location_id, r.lot_id, r.owner_id, r.condition, r.container_id,
    r.quantity - r.allocated > 0
FROM unnest(%s::bigint[], %s::text[]) AS d (sku_id, number)
JOIN serial s ON s.sku_id = d.sku_id AND s.number = d.number JOIN stock r ON r.id = s.stock_id
"""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line that is to be posted."""

    id: int
    place_id: int
    place: Place
    state: str
    cause: str
    difference: int
    posted: int
    position: int
    counted_at: datetime
    missing: tuple[str, ...]
    found: tuple[str, ...]
    decided_by: str

    @property
    def left(self) -> int:
        return self.difference - self.posted

    @property
    def kind(self) -> tuple[int, int, int | None, int, int | None]:
        p = self.place
        return (p.location_id, p.sku_id, p.lot_id, p.owner_id, p.container_id)


@dataclass(slots=True)
class Chunk:
    """What one transaction did.

    :param again: place id → lines that have to be counted again.
    """

    places: list[int] = field(default_factory=list)
    again: dict[int, list[int]] = field(default_factory=dict)


@transactional
def count_post(*, count_id: int) -> int:
    """Ask for all accepted differences of a count to be posted, those that were held up before, too; how many places.

    A worker does it (:func:`counts_post_run`). Locks the count. :raises StateConflict: there is nothing to post.
    """
    row = count_lock(count_id)
    if row.state not in ("open", "counted"):
        raise StateConflict(
            _("Count %(number)s is %(state)s; nothing can be posted.")
            % {"number": row.number, "state": row.state}
        )
    places = fetch(
        "UPDATE count_place p SET has_to_post = true WHERE p.id IN (SELECT q.id FROM count_place q"
        " WHERE q.count_id = %s AND q.state = 'done' AND EXISTS (SELECT 1 FROM count_line l WHERE l.place_id = q.id"
        " AND l.state IN ('accepted', 'blocked')) ORDER BY q.id FOR NO KEY UPDATE) RETURNING 1",
        [count_id],
    )
    if not places:
        raise StateConflict(
            _("Count %(number)s has no accepted difference that is not posted.") % {"number": row.number}
        )
    execute(
        "UPDATE stock_count SET post_state = 'queued', post_total = %s, post_done = 0, post_error = '',"
        " post_asked_by = %s WHERE id = %s",
        [len(places), current_actor().user_id, count_id],
    )
    audit_record(
        action="stockkeeping.count.post_asked", entity_kind="count", entity_id=count_id,
        after={"places": len(places)},
    )  # fmt: skip
    return len(places)


@transactional
def count_post_stop(*, count_id: int) -> bool:
    """Stop posting after the chunk at hand; what is posted stays. Whether there was anything to stop."""
    count_lock(count_id)
    stopped = execute(
        "UPDATE stock_count SET post_state = 'stopped' WHERE id = %s AND post_state IN ('queued', 'running')",
        [count_id],
    )
    if stopped:
        audit_record(action="stockkeeping.count.post_stopped", entity_kind="count", entity_id=count_id)
    return bool(stopped)


def counts_post_waiting() -> bool:
    """Whether a count waits to be posted whose places have come to rest."""
    row = fetch_one(
        "SELECT EXISTS (SELECT 1 FROM stock_count c LEFT JOIN count_policy q ON q.warehouse_id = c.warehouse_id"
        " WHERE c.post_state IN ('queued', 'running') AND (EXISTS (SELECT 1 FROM count_place p WHERE p.count_id = c.id"
        " AND p.has_to_post AND p.done_at <= %s - make_interval(secs => coalesce(q.motion_seconds, 120)))"
        " OR NOT EXISTS (SELECT 1 FROM count_place p WHERE p.count_id = c.id AND p.has_to_post)))",
        [clock.now()],
    )
    return bool(row and row[0])


def counts_post_run() -> int:
    """Post what waits, count by count; how many places. Several workers share the places of one count."""
    total = 0
    for (count_id,) in fetch(
        "SELECT id FROM stock_count WHERE post_state IN ('queued', 'running') ORDER BY id LIMIT 100"
    ):
        total += count_post_now(count_id=count_id)
    return total


def count_post_now(*, count_id: int) -> int:
    """Post one count here and now, chunk by chunk, as whoever asked for it; how many places.

    Goes on where an earlier run was killed. A place that cannot be posted is left with what was wrong with it.
    """
    row = fetch_one("SELECT post_asked_by, warehouse_id FROM stock_count WHERE id = %s", [count_id])
    if row is None:
        return 0
    # Posted on its own account, it is the system that posts; each line names who counted and decided.
    actor, _language = actor_of(row[0]) if row[0] is not None else (current_actor(), "")
    motion = timedelta(seconds=policy_of(row[1]).motion_seconds)
    total = after = 0
    with acting(actor, request_id=current_request_id()):
        while _begin(count_id):
            stopping.go_on()
            chunk = _chunk_safely(count_id, after, motion)
            if not chunk.places:
                break
            after = max(chunk.places)
            total += len(chunk.places)
            _progress(count_id, chunk)
        _end(count_id)
    return total


@transactional
def _begin(count_id: int) -> bool:
    """Whether posting goes on: nobody has stopped it."""
    return bool(
        execute(
            "UPDATE stock_count SET post_state = 'running' WHERE id = %s AND post_state IN ('queued', 'running')",
            [count_id],
        )
    )


@transactional
def _progress(count_id: int, chunk: Chunk) -> None:
    """Write how far it is, and send places back that have to be counted again. Locks the count, then those places."""
    count_lock(count_id)
    execute(
        "UPDATE stock_count SET post_done = post_done + %s, post_total = greatest(post_total, post_done + %s) WHERE id = %s",
        [len(chunk.places), len(chunk.places), count_id],
    )
    if chunk.again:
        places = sorted(chunk.again)
        execute("SELECT 1 FROM count_place WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [places])
        lines = [key for ids in chunk.again.values() for key in ids]
        places_reopen(count_id, set(places), lines, cause="in_motion", bars=False)
    else:
        count_settle(count_id)


@transactional
def _end(count_id: int) -> None:
    """Nothing more is due: done, unless places wait that have not come to rest."""
    count_lock(count_id)
    execute(
        "UPDATE stock_count c SET post_state = CASE WHEN EXISTS (SELECT 1 FROM count_place p WHERE p.count_id = c.id"
        " AND p.has_to_post) THEN 'queued' ELSE '' END WHERE c.id = %s AND c.post_state IN ('queued', 'running')",
        [count_id],
    )
    count_settle(count_id)


def _chunk_safely(count_id: int, after: int, motion: timedelta) -> Chunk:
    """One chunk; where the books refuse something, place by place, so that one place holds up no other."""
    until = clock.now() - motion
    try:
        return _chunk(count_id=count_id, after=after, until=until, motion=motion, limit=CHUNK)
    except HecangError:
        done = Chunk()
        for _place in range(CHUNK):
            try:
                one = _chunk(count_id=count_id, after=after, until=until, motion=motion, limit=1)
            except HecangError as error:
                one = _refused(count_id, after, until, error)
            if not one.places:
                break
            after = max(one.places)
            done.places.extend(one.places)
            done.again |= one.again
        return done


@transactional
def _refused(count_id: int, after: int, until: datetime, error: HecangError) -> Chunk:
    """Leave the next place as it is, with what the books said."""
    places = [row[0] for row in fetch(_DUE, [count_id, until, after, 1])]
    lines = _lines(places)
    execute(
        _WRITE,
        [
            clock.now(),
            *columns(
                ((one.id, "blocked", error.instance_code[:24], 0, None, str(error)[:200]) for one in lines), 6
            ),
        ],
    )
    execute("UPDATE count_place SET has_to_post = false WHERE id = ANY(%s)", [places])
    return Chunk(places)


@shorting_service
def _chunk(
    shorting: Shorting, *, count_id: int, after: int, until: datetime, motion: timedelta, limit: int
) -> Chunk:
    """Post the next places that have come to rest, all or nothing.

    Locks documents of whoever loses units → places (those that nobody holds) → lines → balances.
    """
    places = [row[0] for row in fetch(_DUE, [count_id, until, after, limit])]
    lines = _lines(places)
    later = changes_since([(line.place, line.position) for line in lines])
    again: dict[int, list[int]] = defaultdict(list)
    gone: set[int] = set()
    for line, changes in zip(lines, later, strict=True):
        if _is_in_motion(line, changes, motion):
            again[line.place_id].append(line.id)
        elif _is_superseded(line, changes):
            gone.add(line.id)
    # A place is posted as a whole or not at all.
    standing = [line for line in lines if line.place_id not in again and line.id not in gone]
    results = _post(shorting, standing)
    rows = [
        (key, "superseded", "corrected", 0, None, "") for key in gone if _of(lines, key).place_id not in again
    ]
    execute(_WRITE, [clock.now(), *columns([*results, *rows], 6)])
    execute(
        "UPDATE count_place SET has_to_post = false WHERE id = ANY(%s)",
        [[key for key in places if key not in again]],
    )
    return Chunk(places, dict(again))


def _of(lines: Sequence[LineRow], key: int) -> LineRow:
    return next(line for line in lines if line.id == key)


def _is_in_motion(line: LineRow, changes: Sequence[Change], motion: timedelta) -> bool:
    """Goods moved so soon after the count that they may have been off the shelf already."""
    if not line.left or line.posted or line.cause in _SURE or line.decided_by:
        return False
    return any(
        change.reason not in _CORRECTIONS and change.at <= line.counted_at + motion for change in changes
    )


def _is_superseded(line: LineRow, changes: Sequence[Change]) -> bool:
    """Somebody else has corrected the same books since: this difference is not one any more."""
    return any(
        change.reason in _CORRECTIONS and (change.source_kind, change.source_id) != (SOURCE, line.id)
        for change in changes
    )


def _lines(place_ids: Sequence[int]) -> list[LineRow]:
    """Lock the lines of these places that are to be posted."""
    return [
        LineRow(*[row[0], row[1], Place(*row[2:8]), *row[8:14], tuple(row[14]), tuple(row[15]), row[16]])
        for row in fetch(_LINES, [list(place_ids)])
    ]


def _post(shorting: Shorting, lines: Sequence[LineRow]) -> list[tuple[int, str, str, int, int | None, str]]:
    """Post these lines; what to write into each."""
    if not lines:
        return []
    moved = _fetch_serials(shorting, lines)
    became, taken = _became(lines, moved)
    corrections = [
        CorrectionIn(
            place=line.place,
            change=line.left - len(moved.get(line.id, ())) - taken.get(line.id, 0),
            found=tuple(number for number in line.found if number not in moved.get(line.id, ())),
            missing=line.missing,
            source_kind=SOURCE,
            source_id=line.id,
            became=became.get(line.id, ()),
        )
        for line in lines
    ]
    results = correct_entries(shorting, corrections=corrections)
    rows = []
    for line, got in zip(lines, results, strict=True):
        done = got.change + len(moved.get(line.id, ())) + taken.get(line.id, 0)
        state, cause = ("posted", "") if done == line.left else ("blocked", "allocated")
        rows.append((line.id, state, cause, done, _first(got), ""))
    return rows


def _first(got: Corrected) -> int | None:
    return got.movement_ids[0] if got.movement_ids else None


def _became(
    lines: Sequence[LineRow], moved: dict[int, set[str]]
) -> tuple[dict[int, tuple[tuple[str, int], ...]], dict[int, int]]:
    """Units missing in one condition and found in another at the same place only change their condition.

    :return: line id of those missing → (condition, units) each; line id of those found → units that come so.
    """
    groups: dict[tuple[int, int, int | None, int, int | None], list[LineRow]] = defaultdict(list)
    for line in lines:
        groups[line.kind].append(line)
    became: dict[int, list[tuple[str, int]]] = defaultdict(list)
    taken: dict[int, int] = defaultdict(int)
    for group in groups.values():
        wanting = {line.id: line.left for line in group if not moved.get(line.id)}
        for source in (line for line in group if line.left < 0):
            open_ = -source.left
            for target in (line for line in group if wanting.get(line.id, 0) > 0):
                units = min(open_, wanting[target.id])
                if units > 0:
                    became[source.id].append((target.place.condition, units))
                    taken[target.id] += units
                    wanting[target.id] -= units
                    open_ -= units
    return {key: tuple(parts) for key, parts in became.items()}, dict(taken)


def _fetch_serials(shorting: Shorting, lines: Sequence[LineRow]) -> dict[int, set[str]]:
    """Numbered units that were found here and stand elsewhere in the books are carried over; line id → numbers."""
    wanted = [(line.place.sku_id, number) for line in lines for number in line.found]
    if not wanted:
        return {}
    elsewhere = {(row[0], row[1]): row[2:] for row in fetch(_ELSEWHERE, columns(wanted, 2))}
    entries = []
    moved: dict[int, set[str]] = defaultdict(set)
    for line in lines:
        for number in line.found:
            row = elsewhere.get((line.place.sku_id, number))
            if row is None or not row[5]:
                continue
            location_id, lot_id, owner_id, condition, container_id, _free = row
            if (lot_id, owner_id) != (line.place.lot_id, line.place.owner_id):
                continue
            entries.append(
                PostingIn(
                    sku_id=line.place.sku_id, owner_id=owner_id, lot_id=lot_id, quantity=1,
                    from_location_id=location_id, to_location_id=line.place.location_id, from_condition=condition,
                    to_condition=line.place.condition, from_container_id=container_id,
                    to_container_id=line.place.container_id, reason="count", source_kind=SOURCE, source_id=line.id,
                    serials=(number,),
                )
            )  # fmt: skip
            moved[line.id].add(number)
    post_entries(shorting, entries=entries)
    return dict(moved)
