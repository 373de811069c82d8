"""Orders that were made elsewhere: taken over as they stand, with what has come of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.kernel.sequences import numbers
from hecang.purchasing.events import PurchaseSupplyChanged
from hecang.purchasing.models import PurchaseOrderState as State
from hecang.purchasing.selectors.offers import list_prices
from hecang.purchasing.services.locking import totals_save

#: What came on a day came in its middle, wherever the warehouse stands.
NOON = time(12)

_ORDERS = """
INSERT INTO purchase_order (number, state, supplier_id, owner_id, warehouse_id, currency, supplier_number,
    external_number, revision, sent_revision, ordered_on, line_count, unit_count, amount, note, created_by, created_at,
    updated_at, submitted_by, approved_by, approval_round, sent_at, confirmed_at, closed_at, end_reason)
SELECT o.number, o.state, o.supplier_id, o.owner_id, o.warehouse_id, o.currency, o.theirs, o.external, 0,
    CASE WHEN o.state <> 'draft' THEN 0 END, CASE WHEN o.state <> 'draft' THEN o.ordered_on END, 0, 0, 0, o.note, %s,
    %s, %s, '', '', 0, CASE WHEN o.state <> 'draft' THEN o.sent_at END,
    CASE WHEN o.is_confirmed AND o.state <> 'draft' THEN o.sent_at END, CASE WHEN o.state = 'closed' THEN %s::timestamptz END, ''
FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
    %s::date[], %s::text[], %s::timestamptz[], %s::boolean[])
    AS o (number, state, supplier_id, owner_id, warehouse_id, currency, theirs, external, ordered_on, note, sent_at,
          is_confirmed)
ORDER BY o.number
ON CONFLICT (supplier_id, external_number) WHERE NOT (external_number = '') DO NOTHING RETURNING number, id
"""
_LINES = """
INSERT INTO purchase_order_line (order_id, number, sku_id, quantity, unit_price, list_price, supplier_sku, expected_on,
    received, rejected, cancelled, short, invoiced, first_received_at, last_received_at)
SELECT l.order_id, l.number, l.sku_id, l.quantity, l.unit_price, l.list_price,
    coalesce((SELECT i.supplier_sku FROM supplier_item i JOIN purchase_order o ON o.supplier_id = i.supplier_id
        WHERE o.id = l.order_id AND i.sku_id = l.sku_id), ''),
    l.expected_on, l.received, l.rejected, l.short, l.short, 0, l.at, l.at
FROM unnest(%s::bigint[], %s::integer[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[], %s::date[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
    AS l (order_id, number, sku_id, quantity, unit_price, list_price, expected_on, received, rejected, short, at)
ORDER BY l.order_id, l.number
RETURNING id, received, rejected, last_received_at
"""
_ARRIVED = """
INSERT INTO purchase_arrival (order_line_id, at, quantity, rejected, key)
SELECT a.*, 'imported' FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::bigint[])
    AS a (line_id, at, quantity, rejected)
"""


@dataclass(frozen=True, slots=True)
class PastLine:
    """:param received_on: by default the day on which it was expected."""

    sku_id: int
    quantity: int
    unit_price: Decimal
    expected_on: date | None = None
    received: int = 0
    rejected: int = 0
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order of another system.

    :param state: ``draft``, ``sent``, ``confirmed`` or ``closed``; what has come decides how far a sent one is.
    """

    supplier_id: int
    owner_id: int
    warehouse_id: int
    external_number: str
    currency: str
    ordered_on: date
    lines: Sequence[PastLine]
    state: str = State.DRAFT.value
    supplier_number: str = ""
    note: str = ""

    @property
    def state_now(self) -> str:
        if self.state in {State.DRAFT, State.CLOSED} or not any(line.received for line in self.lines):
            return self.state
        is_open = any(line.received < line.quantity for line in self.lines)
        return (State.RECEIVING if is_open else State.RECEIVED).value


@transactional
def orders_take_over(*, orders: Sequence[PastOrder]) -> list[int | None]:
    """Write orders as they stand elsewhere; their ids, ``None`` for one that is there already.

    They count for scorecards and are received on like any other. Nothing is sent, no stock moves, nobody approves them.
    Seven statements for any number.
    """
    if not orders:
        return []
    now, zone = clock.now(), ZoneInfo(settings.TIME_ZONE)
    drawn = numbers("purchase_order", len(orders))
    heads = [
        (
            number, one.state_now, one.supplier_id, one.owner_id, one.warehouse_id, one.currency, one.supplier_number,
            one.external_number, one.ordered_on, one.note[:500], datetime.combine(one.ordered_on, NOON, zone),
            one.state == State.CONFIRMED,
        )
        for number, one in zip(drawn, orders, strict=True)
    ]  # fmt: skip
    made: dict[str, int] = dict(
        fetch(_ORDERS, [current_actor().name[:100], now, now, now, *columns(heads, 12)])
    )
    ids = [made.get(number) for number in drawn]
    fresh = [(pk, one) for pk, one in zip(ids, orders, strict=True) if pk is not None]
    flat = [(pk, one, place, line) for pk, one in fresh for place, line in enumerate(one.lines, 1)]
    prices = list_prices(
        [(one.supplier_id, line.sku_id, line.quantity, one.currency) for _pk, one, _place, line in flat],
        [one.ordered_on for _pk, one, _place, _line in flat],
    )
    rows = []
    for index, (pk, one, place, line) in enumerate(flat):
        expected = line.expected_on or one.ordered_on + timedelta(days=7)
        came = datetime.combine(line.received_on or expected, NOON, zone) if line.received else None
        short = max(line.quantity - line.received, 0) if one.state == State.CLOSED else 0
        rows.append(
            (
                pk, place, line.sku_id, line.quantity, line.unit_price, prices.get(index), expected, line.received,
                line.rejected, short, came,
            )
        )  # fmt: skip
    written = fetch(_LINES, columns(rows, 11))
    execute(_ARRIVED, columns(((row[0], row[3], row[1], row[2]) for row in written if row[1]), 4))
    if fresh:
        totals_save([pk for pk, _one in fresh])
        audit_record_many(
            action="purchasing.order.imported",
            entity_kind="purchase_order",
            entries=[
                (pk, None, {"external_number": one.external_number, "state": one.state_now})
                for pk, one in fresh
            ],
        )
        running = tuple(pk for pk, one in fresh if one.state_now not in {State.DRAFT, State.CLOSED})
        for start in range(0, len(running), 500):
            emit(PurchaseSupplyChanged(running[start : start + 500]))
    return ids
