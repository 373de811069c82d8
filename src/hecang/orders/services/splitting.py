"""Splitting 拆单: some units of an order go on as orders of their own, with their own state, holds and parcels."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional
from hecang.kernel.errors import InvalidInput
from hecang.kernel.outbox import emit
from hecang.orders.events import OrderLinesChanged
from hecang.orders.services.changing_lines import lines_reserve
from hecang.orders.services.holds import holds_place
from hecang.orders.services.lines import orders_derive
from hecang.orders.services.locking import (
    LineLocked,
    OrderLocked,
    lines_lock,
    missing,
    orders_lock_in_scope,
    refused,
)
from hecang.orders.services.moving import (
    LinePart,
    child_number,
    lines_divide,
    lines_move,
    order_clone,
    orders_count,
    share_of,
)
from hecang.orders.services.wholeness import stock_hold_settle
from hecang.orders.states import BEFORE_WAVE, PENDING

#: Orders that one split may make.
MAX_PARTS = 50

_FACTS = """
SELECT o.external_number, o.kind, o.placed_at, o.awaits_release, o.ship_after, o.goods_amount, o.discount_amount,
    o.freight_amount, o.total_amount, o.deposit_amount, o.balance_due,
    (SELECT coalesce(jsonb_object_agg(h.code, h.detail), '{}') FROM order_hold h
    WHERE h.order_id = o.id AND h.released_at IS NULL AND h.code <> 'stock_short')
FROM sales_order o WHERE o.id = %s
"""
_GOODS = """
SELECT order_id, sum(amount), sum(quantity)::bigint FROM sales_order_line WHERE order_id = ANY(%s::bigint[]) GROUP BY 1
"""
_AMOUNTS = """
UPDATE sales_order o SET goods_amount = d.goods, discount_amount = d.discount, total_amount = d.total,
    deposit_amount = d.deposit, balance_due = d.balance, on_account = p.on_account, settled_at = p.settled_at
FROM sales_order p, unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
    AS d (id, goods, discount, total, deposit, balance)
