"""Deciding to count: counts are made, their places chosen and put into the pool, and called off."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.kernel.sequences import numbers
from hecang.stockkeeping import states_counts as states
from hecang.stockkeeping.errors_counts import CountEmpty
from hecang.stockkeeping.models import CountKind, CountReason, CountState
from hecang.stockkeeping.services.counts.choosing import Chosen, Scope, choose
from hecang.stockkeeping.services.counts.policies import policies_of, policy_of
from hecang.stockkeeping.services.counts.stretches import SUBJECT, Stop, stretches_make
from hecang.work.services import tasks_cancel

_MAKE = """
INSERT INTO stock_count (number, kind, state, reason, warehouse_id, programme_id, day, note, is_blind, scope,
    place_count, place_done, created_by, created_by_user, created_at, post_state, post_total, post_done, post_error)
VALUES (%s, %s, 'draft', %s, %s, %s, %s, %s, %s, %s, 0, 0, %s, %s, %s, '', 0, 0, '') RETURNING id
"""

_PLACES = """
INSERT INTO count_place (count_id, location_id, zone_id, sequence, state, round, counters, chosen, abc_class, risk,
    features, has_to_post, skip_reason, done_by)
SELECT %s, p.location_id, p.zone_id, %s + p.number, 'open', 1, '{}', p.chosen, p.abc_class, p.risk, r.features, false,
    '', ''
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::float8[]) WITH ORDINALITY
    AS p (location_id, zone_id, chosen, abc_class, risk, number)
LEFT JOIN location_risk r ON r.location_id = p.location_id
ORDER BY p.number ON CONFLICT DO NOTHING RETURNING id, location_id
"""


@dataclass(frozen=True, slots=True)
class CountIn:
    """A count to make; see :class:`hecang.stockkeeping.models.Count`."""

    warehouse_id: int
    kind: str
    scope: Scope = field(default_factory=Scope)
    is_blind: bool = True
    note: str = ""
    reason: str = ""
    programme_id: int | None = None
    day: date | None = None


@transactional
def count_create(*, count: CountIn) -> int:
    """Make a count as a draft; its id. Raises InvalidInput, NotFound outside of the actor's scope."""
    actor = current_actor()
    actor.scope.require(warehouse=count.warehouse_id)
    _require_sound(count)
    row = fetch_one(
        _MAKE,
        [
            numbers("count")[0], count.kind, count.reason, count.warehouse_id, count.programme_id, count.day,
            count.note[:200], count.is_blind, json.dumps(count.scope.as_dict()), actor.name[:100], actor.user_id,
            clock.now(),
        ],
    )  # fmt: skip
    assert row is not None
    audit_record(
        action="stockkeeping.count.created",
        entity_kind="count",
        entity_id=row[0],
        after={"kind": count.kind, "warehouse_id": count.warehouse_id, "scope": count.scope.as_dict()},
    )
    return int(row[0])


@transactional
def count_release(*, count_id: int) -> int:
    """Choose the places of a draft and put them into the pool; how many there are.

    Places that another count is looking at now are left out. Locks the count. A constant number of statements.

    :raises CountEmpty: no place fits. :raises StateConflict: it is no draft any more.
    """
    row = count_lock(count_id)
    states.require("count", row.state, CountState.OPEN, what=row.number)
    policy = policy_of(row.warehouse_id)
    scope = Scope.of(row.scope)
    chosen = choose(row.kind, warehouse_id=row.warehouse_id, scope=scope, policy=policy, seed=count_id)
    made = _places_add(row, chosen, policy.stretch_size)
    if not made:
        raise CountEmpty(
            _("No place fits: %(reason)s")
            % {
                "reason": _("nothing is due, or all of it is being counted already.")
                if row.kind == CountKind.CYCLE
                else _("the scope holds none, or all of them are being counted already.")
            }
        )
    execute("UPDATE stock_count SET state = 'open', released_at = %s WHERE id = %s", [clock.now(), count_id])
    audit_record(
        action="stockkeeping.count.released",
        entity_kind="count",
        entity_id=count_id,
        before={"state": row.state},
        after={"state": "open", "places": made},
    )
    return made


