"""The whole open book as one problem: what waits, what it could come from, and what it costs now.

Nothing is locked and nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from hecang.catalog.selectors import sku_physicals
from hecang.inventory.selectors import availability_for, reservations_active
from hecang.kernel.db import fetch
from hecang.orders.planned import orders_planned
from hecang.orders.services.offers import Offers, Wish
from hecang.orders.sourcing import Candidate
from hecang.orders.sourcing.costs import MOST_WAREHOUSES, UNIT_G, Costs
from hecang_optim.arrays import Bools, Floats, Ints, row_starts
from hecang_optim.sourcing.costs import cost_table
from hecang_optim.sourcing.problem import UNLIMITED, Network, Orders, Problem

#: Money for a unit that is backordered, and for one that is reserved and would be given up: no order may lose
#: what it has to another.
SHORT, GIVEN_UP = 200.0, 5_000.0
#: Days on which parcels can leave; on the last of them there is room for all.
DAYS = 5
#: Money on ways that do not exist; they are not allowed, either.
_NO_WAY = 1e6

_BOOK = """
SELECT id, owner_id, region_code, service_id, warehouses_only, warehouses_never, promised_at, ship_after, priority
FROM sales_order
WHERE state IN ('pending', 'approved') AND NOT is_held AND NOT is_cancelling AND NOT awaits_release
    AND (ship_after IS NULL OR ship_after <= %s::timestamptz) AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))
