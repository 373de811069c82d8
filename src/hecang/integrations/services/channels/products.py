"""Which SKU a platform's product is: by its code, by hand, or not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hecang.accounts.services.audit import audit_record_many
from hecang.integrations.channels.base import ChannelLine, ChannelProduct, Feature
from hecang.integrations.errors import ProductNotFound
from hecang.integrations.models import Connection, PlatformProduct
from hecang.integrations.services.channels.marks import stock_mark_products
from hecang.integrations.services.links import calls_open
from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, transactional

#: Products asked for in one go; a shop with more is read in further calls.
MOST_PAGES = 1000
#: Begins the key of a product that its platform does not number.
BY_CODE = "code:"

_SEE = """
INSERT INTO platform_product AS p (connection_id, product_id, variant_id, outer_sku, title, barcode, units, mapped_by,
    is_ignored, is_stock_off, created_at)
SELECT %s::bigint, d.product_id, d.variant_id, d.outer_sku, d.title, d.barcode, 1, '', false, false, %s::timestamptz
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS d (product_id, variant_id, outer_sku, title, barcode)
ORDER BY 2, 3
ON CONFLICT (connection_id, product_id, variant_id) DO UPDATE
SET outer_sku = excluded.outer_sku, title = CASE WHEN excluded.title = '' THEN p.title ELSE excluded.title END,
    barcode = CASE WHEN excluded.barcode = '' THEN p.barcode ELSE excluded.barcode END
WHERE (p.outer_sku, p.title) IS DISTINCT FROM (excluded.outer_sku, excluded.title)
    OR (excluded.barcode <> '' AND p.barcode <> excluded.barcode)
"""
# A code that is one of our SKUs maps a product that nobody has mapped by hand; another code maps it anew.
_MAP_BY_CODE = """
UPDATE platform_product p SET sku_id = s.id, mapped_by = 'code'
FROM sku s
WHERE p.connection_id = %s AND p.product_id = ANY(%s::text[]) AND p.mapped_by <> 'hand' AND p.outer_sku <> ''
    AND s.code = p.outer_sku AND p.sku_id IS DISTINCT FROM s.id
RETURNING p.id, s.code
"""
_MAP_NEW = """
UPDATE platform_product p SET sku_id = s.id, mapped_by = 'code' FROM sku s
WHERE p.sku_id IS NULL AND NOT p.is_ignored AND p.outer_sku <> '' AND s.code = p.outer_sku
RETURNING p.id
"""
_KNOWN = """
SELECT p.product_id, p.variant_id, p.id, s.code, p.units
FROM unnest(%s::text[], %s::text[]) AS k (product_id, variant_id)
JOIN platform_product p ON p.connection_id = %s AND p.product_id = k.product_id AND p.variant_id = k.variant_id
LEFT JOIN sku s ON s.id = p.sku_id
"""

Key = tuple[str, str]


class Known(NamedTuple):
    """A product of a platform; ``sku`` is the code of ours, ``None`` where nobody has said which it is."""

    id: int
    sku: str | None
    units: int


@dataclass(frozen=True, slots=True)
class MappingIn:
    """What a product is.

    :param sku_id: ``None`` takes the mapping away.
    :param units: of the SKU in one of the product.
    """

    product_id: int
    sku_id: int | None
    units: int = 1


def product_key(line: ChannelLine | ChannelProduct) -> Key:
    """What names a product on its platform: its numbers, or the merchant's code where it has none."""
    if line.product_id or line.variant_id:
        return line.product_id[:64], line.variant_id[:64]
    return f"{BY_CODE}{line.outer_sku}"[:64], ""


