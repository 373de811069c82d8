"""Setting the books right after a count, even where units are missing that are hard-allocated already.

``stock_adjust`` refuses to take allocated units away. Here those who hold them are told: the units leave their
allocations (the latest and least urgent first) in the same transaction in which they leave the books, so that nobody
can be given them again, and the holder looks for others or delivers less. What is picked already, or held by somebody
who cannot take a loss over, stays in the books; the answer says so.

Locks: documents of holders → containers → allocation → facts (shared) → availability → stock → serial.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hecang.facility.selectors import virtual_location
from hecang.inventory.allocation_holders import AllocationLost, allocation_holder_for
from hecang.inventory.keys import AvailabilityKey, Place, StockRow
from hecang.inventory.models import Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.availability import availability_change, availability_lock
from hecang.inventory.services.housing import containers_lock
from hecang.inventory.services.posting import PostingIn, location_facts, post_entries
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.inventory.services.standing import (
    OPEN,
    PICKED,
    RELEASED,
    SHIPPED,
    AllocationRow,
    allocations_lock,
    allocations_update,
)
from hecang.kernel.db import columns, fetch

_STANDING = """
SELECT a.id, a.source_kind, a.source_id, a.stock_id, a.quantity
FROM unnest(%s::bigint[]) AS s (id) JOIN allocation a ON a.stock_id = s.id
WHERE a.state = 'open' ORDER BY a.id DESC
"""

_ROWS = """
SELECT p.number - 1, s.id, s.quantity - s.allocated
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) WITH ORDINALITY
    AS p (location_id, sku_id, lot_id, owner_id, condition, container_id, number)
JOIN stock s ON s.location_id = p.location_id AND s.sku_id = p.sku_id AND s.owner_id = p.owner_id
    AND s.condition = p.condition AND s.lot_id IS NOT DISTINCT FROM p.lot_id
    AND s.container_id IS NOT DISTINCT FROM p.container_id
WHERE s.allocated > 0
"""


@dataclass(frozen=True, slots=True)
class CorrectionIn:
    """A difference at one place; each place at most once.

    :param change: base units found (positive) or missing (negative).
    :param found: numbers of units that came to light, at most as many as were found.
    :param missing: numbers of units that were not there.
    :param became: the condition in which missing units were found at the same place: ``(condition, units)``.
    """

    place: Place
    change: int
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    source_kind: str = ""
    source_id: int | None = None
    note: str = ""
    became: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of one correction.

    :param change: units by which the books at the place differ now; nearer to nothing than asked for where units are
        allocated to somebody who cannot let go.
    :param movement_ids: entries of the ledger.
    :param released: units that were taken out of allocations.
    """

    change: int
    movement_ids: tuple[int, ...]
    released: int = 0


@dataclass(slots=True)
class _Loss:
    """Allocations that may be cut at one stock row, the first to lose first."""

    needed: int
    ids: list[int] = field(default_factory=list)


@shorting_service
def stock_correct(
    shorting: Shorting, *, corrections: Sequence[CorrectionIn], reason: str = Movement.Reason.COUNT.value
) -> list[Corrected]:
    """Post differences, releasing allocated units that do not exist, and tell those who counted on them.

    Reservations that relied on what is gone are shorted. A constant number of statements. Emits ``StockRaised``
    where more can be sold than before.

    :raises PostingInvalid: a correction makes no sense, or a serial is elsewhere.
    """
    return correct_entries(shorting, corrections=corrections, reason=reason)


