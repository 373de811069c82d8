"""Picking: a picker claims a batch, walks it, and every scan is answered once.

The scenario: ``batch_start`` claims the batch. At each stop the picker scans the location and the goods
and says how many; ``batch_pick`` moves the units to staging, hard-allocated as before. What is missing
or damaged is reported the same way; the units are then looked for elsewhere, and the answer brings the
new task. When nothing is open any more the batch is picked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.catalog.selectors import barcode_resolve
from hecang.inventory.services import PickMove, allocations_pick
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import NotFound
from hecang.kernel.permissions import declare
from hecang.orders.services import orders_lock
from hecang.outbound import states
from hecang.outbound.errors import BatchTaken
from hecang.outbound.models import Batch
from hecang.outbound.services.pick_judging import Match, PickScan, TaskView, Verdicts, judge
from hecang.outbound.services.pick_trouble import Trouble, trouble_settle
from hecang.outbound.services.pool import BATCH
from hecang.outbound.services.progress import progress_update
from hecang.outbound.services.scans import ScanResult, scans_known, scans_store
from hecang.work.selectors import standing_task
from hecang.work.services import task_claim_next, task_release, task_start, worker_seen

#: To take a batch away from its picker.
BATCH_MANAGE = declare("outbound.batch.manage")

_TASKS = """
SELECT t.id, t.state, t.quantity - t.picked - t.short, t.sequence, t.sku_id, t.allocation_id, t.to_location_id,
    t.fulfilment_line_id, t.lot_id, l.code, s.code, f.slot, f.id, f.order_id, f.owner_id, t.from_location_id
