"""The buyer's page, open to whoever holds a link; and what staff set and pass on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from hecang.kernel.api import PUBLIC, ApiRequest, ApiRouter, Id, InputSchema, Moment, Schema
from hecang.portal.models import DeliveryWish
from hecang.portal.selectors.page import order_page
from hecang.portal.selectors.wishes import wish_of
from hecang.portal.services import asking, links, shops

router = ApiRouter(tag="portal")

Token = Annotated[str, Field(min_length=16, max_length=64)]
Tail = Annotated[str, Field(pattern=r"^[0-9]{4}$", description="last four digits of the recipient's phone")]


class BuyerItemOut(Schema):
    name: str
    quantity: int
    shipped: int
    cancelled: int


class BuyerScanOut(Schema):
    at: Moment
    status: str
    text: str
    place: str


class BuyerParcelOut(Schema):
    number: str
    carrier: str
    waybill: str
    status: str
    shipped_at: Moment | None
    expected_at: Moment | None
    delivered_at: Moment | None
    items: list[BuyerItemOut]
    scans: list[BuyerScanOut]


class BuyerPageOut(Schema):
    """An order as its buyer sees it: nothing in clear that the link's holder would not know."""

    number: str
    shop: str
    contact: str
    placed_at: Moment
    step: str
    is_cancelling: bool
    recipient: str = Field(description="masked")
    expected_at: Moment | None
    promised_at: Moment | None
    items: list[BuyerItemOut]
    parcels: list[BuyerParcelOut]
    wish: dict[str, str]
    cancel: str = Field(description="why it cannot be cancelled here; empty where it can")
    address: str = Field(description="why the address cannot be changed here; empty where it can")
    wishes: bool


class TrackAddressBody(InputSchema):
    phone_tail: Tail
    name: str = Field("", max_length=100)
    region_code: str = Field("", max_length=6)
    address: str = Field("", max_length=300)


class TrackCancelBody(InputSchema):
    phone_tail: Tail
    reason: str = Field("", max_length=200)


class TrackHelpBody(InputSchema):
    phone_tail: Tail
    text: str = Field(min_length=1, max_length=500)


class TrackWishBody(InputSchema):
    code: DeliveryWish.Code
    note: str = Field("", max_length=100)


class TrackCancelledOut(Schema):
    result: str = Field(description="``cancelled``, or ``requested`` where the warehouse has to answer")


@router.get("/track/{token}", permission=PUBLIC, response=BuyerPageOut, summary="An order, for its buyer")
def track_get(request: ApiRequest, token: Token) -> dict[str, Any]:
    return asdict(order_page(links.link_open(token).order_id))


@router.post(
    "/track/{token}/address", permission=PUBLIC, response=BuyerPageOut, summary="Send my order elsewhere"
)
def track_address(request: ApiRequest, token: Token, payload: TrackAddressBody) -> dict[str, Any]:
    held = links.link_open(token)
    given = payload.model_dump(exclude={"phone_tail"})
    asking.address_change(held=held, tail=payload.phone_tail, recipient=given)
    return asdict(order_page(held.order_id))


@router.post(
    "/track/{token}/cancel", permission=PUBLIC, response=TrackCancelledOut, summary="Cancel my order"
)
def track_cancel(request: ApiRequest, token: Token, payload: TrackCancelBody) -> TrackCancelledOut:
    held = links.link_open(token)
    return TrackCancelledOut(result=asking.cancel(held=held, tail=payload.phone_tail, reason=payload.reason))


@router.post("/track/{token}/help", permission=PUBLIC, summary="Ask the shop for help with my order")
def track_help(request: ApiRequest, token: Token, payload: TrackHelpBody) -> None:
    asking.help_ask(held=links.link_open(token), tail=payload.phone_tail, text=payload.text)


@router.post(
    "/track/{token}/wish", permission=PUBLIC, response=BuyerPageOut, summary="Say how I want my parcel"
)
def track_wish(request: ApiRequest, token: Token, payload: TrackWishBody) -> dict[str, Any]:
    held = links.link_open(token)
    asking.wish_save(held=held, code=payload.code.value, note=payload.note)
    return asdict(order_page(held.order_id))


# ---------------------------------------------------------------- staff


class TrackLinkOut(Schema):
    address: str


class PortalPolicyBody(InputSchema):
    is_on: bool = True
    may_cancel: bool = False
    may_change_address: bool = False
    may_wish: bool = True
    contact: str = Field("", max_length=200)


class PortalPolicyOut(Schema):
    is_on: bool
    may_cancel: bool
    may_change_address: bool
    may_wish: bool
    contact: str


@router.post(
    "/orders/{order_id}/tracking-link",
    permission="portal.link.create",
    response=TrackLinkOut,
    summary="The buyer's page of an order, to pass on",
)
def tracking_link(request: ApiRequest, order_id: Id) -> TrackLinkOut:
    return TrackLinkOut(address=links.link_make(order_id=order_id))


@router.post(
    "/orders/{order_id}/tracking-link/revoke",
    permission="portal.link.create",
    response=TrackLinkOut,
    summary="Make the present link worthless; a new one",
)
def tracking_link_revoke(request: ApiRequest, order_id: Id) -> TrackLinkOut:
    return TrackLinkOut(address=links.link_revoke(order_id=order_id))


class DeliveryWishOut(Schema):
    code: str = Field(description="empty where the buyer said nothing")
    note: str
    at: Moment | None
    has_link: bool = Field(description="a buyer's page of the order is in force")


@router.get(
    "/orders/{order_id}/delivery-wish",
    permission="portal.link.view",
    response=DeliveryWishOut,
    summary="How the buyer wants the parcel",
)
def delivery_wish(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    return asdict(wish_of(request.actor, order_id))


@router.get(
    "/shops/{shop_id}/portal",
    permission="portal.policy.view",
    response=PortalPolicyOut,
    summary="What buyers of a shop may do on their page",
)
def policy_get(request: ApiRequest, shop_id: Id) -> dict[str, Any]:
    request.actor.scope.require(shop=shop_id)
    return asdict(shops.policy_of(shop_id))


@router.put(
    "/shops/{shop_id}/portal",
    permission="portal.policy.change",
    response=PortalPolicyOut,
    summary="Say what buyers of a shop may do on their page",
)
def policy_put(request: ApiRequest, shop_id: Id, payload: PortalPolicyBody) -> dict[str, Any]:
    shops.policy_save(shop_id=shop_id, policy=shops.ShopPolicy(**payload.model_dump()))
    return asdict(shops.policy_of(shop_id))
