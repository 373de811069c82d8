"""Shared targets: mailboxes, programs and robots that hear of topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from hecang.accounts.services.audit import audit_record
from hecang.kernel import clock
from hecang.kernel.connectors import settings_parse
from hecang.kernel.crypto import decrypt_json, encrypt_json
from hecang.kernel.db import transactional
from hecang.kernel.errors import Conflict, InvalidInput, NotFound, Problem
from hecang.kernel.ids import new_id
from hecang.kernel.outgoing import url_check
from hecang.notifications.models import Target
from hecang.notifications.services.sending import link_of, target_send
from hecang.notifications.topics import topics
from hecang.notifications.ways.base import Letter, SendFailed
from hecang.notifications.ways.registry import SENDERS


@transactional
def target_create(
    *,
    way: str,
    name: str,
    settings: Mapping[str, Any],
    topic_codes: Sequence[str] = (),
    team_id: int | None = None,
    language: str = "zh-hans",
) -> int:
    """Make a shared target; its settings are stored encrypted. Raises InvalidInput, Conflict."""
    _require_topics(topic_codes)
    if Target.objects.filter(name=name).exists():
        raise Conflict(_("There is a target with the name “%(name)s” already.") % {"name": name})
    target = Target.objects.create(
        way=way,
        name=name,
        settings_cipher=encrypt_json(_settings(way, settings)),
        topics=sorted(set(topic_codes)),
        team_id=team_id,
        language=language,
        created_at=clock.now(),
    )
    audit_record(
        action="notifications.target.created",
        entity_kind="notification_target",
        entity_id=target.pk,
        after={"way": way, "name": name, "topics": target.topics},
    )
    return target.pk


@transactional
def target_change(*, target_id: int, changes: Mapping[str, Any]) -> None:
    """Change a target: ``name, settings, topics, team_id, language, is_active``. Locks it.

    Secrets that ``settings`` leaves empty stay as they were. Raises InvalidInput, NotFound.
    """
    target = Target.objects.select_for_update(no_key=True).filter(pk=target_id).first()
    if target is None:
        raise NotFound(_("There is no such target."))
    changes = dict(changes)
    if "settings" in changes:
        kept = decrypt_json(target.settings_cipher)
        target.settings_cipher = encrypt_json(_settings(target.way, changes.pop("settings"), kept))
    if "topics" in changes:
        _require_topics(changes["topics"])
        changes["topics"] = sorted(set(changes["topics"]))
    for name, value in changes.items():
        setattr(target, name, value)
    if changes.get("is_active"):
        target.failures, target.last_error = 0, ""
    target.save()
    audit_record(
        action="notifications.target.changed",
        entity_kind="notification_target",
        entity_id=target_id,
        after=changes,
    )


@transactional
def target_delete(*, target_id: int) -> None:
    """Remove a target and what waits for it. Raises NotFound."""
    target = Target.objects.filter(pk=target_id).first()
    if target is None:
        raise NotFound(_("There is no such target."))
    audit_record(
        action="notifications.target.deleted",
        entity_kind="notification_target",
        entity_id=target_id,
        before={"way": target.way, "name": target.name},
    )
    target.delete()


def target_test(*, target_id: int) -> str:
    """Send a test message now; empty, or what the other side said against it. No transaction, no lock."""
    target = Target.objects.filter(pk=target_id).first()
    if target is None:
        raise NotFound(_("There is no such target."))
    with translation.override(target.language):
        letter = Letter(
            key=f"test-{new_id()}",
            title=_("Test message from Hecang"),
            text=_("If you can read this, the way works."),
            link=link_of("/notifications/targets"),
            topic="test",
            data={},
            at=clock.now(),
        )
    try:
        target_send(target, letter)
    except SendFailed as error:
        error_text = str(error)
    else:
        error_text = ""
    now = clock.now()
    Target.objects.filter(pk=target_id).update(
        last_error=error_text, **({} if error_text else {"last_sent_at": now, "failures": 0})
    )
    return error_text


def _settings(way: str, given: Mapping[str, Any], kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    parsed = settings_parse(SENDERS[way].settings, given, kept=kept)
    values = parsed.plain()
    for field in ("url", "base_url"):
        if field in values:
            url_check(values[field], field=f"settings.{field}")
    return values


def _require_topics(codes: Sequence[str]) -> None:
    unknown = set(codes) - {topic.code for topic in topics()}
    if unknown:
        message = _("There is no topic “%(code)s”.") % {"code": min(unknown)}
        raise InvalidInput(message, problems=[Problem(message, code="unknown_topic", loc="topics")])
