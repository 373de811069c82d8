"""Operations on tasks: the list, one task with its history, and what is done with many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field, model_validator

from hecang.kernel.api import (
    ApiRequest,
    BulkOut,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Ref,
    Schema,
    capped_counts,
)
from hecang.kernel.api.bulk import BulkItem
from hecang.work import services
from hecang.work.api.base import router
from hecang.work.models import TaskKind, TaskState
from hecang.work.selectors import lists
from hecang.work.services import Outcome

VIEW = "work.task.view"
WORK = "work.task.work"
MANAGE = "work.task.manage"
Tab = Literal["standing", "open", "held", "late", "mine", "done", "cancelled"]
Note = Annotated[str, Field(max_length=200)]
Priority = Annotated[int, Field(ge=1, le=999)]


class TaskPerson(Schema):
    id: int
    username: str
    display_name: str


class TaskCode(Schema):
    id: int
    code: str


class PoolTaskSku(TaskCode):
    name: str


class PoolTaskRow(Schema):
    id: int
    kind: str
    state: str
    warehouse: Ref
    zone: TaskCode | None
    priority: int
    due_at: Moment | None
    ready_at: Moment | None
    is_late: bool
    from_location: TaskCode | None
    to_location: TaskCode | None
    sku: PoolTaskSku | None
    container: TaskCode | None
    quantity: int
    skill: str
    equipment: str
    est_seconds: int
    #: What it is about, such as ``batch`` and its id.
    subject_kind: str
    subject_id: int
    note: str
    assignee: TaskPerson | None
    assigned_at: Moment | None
    lease_until: Moment | None
    started_at: Moment | None
    #: Worked on it, until now where somebody does.
    worked_seconds: int
    done_at: Moment | None
    done_by: str
    created_by: str
    created_at: Moment


class TaskEventOut(Schema):
    id: int
    at: Moment
    event: str
    actor: str
    user: TaskPerson | None
    data: dict[str, Any]


class PoolTaskOut(PoolTaskRow):
    events: list[TaskEventOut]
    #: Steps that its state allows.
    actions: list[str]


class TaskTabs(Schema):
    warehouse_id: int | None = Field(None, ge=1, le=2**63 - 1)


class TaskFilters(TaskTabs):
    tab: Tab | None = None
    state: list[TaskState] = Field(default_factory=list, max_length=6)
    kind: list[TaskKind] = Field(default_factory=list, max_length=9)
    zone_id: int | None = Field(None, ge=1, le=2**63 - 1)
    assignee_id: int | None = Field(None, ge=1, le=2**63 - 1)
    subject_kind: str = Field("", max_length=32)
    subject_id: int | None = Field(None, ge=1, le=2**63 - 1)
    q: str = Field("", max_length=64, description="number of the task, beginning of its note, or a place")


TASKS = ListDefinition(
    name="tasks",
    title="Tasks",
    filters=TaskFilters,
    row=PoolTaskRow,
    columns=(
        Column("id", _("Task")),
        Column("kind", _("Kind")),
        Column("state", _("State")),
        Column("priority", _("Priority")),
        Column("due_at", _("Due")),
        Column("zone.code", _("Zone")),
        Column("from_location.code", _("From")),
        Column("to_location.code", _("To")),
        Column("sku.code", _("SKU")),
        Column("quantity", _("Units")),
        Column("note", _("Note")),
        Column("assignee.username", _("Worker")),
        Column("assigned_at", _("Assigned")),
        Column("started_at", _("Started")),
        Column("est_seconds", _("Expected (s)")),
        Column("worked_seconds", _("Worked (s)")),
        Column("done_at", _("Done")),
        Column("done_by", _("Done by")),
        Column("created_at", _("Created")),
    ),
    sorts={
        "id": "id",
        "priority": "priority",
        "due_at": "due_at",
        "created_at": "created_at",
        "done_at": "done_at",
    },
    default_sort="-id",
    query=lambda actor, filters: lists.task_rows(
        actor,
        tab=filters.tab,
        warehouse_id=filters.warehouse_id,
        states=filters.state,
        kinds=filters.kind,
        zone_id=filters.zone_id,
        assignee_id=filters.assignee_id,
        subject_kind=filters.subject_kind,
        subject_id=filters.subject_id,
        q=filters.q,
    ),
    enrich=lambda _actor, rows: lists.task_enrich(rows),
)


@router.get("/tasks/counts", permission=VIEW, response=CountsOut, summary="Tasks on each tab")
def pool_tasks_counts(request: ApiRequest, filters: Query[TaskTabs]) -> dict[str, Any]:
    return {"counts": capped_counts(lists.tabs(request.actor, filters.warehouse_id))}


router.list("/tasks", TASKS, permission=VIEW, export_permission="work.task.export")


@router.get("/tasks/{task_id}", permission=VIEW, response=PoolTaskOut, summary="One task with its history")
def pool_task_get(request: ApiRequest, task_id: int) -> dict[str, Any]:
    return lists.task_detail(request.actor, task_id)


# ---------------------------------------------------------------- what a worker does


class TasksIn(InputSchema):
    ids: Ids
    note: Note = ""


class TaskNextIn(InputSchema):
    warehouse_id: Id
    #: Only of these kinds; all that the worker does if none is named.
    kinds: Annotated[list[TaskKind], Field(max_length=9)] = Field(default_factory=list)


class TaskNextOut(Schema):
    task: PoolTaskOut | None


@router.post(
    "/tasks/next",
    permission=WORK,
    response=TaskNextOut,
    summary="Claim the next task: the best that fits and is near",
)
def pool_task_next(request: ApiRequest, payload: TaskNextIn) -> dict[str, Any]:
    kinds = [kind.value for kind in payload.kinds] or None
    task = services.task_claim_next(warehouse_id=payload.warehouse_id, kinds=kinds)
    return {"task": None if task is None else lists.task_detail(request.actor, task.id)}


def told(outcomes: Sequence[Outcome]) -> BulkOut:
    return BulkOut(
        results=[BulkItem(id=one.task_id, ok=one.ok, code=one.code, message=one.message) for one in outcomes]
    )


@router.post("/tasks/claim", permission=WORK, response=BulkOut, summary="Take tasks for myself")
def pool_tasks_claim(request: ApiRequest, payload: TasksIn) -> BulkOut:
    return told(services.tasks_claim(task_ids=payload.ids))


@router.post("/tasks/start", permission=WORK, response=BulkOut, summary="Begin tasks, claiming open ones")
def pool_tasks_start(request: ApiRequest, payload: TasksIn) -> BulkOut:
    return told(services.tasks_start(task_ids=payload.ids))


@router.post("/tasks/pause", permission=WORK, response=BulkOut, summary="Stop working on tasks but keep them")
def pool_tasks_pause(request: ApiRequest, payload: TasksIn) -> BulkOut:
    return told(services.tasks_pause(task_ids=payload.ids, note=payload.note))


@router.post("/tasks/resume", permission=WORK, response=BulkOut, summary="Go on with paused tasks")
def pool_tasks_resume(request: ApiRequest, payload: TasksIn) -> BulkOut:
    return told(services.tasks_resume(task_ids=payload.ids))


@router.post("/tasks/release", permission=WORK, response=BulkOut, summary="Give tasks back to the pool")
def pool_tasks_release(request: ApiRequest, payload: TasksIn) -> BulkOut:
    return told(services.tasks_release(task_ids=payload.ids, note=payload.note))


class TasksHandOverIn(TasksIn):
    user_id: Id


@router.post(
    "/tasks/hand-over",
    permission=WORK,
    response=BulkOut,
    summary="Give tasks to somebody else: one's own, or any for who manages tasks",
)
def pool_tasks_hand_over(request: ApiRequest, payload: TasksHandOverIn) -> BulkOut:
    return told(services.tasks_hand_over(task_ids=payload.ids, user_id=payload.user_id, note=payload.note))


# ---------------------------------------------------------------- what a manager does


class TasksReprioritiseIn(TasksIn):
    priority: Priority | None = None
    due_at: Moment | None = None

    @model_validator(mode="after")
    def something(self) -> TasksReprioritiseIn:
        if self.priority is None and self.due_at is None:
            raise ValueError("say a priority, a due time, or both")
        return self


@router.post(
    "/tasks/reprioritise", permission=MANAGE, response=BulkOut, summary="Change how urgent tasks are"
)
def pool_tasks_reprioritise(request: ApiRequest, payload: TasksReprioritiseIn) -> BulkOut:
    return told(
        services.tasks_reprioritise(
            task_ids=payload.ids, priority=payload.priority, due_at=payload.due_at, note=payload.note
        )
    )


@router.post(
    "/tasks/cancel",
    permission=MANAGE,
    response=BulkOut,
    summary="Take tasks out of the pool; refused where the document behind them has to be cancelled",
)
def pool_tasks_cancel(request: ApiRequest, payload: TasksIn) -> BulkOut:
    return told(services.tasks_cancel(task_ids=payload.ids, note=payload.note))
