"""What becomes of goods when they come in: the state in which they are received, and where they go next.

Receiving asks before it posts (:func:`arrival_conditions`) and tells after it has posted (:func:`arrivals_follow`),
in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hecang.inventory.models import Condition


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units of one kind that are received at one place.

    :param location_id: where they lie now, a dock or staging place.
    :param receipt_line_id: ``None`` while it is only asked about.
    :param condition: as the receiver judged them; asked about, what they look like.
    """

    warehouse_id: int
    location_id: int
    sku_id: int
    owner_id: int
    quantity: int
    supplier_id: int | None = None
    lot_id: int | None = None
    container_id: int | None = None
    condition: str = Condition.GOOD.value
    receipt_id: int | None = None
    receipt_line_id: int | None = None
    purchase_line_id: int | None = None


def arrival_conditions(*, arrivals: Sequence[Arrival]) -> list[str]:
    """The condition in which each is to be booked: as it looks, or quarantine until it is inspected."""
    return [arrival.condition for arrival in arrivals]


def arrivals_follow(*, arrivals: Sequence[Arrival]) -> None:
    """Begin what follows: inspection, cross-docking to those who wait, putaway."""
