"""What came in for purchase orders, and what of it was refused. Receiving and inspection call this.

It moves no stock: that is theirs. It writes down how far the orders are, for the next delivery and for scorecards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import Problem
from hecang.kernel.outbox import emit
from hecang.purchasing.errors import NotReceivable, PurchaseLineUnknown, ReceivedTooLittle
from hecang.purchasing.events import PurchaseSupplyChanged
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.services.locking import (
    LockedLine,
    LockedOrder,
    lines_lock,
    orders_lock,
    states_save,
)
from hecang.purchasing.states import RECEIVABLE

_ARRIVED = """
INSERT INTO purchase_arrival (order_line_id, at, quantity, rejected, key)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[])
ON CONFLICT (order_line_id, key) WHERE NOT (key = '') DO NOTHING
RETURNING order_line_id, quantity, rejected, at
"""
_LINES = """
UPDATE purchase_order_line l SET received = s.received, rejected = s.rejected,
    first_received_at = s.first_at, last_received_at = s.last_at
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
    AS s (id, received, rejected, first_at, last_at) WHERE l.id = s.id
"""


@dataclass(frozen=True, slots=True)
class PurchaseReceived:
    """Units that came in for a line.

    :param quantity: base units, the refused ones among them; negative takes back what was booked by mistake.
    :param rejected: of these: refused at the door.
    :param at: by default now.
    :param key: names the receipt line that says so; the same key counts once for a line, however often it comes.
    """

    line_id: int
    quantity: int
    rejected: int = 0
    at: datetime | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class PurchaseRejected:
    """Units of a line that had been received, and were refused afterwards (by inspection, say)."""

    line_id: int
    quantity: int
    at: datetime | None = None
    key: str = ""


@transactional
def purchase_lines_receive(*, received: Sequence[PurchaseReceived]) -> int:
    """Book what came in; how many entries were new. A handful of statements for any number of lines.

    More than was ordered is booked as it is: whether it may come in is for the receiver to judge. Locks the orders,
    then their lines. Raises :class:`PurchaseLineUnknown`, :class:`NotReceivable` (not released, or ended) and
    :class:`ReceivedTooLittle`; then nothing is booked.
    """
    return _book([(one.line_id, one.at, one.quantity, one.rejected, one.key) for one in received])


@transactional
def purchase_lines_reject(*, rejected: Sequence[PurchaseRejected]) -> int:
    """Book that received units were refused afterwards; how many entries were new. Also on closed orders.

    Locks the orders, then their lines. Raises :class:`PurchaseLineUnknown` and :class:`ReceivedTooLittle`.
    """
    return _book([(one.line_id, one.at, 0, one.quantity, one.key) for one in rejected])


_Entry = tuple[int, datetime | None, int, int, str]


def _book(entries: Sequence[_Entry]) -> int:
    if not entries:
        return 0
    order_of = _orders_of([entry[0] for entry in entries])
    orders = orders_lock(order_of.values())
    lines = lines_lock(orders)
    _require_receivable([orders[order_of[entry[0]]] for entry in entries if entry[2]])
    now = clock.now()
    rows = [
        (line, at or now, quantity, refused, key)
        for line, at, quantity, refused, key in entries
        if quantity or refused
    ]
    booked = fetch(_ARRIVED, columns(_once(rows), 5))
    for line_id, quantity, refused, at in booked:
        _count(lines[line_id], quantity, refused, at)
    touched = {row[0] for row in booked}
    _require_whole([lines[one] for one in touched], orders)
    _save([lines[one] for one in sorted(touched)])
    moved = _states(orders, lines, {order_of[one] for one in touched})
    _told(orders, lines, booked, moved)
    return len(booked)


def _once(rows: Sequence[tuple[int, datetime, int, int, str]]) -> list[tuple[int, datetime, int, int, str]]:
    """A key that comes twice in one call counts once."""
    seen: set[tuple[int, str]] = set()
    result = []
    for row in rows:
        if not row[4] or (row[0], row[4]) not in seen:
            result.append(row)
        seen.add((row[0], row[4]))
    return result


def _orders_of(line_ids: Sequence[int]) -> dict[int, int]:
    wanted = sorted(set(line_ids))
    found: dict[int, int] = dict(
        fetch("SELECT id, order_id FROM purchase_order_line WHERE id = ANY(%s::bigint[])", [wanted])
    )
    if missing := [one for one in wanted if one not in found]:
        raise PurchaseLineUnknown(
            _("There is no such line of a purchase order; nothing was booked. Load the order again."),
            data={"line_ids": missing},
        )
    return found


def _require_receivable(orders: Sequence[LockedOrder]) -> None:
    for order in orders:
        if order.state not in RECEIVABLE:
            raise NotReceivable(
                _(
                    "Nothing can be received for purchase order %(number)s: it is in state “%(state)s”."
                    " Release it first, or receive the goods without an order."
                )
                % {"number": order.number, "state": State(order.state).label},
                data={"number": order.number, "state": order.state},
            )


def _count(line: LockedLine, quantity: int, refused: int, at: datetime) -> None:
    line.received += quantity
    line.rejected += refused
    if quantity > 0:
        line.first_received_at = min(line.first_received_at or at, at)
        line.last_received_at = max(line.last_received_at or at, at)
    elif line.received <= 0:
        line.first_received_at = line.last_received_at = None


def _require_whole(lines: Sequence[LockedLine], orders: Mapping[int, LockedOrder]) -> None:
    problems = [
        Problem(
            _(
                "Line %(line)s of %(number)s would have %(received)s units received and %(rejected)s refused;"
                " no more can be taken back or refused than has come."
            )
            % {
                "line": line.number,
                "number": orders[line.order_id].number,
                "received": line.received,
                "rejected": line.rejected,
            },
            code="received_too_little",
            field=str(line.id),
        )
        for line in lines
        if not 0 <= line.rejected <= line.received
    ]
    if problems:
        raise ReceivedTooLittle(problems[0].message, problems=problems)


def _save(lines: Sequence[LockedLine]) -> None:
    if lines:
        execute(
            _LINES,
            columns(
                (
                    (one.id, one.received, one.rejected, one.first_received_at, one.last_received_at)
                    for one in lines
                ),
                5,
            ),
        )


def _states(
    orders: Mapping[int, LockedOrder], lines: Mapping[int, LockedLine], touched: Collection[int]
) -> dict[int, tuple[str, str]]:
    """Let orders follow what came in for them; order → (state before, after) of those that moved."""
    moved: dict[int, tuple[str, str]] = {}
    changed = []
    for order_id in sorted(touched):
        order = orders[order_id]
        if order.state not in RECEIVABLE:
            continue
        target = state_of(order, [line for line in lines.values() if line.order_id == order_id])
        if target != order.state:
            moved[order_id] = (order.state, target)
            order.go(target)
            changed.append(order)
    states_save(changed)
    return moved


def state_of(order: LockedOrder, lines: Sequence[LockedLine]) -> str:
    """How far an order is that goods may come in for, by what has come."""
    if not any(line.received for line in lines):
        if order.confirmed_at:
            return State.CONFIRMED.value
        return State.SENT.value if order.sent_at else State.APPROVED.value
    if any(line.open for line in lines):
        return State.RECEIVING.value
    return State.RECEIVED.value


def _told(
    orders: Mapping[int, LockedOrder],
    lines: Mapping[int, LockedLine],
    booked: Sequence[tuple[int, int, int, datetime]],
    moved: Mapping[int, tuple[str, str]],
) -> None:
    if not booked:
        return
    facts: dict[int, list[dict[str, object]]] = {}
    for line_id, quantity, refused, at in booked:
        line = lines[line_id]
        facts.setdefault(line.order_id, []).append(
            {"line": line.number, "received": quantity, "rejected": refused, "at": at}
        )
    audit_record_many(
        action="purchasing.order.received",
        entity_kind="purchase_order",
        entries=[
            (
                order_id,
                {"state": moved[order_id][0]} if order_id in moved else None,
                {"lines": entries[:200], "state": orders[order_id].state},
            )
            for order_id, entries in sorted(facts.items())
        ],
    )
    emit(PurchaseSupplyChanged(tuple(sorted(facts))))
