"""What the warehouse needs to know of orders. Rows by id, set-based."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from hecang.kernel.crypto import decrypt_json
from hecang.kernel.db import fetch
from hecang.partners.selectors import region_names


class OrderForFulfilment(NamedTuple):
    id: int
    number: str
    shop_id: int
    owner_id: int
    region_code: str
    priority: int
    promised_at: datetime | None
    state: str
    is_held: bool
    is_cancelling: bool


class LineForFulfilment(NamedTuple):
    """Where the units of a line are in their life; they add up to ``quantity``."""

    id: int
    order_id: int
    sku_id: int
    quantity: int
    reserved: int
    backordered: int
    allocated: int
    shipped: int
    cancelled: int


class Recipient(NamedTuple):
    """Who gets the parcel, in clear. ``address`` begins with the region."""

    name: str
    phone: str
    address: str
    postcode: str
    region_code: str


def orders_for_fulfilment(order_ids: Sequence[int]) -> list[OrderForFulfilment]:
    """Facts of these orders, by id. One statement."""
    rows = fetch(
        "SELECT id, number, shop_id, owner_id, region_code, priority, promised_at, state, is_held, is_cancelling"
        " FROM sales_order WHERE id = ANY(%s::bigint[]) ORDER BY id",
        [list(order_ids)],
    )
    return [OrderForFulfilment(*row) for row in rows]


def order_lines_for_fulfilment(order_ids: Sequence[int]) -> list[LineForFulfilment]:
    """Lines of these orders, by id. One statement."""
    rows = fetch(
        "SELECT id, order_id, sku_id, quantity, reserved, backordered, allocated, shipped, cancelled"
        " FROM sales_order_line WHERE order_id = ANY(%s::bigint[]) ORDER BY id",
        [list(order_ids)],
    )
    return [LineForFulfilment(*row) for row in rows]


def order_recipients(order_ids: Sequence[int]) -> dict[int, Recipient]:
    """Recipients in clear, for labels and packing lists. One statement.

    Not audited here: whoever shows them to a person writes that down.
    """
    rows = fetch(
        "SELECT id, recipient_cipher, region_code FROM sales_order WHERE id = ANY(%s::bigint[])",
        [list(order_ids)],
    )
    names = region_names({row[2] for row in rows if row[2]})
    result = {}
    for order_id, cipher, region_code in rows:
        clear = decrypt_json(cipher) if cipher else {}
        region = names.get(region_code)
        place = "".join(filter(None, (region.province, region.city, region.district))) if region else ""
        detail = clear.get("address", "")
        result[order_id] = Recipient(
            name=clear.get("name", ""),
            phone=clear.get("phone", ""),
            address=detail if place and detail.startswith(place) else place + detail,
            postcode=clear.get("postcode", ""),
            region_code=region_code,
        )
    return result
