"""Who has to hear that goods have left a place: documents above inventory that meant to carry them.

Inventory cannot call the apps above it. The one that plans what becomes of goods at a place registers a
:class:`GoodsFollower` (in its ``AppConfig.ready``), and whatever takes goods away tells it in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from hecang.inventory.keys import Place


@dataclass(frozen=True, slots=True)
class GoodsLeft:
    """Units of one kind have left a place.

    :param kind: of the location that they have left, such as ``dock``.
    :param free: units that still lie there and are nobody's.
    :param went: where they lie now, and how many units; what left the house or went where nobody waits is missing.
    :param source_kind: the document that took them, such as ``inspection``.
    :param around_id: the container that theirs stood in, where that one was taken out.
    """

    place: Place
    kind: str
    free: int
    went: Sequence[tuple[Place, int]] = ()
    source_kind: str = ""
    around_id: int | None = None


class GoodsFollower(Protocol):
    """Documents that plan what becomes of goods at a place."""

    def concerned(self, left: Sequence[GoodsLeft]) -> Collection[int]:
        """Documents that mean to carry more than is left; read without locks, a fixed number of statements."""

    def lock(self, document_ids: Collection[int]) -> None:
        """Lock these in primary-key order. Called before any balance is locked, where that is possible."""

    def follow(self, left: Sequence[GoodsLeft]) -> None:
        """Bring the locked documents into line with what is left, in the running transaction."""


_followers: list[GoodsFollower] = []


def goods_follower_register(follower: GoodsFollower) -> None:
    """Tell ``follower`` from now on; once for each class."""
    _followers[:] = [one for one in _followers if type(one) is not type(follower)] + [follower]


def goods_followers() -> Sequence[GoodsFollower]:
    """Everybody who wants to know, in the order of registration."""
    return _followers
