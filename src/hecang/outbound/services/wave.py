"""Waves: plan without locks, store, cancel. Releasing is ``wave_release``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inventory.selectors import allocations_standing
from hecang.inventory.services import allocations_release
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound
from hecang.kernel.sequences import numbers
from hecang.orders.services import LineShift, order_lines_shift, orders_lock
from hecang.outbound import states
from hecang.outbound.errors import WaveEmpty, WaveStarted
from hecang.outbound.models import Wave, WaveState
from hecang.outbound.planning.base import PlannedBatch, WavePlan
from hecang.outbound.planning.choosing import WaveChoice, choose
from hecang.outbound.planning.criteria import WaveCriteria
from hecang.outbound.planning.registry import wave_planner
from hecang.outbound.selectors.candidates import (
    Candidate,
    candidates,
    floor_state,
    in_zones,
    previews,
    problem_of,
)
from hecang.outbound.selectors.walking import walking_geometry
from hecang.outbound.services.pool import batch_tasks_end
from hecang.outbound.services.progress import summaries_update
from hecang.outbound.services.wave_faces import faces_fill


@dataclass(frozen=True, slots=True)
class WaveDraft:
    """A plan that nobody has decided on yet.

    :param orders: facts of the fulfilments in it, by id.
    :param short_units: units for which the preview found no stock.
    :param choice: what the optimiser chose, and why; ``None`` where it was not asked. Its plan may be empty.
    :param looked_at: what it chose from, most urgent first.
    """

    warehouse_id: int
    criteria: WaveCriteria
    plan: WavePlan
    orders: Mapping[int, Candidate]
    short_units: int
    choice: WaveChoice | None = None
    looked_at: Sequence[Candidate] = ()

    def totals(self, batch: PlannedBatch) -> tuple[int, int, int]:
        """(fulfilments, lines, units) of one batch."""
        mine = [self.orders[key] for key in batch.order_ids]
        return len(mine), sum(order.line_count for order in mine), sum(order.unit_count for order in mine)


def wave_plan(*, warehouse_id: int, criteria: WaveCriteria | None = None) -> WaveDraft:
    """Choose ready fulfilments by the criteria, batch them and lay the walks. Changes and locks nothing.

    Where goods will be picked is taken from a preview of allocation; the release allocates for real and
    lays the final walks. With ``criteria.choose`` the optimiser decides which of them go now; then the draft
    says of each why, and may be without batches. Raises :class:`WaveEmpty` when nothing fits.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    criteria = criteria or WaveCriteria()
    found = candidates(warehouse_id, criteria)
    picks = previews(warehouse_id, [order.id for order in found], criteria.policy)
    if criteria.zone_ids:
        inside = in_zones(picks, criteria.zone_ids)
        found = [order for order in found if order.id in inside]
    if not criteria.choose:
        found = _limited(found, criteria)
    if not found:
        raise WaveEmpty(
            _("No fulfilment that is ready fits these criteria. Widen them, or approve more orders.")
        )
    geometry = walking_geometry(warehouse_id)
    choice, looked_at = None, found
    if criteria.choose:
        choice = choose(
            problem_of(geometry, criteria, found, picks),
            [order.urgency for order in found],
            floor_state(warehouse_id, criteria),
            now=now(),
            max_orders=criteria.max_orders,
            max_lines=criteria.max_lines,
        )
        found = [order for order in found if choice.verdicts[order.id].released]
        picks = previews(warehouse_id, [order.id for order in found], criteria.policy)
    problem = problem_of(geometry, criteria, found, picks)
    taken = {order.id for order in found}
    return WaveDraft(
        warehouse_id=warehouse_id,
        criteria=criteria,
        plan=wave_planner().plan(problem) if found else WavePlan(()),
        orders={order.id: order for order in found},
        short_units=sum(p.quantity for p in picks if p.location_id is None and p.fulfilment_id in taken),
        choice=choice,
        looked_at=looked_at if choice is not None else (),
    )


def _limited(found: Sequence[Candidate], criteria: WaveCriteria) -> list[Candidate]:
    """The most urgent ones within the limits of orders and lines (one order is always taken)."""
    result: list[Candidate] = []
    lines = 0
    for order in found[: criteria.max_orders]:
        if result and lines + order.line_count > criteria.max_lines:
            break
        result.append(order)
        lines += order.line_count
    return result


