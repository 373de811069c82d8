"""Products of platforms: which SKU each is, suggestions, and shares of stock of their own."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from ninja import Query
from pydantic import Field

from hecang.catalog.selectors import skus_by_code
from hecang.integrations.api.base import router
from hecang.integrations.api.channel_orders import ConnectionRef
from hecang.integrations.models import PlatformProduct
from hecang.integrations.selectors.scope import visible_connections
from hecang.integrations.selectors.suggesting import mapping_suggestions
from hecang.integrations.selectors.waiting import orders_waiting_for
from hecang.integrations.services.channels.intake import orders_retry_mapped
from hecang.integrations.services.channels.offers import products_stock_rules
from hecang.integrations.services.channels.products import MappingIn, products_ignore, products_map
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
)
from hecang.kernel.errors import InvalidInput, Problem


class ChannelProductFilters(Schema):
    q: str = Field("", max_length=64)
    connection: Id | None = None
    shop: Id | None = None
    is_mapped: bool | None = None
    is_ignored: bool | None = None
    sku: Id | None = None


class ChannelProductRow(Schema):
    id: int
    connection: ConnectionRef
    shop: Ref
    product_id: str
    variant_id: str
    outer_sku: str
    title: str
    barcode: str
    sku: Ref | None
    units: int
    mapped_by: str
    is_ignored: bool
    stock_percent: int | None
    stock_buffer: int | None
    stock_quota: int | None
    is_stock_off: bool
    orders_waiting: int
    created_at: Moment


class ChannelMapBody(InputSchema):
    product_id: Id
    sku: str = Field("", max_length=64, description="code of ours; empty takes the mapping away")
    units: int = Field(1, ge=1, le=100_000, description="of the SKU in one of the product")


class ChannelMapManyBody(InputSchema):
    mappings: Annotated[list[ChannelMapBody], Field(min_length=1, max_length=1000)]


class ChannelMapOut(Schema):
    changed: int
    orders_imported: int = Field(description="orders that had waited for it")
    orders_waiting: int
    orders_failed: int


class ChannelSuggestionOut(Schema):
    sku_id: int
    code: str
    name: str
    score: int
    by: str


class ChannelSuggestionsOut(Schema):
    product_id: int
    suggestions: list[ChannelSuggestionOut]


class ChannelSuggestionFilters(Schema):
    ids: list[Id] = Field(min_length=1, max_length=50)


class ChannelIgnoreBody(InputSchema):
    ids: Ids
    is_ignored: bool = True


class ChannelStockRulesBody(InputSchema):
    """Only what is given is changed; null is as the shop."""

    ids: Ids
    stock_percent: int | None = Field(None, ge=0, le=100)
    stock_buffer: int | None = Field(None, ge=0, le=1_000_000)
    stock_quota: int | None = Field(None, ge=0, le=1_000_000_000)
    is_stock_off: bool = False


_ROW = (
    "id", "connection__id", "connection__name", "connection__connector", "connection__shop__id",
    "connection__shop__code", "connection__shop__name", "product_id", "variant_id", "outer_sku", "title", "barcode",
    "sku__id", "sku__code", "sku__name", "units", "mapped_by", "is_ignored", "stock_percent", "stock_buffer",
    "stock_quota", "is_stock_off", "created_at",
)  # fmt: skip


def _visible(actor: Actor) -> Any:
    return PlatformProduct.objects.filter(connection__in=visible_connections(actor))


def _rows(actor: Actor, filters: ChannelProductFilters) -> Any:
    rows = _visible(actor)
    if filters.connection is not None:
        rows = rows.filter(connection=filters.connection)
    if filters.shop is not None:
        rows = rows.filter(connection__shop=filters.shop)
    if filters.is_mapped is not None:
        rows = rows.filter(sku__isnull=not filters.is_mapped)
    if filters.is_ignored is not None:
        rows = rows.filter(is_ignored=filters.is_ignored)
    if filters.sku is not None:
        rows = rows.filter(sku=filters.sku)
    if filters.q:
        rows = rows.filter(
            Q(outer_sku__istartswith=filters.q) | Q(title__icontains=filters.q) | Q(product_id=filters.q)
        )
    return rows.values(*_ROW)


def _enriched(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    waiting = orders_waiting_for([row["id"] for row in rows if row["sku"] is None])
    for row in rows:
        row["shop"] = row["connection"].pop("shop")
        row["orders_waiting"] = waiting.get(row["id"], 0)
    return rows


PLATFORM_PRODUCTS = ListDefinition(
    name="channel_products",
    filters=ChannelProductFilters,
    row=ChannelProductRow,
    columns=(
        Column("connection.name", _lazy("Connection")),
        Column("shop.code", _lazy("Shop")),
        Column("product_id", _lazy("Product there")),
        Column("variant_id", _lazy("Variant there")),
        Column("outer_sku", _lazy("Code there")),
        Column("title", _lazy("Title")),
        Column("sku.code", _lazy("SKU")),
        Column("units", _lazy("Units")),
        Column("mapped_by", _lazy("Mapped by")),
        Column("orders_waiting", _lazy("Orders waiting")),
    ),
    sorts={"created_at": "created_at", "outer_sku": "outer_sku", "title": "title"},
    default_sort="-created_at",
    query=_rows,
    enrich=_enriched,
    title="products of platforms",
)
router.list("/channel-products", PLATFORM_PRODUCTS, permission="integrations.product.view")


@router.get(
    "/channel-products/suggestions",
    permission="integrations.product.view",
    response=list[ChannelSuggestionsOut],
    summary="Which SKUs products might be",
)
def channel_products_suggestions(
    request: ApiRequest, filters: Query[ChannelSuggestionFilters]
) -> list[dict[str, Any]]:
    rows = _visible(request.actor).filter(pk__in=filters.ids)
    products = list(rows.values_list("id", "outer_sku", "title", "barcode"))
    found = mapping_suggestions(products)
    return [{"product_id": key, "suggestions": found[key]} for key in filters.ids if key in found]


@router.post(
    "/channel-products/map",
    permission="integrations.product.map",
    response=ChannelMapOut,
    summary="Say which SKUs products are; orders that waited for them come in",
)
def channel_products_map(request: ApiRequest, payload: ChannelMapManyBody) -> dict[str, int]:
    skus = skus_by_code([one.sku for one in payload.mappings if one.sku])
    problems = [
        Problem(
            _("There is no such SKU."), "unknown_sku", f"mappings.{index}.sku", row=index + 1, field="sku"
        )
        for index, one in enumerate(payload.mappings)
        if one.sku and one.sku not in skus
    ]
    if problems:
        raise InvalidInput(_("Some SKUs do not exist; nothing was mapped."), problems=problems)
    changed = products_map(
        mappings=[
            MappingIn(one.product_id, skus[one.sku].id if one.sku else None, one.units)
            for one in payload.mappings
        ]
    )
    done = orders_retry_mapped(product_ids=changed)
    return {
        "changed": len(changed),
        "orders_imported": done.imported,
        "orders_waiting": done.unmapped,
        "orders_failed": done.failed,
    }


@router.post(
    "/channel-products/ignore",
    permission="integrations.product.map",
    summary="Take products off the list of what is to be mapped, or put them back",
)
def channel_products_ignore(request: ApiRequest, payload: ChannelIgnoreBody) -> None:
    products_ignore(product_ids=payload.ids, is_ignored=payload.is_ignored)


@router.post(
    "/channel-products/stock-rules",
    permission="integrations.stock.change",
    summary="Give products a share of stock of their own",
)
def channel_products_stock_rules(request: ApiRequest, payload: ChannelStockRulesBody) -> None:
    changes = payload.model_dump(exclude_unset=True)
    ids = changes.pop("ids")
    products_stock_rules(product_ids=ids, changes=changes)
