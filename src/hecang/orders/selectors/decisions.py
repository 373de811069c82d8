"""What was decided on an order, in words that a person can follow: which rule, which version, on which facts."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from hecang.orders.audit.kind import KIND
from hecang.orders.models import OrderDecision, OrderHold

_BUILT_IN = {code.value: code.label for code in OrderHold.Code}


def order_decisions(order_id: int) -> list[dict[str, Any]]:
    """Decisions on an order, oldest first. One statement."""
    rows = OrderDecision.objects.filter(order=order_id).order_by("id")
    labels = {fact.name: fact.label for fact in KIND.facts}
    places = {fact.name: place for place, fact in enumerate(KIND.facts)}
    return [
        {
            "id": row["id"],
            "stage": row["stage"],
            "rule": {"id": row["rule_id"], "name": row["rule__name"], "version": row["version"]}
            if row["code"] == "rule"
            else None,
            "code": row["code"],
            "title": row["rule__name"] or str(_BUILT_IN.get(row["code"], row["code"])),
            "outcome": row["outcome"],
            "facts": [
                {
                    "name": name,
                    "label": translation.gettext(labels[name]) if name in labels else name,
                    "value": _told(value),
                }
                for name, value in sorted(row["facts"].items(), key=lambda fact: places.get(fact[0], 0))
            ],
            "actor": row["actor"],
            "decided_at": row["decided_at"],
        }
        for row in rows.values(
            "id",
            "stage",
            "rule_id",
            "version",
            "code",
            "outcome",
            "facts",
            "actor",
            "decided_at",
            "rule__name",
        )
    ]


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