def correct_entries(
    shorting: Shorting, *, corrections: Sequence[CorrectionIn], reason: str = Movement.Reason.COUNT.value
) -> list[Corrected]:
    """:func:`stock_correct` within the transaction of a caller that is a ``shorting_service`` itself."""
    if not corrections:
        return []
    losses = _expected(corrections)
    kinds = _documents_lock(losses)
    containers_lock(c.place.container_id for c in corrections if c.place.container_id and c.change > 0)
    allocations = (
        allocations_lock(
            {key for loss in losses.values() for key in loss.ids}, allow=(OPEN, PICKED, SHIPPED, RELEASED)
        )
        if any(loss.ids for loss in losses.values())
        else {}
    )
    facts_lock()
    warehouses = {
        key: facts.warehouse_id
        for key, facts in location_facts({c.place.location_id for c in corrections}).items()
    }
    available = availability_lock(
        {
            AvailabilityKey(warehouses[c.place.location_id], c.place.sku_id, c.place.owner_id)
            for c in corrections
        },
        create=True,
    )
    rows = books.stock_lock(c.place for c in corrections)
    changes, cuts = _decide(corrections, rows, losses, allocations)
    _release(cuts, allocations, rows, available)
    entries, owners = _entries(corrections, changes, warehouses, reason)
    ids = post_entries(shorting, entries=entries)
    by_correction: dict[int, list[int]] = defaultdict(list)
    for owner, movement_id in zip(owners, ids, strict=True):
        by_correction[owner].append(movement_id)
    _tell(cuts, allocations, rows, kinds)
    released: dict[Place, int] = defaultdict(int)
    place_of = {row.id: place for place, row in rows.items()}
    for key, units in cuts.items():
        released[place_of[allocations[key].stock_id]] += units
    return [
        Corrected(change, tuple(by_correction[index]), released[corrections[index].place])
        for index, change in enumerate(changes)
    ]


def _expected(corrections: Sequence[CorrectionIn]) -> dict[Place, _Loss]:
    """Places that will probably lose allocated units, and which allocations lose first. Read without locks."""
    short: dict[int, tuple[Place, int]] = {}
    losing = [c for c in corrections if c.change < 0]
    if not losing:
        return {}
    for number, stock_id, free in fetch(_ROWS, columns((c.place for c in losing), 6)):
        if free + losing[number].change < 0:
            short[stock_id] = (losing[number].place, -losing[number].change - free)
    if not short:
        return {}
    losses = {place: _Loss(needed) for place, needed in short.values()}
    standing = [row for row in fetch(_STANDING, [list(short)]) if allocation_holder_for(row[1])]
    late: dict[tuple[str, int], float] = {}
    for kind in {row[1] for row in standing}:
        holder = allocation_holder_for(kind)
        assert holder is not None
        sources = sorted({row[2] for row in standing if row[1] == kind})
        late |= {(kind, source): level for source, level in holder.priorities(sources).items()}
    standing.sort(key=lambda row: (late.get((row[1], row[2]), 0.0), row[0]), reverse=True)
    for key, _kind, _source, stock_id, _units in standing:
        losses[short[stock_id][0]].ids.append(key)
    return losses


def _documents_lock(losses: Mapping[Place, _Loss]) -> dict[int, str]:
    """Lock the documents that may lose units; allocation id → kind of its source."""
    wanted = [key for loss in losses.values() for key in loss.ids]
    if not wanted:
        return {}
    found = fetch("SELECT id, source_kind, source_id FROM allocation WHERE id = ANY(%s::bigint[])", [wanted])
    by_kind: dict[str, set[int]] = defaultdict(set)
    for _key, kind, source_id in found:
        by_kind[kind].add(source_id)
    for kind, sources in sorted(by_kind.items()):
        holder = allocation_holder_for(kind)
        assert holder is not None
        holder.lock(sorted(sources))
    return {row[0]: row[1] for row in found}


def _decide(
    corrections: Sequence[CorrectionIn],
    rows: Mapping[Place, StockRow],
    losses: Mapping[Place, _Loss],
    allocations: Mapping[int, AllocationRow],
) -> tuple[list[int], dict[int, int]]:
    """The change of each correction that is possible, and allocation id → units that it loses."""
    changes = []
    cuts: dict[int, int] = {}
    for correction in corrections:
        row = rows.get(correction.place)
        free = row.free if row else 0
        short = -correction.change - free
        if correction.change >= 0 or short <= 0:
            changes.append(correction.change)
            continue
        for key in losses[correction.place].ids if correction.place in losses else ():
            allocation = allocations[key]
            # Picked, shipped or released while we came here.
            if short <= 0 or allocation.state != OPEN or row is None or allocation.stock_id != row.id:
                continue
            units = min(allocation.quantity, short)
            cuts[key] = units
            short -= units
        changes.append(correction.change + max(short, 0))
    return changes, cuts


