"""Keeping ``stock.is_sellable`` true when a fact behind it changes: a hold, an expiry, a location."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.sellability import IS_SELLABLE, facts_lock
from hecang.inventory.services.availability import availability_change, availability_lock
from hecang.inventory.services.posting import events_for
from hecang.inventory.services.shorting import Shorting, shorting_service, shorts_apply
from hecang.kernel.db import execute, fetch

_FROM = """
FROM stock s JOIN location l ON l.id = s.location_id LEFT JOIN lot t ON t.id = s.lot_id
"""


def flags_renew(shorting: Shorting, *, where: str, params: Sequence[Any]) -> int:
    """Bring the flags of the stock rows concerned, and what follows from them, up to the facts.

    The caller holds ``facts_lock(exclusive=True)`` and has written the fact. Five statements. Locks:
    availability, stock. Emits ``StockRaised`` where more can be sold.

    :param where: SQL over stock ``s`` (and its location ``l``), a constant of the caller's.
    :return: number of rows whose flag changed.
    """
    differs = f"({where}) AND s.is_sellable <> {IS_SELLABLE}"
    keys = fetch(f"SELECT DISTINCT s.warehouse_id, s.sku_id, s.owner_id {_FROM} WHERE {differs}", params)
    if not keys:
        return 0
    available = availability_lock(AvailabilityKey(*key) for key in keys)
    rows = fetch(
        f"SELECT s.id, s.warehouse_id, s.sku_id, s.owner_id, s.quantity - s.allocated, s.is_sellable "
        f"{_FROM} WHERE {differs} ORDER BY s.id FOR NO KEY UPDATE OF s",
        params,
    )
    sellable: dict[AvailabilityKey, int] = defaultdict(int)
    for _id, warehouse_id, sku_id, owner_id, free, was_sellable in rows:
        sellable[AvailabilityKey(warehouse_id, sku_id, owner_id)] += -free if was_sellable else free
    freed, losses = shorting.make_room(
        {key: available[key].reserved - available[key].sellable - units for key, units in sellable.items()}
    )
    execute(
        "UPDATE stock SET is_sellable = NOT is_sellable WHERE id = ANY(%s::bigint[])", [[r[0] for r in rows]]
    )
    availability_change({available[key].id: (units, -freed.get(key, 0)) for key, units in sellable.items()})
    shorts_apply(losses)
    events_for(sellable)
    return len(rows)


@shorting_service
def flags_renew_locations(shorting: Shorting, *, location_ids: Sequence[int]) -> int:
    """Let stock follow a change of these locations' kind or activity, written in this transaction.

    :return: number of stock rows that became sellable or stopped being so.
    """
    facts_lock(exclusive=True)
    return flags_renew(shorting, where="s.location_id = ANY(%s::bigint[])", params=[list(location_ids)])


def locations_follow(location_ids: Sequence[int]) -> None:
    """What facility calls when it has changed locations."""
    flags_renew_locations(location_ids=location_ids)
