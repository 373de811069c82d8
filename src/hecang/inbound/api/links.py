"""Links of suppliers and carriers: seen, made anew, revoked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from ninja import Query
from pydantic import Field

from hecang.inbound.api.announcements import InboundLinkOut
from hecang.inbound.api.base import router
from hecang.inbound.selectors.links import links_listed
from hecang.inbound.services import links
from hecang.kernel.api import ApiRequest, Id, Moment, Ref, Schema

PERMISSION = "inbound.asn.link"


class InboundLinkRow(Schema):
    """A link: of a supplier for one warehouse and owner, or for the carrier of one announcement."""

    id: int
    state: Literal["active", "expired", "revoked"]
    address: str = Field(description="to be passed on; empty unless it is active")
    warehouse: Ref
    owner: Ref
    supplier: Ref | None
    asn_id: int | None
    asn_number: str
    carrier: str
    created_by: str
    created_at: Moment = Field(description="when the present address was made")
    last_used_at: Moment | None = Field(description="when it was opened last, to the hour")
    expires_at: Moment


class InboundLinksOut(Schema):
    items: list[InboundLinkRow]


class InboundLinkFilters(Schema):
    supplier_id: Id | None = None
    asn_id: Id | None = None
    warehouse_id: Id | None = None
    carriers: bool = Field(False, description="only of carriers, of announcements that are still to come")


@router.get(
    "/inbound-links",
    permission=PERMISSION,
    response=InboundLinksOut,
    summary="Links of suppliers and carriers, those that open first, at most 200",
)
def inbound_links(request: ApiRequest, filters: Query[InboundLinkFilters]) -> dict[str, Any]:
    return {"items": [asdict(one) for one in links_listed(request.actor, **filters.model_dump())]}


@router.post(
    "/inbound-links/{link_id}/replace",
    permission=PERMISSION,
    response=InboundLinkOut,
    summary="Another address for a link; the present one opens nothing any more",
)
def inbound_link_replace(request: ApiRequest, link_id: int) -> Any:
    return links.link_replace(link_id=link_id)


@router.post(
    "/inbound-links/{link_id}/revoke", permission=PERMISSION, summary="Make a link's address worthless"
)
def inbound_link_revoke(request: ApiRequest, link_id: int) -> None:
    links.link_end(link_id=link_id)
