"""Locations: list, enter, change."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.facility.api.base import Coordinate, Grams, LocationCode, Millimetres, Sequence32, given, router
from hecang.facility.models import Location
from hecang.facility.selectors import lists, locations_by_id
from hecang.facility.services import LocationRow, location_change, locations_change, locations_upsert
from hecang.kernel.api import ApiRequest, Column, Id, Ids, InputSchema, ListDefinition, Ref, Schema
from hecang.kernel.errors import NotFound

PhysicalKind = Literal[
    "pick_face", "reserve", "staging", "pack_station", "dock", "returns", "quarantine", "damaged"
]
ZoneCode = Annotated[str, Field(min_length=1, max_length=16)]
AisleNumber = Annotated[int, Field(ge=1, le=10_000)]
Level = Annotated[int, Field(ge=1, le=100)]


class AisleRef(Schema):
    id: int
    number: int


class LocationOut(Schema):
    id: int
    code: str
    kind: str
    warehouse: Ref
    zone: Ref
    aisle: AisleRef | None
    side: str
    level: int
    x_mm: int
    y_mm: int
    width_mm: int
    depth_mm: int
    height_mm: int
    max_weight_g: int | None
    pick_sequence: int
    is_active: bool


class LocationFilters(Schema):
    warehouse_id: Id | None = None
    zone_id: Id | None = None
    kind: list[Location.Kind] | None = Field(None, max_length=13)
    q: str | None = Field(None, max_length=32, description="beginning of the code")
    active: bool | None = None
    level: int | None = Field(None, ge=1, le=100)


class LocationIn(InputSchema):
    zone: ZoneCode = Field(description="made where it is missing")
    code: LocationCode
    kind: PhysicalKind = "pick_face"
    aisle: AisleNumber | None = Field(None, description="made where it is missing")
    side: Literal["L", "R", ""] | None = None
    bay: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="place along the aisle, without y"
    )
    level: Level | None = None
    x_mm: Coordinate | None = None
    y_mm: Coordinate | None = None
    width_mm: Millimetres | None = None
    depth_mm: Millimetres | None = None
    height_mm: Millimetres | None = None
    max_weight_g: Grams | None = None
    pick_sequence: Sequence32 | None = None


class LocationsIn(InputSchema):
    locations: Annotated[list[LocationIn], Field(min_length=1, max_length=1000)]
    renumber: bool = Field(False, description="number all locations anew along the walk")


class LocationsOut(Schema):
    ids: list[int] = Field(description="in the order of the request")
    created: int
    updated: int
    unchanged: int


class LocationChange(InputSchema):
    code: LocationCode | None = None
    kind: PhysicalKind | None = None
    is_active: bool | None = None
    pick_sequence: Sequence32 | None = None
    max_weight_g: Grams | None = None
    x_mm: Coordinate | None = None
    y_mm: Coordinate | None = None
    width_mm: Millimetres | None = None
    depth_mm: Millimetres | None = None
    height_mm: Millimetres | None = None


class LocationsChange(InputSchema):
    ids: Ids
    kind: PhysicalKind | None = None
    is_active: bool | None = None


class ChangedOut(Schema):
    changed: int


LOCATIONS = ListDefinition(
    name="locations",
    title="Locations",
    filters=LocationFilters,
    row=LocationOut,
    columns=(
        Column("warehouse.code", _("Warehouse")),
        Column("zone.code", _("Zone")),
        Column("code", _("Code")),
        Column("kind", _("Kind")),
        Column("aisle.number", _("Aisle")),
        Column("side", _("Side")),
        Column("level", _("Level")),
        Column("x_mm", "x (mm)"),
        Column("y_mm", "y (mm)"),
        Column("width_mm", _("Width (mm)")),
        Column("depth_mm", _("Depth (mm)")),
        Column("height_mm", _("Height (mm)")),
        Column("max_weight_g", _("Bears (g)")),
        Column("pick_sequence", _("Pick sequence")),
        Column("is_active", _("Active")),
    ),
    sorts={"code": "code", "pick_sequence": "pick_sequence", "id": "id"},
    default_sort="code",
    query=lambda actor, filters: lists.location_rows(actor.scope.warehouses, **filters.model_dump()),
)
router.list(
    "/locations", LOCATIONS, permission="facility.location.view", export_permission="facility.location.export"
)


@router.post(
    "/warehouses/{warehouse_id}/locations",
    permission="facility.location.create",
    response=LocationsOut,
    summary="Enter or change locations by their codes",
)
def locations_post(request: ApiRequest, warehouse_id: int, payload: LocationsIn) -> LocationsOut:
    """Aisles run along the locations that name them; cross-aisles lie in the gaps that all of them share."""
    request.actor.scope.require(warehouse=warehouse_id)
    rows = [LocationRow(**one.model_dump()) for one in payload.locations]
    result = locations_upsert(warehouse_id=warehouse_id, rows=rows, renumber=payload.renumber)
    return LocationsOut(
        ids=result.ids, created=result.created, updated=result.updated, unchanged=result.unchanged
    )


@router.patch("/locations/{location_id}", permission="facility.location.change", summary="Change a location")
def location_patch(request: ApiRequest, location_id: int, payload: LocationChange) -> None:
    """Goods at a location that is switched off or no longer sold from stop being sellable at once."""
    _require(request, [location_id])
    location_change(location_id=location_id, changes=given(payload, emptiable=frozenset({"max_weight_g"})))


@router.post(
    "/locations/bulk-change",
    permission="facility.location.change",
    response=ChangedOut,
    summary="Change kind or activity of several locations",
)
def locations_bulk_change(request: ApiRequest, payload: LocationsChange) -> ChangedOut:
    """All of one warehouse; all or none."""
    _require(request, payload.ids)
    changes = {key: value for key, value in given(payload).items() if key != "ids"}
    return ChangedOut(changed=locations_change(location_ids=payload.ids, changes=changes))


def _require(request: ApiRequest, ids: list[int]) -> None:
    """Refuse ids that do not exist or lie outside the actor's scope."""
    found = locations_by_id(ids)
    if len(found) < len(set(ids)):
        raise NotFound(_t("There is no such location, or it lies outside your data scope."))
    for warehouse_id in {ref.warehouse_id for ref in found.values()}:
        request.actor.scope.require(warehouse=warehouse_id)
