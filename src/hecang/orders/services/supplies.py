"""Goods that are announced to come in: what the promises of backordered orders rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import InvalidInput
from hecang.orders.services.expectations import orders_expect

_SAVE = """
INSERT INTO expected_supply (sku_id, owner_id, warehouse_id, reference, quantity, expected_at)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[])
ON CONFLICT (sku_id, owner_id, warehouse_id, reference) DO UPDATE
SET quantity = excluded.quantity, expected_at = excluded.expected_at
"""
_DELETE = """
DELETE FROM expected_supply e USING unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
    AS d (sku_id, owner_id, warehouse_id, reference)
WHERE (e.sku_id, e.owner_id, e.warehouse_id, e.reference) = (d.sku_id, d.owner_id, d.warehouse_id, d.reference)
"""
_KNOWN = """
SELECT (SELECT count(*) FROM sku WHERE id = ANY(%s::bigint[])),
    (SELECT count(*) FROM owner WHERE id = ANY(%s::bigint[])),
    (SELECT count(*) FROM warehouse WHERE id = ANY(%s::bigint[]))
"""
_WAITING = """
SELECT DISTINCT order_id FROM sales_order_line WHERE backordered > 0 AND sku_id = ANY(%s::bigint[]) LIMIT 5000
"""


@dataclass(frozen=True, slots=True)
class SupplyIn:
    """Units of one SKU that are to come in.

    :param reference: a purchase order's or a supplier's number; saying it again changes what was said.
    :param quantity: 0 takes the announcement back.
    """

    sku_id: int
    owner_id: int
    warehouse_id: int
    reference: str
    quantity: int
    expected_at: datetime


@transactional
def supply_save(*, supplies: Sequence[SupplyIn]) -> None:
    """Announce supply, change or take back what was announced; the orders that wait for it expect it from now on.

    Locks the waiting orders. Raises :class:`InvalidInput` for unknown SKUs, owners or warehouses.
    """
    by_key = {(one.sku_id, one.owner_id, one.warehouse_id, one.reference): one for one in supplies}
    _require_known(supplies)
    kept = [(*key, one.quantity, one.expected_at) for key, one in by_key.items() if one.quantity > 0]
    gone = [key for key, one in by_key.items() if one.quantity <= 0]
    if kept:
        execute(_SAVE, columns(kept, 6))
    if gone:
        execute(_DELETE, columns(gone, 4))
    audit_record_many(
        action="orders.supply.announced",
        entity_kind="sku",
        entries=[
            (
                one.sku_id,
                None,
                {
                    "reference": one.reference,
                    "quantity": one.quantity,
                    "expected_at": one.expected_at.isoformat(),
                    "warehouse": one.warehouse_id,
                },
            )
            for one in by_key.values()
        ],
    )
    waiting = [row[0] for row in fetch(_WAITING, [sorted({one.sku_id for one in supplies})])]
    if waiting:
        orders_expect(order_ids=waiting)


def _require_known(supplies: Sequence[SupplyIn]) -> None:
    wanted = [
        sorted({getattr(one, name) for one in supplies}) for name in ("sku_id", "owner_id", "warehouse_id")
    ]
    if list(fetch(_KNOWN, wanted)[0]) != [len(ids) for ids in wanted]:
        raise InvalidInput(
            _("A SKU, an owner or a warehouse does not exist; nothing was written."),
            code="unknown_reference",
        )
