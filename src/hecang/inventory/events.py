"""Facts that inventory tells upwards through the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class StockRaised(Event):
    """More units of these keys can be promised than before: goods came in, or a stop was lifted.

    :param keys: (warehouse id, SKU id, owner id), at most 1000 in one event.
    """

    name: ClassVar[str] = "inventory.stock_raised"

    keys: tuple[tuple[int, int, int], ...]
