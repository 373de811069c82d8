"""SKUs: list, counts, one, make, change; and the product tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.catalog.api.base import (
    BarcodeIn,
    CategoryOut,
    Created,
    Days,
    SizeIn,
    SkuFindingOut,
    given,
    router,
)
from hecang.catalog.models import Sku
from hecang.catalog.selectors import lists
from hecang.catalog.services import SkuRow, sku_change, sku_create
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Code,
    Column,
    CountsOut,
    Id,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    capped_counts,
)
from hecang.kernel.errors import NotFound

Title = Annotated[str, Field(min_length=1, max_length=255)]
Category = Annotated[str, Field(max_length=128, description="path in the product tree, such as 食品/零食")]


class SkuFilters(Schema):
    q: str | None = Field(None, max_length=64, description="any part of code or name, or a whole barcode")
    status: list[Sku.Status] | None = Field(None, max_length=3)
    kind: list[Sku.Kind] | None = Field(None, max_length=3)
    category: Id | None = Field(None, description="with all categories below it")
    abc_class: list[Sku.AbcClass] | None = Field(None, max_length=3)
    temperature: list[Sku.Temperature] | None = Field(None, max_length=3)
    hazard: list[Sku.Hazard] | None = Field(None, max_length=5)
    finding: list[str] | None = Field(None, max_length=20, description="codes of data-quality findings")
    has_findings: bool | None = None


class SkuListRow(Schema):
    id: int
    code: str
    name: str
    kind: str
    kit_mode: str
    status: str
    category: CategoryOut | None
    barcode: str | None = Field(None, description="the primary barcode")
    base_unit: str
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    is_estimated: bool
    abc_class: str
    temperature: str
    hazard: str
    is_lot_tracked: bool
    is_serial_tracked: bool
    is_expiry_tracked: bool
    updated_at: Moment
    finding_count: int = 0


class SkuBarcodeOut(Schema):
    id: int
    code: str
    quantity: int
    is_primary: bool


class PackagingOut(Schema):
    level: str
    quantity: int
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None


class ComponentOut(Schema):
    component: Ref
    quantity: int


class SkuDetailOut(SkuListRow):
    name_en: str
    shelf_life_days: int | None
    min_remaining_days: int
    created_at: Moment
    barcodes: list[SkuBarcodeOut]
    packagings: list[PackagingOut]
    components: list[ComponentOut]
    findings: list[SkuFindingOut]


class SkuFields(SizeIn):
    name_en: str | None = Field(None, max_length=255)
    kind: Sku.Kind | None = None
    kit_mode: Sku.KitMode | None = Field(None, description="what an order for a kit asks of the warehouse")
    status: Sku.Status | None = None
    base_unit: str | None = Field(None, min_length=1, max_length=16)
    is_estimated: bool | None = None
    abc_class: Sku.AbcClass | None = None
    temperature: Sku.Temperature | None = None
    hazard: Sku.Hazard | None = None
    is_lot_tracked: bool | None = None
    is_serial_tracked: bool | None = None
    is_expiry_tracked: bool | None = None
    shelf_life_days: Days | None = None
    min_remaining_days: Days | None = None


class SkuIn(SkuFields):
    code: Code
    name: Title
    category: Category | None = None
    barcodes: Annotated[list[BarcodeIn], Field(max_length=20)] = Field(default_factory=list)


class SkuChange(SkuFields):
    """Only the fields that are named change; weight, size, shelf life and category can be emptied by null."""

    name: Title | None = None
    category: Category | None = None


#: A PATCH may empty these; null in any other field means “as it is”.
_EMPTIABLE = {"weight_g", "length_mm", "width_mm", "height_mm", "shelf_life_days", "category"}


def _matching(filters: SkuFilters) -> QuerySet[Sku]:
    return lists.skus_matching(**filters.model_dump())


def _enriched(_actor: Actor, rows: list[dict[str, Any]]) -> Sequence[Any]:
    extras = lists.sku_extras([row["id"] for row in rows])
    for row in rows:
        row["barcode"], row["finding_count"] = extras[row["id"]]
    return rows


SKUS = ListDefinition(
    name="skus",
    title="Products",
    filters=SkuFilters,
    row=SkuListRow,
    columns=(
        Column("code", _("SKU")),
        Column("name", _("Name")),
        Column("barcode", _("Barcode")),
        Column("category.code", _("Category")),
        Column("kind", _("Kind")),
        Column("status", _("Status")),
        Column("base_unit", _("Unit")),
        Column("weight_g", _("Weight (g)")),
        Column("length_mm", _("Length (mm)")),
        Column("width_mm", _("Width (mm)")),
        Column("height_mm", _("Height (mm)")),
        Column("is_estimated", _("Estimated")),
        Column("abc_class", _("ABC class")),
        Column("temperature", _("Temperature")),
        Column("hazard", _("Hazard")),
        Column("is_lot_tracked", _("Lots tracked")),
        Column("is_expiry_tracked", _("Expiry tracked")),
        Column("finding_count", _("Findings")),
    ),
    sorts={"code": "code", "name": "name", "updated_at": "updated_at"},
    default_sort="code",
    query=lambda _actor, filters: lists.sku_rows(_matching(filters)),
    enrich=_enriched,
)


@router.get(
    "/skus/counts",
    permission="catalog.sku.view",
    response=CountsOut,
    summary="How many products are in each tab",
)
def skus_counts(request: ApiRequest, filters: Query[SkuFilters]) -> dict[str, Any]:
    """The other filters apply; ``status`` and ``has_findings`` are what the tabs themselves stand for."""
    base = _matching(filters.model_copy(update={"status": None, "has_findings": None}))
    tabs = {status.value: base.filter(status=status) for status in Sku.Status}
    with_findings = _matching(filters.model_copy(update={"status": None, "has_findings": True}))
    return {"counts": capped_counts({"all": base, **tabs, "findings": with_findings})}


router.list("/skus", SKUS, permission="catalog.sku.view", export_permission="catalog.sku.export")


@router.post(
    "/skus", permission="catalog.sku.create", response=Created, status=201, summary="Enter a product"
)
def sku_post(request: ApiRequest, payload: SkuIn) -> Created:
    values = payload.model_dump(exclude_none=True, exclude={"barcodes"})
    barcodes = tuple((one.code, one.quantity) for one in payload.barcodes)
    return Created(id=sku_create(row=SkuRow(**values, barcodes=barcodes)))


@router.get("/skus/{sku_id}", permission="catalog.sku.view", response=SkuDetailOut, summary="One product")
def sku_get(request: ApiRequest, sku_id: int) -> dict[str, Any]:
    sku = Sku.objects.select_related("category").filter(pk=sku_id).first()
    if sku is None:
        raise NotFound(_t("There is no such SKU."))
    parts = lists.sku_parts(sku_id)
    facts = {
        name: getattr(sku, name)
        for name in SkuDetailOut.model_fields
        if hasattr(sku, name) and name not in parts
    }
    primary = next((one["code"] for one in parts["barcodes"] if one["is_primary"]), None)
    return {**facts, **parts, "barcode": primary, "finding_count": len(parts["findings"])}


@router.patch("/skus/{sku_id}", permission="catalog.sku.change", summary="Change a product")
def sku_patch(request: ApiRequest, sku_id: int, payload: SkuChange) -> None:
    changes = {key: value for key, value in given(payload).items() if value is not None or key in _EMPTIABLE}
    sku_change(sku_id=sku_id, changes=changes)


class CategoryFilters(Schema):
    q: str | None = Field(None, max_length=64)
    parent: Id | None = Field(None, description="only the categories right below this one")


class CategoryRow(CategoryOut):
    parent_id: int | None


CATEGORIES = ListDefinition(
    name="categories",
    title="Product categories",
    filters=CategoryFilters,
    row=CategoryRow,
    columns=(Column("code", _("Code")), Column("name", _("Name"))),
    sorts={"code": "code"},
    default_sort="code",
    query=lambda _actor, filters: lists.category_rows(q=filters.q, parent=filters.parent),
)
router.list("/categories", CATEGORIES, permission="catalog.category.view")
