"""What is so about stock that somebody should know: facts, set-based, against the thresholds. Nothing here locks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hecang.kernel.clock import now, today
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import AlertKind
from hecang.stockkeeping.selectors.values import unit_values

QUANTITY_KINDS = (AlertKind.BELOW_SAFETY.value, AlertKind.BELOW_REORDER.value, AlertKind.OVERSTOCK.value)
EXPIRY_KINDS = (AlertKind.EXPIRING.value, AlertKind.EXPIRED.value)
SLOW_KINDS = (AlertKind.SLOW.value, AlertKind.DEAD.value)

_SKUS = "(%(skus)s::bigint[] IS NULL OR {0}.sku_id = ANY(%(skus)s::bigint[]))"

_QUANTITIES = f"""
SELECT t.warehouse_id, t.sku_id, t.owner_id, t.safety_stock, t.reorder_point, t.max_stock,
    coalesce(a.sellable, 0), coalesce(a.sellable - a.reserved, 0), coalesce(e.units, 0)
FROM threshold t
JOIN sku k ON k.id = t.sku_id AND k.status <> 'discontinued'
JOIN warehouse w ON w.id = t.warehouse_id AND w.is_active
LEFT JOIN availability a ON a.warehouse_id = t.warehouse_id AND a.sku_id = t.sku_id AND a.owner_id = t.owner_id
LEFT JOIN (
    SELECT warehouse_id, sku_id, owner_id, sum(quantity)::bigint AS units FROM expected_supply GROUP BY 1, 2, 3
) e ON e.warehouse_id = t.warehouse_id AND e.sku_id = t.sku_id AND e.owner_id = t.owner_id
WHERE t.sku_id IS NOT NULL AND {_SKUS.format("t")}
    AND (coalesce(a.sellable - a.reserved, 0) < t.safety_stock
        OR coalesce(a.sellable - a.reserved, 0) + coalesce(e.units, 0) <= t.reorder_point
        OR coalesce(a.sellable, 0) > t.max_stock)
"""  # noqa: S608 - put together from constants

# The last day to sell is the expiry less the days that must remain when goods leave. Where nobody has said when to
# warn, a third of the life of short-lived goods: bread is not "expiring" from the day it comes in.
_EXPIRY = f"""
SELECT * FROM (
    SELECT s.warehouse_id, s.sku_id, s.owner_id, s.lot_id, s.units, x.expires_on - k.min_remaining_days - %(today)s::date AS days,
        x.expires_on < %(today)s::date AS is_expired, coalesce(t.expiry_warning_days, d.expiry_warning_days,
            least(%(expiry)s::integer, ceil(k.shelf_life_days / 3.0)::integer)) AS warning
    FROM (
        SELECT s.warehouse_id, s.sku_id, s.owner_id, s.lot_id, sum(s.quantity)::bigint AS units
        FROM stock s WHERE s.lot_id IS NOT NULL AND s.quantity > 0 AND {_SKUS.format("s")}
        GROUP BY 1, 2, 3, 4
    ) s
    JOIN lot x ON x.id = s.lot_id AND x.expires_on IS NOT NULL
    JOIN sku k ON k.id = s.sku_id
    LEFT JOIN threshold t ON t.warehouse_id = s.warehouse_id AND t.sku_id = s.sku_id AND t.owner_id = s.owner_id
    LEFT JOIN threshold d ON d.warehouse_id = s.warehouse_id AND d.sku_id IS NULL
) f WHERE is_expired OR days <= warning
"""  # noqa: S608 - put together from constants

_SLOW = f"""
SELECT * FROM (
    SELECT s.warehouse_id, s.sku_id, s.owner_id, s.units,
        extract(day FROM %(now)s::timestamptz - greatest(s.since, coalesce(o.at, s.since)))::integer AS days,
        coalesce(t.slow_days, d.slow_days, %(slow)s::integer) AS slow_days
    FROM (
        SELECT s.warehouse_id, s.sku_id, s.owner_id, sum(s.quantity)::bigint AS units, min(s.received_at) AS since
        FROM stock s WHERE s.quantity > 0 AND s.is_sellable AND {_SKUS.format("s")}
        GROUP BY 1, 2, 3
    ) s
    LEFT JOIN (
        SELECT l.warehouse_id, m.sku_id, m.owner_id, max(m.at) AS at
        FROM movement m JOIN location l ON l.id = m.from_location_id
        WHERE m.reason = 'ship' AND {_SKUS.format("m")} GROUP BY 1, 2, 3
    ) o ON o.warehouse_id = s.warehouse_id AND o.sku_id = s.sku_id AND o.owner_id = s.owner_id
    LEFT JOIN threshold t ON t.warehouse_id = s.warehouse_id AND t.sku_id = s.sku_id AND t.owner_id = s.owner_id
    LEFT JOIN threshold d ON d.warehouse_id = s.warehouse_id AND d.sku_id IS NULL
) f WHERE days >= slow_days AND slow_days > 0
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class AlertFact:
    """Something that is so now; the names are those of :class:`StockAlert`."""

    kind: str
    warehouse_id: int
    sku_id: int
    owner_id: int
    lot_id: int | None
    quantity: int
    threshold: int
    days: int | None = None
    expected: int = 0
    value: Decimal | None = None
    discount: int | None = None

    @property
    def key(self) -> tuple[str, int, int, int, int]:
        return self.kind, self.warehouse_id, self.sku_id, self.owner_id, self.lot_id or 0

    @property
    def figures(self) -> tuple[object, ...]:
        return self.quantity, self.threshold, self.days, self.expected, self.value, self.discount


