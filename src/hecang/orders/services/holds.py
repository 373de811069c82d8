"""Audit by people: approve, hold, release 审核, 挂起, 解除. Each for one order or for many at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, run_in_transaction, transactional
from hecang.kernel.errors import HecangError, PermissionMissing
from hecang.kernel.outbox import Event, emit
from hecang.orders.errors import CreditExceeded
from hecang.orders.events import OrdersApproved, OrdersResumed, OrdersStopped
from hecang.orders.models import OrderHold
from hecang.orders.services.crediting import credit_gate, credit_words
from hecang.orders.services.decisions import CREDIT, holds_explained, releases_write
from hecang.orders.services.lines import chunks
from hecang.orders.services.locking import (
    ActionResult,
    OrderLocked,
    missing,
    orders_lock_in_scope,
    refused,
    result_of,
    sorted_results,
)
from hecang.orders.states import APPROVED, CANCELLED, CLOSED, MERGED, PENDING, SHIPPED

MANUAL = OrderHold.Code.MANUAL.value

_PLACE = """
INSERT INTO order_hold (order_id, code, detail, placed_by, placed_at, released_by, note)
SELECT d.order_id, d.code, d.detail, %s, %s::timestamptz, '', %s
FROM unnest(%s::bigint[], %s::text[], %s::jsonb[]) AS d (order_id, code, detail)
ON CONFLICT (order_id, code) WHERE released_at IS NULL DO NOTHING
RETURNING order_id
"""
_RELEASE = """
UPDATE order_hold SET released_by = %s, released_at = %s::timestamptz,
    note = CASE WHEN %s::text = '' THEN note ELSE %s::text END
WHERE order_id = ANY(%s::bigint[]) AND released_at IS NULL AND (%s::text[] IS NULL OR code = ANY(%s::text[]))
RETURNING order_id, code
"""
_STILL_HELD = (
    "SELECT DISTINCT order_id FROM order_hold WHERE order_id = ANY(%s::bigint[]) AND released_at IS NULL"
)
_MARK_HELD = "UPDATE sales_order SET is_held = true, updated_at = %s WHERE id = ANY(%s::bigint[])"
_MARK_FREE = """
UPDATE sales_order SET is_held = false, state = CASE WHEN id = ANY(%s::bigint[]) THEN 'approved' ELSE state END,
    updated_at = %s
