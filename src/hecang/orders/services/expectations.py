"""When an order arrives: what the customer is told once, and what we expect now 承诺时效.

An order that can be released now leaves with the next carrier of its warehouse (cut-off, calendar, capacity) and
travels as long as the carrier needs. What is backordered leaves when its supply has come.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from hecang.inventory.selectors import reservations_active
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.orders.services.offers import Offers, Wish, offers_now
from hecang.orders.sourcing import Candidate, OrderDemand, SourcingPlan
from hecang.orders.sourcing.costs import setting

#: Customers are told a day, and have it by this hour.
PROMISED_BY = time(22)

_SUPPLY = """
SELECT sku_id, owner_id, expected_at FROM (
    SELECT sku_id, owner_id, expected_at, sum(quantity) OVER (
        PARTITION BY sku_id, owner_id ORDER BY expected_at, warehouse_id, reference
    ) AS units FROM expected_supply WHERE sku_id = ANY(%s::bigint[])
) s WHERE units >= coalesce((
    SELECT sum(l.backordered) FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
    WHERE l.backordered > 0 AND l.sku_id = s.sku_id AND o.owner_id = s.owner_id
), 0) ORDER BY expected_at DESC
"""
_OPEN = """
SELECT id, region_code, service_id, ship_after, expected_at, owner_id, warehouses_only, warehouses_never
FROM sales_order
WHERE id = ANY(%s::bigint[]) AND state NOT IN ('cancelled', 'merged')
    AND NOT awaits_release
ORDER BY id FOR NO KEY UPDATE
"""
_LINES = """
SELECT id, order_id, sku_id, reserved, backordered, allocated + shipped FROM sales_order_line
WHERE order_id = ANY(%s::bigint[]) AND reserved + backordered + allocated + shipped > 0
"""
_WRITE = """
UPDATE sales_order o SET expected_at = d.expected_at, promised_at = coalesce(o.promised_at, d.promised_at)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS d (id, expected_at, promised_at)
WHERE o.id = d.id AND (o.expected_at IS DISTINCT FROM d.expected_at
    OR (o.promised_at IS NULL AND d.promised_at IS NOT NULL))
