"""The release of a wave: reservations become allocations, allocations become pick tasks.

One transaction, and a number of statements that does not depend on the size of the wave. What runs
between the locks is linear work in memory. The search for good batches has been done before, by ``wave_plan``;
the walks are laid ahead of the transaction over the places that a preview names, and inside it only for batches
whose places turn out to be others.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record, audit_record_many
from hecang.catalog.selectors import skus_by_id
from hecang.facility.selectors import staging_location
from hecang.inventory.selectors import reservations_active
from hecang.inventory.services import (
    AllocationDemand,
    AllocationResult,
    allocations_release,
    reservations_release,
    stock_allocate,
)
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound
from hecang.kernel.outbox import emit
from hecang.orders.services import LineShift, order_lines_shift, orders_hold, orders_lock
from hecang.outbound import states
from hecang.outbound.events import FulfilmentsCancelled, WaveReleased
from hecang.outbound.models import WaveState
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.services.fulfilments import WORKING
from hecang.outbound.services.pool import batch_tasks_create
from hecang.outbound.services.progress import summaries_update
from hecang.outbound.services.wave_faces import faces_refill
from hecang.outbound.services.wave_walks import BatchWalk, WaveWalks, batch_walks, walks_ahead

_TASKS = """
INSERT INTO pick_task (kind, state, warehouse_id, batch_id, fulfilment_line_id, allocation_id, sku_id, lot_id,
    from_location_id, to_location_id, quantity, picked, short, problem, sequence, done_by)
SELECT 'pick', 'open', %s, t.batch_id, t.line_id, t.allocation_id, t.sku_id, t.lot_id, t.location_id, %s,
    t.quantity, 0, 0, '', t.sequence, ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::integer[]) WITH ORDINALITY
    AS t (batch_id, line_id, allocation_id, sku_id, lot_id, location_id, quantity, sequence, position)
ORDER BY t.position
"""

_BATCHES = """
UPDATE batch b SET state = CASE WHEN r.tasks > 0 THEN 'released' ELSE 'cancelled' END, staging_id = %s,
    fulfilment_count = r.orders, line_count = r.lines, unit_count = r.units, walk_mm = r.walk,
    single_walk_mm = r.single, s_shape_mm = r.s_shape, path = r.path
FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::integer[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::jsonb[]) AS r (id, tasks, orders, lines, units, walk, single, s_shape, path)
WHERE b.id = r.id
"""


class _Member(NamedTuple):
    """A fulfilment of the wave that may go on; without ``allow_partial`` it goes whole or not at all."""

    id: int
    order_id: int
    owner_id: int
    batch_id: int
    slot: int
    allow_partial: bool


class _Line(NamedTuple):
    """Units of one line to allocate."""

    id: int
    order_line_id: int
    sku_id: int
    quantity: int
    fulfilment_id: int


@dataclass(frozen=True, slots=True)
class WaveReleaseResult:
    """What a release has done.

    :param dropped: fulfilments that left the wave: stopped, held or no longer ready.
    :param short_units: units that could not be allocated; they are backordered.
    """

    wave_id: int
    tasks: int = 0
    units: int = 0
    short_units: int = 0
    dropped: tuple[int, ...] = ()
    repeated: bool = False


def wave_release(*, wave_id: int) -> WaveReleaseResult:
    """Allocate the goods of a planned wave and put its pick tasks on the floor.

    Checks again, under lock, that each fulfilment is ready and its order neither held nor being
    cancelled; others leave the wave, and so do those whose lines have moved to another order. Units that cannot be allocated are cut and backordered; where the shop
    ships nothing in parts, the fulfilment leaves the wave instead and its order is held (``stock_short``).
    Repeating it changes nothing. Emits ``WaveReleased``.

    Locks orders → fulfilments → wave → batches → availability → stock. About forty statements for any
    number of lines. Raises :class:`StateConflict` for a wave that was cancelled.
    """
    return _released(wave_id, walks_ahead(wave_id))


@transactional
def _released(wave_id: int, ahead: WaveWalks | None) -> WaveReleaseResult:
    orders = _lock_orders(wave_id)
    members, dropped = _lock_members(wave_id, orders)
    row = fetch_one(
        "SELECT number, state, warehouse_id, criteria FROM wave WHERE id = %s FOR NO KEY UPDATE", [wave_id]
    )
    if row is None:
        raise NotFound(_("There is no such wave."))
    number, state, warehouse_id, criteria = row
    current_actor().scope.require(warehouse=warehouse_id)
    if state in {WaveState.RELEASED, WaveState.DONE}:
        return WaveReleaseResult(wave_id=wave_id, repeated=True)
    states.require("wave", state, WaveState.RELEASED, what=number)
    batch_ids = [
        row[0]
        for row in fetch("SELECT id FROM batch WHERE wave_id = %s ORDER BY id FOR NO KEY UPDATE", [wave_id])
    ]
    _drop(dropped)
    policy = WaveCriteria.from_json(json.loads(criteria) if isinstance(criteria, str) else criteria).policy
    lines = _pending_lines(members)
    result = stock_allocate(demands=_demands(warehouse_id, members, lines), policy=policy)
    incomplete = _incomplete(members, lines, result)
    if incomplete:
        result = _give_back(incomplete, members, lines, result)
        _drop(incomplete)
        dropped += incomplete
        members = {key: member for key, member in members.items() if key not in incomplete}
        lines = [line for line in lines if line.fulfilment_id in members]
    short = _write_lines(warehouse_id, lines, result)
    tasks = _write_tasks(batch_ids, warehouse_id, members, lines, result, ahead)
    _write_states(wave_id, members, lines, result)
    faces_refill(warehouse_id, {(line.sku_id, members[line.fulfilment_id].owner_id) for line in lines})
    audit_record(
        action="wave.released", entity_kind="wave", entity_id=wave_id, before={"state": state},
        after={"state": "released", "number": number, "tasks": tasks, "short_units": short},
    )  # fmt: skip
    emit(WaveReleased(wave_id=wave_id, warehouse_id=warehouse_id))
    return WaveReleaseResult(
        wave_id=wave_id,
        tasks=tasks,
        units=sum(allocated.quantity for allocated in result.allocations),
        short_units=short,
        dropped=tuple(dropped),
    )


def _lock_orders(wave_id: int) -> set[int]:
    """Lock the orders of the wave; the ids of those that may go on."""
    rows = fetch("SELECT DISTINCT order_id FROM fulfilment WHERE wave_id = %s", [wave_id])
    locked = orders_lock(order_ids=sorted(row[0] for row in rows))
    return {
        key
        for key, order in locked.items()
        if order.state in WORKING and not order.is_held and not order.is_cancelling
    }


def _lock_members(wave_id: int, orders: set[int]) -> tuple[dict[int, _Member], list[int]]:
    """Lock the wave's fulfilments: (those that go on, most urgent first; ids of those that do not)."""
    rows = fetch(
        "SELECT f.id, f.order_id, f.owner_id, f.batch_id, f.slot, s.allow_partial, f.state, f.priority, f.ship_by"
        " FROM fulfilment f JOIN shop s ON s.id = f.shop_id WHERE f.wave_id = %s"
        " ORDER BY f.id FOR NO KEY UPDATE OF f",
        [wave_id],
    )
    stale = _stale([row[0] for row in rows])
    rows.sort(key=lambda row: (row[7], row[8] is None, row[8] or now(), row[0]))
    ready = [row for row in rows if row[6] == "ready"]
    members = {row[0]: _Member(*row[:6]) for row in ready if row[1] in orders and row[0] not in stale}
    return members, [row[0] for row in ready if row[0] not in members]


def _stale(fulfilment_ids: Sequence[int]) -> set[int]:
    """Fulfilments behind their orders: lines were split off or merged away, or are to come from elsewhere now,
    and outbound has not followed yet. Two statements.
    """
    rows = fetch(
        "SELECT f.id, f.order_id, f.warehouse_id, l.order_line_id, o.order_id,"
        " l.quantity - l.allocated - l.shipped - l.cut"
        " FROM fulfilment f JOIN fulfilment_line l ON l.fulfilment_id = f.id"
        " JOIN sales_order_line o ON o.id = l.order_line_id"
        " WHERE f.id = ANY(%s) AND l.quantity > l.allocated + l.shipped + l.cut",
        [list(fulfilment_ids)],
    )
    standing: dict[tuple[int, int], int] = defaultdict(int)
    for row in reservations_active("sales_order_line", sorted({row[3] for row in rows})):
        standing[row.source_id, row.warehouse_id] += row.quantity
    return {
        fulfilment_id
        for fulfilment_id, order_id, warehouse_id, line_id, line_order, units in rows
        if line_order != order_id or units > standing[line_id, warehouse_id]
    }


