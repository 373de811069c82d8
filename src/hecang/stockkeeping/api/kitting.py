"""Kit jobs: made, worked off in steps, undone, ended."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    Column,
    CountsOut,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    state_counts,
)
from hecang.stockkeeping.api.base import router
from hecang.stockkeeping.api.changes import ChangeCodeRef
from hecang.stockkeeping.errors_changes import kit_job_missing
from hecang.stockkeeping.models import KitDirection, KitJobState, KitStep
from hecang.stockkeeping.selectors.changes import kit_job_rows, kit_parts, kit_steps
from hecang.stockkeeping.services.kitting import (
    KitJobIn,
    KitStepIn,
    kit_job_cancel,
    kit_job_create,
    kit_job_do,
    kit_step_undo,
)

Kits = Annotated[int, Field(ge=1, le=1_000_000)]


class KitJobFilters(Schema):
    q: str | None = Field(None, max_length=64, description="beginning of the number or of the kit's code")
    state: list[KitJobState] | None = Field(None, max_length=4)
    warehouse: list[Id] | None = Field(None, max_length=100)
    kit: Id | None = None


class KitJobOut(Schema):
    id: int
    number: str
    direction: str
    state: str
    warehouse: Ref
    owner: Ref
    kit: Ref
    quantity: int
    done: int
    from_location: ChangeCodeRef
    to_location: ChangeCodeRef
    note: str
    due_at: Moment | None
    created_by: str
    created_at: Moment
    closed_at: Moment | None


KIT_JOBS = ListDefinition(
    name="kit_jobs",
    title="Kit jobs",
    filters=KitJobFilters,
    row=KitJobOut,
    columns=(
        Column("number", _("Number")),
        Column("direction", _("Direction")),
        Column("state", _("State")),
        Column("warehouse.code", _("Warehouse")),
        Column("owner.code", _("Owner")),
        Column("kit.code", _("Kit")),
        Column("kit.name", _("Name")),
        Column("quantity", _("Quantity")),
        Column("done", _("Done")),
        Column("from_location.code", _("From")),
        Column("to_location.code", _("To")),
        Column("due_at", _("Due at")),
        Column("created_by", _("Created by")),
        Column("created_at", _("Created at")),
        Column("closed_at", _("Closed at")),
        Column("note", _("Note")),
    ),
    sorts={"id": "id", "due_at": "due_at"},
    default_sort="-id",
    query=lambda actor, filters: kit_job_rows(actor, **filters.model_dump()),
)
router.list("/kit-jobs", KIT_JOBS, permission="stockkeeping.kit_job.view")


@router.get(
    "/kit-jobs/counts",
    permission="stockkeeping.kit_job.view",
    response=CountsOut,
    summary="Number of kit jobs in each state",
)
def kit_job_counts(request: ApiRequest, warehouse: Id | None = None) -> Any:
    rows = kit_job_rows(request.actor, warehouse=[warehouse] if warehouse else None)
    return state_counts(rows, KitJobState.values)


class KitPartOut(Schema):
    sku_id: int
    sku: str
    sku_name: str
    unit: str
    quantity: int = Field(description="in one kit")
    is_lot_tracked: bool
    free: int = Field(description="lying free at the place of the job")


class KitStepOut(Schema):
    id: int
    quantity: int
    at: Moment
    actor: str
    undone_at: Moment | None
    undone_by: str


class KitJobDetail(KitJobOut):
    components: list[KitPartOut]
    steps: list[KitStepOut]


def _detail(request: ApiRequest, job_id: int) -> Any:
    rows = [*kit_job_rows(request.actor).filter(id=job_id)]
    if not rows:
        raise kit_job_missing()
    row = KIT_JOBS.finish(request.actor, rows)[0]
    return {**row, "components": kit_parts(job_id), "steps": kit_steps(job_id)}


@router.get(
    "/kit-jobs/{job_id}",
    permission="stockkeeping.kit_job.view",
    response=KitJobDetail,
    summary="A kit job with its components and steps",
)
def kit_job_get(request: ApiRequest, job_id: Id) -> Any:
    return _detail(request, job_id)


class KitJobPost(InputSchema):
    warehouse_id: Id
    owner_id: Id
    kit_id: Id
    quantity: Kits
    from_location_id: Id
    to_location_id: Id | None = None
    direction: KitDirection = KitDirection.ASSEMBLE
    note: str = Field("", max_length=200)
    due_at: Moment | None = None
    key: UUID | None = None


@router.post(
    "/kit-jobs",
    permission="stockkeeping.kit_job.create",
    response=KitJobDetail,
    status=201,
    summary="Make a kit job",
)
def kit_job_post(request: ApiRequest, payload: KitJobPost) -> Any:
    request.actor.scope.require(warehouse=payload.warehouse_id, owner=payload.owner_id)
    job = KitJobIn(**{**payload.model_dump(), "direction": payload.direction.value})
    return _detail(request, kit_job_create(job=job).job_id)


class KitStepPost(InputSchema):
    quantity: Kits
    key: UUID = Field(description="made by the client; a repetition gets the first answer")
    serials: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field([], max_length=1000)
    lot_code: str = Field("", max_length=64)
    expires_on: date | None = None
    lots: dict[int, str] = Field({}, description="component SKU → lot, of a kit that is taken apart")


@router.post(
    "/kit-jobs/{job_id}/steps",
    permission="stockkeeping.kit_job.work",
    response=KitJobDetail,
    summary="Book kits that have been made or taken apart",
)
def kit_job_step(request: ApiRequest, job_id: Id, payload: KitStepPost) -> Any:
    _detail(request, job_id)
    step = KitStepIn(
        job_id,
        payload.quantity,
        payload.key,
        tuple(payload.serials),
        payload.lot_code,
        payload.expires_on,
        payload.lots,
    )
    kit_job_do(step=step)
    return _detail(request, job_id)


@router.post(
    "/kit-jobs/{job_id}/steps/{step_id}/undo",
    permission="stockkeeping.kit_job.work",
    response=KitJobDetail,
    summary="Take a step back",
)
def kit_job_undo(request: ApiRequest, job_id: Id, step_id: Id) -> Any:
    _detail(request, job_id)
    if not KitStep.objects.filter(id=step_id, job_id=job_id).exists():
        raise kit_job_missing()
    kit_step_undo(step_id=step_id)
    return _detail(request, job_id)


class KitCancelIn(InputSchema):
    note: str = Field("", max_length=200)


@router.post(
    "/kit-jobs/{job_id}/cancel",
    permission="stockkeeping.kit_job.cancel",
    response=KitJobDetail,
    summary="End a kit job early",
)
def kit_job_cancel_post(request: ApiRequest, job_id: Id, payload: KitCancelIn) -> Any:
    _detail(request, job_id)
    kit_job_cancel(job_id=job_id, note=payload.note)
    return _detail(request, job_id)
