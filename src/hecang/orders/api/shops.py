"""Shops and the rules that their orders are audited by."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import Field

from hecang.kernel.actor import Actor
from hecang.kernel.api import ApiRequest, Column, InputSchema, ListDefinition, Ref, Schema
from hecang.orders.api.base import SplitPolicy, router
from hecang.orders.errors import ShopNotFound
from hecang.orders.models import Freedom, Shop
from hecang.orders.services.shops import shop_change, shop_create

Limit = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class ShopFilters(Schema):
    q: str = Field("", max_length=64)
    is_active: bool | None = None


class ShopOut(Schema):
    id: int
    code: str
    name: str
    channel: Ref
    owner: Ref
    currency: str
    allow_partial: bool
    amount_limit: Decimal | None
    duplicate_hours: int
    hold_remarks: bool
    auto_approve: bool
    merge_policy: str
    merge_hours: int
    split_by: list[str]
    split_weight_g: int | None
    split_volume_mm3: int | None
    gifts_wait: bool
    substitute_policy: str
    ticket_address: bool
    ticket_requests: bool
    is_active: bool


class ShopRulesBody(InputSchema):
    """Only what is given is changed."""

    name: str | None = Field(None, min_length=1, max_length=100)
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    allow_partial: bool | None = Field(None, description="ship what is there and backorder the rest")
    amount_limit: Limit | None = Field(None, description="hold orders above this; null for no limit")
    duplicate_hours: int | None = Field(None, ge=0, le=720, description="0 turns the check off")
    hold_remarks: bool | None = None
    auto_approve: bool | None = None
    merge_policy: Freedom | None = Field(None, description="orders of one recipient travel as one")
    merge_hours: int | None = Field(None, ge=0, le=720)
    split_by: list[SplitPolicy] | None = Field(
        None, max_length=6, description="what approved orders are split by"
    )
    split_weight_g: int | None = Field(None, ge=1, le=2_000_000_000, description="null for no limit")
    split_volume_mm3: int | None = Field(None, ge=1, le=10**15, description="null for no limit")
    gifts_wait: bool | None = Field(None, description="missing gifts are backordered, not left out")
    substitute_policy: Freedom | None = Field(None, description="what is short is replaced")
    ticket_address: bool | None = Field(None, description="incomplete addresses open tickets")
    ticket_requests: bool | None = Field(None, description="what buyers want on the platform opens tickets")
    is_active: bool | None = None


class ShopBody(ShopRulesBody):
    code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_.-]+$")
    name: str = Field(min_length=1, max_length=100)
    channel: str = Field(
        min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_.-]+$", description="code of the channel"
    )
    channel_name: str = Field("", max_length=100, description="where the channel is new")
    owner: str = Field(min_length=1, max_length=32, description="code of the owner")


_ROW = (
    "id", "code", "name", "channel__id", "channel__code", "channel__name", "owner__id", "owner__code", "owner__name",
    "currency", "allow_partial", "amount_limit", "duplicate_hours", "hold_remarks", "auto_approve", "merge_policy",
    "merge_hours", "split_by", "split_weight_g", "split_volume_mm3", "gifts_wait", "substitute_policy", "ticket_address",
    "ticket_requests", "is_active",
)  # fmt: skip


def _rows(actor: Actor, filters: ShopFilters) -> Any:
    shops = Shop.objects.all()
    if actor.scope.shops is not None:
        shops = shops.filter(id__in=actor.scope.shops)
    if actor.scope.owners is not None:
        shops = shops.filter(owner_id__in=actor.scope.owners)
    if filters.is_active is not None:
        shops = shops.filter(is_active=filters.is_active)
    if filters.q:
        shops = shops.filter(Q(code__istartswith=filters.q) | Q(name__icontains=filters.q))
    return shops.values(*_ROW)


SHOPS = ListDefinition(
    name="shops",
    filters=ShopFilters,
    row=ShopOut,
    columns=(
        Column("code", _lazy("Shop")),
        Column("name", _lazy("Name")),
        Column("channel.name", _lazy("Channel")),
        Column("owner.code", _lazy("Owner")),
        Column("is_active", _lazy("Active")),
    ),
    sorts={"code": "code", "name": "name"},
    default_sort="code",
    query=_rows,
)
router.list("/shops", SHOPS, permission="orders.shop.view")


@router.get("/shops/{shop_id}", permission="orders.shop.view", response=ShopOut, summary="One shop")
def shop_get(request: ApiRequest, shop_id: int) -> dict[str, Any]:
    return _one(request.actor, shop_id)


@router.post("/shops", permission="orders.shop.manage", response=ShopOut, status=201, summary="Make a shop")
def shop_post(request: ApiRequest, payload: ShopBody) -> dict[str, Any]:
    given = payload.model_dump(exclude_unset=True)
    return _one(request.actor, shop_create(**given), anywhere=True)


@router.patch(
    "/shops/{shop_id}", permission="orders.shop.manage", response=ShopOut, summary="Change a shop's rules"
)
def shop_patch(request: ApiRequest, shop_id: int, payload: ShopRulesBody) -> dict[str, Any]:
    changes = payload.model_dump(exclude_unset=True)
    for field in list(changes.keys() - {"amount_limit", "split_weight_g", "split_volume_mm3"}):
        if changes[field] is None:
            del changes[field]
    shop_change(shop_id=shop_id, changes=changes)
    return _one(request.actor, shop_id)


def _one(actor: Actor, shop_id: int, *, anywhere: bool = False) -> dict[str, Any]:
    """One shop; ``anywhere`` also outside the scope, for whoever has just made it."""
    shops = Shop.objects.values(*_ROW) if anywhere else _rows(actor, ShopFilters(q=""))
    row = shops.filter(pk=shop_id).first()
    if row is None:
        raise ShopNotFound(_("There is no such shop, or it lies outside your data scope."))
    for name in ("channel", "owner"):
        row[name] = {key: row.pop(f"{name}__{key}") for key in ("id", "code", "name")}
    return dict(row)
