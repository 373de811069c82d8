"""What is wanted: suggestions from shortages, requests, and the way from them to orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from hecang.catalog.selectors import skus_by_id
from hecang.inventory.models import SupplySuggestion
from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Day,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)
from hecang.partners.selectors import suppliers_by_id
from hecang.purchasing import services
from hecang.purchasing.api.base import Number, Reason, Units, router
from hecang.purchasing.models import PurchaseRequest, PurchaseRequestState
from hecang.purchasing.selectors.lists import request_rows, suggestion_rows
from hecang.purchasing.selectors.offers import Offer, offers_find
from hecang.purchasing.selectors.policy import policy_now
from hecang.purchasing.selectors.suggestions import suggestions_uncovered
from hecang.purchasing.services.planning import Plan, Wish, purchase_plan

Choice = Literal["cheapest", "fastest"]
SomeIds = Annotated[list[Id], Field(max_length=1000)]

# ---------------------------------------------------------------- suggestions


class PurchaseOfferOut(Schema):
    """What one supplier would deliver: rounded up to its least quantity and multiple."""

    supplier_id: int
    supplier_code: str
    supplier_name: str
    supplier_sku: str
    quantity: int
    price: Decimal
    currency: str
    amount: Decimal
    lead_time_days: int
    arrives_on: Day
    min_order_quantity: int
    order_multiple: int


class PurchaseSuggestionRow(Schema):
    id: int
    sku: Ref
    owner: Ref
    warehouse: Ref
    source: str = Field(description="purchase, or transfer where another warehouse has some")
    quantity: int
    on_order: int = Field(description="of it, what is on order already, drafts too")
    uncovered: int
    order_count: int
    waiting_since: Moment
    offer: PurchaseOfferOut | None = Field(
        description="the best by the policy; null where nobody has a price"
    )


class SuggestionFilters(Schema):
    source: SupplySuggestion.Source | None = None
    warehouse: Id | None = None
    owner: Id | None = None
    sku: Id | None = None


def _suggestions(actor: Actor, filters: SuggestionFilters) -> QuerySet[Any, Any]:
    found = suggestion_rows(actor)
    for name in ("source", "warehouse", "owner", "sku"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{name: value})
    return found


def _offered(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is on order already, and the best offer for the rest. Three statements for a page."""
    covered = {one.id: one for one in suggestions_uncovered([row["id"] for row in rows])}
    wants = [
        (row["sku_id"], covered[row["id"]].uncovered or row["quantity"]) if row["id"] in covered else (0, 1)
        for row in rows
    ]
    offers = offers_find(wants, policy_now())
    return [
        {
            **row,
            "on_order": covered[row["id"]].on_order if row["id"] in covered else 0,
            "uncovered": covered[row["id"]].uncovered if row["id"] in covered else 0,
            "offer": found[0] if found else None,
        }
        for row, found in zip(rows, offers, strict=True)
    ]


SUGGESTIONS = ListDefinition(
    name="purchase_suggestions",
    title="What is to be bought",
    filters=SuggestionFilters,
    row=PurchaseSuggestionRow,
    columns=(
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("warehouse.code", _("Warehouse")),
        Column("quantity", _("Short")),
        Column("on_order", _("On order")),
        Column("uncovered", _("To be bought")),
        Column("offer.supplier_code", _("Supplier")),
        Column("offer.quantity", _("Order quantity")),
        Column("offer.price", _("Price")),
        Column("waiting_since", _("Waiting since")),
    ),
    sorts={"id": "id", "quantity": "quantity", "waiting_since": "waiting_since"},
    default_sort="waiting_since",
    query=_suggestions,
    enrich=_offered,
)
router.list("/purchase-suggestions", SUGGESTIONS, permission="purchasing.request.view")

# ---------------------------------------------------------------- requests


class RequestLine(Schema):
    order: Number


class PurchaseRequestRow(Schema):
    id: int
    number: str
    state: str
    source: str
    sku: Ref
    owner: Ref
    warehouse: Ref
    supplier: Ref | None
    quantity: int
    needed_on: Day | None
    note: str
    requested_by: str
    created_at: Moment
    suggestion_id: int | None
    order_line: RequestLine | None