@transactional
def products_see(*, connection_id: int, products: Iterable[ChannelLine | ChannelProduct]) -> dict[Key, Known]:
    """Note products that a platform names, map those whose code is one of ours, and tell what each is.

    Three statements. Locks the products, in the order of their keys.
    """
    rows: dict[Key, tuple[str, str, str, str, str]] = {}
    for one in products:
        key = product_key(one)
        barcode = one.barcode if isinstance(one, ChannelProduct) else ""
        rows[key] = (*key, one.outer_sku[:64], one.title.replace("\0", "")[:300], barcode[:64])
    if not rows:
        return {}
    execute(_SEE, [connection_id, clock.now(), *columns(sorted(rows.values()), 5)])
    mapped = fetch(_MAP_BY_CODE, [connection_id, [key[0] for key in rows]])
    stock_mark_products([row[0] for row in mapped])
    found = fetch(_KNOWN, [[key[0] for key in rows], [key[1] for key in rows], connection_id])
    return {(product, variant): Known(key, sku, units) for product, variant, key, sku, units in found}


def products_map_new() -> list[int]:
    """Map products whose code has become one of our SKUs since they were seen; their ids. One statement."""
    mapped = [row[0] for row in fetch(_MAP_NEW)]
    stock_mark_products(mapped)
    return mapped


@transactional
def products_map(*, mappings: Sequence[MappingIn]) -> list[int]:
    """Say which SKU each of these products is; ids of the products that changed.

    Orders that wait for them are taken in by ``orders_retry_mapped`` afterwards; their stock is told anew.
    Locks the products, in key order.

    :raises ProductNotFound: one of them does not exist or lies outside the caller's shops.
    """
    wanted = {one.product_id: one for one in mappings}
    products = products_locked(sorted(wanted))
    changed: list[tuple[int, dict[str, Any], dict[str, Any]]] = []
    for product in products:
        one = wanted[product.pk]
        before: dict[str, Any] = {"sku_id": product.sku_id, "units": product.units}
        after: dict[str, Any] = {"sku_id": one.sku_id, "units": one.units}
        if before == after and product.mapped_by != PlatformProduct.MappedBy.CODE:
            continue
        product.sku_id, product.units = one.sku_id, one.units
        product.mapped_by = PlatformProduct.MappedBy.HAND if one.sku_id else PlatformProduct.MappedBy.NOBODY
        product.is_ignored = False
        product.save(update_fields=["sku", "units", "mapped_by", "is_ignored"])
        changed.append((product.pk, before, after))
    audit_record_many(action="integrations.product.mapped", entity_kind="platform_product", entries=changed)
    ids = [entry[0] for entry in changed]
    stock_mark_products(ids)
    return ids


@transactional
def products_ignore(*, product_ids: Sequence[int], is_ignored: bool = True) -> None:
    """Take products off the list of what is to be mapped, or put them back. Locks them, in key order."""
    products = products_locked(product_ids)
    for product in products:
        product.is_ignored = is_ignored
        product.save(update_fields=["is_ignored"])
    audit_record_many(
        action="integrations.product.ignored" if is_ignored else "integrations.product.wanted",
        entity_kind="platform_product",
        entries=[(product.pk, None, None) for product in products],
    )


def products_locked(product_ids: Sequence[int]) -> list[PlatformProduct]:
    """These products, locked in key order. Raises :class:`ProductNotFound`."""
    from hecang.integrations.selectors.scope import visible_connections

    products = list(
        PlatformProduct.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=product_ids, connection__in=visible_connections())
        .order_by("pk")
    )
    if len(products) < len(set(product_ids)):
        raise ProductNotFound.told()
    return products


def products_pull(*, connection_id: int) -> int:
    """Read what a shop offers from its platform; the number of products. Holds no lock while it calls."""
    connection = Connection.objects.get(pk=connection_id)
    count = 0
    with calls_open(connection) as calls:
        if Feature.LIST_PRODUCTS not in calls.connector.features:
            return 0
        cursor: str | None = None
        for _page in range(MOST_PAGES):
            present = cursor
            page = calls.make(lambda connector, at=present: connector.list_products(at))  # type: ignore[misc]
            products_see(connection_id=connection_id, products=page.items)
            count += len(page.items)
            cursor = page.cursor
            if cursor is None:
                break
    return count
