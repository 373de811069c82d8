"""How good suppliers are, from facts: on time, in full, refused, dearer than the list, how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch

#: Parts of the score, in percent; documented in docs/reference/purchasing.md.
ON_TIME_WEIGHT, IN_FULL_WEIGHT, QUALITY_WEIGHT = 40, 30, 30

_FIGURES = """
count(*) AS lines, count(*) FILTER (WHERE p.is_on_time) AS on_time, count(*) FILTER (WHERE p.is_in_full) AS in_full,
count(*) FILTER (WHERE p.is_otif) AS otif, coalesce(sum(p.wanted), 0)::bigint AS wanted,
coalesce(sum(p.received), 0)::bigint AS received, coalesce(sum(p.rejected), 0)::bigint AS rejected,
sum(p.price_over) AS price_over, sum(p.list_amount) AS list_amount,
round(avg(p.lead_days), 2) AS lead_mean, round(stddev_samp(p.lead_days), 2) AS lead_spread,
min(p.lead_days) AS lead_least, max(p.lead_days) AS lead_most
"""
# What is due counts, and what has come before it was due.
_WHERE = """
(p.due_on <= %(today)s::date OR p.is_complete)
AND (%(since)s::date IS NULL OR p.due_on >= %(since)s) AND (%(until)s::date IS NULL OR p.due_on <= %(until)s)
AND (%(supplier)s::bigint IS NULL OR p.supplier_id = %(supplier)s)
AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
AND (%(owner)s::bigint IS NULL OR p.owner_id = %(owner)s)
AND (%(warehouses)s::bigint[] IS NULL OR p.warehouse_id = ANY(%(warehouses)s))
AND (%(owners)s::bigint[] IS NULL OR p.owner_id = ANY(%(owners)s))
"""
_SUPPLIERS = f"""
SELECT p.supplier_id, s.code, s.name, {_FIGURES}
FROM purchase_performance p JOIN supplier s ON s.id = p.supplier_id
WHERE {_WHERE} GROUP BY p.supplier_id, s.code, s.name ORDER BY lines DESC, s.code LIMIT %(limit)s
"""  # noqa: S608 - own text
_MONTHS = f"""
SELECT p.month, p.supplier_id, {_FIGURES} FROM purchase_performance p
WHERE {_WHERE} AND (%(suppliers)s::bigint[] IS NULL OR p.supplier_id = ANY(%(suppliers)s))
GROUP BY p.month, p.supplier_id ORDER BY p.month, p.supplier_id
"""  # noqa: S608 - own text
_ALL_MONTHS = f"""
SELECT p.month, 0, {_FIGURES} FROM purchase_performance p WHERE {_WHERE} GROUP BY p.month ORDER BY p.month
"""  # noqa: S608 - own text
#: Suppliers on one page of scorecards.
MOST = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines count."""

    since: date | None = None
    until: date | None = None
    supplier_id: int | None = None
    warehouse_id: int | None = None
    owner_id: int | None = None

    def params(self, actor: Actor, **more: Any) -> dict[str, Any]:
        scope = actor.scope
        return {
            "today": clock.today(),
            "since": self.since,
            "until": self.until,
            "supplier": self.supplier_id,
            "warehouse": self.warehouse_id,
            "owner": self.owner_id,
            "warehouses": None if scope.warehouses is None else sorted(scope.warehouses),
            "owners": None if scope.owners is None else sorted(scope.owners),
            **more,
        }


def _figures(row: tuple[Any, ...]) -> dict[str, Any]:
    (
        lines, on_time, in_full, otif, wanted, received, rejected, price_over, list_amount, mean, spread, least, most,
    ) = row  # fmt: skip
    quality = None if not received else 1 - Decimal(rejected) / Decimal(received)
    return {
        "lines": lines,
        "on_time": _rate(on_time, lines),
        "in_full": _rate(in_full, lines),
        "otif": _rate(otif, lines),
        "quality": None if quality is None else round(float(quality), 4),
        "wanted": wanted,
        "received": received,
        "rejected": rejected,
        "price_variance": round(float(price_over / list_amount), 4) if list_amount else None,
        "price_over": price_over,
        "lead_mean": mean,
        "lead_spread": spread,
        "lead_least": least,
        "lead_most": most,
        "score": _score(on_time, in_full, lines, quality),
    }


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _score(on_time: int, in_full: int, lines: int, quality: Decimal | None) -> int | None:
    """0 to 100; what brought nothing has no quality to speak of."""
    if not lines:
        return None
    parts = (
        ON_TIME_WEIGHT * on_time / lines
        + IN_FULL_WEIGHT * in_full / lines
        + QUALITY_WEIGHT * float(quality or 0)
    )
    return round(parts)


def scorecards(actor: Actor, asked: Asked) -> list[dict[str, Any]]:
    """Each supplier with its figures and its months. Two statements."""
    rows: Any = fetch(_SUPPLIERS, asked.params(actor, limit=MOST))
    found = {
        row[0]: {
            "supplier": {"id": row[0], "code": row[1], "name": row[2]},
            **_figures(row[3:]),
            "months": [],
        }
        for row in rows
    }
    months: Any = fetch(_MONTHS, asked.params(actor, suppliers=sorted(found)))
    for row in months:
        found[row[1]]["months"].append({"month": row[0], **_figures(row[2:])})
    return list(found.values())


def scorecard_months(actor: Actor, asked: Asked) -> list[dict[str, Any]]:
    """All suppliers that are asked for together, by month. One statement."""
    rows: Any = fetch(_ALL_MONTHS, asked.params(actor))
    return [{"month": row[0], **_figures(row[2:])} for row in rows]
