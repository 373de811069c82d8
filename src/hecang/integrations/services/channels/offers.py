"""What one product of a platform gets of the stock, other than its shop's rules say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hecang.accounts.services.audit import audit_record_many
from hecang.integrations.services.channels.marks import stock_mark_products
from hecang.integrations.services.channels.products import products_locked
from hecang.kernel.db import transactional

CHANGEABLE = frozenset({"stock_percent", "stock_buffer", "stock_quota", "is_stock_off"})


@transactional
def products_stock_rules(*, product_ids: Sequence[int], changes: Mapping[str, Any]) -> None:
    """Give products a share of their own. Locks them, in key order; their stock is told anew.

    :param changes: any of :data:`CHANGEABLE`; ``None`` for as the shop.
    :raises ProductNotFound: one of them does not exist or lies outside the caller's shops.
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise ValueError(f"a product has no rule {min(unknown)}")
    products = products_locked(product_ids)
    entries: list[tuple[int, dict[str, Any] | None, dict[str, Any] | None]] = []
    for product in products:
        entries.append((product.pk, {name: getattr(product, name) for name in changes}, dict(changes)))
        for name, value in changes.items():
            setattr(product, name, value)
        product.save(update_fields=list(changes))
    audit_record_many(
        action="integrations.product.stock_rules", entity_kind="platform_product", entries=entries
    )
    stock_mark_products([product.pk for product in products])
