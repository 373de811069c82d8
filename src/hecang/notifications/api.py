"""Operations of ``notifications``: the inbox, what each wants to hear of, teams, shared targets, what went out."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from hecang.kernel.api import (
    BIGINT_MAX,
    SIGNED_IN,
    ApiRequest,
    ApiRouter,
    Code,
    Column,
    Id,
    Ids,
    InputSchema,
    ListDefinition,
    Moment,
    Schema,
)
from hecang.kernel.connectors import form_of
from hecang.notifications import selectors
from hecang.notifications.models import Delivery, Way
from hecang.notifications.services import inbox, targets, teams
from hecang.notifications.teams import BUILT_IN
from hecang.notifications.topics import topic_title, topics
from hecang.notifications.ways.registry import SENDERS

router = ApiRouter(tag="notifications")

# ---------------------------------------------------------------- inbox


class NotificationOut(Schema):
    id: int
    topic: str
    topic_title: str
    title: str
    text: str
    url_path: str
    created_at: Moment
    read_at: Moment | None


class NotificationFilters(Schema):
    unread: bool | None = None
    topic: str | None = Field(None, max_length=64)


class Unread(Schema):
    count: int
    capped: bool


class ReadIn(InputSchema):
    ids: Ids | None = Field(None, description="left out: all")


class ReadOut(Schema):
    read: int


NOTIFICATIONS = ListDefinition(
    name="notifications",
    title="My messages",
    filters=NotificationFilters,
    row=NotificationOut,
    columns=(
        Column("created_at", _("Time")),
        Column("topic_title", _("Topic")),
        Column("title", _("Title")),
        Column("text", _("Text")),
        Column("read_at", _("Read")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda actor, filters: selectors.inbox_rows(
        actor.user_id or 0, unread=filters.unread, topic=filters.topic
    ),
    enrich=lambda _actor, rows: selectors.inbox_enrich(rows),
)
router.list("/notifications", NOTIFICATIONS, permission=SIGNED_IN)


@router.get(
    "/notifications/unread", permission=SIGNED_IN, response=Unread, summary="How many I have not read"
)
def notifications_unread(request: ApiRequest) -> dict[str, Any]:
    return selectors.inbox_unread(request.actor.user_id or 0)


@router.post("/notifications/read", permission=SIGNED_IN, response=ReadOut, summary="Mark messages as read")
def notifications_read(request: ApiRequest, payload: ReadIn) -> ReadOut:
    return ReadOut(read=inbox.notifications_read(user_id=request.actor.user_id or 0, ids=payload.ids))


# ---------------------------------------------------------------- preferences

Timing = Literal["off", "now", "hourly", "daily"]
TopicCode = Annotated[str, Field(max_length=64)]


class TopicOut(Schema):
    topic: str
    title: str
    in_app: str
    email: str


class ProfileBody(InputSchema):
    time_zone: Annotated[str, Field(max_length=64)]
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 9


class ProfileOut(Schema):
    time_zone: str
    quiet_from: time | None
    quiet_until: time | None
    digest_hour: int


class PreferencesOut(Schema):
    topics: list[TopicOut]
    profile: ProfileOut


class ChoiceIn(InputSchema):
    topic: TopicCode
    way: Literal["in_app", "email"]
    timing: Timing


class PreferencesIn(InputSchema):
    choices: Annotated[list[ChoiceIn], Field(max_length=500)] = Field(default_factory=list)
    profile: ProfileBody | None = None


@router.get(
    "/notifications/preferences",
    permission=SIGNED_IN,
    response=PreferencesOut,
    summary="What I want to hear of, where and when",
)
def notification_preferences(request: ApiRequest) -> dict[str, Any]:
    user_id = request.actor.user_id or 0
    return {"topics": selectors.preferences_of(user_id), "profile": selectors.profile_of(user_id)}


@router.put("/notifications/preferences", permission=SIGNED_IN, summary="Choose what I want to hear of")
def notification_preferences_put(request: ApiRequest, payload: PreferencesIn) -> None:
    user_id = request.actor.user_id or 0
    inbox.preferences_save(
        user_id=user_id, chosen={(one.topic, one.way): one.timing for one in payload.choices}
    )
    if payload.profile is not None:
        inbox.profile_save(user_id=user_id, **payload.profile.model_dump())


# ---------------------------------------------------------------- teams


class TeamOut(Schema):
    id: int
    code: str
    name: str
    title: str
    lead_id: int | None
    member_ids: list[int]
    is_active: bool


class TeamsOut(Schema):
    items: list[TeamOut]


class TeamIn(InputSchema):
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=64)]


class TeamChange(InputSchema):
    name: Annotated[str, Field(max_length=64)] | None = None
    lead_id: Annotated[int, Field(ge=0, le=BIGINT_MAX, description="0: nobody")] | None = None
    member_ids: Annotated[list[Id], Field(max_length=500)] | None = None
    is_active: bool | None = None


class Created(Schema):
    id: int


@router.get(
    "/teams", permission="notifications.team.view", response=TeamsOut, summary="Teams and their members"
)
def teams_list(request: ApiRequest) -> dict[str, Any]:
    teams.teams_ensure(BUILT_IN)
    return {"items": selectors.teams_all()}


@router.post(
    "/teams", permission="notifications.team.manage", response=Created, status=201, summary="Make a team"
)
def team_post(request: ApiRequest, payload: TeamIn) -> Created:
    return Created(id=teams.team_create(code=payload.code, name=payload.name))


@router.patch("/teams/{team_id}", permission="notifications.team.manage", summary="Change a team")
def team_patch(request: ApiRequest, team_id: int, payload: TeamChange) -> None:
    teams.team_change(team_id=team_id, **payload.model_dump())


# ---------------------------------------------------------------- shared targets


class TeamRef(Schema):
    id: int
    code: str
    name: str


class TargetOut(Schema):
    id: int
    way: str
    name: str
    topics: list[str]
    team: TeamRef | None
    language: str
    is_active: bool
    failures: int
    last_error: str
    last_sent_at: Moment | None
    created_at: Moment


class TargetFilters(Schema):
    way: Way | None = None


class FormFieldOut(Schema):
    name: str
    kind: str
    title: str
    help: str
    required: bool
    default: Any = None
    choices: list[str]
    maximum: int | None


class WayOut(Schema):
    way: str
    form: list[FormFieldOut]


class TopicRef(Schema):
    topic: str
    title: str


class TargetChoicesOut(Schema):
    ways: list[WayOut]
    topics: list[TopicRef]


class TargetSettingsOut(Schema):
    settings: dict[str, Any]


Language = Literal["zh-hans", "en"]
Topics = Annotated[list[TopicCode], Field(max_length=200)]


class TargetIn(InputSchema):
    way: Way
    name: Annotated[str, Field(min_length=1, max_length=64)]
    settings: dict[Code, Any]
    topics: Topics = Field(default_factory=list)
    team_id: Id | None = None
    language: Language = "zh-hans"


class TargetChange(InputSchema):
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    settings: dict[Code, Any] | None = None
    topics: Topics | None = None
    team_id: Id | None = None
    language: Language | None = None
    is_active: bool | None = None


class TestOut(Schema):
    ok: bool
    error: str


TARGETS = ListDefinition(
    name="notification_targets",
    title="Shared targets of messages",
    filters=TargetFilters,
    row=TargetOut,
    columns=(
        Column("name", _("Name")),
        Column("way", _("Way")),
        Column("is_active", _("Active")),
        Column("last_sent_at", _("Last sent")),
        Column("last_error", _("Last error")),
    ),
    sorts={"name": "name", "id": "id"},
    default_sort="name",
    query=lambda _actor, filters: (
        selectors.target_rows().filter(way=filters.way) if filters.way else selectors.target_rows()
    ),
)
router.list("/notification-targets", TARGETS, permission="notifications.target.view")


@router.get(
    "/notification-targets/choices",
    permission="notifications.target.view",
    response=TargetChoicesOut,
    summary="What targets can be, and what they can hear of",
)
def target_choices(request: ApiRequest) -> dict[str, Any]:
    return {
        "ways": [{"way": way, "form": form_of(sender.settings)} for way, sender in SENDERS.items()],
        "topics": [{"topic": one.code, "title": topic_title(one.code)} for one in topics()],
    }


@router.get(
    "/notification-targets/{target_id}/settings",
    permission="notifications.target.manage",
    response=TargetSettingsOut,
    summary="Settings of a target, without its secrets",
)
def target_settings_get(request: ApiRequest, target_id: int) -> dict[str, Any]:
    return {"settings": selectors.target_settings(target_id)}


@router.post(
    "/notification-targets",
    permission="notifications.target.manage",
    response=Created,
    status=201,
    summary="Make a shared target",
)
def target_post(request: ApiRequest, payload: TargetIn) -> Created:
    return Created(
        id=targets.target_create(
            way=payload.way.value,
            name=payload.name,
            settings=payload.settings,
            topic_codes=payload.topics,
            team_id=payload.team_id,
            language=payload.language,
        )
    )


@router.patch(
    "/notification-targets/{target_id}", permission="notifications.target.manage", summary="Change a target"
)
def target_patch(request: ApiRequest, target_id: int, payload: TargetChange) -> None:
    targets.target_change(target_id=target_id, changes=payload.model_dump(exclude_unset=True))


@router.delete(
    "/notification-targets/{target_id}", permission="notifications.target.manage", summary="Remove a target"
)
def target_delete(request: ApiRequest, target_id: int) -> None:
    targets.target_delete(target_id=target_id)


@router.post(
    "/notification-targets/{target_id}/test",
    permission="notifications.target.manage",
    response=TestOut,
    summary="Send a test message",
)
def target_test(request: ApiRequest, target_id: int) -> TestOut:
    error = targets.target_test(target_id=target_id)
    return TestOut(ok=not error, error=error)


# ---------------------------------------------------------------- what went out


class DeliveryOut(Schema):
    id: int
    way: str
    state: str
    recipient: str
    topic: str
    title: str
    due_at: Moment
    attempts: int
    sent_at: Moment | None
    last_error: str
    created_at: Moment


class DeliveryFilters(Schema):
    state: Delivery.State | None = None
    way: Way | None = None
    target_id: Id | None = None


DELIVERIES = ListDefinition(
    name="notification_deliveries",
    title="Messages that went out",
    filters=DeliveryFilters,
    row=DeliveryOut,
    columns=(
        Column("created_at", _("Time")),
        Column("way", _("Way")),
        Column("recipient", _("Recipient")),
        Column("title", _("Title")),
        Column("state", _("State")),
        Column("last_error", _("Last error")),
    ),
    sorts={"id": "id"},
    default_sort="-id",
    query=lambda _actor, filters: selectors.delivery_rows(
        state=filters.state, way=filters.way, target_id=filters.target_id
    ),
    enrich=lambda _actor, rows: selectors.delivery_enrich(rows),
)
router.list("/notification-deliveries", DELIVERIES, permission="notifications.delivery.view")


@router.post(
    "/notification-deliveries/{delivery_id}/resend",
    permission="notifications.target.manage",
    summary="Send again what failed or is unsure",
)
def delivery_resend(request: ApiRequest, delivery_id: int) -> None:
    inbox.delivery_resend(delivery_id=delivery_id)
