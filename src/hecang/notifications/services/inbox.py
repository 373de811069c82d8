"""What people do with their messages, and what they want to hear of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from hecang.kernel import clock
from hecang.kernel.db import execute, transactional
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.notifications.models import Delivery, Message, Notification, Preference, Profile
from hecang.notifications.topics import EMAIL, IN_APP, NOW, OFF, topics

#: How long read messages and finished deliveries are kept.
KEPT = timedelta(days=90)


@transactional
def notifications_read(*, user_id: int, ids: Sequence[int] | None = None) -> int:
    """Mark messages of a person's inbox as read, all of them by default; how many were unread."""
    found = Notification.objects.filter(user_id=user_id, read_at__isnull=True)
    if ids is not None:
        found = found.filter(pk__in=ids)
    return found.update(read_at=clock.now())


@transactional
def preferences_save(*, user_id: int, chosen: Mapping[tuple[str, str], str]) -> None:
    """Keep what a person wants: (topic, way) → timing. Raises InvalidInput for what does not exist."""
    known = {topic.code for topic in topics()}
    for (code, way), timing in chosen.items():
        allowed = {IN_APP: {NOW, OFF}, EMAIL: set(Preference.Timing.values)}.get(way, set())
        if code not in known or timing not in allowed:
            message = _("There is no such choice: %(topic)s, %(way)s, %(timing)s.") % {
                "topic": code, "way": way, "timing": timing,
            }  # fmt: skip
            raise InvalidInput(message, problems=[Problem(message, code="unknown_value", loc="preferences")])
    Preference.objects.bulk_create(
        [
            Preference(user_id=user_id, topic=code, way=way, timing=timing)
            for (code, way), timing in sorted(chosen.items())
        ],
        update_conflicts=True,
        unique_fields=["user", "topic", "way"],
        update_fields=["timing"],
    )


@transactional
def profile_save(
    *, user_id: int, time_zone: str, quiet_from: time | None, quiet_until: time | None, digest_hour: int
) -> None:
    """Keep a person's hours. Raises InvalidInput for an unknown time zone or half of a span."""
    if time_zone not in available_timezones():
        message = _("There is no time zone “%(name)s”.") % {"name": time_zone}
        raise InvalidInput(message, problems=[Problem(message, code="unknown_time_zone", loc="time_zone")])
    if (quiet_from is None) != (quiet_until is None):
        message = _("Quiet hours need a beginning and an end.")
        raise InvalidInput(message, problems=[Problem(message, code="required", loc="quiet_until")])
    Profile.objects.update_or_create(
        user_id=user_id,
        defaults={
            "time_zone": time_zone,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "digest_hour": digest_hour,
        },
    )


@transactional
def delivery_resend(*, delivery_id: int) -> None:
    """Send again what failed or is unsure, because a person says so. Locks the delivery. Raises NotFound."""
    changed = Delivery.objects.filter(
        pk=delivery_id, state__in=[Delivery.State.FAILED, Delivery.State.UNSURE]
    ).update(state=Delivery.State.WAITING, due_at=clock.now(), attempts=0, claimed_at=None)
    if not changed:
        raise NotFound(_("There is no such message that failed; it may have been sent meanwhile."))


def messages_purge() -> int:
    """Forget messages that are older than :data:`KEPT`, with all that hangs on them; how many."""
    limit = clock.now() - KEPT
    gone = 0
    while True:
        ids = list(
            Message.objects.filter(created_at__lt=limit).order_by("id").values_list("id", flat=True)[:2000]
        )
        if not ids:
            return gone
        for table in ("notification", "notification_delivery"):
            execute(f"DELETE FROM {table} WHERE message_id = ANY(%s::bigint[])", [ids])  # noqa: S608 - own names
        gone += execute("DELETE FROM notification_message WHERE id = ANY(%s::bigint[])", [ids])
