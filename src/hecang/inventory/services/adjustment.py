"""Corrections by people: found and lost units, counts, moves, changes of condition.

Thin forms over ``stock_post``. An intake that may be repeated (a file, a device) goes through
``stock_post_once`` with a key for each entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from hecang.inventory.errors import PostingInvalid
from hecang.inventory.keys import AvailabilityKey, Place
from hecang.inventory.models import Condition, Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.availability import availability_lock
from hecang.inventory.services.posting import (
    LocationFacts,
    PostingIn,
    location_facts,
    post_entries,
    stock_post,
)
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import NotFound, Problem

_REASONS = (Movement.Reason.ADJUSTMENT, Movement.Reason.COUNT, Movement.Reason.SCRAP, Movement.Reason.OPENING)

_VIRTUAL = """
SELECT warehouse_id, kind, min(id) FROM location
WHERE is_virtual AND warehouse_id = ANY(%s::bigint[]) AND kind IN ('adjustment', 'scrap', 'supplier')
GROUP BY warehouse_id, kind
"""

_CLAIM = """
INSERT INTO posting_key (key, created_at) SELECT k.key, %s FROM unnest(%s::text[]) AS k (key)
ON CONFLICT DO NOTHING RETURNING key
"""

_NOTE = """
UPDATE posting_key p SET movement_id = k.movement_id
FROM unnest(%s::text[], %s::bigint[]) AS k (key, movement_id) WHERE p.key = k.key
"""

_KNOWN = "SELECT key, movement_id FROM posting_key WHERE key = ANY(%s::text[])"


@dataclass(frozen=True, slots=True)
class AdjustIn:
    """A correction at one place. Name either ``change`` or ``counted``.

    :param change: base units found (positive) or lost (negative).
    :param counted: base units that are really there; the difference is posted.
    :param serials: numbers of the units that are found or lost, as many as the difference, or none.
    """

    location_id: int
    sku_id: int
    owner_id: int
    lot_id: int | None = None
    condition: str = Condition.GOOD.value
    container_id: int | None = None
    change: int | None = None
    counted: int | None = None
    note: str = ""
    source_kind: str = ""
    source_id: int | None = None
    serials: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        return Place(
            self.location_id, self.sku_id, self.lot_id, self.owner_id, self.condition, self.container_id
        )


@dataclass(frozen=True, slots=True)
class Posted:
    """Answer to an entry posted under a key.

    :param created: whether this call posted it, or an earlier one had.
    """

    key: str
    movement_id: int
    created: bool


@shorting_service
def stock_adjust(
    shorting: Shorting, *, adjustments: Sequence[AdjustIn], reason: str = Movement.Reason.ADJUSTMENT.value
) -> list[int | None]:
    """Post what was found, lost, counted or thrown away, against the virtual location of the reason.

    Reservations that relied on what is gone are shorted. Locks as ``stock_post``.

    :param reason: ``adjustment``, ``count``, ``scrap`` or ``opening``.
    :return: ledger entry of each adjustment; ``None`` where nothing differs.
    :raises InsufficientStock: more is lost than is free; allocated units must be released first.
    """
    if reason not in _REASONS:
        raise PostingInvalid(
            _("The reason must be adjustment, count, scrap or opening."), code="unknown_code"
        )
    if not adjustments:
        return []
    locations = location_facts({a.location_id for a in adjustments})
    _require_sound(adjustments, locations)
    others = _virtual_locations({facts.warehouse_id for facts in locations.values()})
    ids: list[int | None] = [None] * len(adjustments)
    entries, indexes = [], []
    for index, change in enumerate(_changes(adjustments, locations)):
        if change:
            warehouse_id = locations[adjustments[index].location_id].warehouse_id
            entries.append(
                _entry(
                    adjustments[index], change, others[(warehouse_id, _other_side(reason, change))], reason
                )
            )
            indexes.append(index)
    for index, movement_id in zip(indexes, post_entries(shorting, entries=entries), strict=True):
        ids[index] = movement_id
    return ids


@transactional
def adjustments_settle(*, adjustments: Sequence[AdjustIn]) -> list[AdjustIn]:
    """The adjustments with every count as the difference that it is now, so that what is weighed is what is posted.

    Locks the rows of what was counted, as :func:`stock_adjust` does. Raises as it does for what makes no sense.

    :return: each with its ``change``; 0 where nothing differs.
    """
    locations = location_facts({one.location_id for one in adjustments})
    _require_sound(adjustments, locations)
    changes = _changes(adjustments, locations)
    return [
        replace(one, change=change, counted=None) for one, change in zip(adjustments, changes, strict=True)
    ]


@transactional
def stock_places_ensure(*, places: Sequence[Place]) -> dict[Place, int]:
    """Ids of the rows of these places; rows of nothing are made where there are none."""
    facts_lock()
    moment = clock.now()
    books.stock_ensure(dict.fromkeys(places, moment))
    return {place: row.id for place, row in books.stock_lock(places).items()}


@transactional
def stock_post_once(*, entries: Sequence[tuple[str, PostingIn]]) -> list[Posted]:
    """Post entries whose keys have not been used yet; the others are answered as they were then.

    For intakes that may come twice (law 8). Locks the keys, then as ``stock_post``.

    :param entries: (key, entry); the caller makes keys that name the fact, such as ``opening:FILE:17``.
    :return: for each entry its ledger id, and whether this call posted it.
    """
    keys = [key for key, _entry in entries]
    # Sorted: two callers with the same keys wait for each other in one direction only.
    claimed = {row[0] for row in fetch(_CLAIM, [clock.now(), sorted(set(keys))])} if keys else set()
    fresh: dict[str, PostingIn] = {}
    created = []
    for key, entry in entries:
        created.append(key in claimed and key not in fresh)
        if created[-1]:
            fresh[key] = entry
    ids = dict(zip(fresh, stock_post(entries=list(fresh.values())), strict=True))
    if ids:
        execute(_NOTE, columns(ids.items(), 2))
    known = dict(fetch(_KNOWN, [keys])) if len(ids) < len(set(keys)) else ids
    return [Posted(key, known[key], new) for key, new in zip(keys, created, strict=True)]


def stock_move(*, entries: Sequence[PostingIn]) -> list[int]:
    """Carry free units to other places of the same warehouse; see ``stock_post``.

    :raises PostingInvalid: a place is virtual, or in another warehouse.
    """
    locations = location_facts({e.from_location_id for e in entries} | {e.to_location_id for e in entries})
    problems = [
        Problem(_("A move stays within one warehouse."), code="wrong_target", loc=str(index), row=index)
        for index, entry in enumerate(entries)
        if (source := locations.get(entry.from_location_id))
        and (target := locations.get(entry.to_location_id))
        if source.is_virtual or target.is_virtual or source.warehouse_id != target.warehouse_id
    ]
    if problems:
        raise PostingInvalid(_("Nothing was moved: a move stays within one warehouse."), problems=problems)
    return stock_post(entries=entries)


def _require_sound(adjustments: Sequence[AdjustIn], locations: dict[int, LocationFacts]) -> None:
    problems = []
    for index, adjustment in enumerate(adjustments):
        facts = locations.get(adjustment.location_id)
        if facts is None or facts.is_virtual:
            fault = ("unknown_location", _("There is no such location."))
        elif (adjustment.change is None) == (adjustment.counted is None):
            fault = ("change_or_counted", _("Name either the change or what was counted."))
        elif adjustment.counted is not None and adjustment.counted < 0:
            fault = ("quantity_negative", _("A count cannot be less than nothing."))
        else:
            continue
        problems.append(Problem(fault[1], code=fault[0], loc=str(index), row=index))
    places = [a.place for a in adjustments if a.counted is not None]
    if len(set(places)) < len(places):
        problems.append(Problem(_("The same place is counted twice."), code="duplicate"))
    if problems:
        raise PostingInvalid(
            _("Nothing was adjusted. %(first)s") % {"first": problems[0].message}, problems=problems
        )


def _changes(adjustments: Sequence[AdjustIn], locations: dict[int, LocationFacts]) -> list[int]:
    """The signed units of each adjustment; counts are compared with what the locked row says."""
    counted = [a for a in adjustments if a.counted is not None]
    on_hand: dict[Place, int] = {}
    if counted:
        facts_lock()
        keys = (
            AvailabilityKey(locations[a.location_id].warehouse_id, a.sku_id, a.owner_id) for a in adjustments
        )
        availability_lock(keys)
        on_hand = {
            place: row.quantity for place, row in books.stock_lock(a.place for a in adjustments).items()
        }
    return [
        a.change if a.change is not None else (a.counted or 0) - on_hand.get(a.place, 0) for a in adjustments
    ]


def _other_side(reason: str, change: int) -> str:
    if reason == Movement.Reason.SCRAP and change < 0:
        return "scrap"
    return "supplier" if reason == Movement.Reason.OPENING else "adjustment"


def _virtual_locations(warehouse_ids: set[int]) -> dict[tuple[int, str], int]:
    found = {(row[0], row[1]): row[2] for row in fetch(_VIRTUAL, [list(warehouse_ids)])}
    if len(found) < 3 * len(warehouse_ids):
        raise NotFound(
            _("A warehouse lacks one of its virtual locations (adjustment, scrap, supplier)."),
            data={"warehouse_ids": sorted(warehouse_ids)},
        )
    return found


def _entry(adjustment: AdjustIn, change: int, other_id: int, reason: str) -> PostingIn:
    comes = change > 0
    return PostingIn(
        sku_id=adjustment.sku_id,
        owner_id=adjustment.owner_id,
        lot_id=adjustment.lot_id,
        quantity=abs(change),
        from_location_id=other_id if comes else adjustment.location_id,
        to_location_id=adjustment.location_id if comes else other_id,
        from_condition=adjustment.condition,
        to_condition=adjustment.condition,
        from_container_id=None if comes else adjustment.container_id,
        to_container_id=adjustment.container_id if comes else None,
        reason=reason,
        source_kind=adjustment.source_kind,
        source_id=adjustment.source_id,
        note=adjustment.note,
        serials=adjustment.serials,
    )
