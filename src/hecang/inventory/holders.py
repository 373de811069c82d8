"""Who holds reservations, and must be told when inventory cannot keep one of them.

Orders reserve units; inventory lies below orders and cannot call them. So the app that reserves under a
``source_kind`` registers a :class:`ReservationHolder` for it (in its ``AppConfig.ready``), and inventory
calls that in the transaction that shorts or expires a reservation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class ReservationShort:
    """Units of one reservation that can no longer be promised.

    :param quantity: base units lost, at most what was reserved.
    :param cause: ``short`` (the goods went away) or ``expired`` (its time to live is over).
    """

    reservation_id: int
    source_id: int
    warehouse_id: int
    sku_id: int
    owner_id: int
    quantity: int
    cause: Literal["short", "expired"] = "short"


class ReservationHolder(Protocol):
    """The documents behind reservations of one ``source_kind``."""

    source_kind: str

    def lock(self, source_ids: Sequence[int]) -> None:
        """Lock the documents of these sources (order, then line; each in primary-key order).

        Called before any balance is locked, where that is possible. Must not touch balances.
        """

    def priorities(self, source_ids: Sequence[int]) -> Mapping[int, int]:
        """How late each source may be served: the larger, the sooner it is shorted. Missing means 0.

        Read without locks; one query for all.
        """

    def shorted(self, shorts: Sequence[ReservationShort]) -> None:
        """Take the loss over into the documents (reserved → backordered), in the running transaction.

        The balances and the reservations have been written already. One source may occur several times.
        """


_holders: dict[str, ReservationHolder] = {}


def holder_register(holder: ReservationHolder) -> None:
    """Make ``holder`` the one for its ``source_kind``; the last registration counts."""
    _holders[holder.source_kind] = holder


def holder_for(source_kind: str) -> ReservationHolder | None:
    """The holder of this kind, or ``None`` where nobody needs to be told (such as a checkout)."""
    return _holders.get(source_kind)


_followers: list[Callable[[Sequence[int]], None]] = []


def on_allocations_moved(follow: Callable[[Sequence[int]], None]) -> None:
    """Tell ``follow`` the ids of allocations that were carried elsewhere with their container.

    Called in the transaction that moves them, after the books are written.
    """
    if follow not in _followers:
        _followers.append(follow)


def allocations_moved(allocation_ids: Sequence[int]) -> None:
    """Tell everybody who wants to know."""
    for follow in _followers:
        follow(allocation_ids)
