"""Operations of ``tickets``: the board, one ticket, what people do with tickets, and the rules of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja.files import UploadedFile
from pydantic import Field

from hecang.kernel.api import (
    ApiRequest,
    ApiRouter,
    BulkOut,
    Code,
    Column,
    CountsOut,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Schema,
)
from hecang.kernel.api.bulk import BulkItem
from hecang.tickets import selectors
from hecang.tickets.models import Resolution, TicketKind, TicketState
from hecang.tickets.services import acting, merging, policies, talking
from hecang.tickets.services.locking import Outcome
from hecang.tickets.services.opening import NewTicket

router = ApiRouter(tag="tickets")

VIEW = "tickets.ticket.view"
WORK = "tickets.ticket.work"
Tab = Literal["all", "mine", "my_teams", "unassigned", "overdue", "waiting", "resolved", "closed"]
TeamCode = Annotated[str, Field(min_length=1, max_length=32)]
EntityKind = Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]
Priority = Annotated[int, Field(ge=1, le=4)]
Note = Annotated[str, Field(max_length=1000)]


class TicketTeam(Schema):
    id: int
    code: str
    name: str


class TicketPerson(Schema):
    id: int
    username: str
    display_name: str


class TicketLinkOut(Schema):
    entity_kind: str
    entity_id: int
    number: str


class TicketRow(Schema):
    id: int
    number: str
    kind: str
    state: str
    title: str
    detail: dict[str, Any]
    occurrences: int
    priority: int
    due_at: Moment
    is_overdue: bool
    escalation: int
    resolution: str
    team: TicketTeam
    assignee: TicketPerson | None
    opened_by: str
    created_at: Moment
    updated_at: Moment
    resolved_at: Moment | None
    links: list[TicketLinkOut]
    link_count: int


class TicketEntryOut(Schema):
    id: int
    at: Moment
    actor: str
    action: str
    body: str
    data: dict[str, Any]


class TicketAttachmentOut(Schema):
    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: Moment


class TicketRef(Schema):
    id: int
    number: str


class TicketOut(TicketRow):
    last_seen_at: Moment
    taken_at: Moment | None
    closed_at: Moment | None
    reopened: int
    warehouse_id: int | None
    shop_id: int | None
    owner_id: int | None
    merged_into: TicketRef | None
    merged: list[TicketRef]
    entries: list[TicketEntryOut]
    attachments: list[TicketAttachmentOut]
    #: what can be done with it now
    actions: list[str]


class TicketFilters(Schema):
    tab: Tab | None = None
    state: list[TicketState] = Field(default_factory=list, max_length=5)
    kind: list[TicketKind] = Field(default_factory=list, max_length=12)
    team: str | None = Field(None, max_length=32)
    assignee: Id | None = None
    priority: int | None = Field(None, ge=1, le=4)
    q: str = Field("", max_length=64, description="number, or number of a document, or a part of the subject")
    entity_kind: str = Field("", max_length=32)
    entity_id: Id | None = None


TICKETS = ListDefinition(
    name="tickets",
    title="Exception tickets",
    filters=TicketFilters,
    row=TicketRow,
    columns=(
        Column("number", _("Ticket")),
        Column("kind", _("Kind")),
        Column("title", _("Subject")),
        Column("state", _("State")),
        Column("priority", _("Priority")),
        Column("team.name", _("Team")),
        Column("assignee.username", _("Assignee")),
        Column("due_at", _("Due")),
        Column("created_at", _("Opened")),
        Column("resolution", _("Resolution")),
        Column("resolved_at", _("Resolved")),
    ),
    sorts={"due_at": "due_at", "created_at": "created_at", "priority": "priority", "id": "id"},
    default_sort="due_at",
    query=lambda actor, filters: selectors.ticket_rows(
        actor,
        tab=filters.tab,
        states=filters.state,
        kinds=filters.kind,
        team=filters.team,
        assignee_id=filters.assignee,
        priority=filters.priority,
        q=filters.q,
        entity_kind=filters.entity_kind,
        entity_id=filters.entity_id,
    ),
    enrich=lambda _actor, rows: selectors.ticket_enrich(rows),
)


@router.get(
    "/tickets/counts", permission=VIEW, response=CountsOut, summary="Tickets on each tab and of each team"
)
def tickets_counts(request: ApiRequest) -> dict[str, Any]:
    return {"counts": selectors.ticket_counts(request.actor)}


class PeopleOut(Schema):
    items: list[TicketPerson]


@router.get("/tickets/people", permission=VIEW, response=PeopleOut, summary="Who can be given a ticket")
def tickets_people(request: ApiRequest) -> dict[str, Any]:
    return {"items": selectors.people(VIEW)}


class TicketsOfOut(Schema):
    items: list[TicketRow]


@router.get(
    "/tickets/of/{entity_kind}/{entity_id}",
    permission=VIEW,
    response=TicketsOfOut,
    summary="Tickets about a document",
)
def tickets_of(request: ApiRequest, entity_kind: str, entity_id: int) -> dict[str, Any]:
    found = selectors.tickets_of(request.actor, entity_kind=entity_kind[:32], entity_id=entity_id)
    return {"items": found}


router.list("/tickets", TICKETS, permission=VIEW, export_permission="tickets.ticket.export")


@router.get(
    "/tickets/{ticket_id}", permission=VIEW, response=TicketOut, summary="One ticket with its history"
)
def ticket_get(request: ApiRequest, ticket_id: int) -> dict[str, Any]:
    return selectors.ticket_detail(request.actor, ticket_id)


# ---------------------------------------------------------------- opening and talking


class LinkIn(InputSchema):
    entity_kind: EntityKind
    entity_id: Id
    number: Annotated[str, Field(max_length=64)] = ""


Links = Annotated[list[LinkIn], Field(max_length=100)]


class TicketIn(InputSchema):
    kind: TicketKind
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(max_length=4000)] = ""
    links: Links = Field(default_factory=list)
    team: TeamCode | None = None
    priority: Priority | None = None
    due_at: Moment | None = None
    assignee_id: Id | None = None
    warehouse_id: Id | None = None
    shop_id: Id | None = None
    owner_id: Id | None = None


class CommentIn(InputSchema):
    body: Annotated[str, Field(min_length=1, max_length=4000)]


class LinksIn(InputSchema):
    links: Annotated[list[LinkIn], Field(min_length=1, max_length=100)]


class Created(Schema):
    id: int


@router.post(
    "/tickets", permission="tickets.ticket.create", response=Created, status=201, summary="Open a ticket"
)
def ticket_post(request: ApiRequest, payload: TicketIn) -> Created:
    request.actor.scope.require(warehouse=payload.warehouse_id, shop=payload.shop_id, owner=payload.owner_id)
    ticket = NewTicket(
        **payload.model_dump(exclude={"body", "links", "team", "kind"}),
        kind=payload.kind.value,
        team=payload.team or "",
        links=[(link.entity_kind, link.entity_id, link.number) for link in payload.links],
    )
    return Created(id=talking.ticket_report(ticket=ticket, body=payload.body))


@router.post(
    "/tickets/{ticket_id}/comments",
    permission="tickets.ticket.comment",
    response=Created,
    status=201,
    summary="Comment; @name tells somebody",
)
def ticket_comment(request: ApiRequest, ticket_id: int, payload: CommentIn) -> Created:
    return Created(id=talking.ticket_comment(ticket_id=ticket_id, body=payload.body))


@router.post(
    "/tickets/{ticket_id}/attachments",
    permission="tickets.ticket.comment",
    response=Created,
    status=201,
    summary="Attach a file",
)
def ticket_attach(request: ApiRequest, ticket_id: int, file: UploadedFile) -> Created:
    content = file.read(talking.MAX_BYTES + 1)
    return Created(id=talking.ticket_attach(ticket_id=ticket_id, name=file.name or "", content=content))


@router.get(
    "/tickets/{ticket_id}/attachments/{attachment_id}",
    permission=VIEW,
    produces="application/octet-stream",
    summary="A file of a ticket, to be saved",
)
def ticket_attachment(request: ApiRequest, ticket_id: int, attachment_id: int) -> HttpResponse:
    """Always as a download, with its kind fixed and scripts shut out: a file never runs as a page of ours."""
    found = selectors.attachment_get(request.actor, ticket_id=ticket_id, attachment_id=attachment_id)
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@router.post("/tickets/{ticket_id}/links", permission=WORK, summary="Add documents that a ticket is about")
def ticket_links(request: ApiRequest, ticket_id: int, payload: LinksIn) -> None:
    talking.ticket_link(
        ticket_id=ticket_id,
        links=[(link.entity_kind, link.entity_id, link.number) for link in payload.links],
    )


# ---------------------------------------------------------------- working on many


class ManyIn(InputSchema):
    ids: Ids
    note: Note = ""


class AssignIn(ManyIn):
    user_id: Id


class MoveIn(ManyIn):
    team: TeamCode


class WaitIn(ManyIn):
    due_at: Moment | None = None


class ResolveIn(ManyIn):
    resolution: Resolution


class PrioritiseIn(InputSchema):
    ids: Ids
    priority: Priority | None = None
    due_at: Moment | None = None


class MergeIn(InputSchema):
    ids: Ids
    into: Id


def _told(outcomes: Sequence[Outcome]) -> BulkOut:
    return BulkOut(
        results=[
            BulkItem(id=one.ticket_id, ok=one.ok, code=one.code, message=one.message) for one in outcomes
        ]
    )


@router.post("/tickets/take", permission=WORK, response=BulkOut, summary="Take tickets for myself")
def tickets_take(request: ApiRequest, payload: ManyIn) -> BulkOut:
    return _told(acting.tickets_take(ticket_ids=payload.ids))


@router.post("/tickets/assign", permission=WORK, response=BulkOut, summary="Give tickets to somebody")
def tickets_assign(request: ApiRequest, payload: AssignIn) -> BulkOut:
    return _told(acting.tickets_assign(ticket_ids=payload.ids, user_id=payload.user_id, note=payload.note))


@router.post(
    "/tickets/put-back", permission=WORK, response=BulkOut, summary="Give tickets back to their team"
)
def tickets_put_back(request: ApiRequest, payload: ManyIn) -> BulkOut:
    return _told(acting.tickets_put_back(ticket_ids=payload.ids, note=payload.note))


@router.post("/tickets/move", permission=WORK, response=BulkOut, summary="Hand tickets over to another team")
def tickets_move(request: ApiRequest, payload: MoveIn) -> BulkOut:
    return _told(acting.tickets_move(ticket_ids=payload.ids, team=payload.team, note=payload.note))


@router.post("/tickets/wait", permission=WORK, response=BulkOut, summary="Let tickets wait for an answer")
def tickets_wait(request: ApiRequest, payload: WaitIn) -> BulkOut:
    return _told(acting.tickets_wait(ticket_ids=payload.ids, due_at=payload.due_at, note=payload.note))


@router.post("/tickets/resolve", permission=WORK, response=BulkOut, summary="Resolve tickets")
def tickets_resolve(request: ApiRequest, payload: ResolveIn) -> BulkOut:
    return _told(
        acting.tickets_resolve(ticket_ids=payload.ids, resolution=payload.resolution.value, note=payload.note)
    )


@router.post("/tickets/close", permission=WORK, response=BulkOut, summary="Put resolved tickets away")
def tickets_close(request: ApiRequest, payload: ManyIn) -> BulkOut:
    return _told(acting.tickets_close(ticket_ids=payload.ids))


@router.post("/tickets/reopen", permission=WORK, response=BulkOut, summary="Open tickets again")
def tickets_reopen(request: ApiRequest, payload: ManyIn) -> BulkOut:
    return _told(acting.tickets_reopen(ticket_ids=payload.ids, note=payload.note))


@router.post("/tickets/prioritise", permission=WORK, response=BulkOut, summary="Change priority or due time")
def tickets_prioritise(request: ApiRequest, payload: PrioritiseIn) -> BulkOut:
    return _told(
        acting.tickets_prioritise(ticket_ids=payload.ids, priority=payload.priority, due_at=payload.due_at)
    )


@router.post("/tickets/merge", permission=WORK, summary="Close tickets as duplicates of another")
def tickets_merge(request: ApiRequest, payload: MergeIn) -> None:
    merging.tickets_merge(into_id=payload.into, ticket_ids=payload.ids)


# ---------------------------------------------------------------- rules of each kind


class TicketPolicyOut(Schema):
    kind: str
    team: str
    due_hours: int
    priority: int
    escalate_hours: int


class TicketPoliciesOut(Schema):
    items: list[TicketPolicyOut]


class PolicyIn(InputSchema):
    team: Code
    due_hours: Annotated[int, Field(ge=1, le=2000)]
    priority: Priority
    escalate_hours: Annotated[int, Field(ge=0, le=2000)]


@router.get(
    "/ticket-policies", permission=VIEW, response=TicketPoliciesOut, summary="What follows from each kind"
)
def ticket_policies(request: ApiRequest) -> dict[str, Any]:
    return {"items": selectors.policies_all()}


@router.put(
    "/ticket-policies/{kind}", permission="tickets.policy.manage", summary="Change what follows from a kind"
)
def ticket_policy_put(request: ApiRequest, kind: TicketKind, payload: PolicyIn) -> None:
    policies.policy_save(kind=kind.value, **payload.model_dump())
