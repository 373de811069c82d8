"""Querysets behind the lists of the API, and what a page of them shows beside its rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from hecang.catalog.models import Category, Sku, SkuFinding
from hecang.catalog.quality import finding_message
from hecang.kernel.db import fetch

Rows = QuerySet[Any, Any]

_SKU_COLUMNS = (
    "id", "code", "name", "kind", "kit_mode", "status", "category__id", "category__code", "category__name", "base_unit",
    "weight_g", "length_mm", "width_mm", "height_mm", "is_estimated", "abc_class", "temperature", "hazard",
    "is_lot_tracked", "is_serial_tracked", "is_expiry_tracked", "updated_at",
)  # fmt: skip


def skus_matching(
    *,
    q: str | None = None,
    status: Sequence[str] | None = None,
    kind: Sequence[str] | None = None,
    category: int | None = None,
    abc_class: Sequence[str] | None = None,
    temperature: Sequence[str] | None = None,
    hazard: Sequence[str] | None = None,
    finding: Sequence[str] | None = None,
    has_findings: bool | None = None,
) -> QuerySet[Sku]:
    """SKUs that fit all that is given.

    :param q: any part of code or name, the beginning of the name's pinyin initials, or a whole barcode.
    :param category: id; the branches below it count, too.
    :param finding: codes of findings, any of them.
    """
    found = Sku.objects.all()
    for name, values in (
        ("status", status), ("kind", kind), ("abc_class", abc_class), ("temperature", temperature), ("hazard", hazard)
    ):  # fmt: skip
        if values:
            found = found.filter(**{f"{name}__in": values})
    if q:
        # As ids and not as a subquery: only then PostgreSQL can combine it with the index of parts of words.
        scanned = [row[0] for row in fetch("SELECT sku_id FROM barcode WHERE code = %s", [q])]
        matching = Q(code__icontains=q) | Q(name__icontains=q) | Q(pk__in=scanned)
        if q.isascii() and q.isalnum():
            matching |= Q(initials__startswith=q.lower())
        found = found.filter(matching)
    if category is not None:
        found = found.filter(category_id__in=_branch(category))
    if finding:
        found = found.filter(pk__in=SkuFinding.objects.filter(code__in=finding).values("sku_id"))
    if has_findings is not None:
        any_finding = Exists(SkuFinding.objects.filter(sku_id=OuterRef("pk")))
        found = found.filter(any_finding if has_findings else ~any_finding)
    return found


def sku_rows(found: QuerySet[Sku]) -> Rows:
    """The columns of the list."""
    rows: Rows = found.values(*_SKU_COLUMNS)
    return rows


def _branch(category: int) -> list[int]:
    """The category and all below it."""
    return [
        row[0]
        for row in fetch(
            "WITH RECURSIVE branch AS (SELECT id FROM category WHERE id = %s UNION ALL"
            " SELECT category.id FROM category JOIN branch ON category.parent_id = branch.id)"
            " SELECT id FROM branch",
            [category],
        )
    ]


def sku_extras(ids: Sequence[int]) -> dict[int, tuple[str | None, int]]:
    """SKU id → (primary barcode, number of findings). One statement."""
    return {
        row[0]: (row[1], row[2])
        for row in fetch(
            "SELECT asked.id, (SELECT code FROM barcode WHERE sku_id = asked.id AND is_primary),"
            " (SELECT count(*) FROM sku_finding WHERE sku_id = asked.id) FROM unnest(%s::bigint[]) AS asked (id)",
            [list(ids)],
        )
    }


def sku_parts(sku_id: int) -> dict[str, list[dict[str, Any]]]:
    """Barcodes, packagings, components and findings of one SKU. Four statements."""
    barcodes = fetch(
        "SELECT id, code, quantity, is_primary FROM barcode WHERE sku_id = %s ORDER BY is_primary DESC, id",
        [sku_id],
    )
    packagings = fetch(
        "SELECT level, quantity, weight_g, length_mm, width_mm, height_mm FROM packaging WHERE sku_id = %s"
        " ORDER BY quantity",
        [sku_id],
    )
    components = fetch(
        "SELECT sku.id, sku.code, sku.name, kit_component.quantity FROM kit_component"
        " JOIN sku ON sku.id = kit_component.component_id WHERE kit_id = %s ORDER BY sku.code",
        [sku_id],
    )
    findings = fetch(
        "SELECT sku_finding.code, field, data, sku.id, sku.code FROM sku_finding"
        " LEFT JOIN sku ON sku.id = sku_finding.related_id WHERE sku_id = %s ORDER BY sku_finding.id",
        [sku_id],
    )
    size = ("level", "quantity", "weight_g", "length_mm", "width_mm", "height_mm")
    return {
        "barcodes": [
            dict(zip(("id", "code", "quantity", "is_primary"), row, strict=True)) for row in barcodes
        ],
        "packagings": [dict(zip(size, row, strict=True)) for row in packagings],
        "components": [
            {"component": {"id": pk, "code": code, "name": name}, "quantity": quantity}
            for pk, code, name, quantity in components
        ],
        "findings": [
            {
                "code": code,
                "field": field,
                "message": finding_message(code, _json(data)),
                "related": {"id": other, "code": other_code} if other else None,
            }
            for code, field, data, other, other_code in findings
        ],
    }


def _json(data: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(data) if isinstance(data, str) else data
    return loaded


def finding_rows(
    *, code: Sequence[str] | None = None, category: int | None = None, q: str | None = None
) -> Rows:
    """Findings with their SKUs."""
    found = SkuFinding.objects.all()
    if code:
        found = found.filter(code__in=code)
    if category is not None:
        found = found.filter(sku__category_id__in=_branch(category))
    if q:
        found = found.filter(Q(sku__code__icontains=q) | Q(sku__name__icontains=q))
    return found.values(
        "id", "code", "field", "data", "sku__id", "sku__code", "sku__name", "related__id", "related__code"
    )


def category_rows(*, q: str | None = None, parent: int | None = None) -> Rows:
    """Categories, by any part of code or name, or those right below one."""
    found = Category.objects.all()
    if q:
        found = found.filter(Q(code__icontains=q) | Q(name__icontains=q))
    if parent is not None:
        found = found.filter(parent_id=parent)
    return found.values("id", "code", "name", "parent_id")
