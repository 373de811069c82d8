"""What receiving tells putaway and inspection."""

from __future__ import annotations

from dataclasses import dataclass

from hecang.inventory.models import Condition


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units of one kind that are received at one place.

    :param location_id: where they lie now, a dock or staging place.
    :param receipt_line_id: ``None`` while it is only asked about.
    :param condition: as the receiver judged them; asked about, what they look like.
    :param carrier_id: the container that carries them as a whole, where that is one around ``container_id``.
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
    carrier_id: int | None = None
