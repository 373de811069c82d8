"""One message, once to each reader, in the way and at the time that each has chosen."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.factories.accounts import ApiClient, api_client, key_make, user_make

from hecang.kernel import clock
from hecang.kernel.crypto import encrypt_json
from hecang.kernel.errors import InvalidInput
from hecang.notifications import selectors
from hecang.notifications.models import Delivery, Message, Notification, Target, TeamMember
from hecang.notifications.services import NewMessage, notify, notify_many, sending, teams_ensure
from hecang.notifications.services.inbox import (
    delivery_resend,
    messages_purge,
    preferences_save,
    profile_save,
)
from hecang.notifications.services.sending import (
    PAUSES,
    deliveries_recover,
    deliveries_send,
    deliveries_waiting,
)
from hecang.notifications.services.targets import target_create
from hecang.notifications.timing import Hours, due

pytestmark = pytest.mark.django_db
TITLE = "Ticket %(number)s is overdue"
TOPIC = "tickets.escalated"


def tell(*users: int, key: str = "1", **more: Any) -> None:
    notify(topic=TOPIC, key=key, title=TITLE, data={"number": "TK1"}, recipients=users, **more)


def test_in_the_inbox_and_by_mail_once() -> None:
    # given somebody with an address, for whom this topic means mail at once
    user = user_make(email="li@shop.example", language="en")
    # when the same is told twice
    tell(user.pk)
    tell(user.pk)
    # then there is one message and one mail
    assert Notification.objects.count() == 1
    assert deliveries_waiting()
    with override_settings(EMAIL_HOST="mail.example"):
        assert deliveries_send() == 1
        assert deliveries_send() == 0
    assert [one.subject for one in mail.outbox] == ["Ticket TK1 is overdue"]
    assert Delivery.objects.get().state == "sent"
    assert not deliveries_waiting()


def test_each_reads_it_in_the_own_language() -> None:
    user = user_make()
    tell(user.pk)
    with translation.override("zh-hans"):
        rows = list(selectors.inbox_rows(user.pk))
    assert rows[0]["message__title"] == TITLE


def test_team_permission_and_users_are_one_circle_of_readers() -> None:
    admin, operator = user_make(roles=["admin"]), user_make(roles=["operator"])
    team_id = teams_ensure(["warehouse"])["warehouse"]
    TeamMember.objects.create(team_id=team_id, user=operator)
    notify(
        topic=TOPIC,
        key="1",
        title="x",
        team="warehouse",
        recipients=[operator.pk],
        permission="accounts.user.view",
    )
    assert sorted(Notification.objects.values_list("user_id", flat=True)) == sorted([admin.pk, operator.pk])


def test_who_does_not_want_it_is_left_alone() -> None:
    user = user_make(email="li@shop.example")
    preferences_save(user_id=user.pk, chosen={(TOPIC, "in_app"): "off", (TOPIC, "email"): "off"})
    tell(user.pk)
    assert (Notification.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_digest_gathers() -> None:
    user = user_make(email="li@shop.example", language="en")
    preferences_save(user_id=user.pk, chosen={(TOPIC, "email"): "hourly"})
    start = datetime(2026, 1, 5, 8, 20, tzinfo=UTC)
    with clock.at(start):
        for key in "abc":
            tell(user.pk, key=key)
        assert not deliveries_waiting()
    with clock.at(start + timedelta(minutes=40)), override_settings(EMAIL_HOST="mail.example"):
        assert deliveries_send() == 3
    assert [one.subject for one in mail.outbox] == ["3 messages from Hecang"]


@pytest.mark.parametrize(
    ("timing", "hours", "wanted"),
    [
        ("now", Hours(), "2026-01-05T15:30"),
        ("hourly", Hours(), "2026-01-05T16:00"),
        ("daily", Hours(digest_hour=9), "2026-01-06T01:00"),
        (
            "now",
            Hours(quiet_from=time(22), quiet_until=time(7)),
            "2026-01-05T23:00",
        ),  # 23:30 in Shanghai → 07:00
        ("now", Hours("UTC", time(22), time(7)), "2026-01-05T15:30"),
        ("now", Hours("UTC", time(15), time(16, 15)), "2026-01-05T16:15"),
        ("hourly", Hours("UTC", time(16), time(18)), "2026-01-05T18:00"),
    ],
)
def test_when_it_is_due(timing: str, hours: Hours, wanted: str) -> None:
    told = datetime(2026, 1, 5, 15, 30, tzinfo=UTC)
    assert due(told, timing, hours).isoformat()[:16] == wanted


def test_a_failure_is_tried_again_later_and_given_up_in_the_end() -> None:
    user = user_make(email="li@shop.example")
    tell(user.pk)
    moment = clock.now()
    # nobody listens at this port
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9
    ):
        for pause in PAUSES:
            with clock.at(moment):
                deliveries_send()
            delivery = Delivery.objects.get()
            assert (delivery.state, delivery.due_at) == ("waiting", moment + pause)
            moment += pause
        with clock.at(moment):
            deliveries_send()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("failed", 6, "ConnectionRefusedError")
    # a person may ask for another round
    delivery_resend(delivery_id=delivery.pk)
    assert deliveries_waiting()


def test_what_a_dead_worker_had_claimed_is_unsure_and_not_sent_again() -> None:
    user = user_make(email="li@shop.example")
    tell(user.pk)
    Delivery.objects.update(state="sending", claimed_at=clock.now() - timedelta(minutes=11))
    assert deliveries_recover() == 1
    assert deliveries_send() == 0
    assert Delivery.objects.get().state == "unsure"


def robot(**fields: Any) -> Target:
    cipher = fields.pop("settings_cipher", None) or encrypt_json(
        {"key": "tok", "base_url": "http://127.0.0.1:9"}
    )
    return Target.objects.create(
        way="wecom",
        name="group",
        settings_cipher=cipher,
        created_at=clock.now(),
        **{"topics": [TOPIC], **fields},
    )


def test_a_shared_target_hears_of_its_topics_and_its_team() -> None:
    teams_ensure(["warehouse", "finance"])
    team_id = teams_ensure(["warehouse"])["warehouse"]
    robot(team_id=team_id)
    tell(key="1", team="finance")
    tell(key="2", team="warehouse")
    notify(topic="tickets.opened", key="3", title="x", team="warehouse")
    assert list(Delivery.objects.values_list("message__key", "way")) == [("2", "wecom")]


@override_settings(ALLOW_PRIVATE_URLS=True)
def test_a_robot_is_not_sent_more_than_it_bears() -> None:
    target = robot()
    notify_many(messages=[NewMessage(topic=TOPIC, key=str(n), title="x") for n in range(30)])
    deliveries_send()
    # then twenty were tried in this minute, the others wait a little
    assert Delivery.objects.filter(attempts=1).count() == 20
    assert Delivery.objects.filter(attempts=0, due_at__gt=clock.now()).count() == 10
    target.refresh_from_db()
    assert (target.failures, target.last_error) == (20, "ConnectError")


def test_statements_do_not_grow_with_readers() -> None:
    def statements(count: int) -> int:
        users = [user_make(email=f"u{count}-{n}@shop.example").pk for n in range(count)]
        with CaptureQueriesContext(connection) as found:
            notify_many(
                messages=[
                    NewMessage(topic=TOPIC, key=f"{count}-{n}", title="x", users=users) for n in range(count)
                ]
            )
        return len(found)

    assert statements(2) == statements(15)


def test_old_messages_are_forgotten() -> None:
    user = user_make(email="li@shop.example")
    tell(user.pk)
    with clock.shifted(timedelta(days=91)):
        assert messages_purge() == 1
    assert (Message.objects.count(), Notification.objects.count(), Delivery.objects.count()) == (0, 0, 0)


def test_the_inbox_by_api() -> None:
    user = user_make(roles=["operator"])
    api = ApiClient(key_make(user))
    tell(user.pk, url_path="/tickets?open=1")
    tell(user_make().pk, key="2")
    assert api.get("/notifications/unread").json() == {"count": 1, "capped": False}
    items = api.get("/notifications").json()["items"]
    assert [(one["title"], one["url_path"]) for one in items] == [
        ("Ticket TK1 is overdue", "/tickets?open=1")
    ]
    assert api.post("/notifications/read").json() == {"read": 1}
    assert api.get("/notifications", {"unread": "true"}).json()["items"] == []


def test_preferences_by_api() -> None:
    api = api_client(roles=["operator"])
    rows = {one["topic"]: one for one in api.get("/notifications/preferences").json()["topics"]}
    assert (rows[TOPIC]["in_app"], rows[TOPIC]["email"]) == ("now", "now")
    body = {
        "choices": [{"topic": TOPIC, "way": "email", "timing": "daily"}],
        "profile": {
            "time_zone": "Europe/Berlin",
            "quiet_from": "22:00",
            "quiet_until": "07:00",
            "digest_hour": 8,
        },
    }
    assert api.put("/notifications/preferences", body).status_code == 204
    saved = api.get("/notifications/preferences").json()
    assert {one["topic"]: one["email"] for one in saved["topics"]}[TOPIC] == "daily"
    assert saved["profile"]["time_zone"] == "Europe/Berlin"
    bad = api.put(
        "/notifications/preferences", {"choices": [{"topic": "x", "way": "email", "timing": "now"}]}
    )
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_input")
    body["profile"]["time_zone"] = "Mars/Base"  # type: ignore[index]
    assert api.put("/notifications/preferences", body).status_code == 422


def test_hours_that_are_half_are_refused() -> None:
    from hecang.kernel.errors import InvalidInput

    with pytest.raises(InvalidInput):
        profile_save(
            user_id=user_make().pk, time_zone="UTC", quiet_from=time(1), quiet_until=None, digest_hour=1
        )


def test_targets_by_api_never_show_their_secrets() -> None:
    api = api_client()
    ways = {one["way"]: one["form"] for one in api.get("/notification-targets/choices").json()["ways"]}
    assert sorted(ways) == ["dingtalk", "email", "feishu", "webhook", "wecom"]
    made = api.post(
        "/notification-targets",
        {
            "way": "dingtalk",
            "name": "G",
            "topics": [TOPIC],
            "settings": {"access_token": "tok", "secret": "SEC"},
        },
    )
    assert made.status_code == 201
    target_id = made.json()["id"]
    shown = api.get(f"/notification-targets/{target_id}/settings").json()["settings"]
    assert (shown["access_token"], shown["secret"]) == (None, None)
    # an empty secret stays as it was
    changed = api.patch(
        f"/notification-targets/{target_id}", {"settings": {"base_url": "https://robot.example"}}
    )
    assert changed.status_code == 204
    refused = api.patch(f"/notification-targets/{target_id}", {"settings": {"base_url": "https://10.0.0.1"}})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "address_refused")
    # a test says what came of it
    answer = api.post(f"/notification-targets/{target_id}/test").json()
    assert answer["ok"] is False
    assert api.delete(f"/notification-targets/{target_id}").status_code == 204


def test_teams_by_api() -> None:
    api = api_client()
    person = user_make()
    team = next(one for one in api.get("/teams").json()["items"] if one["code"] == "warehouse")
    assert team["title"] == "Warehouse"
    change = {"member_ids": [person.pk], "lead_id": person.pk}
    assert api.patch(f"/teams/{team['id']}", change).status_code == 204
    team = next(one for one in api.get("/teams").json()["items"] if one["code"] == "warehouse")
    assert (team["member_ids"], team["lead_id"]) == ([person.pk], person.pk)
    assert api.post("/teams", {"code": "night", "name": "Night shift"}).status_code == 201
    assert api.post("/teams", {"code": "warehouse", "name": "X"}).status_code == 409
    assert api_client(roles=["operator"]).post("/teams", {"code": "a1", "name": "X"}).status_code == 403


@override_settings(EMAIL_HOST="mail.example")
def test_one_broken_target_does_not_keep_the_others_from_hearing() -> None:
    user = user_make(email="li@shop.example")
    tell(user.pk)
    robot(settings_cipher=encrypt_json({"nonsense": 1}))
    tell(user.pk, key="2")
    assert deliveries_send() == 2
    assert set(Delivery.objects.values_list("way", "state", "last_error")) == {
        ("email", "sent", ""),
        ("wecom", "failed", "InvalidInput"),
    }


@override_settings(EMAIL_HOST="mail.example")
def test_what_a_run_has_no_time_for_waits_and_is_not_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    user = user_make(email="li@shop.example")
    for key in "123":
        tell(user.pk, key=key)
    monkeypatch.setattr(sending, "RUN_SECONDS", -1.0)
    assert [deliveries_send() for _n in range(2)] == [1, 1]
    assert [(one.state, one.attempts, one.claimed_at is None) for one in Delivery.objects.order_by("pk")] == [
        ("sent", 1, False),
        ("sent", 1, False),
        ("waiting", 0, True),
    ]


def test_a_secret_that_cannot_sign_is_refused_when_it_is_saved() -> None:
    with pytest.raises(InvalidInput) as refused:
        target_create(
            way="webhook", name="ERP", settings={"url": "https://erp.example/in", "secret": "12345"}
        )
    assert [problem.field for problem in refused.value.problems] == ["secret"]
