"""Letting go of hard-allocated units: given back, found damaged, or not found at all.

Locks: allocation (in primary-key order) → facts (shared) → availability → stock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hecang.inventory.keys import AvailabilityKey, Place, StockRow
from hecang.inventory.models import Condition, Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.availability import availability_change, availability_lock
from hecang.inventory.services.posting import PostingIn, events_for, post_entries, stock_post
from hecang.inventory.services.reservation import reservations_insert
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.inventory.services.standing import (
    OPEN,
    PICKED,
    RELEASED,
    allocations_lock,
    allocations_update,
    places_of,
    units_of,
)
from hecang.kernel.db import transactional


@dataclass(frozen=True, slots=True)
class DamagedIn:
    """Allocated units that turned out to be damaged.

    :param to_location_id: where they are put; ``None`` leaves them where they are.
    """

    allocation_id: int
    quantity: int
    to_location_id: int | None = None
    source_kind: str = ""
    source_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MissingIn:
    """Allocated units that were not found."""

    allocation_id: int
    quantity: int
    source_kind: str = ""
    source_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """What releasing did.

    :param released: allocation id → units no longer allocated; those released before are missing.
    :param sellable: allocation id → units of these that can be sold again (restored ones included).
    :param restored: (source kind, source id) → units reserved again for it.
    """

    released: dict[int, int]
    sellable: dict[int, int]
    restored: dict[tuple[str, int], int]


@transactional
def allocations_release(
    *, allocation_ids: Sequence[int], quantities: Sequence[int] | None = None, restore: bool = False
) -> ReleaseOutcome:
    """Let go of allocated units: they are free where they lie, and can be sold if that place is sellable.

    Allocations released before are left out, so a repetition changes nothing. Nine statements. Emits
    ``StockRaised`` for what can be sold and is not restored.

    :param quantities: units of each; all if not given.
    :param restore: reserve them again for whom they had been reserved, as far as they can be sold.
    :raises AllocationNotOpen: an allocation has been shipped, or has fewer units.
    """
    parts: dict[int, int | None] = dict.fromkeys(allocation_ids)
    if quantities is not None:
        parts = dict(zip(allocation_ids, quantities, strict=True))
    released = _release(parts, restore=restore)
    events_for(released.free)
    return released.outcome


@transactional
def allocations_damage(*, damages: Sequence[DamagedIn]) -> None:
    """Take damaged units out of their allocations; they become damaged goods, there or elsewhere.

    What can be sold does not change.

    :raises AllocationNotOpen: shipped or released, or fewer units than named.
    """
    parts: dict[int, int | None] = {}
    for damage in damages:
        parts[damage.allocation_id] = (parts.get(damage.allocation_id) or 0) + damage.quantity
    released = _release(parts, restore=False, allow=(OPEN, PICKED))
    entries = []
    for damage in damages:
        place = released.rows[released.stock_of[damage.allocation_id]].place
        target = place._replace(
            location_id=damage.to_location_id or place.location_id,
            condition=Condition.DAMAGED.value,
            container_id=place.container_id if damage.to_location_id is None else None,
        )
        if target != place:
            entries.append(_entry(place, target, damage.quantity, damage))
    stock_post(entries=entries)


@shorting_service
def allocations_missing(shorting: Shorting, *, missing: Sequence[MissingIn]) -> dict[int, int]:
    """Take units that were not found out of their allocations, and stop selling the place until counted.

    The missing units and whatever else is free in the same stock row go to quarantine in place: what is
    there cannot be known before a count. Units allocated to others stay with them. Reservations that
    relied on the rest are shorted; inside the transaction of a scan their documents are locked late.

    :return: id of stock row → units that went to quarantine.
    :raises AllocationNotOpen: shipped or released, or fewer units than named.
    """
    parts: dict[int, int | None] = {}
    for item in missing:
        parts[item.allocation_id] = (parts.get(item.allocation_id) or 0) + item.quantity
    released = _release(parts, restore=False, allow=(OPEN, PICKED))
    cause = {released.stock_of[item.allocation_id]: item for item in missing}
    gone = {row_id: released.rows[row_id].free for row_id in cause}
    for allocation_id, units in released.outcome.released.items():
        gone[released.stock_of[allocation_id]] += units
    entries = []
    for row_id, units in gone.items():
        place = released.rows[row_id].place
        target = place._replace(condition=Condition.QUARANTINE.value)
        if target != place:
            entries.append(_entry(place, target, units, cause[row_id]))
    post_entries(shorting, entries=entries)
    return gone


@dataclass(frozen=True, slots=True)
class _Released:
    """What releasing did, for what is done to the units next.

    :param free: key → units that can be promised again.
    :param rows: id → stock row as it was before.
    :param stock_of: allocation id → id of its stock row.
    """

    outcome: ReleaseOutcome
    free: dict[AvailabilityKey, int]
    rows: dict[int, StockRow]
    stock_of: dict[int, int]


def _release(
    parts: Mapping[int, int | None], *, restore: bool, allow: Sequence[str] = (OPEN, PICKED, RELEASED)
) -> _Released:
    allocations = allocations_lock(set(parts), allow=allow) if parts else {}
    standing = {key: a for key, a in allocations.items() if a.state != RELEASED}
    units = {key: units_of(a, parts[key]) for key, a in standing.items()}
    facts_lock()
    available = availability_lock(row.key for row in places_of(standing.values()).values())
    rows = books.stock_lock_ids(a.stock_id for a in standing.values())
    outcome = ReleaseOutcome(units, {}, defaultdict(int))
    change: dict[int, int] = defaultdict(int)
    sellable: dict[AvailabilityKey, int] = defaultdict(int)
    reserved: dict[AvailabilityKey, int] = defaultdict(int)
    promises = []
    for key, allocation in standing.items():
        row = rows[allocation.stock_id]
        change[row.id] -= units[key]
        if not row.is_sellable:
            continue
        outcome.sellable[key] = units[key]
        sellable[row.key] += units[key]
        if restore and allocation.reserved_id is not None:
            source = (allocation.reserved_kind, allocation.reserved_id)
            reserved[row.key] += units[key]
            outcome.restored[source] += units[key]
            promises.append((*row.key, units[key], *source, None))
    books.stock_change({row_id: (0, number) for row_id, number in change.items()})
    availability_change({available[key].id: (number, reserved[key]) for key, number in sellable.items()})
    allocations_update(
        [
            (a.id, a.quantity, RELEASED, a.stock_id)
            if units[a.id] == a.quantity
            else (a.id, a.quantity - units[a.id], a.state, a.stock_id)
            for a in standing.values()
        ]
    )
    reservations_insert(promises)
    free = {key: number - reserved[key] for key, number in sellable.items()}
    return _Released(outcome, free, rows, {a.id: a.stock_id for a in standing.values()})


def _entry(place: Place, target: Place, units: int, cause: DamagedIn | MissingIn) -> PostingIn:
    return PostingIn(
        sku_id=place.sku_id,
        lot_id=place.lot_id,
        owner_id=place.owner_id,
        quantity=units,
        from_location_id=place.location_id,
        to_location_id=target.location_id,
        from_condition=place.condition,
        to_condition=target.condition,
        from_container_id=place.container_id,
        to_container_id=target.container_id,
        reason=Movement.Reason.CONDITION.value,
        source_kind=cause.source_kind,
        source_id=cause.source_id,
        note=cause.note,
    )
