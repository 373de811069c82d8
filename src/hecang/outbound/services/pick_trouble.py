"""What pickers did not find, or found damaged.

The units are taken out of sale first (missing: quarantine in place until counted; damaged: to the place
for damaged goods). Then others are allocated, from units that nobody has reserved: the new tasks join the
walk. What cannot be replaced is cut here and backordered at the order; where the shop ships nothing in parts,
the order is held, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hecang.accounts.services.audit import audit_record_many
from hecang.catalog.selectors import skus_by_id
from hecang.facility.selectors import special_location
from hecang.inventory.services import (
    Allocated,
    AllocationDemand,
    DamagedIn,
    MissingIn,
    allocations_damage,
    allocations_missing,
    stock_allocate,
)
from hecang.kernel.actor import current_actor
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.outbox import emit
from hecang.orders.services import LineShift, order_lines_shift, orders_hold
from hecang.outbound.events import PicksShort
from hecang.outbound.planning.registry import wave_planner
from hecang.outbound.selectors.walking import walking_geometry

_NEW_TASKS = """
INSERT INTO pick_task (kind, state, warehouse_id, batch_id, fulfilment_line_id, allocation_id, sku_id, lot_id,
    from_location_id, to_location_id, quantity, picked, short, problem, sequence, done_by)
