"""Which unit it really is: somebody scans a serial where the books had only presumed one (ADR 0010).

A scanned unit that the books have elsewhere changes places with one that they have here: one ledger entry each
way, so that no quantity changes, and the history tells of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hecang.inventory.errors import SerialElsewhere
from hecang.inventory.keys import Place, StockRow
from hecang.inventory.models import Movement
from hecang.inventory.services import books
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import NotFound

_CLAIMS = """
SELECT claim_id, stock_id, number FROM serial
WHERE claim_kind = %s AND claim_id = ANY(%s::bigint[]) AND stock_id IS NOT NULL ORDER BY id
"""

_LOCK = """
SELECT s.id, s.sku_id, s.number, s.stock_id, s.claim_kind, s.claim_id
FROM serial s WHERE s.id = ANY(%s::bigint[]) ORDER BY s.id FOR NO KEY UPDATE
"""

_STOCK_OF = "SELECT DISTINCT stock_id FROM serial WHERE id = ANY(%s::bigint[]) AND stock_id IS NOT NULL"

_PICKED = """
SELECT a.source_id, a.stock_id, a.quantity FROM allocation a
WHERE a.source_kind = %s AND a.source_id = ANY(%s::bigint[]) AND a.state = 'picked' ORDER BY a.id
"""

# Where a unit that is outside went, and whether it was only presumed to be that one.
_LEFT = """
SELECT DISTINCT ON (x.serial_id) x.serial_id, m.to_location_id, l.warehouse_id, x.is_presumed, m.lot_id, m.owner_id,
    m.to_condition
FROM movement_serial x JOIN movement m ON m.id = x.movement_id JOIN location l ON l.id = m.to_location_id
WHERE x.serial_id = ANY(%s::bigint[]) ORDER BY x.serial_id, x.movement_id DESC
"""

_FREE = """
SELECT r.id, (SELECT count(*) FROM serial c WHERE c.stock_id = r.id), array(
    SELECT s.id FROM serial s WHERE s.stock_id = r.id AND s.claim_id IS NULL AND s.id <> ALL(%s::bigint[])
    ORDER BY s.id LIMIT r.most)
