"""Taking over what people counted: compared with the books of that moment, judged, written down.

The warehouse works on meanwhile; nothing is frozen. ``docs/explanation/counting.md`` tells why that is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput, NotFound, StateConflict
from hecang.stockkeeping import states_counts as states
from hecang.stockkeeping.errors_counts import CountBySame, PlaceTaken
from hecang.stockkeeping.models import CountLineState, CountPlaceState, CountState
from hecang.stockkeeping.services.counts.comparing import Compared, Line, PlaceRead, compare
from hecang.stockkeeping.services.counts.goods import SkuFacts, kinds_of, sku_facts
from hecang.stockkeeping.services.counts.judging import Group, Reading, Verdict, judge
from hecang.stockkeeping.services.counts.planning import CountLocked, count_lock
from hecang.stockkeeping.services.counts.policies import Policy, policy_of
from hecang.stockkeeping.services.counts.stretches import SUBJECT, Stop, stretches_make
from hecang.stockkeeping.services.counts.values import unit_values
from hecang.work.services import tasks_done

#: Separates texts in one; serial numbers have no control characters.
_SEPARATOR = "\x1f"

_PLACES = """
SELECT p.id, p.location_id, l.code, p.zone_id, l.aisle_id, p.stretch_id, p.state, p.round, p.counters, p.user_id
FROM count_place p JOIN location l ON l.id = p.location_id
WHERE p.count_id = %s AND p.id = ANY(%s::bigint[]) ORDER BY p.id FOR NO KEY UPDATE OF p
"""

_WALKED = """
SELECT s.id FROM unnest(%s::bigint[]) AS s (id)
WHERE NOT EXISTS (
    SELECT 1 FROM count_place p WHERE p.stretch_id = s.id AND p.state IN ('open', 'counting')
        AND p.id <> ALL(%s::bigint[]))
"""

_LINES = """
INSERT INTO count_line (count_id, place_id, location_id, sku_id, lot_id, owner_id, condition, container_id, state,
    cause, round, counted, book, difference, position, counted_at, counted_by, user_id, is_found, in_motion,
    serials_missing, serials_found, abc_class, unit_value, value_difference, decided_by, decision_note, posted)
SELECT %s, n.place_id, n.location_id, n.sku_id, n.lot_id, n.owner_id, n.condition, n.container_id, n.state, n.cause,
    n.round, n.counted, n.book, n.counted - n.book, n.position, n.counted_at, %s, %s, n.book = 0 AND n.counted > 0,
    n.in_motion, coalesce(string_to_array(nullif(n.missing, ''), %s), '{}'), coalesce(string_to_array(nullif(n.found, ''), %s), '{}'), n.abc_class,
    n.unit_value, round((n.counted - n.book) * n.unit_value, 2), '', '', 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[],
        %s::text[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::boolean[],
        %s::text[], %s::text[], %s::text[], %s::numeric[])
    AS n (place_id, location_id, sku_id, lot_id, owner_id, condition, container_id, state, cause, round, counted, book,
          position, counted_at, in_motion, missing, found, abc_class, unit_value)
ON CONFLICT ON CONSTRAINT count_line_once DO UPDATE SET state = excluded.state, cause = excluded.cause,
    round = excluded.round, counted = excluded.counted, book = excluded.book, difference = excluded.difference,
    position = excluded.position, counted_at = excluded.counted_at, counted_by = excluded.counted_by,
    user_id = excluded.user_id, in_motion = excluded.in_motion, serials_missing = excluded.serials_missing,
    serials_found = excluded.serials_found, unit_value = excluded.unit_value,
    value_difference = excluded.value_difference, decided_by = '', decided_at = NULL, decision_note = ''
RETURNING id, place_id, location_id, sku_id, lot_id, owner_id, condition, container_id
"""

_READINGS = """
INSERT INTO count_reading (line_id, round, counted, book, difference, position, counted_at, entered_at, in_motion,
    serials, counted_by, user_id)
SELECT r.line_id, r.round, r.counted, r.book, r.counted - r.book, r.position, r.counted_at, %s, r.in_motion,
    string_to_array(r.serials, %s), %s, %s
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::boolean[],
    %s::text[]) AS r (line_id, round, counted, book, position, counted_at, in_motion, serials)
"""

_DONE = """
UPDATE count_place p SET state = d.state, round = d.round, user_id = %s,
    counters = CASE WHEN d.bars AND %s::bigint IS NOT NULL THEN array_append(p.counters, %s::bigint) ELSE p.counters END,
    book_units = d.book_units, book_value = d.book_value,
    is_wrong = CASE WHEN d.state = 'done' THEN d.is_wrong END, has_to_post = d.to_post, skip_reason = '',
    done_at = CASE WHEN d.state = 'done' THEN %s::timestamptz END,
    done_by = CASE WHEN d.state = 'done' THEN %s ELSE '' END
FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::boolean[], %s::bigint[], %s::numeric[], %s::boolean[],
    %s::boolean[]) AS d (id, state, round, bars, book_units, book_value, is_wrong, to_post)
WHERE p.id = d.id
"""

_SETTLE = """
UPDATE stock_count c SET
    state = s.state,
    counted_at = CASE WHEN s.state = 'open' THEN NULL ELSE coalesce(c.counted_at, %s::timestamptz) END,
    closed_at = CASE WHEN s.state = 'closed' THEN coalesce(c.closed_at, %s::timestamptz) END
FROM (
    SELECT CASE
        WHEN k.place_done < k.place_count THEN 'open'
        WHEN EXISTS (SELECT 1 FROM count_line l WHERE l.count_id = k.id
            AND l.state IN ('recount', 'approve', 'accepted', 'blocked')) THEN 'counted'
        ELSE 'closed' END AS state
    FROM stock_count k WHERE k.id = %s
) s
WHERE c.id = %s AND c.state IN ('open', 'counted') AND c.state <> s.state
RETURNING c.state
"""


@dataclass(frozen=True, slots=True)
class PlaceOutcome:
    """What became of a place that was counted.

    :param state: ``done``, or ``open`` where somebody has to count again.
    :param lines: how many lines agree and how many differ.
    """

    place_id: int
    location_id: int
    state: str
    lines: int
    differing: int


@dataclass(frozen=True, slots=True)
class PlaceLocked:
    """A place under lock."""

    id: int
    location_id: int
    code: str
    zone_id: int
    aisle_id: int | None
    stretch_id: int | None
    state: str
    round: int
    counters: list[int]
    user_id: int | None


@transactional
def place_enter(*, count_id: int, place_id: int) -> PlaceLocked:
    """Somebody stands at a place and begins to count there. Locks count and place.

    :raises PlaceTaken: somebody else does. :raises CountBySame: they counted there before.
    :raises StateConflict: it is counted already.
    """
    row = count_lock(count_id)
    place = _places_lock(row, [place_id], policy_of(row.warehouse_id))[place_id]
    execute(
        "UPDATE count_place SET state = 'counting', user_id = %s WHERE id = %s",
        [current_actor().user_id, place_id],
    )
    return place


@transactional
def place_leave(*, count_id: int, place_id: int) -> None:
    """Whoever stood there goes without having counted; somebody else may. Locks count and place."""
    count_lock(count_id)
    execute(
        "UPDATE count_place SET state = 'open' WHERE id = %s AND count_id = %s AND state = 'counting'"
        " AND user_id IS NOT DISTINCT FROM %s",
        [place_id, count_id, current_actor().user_id],
    )


@transactional
def place_skip(*, count_id: int, place_id: int, reason: str) -> None:
    """A place cannot be counted now (blocked, unsafe); its books stay as they are. Locks count and place.

    :raises InvalidInput: without a reason.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why the place cannot be counted."))
    row = count_lock(count_id)
    policy = policy_of(row.warehouse_id)
    place = _places_lock(row, [place_id], policy)[place_id]
    _stretches_finish([place])
    execute(
        "UPDATE count_place SET state = 'skipped', skip_reason = %s, done_at = %s, done_by = %s, user_id = %s WHERE id = %s",
        [reason[:200], clock.now(), current_actor().name[:100], current_actor().user_id, place_id],
    )
    execute("UPDATE stock_count SET place_done = place_done + 1 WHERE id = %s", [count_id])
    execute(
        "UPDATE count_line SET state = 'dismissed', cause = 'skipped' WHERE place_id = %s"
        " AND state IN ('recount', 'approve', 'accepted')",
        [place_id],
    )
    count_settle(count_id)
    audit_record(
        action="stockkeeping.count_place.skipped", entity_kind="count", entity_id=count_id,
        after={"location": place.code, "reason": reason[:200]},
    )  # fmt: skip


