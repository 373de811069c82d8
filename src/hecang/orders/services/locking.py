"""The first lock of every change: the order rows, in primary-key order (ADR 0003)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch
from hecang.kernel.errors import HecangError
from hecang.orders.errors import OrderNotFound, OrderStateConflict

_LOCK = """
SELECT o.id, o.number, o.shop_id, o.owner_id, o.state, o.is_held, o.is_short, o.is_cancelling, s.auto_approve,
    s.allow_partial, s.merge_policy
FROM sales_order o JOIN shop s ON s.id = o.shop_id
WHERE o.id = ANY(%s::bigint[])
ORDER BY o.id
FOR NO KEY UPDATE OF o
"""

_LOCK_LINES = """
SELECT id, order_id, line_no, sku_id, kit_sku_id, quantity, unit_price, amount, reserved, backordered, allocated,
    shipped, cancelled
FROM sales_order_line WHERE order_id = ANY(%s::bigint[])
ORDER BY id
FOR NO KEY UPDATE
"""


_ORDERS_OF_LINES = "SELECT DISTINCT order_id FROM sales_order_line WHERE id = ANY(%s::bigint[])"


@dataclass(frozen=True, slots=True)
class OrderLocked:
    """An order as it was when it was locked."""

    id: int
    number: str
    shop_id: int
    owner_id: int
    state: str
    is_held: bool
    is_short: bool
    is_cancelling: bool
    auto_approve: bool
    allow_partial: bool
    merge_policy: str


class LineLocked(NamedTuple):
    """A line as it was when it was locked; ``open`` units are not yet shipped or cancelled."""

    id: int
    order_id: int
    line_no: int
    sku_id: int
    kit_sku_id: int | None
    quantity: int
    unit_price: object
    amount: object
    reserved: int
    backordered: int
    allocated: int
    shipped: int
    cancelled: int


class ActionResult(NamedTuple):
    """What became of one order of a bulk action.

    :param ok: the order is now as asked; also where it was so before (``code`` is then ``unchanged``).
    :param code: empty, ``unchanged``, or the code of what was wrong.
    """

    id: int
    ok: bool
    code: str = ""
    message: str = ""


def orders_lock(*, order_ids: Collection[int]) -> dict[int, OrderLocked]:
    """Lock these orders ``FOR NO KEY UPDATE`` in key order; ids that do not exist are missing.

    Every change of an order or of its lines happens under this lock. One statement.
    """
    if not order_ids:
        return {}
    return {row[0]: OrderLocked(*row) for row in fetch(_LOCK, [sorted(set(order_ids))])}


def orders_lock_of_lines(line_ids: Collection[int]) -> dict[int, OrderLocked]:
    """Lock the orders that these lines lie in. Lines may move to another order until the lock is won: ask again."""
    locked: dict[int, OrderLocked] = {}
    while missing_ids := {row[0] for row in fetch(_ORDERS_OF_LINES, [sorted(set(line_ids))])} - locked.keys():
        locked |= orders_lock(order_ids=missing_ids)
    return locked


def orders_lock_in_scope(order_ids: Collection[int]) -> dict[int, OrderLocked]:
    """:func:`orders_lock`, without those outside the actor's shops and owners."""
    scope = current_actor().scope
    return {
        key: order
        for key, order in orders_lock(order_ids=order_ids).items()
        if (scope.shops is None or order.shop_id in scope.shops)
        and (scope.owners is None or order.owner_id in scope.owners)
    }


def lines_lock(order_ids: Collection[int]) -> dict[int, list[LineLocked]]:
    """Lock all lines of orders that are locked already, in key order; order id → lines by number."""
    found: dict[int, list[LineLocked]] = {order_id: [] for order_id in order_ids}
    for row in fetch(_LOCK_LINES, [sorted(set(order_ids))]):
        found[row[1]].append(LineLocked(*row))
    for lines in found.values():
        lines.sort(key=lambda line: line.line_no)
    return found


# ------------------------------------------------------------------ results


def result_of(order_id: int, error: HecangError) -> ActionResult:
    """A refusal as the result of one order."""
    return ActionResult(order_id, False, error.instance_code, str(error))


def missing() -> OrderNotFound:
    return OrderNotFound(_("There is no such order, or it lies outside your data scope."))


def refused(order: OrderLocked, message: str) -> OrderStateConflict:
    """The order is in a state that forbids what was asked."""
    return OrderStateConflict(
        message % {"number": order.number},
        data={"order_id": order.id, "number": order.number, "state": order.state},
    )


def sorted_results(order_ids: Sequence[int], results: Mapping[int, ActionResult]) -> list[ActionResult]:
    """One result for each distinct id, in the order asked."""
    return [results[order_id] for order_id in dict.fromkeys(order_ids)]
