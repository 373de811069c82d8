"""The router that the modules of this package fill, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field

from hecang.inventory.models import Stock
from hecang.inventory.services.posting import LocationFacts, location_facts
from hecang.kernel.actor import Scope
from hecang.kernel.api import ApiRouter, Id, Ref, Schema
from hecang.kernel.errors import NotFound

router = ApiRouter(tag="inventory")

Units = Annotated[int, Field(ge=1, le=1_000_000_000)]
Note = Annotated[str, Field(max_length=200)]


class SkuRef(Ref):
    base_unit: str | None = None


class LocationRef(Schema):
    id: int
    code: str
    kind: str | None = None
    is_virtual: bool | None = None


class ContainerRef(Schema):
    id: int
    code: str


class WhereFilters(Schema):
    """Filters that all lists of stock share."""

    q: str | None = Field(
        None, max_length=64, description="any part of a SKU's code or name, or a whole barcode"
    )
    warehouse: list[Id] | None = Field(None, max_length=100)
    owner: list[Id] | None = Field(None, max_length=100)
    sku: Id | None = None


class Posted(Schema):
    #: Entries of the ledger; null where nothing had to be posted.
    movement_ids: list[int | None]


class WaitingRef(Schema):
    id: int
    number: str


class WaitingOut(Schema):
    #: Stock changes that wait for another person; nothing was posted.
    waiting: list[WaitingRef]


def stock_within(ids: Iterable[int], scope: Scope) -> Mapping[int, Stock]:
    """Stock rows by id. Raises NotFound if one does not exist or lies outside of the scope."""
    wanted = set(ids)
    found = {row.id: row for row in Stock.objects.filter(id__in=wanted)}
    if wanted - set(found):
        raise NotFound(_("There is no such stock row."), data={"stock_ids": sorted(wanted - set(found))})
    for row in found.values():
        scope.require(warehouse=row.warehouse_id, owner=row.owner_id)
    return found


def locations_within(ids: Iterable[int], scope: Scope) -> Mapping[int, LocationFacts]:
    """Facts of locations by id. Raises NotFound if one does not exist or lies outside of the scope."""
    wanted = set(ids)
    found = location_facts(wanted)
    if wanted - set(found):
        raise NotFound(_("There is no such location."), data={"location_ids": sorted(wanted - set(found))})
    for facts in found.values():
        scope.require(warehouse=facts.warehouse_id)
    return found
