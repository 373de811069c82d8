"""Rows about messages, preferences, targets and teams."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hecang.kernel.api.counts import capped_counts
from hecang.kernel.connectors import secrets_masked
from hecang.kernel.crypto import Undecryptable, decrypt_json
from hecang.kernel.errors import NotFound
from hecang.notifications.models import (
    Delivery,
    Notification,
    Preference,
    Profile,
    Target,
    Team,
    TeamMember,
)
from hecang.notifications.teams import team_title
from hecang.notifications.texts import say
from hecang.notifications.topics import EMAIL, IN_APP, topic_title, topics
from hecang.notifications.ways.registry import SENDERS

Rows = QuerySet[Any, Any]
_MESSAGE = ("message__topic", "message__title", "message__text", "message__data", "message__url_path")


def inbox_rows(user_id: int, *, unread: bool | None = None, topic: str | None = None) -> Rows:
    """Messages of one person."""
    found: Rows = Notification.objects.filter(user_id=user_id)
    if unread is not None:
        found = found.filter(read_at__isnull=unread)
    if topic:
        found = found.filter(message__topic=topic)
    return found.values("id", "created_at", "read_at", *_MESSAGE)


def inbox_unread(user_id: int) -> dict[str, Any]:
    """How many a person has not read, counted up to 99."""
    found = Notification.objects.filter(user_id=user_id, read_at__isnull=True)
    return capped_counts({"unread": found}, cap=99)["unread"]


def inbox_enrich(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages in the language at hand."""
    return [
        {
            **{key: row[key] for key in ("id", "created_at", "read_at")},
            "topic": row["message"]["topic"],
            "topic_title": topic_title(row["message"]["topic"]),
            "title": say(row["message"]["title"], row["message"]["data"]),
            "text": say(row["message"]["text"], row["message"]["data"]),
            "url_path": row["message"]["url_path"],
        }
        for row in rows
    ]


def preferences_of(user_id: int) -> list[dict[str, Any]]:
    """Every topic with what a person has chosen, or what holds without a choice."""
    chosen = {
        (row["topic"], row["way"]): row["timing"]
        for row in Preference.objects.filter(user_id=user_id).values("topic", "way", "timing")
    }
    return [
        {
            "topic": topic.code,
            "title": topic_title(topic.code),
            **{way: chosen.get((topic.code, way), topic.default(way)) for way in (IN_APP, EMAIL)},
        }
        for topic in topics()
    ]


def profile_of(user_id: int) -> dict[str, Any]:
    """A person's hours."""
    fields = ("time_zone", "quiet_from", "quiet_until", "digest_hour")
    row = Profile.objects.filter(user_id=user_id).values(*fields).first()
    return dict(row) if row else {name: getattr(Profile(), name) for name in fields}


def target_rows() -> Rows:
    """Shared targets, without their settings."""
    return Target.objects.values(
        "id", "way", "name", "topics", "language", "is_active", "failures", "last_error", "last_sent_at",
        "created_at", "team__id", "team__code", "team__name",
    )  # fmt: skip


def target_settings(target_id: int) -> dict[str, Any]:
    """Settings of a target for its form; secrets are left out. Empty where they cannot be read."""
    target = Target.objects.filter(pk=target_id).first()
    if target is None:
        raise NotFound(_("There is no such target."))
    try:
        return secrets_masked(SENDERS[target.way].settings, decrypt_json(target.settings_cipher))
    except Undecryptable:
        return {}


def delivery_rows(*, state: str | None = None, way: str | None = None, target_id: int | None = None) -> Rows:
    """What went out or is to go."""
    found: Rows = Delivery.objects.all()
    if state:
        found = found.filter(state=state)
    if way:
        found = found.filter(way=way)
    if target_id:
        found = found.filter(target_id=target_id)
    return found.values(
        "id", "way", "state", "due_at", "attempts", "sent_at", "last_error", "created_at", "user__username",
        "target__name", *_MESSAGE,
    )  # fmt: skip


def delivery_enrich(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Deliveries in the language at hand."""
    return [
        {
            **row,
            "topic": row["message"]["topic"],
            "title": say(row["message"]["title"], row["message"]["data"]),
            "recipient": (row["user"] or {}).get("username") or (row["target"] or {}).get("name") or "",
        }
        for row in rows
    ]


def teams_all() -> list[dict[str, Any]]:
    """All teams with their members."""
    teams = list(
        Team.objects.order_by("id").values(
            "id", "code", "name", "lead_id", "is_active"
        )
    )  # fmt: skip
    members: dict[int, list[int]] = {}
    for team_id, user_id in TeamMember.objects.order_by("user_id").values_list("team_id", "user_id"):
        members.setdefault(team_id, []).append(user_id)
    return [
        {**team, "title": team_title(team["code"], team["name"]), "member_ids": members.get(team["id"], [])}
        for team in teams
    ]


def teams_of(user_id: int) -> list[int]:
    """Ids of the teams that somebody is in or leads."""
    member = TeamMember.objects.filter(user_id=user_id).values_list("team_id", flat=True)
    lead = Team.objects.filter(lead_id=user_id).values_list("id", flat=True)
    return sorted({*member, *lead})


def teams_active() -> list[tuple[int, str]]:
    """Ids and codes of the teams that work."""
    return list(Team.objects.filter(is_active=True).order_by("id").values_list("id", "code"))