FROM unnest(%s::bigint[], %s::bigint[]) AS r (id, most)
"""

_PLACE = """
UPDATE serial s SET stock_id = d.stock_id FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, stock_id)
WHERE s.id = d.id
"""

_CLAIM = """
UPDATE serial s SET claim_kind = %s, claim_id = d.claim_id
FROM unnest(%s::bigint[], %s::bigint[]) AS d (id, claim_id) WHERE s.id = d.id
"""

_CARRY = """
INSERT INTO movement_serial (movement_id, serial_id, is_presumed)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[])
"""


@dataclass(frozen=True, slots=True)
class SerialClaim:
    """A serial that was scanned for something.

    :param source_id: whose picked allocations it is one of: the fulfilment line.
    :param claim_id: what it goes into: the parcel.
    """

    serial_id: int
    source_id: int
    claim_id: int


def claims_of(kind: str, ids: set[int]) -> Mapping[int, Mapping[int, Sequence[str]]]:
    """What has been scanned for these: claim id → stock id → numbers."""
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for claim_id, stock_id, number in fetch(_CLAIMS, [kind, list(ids)]) if kind and ids else ():
        found[claim_id][stock_id].append(number)
    return found


@transactional
def serials_claim(
    *, claims: Sequence[SerialClaim], kind: str = "parcel", source_kind: str = "fulfilment_line"
) -> None:
    """Name units that have been picked: these, and no others, are in the hand.

    One that the books have elsewhere in the warehouse (or outside, by presumption) changes places with one that
    they have in the hand. The caller has locked the documents of the sources. Locks: stock, serials. Eight
    statements for any number.

    :raises SerialElsewhere: of another lot or owner, in another warehouse, named for something else, or gone.
    :raises NotFound: there is no such serial.
    """
    if not claims:
        return
    run = _begin(claims, kind, source_kind)
    for claim in run.claims:
        run.decide(claim)
    run.write()
    execute(_CLAIM, [kind, *columns(((c.serial_id, c.claim_id) for c in run.claims), 2)])


@transactional
def serials_check(
    *, claims: Sequence[SerialClaim], kind: str = "parcel", source_kind: str = "fulfilment_line"
) -> dict[int, tuple[str, str]]:
    """What :func:`serials_claim` would refuse, without naming anything: serial id → (code, message).

    Takes the same locks, so that what it allows can be claimed in the same transaction.
    """
    wrong: dict[int, tuple[str, str]] = {}
    if claims:
        run = _begin(claims, kind, source_kind)
        for claim in run.claims:
            try:
                run.decide(claim)
            except SerialElsewhere as error:
                wrong[claim.serial_id] = (error.instance_code, str(error))
    return wrong


def _begin(claims: Sequence[SerialClaim], kind: str, source_kind: str) -> _Exchange:
    """Lock what the claims concern."""
    wanted = {claim.serial_id: claim for claim in claims}
    picked: dict[int, list[int]] = defaultdict(list)
    for source_id, stock_id, _units in fetch(_PICKED, [source_kind, list({c.source_id for c in claims})]):
        picked[source_id].append(stock_id)
    here = {row[0] for row in fetch(_STOCK_OF, [list(wanted)])}
    rows = books.stock_lock_ids({*here, *(key for keys in picked.values() for key in keys)})
    serials = {row[0]: row for row in fetch(_LOCK, [list(wanted)])}
    if missing := sorted(set(wanted) - set(serials)):
        raise NotFound(_("There is no such serial."), data={"serial_ids": missing})
    return _Exchange(rows, picked, serials, kind, [wanted[key] for key in serials])


@transactional
def serials_unclaim(*, kind: str, ids: Sequence[int], serial_ids: Sequence[int] | None = None) -> int:
    """Take back what was scanned for these; where the units stand does not change. One statement.

    :param serial_ids: only these of them.
    :return: how many.
    """
    return execute(
        "UPDATE serial SET claim_kind = '', claim_id = NULL WHERE claim_kind = %s AND claim_id = ANY(%s::bigint[])"
        " AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))",
        [kind, list(ids), *([None, None] if serial_ids is None else [list(serial_ids)] * 2)],
    )


class _Exchange:
    """Units that change places, one for one."""

    def __init__(
        self,
        rows: Mapping[int, StockRow],
        picked: Mapping[int, Sequence[int]],
        serials: Mapping[int, tuple[Any, ...]],
        kind: str,
        claims: Sequence[SerialClaim],
    ) -> None:
        self.rows, self.picked, self.serials, self.kind, self.claims = rows, picked, serials, kind, claims
        outside = [key for key, row in serials.items() if row[3] is None]
        self.left = {row[0]: row[1:] for row in fetch(_LEFT, [outside])} if outside else {}
        most = len(serials)
        stock_ids = [key for keys in picked.values() for key in keys]
        self.unnumbered: dict[int, int] = {}
        self.free: dict[int, list[int]] = {}
        for key, count, free in fetch(_FREE, [list(serials), stock_ids, [most] * len(stock_ids)]):
            self.unnumbered[key] = rows[key].quantity - count
            self.free[key] = list(reversed(free))
        self.entries: list[books.MovementRow] = []
        self.carried: list[tuple[int, int, bool]] = []
        self.places: dict[int, int | None] = {}

    def decide(self, claim: SerialClaim) -> None:
        """Note what has to change places for this claim. Raises SerialElsewhere."""
        _id, sku_id, number, stock_id, claim_kind, claim_id = self.serials[claim.serial_id]
        if claim_id is not None and (claim_kind, claim_id) != (self.kind, claim.claim_id):
            raise SerialElsewhere(
                _("Serial %(number)s was scanned for another one already. Take it out there first.")
                % {"number": number},
                data={"serial_id": claim.serial_id, "claim": [claim_kind, claim_id]},
                code="serial_claimed",
            )
        hand = [self.rows[key] for key in self.picked.get(claim.source_id, ())]
        if any(row.id == stock_id for row in hand):
            return
        elsewhere = self._elsewhere(claim.serial_id, sku_id, stock_id)
        other = next((row for row in hand if self._exchangeable(row, elsewhere)), None)
        if other is None:
            raise SerialElsewhere(
                _("Serial %(number)s cannot be one of these: %(why)s")
                % {"number": number, "why": self._why(elsewhere, hand)},
                data={"serial_id": claim.serial_id, "stock_id": stock_id},
            )
        self._swap(claim.serial_id, stock_id, elsewhere, other)

    def _elsewhere(self, serial_id: int, sku_id: int, stock_id: int | None) -> tuple[int, Place] | None:
        """(warehouse, place) where the books have the unit; ``None`` where it may not come from."""
        if stock_id is not None:
            return self.rows[stock_id].warehouse_id, self.rows[stock_id].place
        if serial_id not in self.left:
            return None
        location_id, warehouse_id, is_presumed, lot_id, owner_id, condition = self.left[serial_id]
        place = Place(location_id, sku_id, lot_id, owner_id, condition, None)
        return (warehouse_id, place) if is_presumed else None

    def _exchangeable(self, row: StockRow, elsewhere: tuple[int, Place] | None) -> bool:
        if elsewhere is None or elsewhere[0] != row.warehouse_id:
            return False
        there = elsewhere[1]
        return there._replace(
            location_id=row.place.location_id, container_id=row.place.container_id
        ) == row.place and (bool(self.free[row.id]) or self.unnumbered[row.id] > 0)

    def _swap(
        self, serial_id: int, stock_id: int | None, elsewhere: tuple[int, Place] | None, other: StockRow
    ) -> None:
        assert elsewhere is not None
        there, reason = elsewhere[1], Movement.Reason.EXCHANGE.value
        self.carried.append((len(self.entries), serial_id, False))
        self.entries.append(books.MovementRow.between(there, other.place, 1, reason, "serial", serial_id))
        self.places[serial_id] = other.id
        if self.free[other.id]:
            swapped = self.free[other.id].pop()
            self.carried.append((len(self.entries), swapped, True))
            self.places[swapped] = stock_id
        else:
            self.unnumbered[other.id] -= 1
        self.entries.append(books.MovementRow.between(other.place, there, 1, reason, "serial", serial_id))

    def _why(self, elsewhere: tuple[int, Place] | None, hand: Sequence[StockRow]) -> str:
        if elsewhere is None:
            return _("it has left the warehouse. Put it aside and tell the lead.")
        if not hand:
            return _("nothing of it has been picked for this order.")
        if elsewhere[0] != hand[0].warehouse_id:
            return _("the books have it in another warehouse.")
        if elsewhere[1].lot_id not in {row.place.lot_id for row in hand}:
            return _("it is of another lot than the one that was picked.")
        return _("the books have it elsewhere, under another owner or condition.")

    def write(self) -> None:
        ids = books.movements_write(self.entries)
        if ids:
            execute(_PLACE, columns(self.places.items(), 2))
            execute(_CARRY, columns(((ids[i], key, presumed) for i, key, presumed in self.carried), 3))