def _release(
    cuts: Mapping[int, int],
    allocations: Mapping[int, AllocationRow],
    rows: Mapping[Place, StockRow],
    available: Mapping[AvailabilityKey, object],
) -> None:
    """Take units out of allocations; they are free until :func:`post_entries` takes them off the books."""
    if not cuts:
        return
    by_id = {row.id: row for row in rows.values()}
    change: dict[int, int] = defaultdict(int)
    sellable: dict[int, int] = defaultdict(int)
    for key, units in cuts.items():
        row = by_id[allocations[key].stock_id]
        change[row.id] -= units
        if row.is_sellable:
            sellable[available[row.key].id] += units  # type: ignore[attr-defined]
    books.stock_change({row_id: (0, units) for row_id, units in change.items()})
    availability_change({row_id: (units, 0) for row_id, units in sellable.items()})
    allocations_update(
        [
            (a.id, a.quantity, RELEASED, a.stock_id)
            if cuts[a.id] == a.quantity
            else (a.id, a.quantity - cuts[a.id], a.state, a.stock_id)
            for a in (allocations[key] for key in sorted(cuts))
        ]
    )


def _entries(
    corrections: Sequence[CorrectionIn], changes: Sequence[int], warehouses: Mapping[int, int], reason: str
) -> tuple[list[PostingIn], list[int]]:
    """Ledger entries, and which correction each is part of."""
    entries: list[PostingIn] = []
    owners: list[int] = []

    def add(index: int, units: int, serials: tuple[str, ...], *, comes: bool) -> None:
        correction = corrections[index]
        place = correction.place
        other = virtual_location(warehouses[place.location_id], "adjustment")
        entries.append(
            PostingIn(
                sku_id=place.sku_id, owner_id=place.owner_id, lot_id=place.lot_id, quantity=units,
                from_location_id=other if comes else place.location_id,
                to_location_id=place.location_id if comes else other,
                from_condition=place.condition, to_condition=place.condition,
                from_container_id=None if comes else place.container_id,
                to_container_id=place.container_id if comes else None,
                reason=reason, source_kind=correction.source_kind, source_id=correction.source_id,
                note=correction.note, serials=serials,
            )
        )  # fmt: skip
        owners.append(index)

    for index, (correction, change) in enumerate(zip(corrections, changes, strict=True)):
        left = -change
        for condition, units in correction.became:
            part = min(units, left) if change < 0 else 0
            if part > 0:
                place = correction.place
                entries.append(
                    PostingIn(
                        sku_id=place.sku_id, owner_id=place.owner_id, lot_id=place.lot_id, quantity=part,
                        from_location_id=place.location_id, to_location_id=place.location_id,
                        from_condition=place.condition, to_condition=condition,
                        from_container_id=place.container_id, to_container_id=place.container_id,
                        reason=reason, source_kind=correction.source_kind, source_id=correction.source_id,
                        note=correction.note,
                    )
                )  # fmt: skip
                owners.append(index)
                left -= part
        gone, come = max(left, 0), max(change, 0)
        missing, found = correction.missing, correction.found
        # Numbers that changed places without a difference in units: one out, one in.
        swapped = min(len(missing), len(found)) if change == 0 else 0
        if swapped:
            add(index, swapped, missing[:swapped], comes=False)
            add(index, swapped, found[:swapped], comes=True)
        if gone:
            named = missing[:gone]
            if named:
                add(index, len(named), named, comes=False)
            if gone > len(named):
                add(index, gone - len(named), (), comes=False)
        if come:
            named = found[:come]
            if named:
                add(index, len(named), named, comes=True)
            if come > len(named):
                add(index, come - len(named), (), comes=True)
    return entries, owners


def _tell(
    cuts: Mapping[int, int],
    allocations: Mapping[int, AllocationRow],
    rows: Mapping[Place, StockRow],
    kinds: Mapping[int, str],
) -> None:
    by_id = {row.id: row for row in rows.values()}
    told: dict[str, list[AllocationLost]] = defaultdict(list)
    for key, units in sorted(cuts.items()):
        allocation = allocations[key]
        told[kinds[key]].append(
            AllocationLost(key, allocation.source_id, *by_id[allocation.stock_id].key, units)
        )
    for kind, losses in sorted(told.items()):
        holder = allocation_holder_for(kind)
        assert holder is not None
        holder.lost(losses)