@transactional
def places_count(*, count_id: int, reads: Sequence[PlaceRead]) -> list[PlaceOutcome]:
    """Take over what was found at places, in the order of ``reads``.

    Whatever the books have at a place and nobody named counts as nothing. Each line takes what the books had at the
    moment of counting (see ``inventory.services.snapshots``). Lines that differ are accepted, sent to be counted again
    by somebody else, or wait for approval (``judging.judge``).

    Locks count → places → tasks → facts (shared) → stock. A constant number of statements for any number of places.

    :raises CountInvalid: goods that make no sense. :raises PlaceTaken, CountBySame, StateConflict: see
        :func:`place_enter`.
    """
    row = count_lock(count_id)
    policy = policy_of(row.warehouse_id)
    if len({read.place_id for read in reads}) < len(reads):
        raise InvalidInput(_("A place is named twice. Name each place once, with all that lies there."))
    places = _places_lock(row, [read.place_id for read in reads], policy)
    tallies = [(places[read.place_id].location_id, one) for read in reads for one in read.tallies]
    skus = sku_facts({one.sku_id for _location, one in tallies})
    kinds = kinds_of(row.warehouse_id, tallies, skus) if tallies else []
    _stretches_finish(list(places.values()))
    groups = compare(
        reads,
        locations={key: place.location_id for key, place in places.items()},
        kinds=kinds,
        skus=skus,
        motion=timedelta(seconds=policy.motion_seconds),
    )
    values = unit_values([(group.kind.sku_id, group.kind.owner_id) for group in groups])
    judged = [(group, _judge(group, places[group.place_id].round, skus, values, policy)) for group in groups]
    _lines_write(row, judged, places, skus, values)
    outcomes = _places_write(row, places, judged, values, policy)
    count_settle(count_id)
    return [outcomes[read.place_id] for read in reads]


def count_settle(count_id: int) -> None:
    """Bring the state of a locked count into line with its places and lines; ask for posting where that is usual."""
    execute(
        "UPDATE stock_count c SET post_state = 'queued', post_done = 0, post_total = 0, post_asked_by = NULL"
        " WHERE c.id = %s AND c.post_state IN ('', 'queued')"
        " AND EXISTS (SELECT 1 FROM count_place p WHERE p.count_id = c.id AND p.has_to_post)"
        " AND coalesce((SELECT q.auto_post FROM count_policy q WHERE q.warehouse_id = c.warehouse_id), true)",
        [count_id],
    )
    moved = fetch(_SETTLE, [clock.now(), clock.now(), count_id, count_id])
    if moved:
        audit_record(
            action=f"stockkeeping.count.{moved[0][0]}", entity_kind="count", entity_id=count_id,
            after={"state": moved[0][0]},
        )  # fmt: skip


def _places_lock(row: CountLocked, place_ids: Sequence[int], policy: Policy) -> dict[int, PlaceLocked]:
    """Lock places that the acting person may count now."""
    if row.state != CountState.OPEN:
        raise StateConflict(
            _("Count %(number)s is %(state)s; nothing is counted for it now.")
            % {"number": row.number, "state": row.state},
            data={"number": row.number, "state": row.state},
        )
    found = {p[0]: PlaceLocked(*p) for p in fetch(_PLACES, [row.id, list(place_ids)])}
    if missing := sorted(set(place_ids) - set(found)):
        raise NotFound(_("There is no such place in this count."), data={"place_ids": missing})
    me = current_actor().user_id
    for place in found.values():
        if not states.may("place", place.state, CountPlaceState.DONE):
            raise StateConflict(
                _("%(place)s has been counted already. Go on with the next place.") % {"place": place.code},
                data={"location": place.code, "state": place.state},
            )
        if (
            place.state == CountPlaceState.COUNTING
            and None not in (me, place.user_id)
            and place.user_id != me
        ):
            raise PlaceTaken(
                _("Somebody else is counting %(place)s. Go on with the next place.") % {"place": place.code},
                data={"location": place.code, "user_id": place.user_id},
            )
        if policy.recount_by_other and me is not None and me in place.counters:
            raise CountBySame(
                _("You have counted %(place)s before; somebody else has to count it again.")
                % {"place": place.code},
                data={"location": place.code},
            )
    return found


