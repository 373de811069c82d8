"""What goods are worth, for insurance and for telling large from small; in the company's currency."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from hecang.kernel.db import columns, fetch
from hecang.purchasing.selectors.policy import policy_now, rate_of

# What they cost last, else what a supplier's list says, else what customers paid last. Prices in currencies for which
# nobody has said a rate are passed over: a wrong value is worse than an older one.
_VALUES = """
WITH rate AS (SELECT * FROM unnest(%s::text[], %s::numeric[]) AS r (currency, rate))
SELECT k.id, round(coalesce(
    (SELECT l.unit_price * r.rate FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
        JOIN rate r ON r.currency = o.currency
        WHERE l.sku_id = k.id AND l.unit_price > 0 AND o.state NOT IN ('draft', 'cancelled')
        ORDER BY l.id DESC LIMIT 1),
    (SELECT p.price * r.rate FROM supplier_item i JOIN supplier_price p ON p.item_id = i.id
        JOIN rate r ON r.currency = p.currency
        WHERE i.sku_id = k.id AND i.is_active AND p.price > 0
        ORDER BY p.valid_from DESC, p.min_quantity, p.id DESC LIMIT 1),
    (SELECT l.unit_price * r.rate FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
        JOIN rate r ON r.currency = o.currency
        WHERE l.sku_id = k.id AND l.unit_price > 0 ORDER BY l.id DESC LIMIT 1)), 4)
FROM sku k WHERE k.id = ANY(%s::bigint[])
"""


def currency_now() -> str:
    """The company's currency. One statement."""
    return policy_now().base_currency


def rates_known() -> list[tuple[str, Decimal]]:
    """(currency, what one unit of it is worth in the company's), the company's own among them. One statement."""
    policy = policy_now()
    return [
        (currency, rate)
        for currency in sorted({policy.base_currency, *policy.rates})
        if (rate := rate_of(policy, currency)) is not None
    ]


def unit_values(sku_ids: Collection[int]) -> dict[int, Decimal]:
    """SKU → value of one base unit; SKUs of which nobody knows are missing. Two statements."""
    if not sku_ids:
        return {}
    rows = fetch(_VALUES, [*columns(rates_known(), 2), sorted(set(sku_ids))])
    return {sku: value for sku, value in rows if value is not None}
