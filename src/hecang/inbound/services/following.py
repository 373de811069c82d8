"""What goods do next that are free to go: to those who wait for them, the rest to a shelf."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hecang.accounts.services.audit import audit_record_many
from hecang.facility.selectors import LocationRef, locations_by_id
from hecang.inbound.events import GoodsArrived
from hecang.inbound.putting.base import KINDS_OF_CONDITION
from hecang.inbound.putting.demands import waiting_for
from hecang.inbound.putting.world import policy_of
from hecang.inbound.services.arrival_types import Arrival
from hecang.inventory.models import Condition
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.outbox import emit
from hecang.work.services import tasks_cancel
from hecang.work.services.managing import tasks_resize

#: What tasks of the pool say they are about.
SUBJECT = "putaway"
#: Priorities of putaways; smaller is earlier.
CROSSDOCK_PRIORITY, SHELF_PRIORITY, SPECIAL_PRIORITY = 20, 100, 140
#: Orders that a cross-docking names.
NAMED = 20

_INSERT = """
INSERT INTO putaway (kind, state, warehouse_id, sku_id, lot_id, owner_id, condition, container_id, is_whole,
    from_location_id, quantity, done, strategy, why, source_kind, source_id, receipt_id, demand, priority, done_by,
    created_by, created_at)
SELECT n.kind, 'waiting', n.warehouse_id, n.sku_id, n.lot_id, n.owner_id, n.condition, n.container_id, n.is_whole,
    n.location_id, n.quantity, 0, '', '{}', n.source_kind, n.source_id, n.receipt_id, n.demand, n.priority, '', %s, %s
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::boolean[],
    %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::jsonb[], %s::integer[])
    AS n (kind, warehouse_id, sku_id, lot_id, owner_id, condition, container_id, is_whole, location_id, quantity,
          source_kind, source_id, receipt_id, demand, priority)
ON CONFLICT (from_location_id, sku_id, lot_id, owner_id, condition, container_id, source_kind, source_id)
    WHERE state = 'waiting' AND kind = 'shelf'
DO UPDATE SET quantity = putaway.quantity + excluded.quantity
RETURNING id
"""
#: Of what was planned but nobody has taken: the newest of each kind of goods grows instead of a second one being made.
_REOPEN = """
WITH wanted AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[],
        %s::bigint[]) AS w (location_id, sku_id, lot_id, owner_id, condition, container_id, source_kind, source_id)
), found AS (
    SELECT DISTINCT ON (p.from_location_id, p.sku_id, p.lot_id, p.owner_id, p.condition, p.container_id, p.source_kind,
        p.source_id) p.id
    FROM putaway p JOIN wanted w ON p.from_location_id = w.location_id AND p.sku_id IS NOT DISTINCT FROM w.sku_id
        AND p.lot_id IS NOT DISTINCT FROM w.lot_id AND p.owner_id IS NOT DISTINCT FROM w.owner_id
        AND p.condition = w.condition AND p.container_id IS NOT DISTINCT FROM w.container_id
        AND p.source_kind = w.source_kind AND p.source_id IS NOT DISTINCT FROM w.source_id
    WHERE p.state IN ('planned', 'stuck') AND p.kind = 'shelf' AND p.done = 0
        AND NOT EXISTS (SELECT 1 FROM task t WHERE t.subject_kind = 'putaway' AND t.subject_id = p.id
                        AND t.state IN ('assigned', 'started', 'paused'))
        AND NOT EXISTS (SELECT 1 FROM putaway q WHERE q.state = 'waiting' AND q.kind = 'shelf'
            AND q.from_location_id = p.from_location_id AND q.sku_id IS NOT DISTINCT FROM p.sku_id
            AND q.lot_id IS NOT DISTINCT FROM p.lot_id AND q.owner_id IS NOT DISTINCT FROM p.owner_id
            AND q.condition = p.condition AND q.container_id IS NOT DISTINCT FROM p.container_id
            AND q.source_kind = p.source_kind AND q.source_id IS NOT DISTINCT FROM p.source_id)
    ORDER BY p.from_location_id, p.sku_id, p.lot_id, p.owner_id, p.condition, p.container_id, p.source_kind,
        p.source_id, p.id DESC
), locked AS (
    SELECT id FROM putaway WHERE id IN (SELECT id FROM found) ORDER BY id FOR NO KEY UPDATE
)
UPDATE putaway p SET state = 'waiting', to_location_id = NULL, strategy = '', why = '{}', planned_at = NULL
FROM locked WHERE p.id = locked.id RETURNING p.id
"""
#: Putaways of containers as a whole, of these containers or those around them, that hold goods in several conditions.
_MIXED_WHOLES = """
WITH RECURSIVE around AS (
    SELECT id, parent_id FROM container WHERE id = ANY(%s::bigint[])
    UNION SELECT c.id, c.parent_id FROM container c JOIN around ON c.id = around.parent_id
)
SELECT p.id, p.quantity - p.done, p.warehouse_id, p.receipt_id, p.source_kind, p.source_id
FROM putaway p JOIN around ON around.id = p.container_id
WHERE p.is_whole AND p.state IN ('waiting', 'planned', 'stuck') AND 1 < (
    WITH RECURSIVE inside AS (
        SELECT p.container_id AS id UNION ALL SELECT c.id FROM container c JOIN inside ON c.parent_id = inside.id
    ) SELECT count(DISTINCT s.condition) FROM stock s JOIN inside ON inside.id = s.container_id WHERE s.quantity > 0)
