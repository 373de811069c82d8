"""Rules as the engine and the desk see them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.db import fetch
from hecang.rules.engine import LiveRule, compiled
from hecang.rules.errors import RuleNotFound
from hecang.rules.kinds import Action, kind_of
from hecang.rules.models import Rule, RuleVersion

_LIVE = """
SELECT r.id, r.version, r.name, r.shop_ids, r.valid_from, r.valid_to, r.is_last, v.condition, v.actions
FROM rule r JOIN rule_version v ON v.rule_id = r.id AND v.number = r.version
WHERE r.kind = %s AND r.is_enabled AND NOT r.is_archived
ORDER BY r.position, r.id
"""
_HIT_DAYS = 7


def rules_live(kind: str) -> list[LiveRule]:
    """The rules of a kind that are switched on, in their order. One statement.

    Shop and time are for the caller to ask (:meth:`LiveRule.is_for`): a batch holds orders of many shops.
    """
    return [
        LiveRule(
            key, version, name, frozenset(shops), begins, ends, is_last, compiled(kind, condition), actions_read(json.loads(actions))
        )
        for key, version, name, shops, begins, ends, is_last, condition, actions in fetch(_LIVE, [kind])
    ]  # fmt: skip


def actions_read(actions: list[dict[str, Any]]) -> tuple[Action, ...]:
    """Actions as they are stored."""
    return tuple(Action(one["action"], one["parameters"]) for one in actions)


def rule_rows(kind: str, *, archived: bool = False) -> list[dict[str, Any]]:
    """Every rule of a kind with what it says and how often it has matched of late. Two statements."""
    kind_of(kind)
    rows = Rule.objects.filter(kind=kind, is_archived=archived).order_by("position", "id").values()
    return _with_versions(kind, [dict(row) for row in rows])


def rule_detail(rule_id: int) -> dict[str, Any]:
    """One rule with all its versions, newest first. Raises RuleNotFound."""
    row = Rule.objects.filter(pk=rule_id).values().first()
    if row is None:
        raise RuleNotFound(_("There is no such rule."))
    made: dict[str, Any] = _with_versions(row["kind"], [dict(row)])[0]
    made["versions"] = list(
        RuleVersion.objects.filter(rule=rule_id)
        .order_by("-number")
        .values("number", "condition", "actions", "author", "note", "created_at")
    )
    return made


def _with_versions(kind: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    current = {
        (version["rule_id"], version["number"]): version
        for version in RuleVersion.objects.filter(rule__in=[row["id"] for row in rows]).values(
            "rule_id", "number", "condition", "actions"
        )
    }
    hits: Mapping[int, int] = kind_of(kind).hits(clock.now() - timedelta(days=_HIT_DAYS)) if rows else {}
    for row in rows:
        version = current[row["id"], row["version"]]
        row |= {
            "condition": version["condition"],
            "actions": version["actions"],
            "hits": hits.get(row["id"], 0),
        }
    return rows
