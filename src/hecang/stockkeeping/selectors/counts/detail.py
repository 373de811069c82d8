"""One count, one line of it, and when something is counted."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from hecang.inventory.keys import Place
from hecang.inventory.services.snapshots import changes_since
from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api.lists import nest
from hecang.kernel.db import fetch
from hecang.stockkeeping.models import CountReading
from hecang.stockkeeping.selectors.counts.lists import count_rows, count_sums, programme_rows

_ZONES = """
SELECT z.id, z.code, z.name, count(*), count(*) FILTER (WHERE p.state IN ('done', 'skipped')),
    count(*) FILTER (WHERE p.is_wrong)
FROM count_place p JOIN zone z ON z.id = p.zone_id WHERE p.count_id = %s GROUP BY z.id ORDER BY z.code
"""

_STATES = """
SELECT state, count(*), coalesce(sum(abs(difference)), 0)::bigint, coalesce(sum(value_difference), 0)
FROM count_line WHERE count_id = %s GROUP BY state
"""

_EVENTS = """
SELECT at, actor, action, after FROM audit_entry
WHERE (entity_kind = 'count' AND entity_id = %s)
ORDER BY at, id LIMIT 200
"""

_SKIPPED = "SELECT count(*) FROM count_place WHERE count_id = %s AND state = 'skipped'"


def count_detail(actor: Actor, count_id: int) -> dict[str, Any] | None:
    """A count with its progress by zone, what its lines amount to, and its history; five statements."""
    rows = nest(list(count_rows(actor).filter(id=count_id).values(*_FIELDS)))
    if not rows:
        return None
    row = rows[0]
    row |= count_sums([count_id])[count_id]
    row["zones"] = [
        {"id": z[0], "code": z[1], "name": z[2], "places": z[3], "done": z[4], "wrong": z[5]}
        for z in fetch(_ZONES, [count_id])
    ]
    row["line_states"] = [
        {"state": s[0], "lines": s[1], "units": s[2], "value": s[3]} for s in fetch(_STATES, [count_id])
    ]
    row["skipped"] = fetch(_SKIPPED, [count_id])[0][0]
    row["events"] = [
        {
            "at": e[0],
            "actor": e[1],
            "action": e[2],
            "data": json.loads(e[3]) if isinstance(e[3], str) else e[3] or {},
        }
        for e in fetch(_EVENTS, [count_id])
    ]
    return row


_FIELDS = (
    "id", "number", "kind", "state", "reason", "note", "day", "is_blind", "place_count", "place_done", "created_by",
    "created_at", "released_at", "counted_at", "closed_at", "post_state", "post_total", "post_done", "post_error",
    "scope", "programme_id", "warehouse__id", "warehouse__code", "warehouse__name",
)  # fmt: skip


def line_story(line: dict[str, Any]) -> dict[str, Any]:
    """How a line came about: each reading, and what the ledger did there since the last of them. Two statements."""
    readings = list(
        CountReading.objects.filter(line_id=line["id"])
        .order_by("round")
        .values(
            "round", "counted", "book", "difference", "position", "counted_at", "entered_at", "in_motion",
            "serials", "counted_by",
        )
    )  # fmt: skip
    place = Place(
        line["location"]["id"], line["sku"]["id"], line["lot"]["id"] if line["lot"] else None, line["owner"]["id"],
        line["condition"], line["container"]["id"] if line["container"] else None,
    )  # fmt: skip
    since = changes_since([(place, readings[-1]["position"])])[0] if readings else []
    return {
        "readings": readings,
        "since": [
            {
                "movement_id": one.movement_id, "at": one.at, "units": one.units, "reason": one.reason,
                "source_kind": one.source_kind, "source_id": one.source_id,
            }
            for one in sorted(since, key=lambda one: one.movement_id)
        ],
    }  # fmt: skip


def calendar(actor: Actor, *, warehouse_id: int, first: date, days: int) -> list[dict[str, Any]]:
    """What is counted on each day: counts that were made, and what programmes will make. Two statements."""
    actor.scope.require(warehouse=warehouse_id)
    programmes = [row for row in programme_rows(actor, [warehouse_id]) if row["is_active"]]
    made = fetch(
        "SELECT coalesce(c.day, (c.created_at AT TIME ZONE w.timezone)::date), c.id, c.number, c.kind, c.state,"
        " c.place_count, c.place_done, c.programme_id FROM stock_count c JOIN warehouse w ON w.id = c.warehouse_id"
        " WHERE c.warehouse_id = %s AND coalesce(c.day, (c.created_at AT TIME ZONE w.timezone)::date) BETWEEN %s AND %s"
        " AND c.state <> 'cancelled' ORDER BY c.id",
        [warehouse_id, first, first + timedelta(days=days - 1)],
    )
    today = clock.today()
    result = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        counts = [
            {
                "id": row[1], "number": row[2], "kind": row[3], "state": row[4], "places": row[5], "done": row[6],
                "programme_id": row[7],
            }
            for row in made
            if row[0] == day
        ]  # fmt: skip
        taken = {row["programme_id"] for row in counts}
        planned = [
            {"programme_id": p["id"], "name": p["name"], "kind": p["kind"], "places": p["places_per_day"]}
            for p in programmes
            if day >= today and day.isoweekday() in p["weekdays"] and p["id"] not in taken
        ]
        result.append({"day": day, "counts": counts, "planned": planned})
    return result