"""


class Expectation(NamedTuple):
    """:param arrives_at: ``None`` where nobody knows how long the carrier needs.

    :param is_sure: good enough to tell the customer: it rests on stock or on supply that was announced.
    """

    arrives_at: datetime | None
    is_sure: bool


#: (SKU, owner) → when enough of it will have come for everybody who waits.
Supply = Mapping[tuple[int, int], datetime]


def supply_expected(sku_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """When announced supply covers all that waits for it; what is not announced is missing. One statement."""
    if not sku_ids:
        return {}
    return {(sku, owner): moment for sku, owner, moment in fetch(_SUPPLY, [sorted(set(sku_ids))])}


def expectation(
    offers: Offers,
    demand: OrderDemand,
    plan: SourcingPlan,
    supply: Supply,
    ship_after: datetime | None = None,
) -> Expectation:
    """When what was planned for an order will be there."""
    by_warehouse = {candidate.warehouse_id: candidate for candidate in demand.candidates}
    legs = [
        (by_warehouse.get(warehouse), ship_after) for warehouse in {take.warehouse_id for take in plan.takes}
    ]
    sure = True
    if plan.short:
        first = demand.candidates[0] if demand.candidates else None
        for sku in plan.short:
            come = supply.get((sku, demand.owner_id))
            sure = sure and come is not None
            come = come or offers.moment + timedelta(days=supply_days())
            legs.append((first, max(come, ship_after) if ship_after else come))
    return _last([_arrival(offers, candidate, since) for candidate, since in legs], sure=sure)


def _arrival(offers: Offers, candidate: Candidate | None, since: datetime | None) -> datetime | None:
    if candidate is None or candidate.offer is None or candidate.offer.service_id is None:
        return None
    if since is None or since <= offers.moment:
        return candidate.offer.arrives_at
    return offers.arrival(candidate, since)


def _last(arrivals: Sequence[datetime | None], *, sure: bool) -> Expectation:
    known = [moment for moment in arrivals if moment is not None]
    if not known or len(known) < len(arrivals):
        return Expectation(None, False)
    return Expectation(max(known), sure)


def promise_of(found: Expectation) -> datetime | None:
    """What the customer is told: the end of the day of arrival; ``None`` where that is not sure."""
    if found.arrives_at is None or not found.is_sure or not setting("promise"):
        return None
    return _end_of_day(found.arrives_at)


@functools.lru_cache(maxsize=1024)
def _end_of_day(moment: datetime) -> datetime:
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    day = local.date() if local.time() <= PROMISED_BY else local.date() + timedelta(days=1)
    return datetime.combine(day, PROMISED_BY, tzinfo=local.tzinfo)


def supply_days() -> int:
    """Days after which what nobody announced is hoped for."""
    return int(setting("supply_days"))


@dataclass(frozen=True, slots=True)
class _Open:
    region_code: str
    service_id: int | None
    ship_after: datetime | None
    expected_at: datetime | None
    owner_id: int
    warehouses_only: list[int]
    warehouses_never: list[int]

    @property
    def way(self) -> Wish:
        """From wherever its goods are promised already."""
        return Wish(self.region_code, self.service_id)

    @property
    def wish(self) -> Wish:
        """From where what it still waits for may come."""
        return self.way._replace(only=tuple(self.warehouses_only), never=tuple(self.warehouses_never))


@transactional
def orders_expect(
    *, order_ids: Collection[int], outside: Mapping[int, datetime] | None = None
) -> dict[int, datetime | None]:
    """Bring ``expected_at`` of orders up to date, and promise a day to those that have no promise yet.

    Locks the orders. Six statements for any number of them.

    :param outside: order id → when what the warehouses and carriers have in hand will be there. Without it, what
        was expected of such units before stands.
    :return: order id → what is expected now.
    """
    told = outside or {}
    orders = {row[0]: _Open(*row[1:]) for row in fetch(_OPEN, [sorted(set(order_ids))])}
    if not orders:
        return {}
    lines = fetch(_LINES, [list(orders)])
    order_of = {row[0]: row[1] for row in lines}
    reserved: dict[int, set[int]] = defaultdict(set)
    for row in reservations_active("sales_order_line", [line[0] for line in lines if line[3]]):
        reserved[order_of[row.source_id]].add(row.warehouse_id)
    waiting: dict[int, set[int]] = defaultdict(set)
    for _line, order_id, sku, _reserved, backordered, _gone in lines:
        if backordered:
            waiting[order_id].add(sku)
    gone = {row[1] for row in lines if row[5]}
    supply = supply_expected({sku for skus in waiting.values() for sku in skus})
    offers = offers_now()
    candidates = offers.candidates({wish for one in orders.values() for wish in (one.way, one.wish)})
    result: dict[int, datetime | None] = {}
    rows = []
    for key, one in orders.items():
        found = _of_order(offers, candidates, one, reserved[key], waiting[key], supply)
        parts = [found] if reserved[key] or waiting[key] else []
        if key in gone:
            outer = told.get(key, one.expected_at)
            parts.append(Expectation(outer, outer is not None))
        final = _last([part.arrives_at for part in parts], sure=all(part.is_sure for part in parts))
        result[key] = final.arrives_at
        rows.append((key, final.arrives_at, promise_of(final)))
    execute(_WRITE, columns(rows, 3))
    return result


def _of_order(
    offers: Offers,
    candidates: Mapping[Wish, Sequence[Candidate]],
    order: _Open,
    warehouses: Collection[int],
    waiting: Collection[int],
    supply: Supply,
) -> Expectation:
    demand = OrderDemand(0, order.owner_id, {}, candidates[order.wish])
    plan = SourcingPlan(0, [], dict.fromkeys(waiting, 1))
    by_warehouse = {candidate.warehouse_id: candidate for candidate in candidates[order.way]}
    arrivals = [_arrival(offers, by_warehouse.get(key), order.ship_after) for key in warehouses]
    sure = True
    if waiting:
        rest = expectation(offers, demand, plan, supply, order.ship_after)
        arrivals.append(rest.arrives_at)
        sure = rest.is_sure
    return _last(arrivals, sure=sure)


def orders_of_lines(line_ids: Collection[int]) -> list[int]:
    """The orders that have these lines. One statement."""
    rows = fetch(
        "SELECT DISTINCT order_id FROM sales_order_line WHERE id = ANY(%s::bigint[])", [list(line_ids)]
    )
    return [row[0] for row in rows]


class Leg(NamedTuple):
    """Goods on their way from a warehouse.

    :param since: when they were, or will be, handed to the carrier; ``None``: with the next one.
    """

    warehouse_id: int
    region_code: str
    service_id: int | None
    since: datetime | None = None


def arrivals_estimate(*, legs: Sequence[Leg]) -> list[datetime | None]:
    """When each leg ends by the lead times that hold; ``None`` where no service is known to go there."""
    offers = offers_now()
    return [offers.leg(leg.warehouse_id, leg.region_code, leg.service_id, leg.since) for leg in legs]
