"""Asking rules: which of them match, in their order, until one says that it is the last."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from hecang.rules.expressions import Expression, expression_compile
from hecang.rules.kinds import Action, RuleKind, kind_of


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule ready to be asked.

    :param id: 0 for a draft that is only tried.
    """

    id: int
    version: int
    name: str
    shop_ids: frozenset[int]
    valid_from: datetime | None
    valid_to: datetime | None
    is_last: bool
    expression: Expression
    actions: tuple[Action, ...]

    def is_for(self, shop_id: int, at: datetime) -> bool:
        """Whether it is in force for this shop at this moment."""
        return (
            (not self.shop_ids or shop_id in self.shop_ids)
            and (self.valid_from is None or self.valid_from <= at)
            and (self.valid_to is None or at < self.valid_to)
        )


class Match(NamedTuple):
    """A rule whose condition was true, and its place among those that were asked."""

    place: int
    rule: LiveRule


@functools.lru_cache(maxsize=4096)
def compiled(kind: str, condition: str) -> Expression:
    """The condition of a rule of this kind, compiled once in a process."""
    return expression_compile(condition, kind_of(kind).types)


def decide(
    rules: Sequence[tuple[int, LiveRule]], *, shop_id: int, at: datetime, facts: Mapping[str, Any]
) -> list[Match]:
    """The rules that match, as (place, rule) in order; ends after one that is the last.

    :param rules: with their places; a stage that asks only some of the rules keeps the places of all.
    """
    matches = []
    for place, rule in rules:
        if rule.is_for(shop_id, at) and rule.expression.evaluate(facts):
            matches.append(Match(place, rule))
            if rule.is_last:
                break
    return matches


def facts_told(kind: RuleKind, rule: LiveRule, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a rule asked, as an explanation may keep them: JSON-able, nothing personal, no lists."""
    told: dict[str, Any] = {}
    for fact in kind.facts:
        if fact.name not in rule.expression.facts or fact.is_personal:
            continue
        value = facts[fact.name]
        if isinstance(value, Decimal):
            told[fact.name] = str(value)
        elif isinstance(value, bool | int | str):
            told[fact.name] = value
        elif isinstance(value, Mapping):
            told[fact.name] = dict(list(value.items())[:20])
        elif all(isinstance(one, str) for one in value):
            told[fact.name] = list(value)[:20]
        else:
            told[fact.name] = len(value)
    return told
