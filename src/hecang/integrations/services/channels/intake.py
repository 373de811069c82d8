"""Orders as platforms tell them become sales orders: once, whatever comes twice, late or at the same time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.integrations.channels.base import ChannelLine, ChannelOrder, OrderStatus
from hecang.integrations.models import Connection, PlatformOrder
from hecang.integrations.services.channels import requests, updates
from hecang.integrations.services.channels.marks import stock_doubt
from hecang.integrations.services.channels.products import (
    Key,
    Known,
    product_key,
    products_map_new,
    products_see,
)
from hecang.integrations.services.channels.values import order_digest, order_open, order_parts, order_seal
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, is_retryable, transactional
from hecang.kernel.errors import HecangError, InvalidInput, Problem
from hecang.orders.models import OrderHold
from hecang.orders.services import LineIn, OrderIn, orders_hold, orders_intake_mixed

logger = structlog.get_logger("hecang.channels")
State = PlatformOrder.State
#: Orders applied in one transaction at most.
MOST = 200
#: Orders of these statuses are taken in; blocked ones are held at once.
TAKEN = frozenset({OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED, OrderStatus.BLOCKED})
ENDED = frozenset({OrderStatus.SHIPPED, OrderStatus.DONE, OrderStatus.CANCELLED})
#: Why an order is ignored that a person has put aside.
BY_HAND = "by_hand"
#: Problems of a refused order that are kept.
MOST_PROBLEMS = 20

_NOTE = """
INSERT INTO platform_order (connection_id, number, status, modified_at, digest, parts, state, error, message, problems,
    waits_for, placed_at, seen_at, updated_at)
SELECT %s::bigint, d.number, '', '-infinity'::timestamptz, '', '{}', 'remembered', '', '', '[]', '{}', d.placed_at,
    %s::timestamptz, %s::timestamptz
FROM unnest(%s::text[], %s::timestamptz[]) AS d (number, placed_at)
ORDER BY d.number
ON CONFLICT (connection_id, number) DO NOTHING
"""
_LOCK = """
SELECT id, number, modified_at = '-infinity', CASE WHEN modified_at = '-infinity' THEN NULL ELSE modified_at END,
    digest, parts, state, order_id, error
FROM platform_order WHERE connection_id = %s AND number = ANY(%s::text[])
ORDER BY id FOR NO KEY UPDATE
"""
_WRITE = """
UPDATE platform_order p SET status = d.status, modified_at = d.modified_at, digest = d.digest, parts = d.parts,
    state = d.state, order_id = d.order_id, error = d.error, message = d.message, problems = d.problems,
    waits_for = coalesce((SELECT array_agg(value::bigint) FROM jsonb_array_elements_text(d.waits_for)), '{}'),
    payload_cipher = d.payload, updated_at = %s::timestamptz,
    imported_at = CASE WHEN d.state = 'imported' THEN coalesce(p.imported_at, %s::timestamptz) ELSE p.imported_at END
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::jsonb[], %s::text[], %s::bigint[], %s::text[],
    %s::text[], %s::jsonb[], %s::jsonb[], %s::bytea[])
    AS d (id, status, modified_at, digest, parts, state, order_id, error, message, problems, waits_for, payload)
