"""What purchasing tells upwards, and itself later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hecang.kernel.outbox import Event


@dataclass(frozen=True)
class PurchaseSupplyChanged(Event):
    """What is to come in of these orders, or when, is another now: sent, confirmed, changed, received, ended."""

    name: ClassVar[str] = "purchasing.supply_changed"
    order_ids: tuple[int, ...]


@dataclass(frozen=True)
class PurchasesEnded(Event):
    """These orders are closed or cancelled: nothing more comes in for them."""

    name: ClassVar[str] = "purchasing.purchases_ended"
    order_ids: tuple[int, ...]
