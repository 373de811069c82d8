"""The board: what each check found, and single findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from hecang.quality.models import QualityFinding

ROW = (
    "id", "check_code", "severity", "entity_kind", "entity_id", "label", "field", "data", "related_id", "related_label",
    "suggestion", "state", "first_seen_at", "last_seen_at", "settled_at", "settled_by", "note",
)  # fmt: skip


def finding_rows(
    *, checks: Iterable[str], state: str = "open", check: Sequence[str] = (), severity: str = "", q: str = ""
) -> QuerySet[Any, Any]:
    """Findings of checks that the caller may see."""
    found = QualityFinding.objects.filter(check_code__in=list(checks))
    if state:
        found = found.filter(state=state)
    if check:
        found = found.filter(check_code__in=check)
    if severity:
        found = found.filter(severity=severity)
    if q:
        found = found.filter(Q(label__icontains=q) | Q(related_label__icontains=q))
    rows: QuerySet[Any, Any] = found.values(*ROW)
    return rows


def board_counts(checks: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Check → open, ignored, with a suggestion, and when it was last asked. One statement."""
    rows = (
        QualityFinding.objects.filter(check_code__in=list(checks))
        .values("check_code")
        .annotate(
            open=Count("id", filter=Q(state="open")),
            ignored=Count("id", filter=Q(state="ignored")),
            suggested=Count("id", filter=Q(state="open") & ~Q(suggestion={})),
            seen=Max("last_seen_at"),
        )
    )
    return {row["check_code"]: dict(row) for row in rows}
