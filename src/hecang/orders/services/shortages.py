"""What is short: one suggestion and one ticket for each SKU, owner and warehouse, as long as orders wait for it.

The books are compared with what is written down and the difference is written, so that it does not matter which event
says that something has changed, nor how often.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_noop

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.tickets.services import NewTicket, tickets_open, tickets_settle

# Units that orders wait for. Wanted in the warehouse that ships most of the product for that owner, else in the first
# one; brought from the warehouse that has most of it left (and may not ship it for these orders), if it has any.
_SHORT = """
WITH short AS (
    SELECT l.sku_id, o.owner_id, sum(l.backordered)::bigint AS units, count(DISTINCT o.id) AS orders,
        min(o.placed_at) AS since
    FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
    WHERE l.backordered > 0 AND l.sku_id = ANY(%s::bigint[]) AND NOT o.is_cancelling AND NOT o.awaits_release
    GROUP BY l.sku_id, o.owner_id
)
SELECT s.sku_id, k.code, s.owner_id, w.id, w.code, s.units, s.orders, s.since, f.warehouse_id
FROM short s JOIN sku k ON k.id = s.sku_id
CROSS JOIN LATERAL (
    SELECT h.id, h.code FROM warehouse h
    LEFT JOIN availability a ON a.warehouse_id = h.id AND a.sku_id = s.sku_id AND a.owner_id = s.owner_id
    WHERE h.is_active ORDER BY coalesce(a.reserved, 0) DESC, a.id IS NULL, h.id LIMIT 1
) w
LEFT JOIN LATERAL (
    SELECT a.warehouse_id FROM availability a JOIN warehouse h ON h.id = a.warehouse_id AND h.is_active
    WHERE a.sku_id = s.sku_id AND a.owner_id = s.owner_id AND a.warehouse_id <> w.id AND a.sellable - a.reserved > 0
    ORDER BY a.sellable - a.reserved DESC, a.warehouse_id LIMIT 1
) f ON true
ORDER BY s.sku_id, s.owner_id
"""
_KNOWN = """
SELECT id, sku_id, owner_id, warehouse_id, quantity, order_count, coalesce(from_warehouse_id, 0)
FROM supply_suggestion WHERE settled_at IS NULL AND sku_id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
_WRITE = """
INSERT INTO supply_suggestion (sku_id, owner_id, warehouse_id, source, from_warehouse_id, quantity, order_count,
    waiting_since, ticket_id, created_at, updated_at)
SELECT s.sku_id, s.owner_id, s.warehouse_id, CASE WHEN s.from_id IS NULL THEN 'purchase' ELSE 'transfer' END,
    s.from_id, s.quantity, s.orders, s.since, s.ticket_id, %s, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[],
    %s::bigint[]) AS s (sku_id, owner_id, warehouse_id, from_id, quantity, orders, since, ticket_id)
ON CONFLICT (sku_id, owner_id, warehouse_id) WHERE settled_at IS NULL
DO UPDATE SET source = excluded.source, from_warehouse_id = excluded.from_warehouse_id,
    quantity = excluded.quantity, order_count = excluded.order_count, waiting_since = excluded.waiting_since,
    ticket_id = excluded.ticket_id, updated_at = excluded.updated_at
RETURNING id
"""


class Short(NamedTuple):
    """What orders wait for."""

    sku_id: int
    sku: str
    owner_id: int
    warehouse_id: int
    warehouse: str
    units: int
    orders: int
    since: object
    from_warehouse_id: int | None

    @property
    def place(self) -> tuple[int, int, int]:
        return self.sku_id, self.owner_id, self.warehouse_id


@transactional
def shortages_sync(*, sku_ids: Collection[int]) -> int:
    """Bring suggestions and tickets of these SKUs in line with what orders wait for; how many were changed.

    Opens a shortage ticket where something has become short, brings it up to date, and settles it (``resupplied``) when
    nothing waits any more. Locks the suggestions, then the tickets. The number of statements does not depend on how
    many SKUs there are.
    """
    ids = sorted(set(sku_ids))
    if not ids:
        return 0
    execute("SELECT pg_advisory_xact_lock(hashtext('orders.shortages'))")
    known = {(row[1], row[2], row[3]): row for row in fetch(_KNOWN, [ids])}
    found = [Short(*row) for row in fetch(_SHORT, [ids])]
    fresh = [
        one
        for one in found
        if one.place not in known
        or tuple(known[one.place][4:7]) != (one.units, one.orders, one.from_warehouse_id or 0)
    ]
    gone = [row for place, row in known.items() if place not in {one.place for one in found}]
    if fresh:
        _write(fresh)
    if gone:
        _settle([(row[0], (row[1], row[2], row[3])) for row in gone])
    return len(fresh) + len(gone)


def key_of(place: tuple[int, int, int]) -> str:
    """The key of the ticket about (SKU, owner, warehouse)."""
    return f"shortage:{place[0]}:{place[1]}:{place[2]}"


def _write(fresh: Sequence[Short]) -> None:
    tickets = tickets_open(
        tickets=[
            NewTicket(
                kind="shortage",
                reason=gettext_noop("%(units)s units of %(sku)s are short for %(orders)s orders (%(warehouse)s)"),
                detail={
                    "sku": one.sku, "sku_id": one.sku_id, "units": one.units, "orders": one.orders,
                    "warehouse": one.warehouse, "source": "transfer" if one.from_warehouse_id else "purchase",
                },
                key=key_of(one.place),
                links=[("sku", one.sku_id, one.sku)],
                warehouse_id=one.warehouse_id,
                owner_id=one.owner_id,
            )
            for one in fresh
        ]
    )  # fmt: skip
    now = clock.now()
    rows = [
        (
            one.sku_id, one.owner_id, one.warehouse_id, one.from_warehouse_id, one.units, one.orders, one.since,
            ticket_id,
        )
        for one, ticket_id in zip(fresh, tickets, strict=True)
    ]  # fmt: skip
    fetch(_WRITE, [now, now, *columns(rows, 8)])


def _settle(gone: Sequence[tuple[int, tuple[int, int, int]]]) -> None:
    now = clock.now()
    execute(
        "UPDATE supply_suggestion SET settled_at = %s, updated_at = %s WHERE id = ANY(%s::bigint[])",
        [now, now, [row[0] for row in gone]],
    )
    audit_record_many(
        action="orders.shortage.settled",
        entity_kind="supply_suggestion",
        entries=[(suggestion_id, None, {"settled": True}) for suggestion_id, _place in gone],
    )
    tickets_settle(keys=[key_of(place) for _id, place in gone], resolution="resupplied")


def skus_of_orders(order_ids: Collection[int]) -> list[int]:
    """The SKUs of orders."""
    rows = fetch(
        "SELECT DISTINCT sku_id FROM sales_order_line WHERE order_id = ANY(%s::bigint[])",
        [sorted(set(order_ids))],
    )
    return [row[0] for row in rows]


def skus_of_lines(line_ids: Collection[int]) -> list[int]:
    """The SKUs of order lines."""
    rows = fetch(
        "SELECT DISTINCT sku_id FROM sales_order_line WHERE id = ANY(%s::bigint[])", [sorted(set(line_ids))]
    )
    return [row[0] for row in rows]
