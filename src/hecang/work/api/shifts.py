"""Operations on shifts: the hours that are planned, and who begins, rests and goes home."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any

from pydantic import Field

from hecang.kernel.api import ApiRequest, Id, InputSchema, Moment, Schema
from hecang.work import services
from hecang.work.api.base import router
from hecang.work.api.tasks import TaskPerson
from hecang.work.api.workers import MANAGE, VIEW
from hecang.work.selectors import shifts

WORK = "work.task.work"


class ShiftBreak(Schema):
    begins_at: time
    ends_at: time


class ShiftTemplateRow(Schema):
    id: int
    warehouse_id: int
    name: str
    begins_at: time
    #: Not after its beginning where it goes over midnight.
    ends_at: time
    breaks: list[ShiftBreak]
    #: Who usually works by it.
    workers: int


class ShiftTemplates(Schema):
    items: list[ShiftTemplateRow]


class ShiftBreakIn(InputSchema):
    begins_at: time
    ends_at: time


class ShiftTemplateSaveIn(InputSchema):
    warehouse_id: Id
    name: Annotated[str, Field(min_length=1, max_length=64)]
    begins_at: time
    ends_at: time
    breaks: Annotated[list[ShiftBreakIn], Field(max_length=8)] = Field(default_factory=list)

    def read(self) -> services.ShiftTemplateIn:
        return services.ShiftTemplateIn(
            self.warehouse_id,
            self.name,
            self.begins_at,
            self.ends_at,
            tuple((one.begins_at, one.ends_at) for one in self.breaks),
        )


class ShiftTemplateMade(Schema):
    id: int


@router.get(
    "/shift-templates",
    permission=VIEW,
    response=ShiftTemplates,
    summary="Hours that are planned in a warehouse",
)
def shift_templates(request: ApiRequest, warehouse_id: int) -> dict[str, Any]:
    return {"items": shifts.templates(warehouse_id)}


@router.post(
    "/shift-templates", permission=MANAGE, response=ShiftTemplateMade, status=201, summary="Plan a shift"
)
def shift_template_post(request: ApiRequest, payload: ShiftTemplateSaveIn) -> dict[str, int]:
    return {"id": services.shift_template_save(template=payload.read())}


@router.put("/shift-templates/{template_id}", permission=MANAGE, summary="Change the hours of a shift")
def shift_template_put(request: ApiRequest, template_id: int, payload: ShiftTemplateSaveIn) -> None:
    services.shift_template_save(template=payload.read(), template_id=template_id)


@router.delete("/shift-templates/{template_id}", permission=MANAGE, summary="Plan a shift no longer")
def shift_template_delete(request: ApiRequest, template_id: int) -> None:
    services.shift_template_delete(template_id=template_id)


class ShiftRest(Schema):
    begins_at: Moment
    ends_at: Moment


class ShiftTask(Schema):
    """A task that I have."""

    id: int
    kind: str
    #: In the reader's language.
    kind_name: str
    state: str
    note: str
    from_code: str
    to_code: str
    sku_code: str
    sku_name: str
    quantity: int


class MyShift(Schema):
    is_on_shift: bool
    since: Moment | None
    ends_at: Moment | None
    on_break_since: Moment | None
    next_break: ShiftRest | None
    tasks: list[ShiftTask]


@router.get("/shift", permission=WORK, response=MyShift, summary="My shift here, and the tasks that I have")
def shift_get(request: ApiRequest, warehouse_id: int) -> dict[str, Any]:
    return shifts.mine(request.actor, warehouse_id)


class Colleagues(Schema):
    items: list[TaskPerson]


@router.get(
    "/shift/colleagues",
    permission=WORK,
    response=Colleagues,
    summary="Who is at work and could do one of my tasks instead of me",
)
def shift_colleagues(request: ApiRequest, task_id: Id) -> dict[str, Any]:
    return {"items": shifts.colleagues(request.actor, task_id)}


class BreakOut(Schema):
    #: Tasks that were laid down, or taken up again.
    tasks: int


@router.post("/shift/break/begin", permission=WORK, response=BreakOut, summary="I take a break")
def shift_break_begin(request: ApiRequest) -> dict[str, int]:
    return {"tasks": services.break_begin()}


@router.post("/shift/break/end", permission=WORK, response=BreakOut, summary="I am back from my break")
def shift_break_end(request: ApiRequest) -> dict[str, int]:
    return {"tasks": services.break_end()}


class ShiftUntilIn(InputSchema):
    ends_at: Moment


@router.post(
    "/workers/{user_id}/shift/until", permission=MANAGE, summary="Somebody's shift ends earlier or later"
)
def worker_shift_until(request: ApiRequest, user_id: int, payload: ShiftUntilIn) -> None:
    services.shift_until(user_id=user_id, ends_at=payload.ends_at)


class ShiftIn(InputSchema):
    warehouse_id: Id


class ShiftEndOut(Schema):
    #: Tasks that went back to the pool.
    released: int


@router.post("/shift/begin", permission=WORK, summary="I am at work now")
def shift_begin_do(request: ApiRequest, payload: ShiftIn) -> None:
    services.shift_begin(warehouse_id=payload.warehouse_id)


@router.post("/shift/end", permission=WORK, response=ShiftEndOut, summary="I go home")
def shift_end_do(request: ApiRequest) -> dict[str, int]:
    return {"released": services.shift_end()}


@router.post("/workers/{user_id}/shift/begin", permission=MANAGE, summary="Somebody is at work now")
def worker_shift_begin(request: ApiRequest, user_id: int, payload: ShiftIn) -> None:
    services.shift_begin(warehouse_id=payload.warehouse_id, user_id=user_id)


@router.post(
    "/workers/{user_id}/shift/end", permission=MANAGE, response=ShiftEndOut, summary="Somebody goes home"
)
def worker_shift_end(request: ApiRequest, user_id: int) -> dict[str, int]:
    return {"released": services.shift_end(user_id=user_id)}