ORDER BY p.id FOR NO KEY UPDATE OF p
"""
#: What putaways of containers as a whole were to carry, as far as it is nobody else's, each kind of goods once.
_UNCARRIED = """
WITH RECURSIVE inside AS (
    SELECT p.id AS putaway_id, p.from_location_id AS location_id, p.condition, p.container_id AS id
    FROM putaway p WHERE p.id = ANY(%s::bigint[])
    UNION ALL SELECT i.putaway_id, i.location_id, i.condition, c.id FROM container c JOIN inside i ON c.parent_id = i.id
    WHERE NOT EXISTS (SELECT FROM putaway p WHERE p.is_whole AND p.container_id = c.id
                      AND p.state IN ('waiting', 'planned', 'stuck'))
), free AS (
    SELECT DISTINCT ON (s.id) i.putaway_id, s.location_id, s.sku_id, s.owner_id, s.lot_id, s.container_id, s.condition,
        s.quantity - s.allocated - coalesce((
            SELECT sum(p.quantity - p.done) FROM putaway p WHERE p.from_location_id = s.location_id
                AND p.container_id = s.container_id AND p.sku_id = s.sku_id AND p.owner_id = s.owner_id
                AND p.lot_id IS NOT DISTINCT FROM s.lot_id AND p.condition = s.condition AND NOT p.is_whole
                AND p.state IN ('waiting', 'planned', 'stuck')), 0)::bigint AS units
    FROM stock s JOIN inside i ON i.id = s.container_id AND i.location_id = s.location_id AND i.condition = s.condition
    ORDER BY s.id, i.putaway_id
)
SELECT putaway_id, location_id, sku_id, owner_id, units, lot_id, container_id, condition FROM free WHERE units > 0
ORDER BY putaway_id, container_id, sku_id, lot_id, owner_id
"""
#: In all warehouses, and of these in the one that is asked about.
_UNDERWAY = """
SELECT sku_id, owner_id, sum(quantity - done)::bigint,
    coalesce(sum(quantity - done) FILTER (WHERE warehouse_id = %s), 0)::bigint FROM putaway
WHERE kind = 'crossdock' AND state IN ('waiting', 'planned', 'stuck') AND sku_id = ANY(%s::bigint[])
GROUP BY sku_id, owner_id
"""
_FREE = """
SELECT sku_id, owner_id, sum(sellable - reserved)::bigint,
    coalesce(sum(sellable - reserved) FILTER (WHERE warehouse_id = %s), 0)::bigint
