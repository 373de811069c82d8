"""Several workers at once: each message reaches each endpoint once, in order."""

from __future__ import annotations

import json

import pytest
from django.test import override_settings
from tests.factories.receiver import receiving
from tests.factories.threads import race

from hecang.integrations.models import WebhookAttempt, WebhookDelivery
from hecang.integrations.services.webhooks import endpoints
from hecang.integrations.services.webhooks.sending import deliveries_send
from hecang.kernel.outbox import drain
from hecang.tickets.services import NewTicket, tickets_open

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@override_settings(ALLOW_PRIVATE_URLS=True)
def test_many_workers_deliver_each_message_once() -> None:
    with receiving() as receiver:
        for number in range(4):
            endpoints.endpoint_create(name=str(number), url=receiver.url(f"/{number}"))
        tickets_open(tickets=[NewTicket("other", subject="x") for _ in range(30)])
        drain()
        errors = race(lambda _number: deliveries_send(), threads=6)
        assert errors == []
        assert WebhookDelivery.objects.filter(state="delivered", attempts=1).count() == 120
        assert WebhookAttempt.objects.count() == 120
        for number in range(4):
            ids = [
                json.loads(body)["data"]["id"]
                for path, _headers, body in receiver.got
                if path == f"/{number}"
            ]
            assert len(ids) == 30
            assert ids == sorted(ids)
