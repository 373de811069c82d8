"""The floor plan: map, generated layouts, walks."""

from __future__ import annotations

import functools
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _t
from pydantic import Field

from hecang.facility.api.base import Grams, Millimetres, router
from hecang.facility.layouts import LayoutSpec, ZoneSpec
from hecang.facility.selectors import layout_geometry, locations_resolve, maps
from hecang.facility.services import layout_generate
from hecang.kernel.api import ApiRequest, InputSchema, Schema
from hecang.kernel.errors import InvalidInput, Problem

Count = Annotated[int, Field(ge=0, le=1000)]
Some = Annotated[int, Field(ge=1, le=1000)]
Spacing = Annotated[int, Field(ge=100, le=50_000, description="mm")]


class ZoneMap(Schema):
    id: int | None
    code: str
    name: str
    kind: str
    temperature: str
    x_mm: int
    y_mm: int
    width_mm: int
    depth_mm: int


class AisleMap(Schema):
    id: int | None
    zone: str
    number: int
    x_mm: int
    y_from_mm: int
    y_to_mm: int
    width_mm: int


class CrossAisleMap(Schema):
    zone: str
    number: int
    x_from_mm: int
    x_to_mm: int
    y_mm: int


class LocationColumns(Schema):
    """One array for each column, all of the same length: a location is one position in all of them."""

    id: list[int] = Field(description="empty in a dry run")
    code: list[str]
    kind: list[int] = Field(description="position in `kinds`")
    level: list[int]
    x_mm: list[int] = Field(description="centre")
    y_mm: list[int] = Field(description="centre")
    width_mm: list[int] = Field(description="along x")
    depth_mm: list[int] = Field(description="along y")
    is_active: list[bool]


class MapOut(Schema):
    """Millimetres; x to the right, y away from the front."""

    version: int
    width_mm: int
    depth_mm: int
    depot: tuple[int, int] | None = Field(description="where walks begin and end: (x, y)")
    zones: list[ZoneMap]
    aisles: list[AisleMap]
    cross_aisles: list[CrossAisleMap]
    kinds: list[str]
    locations: LocationColumns


class ZoneIn(InputSchema):
    code: Annotated[str, Field(min_length=1, max_length=8, pattern=r"^[A-Za-z0-9]+$")]
    name: str = Field("", max_length=100)
    temperature: str = Field("ambient", pattern="^(ambient|chilled|frozen)$")
    aisles: Annotated[int, Field(ge=1, le=500)] = 10
    blocks: Annotated[int, Field(ge=1, le=50, description="there is one cross-aisle more")] = 2
    bays_per_block: Annotated[int, Field(ge=1, le=500, description="on each side of an aisle")] = 15
    levels: Annotated[int, Field(ge=1, le=50)] = 4
    pick_levels: Annotated[
        int, Field(ge=0, le=50, description="levels from the floor that are picked from")
    ] = 2
    bay_width_mm: Spacing = 1200
    rack_depth_mm: Spacing = 1000
    aisle_width_mm: Spacing = 2500
    cross_aisle_width_mm: Spacing = 3000
    level_height_mm: Spacing = 1500
    max_weight_g: Grams | None = 500_000


class LayoutIn(InputSchema):
    zones: Annotated[list[ZoneIn], Field(min_length=1, max_length=50, description="from left to right")]
    front_depth_mm: Annotated[Millimetres, Field(ge=3000, le=200_000)] = 12_000
    docks: Count = 2
    staging: Some = 2
    pack_stations: Count = 4
    replace: bool = Field(False, description="remove what is there; only while nothing names its locations")
    dry_run: bool = Field(False, description="answer what would be made, write nothing")


class LayoutOut(Schema):
    counts: dict[str, int] = Field(description="new locations by kind")
    map: MapOut = Field(description="what is new, for a preview")


class WalkOut(Schema):
    length_mm: int
    path: list[tuple[int, int]] = Field(description="corners (x, y) in mm")


@router.get(
    "/warehouses/{warehouse_id}/map",
    permission="facility.warehouse.view",
    response=MapOut,
    summary="The floor plan",
)
def warehouse_map(request: ApiRequest, warehouse_id: int) -> HttpResponse:
    """Answers 304 to ``If-None-Match`` with the ETag of the plan as it is."""
    request.actor.scope.require(warehouse=warehouse_id)
    version = layout_geometry(warehouse_id).version
    etag = f'"{warehouse_id}-{version}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(_map_json(warehouse_id, version), content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@functools.lru_cache(maxsize=8)
def _map_json(warehouse_id: int, version: int) -> bytes:
    """The plan as sent; about 50 bytes a location."""
    return MapOut(**maps.map_of(warehouse_id, version)).model_dump_json().encode()


@router.post(
    "/warehouses/{warehouse_id}/layout",
    permission="facility.layout.manage",
    response=LayoutOut,
    summary="Lay out aisles, racks and stations from parameters",
)
def warehouse_layout(request: ApiRequest, warehouse_id: int, payload: LayoutIn) -> dict[str, Any]:
    """New zones stand to the right of those that are there. Docks, staging, stations and special places are
    made with the first layout only."""
    request.actor.scope.require(warehouse=warehouse_id)
    values = payload.model_dump(exclude={"zones", "replace", "dry_run"})
    spec = LayoutSpec(zones=tuple(ZoneSpec(**zone.model_dump()) for zone in payload.zones), **values)
    result = layout_generate(
        warehouse_id=warehouse_id, spec=spec, replace=payload.replace, dry_run=payload.dry_run
    )
    return {"counts": result.plan.counts(), "map": maps.map_of_plan(result.plan, result.version)}


@router.get(
    "/warehouses/{warehouse_id}/walk",
    permission="facility.location.view",
    response=WalkOut,
    summary="The shortest walk through locations",
)
def warehouse_walk(
    request: ApiRequest,
    warehouse_id: int,
    stops: Annotated[
        str, Field(max_length=4000, description="location codes in their order, with commas")
    ] = "",
    from_depot: bool = False,
    to_depot: bool = False,
) -> WalkOut:
    request.actor.scope.require(warehouse=warehouse_id)
    codes = [code for code in (one.strip() for one in stops.split(",")) if code]
    geometry = layout_geometry(warehouse_id)
    found = locations_resolve(warehouse_id, codes)
    problems = [
        Problem(
            _t("The warehouse has no location “%(code)s”.") % {"code": code},
            code="unknown_location",
            loc="query.stops",
        )
        for code in dict.fromkeys(codes)
        if code not in found or found[code].is_virtual
    ]
    if problems:
        raise InvalidInput(_t("Not all of these are locations one can walk to."), problems=problems)
    route = geometry.route([found[code].id for code in codes], from_depot=from_depot, to_depot=to_depot)
    return WalkOut(length_mm=route.length_mm, path=route.points)