@transactional
def wave_create(*, draft: WaveDraft) -> int:
    """Store a plan as a wave in state planned; its fulfilments belong to it from now on. Returns its id.

    Fulfilments that are no longer ready, or that another wave took meanwhile, are left out. Pick faces that would
    run empty are replenished before. Locks the fulfilments, then availability. Raises :class:`WaveEmpty` when none is
    left.
    """
    current_actor().scope.require(warehouse=draft.warehouse_id)
    if not draft.orders:
        raise WaveEmpty(_("Nothing has to be released now; all orders do better to wait."))
    free = {
        row[0]
        for row in fetch(
            "SELECT id FROM fulfilment WHERE id = ANY(%s) AND state = 'ready' AND NOT is_stopped AND wave_id IS NULL"
            " AND warehouse_id = %s ORDER BY id FOR NO KEY UPDATE",
            [sorted(draft.orders), draft.warehouse_id],
        )
    }
    planned = [(batch, [key for key in batch.order_ids if key in free]) for batch in draft.plan.batches]
    planned = [(batch, members) for batch, members in planned if members]
    if not planned:
        raise WaveEmpty(_("All fulfilments of this plan are in other waves by now. Plan again."))
    wave_id, number = _insert_wave(draft, [key for _, members in planned for key in members])
    batch_ids = _insert_batches(draft, wave_id, planned)
    execute(
        "UPDATE fulfilment f SET wave_id = %s, batch_id = m.batch_id, slot = m.slot"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[]) AS m (id, batch_id, slot) WHERE f.id = m.id",
        [
            wave_id,
            *columns(
                (
                    (key, batch_id, slot)
                    for batch_id, (_, members) in zip(batch_ids, planned, strict=True)
                    for slot, key in enumerate(members, start=1)
                ),
                3,
            ),
        ],
    )
    faces_fill(wave_id=wave_id, warehouse_id=draft.warehouse_id, policy=draft.criteria.policy)
    audit_record(
        action="wave.planned",
        entity_kind="wave",
        entity_id=wave_id,
        after={
            "number": number,
            "fulfilments": sum(len(members) for _, members in planned),
            "batches": len(planned),
        },
    )
    return wave_id


def _insert_wave(draft: WaveDraft, members: Sequence[int]) -> tuple[int, str]:
    [number] = numbers("wave")
    orders = [draft.orders[key] for key in members]
    wave = Wave.objects.create(
        number=number,
        warehouse_id=draft.warehouse_id,
        criteria=draft.criteria.as_json(),
        fulfilment_count=len(orders),
        line_count=sum(order.line_count for order in orders),
        unit_count=sum(order.unit_count for order in orders),
        walk_mm=draft.plan.walk_mm,
        single_walk_mm=draft.plan.single_walk_mm,
        s_shape_mm=draft.plan.s_shape_mm,
        created_by=current_actor().name[:100],
        created_at=now(),
    )
    return wave.pk, number


def _insert_batches(
    draft: WaveDraft, wave_id: int, planned: Sequence[tuple[PlannedBatch, list[int]]]
) -> list[int]:
    """Store the batches; ids in order. One statement and the numbers."""
    import json

    rows: list[tuple[Any, ...]] = []
    for number, (batch, members) in zip(numbers("batch", len(planned)), planned, strict=True):
        orders = [draft.orders[key] for key in members]
        rows.append(
            (
                number, batch.kind.value, len(orders), sum(order.line_count for order in orders),
                sum(order.unit_count for order in orders), batch.walk_mm, batch.single_walk_mm,
                batch.s_shape_mm, json.dumps([list(point) for point in batch.path]),
            )
        )  # fmt: skip
    inserted = fetch(
        "INSERT INTO batch (wave_id, number, state, kind, fulfilment_count, line_count, unit_count, walk_mm,"
        " single_walk_mm, s_shape_mm, path)"
        " SELECT %s, b.number, 'planned', b.kind, b.orders, b.lines, b.units, b.walk, b.single, b.s_shape, b.path"
        " FROM unnest(%s::text[], %s::text[], %s::integer[], %s::integer[], %s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::jsonb[]) WITH ORDINALITY"
        " AS b (number, kind, orders, lines, units, walk, single, s_shape, path, position) ORDER BY b.position"
        " RETURNING number, id",
        [wave_id, *columns(rows, 9)],
    )
    by_number = dict(inserted)
    return [by_number[row[0]] for row in rows]


