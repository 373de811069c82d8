"""Warehouses as carriers see them: senders of parcels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hecang.kernel.db import fetch
from hecang.partners.selectors import region_names


@dataclass(frozen=True, slots=True)
class WarehouseSender:
    """Who sends, from where; ``contact`` and ``phone`` may be empty."""

    name: str
    contact: str
    phone: str
    province: str
    city: str
    district: str
    address: str


def warehouse_senders(warehouse_ids: Iterable[int]) -> dict[int, WarehouseSender]:
    """Senders by warehouse id. One statement."""
    rows = fetch(
        "SELECT id, name, contact, phone, address, coalesce(region_id, '') FROM warehouse WHERE id = ANY(%s)",
        [sorted(set(warehouse_ids))],
    )
    names = region_names({row[5] for row in rows if row[5]})
    found = {}
    for key, name, contact, phone, address, region_code in rows:
        region = names.get(region_code)
        found[key] = WarehouseSender(
            name=name,
            contact=contact,
            phone=phone,
            province=(region.province if region else "") or "",
            city=(region.city if region else "") or "",
            district=(region.district if region else "") or "",
            address=address,
        )
    return found
