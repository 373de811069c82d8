"""Who sells it, for how much, how soon: the price lists that hold on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hecang.kernel import clock
from hecang.kernel.db import columns, fetch
from hecang.purchasing.models import PurchasePolicy
from hecang.purchasing.selectors.policy import rate_of

# The quantity is what the supplier delivers: at least its minimum, in its multiples. The price is that of the highest
# step that this quantity reaches, in the supplier's own currency where it has one there.
_OFFERS = """
SELECT w.position, i.id, s.id, s.code, s.name, i.supplier_sku, i.min_order_quantity, i.order_multiple,
    coalesce(i.lead_time_days, s.lead_time_days), q.units, p.price, p.currency, s.min_order_amount
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS w (sku_id, quantity, position)
JOIN supplier_item i ON i.sku_id = w.sku_id AND i.is_active
JOIN supplier s ON s.id = i.supplier_id AND s.is_active
CROSS JOIN LATERAL (
    SELECT ((greatest(w.quantity, i.min_order_quantity) + i.order_multiple - 1) / i.order_multiple)
        * i.order_multiple AS units
) q
CROSS JOIN LATERAL (
    SELECT p.price, p.currency FROM supplier_price p
    WHERE p.item_id = i.id AND p.min_quantity <= q.units AND p.valid_from <= %s::date
        AND (p.valid_to IS NULL OR p.valid_to >= %s::date)
    ORDER BY p.currency <> s.currency, p.min_quantity DESC, p.currency LIMIT 1
) p
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one supplier would deliver.

    :param quantity: base units, rounded up to the minimum and the multiple.
    :param cost: in the company's currency, to compare by; ``None`` where no rate is known.
    """

    item_id: int
    supplier_id: int
    supplier_code: str
    supplier_name: str
    supplier_sku: str
    min_order_quantity: int
    order_multiple: int
    lead_time_days: int
    quantity: int
    price: Decimal
    currency: str
    min_order_amount: Decimal | None
    arrives_on: date
    cost: Decimal | None

    @property
    def amount(self) -> Decimal:
        return (self.price * self.quantity).quantize(Decimal("0.01"))


def offers_find(
    wants: Sequence[tuple[int, int]], policy: PurchasePolicy, *, choice: str | None = None
) -> list[list[Offer]]:
    """For each wanted (SKU, base units) the offers that hold today, the best first. One statement.

    :param choice: ``cheapest`` or ``fastest``; by default the policy's.
    """
    today = clock.today()
    result: list[list[Offer]] = [[] for _want in wants]
    for row in fetch(_OFFERS, [*columns(wants, 2), today, today]):
        position, lead, units, price, currency = row[0], *row[8:12]
        rate = rate_of(policy, currency)
        cost = None if rate is None else price * units * rate
        arrives_on = today + timedelta(days=lead)
        facts: list[Any] = [*row[1:], arrives_on, cost]
        result[position - 1].append(Offer(*facts))
    fastest = (choice or policy.choice) == PurchasePolicy.Choice.FASTEST
    for offers in result:
        offers.sort(key=_fast if fastest else _cheap)
    return result


def _cheap(offer: Offer) -> tuple[object, ...]:
    return offer.cost is None, offer.cost or 0, offer.lead_time_days, offer.supplier_code


def _fast(offer: Offer) -> tuple[object, ...]:
    return offer.lead_time_days, offer.cost is None, offer.cost or 0, offer.supplier_code


def list_prices(
    wants: Sequence[tuple[int, int, int, str]], days: Sequence[date] | None = None
) -> Mapping[int, Decimal]:
    """Position of each wanted (supplier, SKU, base units, currency) → what the list asks for it.

    Missing where the list has none. One statement.

    :param days: on which day, one for each; by default today.
    """
    today = clock.today()
    rows = fetch(
        """
        SELECT w.position, p.price
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[]) WITH ORDINALITY
            AS w (supplier_id, sku_id, quantity, currency, day, position)
        JOIN supplier_item i ON i.supplier_id = w.supplier_id AND i.sku_id = w.sku_id
        CROSS JOIN LATERAL (
            SELECT p.price FROM supplier_price p
            WHERE p.item_id = i.id AND p.currency = w.currency AND p.min_quantity <= w.quantity
                AND p.valid_from <= w.day AND (p.valid_to IS NULL OR p.valid_to >= w.day)
            ORDER BY p.min_quantity DESC LIMIT 1
        ) p
        """,
        [*columns(wants, 4), [today] * len(wants) if days is None else list(days)],
    )
    return {position - 1: price for position, price in rows}
