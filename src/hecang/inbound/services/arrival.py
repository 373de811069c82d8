"""What becomes of goods when they come in: the state in which they are received, and where they go next.

Receiving asks before it posts (:func:`arrival_conditions`), tells after it has posted (:func:`arrivals_follow`), and
tells where it has taken something back (:func:`arrivals_withdraw`); all in its own transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from hecang.inbound.sampling import switching
from hecang.inbound.services.arrival_types import Arrival
from hecang.inbound.services.following import containers_unpack, goods_follow, putaways_withdraw
from hecang.inbound.services.inspections import ToInspect, inspections_open, inspections_withdraw
from hecang.inbound.services.plans import PlanFacts, plans_resolve
from hecang.inbound.services.records import Key, records_read, records_skip
from hecang.inventory.models import Condition
from hecang.kernel.db import columns, fetch

__all__ = ["Arrival", "arrival_conditions", "arrivals_follow", "arrivals_withdraw"]

#: What one inspection is about: receipt, SKU, lot, owner.
LotKey = tuple[int | None, int, int | None, int]

_STANDING = """
SELECT DISTINCT ON (a.receipt_id, a.sku_id, a.lot_id, a.owner_id)
    a.receipt_id, a.sku_id, a.lot_id, a.owner_id, i.state
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS a (receipt_id, sku_id, lot_id, owner_id)
JOIN inspection i ON i.receipt_id = a.receipt_id AND i.sku_id = a.sku_id AND i.owner_id = a.owner_id
    AND i.lot_id IS NOT DISTINCT FROM a.lot_id AND NOT i.state = 'cancelled'
ORDER BY a.receipt_id, a.sku_id, a.lot_id, a.owner_id, i.id DESC
"""


def arrival_conditions(*, arrivals: Sequence[Arrival]) -> list[str]:
    """The condition in which each is to be booked: as it looks, or quarantine until it is inspected.

    Three statements for any number of arrivals; changes and locks nothing.
    """
    due = _due(arrivals)
    return [
        Condition.QUARANTINE.value if due.get(_lot_key(arrival)) is False else arrival.condition
        for arrival in arrivals
    ]


def arrivals_follow(*, arrivals: Sequence[Arrival]) -> None:
    """Begin what follows: inspection, cross-docking to those who wait, putaway.

    Goods that a plan wants inspected wait in quarantine where they lie; lots that the supplier's record lets through
    are counted as skipped. The others go on at once. A fixed number of statements. Locks inspections that wait,
    records, putaways that wait. Emits ``GoodsArrived``.
    """
    good = [one for one in arrivals if one.condition in (Condition.GOOD, Condition.QUARANTINE)]
    plans = plans_resolve((one.sku_id, one.supplier_id) for one in good)
    due = _due([replace(one, condition=Condition.GOOD.value) for one in good], plans)
    inspect: list[ToInspect] = []
    skips: dict[Key, set[LotKey]] = defaultdict(set)
    follow: list[Arrival] = []
    records = records_read(
        {_record_key(one, plans) for one in good if (one.sku_id, one.supplier_id) in plans}
    )
    fresh = _fresh(good)
    for arrival in arrivals:
        plan = plans.get((arrival.sku_id, arrival.supplier_id))
        skip = due.get(_lot_key(arrival))
        if plan is None or skip is None or arrival.condition not in (Condition.GOOD, Condition.QUARANTINE):
            follow.append(arrival)
            continue
        # The receiver's door may have put a lot into quarantine that its record would have let through.
        waits = arrival.condition == Condition.QUARANTINE
        if not waits and not skip:
            follow.append(arrival)
            continue
        severity = records[_record_key(arrival, plans)].severity
        inspect.append(_to_inspect(arrival, plan, severity, skip=not waits))
        if not waits:
            follow.append(arrival)
            if _lot_key(arrival) in fresh:
                skips[_record_key(arrival, plans)].add(_lot_key(arrival))
    inspections_open(inspect)
    records_skip({key: len(lots) for key, lots in skips.items()})
    goods_follow(arrivals=follow)
    containers_unpack({one.container_id for one in inspect if one.container_id is not None})


def arrivals_withdraw(*, arrivals: Sequence[Arrival]) -> None:
    """They were booked by mistake and have left the stock again: take them out of what waits for them.

    ``condition`` as they had been booked. Call it before the stock is posted back, for tasks are locked before stock. A
    fixed number of statements. Locks inspections, putaways and their tasks.
    """
    if not arrivals:
        return
    inspections_withdraw(
        [(_lot_key(one), one.quantity, one.location_id, one.container_id) for one in arrivals]
    )
    putaways_withdraw(arrivals=arrivals)


def _lot_key(arrival: Arrival) -> LotKey:
    return (arrival.receipt_id, arrival.sku_id, arrival.lot_id, arrival.owner_id)


def _record_key(arrival: Arrival, plans: dict[tuple[int, int | None], PlanFacts]) -> Key:
    return (plans[arrival.sku_id, arrival.supplier_id].id, arrival.sku_id, arrival.supplier_id)


def _states(arrivals: Sequence[Arrival]) -> dict[LotKey, str]:
    keys = sorted({_lot_key(one) for one in arrivals if one.receipt_id is not None}, key=str)
    if not keys:
        return {}
    return {(row[0], row[1], row[2], row[3]): row[4] for row in fetch(_STANDING, columns(keys, 4))}


def _fresh(arrivals: Sequence[Arrival]) -> set[LotKey]:
    """Lots that no inspection knows yet."""
    known = _states(arrivals)
    return {_lot_key(one) for one in arrivals} - known.keys()


def _due(
    arrivals: Sequence[Arrival], plans: dict[tuple[int, int | None], PlanFacts] | None = None
) -> dict[LotKey, bool]:
    """Lots with a plan → whether they are let through by record (``True``) or inspected (``False``)."""
    good = [one for one in arrivals if one.condition == Condition.GOOD]
    if plans is None:
        plans = plans_resolve((one.sku_id, one.supplier_id) for one in good)
    planned = [one for one in good if (one.sku_id, one.supplier_id) in plans]
    if not planned:
        return {}
    standing = _states(planned)
    records = records_read({_record_key(one, plans) for one in planned})
    due: dict[LotKey, bool] = {}
    for arrival in planned:
        lot = _lot_key(arrival)
        if lot in due:
            continue
        if lot in standing:
            due[lot] = standing[lot] == "skipped"
            continue
        plan = plans[arrival.sku_id, arrival.supplier_id]
        key = _record_key(arrival, plans)
        due[lot] = switching.may_skip(records[key], skip_after=plan.skip_after, skip_every=plan.skip_every)
        if due[lot]:
            records[key] = switching.skipped(records[key])
    return due


def _to_inspect(arrival: Arrival, plan: PlanFacts, severity: str, *, skip: bool) -> ToInspect:
    return ToInspect(
        warehouse_id=arrival.warehouse_id,
        owner_id=arrival.owner_id,
        sku_id=arrival.sku_id,
        lot_id=arrival.lot_id,
        supplier_id=arrival.supplier_id,
        quantity=arrival.quantity,
        location_id=arrival.location_id,
        container_id=arrival.container_id,
        receipt_id=arrival.receipt_id,
        receipt_line_id=arrival.receipt_line_id,
        purchase_line_id=arrival.purchase_line_id,
        plan=plan,
        severity=severity,
        skip=skip,
    )
