"""Price lists: what suppliers sell, from which quantity, for how much, until when."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel import clock
from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Day, Id, InputSchema, ListDefinition, Ref, Schema
from hecang.kernel.errors import InvalidInput, Problem
from hecang.purchasing import services
from hecang.purchasing.api.base import Created, Currency, Price, Units, router
from hecang.purchasing.selectors.lists import price_rows

Days = Annotated[int, Field(ge=0, le=1000)]


class PriceItem(Schema):
    supplier: Ref
    sku: Ref


class PriceListRow(Schema):
    id: int
    item_id: int
    item: PriceItem
    supplier_sku: str
    min_quantity: int
    price: Decimal
    currency: str
    valid_from: Day
    valid_to: Day | None
    min_order_quantity: int
    order_multiple: int
    lead_time_days: int | None
    is_active: bool


class PriceFilters(Schema):
    q: str | None = Field(None, max_length=64, description="beginning of a SKU, or the supplier's own code")
    supplier: Id | None = None
    sku: Id | None = None
    current: bool | None = Field(None, description="true: that hold today; false: that do not")


class PriceIn(InputSchema):
    supplier_id: Id
    sku_id: Id
    price: Price
    currency: Currency
    min_quantity: Units = 1
    valid_from: Day | None = Field(None, description="today, if left out")
    valid_to: Day | None = None
    supplier_sku: Annotated[str, Field(max_length=64)] | None = None
    min_order_quantity: Units | None = None
    order_multiple: Units | None = None
    lead_time_days: Days | None = None


class ItemChange(InputSchema):
    supplier_id: Id
    sku_id: Id
    supplier_sku: Annotated[str, Field(max_length=64)] | None = None
    min_order_quantity: Units | None = None
    order_multiple: Units | None = None
    lead_time_days: Days | None = None
    is_active: bool | None = None


class PriceEnd(InputSchema):
    valid_to: Day | None = Field(description="the last day; before the first: the price is removed")


def _rows(_actor: Actor, filters: PriceFilters) -> QuerySet[Any, Any]:
    found = price_rows()
    today = clock.today()
    if filters.q:
        found = found.filter(Q(item__sku__code__istartswith=filters.q) | Q(item__supplier_sku=filters.q))
    if filters.supplier is not None:
        found = found.filter(item__supplier_id=filters.supplier)
    if filters.sku is not None:
        found = found.filter(item__sku_id=filters.sku)
    if filters.current is not None:
        holds = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        found = found.filter(holds if filters.current else ~holds)
    return found


PRICES = ListDefinition(
    name="supplier_prices",
    title="Prices of suppliers",
    filters=PriceFilters,
    row=PriceListRow,
    columns=(
        Column("item.supplier.code", _("Supplier")),
        Column("item.supplier.name", _("Name")),
        Column("item.sku.code", _("SKU")),
        Column("item.sku.name", _("Product")),
        Column("supplier_sku", _("Supplier's article")),
        Column("min_quantity", _("From quantity")),
        Column("price", _("Price")),
        Column("currency", _("Currency")),
        Column("valid_from", _("Valid from")),
        Column("valid_to", _("Valid until")),
        Column("min_order_quantity", _("Least quantity")),
        Column("order_multiple", _("In multiples of")),
        Column("lead_time_days", _("Lead time (days)")),
    ),
    sorts={"id": "id", "valid_from": "valid_from", "price": "price"},
    default_sort="-id",
    query=_rows,
)
router.list("/supplier-prices", PRICES, permission="purchasing.price.view")


@router.post(
    "/supplier-prices",
    permission="purchasing.price.manage",
    response=Created,
    status=201,
    summary="Enter a price, with the article that it is of",
)
def price_post(request: ApiRequest, payload: PriceIn) -> Created:
    """Ends the price before it that held until further notice. The same first day changes that price."""
    _require_known(payload.supplier_id, payload.sku_id)
    valid_from = payload.valid_from or clock.today()
    if payload.valid_to is not None and payload.valid_to < valid_from:
        text = str(_("The last day lies before the first."))
        raise InvalidInput(text, problems=[Problem(text, code="bad_span", loc="valid_to", field="valid_to")])
    item = services.ItemRow(
        payload.supplier_id,
        payload.sku_id,
        supplier_sku=payload.supplier_sku,
        min_order_quantity=payload.min_order_quantity,
        order_multiple=payload.order_multiple,
        lead_time_days=payload.lead_time_days,
    )
    written = services.prices_save(
        rows=[
            services.PriceRow(
                item, payload.price, payload.currency, valid_from, payload.valid_to, payload.min_quantity
            )
        ]
    )
    return Created(id=written.item_ids[item.key])


@router.patch(
    "/supplier-items", permission="purchasing.price.manage", summary="Change how a supplier sells an article"
)
def item_patch(request: ApiRequest, payload: ItemChange) -> None:
    """Least quantity, multiple, lead time, its own code; ``is_active`` false: nothing is bought there any more."""
    _require_known(payload.supplier_id, payload.sku_id)
    services.items_save(items=[services.ItemRow(**payload.model_dump())])


@router.post(
    "/supplier-prices/{price_id}/end", permission="purchasing.price.manage", summary="Let a price end"
)
def price_end_post(request: ApiRequest, price_id: int, payload: PriceEnd) -> None:
    services.price_end(price_id=price_id, valid_to=payload.valid_to)


def _require_known(supplier_id: int, sku_id: int) -> None:
    from hecang.catalog.selectors import skus_by_id
    from hecang.partners.selectors import suppliers_by_id

    problems = []
    if supplier_id not in suppliers_by_id([supplier_id]):
        problems.append(
            Problem(str(_("There is no such supplier.")), code="unknown_supplier", loc="supplier_id")
        )
    if sku_id not in skus_by_id([sku_id]):
        problems.append(Problem(str(_("There is no such SKU.")), code="unknown_sku", loc="sku_id"))
    if problems:
        raise InvalidInput(problems[0].message, problems=problems)
