"""Rules as they are kept: checked before they are stored, versions for good, order, back to an older one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.factories import facility

from hecang.accounts.models import AuditEntry
from hecang.kernel import clock
from hecang.kernel.errors import InvalidInput
from hecang.rules.errors import RuleNotFound, RuleRejected
from hecang.rules.expressions import ExpressionError
from hecang.rules.kinds import Action
from hecang.rules.models import Rule, RuleVersion
from hecang.rules.selectors import rule_detail, rule_rows, rules_live
from hecang.rules.services import RuleIn, rule_archive, rule_change, rule_create, rule_roll_back, rules_order

pytestmark = pytest.mark.django_db
KIND = "orders.audit"
HOLD = Action("hold", {"reason": "look"})


def make(name: str = "R", condition: str = "true", *actions: Action, **fields: Any) -> int:
    return rule_create(kind=KIND, rule=RuleIn(name, condition, actions or (HOLD,), **fields))


def test_what_a_rule_says_is_a_new_version_and_the_rest_is_not() -> None:
    key = make(condition="order.units > 1")
    assert rule_change(rule_id=key, changes={"name": "Other", "is_enabled": True}) == 1
    assert rule_change(rule_id=key, changes={}, condition="order.units > 2", note="too many") == 2
    assert rule_change(rule_id=key, changes={}, condition="order.units > 2") == 2
    assert rule_roll_back(rule_id=key, number=1) == 3
    detail = rule_detail(key)
    assert [(row["number"], row["condition"], row["note"]) for row in detail["versions"]] == [
        (3, "order.units > 1", "As in version 1"), (2, "order.units > 2", "too many"), (1, "order.units > 1", ""),
    ]  # fmt: skip
    assert [(rule.version, rule.name) for rule in rules_live(KIND)] == [(3, "Other")]
    assert AuditEntry.objects.filter(action="rules.rule.changed", entity_id=key).count() == 3


def test_the_database_refuses_to_change_a_version() -> None:
    key = make()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RuleVersion.objects.filter(rule=key).update(condition="false")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RuleVersion.objects.filter(rule=key).delete()


@pytest.mark.parametrize(
    ("condition", "action", "words"),
    [
        ("true", Action("fly"), "There is no action “fly”"),
        ("true", Action("hold"), "“Reason” is missing"),
        ("true", Action("hold", {"reason": "x", "extra": 1}), "has no “extra”"),
        ("true", Action("priority", {"priority": -1}), "whole number from 0"),
        ("true", Action("priority", {"priority": True}), "whole number from 0"),
        ("true", Action("split", {"by": "colour"}), "“How” is not right"),
        ("true", Action("tag", {"tags": ["two words"]}), "is no tag"),
        ("true", Action("gift", {"sku": "none", "quantity": 1}), "There is no active SKU “none”"),
        ("true", Action("service", {"service": "none"}), "There is no active service “none”"),
        ("true", Action("warehouse_only", {"warehouses": ["SH", "none"]}), "There is no warehouse “none”"),
        ("stock.short_units > 0", Action("priority", {"priority": 1}), "this comes too late"),
    ],
)
def test_what_a_rule_cannot_do_is_named(condition: str, action: Action, words: str) -> None:
    facility.warehouse("SH")
    with pytest.raises(RuleRejected) as caught:
        make("R", condition, HOLD, action)
    assert words in caught.value.problems[0].message
    assert caught.value.problems[0].loc == "actions.1"
    assert not Rule.objects.exists()


def test_a_rule_needs_a_condition_an_action_and_a_possible_time() -> None:
    moment = clock.now()
    with pytest.raises(ExpressionError):
        make(condition="order.unitz > 1")
    with pytest.raises(RuleRejected):
        rule_create(kind=KIND, rule=RuleIn("R", "true", []))
    with pytest.raises(InvalidInput):
        make(valid_from=moment, valid_to=moment)
    with pytest.raises(RuleNotFound):
        rule_create(kind="none", rule=RuleIn("R", "true", [HOLD]))


def test_order_and_archive() -> None:
    first, second, third = (make(name) for name in "abc")
    rules_order(kind=KIND, rule_ids=[third, first, second])
    assert [row["name"] for row in rule_rows(KIND)] == ["c", "a", "b"]
    with pytest.raises(InvalidInput):
        rules_order(kind=KIND, rule_ids=[third, first])
    rule_archive(rule_id=first)
    assert [row["name"] for row in rule_rows(KIND)] == ["c", "b"]
    assert [row["name"] for row in rule_rows(KIND, archived=True)] == ["a"]
