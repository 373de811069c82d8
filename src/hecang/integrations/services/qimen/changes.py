"""Changes of stock that an ERP did not order: counts, finds, losses, goods of another state. It is told of each."""

from __future__ import annotations

from typing import Any

from hecang.integrations.models import Connection, QimenMark
from hecang.integrations.qimen.signing import time_text
from hecang.integrations.qimen.xml import Rows
from hecang.integrations.services.qimen.sending import Telling, tellings_queue
from hecang.integrations.services.qimen.sides import ERP, GOOD, Side, side_open
from hecang.kernel.db import fetch, fetch_one, run_in_transaction
from hecang.kernel.errors import HecangError

#: Entries looked at again each time: transactions that got their numbers early may end late.
LOOK_BACK = 2000
#: Entries of one message queue run.
MOST = 5000

# What crosses the border of the warehouse, or changes its state, and belongs to no document or parcel.
_CHANGES = """
SELECT m.id, m.at, m.reason, k.code, k.id, l.code, l.produced_on, l.expires_on, m.quantity,
    NOT f.is_virtual, m.from_condition = 'good', f.warehouse_id, NOT t.is_virtual, m.to_condition = 'good', t.warehouse_id
FROM movement m JOIN location f ON f.id = m.from_location_id JOIN location t ON t.id = m.to_location_id
JOIN sku k ON k.id = m.sku_id LEFT JOIN lot l ON l.id = m.lot_id
WHERE m.id > %s AND m.owner_id = %s AND (f.warehouse_id = ANY(%s::bigint[]) OR t.warehouse_id = ANY(%s::bigint[]))
    AND m.source_kind NOT IN ('qimen_document', 'parcel')
    AND (f.is_virtual <> t.is_virtual OR (m.from_condition = 'good') <> (m.to_condition = 'good')
        OR f.warehouse_id <> t.warehouse_id)
ORDER BY m.id LIMIT %s
"""
_NEWEST = "SELECT coalesce(max(id), 0) FROM movement"


def changes_tell_all() -> int:
    """Queue ``inventory.report`` for all ERPs; how many new messages. An ERP that is new hears of what comes from now on."""
    told = 0
    for connection in Connection.objects.filter(kind="erp", connector=ERP, is_active=True).order_by("pk"):
        try:
            side = side_open(connection)
        except HecangError:
            continue  # its settings are wrong: its messages say so
        told += run_in_transaction(lambda side=side: _tell(side))  # type: ignore[misc]
    return told


def _tell(side: Side) -> int:
    newest = fetch_one(_NEWEST)
    assert newest is not None
    mark, is_new = QimenMark.objects.select_for_update(no_key=True).get_or_create(
        connection=side.connection, defaults={"movement_id": newest[0]}
    )
    if is_new:
        # Nothing older than its first look is news to it.
        return 0
    warehouses = [one.id for one in side.warehouses.values()]
    since = max(mark.movement_id - LOOK_BACK, 0)
    rows = fetch(_CHANGES, [since, side.shop.owner_id, warehouses, warehouses, MOST])
    rows = [row for row in rows if row[1] >= side.connection.created_at]
    count = tellings_queue([one for row in rows for one in _reports(side, row)])
    mark.movement_id = max(mark.movement_id, rows[-1][0] if len(rows) == MOST else newest[0])
    mark.save(update_fields=["movement_id"])
    return count


def _reports(side: Side, row: tuple[Any, ...]) -> list[Telling]:
    """A message for each warehouse that an entry changes; ``quantity`` is what changed."""
    key, at, reason, code, sku_id, lot, produced, expires, units = row[:9]
    changes: dict[str, list[tuple[str, int]]] = {}
    for is_real, is_good, warehouse, sign in ((*row[9:12], -1), (*row[12:15], 1)):
        theirs = side.warehouse_code(warehouse)
        if is_real and theirs:
            changes.setdefault(theirs, []).append((GOOD if is_good else "CC", sign * units))
    tellings = []
    for number, (theirs, items) in enumerate(sorted(changes.items())):
        name = f"M{key}-{number}" if number else f"M{key}"
        content = {
            "totalPage": 1,
            "currentPage": 1,
            "pageSize": len(items),
            "warehouseCode": theirs,
            "checkOrderCode": name,
            "ownerCode": side.settings.owner_code,
            "checkTime": time_text(at),
            "outBizCode": name,
            "adjustType": "CHECK" if reason == "count" else "ADJUST",
            "remark": reason,
            "items": Rows(
                "item",
                [
                    {
                        "itemCode": code,
                        "itemId": sku_id,
                        "inventoryType": kind,
                        "quantity": change,
                        "batchCode": lot,
                        "productDate": produced,
                        "expireDate": expires,
                    }
                    for kind, change in items
                ],
            ),
        }
        tellings.append(Telling(side.connection.pk, "inventory.report", name, name, content))
    return tellings