@transactional
def count_cancel(*, count_id: int, note: str = "") -> None:
    """Call a count off: nobody goes there any more, and what has not been posted is not. Locks count and places.

    What is posted already stays. :raises StateConflict: everything is counted; dismiss its lines instead.
    """
    row = count_lock(count_id)
    states.require("count", row.state, CountState.CANCELLED, what=row.number)
    places = fetch("SELECT id FROM count_place WHERE count_id = %s ORDER BY id FOR NO KEY UPDATE", [count_id])
    execute(
        "UPDATE count_place SET state = CASE WHEN state IN ('open', 'counting') THEN 'cancelled' ELSE state END,"
        " has_to_post = false WHERE id = ANY(%s::bigint[])",
        [[place[0] for place in places]],
    )
    execute(
        "UPDATE count_line SET state = 'dismissed', cause = 'cancelled', decided_by = %s, decided_at = %s"
        " WHERE count_id = %s AND state IN ('recount', 'approve', 'accepted', 'blocked')",
        [current_actor().name[:100], clock.now(), count_id],
    )
    execute(
        "UPDATE stock_count SET state = 'cancelled', closed_at = %s, post_state = '' WHERE id = %s",
        [clock.now(), count_id],
    )
    stretches = fetch(
        "SELECT id FROM count_stretch WHERE count_id = %s ORDER BY id FOR NO KEY UPDATE", [count_id]
    )
    tasks_cancel(subjects=[(SUBJECT, stretch[0]) for stretch in stretches], note=note)
    audit_record(
        action="stockkeeping.count.cancelled",
        entity_kind="count",
        entity_id=count_id,
        before={"state": row.state},
        after={"state": "cancelled", "note": note},
    )


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why the books may be wrong at a place; ``reason`` is one of ``CountReason``."""

    warehouse_id: int
    location_id: int
    reason: str
    note: str = ""


@transactional
def counts_on_event(*, suspicions: Sequence[Suspicion]) -> list[int]:
    """Let somebody look at places where the books are doubted; ids of the counts that hold them.

    The events of one day and reason share a count as long as it is open, each place with a task of its own. Places
    that are being counted anyway, and reasons that the warehouse does not count for, are left out. Locks counts.
    """
    by_key: dict[tuple[int, str], dict[int, Suspicion]] = defaultdict(dict)
    policies = policies_of([one.warehouse_id for one in suspicions])
    for one in suspicions:
        if policies[one.warehouse_id].counts_on(one.reason):
            by_key[one.warehouse_id, one.reason][one.location_id] = one
    made = []
    for (warehouse_id, reason), found in sorted(by_key.items()):
        if count_id := _event_add(warehouse_id, reason, list(found.values())):
            made.append(count_id)
    return made


def _event_add(warehouse_id: int, reason: str, suspicions: Sequence[Suspicion]) -> int | None:
    kinds = ("pick_face", "reserve", "staging", "pack_station", "dock", "returns", "quarantine", "damaged")
    ids = tuple(sorted(one.location_id for one in suspicions))
    policy = policy_of(warehouse_id)
    scope = Scope(location_kinds=kinds, location_ids=ids)
    chosen = choose(CountKind.EVENT.value, warehouse_id=warehouse_id, scope=scope, policy=policy, seed=0)
    if not chosen:
        return None
    zone = _timezone(warehouse_id)
    open_row = fetch_one(
        "SELECT id FROM stock_count c WHERE warehouse_id = %s AND kind = 'event' AND reason = %s AND state = 'open'"
        " AND day = %s AND NOT EXISTS (SELECT 1 FROM count_place p WHERE p.count_id = c.id AND p.location_id = ANY(%s))"
        " ORDER BY id DESC LIMIT 1 FOR NO KEY UPDATE",
        [warehouse_id, reason, clock.today(zone), list(ids)],
    )
    note = next((one.note for one in suspicions if one.note), "")
    if open_row is None:
        given = CountIn(
            warehouse_id=warehouse_id, kind=CountKind.EVENT.value, reason=reason, is_blind=policy.is_blind,
            note=note, day=clock.today(zone),
        )  # fmt: skip
        count_id = count_create(count=given)
    else:
        count_id = int(open_row[0])
    row = count_lock(count_id)
    if not _places_add(row, chosen, 1):
        # Somebody else has begun to count all of them at this moment.
        if open_row is None:
            execute(
                "UPDATE stock_count SET state = 'cancelled', closed_at = %s WHERE id = %s",
                [clock.now(), count_id],
            )
        return None
    execute(
        "UPDATE stock_count SET state = 'open', released_at = coalesce(released_at, %s) WHERE id = %s",
        [clock.now(), count_id],
    )
    return count_id


def programmes_run() -> int:
    """Make today's counts of all programmes whose hour has come in their warehouse; how many. Safe to repeat."""
    made = 0
    rows = fetch(
        "SELECT p.id, w.timezone FROM count_programme p JOIN warehouse w ON w.id = p.warehouse_id"
        " WHERE p.is_active AND w.is_active ORDER BY p.id"
    )
    for programme_id, zone in rows:
        made += _programme_run(programme_id, zone)
    return made


