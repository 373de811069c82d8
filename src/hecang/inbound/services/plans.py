"""Inspection plans: which one holds for goods, and writing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.inbound.errors_quality import PlanInvalid, PlanNotFound, PlanScopeTaken
from hecang.inbound.models import InspectionPlan, Sampling
from hecang.inbound.sampling import plans as tables
from hecang.inbound.sampling.tables import LEVELS
from hecang.inbound.services.checklists import Item, items_checked
from hecang.inbound.services.references import references_require
from hecang.kernel import clock
from hecang.kernel.db import columns, fetch, transactional
from hecang.kernel.errors import Problem

#: A SKU and who supplies it.
Subject = tuple[int, int | None]

_RESOLVE = """
WITH RECURSIVE asked AS (
    SELECT DISTINCT sku_id, supplier_id FROM unnest(%s::bigint[], %s::bigint[]) AS a (sku_id, supplier_id)
), above AS (
    SELECT k.id AS sku_id, k.category_id, 0 AS depth FROM sku k
    WHERE k.id IN (SELECT sku_id FROM asked) AND k.category_id IS NOT NULL
    UNION ALL
    SELECT above.sku_id, c.parent_id, above.depth + 1 FROM above JOIN category c ON c.id = above.category_id
    WHERE c.parent_id IS NOT NULL AND above.depth < 32
)
SELECT DISTINCT ON (a.sku_id, a.supplier_id) a.sku_id, a.supplier_id, p.id, p.sampling, p.level, p.aql_critical,
    p.aql_major, p.aql_minor, p.fixed_size, p.switches, p.skip_after, p.skip_every, p.checklist::text
FROM asked a
JOIN inspection_plan p ON p.is_active AND (p.sku_id IS NULL OR p.sku_id = a.sku_id)
    AND (p.supplier_id IS NULL OR p.supplier_id = a.supplier_id)
LEFT JOIN above ON above.sku_id = a.sku_id AND above.category_id = p.category_id
WHERE p.category_id IS NULL OR above.category_id IS NOT NULL
ORDER BY a.sku_id, a.supplier_id, (p.sku_id IS NOT NULL) DESC, (p.supplier_id IS NOT NULL) DESC,
    above.depth NULLS LAST, p.id
"""


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan as inspection needs it; ``checklist`` is JSON text."""

    id: int
    sampling: str
    level: str
    aql_critical: Decimal
    aql_major: Decimal
    aql_minor: Decimal
    fixed_size: int | None
    switches: bool
    skip_after: int | None
    skip_every: int | None
    checklist: str


def plans_resolve(subjects: Iterable[Subject]) -> dict[Subject, PlanFacts]:
    """The plan that holds for each SKU and supplier: of those that fit the one for the SKU, then for the supplier,
    then for the nearest category. Goods without a plan are missing. One statement.
    """
    wanted = sorted(set(subjects), key=lambda one: (one[0], one[1] or 0))
    if not wanted:
        return {}
    return {(row[0], row[1]): PlanFacts(*row[2:]) for row in fetch(_RESOLVE, columns(wanted, 2))}


_READ = """
SELECT id, sampling, level, aql_critical, aql_major, aql_minor, fixed_size, switches, skip_after, skip_every,
    checklist::text FROM inspection_plan WHERE id = ANY(%s::bigint[])
"""


def plans_read(plan_ids: Iterable[int]) -> dict[int, PlanFacts]:
    """Plans by their id. One statement."""
    return {row[0]: PlanFacts(*row) for row in fetch(_READ, [sorted(set(plan_ids))])}


@dataclass(frozen=True, slots=True)
class PlanIn:
    """An inspection plan as somebody writes it. Name SKU, supplier and category as far as it is to hold for them only."""

    code: str
    name: str
    sku_id: int | None = None
    supplier_id: int | None = None
    category_id: int | None = None
    sampling: str = Sampling.ISO2859.value
    level: str = "II"
    aql_critical: Decimal = Decimal(0)
    aql_major: Decimal = Decimal("2.5")
    aql_minor: Decimal = Decimal("4.0")
    fixed_size: int | None = None
    switches: bool = True
    skip_after: int | None = None
    skip_every: int | None = None
    checklist: Sequence[Item] = field(default_factory=tuple)
    instructions: str = ""
    is_active: bool = True


