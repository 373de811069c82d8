"""From a decision on the whole book to moved reservations: only what pays, and only if all is still as it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hecang.accounts.services.audit import audit_record_many
from hecang.inventory.selectors import reservations_active
from hecang.inventory.services import Rehousing, reservations_rehouse
from hecang.kernel import clock
from hecang.kernel.db import transactional
from hecang.kernel.outbox import Event, emit
from hecang.orders.events import BackordersFilled, OrdersResourced, ReservationsFreed
from hecang.orders.models import OrderSourcing
from hecang.orders.services.book_reading import BookOrder, OpenBook
from hecang.orders.services.lines import LineShift, chunks, lines_apply, orders_derive, shifts_summed
from hecang.orders.services.locking import OrderLocked, lines_lock, orders_lock
from hecang.orders.services.weighings import weighings_save
from hecang.orders.sourcing import OrderDemand, StockView, Take
from hecang.orders.sourcing.weighing import Recorder
from hecang.orders.states import BEFORE_WAVE, PENDING
from hecang_optim.sourcing import Solution

#: Column of what is short in a cost table.
_SHORT = 5


@dataclass(slots=True)
class Move:
    """An order that is to come from elsewhere.

    :param takes: (warehouse, SKU) → units of the new plan.
    :param gain: money that the new plan is cheaper, without what is short.
    """

    order: BookOrder
    takes: dict[tuple[int, int], int]
    gain: float
    before: float
    after: float
    record: str = ""


@dataclass(slots=True)
class Group:
    """Moves that need each other: one takes what the other gives up."""

    moves: list[Move]

    @property
    def gain(self) -> float:
        return sum(move.gain for move in self.moves)

    @property
    def order_ids(self) -> list[int]:
        return [move.order.id for move in self.moves]


def moves_find(book: OpenBook, solution: Solution) -> list[Move]:
    """The orders that the solution ships from elsewhere, without those that would lose by it.

    An order never gets fewer units than it has, and never arrives later than both its promise and its present plan.
    """
    costs, present = solution.costs, book.present
    arrives = _arrivals(solution)
    moves = []
    for place, order in enumerate(book.orders):
        takes: dict[tuple[int, int], int] = {}
        for shipment in solution.shipments(place):
            for key, units in shipment.units.items():
                takes[book.warehouses[shipment.warehouse], book.keys[key][1]] = units
        here = order.present()
        if takes == here or _loses(takes, here) or _is_later(order, book, here, takes, arrives[place]):
            continue
        before = float(present[place].sum() - present[place][_SHORT])
        after = float(costs[place].sum() - costs[place][_SHORT])
        moves.append(Move(order, takes, before - after, before, after))
    return moves


def _arrivals(solution: Solution) -> Any:
    """(O,) hours until the last parcel of each order arrives in the solution."""
    network, orders = solution.problem.network, solution.problem.orders
    day = solution.day
    leaves = np.take_along_axis(network.departure_hours[None, :, :], np.maximum(day, 0)[:, :, None], axis=2)[
        :, :, 0
    ]
    hours = leaves + network.lead_hours[:, orders.zone].T
    return np.where(day >= 0, hours, -np.inf).max(axis=1)


def _loses(takes: dict[tuple[int, int], int], here: dict[tuple[int, int], int]) -> bool:
    """Whether the order would have fewer units of a SKU than now."""
    has: dict[int, int] = defaultdict(int)
    for (_warehouse, sku), units in takes.items():
        has[sku] += units
    for (_warehouse, sku), units in here.items():
        has[sku] -= units
    return any(units < 0 for units in has.values())


def _is_later(
    order: BookOrder,
    book: OpenBook,
    here: dict[tuple[int, int], int],
    takes: dict[tuple[int, int], int],
    arrives: float,
) -> bool:
    """Whether a promise that is kept now would be broken, or one that is broken would be broken further."""
    if order.promised_at is None or sum(takes.values()) > sum(here.values()):
        return False  # nothing was promised, or goods that waited are shipped at last
    candidates = book.candidates[order.wish]
    present = [
        candidate.offer.arrives_at
        for warehouse in {warehouse for warehouse, _sku in here}
        if (candidate := candidates.get(warehouse)) is not None and candidate.offer is not None
    ]
    moment = book.moment
    due = (order.promised_at - moment).total_seconds() / 3600
    now = max(((one - moment).total_seconds() / 3600 for one in present), default=due)
    return bool(arrives > max(due, now) + 1e-6)


def moves_group(book: OpenBook, moves: Sequence[Move], threshold: float) -> list[Group]:
    """Moves by what they need of each other, the groups that pay: the most profitable first.

    A group pays where it saves ``threshold`` for each of its orders, or ships units that were backordered.
    """
    needs: dict[tuple[int, int, int], int] = defaultdict(int)
    for move in moves:
        for key, units in _change(move).items():
            needs[key] += max(0, units)
    scarce = {key for key, units in needs.items() if units > book.free.get(key, 0)}
    parent = list(range(len(moves)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    owner: dict[tuple[int, int, int], int] = {}
    for place, move in enumerate(moves):
        for key in _change(move):
            if key in scarce:
                parent[root(place)] = root(owner.setdefault(key, place))
    members: dict[int, list[Move]] = defaultdict(list)
    for place, move in enumerate(moves):
        members[root(place)].append(move)
    groups = [Group(found) for found in members.values()]
    paying = [
        group
        for group in groups
        if group.gain >= threshold * len(group.moves) or any(_fills(move) for move in group.moves)
    ]
    return sorted(paying, key=lambda group: -group.gain)


def _fills(move: Move) -> bool:
    return sum(move.takes.values()) > sum(move.order.present().values())


def _change(move: Move) -> dict[tuple[int, int, int], int]:
    """(warehouse, SKU, owner) → units that the move takes (positive) or gives up."""
    change: dict[tuple[int, int, int], int] = defaultdict(int)
    for (warehouse, sku), units in move.takes.items():
        change[warehouse, sku, move.order.owner_id] += units
    for (warehouse, sku), units in move.order.present().items():
        change[warehouse, sku, move.order.owner_id] -= units
    return {key: units for key, units in change.items() if units}


def records_write(book: OpenBook, groups: Iterable[Group]) -> None:
    """Leave in the moves what was known when they were decided: what was free, and what the orders had themselves."""
    for group in groups:
        for move in group.moves:
            order = move.order
            items = order.wanted()
            here = order.present()
            rows = [
                (
                    warehouse,
                    sku,
                    order.owner_id,
                    book.free.get((warehouse, sku, order.owner_id), 0) + here.get((warehouse, sku), 0),
                )
                for warehouse in book.warehouses
                for sku in items
            ]
            grams = {sku: book.grams[order.owner_id, sku] for sku in items}
            demand = OrderDemand(
                order.id, order.owner_id, items, list(book.candidates[order.wish].values()), order.promised_at
            )
            takes = [Take(warehouse, sku, units) for (warehouse, sku), units in sorted(move.takes.items())]
            move.record = Recorder(StockView(rows, None, grams)).record(demand, takes)


@transactional
def groups_move(*, groups: Sequence[Group]) -> list[Move]:
    """Move the reservations of these groups, all of them or none; the moves that were made.

    Nothing is moved where an order is no longer as it was read (released, held, changed, cancelled), or where
    somebody else has taken the stock meanwhile. Locks: orders, lines, availability. Emits ``OrdersResourced`` for
    approved orders, ``BackordersFilled`` for what got more, ``ReservationsFreed``.
    """
    moves = [move for group in groups for move in group.moves]
    orders = orders_lock(order_ids=[move.order.id for move in moves])
    if any(not _still_open(orders.get(move.order.id)) for move in moves):
        return []
    lines = lines_lock(orders)
    standing: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    ids = [line.id for some in lines.values() for line in some if line.reserved]
    for row in reservations_active("sales_order_line", ids):
        standing[row.source_id][row.warehouse_id] += row.quantity
    rehousings: list[Rehousing] = []
    shifts: list[LineShift] = []
    for move in moves:
        known = {line.id: (dict(line.reserved), line.backordered) for line in move.order.lines}
        now = {
            line.id: (dict(standing[line.id]), line.backordered)
            for line in lines[move.order.id]
            if line.reserved or line.backordered
        }
        if known != now:
            return []
        _steps(move, rehousings, shifts)
    if not reservations_rehouse(moves=rehousings):
        return []
    lines_apply(shifts_summed(shifts))
    _settle(moves, orders, rehousings)
    return moves


def _still_open(order: OrderLocked | None) -> bool:
    return order is not None and order.state in BEFORE_WAVE and not order.is_held and not order.is_cancelling


def _steps(move: Move, rehousings: list[Rehousing], shifts: list[LineShift]) -> None:
    """Which units of which line go where: what may stay stays, the rest fills up what is missing."""
    left = dict(move.takes)
    roaming: list[tuple[int, int, int | None, int]] = []
    for line in move.order.lines:
        for warehouse, units in line.reserved.items():
            stay = min(units, left.get((warehouse, line.sku_id), 0))
            left[warehouse, line.sku_id] = left.get((warehouse, line.sku_id), 0) - stay
            if units > stay:
                roaming.append((line.id, line.sku_id, warehouse, units - stay))
    roaming += [
        (line.id, line.sku_id, None, line.backordered) for line in move.order.lines if line.backordered
    ]
    for line_id, sku, origin, units_left in roaming:
        wanted = units_left
        for (warehouse, what), there in sorted(left.items()):
            units = min(wanted, there) if what == sku else 0
            if units:
                rehousings.append(Rehousing(line_id, sku, move.order.owner_id, origin, warehouse, units))
                left[warehouse, what] -= units
                wanted -= units
                if origin is None:
                    shifts.append(LineShift(line_id, "backordered", "reserved", units))


def _settle(moves: Sequence[Move], orders: dict[int, OrderLocked], rehousings: Sequence[Rehousing]) -> None:
    """Records, audit log and events of the orders that have moved."""
    at = clock.now()
    ids = [move.order.id for move in moves]
    orders_derive(ids)
    weighings_save([(move.order.id, move.record) for move in moves], OrderSourcing.Reason.RESOURCED, at)
    audit_record_many(
        action="orders.order.resourced",
        entity_kind="sales_order",
        entries=[
            (move.order.id, _told(move.order.present()), {**_told(move.takes), "saved": f"{move.gain:.2f}"})
            for move in moves
        ],
    )
    filled = [move for move in moves if _fills(move)]
    approved = [key for key in ids if orders[key].state != PENDING]
    freed = sorted({one.sku_id for one in rehousings if one.from_warehouse_id is not None})
    events: list[Event] = [OrdersResourced(order_ids=tuple(part)) for part in chunks(approved)]
    events += [BackordersFilled(order_ids=tuple(part)) for part in chunks([move.order.id for move in filled])]
    events += [ReservationsFreed(sku_ids=tuple(part)) for part in chunks(freed)]
    emit(*events)


def _told(takes: dict[tuple[int, int], int]) -> dict[str, Any]:
    """Units by warehouse, for the audit log."""
    units: dict[str, int] = defaultdict(int)
    for (warehouse, _sku), quantity in takes.items():
        units[str(warehouse)] += quantity
    return {"warehouses": dict(units)}
