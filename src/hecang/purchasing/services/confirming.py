"""What suppliers answer: how many, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
    """

    line_id: int
    quantity: int
    on: date | None = None


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
        "UPDATE purchase_order_line l SET confirmed_quantity = s.quantity, confirmed_on = s.day"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::date[]) AS s (id, quantity, day) WHERE l.id = s.id",
        columns(((one.line_id, one.quantity, one.on) for one in said), 3),
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
        one
        if one.on is not None
        else LineConfirmed(one.line_id, one.quantity, known[one.line_id].expected_on)
        for one in {one.line_id: one for one in lines}.values()
    ]


def _differences(known: dict[int, LockedLine], said: Sequence[LineConfirmed]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for one in said:
        line = known[one.line_id]
        if one.quantity != line.quantity - line.cancelled or one.on != line.expected_on:
            found.append(
                {
                    "line": line.number,
                    "ordered": line.quantity - line.cancelled,
                    "confirmed": one.quantity,
                    "wanted_on": line.expected_on,
                    "confirmed_on": one.on,
                }
            )
    return found[:200]
