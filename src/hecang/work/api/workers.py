"""Operations on workers and their shifts."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    Column,
    Id,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
)
from hecang.work import services
from hecang.work.api.base import router
from hecang.work.api.tasks import TaskCode, TaskPerson
from hecang.work.models import TaskKind
from hecang.work.selectors import workers

VIEW = "work.worker.view"
MANAGE = "work.worker.manage"
Skill = Annotated[str, Field(min_length=1, max_length=32)]
Skills = Annotated[list[Skill], Field(max_length=50)]


class WorkerUser(TaskPerson):
    is_active: bool


class WorkerShift(Schema):
    id: int
    name: str


class WorkerRow(Schema):
    id: int
    user: WorkerUser
    warehouse: Ref
    skills: list[str]
    equipment: list[str]
    kinds: list[str]
    home_zone: TaskCode | None
    is_on_shift: bool
    on_shift_since: Moment | None
    #: The hours that they usually work.
    shift: WorkerShift | None
    shift_ends_at: Moment | None
    on_break_since: Moment | None
    last_location: TaskCode | None
    last_seen_at: Moment | None
    #: Tasks that they have now.
    held: int


class WorkerFilters(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)
    is_on_shift: bool | None = None
    skill: list[str] = Field(default_factory=list, max_length=10)
    q: str = Field("", max_length=64)


WORKERS = ListDefinition(
    name="workers",
    title="Workers",
    filters=WorkerFilters,
    row=WorkerRow,
    columns=(
        Column("user.username", _("User")),
        Column("user.display_name", _("Name")),
        Column("warehouse.code", _("Warehouse")),
        Column("is_on_shift", _("On shift")),
        Column("on_shift_since", _("On shift since")),
        Column("shift.name", _("Shift")),
        Column("shift_ends_at", _("Shift ends")),
        Column("skills", _("Skills")),
        Column("equipment", _("Equipment")),
        Column("kinds", _("Kinds")),
        Column("home_zone.code", _("Home zone")),
        Column("last_location.code", _("Last seen at place")),
        Column("last_seen_at", _("Last seen")),
        Column("held", _("Tasks")),
    ),
    sorts={"username": "user__username", "last_seen_at": "last_seen_at", "id": "user_id"},
    default_sort="username",
    query=lambda actor, filters: workers.worker_rows(
        actor,
        warehouse_id=filters.warehouse_id,
        is_on_shift=filters.is_on_shift,
        skills=filters.skill,
        q=filters.q,
    ),
    enrich=lambda _actor, rows: workers.worker_enrich(rows),
)
router.list("/workers", WORKERS, permission=VIEW)


class SkillsOut(Schema):
    skills: list[str]
    equipment: list[str]


@router.get(
    "/workers/skills", permission=VIEW, response=SkillsOut, summary="Skills and equipment that are spoken of"
)
def worker_skills(request: ApiRequest) -> dict[str, Any]:
    return workers.skills_known(request.actor)


class CandidatesOut(Schema):
    items: list[TaskPerson]


@router.get(
    "/workers/candidates", permission=VIEW, response=CandidatesOut, summary="Who could work on the floor"
)
def worker_candidates(request: ApiRequest) -> dict[str, Any]:
    return {"items": workers.candidates()}


class WorkerSaveIn(InputSchema):
    warehouse_id: Id
    skills: Skills = Field(default_factory=list)
    equipment: Skills = Field(default_factory=list)
    kinds: Annotated[list[TaskKind], Field(max_length=9)] = Field(default_factory=list)
    home_zone_id: Id | None = None
    shift_id: Id | None = None


@router.put("/workers/{user_id}", permission=MANAGE, summary="Say what somebody can do")
def worker_put(request: ApiRequest, user_id: int, payload: WorkerSaveIn) -> None:
    services.worker_save(
        worker=services.WorkerIn(
            user_id=user_id,
            warehouse_id=payload.warehouse_id,
            skills=tuple(payload.skills),
            equipment=tuple(payload.equipment),
            kinds=tuple(kind.value for kind in payload.kinds),
            home_zone_id=payload.home_zone_id,
            shift_id=payload.shift_id,
        )
    )
