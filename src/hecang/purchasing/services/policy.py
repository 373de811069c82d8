"""Changing what the company wants of its purchasing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.db import transactional
from hecang.purchasing.models import PurchasePolicy


@transactional
def policy_set(*, changes: Mapping[str, Any]) -> None:
    """Change what is given. Locks the policy."""
    policy, _made = PurchasePolicy.objects.select_for_update(no_key=True).get_or_create(
        pk=1, defaults={"updated_at": clock.now()}
    )
    before = {name: getattr(policy, name) for name in changes}
    for name, value in changes.items():
        given = {key: str(rate) for key, rate in value.items()} if name == "rates" else value
        setattr(policy, name, given)
    policy.updated_at = clock.now()
    policy.save()
    audit_record(
        action="purchasing.policy.changed",
        entity_kind="purchase_policy",
        entity_id=1,
        before=before,
        after=dict(changes),
    )
