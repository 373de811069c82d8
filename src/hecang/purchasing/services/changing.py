"""Changing an order: freely before it was sent, with a history afterwards."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput, Problem, StateConflict
from hecang.kernel.outbox import emit
from hecang.partners.selectors import suppliers_by_id
from hecang.purchasing.errors import ApprovalMissing, BelowReceived, NoPrice, PurchaseLineUnknown
from hecang.purchasing.events import PurchaseSupplyChanged
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.selectors.offers import list_prices
from hecang.purchasing.services.approving import may_raise_to
from hecang.purchasing.services.locking import (
    LockedLine,
    LockedOrder,
    lines_facts,
    lines_lock,
    order_lock,
    totals_save,
)
from hecang.purchasing.services.ordering import OrderLineIn
from hecang.purchasing.services.receiving import state_of
from hecang.purchasing.services.requests import requests_reopen
from hecang.purchasing.states import ENDED, RUNNING


@dataclass(frozen=True, slots=True)
class LineChange:
    """New values of a line; ``None`` leaves what is there. ``quantity`` is what is wanted in all."""

    line_id: int
    quantity: int | None = None
    unit_price: Decimal | None = None
    expected_on: date | None = None


@transactional
def order_change(
    *,
    order_id: int,
    lines: Sequence[LineChange] = (),
    add: Sequence[OrderLineIn] = (),
    remove: Collection[int] = (),
    note: str | None = None,
    reason: str = "",
) -> int:
    """Change an order; its revision afterwards.

    Before it was sent, lines go as if they had never been, and an order that waits for approval or has it is a draft
    again. Afterwards a removed line is cancelled as far as nothing has come of it, what was and what is now goes into
    the history under a new revision, and the supplier has to be told again. It may then grow beyond what was approved
    only by somebody who could approve so much. Locks the order and its lines.

    Raises StateConflict, :class:`PurchaseLineUnknown`, :class:`BelowReceived`, :class:`InvalidInput`, :class:`NoPrice`,
    :class:`ApprovalMissing`.
    """
    order = order_lock(order_id)
    if order.state in ENDED:
        raise StateConflict(
            _("%(number)s has ended and cannot be changed. Make another order.") % {"number": order.number}
        )
    known = lines_lock([order_id])
    _require_known(known, {one.line_id for one in lines} | set(remove))
    before = lines_facts(list(known.values()))
    is_sent = order.state in RUNNING
    touched = [_changed(known[one.line_id], one) for one in lines]
    gone = [known[one] for one in sorted(set(remove))]
    if is_sent:
        for line in gone:
            line.cancelled = line.quantity - line.received
    _require_values([*touched, *gone] if is_sent else touched)
    _write(touched + (gone if is_sent else []))
    if gone:
        requests_reopen([line.id for line in gone if not line.received])
    if not is_sent and gone:
        execute("DELETE FROM purchase_order_line WHERE id = ANY(%s::bigint[])", [[line.id for line in gone]])
    if add:
        _add(order, list(known.values()), add)
    if note is not None:
        execute("UPDATE purchase_order SET note = %s WHERE id = %s", [note[:500], order.id])
    totals_save([order.id])
    after = lines_facts(list(lines_lock([order_id]).values()))
    if before == after:
        return order.revision
    if is_sent:
        _revise(order, before, after, reason)
    elif order.state != State.DRAFT:
        order.go(State.DRAFT)
        execute("UPDATE purchase_order SET state = 'draft', approved_at = NULL WHERE id = %s", [order.id])
    audit_record(
        action="purchasing.order.changed",
        entity_kind="purchase_order",
        entity_id=order.id,
        before={"lines": before[:200]},
        after={"lines": after[:200], "revision": order.revision, "reason": reason},
    )
    return order.revision


def _require_known(known: dict[int, LockedLine], asked: set[int]) -> None:
    if not asked <= known.keys():
        raise PurchaseLineUnknown(_("There is no such line in this order. Load the order again."))


def _changed(line: LockedLine, change: LineChange) -> LockedLine:
    if change.quantity is not None:
        line.quantity, line.cancelled = change.quantity, 0
    if change.unit_price is not None:
        line.unit_price = change.unit_price
    if change.expected_on is not None and change.expected_on != line.expected_on:
        line.expected_on = change.expected_on
        line.confirmed_on = None
    return line


def _require_values(lines: Sequence[LockedLine]) -> None:
    problems = []
    for index, line in enumerate(lines):
        if not 0 < line.quantity <= 10**12 or not 0 <= line.unit_price < 10**9:
            text = _("A line asks for at least one unit, at a price that is not below zero.")
            problems.append(
                Problem(text, code="bad_quantity", loc=f"lines.{index}.quantity", field=str(line.id))
            )
        elif line.quantity - line.cancelled < line.received:
            text = _("%(received)s units of line %(line)s have come already; it cannot ask for less.")
            raise BelowReceived(
                text % {"received": line.received, "line": line.number}, data={"line_id": line.id}
            )
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)


def _write(lines: Sequence[LockedLine]) -> None:
    if lines:
        execute(
            "UPDATE purchase_order_line l SET quantity = s.quantity, cancelled = s.cancelled, unit_price = s.price,"
            " expected_on = s.day, confirmed_on = s.confirmed,"
            " confirmed_price = CASE WHEN l.confirmed_price <> s.price THEN l.confirmed_price END"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::date[], %s::date[])"
            " AS s (id, quantity, cancelled, price, day, confirmed) WHERE l.id = s.id",
            columns(
                (
                    (one.id, one.quantity, one.cancelled, one.unit_price, one.expected_on, one.confirmed_on)
                    for one in lines
                ),
                6,
            ),
        )


def _add(order: LockedOrder, known: Sequence[LockedLine], lines: Sequence[OrderLineIn]) -> None:
    prices = list_prices([(order.supplier_id, one.sku_id, one.quantity, order.currency) for one in lines])
    number = max((line.number for line in known), default=0)
    supplier = suppliers_by_id([order.supplier_id])[order.supplier_id]
    items = {
        row[0]: row[1:]
        for row in fetch(
            "SELECT sku_id, supplier_sku, lead_time_days FROM supplier_item"
            " WHERE supplier_id = %s AND sku_id = ANY(%s::bigint[])",
            [order.supplier_id, [one.sku_id for one in lines]],
        )
    }
    counted = fetch_one(
        "SELECT count(*) FROM sku WHERE id = ANY(%s::bigint[])", [[one.sku_id for one in lines]]
    )
    if counted is None or counted[0] != len({one.sku_id for one in lines}):
        raise InvalidInput(_("There is no such SKU; nothing was written."), code="unknown_reference")
    rows = []
    for index, one in enumerate(lines):
        price = prices.get(index)
        if one.unit_price is None and price is None:
            raise NoPrice(
                _(
                    "There is no price of this article that holds today. Enter a price, or add it to the price list."
                )
            )
        if not 0 < one.quantity <= 10**12:
            raise InvalidInput(_("A line asks for at least one unit."), code="bad_quantity")
        code, lead = items.get(one.sku_id, ("", None))
        days = supplier.lead_time_days if lead is None else lead
        rows.append(
            (
                number + 1 + index, one.sku_id, one.quantity, price if one.unit_price is None else one.unit_price,
                price, code, one.expected_on or clock.today() + timedelta(days=days),
            )
        )  # fmt: skip
    execute(
        "INSERT INTO purchase_order_line (order_id, number, sku_id, quantity, unit_price, list_price, supplier_sku,"
        " expected_on, received, rejected, cancelled, invoiced) SELECT %s, l.*, 0, 0, 0, 0"
        " FROM unnest(%s::integer[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::text[], %s::date[])"
        " AS l (number, sku_id, quantity, unit_price, list_price, supplier_sku, expected_on)",
        [order.id, *columns(rows, 7)],
    )


def _revise(
    order: LockedOrder, before: list[dict[str, object]], after: list[dict[str, object]], reason: str
) -> None:
    row = fetch_one("SELECT amount FROM purchase_order WHERE id = %s", [order.id])
    assert row is not None
    if row[0] > order.amount and not may_raise_to(order, row[0]):
        raise ApprovalMissing(
            _(
                "%(number)s would cost %(amount)s, more than was approved, and you may not approve so much."
                " Ask somebody who may, or make another order for the rest."
            )
            % {"number": order.number, "amount": row[0]}
        )
    order.revision += 1
    order.state = state_of(order, list(lines_lock([order.id]).values()))
    execute(
        "UPDATE purchase_order SET revision = %s, state = %s, approved_amount = greatest(approved_amount, amount),"
        " updated_at = %s WHERE id = %s",
        [order.revision, order.state, clock.now(), order.id],
    )
    execute(
        "INSERT INTO purchase_order_change (order_id, revision, before, after, reason, by, at)"
        " VALUES (%s, %s, %s::jsonb, %s::jsonb, %s, %s, %s)",
        [
            order.id, order.revision, json.dumps({"lines": before}), json.dumps({"lines": after}), reason[:200],
            current_actor().name[:100], clock.now(),
        ],
    )  # fmt: skip
    emit(PurchaseSupplyChanged((order.id,)))