WHERE id = ANY(%s::bigint[])
"""


def order_approve(*, order_id: int, note: str = "") -> ActionResult:
    """Approve one order; see :func:`orders_approve`. Raises what that would report."""
    return _one(order_id, lambda ids: _approve(ids, note))


@transactional
def orders_approve(*, order_ids: Sequence[int], note: str = "") -> list[ActionResult]:
    """Let orders go to the warehouse: every hold on them is released, what was pending is approved.

    An order that is approved and not held already is ``unchanged``. One that its customer's credit does not
    cover is held for that instead (``credit_exceeded``). Locks the orders, then the credits. Emits
    ``OrdersApproved`` (and ``OrdersResumed`` for those that had been approved before). Seven statements, three more where customers have credit.
    """
    return _reported(order_ids, _approve(order_ids, note))


def order_hold(
    *, order_id: int, code: str = MANUAL, note: str = "", detail: Mapping[str, Any] | None = None
) -> ActionResult:
    """Hold one order; see :func:`orders_hold`. Raises what that would report."""
    return _one(order_id, lambda ids: _hold(ids, code, note, detail))


@transactional
def orders_hold(
    *, order_ids: Sequence[int], code: str = MANUAL, note: str = "", detail: Mapping[str, Any] | None = None
) -> list[ActionResult]:
    """Stop orders that have not ended. A hold of the same code that stands stays as it is (``unchanged``).

    Locks the orders. Emits ``OrdersStopped`` for those that had been approved. Four statements.
    """
    return _reported(order_ids, _hold(order_ids, code, note, detail))


def order_hold_release(*, order_id: int, codes: Sequence[str] | None = None, note: str = "") -> ActionResult:
    """Release holds of one order; see :func:`orders_hold_release`. Raises what that would report."""
    return _one(order_id, lambda ids: _release(ids, codes, note))


@transactional
def orders_hold_release(
    *, order_ids: Sequence[int], codes: Sequence[str] | None = None, note: str = ""
) -> list[ActionResult]:
    """Release the holds of these codes, or all of them.

    Where none is left, an order that had been approved goes on, and a pending one is approved if its shop
    approves by itself; otherwise it waits for :func:`orders_approve`. Locks the orders. Six statements.
    """
    return _reported(order_ids, _release(order_ids, codes, note))


Outcome = dict[int, HecangError | str]


def _approve(order_ids: Sequence[int], note: str) -> Outcome:
    orders = orders_lock_in_scope(order_ids)
    outcome: Outcome = {}
    good: list[OrderLocked] = []
    for order_id in order_ids:
        order = orders.get(order_id)
        if order is None:
            outcome[order_id] = missing()
        elif (error := _ended(order)) is not None:
            outcome[order_id] = error
        elif order.is_cancelling:
            outcome[order_id] = refused(
                order, _("Order %(number)s is being cancelled; wait for the answer of the warehouse.")
            )
        elif order.state != PENDING and not order.is_held:
            outcome[order_id] = "unchanged"
        else:
            outcome[order_id] = ""
            good.append(order)
    if good:
        now = clock.now()
        refused_credit = _credit_hold([order.id for order in good if order.state == PENDING], now)
        for order_id, detail in refused_credit.items():
            outcome[order_id] = CreditExceeded(credit_words(detail), data={"order_id": order_id, **detail})
        good = [order for order in good if order.id not in refused_credit]
        explained = holds_explained([order.id for order in good if order.is_held])
        codes = holds_release(good, None, note, now)
        releases_write(_dropped(explained, codes, but=CREDIT), note)
        go_on(good, [order.id for order in good if order.state == PENDING], now)
        audit_record_many(
            action="orders.order.approved",
            entity_kind="sales_order",
            entries=[
                (
                    order.id,
                    {"state": order.state, "holds": codes.get(order.id, [])},
                    _noted(note, state=_after(order)),
                )
                for order in good
            ],
        )
    return outcome


def _hold(order_ids: Sequence[int], code: str, note: str, detail: Mapping[str, Any] | None) -> Outcome:
    orders = orders_lock_in_scope(order_ids)
    outcome: Outcome = {}
    good: list[OrderLocked] = []
    for order_id in order_ids:
        order = orders.get(order_id)
        if order is None:
            outcome[order_id] = missing()
        elif (error := _ended(order)) is not None:
            outcome[order_id] = error
        else:
            good.append(order)
    placed = holds_place([(order.id, code, detail or {}) for order in good], note, clock.now())
    outcome |= {order.id: "" if order.id in placed else "unchanged" for order in good}
    audit_record_many(
        action="orders.order.held",
        entity_kind="sales_order",
        entries=[(order.id, None, _noted(note, hold=code)) for order in good if order.id in placed],
    )
    stopped = [
        order.id for order in good if order.id in placed and order.state != PENDING and not order.is_held
    ]
    emit(*(OrdersStopped(order_ids=tuple(part)) for part in chunks(stopped)))
    return outcome


def _release(order_ids: Sequence[int], codes: Sequence[str] | None, note: str) -> Outcome:
    orders = orders_lock_in_scope(order_ids)
    outcome: Outcome = {order_id: missing() for order_id in order_ids if order_id not in orders}
    now = clock.now()
    explained = holds_explained([order.id for order in orders.values() if order.is_held])
    for order_id in _credit_kept(explained, codes):
        outcome[order_id] = PermissionMissing(
            _("Only finance may let an order go on in spite of the customer's credit. Name the other holds.")
        )
        del orders[order_id]
    released = holds_release(list(orders.values()), codes, note, now)
    releases_write(_dropped(explained, released), note)
    outcome |= {order_id: "" if order_id in released else "unchanged" for order_id in orders}
    settle_released([orders[order_id] for order_id in sorted(released)], now)
    audit_record_many(
        action="orders.order.released",
        entity_kind="sales_order",
        entries=[(order_id, {"holds": gone}, _noted(note)) for order_id, gone in sorted(released.items())],
    )
    return outcome


# ------------------------------------------------------------------ parts that other services use


def holds_place(holds: Sequence[tuple[int, str, Mapping[str, Any]]], note: str, at: datetime) -> set[int]:
    """Place holds (order id, code, detail) on locked orders; the orders that got a new one. Two statements."""
    if not holds:
        return set()
    rows = [
        (order_id, code, json.dumps(dict(detail), ensure_ascii=False)) for order_id, code, detail in holds
    ]
    placed = {
        row[0] for row in fetch(_PLACE, [current_actor().name[:100], at, note[:200], *columns(rows, 3)])
    }
    if placed:
        execute(_MARK_HELD, [at, sorted(placed)])
    return placed


def holds_release(
    orders: Sequence[OrderLocked], codes: Sequence[str] | None, note: str, at: datetime
) -> dict[int, list[str]]:
    """Release holds of locked orders; order id → codes released. The flag is the caller's business."""
    if not orders:
        return {}
    wanted = None if codes is None else list(codes)
    released: dict[int, list[str]] = {}
    parameters = [
        current_actor().name[:100],
        at,
        note[:200],
        note[:200],
        [o.id for o in orders],
        wanted,
        wanted,
    ]
    for order_id, code in fetch(_RELEASE, parameters):
        released.setdefault(order_id, []).append(code)
    return released