ORDER BY priority, placed_at, id LIMIT %s
"""
_LINES = """
SELECT id, order_id, sku_id, reserved, backordered FROM sales_order_line
WHERE order_id = ANY(%s::bigint[]) AND reserved + backordered > 0
ORDER BY id
"""


class BookLine(NamedTuple):
    """A line that waits: reserved units by warehouse, and units that are backordered."""

    id: int
    sku_id: int
    reserved: dict[int, int]
    backordered: int


@dataclass(slots=True)
class BookOrder:
    """An order that no wave has taken."""

    id: int
    owner_id: int
    wish: Wish
    promised_at: datetime | None
    priority: int
    lines: list[BookLine] = field(default_factory=list)

    def wanted(self) -> dict[int, int]:
        """SKU → units, reserved or not."""
        items: dict[int, int] = defaultdict(int)
        for line in self.lines:
            items[line.sku_id] += sum(line.reserved.values()) + line.backordered
        return items

    def present(self) -> dict[tuple[int, int], int]:
        """(warehouse, SKU) → units reserved."""
        takes: dict[tuple[int, int], int] = defaultdict(int)
        for line in self.lines:
            for warehouse, units in line.reserved.items():
                takes[warehouse, line.sku_id] += units
        return takes


@dataclass(frozen=True, slots=True)
class OpenBook:
    """The book and its problem.

    :param warehouses: ids by row of the problem; ``keys`` (owner, SKU) by column of its stock.
    :param free: (warehouse, SKU, owner) → units that nobody has reserved.
    :param present: (O, 6) what the present plan costs, by order and component.
    :param candidates: by wish; ``grams`` of a unit by (owner, SKU).
    :param moment: when it was read.
    """

    moment: datetime
    orders: list[BookOrder]
    warehouses: list[int]
    keys: list[tuple[int, int]]
    free: dict[tuple[int, int, int], int]
    candidates: dict[Wish, dict[int, Candidate]]
    grams: dict[tuple[int, int], int]
    problem: Problem
    present: Floats


def book_read(
    *, offers: Offers, money: Costs, most: int, order_ids: Sequence[int] | None = None
) -> OpenBook | None:
    """Read the orders that no wave has taken; ``None`` where there are none. Eight statements and one an owner.

    :param most: orders at most, the more urgent and older first.
    :param order_ids: look at these only.
    """
    orders = _orders(offers.moment, most, order_ids)
    if not orders:
        return None
    found = offers.candidates({order.wish for order in orders})
    candidates = {wish: {one.warehouse_id: one for one in some} for wish, some in found.items()}
    held = {warehouse for order in orders for warehouse, _sku in order.present()}
    warehouses = sorted({key for some in candidates.values() for key in some} | held)
    skus: dict[int, set[int]] = defaultdict(set)
    for order in orders:
        skus[order.owner_id].update(line.sku_id for line in order.lines)
    keys = sorted((owner, sku) for owner, some in skus.items() for sku in some)
    free = {
        (warehouse, sku, owner): units
        for owner, some in sorted(skus.items())
        for (warehouse, sku), units in availability_for(
            sku_ids=sorted(some), owner_id=owner, warehouse_ids=warehouses
        ).items()
        if units > 0
    }
    problem = _problem(orders, warehouses, keys, free, candidates, offers, money)
    present = _present_cost(problem, orders, warehouses, keys)
    grams = dict(zip(keys, problem.unit_g.tolist(), strict=True))
    return OpenBook(offers.moment, orders, warehouses, keys, free, candidates, grams, problem, present)


def _orders(now: datetime, most: int, order_ids: Sequence[int] | None) -> list[BookOrder]:
    ids = None if order_ids is None else list(order_ids)
    orders = {
        row[0]: BookOrder(row[0], row[1], Wish(row[2], row[3], tuple(row[4]), tuple(row[5])), row[6], row[8])
        for row in fetch(_BOOK, [now, ids, ids, most])
    }
    for planned in orders_planned(list(orders)) if orders else ():
        orders.pop(planned, None)
    lines = fetch(_LINES, [list(orders)])
    reserved: dict[int, dict[int, int]] = defaultdict(dict)
    for row in reservations_active("sales_order_line", [line[0] for line in lines if line[3]]):
        mine = reserved[row.source_id]
        mine[row.warehouse_id] = mine.get(row.warehouse_id, 0) + row.quantity
    for line_id, order_id, sku, _reserved, backordered in lines:
        # Cancelled since its line was read: it wants nothing any more.
        if reserved[line_id] or backordered:
            orders[order_id].lines.append(BookLine(line_id, sku, reserved[line_id], backordered))
    return [order for order in orders.values() if order.lines]


def _problem(
    orders: Sequence[BookOrder],
    warehouses: Sequence[int],
    keys: Sequence[tuple[int, int]],
    free: dict[tuple[int, int, int], int],
    candidates: dict[Wish, dict[int, Candidate]],
    offers: Offers,
    money: Costs,
) -> Problem:
    row = {warehouse: place for place, warehouse in enumerate(warehouses)}
    column = {key: place for place, key in enumerate(keys)}
    wishes = sorted({order.wish for order in orders}, key=str)
    zone = {wish: place for place, wish in enumerate(wishes)}
    stock = np.zeros((len(warehouses), len(keys)), dtype=np.int64)
    for (warehouse, sku, owner), units in free.items():
        stock[row[warehouse], column[owner, sku]] += units
    for order in orders:
        for (warehouse, sku), units in order.present().items():
            stock[row[warehouse], column[order.owner_id, sku]] += units
    weights = sku_physicals([sku for _owner, sku in keys]).weight_g
    return Problem(
        network=_network(warehouses, wishes, candidates, offers, money, _units_an_order(orders)),
        orders=_as_orders(orders, row, column, zone, candidates, offers.moment),
        stock=stock,
        unit_g=np.where(weights > 0, weights, UNIT_G).astype(np.int64),
    )


def _units_an_order(orders: Sequence[BookOrder]) -> float:
    return max(1.0, sum(sum(order.wanted().values()) for order in orders) / len(orders))


def _network(
    warehouses: Sequence[int],
    wishes: Sequence[Wish],
    candidates: dict[Wish, dict[int, Candidate]],
    offers: Offers,
    money: Costs,
    units_an_order: float,
) -> Network:
    count, days = len(warehouses), range(DAYS)
    departure = np.zeros((count, DAYS))
    capacity = np.full((count, DAYS), UNLIMITED, dtype=np.int64)
    handling = np.zeros((3, count))
    for place, warehouse in enumerate(warehouses):
        leaves = offers.departures(warehouse, DAYS)
        departure[place] = [_hours(offers.moment, leaves[day]) for day in days]
        handling[:, place] = offers.handling(warehouse)
        if limit := offers.daily_limit(warehouse, units_an_order):
            capacity[place, :-1] = limit
    shape = (count, len(wishes))
    prices, grams = np.full((2, *shape), _NO_WAY), np.full((2, *shape), 1000, dtype=np.int64)
    lead, parcel = np.zeros(shape), np.full(count, 30_000, dtype=np.int64)
    for place, warehouse in enumerate(warehouses):
        for zone, wish in enumerate(wishes):
            candidate = candidates[wish].get(warehouse)
            if candidate is None or candidate.offer is None:
                continue
            offer = candidate.offer
            prices[:, place, zone] = offer.first_price + offer.wait_cost, offer.step_price
            grams[:, place, zone] = offer.first_g, offer.step_g
            lead[place, zone] = max(0.0, _hours(offers.moment, offer.arrives_at) - departure[place, 0])
            parcel[place] = min(parcel[place], offer.parcel_g)
    return Network(
        first_price=np.ascontiguousarray(prices[0]),
        step_price=np.ascontiguousarray(prices[1]),
        first_g=np.ascontiguousarray(grams[0]),
        step_g=np.ascontiguousarray(grams[1]),
        parcel_g=parcel,
        lead_hours=lead,
        departure_hours=departure,
        capacity=capacity,
        handling_shipment=np.ascontiguousarray(handling[0]),
        handling_line=np.ascontiguousarray(handling[1]),
        handling_unit=np.ascontiguousarray(handling[2]),
        split_price=money.split,
        late_price=money.late,
        most_warehouses=MOST_WAREHOUSES,
    )


def _as_orders(
    orders: Sequence[BookOrder],
    row: dict[int, int],
    column: dict[tuple[int, int], int],
    zone: dict[Wish, int],
    candidates: dict[Wish, dict[int, Candidate]],
    now: datetime,
) -> Orders:
    sku, quantity, short, lengths = [], [], [], []
    allowed: Bools = np.zeros((len(orders), len(row)), dtype=np.bool_)
    for place, order in enumerate(orders):
        wanted, here = order.wanted(), order.present()
        lengths.append(len(wanted))
        for one, units in wanted.items():
            got = sum(units for (_warehouse, what), units in here.items() if what == one)
            sku.append(column[order.owner_id, one])
            quantity.append(units)
            short.append(GIVEN_UP if got == units else SHORT * (1 + max(0, 200 - order.priority) / 200))
        for warehouse in candidates[order.wish]:
            allowed[place, row[warehouse]] = True
    due = [_hours(now, order.promised_at) if order.promised_at else np.inf for order in orders]
    return Orders(
        zone=np.array([zone[order.wish] for order in orders], dtype=np.int64),
        line_start=row_starts(np.array(lengths, dtype=np.int64)),
        sku=np.array(sku, dtype=np.int64),
        quantity=np.array(quantity, dtype=np.int64),
        short_price=np.array(short, dtype=np.float64),
        due_hours=np.array(due, dtype=np.float64),
        allowed=allowed,
    )


def _present_cost(
    problem: Problem,
    orders: Sequence[BookOrder],
    warehouses: Sequence[int],
    keys: Sequence[tuple[int, int]],
) -> Floats:
    """What the reservations of this moment cost, as if everything left with the next carrier."""
    row = {warehouse: place for place, warehouse in enumerate(warehouses)}
    column = {key: place for place, key in enumerate(keys)}
    day: Ints = np.full((len(orders), len(warehouses)), -1, dtype=np.int64)
    takes = []
    for place, order in enumerate(orders):
        start = int(problem.orders.line_start[place])
        end = int(problem.orders.line_start[place + 1])
        line_of = {int(problem.orders.sku[line]): line for line in range(start, end)}
        for (warehouse, sku), units in order.present().items():
            takes.append((line_of[column[order.owner_id, sku]], row[warehouse], units))
            day[place, row[warehouse]] = 0
    takes.sort()
    table = np.array(takes, dtype=np.int64).reshape(-1, 3).T
    return cost_table(problem, table[0], table[1], table[2], day)


def _hours(now: datetime, moment: datetime) -> float:
    return (moment - now) / timedelta(hours=1)