class RequestFilters(Schema):
    q: str | None = Field(None, max_length=64, description="number of a request, or code of a SKU")
    state: PurchaseRequestState | None = None
    source: PurchaseRequest.Source | None = None
    warehouse: Id | None = None
    owner: Id | None = None
    supplier: Id | None = None
    sku: Id | None = None


class PurchaseRequestIn(InputSchema):
    sku_id: Id
    owner_id: Id
    warehouse_id: Id
    quantity: Units
    needed_on: Day | None = None
    supplier_id: Id | None = Field(None, description="left out: the best by the price lists")
    note: Reason = ""


class RequestsIn(InputSchema):
    requests: Annotated[list[PurchaseRequestIn], Field(min_length=1, max_length=1000)]


class IdsOut(Schema):
    ids: list[int]


class RequestsCancelIn(InputSchema):
    ids: Ids
    note: Reason = ""


def _requests(actor: Actor, filters: RequestFilters) -> QuerySet[Any, Any]:
    from django.db.models import Q

    found = request_rows(actor)
    if filters.q:
        found = found.filter(Q(number__istartswith=filters.q) | Q(sku__code=filters.q))
    for name in ("state", "source", "warehouse", "owner", "supplier", "sku"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{name: value})
    return found


REQUESTS = ListDefinition(
    name="purchase_requests",
    title="Purchase requests",
    filters=RequestFilters,
    row=PurchaseRequestRow,
    columns=(
        Column("number", _("Request")),
        Column("state", _("State")),
        Column("source", _("Source")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("warehouse.code", _("Warehouse")),
        Column("quantity", _("Quantity")),
        Column("needed_on", _("Needed on")),
        Column("supplier.code", _("Supplier")),
        Column("order_line.order.number", _("Order")),
        Column("requested_by", _("By")),
        Column("created_at", _("Created at")),
    ),
    sorts={"id": "id", "quantity": "quantity", "needed_on": "needed_on"},
    default_sort="-id",
    query=_requests,
)


class NoFilters(Schema):
    warehouse: Id | None = None


@router.get(
    "/purchase-requests/counts",
    permission="purchasing.request.view",
    response=CountsOut,
    summary="Requests on each tab",
)
def purchase_requests_counts(request: ApiRequest, filters: Query[NoFilters]) -> dict[str, Any]:
    rows = request_rows(request.actor)
    if filters.warehouse is not None:
        rows = rows.filter(warehouse=filters.warehouse)
    return state_counts(rows, [str(state) for state in PurchaseRequestState])


router.list("/purchase-requests", REQUESTS, permission="purchasing.request.view")


@router.post(
    "/purchase-requests",
    permission="purchasing.request.create",
    response=IdsOut,
    status=201,
    summary="Ask for goods to be bought",
)
def purchase_requests_post(request: ApiRequest, payload: RequestsIn) -> IdsOut:
    return IdsOut(
        ids=services.requests_create(
            requests=[services.RequestIn(**one.model_dump()) for one in payload.requests]
        )
    )


@router.post(
    "/purchase-requests/cancel", permission="purchasing.request.cancel", summary="Give up open requests"
)
def purchase_requests_cancel(request: ApiRequest, payload: RequestsCancelIn) -> None:
    services.requests_cancel(request_ids=payload.ids, note=payload.note)


# ---------------------------------------------------------------- from wishes to orders


class Chosen(InputSchema):
    sku_id: Id
    supplier_id: Id


class BuyIn(InputSchema):
    suggestions: SomeIds = Field(default_factory=list)
    requests: SomeIds = Field(default_factory=list)
    choice: Choice | None = Field(None, description="left out: as the policy says")
    suppliers: Annotated[list[Chosen], Field(max_length=1000)] = Field(
        default_factory=list, description="where a person chose another supplier than the best"
    )


class BuyNowIn(BuyIn):
    send: bool = Field(False, description="submit, and send what is approved by that")


class PlannedLineOut(Schema):
    sku: Ref
    wanted: int
    offer: PurchaseOfferOut
    is_late: bool
    offers: list[PurchaseOfferOut]


class PlannedOrderOut(Schema):
    supplier: Ref
    owner_id: int
    warehouse_id: int
    currency: str
    amount: Decimal
    is_below_minimum: bool
    min_order_amount: Decimal | None
    lines: list[PlannedLineOut]


class Unplanned(Schema):
    sku: Ref
    quantity: int


class PlanOut(Schema):
    orders: list[PlannedOrderOut]
    unplanned: list[Unplanned] = Field(description="nobody has a price for these")


class BoughtOut(Schema):
    order_id: int
    number: str
    state: str
    missing: list[str] = Field(description="roles whose approval it waits for")
    way: str
    message: str


class BoughtAllOut(Schema):
    orders: list[BoughtOut]


@router.post(
    "/purchasing/plan",
    permission="purchasing.request.view",
    response=PlanOut,
    summary="Which orders would be made of suggestions and requests; writes nothing",
)
def purchasing_plan_post(request: ApiRequest, payload: BuyIn) -> dict[str, Any]:
    wishes = _wishes(request.actor, payload)
    plan = purchase_plan(
        wishes=wishes, policy=policy_now(), choice=payload.choice, suppliers=_chosen(payload.suppliers)
    )
    return _plan_out(plan, {wish.key: wish for wish in wishes})


@router.post(
    "/purchasing/buy",
    permission="purchasing.order.create",
    response=BoughtAllOut,
    summary="Make orders of suggestions and requests, and send them if asked to",
)
def purchasing_buy_post(request: ApiRequest, payload: BuyNowIn) -> dict[str, Any]:
    if payload.send:
        request.actor.require("purchasing.order.submit")
        request.actor.require("purchasing.order.send")
    return {
        "orders": services.purchases_make(
            suggestion_ids=payload.suggestions,
            request_ids=payload.requests,
            choice=payload.choice,
            suppliers=_chosen(payload.suppliers),
            send=payload.send,
        )
    }


def _chosen(suppliers: list[Chosen]) -> dict[int, int]:
    return {one.sku_id: one.supplier_id for one in suppliers}


def _wishes(actor: Actor, payload: BuyIn) -> list[Wish]:
    """Suggestions have negative keys, so that they differ from requests."""
    wishes = [
        Wish(-one.id, one.sku_id, one.owner_id, one.warehouse_id, one.uncovered)
        for one in suggestions_uncovered(payload.suggestions)
        if one.uncovered
    ]
    rows = request_rows(actor).filter(pk__in=payload.requests, state=PurchaseRequestState.OPEN)
    wishes += [
        Wish(
            row["id"], row["sku__id"], row["owner__id"], row["warehouse__id"], row["quantity"], row["supplier__id"],
            row["needed_on"],
        )
        for row in rows.order_by("pk")
    ]  # fmt: skip
    return wishes


def _plan_out(plan: Plan, wishes: dict[int, Wish]) -> dict[str, Any]:
    lines = [line for order in plan.orders for line in order.lines]
    skus = skus_by_id({line.sku_id for line in lines} | {wishes[key].sku_id for key in plan.unplanned})
    suppliers = suppliers_by_id({order.supplier_id for order in plan.orders})
    return {
        "orders": [
            {
                "supplier": suppliers[order.supplier_id],
                "owner_id": order.owner_id,
                "warehouse_id": order.warehouse_id,
                "currency": order.currency,
                "amount": order.amount,
                "is_below_minimum": order.is_below_minimum,
                "min_order_amount": order.lines[0].offer.min_order_amount,
                "lines": [
                    {
                        "sku": skus[line.sku_id],
                        "wanted": line.wanted,
                        "offer": line.offer,
                        "is_late": line.is_late,
                        "offers": _by_supplier(line.offers),
                    }
                    for line in order.lines
                ],
            }
            for order in plan.orders
        ],
        "unplanned": [
            {"sku": skus[wishes[key].sku_id], "quantity": wishes[key].quantity} for key in plan.unplanned
        ],
    }


def _by_supplier(offers: list[Offer]) -> list[Offer]:
    return list({one.supplier_id: one for one in reversed(offers)}.values())[::-1]
