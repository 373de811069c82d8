"""Pick faces, replenishment and consolidation."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.facility.selectors import warehouses_by_id
from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
)
from hecang.kernel.errors import NotFound
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.models import Replenishment
from hecang.stockkeeping.selectors.replenishing import (
    face_enrich,
    face_rows,
    places_named,
    replenishment_counts,
    replenishment_enrich,
    replenishment_rows,
)
from hecang.stockkeeping.services.carrying import (
    replenishment_confirm,
    replenishment_replan,
    replenishments_cancel,
)
from hecang.stockkeeping.services.consolidating import consolidation_preview, consolidation_start
from hecang.stockkeeping.services.faces import (
    FaceIn,
    pick_faces_drop,
    pick_faces_infer,
    pick_faces_save,
    pick_faces_suggest,
)
from hecang.stockkeeping.services.replenishing import (
    replenishment_ask,
    replenishments_plan,
    replenishments_preview,
)

FACE_VIEW, FACE_CHANGE = "stockkeeping.pick_face.view", "stockkeeping.pick_face.change"
VIEW, PLAN, WORK = (
    "stockkeeping.replenishment.view",
    "stockkeeping.replenishment.plan",
    "stockkeeping.replenishment.work",
)
Units = Annotated[int, Field(ge=0, le=1_000_000_000)]


class PlaceRef(Schema):
    id: int
    code: str


class FaceOut(Schema):
    id: int
    warehouse: Ref
    location: PlaceRef
    sku: Ref
    owner: Ref
    min_quantity: int
    max_quantity: int
    multiple: int
    is_fixed: bool
    is_active: bool
    suggested_min: int | None
    suggested_max: int | None
    daily_outflow: Decimal
    suggested_at: Moment | None
    on_hand: int
    free: int = Field(description="sellable and not allocated")
    coming: int = Field(description="on its way")
    reserve: int = Field(description="sellable units outside of pick faces")
    demand: int = Field(description="promised to orders and not allocated yet")


class FaceFilters(Schema):
    warehouse: Id | None = None
    owner: Id | None = None
    sku: Id | None = None
    q: str = Field("", max_length=64, description="beginning of a place, or a product")
    is_fixed: bool | None = None
    is_active: bool | None = True


FACES = ListDefinition(
    name="pick_faces",
    title="Pick faces",
    filters=FaceFilters,
    row=FaceOut,
    columns=(
        Column("warehouse.code", _("Warehouse")),
        Column("location.code", _("Location")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("owner.code", _("Owner")),
        Column("min_quantity", _("Minimum")),
        Column("max_quantity", _("Maximum")),
        Column("multiple", _("Multiple")),
        Column("free", _("Free")),
        Column("coming", _("On its way")),
        Column("reserve", _("In reserve")),
        Column("demand", _("Wanted")),
        Column("suggested_min", _("Suggested minimum")),
        Column("suggested_max", _("Suggested maximum")),
        Column("daily_outflow", _("Picked a day")),
        Column("is_fixed", _("Set by people")),
    ),
    sorts={"location": "location__code", "sku": "sku__code", "outflow": "daily_outflow", "id": "id"},
    default_sort="location",
    query=lambda actor, filters: face_rows(actor, **filters.model_dump()),
    enrich=lambda _actor, rows: face_enrich(rows),
)
router.list("/pick-faces", FACES, permission=FACE_VIEW)


class FaceRowIn(InputSchema):
    location_id: Id
    sku_id: Id
    owner_id: Id
    min_quantity: Units
    max_quantity: Units
    multiple: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    is_active: bool = True


class FacesIn(InputSchema):
    faces: list[FaceRowIn] = Field(min_length=1, max_length=1000)


class Done(Schema):
    ids: list[int] = Field(default_factory=list)
    count: int


@router.put("/pick-faces", permission=FACE_CHANGE, response=Done, summary="Set pick faces")
def pick_faces_put(request: ApiRequest, payload: FacesIn) -> Done:
    ids = pick_faces_save(faces=[FaceIn(**face.model_dump()) for face in payload.faces])
    return Done(ids=ids, count=len(ids))


class IdsIn(InputSchema):
    ids: Ids


@router.post("/pick-faces/drop", permission=FACE_CHANGE, response=Done, summary="Take pick faces out of use")
def pick_faces_drop_post(request: ApiRequest, payload: IdsIn) -> Done:
    return Done(count=pick_faces_drop(face_ids=payload.ids))


class OfWarehouseIn(InputSchema):
    warehouse_id: Id


def _warehouse(request: ApiRequest, warehouse_id: int) -> int:
    """A warehouse that there is and that the caller may see. Raises NotFound."""
    request.actor.scope.require(warehouse=warehouse_id)
    if warehouse_id not in warehouses_by_id([warehouse_id]):
        raise NotFound(gettext("There is no such warehouse, or it lies outside your data scope."))
    return warehouse_id


@router.post(
    "/pick-faces/find",
    permission=FACE_CHANGE,
    response=Done,
    summary="Describe pick faces in which goods lie",
)
def pick_faces_find_post(request: ApiRequest, payload: OfWarehouseIn) -> Done:
    ids = pick_faces_infer(warehouse_id=_warehouse(request, payload.warehouse_id))
    return Done(ids=ids, count=len(ids))


class SuggestIn(OfWarehouseIn):
    ids: list[Id] | None = Field(None, max_length=1000, description="these faces; all if not given")
    take: bool = Field(False, description="set minimum and maximum, of faces set by people too")


@router.post(
    "/pick-faces/suggest",
    permission=FACE_CHANGE,
    response=Done,
    summary="Work out minimum and maximum from what was picked",
)
def pick_faces_suggest_post(request: ApiRequest, payload: SuggestIn) -> Done:
    key = _warehouse(request, payload.warehouse_id)
    return Done(count=pick_faces_suggest(warehouse_id=key, face_ids=payload.ids, take=payload.take))


@router.post(
    "/pick-faces/take-suggestion", permission=FACE_CHANGE, response=Done, summary="Take suggestions over"
)
def pick_faces_take_post(request: ApiRequest, payload: IdsIn) -> Done:
    places = {row["warehouse__id"] for row in face_rows(request.actor).filter(id__in=payload.ids)}
    return Done(
        count=sum(
            pick_faces_suggest(warehouse_id=one, face_ids=payload.ids, take=True) for one in sorted(places)
        )
    )


# ---------------------------------------------------------------- replenishment


class ReplenishmentOut(Schema):
    id: int
    state: str
    cause: str
    warehouse: Ref
    sku: Ref
    owner: Ref
    lot_code: str | None
    from_location: PlaceRef
    to_location: PlaceRef
    quantity: int
    moved: int
    ended_by: str
    due_at: Moment | None
    wave_id: int | None
    task_state: str
    worker: str
    created_by: str
    created_at: Moment
    done_by: str
    done_at: Moment | None


class ReplenishmentFilters(Schema):
    tab: Literal["open", "done", "cancelled", "all"] | None = None
    warehouse: Id | None = None
    sku: Id | None = None
    cause: list[Replenishment.Cause] = Field(default_factory=list, max_length=5)
    q: str = Field("", max_length=64, description="beginning of a place, or a product")


REPLENISHMENTS = ListDefinition(
    name="replenishments",
    title="Replenishments",
    filters=ReplenishmentFilters,
    row=ReplenishmentOut,
    columns=(
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name")),
        Column("cause", _("Cause")),
        Column("from_location.code", _("From")),
        Column("to_location.code", _("To")),
        Column("lot_code", _("Lot")),
        Column("quantity", _("Quantity")),
        Column("moved", _("Moved")),
        Column("due_at", _("Due")),
        Column("worker", _("Worker")),
        Column("ended_by", _("Ended by")),
        Column("done_at", _("Done")),
    ),
    sorts={"id": "id", "due_at": "due_at", "quantity": "quantity"},
    default_sort="-id",
    query=lambda actor, filters: replenishment_rows(actor, **filters.model_dump()),
    enrich=lambda _actor, rows: replenishment_enrich(rows),
)


@router.get(
    "/replenishments/counts", permission=VIEW, response=CountsOut, summary="Replenishments on each tab"
)
def replenishments_counts(request: ApiRequest, warehouse: Id | None = None) -> dict[str, Any]:
    return {"counts": replenishment_counts(request.actor, warehouse)}


class CarryOut(Schema):
    face_id: int
    sku: Ref
    from_location: PlaceRef
    to_location: PlaceRef
    quantity: int
    cause: str


class PreviewOut(Schema):
    items: list[CarryOut]


@router.get(
    "/replenishments/preview", permission=VIEW, response=PreviewOut, summary="What planning would do now"
)
def replenishments_preview_get(request: ApiRequest, warehouse_id: Id, top_up: bool = False) -> dict[str, Any]:
    carries = replenishments_preview(warehouse_id=_warehouse(request, warehouse_id), top_up=top_up)
    skus, places = places_named(
        {one.face.sku_id for one in carries},
        {place for one in carries for place in (one.source.location_id, one.face.location_id)},
    )
    return {
        "items": [
            {
                "face_id": one.face.id, "sku": skus[one.face.sku_id], "from_location": places[one.source.location_id],
                "to_location": places[one.face.location_id], "quantity": one.units, "cause": one.cause,
            }
            for one in carries
        ]
    }  # fmt: skip


router.list("/replenishments", REPLENISHMENTS, permission=VIEW)


class PlanIn(OfWarehouseIn):
    top_up: bool = False


@router.post("/replenishments/plan", permission=PLAN, response=Done, summary="Plan what faces need")
def replenishments_plan_post(request: ApiRequest, payload: PlanIn) -> Done:
    ids = replenishments_plan(warehouse_id=_warehouse(request, payload.warehouse_id), top_up=payload.top_up)
    return Done(ids=ids, count=len(ids))


class AskIn(InputSchema):
    face_id: Id
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None


@router.post("/replenishments/ask", permission=PLAN, response=Done, summary="Bring goods to a face now")
def replenishment_ask_post(request: ApiRequest, payload: AskIn) -> Done:
    ids = replenishment_ask(face_id=payload.face_id, quantity=payload.quantity)
    return Done(ids=ids, count=len(ids))


@router.post("/replenishments/cancel", permission=PLAN, response=Done, summary="Drop replenishments")
def replenishments_cancel_post(request: ApiRequest, payload: IdsIn) -> Done:
    return Done(count=replenishments_cancel(replenishment_ids=payload.ids))


class ConfirmIn(InputSchema):
    quantity: Units
    from_stock_id: Id | None = Field(None, description="taken from this stock row instead")
    is_short: bool = Field(False, description="the rest is not there")
    serials: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=1000)


class CarriedOut(Schema):
    moved: int
    left: int
    ended: bool
    movement_id: int | None = None
    again: list[int]


@router.post(
    "/replenishments/{replenishment_id}/confirm",
    permission=WORK,
    response=CarriedOut,
    summary="Goods lie at the face",
)
def replenishment_confirm_post(request: ApiRequest, replenishment_id: int, payload: ConfirmIn) -> Any:
    return replenishment_confirm(replenishment_id=replenishment_id, **payload.model_dump())


@router.post(
    "/replenishments/{replenishment_id}/replan",
    permission=WORK,
    response=Done,
    summary="Orders took the goods: plan anew from what there is",
)
def replenishment_replan_post(request: ApiRequest, replenishment_id: int) -> Done:
    ids = replenishment_replan(replenishment_id=replenishment_id)
    return Done(ids=list(ids), count=len(ids))


# ---------------------------------------------------------------- consolidation


class MergeOut(Schema):
    stock_id: int
    sku: Ref
    from_location: PlaceRef
    to_location: PlaceRef
    quantity: int


class MergesOut(Schema):
    items: list[MergeOut]


@router.get(
    "/consolidation", permission=VIEW, response=MergesOut, summary="Scattered remains that could lie together"
)
def consolidation_get(request: ApiRequest, warehouse_id: Id, least_places: int = 3) -> dict[str, Any]:
    merges = consolidation_preview(
        warehouse_id=_warehouse(request, warehouse_id), least_places=max(2, min(20, least_places))
    )
    skus, places = places_named(
        {one.sku_id for one in merges},
        {place for one in merges for place in (one.from_location_id, one.to_location_id)},
    )
    return {
        "items": [
            {
                "stock_id": one.stock_id, "sku": skus[one.sku_id], "from_location": places[one.from_location_id],
                "to_location": places[one.to_location_id], "quantity": one.quantity,
            }
            for one in merges
        ]
    }  # fmt: skip


class ConsolidateIn(OfWarehouseIn):
    stock_ids: Ids
    least_places: Annotated[int, Field(ge=2, le=20)] = 3


@router.post("/consolidation", permission=PLAN, response=Done, summary="Put these moves into the pool")
def consolidation_post(request: ApiRequest, payload: ConsolidateIn) -> Done:
    _warehouse(request, payload.warehouse_id)
    ids = consolidation_start(**payload.model_dump())
    return Done(ids=ids, count=len(ids))
