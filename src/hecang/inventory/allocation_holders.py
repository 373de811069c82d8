"""Who holds allocations, and must be told when a count shows that the units are not there.

A fulfilment lies above inventory, which cannot call it. The app that allocates under a ``source_kind`` registers an
:class:`AllocationHolder` (in its ``AppConfig.ready``); without one, allocated units are left in the books, and whoever
counted is told that somebody has to let go of them first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AllocationLost:
    """Units of one allocation that do not exist.

    :param quantity: base units; the allocation is released as a whole where it had no more.
    """

    allocation_id: int
    source_id: int
    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int


class AllocationHolder(Protocol):
    """The documents behind allocations of one ``source_kind``."""

    source_kind: str

    def lock(self, source_ids: Sequence[int]) -> None:
        """Lock the documents of these sources, each table in primary-key order; must not touch balances."""

    def priorities(self, source_ids: Sequence[int]) -> Mapping[int, float]:
        """How late each source may be served: the larger, the sooner it loses its units. Missing means 0."""

    def lost(self, losses: Sequence[AllocationLost]) -> None:
        """Take the loss over into the documents: other units, or a shorter delivery.

        Called in the running transaction when the books are written. One source may occur several times.
        """


_holders: dict[str, AllocationHolder] = {}


def allocation_holder_register(holder: AllocationHolder) -> None:
    """Make ``holder`` the one for its ``source_kind``; the last registration counts."""
    _holders[holder.source_kind] = holder


def allocation_holder_for(source_kind: str) -> AllocationHolder | None:
    """The holder of this kind, or ``None`` where nobody could take a loss over."""
    return _holders.get(source_kind)