def settle_released(orders: Sequence[OrderLocked], at: datetime) -> list[int]:
    """What follows from released holds: the orders that no hold stands on any more go on; their ids."""
    if not orders:
        return []
    held = {row[0] for row in fetch(_STILL_HELD, [[order.id for order in orders]])}
    free = [order for order in orders if order.id not in held]
    going = [order.id for order in free if order.state == PENDING and order.auto_approve]
    if refused_credit := _credit_hold(going, at):
        free = [order for order in free if order.id not in refused_credit]
        going = [order_id for order_id in going if order_id not in refused_credit]
    go_on(free, going, at)
    return [order.id for order in free]


def go_on(orders: Sequence[OrderLocked], approved: Sequence[int], at: datetime) -> None:
    """Take the flag from orders that nothing holds any more, approve some of them, and tell."""
    if not orders:
        return
    execute(_MARK_FREE, [list(approved), at, [order.id for order in orders]])
    resumed = [order.id for order in orders if order.state != PENDING and order.is_held]
    events: list[Event] = [OrdersResumed(order_ids=tuple(part)) for part in chunks(resumed)]
    going = sorted({*approved, *resumed})
    events += [OrdersApproved(order_ids=tuple(part)) for part in chunks(going)]
    emit(*events)


# ------------------------------------------------------------------ credit and rules

Explained = Mapping[int, Mapping[str, Mapping[str, Any]]]


def _credit_hold(order_ids: Sequence[int], at: datetime) -> dict[int, dict[str, Any]]:
    """Hold those of the orders about to be approved that their customers' credit does not cover; why."""
    refused_credit = credit_gate(order_ids)
    holds_place([(order_id, CREDIT, detail) for order_id, detail in refused_credit.items()], "", at)
    return refused_credit


def _credit_kept(explained: Explained, codes: Sequence[str] | None) -> list[int]:
    """Orders whose credit hold was to be released by somebody who may not."""
    if (codes is not None and CREDIT not in codes) or current_actor().may("partners.credit.override"):
        return []
    return [order_id for order_id, holds in explained.items() if CREDIT in holds]


def _dropped(
    explained: Explained, released: Mapping[int, Sequence[str]], *, but: str = ""
) -> dict[int, dict[str, Mapping[str, Any]]]:
    """The explanations of the holds that were released."""
    return {
        order_id: {code: holds[code] for code in released[order_id] if code in holds and code != but}
        for order_id, holds in explained.items()
        if order_id in released
    }


# ------------------------------------------------------------------ results


def _ended(order: OrderLocked) -> HecangError | None:
    if order.state not in CLOSED:
        return None
    words = {
        CANCELLED: _("Order %(number)s has been cancelled; take it in anew under another number."),
        MERGED: _("Order %(number)s travels in another order; act on that one, or part them first."),
        SHIPPED: _("Order %(number)s has been shipped; stop the parcel with its carrier or open a return."),
    }
    return refused(order, words[order.state])


def _after(order: OrderLocked) -> str:
    return APPROVED if order.state == PENDING else order.state


def _noted(note: str, **facts: Any) -> dict[str, Any]:
    return {**facts, "note": note[:200]} if note else facts


def _reported(order_ids: Sequence[int], outcome: Outcome) -> list[ActionResult]:
    results = {
        order_id: result_of(order_id, value)
        if isinstance(value, HecangError)
        else ActionResult(order_id, True, value)
        for order_id, value in outcome.items()
    }
    return sorted_results(order_ids, results)


def _one(order_id: int, action: Any) -> ActionResult:
    # What is refused may have left a hold, which stays.
    value = run_in_transaction(lambda: action([order_id])[order_id])
    if isinstance(value, HecangError):
        raise value
    return ActionResult(order_id, True, value)
