"""Standing allocations: locking them and writing what became of them. For ``picking`` and ``releasing``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hecang.inventory.errors import AllocationNotOpen
from hecang.inventory.keys import StockRow
from hecang.inventory.models import Allocation
from hecang.inventory.services import books
from hecang.kernel.db import columns, execute, fetch
from hecang.kernel.errors import NotFound

OPEN, PICKED = Allocation.State.OPEN.value, Allocation.State.PICKED.value
SHIPPED, RELEASED = Allocation.State.SHIPPED.value, Allocation.State.RELEASED.value

# Stock is not joined here: a row that another pick moved while we waited would drop out of the join.
_LOCK = """
SELECT id, source_kind, source_id, stock_id, quantity, state, reserved_kind, reserved_id
FROM allocation WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""

_UPDATE = """
UPDATE allocation a SET quantity = d.quantity, state = d.state, stock_id = d.stock_id
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) AS d (id, quantity, state, stock_id)
WHERE a.id = d.id
"""


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """An allocation as it was when it was locked."""

    id: int
    source_kind: str
    source_id: int
    stock_id: int
    quantity: int
    state: str
    reserved_kind: str
    reserved_id: int | None


def allocations_lock(ids: set[int], *, allow: Iterable[str] = (OPEN, PICKED)) -> dict[int, AllocationRow]:
    """Lock allocations in primary-key order.

    :raises NotFound: one does not exist.
    :raises AllocationNotOpen: one is in another state than ``allow``.
    """
    found = {row[0]: AllocationRow(*row) for row in fetch(_LOCK, [list(ids)])}
    if missing := sorted(ids - set(found)):
        raise NotFound(_("There is no such allocation."), data={"allocation_ids": missing})
    states = set(allow)
    if wrong := [a for a in found.values() if a.state not in states]:
        raise AllocationNotOpen(
            _("The allocation %(id)s is %(state)s; this can no longer be done to it.")
            % {"id": wrong[0].id, "state": wrong[0].state},
            data={"allocations": {str(a.id): a.state for a in wrong}},
        )
    return found


def allocations_update(rows: Sequence[tuple[int, int, str, int]]) -> None:
    """Write (id, quantity, state, stock id) of locked allocations, in one statement."""
    if rows:
        execute(_UPDATE, columns(rows, 4))


def units_of(allocation: AllocationRow, quantity: int | None) -> int:
    """The units named, all of them if none are.

    :raises AllocationNotOpen: it has fewer.
    """
    units = allocation.quantity if quantity is None else quantity
    if units <= 0 or units > allocation.quantity:
        raise AllocationNotOpen(
            _("%(units)s units were named, but the allocation %(id)s has %(quantity)s.")
            % {"units": units, "id": allocation.id, "quantity": allocation.quantity},
            data={"allocation_id": allocation.id, "quantity": allocation.quantity, "requested": units},
        )
    return units


def places_of(allocations: Iterable[AllocationRow]) -> dict[int, StockRow]:
    """The stock rows of these allocations, not locked: for what never changes of a row."""
    return books.stock_read({allocation.stock_id for allocation in allocations})