def _stretches_finish(places: Sequence[PlaceLocked]) -> None:
    """Tell the pool of tasks whose last place this is."""
    stretches = sorted({place.stretch_id for place in places if place.stretch_id is not None})
    if not stretches:
        return
    execute("SELECT 1 FROM count_stretch WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [stretches])
    walked = fetch(_WALKED, [stretches, [place.id for place in places]])
    if walked:
        tasks_done(subjects=[(SUBJECT, row[0]) for row in walked])


def _judge(
    group: Compared,
    round_: int,
    skus: Mapping[int, SkuFacts],
    values: Mapping[tuple[int, int], Decimal],
    policy: Policy,
) -> Verdict:
    kind = group.kind
    return judge(
        Group(
            lines=[
                Reading(
                    line.counted, line.snapshot.book, line.snapshot.is_recent, bool(line.missing or line.found)
                    and line.serials is not None,
                )
                for line in group.lines
            ],
            abc_class=skus[kind.sku_id].abc_class,
            unit_value=values[kind.sku_id, kind.owner_id],
            round=round_,
            earlier=group.earlier,
        ),
        policy,
    )  # fmt: skip


def _lines_write(
    row: CountLocked,
    judged: Sequence[tuple[Compared, Verdict]],
    places: Mapping[int, PlaceLocked],
    skus: Mapping[int, SkuFacts],
    values: Mapping[tuple[int, int], Decimal],
) -> None:
    lines: list[tuple[Line, Verdict]] = [(line, verdict) for group, verdict in judged for line in group.lines]
    if not lines:
        return
    actor, now = current_actor(), clock.now()
    given = columns(
        (
            (
                line.place_id, *line.place, verdict.state, verdict.cause, places[line.place_id].round, line.counted,
                line.snapshot.book, line.snapshot.position, line.at, line.snapshot.is_recent,
                _SEPARATOR.join(line.missing), _SEPARATOR.join(line.found), skus[line.place.sku_id].abc_class,
                values[line.place.sku_id, line.place.owner_id],
            )
            for line, verdict in lines
        ),
        19,
    )  # fmt: skip
    made = fetch(_LINES, [row.id, actor.name[:100], actor.user_id, _SEPARATOR, _SEPARATOR, *given])
    ids = {(r[1], *r[2:]): r[0] for r in made}
    readings = columns(
        (
            (
                ids[line.place_id, *line.place], places[line.place_id].round, line.counted, line.snapshot.book,
                line.snapshot.position, line.at, line.snapshot.is_recent,
                None if line.serials is None else _SEPARATOR.join(line.serials),
            )
            for line, _verdict in lines
        ),
        8,
    )  # fmt: skip
    execute(_READINGS, [now, _SEPARATOR, actor.name[:100], actor.user_id, *readings])


def _places_write(
    row: CountLocked,
    places: Mapping[int, PlaceLocked],
    judged: Sequence[tuple[Compared, Verdict]],
    values: Mapping[tuple[int, int], Decimal],
    policy: Policy,
) -> dict[int, PlaceOutcome]:
    """Close the places, or send them to be counted again."""
    parts: dict[int, list[tuple[Compared, Verdict]]] = defaultdict(list)
    for group, verdict in judged:
        parts[group.place_id].append((group, verdict))
    rows: list[tuple[Any, ...]] = []
    outcomes: dict[int, PlaceOutcome] = {}
    again: list[Stop] = []
    me = current_actor().user_id
    for key in sorted(places):
        place, mine = places[key], parts[key]
        verdicts = [verdict for _group, verdict in mine]
        recount = [verdict for verdict in verdicts if verdict.state == CountLineState.RECOUNT]
        # Whoever counted while goods moved may look again; whoever the books contradict may not.
        bars = any(verdict.cause != "in_motion" for verdict in recount)
        differing = [g for g, verdict in mine if verdict.state != CountLineState.MATCHED]
        to_post = any(verdict.state == CountLineState.ACCEPTED for verdict in verdicts) and not recount
        book = sum(line.snapshot.book for group, _verdict in mine for line in group.lines)
        value = sum(
            (
                line.snapshot.book * values[g.kind.sku_id, g.kind.owner_id]
                for g, _v in mine
                for line in g.lines
            ),
            Decimal(0),
        )
        state = CountPlaceState.OPEN.value if recount else CountPlaceState.DONE.value
        rows.append(
            (
                key, state, place.round + bool(recount), bars, book, round(value, 2),
                bool(differing) and not recount, to_post,
            )
        )  # fmt: skip
        outcomes[key] = PlaceOutcome(
            key, place.location_id, state, sum(len(g.lines) for g, _v in mine), len(differing)
        )
        if recount:
            barred = tuple(sorted({*place.counters, *([me] if bars and me is not None else [])}))
            again.append(
                Stop(
                    key, place.location_id, place.zone_id, place.aisle_id, place.round + 1,
                    barred if policy.recount_by_other else (),
                )
            )  # fmt: skip
    actor = current_actor()
    execute(_DONE, [me, me, me, clock.now(), actor.name[:100], *columns(rows, 8)])
    done = sum(1 for outcome in outcomes.values() if outcome.state == CountPlaceState.DONE)
    execute("UPDATE stock_count SET place_done = place_done + %s WHERE id = %s", [done, row.id])
    stretches_make(
        count_id=row.id, warehouse_id=row.warehouse_id, kind=row.kind, number=row.number, stops=again,
        size=policy.stretch_size,
    )  # fmt: skip
    return outcomes
