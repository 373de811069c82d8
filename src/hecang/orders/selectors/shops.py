"""Shops as the services of orders need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hecang.kernel.db import fetch
from hecang.orders.audit.base import ShopRules


@dataclass(frozen=True, slots=True)
class ShopRef:
    """A shop with what it wants of its orders."""

    id: int
    code: str
    owner_id: int
    currency: str
    is_active: bool
    rules: ShopRules


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that was there before."""

    shop_id: int
    external_number: str
    id: int
    number: str
    state: str
    holds: tuple[str, ...]


_SHOP = """s.id, s.code, s.owner_id, s.currency, s.is_active, s.allow_partial, s.amount_limit, s.duplicate_hours,
    s.hold_remarks, s.auto_approve"""
_HOLDS = """CASE WHEN o.is_held THEN ARRAY(
        SELECT h.code FROM order_hold h WHERE h.order_id = o.id AND h.released_at IS NULL ORDER BY h.id
    ) ELSE '{}' END"""

_SHOPS_AND_KNOWN = f"""
SELECT {_SHOP}, o.external_number, o.id, o.number, o.state, {_HOLDS}
FROM shop s LEFT JOIN sales_order o ON o.shop_id = s.id AND o.external_number = ANY(%s::text[])
WHERE s.id = ANY(%s::bigint[]) OR s.code = ANY(%s::text[])
"""  # noqa: S608 - constants of this module

_KNOWN = f"""
SELECT o.shop_id, o.external_number, o.id, o.number, o.state, {_HOLDS}
FROM unnest(%s::bigint[], %s::text[]) AS k (shop_id, external_number)
JOIN sales_order o USING (shop_id, external_number)
"""  # noqa: S608


def shops_and_known_orders(
    shops: Sequence[int | str], external_numbers: Sequence[str]
) -> tuple[dict[int | str, ShopRef], dict[tuple[int, str], KnownOrder]]:
    """Those shops that exist, by id or code as asked, and their orders under any of these numbers.

    Known orders are keyed by (shop id, external number). One statement.
    """
    ids = [shop for shop in shops if isinstance(shop, int)]
    codes = [shop for shop in shops if isinstance(shop, str)]
    found: dict[int | str, ShopRef] = {}
    known: dict[tuple[int, str], KnownOrder] = {}
    for row in fetch(_SHOPS_AND_KNOWN, [list(external_numbers), ids, codes]):
        if row[0] not in found:
            found[row[0]] = found[row[1]] = _shop(row)
        if row[10] is not None:
            known[row[0], row[10]] = KnownOrder(row[0], row[10], row[11], row[12], row[13], tuple(row[14]))
    return found, known


def shops_by_id(ids: Sequence[int]) -> dict[int, ShopRef]:
    """Those shops that exist, by id."""
    rows = fetch(f"SELECT {_SHOP} FROM shop s WHERE s.id = ANY(%s)", [list(ids)])  # noqa: S608
    return {row[0]: _shop(row) for row in rows}


def shops_by_code(codes: Sequence[str]) -> dict[str, ShopRef]:
    """Those shops that exist, by code as given."""
    rows = fetch(f"SELECT {_SHOP} FROM shop s WHERE s.code = ANY(%s)", [list(codes)])  # noqa: S608
    return {row[1]: _shop(row) for row in rows}


def known_orders(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], KnownOrder]:
    """Those orders that exist, by (shop id, external number). One statement."""
    rows = fetch(_KNOWN, [[shop_id for shop_id, _number in keys], [number for _shop, number in keys]])
    return {
        (shop_id, external): KnownOrder(shop_id, external, key, number, state, tuple(holds))
        for shop_id, external, key, number, state, holds in rows
    }


def _shop(row: tuple[Any, ...]) -> ShopRef:
    key, code, owner_id, currency, is_active = row[:5]
    return ShopRef(key, code, owner_id, currency, is_active, ShopRules(*row[5:10]))