WHERE p.id = d.id
"""


@dataclass(slots=True)
class Row:
    """A locked order of a platform, with the version that is being applied to it."""

    id: int
    is_new: bool
    modified_at: datetime | None
    digest: str
    parts: Mapping[str, Any]
    state: str
    order_id: int | None
    error: str
    order: ChannelOrder
    fresh: str = ""
    message: str = ""
    problems: list[dict[str, Any]] = field(default_factory=list)
    waits_for: list[int] = field(default_factory=list)

    was_here: bool = field(init=False)

    def __post_init__(self) -> None:
        self.was_here = self.order_id is not None

    @property
    def is_put_aside(self) -> bool:
        """A person does not want it; later versions do not bring it back."""
        return self.state == State.IGNORED and self.error == BY_HAND

    def fails(self, code: str, message: str, problems: Sequence[Problem] = ()) -> None:
        """Note that the order cannot be taken in, and why."""
        self.state, self.error, self.message = State.FAILED, code[:64], message[:500]
        self.problems = [
            {"code": one.code, "field": one.field, "message": one.message} for one in problems[:MOST_PROBLEMS]
        ]


@dataclass(slots=True)
class Applied:
    """What became of a page."""

    seen: int = 0
    imported: int = 0
    updated: int = 0
    unmapped: int = 0
    failed: int = 0

    def __add__(self, other: Applied) -> Applied:
        return Applied(
            self.seen + other.seen,
            self.imported + other.imported,
            self.updated + other.updated,
            self.unmapped + other.unmapped,
            self.failed + other.failed,
        )


def orders_apply(*, connection: Connection, orders: Sequence[ChannelOrder]) -> Applied:
    """Make true here what a platform says of its orders; see :func:`_apply`. Any number of them."""
    total = Applied()
    for start in range(0, len(orders), MOST):
        total += _apply(connection=connection, orders=orders[start : start + MOST])
    return total


@transactional
def _apply(*, connection: Connection, orders: Sequence[ChannelOrder], again: bool = False) -> Applied:
    """Apply versions of orders: older ones and those that are known already change nothing.

    New ones that are to be shipped are taken in by one bulk call; where one of them has a mistake, it alone is
    left out, with its problems written down. Orders with a product that is not mapped wait for the mapping.
    Later versions cancel, hold, release or change their sales order.

    Locks: the platform's orders in key order, then products, then as ``orders_intake_mixed`` and the services
    of ``updates`` do. Whoever applies the same orders at the same time waits, and then finds them known.

    :param again: apply also the version that is known already (a person or a mapping gave it another chance), but
        none that a later one has overtaken since it was looked up.
    """
    newest = _newest(orders)
    rows = _locked(connection, newest)
    due = [row for row in rows if _is_later(row) or (again and not _is_older(row))]
    done = Applied(seen=len(rows))
    coming = [row for row in due if row.order_id is None and (again or not row.is_put_aside)]
    for row in due:
        row.fresh = order_digest(row.order)
    _import(connection, coming, done)
    for row in due:
        if row.order_id is not None and row.state == State.IMPORTED and row.was_here:
            _update(connection, row)
            done.updated += 1
    stock_doubt(
        connection.pk, {product_key(line) for row in due if _moves_stock(row) for line in row.order.lines}
    )
    _write(due)
    requests.requests_join(
        connection_id=connection.pk,
        orders={row.order.number: row.order_id for row in coming if row.order_id is not None},
    )
    return done


@transactional
def orders_retry(*, platform_order_ids: Iterable[int]) -> Applied:
    """Apply the kept version of orders once more that wait or have failed. Locks as :func:`_apply`."""
    found = list(
        PlatformOrder.objects.filter(
            pk__in=list(platform_order_ids),
            state__in=[State.UNMAPPED, State.FAILED, State.REMEMBERED, State.IGNORED],
            payload_cipher__isnull=False,
        ).select_related("connection")
    )
    total = Applied()
    by_connection: dict[int, tuple[Connection, list[ChannelOrder]]] = {}
    for one in found:
        assert one.payload_cipher is not None
        held = by_connection.setdefault(one.connection_id, (one.connection, []))
        held[1].append(order_open(one.payload_cipher))
    for connection, orders in by_connection.values():
        for start in range(0, len(orders), MOST):
            total += _apply(connection=connection, orders=orders[start : start + MOST], again=True)
    return total


def orders_retry_mapped(*, product_ids: Sequence[int]) -> Applied:
    """Take in the orders that waited for the mapping of these products."""
    waiting = fetch(
        "SELECT id FROM platform_order WHERE state = 'unmapped' AND waits_for && %s::bigint[] ORDER BY id",
        [list(product_ids)],
    )
    return orders_retry(platform_order_ids=[row[0] for row in waiting])


def orders_follow_codes() -> Applied:
    """Take in orders that waited for products whose code has become one of our SKUs meanwhile."""
    mapped = products_map_new()
    return orders_retry_mapped(product_ids=mapped) if mapped else Applied()


@transactional
def orders_put_aside(*, platform_order_ids: Iterable[int]) -> list[int]:
    """Leave orders out that wait or have failed, for good; their ids. Locks them, in key order.

    :func:`orders_retry` takes them in nevertheless.
    """
    rows = fetch(
        "UPDATE platform_order SET state = 'ignored', error = %s, message = '', problems = '[]', waits_for = '{}',"
        " updated_at = %s WHERE id IN (SELECT id FROM platform_order WHERE id = ANY(%s::bigint[])"
        " AND state IN ('unmapped', 'failed', 'remembered') ORDER BY id FOR NO KEY UPDATE) RETURNING id",
        [BY_HAND, clock.now(), list(platform_order_ids)],
    )
    ids = sorted(row[0] for row in rows)
    audit_record_many(
        action="integrations.order.put_aside",
        entity_kind="platform_order",
        entries=[(key, None, None) for key in ids],
    )
    return ids


# ------------------------------------------------------------------ which version counts


def _newest(orders: Sequence[ChannelOrder]) -> dict[str, ChannelOrder]:
    """The latest version of each order that a page names, by number."""
    newest: dict[str, ChannelOrder] = {}
    for order in orders:
        known = newest.get(order.number)
        if known is None or order.modified_at >= known.modified_at:
            newest[order.number] = order
    return newest


def _locked(connection: Connection, orders: Mapping[str, ChannelOrder]) -> list[Row]:
    if not orders:
        return []
    now = clock.now()
    placed = [orders[number].created_at for number in sorted(orders)]
    execute(_NOTE, [connection.pk, now, now, sorted(orders), placed])
    return [
        Row(key, is_new, modified, digest, _json(parts), state, order_id, error, orders[number])
        for key, number, is_new, modified, digest, parts, state, order_id, error in fetch(
            _LOCK, [connection.pk, list(orders)]
        )
    ]


def _is_later(row: Row) -> bool:
    """A later version, or another one of the same moment: platforms count in seconds."""
    if row.modified_at is None or row.order.modified_at > row.modified_at:
        return True
    return row.order.modified_at == row.modified_at and order_digest(row.order) != row.digest


def _moves_stock(row: Row) -> bool:
    """Whether the platform itself has counted this version in its stock: a sale, or one that is taken back."""
    return not row.was_here or row.order.status == OrderStatus.CANCELLED


def _is_older(row: Row) -> bool:
    return row.modified_at is not None and row.order.modified_at < row.modified_at


def _write(rows: Sequence[Row]) -> None:
    if not rows:
        return
    now = clock.now()
    values = [
        (
            row.id, row.order.status.value, row.order.modified_at, row.fresh,
            json.dumps(order_parts(row.order)), str(row.state), row.order_id, row.error, row.message,
            json.dumps(row.problems, ensure_ascii=False), json.dumps(row.waits_for), order_seal(row.order),
        )
        for row in rows
    ]  # fmt: skip
    execute(_WRITE, [now, now, *columns(values, 12)])


# ------------------------------------------------------------------ orders that are not here yet


def _import(connection: Connection, rows: Sequence[Row], done: Applied) -> None:
    taken = [row for row in rows if _is_wanted(row)]
    known = products_see(
        connection_id=connection.pk, products=[line for row in taken for line in row.order.lines]
    )
    ready: list[Row] = []
    for row in taken:
        row.waits_for = sorted(
            {known[key].id for key in map(product_key, row.order.lines) if known[key].sku is None}
        )
        if row.waits_for:
            row.state = State.UNMAPPED
            done.unmapped += 1
        else:
            ready.append(row)
    _take_in(connection, ready, known)
    good = [row for row in ready if row.order_id is not None]
    done.imported += len(good)
    done.failed += len(ready) - len(good)
    _hold_first(good)
    for row in good:
        updates.lines_stop(connection, row.order_id, row.order, before=())


def _is_wanted(row: Row) -> bool:
    """Whether an order is to be taken in now; settles those that are not."""
    row.error, row.message, row.problems, row.waits_for = "", "", [], []
    if row.order.status in TAKEN:
        if all(line.is_refunding for line in row.order.lines):
            row.state, row.error = State.REMEMBERED, "refunding"
            return False
        return True
    row.state = State.IGNORED if row.order.status in ENDED else State.REMEMBERED
    row.error = row.order.status.value
    return False


def _take_in(connection: Connection, rows: Sequence[Row], known: Mapping[Key, Known]) -> None:
    """Take in all of them in one call; without those that are refused, until the rest is in."""
    left = list(rows)
    while left:
        try:
            given = [(connection.shop_id, order_in(row.order, known)) for row in left]
            with transaction.atomic():
                answer = orders_intake_mixed(orders=given)  # type: ignore[arg-type]
        except InvalidInput as error:
            bad = set(error.data.get("orders", ())) or set(range(len(left)))
            for index in bad:
                left[index].fails(error.instance_code, str(error), _problems_of(error, index))
            left = [row for index, row in enumerate(left) if index not in bad]
        except (HecangError, DatabaseError, ValueError, TypeError, ArithmeticError) as error:
            if is_retryable(error):
                raise
            left = _one_by_one(connection, left, known, error)
        else:
            for row, result in zip(left, answer.results, strict=True):
                row.order_id, row.state = result.order_id, State.IMPORTED
            return


def _one_by_one(
    connection: Connection, rows: Sequence[Row], known: Mapping[Key, Known], error: Exception
) -> list[Row]:
    """Something unforeseen: find the order that it comes from; nothing is left to do afterwards."""
    if len(rows) == 1:
        code = error.instance_code if isinstance(error, HecangError) else "unforeseen"
        logger.warning("channel_order_failed", connection=connection.pk, error=type(error).__name__)
        rows[0].fails(code, str(error) if isinstance(error, HecangError) else type(error).__name__)
        return []
    for row in rows:
        _take_in(connection, [row], known)
    return []


def _problems_of(error: InvalidInput, index: int) -> list[Problem]:
    begin = f"orders.{index}."
    return [one for one in error.problems if (one.loc or "").startswith(begin)]


def _hold_first(rows: Sequence[Row]) -> None:
    """Hold what the platform does not let go yet, and what somebody else has begun to ship."""
    for status, reason in (
        (OrderStatus.BLOCKED, "blocked"),
        (OrderStatus.PARTLY_SHIPPED, "partly_shipped_elsewhere"),
    ):
        ids = [row.order_id for row in rows if row.order.status == status and row.order_id is not None]
        if ids:
            orders_hold(order_ids=ids, code=OrderHold.Code.PLATFORM, detail={"reason": reason})


def order_in(order: ChannelOrder, known: Mapping[Key, Known]) -> OrderIn:
    """A platform's order as the intake takes it; every product of it is mapped."""
    return OrderIn(
        external_number=order.number,
        placed_at=order.paid_at or order.created_at,
        lines=[_line_in(line, known[product_key(line)]) for line in order.lines],
        recipient=order.recipient,
        buyer=order.buyer[:100],
        currency=order.currency,
        discount_amount=order.discount,
        freight_amount=order.freight,
        total_amount=order.total,
        buyer_remark=order.buyer_remark[:500],
        seller_remark=order.seller_remark[:500],
        ship_by=order.ship_by,
        ship_after=order.ship_after,
        kind="presale" if order.is_presale else "sale",
        tags=list(order.tags),
    )


