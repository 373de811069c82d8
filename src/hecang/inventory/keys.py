"""The small values that the books are read and written with: keys of rows and the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class AvailabilityKey(NamedTuple):
    """What an order must win: one SKU of one owner in one warehouse."""

    warehouse_id: int
    sku_id: int
    owner_id: int


@dataclass(frozen=True, slots=True)
class AvailabilityRow:
    """One row of ``availability`` as it was when it was locked. Quantities in base units."""

    id: int
    key: AvailabilityKey
    sellable: int
    reserved: int

    @property
    def free(self) -> int:
        """Units that can still be promised."""
        return self.sellable - self.reserved


class Place(NamedTuple):
    """Where goods of which kind lie: the natural key of ``stock``."""

    location_id: int
    sku_id: int
    lot_id: int | None
    owner_id: int
    condition: str
    container_id: int | None


@dataclass(frozen=True, slots=True)
class StockRow:
    """One row of ``stock`` as it was when it was locked. Quantities in base units."""

    id: int
    warehouse_id: int
    place: Place
    quantity: int
    allocated: int
    is_sellable: bool
    received_at: datetime

    @property
    def free(self) -> int:
        """Units here that are not hard-allocated."""
        return self.quantity - self.allocated

    @property
    def key(self) -> AvailabilityKey:
        return AvailabilityKey(self.warehouse_id, self.place.sku_id, self.place.owner_id)