FROM availability WHERE sku_id = ANY(%s::bigint[]) GROUP BY sku_id, owner_id
"""


@dataclass(slots=True)
class _Goods:
    """An arrival, and how many of its units are still without a way."""

    arrival: Arrival
    left: int


def goods_follow(*, arrivals: Sequence[Arrival], source: tuple[str, int] | None = None) -> list[int]:
    """:func:`goods_follow_each` for goods of one document; by default of their receipts."""
    return goods_follow_each(arrivals={source: arrivals})


def goods_follow_each(*, arrivals: Mapping[tuple[str, int] | None, Sequence[Arrival]]) -> list[int]:
    """Write putaways for goods that are free to go; their ids. Places are found in the background.

    Units that somebody waits for are cross-docked first. Goods that lie where they belong stay there. What one
    receipt brings of the same goods grows one putaway until somebody takes it. A fixed number of statements for each
    document and warehouse. Joins the caller's transaction. Emits ``GoodsArrived``.

    :param arrivals: (kind, id) of the document behind goods → the goods; ``None``: their receipts.
    """
    everything = [one for goods in arrivals.values() for one in goods]
    if not everything:
        return []
    places = locations_by_id({one.location_id for one in everything})
    made = [
        key for source, goods in sorted(arrivals.items(), key=str) for key in _follow(goods, source, places)
    ]
    # Only now: what is written for goods in a container is not written again when it is unpacked.
    containers_unpack({one.container_id for one in everything if one.container_id is not None})
    return made


def _follow(
    arrivals: Sequence[Arrival], source: tuple[str, int] | None, places: Mapping[int, LocationRef]
) -> list[int]:
    by_house: dict[int, list[_Goods]] = defaultdict(list)
    for one in arrivals:
        if one.quantity > 0 and places[one.location_id].kind not in KINDS_OF_CONDITION.get(one.condition, ()):
            by_house[one.warehouse_id].append(_Goods(one, one.quantity))
    made: list[int] = []
    for warehouse_id, here in sorted(by_house.items()):
        rows = _crossdocks(warehouse_id, here, source) + _shelves(here, source, _mixed(here))
        ids = _write(rows)
        made += ids
        _tell(warehouse_id, ids)
    return made


def _tell(warehouse_id: int, putaway_ids: Sequence[int]) -> None:
    emit(
        *(
            GoodsArrived(warehouse_id=warehouse_id, putaway_ids=tuple(putaway_ids[at : at + 1000]))
            for at in range(0, len(putaway_ids), 1000)
        )
    )


_Row = tuple[Any, ...]


def _crossdocks(warehouse_id: int, goods: Sequence[_Goods], source: tuple[str, int] | None) -> list[_Row]:
    """Units that somebody waits for and that are not on their way yet. Takes them from ``goods``."""
    good = [one for one in goods if one.arrival.condition == Condition.GOOD]
    if not good or not policy_of(warehouse_id).crossdocks:
        return []
    skus = sorted({one.arrival.sku_id for one in good})
    waiting = waiting_for(warehouse_id, skus)
    if not waiting:
        return []
    here: dict[tuple[int, int], int] = defaultdict(int)
    elsewhere: dict[tuple[int, int], int] = defaultdict(int)
    for sku_id, owner_id, everywhere, units in [
        *fetch(_UNDERWAY, [warehouse_id, skus]),
        *fetch(_FREE, [warehouse_id, skus]),
    ]:
        here[sku_id, owner_id] += max(units, 0)
        elsewhere[sku_id, owner_id] += max(everywhere - units, 0)
    names: dict[tuple[int, int], list[tuple[dict[str, Any], int]]] = defaultdict(list)
    for one in waiting:
        key = (one.sku_id, one.owner_id)
        far = 0 if one.is_here else min(elsewhere[key], one.units)
        near = min(here[key], one.units - far)
        elsewhere[key] -= far
        here[key] -= near
        had = far + near
        if one.units > had:
            names[key].append(
                ({"kind": one.kind, "id": one.document_id, "number": one.number}, one.units - had)
            )
    rows = []
    for item in good:
        key = (item.arrival.sku_id, item.arrival.owner_id)
        taken, demand = _taken(names.get(key, []), item.left)
        if taken:
            item.left -= taken
            rows.append(
                _row(
                    item.arrival, taken, source, kind="crossdock", demand=demand, priority=CROSSDOCK_PRIORITY
                )
            )
    return rows


def _taken(names: list[tuple[dict[str, Any], int]], most: int) -> tuple[int, list[dict[str, Any]]]:
    """Units for those who wait, as far as there are; takes what is served off the list."""
    taken = 0
    demand: list[dict[str, Any]] = []
    while names and taken < most:
        name, units = names[0]
        part = min(units, most - taken)
        taken += part
        if len(demand) < NAMED:
            demand.append(name | {"units": part})
        if part == units:
            names.pop(0)
        else:
            names[0] = (name, units - part)
    return taken, demand


def _shelves(goods: Sequence[_Goods], source: tuple[str, int] | None, mixed: Collection[int]) -> list[_Row]:
    """What is left goes to a shelf: containers as a whole but for ``mixed`` ones, loose units by kind of goods."""
    grouped: dict[Any, tuple[Arrival, int]] = {}
    for one in goods:
        if one.left <= 0:
            continue
        arrival = one.arrival
        carrier = _carrier(arrival)
        if carrier is not None and carrier not in mixed:
            kind = None
        else:
            carrier, kind = arrival.container_id, (arrival.sku_id, arrival.lot_id, arrival.owner_id)
        key = (arrival.location_id, arrival.condition, carrier, arrival.receipt_id, kind)
        grouped[key] = (arrival, grouped.get(key, (arrival, 0))[1] + one.left)
    return [
        _row(arrival, units, source, carrier=key[2] if key[4] is None else None)
        for key, (arrival, units) in grouped.items()
    ]


def _carrier(arrival: Arrival) -> int | None:
    """The container that carries these goods as a whole, if one does."""
    return arrival.carrier_id or arrival.container_id


def _mixed(goods: Iterable[_Goods]) -> set[int]:
    """Containers of these whose goods are in several conditions: they do not go as a whole."""
    container_ids = {key for one in goods if (key := _carrier(one.arrival)) is not None}
    if not container_ids:
        return set()
    rows = fetch(
        "SELECT container_id FROM stock WHERE container_id = ANY(%s::bigint[]) AND quantity > 0"
        " GROUP BY container_id HAVING count(DISTINCT condition) > 1",
        [sorted(container_ids)],
    )
    return {row[0] for row in rows}


def containers_unpack(container_ids: Collection[int]) -> None:
    """Containers that came to hold goods in several conditions do not go as a whole: each kind goes its own way.

    One statement where there is none, else a fixed number for each warehouse. Locks their putaways and tasks. Emits
    ``GoodsArrived``.
    """
    found = fetch(_MIXED_WHOLES, [sorted(container_ids)]) if container_ids else []
    if not found:
        return
    putaways_lessen({row[0]: row[1] for row in found}, note="the container holds goods in several conditions")
    whole = {row[0]: row[2:] for row in found}
    inside: dict[int, list[_Goods]] = defaultdict(list)
    for key, place, sku, owner, units, lot, box, condition in fetch(_UNCARRIED, [sorted(whole)]):
        warehouse_id, receipt_id, *_document = whole[key]
        arrival = Arrival(
            warehouse_id, place, sku, owner, units, lot_id=lot, container_id=box, condition=condition,
            receipt_id=receipt_id,
        )  # fmt: skip
        inside[key].append(_Goods(arrival, units))
    mixed = _mixed(one for goods in inside.values() for one in goods)
    by_house: dict[int, list[_Row]] = defaultdict(list)
    for key, goods in inside.items():
        warehouse_id, _receipt, kind, document_id = whole[key]
        source = (kind, document_id) if kind and document_id is not None else None
        by_house[warehouse_id] += _shelves(goods, source, mixed)
    for warehouse_id, rows in sorted(by_house.items()):
        _tell(warehouse_id, _write(rows))


def _row(
    arrival: Arrival,
    units: int,
    source: tuple[str, int] | None,
    *,
    kind: str = "shelf",
    demand: Sequence[dict[str, Any]] = (),
    priority: int | None = None,
    carrier: int | None = None,
) -> _Row:
    """What is written of one putaway: of goods, or of a container that carries them as a whole."""
    whole = carrier is not None
    source_kind, source_id = source or (("receipt", arrival.receipt_id) if arrival.receipt_id else ("", None))
    if priority is None:
        priority = SHELF_PRIORITY if arrival.condition == Condition.GOOD else SPECIAL_PRIORITY
    return (
        kind, arrival.warehouse_id, None if whole else arrival.sku_id, None if whole else arrival.lot_id,
        None if whole else arrival.owner_id, arrival.condition, carrier or arrival.container_id, whole,
        arrival.location_id, units,
        source_kind, source_id, arrival.receipt_id, json.dumps(list(demand), ensure_ascii=False), priority,
    )  # fmt: skip


def _write(rows: Sequence[_Row]) -> list[int]:
    if not rows:
        return []
    # location, sku, lot, owner, condition, container, source kind, source id
    keys = [
        (row[8], row[2], row[3], row[4], row[5], row[6], row[10], row[11])
        for row in rows
        if row[0] == "shelf"
    ]
    if keys:
        reopened = [row[0] for row in fetch(_REOPEN, columns(keys, 8))]
        if reopened:
            execute("DELETE FROM space_claim WHERE putaway_id = ANY(%s::bigint[])", [reopened])
            tasks_cancel(subjects=[(SUBJECT, key) for key in reopened], kind="putaway", note="more came")
    made = fetch(_INSERT, [current_actor().name[:100], clock.now(), *columns(rows, 15)])
    return [row[0] for row in made]


_WITHDRAWN = """
SELECT p.id, p.state, p.quantity, p.done, w.position
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
    AS w (receipt_id, location_id, condition, container_id, sku_id, lot_id, owner_id, position)
