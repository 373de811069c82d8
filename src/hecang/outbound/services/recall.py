"""Holding everything of a recall at once: nothing of it is sold from this moment on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.inventory.models import Condition, Movement
from hecang.inventory.services import PostingIn, hold_place, stock_post
from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch, transactional
from hecang.kernel.errors import InvalidInput
from hecang.outbound.selectors.recall import Recalled, recall_rows

_STANDING = """
SELECT h.kind, coalesce(h.lot_id, h.supplier_id, h.sku_id), h.warehouse_id FROM stock_hold h
WHERE h.released_at IS NULL AND h.source_kind = 'recall' AND h.kind IN ('lot', 'supplier', 'sku')
"""

# Named units of free rows: a unit that an order has already stays there, and is in the list of promises.
_FREE = """
SELECT s.id, s.location_id, s.lot_id, s.owner_id, s.condition, s.container_id, s.quantity - s.allocated,
    array_agg(n.number ORDER BY n.claim_id IS NOT NULL, n.id)
FROM serial n JOIN stock s ON s.id = n.stock_id
WHERE n.sku_id = %s AND n.number >= %s AND n.number <= %s AND s.condition = 'good'
    AND (%s::bigint[] IS NULL OR s.warehouse_id = ANY(%s::bigint[]))
    AND (%s::bigint[] IS NULL OR s.owner_id = ANY(%s::bigint[]))
GROUP BY s.id ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class RecallHeld:
    """What holding did.

    :param hold_ids: holds that were placed now.
    :param quarantined: numbered units that went into quarantine.
    :param promised: units that orders have already; whoever packs them must be told.
    """

    hold_ids: tuple[int, ...]
    quarantined: int
    promised: int


@transactional
def recall_hold(*, recalled: Recalled, reason: str) -> RecallHeld:
    """Stop selling everything that is called back; one hold for each lot, supplier, or SKU and warehouse.

    Numbered units cannot be held one by one: what is free of them goes into quarantine where it lies. Holds of a
    recall that stand already are not placed again. Reservations that relied on the goods become backorders.

    :raises InvalidInput: it is not said which goods.
    """
    if not recalled.is_named:
        raise InvalidInput(
            _("Say which goods are called back: lots, a supplier, or a SKU."), code="goods_missing"
        )
    rows = recall_rows(current_actor(), recalled)
    promised = sum(row["quantity"] for row in rows if row["kind"] == "allocation")
    if recalled.by_serial:
        return RecallHeld((), _quarantine(recalled, reason), promised)
    standing = set(fetch(_STANDING))
    holds = []
    for kind, subject, warehouse_id in _subjects(recalled, [row["warehouse_id"] for row in rows]):
        if (kind, subject, warehouse_id) not in standing:
            name = {"lot": "lot_id", "supplier": "supplier_id", "sku": "sku_id"}[kind]
            more = {} if warehouse_id is None else {"warehouse_id": warehouse_id}
            holds.append(
                hold_place(kind=kind, reason=reason, source_kind="recall", **{name: subject}, **more)
            )
    return RecallHeld(tuple(holds), 0, promised)


def _subjects(recalled: Recalled, warehouse_ids: list[int]) -> list[tuple[str, int, int | None]]:
    if recalled.lot_ids:
        return [("lot", lot_id, None) for lot_id in sorted(set(recalled.lot_ids))]
    if recalled.supplier_id is not None and recalled.sku_id is None:
        return [("supplier", recalled.supplier_id, None)]
    if recalled.supplier_id is not None:
        lots = fetch(
            "SELECT id FROM lot WHERE supplier_id = %s AND sku_id = %s ORDER BY id",
            [recalled.supplier_id, recalled.sku_id],
        )
        return [("lot", row[0], None) for row in lots]
    assert recalled.sku_id is not None
    return [("sku", recalled.sku_id, warehouse_id) for warehouse_id in sorted(set(warehouse_ids))]


def _quarantine(recalled: Recalled, reason: str) -> int:
    scope = current_actor().scope
    warehouses = None if scope.warehouses is None else list(scope.warehouses)
    owners = None if scope.owners is None else list(scope.owners)
    assert recalled.sku_id is not None
    last = recalled.last or recalled.first
    rows = fetch(_FREE, [recalled.sku_id, recalled.first, last, warehouses, warehouses, owners, owners])
    entries = []
    for _id, location_id, lot_id, owner_id, condition, container_id, free, found in rows:
        named = tuple(found[:free])
        if named:
            entries.append(
                PostingIn(
                    sku_id=recalled.sku_id,
                    owner_id=owner_id,
                    lot_id=lot_id,
                    quantity=len(named),
                    from_location_id=location_id,
                    to_location_id=location_id,
                    from_condition=condition,
                    to_condition=Condition.QUARANTINE.value,
                    from_container_id=container_id,
                    to_container_id=container_id,
                    reason=Movement.Reason.CONDITION.value,
                    source_kind="recall",
                    note=reason[:200],
                    serials=named,
                )
            )
    stock_post(entries=entries)
    return sum(entry.quantity for entry in entries)
