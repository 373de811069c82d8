"""What people do about findings: mend them, accept them, open them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record_many
from hecang.kernel import clock
from hecang.kernel.actor import current_actor
from hecang.kernel.db import transactional
from hecang.kernel.errors import HecangError, InvalidInput, NotFound
from hecang.quality.errors import FixUnknown
from hecang.quality.models import QualityFinding
from hecang.quality.registry import Check, Finding, Fix, checks

State = QualityFinding.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one finding; ``code`` and ``message`` say why it could not be mended."""

    id: int
    ok: bool
    code: str = ""
    message: str = ""


@transactional
def findings_fix(*, ids: Sequence[int], fix: str, values: Mapping[str, Any]) -> list[Outcome]:
    """Mend findings by the fix of this code, each by itself: one that cannot be mended does not stop the others.

    Locks the findings by id, and what the fix locks.

    :param values: what the person typed; overrides the suggestions.
    :raises FixUnknown: no check has such a fix.
    :raises PermissionMissing: the fix needs a permission that the actor lacks.
    """
    if not any(one.fix(fix) for one in checks().values()):
        raise FixUnknown(_("There is no such way to mend it."))
    rows = _lock(ids)
    now = clock.now()
    outcomes = []
    for key in ids:
        row = rows.get(key)
        outcomes.append(_missing(key) if row is None else _fix(row, fix, values))
    mended = [one.id for one in outcomes if one.ok]
    QualityFinding.objects.filter(pk__in=mended).update(
        state=State.FIXED, settled_at=now, settled_by=current_actor().name[:100]
    )
    _record(f"quality.finding.{fix}"[:64], [rows[key] for key in mended], State.FIXED)
    return outcomes


def _fix(row: QualityFinding, code: str, values: Mapping[str, Any]) -> Outcome:
    one = checks().get(row.check_code)
    fix = one.fix(code) if one else None
    try:
        if one is None or fix is None:
            raise FixUnknown(_("This finding cannot be mended this way."))
        if row.state != State.OPEN:
            raise InvalidInput(_("The finding is settled already."))
        current_actor().require(fix.permission)
        with transaction.atomic():
            fix.apply(_finding(row, fix, values))
    except HecangError as error:
        return Outcome(row.pk, ok=False, code=error.instance_code, message=str(error))
    return Outcome(row.pk, ok=True)


def _finding(row: QualityFinding, fix: Fix, values: Mapping[str, Any]) -> Finding:
    if fix.needs_suggestion and not row.suggestion:
        raise InvalidInput(_("Nothing can be suggested for this one; a person has to decide."))
    merged = {**row.suggestion, **{name: value for name, value in values.items() if value not in (None, "")}}
    missing = [one for one in fix.fields if one.name not in merged]
    if missing:
        raise InvalidInput(_("Fill in “%(field)s” first.") % {"field": missing[0].title})
    return Finding(row.pk, row.entity_id, row.label, row.field, row.data, row.related_id, merged)


@transactional
def findings_ignore(*, ids: Sequence[int], note: str = "") -> list[Outcome]:
    """Accept findings as they are: they stay out of the way until somebody opens them again. Locks them by id."""
    return _settle(ids, State.IGNORED, note)


@transactional
def findings_reopen(*, ids: Sequence[int]) -> list[Outcome]:
    """Open accepted findings again. Locks them by id."""
    return _settle(ids, State.OPEN, "")


def _settle(ids: Sequence[int], state: State, note: str) -> list[Outcome]:
    rows = _lock(ids)
    settled = state is State.IGNORED
    source = State.OPEN if settled else State.IGNORED
    fitting = [key for key in ids if key in rows and rows[key].state == source]
    QualityFinding.objects.filter(pk__in=fitting).update(
        state=state,
        note=note[:200],
        settled_at=clock.now() if settled else None,
        settled_by=current_actor().name[:100] if settled else "",
    )
    _record(
        "quality.finding.ignored" if settled else "quality.finding.reopened",
        [rows[key] for key in fitting],
        state,
    )
    return [
        _missing(key)
        if key not in rows
        else Outcome(key, ok=True)
        if key in fitting
        else Outcome(key, ok=False, code="settled", message=_("The finding is settled already."))
        for key in ids
    ]


def _lock(ids: Sequence[int]) -> dict[int, QualityFinding]:
    found = QualityFinding.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    known = checks()
    actor = current_actor()
    return {
        row.pk: row
        for row in found
        if row.check_code in known and actor.may(known[row.check_code].permission)
    }


def _missing(key: int) -> Outcome:
    error = NotFound(_("There is no such finding."))
    return Outcome(key, ok=False, code=error.code, message=str(error))


def _record(action: str, rows: Sequence[QualityFinding], state: State) -> None:
    audit_record_many(
        action=action,
        entity_kind="quality_finding",
        entries=[
            (row.pk, {"state": row.state}, {"state": state.value, "check": row.check_code, "of": row.label})
            for row in rows
        ],
    )


def visible_checks() -> dict[str, Check]:
    """The checks whose findings the actor may see."""
    actor = current_actor()
    return {code: one for code, one in checks().items() if actor.may(one.permission)}
