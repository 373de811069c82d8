"""Kinds of rules. An app that wants to be told by rules what to do declares one here, in its ``ready()``.

::

    kind_register(RuleKind(code="orders.audit", label=gettext_noop("Audit of orders"), facts=(…), actions=(…)))

It then asks the rules in force (:func:`hecang.rules.selectors.rules_live`) with facts that it has gathered
(:func:`hecang.rules.engine.decide`), and carries out what they say. The engine knows nothing of orders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from hecang.rules.errors import RuleNotFound
from hecang.rules.expressions import Type

#: What kind of value a parameter takes; the editor shows the field that fits.
ParameterType = Literal[
    "text", "texts", "number", "choice", "choices", "warehouses", "service", "sku", "bool"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that conditions may ask about.

    :param label: for people, through ``gettext_noop``.
    :param example: of a condition that uses it.
    :param choices: (value, label) where only some values occur.
    :param is_personal: the value says something about a person: it may be asked, and is never kept or shown.
    """

    name: str
    type: Type
    label: str
    example: str
    choices: tuple[tuple[str, str], ...] = ()
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an action has to be told."""

    name: str
    type: ParameterType
    label: str
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 10**9


@dataclass(frozen=True, slots=True)
class ActionType:
    """Something that a rule can have done."""

    code: str
    label: str
    help: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule wants done."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {"action": self.code, "parameters": dict(self.parameters)}


#: (facts that the condition mentions, actions) → messages of what does not go, by position of the action.
Check = Callable[[frozenset[str], Sequence[Action]], Sequence[tuple[int, str]]]
#: Moment → rule id → how often it has matched since then.
Hits = Callable[[datetime], Mapping[int, int]]


def _fine(_facts: frozenset[str], _actions: Sequence[Action]) -> Sequence[tuple[int, str]]:
    return ()


def _none(_since: datetime) -> Mapping[int, int]:
    return {}


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A place where rules are asked.

    :param check: what the owner of the kind has to say about a rule before it is stored.
    :param hits: counts what it remembers of rules that matched.
    """

    code: str
    label: str
    facts: tuple[Fact, ...]
    actions: tuple[ActionType, ...]
    check: Check = _fine
    hits: Hits = _none

    @property
    def types(self) -> dict[str, Type]:
        return {fact.name: fact.type for fact in self.facts}

    def action(self, code: str) -> ActionType | None:
        return next((action for action in self.actions if action.code == code), None)


_KINDS: Final[dict[str, RuleKind]] = {}


def kind_register(kind: RuleKind) -> None:
    """Make a kind known. Raises ValueError if its code is taken."""
    if kind.code in _KINDS:
        raise ValueError(f"there is a kind of rules {kind.code} already")
    _KINDS[kind.code] = kind


def kind_of(code: str) -> RuleKind:
    """The kind of this code. Raises RuleNotFound."""
    kind = _KINDS.get(code)
    if kind is None:
        known = ", ".join(sorted(_KINDS))
        raise RuleNotFound(
            _("There is no kind of rules “%(code)s”. There are: %(known)s.") % {"code": code, "known": known}
        )
    return kind


def kinds() -> list[RuleKind]:
    """Every kind, by code."""
    return [_KINDS[code] for code in sorted(_KINDS)]
