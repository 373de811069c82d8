"""Fulfilments follow the orders: made from reservations, topped up, trimmed, stopped.

Everything here brings fulfilments into line with what the orders say *now*, under the lock of the order
row. So a repeated or late message changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from hecang.accounts.services.audit import audit_record_many
from hecang.catalog.selectors import sku_physicals
from hecang.inventory.selectors import reservations_active
from hecang.kernel.clock import now
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.outbox import emit
from hecang.kernel.sequences import numbers
from hecang.orders.selectors import order_lines_for_fulfilment, orders_for_fulfilment
from hecang.orders.services import orders_lock
from hecang.outbound.events import FulfilmentsCancelled, FulfilmentsCreated
from hecang.outbound.models import FulfilmentLine
from hecang.outbound.selectors.choosing import choice_asks
from hecang.outbound.selectors.cutoff import ship_times
from hecang.outbound.services.progress import summaries_update
from hecang.shipping.services import services_choose_many

#: Order states in which the warehouse gets work.
WORKING = frozenset({"approved", "fulfilling", "partially_shipped"})
CHUNK = 1000
#: Temperature classes, coldest last.
COLDNESS = ("ambient", "chilled", "frozen")

_Key = tuple[int, int]  # (order line or order, warehouse)


@dataclass(frozen=True, slots=True)
class SyncResult:
    """Ids of fulfilments that a sync has made, changed, and ended."""

    created: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()


@dataclass
class _Ready:
    """What waits for a wave: fulfilments by (order, warehouse) and their lines."""

    open_ids: dict[_Key, int] = field(default_factory=dict)
    pending: dict[_Key, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    #: (fulfilment line, fulfilment, units) of order lines that have moved to another order since.
    misplaced: list[tuple[int, int, int]] = field(default_factory=list)


def fulfilments_sync(*, order_ids: Iterable[int]) -> SyncResult:
    """Make the ready fulfilments of these orders equal their active reservations.

    Units reserved but in no fulfilment are added: to a ready fulfilment of the same order and warehouse
    that is in no wave yet, else to a new one. Units in a ready fulfilment that are no longer reserved
    are cut, and so are lines that splitting or merging has moved to another order; a fulfilment of which nothing
    is left is cancelled. Orders that are held, being cancelled or
    not approved get nothing new. Also sets ``is_stopped``.

    Locks orders, then their ready fulfilments. A constant number of statements for each thousand orders.
    """
    wanted = sorted(set(order_ids))
    parts = [_sync_chunk(wanted[at : at + CHUNK]) for at in range(0, len(wanted), CHUNK)]
    return SyncResult(
        created=tuple(one for part in parts for one in part.created),
        changed=tuple(one for part in parts for one in part.changed),
        cancelled=tuple(one for part in parts for one in part.cancelled),
    )


@transactional
def _sync_chunk(order_ids: list[int]) -> SyncResult:
    locked = orders_lock(order_ids=order_ids)
    _stop(order_ids, [key for key, order in locked.items() if order.is_held or order.is_cancelling])
    working = {
        key
        for key, order in locked.items()
        if order.state in WORKING and not order.is_held and not order.is_cancelling
    }
    lines = {line.id: line for line in order_lines_for_fulfilment(list(locked))}
    reserved: dict[_Key, int] = defaultdict(int)
    for row in reservations_active("sales_order_line", [key for key, line in lines.items() if line.reserved]):
        reserved[row.source_id, row.warehouse_id] += row.quantity
    ready = _ready(list(locked))
    cancelled, trimmed = _trim(ready, reserved)
    missing = {
        key: units - sum(quantity for _, _, quantity in ready.pending.get(key, []))
        for key, units in reserved.items()
        if lines[key[0]].order_id in working
    }
    missing = {key: units for key, units in missing.items() if units > 0}
    created, changed = _add(
        ready, missing, {key: (line.order_id, line.sku_id) for key, line in lines.items()}
    )
    touched = sorted({*created, *changed, *trimmed})
    summaries_update(touched)
    services_choose(touched)
    emit(
        *([FulfilmentsCreated(tuple(created))] if created else []),
        *([FulfilmentsCancelled(tuple(cancelled))] if cancelled else []),
    )
    return SyncResult(tuple(created), tuple(sorted({*changed, *trimmed})), tuple(cancelled))


def _ready(order_ids: list[int]) -> _Ready:
    """Lock and read the ready fulfilments of these orders; two statements."""
    heads = fetch(
        "SELECT id, order_id, warehouse_id, wave_id FROM fulfilment WHERE order_id = ANY(%s) AND state = 'ready'"
        " ORDER BY id FOR NO KEY UPDATE",
        [order_ids],
    )
    found = _Ready()
    warehouse_of = {}
    for fulfilment_id, order_id, warehouse_id, wave_id in heads:
        warehouse_of[fulfilment_id] = warehouse_id
        if wave_id is None:
            found.open_ids[order_id, warehouse_id] = fulfilment_id
    rows = fetch(
        "SELECT l.id, l.fulfilment_id, l.order_line_id, l.quantity - l.allocated - l.shipped - l.cut,"
        " o.order_id <> f.order_id"
        " FROM fulfilment_line l JOIN fulfilment f ON f.id = l.fulfilment_id"
        " JOIN sales_order_line o ON o.id = l.order_line_id"
        " WHERE l.fulfilment_id = ANY(%s) AND l.quantity > l.allocated + l.shipped + l.cut ORDER BY l.id",
        [list(warehouse_of)],
    )
    for line_id, fulfilment_id, order_line_id, pending, moved in rows:
        if moved:
            found.misplaced.append((line_id, fulfilment_id, pending))
            continue
        found.pending[order_line_id, warehouse_of[fulfilment_id]].append((line_id, fulfilment_id, pending))
    return found


def _trim(ready: _Ready, reserved: Mapping[_Key, int]) -> tuple[list[int], set[int]]:
    """Cut what is no longer reserved or no longer of this order, newest first; (cancelled, touched) fulfilment ids."""
    cuts: list[tuple[int, int]] = [(line_id, units) for line_id, _fulfilment, units in ready.misplaced]
    touched: set[int] = {fulfilment_id for _line, fulfilment_id, _units in ready.misplaced}
    for key, entries in ready.pending.items():
        excess = sum(quantity for _, _, quantity in entries) - reserved.get(key, 0)
        for line_id, fulfilment_id, quantity in reversed(entries):
            units = min(quantity, excess)
            if units <= 0:
                break
            cuts.append((line_id, units))
            touched.add(fulfilment_id)
            excess -= units
    if not cuts:
        return [], set()
    execute(
        "UPDATE fulfilment_line l SET cut = l.cut + c.units FROM unnest(%s::bigint[], %s::bigint[]) AS c (id, units)"
        " WHERE l.id = c.id",
        columns(cuts, 2),
    )
    ended = fetch(
        "UPDATE fulfilment f SET state = 'cancelled', wave_id = NULL, batch_id = NULL, slot = NULL"
        " WHERE f.id = ANY(%s) AND f.state = 'ready' AND NOT EXISTS ("
        "   SELECT 1 FROM fulfilment_line l WHERE l.fulfilment_id = f.id AND l.quantity > l.cut)"
        " RETURNING f.id, f.number",
        [sorted(touched)],
    )
    audit_record_many(
        action="fulfilment.cancelled",
        entity_kind="fulfilment",
        entries=[
            (key, {"state": "ready"}, {"state": "cancelled", "number": number}) for key, number in ended
        ],
    )
    cancelled = sorted(key for key, _ in ended)
    ready.open_ids = {key: value for key, value in ready.open_ids.items() if value not in set(cancelled)}
    return cancelled, touched


def _add(
    ready: _Ready, missing: Mapping[_Key, int], lines: Mapping[int, tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """Put missing units into open fulfilments or new ones; returns (created, topped up) ids."""
    if not missing:
        return [], []
    heads = {(lines[line_id][0], warehouse_id) for line_id, warehouse_id in missing}
    fresh = sorted(heads - set(ready.open_ids))
    created = _insert_heads(fresh)
    place = {**ready.open_ids, **dict(zip(fresh, created, strict=True))}
    keys = sorted(missing)
    physicals = sku_physicals([lines[line_id][1] for line_id, _ in keys])
    rows = [
        (
            place[lines[line_id][0], warehouse_id],
            line_id,
            lines[line_id][1],
            missing[line_id, warehouse_id],
            weight,
            volume,
        )
        for (line_id, warehouse_id), weight, volume in zip(
            keys, physicals.weight_g.tolist(), physicals.volume_mm3.tolist(), strict=True
        )
    ]
    execute(
        "INSERT INTO fulfilment_line (fulfilment_id, order_line_id, sku_id, quantity, unit_weight_g,"
        " unit_volume_mm3, allocated, picked, packed, shipped, cut)"
        " SELECT *, 0, 0, 0, 0, 0 FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],"
        " %s::integer[], %s::bigint[])"
        " ON CONFLICT (fulfilment_id, order_line_id) DO UPDATE"
        " SET quantity = fulfilment_line.quantity + excluded.quantity",
        columns(rows, 6),
    )
    return created, sorted({row[0] for row in rows} - set(created))


def _insert_heads(keys: Sequence[_Key]) -> list[int]:
    """New fulfilments for these (order, warehouse); ids in the same order."""
    if not keys:
        return []
    moment = now()
    orders = {order.id: order for order in orders_for_fulfilment(sorted({order_id for order_id, _ in keys}))}
    next_ship = ship_times({warehouse_id for _, warehouse_id in keys}, moment)
    rows = []
    for number, (order_id, warehouse_id) in zip(numbers("fulfilment", len(keys)), keys, strict=True):
        order = orders[order_id]
        rows.append(
            (
                number, order_id, warehouse_id, order.owner_id, order.shop_id, order.region_code, order.priority,
                _ship_by(order.promised_at, next_ship.get(warehouse_id)),
            )
        )  # fmt: skip
    inserted = fetch(
        "INSERT INTO fulfilment (number, order_id, warehouse_id, owner_id, shop_id, region_code, priority,"
        " ship_by, state, is_stopped, temperature, line_count, unit_count, weight_g, volume_mm3, created_at)"
        " SELECT r.number, r.order_id, r.warehouse_id, r.owner_id, r.shop_id, r.region_code, r.priority, r.ship_by,"
        " 'ready', false, 'ambient', 0, 0, 0, 0, %s"
        " FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::smallint[],"
        " %s::timestamptz[]) WITH ORDINALITY AS r (number, order_id, warehouse_id, owner_id, shop_id, region_code,"
        " priority, ship_by, position) ORDER BY r.position RETURNING id, number",
        [moment, *columns(rows, 8)],
    )
    by_number = {number: key for key, number in inserted}
    created = [by_number[row[0]] for row in rows]
    audit_record_many(
        action="fulfilment.created",
        entity_kind="fulfilment",
        entries=[
            (key, None, {"number": row[0], "order_id": row[1], "warehouse_id": row[2], "state": "ready"})
            for key, row in zip(created, rows, strict=True)
        ],
    )
    return created


def _ship_by(promised_at: datetime | None, cutoff: datetime | None) -> datetime | None:
    """The earlier of what was promised to the buyer and the next cut-off; whichever is known."""
    known = [moment for moment in (promised_at, cutoff) if moment is not None]
    return min(known) if known else None


def services_choose(fulfilment_ids: Sequence[int]) -> None:
    """Choose the carrier service for each fulfilment (:func:`choice_asks`), and its temperature.

    A fulfilment that no service reaches gets none; the list shows it. A constant number of statements.
    """
    if not fulfilment_ids:
        return
    asks = choice_asks(fulfilment_ids)
    chosen = {
        key: choice.chosen.quote.service_id if choice.chosen else None
        for key, choice in zip(asks, services_choose_many(asks=list(asks.values())), strict=True)
    }
    coldest = dict.fromkeys(chosen, 0)
    needs = FulfilmentLine.objects.filter(fulfilment_id__in=list(coldest), quantity__gt=F("cut"))
    for fulfilment_id, temperature in needs.values_list("fulfilment_id", "sku__temperature").distinct():
        coldest[fulfilment_id] = max(coldest[fulfilment_id], COLDNESS.index(temperature))
    execute(
        "UPDATE fulfilment f SET service_id = c.service_id, temperature = c.temperature"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS c (id, service_id, temperature) WHERE f.id = c.id",
        columns(((key, service_id, COLDNESS[coldest[key]]) for key, service_id in chosen.items()), 3),
    )


@transactional
def fulfilments_stop(*, order_ids: Iterable[int]) -> None:
    """Set ``is_stopped`` of these orders' fulfilments to what the orders say now (held or being cancelled).

    Locks the orders, then the fulfilments that change.
    """
    ids = sorted(set(order_ids))
    locked = orders_lock(order_ids=ids)
    _stop(ids, [key for key, order in locked.items() if order.is_held or order.is_cancelling])


def _stop(order_ids: Sequence[int], stopped: Sequence[int]) -> None:
    changed = fetch(
        "WITH target AS ("
        "   SELECT id FROM fulfilment WHERE order_id = ANY(%s) AND state NOT IN ('shipped', 'cancelled')"
        "   AND is_stopped <> (order_id = ANY(%s)) ORDER BY id FOR NO KEY UPDATE)"
        " UPDATE fulfilment f SET is_stopped = NOT f.is_stopped FROM target WHERE f.id = target.id"
        " RETURNING f.id, f.is_stopped",
        [list(order_ids), list(stopped)],
    )
    audit_record_many(
        action="fulfilment.stop_changed",
        entity_kind="fulfilment",
        entries=[
            (key, {"is_stopped": not now_stopped}, {"is_stopped": now_stopped})
            for key, now_stopped in changed
        ],
    )


@transactional
def fulfilments_readdress(*, order_ids: Iterable[int]) -> None:
    """Take over a changed address: region, carrier service; labelled parcels need a new label.

    Locks the orders, fulfilments and parcels. Parcels that have left are not touched.
    """
    from hecang.outbound.services.sealing import parcels_unlabel

    ids = sorted(set(order_ids))
    orders_lock(order_ids=ids)
    orders = orders_for_fulfilment(ids)
    execute("SELECT 1 FROM fulfilment WHERE order_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids])
    moved = fetch(
        "UPDATE fulfilment f SET region_code = o.region_code"
        " FROM unnest(%s::bigint[], %s::text[]) AS o (order_id, region_code)"
        " WHERE f.order_id = o.order_id AND f.state NOT IN ('shipped', 'cancelled') RETURNING f.id",
        columns(((order.id, order.region_code) for order in orders), 2),
    )
    fulfilment_ids = sorted(row[0] for row in moved)
    services_choose(fulfilment_ids)
    parcels_unlabel(fulfilment_ids=fulfilment_ids)
