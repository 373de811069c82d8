"""Operations for handhelds: the menu of jobs, sessions, entries, photos. The protocol is ``work.floor.protocol``."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja.files import UploadedFile
from pydantic import Field, model_validator

from hecang.kernel.api import ApiRequest, Id, InputSchema, Int32, Moment, Schema
from hecang.work.api.base import router
from hecang.work.floor import engine, photos, reading

USE = "work.floor.use"
ScenarioCode = Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
Tone = Literal["plain", "good", "warn", "bad"]


class FloorScenario(Schema):
    code: str
    title: str
    icon: str
    #: whether it works off tasks of the pool
    has_tasks: bool
    open: int
    mine: int


class FloorMenu(Schema):
    items: list[FloorScenario]


class FloorOption(Schema):
    value: str
    label: str
    hint: str
    tone: Tone


class FloorFact(Schema):
    label: str
    value: str
    tone: Tone


class FloorInput(Schema):
    kind: Literal["scan", "text", "quantity", "date", "choice", "confirm", "photo"]
    name: str
    label: str
    options: list[FloorOption]
    value: str
    minimum: int | None
    maximum: int | None
    unit: str
    accepts: list[str]
    tone: Tone


class FloorStep(Schema):
    state: str
    prompt: str
    inputs: list[FloorInput]
    facts: list[FloorFact]
    said: str
    tone: Tone
    #: done, of
    progress: tuple[int, int] | None
    can_undo: bool
    is_over: bool


class FloorSessionRef(Schema):
    id: UUID
    scenario: str
    warehouse_id: int
    task_id: int | None
    version: int
    is_open: bool


class FloorSessionOut(Schema):
    session: FloorSessionRef
    title: str
    updated_at: Moment
    step: FloorStep
    #: entries that wait for a decision; the step asks about the first
    held: int


class FloorSessionsOut(Schema):
    items: list[FloorSessionOut]


class FloorEntryOut(Schema):
    scan_id: UUID
    at: Moment
    name: str
    value: str
    outcome: str
    said: str


class FloorSessionDetail(FloorSessionOut):
    entries: list[FloorEntryOut]


class FloorAnswer(Schema):
    scan_id: UUID
    ok: bool
    code: str
    message: str
    repeated: bool
    session: FloorSessionRef
    step: FloorStep


class FloorAnswers(Schema):
    answers: list[FloorAnswer]
    #: not looked at, since one before them was not taken
    held_back: list[UUID]


class SessionIn(InputSchema):
    id: UUID
    scenario: ScenarioCode
    warehouse_id: Id
    given: dict[Annotated[str, Field(max_length=32)], Annotated[str, Field(max_length=200)]] = Field(
        default_factory=dict, max_length=10
    )


class FloorEntryIn(InputSchema):
    scan_id: UUID
    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
    value: Annotated[str, Field(max_length=1000)] = ""
    #: the session's version that the worker saw
    version: Int32 | None = None
    #: instead of it, for entries queued offline: the entry after which this one was made
    after: UUID | None = None
    #: the prompt that it answers
    asked: Annotated[str, Field(max_length=200)] = ""
    happened_at: Moment | None = None

    @model_validator(mode="after")
    def _stands_on_something(self) -> FloorEntryIn:
        if (self.version is None) == (self.after is None):
            raise ValueError("give either version or after")
        return self

    def read(self) -> engine.EntryIn:
        return engine.EntryIn(**self.model_dump())


class EntriesIn(InputSchema):
    entries: Annotated[list[FloorEntryIn], Field(min_length=1, max_length=200)]


@router.get("/floor/scenarios", permission=USE, response=FloorMenu, summary="Jobs that I can begin here")
def floor_scenarios(request: ApiRequest, warehouse_id: int) -> dict[str, Any]:
    return {"items": reading.menu(request.actor, warehouse_id)}


@router.get("/floor/sessions", permission=USE, response=FloorSessionsOut, summary="My jobs that stand open")
def floor_sessions(request: ApiRequest, warehouse_id: Id | None = None) -> dict[str, Any]:
    return {"items": reading.sessions_open(request.actor, warehouse_id)}


@router.post(
    "/floor/sessions", permission=USE, response=FloorSessionDetail, status=201, summary="Begin a job"
)
def floor_session_begin(request: ApiRequest, payload: SessionIn) -> dict[str, Any]:
    made = engine.session_begin(
        session_id=payload.id,
        scenario=payload.scenario,
        warehouse_id=payload.warehouse_id,
        given=payload.given,
    )
    return reading.session_detail(request.actor, made.pk)


@router.get(
    "/floor/sessions/{session_id}",
    permission=USE,
    response=FloorSessionDetail,
    summary="One of my jobs, with its last entries",
)
def floor_session_get(request: ApiRequest, session_id: UUID) -> dict[str, Any]:
    return reading.session_detail(request.actor, session_id)


@router.post(
    "/floor/sessions/{session_id}/entries",
    permission=USE,
    response=FloorAnswer,
    summary="Give one entry; the answer has the next step",
)
def floor_enter(request: ApiRequest, session_id: UUID, payload: FloorEntryIn) -> engine.Answer:
    return engine.session_enter(session_id=session_id, entry=payload.read())


@router.post(
    "/floor/sessions/{session_id}/entries/batch",
    permission=USE,
    response=FloorAnswers,
    summary="Give entries in their order, such as those made offline",
)
def floor_enter_many(request: ApiRequest, session_id: UUID, payload: EntriesIn) -> engine.Answers:
    return engine.session_enter_many(session_id=session_id, entries=[one.read() for one in payload.entries])


class PhotoOut(Schema):
    id: int


@router.post(
    "/floor/photos", permission=USE, response=PhotoOut, status=201, summary="Send a photo, for a photo input"
)
def floor_photo_post(request: ApiRequest, warehouse_id: int, file: UploadedFile) -> PhotoOut:
    content = file.read(photos.MAX_BYTES + 1)
    return PhotoOut(id=photos.photo_keep(warehouse_id=warehouse_id, content=content))


@router.get(
    "/floor/photos/{photo_id}",
    permission="work.photo.view",
    produces=("image/jpeg", "image/png", "image/webp"),
    summary="A photo from the floor",
)
def floor_photo_get(request: ApiRequest, photo_id: int) -> HttpResponse:
    found = photos.photo_get(request.actor, photo_id)
    response = HttpResponse(found.content, content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