def alert_facts(
    kinds: Collection[str],
    sku_ids: Collection[int] | None,
    *,
    expiry_days: int,
    slow_days: int,
    dead_times: int,
) -> list[AlertFact]:
    """All facts of these kinds, of these SKUs if any are named. At most four statements."""
    params = {
        "skus": None if sku_ids is None else sorted(sku_ids),
        "today": today(),
        "now": now(),
        "expiry": expiry_days,
        "slow": slow_days,
    }
    found: list[AlertFact] = []
    if set(kinds) & set(QUANTITY_KINDS):
        found += _quantities(fetch(_QUANTITIES, params))
    if set(kinds) & set(EXPIRY_KINDS):
        found += _expiry(fetch(_EXPIRY, params))
    if set(kinds) & set(SLOW_KINDS):
        found += _slow(fetch(_SLOW, params), dead_times)
    return [fact for fact in _valued(found) if fact.kind in kinds]


def _quantities(rows: list[tuple[Any, ...]]) -> list[AlertFact]:
    found = []
    for warehouse, sku, owner, safety, reorder, most, sellable, free, coming in rows:
        place = (warehouse, sku, owner, None)
        if safety is not None and free < safety:
            found.append(AlertFact("below_safety", *place, free, safety, expected=coming))
        if reorder is not None and free + coming <= reorder:
            found.append(AlertFact("below_reorder", *place, free, reorder, expected=coming))
        if most is not None and sellable > most:
            found.append(AlertFact("overstock", *place, sellable, most))
    return found


def _expiry(rows: list[tuple[int, ...]]) -> list[AlertFact]:
    return [
        AlertFact("expired", warehouse, sku, owner, lot, units, 0, days)
        if is_expired
        else AlertFact(
            "expiring",
            warehouse,
            sku,
            owner,
            lot,
            units,
            warning,
            days,
            discount=discount_before(days, warning),
        )
        for warehouse, sku, owner, lot, units, days, is_expired, warning in rows
    ]


def _slow(rows: list[tuple[int, ...]], dead_times: int) -> list[AlertFact]:
    return [
        AlertFact(
            "dead" if days >= dead_times * slow else "slow", warehouse, sku, owner, None, units, slow, days,
            discount=discount_for_age(days, slow, dead_times),
        )
        for warehouse, sku, owner, units, days, slow in rows
    ]  # fmt: skip


def discount_before(days: int, warning: int) -> int | None:
    """Per cent off that gets goods out before their last day; nothing where that day has passed."""
    if days <= 0 or warning <= 0:
        return None
    share = days / warning
    return 10 if share > 2 / 3 else 25 if share > 1 / 3 else 40


def discount_for_age(days: int, slow: int, dead_times: int) -> int:
    """Per cent off by how long nobody has bought: 10 at first, 10 more for each half of the slow days, 50 when dead."""
    return 50 if days >= dead_times * slow else min(40, 10 + 10 * int((days - slow) / (slow / 2)))


def _valued(facts: list[AlertFact]) -> list[AlertFact]:
    values = unit_values({fact.sku_id for fact in facts})
    cents = Decimal("0.01")
    return [
        replace(fact, value=(values[fact.sku_id] * fact.quantity).quantize(cents))
        if fact.sku_id in values
        else fact
        for fact in facts
    ]
