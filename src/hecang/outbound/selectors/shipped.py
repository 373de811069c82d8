"""Parcels that have left, for those who tell others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from hecang.kernel.db import fetch


class ShippedUnits(NamedTuple):
    """Units of an order line that left in a parcel.

    :param carrier: its code; ``waybill`` the number that the parcel travels under.
    """

    parcel_id: int
    carrier: str
    waybill: str
    shipped_at: datetime
    order_line_id: int
    quantity: int


def parcels_shipped(parcel_ids: Sequence[int]) -> list[ShippedUnits]:
    """What these parcels have taken away, in the order of parcels; those that have not left are missing."""
    rows = fetch(
        "SELECT p.id, c.code, w.number, p.shipped_at, fl.order_line_id, sum(pl.quantity)::bigint"
        " FROM parcel p JOIN waybill w ON w.id = p.waybill_id JOIN carrier_service s ON s.id = w.service_id"
        " JOIN carrier c ON c.id = s.carrier_id JOIN parcel_line pl ON pl.parcel_id = p.id"
        " JOIN fulfilment_line fl ON fl.id = pl.fulfilment_line_id"
        " WHERE p.id = ANY(%s::bigint[]) AND p.state = 'shipped'"
        " GROUP BY p.id, c.code, w.number, p.shipped_at, fl.order_line_id ORDER BY p.id, fl.order_line_id",
        [list(parcel_ids)],
    )
    return [ShippedUnits(*row) for row in rows]