def _drop(fulfilment_ids: Sequence[int]) -> None:
    """These wait for a later wave."""
    if fulfilment_ids:
        execute(
            "UPDATE fulfilment SET wave_id = NULL, batch_id = NULL, slot = NULL WHERE id = ANY(%s)",
            [list(fulfilment_ids)],
        )


def _pending_lines(members: Mapping[int, _Member]) -> list[_Line]:
    """What is to be allocated, in the order of the members."""
    rows = fetch(
        "SELECT id, order_line_id, sku_id, quantity - allocated - shipped - cut, fulfilment_id"
        " FROM fulfilment_line WHERE fulfilment_id = ANY(%s) AND quantity > allocated + shipped + cut ORDER BY id",
        [list(members)],
    )
    rank = {key: at for at, key in enumerate(members)}
    return sorted((_Line(*row) for row in rows), key=lambda line: (rank[line.fulfilment_id], line.id))


def _demands(
    warehouse_id: int, members: Mapping[int, _Member], lines: Sequence[_Line]
) -> list[AllocationDemand]:
    skus = skus_by_id(sorted({line.sku_id for line in lines}))
    return [
        AllocationDemand(
            source_id=line.id,
            warehouse_id=warehouse_id,
            sku_id=line.sku_id,
            owner_id=members[line.fulfilment_id].owner_id,
            quantity=line.quantity,
            reservation_source_id=line.order_line_id,
            min_remaining_days=skus[line.sku_id].min_remaining_days,
        )
        for line in lines
    ]


def _incomplete(
    members: Mapping[int, _Member], lines: Sequence[_Line], result: AllocationResult
) -> list[int]:
    """Fulfilments that lack something and must not go in parts."""
    lacking = {line.fulfilment_id for line in lines if result.short.get(line.id)}
    return sorted(key for key in lacking if not members[key].allow_partial)


def _give_back(
    fulfilment_ids: Sequence[int],
    members: Mapping[int, _Member],
    lines: Sequence[_Line],
    result: AllocationResult,
) -> AllocationResult:
    """Undo the allocation of these fulfilments and hold their orders; what was allocated to the others."""
    mine = {line.id for line in lines if line.fulfilment_id in set(fulfilment_ids)}
    allocations_release(
        allocation_ids=[entry.id for entry in result.allocations if entry.source_id in mine], restore=True
    )
    orders_hold(order_ids=sorted({members[key].order_id for key in fulfilment_ids}), code="stock_short")
    return AllocationResult(
        allocations=[entry for entry in result.allocations if entry.source_id not in mine],
        short={key: units for key, units in result.short.items() if key not in mine},
    )


def _write_lines(warehouse_id: int, lines: Sequence[_Line], result: AllocationResult) -> int:
    """Take allocation and shortage over into fulfilment lines and order lines; returns the short units.

    What is short gives its reservation up, as far as there is one, and is backordered.
    """
    allocated: dict[int, int] = defaultdict(int)
    for entry in result.allocations:
        allocated[entry.source_id] += entry.quantity
    execute(
        "UPDATE fulfilment_line l SET allocated = l.allocated + c.allocated, cut = l.cut + c.short"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS c (id, allocated, short) WHERE l.id = c.id",
        columns(((line.id, allocated[line.id], result.short.get(line.id, 0)) for line in lines), 3),
    )
    shifts = [
        LineShift(
            line_id=line.order_line_id, source="reserved", target="allocated", quantity=allocated[line.id]
        )
        for line in lines
        if allocated[line.id]
    ]
    short = {line.order_line_id: result.short[line.id] for line in lines if result.short.get(line.id)}
    if short:
        shifts += _give_up(warehouse_id, short)
    order_lines_shift(shifts=shifts)
    return sum(short.values())


def _give_up(warehouse_id: int, short: Mapping[int, int]) -> list[LineShift]:
    """Release the reservations behind units that cannot be had here; order lines become backordered."""
    standing: dict[int, int] = defaultdict(int)
    for row in reservations_active("sales_order_line", list(short)):
        if row.warehouse_id == warehouse_id:
            standing[row.source_id] += row.quantity
    giving = {key: min(units, standing[key]) for key, units in short.items() if standing[key]}
    reservations_release(
        source_kind="sales_order_line", source_ids=list(giving), quantities=list(giving.values())
    )
    return [
        LineShift(line_id=key, source="reserved", target="backordered", quantity=units)
        for key, units in giving.items()
    ]


