"""Cancelling 取消: free before the wave; in the warehouse it is asked for and answered; too late once shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.services import reservations_release
from hecang.kernel import clock
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.errors import HecangError
from hecang.kernel.outbox import emit
from hecang.orders.events import OrdersCancelRequested, ReservationsFreed
from hecang.orders.services.holds import MANUAL, holds_place
from hecang.orders.services.lines import chunks, orders_derive
from hecang.orders.services.locking import (
    ActionResult,
    LineLocked,
    OrderLocked,
    lines_lock,
    missing,
    orders_lock,
    orders_lock_in_scope,
    refused,
    result_of,
    sorted_results,
)
from hecang.orders.services.unmerging import order_unmerge
from hecang.orders.states import CANCELLED, FINAL, MERGED, PENDING, SHIPPED

_CANCEL_LINES = """
UPDATE sales_order_line SET cancelled = cancelled + reserved + backordered, reserved = 0, backordered = 0
WHERE order_id = ANY(%s::bigint[]) AND reserved + backordered > 0
"""
_MARK = "UPDATE sales_order SET is_cancelling = true, updated_at = %s WHERE id = ANY(%s::bigint[])"
_UNMARK = """
UPDATE sales_order SET is_cancelling = false, updated_at = %s
WHERE id = ANY(%s::bigint[]) AND is_cancelling RETURNING id
"""


@dataclass(frozen=True, slots=True)
class CancelAnswer:
    """What the warehouse says to a request to cancel.

    :param refused: empty where everything that could be stopped has been; else why not, as a code such as
        ``sealed`` or ``loaded``.
    """

    order_id: int
    refused: str = ""


@transactional
def order_cancel(*, order_id: int, reason: str = "") -> ActionResult:
    """Cancel one order; see :func:`orders_cancel`. Raises what that would report."""
    value = _cancel([order_id], reason)[order_id]
    if isinstance(value, HecangError):
        raise value
    return ActionResult(order_id, True, value)


@transactional
def orders_cancel(*, order_ids: Sequence[int], reason: str = "") -> list[ActionResult]:
    """Cancel everything of these orders that has not been shipped.

    What is reserved or backordered is cancelled at once and its stock is free again. What the warehouse has
    allocated is asked for: the order is ``is_cancelling`` (result code ``requested``) until
    :func:`orders_cancel_answer`. Shipped orders are refused. A merged order is parted from the one it travels in
    first; once a wave has taken that one, it is refused.

    Locks: orders, lines, then availability, each in key order. Emits ``OrdersCancelRequested`` for orders that
    had been approved and ``OrdersCancelled`` for those that have ended, ``ReservationsFreed``. About ten statements.
    """
    results = {
        order_id: result_of(order_id, value)
        if isinstance(value, HecangError)
        else ActionResult(order_id, True, value)
        for order_id, value in _cancel(order_ids, reason).items()
    }
    return sorted_results(order_ids, results)


@transactional
def orders_cancel_answer(*, answers: Sequence[CancelAnswer]) -> None:
    """Take the warehouse's answers: the orders are no longer being cancelled, and their state follows the lines.

    The caller has shifted the units that it could stop to ``cancelled`` (:func:`order_lines_shift`). A refusal
    holds the order, if it has not ended, so that a person sees it. Orders that nobody cancels are skipped.

    Locks the orders. Emits ``OrdersCancelled`` for those that have ended so.
    """
    orders = orders_lock(order_ids=[answer.order_id for answer in answers])
    if not orders:
        return
    now = clock.now()
    marked = {row[0] for row in fetch(_UNMARK, [now, sorted(orders)])}
    orders_derive(list(orders))
    refusals = {
        answer.order_id: answer.refused for answer in answers if answer.refused and answer.order_id in orders
    }
    still_open = _open([order_id for order_id in refusals if order_id in marked])
    holds_place(
        [(order_id, MANUAL, {"cancel_refused": refusals[order_id]}) for order_id in still_open], "", now
    )
    audit_record_many(
        action="orders.order.cancel_answered",
        entity_kind="sales_order",
        entries=[
            (order_id, None, {"refused": refusals[order_id]} if order_id in refusals else {"refused": None})
            for order_id in sorted(marked)
        ],
    )


def _open(order_ids: Sequence[int]) -> list[int]:
    if not order_ids:
        return []
    rows = fetch(
        "SELECT id FROM sales_order WHERE id = ANY(%s::bigint[]) AND state <> ALL(%s::text[]) ORDER BY id",
        [list(order_ids), sorted(FINAL)],
    )
    return [row[0] for row in rows]


def _cancel(order_ids: Sequence[int], reason: str) -> dict[int, HecangError | str]:
    outcome: dict[int, HecangError | str] = {}
    for order_id in _merged(order_ids):
        try:  # what was bought with it is cancelled, not the order that it travels in
            with transaction.atomic():
                order_unmerge(order_id=order_id, note=reason)
        except HecangError as error:
            outcome[order_id] = error
    orders = orders_lock_in_scope(order_ids)
    good: list[OrderLocked] = []
    for order_id in order_ids:
        order = orders.get(order_id)
        if order is None:
            outcome[order_id] = missing()
        elif order_id in outcome:
            continue
        elif order.state == MERGED:
            message = _("Order %(number)s was just merged into another one. Read it again and repeat.")
            outcome[order_id] = refused(order, message)
        elif order.state == SHIPPED:
            message = _(
                "Order %(number)s has been shipped; stop the parcel with its carrier or open a return."
            )
            outcome[order_id] = refused(order, message)
        elif order.state == CANCELLED or order.is_cancelling:
            outcome[order_id] = "unchanged"
        else:
            good.append(order)
    if good:
        outcome |= _cancel_locked(good, reason)
    return outcome


def _merged(order_ids: Sequence[int]) -> list[int]:
    rows = fetch(
        "SELECT id FROM sales_order WHERE id = ANY(%s::bigint[]) AND state = 'merged' ORDER BY id",
        [list(order_ids)],
    )
    return [row[0] for row in rows]


def _cancel_locked(orders: Sequence[OrderLocked], reason: str) -> dict[int, HecangError | str]:
    ids = [order.id for order in orders]
    lines = lines_lock(ids)
    reserved = [line for of_order in lines.values() for line in of_order if line.reserved]
    reservations_release(source_kind="sales_order_line", source_ids=[line.id for line in reserved])
    execute(_CANCEL_LINES, [ids])
    now = clock.now()
    asked = [order.id for order in orders if _allocated(lines[order.id])]
    if asked:
        execute(_MARK, [now, asked])
    audit_record_many(
        action="orders.order.cancelled",
        entity_kind="sales_order",
        entries=[(order.id, {"state": order.state}, _facts(lines[order.id], reason)) for order in orders],
    )
    orders_derive(ids)
    known = [order.id for order in orders if order.state != PENDING]
    emit(
        *(OrdersCancelRequested(order_ids=tuple(part)) for part in chunks(known)),
        *(
            ReservationsFreed(sku_ids=tuple(part))
            for part in chunks(sorted({line.sku_id for line in reserved}))
        ),
    )
    requested = set(asked)
    return {order_id: "requested" if order_id in requested else "" for order_id in ids}


def _allocated(lines: Sequence[LineLocked]) -> int:
    return sum(line.allocated for line in lines)


def _facts(lines: Sequence[LineLocked], reason: str) -> dict[str, object]:
    facts: dict[str, object] = {"units": sum(line.reserved + line.backordered for line in lines)}
    if requested := _allocated(lines):
        facts["requested"] = requested
    if reason:
        facts["note"] = reason[:200]
    return facts
