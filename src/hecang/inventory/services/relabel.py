"""Goods that become others in the books where they lie: another condition, owner, lot or SKU.

Only free units change; what is allocated stays as it was promised. A change of condition is one ledger entry; a
change of owner, lot or SKU goes through the adjustment location as two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hecang.inventory.keys import AvailabilityKey, Place, StockRow
from hecang.inventory.models import Movement
from hecang.inventory.sellability import facts_lock
from hecang.inventory.services import books
from hecang.inventory.services.availability import availability_lock
from hecang.inventory.services.posting import PostingIn, post_entries
from hecang.inventory.services.shorting import Shorting, shorting_service
from hecang.kernel.db import columns, fetch
from hecang.kernel.errors import NotFound

_ADJUSTMENT = """
SELECT warehouse_id, min(id) FROM location
WHERE is_virtual AND kind = 'adjustment' AND warehouse_id = ANY(%s::bigint[]) GROUP BY warehouse_id
"""

# As many numbered units as there are not enough unnumbered ones for; those nobody has scanned go first.
_SERIALS = """
SELECT r.id, s.number
FROM unnest(%s::bigint[], %s::bigint[]) AS r (id, units) JOIN stock t ON t.id = r.id
CROSS JOIN LATERAL (
    SELECT s.number FROM serial s WHERE s.stock_id = r.id ORDER BY s.claim_id IS NOT NULL, s.id
    LIMIT greatest(r.units - (t.quantity - (SELECT count(*) FROM serial c WHERE c.stock_id = r.id)), 0)
) s
"""


@dataclass(frozen=True, slots=True)
class Relabel:
    """Units of one stock row that become others; ``None`` keeps what it is.

    :param quantity: at most so many; fewer where fewer are free.
    :param to_lot_id: of the new SKU where that changes; the old lot stays otherwise.
    """

    stock_id: int
    quantity: int
    to_condition: str | None = None
    to_owner_id: int | None = None
    to_sku_id: int | None = None
    to_lot_id: int | None = None

    def place(self, now: Place) -> Place:
        """Where the units lie in the books afterwards."""
        changes_sku = self.to_sku_id is not None and self.to_sku_id != now.sku_id
        return now._replace(
            condition=self.to_condition or now.condition,
            owner_id=self.to_owner_id or now.owner_id,
            sku_id=self.to_sku_id or now.sku_id,
            lot_id=self.to_lot_id if changes_sku or self.to_lot_id is not None else now.lot_id,
        )


@dataclass(frozen=True, slots=True)
class Relabelled:
    """What became of a row: ``units`` have changed, by the entries ``movement_ids``."""

    units: int
    movement_ids: tuple[int, ...]


@shorting_service
def stock_relabel(
    shorting: Shorting,
    *,
    relabels: Sequence[Relabel],
    reason: str = Movement.Reason.CONDITION.value,
    source_kind: str = "",
    source_id: int | None = None,
    note: str = "",
) -> list[Relabelled]:
    """Change condition, owner, lot or SKU of free units, as many as there are up to what is named.

    Numbered units keep their numbers. Reservations that relied on the goods are shorted. About fourteen statements
    for any number of rows. Locks: documents of shorted reservations, facts, availability, stock, serials.

    :return: for each what changed, in the order of ``relabels``.
    :raises NotFound: a stock row does not exist. PostingInvalid: the SKU needs a lot, or has no such one.
    """
    if not relabels:
        return []
    rows = books.stock_read(relabel.stock_id for relabel in relabels)
    if missing := sorted({r.stock_id for r in relabels} - set(rows)):
        raise NotFound("There is no such stock row.", data={"stock_ids": missing})
    facts_lock()
    targets = [relabel.place(rows[relabel.stock_id].place) for relabel in relabels]
    keys = {row.key for row in rows.values()} | {
        AvailabilityKey(rows[r.stock_id].warehouse_id, p.sku_id, p.owner_id)
        for r, p in zip(relabels, targets, strict=True)
    }
    availability_lock(keys, create=True)
    rows = books.stock_lock_ids(rows)
    units = _units(relabels, targets, rows)
    plan = _entries(relabels, targets, rows, units, reason, (source_kind, source_id, note))
    ids = post_entries(shorting, entries=[entry for _index, entry in plan])
    written: dict[int, list[int]] = defaultdict(list)
    for (index, _entry), movement_id in zip(plan, ids, strict=True):
        written[index].append(movement_id)
    return [Relabelled(units[index], tuple(written[index])) for index in range(len(relabels))]


def _units(relabels: Sequence[Relabel], targets: Sequence[Place], rows: Mapping[int, StockRow]) -> list[int]:
    free = {key: row.free for key, row in rows.items()}
    units = []
    for relabel, target in zip(relabels, targets, strict=True):
        takes = max(min(relabel.quantity, free[relabel.stock_id]), 0)
        if target == rows[relabel.stock_id].place:
            takes = 0
        free[relabel.stock_id] -= takes
        units.append(takes)
    return units


def _entries(
    relabels: Sequence[Relabel],
    targets: Sequence[Place],
    rows: Mapping[int, StockRow],
    units: Sequence[int],
    reason: str,
    document: tuple[str, int | None, str],
) -> list[tuple[int, PostingIn]]:
    """(index of the relabel, entry). Numbered units go as entries of their own, so that both sides name them."""
    others = dict(fetch(_ADJUSTMENT, [list({row.warehouse_id for row in rows.values()})]))
    crossing = [
        i for i, r in enumerate(relabels) if units[i] and _crosses(rows[r.stock_id].place, targets[i])
    ]
    numbers = _numbers([(relabels[i].stock_id, units[i]) for i in crossing])
    plan: list[tuple[int, PostingIn]] = []
    for index, relabel in enumerate(relabels):
        row, target = rows[relabel.stock_id], targets[index]
        if not units[index]:
            continue
        if index not in crossing:
            plan.append((index, _posting(row, row.place, target, units[index], reason, document)))
            continue
        other = others[row.warehouse_id]
        named = tuple(
            numbers[relabel.stock_id].pop(0)
            for _unit in range(min(units[index], len(numbers[relabel.stock_id])))
        )
        for part, serials in ((units[index] - len(named), ()), (len(named), named)):
            if part:
                outside = row.place._replace(location_id=other, container_id=None)
                inside = target._replace(location_id=other, container_id=None)
                plan.append((index, _posting(row, row.place, outside, part, reason, document, serials)))
                plan.append((index, _posting(row, inside, target, part, reason, document, serials)))
    return plan


def _numbers(wanted: Sequence[tuple[int, int]]) -> dict[int, list[str]]:
    total: dict[int, int] = defaultdict(int)
    for stock_id, count in wanted:
        total[stock_id] += count
    found: dict[int, list[str]] = defaultdict(list)
    for stock_id, number in fetch(_SERIALS, columns(total.items(), 2)) if total else ():
        found[stock_id].append(number)
    return found


def _crosses(now: Place, target: Place) -> bool:
    return (now.sku_id, now.owner_id, now.lot_id) != (target.sku_id, target.owner_id, target.lot_id)


def _posting(
    row: StockRow,
    source: Place,
    target: Place,
    quantity: int,
    reason: str,
    document: tuple[str, int | None, str],
    serials: tuple[str, ...] = (),
) -> PostingIn:
    outside = target.location_id != row.place.location_id
    goods = source if outside else target
    return PostingIn(
        sku_id=goods.sku_id,
        owner_id=goods.owner_id,
        lot_id=goods.lot_id,
        quantity=quantity,
        from_location_id=source.location_id,
        to_location_id=target.location_id,
        from_condition=source.condition,
        to_condition=target.condition,
        from_container_id=source.container_id,
        to_container_id=target.container_id,
        reason=reason,
        source_kind=document[0],
        source_id=document[1],
        note=document[2],
        received_at=row.received_at,
        serials=serials,
    )
