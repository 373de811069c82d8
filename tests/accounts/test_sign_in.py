"""Signing in with name and password, and by API key."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories.accounts import ApiClient, api_client, key_make, user_make

from hecang.accounts.models import ApiKey, AuditEntry, SignInThrottle, User
from hecang.accounts.services import sessions, users
from hecang.kernel import clock
from hecang.kernel.clock import now

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def sign_in(client: ApiClient, username: str = "Lin", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/auth/login", {"username": username, "password": password}, **more)


@pytest.fixture
def lin() -> User:
    return user_make("lin", roles=["order_desk"], password=PASSWORD, warehouse_ids=[3, 1])


def test_a_right_password_opens_a_session_that_says_who_one_is(lin: User) -> None:
    client = ApiClient()

    answer = sign_in(client)

    me = answer.json()
    assert answer.status_code == 200
    assert me["user"]["username"] == "lin"
    assert me["roles"] == ["order_desk"]
    assert "orders.order.view" in me["permissions"] or me["permissions"]
    assert me["scopes"] == {"warehouses": [3, 1], "owners": None, "shops": None}
    assert len(me["csrf_token"]) > 20
    assert client.get("/auth/me").json()["user"]["id"] == lin.pk
    assert AuditEntry.objects.get().action == "accounts.user.signed_in"


@pytest.mark.parametrize(("name", "password"), [("lin", "wrong"), ("nobody", PASSWORD), ("LIN ", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(lin: User, name: str, password: str) -> None:
    answer = sign_in(ApiClient(), name, password or "x")

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")
    assert "Set-Cookie" not in answer or "sessionid" not in answer.cookies


def test_a_closed_user_looks_like_a_wrong_password(lin: User) -> None:
    User.objects.update(is_active=False)

    assert sign_in(ApiClient()).json()["code"] == "bad_credentials"


def test_an_unknown_name_costs_as_much_time_as_a_known_one(lin: User) -> None:
    def seconds(name: str) -> float:
        started = time.perf_counter()
        sign_in(ApiClient(), name, "wrong")
        return time.perf_counter() - started

    known = min(seconds("lin") for _try in range(3))
    unknown = min(seconds("nobody") for _try in range(3))

    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize("name", ["lin", "nobody"])
def test_too_many_failures_lock_known_and_unknown_names_for_longer_and_longer(lin: User, name: str) -> None:
    with clock.at(now()):
        for _try in range(5):
            assert sign_in(ApiClient(), name, "wrong").status_code == 401
        locked = sign_in(ApiClient(), name, PASSWORD)
    assert (locked.status_code, locked.json()["code"]) == (429, "sign_in_locked")
    assert int(locked["Retry-After"]) == 16
    with clock.shifted(timedelta(seconds=17)):
        assert sign_in(ApiClient(), name, "wrong").status_code == 401
        assert int(sign_in(ApiClient(), name, "wrong")["Retry-After"]) == 31


def test_a_success_forgets_the_failures(lin: User) -> None:
    for _try in range(4):
        sign_in(ApiClient(), password="wrong")

    assert sign_in(ApiClient()).status_code == 200

    assert list(SignInThrottle.objects.values_list("key", flat=True)) == ["from:127.0.0.1"]


def test_many_names_from_one_address_are_slowed_down(lin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sessions.FREE_TRIES, "from", 3)
    for index in range(3):
        assert sign_in(ApiClient(), f"guess{index}", "x").status_code == 401

    assert sign_in(ApiClient()).status_code == 429
    assert sign_in(ApiClient(REMOTE_ADDR="10.0.0.9")).status_code == 200


def test_failures_count_even_under_an_idempotency_key_and_an_open_session(lin: User) -> None:
    client = ApiClient()
    sign_in(client)
    for _try in range(3):
        sign_in(client, password="wrong", HTTP_IDEMPOTENCY_KEY="same")

    assert SignInThrottle.objects.filter(failures=3).exists()


def test_signing_in_changes_the_session_id_and_signing_out_ends_it(lin: User) -> None:
    client = ApiClient()
    sign_in(client)
    first = client.cookies["sessionid"].value
    sign_in(client)
    second = client.cookies["sessionid"].value
    assert first != second
    stolen = ApiClient()
    stolen.cookies["sessionid"] = first
    assert stolen.get("/auth/me").status_code == 401

    assert client.post("/auth/logout").status_code == 204
    assert client.get("/auth/me").status_code == 401


def test_writes_of_a_session_need_its_csrf_token(lin: User) -> None:
    client = ApiClient(enforce_csrf_checks=True)
    token = sign_in(client).json()["csrf_token"]

    refused = client.patch("/auth/me", {"theme": "dark"}, content_type="application/json")
    foreign = client.patch(
        "/auth/me",
        {"theme": "dark"},
        content_type="application/json",
        HTTP_X_CSRFTOKEN=token,
        HTTP_ORIGIN="https://evil.example",
    )
    done = client.patch(
        "/auth/me", {"theme": "dark"}, content_type="application/json", HTTP_X_CSRFTOKEN=token
    )

    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert foreign.status_code == 403
    assert (done.status_code, done.json()["user"]["theme"]) == (200, "dark")


def test_changing_the_password_keeps_this_session_and_ends_the_others(lin: User) -> None:
    here, there = ApiClient(), ApiClient()
    sign_in(here)
    sign_in(there)

    wrong = here.patch(
        "/auth/me",
        {"password": {"current": "no", "new": "another long one"}},
        content_type="application/json",
    )
    weak = here.patch(
        "/auth/me", {"password": {"current": PASSWORD, "new": "12345"}}, content_type="application/json"
    )
    done = here.patch(
        "/auth/me",
        {"password": {"current": PASSWORD, "new": "another long one"}},
        content_type="application/json",
    )

    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "wrong_password")
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert len(weak.json()["errors"]) == 3
    assert done.status_code == 200
    assert here.get("/auth/me").status_code == 200
    assert there.get("/auth/me").status_code == 401
    assert sign_in(ApiClient(), password="another long one").status_code == 200


def test_the_users_language_is_spoken_in_a_session(lin: User) -> None:
    client = ApiClient(language="en")
    sign_in(client)
    User.objects.update(language="zh-hans")

    assert client.get("/auth/me")["Content-Language"] == "zh-hans"
    assert ApiClient(key_make(lin)).get("/auth/me")["Content-Language"] == "en"


# ---------------------------------------------------------------- API keys


def test_a_key_acts_as_its_user_without_a_session_or_csrf() -> None:
    user = user_make(roles=["auditor"])
    client = ApiClient(key_make(user), enforce_csrf_checks=True)

    assert client.get("/auth/me").json()["user"]["id"] == user.pk
    assert client.get("/users").status_code == 200
    assert client.post("/users", {"username": "x", "roles": ["admin"]}).status_code == 403
    assert not client.cookies


@pytest.mark.parametrize(
    "fields", [{"expires_at": clock.now() - timedelta(seconds=1)}, {"revoked_at": clock.now()}]
)
def test_an_ended_key_is_refused(fields: dict[str, Any]) -> None:
    client = ApiClient(key_make(user_make(), **fields))

    answer = client.get("/auth/me")

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_api_key")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer hk_unknown",
        "Bearer",
        "Basic dXNlcjpwdw==",
        "Bearer hk_" + "x" * 500,
        "hk_x",
        "Bearer hk_\u00fc",
    ],
)
def test_strange_authorization_headers_are_refused(header: str) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/auth/me", HTTP_AUTHORIZATION=header)

    assert answer.status_code == 401


def test_a_key_of_a_closed_user_is_refused() -> None:
    user = user_make()
    client = ApiClient(key_make(user))
    User.objects.update(is_active=False)

    assert client.get("/auth/me").status_code == 401


def test_using_a_key_is_one_query_and_written_down_once_a_day(django_assert_num_queries: Any) -> None:
    client = api_client()
    client.get("/roles")
    assert ApiKey.objects.get().last_used_on == now().date()

    with django_assert_num_queries(1):
        client.get("/roles")


def test_one_time_passwords_are_long_and_plain() -> None:
    password = users.one_time_password()

    assert len(password) == 14
    assert not set(password) & set("0O1lI")
