"""Noting that what a platform was told of stock may be wrong by now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hecang.kernel import clock
from hecang.kernel.db import columns, execute

_PRODUCTS = """
INSERT INTO platform_stock AS s (product_id, connection_id, version, told_version, changed_at, tries, error, message)
SELECT p.id, p.connection_id, 1, 0, %s::timestamptz, 0, '', '' FROM platform_product p
WHERE p.sku_id IS NOT NULL AND {which} ORDER BY p.id
ON CONFLICT (product_id) DO UPDATE SET version = s.version + 1,
    changed_at = CASE WHEN s.version > s.told_version THEN s.changed_at ELSE excluded.changed_at END
"""
_BY_ID = _PRODUCTS.format(which="p.id = ANY(%s::bigint[])")
_BY_CONNECTION = _PRODUCTS.format(which="p.connection_id = %s")
_BY_SKU = _PRODUCTS.format(
    which="""(p.connection_id, p.sku_id) IN (
    SELECT c.connection_id, k.sku_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS c (connection_id, owner_id)
    JOIN unnest(%s::bigint[], %s::bigint[]) AS k (owner_id, sku_id) ON k.owner_id = c.owner_id
)"""
)


def stock_mark_products(product_ids: Sequence[int]) -> int:
    """Have the stock of these products told anew; their number. One statement."""
    return execute(_BY_ID, [clock.now(), list(product_ids)]) if product_ids else 0


def stock_mark_connection(connection_id: int) -> int:
    """Have all stock of a channel told anew; the number of products. One statement."""
    return execute(_BY_CONNECTION, [clock.now(), connection_id])


def stock_mark_skus(owners: Sequence[tuple[int, int]], skus: Sequence[tuple[int, int]]) -> int:
    """Have the stock of SKUs told anew wherever they are offered; the number of products. One statement.

    :param owners: (connection, owner whose goods it sells) of all channels that tell stock.
    :param skus: (owner, SKU).
    """
    if not owners or not skus:
        return 0
    return execute(_BY_SKU, [clock.now(), *columns(owners, 2), *columns(skus, 2)])


_DOUBT = """
UPDATE platform_stock s SET sent = NULL, version = s.version + 1,
    changed_at = CASE WHEN s.version > s.told_version THEN s.changed_at ELSE %s::timestamptz END
FROM (
    SELECT t.product_id FROM platform_stock t JOIN platform_product p ON p.id = t.product_id
    JOIN unnest(%s::text[], %s::text[]) AS k (product_id, variant_id)
        ON k.product_id = p.product_id AND k.variant_id = p.variant_id
    WHERE p.connection_id = %s ORDER BY t.product_id FOR NO KEY UPDATE OF t
) d
WHERE s.product_id = d.product_id
"""


def stock_doubt(connection_id: int, keys: Collection[tuple[str, str]]) -> int:
    """What a platform shows of these products is known no longer: it has counted a sale, or taken one back, itself.

    They are told anew, also where the number is the one that was sent last. Locks them, in key order. One statement.
    """
    return execute(_DOUBT, [clock.now(), *columns(sorted(keys), 2), connection_id]) if keys else 0
