"""How right the books are, by what counts found: by places, units and value, over time and by what may explain it.

Places that were counted because they are suspected (by risk, on event) tell little of all the others. So what is said
of the whole warehouse (``estimate``) comes from the places that were chosen by rule or by lot.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from hecang.kernel.actor import Actor
from hecang.kernel.db import fetch, fetch_one

Dimension = Literal["day", "week", "month", "zone", "abc_class", "person", "kind"]

_KEYS: Final[dict[str, tuple[str, str]]] = {
    "day": ("(p.done_at AT TIME ZONE w.timezone)::date::text", "''"),
    "week": ("date_trunc('week', p.done_at AT TIME ZONE w.timezone)::date::text", "''"),
    "month": ("date_trunc('month', p.done_at AT TIME ZONE w.timezone)::date::text", "''"),
    "zone": ("z.id::text", "z.code"),
    "abc_class": ("p.abc_class", "p.abc_class"),
    "person": ("p.done_by", "p.done_by"),
    "kind": ("c.kind", "c.kind"),
}

# Lines that were dismissed let the books stand: they count as right.
_ACCURACY = """
SELECT {key} AS key, min({label}) AS label, count(*) AS places, count(*) FILTER (WHERE NOT p.is_wrong) AS right,
    coalesce(sum(l.book), 0)::bigint, coalesce(sum(l.off), 0)::bigint, coalesce(sum(l.book_value), 0),
    coalesce(sum(l.off_value), 0), coalesce(sum(l.net_value), 0), coalesce(sum(l.lines), 0)::bigint,
    coalesce(sum(l.wrong), 0)::bigint,
    count(*) FILTER (WHERE p.chosen <> 'risk' AND c.kind <> 'event') AS fair,
    count(*) FILTER (WHERE p.chosen <> 'risk' AND c.kind <> 'event' AND NOT p.is_wrong) AS fair_right
FROM count_place p JOIN stock_count c ON c.id = p.count_id JOIN warehouse w ON w.id = c.warehouse_id
JOIN zone z ON z.id = p.zone_id
LEFT JOIN LATERAL (
    SELECT sum(x.book) AS book, sum(abs(x.net)) AS off, sum(x.book * x.unit_value) AS book_value,
        sum(abs(x.net) * x.unit_value) AS off_value, sum(x.net * x.unit_value) AS net_value, count(*) AS lines,
        count(*) FILTER (WHERE x.net <> 0) AS wrong
    FROM (
        SELECT sum(l.book) AS book, max(l.unit_value) AS unit_value,
            sum(CASE WHEN l.state IN ('dismissed', 'superseded') THEN 0 ELSE l.difference END) AS net
        FROM count_line l WHERE l.place_id = p.id AND l.state <> 'recount'
        GROUP BY l.sku_id, l.lot_id, l.owner_id, l.container_id
    ) x
) l ON true
WHERE p.state = 'done' AND p.is_wrong IS NOT NULL AND p.done_at >= %s AND p.done_at < %s
    AND (%s::bigint[] IS NULL OR c.warehouse_id = ANY(%s::bigint[]))
    AND (%s::bigint IS NULL OR p.zone_id = %s)
    AND (%s::text[] IS NULL OR c.kind = ANY(%s::text[]))
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """Accuracy of the places of one key.

    :param units_off, value_off: differences either way, summed; ``value_net`` is what they come to together.
    :param fair, fair_right: places chosen by rule or lot, and how many of these were right.
    """

    key: str
    label: str
    places: int
    right: int
    units_book: int
    units_off: int
    value_book: Decimal
    value_off: Decimal
    value_net: Decimal
    lines: int
    lines_wrong: int
    fair: int
    fair_right: int

    def as_dict(self) -> dict[str, Any]:
        """With the three accuracies, and what the fair places say of all."""
        from hecang_optim.counting import share_interval

        low, high = share_interval(self.fair_right, self.fair) if self.fair else (None, None)
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "by_places": self.right / self.places if self.places else None,
            "by_units": _share(self.units_off, self.units_book),
            "by_value": _share(self.value_off, self.value_book),
            "estimate": self.fair_right / self.fair if self.fair else None,
            "estimate_low": low,
            "estimate_high": high,
        }


def accuracy(
    actor: Actor,
    *,
    by: Dimension,
    since: datetime,
    until: datetime,
    warehouse_ids: list[int] | None = None,
    zone_id: int | None = None,
    kinds: list[str] | None = None,
) -> list[AccuracyRow]:
    """Accuracy in a time, by a dimension, within the actor's warehouses. One statement."""
    allowed = actor.scope.warehouses
    if allowed is not None:
        warehouse_ids = sorted(allowed if not warehouse_ids else allowed & set(warehouse_ids))
    warehouses = warehouse_ids or None
    if allowed is not None and not warehouses:
        return []
    key, label = _KEYS[by]
    rows = fetch(
        _ACCURACY.format(key=key, label=label),
        [since, until, warehouses, warehouses, zone_id, zone_id, kinds or None, kinds or None],
    )
    return [AccuracyRow(*row) for row in rows]


def together(rows: list[AccuracyRow]) -> AccuracyRow:
    """All keys as one."""
    sums = [sum((getattr(row, name) for row in rows), start=0) for name in AccuracyRow.__slots__[2:]]
    return AccuracyRow("", "", *sums)


def _share(off: int | Decimal, book: int | Decimal) -> float | None:
    if not book:
        return None if not off else 0.0
    return max(0.0, 1.0 - float(off) / float(book))


def models(actor: Actor, warehouse_id: int) -> list[dict[str, Any]]:
    """The newest models of a warehouse with their figures on counts that they had not seen."""
    actor.scope.require(warehouse=warehouse_id)
    rows = fetch(
        "SELECT id, trained_at, kind, places, wrong, figures FROM count_model WHERE warehouse_id = %s"
        " ORDER BY id DESC LIMIT 60",
        [warehouse_id],
    )
    return [
        {
            "id": row[0], "trained_at": row[1], "kind": row[2], "places": row[3], "wrong": row[4],
            "figures": json.loads(row[5]) if isinstance(row[5], str) else row[5],
        }
        for row in rows
    ]  # fmt: skip


def risk_hits(actor: Actor, warehouse_id: int, since: date) -> dict[str, Any]:
    """How often a counted place was wrong, by why it was chosen: what the model is worth in daily work."""
    actor.scope.require(warehouse=warehouse_id)
    rows = fetch(
        "SELECT CASE WHEN c.kind = 'event' THEN 'event' WHEN c.kind = 'cycle' THEN 'cycle'"
        " WHEN p.chosen = 'rule' THEN 'rule' ELSE p.chosen END, count(*), count(*) FILTER (WHERE p.is_wrong)"
        " FROM count_place p JOIN stock_count c ON c.id = p.count_id"
        " WHERE c.warehouse_id = %s AND p.state = 'done' AND p.is_wrong IS NOT NULL AND p.done_at >= %s GROUP BY 1",
        [warehouse_id, since],
    )
    scored = fetch_one(
        "SELECT count(*), max(scored_at) FROM location_risk WHERE warehouse_id = %s", [warehouse_id]
    )
    return {
        "hits": [{"chosen": row[0], "places": row[1], "wrong": row[2]} for row in rows],
        "scored": scored[0] if scored else 0,
        "scored_at": scored[1] if scored else None,
    }
