"""What is odd about product data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.catalog.api.base import SkuFindingOut, router
from hecang.catalog.quality import finding_message
from hecang.catalog.selectors import lists
from hecang.catalog.services import findings_refresh
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, ListDefinition, Ref, Schema


class FindingFilters(Schema):
    code: list[str] | None = Field(None, max_length=20, description="codes of findings")
    category: Id | None = Field(None, description="with all categories below it")
    q: str | None = Field(None, max_length=64, description="any part of the SKU's code or name")


class FindingRow(SkuFindingOut):
    id: int
    sku: Ref


class RefreshOut(Schema):
    findings: int


def _enriched(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    for row in rows:
        row["message"] = finding_message(row["code"], row["data"])
    return rows


FINDINGS = ListDefinition(
    name="sku_findings",
    title="Findings about product data",
    filters=FindingFilters,
    row=FindingRow,
    columns=(
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("code", _("Finding")),
        Column("message", _("What is odd")),
        Column("related.code", _("Other SKU")),
    ),
    sorts={"id": "id"},
    default_sort="id",
    query=lambda _actor, filters: lists.finding_rows(
        code=filters.code, category=filters.category, q=filters.q
    ),
    enrich=_enriched,
)
router.list("/skus/findings", FINDINGS, permission="catalog.sku.view", export_permission="catalog.sku.export")


@router.post(
    "/skus/findings/refresh",
    permission="catalog.finding.manage",
    response=RefreshOut,
    summary="Look at all product data anew",
)
def sku_findings_refresh(request: ApiRequest) -> RefreshOut:
    """Works out what is usual in each category first; some seconds for 100,000 products."""
    return RefreshOut(findings=findings_refresh())