FROM pick_task t
JOIN fulfilment_line fl ON fl.id = t.fulfilment_line_id JOIN fulfilment f ON f.id = fl.fulfilment_id
JOIN location l ON l.id = t.from_location_id JOIN sku s ON s.id = t.sku_id
WHERE t.batch_id = %s AND t.kind = 'pick' ORDER BY t.id
"""


@dataclass(frozen=True, slots=True)
class PickTaskRow:
    """A task with what picking needs to know of it."""

    view: TaskView
    allocation_id: int
    staging_id: int
    line_id: int
    lot_id: int | None
    fulfilment_id: int
    order_id: int
    owner_id: int
    location_id: int


@dataclass(frozen=True, slots=True)
class PickResult:
    """Answers in the order of the scans.

    :param new_task_ids: tasks added to the walk for units that were short.
    :param batch_state: state of the batch afterwards.
    """

    results: list[ScanResult]
    new_task_ids: tuple[int, ...]
    batch_state: str


@transactional
def batch_start(*, batch_id: int) -> None:
    """Claim a released batch for whoever is acting, and begin it; beginning one's own again changes nothing.

    The task of the batch in the pool is started; the batch follows (see ``pool``). A program without a user begins the
    batch without having the task. Locks the batch, then its task. Raises :class:`BatchTaken` when somebody else has it,
    :class:`StateConflict` when it is not to be picked (any more), :class:`TaskUnfit` for who does not pick.
    """
    number, state, picker_id, _warehouse, paused_id = _lock_batch(batch_id)
    if state in {Batch.State.RELEASED, Batch.State.PICKING}:
        _require_mine(number, picker_id)
    user_id = current_actor().user_id
    if state == Batch.State.PICKING and paused_id is None and (picker_id is not None or user_id is None):
        return
    if state != Batch.State.PICKING:
        states.require("batch", state, Batch.State.PICKING, what=number)
    task = standing_task(BATCH, batch_id)
    if task is not None and user_id is not None:
        task_start(task_id=task.id)
        return
    execute(
        "UPDATE batch SET state = 'picking', started_at = %s WHERE id = %s",
        [now(), batch_id],
    )
    audit_record(
        action="batch.started", entity_kind="batch", entity_id=batch_id,
        before={"state": state}, after={"state": "picking", "number": number},
    )  # fmt: skip


@transactional
def batch_claim_next(*, warehouse_id: int) -> int | None:
    """Claim a batch of a warehouse: the one that the acting person is picking already, else the next of the pool.

    Returns its id, or ``None`` when nothing is to be picked. Batches that others are claiming at this
    moment are passed over, so two pickers never wait for each other. Locks the task and the batch.
    """
    current_actor().scope.require(warehouse=warehouse_id)
    if current_actor().user_id is None:
        return _claim_for_program(warehouse_id)
    mine = fetch_one(
        "SELECT b.id FROM batch b JOIN wave w ON w.id = b.wave_id"
        " WHERE w.warehouse_id = %s AND b.state = 'picking' AND b.picker_id = %s ORDER BY b.id LIMIT 1",
        [warehouse_id, current_actor().user_id],
    )
    if mine is not None:
        return int(mine[0])
    task = task_claim_next(warehouse_id=warehouse_id, kinds=["pick"])
    if task is None:
        return None
    batch_start(batch_id=task.subject_id)
    return task.subject_id


def _claim_for_program(warehouse_id: int) -> int | None:
    """The first batch that nobody has, for a program without a user."""
    row = fetch_one(
        "SELECT b.id FROM batch b JOIN wave w ON w.id = b.wave_id WHERE w.warehouse_id = %s AND b.state = 'released'"
        " AND b.picker_id IS NULL ORDER BY b.id LIMIT 1 FOR NO KEY UPDATE OF b SKIP LOCKED",
        [warehouse_id],
    )
    if row is None:
        return None
    batch_start(batch_id=row[0])
    return int(row[0])


@transactional
def batch_give_back(*, batch_id: int) -> None:
    """Let somebody else go on with a batch; what is picked stays picked. Its picker or a manager may.

    Locks the batch, then its task, which goes back to the pool. Raises :class:`StateConflict` unless it is being picked
    or waits for its picker.
    """
    number, state, picker_id, _warehouse, _paused = _lock_batch(batch_id)
    if not current_actor().may(BATCH_MANAGE):
        _require_mine(number, picker_id)
    if state != Batch.State.RELEASED or picker_id is None:
        states.require("batch", state, Batch.State.RELEASED, what=number)
    task = standing_task(BATCH, batch_id)
    if task is not None and task.assignee_id is not None:
        task_release(task_id=task.id, by_right=True)
        return
    execute("UPDATE batch SET state = 'released', picker_id = NULL WHERE id = %s", [batch_id])
    audit_record(
        action="batch.given_back", entity_kind="batch", entity_id=batch_id,
        before={"state": state, "picker_id": picker_id}, after={"state": "released", "number": number},
    )  # fmt: skip


@transactional
def batch_pick(*, batch_id: int, scans: Sequence[PickScan]) -> PickResult:
    """Take over a picker's scans; each gets its own answer, and a refused one has changed nothing.

    A released batch is claimed by its first scan. Units go to staging with their allocation; fulfilments
    whose tasks are all closed become picked, and so the batch and the wave. ``short`` and ``damaged``
    take the units out of sale there and look for others; see ``pick_trouble``. It is a sign of life of the picker: the
    task of the batch stays theirs, and a paused one is resumed.

    Locks (orders, if something is short) → fulfilments → batch → pick tasks → balances; the task of the pool after its
    batch. The number of
    statements does not depend on the number of scans. Raises :class:`BatchTaken`, :class:`NotFound`.
    """
    _lock_documents(batch_id, any(scan.outcome != "picked" for scan in scans))
    number, state, picker_id, warehouse_id, paused_id = _lock_batch(batch_id)
    scans = list({scan.scan_id: scan for scan in reversed(scans)}.values())[::-1]
    known = scans_known("pick", {scan.scan_id: scan.payload() for scan in scans})
    fresh = [scan for scan in scans if scan.scan_id not in known]
    if not fresh:
        return PickResult([known[scan.scan_id] for scan in scans], (), state)
    if state == Batch.State.RELEASED:
        batch_start(batch_id=batch_id)
    elif state == Batch.State.PICKING:
        _require_mine(number, picker_id)
        if paused_id is not None and current_actor().user_id is not None:
            task_start(task_id=paused_id)
    tasks = _tasks(batch_id)
    verdicts = judge(fresh, {key: task.view for key, task in tasks.items()}, _barcodes(fresh))
    new_tasks = _write(batch_id, warehouse_id, tasks, verdicts)
    payloads = {scan.scan_id: scan.payload() for scan in fresh}
    scans_store("pick", [(result, payloads[result.scan_id], batch_id) for result in verdicts.results])
    worker_seen(warehouse_id=warehouse_id, location_id=_last_place(tasks, verdicts))
    after = fetch_one("SELECT state FROM batch WHERE id = %s", [batch_id])
    assert after is not None
    answers: dict[UUID, ScanResult] = {**known, **{result.scan_id: result for result in verdicts.results}}
    return PickResult([answers[scan.scan_id] for scan in scans], new_tasks, after[0])


def _lock_documents(batch_id: int, with_orders: bool) -> None:
    """Orders (when their lines will change), then fulfilments, in the order of ADR 0003."""
    rows = fetch("SELECT id, order_id FROM fulfilment WHERE batch_id = %s", [batch_id])
    if with_orders:
        orders_lock(order_ids=sorted({row[1] for row in rows}))
    execute(
        "SELECT 1 FROM fulfilment WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [sorted(row[0] for row in rows)],
    )


def _last_place(tasks: Mapping[int, PickTaskRow], verdicts: Verdicts) -> int | None:
    """Where the picker stood at the last scan that was right."""
    done = [part["task_id"] for result in verdicts.results if result.ok for part in result.data["tasks"]]
    return tasks[done[-1]].location_id if done else None


def _lock_batch(batch_id: int) -> tuple[str, str, int | None, int, int | None]:
    """Lock a batch: (number, state, picker, warehouse, its task if that is paused).

    Raises NotFound, also outside the actor's scope.
    """
    row = fetch_one(
        "SELECT b.number, b.state, b.picker_id, w.warehouse_id, t.id FROM batch b JOIN wave w ON w.id = b.wave_id"
        " LEFT JOIN task t ON t.subject_kind = 'batch' AND t.subject_id = b.id AND t.state = 'paused'"
        " WHERE b.id = %s FOR NO KEY UPDATE OF b",
        [batch_id],
    )
    if row is None:
        raise NotFound(_("There is no such batch."))
    current_actor().scope.require(warehouse=row[3])
    return row[0], row[1], row[2], row[3], row[4]


def _require_mine(number: str, picker_id: int | None) -> None:
    """Raise :class:`BatchTaken` unless the acting person (or a program) may work on this batch."""
    user_id = current_actor().user_id
    if picker_id is not None and user_id is not None and picker_id != user_id:
        raise BatchTaken(
            _("Somebody else picks batch %(number)s. Take another one, or ask them to give it back.")
            % {"number": number},
            data={"number": number, "picker_id": picker_id},
        )


def _tasks(batch_id: int) -> dict[int, PickTaskRow]:
    """Lock and read all pick tasks of the batch; two statements."""
    execute("SELECT 1 FROM pick_task WHERE batch_id = %s ORDER BY id FOR NO KEY UPDATE", [batch_id])
    return {
        row[0]: PickTaskRow(
            view=TaskView(
                id=row[0], state=row[1], left=row[2], sequence=row[3], sku_id=row[4],
                location_code=row[9], sku_code=row[10], slot=row[11],
            ),
            allocation_id=row[5],
            staging_id=row[6],
            line_id=row[7],
            lot_id=row[8],
            fulfilment_id=row[12],
            order_id=row[13],
            owner_id=row[14],
            location_id=row[15],
        )
        for row in fetch(_TASKS, [batch_id])
    }  # fmt: skip


def _barcodes(scans: Sequence[PickScan]) -> dict[str, Match]:
    codes = sorted({scan.sku_barcode for scan in scans if scan.sku_barcode})
    return {code: Match(found.sku_id, found.quantity) for code, found in barcode_resolve(codes).items()}


def _write(
    batch_id: int, warehouse_id: int, tasks: Mapping[int, PickTaskRow], verdicts: Verdicts
) -> tuple[int, ...]:
    """Write what the accepted scans amount to; returns ids of tasks added for units that were short."""
    new_tasks: tuple[int, ...] = ()
    if verdicts.picked:
        _write_picks(tasks, verdicts.picked)
    if verdicts.troubled:
        troubles = [
            Trouble(
                task_id=task_id, outcome=outcome, quantity=units, allocation_id=tasks[task_id].allocation_id,
                line_id=tasks[task_id].line_id, sku_id=tasks[task_id].view.sku_id, owner_id=tasks[task_id].owner_id,
                staging_id=tasks[task_id].staging_id,
            )
            for (task_id, outcome), units in verdicts.troubled.items()
        ]  # fmt: skip
        new_tasks = trouble_settle(batch_id=batch_id, warehouse_id=warehouse_id, troubles=troubles)
    touched = {*verdicts.picked, *(task_id for task_id, _ in verdicts.troubled)}
    if touched:
        progress_update(
            fulfilment_ids={tasks[task_id].fulfilment_id for task_id in touched}, batch_ids=[batch_id]
        )
    return new_tasks


def _write_picks(tasks: Mapping[int, PickTaskRow], picked: Mapping[int, int]) -> None:
    """Move the units to staging, count them on lines and tasks; one statement a table."""
    allocations_pick(
        picks=[
            PickMove(
                allocation_id=tasks[task_id].allocation_id,
                quantity=units,
                to_location_id=tasks[task_id].staging_id,
                source_kind="pick_task",
                source_id=task_id,
            )
            for task_id, units in sorted(picked.items())
        ]
    )
    by_line: dict[int, int] = defaultdict(int)
    for task_id, units in picked.items():
        by_line[tasks[task_id].line_id] += units
    execute(
        "UPDATE fulfilment_line l SET picked = l.picked + c.units FROM unnest(%s::bigint[], %s::bigint[])"
        " AS c (id, units) WHERE l.id = c.id",
        columns(sorted(by_line.items()), 2),
    )
    execute(
        "UPDATE pick_task t SET picked = t.picked + c.units, done_by = %s, done_at = %s,"
        " state = CASE WHEN t.picked + c.units + t.short < t.quantity THEN 'open'"
        "              WHEN t.short > 0 THEN 'short' ELSE 'done' END"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, units) WHERE t.id = c.id",
        [current_actor().name[:100], now(), *columns(sorted(picked.items()), 2)],
    )
