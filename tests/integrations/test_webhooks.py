"""Webhooks out: signed, retried, replayed, each endpoint for itself. Receivers are real, on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tests.factories import orders
from tests.factories.accounts import api_client, user_make
from tests.factories.receiver import Receiver, receiving

import hecang.config.api  # noqa: F401 - declares the permissions that readers are found by
from hecang.integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage
from hecang.integrations.services.webhooks import endpoints
from hecang.integrations.services.webhooks.catalogue import TYPES
from hecang.integrations.services.webhooks.sending import (
    LADDER,
    deliveries_recover,
    deliveries_send,
    deliveries_wait,
    webhooks_purge,
)
from hecang.integrations.services.webhooks.telling import events_tell
from hecang.kernel import clock
from hecang.kernel.crypto import encrypt
from hecang.kernel.outbox import drain
from hecang.notifications.models import Notification
from hecang.orders.events import OrdersApproved
from hecang.orders.models import SalesOrder
from hecang.orders.services import orders_intake
from hecang.tickets.services import ticket_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one, override_settings(ALLOW_PRIVATE_URLS=True):
        yield one


def endpoint(receiver: Receiver, path: str = "/", **more: Any) -> tuple[int, str]:
    return endpoints.endpoint_create(name=more.pop("name", path), url=receiver.url(path), **more)


def tell(count: int = 1) -> None:
    for _ in range(count):
        ticket_open(kind="other", subject="what the buyer said")
    drain()


def test_a_fact_arrives_signed(receiver: Receiver) -> None:
    _id, secret = endpoint(receiver)
    tell()
    assert deliveries_wait()
    assert deliveries_send() == 1
    assert not deliveries_wait()
    _path, headers, body = receiver.got[0]
    value = Webhook(secret).verify(body, headers)
    assert (value["type"], value["data"]["kind"], value["data"]["state"]) == (
        "ticket.opened",
        "other",
        "open",
    )
    # what people wrote stays here
    assert b"buyer said" not in body
    assert headers["webhook-id"] == WebhookMessage.objects.get().key
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(body, headers)


def test_orders_are_told_without_personal_data(receiver: Receiver) -> None:
    endpoint(receiver, event_types=["order.approved"])
    world = orders.world("SH")
    world.put("A", 5, "SH")
    orders_intake(shop_id=world.shop.pk, orders=[orders.order_in({"A": 2})])
    drain()
    deliveries_send()
    data = json.loads(receiver.got[0][2])["data"]
    assert (data["state"], data["lines"][0]["sku"], data["lines"][0]["reserved"]) == ("approved", "A", 2)
    assert set(data) == set(TYPES["order.approved"].schema.model_fields)


def test_only_who_asked_hears_and_shops_are_kept_apart(receiver: Receiver) -> None:
    endpoint(receiver, "/all")
    endpoint(receiver, "/orders", event_types=["order.held"])
    endpoint(receiver, "/shop", shop_ids=[5])
    ticket_open(kind="other", subject="x", shop_id=6)
    ticket_open(kind="other", subject="x", shop_id=5)
    drain()
    deliveries_send()
    assert sorted(receiver.paths()) == ["/all", "/all", "/shop"]


def test_nobody_asked_and_nothing_is_written() -> None:
    tell()
    assert WebhookMessage.objects.count() == 0


def test_in_the_order_of_events(receiver: Receiver) -> None:
    endpoint(receiver)
    tell(25)
    assert deliveries_send() == 25
    ids = [json.loads(body)["data"]["id"] for _path, _headers, body in receiver.got]
    assert ids == sorted(ids)


def test_up_the_ladder_and_given_up(receiver: Receiver) -> None:
    user = user_make(roles=["integrator"])
    endpoint_id, _secret = endpoint(receiver, "/bad")
    receiver.answers["/bad"] = (500, 0.0, {})
    tell()
    moment = clock.now()
    keys = set()
    for pause in LADDER:
        with clock.at(moment):
            assert deliveries_send() == 0
        delivery = WebhookDelivery.objects.get()
        assert (delivery.state, delivery.due_at, delivery.last_error) == (
            "waiting",
            moment + pause,
            "HTTP 500",
        )
        moment += pause
    with clock.at(moment):
        deliveries_send()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("dead", 10)
    keys = {headers["webhook-id"] for _path, headers, _body in receiver.got}
    assert (len(receiver.got), len(keys)) == (10, 1)
    assert WebhookAttempt.objects.filter(endpoint_id=endpoint_id, status=500).count() == 10
    # a person sends it again, and it arrives
    receiver.answers.clear()
    assert endpoints.deliveries_resend(delivery_ids=[delivery.pk]) == 1
    with clock.at(moment):
        assert deliveries_send() == 1
    # three days are not five: it was never switched off
    assert WebhookEndpoint.objects.get().is_active
    assert Notification.objects.filter(user=user).count() == 0


def test_retry_after_is_kept(receiver: Receiver) -> None:
    endpoint(receiver, "/busy")
    receiver.answers["/busy"] = (429, 0.0, {"Retry-After": "900"})
    tell()
    with clock.at(clock.now()):
        deliveries_send()
        assert WebhookDelivery.objects.get().due_at == clock.now() + timedelta(seconds=900)


def test_behind_a_failure_the_rest_waits(receiver: Receiver) -> None:
    endpoint(receiver, "/bad")
    receiver.answers["/bad"] = (503, 0.0, {})
    tell(5)
    deliveries_send()
    assert receiver.paths() == ["/bad"]
    assert WebhookDelivery.objects.filter(state="waiting", due_at__gt=clock.now()).count() == 5


def test_gone_switches_off_at_once_and_tells_whoever_manages(receiver: Receiver) -> None:
    user = user_make(roles=["integrator"])
    endpoint_id, _secret = endpoint(receiver, "/gone")
    receiver.answers["/gone"] = (410, 0.0, {})
    tell()
    deliveries_send()
    row = WebhookEndpoint.objects.get()
    assert (row.is_active, row.disabled_reason) == (False, "gone")
    assert Notification.objects.filter(user=user, message__topic="integrations.webhook_disabled").count() == 1
    # switched on again, what waits goes out
    receiver.answers.clear()
    endpoints.endpoint_change(endpoint_id=endpoint_id, changes={"is_active": True})
    with clock.shifted(timedelta(minutes=1)):
        assert deliveries_send() == 1


def test_days_of_failure_switch_off(receiver: Receiver) -> None:
    endpoint(receiver, "/bad")
    receiver.answers["/bad"] = (500, 0.0, {})
    tell()
    deliveries_send()
    with clock.shifted(timedelta(days=5, minutes=1)):
        deliveries_send()
    assert WebhookEndpoint.objects.get().disabled_reason == "failing"


def test_a_slow_endpoint_holds_up_nobody(receiver: Receiver) -> None:
    endpoint(receiver, "/a-slow")
    endpoint(receiver, "/b")
    receiver.answers["/a-slow"] = (204, 0.6, {})
    tell(3)
    assert deliveries_send() == 6
    # the other had all three before the slow one had its second
    assert receiver.paths().index("/a-slow", receiver.paths().index("/a-slow") + 1) == 4


def test_a_redirect_and_a_private_address_are_failures(receiver: Receiver) -> None:
    endpoint(receiver, "/moved")
    receiver.answers["/moved"] = (302, 0.0, {"Location": receiver.url("/else")})
    tell()
    deliveries_send()
    assert receiver.paths() == ["/moved"]
    with override_settings(ALLOW_PRIVATE_URLS=False), clock.shifted(timedelta(hours=1)):
        deliveries_send()
    assert receiver.paths() == ["/moved"]
    assert WebhookDelivery.objects.get().attempts == 2


def test_both_secrets_sign_while_they_are_changed_over(receiver: Receiver) -> None:
    endpoint_id, old = endpoint(receiver)
    new = endpoints.secret_rotate(endpoint_id=endpoint_id, overlap_hours=24)
    tell()
    deliveries_send()
    _path, headers, body = receiver.got[0]
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    WebhookEndpoint.objects.update(old_secret_until=clock.now() - timedelta(seconds=1))
    tell()
    deliveries_send()
    _path, headers, body = receiver.got[1]
    Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


def test_replay_from_a_moment_and_from_a_message(receiver: Receiver) -> None:
    endpoint_id, _secret = endpoint(receiver)
    start = clock.now()
    tell(3)
    deliveries_send()
    keys = list(WebhookMessage.objects.order_by("id").values_list("key", flat=True))
    assert endpoints.endpoint_replay(endpoint_id=endpoint_id, since=start) == 3
    assert endpoints.endpoint_replay(endpoint_id=endpoint_id, from_message=keys[1]) == 2
    deliveries_send()
    assert [headers["webhook-id"] for _path, headers, _body in receiver.got[:3]] == keys
    assert sorted(headers["webhook-id"] for _p, headers, _b in receiver.got[3:]) == sorted([*keys, *keys[1:]])


def test_what_a_dead_worker_had_claimed_is_tried_again(receiver: Receiver) -> None:
    endpoint(receiver)
    tell()
    WebhookDelivery.objects.update(state="sending", claimed_at=clock.now() - timedelta(minutes=4))
    assert deliveries_send() == 0
    assert deliveries_recover() == 1
    assert deliveries_send() == 1


def test_old_messages_are_forgotten(receiver: Receiver) -> None:
    endpoint(receiver)
    tell()
    deliveries_send()
    with clock.shifted(timedelta(days=31)):
        assert webhooks_purge() == 1
    assert (
        WebhookMessage.objects.count(),
        WebhookDelivery.objects.count(),
        WebhookAttempt.objects.count(),
    ) == (0, 0, 0)


def test_statements_do_not_grow_with_what_is_told(receiver: Receiver) -> None:
    endpoint(receiver)
    world = orders.world("SH")
    world.put("A", 100, "SH")

    def statements(count: int) -> int:
        orders_intake(shop_id=world.shop.pk, orders=[orders.order_in({"A": 1}) for _ in range(count)])
        ids = tuple(SalesOrder.objects.order_by("-id").values_list("id", flat=True)[:count])
        with CaptureQueriesContext(connection) as found:
            assert events_tell(TYPES["order.approved"], [OrdersApproved(order_ids=ids)]) == count
        return len(found)

    assert statements(2) == statements(20)


def test_by_api(receiver: Receiver) -> None:
    api = api_client(roles=["integrator"])
    types = {one["type"] for one in api.get("/webhooks/event-types").json()["items"]}
    assert {"order.approved", "parcel.shipped", "ticket.opened"} <= types
    made = api.post(
        "/webhooks/endpoints", {"name": "ERP", "url": receiver.url("/erp"), "event_types": ["ticket.opened"]}
    )
    assert made.status_code == 201
    endpoint_id, secret = made.json()["id"], made.json()["secret"]
    assert secret.startswith("whsec_")
    assert secret not in api.get("/webhooks/endpoints").content.decode()
    assert api.post(f"/webhooks/endpoints/{endpoint_id}/test").status_code == 200
    deliveries_send()
    assert json.loads(receiver.got[0][2])["type"] == "webhook.test"
    receiver.answers["/erp"] = (500, 0.0, {})
    tell()
    deliveries_send()
    row = api.get("/webhooks/endpoints").json()["items"][0]
    assert (row["tries"], row["success_percent"], row["waiting"], row["last_error"]) == (
        2,
        50.0,
        1,
        "HTTP 500",
    )
    WebhookDelivery.objects.filter(state="waiting").update(state="dead")
    dead = api.get("/webhooks/deliveries", {"state": "dead"}).json()["items"]
    assert [(one["type"], one["attempts"]) for one in dead] == [("ticket.opened", 1)]
    assert api.get("/webhooks/deliveries/counts").json()["counts"]["dead"]["count"] == 1
    detail = api.get(f"/webhooks/deliveries/{dead[0]['id']}").json()
    assert (detail["tries"][0]["status"], detail["body"]["type"]) == (500, "ticket.opened")
    assert api.post("/webhooks/deliveries/resend", {"ids": [dead[0]["id"]]}).json() == {"count": 1}
    rotated = api.post(f"/webhooks/endpoints/{endpoint_id}/secret", {"overlap_hours": 1}).json()["secret"]
    assert rotated != secret
    bad = api.patch(f"/webhooks/endpoints/{endpoint_id}", {"event_types": ["order.exploded"]})
    assert (bad.status_code, bad.json()["errors"][0]["code"]) == (422, "unknown_type")
    with override_settings(ALLOW_PRIVATE_URLS=False):
        refused = api.post("/webhooks/endpoints", {"name": "x", "url": "https://192.168.1.4/"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "address_refused")
    assert api.delete(f"/webhooks/endpoints/{endpoint_id}").status_code == 204
    assert (
        api_client(roles=["order_desk"])
        .post("/webhooks/endpoints", {"name": "y", "url": "https://x.example"})
        .status_code
        == 403
    )


def test_an_odd_endpoint_does_not_take_the_answers_of_others_with_it(receiver: Receiver) -> None:
    endpoint(receiver, "/odd")
    endpoint(receiver, "/b")
    WebhookEndpoint.objects.filter(name="/odd").update(secret_cipher=encrypt(b"whsec_12345"))
    tell()
    assert deliveries_send() == 1
    assert set(WebhookDelivery.objects.values_list("endpoint__name", "state", "last_error")) == {
        ("/odd", "waiting", "Error"),
        ("/b", "delivered", ""),
    }


def test_nobody_hears_or_sees_more_than_the_own_shops(receiver: Receiver) -> None:
    mine, other = orders.shop("MINE"), orders.shop("OTHER")
    everything, _secret = endpoint(receiver, "/all")
    theirs, _secret = endpoint(receiver, "/theirs", shop_ids=[other.pk])
    tell()
    api = api_client(roles=["integrator"], shop_ids=[mine.pk])

    def make(name: str, **more: Any) -> Any:
        return api.post("/webhooks/endpoints", {"name": name, "url": receiver.url("/mine"), **more})

    assert [make("x").status_code, make("x", shop_ids=[mine.pk, other.pk]).status_code] == [422, 422]
    made = make("mine", shop_ids=[mine.pk]).json()["id"]
    assert [row["id"] for row in api.get("/webhooks/endpoints").json()["items"]] == [made]
    assert api.patch(f"/webhooks/endpoints/{made}", {"shop_ids": None}).status_code == 422
    assert [
        api.post(f"/webhooks/endpoints/{key}/secret", {}).status_code for key in (everything, theirs, made)
    ] == [404, 404, 200]
    assert api.get("/webhooks/deliveries").json()["items"] == []
    delivery = WebhookDelivery.objects.get()
    assert api.get(f"/webhooks/deliveries/{delivery.pk}").status_code == 404
    WebhookDelivery.objects.update(state="dead")
    assert api.post("/webhooks/deliveries/resend", {"ids": [delivery.pk]}).json() == {"count": 0}
