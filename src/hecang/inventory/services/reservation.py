"""Promises per warehouse and SKU 预占: made at order time, ended by being consumed, released or expired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hecang.inventory.holders import ReservationShort, holder_for
from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.services.availability import availability_change, availability_lock
from hecang.inventory.services.posting import events_for
from hecang.inventory.services.shorting import Losses, shorts_apply
from hecang.kernel import clock
from hecang.kernel.db import columns, fetch, transactional
from hecang.kernel.errors import InvalidInput, Problem, StockShort

_REQUEST_ARRAYS = (
    "%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[]"
)
_REQUEST_NAMES = "warehouse_id, sku_id, owner_id, quantity, source_kind, source_id, expires_at"

# One statement wins or loses the whole request: lock in primary-key order, judge what the locked rows
# say, and write only if every key fits. Nothing has to be undone when it does not.
# Why both numbers are written, and why the verdict is a subquery, is told in ``availability``.
_CREATE = f"""
WITH request AS (
    SELECT * FROM unnest({_REQUEST_ARRAYS}) WITH ORDINALITY AS r ({_REQUEST_NAMES}, place)
), demand AS (
    SELECT warehouse_id, sku_id, owner_id, sum(quantity)::bigint AS quantity
    FROM request GROUP BY warehouse_id, sku_id, owner_id
), locked AS MATERIALIZED (
    SELECT a.id, a.sellable, a.reserved + d.quantity AS reserved
    FROM demand d JOIN availability a USING (warehouse_id, sku_id, owner_id)
    ORDER BY a.id FOR NO KEY UPDATE OF a
), promised AS (
    UPDATE availability a SET sellable = l.sellable, reserved = l.reserved
    FROM locked l
    WHERE a.id = l.id AND (SELECT count(*) = (SELECT count(*) FROM demand) AND bool_and(reserved <= sellable) FROM locked)
)
INSERT INTO reservation ({_REQUEST_NAMES}, state, created_at)
SELECT r.warehouse_id, r.sku_id, r.owner_id, r.quantity, r.source_kind, r.source_id, r.expires_at, 'active', %s
FROM request r
WHERE (SELECT count(*) = (SELECT count(*) FROM demand) AND bool_and(reserved <= sellable) FROM locked)
ORDER BY r.place
RETURNING id
"""  # noqa: S608 - put together from constants

_INSERT = f"""
INSERT INTO reservation ({_REQUEST_NAMES}, state, created_at)
SELECT {_REQUEST_NAMES}, 'active', %s
FROM unnest({_REQUEST_ARRAYS}) WITH ORDINALITY AS r ({_REQUEST_NAMES}, place)
ORDER BY place
RETURNING id
"""  # noqa: S608 - put together from constants

_FREE = """
SELECT a.warehouse_id, a.sku_id, a.owner_id, a.sellable - a.reserved
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d (warehouse_id, sku_id, owner_id)
JOIN availability a USING (warehouse_id, sku_id, owner_id)
"""

_KEYS_OF_SOURCES = """
SELECT DISTINCT warehouse_id, sku_id, owner_id FROM reservation
WHERE source_kind = %s AND source_id = ANY(%s::bigint[]) AND state = 'active'
"""

# Newest reservation of a source first. Only rows under availability that the caller has locked.
_RELEASE = """
WITH wanted AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS w (source_id, quantity)
), standing AS (
    SELECT r.id, r.quantity, a.id AS availability_id,
        least(r.quantity, greatest(0, w.quantity - coalesce(sum(r.quantity) OVER (
            PARTITION BY r.source_id ORDER BY r.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0)))::bigint AS cut
    FROM wanted w
    JOIN reservation r ON r.source_kind = %s AND r.source_id = w.source_id AND r.state = 'active'
    JOIN availability a USING (warehouse_id, sku_id, owner_id)
    WHERE a.id = ANY(%s::bigint[])
), released AS (
    UPDATE reservation r SET
        quantity = CASE WHEN s.cut = r.quantity THEN r.quantity ELSE r.quantity - s.cut END,
        state = CASE WHEN s.cut = r.quantity THEN 'released' ELSE r.state END,
        closed_at = CASE WHEN s.cut = r.quantity THEN %s ELSE r.closed_at END
    FROM standing s WHERE r.id = s.id AND s.cut > 0
    RETURNING r.source_id, s.availability_id, s.cut
), returned AS (
    UPDATE availability a SET reserved = a.reserved - f.units
    FROM (SELECT availability_id, sum(cut)::bigint AS units FROM released GROUP BY availability_id) f
    WHERE a.id = f.availability_id
)
SELECT source_id, sum(cut)::bigint FROM released GROUP BY source_id
"""

_ALL = 2**62

_EXPIRED = """
SELECT id, source_kind, source_id, warehouse_id, sku_id, owner_id FROM reservation
WHERE state = 'active' AND expires_at <= %s ORDER BY expires_at LIMIT %s
"""

_STILL_EXPIRED = """
SELECT id, source_kind, source_id, warehouse_id, sku_id, owner_id, quantity FROM reservation
WHERE id = ANY(%s::bigint[]) AND state = 'active' AND expires_at <= %s ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class ReservationIn:
    """A wish to reserve.

    :param quantity: base units, at least 1.
    :param source_kind: what it is for, such as ``sales_order_line`` or ``checkout``, with its id.
    :param expires_at: when the promise ends by itself; ``None`` means never.
    """

    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int
    source_kind: str
    source_id: int
    expires_at: datetime | None = None

    @property
    def key(self) -> AvailabilityKey:
        return AvailabilityKey(self.warehouse_id, self.sku_id, self.owner_id)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A request that did not get everything.

    :param index: its place in the requests.
    """

    index: int
    source_id: int
    warehouse_id: int
    sku_id: int
    owner_id: int
    requested: int
    granted: int


@dataclass(frozen=True, slots=True)
class ReservationOutcome:
    """What was promised.

    :param granted: units for each request, in the order of the requests.
    :param reservation_ids: the reservation of each request; ``None`` where nothing was granted.
    :param short: requests that got less than they asked for; empty unless ``partial``.
    """

    granted: list[int]
    reservation_ids: list[int | None]
    short: list[Shortage]


def reservations_create(*, requests: Sequence[ReservationIn], partial: bool = False) -> ReservationOutcome:
    """Reserve: everything or nothing, or with ``partial`` as much of each as there is, first come first.

    Demand is summed per key before it is checked. Locks: availability. One statement where all of it
    fits; three where ``partial``. Outside of any transaction the one statement is its own, so that the
    lock on a hot SKU does not outlive it.

    :raises StockShort: not ``partial`` and some key does not have enough; ``data["short"]`` has the
        numbers, and nothing was changed, so a caller may go on in its transaction.
    """
    if not requests:
        return ReservationOutcome([], [], [])
    _check(requests)
    if partial:
        return _create_partial(requests)
    arrays = columns(map(_values, requests), 7)
    ids: list[int | None] = [row[0] for row in fetch(_CREATE, [*arrays, clock.now()])]
    if not ids:
        _raise_short(requests)
    return ReservationOutcome([r.quantity for r in requests], ids, [])


@transactional
def reservations_release(
    *, source_kind: str, source_ids: Sequence[int], quantities: Sequence[int] | None = None
) -> dict[int, int]:
    """Give reserved units back to the free ones.

    :param source_ids: documents lines whose reservations end; lock them before.
    :param quantities: units to release of each source, newest reservation first; all if not given. More
        than is reserved releases what there is, so a repetition changes nothing.
    :return: source id → units released; sources without any are missing.

    Locks: availability. Three statements.
    """
    if not source_ids:
        return {}
    wanted: dict[int, int] = defaultdict(int)
    for source_id, quantity in zip(source_ids, quantities or [_ALL] * len(source_ids), strict=True):
        wanted[source_id] += quantity
    keys = [AvailabilityKey(*row) for row in fetch(_KEYS_OF_SOURCES, [source_kind, list(wanted)])]
    locked = [row.id for row in availability_lock(keys).values()]
    if not locked:
        return {}
    return dict(fetch(_RELEASE, [list(wanted), list(wanted.values()), source_kind, locked, clock.now()]))


def reservations_expire(*, now: datetime | None = None, limit: int = 1000) -> int:
    """End the reservations whose time to live is over; their holders are told.

    :param limit: reservations in one transaction; it goes on until none is left.
    :return: how many ended.

    Each transaction locks: documents of the holders, availability.
    """
    moment = now or clock.now()
    total, looked = 0, True
    while looked:
        looked, ended = _expire_some(moment=moment, limit=limit)
        total += ended
    return total


@transactional
def _expire_some(*, moment: datetime, limit: int) -> tuple[bool, int]:
    """Whether there were candidates, and how many of them ended; others may have been quicker."""
    found = fetch(_EXPIRED, [moment, limit])
    if not found:
        return False, 0
    documents: dict[str, set[int]] = defaultdict(set)
    for _id, kind, source_id, *_key in found:
        documents[kind].add(source_id)
    for kind, source_ids in sorted(documents.items()):
        if holder := holder_for(kind):
            holder.lock(sorted(source_ids))
    available = availability_lock(AvailabilityKey(*row[3:6]) for row in found)
    losses: Losses = defaultdict(list)
    freed: dict[AvailabilityKey, int] = defaultdict(int)
    for row_id, kind, source_id, warehouse_id, sku_id, owner_id, quantity in fetch(
        _STILL_EXPIRED, [[row[0] for row in found], moment]
    ):
        short = ReservationShort(row_id, source_id, warehouse_id, sku_id, owner_id, quantity, "expired")
        losses[kind].append(short)
        freed[AvailabilityKey(warehouse_id, sku_id, owner_id)] += quantity
    availability_change({available[key].id: (0, -units) for key, units in freed.items()})
    shorts_apply(losses)
    events_for(freed)
    return True, sum(map(len, losses.values()))


@transactional
def _create_partial(requests: Sequence[ReservationIn]) -> ReservationOutcome:
    available = availability_lock(request.key for request in requests)
    free = {key: row.free for key, row in available.items()}
    granted = []
    for request in requests:
        units = min(request.quantity, max(0, free.get(request.key, 0)))
        if units:
            free[request.key] -= units
        granted.append(units)
    rows = [
        (r.warehouse_id, r.sku_id, r.owner_id, units, r.source_kind, r.source_id, r.expires_at)
        for r, units in zip(requests, granted, strict=True)
        if units
    ]
    availability_change({row.id: (0, row.free - free[key]) for key, row in available.items()})
    new_ids = iter(reservations_insert(rows))
    short = [
        Shortage(index, r.source_id, r.warehouse_id, r.sku_id, r.owner_id, r.quantity, units)
        for index, (r, units) in enumerate(zip(requests, granted, strict=True))
        if units < r.quantity
    ]
    return ReservationOutcome(granted, [next(new_ids) if units else None for units in granted], short)


def reservations_insert(rows: Sequence[tuple[int, int, int, int, str, int, datetime | None]]) -> list[int]:
    """Write active reservations whose units the caller has added to ``reserved`` under the lock.

    :param rows: (warehouse, SKU, owner, quantity, source kind, source id, expires at).
    :return: their ids, in the order of ``rows``.
    """
    return [row[0] for row in fetch(_INSERT, [clock.now(), *columns(rows, 7)])] if rows else []


def _raise_short(requests: Sequence[ReservationIn]) -> None:
    """Say what is missing, in the numbers of this moment (those that decided, inside a transaction)."""
    demand: dict[AvailabilityKey, int] = defaultdict(int)
    for request in requests:
        demand[request.key] += request.quantity
    rows = fetch(_FREE, columns(sorted(demand), 3))
    free = {AvailabilityKey(*row[:3]): row[3] for row in rows}
    short: list[dict[str, Any]] = [
        {**key._asdict(), "requested": units, "free": free.get(key, 0)}
        for key, units in demand.items()
        if free.get(key, 0) < units
    ]
    first = short[0] if short else {"requested": 0, "free": 0}
    raise StockShort(
        _("Not enough stock: %(requested)s units were asked for, %(free)s are free. Ask for less, or wait.")
        % first,
        data={"short": short},
    )


def _check(requests: Sequence[ReservationIn]) -> None:
    problems = [
        Problem(
            _("The quantity must be at least 1."),
            code="quantity_not_positive",
            loc=f"{index}.quantity",
            row=index,
        )
        for index, request in enumerate(requests)
        if request.quantity <= 0
    ]
    if problems:
        raise InvalidInput(_("Nothing was reserved: a quantity is not positive."), problems=problems)


def _values(request: ReservationIn) -> tuple[Any, ...]:
    return (
        request.warehouse_id,
        request.sku_id,
        request.owner_id,
        request.quantity,
        request.source_kind,
        request.source_id,
        request.expires_at,
    )
