"""Parting what was merged: the lines go back to the order that they were bought with."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import execute, fetch, fetch_one, transactional
from hecang.kernel.outbox import emit
from hecang.orders.errors import OrderStateConflict
from hecang.orders.events import OrderLinesChanged
from hecang.orders.models import OrderMerge, SalesOrder
from hecang.orders.services.holds import holds_place
from hecang.orders.services.lines import orders_derive
from hecang.orders.services.locking import OrderLocked, lines_lock, missing, orders_lock_in_scope, refused
from hecang.orders.services.moving import lines_move, orders_count
from hecang.orders.services.wholeness import stock_hold_settle
from hecang.orders.states import BEFORE_WAVE, MERGED, PENDING

_INTO = "SELECT merged_into_id FROM sales_order WHERE id = %s"
_LINES = """
SELECT id, order_id, amount, quantity > cancelled FROM sales_order_line WHERE id = ANY(%s::bigint[]) ORDER BY id
"""
_AMOUNTS = """
SELECT least(o.discount_amount, j.discount_amount),
    least(greatest(0, o.total_amount + %s - o.goods_amount), j.total_amount),
    least(o.deposit_amount, j.deposit_amount), least(o.balance_due, j.balance_due)
FROM sales_order o, sales_order j WHERE o.id = %s AND j.id = %s
"""
# Where the joint order has gone on account or was settled meanwhile, so has what it is parted into.
_COME_BACK = """
UPDATE sales_order o SET state = %s, merged_into_id = NULL, goods_amount = %s, discount_amount = %s, total_amount = %s,
    deposit_amount = %s, balance_due = %s, updated_at = %s,
    on_account = CASE WHEN a.changed THEN j.on_account ELSE o.on_account END,
    settled_at = CASE WHEN a.changed THEN j.settled_at ELSE o.settled_at END
FROM sales_order j, LATERAL (
    SELECT (j.on_account AND j.settled_at IS NULL) <> (s.on_account AND s.settled_at IS NULL) AS changed
    FROM sales_order s WHERE s.id = %s
) a
WHERE o.id = %s AND j.id = %s
"""
_GIVE_BACK = """
UPDATE sales_order SET goods_amount = goods_amount - %s, discount_amount = discount_amount - %s,
    total_amount = total_amount - %s, deposit_amount = deposit_amount - %s, balance_due = balance_due - %s,
    updated_at = %s
WHERE id = %s
"""
_HOLDS = """
SELECT code, detail FROM order_hold WHERE order_id = %s AND released_at IS NULL AND code <> 'stock_short' ORDER BY id
"""
_DATES = ("promised_at", "ship_by")


@transactional
def order_unmerge(*, order_id: int, note: str = "") -> int:
    """Part an order from the one that took its lines; the id of that one.

    The lines come back with what has become of them (reservations, cancelled units, substitutes). Both are approved or to be
    audited as the joint order is; holds that stand on it stand on both. The joint order loses what it had taken
    over, where nobody has changed it since.

    Locks: both orders, their lines. Emits ``OrderLinesChanged`` where they are approved.

    :raises OrderNotFound: the order is not there, or lies outside the actor's scope.
    :raises OrderStateConflict: it is not merged, a wave has taken the joint order, or a part of its lines has gone on.
    """
    order, joint = _lock(order_id)
    record = OrderMerge.objects.get(source=order_id, undone_at__isnull=True)
    found = [row for row in fetch(_LINES, [record.line_ids]) if row[1] == joint.id or row[3]]
    elsewhere = sorted({row[1] for row in found if row[1] != joint.id})
    if elsewhere or not found:
        raise OrderStateConflict(
            _("Lines of order %(number)s have gone on to another order. Undo that first.")
            % {"number": order.number},
            data={"order_id": order_id, "order_ids": elsewhere},
        )
    mine = {row[0] for row in found}
    if mine.issuperset(line.id for line in lines_lock([joint.id])[joint.id]):
        raise refused(
            joint, _("Order %(number)s has no other goods left; act on that one: nothing of it would remain.")
        )
    now = clock.now()
    lines_move(dict.fromkeys(mine, order_id))
    _part_amounts(order_id, joint, sum((row[2] for row in found), Decimal(0)), now)
    _forget(joint.id, record.taken_over)
    OrderMerge.objects.filter(pk=record.pk).update(undone_by=current_actor().name[:100], undone_at=now)
    orders_count([order_id, joint.id])
    standing = fetch(_HOLDS, [joint.id])
    holds_place(
        [(order_id, code, {**json.loads(detail), "unmerged": True}) for code, detail in standing], "", now
    )
    orders_derive([order_id, joint.id])
    for one in orders_lock_in_scope([order_id, joint.id]).values():
        if one.state in BEFORE_WAVE:
            stock_hold_settle(one)
    noted = {"note": note[:200]} if note else {}
    audit_record_many(
        action="orders.order.unmerged",
        entity_kind="sales_order",
        entries=[
            (order_id, {"state": MERGED, "into": joint.number}, {"state": joint.state} | noted),
            (joint.id, {"orders": [order.number]}, noted),
        ],
    )
    if joint.state != PENDING:
        emit(OrderLinesChanged(order_ids=tuple(sorted((order_id, joint.id)))))
    return joint.id


def _lock(order_id: int) -> tuple[OrderLocked, OrderLocked]:
    """The merged order and the joint one, locked together; whom it has gone into is read again under the lock."""
    row = fetch_one(_INTO, [order_id])
    joint_id = row[0] if row else None
    orders = orders_lock_in_scope([order_id] if joint_id is None else [order_id, joint_id])
    order = orders.get(order_id)
    if order is None:
        raise missing()
    row = fetch_one(_INTO, [order_id])
    assert row is not None
    if order.state != MERGED or row[0] != joint_id:
        raise refused(
            order, _("Order %(number)s is not merged into another one, or was just now. Read it again.")
        )
    joint = orders.get(row[0])
    if joint is None:
        raise missing()
    if joint.state not in BEFORE_WAVE or joint.is_cancelling:
        raise refused(
            joint,
            _("Order %(number)s, which the goods travel in, has gone too far to be taken apart: the warehouse works"
              " on it, or it was cancelled or merged itself."),
        )  # fmt: skip
    return order, joint


def _part_amounts(order_id: int, joint: OrderLocked, goods: Decimal, now: datetime) -> None:
    """Give back what the order brought; where its lines were changed meanwhile, what was paid changed with them.

    What parts of the joint order have taken along is theirs: never does more come back than there is.
    """
    amounts = fetch_one(_AMOUNTS, [goods, order_id, joint.id])
    assert amounts is not None
    execute(_COME_BACK, [joint.state, goods, *amounts, now, order_id, order_id, joint.id])
    execute(_GIVE_BACK, [goods, *amounts, now, joint.id])


def _forget(joint_id: int, taken_over: dict[str, list[Any]]) -> None:
    """Take back what the joint order had from the other, unless it has been changed since."""
    if not taken_over:
        return
    joint = SalesOrder.objects.get(pk=joint_id)
    back = []
    for name, (before, after) in taken_over.items():
        present = getattr(joint, name)
        if (present.isoformat() if isinstance(present, datetime) else present) == after:
            value = datetime.fromisoformat(before) if name in _DATES and before else before
            setattr(joint, name, value)
            back.append(name)
    if back:
        joint.save(update_fields=back)
