"""Pre-sale campaigns and the table of substitutes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, Id, InputSchema, ListDefinition, Moment, Ref, Schema
from hecang.kernel.api.bulk import BulkOut
from hecang.kernel.errors import NotFound
from hecang.orders.api.base import many, router
from hecang.orders.models import PresaleCampaign
from hecang.orders.selectors.substitutes import substitutes_rows
from hecang.orders.services import presale_change, presale_create, presale_release
from hecang.orders.services.substitutes import substitute_remove, substitute_set

Money = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
Units = Annotated[int, Field(ge=1, le=10**12)]
Title = Annotated[str, Field(min_length=1, max_length=100)]
SkuCode = Annotated[str, Field(min_length=1, max_length=64)]


class PresaleFilters(Schema):
    q: str = Field("", max_length=64)
    shop: Id | None = None
    is_active: bool | None = None


class PresaleOut(Schema):
    id: int
    code: str
    name: str
    shop: Ref
    sku: Ref
    quantity_limit: int
    claimed: int
    waiting: int = Field(description="orders that wait for their release")
    starts_at: Moment
    ends_at: Moment
    ship_after: Moment
    deposit: Decimal
    is_active: bool


class PresaleBody(InputSchema):
    code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_.-]+$")
    name: Title
    shop_id: Id
    sku: SkuCode
    quantity_limit: Units
    starts_at: Moment
    ends_at: Moment
    ship_after: Moment
    deposit: Money = Decimal(0)


class PresaleChangeBody(InputSchema):
    """Only what is given is changed."""

    name: Title | None = None
    quantity_limit: Units | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    ship_after: Moment | None = None
    deposit: Money | None = None
    is_active: bool | None = None


class PresaleReleaseBody(InputSchema):
    limit: int = Field(100, ge=1, le=500, description="orders that are looked at, those that paid first")


class SubstituteFilters(Schema):
    q: str = Field("", max_length=64)
    is_active: bool | None = None


class SubstituteOut(Schema):
    id: int
    sku: Ref
    substitute: Ref
    shop: Ref | None
    ratio: int
    priority: int
    needs_consent: bool
    is_active: bool


class SubstituteRowBody(InputSchema):
    sku: SkuCode
    substitute: SkuCode
    shop_id: Id | None = None
    ratio: int = Field(1, ge=1, le=10_000, description="units of the substitute for one of the SKU")
    priority: int = Field(100, ge=0, le=32767)
    needs_consent: bool = True
    is_active: bool = True


_ROW = (
    "id", "code", "name", "shop__id", "shop__code", "shop__name", "sku__id", "sku__code", "sku__name",
    "quantity_limit", "claimed", "starts_at", "ends_at", "ship_after", "deposit", "is_active",
)  # fmt: skip


def _presales(actor: Actor, filters: PresaleFilters) -> Any:
    rows = PresaleCampaign.objects.all()
    if actor.scope.shops is not None:
        rows = rows.filter(shop_id__in=actor.scope.shops)
    if filters.shop:
        rows = rows.filter(shop_id=filters.shop)
    if filters.is_active is not None:
        rows = rows.filter(is_active=filters.is_active)
    if filters.q:
        rows = rows.filter(
            Q(code__istartswith=filters.q)
            | Q(name__icontains=filters.q)
            | Q(sku__code__istartswith=filters.q)
        )
    return rows.values(*_ROW)


def _waiting(_actor: Actor, rows: Any) -> Any:
    """How many orders of each campaign wait. One query."""
    waiting = (
        PresaleCampaign.objects.filter(
            id__in=[row["id"] for row in rows], claims__line__order__awaits_release=True
        )
        .values("id")
        .annotate(orders=Count(F("claims__line__order"), distinct=True))
    )
    counts = dict(waiting.values_list("id", "orders"))
    for row in rows:
        row["waiting"] = counts.get(row["id"], 0)
    return rows


PRESALES = ListDefinition(
    name="presales",
    filters=PresaleFilters,
    row=PresaleOut,
    columns=(
        Column("code", _lazy("Pre-sale")),
        Column("name", _lazy("Name")),
        Column("shop.code", _lazy("Shop")),
        Column("sku.code", _lazy("SKU")),
        Column("quantity_limit", _lazy("Limit")),
        Column("claimed", _lazy("Sold")),
        Column("waiting", _lazy("Orders waiting")),
        Column("ship_after", _lazy("Ships from")),
    ),
    sorts={"ship_after": "ship_after", "code": "code"},
    default_sort="-ship_after",
    query=_presales,
    enrich=_waiting,
)
router.list(
    "/presales", PRESALES, permission="orders.presale.view", export_permission="orders.presale.export"
)


@router.post("/presales", permission="orders.presale.manage", response=PresaleOut, status=201,
             summary="Make a pre-sale")  # fmt: skip
def presale_post(request: ApiRequest, payload: PresaleBody) -> dict[str, Any]:
    return _presale(request.actor, presale_create(**payload.model_dump()))


@router.patch("/presales/{campaign_id}", permission="orders.presale.manage", response=PresaleOut,
              summary="Change a pre-sale")  # fmt: skip
def presale_patch(request: ApiRequest, campaign_id: int, payload: PresaleChangeBody) -> dict[str, Any]:
    given = {key: value for key, value in payload.model_dump(exclude_unset=True).items() if value is not None}
    presale_change(campaign_id=campaign_id, changes=given)
    return _presale(request.actor, campaign_id)


@router.post("/presales/{campaign_id}/release", permission="orders.presale.release", response=BulkOut,
             summary="Turn waiting orders into normal demand, those that paid first")  # fmt: skip
def presale_release_post(request: ApiRequest, campaign_id: int, payload: PresaleReleaseBody) -> BulkOut:
    return many(presale_release(campaign_id=campaign_id, limit=payload.limit))


def _presale(actor: Actor, campaign_id: int) -> dict[str, Any]:
    row = _presales(actor, PresaleFilters(q="")).filter(pk=campaign_id).first()
    if row is None:
        raise NotFound(_("There is no such pre-sale."))
    return _refs(_waiting(actor, [row])[0], "shop", "sku")


def _refs(row: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        row[name] = {key: row.pop(f"{name}__{key}") for key in ("id", "code", "name")}
    return row


def _substitutes(actor: Actor, filters: SubstituteFilters) -> Any:
    return substitutes_rows(actor, q=filters.q, is_active=filters.is_active)


SUBSTITUTES = ListDefinition(
    name="substitutes",
    filters=SubstituteFilters,
    row=SubstituteOut,
    columns=(
        Column("sku.code", _lazy("SKU")),
        Column("substitute.code", _lazy("Substitute")),
        Column("shop.code", _lazy("Shop")),
        Column("ratio", _lazy("Units for one")),
        Column("priority", _lazy("Priority")),
        Column("needs_consent", _lazy("Customer has to agree")),
        Column("is_active", _lazy("Active")),
    ),
    sorts={"sku": "sku__code", "priority": "priority"},
    default_sort="sku",
    query=_substitutes,
)
router.list("/substitutes", SUBSTITUTES, permission="orders.substitute.view",
            export_permission="orders.substitute.export")  # fmt: skip


@router.post("/substitutes", permission="orders.substitute.manage", response=SubstituteOut, status=201,
             summary="Allow a SKU in place of another one, or change how")  # fmt: skip
def substitute_post(request: ApiRequest, payload: SubstituteRowBody) -> dict[str, Any]:
    key = substitute_set(**payload.model_dump())
    row: dict[str, Any] = substitutes_rows(request.actor).get(pk=key)
    made = _refs(dict(row), "sku", "substitute", "shop")
    made["shop"] = made["shop"] if made["shop"]["id"] is not None else None
    return made


@router.delete("/substitutes/{substitute_id}", permission="orders.substitute.manage",
               summary="Take a substitute out of the table")  # fmt: skip
def substitute_delete(request: ApiRequest, substitute_id: int) -> None:
    substitute_remove(substitute_id=substitute_id)
