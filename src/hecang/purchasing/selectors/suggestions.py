"""What customers wait for and nobody has ordered yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch

# On order for the same warehouse and owner: what is still to come of orders that have not ended, drafts included.
ON_ORDER = """
SELECT coalesce(sum(greatest(l.quantity - l.received - l.cancelled, 0)), 0)::bigint
FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
WHERE l.sku_id = s.sku_id AND o.owner_id = s.owner_id AND o.warehouse_id = s.warehouse_id
    AND o.state NOT IN ('closed', 'cancelled')
"""
_FOUND = f"""
SELECT s.id, s.sku_id, s.owner_id, s.warehouse_id, s.quantity, ({ON_ORDER})
FROM supply_suggestion s
WHERE s.id = ANY(%s::bigint[]) AND s.settled_at IS NULL
    AND (%s::bigint[] IS NULL OR s.warehouse_id = ANY(%s)) AND (%s::bigint[] IS NULL OR s.owner_id = ANY(%s))
ORDER BY s.id
"""  # noqa: S608 - own text


@dataclass(frozen=True, slots=True)
class Uncovered:
    """An open suggestion with what of it is on order already."""

    id: int
    sku_id: int
    owner_id: int
    warehouse_id: int
    quantity: int
    on_order: int

    @property
    def uncovered(self) -> int:
        return max(self.quantity - self.on_order, 0)


def suggestions_uncovered(suggestion_ids: Collection[int]) -> list[Uncovered]:
    """Open suggestions of these ids within the actor's scope. One statement."""
    scope = current_actor().scope
    warehouses = None if scope.warehouses is None else sorted(scope.warehouses)
    owners = None if scope.owners is None else sorted(scope.owners)
    rows = fetch(_FOUND, [sorted(set(suggestion_ids)), warehouses, warehouses, owners, owners])
    return [Uncovered(*row) for row in rows]