@transactional
def _programme_run(programme_id: int, timezone: str) -> int:
    """One programme; 1 if it has made a count. Locks the programme, so that two workers make one count."""
    local = clock.now().astimezone(ZoneInfo(timezone))
    row = fetch_one(
        "SELECT warehouse_id, kind, scope, weekdays, at_hour, places_per_day, explore_percent, is_blind, last_day, name"
        " FROM count_programme WHERE id = %s AND is_active FOR NO KEY UPDATE",
        [programme_id],
    )
    if row is None or row[8] == local.date() or local.isoweekday() not in row[3] or local.hour < row[4]:
        return 0
    warehouse_id, kind, kept, _days, _hour, limit, explore, is_blind, _last, name = row
    execute("UPDATE count_programme SET last_day = %s WHERE id = %s", [local.date(), programme_id])
    scope = Scope.of({**_loaded(kept), "limit": limit, "explore_percent": explore})
    given = CountIn(warehouse_id, kind, scope, is_blind, name, programme_id=programme_id, day=local.date())
    count_id = count_create(count=given)
    try:
        count_release(count_id=count_id)
    except CountEmpty:
        execute("DELETE FROM stock_count WHERE id = %s", [count_id])
        return 0
    return 1


@dataclass(frozen=True, slots=True)
class CountLocked:
    """A count under lock."""

    id: int
    number: str
    kind: str
    state: str
    warehouse_id: int
    scope: dict[str, Any]
    place_count: int
    place_done: int
    post_state: str


def count_lock(count_id: int) -> CountLocked:
    """Lock a count. Raises NotFound, also outside of the actor's scope."""
    row = fetch_one(
        "SELECT id, number, kind, state, warehouse_id, scope, place_count, place_done, post_state FROM stock_count"
        " WHERE id = %s FOR NO KEY UPDATE",
        [count_id],
    )
    if row is None:
        raise NotFound(_("There is no such count."))
    current_actor().scope.require(warehouse=row[4])
    return CountLocked(*[*row[:5], _loaded(row[5]), *row[6:]])


def _places_add(row: CountLocked, chosen: Sequence[Chosen], size: int) -> int:
    """Write chosen places and put them into the pool; how many nobody else was counting."""
    given = columns(
        (
            (one.place.location_id, one.place.zone_id, one.why, one.place.abc_class, one.place.risk)
            for one in chosen
        ),
        5,
    )
    made = {row[1]: row[0] for row in fetch(_PLACES, [row.id, row.place_count, *given])} if chosen else {}
    execute("UPDATE stock_count SET place_count = place_count + %s WHERE id = %s", [len(made), row.id])
    stops = [
        Stop(made[one.place.location_id], one.place.location_id, one.place.zone_id, one.place.aisle_id)
        for one in chosen
        if one.place.location_id in made
    ]
    stretches_make(
        count_id=row.id,
        warehouse_id=row.warehouse_id,
        kind=row.kind,
        number=row.number,
        stops=stops,
        size=size,
    )
    return len(made)


def _require_sound(count: CountIn) -> None:
    problems = []
    if count.kind not in CountKind.values:
        problems.append(Problem(_("There is no such kind of count."), loc="kind"))
    if count.reason and count.reason not in CountReason.values:
        problems.append(Problem(_("There is no such reason to count."), loc="reason"))
    if count.kind == CountKind.ZONE and not count.scope.zone_ids:
        problems.append(Problem(_("Choose at least one zone."), loc="scope.zone_ids", code="required"))
    if not (0.5 <= count.scope.confidence < 1 and 0 < count.scope.precision < 0.5):
        problems.append(
            Problem(_("Confidence lies between 50 and 100 percent, precision between 0 and 50."), loc="scope")
        )
    if count.scope.limit is not None and count.scope.limit < 1:
        problems.append(Problem(_("Count at least one place."), loc="scope.limit"))
    if problems:
        raise InvalidInput(
            _("The count was not made. %(first)s") % {"first": problems[0].message}, problems=problems
        )


def _timezone(warehouse_id: int) -> str:
    row = fetch_one("SELECT timezone FROM warehouse WHERE id = %s", [warehouse_id])
    return str(row[0]) if row else "Asia/Shanghai"


def _loaded(kept: Any) -> dict[str, Any]:
    return dict(json.loads(kept)) if isinstance(kept, str) else dict(kept)
