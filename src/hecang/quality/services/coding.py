"""Writing the coding standard."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel.db import transactional
from hecang.kernel.errors import Conflict, NotFound
from hecang.quality.coding import mask_pattern
from hecang.quality.models import CodingRule


@transactional
def coding_rule_save(
    *,
    rule_id: int | None,
    entity_kind: str,
    mask: str,
    note: str = "",
    severity: str = "warning",
    is_active: bool = True,
) -> int:
    """Make or change one mask of the standard; its id. Locks the rule.

    :raises InvalidInput: the mask is wrong, and where.
    :raises Conflict: that kind has the same mask already.
    :raises NotFound: no such rule.
    """
    mask_pattern(mask)
    rule = (
        CodingRule() if rule_id is None else CodingRule.objects.select_for_update().filter(pk=rule_id).first()
    )
    if rule is None:
        raise NotFound(_("There is no such rule."))
    before = None if rule_id is None else _facts(rule)
    rule.entity_kind, rule.mask, rule.note, rule.severity, rule.is_active = (
        entity_kind,
        mask,
        note,
        severity,
        is_active,
    )
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise Conflict(
            _("This kind has the mask “%(mask)s” already.") % {"mask": mask}, code="mask_taken"
        ) from error
    audit_record(
        action="quality.coding.changed",
        entity_kind="coding_rule",
        entity_id=rule.pk,
        before=before,
        after=_facts(rule),
    )
    return rule.pk


@transactional
def coding_rule_delete(*, rule_id: int) -> None:
    """Remove one mask. Raises NotFound."""
    rule = CodingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound(_("There is no such rule."))
    audit_record(
        action="quality.coding.deleted", entity_kind="coding_rule", entity_id=rule_id, before=_facts(rule)
    )
    rule.delete()


def _facts(rule: CodingRule) -> dict[str, object]:
    return {
        "kind": rule.entity_kind, "mask": rule.mask, "note": rule.note, "severity": rule.severity, "active": rule.is_active,
    }  # fmt: skip
