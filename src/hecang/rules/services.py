"""Writing rules: every change of what a rule says is a new version; older ones stay as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.kernel.errors import InvalidInput, Problem
from hecang.rules.engine import compiled
from hecang.rules.errors import RuleNotFound, RuleRejected
from hecang.rules.kinds import Action, Parameter, RuleKind, kind_of
from hecang.rules.models import Rule, RuleVersion
from hecang.rules.selectors import actions_read

MAX_RULES = 200
MAX_ACTIONS = 10
#: What may change without a new version: where and when a rule is in force.
CHANGEABLE = frozenset({"name", "note", "shop_ids", "valid_from", "valid_to", "is_enabled", "is_last"})


@dataclass(frozen=True, slots=True)
class RuleIn:
    """A rule as it shall be."""

    name: str
    condition: str
    actions: Sequence[Action]
    note: str = ""
    shop_ids: Sequence[int] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    is_enabled: bool = False
    is_last: bool = False


def rule_check(*, kind: str, condition: str, actions: Sequence[Action]) -> None:
    """Whether a rule of this kind could say this. Reads only.

    :raises ExpressionError: the condition is wrong; says where.
    :raises RuleRejected: naming every action that is wrong.
    """
    of_kind = kind_of(kind)
    expression = compiled(kind, condition)
    problems = _actions_problems(of_kind, actions)
    if not problems:
        problems = [
            Problem(message, "bad_action", f"actions.{place}", field="actions")
            for place, message in of_kind.check(expression.facts, actions)
        ]
    if problems:
        raise RuleRejected(
            _("The actions of the rule are not right; nothing was stored. Mend what is listed."),
            problems=problems,
        )


@transactional
def rule_create(*, kind: str, rule: RuleIn) -> int:
    """Make a rule behind all others of its kind; its id. Locks nothing.

    :raises ExpressionError, RuleRejected: as :func:`rule_check`.
    """
    rule_check(kind=kind, condition=rule.condition, actions=rule.actions)
    _times_check(rule.valid_from, rule.valid_to)
    present = Rule.objects.filter(kind=kind, is_archived=False)
    if present.count() >= MAX_RULES:
        raise InvalidInput(
            _("There are %(most)s rules already. Put some away, or join some.") % {"most": MAX_RULES}
        )
    now = clock.now()
    last = present.aggregate(last=Max("position"))["last"]
    made = Rule.objects.create(
        kind=kind,
        name=rule.name,
        note=rule.note,
        shop_ids=sorted(set(rule.shop_ids)),
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        position=0 if last is None else last + 1,
        is_enabled=rule.is_enabled,
        is_last=rule.is_last,
        created_at=now,
        updated_at=now,
    )
    _version_write(made, 1, rule.condition, rule.actions, "")
    audit_record(
        action="rules.rule.created",
        entity_kind="rule",
        entity_id=made.pk,
        after=_facts(made) | _says(rule.condition, rule.actions),
    )
    return made.pk


@transactional
def rule_change(
    *,
    rule_id: int,
    changes: Mapping[str, Any],
    condition: str | None = None,
    actions: Sequence[Action] | None = None,
    note: str = "",
) -> int:
    """Change where a rule is in force, or what it says; number of the version in force. Locks the rule.

    What it says is written as a new version where it differs.

    :param changes: any of :data:`CHANGEABLE`.
    :param note: why there is a new version.
    :raises RuleNotFound, ExpressionError, RuleRejected: nothing is changed.
    """
    rule = _lock(rule_id)
    before = _facts(rule)
    if unknown := changes.keys() - CHANGEABLE:
        raise ValueError(f"a rule has no {min(unknown)}")
    for name, value in changes.items():
        setattr(rule, name, sorted(set(value)) if name == "shop_ids" else value)
    _times_check(rule.valid_from, rule.valid_to)
    present = RuleVersion.objects.get(rule=rule, number=rule.version)
    wanted = present.condition if condition is None else condition
    does = actions_read(present.actions) if actions is None else tuple(actions)
    says_before: dict[str, Any] = {}
    says_after: dict[str, Any] = {}
    if wanted != present.condition or [one.as_dict() for one in does] != present.actions:
        rule_check(kind=rule.kind, condition=wanted, actions=does)
        rule.version += 1
        _version_write(rule, rule.version, wanted, does, note)
        says_before = _says(present.condition, actions_read(present.actions))
        says_after = _says(wanted, does)
    after = _facts(rule)
    if after != before:
        rule.updated_at = clock.now()
        rule.save()
        audit_record(
            action="rules.rule.changed",
            entity_kind="rule",
            entity_id=rule_id,
            before=before | says_before,
            after=after | says_after,
        )
    return rule.version


@transactional
def rule_roll_back(*, rule_id: int, number: int) -> int:
    """Let a rule say again what an older version said, as a new version; its number. Locks the rule.

    :raises RuleNotFound: no such rule or version.
    :raises ExpressionError, RuleRejected: what was right once (a SKU, a fact) is not there any more.
    """
    _lock(rule_id)
    old = RuleVersion.objects.filter(rule=rule_id, number=number).first()
    if old is None:
        raise RuleNotFound(_("The rule has no version %(number)s.") % {"number": number})
    return rule_change(
        rule_id=rule_id,
        changes={},
        condition=old.condition,
        actions=actions_read(old.actions),
        note=_("As in version %(number)s") % {"number": number},
    )


@transactional
def rule_archive(*, rule_id: int) -> None:
    """Put a rule away: it is not asked any more; its decisions keep naming it. Locks the rule."""
    rule = _lock(rule_id)
    if not rule.is_archived:
        rule.is_archived, rule.is_enabled, rule.updated_at = True, False, clock.now()
        rule.save()
        audit_record(
            action="rules.rule.archived", entity_kind="rule", entity_id=rule_id, before={"name": rule.name}
        )


@transactional
def rules_order(*, kind: str, rule_ids: Sequence[int]) -> None:
    """Put the rules of a kind into this order. Locks them.

    :raises InvalidInput: the ids are not those of the rules that there are.
    """
    rules = {
        rule.pk: rule
        for rule in Rule.objects.select_for_update(no_key=True)
        .filter(kind=kind, is_archived=False)
        .order_by("pk")
    }
    if sorted(rules) != sorted(rule_ids):
        raise InvalidInput(_("Somebody has made or put away a rule meanwhile. Load the list again."))
    before = [rule.pk for rule in sorted(rules.values(), key=lambda rule: (rule.position, rule.pk))]
    if before == list(rule_ids):
        return
    for position, rule_id in enumerate(rule_ids):
        rules[rule_id].position = position
    Rule.objects.bulk_update(rules.values(), ["position"])
    audit_record(
        action="rules.rule.ordered",
        entity_kind="rule",
        entity_id=rule_ids[0],
        before={"order": before},
        after={"order": list(rule_ids)},
    )


# ------------------------------------------------------------------ parts


def _lock(rule_id: int) -> Rule:
    rule = Rule.objects.select_for_update(no_key=True).filter(pk=rule_id).first()
    if rule is None:
        raise RuleNotFound(_("There is no such rule."))
    return rule


def _version_write(rule: Rule, number: int, condition: str, actions: Sequence[Action], note: str) -> None:
    RuleVersion.objects.create(
        rule=rule,
        number=number,
        condition=condition,
        actions=[action.as_dict() for action in actions],
        author=current_actor().name[:100],
        note=note[:200],
        created_at=clock.now(),
    )


def _facts(rule: Rule) -> dict[str, Any]:
    facts = {name: getattr(rule, name) for name in sorted(CHANGEABLE | {"version"})}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }


def _says(condition: str, actions: Sequence[Action]) -> dict[str, Any]:
    return {"condition": condition, "actions": [action.as_dict() for action in actions]}


def _times_check(begins: datetime | None, ends: datetime | None) -> None:
    if begins is not None and ends is not None and begins >= ends:
        text = _("The rule would end before it begins. Choose a later end.")
        raise InvalidInput(text, problems=[Problem(text, "bad_time", "valid_to", field="valid_to")])


def _actions_problems(kind: RuleKind, actions: Sequence[Action]) -> list[Problem]:
    if not 0 < len(actions) <= MAX_ACTIONS:
        text = _("A rule has one to %(most)s actions.") % {"most": MAX_ACTIONS}
        return [Problem(text, "bad_action", "actions", field="actions")]
    problems = []
    for place, action in enumerate(actions):
        declared = kind.action(action.code)
        if declared is None:
            messages = [_("There is no action “%(code)s”.") % {"code": action.code}]
        else:
            known = {parameter.name for parameter in declared.parameters}
            messages = [
                message
                for parameter in declared.parameters
                if (message := _parameter_problem(parameter, action.parameters.get(parameter.name)))
            ]
            messages += [
                _("The action has no “%(name)s”.") % {"name": name}
                for name in sorted(action.parameters.keys() - known)
            ]
        problems += [
            Problem(message, "bad_action", f"actions.{place}", field="actions") for message in messages
        ]
    return problems


def _parameter_problem(parameter: Parameter, value: Any) -> str:
    label = translation.gettext(parameter.label)
    if value in (None, "", []):
        return _("“%(label)s” is missing.") % {"label": label} if parameter.required else ""
    wrong = _("“%(label)s” is not right.") % {"label": label}
    allowed = {choice for choice, _label in parameter.choices}
    match parameter.type:
        case "bool":
            return "" if isinstance(value, bool) else wrong
        case "number":
            fits = (
                isinstance(value, int)
                and not isinstance(value, bool)
                and parameter.least <= value <= parameter.most
            )
            return "" if fits else _("“%(label)s” must be a whole number from %(least)s to %(most)s.") % {
                "label": label, "least": parameter.least, "most": parameter.most,
            }  # fmt: skip
        case "texts" | "choices" | "warehouses":
            fits = isinstance(value, list) and len(value) <= 50 and all(_is_text(one) for one in value)
            return "" if fits and (not allowed or set(value) <= allowed) else wrong
        case _:
            return "" if _is_text(value) and (not allowed or value in allowed) else wrong


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200
