"""What the warehouse and the carriers know of promises: when goods arrive, and whether promises were kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.orders.services import Leg, arrivals_estimate, orders_expect

_IN_HAND = """
SELECT f.order_id, f.warehouse_id, f.region_code, f.service_id, f.shipped_at, p.arrives_at
FROM fulfilment f LEFT JOIN promise_outcome p ON p.fulfilment_id = f.id AND p.basis = 'delivered'
WHERE f.order_id = ANY(%s::bigint[]) AND f.state IN ('released', 'picked', 'packed', 'shipped')
ORDER BY f.id
"""
_SHIPPED = """
SELECT f.id, f.order_id, f.shop_id, f.warehouse_id, f.service_id, f.region_code, o.promised_at, f.shipped_at
FROM fulfilment f JOIN sales_order o ON o.id = f.order_id
LEFT JOIN promise_outcome p ON p.fulfilment_id = f.id
WHERE f.order_id = ANY(%s::bigint[]) AND f.state = 'shipped' AND f.shipped_at IS NOT NULL
    AND o.promised_at IS NOT NULL AND p.fulfilment_id IS NULL
ORDER BY f.id
"""
_OUTCOMES = """
INSERT INTO promise_outcome (fulfilment_id, order_id, shop_id, warehouse_id, service_id, promised_at, shipped_at,
    arrives_at, basis, is_kept)
SELECT d.*, 'expected', d.arrives_at <= d.promised_at
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[],
    %s::timestamptz[], %s::timestamptz[])
    AS d (fulfilment_id, order_id, shop_id, warehouse_id, service_id, promised_at, shipped_at, arrives_at)
ON CONFLICT (fulfilment_id) DO NOTHING
"""
# A fulfilment has arrived when the last of its parcels has.
_DELIVERED = """
UPDATE promise_outcome o SET arrives_at = d.at, basis = 'delivered', is_kept = d.at <= o.promised_at
FROM (
    SELECT p.fulfilment_id, max(w.at) AS at FROM unnest(%s::bigint[], %s::timestamptz[]) AS w (waybill_id, at)
    JOIN parcel p ON p.waybill_id = w.waybill_id GROUP BY p.fulfilment_id
) d
WHERE o.fulfilment_id = d.fulfilment_id AND (o.basis = 'expected' OR o.arrives_at < d.at)
RETURNING o.order_id
"""


def orders_expect_outside(*, order_ids: Collection[int]) -> None:
    """Bring expected arrivals up to date with what is released, shipped and delivered. See ``orders_expect``."""
    legs: list[Leg] = []
    owners: list[int] = []
    known: dict[int, list[datetime]] = defaultdict(list)
    for order_id, warehouse, region, service, shipped, delivered in fetch(_IN_HAND, [sorted(set(order_ids))]):
        if delivered is not None:
            known[order_id].append(delivered)
        else:
            owners.append(order_id)
            legs.append(Leg(warehouse, region, service, shipped))
    for order_id, arrives in zip(owners, arrivals_estimate(legs=legs), strict=True):
        if arrives is not None:
            known[order_id].append(arrives)
    orders_expect(order_ids=order_ids, outside={key: max(moments) for key, moments in known.items()})


@transactional
def promises_open(*, order_ids: Collection[int]) -> int:
    """Begin to measure the promises of what has been shipped: kept, as far as the carrier's lead time tells.

    A fulfilment whose order has no promise, or of which nobody knows how long it travels, is not measured.
    """
    rows = fetch(_SHIPPED, [sorted(set(order_ids))])
    legs = [Leg(row[3], row[5], row[4], row[7]) for row in rows]
    outcomes = [
        (row[0], row[1], row[2], row[3], row[4], row[6], row[7], arrives)
        for row, arrives in zip(rows, arrivals_estimate(legs=legs), strict=True)
        if arrives is not None
    ]
    return execute(_OUTCOMES, columns(outcomes, 8)) if outcomes else 0


@transactional
def waybills_delivered(*, delivered: Mapping[int, datetime]) -> set[int]:
    """Take over when parcels were delivered: their promises are measured now. Repeating it changes nothing.

    :param delivered: waybill id → when.
    :return: the orders concerned.
    """
    if not delivered:
        return set()
    rows = fetch(_DELIVERED, [list(delivered), list(delivered.values())])
    return {row[0] for row in rows}
