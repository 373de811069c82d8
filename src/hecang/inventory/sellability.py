"""What makes stock sellable: the one place where that is written down.

Good condition, at an active location whose kind is sellable, of a lot that has not expired, under no
standing hold. ``stock.is_sellable`` keeps the answer; services that change one of these facts renew it
under :func:`facts_lock`, and ``verify`` compares it with :data:`IS_SELLABLE`.
"""

from __future__ import annotations

from typing import Final

from hecang.kernel.db import execute

#: SQL over the aliases ``s`` (the place: location_id, sku_id, lot_id, condition, container_id), ``l`` (its location)
#: and ``t`` (its lot, or nulls).
IS_SELLABLE: Final = """(
    s.condition = 'good'
    AND l.is_active AND NOT l.is_virtual AND l.kind IN ('pick_face', 'reserve')
    AND NOT coalesce(t.is_expired, false)
    AND NOT EXISTS (
        SELECT 1 FROM stock_hold h WHERE h.released_at IS NULL AND h.kind = 'lot' AND h.lot_id = s.lot_id)
    AND NOT EXISTS (
        SELECT 1 FROM stock_hold h WHERE h.released_at IS NULL AND h.kind = 'location' AND h.location_id = l.id)
    AND NOT EXISTS (
        SELECT 1 FROM stock_hold h WHERE h.released_at IS NULL AND h.kind = 'sku'
            AND h.sku_id = s.sku_id AND h.warehouse_id = l.warehouse_id)
    AND NOT EXISTS (SELECT 1 FROM container c WHERE c.id = s.container_id AND c.is_held)
    AND (t.supplier_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM stock_hold h WHERE h.released_at IS NULL AND h.kind = 'supplier'
            AND h.supplier_id = t.supplier_id))
)"""

_FACTS_LOCK: Final = 0x4865_6361_6E67  # "Hecang"; the only advisory lock of inventory


def facts_lock(*, exclusive: bool = False) -> None:
    """Keep holds, expiry and locations from changing while a new stock row asks whether it is sellable.

    Shared by whoever may create stock rows; exclusive for whoever changes a fact. Without it a row made
    at the moment a hold is placed would see the facts of before. Held until the transaction ends. Taken
    before balances are locked, even by services that would not need it themselves, so that a transaction
    that does several things to stock never waits for it with balances in hand.
    """
    execute(f"SELECT pg_advisory_xact_lock{'' if exclusive else '_shared'}(%s)", [_FACTS_LOCK])
