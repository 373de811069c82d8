"""What a carrier needs to know of orders, and what shipping has to keep of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from hecang.kernel.crypto import decrypt_json
from hecang.kernel.db import fetch
from hecang.partners.selectors import region_names


class ShipTo(NamedTuple):
    """Where an order goes, in clear or sealed, in the parts that carriers ask for.

    :param sealed: tokens that the platform of ``channel`` can read; empty for recipients in clear.
    """

    name: str
    phone: str
    province: str
    city: str
    district: str
    address: str
    postcode: str
    country: str
    sealed: Mapping[str, str]
    channel: str
    external_number: str
    remark: str


class ShipWish(NamedTuple):
    """What an order wants of the way it travels. ``sealed_channel`` is empty for recipients in clear."""

    order_id: int
    shop_id: int
    owner_id: int
    service_id: int | None
    promised_at: datetime | None
    sealed_channel: str
    phone_tail: str


def order_ship_to(order_ids: Sequence[int]) -> dict[int, ShipTo]:
    """Recipients for carriers' systems. One statement. Not audited: nobody sees them."""
    rows = fetch(
        "SELECT o.id, o.recipient_cipher, o.region_code, c.code, o.external_number, o.buyer_remark"
        " FROM sales_order o JOIN shop s ON s.id = o.shop_id JOIN channel c ON c.id = s.channel_id"
        " WHERE o.id = ANY(%s::bigint[])",
        [list(order_ids)],
    )
    names = region_names({row[2] for row in rows if row[2]})
    found = {}
    for order_id, cipher, region_code, channel, number, remark in rows:
        clear = decrypt_json(cipher) if cipher else {}
        region = names.get(region_code)
        found[order_id] = ShipTo(
            name=clear.get("name", ""),
            phone=clear.get("phone", ""),
            province=region.province if region else clear.get("province", ""),
            city=(region.city if region else clear.get("city", "")) or "",
            district=(region.district if region else clear.get("district", "")) or "",
            address=clear.get("address", ""),
            postcode=clear.get("postcode", ""),
            country=clear.get("country", "") or "CN",
            sealed=clear.get("sealed", {}),
            channel=channel,
            external_number=number,
            remark=remark,
        )
    return found


def order_ship_wishes(order_ids: Sequence[int]) -> dict[int, ShipWish]:
    """What orders want of the way they travel. One statement."""
    rows = fetch(
        "SELECT o.id, o.shop_id, o.owner_id, o.service_id, o.promised_at,"
        " CASE WHEN o.is_sealed THEN c.code ELSE '' END, o.phone_tail"
        " FROM sales_order o JOIN shop s ON s.id = o.shop_id JOIN channel c ON c.id = s.channel_id"
        " WHERE o.id = ANY(%s::bigint[])",
        [list(order_ids)],
    )
    return {row[0]: ShipWish(*row) for row in rows}
