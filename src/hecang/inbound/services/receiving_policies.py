"""The rules of what is taken in at the door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inbound.door import DEFAULTS
from hecang.inbound.models import ReceivingPolicy
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import fetch_one, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem

__all__ = ["DEFAULTS", "receiving_policy_delete", "receiving_policy_save"]

_SUBJECT: Final = (("sku_id", "sku"), ("supplier_id", "supplier"), ("owner_id", "owner"))
_ACTIONS: Final = ("over_action", "unannounced_action", "short_life_action", "expired_action", "held_action")
_NUMBERS: Final = ("is_blind", "over_percent", "min_life_percent")


@transactional
def receiving_policy_save(*, values: Mapping[str, Any]) -> int:
    """Keep what holds for a SKU, a supplier, an owner, any of these together, or everybody; its id. Locks the rule.

    :raises InvalidInput: the subject does not exist, or expired goods would be taken in as good.
    """
    subject = {name: values.get(name) for name, _table in _SUBJECT}
    current_actor().scope.require(owner=subject["owner_id"])
    _check(values)
    row = ReceivingPolicy.objects.select_for_update(no_key=True).filter(
        **{name if value is not None else f"{name}__isnull": value if value is not None else True
           for name, value in subject.items()}
    ).first()  # fmt: skip
    names = (*_NUMBERS, *_ACTIONS)
    before = {name: getattr(row, name) for name in names} if row else None
    row = row or ReceivingPolicy(**subject)
    for name in _NUMBERS:
        setattr(row, name, values.get(name))
    for name in _ACTIONS:
        setattr(row, name, values.get(name) or "")
    row.updated_by, row.updated_at = current_actor().name[:100], clock.now()
    row.save()
    audit_record(
        action="inbound.receiving_policy.saved",
        entity_kind="receiving_policy",
        entity_id=row.pk,
        before=before,
        after={**subject, **{name: getattr(row, name) for name in names}},
    )
    return row.pk


@transactional
def receiving_policy_delete(*, policy_id: int) -> None:
    """Drop a rule; the next one says what holds. Raises NotFound."""
    row = ReceivingPolicy.objects.select_for_update(no_key=True).filter(pk=policy_id).first()
    if row is None:
        raise NotFound(_("There is no such rule."), data={"policy_id": policy_id})
    current_actor().scope.require(owner=row.owner_id)
    audit_record(
        action="inbound.receiving_policy.deleted",
        entity_kind="receiving_policy",
        entity_id=row.pk,
        before={"sku_id": row.sku_id, "supplier_id": row.supplier_id, "owner_id": row.owner_id},
    )
    row.delete()


def _check(values: Mapping[str, Any]) -> None:
    problems = []
    for name, table in _SUBJECT:
        value = values.get(name)
        if value is not None and fetch_one(f"SELECT 1 FROM {table} WHERE id = %s", [value]) is None:  # noqa: S608
            problems.append(Problem(_("It does not exist."), code=f"unknown_{table}", loc=name, field=name))
    if values.get("expired_action") == ReceivingPolicy.Action.ACCEPT:
        problems.append(
            Problem(
                _("Expired goods are left at the door or go into quarantine."),
                code="expired_never_good", loc="expired_action", field="expired_action",
            )
        )  # fmt: skip
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)
