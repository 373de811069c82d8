"""What a person who takes an order on the phone needs to see: who calls, what is there, what it cost last time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hecang.catalog.selectors.lists import skus_matching
from hecang.kernel.actor import Actor
from hecang.kernel.crypto import decrypt_json
from hecang.kernel.db import fetch
from hecang.orders.selectors.shops import shops_and_known_orders
from hecang.partners.phones import phone_hash
from hecang.partners.selectors import customers_by_phone, region_names

#: Recipients and products that are offered at once.
OFFERED = 8


@dataclass(frozen=True, slots=True)
class KnownRecipient:
    """Somebody who has been sent something under this phone number, in clear.

    :param orders: how many orders went there; ``last_at`` when the last one was placed.
    """

    name: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    address: str
    orders: int
    last_at: datetime
    last_order_id: int


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known under a phone number.

    :param customers: (code, masked name, why it is blocked or empty).
    """

    recipients: list[KnownRecipient]
    customers: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that can be sold.

    :param available: units that may be promised now, over all warehouses; ``None`` for kits.
    :param last_price: what this shop took for it last.
    """

    id: int
    code: str
    name: str
    kind: str
    base_unit: str
    available: int | None
    last_price: Decimal | None


_KNOWN = """
SELECT o.id, o.recipient_cipher, o.region_code, o.placed_at FROM sales_order o
WHERE o.phone_hash = %s AND NOT o.phone_hash = '' AND NOT o.is_sealed
  AND (%s::bigint[] IS NULL OR o.shop_id = ANY(%s::bigint[])) AND (%s::bigint[] IS NULL OR o.owner_id = ANY(%s::bigint[]))
ORDER BY o.placed_at DESC LIMIT 50
"""

_FIGURES = """
SELECT d.sku_id,
    (SELECT sum(a.sellable - a.reserved)::bigint FROM availability a WHERE a.sku_id = d.sku_id AND a.owner_id = %s),
    (SELECT l.unit_price FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
      WHERE l.sku_id = d.sku_id AND o.shop_id = %s AND l.kit_sku_id IS NULL AND l.unit_price > 0
      ORDER BY l.order_id DESC LIMIT 1)
FROM unnest(%s::bigint[]) AS d (sku_id)
"""


def caller_known(actor: Actor, phone: str) -> Caller:
    """Recipients of earlier orders under a phone number, most recent first, and customers. Three statements.

    Shows personal data in clear: the API writes down who asked.
    """
    digest = phone_hash(phone)
    if not digest:
        return Caller([], [])
    shops = None if actor.scope.shops is None else sorted(actor.scope.shops)
    owners = None if actor.scope.owners is None else sorted(actor.scope.owners)
    rows = fetch(_KNOWN, [digest, shops, shops, owners, owners])
    names = region_names({row[2] for row in rows if row[2]})
    found: dict[tuple[str, str, str], KnownRecipient] = {}
    for order_id, cipher, region, placed_at in rows:
        clear = decrypt_json(cipher) if cipher else {}
        key = (clear.get("name", ""), region, clear.get("address", ""))
        known = found.get(key)
        place = names.get(region)
        found[key] = KnownRecipient(
            name=key[0],
            phone=clear.get("phone", ""),
            region_code=region,
            province=place.province if place else clear.get("province", ""),
            city=place.city if place else clear.get("city", ""),
            district=place.district if place else clear.get("district", ""),
            address=key[2],
            orders=(known.orders if known else 0) + 1,
            last_at=known.last_at if known else placed_at,
            last_order_id=known.last_order_id if known else order_id,
        )
    customers = [
        (one.code, one.display_name, one.blocked_reason if one.is_blocked else "")
        for one in customers_by_phone(digest)[:OFFERED]
    ]
    return Caller(list(found.values())[:OFFERED], customers)


def offers_find(*, shop: int | str, text: str) -> list[Offer]:
    """Products for sale by code, part of the name, pinyin initials or barcode; exact codes first. Five statements.

    Raises nothing for an unknown shop: then there are no figures.
    """
    wanted = text.strip()
    if not wanted:
        return []
    found = list(
        skus_matching(q=wanted, status=["active"], kind=["goods", "kit"])
        .order_by("code")
        .values_list("id", "code", "name", "kind", "base_unit", "initials")[: OFFERED * 6]
    )
    found.sort(key=lambda row: _rank(row, wanted))
    found = found[:OFFERED]
    figures = _figures(shop, [row[0] for row in found])
    offers = []
    for sku_id, code, name, kind, unit, _initials in found:
        available, price = figures.get(sku_id, (None, None))
        offers.append(Offer(sku_id, code, name, kind, unit, None if kind == "kit" else available or 0, price))
    return offers


def _rank(row: tuple[Any, ...], wanted: str) -> tuple[int, str]:
    text = wanted.casefold()
    code, name, initials = row[1].casefold(), row[2].casefold(), row[5]
    places = (
        code == text,
        initials == text,
        code.startswith(text),
        initials.startswith(text),
        name.startswith(text),
    )
    return next((rank for rank, hit in enumerate(places) if hit), len(places)), code


def _figures(shop: int | str, sku_ids: Sequence[int]) -> dict[int, tuple[int | None, Decimal | None]]:
    shops, _known = shops_and_known_orders([shop], [])
    place = shops.get(shop)
    if place is None or not sku_ids:
        return {}
    return {row[0]: (row[1], row[2]) for row in fetch(_FIGURES, [place.owner_id, place.id, list(sku_ids)])}