def _write_tasks(
    batch_ids: Sequence[int],
    warehouse_id: int,
    members: Mapping[int, _Member],
    lines: Sequence[_Line],
    result: AllocationResult,
    ahead: WaveWalks | None,
) -> int:
    """Pick tasks in walking order, and the batches with their walks; returns the number of tasks."""
    staging = staging_location(warehouse_id)
    member_of = {line.id: members[line.fulfilment_id] for line in lines}
    places: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for entry in result.allocations:
        member = member_of[entry.source_id]
        places[member.batch_id][member.id].add(entry.location_id)
    walks = batch_walks(warehouse_id, places, ahead)
    rank = {
        (batch_id, location_id): at
        for batch_id, laid in walks.items()
        for at, location_id in enumerate(laid.location_ids)
    }
    picks = sorted(
        result.allocations,
        key=lambda entry: (
            member_of[entry.source_id].batch_id,
            rank.get((member_of[entry.source_id].batch_id, entry.location_id), len(rank)),
            member_of[entry.source_id].slot,
            entry.id,
        ),
    )
    rows = []
    sequence: dict[int, int] = defaultdict(int)
    units: dict[int, int] = defaultdict(int)
    for entry in picks:
        batch_id = member_of[entry.source_id].batch_id
        sequence[batch_id] += 1
        units[batch_id] += entry.quantity
        rows.append(
            (
                batch_id, entry.source_id, entry.id, entry.sku_id, entry.lot_id, entry.location_id, entry.quantity,
                sequence[batch_id],
            )
        )  # fmt: skip
    execute(_TASKS, [warehouse_id, staging, *columns(rows, 8)])
    served: dict[int, set[int]] = defaultdict(set)
    for entry in result.allocations:
        served[member_of[entry.source_id].batch_id].add(entry.source_id)
    batches = []
    for batch_id in batch_ids:
        laid = walks.get(batch_id, BatchWalk())
        batches.append(
            (
                batch_id, sequence[batch_id], len(places.get(batch_id, {})), len(served[batch_id]), units[batch_id],
                laid.walk.length_mm, laid.single_mm, laid.s_shape_mm,
                json.dumps([list(point) for point in laid.walk.path]),
            )
        )  # fmt: skip
    execute(_BATCHES, [staging, *columns(batches, 9)])
    batch_tasks_create(batch_ids)
    return len(rows)


def _write_states(
    wave_id: int, members: Mapping[int, _Member], lines: Sequence[_Line], result: AllocationResult
) -> None:
    """Fulfilments with goods are released, those without any cancelled; sums of the wave."""
    line_of = {line.id: line.fulfilment_id for line in lines}
    served = {line_of[entry.source_id] for entry in result.allocations}
    empty = sorted(set(members) - served)
    moment = now()
    execute("UPDATE fulfilment SET state = 'released' WHERE id = ANY(%s)", [sorted(served)])
    if empty:
        execute(
            "UPDATE fulfilment SET state = 'cancelled', wave_id = NULL, batch_id = NULL, slot = NULL"
            " WHERE id = ANY(%s)",
            [empty],
        )
        emit(FulfilmentsCancelled(tuple(empty)))
    summaries_update(sorted(members))
    audit_record_many(
        action="fulfilment.released",
        entity_kind="fulfilment",
        entries=[
            (key, {"state": "ready"}, {"state": "released", "wave_id": wave_id}) for key in sorted(served)
        ],
    )
    execute(
        "UPDATE wave w SET state = CASE WHEN s.tasks > 0 THEN 'released' ELSE 'done' END, released_at = %s,"
        " fulfilment_count = s.orders, line_count = s.lines, unit_count = s.units, walk_mm = s.walk,"
        " single_walk_mm = s.single, s_shape_mm = s.s_shape"
        " FROM (SELECT coalesce(sum(fulfilment_count), 0) AS orders, coalesce(sum(line_count), 0) AS lines,"
        "   coalesce(sum(unit_count), 0) AS units, coalesce(sum(walk_mm), 0) AS walk,"
        "   coalesce(sum(single_walk_mm), 0) AS single, coalesce(sum(s_shape_mm), 0) AS s_shape, count(*) FILTER (WHERE state = 'released') AS tasks"
        "   FROM batch WHERE wave_id = %s) s WHERE w.id = %s",
        [moment, wave_id, wave_id],
    )