@transactional
def wave_cancel(*, wave_id: int) -> None:
    """Undo a wave that nobody has begun to pick: its fulfilments are ready again, reservations restored.

    Locks orders → fulfilments → wave → batches → tasks → balances. Repeating it changes nothing. Raises
    :class:`WaveStarted` once a unit is picked or a picker has a batch; the rest can then be cancelled
    order by order.
    """
    members = fetch("SELECT id, order_id FROM fulfilment WHERE wave_id = %s", [wave_id])
    orders_lock(order_ids=sorted({row[1] for row in members}))
    fulfilments = [
        row[0]
        for row in fetch(
            "SELECT id FROM fulfilment WHERE wave_id = %s AND state IN ('ready', 'released')"
            " ORDER BY id FOR NO KEY UPDATE",
            [wave_id],
        )
    ]
    number, state = _lock_wave(wave_id)
    if state == WaveState.CANCELLED:
        return
    states.require("wave", state, WaveState.CANCELLED, what=number)
    batches = fetch("SELECT state FROM batch WHERE wave_id = %s ORDER BY id FOR NO KEY UPDATE", [wave_id])
    if any(row[0] in {"picking", "picked"} for row in batches):
        raise WaveStarted(
            _(
                "Wave %(number)s is being picked and cannot be cancelled as a whole. Cancel single orders instead."
            )
            % {"number": number},
            data={"number": number},
        )
    execute(
        "UPDATE pick_task t SET state = 'cancelled' FROM batch b"
        " WHERE b.id = t.batch_id AND b.wave_id = %s AND t.state = 'open'",
        [wave_id],
    )
    _unallocate(fulfilments)
    ended = fetch(
        "UPDATE batch SET state = 'cancelled', finished_at = %s WHERE wave_id = %s RETURNING id, state",
        [now(), wave_id],
    )
    batch_tasks_end(dict(ended))
    execute(
        "UPDATE fulfilment SET state = 'ready', wave_id = NULL, batch_id = NULL, slot = NULL WHERE id = ANY(%s)",
        [fulfilments],
    )
    execute("UPDATE wave SET state = 'cancelled' WHERE id = %s", [wave_id])
    audit_record(
        action="wave.cancelled", entity_kind="wave", entity_id=wave_id,
        before={"state": state}, after={"state": "cancelled", "number": number},
    )  # fmt: skip


def _lock_wave(wave_id: int) -> tuple[str, str]:
    """Lock a wave; (number, state). Raises NotFound, also outside the actor's scope."""
    row = fetch_one("SELECT number, state, warehouse_id FROM wave WHERE id = %s FOR NO KEY UPDATE", [wave_id])
    if row is None:
        raise NotFound(_("There is no such wave."))
    current_actor().scope.require(warehouse=row[2])
    return str(row[0]), str(row[1])


def _unallocate(fulfilment_ids: Sequence[int]) -> None:
    """Allocated units become reserved again; what can no longer be promised is backordered and cut."""
    lines = fetch(
        "SELECT id, order_line_id, allocated FROM fulfilment_line WHERE fulfilment_id = ANY(%s) AND allocated > 0",
        [list(fulfilment_ids)],
    )
    if not lines:
        return
    standing = allocations_standing("fulfilment_line", [row[0] for row in lines])
    released = allocations_release(allocation_ids=[row.id for row in standing], restore=True)
    restored = {key: units for (kind, key), units in released.restored.items() if kind == "sales_order_line"}
    shifts, cuts = [], []
    for line_id, order_line_id, allocated in lines:
        back = min(allocated, restored.get(order_line_id, 0))
        restored[order_line_id] = restored.get(order_line_id, 0) - back
        if back:
            shifts.append(LineShift(order_line_id, "allocated", "reserved", back))
        if allocated > back:
            shifts.append(LineShift(order_line_id, "allocated", "backordered", allocated - back))
        cuts.append((line_id, allocated - back))
    execute(
        "UPDATE fulfilment_line l SET allocated = 0, cut = l.cut + c.units"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, units) WHERE l.id = c.id",
        columns(cuts, 2),
    )
    order_lines_shift(shifts=shifts)
    summaries_update(fulfilment_ids)
