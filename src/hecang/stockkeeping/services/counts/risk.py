"""How likely the books are wrong at each place: what is known of it, learned from what counts have found.

Every night: the features of all places are computed and scored; the model is trained anew from the places that were
counted, and measured on the newest of them, which it has not seen. The algorithms are loaded when they are used.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from hecang.kernel import clock
from hecang.kernel.db import columns, execute, fetch, fetch_one, transactional

if TYPE_CHECKING:
    import numpy as np

    from hecang_optim.counting import RiskModel

#: History that a regression needs before it replaces the rule.
ENOUGH_PLACES, ENOUGH_WRONG = 300, 20
#: Counted places that are learned from, the newest.
MOST = 50_000
#: Share of the history, by time, that the figures are taken from.
HELD_OUT = 0.3

# One row a place. What happened since the last count of it is found by location; of SKUs and neighbours what counts
# found in the last year and quarter.
_FEATURES = """
WITH place AS (
    SELECT l.id, l.level, l.kind = 'pick_face' AS is_face, l.aisle_id,
        row_number() OVER (PARTITION BY l.aisle_id ORDER BY l.pick_sequence, l.id) AS rank
    FROM location l
    WHERE l.warehouse_id = %(warehouse)s::bigint AND NOT l.is_virtual AND l.is_active
        AND l.kind IN ('pick_face', 'reserve', 'returns', 'quarantine', 'damaged')
), counted AS (
    SELECT p.location_id, max(p.done_at) AS last_at, count(*) AS times, count(*) FILTER (WHERE p.is_wrong) AS wrong,
        max(p.done_at) FILTER (WHERE p.is_wrong) AS wrong_at
    FROM count_place p JOIN place ON place.id = p.location_id WHERE p.state = 'done' GROUP BY 1
), touched AS (
    SELECT t.id, count(*) AS moves, count(*) FILTER (WHERE t.reason = 'pick') AS picks,
        count(DISTINCT t.actor) AS people,
        count(*) FILTER (WHERE t.reason = 'condition' AND t.source_kind = 'pick_task') AS shorts
    FROM (
        SELECT place.id, m.reason, m.actor, m.source_kind FROM place LEFT JOIN counted c ON c.location_id = place.id
        JOIN movement m ON m.from_location_id = place.id AND m.at > coalesce(c.last_at, %(since)s::timestamptz)
        WHERE m.reason NOT IN ('count', 'opening')
        UNION ALL
        SELECT place.id, m.reason, m.actor, m.source_kind FROM place LEFT JOIN counted c ON c.location_id = place.id
        JOIN movement m ON m.to_location_id = place.id AND m.at > coalesce(c.last_at, %(since)s::timestamptz)
            AND m.to_location_id <> m.from_location_id
        WHERE m.reason NOT IN ('count', 'opening')
    ) t GROUP BY 1
), goods AS (
    SELECT l.sku_id, count(*) AS times, count(*) FILTER (WHERE l.difference <> 0) AS wrong, max(l.unit_value) AS value
    FROM count_line l WHERE l.counted_at > %(since)s::timestamptz GROUP BY 1
), lies AS (
    SELECT s.location_id, count(*) AS skus, sum(s.quantity) AS units, max(coalesce(g.value, 0)) AS value,
        max((coalesce(g.wrong, 0) + 0.25) / (coalesce(g.times, 0) + 5.0)) AS wrong
    FROM stock s JOIN place ON place.id = s.location_id LEFT JOIN goods g ON g.sku_id = s.sku_id
    WHERE s.quantity > 0 GROUP BY 1
), near AS (
    SELECT a.id, count(*) AS wrong FROM place a JOIN place b
        ON b.aisle_id = a.aisle_id AND b.id <> a.id AND b.rank BETWEEN a.rank - 3 AND a.rank + 3
    JOIN counted c ON c.location_id = b.id AND c.wrong_at > %(lately)s::timestamptz
    GROUP BY 1
)
SELECT place.id,
    ln(1 + least(coalesce(extract(epoch FROM %(now)s::timestamptz - c.last_at) / 86400, 730), 730)), ln(1 + coalesce(t.moves, 0)),
    ln(1 + coalesce(t.picks, 0)), ln(1 + least(coalesce(t.people, 0), 12)), ln(1 + coalesce(i.skus, 0)),
    ln(1 + coalesce(i.units, 0)), ln(1 + coalesce(i.value, 0)), place.level - 1, ln(1 + coalesce(t.shorts, 0)),
    (coalesce(c.wrong, 0) + 0.25) / (coalesce(c.times, 0) + 5.0), coalesce(i.wrong, 0.05), ln(1 + coalesce(n.wrong, 0)),
    place.is_face::int
FROM place LEFT JOIN counted c ON c.location_id = place.id LEFT JOIN touched t ON t.id = place.id
LEFT JOIN lies i ON i.location_id = place.id LEFT JOIN near n ON n.id = place.id
"""

_WRITE = """
INSERT INTO location_risk (location_id, warehouse_id, risk, features, scored_at)
SELECT r.id, %s, r.risk, string_to_array(r.features, ',')::float8[], %s
FROM unnest(%s::bigint[], %s::float8[], %s::text[]) AS r (id, risk, features) ORDER BY r.id
ON CONFLICT (location_id) DO UPDATE SET warehouse_id = excluded.warehouse_id, risk = excluded.risk,
    features = excluded.features, scored_at = excluded.scored_at