JOIN putaway p ON p.receipt_id = w.receipt_id AND p.from_location_id = w.location_id AND p.condition = w.condition
    AND p.container_id IS NOT DISTINCT FROM w.container_id AND p.state IN ('waiting', 'planned', 'stuck')
    AND (p.is_whole OR (p.sku_id = w.sku_id AND p.lot_id IS NOT DISTINCT FROM w.lot_id AND p.owner_id = w.owner_id))
ORDER BY p.id FOR NO KEY UPDATE OF p
"""
#: All of it is gone: never carried, or the rest of what was carried in part.
_ENDED = """
UPDATE putaway p SET state = CASE WHEN p.done = 0 THEN 'cancelled' ELSE 'done' END,
    quantity = CASE WHEN p.done = 0 THEN p.quantity ELSE p.done END,
    done_at = CASE WHEN p.done = 0 THEN p.done_at ELSE %s END, done_by = CASE WHEN p.done = 0 THEN p.done_by ELSE %s END
WHERE p.id = ANY(%s::bigint[])
"""
_LESS = """
WITH less AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::jsonb[]) AS n (id, units, demand)),
claims AS (
    UPDATE space_claim c SET quantity = c.quantity - n.units,
        volume_mm3 = c.volume_mm3 * (c.quantity - n.units) / c.quantity,
        weight_g = c.weight_g * (c.quantity - n.units) / c.quantity
    FROM less n WHERE c.putaway_id = n.id AND c.quantity > n.units
)
UPDATE putaway p SET quantity = p.quantity - n.units, demand = n.demand FROM less n WHERE p.id = n.id
"""


def putaways_lessen(less: Mapping[int, int], *, note: str) -> None:
    """Units of putaways will not be carried: each becomes smaller, with its task, its claimed room and the list of those
    who waited for it (who waits last is left out first); one of which nothing is left ends.

    A fixed number of statements. The putaways are locked. Locks their tasks. Writes the audit log.

    :param less: putaway → units, at most what is left of it.
    """
    if not less:
        return
    rows = fetch(
        "SELECT id, state, quantity, done, demand FROM putaway WHERE id = ANY(%s::bigint[]) ORDER BY id",
        [sorted(less)],
    )
    ended = [row[0] for row in rows if row[2] - row[3] <= less[row[0]]]
    if ended:
        execute(_ENDED, [clock.now(), current_actor().name[:100], ended])
        execute("DELETE FROM space_claim WHERE putaway_id = ANY(%s::bigint[])", [ended])
        tasks_cancel(subjects=[(SUBJECT, key) for key in ended], kind="putaway", note=note)
    shrunk = [row for row in rows if row[2] - row[3] > less[row[0]]]
    if shrunk:
        execute(
            _LESS,
            columns(
                ((row[0], less[row[0]], _demand_less(row[4], row[2], less[row[0]])) for row in shrunk), 3
            ),
        )
        tasks_resize(
            sizes={(SUBJECT, key): units - done - less[key] for key, _state, units, done, _names in shrunk},
            kind="putaway",
        )
    audit_record_many(
        action="inbound.putaway.lessened",
        entity_kind="putaway",
        entries=[
            (row[0], {"state": row[1], "left": row[2] - row[3]}, {"left": row[2] - row[3] - less[row[0]], "note": note})
            for row in rows
        ],
    )  # fmt: skip


def _demand_less(demand: Any, quantity: int, units: int) -> str:
    """Those who wait, as JSON, without so many units: who is not named first, then the last ones."""
    names = [dict(one) for one in (json.loads(demand) if isinstance(demand, str) else demand or [])]
    units = max(units - max(quantity - sum(one["units"] for one in names), 0), 0)
    while names and units:
        part = min(names[-1]["units"], units)
        units -= part
        names[-1]["units"] -= part
        if not names[-1]["units"]:
            names.pop()
    return json.dumps(names, ensure_ascii=False)


def putaways_withdraw(*, arrivals: Collection[Arrival]) -> None:
    """Units are not there any more: take them from putaways of their receipt that nobody has carried.

    First from those that have no place yet. A fixed number of statements. Locks the putaways, then their tasks.
    """
    wanted = [
        (
            one.receipt_id, one.location_id, one.condition, one.container_id, one.sku_id, one.lot_id, one.owner_id,
        )
        for one in arrivals
    ]  # fmt: skip
    found = fetch(_WITHDRAWN, columns(wanted, 7))
    room = {row[0]: row[2] - row[3] for row in found}
    standing: dict[int, list[int]] = defaultdict(list)
    for key, _state, _quantity, _done, position in sorted(
        found, key=lambda row: (row[1] == "planned", -row[0])
    ):
        standing[position].append(key)
    less: dict[int, int] = defaultdict(int)
    for position, one in enumerate(arrivals, 1):
        left = one.quantity
        for key in standing[position]:
            part = min(left, room[key])
            if part:
                room[key] -= part
                left -= part
                less[key] += part
    putaways_lessen(less, note="taken back")
