"""What suppliers answer: how many, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, transactional
from hecang.kernel.errors import InvalidInput, Problem, StateConflict
from hecang.kernel.outbox import emit
from hecang.purchasing.errors import PurchaseLineUnknown, RevisionOutdated
from hecang.purchasing.events import PurchaseSupplyChanged
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.services.locking import LockedLine, lines_lock, order_lock, totals_save
from hecang.purchasing.states import RUNNING


@dataclass(frozen=True, slots=True)
class LineConfirmed:
    """What the supplier says of one line.

    :param quantity: base units that it will deliver, those that have come among them.
    :param on: the day on which they come; ``None``: as was asked for.
    :param unit_price: what it asks for a unit where that is not what was ordered. It is noted, never agreed to by that.
    """

    line_id: int
    quantity: int
    on: date | None = None
    unit_price: Decimal | None = None


@transactional
def order_confirm(
    *,
    order_id: int,
    lines: Sequence[LineConfirmed] | None = None,
    supplier_number: str = "",
    revision: int | None = None,
) -> None:
    """Write down the supplier's answer; without ``lines`` all of it as it was asked for. Can be said again.

    Locks the order and its lines. Raises StateConflict unless it was sent, :class:`RevisionOutdated`,
    :class:`PurchaseLineUnknown`, :class:`InvalidInput`.

    :param revision: the one that is answered, where that is known.
    """
    order = order_lock(order_id)
    if revision is not None and revision != order.revision:
        raise RevisionOutdated(
            _("%(number)s was changed in the meantime. Look at it again, then answer.")
            % {"number": order.number},
            data={"number": order.number, "revision": order.revision},
        )
    if order.state not in RUNNING:
        order.go(State.CONFIRMED)
        raise StateConflict(
            _("%(number)s has not been sent; there is nothing to confirm.") % {"number": order.number}
        )
    known = lines_lock([order_id])
    said = _said(known, lines)
    before = order.state
    if order.state == State.SENT:
        order.go(State.CONFIRMED)
    now = clock.now()
    execute(
        "UPDATE purchase_order_line l SET confirmed_quantity = s.quantity, confirmed_on = s.day,"
        " confirmed_price = CASE WHEN s.price <> l.unit_price THEN s.price END"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::numeric[]) AS s (id, quantity, day, price)"
        " WHERE l.id = s.id",
        columns(((one.line_id, one.quantity, one.on, one.unit_price) for one in said), 4),
    )
    execute(
        "UPDATE purchase_order SET state = %s, confirmed_at = %s, updated_at = %s,"
        " supplier_number = CASE WHEN %s = '' THEN supplier_number ELSE %s END WHERE id = %s",
        [order.state, now, now, supplier_number[:64], supplier_number[:64], order.id],
    )
    totals_save([order.id])
    audit_record(
        action="purchasing.order.confirmed",
        entity_kind="purchase_order",
        entity_id=order.id,
        before={"state": before},
        after={"state": order.state, "differences": _differences(known, said)},
    )
    emit(PurchaseSupplyChanged((order.id,)))


def _said(known: dict[int, LockedLine], lines: Sequence[LineConfirmed] | None) -> list[LineConfirmed]:
    if lines is None:
        return [
            LineConfirmed(one.id, one.quantity - one.cancelled, one.expected_on) for one in known.values()
        ]
    problems = []
    for index, one in enumerate(lines):
        if one.line_id not in known:
            raise PurchaseLineUnknown(_("There is no such line in this order. Load the order again."))
        line = known[one.line_id]
        if not line.received <= one.quantity <= 10**12:
            text = _(
                "%(received)s units of line %(line)s have come already; it cannot be confirmed with less."
            )
            problems.append(
                Problem(
                    text % {"received": line.received, "line": line.number},
                    code="below_received",
                    loc=f"lines.{index}.quantity",
                    field="quantity",
                )
            )
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)
    return [
        one if one.on is not None else replace(one, on=known[one.line_id].expected_on)
        for one in {one.line_id: one for one in lines}.values()
    ]


def _differences(known: dict[int, LockedLine], said: Sequence[LineConfirmed]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for one in said:
        line = known[one.line_id]
        asks = one.unit_price is not None and one.unit_price != line.unit_price
        if one.quantity != line.quantity - line.cancelled or one.on != line.expected_on or asks:
            found.append(
                {
                    **({"price": str(line.unit_price), "price_asked": str(one.unit_price)} if asks else {}),
                    "line": line.number,
                    "ordered": line.quantity - line.cancelled,
                    "confirmed": one.quantity,
                    "wanted_on": line.expected_on,
                    "confirmed_on": one.on,
                }
            )
    return found[:200]
