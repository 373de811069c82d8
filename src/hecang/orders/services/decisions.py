"""Writing down what was decided on orders, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import columns, execute, fetch
from hecang.orders.audit.ruling import RULE, Decision
from hecang.orders.models import OrderDecision, OrderHold

CREDIT = OrderHold.Code.CREDIT.value
_RELEASE = OrderDecision.Stage.RELEASE.value

_INSERT = """
INSERT INTO order_decision (order_id, stage, rule_id, version, code, outcome, facts, actor, decided_at)
SELECT d.*, %s, %s::timestamptz
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::int[], %s::text[], %s::jsonb[], %s::jsonb[]) AS d
"""
_STANDING = """
SELECT order_id, code, detail FROM order_hold
WHERE order_id = ANY(%s::bigint[]) AND released_at IS NULL AND code IN ('rule', 'credit')
"""


def decisions_write(decisions: Sequence[tuple[int, Decision]]) -> None:
    """Write decisions as (order id, decision), in one statement."""
    if not decisions:
        return
    rows = [
        (order_id, one.stage, one.rule_id, one.version, one.code, _json(one.outcome), _json(one.facts))
        for order_id, one in decisions
    ]
    execute(_INSERT, [current_actor().name[:100], clock.now(), *columns(rows, 7)])


def holds_explained(order_ids: Sequence[int]) -> dict[int, dict[str, Mapping[str, Any]]]:
    """Order id → code → detail of the standing holds of rules and credit. One statement."""
    found: dict[int, dict[str, Mapping[str, Any]]] = {}
    for order_id, code, detail in fetch(_STANDING, [list(order_ids)]):
        found.setdefault(order_id, {})[code] = json.loads(detail)
    return found


def releases_write(released: Mapping[int, Mapping[str, Mapping[str, Any]]], note: str) -> None:
    """Note that a person has released holds of rules and credit: they are not placed again on these orders.

    :param released: as :func:`holds_explained` gave it before.
    """
    decisions: list[tuple[int, Decision]] = []
    outcome: list[dict[str, Any]] = [{"action": "release", "note": note[:200]}]
    for order_id, holds in sorted(released.items()):
        for code, detail in holds.items():
            if code == CREDIT:
                decisions.append((order_id, Decision(_RELEASE, CREDIT, outcome, dict(detail))))
            decisions += [
                (order_id, Decision(_RELEASE, RULE, outcome, {}, one["rule_id"], one["version"]))
                for one in detail.get("rules", ())
            ]
    decisions_write(decisions)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
