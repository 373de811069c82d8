"""Two sets of rules asked about the same stored orders, and what they would do differently. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hecang.orders.audit.ruling import Rulebook, Ruling, rules_ask
from hecang.orders.audit.subjects import Subject, subjects_stored
from hecang.rules.engine import LiveRule

#: Changed orders that a result shows.
SAMPLES: Final = 200
_STAGE: Final = "intake"


@dataclass(slots=True)
class Comparison:
    """What a dry run has found so far.

    :param counts: kind of change → orders.
    :param matched: name of a rule of the new set → orders that it matches.
    """

    orders: int = 0
    changed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "orders": self.orders,
            "changed": self.changed,
            "counts": dict(self.counts),
            "matched": dict(self.matched),
            "samples": self.samples,
        }


def rules_compare(
    order_ids: Sequence[int], now: Sequence[LiveRule], then: Sequence[LiveRule], into: Comparison
) -> None:
    """Ask both sets about these orders. About ten statements for each set, for any number of orders."""
    subjects = subjects_stored(order_ids, sources=True)
    shops = {subject.shop_id for subject in subjects}
    names_now = {rule.id: rule.name for rule in now}
    names_then = {_key(rule): rule.name for rule in then}
    before, after = _asked(Rulebook(now, shops), subjects), _asked(Rulebook(then, shops), subjects)
    for subject in subjects:
        old, new = before.get(subject.index, Ruling()), after.get(subject.index, Ruling())
        into.orders += 1
        rules = [names_then[decision.rule_id or 0, decision.version or 0] for decision in new.decisions]
        into.matched.update(rules)
        changes = _changes(old, new)
        if not changes:
            continue
        into.changed += 1
        into.counts.update(changes)
        if len(into.samples) < SAMPLES:
            into.samples.append(
                {
                    "order_id": subject.order_id, "shop": subject.shop_code, "placed_at": subject.placed_at.isoformat(),
                    "total": str(subject.total), "currency": subject.currency, "changes": changes, "rules": rules,
                    "rules_now": [names_now[decision.rule_id or 0] for decision in old.decisions],
                    "before": _outcome(old), "after": _outcome(new),
                    "facts": {name: value for one in new.decisions for name, value in one.facts.items()},
                }
            )  # fmt: skip


def _key(rule: LiveRule) -> tuple[int, int]:
    return rule.id, rule.version


def _asked(book: Rulebook, subjects: Sequence[Subject]) -> dict[int, Ruling]:
    rulings: dict[int, Ruling] = {}
    for after_sourcing in (False, True):
        rules_ask(book.stage(after_sourcing=after_sourcing), subjects, rulings, stage=_STAGE)
    return rulings


def _changes(old: Ruling, new: Ruling) -> list[str]:
    """What would be different, as codes."""
    found = []
    if bool(old.reasons) != bool(new.reasons):
        found.append("held" if new.reasons else "not_held")
    elif [one["reason"] for one in old.reasons] != [one["reason"] for one in new.reasons]:
        found.append("held_otherwise")
    if (old.approve, old.waived) != (new.approve, new.waived):
        found.append("approved" if new.approve else "not_approved")
    if set(old.tags) != set(new.tags):
        found.append("tagged")
    if old.service_id != new.service_id:
        found.append("service")
    if (old.warehouses_only, set(old.warehouses_never)) != (new.warehouses_only, set(new.warehouses_never)):
        found.append("warehouses")
    if old.priority != new.priority:
        found.append("priority")
    if [(sku.id, units) for sku, units in old.gifts] != [(sku.id, units) for sku, units in new.gifts]:
        found.append("gift")
    if [ticket[:2] for ticket in old.tickets] != [ticket[:2] for ticket in new.tickets]:
        found.append("ticket")
    return found


def _outcome(ruling: Ruling) -> list[dict[str, Any]]:
    return [outcome for decision in ruling.decisions for outcome in decision.outcome]
