"""Handing promised units from one document line to another: the promise stays, only whom it is for changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from hecang.inventory.keys import AvailabilityKey
from hecang.inventory.services.availability import availability_lock
from hecang.inventory.services.reservation import reservations_insert
from hecang.kernel.db import columns, execute, fetch, transactional
from hecang.kernel.errors import Conflict

_STANDING = """
SELECT id, source_id, warehouse_id, sku_id, owner_id, quantity, expires_at FROM reservation
WHERE source_kind = %s AND source_id = ANY(%s::bigint[]) AND state = 'active' ORDER BY id
"""
_REWRITE = """
UPDATE reservation r SET source_id = d.source_id, quantity = d.quantity
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d (id, source_id, quantity)
WHERE r.id = d.id AND r.state = 'active'
"""


class ReservationMove(NamedTuple):
    """Units of one source's reservations that are for another one from now on.

    :param warehouse_id: only from reservations there; ``None`` takes the newest first, wherever they are.
    """

    source_id: int
    target_id: int
    quantity: int
    warehouse_id: int | None = None


class _Row:
    """One active reservation, and to whom its units go."""

    __slots__ = ("facts", "left", "pieces")

    def __init__(self, facts: tuple[Any, ...]) -> None:
        self.facts = facts
        self.left: int = facts[5]
        self.pieces: list[tuple[int, int]] = []

    def give(self, target_id: int, wanted: int) -> int:
        units = min(self.left, wanted)
        if units:
            self.left -= units
            self.pieces.append((target_id, units))
        return units


@transactional
def reservations_divide(*, moves: Sequence[ReservationMove], source_kind: str = "sales_order_line") -> None:
    """Hand reserved units over to other sources; what is promised of each SKU in each warehouse stays the same.

    The caller has locked the documents of sources and targets. Locks: availability. Four statements.

    :raises Conflict: ``reservation_gone`` where a source has fewer units reserved; nothing is written then.
    """
    if not moves:
        return
    sources = sorted({move.source_id for move in moves})
    first = fetch(_STANDING, [source_kind, sources])
    availability_lock(AvailabilityKey(*row[2:5]) for row in first)
    of_source: dict[int, list[_Row]] = defaultdict(list)
    for row in fetch(_STANDING, [source_kind, sources]):
        of_source[row[1]].append(_Row(row))
    for move in moves:
        wanted = move.quantity
        for one in reversed(of_source[move.source_id]):
            if move.warehouse_id in (None, one.facts[2]):
                wanted -= one.give(move.target_id, wanted)
        if wanted or move.quantity <= 0:
            raise Conflict(
                _(
                    "The promised units have gone to somebody else meanwhile. Read the order again and repeat."
                ),
                code="reservation_gone",
                data={"source_id": move.source_id, "missing": wanted},
            )
    _write([one for rows in of_source.values() for one in rows if one.pieces], source_kind)


def _write(rows: Sequence[_Row], source_kind: str) -> None:
    """What is left keeps its row; a row of which nothing is left becomes its first piece."""
    kept: list[tuple[int, int, int]] = []
    fresh: list[tuple[int, int, int, int, str, int, Any]] = []
    for row in rows:
        key, source, warehouse, sku, owner, _quantity, expires = row.facts
        pieces = row.pieces
        if row.left:
            kept.append((key, source, row.left))
        else:
            kept.append((key, *pieces[0]))
            pieces = pieces[1:]
        fresh += [(warehouse, sku, owner, units, source_kind, target, expires) for target, units in pieces]
    execute(_REWRITE, columns(kept, 3))
    reservations_insert(fresh)
