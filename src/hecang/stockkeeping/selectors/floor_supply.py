"""What handhelds have to know of replenishments and transfers. Nothing here locks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from hecang.kernel.db import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class CarryJob:
    """One replenishment as its worker sees it."""

    id: int
    state: str
    sku_id: int
    sku: str
    name: str
    unit: str
    owner_id: int
    from_location_id: int
    from_code: str
    to_location_id: int
    to_code: str
    lot: str
    left: int
    stock_id: int


class StockThere(NamedTuple):
    """Units of a SKU at a place."""

    stock_id: int
    lot: str
    free: int


def carry_job(replenishment_id: int) -> CarryJob | None:
    """One replenishment, or ``None``. One statement."""
    row = fetch_one(
        "SELECT r.id, r.state, r.sku_id, k.code, k.name, k.base_unit, r.owner_id, r.from_location_id, f.code,"
        " r.to_location_id, t.code, coalesce(x.code, ''), r.quantity - r.moved, r.stock_id"
        " FROM replenishment r JOIN sku k ON k.id = r.sku_id JOIN location f ON f.id = r.from_location_id"
        " JOIN location t ON t.id = r.to_location_id LEFT JOIN lot x ON x.id = r.lot_id WHERE r.id = %s",
        [replenishment_id],
    )
    return CarryJob(*row) if row else None


def stock_there(location_id: int, sku_id: int, owner_id: int) -> list[StockThere]:
    """Sellable units of a SKU at a place that nobody has allocated, the most first."""
    rows = fetch(
        "SELECT s.id, coalesce(x.code, ''), s.quantity - s.allocated FROM stock s LEFT JOIN lot x ON x.id = s.lot_id"
        " WHERE s.location_id = %s AND s.sku_id = %s AND s.owner_id = %s AND s.is_sellable AND s.quantity > s.allocated"
        " ORDER BY s.quantity - s.allocated DESC, s.id",
        [location_id, sku_id, owner_id],
    )
    return [StockThere(*row) for row in rows]


class TransferWaiting(NamedTuple):
    """A transfer that the dock has to do with.

    :param other: the warehouse at its other end. :param comes: it is to be received here, not sent from here.
    """

    id: int
    number: str
    state: str
    other: str
    units: int
    comes: bool


def transfers_waiting(warehouse_id: int) -> list[TransferWaiting]:
    """Transfers to send from, or to receive in, this warehouse, the oldest first."""
    rows = fetch(
        "SELECT t.id, t.number, t.state, w.name, t.unit_count, t.to_warehouse_id = %s FROM transfer t"
        " JOIN warehouse w ON w.id ="
        " CASE WHEN t.from_warehouse_id = %s THEN t.to_warehouse_id ELSE t.from_warehouse_id END"
        " WHERE (t.from_warehouse_id = %s AND t.state IN ('approved', 'picking'))"
        " OR (t.to_warehouse_id = %s AND t.state IN ('in_transit', 'receiving')) ORDER BY t.id LIMIT 20",
        [warehouse_id, warehouse_id, warehouse_id, warehouse_id],
    )
    return [TransferWaiting(*row) for row in rows]


class DockPick(NamedTuple):
    """Units to bring to the dock next."""

    allocation_id: int
    sku_id: int
    sku: str
    name: str
    location_id: int
    location: str
    lot: str
    container_id: int | None
    container: str
    quantity: int


def dock_picks(transfer_id: int) -> list[DockPick]:
    """What is still to be brought to the dock, in walking order."""
    rows = fetch(
        "SELECT a.id, k.id, k.code, k.name, l.id, l.code, coalesce(x.code, ''), c.id, coalesce(c.code, ''), a.quantity"
        " FROM allocation a JOIN stock s ON s.id = a.stock_id JOIN sku k ON k.id = s.sku_id"
        " JOIN location l ON l.id = s.location_id LEFT JOIN lot x ON x.id = s.lot_id"
        " LEFT JOIN container c ON c.id = s.container_id JOIN transfer t ON t.id = %s"
        " WHERE a.source_kind = 'transfer_line' AND a.state IN ('open', 'picked')"
        " AND a.source_id = ANY(ARRAY(SELECT id FROM transfer_line WHERE transfer_id = %s))"
        " AND l.id IS DISTINCT FROM t.staging_id ORDER BY l.pick_sequence, l.code, a.id",
        [transfer_id, transfer_id],
    )
    return [DockPick(*row) for row in rows]


class OnRoad(NamedTuple):
    """Units of one SKU that are still on the road."""

    sku_id: int
    sku: str
    name: str
    left: int


def on_road(transfer_id: int) -> list[OnRoad]:
    """What a transfer still has on the road, by SKU."""
    rows = fetch(
        "SELECT k.id, k.code, k.name, sum(u.quantity - u.received - u.lost)::bigint FROM transfer_unit u"
        " JOIN sku k ON k.id = u.sku_id WHERE u.transfer_id = %s AND u.quantity > u.received + u.lost"
        " GROUP BY k.id ORDER BY k.code",
        [transfer_id],
    )
    return [OnRoad(*row) for row in rows]


def transfer_of(warehouse_id: int, transfer_id: int) -> TransferWaiting | None:
    """A transfer with one end here."""
    row = fetch_one(
        "SELECT t.id, t.number, t.state, w.name, t.unit_count, t.to_warehouse_id = %s FROM transfer t"
        " JOIN warehouse w ON w.id ="
        " CASE WHEN t.from_warehouse_id = %s THEN t.to_warehouse_id ELSE t.from_warehouse_id END"
        " WHERE t.id = %s AND %s IN (t.from_warehouse_id, t.to_warehouse_id)",
        [warehouse_id, warehouse_id, transfer_id, warehouse_id],
    )
    return TransferWaiting(*row) if row else None