SELECT 'pick', 'open', %s, %s, n.line_id, n.allocation_id, n.sku_id, n.lot_id, n.location_id, n.staging_id,
    n.quantity, 0, 0, '', 0, ''
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS n (line_id, allocation_id, sku_id, lot_id, location_id, staging_id, quantity)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Units of one task that cannot be picked.

    :param outcome: ``short`` (not there) or ``damaged``.
    """

    task_id: int
    outcome: str
    quantity: int
    allocation_id: int
    line_id: int
    sku_id: int
    owner_id: int
    staging_id: int


def trouble_settle(
    *, batch_id: int, warehouse_id: int, troubles: Sequence[Trouble], are_gone: bool = False
) -> tuple[int, ...]:
    """Take bad units out of sale, replace them where possible; returns the ids of new tasks.

    Expects orders, fulfilments, batch and tasks to be locked. Emits ``PicksShort``. A constant number of
    statements.

    :param are_gone: a count has found out, and has taken the units off the books already: nobody needs to be told.
    """
    if not are_gone:
        _out_of_sale(warehouse_id, troubles)
    execute(
        "UPDATE pick_task t SET short = t.short + c.units, problem = c.problem, done_by = %s, done_at = %s,"
        " state = CASE WHEN t.picked + t.short + c.units < t.quantity THEN 'open' ELSE 'short' END"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS c (id, units, problem) WHERE t.id = c.id",
        [current_actor().name[:100], now(), *columns(_by_task(troubles), 3)],
    )
    lost: dict[int, int] = defaultdict(int)
    for trouble in troubles:
        lost[trouble.line_id] += trouble.quantity
    found = _replace(warehouse_id, troubles, lost)
    replaced: dict[int, int] = defaultdict(int)
    for entry in found:
        replaced[entry.source_id] += entry.quantity
    lines_give_up({line_id: units - replaced[line_id] for line_id, units in lost.items()})
    new_tasks = _add_tasks(batch_id, warehouse_id, troubles, found)
    audit_record_many(
        action="pick_task.short",
        entity_kind="pick_task",
        entries=[
            (trouble.task_id, None, {"outcome": trouble.outcome, "quantity": trouble.quantity})
            for trouble in troubles
        ],
    )
    if not are_gone:
        emit(
            PicksShort(
                warehouse_id=warehouse_id, task_ids=tuple(sorted({trouble.task_id for trouble in troubles}))
            )
        )
    return new_tasks


def _by_task(troubles: Sequence[Trouble]) -> list[tuple[int, int, str]]:
    units: dict[int, int] = defaultdict(int)
    problem: dict[int, str] = {}
    for trouble in troubles:
        units[trouble.task_id] += trouble.quantity
        problem[trouble.task_id] = "damaged" if trouble.outcome == "damaged" else "missing"
    return [(task_id, units[task_id], problem[task_id]) for task_id in sorted(units)]


def _out_of_sale(warehouse_id: int, troubles: Sequence[Trouble]) -> None:
    damaged = [trouble for trouble in troubles if trouble.outcome == "damaged"]
    if damaged:
        target = special_location(warehouse_id, "damaged")
        allocations_damage(
            damages=[
                DamagedIn(
                    allocation_id=trouble.allocation_id, quantity=trouble.quantity, to_location_id=target,
                    source_kind="pick_task", source_id=trouble.task_id,
                )
                for trouble in damaged
            ]
        )  # fmt: skip
    missing = [trouble for trouble in troubles if trouble.outcome != "damaged"]
    if missing:
        allocations_missing(
            missing=[
                MissingIn(
                    allocation_id=trouble.allocation_id, quantity=trouble.quantity,
                    source_kind="pick_task", source_id=trouble.task_id,
                )
                for trouble in missing
            ]
        )  # fmt: skip


def _replace(warehouse_id: int, troubles: Sequence[Trouble], lost: Mapping[int, int]) -> list[Allocated]:
    """Allocate other units for what was lost, from what nobody has reserved."""
    skus = skus_by_id(sorted({trouble.sku_id for trouble in troubles}))
    facts = {trouble.line_id: trouble for trouble in troubles}
    return stock_allocate(
        demands=[
            AllocationDemand(
                source_id=line_id,
                warehouse_id=warehouse_id,
                sku_id=facts[line_id].sku_id,
                owner_id=facts[line_id].owner_id,
                quantity=units,
                reservation_source_id=None,
                min_remaining_days=skus[facts[line_id].sku_id].min_remaining_days,
            )
            for line_id, units in sorted(lost.items())
        ]
    ).allocations


def lines_give_up(rest: Mapping[int, int]) -> None:
    """Cut what could not be replaced, and backorder it at the order."""
    cuts = sorted((line_id, units) for line_id, units in rest.items() if units)
    if not cuts:
        return
    rows = fetch(
        "UPDATE fulfilment_line l SET allocated = l.allocated - c.units, cut = l.cut + c.units"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, units) WHERE l.id = c.id"
        " RETURNING l.order_line_id, c.units, l.fulfilment_id",
        columns(cuts, 2),
    )
    order_lines_shift(
        shifts=[
            LineShift(line_id=order_line_id, source="allocated", target="backordered", quantity=units)
            for order_line_id, units, _ in rows
        ]
    )
    _hold_incomplete({row[2] for row in rows})


def _hold_incomplete(fulfilment_ids: set[int]) -> None:
    """Where the shop ships nothing in parts, a person decides: packing waits until the hold is gone."""
    orders = fetch(
        "SELECT DISTINCT f.order_id FROM fulfilment f JOIN shop s ON s.id = f.shop_id"
        " WHERE f.id = ANY(%s) AND NOT s.allow_partial",
        [sorted(fulfilment_ids)],
    )
    if orders:
        orders_hold(order_ids=sorted(row[0] for row in orders), code="stock_short")


def _add_tasks(
    batch_id: int, warehouse_id: int, troubles: Sequence[Trouble], found: Sequence[Allocated]
) -> tuple[int, ...]:
    """Tasks for the replacements, put where the picker will pass; three statements."""
    if not found:
        return ()
    staging = {trouble.line_id: trouble.staging_id for trouble in troubles}
    rows = [
        (
            entry.source_id, entry.id, entry.sku_id, entry.lot_id, entry.location_id, staging[entry.source_id],
            entry.quantity,
        )
        for entry in found
    ]  # fmt: skip
    new_tasks = tuple(
        sorted(row[0] for row in fetch(_NEW_TASKS, [warehouse_id, batch_id, *columns(rows, 7)]))
    )
    _resequence(batch_id, warehouse_id)
    return new_tasks


def _resequence(batch_id: int, warehouse_id: int) -> None:
    """Number the open tasks anew: from where the picker stands through what is left to the depot."""
    tasks = fetch(
        "SELECT id, state, sequence, from_location_id, done_at FROM pick_task"
        " WHERE batch_id = %s AND kind = 'pick' ORDER BY sequence, id",
        [batch_id],
    )
    geometry = walking_geometry(warehouse_id)
    opened = [row for row in tasks if row[1] == "open"]
    done = [row for row in tasks if row[4] is not None]
    last = max(done, key=lambda row: (row[4], row[2]))[3] if done else 0
    here = int(geometry.index_of([last])[0])
    places = geometry.index_of([row[3] for row in opened])
    planner = wave_planner()
    order = planner.walk(geometry, places).order if here < 0 else planner.onward(geometry, here, places)
    rank = {int(geometry.location_id[at]): place for place, at in enumerate(order)}
    opened.sort(key=lambda row: (rank.get(row[3], len(rank)), row[2], row[0]))
    start = max((row[2] for row in tasks if row[1] != "open"), default=0)
    execute(
        "UPDATE pick_task t SET sequence = c.sequence FROM unnest(%s::bigint[], %s::integer[]) AS c (id, sequence)"
        " WHERE t.id = c.id",
        columns(((row[0], start + at) for at, row in enumerate(opened, start=1)), 2),
    )
