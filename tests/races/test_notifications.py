"""Several workers at once: every message goes out once, every reader is told once."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import override_settings
from tests.factories.accounts import user_make
from tests.factories.threads import race

from hecang.notifications.models import Delivery, Notification
from hecang.notifications.services import notify
from hecang.notifications.services.sending import deliveries_send

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@override_settings(EMAIL_HOST="mail.example")
def test_many_workers_send_each_mail_once() -> None:
    # given a hundred and twenty mails that wait
    users = [user_make(email=f"u{n}@shop.example").pk for n in range(40)]
    for key in "abc":
        notify(topic="tickets.escalated", key=key, title="x", recipients=users)
    # when eight workers send at once
    errors = race(lambda _number: deliveries_send(), threads=8)
    # then each went out once
    assert errors == []
    assert Delivery.objects.filter(state="sent", attempts=1).count() == 120
    assert len(mail.outbox) == 120


def test_many_tell_the_same() -> None:
    users = [user_make().pk for _ in range(5)]
    errors = race(
        lambda _number: notify(topic="tickets.opened", key="1", title="x", recipients=users), threads=12
    )
    assert errors == []
    assert Notification.objects.count() == 5
