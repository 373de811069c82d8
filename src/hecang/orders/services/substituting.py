"""Substitution 替代: what is short is replaced by what the table allows, at the price that was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inventory.selectors import availability_for
from hecang.kernel.db import execute, fetch, transactional
from hecang.kernel.errors import HecangError, InvalidInput
from hecang.kernel.outbox import emit
from hecang.orders.errors import LineQuantityConflict
from hecang.orders.events import OrderLinesChanged
from hecang.orders.services.adding import lines_add
from hecang.orders.services.changing_lines import lines_reserve, totals_write
from hecang.orders.services.intake.inputs import LineIn
from hecang.orders.services.lines import orders_derive
from hecang.orders.services.locking import LineLocked, lines_lock, missing, orders_lock_in_scope, refused
from hecang.orders.services.moving import lines_remember, share_of
from hecang.orders.services.wholeness import stock_hold_settle
from hecang.orders.states import BEFORE_WAVE, PENDING

# A row for one shop goes before one for all.
_ALLOWED = """
SELECT t.substitute_id, s.code, t.ratio, t.needs_consent
FROM sku_substitute t JOIN sku s ON s.id = t.substitute_id
WHERE t.sku_id = %s AND t.is_active AND (t.shop_id IS NULL OR t.shop_id = %s) AND s.status = 'active'
    AND (%s::text IS NULL OR s.code = %s::text)
ORDER BY t.shop_id IS NULL, t.priority, t.id
"""
_GIVE_UP = """
UPDATE sales_order_line SET backordered = backordered - %s, cancelled = cancelled + %s, amount = amount - %s
WHERE id = %s
"""
_WAITING = """
SELECT l.id, l.order_id, l.backordered, o.owner_id, t.substitute_id, s.code, t.ratio
FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id JOIN shop h ON h.id = o.shop_id
JOIN sku_substitute t ON t.sku_id = l.sku_id AND t.is_active AND NOT t.needs_consent
    AND (t.shop_id IS NULL OR t.shop_id = o.shop_id)
JOIN sku s ON s.id = t.substitute_id AND s.status = 'active'
WHERE l.backordered > 0 AND l.kind = 'goods' AND (%s::bigint[] IS NULL OR l.sku_id = ANY(%s::bigint[]))
    AND h.substitute_policy = 'auto' AND o.state IN ('pending', 'approved') AND NOT o.is_cancelling
    AND NOT o.awaits_release
ORDER BY o.priority, o.placed_at, l.id, t.shop_id IS NULL, t.priority, t.id LIMIT 2000
"""


class _Allowed(NamedTuple):
    substitute_id: int
    code: str
    ratio: int
    needs_consent: bool


@transactional
def order_line_substitute(
    *,
    order_id: int,
    line_id: int,
    substitute: str = "",
    quantity: int | None = None,
    has_consent: bool = False,
    note: str = "",
) -> int:
    """Send something else for units of a line that are backordered; the id of the (first) new line.

    The old units are cancelled and a line of kind ``substitute`` takes their place and their price, in the ratio
    that the table says; it is sourced and reserved, or backordered. It keeps the channel's number of the line.

    Locks: the order, its lines, then availability. Emits ``OrderLinesChanged`` where the order had been approved.

    :param substitute: code of the SKU; the first that is allowed if not given.
    :param quantity: units of the old line; all that wait if not given.
    :param has_consent: the customer has agreed.
    :raises OrderNotFound: no such order in the actor's scope.
    :raises OrderStateConflict: a wave has taken units, or the order has ended.
    :raises InvalidInput: nothing is allowed in its place, or not without the customer's consent.
    :raises LineQuantityConflict: fewer units wait.
    """
    order = orders_lock_in_scope([order_id]).get(order_id)
    if order is None:
        raise missing()
    if order.state not in BEFORE_WAVE or order.is_cancelling:
        raise refused(order, _("Order %(number)s has gone too far to send something else instead."))
    line = next((one for one in lines_lock([order_id])[order_id] if one.id == line_id), None)
    units = line.backordered if line is not None and quantity is None else quantity or 0
    if line is None or not 0 < units <= line.backordered:
        raise LineQuantityConflict(
            _("The line does not have as many units that wait for stock. Read the order again."),
            data={"line_ids": [line_id]},
        )
    chosen = _choose(line, order.shop_id, substitute, has_consent=has_consent)
    present = line.quantity - line.cancelled
    amount = Decimal(str(line.amount))
    share = amount if units == present else share_of(amount, units, present)
    execute(_GIVE_UP, [units, units, share, line_id])
    row = fetch("SELECT external_line, source_order_id FROM sales_order_line WHERE id = %s", [line_id])[0]
    added = lines_add(
        order,
        [LineIn(chosen.code, units * chosen.ratio, kind="substitute", external_line=row[0])],
        amount=share,
        reason=f"line:{line.line_no}",
        source_order_id=row[1],
    )
    lines_remember([(line_id, key) for key in added.line_ids])
    lines_reserve(order, set(added.line_ids))
    totals_write(order_id)
    orders_derive([order_id])
    stock_hold_settle(order)
    audit_record(
        action="orders.order.substituted",
        entity_kind="sales_order",
        entity_id=order_id,
        before={"line": line.line_no, "units": units},
        after={"sku": chosen.code, "units": added.units} | ({"note": note[:200]} if note else {}),
    )
    if order.state != PENDING:
        emit(OrderLinesChanged(order_ids=(order_id,)))
    return added.line_ids[0]


def _choose(line: LineLocked, shop_id: int, substitute: str, *, has_consent: bool) -> _Allowed:
    code = substitute or None
    allowed = [_Allowed(*row) for row in fetch(_ALLOWED, [line.sku_id, shop_id, code, code])]
    if not allowed:
        raise InvalidInput(
            _("Nothing is allowed in place of this SKU, or not that. Add it to the substitutes first."),
            code="no_substitute",
            data={"line_id": line.id, "substitute": substitute},
        )
    fitting = [one for one in allowed if has_consent or not one.needs_consent]
    if not fitting:
        raise InvalidInput(
            _("The customer has to agree to %(sku)s. Ask, and say that it was agreed.")
            % {"sku": allowed[0].code},
            code="consent_needed",
            data={"line_id": line.id, "substitute": allowed[0].code},
        )
    return fitting[0]


def substitutes_apply(*, sku_ids: Sequence[int] | None = None) -> int:
    """Substitute what is short in shops that want it by themselves; how many lines were.

    Only what needs no consent and is there for all units that wait. Each line is a transaction of its own.
    """
    skus = None if sku_ids is None else list(sku_ids)
    rows = fetch(_WAITING, [skus, skus])
    free: dict[tuple[int, int], int] = {}
    for owner in sorted({row[3] for row in rows}):
        wanted = sorted({row[4] for row in rows if row[3] == owner})
        for (_warehouse, sku), units in availability_for(sku_ids=wanted, owner_id=owner).items():
            free[owner, sku] = free.get((owner, sku), 0) + units
    done: set[int] = set()
    for line_id, order_id, waiting, owner, sku, code, ratio in rows:
        needed = waiting * ratio
        if line_id in done or free.get((owner, sku), 0) < needed:
            continue
        try:
            with transaction.atomic():
                order_line_substitute(order_id=order_id, line_id=line_id, substitute=code, quantity=waiting)
        except HecangError:
            continue  # somebody was quicker; the next round looks again
        free[owner, sku] -= needed
        done.add(line_id)
    return len(done)