"""

_HISTORY = """
SELECT p.features, p.is_wrong, p.abc_class, p.done_at, p.chosen FROM count_place p
JOIN stock_count c ON c.id = p.count_id
WHERE c.warehouse_id = %s AND p.state = 'done' AND p.is_wrong IS NOT NULL AND p.features IS NOT NULL
    AND c.kind <> 'event' AND array_length(p.features, 1) = %s
ORDER BY p.done_at DESC, p.id DESC LIMIT %s
"""


def risks_score() -> int:
    """Score every storage place of every active warehouse by its newest model; how many. A transaction each."""
    return sum(
        warehouse_score(warehouse_id=row[0])
        for row in fetch("SELECT id FROM warehouse WHERE is_active AND kind <> 'supplier' ORDER BY id")
    )


def models_train() -> int:
    """Train the model of every active warehouse; how many have learned from their own history."""
    return sum(
        warehouse_train(warehouse_id=row[0])
        for row in fetch("SELECT id FROM warehouse WHERE is_active AND kind <> 'supplier' ORDER BY id")
    )


@transactional
def warehouse_score(*, warehouse_id: int) -> int:
    """Compute what is known of each place and how likely its books are wrong. Three statements."""
    import numpy as np

    now = clock.now()
    table = fetch(
        _FEATURES,
        {
            "warehouse": warehouse_id,
            "since": now - timedelta(days=365),
            "lately": now - timedelta(days=60),
            "now": now,
        },
    )
    if not table:
        return 0
    features = np.asarray([[float(value) for value in row[1:]] for row in table])
    risks = model_of(warehouse_id).score(features)
    rows = (
        (row[0], float(risk), ",".join(repr(float(value)) for value in known))
        for row, risk, known in zip(table, risks, features, strict=True)
    )
    execute(_WRITE, [warehouse_id, now, *columns(rows, 3)])
    return len(table)


def model_of(warehouse_id: int) -> RiskModel:
    """The newest model of a warehouse; the rule for one without history."""
    from hecang_optim.counting import PRIOR, RiskModel

    row = fetch_one(
        "SELECT kind, parameters FROM count_model WHERE warehouse_id = %s ORDER BY id DESC LIMIT 1",
        [warehouse_id],
    )
    if row is None or row[0] != "logistic":
        return PRIOR
    return RiskModel.of(json.loads(row[1]) if isinstance(row[1], str) else row[1])


@transactional
def warehouse_train(*, warehouse_id: int) -> bool:
    """Learn from the counted places of a warehouse; whether there was enough history for a model of its own.

    The figures are of the newest places, told by a model that has seen only the older ones; the model that is kept
    has seen all.
    """
    import numpy as np

    from hecang_optim.counting import FEATURES, PRIOR, risk_fit

    history = fetch(_HISTORY, [warehouse_id, len(FEATURES), MOST])[::-1]
    features = np.asarray([row[0] for row in history], dtype=np.float64).reshape(len(history), len(FEATURES))
    wrong = np.asarray([bool(row[1]) for row in history], dtype=np.float64)
    bad = int(wrong.sum())
    own = len(history) >= ENOUGH_PLACES and ENOUGH_WRONG <= bad <= len(history) - ENOUGH_WRONG
    cut = int(len(history) * (1 - HELD_OUT))
    learned = wrong[:cut]
    tried = risk_fit(features[:cut], learned) if own and learned.any() and not learned.all() else PRIOR
    figures = _figures(tried, features[cut:], wrong[cut:], [row[2] for row in history[cut:]])
    model = risk_fit(features, wrong) if own else PRIOR
    execute(
        "INSERT INTO count_model (warehouse_id, trained_at, kind, parameters, places, wrong, figures)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            warehouse_id, clock.now(), "logistic" if own else "prior", json.dumps(model.as_dict()), len(history), bad,
            json.dumps(figures),
        ],
    )  # fmt: skip
    return own


def _figures(
    model: RiskModel,
    features: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    wrong: np.ndarray[tuple[int], np.dtype[np.float64]],
    classes: list[str],
) -> dict[str, object]:
    """What counting the held-out places in this order, in that of their classes, and by chance would have found."""
    import numpy as np

    from hecang_optim.counting import FEATURES, SHARES, lift_of

    if not len(wrong):
        return {}
    by_class = -np.asarray([{"A": 0.0, "B": 1.0, "C": 2.0}.get(one, 3.0) for one in classes])
    return {
        "shares": list(SHARES),
        "risk": asdict(lift_of(model.score(features), wrong)),
        "abc": asdict(lift_of(by_class, wrong)),
        "random": asdict(lift_of(np.zeros(len(wrong)), wrong)),
        "weights": dict(zip(FEATURES, model.weights.tolist(), strict=True)),
    }