def _line_in(line: ChannelLine, product: Known) -> LineIn:
    """A listing of several units in a pack is so many units at a part of its price."""
    assert product.sku is not None
    amount = line.amount
    if amount is None:
        amount = line.unit_price * line.quantity
    return LineIn(
        sku=product.sku,
        quantity=line.quantity * product.units,
        unit_price=(line.unit_price / product.units).quantize(Decimal("0.0001")),
        amount=amount.quantize(Decimal("0.01")),
        external_line=line.external_line,
        kind="gift" if line.is_gift else "goods",
    )


# ------------------------------------------------------------------ orders that are here


def _update(connection: Connection, row: Row) -> None:
    """Apply a later version to its sales order; what is refused is written down, and the order stands."""
    assert row.order_id is not None
    row.error, row.message = "", ""
    try:
        with transaction.atomic():
            updates.order_update(connection, row.order_id, row.order, row.parts)
    except HecangError as error:
        row.error, row.message = error.instance_code[:64], str(error)[:500]
    except (DatabaseError, ValueError, TypeError, ArithmeticError) as error:
        if is_retryable(error):
            raise
        logger.warning("channel_order_failed", connection=connection.pk, error=type(error).__name__)
        row.error, row.message = "unforeseen", type(error).__name__
    if not row.error and row.order.status == OrderStatus.CANCELLED and updates.has_left(row.order_id):
        row.error, row.message = "cancelled_too_late", _("Cancelled on the platform after parcels had left.")


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
