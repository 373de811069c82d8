"""What replenishment and transfers tell upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class ReplenishmentShort(Event):
    """Goods were not where the books have them; a count of the place should follow."""

    name: ClassVar[str] = "stockkeeping.replenishment_short"
    replenishment_id: int
    warehouse_id: int
    location_id: int
    sku_id: int


@dataclass(frozen=True)
class TransferMoved(Event):
    """What is to be expected of transfers at their destinations has changed."""

    name: ClassVar[str] = "stockkeeping.transfer_moved"
    transfer_ids: tuple[int, ...]


@dataclass(frozen=True)
class TransferReceived(Event):
    """Goods of a transfer lie at the dock of its destination; they want to be put away.

    :param receipt_ids: rows of ``transfer_receipt``; :func:`stockkeeping.selectors.transfers.arrivals_of` tells what
        they are.
    """

    name: ClassVar[str] = "stockkeeping.transfer_received"
    transfer_id: int
    warehouse_id: int
    receipt_ids: tuple[int, ...]