@transactional
def plan_save(*, plan: PlanIn, plan_id: int | None = None) -> int:
    """Write a plan, new or (with ``plan_id``) instead of what it was; its id. Inspections that stand keep theirs.

    Raises :class:`PlanInvalid`, :class:`PlanNotFound`, :class:`PlanScopeTaken` (code or goods are another plan's).
    """
    checklist = items_checked(plan.checklist)
    _require_sound(plan)
    references_require(
        PlanInvalid,
        [
            ("sku_id", "sku", plan.sku_id),
            ("supplier_id", "supplier", plan.supplier_id),
            ("category_id", "category", plan.category_id),
        ],
    )
    now = clock.now()
    before: dict[str, Any] | None = None
    values: dict[str, Any] = {
        name: getattr(plan, name) for name in plan.__dataclass_fields__ if name != "checklist"
    } | {"checklist": checklist, "updated_at": now}
    try:
        with transaction.atomic():
            if plan_id is None:
                made = InspectionPlan.objects.create(created_at=now, **values)
            else:
                found = InspectionPlan.objects.select_for_update(no_key=True).filter(id=plan_id).first()
                if found is None:
                    raise PlanNotFound(_("There is no such inspection plan. Load the list again."))
                made = found
                before = _audited(made)
                for name, value in values.items():
                    setattr(made, name, value)
                made.save()
    except IntegrityError as error:
        raise PlanScopeTaken(
            _(
                "Another plan has this code, or holds for exactly these goods already. Change that one, or narrow this one"
                " to a SKU, supplier or category."
            )
        ) from error
    audit_record(
        action="inbound.plan.saved",
        entity_kind="inspection_plan",
        entity_id=made.pk,
        before=before,
        after=_audited(made),
    )
    return int(made.pk)


def _audited(plan: InspectionPlan) -> dict[str, Any]:
    return {
        "code": plan.code, "sku_id": plan.sku_id, "supplier_id": plan.supplier_id, "category_id": plan.category_id,
        "sampling": plan.sampling, "level": plan.level, "aql_major": str(plan.aql_major),
        "aql_minor": str(plan.aql_minor), "aql_critical": str(plan.aql_critical), "switches": plan.switches,
        "skip": [plan.skip_after, plan.skip_every], "items": len(plan.checklist), "is_active": plan.is_active,
    }  # fmt: skip


def _require_sound(plan: PlanIn) -> None:
    problems = [
        Problem(
            _("%(value)s is no acceptance quality limit of ISO 2859-1. Choose one of the list, such as 2.5.")
            % {"value": getattr(plan, name)},
            code="unknown_limit",
            field=name,
        )
        for name in ("aql_critical", "aql_major", "aql_minor")
        if not tables.limit_known(getattr(plan, name))
    ]
    if plan.sampling == Sampling.FIXED and not plan.fixed_size:
        problems.append(Problem(_("Say how many units are looked at."), code="required", field="fixed_size"))
    if (plan.skip_after is None) != (plan.skip_every is None):
        problems.append(
            Problem(
                _(
                    "Skipping needs both numbers: after how many accepted lots, and every which one is inspected."
                ),
                code="required",
                field="skip_every",
            )
        )
    if plan.skip_every is not None and plan.skip_every < 2:
        problems.append(
            Problem(_("Every second lot at the most can be skipped."), code="too_small", field="skip_every")
        )
    if plan.skip_after is not None and plan.skip_after < 1:
        problems.append(
            Problem(_("At least one lot has to be accepted first."), code="too_small", field="skip_after")
        )
    if plan.level not in LEVELS:
        problems.append(Problem(_("There is no such inspection level."), code="unknown_value", field="level"))
    if plan.sampling not in Sampling.values:
        problems.append(
            Problem(_("There is no such way of sampling."), code="unknown_value", field="sampling")
        )
    if problems:
        raise PlanInvalid(problems[0].message, problems=problems)