WHERE o.id = d.id AND p.id = %s
"""
# What a person has released on the old order is not held again on the new ones.
_RELEASES = """
INSERT INTO order_decision (order_id, stage, rule_id, version, code, outcome, facts, actor, decided_at)
SELECT c.id, d.stage, d.rule_id, d.version, d.code, d.outcome, d.facts, d.actor, d.decided_at
FROM unnest(%s::bigint[]) AS c (id), order_decision d WHERE d.order_id = %s AND d.stage = 'release' ORDER BY d.id, c.id
"""
_FREE = """
UPDATE sales_order SET awaits_release = false, kind = 'sale', ship_after = NULL WHERE id = %s AND awaits_release
"""


class SplitLine(NamedTuple):
    """Units of a line that go to a new order; those that wait for stock go first."""

    line_id: int
    quantity: int


class Units(NamedTuple):
    """Units of a locked line, by where they are in their life; ``warehouse_id`` says whose reservation."""

    line: LineLocked
    reserved: int
    backordered: int
    warehouse_id: int | None = None


@dataclass(slots=True)
class Part:
    """What one new order shall have.

    :param awaits_release: whether it is a pre-sale that takes no stock yet; ``None`` as the old order is.
    """

    units: list[Units] = field(default_factory=list)
    awaits_release: bool | None = None
    ship_after: datetime | None = None


class _Facts(NamedTuple):
    external_number: str
    kind: str
    placed_at: datetime
    awaits_release: bool
    ship_after: datetime | None
    goods: Decimal
    discount: Decimal
    freight: Decimal
    total: Decimal
    deposit: Decimal
    balance: Decimal
    holds: str


@transactional
def order_split(*, order_id: int, parts: Sequence[Sequence[SplitLine]], note: str = "") -> list[int]:
    """Make an order of its own of each part of an order that no wave has taken; their ids.

    A new order has the recipient, promise, wishes and holds of the old one, and its number at the channel with
    ``#2``, ``#3`` … behind it. Whole lines move, of others the units are divided with their reservations; amounts
    are divided to the cent, freight stays where it was. Something must stay behind.

    Locks: the order, its lines, then availability. Emits ``OrderLinesChanged`` where it had been approved.

    :raises OrderNotFound: no such order in the actor's scope.
    :raises OrderStateConflict: a wave has taken units, or the order has ended.
    :raises InvalidInput: a part names what the order does not have, or nothing would stay.
    """
    order, lines = order_to_split(order_id)
    return split_locked(order, lines, _parts(order_id, lines, parts), note=note)


def order_to_split(order_id: int) -> tuple[OrderLocked, list[LineLocked]]:
    """Lock an order and its lines; raises where it cannot be split any more."""
    order = orders_lock_in_scope([order_id]).get(order_id)
    if order is None:
        raise missing()
    if order.state not in BEFORE_WAVE or order.is_cancelling:
        raise refused(
            order,
            _(
                "Order %(number)s has gone too far to be split: it is shipped from, cancelled or merged already."
            ),
        )
    return order, lines_lock([order_id])[order_id]


def _parts(order_id: int, lines: Sequence[LineLocked], wanted: Sequence[Sequence[SplitLine]]) -> list[Part]:
    """Units of the parts that a person has named: backordered ones first, so that what is there stays together."""
    left = {line.id: [line, line.reserved, line.backordered] for line in lines}
    parts = []
    for one in wanted:
        part = Part()
        for line_id, quantity in one:
            found: list[Any] | None = left.get(line_id)
            if found is None or not 0 < quantity <= found[1] + found[2]:
                raise InvalidInput(
                    _("The order does not have as many open units in one of the lines; nothing was split."),
                    data={"order_id": order_id, "line_id": line_id, "quantity": quantity},
                )
            waiting = min(quantity, found[2])
            found[1] -= quantity - waiting
            found[2] -= waiting
            part.units.append(Units(found[0], quantity - waiting, waiting))
        parts.append(part)
    return parts


def split_locked(
    order: OrderLocked,
    lines: Sequence[LineLocked],
    parts: Sequence[Part],
    *,
    frees_rest: bool = False,
    note: str,
) -> list[int]:
    """Carry out a split of a locked order; see :func:`order_split`.

    :param frees_rest: what stays is no pre-sale any more, and takes stock at once.
    """
    _check(order, lines, parts)
    row = fetch_one(_FACTS, [order.id])
    assert row is not None
    facts = _Facts(*row)
    children = [_child(order, facts, part) for part in parts]
    _move(lines, parts, [child for child, _number in children])
    ids = [order.id, *(child for child, _number in children)]
    _divide_amounts(facts, ids)
    orders_count(ids)
    holds_place(
        [
            (child, code, {**detail, "split_from": order.number})
            for child in ids[1:]
            for code, detail in json.loads(facts.holds).items()
        ],
        "",
        clock.now(),
    )
    execute(_RELEASES, [ids[1:], order.id])
    if frees_rest:
        execute(_FREE, [order.id])
    freed = {
        child
        for child, part in zip(ids[1:], parts, strict=True)
        if facts.awaits_release and part.awaits_release is False
    }
    _settle(ids, freed | ({order.id} if frees_rest else set()))
    _audit(order, children, ids, note)
    if order.state != PENDING:
        emit(OrderLinesChanged(order_ids=tuple(sorted(ids))))
    return ids[1:]


def _check(order: OrderLocked, lines: Sequence[LineLocked], parts: Sequence[Part]) -> None:
    if not parts or not all(part.units for part in parts) or len(parts) > MAX_PARTS:
        raise InvalidInput(
            _("Say what goes: one to %(most)s parts, none of them empty.") % {"most": MAX_PARTS},
            data={"order_id": order.id},
        )
    going = sum(units.reserved + units.backordered for part in parts for units in part.units)
    if going >= sum(line.reserved + line.backordered for line in lines):
        raise InvalidInput(
            _("Something must stay in order %(number)s; leave at least one unit.") % {"number": order.number},
            data={"order_id": order.id},
        )


def _child(order: OrderLocked, facts: _Facts, part: Part) -> tuple[int, str]:
    awaits = facts.awaits_release and part.awaits_release is not False
    freed = facts.awaits_release and not awaits
    return order_clone(
        origin_id=order.id,
        external_number=child_number(
            shop_id=order.shop_id, origin_id=order.id, external_number=facts.external_number, sign="#"
        ),
        state=order.state,
        kind="sale" if freed else facts.kind,
        placed_at=facts.placed_at,
        awaits_release=awaits,
        ship_after=None if freed else part.ship_after or facts.ship_after,
    )


def _move(lines: Sequence[LineLocked], parts: Sequence[Part], children: Sequence[int]) -> None:
    """Whole lines move as they are; of a line that goes to several places the last takes the line itself."""
    pieces: dict[int, list[LinePart]] = defaultdict(list)
    for child, part in zip(children, parts, strict=True):
        for units in part.units:
            pieces[units.line.id].append(
                LinePart(units.line, child, units.reserved, units.backordered, units.warehouse_id)
            )
    moves: dict[int, int] = {}
    for line in lines:
        mine = pieces.get(line.id)
        if mine and sum(piece.units for piece in mine) == line.quantity:
            moves[line.id] = mine[-1].target_id
            # what goes to the same order needs no line of its own
            pieces[line.id] = [piece for piece in mine[:-1] if piece.target_id != moves[line.id]]
    lines_divide([piece for of_line in pieces.values() for piece in of_line])
    lines_move(moves)


def _divide_amounts(facts: _Facts, ids: Sequence[int]) -> None:
    """Each new order gets its share by goods, the old one the rest with the whole freight; all are owed as it was."""
    goods = {row[0]: row[1] for row in fetch(_GOODS, [list(ids)])}
    left = [facts.discount, facts.total, facts.deposit, facts.balance]
    shared = [facts.discount, max(Decimal(0), facts.total - facts.freight), facts.deposit, facts.balance]
    rows = []
    for child in ids[1:]:
        shares = [share_of(amount, goods.get(child, Decimal(0)), facts.goods) for amount in shared]
        shares = [min(share, rest) for share, rest in zip(shares, left, strict=True)]
        left = [rest - share for share, rest in zip(shares, left, strict=True)]
        rows.append((child, goods.get(child, Decimal(0)), *shares))
    rows.append((ids[0], goods.get(ids[0], Decimal(0)), *left))
    execute(_AMOUNTS, [*columns(rows, 6), ids[0]])


def _settle(ids: Sequence[int], freed: set[int]) -> None:
    """States, shortness and holds follow; what is no pre-sale any more takes stock now."""
    orders = orders_lock_in_scope(ids)
    lines = lines_lock(ids)
    for order_id in sorted(freed):
        lines_reserve(orders[order_id], {line.id for line in lines[order_id]})
    orders_derive(ids)
    for order in orders_lock_in_scope(ids).values():
        stock_hold_settle(order)


def _audit(order: OrderLocked, children: Sequence[tuple[int, str]], ids: Sequence[int], note: str) -> None:
    noted = {"note": note[:200]} if note else {}
    units = {row[0]: row[2] for row in fetch(_GOODS, [list(ids)])}
    told: dict[str, Any] = {"orders": [number for _child, number in children]}
    audit_record_many(
        action="orders.order.split",
        entity_kind="sales_order",
        entries=[
            (order.id, None, told | {"units": [units.get(child, 0) for child, _number in children]} | noted),
            *(
                (
                    child,
                    None,
                    {"state": order.state, "split_from": order.number, "units": units.get(child, 0)} | noted,
                )
                for child, _number in children
            ),
        ],
    )
